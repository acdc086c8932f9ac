import type { ChangedFile, Hunk } from '../../model/pull-request.ts';
import { CommentReader, commentSyntaxOf } from './comment-syntax.ts';
import type { LineKeys, LineShape } from './line-keys.ts';

/**
 * What happened to a line. On the side of the head: `new`, `comments`, `moved`, `whitespace`, `formatting`; on the old
 * side: `deleted`, `deleted-comments`, and `old-side` where the line stands elsewhere or otherwise at head and is
 * counted there. `blank` is both.
 */
export type LineKind =
  | 'new'
  | 'comments'
  | 'moved'
  | 'whitespace'
  | 'formatting'
  | 'deleted'
  | 'deleted-comments'
  | 'old-side'
  | 'blank';

/** One added or deleted line that has something on it. */
export interface ChangedLine {
  /** Without the blanks around it. */
  text: string;
  shape: LineShape;
  /** How many further screen lines it would fill, being wider than `WIDE_LINE`; nearly always 0. */
  overlong: number;
  kind: LineKind;
}

/** Deleted lines and the added ones that stand in their place, without a line between them that stayed. */
export interface ChangeRun {
  deleted: readonly ChangedLine[];
  added: readonly ChangedLine[];
}

/** The changed lines of one file, in its order. */
export interface ChangedLines {
  runs: readonly ChangeRun[];
  /** Changed lines with nothing on them, on both sides; they are in no run. */
  blank: number;
}

/** Beyond this many characters nobody takes a line in at a glance. */
const WIDE_LINE = 200;

/** Reads the changed lines out of a file's hunks; nothing is matched with anything yet. */
export function readChangedLines(file: ChangedFile, keys: Pick<LineKeys, 'of'>): ChangedLines {
  const syntax = commentSyntaxOf(file.path);
  const runs: ChangeRun[] = [];
  let blank = 0;
  for (const hunk of file.hunks) {
    const before = new CommentReader(syntax);
    const after = new CommentReader(syntax);
    let run: { deleted: ChangedLine[]; added: ChangedLine[] } | null = null;
    for (const line of hunk.lines) {
      const mark = line[0];
      if (mark === '\\') continue;
      const text = line.slice(1).trim();
      if (mark !== '+' && mark !== '-') {
        before.isComment(text);
        after.isComment(text);
        run = null;
        continue;
      }
      const added = mark === '+';
      const comment = (added ? after : before).isComment(text);
      if (text === '') {
        blank++;
        continue;
      }
      if (run === null) {
        run = { deleted: [], added: [] };
        runs.push(run);
      }
      const overlong = Math.ceil(text.length / WIDE_LINE) - 1;
      const kind = added ? (comment ? 'comments' : 'new') : comment ? 'deleted-comments' : 'deleted';
      run[added ? 'added' : 'deleted'].push({ text, shape: keys.of(text), overlong, kind });
    }
  }
  return { runs, blank };
}

/** Whether the hunks show every line that the file counts; only then may lines be discounted. */
export function showsAllLines({ hunks, additions, deletions }: ChangedFile): boolean {
  return countLines(hunks, '+') === additions && countLines(hunks, '-') === deletions;
}

function countLines(hunks: readonly Hunk[], mark: string): number {
  let count = 0;
  for (const { lines } of hunks) {
    for (const line of lines) if (line.startsWith(mark)) count++;
  }
  return count;
}
