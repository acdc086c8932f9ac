import { createHash } from 'node:crypto';
import { applyPatch, reversePatch } from 'diff';
import type { ChangedFile } from '../model/pull-request.ts';

/** Longer texts are read instead: to put them together takes longer than to ask. */
const MAX_REBUILT_LETTERS = 1_000_000;

/**
 * A changed file's text at head, put together from its text before the change and its patch, or of an added file from
 * the patch alone. Git's own id of the result has to be the one that GitHub names, so that it is either the very text
 * or `null`.
 */
export function rebuildText(file: ChangedFile, before: string | null): string | null {
  if (file.blob === null || file.patch !== 'text') return null;
  const text = file.status === 'added' ? oneSide(file.hunks, '+') : before === null ? null : applyTo(before, file);
  if (text === null || text.length > MAX_REBUILT_LETTERS) return null;
  return gitIdOf(text) === file.blob ? text : null;
}

/** The text before the change; `null` when the patch does not fit, which only happens when somebody pushed meanwhile. */
export function takeBack(head: string, { path, hunks }: ChangedFile): string | null {
  if (hunks.length === 0) return head;
  if (head === '') return oneSide(hunks, '-');
  const before = applyPatch(head, reversePatch(patchOf(path, hunks)), { autoConvertLineEndings: false });
  return before === false ? null : before;
}

function applyTo(before: string, { path, hunks }: ChangedFile): string | null {
  if (hunks.length === 0) return before;
  if (before === '') return oneSide(hunks, '+');
  const after = applyPatch(before, patchOf(path, hunks), { autoConvertLineEndings: false });
  return after === false ? null : after;
}

function patchOf(path: string, hunks: ChangedFile['hunks']) {
  return { oldFileName: path, newFileName: path, oldHeader: '', newHeader: '', hunks, index: undefined };
}

/** All that was removed, or added, of a file whose other side is empty; to `applyPatch`, nothing is a line without an end. */
function oneSide(hunks: ChangedFile['hunks'], sign: '+' | '-'): string {
  const lines = hunks.flatMap((hunk) => hunk.lines);
  const texts = lines.filter((line) => line.startsWith(sign)).map((line) => line.slice(1));
  if (texts.length === 0) return '';
  return texts.join('\n') + (lines.at(-1)?.startsWith('\\') ? '' : '\n');
}

/** What `git hash-object` says. */
function gitIdOf(text: string): string {
  const bytes = Buffer.from(text);
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
