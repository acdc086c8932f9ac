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

/** Comments and fenced code replaced by blanks, so that line numbers stay. A status in an example is no status. */
export function blankOut(text: string): string {
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
export function findStatus(lines: readonly string[]): { status: RecordStatus | null; line: number | null } {
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
