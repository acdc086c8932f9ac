/** What git knows of a file of a change before its patch is read. */
export interface Entry {
  path: string;
  previousPath?: string;
  letter: string;
  /** Ids of the content; `null` where the file is not there. */
  before: string | null;
  after: string | null;
  /** `null` for a binary file. */
  lines: { additions: number; deletions: number } | null;
}

/** `--raw --numstat` by lines: the raw ones first, then in the same order the counts. Whatever else there is, is passed over. */
export function parseEntries(lines: readonly string[]): Entry[] {
  const entries = lines.filter((line) => line.startsWith(':')).map(toEntry);
  const counts = lines.filter((line) => /^(?:\d+|-)\t/.test(line));
  for (const [index, entry] of entries.entries()) {
    const [additions = '-', deletions = ''] = counts[index]?.split('\t') ?? [];
    if (additions !== '-') entry.lines = { additions: Number(additions), deletions: Number(deletions) };
  }
  return entries;
}

function toEntry(line: string): Entry {
  const [fields = '', first = '', second] = line.split('\t');
  const [, , before = '', after = '', status = ''] = fields.split(' ');
  const moved = second !== undefined;
  return {
    path: unquote(moved ? second : first),
    ...(moved ? { previousPath: unquote(first) } : {}),
    ...{ letter: status.charAt(0), before: idOrNull(before), after: idOrNull(after), lines: null },
  };
}

/** An id; `null` for the one of nothing but zeros, by which git says that nothing is there. */
export function idOrNull(id: string): string | null {
  return /^0+$/.test(id) ? null : id;
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  t: '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
};

/** A path as git prints odd ones: in double quotes, with the escapes of C. */
function unquote(path: string): string {
  if (!path.startsWith('"') || !path.endsWith('"')) return path;
  const bytes = Buffer.from(path.slice(1, -1), 'utf8')
    .toString('latin1')
    .replace(/\\(?:([0-7]{3})|(.))/g, (_, octal?: string, letter = '') =>
      octal === undefined ? (ESCAPES[letter] ?? letter) : String.fromCharCode(Number.parseInt(octal, 8)),
    );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
