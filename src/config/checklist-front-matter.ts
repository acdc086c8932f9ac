import { z } from 'zod';
import type { Condition } from '../model/checklist.ts';
import { SIGNALS, type SignalName } from '../model/signal.ts';
import { nearest } from './nearest.ts';
import { quote } from './read-yaml.ts';

const LABEL = /^label:\s*(\S.*)$/;

const CONDITIONS: readonly string[] = ['always', 'ai-assisted', ...SIGNALS];

const condition = z.union(
  [
    z.string().superRefine((text, context) => {
      if (CONDITIONS.includes(text) || LABEL.test(text)) return;
      const near = nearest(text, CONDITIONS);
      const hint = near
        ? `Did you mean ${quote(near)}?`
        : `Known are ${CONDITIONS.map(quote).join(', ')} and \`label: NAME\`.`;
      context.addIssue({ code: 'custom', message: `${quote(text)} is nothing that \`when\` knows. ${hint}` });
    }),
    z.strictObject({ label: z.string().min(1).max(100) }),
  ],
  'An entry of `when` must be `always`, `ai-assisted`, a signal, or `label: NAME`.',
);

/** People who may answer without write access. */
const attester = z
  .string('Every entry of `attest-by` must be text.')
  .regex(
    /^(?:reviewers|codeowners|@[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})(?:\/[A-Za-z0-9._-]{1,100})?)$/,
    'An entry of `attest-by` must be `reviewers`, `codeowners`, `@organisation/team` or `@login`.',
  );

/** What stands between the `---` of a checklist. What is left out is taken from a weaker list of the same id. */
export const FrontMatter = z.strictObject(
  {
    title: z
      .string('The front matter needs a `title`, and it must be text.')
      .trim()
      .min(1, '`title` must not be empty.')
      .max(80, '`title` must have at most 80 characters.'),
    'applies-to': z
      .array(
        z
          .string('Every entry of `applies-to` must be a glob, in quotes.')
          .max(1_000, 'A glob of `applies-to` must have at most 1000 characters.')
          .regex(/^!?[^!]/, 'An entry of `applies-to` must not be empty.'),
        '`applies-to` must be a list of globs: `applies-to: ["src/**"]`.',
      )
      .min(1, '`applies-to` must name at least one glob; a list without it always applies.')
      .default([]),
    when: one(condition, '`when` must name at least one thing to wait for.').optional(),
    required: z.boolean('`required` must be `true` or `false`.').optional(),
    'attest-by': one(attester, '`attest-by` must name somebody.').optional(),
    evidence: z.enum(['required', 'optional'], '`evidence` must be `required` or `optional`.').optional(),
    version: z.int('`version` must be a whole number.').min(1, '`version` counts from 1.').optional(),
    replace: z.boolean('`replace` must be `true` or `false`.').optional(),
  },
  'The front matter must be settings (`key: value` lines), with a `title`.',
);

/** One thing or a list of them, as a list. */
function one<Entry extends z.ZodType>(entry: Entry, whenEmpty: string) {
  return z.preprocess(
    (value) => (value === undefined || Array.isArray(value) ? value : [value]),
    z.array(entry).min(1, whenEmpty).max(20),
  );
}

/** `when` as conditions of which one must hold; none where one of them is `always`. */
export function toConditions(when: readonly z.output<typeof condition>[]): Condition[] {
  if (when.includes('always')) return [];
  return when.map((entry): Condition => {
    if (typeof entry !== 'string') return { kind: 'label', label: entry.label };
    const label = LABEL.exec(entry)?.[1];
    if (label !== undefined) return { kind: 'label', label };
    return isSignal(entry) ? { kind: 'signal', signal: entry } : { kind: 'ai-assisted' };
  });
}

/** Whether a word names a signal. */
export function isSignal(text: string): text is SignalName {
  return (SIGNALS as readonly string[]).includes(text);
}

/** What to write instead of a signal that there is not. */
export function suggestSignal(text: string): string {
  const near = nearest(text, SIGNALS);
  return near ? `Did you mean ${quote(near)}?` : `Known are ${SIGNALS.map(quote).join(', ')}.`;
}
