import type { Hunk } from './model/pull-request.ts';

const HEADER = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/**
 * Reads the hunks of one file's unified diff: the text from the first `@@` on, as GitHub's `patch` field has it.
 * `null` when it is not a patch, breaks off half way, or holds anything beside its hunks, which must never be taken for
 * "no change".
 */
export function parseHunks(patch: string): Hunk[] | null {
  if (patch === '') return [];
  const lines = patch.split('\n');
  // Git ends with a newline, GitHub without one.
  if (lines.at(-1) === '') lines.pop();
  const hunks: Hunk[] = [];
  for (let at = 0; at < lines.length; ) {
    const hunk = readHunk(lines, at);
    if (!hunk) return null;
    hunks.push(hunk);
    at += 1 + hunk.lines.length;
  }
  return hunks;
}

/** The hunk whose header stands at `at`; `null` where that is none, or other lines follow than it announces. */
function readHunk(lines: readonly string[], at: number): Hunk | null {
  const header = HEADER.exec(lines[at]!);
  if (!header) return null;
  const oldLines = Number(header[2] ?? 1);
  const newLines = Number(header[4] ?? 1);
  let oldLeft = oldLines;
  let newLeft = newLines;
  let end = at + 1;
  for (; end < lines.length && (oldLeft > 0 || newLeft > 0 || lines[end]!.startsWith('\\')); end++) {
    const mark = lines[end]![0];
    if (mark === '+') newLeft--;
    else if (mark === '-') oldLeft--;
    // Mail programs take the blank off an empty line that stayed.
    else if (mark === ' ' || mark === undefined) {
      oldLeft--;
      newLeft--;
    } else if (mark !== '\\') return null;
  }
  if (oldLeft !== 0 || newLeft !== 0) return null;
  return {
    // The header of a side without lines names the line before.
    oldStart: Number(header[1]) + (oldLines === 0 ? 1 : 0),
    oldLines,
    newStart: Number(header[3]) + (newLines === 0 ? 1 : 0),
    newLines,
    lines: lines.slice(at + 1, end),
  };
}
