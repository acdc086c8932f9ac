import { type FrontMatter, readFrontMatter } from './front-matter.ts';
import { blankOut, findStatus, type RecordStatus } from './status.ts';

/** A decision record, taken apart; whatever its layout: Nygard's, MADR 2 to 4, Structured MADR. */
export interface DecisionRecord {
  title: string | null;
  /** One of the usual words; `null` where there is none, or several to choose from. */
  status: RecordStatus | null;
  /** Lines count from 1. */
  statusLine: number | null;
  date: { text: string; line: number } | null;
  deciders: { names: string[]; line: number } | null;
  /** Globs of the files it governs; empty where it does not say. */
  affects: string[];
  links: RecordLink[];
  sections: Section[];
}

/** A record that another one takes the place of, or that takes its place. */
export interface RecordLink {
  kind: 'supersedes' | 'superseded-by';
  /** The other record's number; `null` where only a path is given. */
  number: number | null;
  /** Its file name, where one is given. */
  name: string | null;
  line: number;
}

/** What a part of a record is for. */
export type SectionKind = 'context' | 'decision' | 'alternatives' | 'consequences' | 'status' | 'other';

/** A part of a record under one heading, with everything below it that is no part of its own. */
export interface Section {
  kind: SectionKind;
  heading: string;
  /** Of the heading. */
  line: number;
  /** Comments and fenced code left out. */
  text: string;
}

/** More than any record has; a hostile one is read up to here. */
const MAX_LENGTH = 128 * 1024;

/** First match wins, so "Decision Drivers" is context and "Options considered" is no decision. */
const KINDS: readonly (readonly [SectionKind, RegExp])[] = [
  ['status', /^status$/],
  [
    'alternatives',
    /alternativ|(?:considered|possible|available|rejected|evaluated) options|^options\b|options considered|pros and cons/,
  ],
  ['consequences', /consequence|implication|^impacts?$|trade-?offs?|^results?$/],
  [
    'context',
    /^context|^(?:the )?problem|^background|^issue$|^motivation|^situation|^forces|driver|^rationale and context/,
  ],
  [
    'decision',
    /^(?:the |our |proposed )?decisions?(?: outcome| result)?$|^resolution|^solution|^(?:chosen|selected) option|^outcome$|^proposal$/,
  ],
];

/** Reads the text of a record. Never throws. */
export function parseRecord(text: string): DecisionRecord {
  const lines = blankOut(text.slice(0, MAX_LENGTH)).split(/\r?\n/);
  const matter = readFrontMatter(lines);
  const body = lines.map((line, index) => (index < matter.lines ? '' : line));
  const { status, line: statusLine } = findStatus(lines);
  const sections = sectionsOf(body);
  const heading = body.findIndex(
    (line, index) => /^#\s+\S/.test(line) || (line.trim() !== '' && /^={3,}\s*$/.test(body[index + 1] ?? '')),
  );
  const title = heading >= 0 ? (body[heading] ?? '').replace(/^#\s+/, '').trim() : stringOf(matter.fields.title);
  return {
    title: title === null || title === '' ? null : title,
    status,
    statusLine,
    date: dateOf(lines),
    deciders: decidersOf(lines, matter.fields),
    affects: affectsOf(lines, matter.fields),
    links: linksOf(lines, matter),
    sections,
  };
}

function sectionsOf(lines: readonly string[]): Section[] {
  const headings: { kind: SectionKind; heading: string; level: number; index: number; skip: number }[] = [];
  for (const [index, line] of lines.entries()) {
    const atx = /^(#{1,6})\s+(.*?)\s*#*\s*$/.exec(line);
    const underlined = !atx && line.trim() !== '' && /^-{3,}\s*$/.test(lines[index + 1] ?? '');
    if (!atx && !underlined) continue;
    const heading = (atx?.[2] ?? line).trim();
    headings.push({ heading, level: atx?.[1]?.length ?? 2, kind: kindOf(heading), index, skip: atx ? 1 : 2 });
  }
  // A heading that says nothing to us, and stands deeper, belongs to the section above it: one option among several.
  const own: typeof headings = [];
  for (const heading of headings) {
    if (heading.level === 1 && own.length === 0 && heading.kind === 'other') continue;
    const above = own.at(-1);
    if (heading.kind === 'other' && above && heading.level > above.level) continue;
    own.push(heading);
  }
  return own.map(({ kind, heading, index, skip }, at) => ({
    kind,
    heading,
    line: index + 1,
    text: lines.slice(index + skip, own[at + 1]?.index).join('\n'),
  }));
}

function kindOf(heading: string): SectionKind {
  const words = heading
    .toLowerCase()
    .replace(/^[\d.]+\s*/, '')
    .replace(/[^\p{L}\p{N}\s-]/gu, '')
    .trim();
  return KINDS.find(([, pattern]) => pattern.test(words))?.[0] ?? 'other';
}

function dateOf(lines: readonly string[]): DecisionRecord['date'] {
  return fieldOf(lines, /^[\s>*_+-]*(?:date|created|decided(?: on)?)[\s*_]*:[\s*_]*(.*)$/i);
}

function fieldOf(lines: readonly string[], pattern: RegExp): { text: string; line: number } | null {
  for (const [index, line] of lines.slice(0, 80).entries()) {
    const text = pattern
      .exec(line.slice(0, 500))?.[1]
      ?.replace(/[*_"']+/g, '')
      .trim();
    if (text) return { text, line: index + 1 };
  }
  return null;
}

const DECIDERS = /^[\s>*_+-]*(?:deciders?|decision[- ]makers?|decided by|approvers?)[\s*_]*:[\s*_]*(.*)$/i;

function decidersOf(lines: readonly string[], fields: Record<string, unknown>): DecisionRecord['deciders'] {
  const listed = fields.deciders ?? fields['decision-makers'] ?? fields.decider;
  const line = lines.findIndex((text) => DECIDERS.test(text.slice(0, 500))) + 1;
  if (line === 0) return null;
  const text = DECIDERS.exec((lines[line - 1] ?? '').slice(0, 500))?.[1] ?? '';
  const names = Array.isArray(listed) ? listed.map(String) : text.replace(/^\[|\]$/g, '').split(/[,;]| and /);
  const said = names
    .map((name) => name.replace(/[*_"'[\]]+/g, '').trim())
    .filter((name) => name !== '' && !/[{}]|^(?:tbd|n\/a|none|todo|list everyone)/i.test(name));
  return { names: said, line };
}

function affectsOf(lines: readonly string[], fields: Record<string, unknown>): string[] {
  const given = fields.affects;
  if (Array.isArray(given)) return given.map(String).slice(0, 100);
  const text = typeof given === 'string' ? given : affectsLine(lines);
  // Commas also stand inside braces: `src/{a,b}/**`.
  return (text ?? '')
    .split(/,(?![^{]*\})/)
    .map((glob) => glob.replace(/[`"'\s]/g, ''))
    .filter((glob) => glob !== '')
    .slice(0, 100);
}

/** Unlike in other fields, stars and underscores here are a glob's own, and only those around the word are emphasis. */
function affectsLine(lines: readonly string[]): string | undefined {
  return lines
    .slice(0, 80)
    .map((line) => /^[\s>*_+-]*affects[\s*_]*:(?:(?:\*\*|__)\s)?\s*(\S.*)$/i.exec(line.slice(0, 500))?.[1])
    .find((text) => text !== undefined);
}

const LINK = /\b(supersedes|replaces|super[sc]eded[ -]by|replaced[ -]by)\b[\s:*_-]*(.{0,300})/i;

function linksOf(lines: readonly string[], matter: FrontMatter): RecordLink[] {
  const sections = sectionsOf(lines.map((line, index) => (index < matter.lines ? '' : line)));
  // In running text the word tells a story; as a field, in the status or in a section of links, it is a link.
  const ranges = sections.filter(
    ({ kind, heading }) => kind === 'status' || /^(?:links?|related|references?|more information)/i.test(heading),
  );
  const firstSection = sections.find(({ kind }) => kind !== 'status')?.line ?? lines.length + 1;
  return lines.flatMap((line, index): RecordLink[] => {
    const at = index + 1;
    const inRange =
      at < firstSection || ranges.some((range) => at > range.line && at <= range.line + range.text.split('\n').length);
    const match = inRange ? LINK.exec(line.slice(0, 500)) : null;
    if (!match) return [];
    const kind = /by$/i.test(match[1] ?? '') ? 'superseded-by' : 'supersedes';
    return targetsIn(match[2] ?? '').map((target) => ({ kind, ...target, line: at }));
  });
}

function targetsIn(text: string): Pick<RecordLink, 'number' | 'name'>[] {
  const names = [...text.matchAll(/(?:^|[\s(/"'[])((?:adr[-_ ]?)?\d{1,6}[-_][\w.-]+\.(?:md|markdown))/gi)].map(
    (match) => match[1] ?? '',
  );
  if (names.length > 0) return [...new Set(names)].map((name) => ({ name, number: numberIn(name) }));
  const targets: Pick<RecordLink, 'number' | 'name'>[] = [];
  let rest = text;
  for (let match = NUMBERED.exec(rest); match && targets.length < 10; match = NUMBERED.exec(rest)) {
    targets.push({ name: null, number: Number(match[1]) });
    rest = rest.slice(match[0].length);
  }
  return targets;
}

/**
 * The next of a list of numbers: `ADR-12, 13 and [14]`. Where the list ends a story may begin, with the numbers of issues,
 * lines and years in it; and who takes the place of one section (`ADR 53 §7`) leaves the record in force.
 */
const NUMBERED =
  /^[\s:[(]*(?:(?:adr|record|decision|number|no\.)[-_ #]*)?(\d{1,6})(?![\w-]*\d{2}-\d{2}|[.\w]*\w|\s*§)[\])\s]*(?:,|&|and\b|or\b)?/i;

function numberIn(name: string): number | null {
  const digits = /\d{1,6}/.exec(name)?.[0];
  return digits === undefined ? null : Number(digits);
}

function stringOf(value: unknown): string | null {
  return typeof value === 'string' ? value.trim() : null;
}
