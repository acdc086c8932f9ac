import { z } from 'zod';
import { definePractice, type Practice } from '../../src/practices/define-practice.ts';

const nothing = {
  judgesDependencyBots: false,
  messages: {},
  evaluate: () => ({ skipped: true, summary: '', facts: {} }),
};

/** Numbers, lists, a nested group, a closed record, and a rule across fields. */
const length = definePractice({
  ...nothing,
  id: 'length',
  title: 'Length',
  summary: 'How much there is to read.',
  options: z
    .strictObject({
      'max-lines': z.int().min(1).default(400).describe('Lines at most.'),
      'warn-lines': z.int().min(0).default(0).describe('Lines from which it warns.'),
      exclude: z.array(z.string().min(1)).default([]).describe('Globs that do not count.'),
      weights: z
        .strictObject({
          tests: z.number().min(0).max(1).describe('Of a line of test.'),
          docs: z.number().min(0).max(1).describe('Of a line of prose.'),
        })
        .default({ tests: 0.5, docs: 0.25 })
        .describe('What a line counts.'),
      classes: z
        .record(z.enum(['generated', 'vendored']), z.boolean())
        .default({ generated: false, vendored: false })
        .describe('Classes that count.'),
    })
    .refine((options) => options['warn-lines'] <= options['max-lines'], {
      path: ['warn-lines'],
      error: 'it must not lie above `max-lines`.',
    }),
  presets: {
    advisory: { mode: 'warn', 'max-lines': 800 },
    standard: { mode: 'block' },
    strict: { mode: 'block', 'max-lines': 200, 'warn-lines': 100 },
  },
});

/** An open record, a list of groups, an enum, an alternative and a boolean. */
const records = definePractice({
  ...nothing,
  id: 'records',
  title: 'Records',
  summary: 'Decisions are written down.',
  options: z.strictObject({
    'attest-by': z.enum(['reviewers', 'anyone']).default('reviewers').describe('Who may tick.'),
    registries: z.record(z.string().startsWith('@'), z.string()).default({}).describe('Scope to registry.'),
    triggers: z
      .array(z.strictObject({ paths: z.array(z.string()).min(1), because: z.string() }))
      .default([])
      .describe('What demands a record.'),
    enabled: z.boolean().default(true).describe('Whether at all.'),
    template: z
      .union([z.literal(false), z.strictObject({ file: z.string() })])
      .default(false)
      .describe('The template.'),
    directory: z.string().default('docs/adr').describe('Where they live.'),
  }),
  presets: { advisory: { mode: 'off' }, standard: { mode: 'warn' }, strict: { mode: 'block', directory: 'adr' } },
});

/** A catalogue small enough to be seen whole, with every kind of option. */
export const samplePractices: readonly Practice[] = [length, records];
