import { hash } from 'node:crypto';
import type { ChangedFile } from './pull-request.ts';

/**
 * What an item is about, condensed: 22 letters that stand for every added and deleted line of its files, then, for a
 * change that people can overlook, 16 letters for each file, so that a later look can name the one that changed; at the
 * end `#2` where the list that asks is of a later version than the first. Opaque: compare with `isSameContent`, explain
 * with `changedSince` and `versionOf`.
 */
export type ContentMark = string;

/** With more files than these a mark does not tell them apart: it stands in a comment of limited length. */
const MAX_NAMED_FILES = 60;

const TOTAL_LENGTH = 22;
const NAME_LENGTH = 8;
const FILE_LENGTH = 2 * NAME_LENGTH;

/**
 * The mark of what these files change, as a list of this version asks about it. Only lines that are added or deleted count, in their order, with the path they
 * stand in: line numbers and the lines around them do not, so a rebase leaves the mark as it is. Where a file has no
 * text to read, its content at head stands for it.
 */
export function contentOf(files: readonly ChangedFile[], version = 1): ContentMark {
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1)).map((file) => ({ file, digest: digestOf(file) }));
  const total = shorten(sha256(sorted.map(({ digest }) => digest).join('\n')), TOTAL_LENGTH);
  const named = sorted.length > MAX_NAMED_FILES ? [] : sorted;
  const perFile = named.map(({ file, digest }) => nameOf(file.path) + shorten(digest, NAME_LENGTH)).join('');
  return `${total}${perFile}${version === 1 ? '' : `#${version}`}`;
}

/** Whether two marks stand for the same lines, asked about by the same version of a list. */
export function isSameContent(one: ContentMark, other: ContentMark): boolean {
  return one.slice(0, TOTAL_LENGTH) === other.slice(0, TOTAL_LENGTH) && versionOf(one) === versionOf(other);
}

/** The version of the list that asked. */
export function versionOf(mark: ContentMark): number {
  return Number(mark.split('#', 2)[1] ?? 1);
}

/** The paths among `files` whose lines are not those that `before` stands for; empty where that cannot be told. */
export function changedSince(before: ContentMark, files: readonly ChangedFile[]): string[] {
  const known = new Map<string, string>();
  const [letters = ''] = before.split('#', 1);
  for (let at = TOTAL_LENGTH; at + FILE_LENGTH <= letters.length; at += FILE_LENGTH) {
    known.set(letters.slice(at, at + NAME_LENGTH), letters.slice(at + NAME_LENGTH, at + FILE_LENGTH));
  }
  if (known.size === 0) return [];
  return files
    .filter((file) => known.get(nameOf(file.path)) !== shorten(digestOf(file), NAME_LENGTH))
    .map((file) => file.path);
}

/** Files are plain data that nobody changes, and each is asked about by every item that is about it. */
const digests = new WeakMap<ChangedFile, string>();

function digestOf(file: ChangedFile): string {
  const known = digests.get(file);
  if (known !== undefined) return known;
  const digest = digestAnew(file);
  digests.set(file, digest);
  return digest;
}

function digestAnew(file: ChangedFile): string {
  // A binary file and one whose lines are missing have only their content to go by.
  const rest = file.patch === 'text' ? '' : (file.blob ?? '');
  const parts = [file.status, file.previousPath ?? '', file.path, rest];
  for (const { lines } of file.hunks) {
    for (const line of lines) if (!line.startsWith(' ')) parts.push(line);
  }
  return sha256(parts.join('\0'));
}

function nameOf(path: string): string {
  return shorten(sha256(path), NAME_LENGTH);
}

function sha256(text: string): string {
  return hash('sha256', text, 'base64url');
}

function shorten(digest: string, length: number): string {
  return digest.slice(0, length);
}
