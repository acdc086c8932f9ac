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
  /** As `overlongOf` has it. */
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
export function readChangedLines(file: ChangedFile, keys: LineKeys): ChangedLines {
  const runs: ChangeRun[] = [];
  let blank = 0;
  let deleted: ChangedLine[] = [];
  let added: ChangedLine[] = [];
  const endRun = () => {
    if (deleted.length + added.length === 0) return;
    // Copies are as long as what is in them; a list that grew has room for more, and a change has many short runs.
    runs.push({ deleted: deleted.slice(), added: added.slice() });
    deleted = [];
    added = [];
  };
  for (const hunk of file.hunks) {
    eachLine(hunk, file.path, (text, kind) => {
      if (kind === 'unchanged') {
        endRun();
      } else if (kind === 'blank') {
        blank++;
      } else {
        const side = kind === 'new' || kind === 'comments' ? added : deleted;
        side.push({ text, shape: keys.of(text), overlong: overlongOf(text), kind });
      }
    });
    endRun();
  }
  return { runs, blank };
}

/** What a line is before it is matched with anything. */
type PlainKind = Extract<LineKind, 'new' | 'comments' | 'deleted' | 'deleted-comments' | 'blank'> | 'unchanged';

/** Each line of a hunk in its order, without the blanks around it. */
export function eachLine({ lines }: Hunk, path: string, take: (text: string, kind: PlainKind) => void): void {
  const syntax = commentSyntaxOf(path);
  const before = new CommentReader(syntax);
  const after = new CommentReader(syntax);
  for (const line of lines) {
    const mark = line[0];
    if (mark === '\\') continue;
    const text = line.slice(1).trim();
    if (mark === '+' || mark === '-') {
      const added = mark === '+';
      const comment = (added ? after : before).isComment(text);
      if (text === '') take(text, 'blank');
      else if (added) take(text, comment ? 'comments' : 'new');
      else take(text, comment ? 'deleted-comments' : 'deleted');
    } else {
      before.isComment(text);
      after.isComment(text);
      take(text, 'unchanged');
    }
  }
}

/** How many further screen lines a line would fill, being wider than anybody takes in at a glance; nearly always 0. */
export function overlongOf(text: string): number {
  return Math.ceil(text.length / WIDE_LINE) - 1;
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
