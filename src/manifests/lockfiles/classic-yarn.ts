/** One entry of Yarn 1's `yarn.lock`: the specs it answers, and what stands below them. */
export interface ClassicEntry {
  /** `name@range`, at least one. */
  descriptors: readonly string[];
  version: string | null;
  resolved: string | null;
  integrity: string | null;
  dependencies: Readonly<Record<string, string>>;
  optionalDependencies: Readonly<Record<string, string>>;
}

/** An entry, or the line (from 1) that no version of Yarn 1 writes. */
export type ClassicReading = ClassicEntry | { unreadableLine: number };

type Growing = { -readonly [Key in keyof ClassicEntry]: ClassicEntry[Key] };

/** `version "1.0.0"`, `"@scope/name" "^1"`, `integrity sha512-…`: two words of which each may stand in quotation marks. */
const PAIR = /^("(?:[^"\\]|\\.)*"|[^\s":]+) +("(?:[^"\\]|\\.)*"|[^"].*)$/;

/** `"@scope/name@^1", name@^2:` and `dependencies:`. */
const TITLE = /^((?:"(?:[^"\\]|\\.)*"|[^\s",][^",]*)(?:, *(?:"(?:[^"\\]|\\.)*"|[^\s",][^",]*))*):$/;

/** One name of a title. */
const NAME = /"(?:[^"\\]|\\.)*"|[^\s",][^",]*/g;

/** Longer lines than any real one are unreadable: an entry of every known lockfile is far below. */
const MAX_LINE = 20_000;

/**
 * Reads Yarn 1's format a line at a time, so that a large file costs hardly more memory than what is in it. Yarn's own
 * parser is general: 20 MB cost it ten times the time and half as much memory again.
 */
export function* readClassicEntries(text: string): Generator<ClassicReading> {
  let entry: Growing | null = null;
  /** What an indentation of four spaces belongs to. */
  let record: Record<string, string> | null = null;
  let line = 0;
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf('\n', at);
    const end = newline === -1 ? text.length : newline;
    line++;
    const content = end - at > MAX_LINE ? null : text.slice(at, end).trimEnd();
    at = end + 1;
    if (content === '' || content?.trimStart().startsWith('#')) continue;
    const indent = content === null ? -1 : content.length - content.trimStart().length;
    const written = content?.trimStart() ?? '';
    const title = TITLE.exec(written)?.[1];
    const pair = title === undefined ? PAIR.exec(written) : null;
    if (indent === 0 && title !== undefined) {
      if (entry) yield entry;
      entry = newEntry((title.match(NAME) ?? []).map(unquoted));
      record = null;
    } else if (indent === 2 && entry && title !== undefined) {
      record = {};
      if (title === 'dependencies' || title === 'optionalDependencies') entry[title] = record;
    } else if (indent === 2 && entry && pair) {
      record = null;
      const [key, value] = [unquoted(pair[1]!), unquoted(pair[2]!)];
      if (key === 'version' || key === 'resolved' || key === 'integrity') entry[key] = value === '' ? null : value;
    } else if (indent === 4 && record && pair) {
      Object.defineProperty(record, unquoted(pair[1]!), {
        value: unquoted(pair[2]!),
        enumerable: true,
        configurable: true,
      });
    } else {
      yield { unreadableLine: line };
      return;
    }
  }
  if (entry) yield entry;
}

function newEntry(descriptors: readonly string[]): Growing {
  return { descriptors, version: null, resolved: null, integrity: null, dependencies: {}, optionalDependencies: {} };
}

function unquoted(written: string): string {
  if (!written.startsWith('"')) return written;
  const inside = written.slice(1, -1);
  return inside.includes('\\') ? inside.replace(/\\(.)/g, '$1') : inside;
}
