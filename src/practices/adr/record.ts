import { baseName } from '../../model/package-files.ts';

/** What a record says of itself, as far as the gate needs it. */
export interface DecisionRecord {
  /** In lower case, as one of the usual words; `null` where there is none, or several to choose from. */
  status: RecordStatus | null;
  /** The line of the status, from 1. */
  statusLine: number | null;
  /** Words of its own: headings, metadata, comments and placeholders left out. */
  words: number;
}

/** The usual states of a decision. */
export type RecordStatus = 'draft' | 'proposed' | 'accepted' | 'rejected' | 'deprecated' | 'superseded';

const STATUSES: ReadonlyMap<string, RecordStatus> = new Map([
  ['draft', 'draft'],
  ['proposed', 'proposed'],
  ['accepted', 'accepted'],
  ['approved', 'accepted'],
  ['rejected', 'rejected'],
  ['deprecated', 'deprecated'],
  ['superseded', 'superseded'],
  // The spelling of adr-tools.
  ['superceded', 'superseded'],
]);

/** More than any record has; a hostile one is read up to here. */
const MAX_LENGTH = 128 * 1024;

/** Pages that live beside records and are none. */
const NO_RECORD = /^(?:readme|index|template|adr-template|.*[-_.]template)\.(?:md|markdown)$/i;

/** True for a path that may be a record: Markdown in the folder of records or below it. */
export function isRecordPath(path: string, directory: string): boolean {
  return isIn(path, directory) && /\.(?:md|markdown)$/i.test(path) && !NO_RECORD.test(baseName(path));
}

/** True for anything in the folder of records or below it. */
export function isIn(path: string, directory: string): boolean {
  return path.startsWith(`${directory}/`);
}

/** The number in a record's file name: `0012-use-postgres.md`, `adr-12.md`; `null` where it has none. */
export function numberOf(path: string): number | null {
  const digits = /^(?:adr[-_ ]?)?(\d{1,6})(?=[-_ .])/i.exec(baseName(path))?.[1];
  return digits === undefined ? null : Number(digits);
}

/** The next free number, written as the others are, four digits where there are none yet. */
export function nextNumber(names: readonly string[]): string {
  const digits = names.flatMap((name) => /^(?:adr[-_ ]?)?(\d{1,6})(?=[-_ .])/i.exec(name)?.[1] ?? []);
  const width = digits.length === 0 ? 4 : Math.max(...digits.map((one) => one.length));
  return String(Math.max(0, ...digits.map(Number)) + 1).padStart(width, '0');
}

/** Reads the text of a record, in Nygard's layout or MADR's. Never throws. */
export function readRecord(text: string): DecisionRecord {
  const lines = blankOut(text.slice(0, MAX_LENGTH)).split(/\r?\n/);
  const { status, line: statusLine } = findStatus(lines);
  return { status, statusLine, words: countWords(lines) };
}

/** Comments and fenced code replaced by blanks, so that line numbers stay. A status in an example is no status. */
function blankOut(text: string): string {
  const withoutComments = text.replace(/<!--[\s\S]*?(?:-->|$)/g, (comment) => comment.replace(/[^\n]/g, ' '));
  let fence: string | null = null;
  return withoutComments
    .split('\n')
    .map((line) => {
      const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
      if (fence === null && !mark) return line;
      if (fence === null) fence = mark ?? null;
      else if (mark?.startsWith(fence)) fence = null;
      return '';
    })
    .join('\n');
}

/** `Status: accepted` in front matter, in a list or in a paragraph; the words below a `Status` heading otherwise. */
function findStatus(lines: readonly string[]): { status: RecordStatus | null; line: number | null } {
  for (const [index, line] of lines.entries()) {
    const field = /^[\s>*_+-]*status[\s*_]*:[\s*_]*(.*)$/i.exec(line.slice(0, 500));
    if (field) return { status: statusIn([field[1] ?? '']), line: index + 1 };
    if (!isStatusHeading(line, lines[index + 1])) continue;
    const end = lines.findIndex((other, at) => at > index && (/^#/.test(other) || isUnderlined(other, lines[at + 1])));
    const section = lines.slice(index + 1, end < 0 ? undefined : end);
    return { status: statusIn(section.slice(0, 40)), line: index + 1 };
  }
  return { status: null, line: null };
}

function isStatusHeading(line: string, next: string | undefined): boolean {
  return (
    /^#{1,6}\s+(?:\d+\.?\s+)?status\s*:?\s*#*\s*$/i.test(line) ||
    (/^status\s*$/i.test(line) && isUnderlined(line, next))
  );
}

function isUnderlined(line: string, next: string | undefined): boolean {
  return line.trim() !== '' && next !== undefined && /^(?:={3,}|-{3,})\s*$/.test(next);
}

/**
 * An end holds over a beginning: whoever supersedes a record often leaves "Accepted" above it. A choice, as templates
 * offer one (`proposed | accepted`), is no status.
 */
function statusIn(lines: readonly string[]): RecordStatus | null {
  const said: RecordStatus[] = [];
  for (const line of lines) {
    const shown = line.slice(0, 500).replace(/~~[^~]*~~/g, ' ');
    if (/[|{]/.test(shown)) return null;
    // The word stands first, perhaps after a date: "not accepted" and "to be accepted by Bob" are not accepted.
    const word = /^[^\p{L}]*(\p{L}+)/u.exec(shown)?.[1]?.toLowerCase();
    const status = STATUSES.get(word ?? '');
    if (status) said.push(status);
  }
  const ended = said.findLast((status) => isEnded(status));
  return ended ?? said.find((status) => status === 'accepted') ?? said[0] ?? null;
}

/** True for a decision that nobody should follow. */
export function isEnded(status: RecordStatus | null): boolean {
  return status === 'rejected' || status === 'deprecated' || status === 'superseded';
}

/** What Nygard's template asks below its headings: words, and not the author's. */
const TEMPLATE_SENTENCES: readonly RegExp[] = [
  /what is the issue that we.re seeing that is motivating this decision or change\??/gi,
  /what is the change that we.re (?:actually )?proposing and\/or doing\??/gi,
  /what becomes easier or more difficult to do because of this change\??/gi,
  /what is the status, such as proposed, accepted, rejected, deprecated, superseded, etc\.\?/gi,
];

/** `Date: 2026-11-20`, `* Deciders: …`, `status: accepted`: about the record, not the decision. */
const METADATA =
  /^[\s*_+-]*(?:status|date|deciders?|decision-makers|consulted|informed|author|authors|tags?|technical story)[\s*_]*:/i;

const segmenter = new Intl.Segmenter('en', { granularity: 'word' });

/** Enough to know that a record says something; counting on would only cost time. */
const COUNTED_LENGTH = 8_000;

function countWords(lines: readonly string[]): number {
  const own = lines.filter((line) => !/^\s*(?:#|---\s*$|={3,}\s*$)/.test(line) && !METADATA.test(line.slice(0, 500)));
  let prose = own
    .join('\n')
    .slice(0, COUNTED_LENGTH * 2)
    .replace(/\{[^{}]*\}/g, ' ');
  for (const sentence of TEMPLATE_SENTENCES) prose = prose.replace(sentence, ' ');
  // By segments, because not every language puts blanks between its words.
  let words = 0;
  for (const { isWordLike } of segmenter.segment(prose.slice(0, COUNTED_LENGTH))) if (isWordLike) words++;
  return words;
}
