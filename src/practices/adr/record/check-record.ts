import type { DecisionRecord, SectionKind } from './parse.ts';
import { repeatsTitle, substanceOf } from './substance.ts';

/** What a record must have. `date` and `deciders` are asked for only where the configuration does. */
export type Requirement = 'context' | 'decision' | 'alternatives' | 'consequences' | 'date' | 'deciders';

/** What is asked of a record. */
export interface RecordRules {
  require: readonly Requirement[];
  /** The least words of one's own in each section. */
  minWords: number;
}

/** What is wrong with one record, as far as structure can tell; of style it says nothing. */
export interface Flaw {
  code: 'record-incomplete' | 'record-untouched-template' | 'record-status-unknown';
  /** From 1. */
  line: number;
  /** The end of a sentence that begins with the record. */
  cause: string;
  /** What a good one has there. */
  example: string;
}

const EXAMPLES: Readonly<Record<Exclude<SectionKind, 'status' | 'other'>, string>> = {
  context: 'what is the case now, what forces a decision, and what limits it: load, deadlines, the team, what exists',
  decision: 'one sentence that begins with "We will", and what exactly it applies to',
  alternatives:
    'each other way that was looked at, and why it lost, in a sentence or two; doing nothing is one of them',
  consequences: 'what becomes easier, what becomes harder, and what has to be done or watched because of it',
};

/** Everything wrong with a record, in the order of its lines. */
export function checkRecord(record: DecisionRecord, { require, minWords }: RecordRules): Flaw[] {
  const flaws: Flaw[] = [];
  if (record.title === null) {
    flaws.push({
      code: 'record-incomplete',
      line: 1,
      cause: 'has no title',
      example: 'a heading that names the decision: "Keep orders in PostgreSQL"',
    });
  } else if (
    substanceOf(record.title.replace(/^(?:ADR[-_ ]*)?\d+[.:\s-]*/i, '')).words.length === 0 ||
    /^(?:\d+[.:]?\s*)?(?:title|decision title|short title.*)$/i.test(record.title)
  ) {
    flaws.push({
      code: 'record-untouched-template',
      line: 1,
      cause: "still has the template's title",
      example: 'a heading that names the decision: "Keep orders in PostgreSQL"',
    });
  }
  if (record.status === null) {
    flaws.push({
      code: 'record-status-unknown',
      line: record.statusLine ?? 1,
      cause: record.statusLine === null ? 'has no status' : 'has a status that is none of the usual ones',
      example: 'one word: draft, proposed, accepted, rejected, deprecated or superseded',
    });
  }
  for (const kind of ['context', 'decision', 'alternatives', 'consequences'] as const) {
    if (require.includes(kind)) flaws.push(...checkSection(record, kind, minWords));
  }
  if (record.date ? !isDate(record.date.text) : require.includes('date')) {
    flaws.push({
      code: 'record-incomplete',
      line: record.date?.line ?? 1,
      cause: record.date ? 'has a date that cannot be read' : 'has no date',
      example: 'the day of the decision: "Date: 2026-11-20"',
    });
  }
  if (require.includes('deciders') && (record.deciders?.names.length ?? 0) === 0) {
    flaws.push({
      code: 'record-incomplete',
      line: record.deciders?.line ?? 1,
      cause: 'does not say who decided',
      example: 'names of people: "Deciders: Ada, Grace"',
    });
  }
  return flaws.toSorted((a, b) => a.line - b.line);
}

function checkSection(
  record: DecisionRecord,
  kind: Exclude<SectionKind, 'status' | 'other'>,
  minWords: number,
): Flaw[] {
  const sections = record.sections.filter((section) => section.kind === kind);
  const example = EXAMPLES[kind];
  const [first] = sections;
  if (!first) return [{ code: 'record-incomplete', line: 1, cause: `has no section for ${articleOf(kind)}`, example }];
  const substance = substanceOf(sections.map(({ text }) => text).join('\n'));
  const { words, template } = substance;
  const at = (code: Flaw['code'], cause: string): Flaw[] => [{ code, line: first.line, cause, example }];
  if (words.length < minWords && template)
    return at('record-untouched-template', `still has the template's own words under "${first.heading}"`);
  if (words.length === 0) return at('record-incomplete', `says nothing under "${first.heading}"`);
  if (words.length < minWords)
    return at('record-incomplete', `has ${words.length} words under "${first.heading}", and ${minWords} are the least`);
  if (record.title !== null && repeatsTitle(words, record.title))
    return at('record-incomplete', `only repeats its title under "${first.heading}"`);
  return [];
}

function articleOf(kind: string): string {
  return kind === 'alternatives' ? 'the alternatives that were considered' : `the ${kind}`;
}

/** A day that exists: `2026-11-20`, `20/11/2026`, `November 20, 2026`. */
function isDate(text: string): boolean {
  const iso = /\b(\d{4})-(\d{2})-(\d{2})\b/.exec(text);
  if (iso) {
    const [, year, month, day] = iso.map(Number) as [number, number, number, number];
    return month >= 1 && month <= 12 && day >= 1 && day <= 31 && year > 1900;
  }
  return /\b\d{1,2}[./-]\d{1,2}[./-]\d{4}\b|\b\d{4}[./]\d{1,2}[./]\d{1,2}\b|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b.*\b\d{4}\b/i.test(
    text,
  );
}
