import type { z } from 'zod';
import type { Config } from './config.ts';
import { isMap } from './merge.ts';
import { nearest } from './nearest.ts';
import { type Fault, type Path, quote, type YamlText } from './read-yaml.ts';
import { keysAt } from './schema.ts';

type Issue = z.core.$ZodIssue;

/**
 * Zod's words are for programmers, so a parse asks for none: an issue that comes back with a message has it from the
 * practice's own schema, which knows better than we what to say.
 */
export const UNWORDED = '';

/** What it takes to explain an issue to whoever wrote the file. */
export interface Explaining {
  yaml: YamlText;
  schema: z.ZodType;
  /** Where examples of right values come from. */
  standard: Config;
}

/** One issue in plain words: what is wrong, what is allowed, how to mend it. Several where it names several keys. */
export function explainIssue(issue: Issue, about: Explaining): Fault[] {
  const { yaml } = about;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      return { message: unknownKey(key, issue.path, about), offset: yaml.offsetOf([...issue.path, key], 'key') };
    });
  }
  if (issue.code === 'invalid_key') {
    const key = String(issue.path.at(-1));
    const within = issue.path.slice(0, -1);
    const [cause] = issue.issues;
    const subject = `The key ${quote(key)}${inside(within)}`;
    const isUnknown = !cause || cause.code === 'invalid_value';
    const message = isUnknown
      ? unknownKey(key, within, about)
      : sentence({ ...cause, input: key } as Issue, subject, about);
    return [{ message, offset: yaml.offsetOf(issue.path, 'key') }];
  }
  if (issue.code === 'invalid_union') {
    const likeliest = likeliestBranch(issue);
    if (likeliest) {
      return likeliest.flatMap((one) => explainIssue({ ...one, path: [...issue.path, ...one.path] }, about));
    }
  }
  return [{ message: sentence(issue, subjectOf(issue.path), about), offset: yaml.offsetOf(issue.path, 'value') }];
}

function sentence(issue: Issue, subject: string, about: Explaining): string {
  if (issue.message !== UNWORDED) return `${subject}: ${issue.message}`;
  switch (issue.code) {
    case 'invalid_type':
    case 'invalid_union':
      return wrongType(issue, subject, about);
    case 'invalid_value':
      return wrongValue(issue, subject);
    case 'too_small':
    case 'too_big':
      return outOfBounds(issue, subject);
    case 'not_multiple_of':
      return `${subject} must be a multiple of ${issue.divisor}.`;
    case 'invalid_format':
      return `${subject} must ${formatWords(issue)}, unlike ${shown(issue.input)}.`;
    default:
      return `${subject} is not a value that is allowed here: ${shown(issue.input)}.`;
  }
}

function formatWords(issue: Extract<Issue, { code: 'invalid_format' }>): string {
  switch (issue.format) {
    case 'starts_with':
      return `begin with ${quote(String((issue as z.core.$ZodIssueStringStartsWith).prefix))}`;
    case 'ends_with':
      return `end with ${quote(String((issue as z.core.$ZodIssueStringEndsWith).suffix))}`;
    case 'includes':
      return `contain ${quote(String((issue as z.core.$ZodIssueStringIncludes).includes))}`;
    case 'regex':
      return `match ${quote(String(issue.pattern))}`;
    default:
      return `be of the form of a ${issue.format}`;
  }
}

function wrongType(issue: Issue, subject: string, about: Explaining): string {
  const expected = [...new Set(expectations(issue))];
  const wanted = list(expected.map((type) => TYPE_WORDS[type] ?? type));
  const example = exampleAt(issue.path, about.standard);
  const cure = example ? ` For example: \`${example}\`.` : '';
  if (issue.input === undefined) return `${subject} is missing: write ${wanted}.${cure}`;
  if (issue.input === null) return `${subject} is empty. Write ${wanted}, or remove the line.${cure}`;
  const seen = `${subject} must be ${wanted}, not ${shown(issue.input)}.`;
  const { input } = issue;
  if (expected.includes('string') && typeof input !== 'object') return `${seen} Put quotes around it.`;
  if (typeof input === 'string') {
    if (expected.includes('number') && input.trim() !== '' && Number.isFinite(Number(input))) {
      return `${seen} Remove the quotes.`;
    }
    if (issue.path.length === 0) return `${seen} After each colon stands a space.`;
  }
  return `${seen}${cure}`;
}

function expectations(issue: Issue): string[] {
  if (issue.code === 'invalid_union') return issue.errors.flatMap((branch) => branch.flatMap(expectations));
  if (issue.code === 'invalid_type') return [issue.expected];
  return issue.code === 'invalid_value' ? issue.values.map((value) => quote(String(value))) : [];
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: '`true` or `false`',
  array: 'a list (`- …` lines, or `[…, …]`)',
  object: 'settings (`key: value` lines, indented below it)',
  record: 'settings (`key: value` lines, indented below it)',
};

function wrongValue(issue: Extract<Issue, { code: 'invalid_value' }>, subject: string): string {
  const allowed = issue.values.map(String);
  const { input } = issue;
  const wanted = list(allowed.map(quote));
  if (input === undefined) return `${subject} is missing: write ${wanted}.`;
  if (input === null) return `${subject} is empty. Write ${wanted}, or remove the line.`;
  const near = typeof input === 'string' ? nearest(input, allowed) : null;
  return `${subject} must be ${wanted}, not ${shown(input)}.${near && allowed.length > 1 ? ` Did you mean ${quote(near)}?` : ''}`;
}

function outOfBounds(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>, subject: string): string {
  const small = issue.code === 'too_small';
  const bound = small ? issue.minimum : issue.maximum;
  if (issue.origin === 'number' || issue.origin === 'int') {
    const limit = issue.inclusive === false ? (small ? 'more than' : 'less than') : small ? 'at least' : 'at most';
    return `${subject} must be ${limit} ${bound}, not ${shown(issue.input)}.`;
  }
  const unit = issue.origin === 'string' ? 'character' : issue.origin === 'array' ? 'entry' : 'key';
  const units = Number(bound) === 1 ? unit : unit === 'entry' ? 'entries' : `${unit}s`;
  if (small && Number(bound) === 1) return `${subject} must not be empty. Write at least one ${unit}, or remove it.`;
  return `${subject} must have ${small ? 'at least' : 'at most'} ${bound} ${units}.`;
}

function unknownKey(key: string, within: Path, about: Explaining): string {
  const seen = `Unknown key ${quote(key)}${inside(within)}.`;
  const allowed = keysAt(about.schema, within);
  if (!allowed) return `${seen} Remove it.`;
  const near = nearest(key, allowed);
  if (near) return `${seen} Did you mean ${quote(near)}?`;
  const homes = within.length === 0 ? allowed.filter((home) => keysAt(about.schema, [home])?.includes(key)) : [];
  const hint = homes.length > 0 ? ` It belongs below ${list(homes.map(quote))}, indented.` : '';
  return `${seen}${hint} Allowed here: ${allowed.map(quote).join(', ')}.`;
}

/**
 * A value that may be one thing or another is judged as the thing it most resembles: the alternative in which the
 * value itself is of the right kind, and only something within it is wrong. `null` when it resembles none.
 */
function likeliestBranch(issue: Extract<Issue, { code: 'invalid_union' }>): readonly Issue[] | null {
  const branches = issue.errors.filter((branch) => {
    return (
      branch.length > 0 &&
      branch.every((one) => one.path.length > 0 || !['invalid_type', 'invalid_value'].includes(one.code))
    );
  });
  return branches.reduce<readonly Issue[] | null>(
    (best, one) => (best && best.length <= one.length ? best : one),
    null,
  );
}

/** `max-lines` in `size`; entry 2 of `paths` in `adr.triggers`. */
function subjectOf(path: Path): string {
  const last = path.at(-1);
  if (last === undefined) return 'The file';
  if (typeof last !== 'number') return `${quote(String(last))}${inside(path.slice(0, -1))}`;
  const of = subjectOf(path.slice(0, -1));
  return `Entry ${last + 1} of ${of.startsWith('Entry') ? of.replace('Entry', 'entry') : of}`;
}

function inside(path: Path): string {
  const names = path.filter((step) => typeof step !== 'number');
  return names.length === 0 ? '' : ` in ${quote(names.map(String).join('.'))}`;
}

/** `key: value` as the standard preset has it, where that fits on a line. */
function exampleAt(path: Path, standard: Config): string | null {
  const [id, ...rest] = path;
  const policy = standard.practices[String(id)];
  if (!policy || rest.length === 0) return null;
  let value: unknown = { ...policy.options, mode: policy.mode };
  for (const step of rest) value = isMap(value) ? value[String(step)] : undefined;
  if (value === undefined || value === null || isMap(value) || (Array.isArray(value) && value.length === 0))
    return null;
  const text = JSON.stringify(value);
  return text.length <= 60 ? `${String(rest.at(-1))}: ${typeof value === 'string' ? value : text}` : null;
}

/** A value as part of a sentence. */
function shown(value: unknown): string {
  if (typeof value === 'string') return `the text ${quote(JSON.stringify(value))}`;
  if (Array.isArray(value)) return 'a list';
  if (isMap(value)) return 'settings';
  return value === null || value === undefined ? 'nothing' : quote(String(value));
}

function list(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}
