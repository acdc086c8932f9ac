import { parsePatch } from 'diff';
import type { Hunk } from './model/pull-request.ts';

/**
 * Reads the hunks of one file's unified diff: the text from the first `@@` on, as GitHub's `patch` field has it.
 * `null` when it is not a patch or breaks off half way, which must never be taken for "no change".
 */
export function parseHunks(patch: string): Hunk[] | null {
  if (patch === '') return [];
  if (!patch.startsWith('@@')) return null;
  try {
    // Without the two header lines a removed line that begins with `-- ` would be read as a header.
    const [file, ...others] = parsePatch(`--- a\n+++ b\n${patch}`);
    if (!file || file.hunks.length === 0 || others.length > 0) return null;
    // A header without numbers is read as one of no lines.
    if (file.hunks.some(({ oldStart, newStart }) => Number.isNaN(oldStart + newStart))) return null;
    return file.hunks.map(({ oldStart, oldLines, newStart, newLines, lines }) => ({
      oldStart,
      oldLines,
      newStart,
      newLines,
      lines,
    }));
  } catch {
    return null;
  }
}
