/** What changed between two commits, as GitHub lists it: statuses, renames, counts and patches like git's. */
import { structuredPatch } from 'diff';
import type { Emulator } from '../emulator.ts';
import type { CommitRow, RepoRow, TreeEntry } from '../tables.ts';
import { bytesOf, commitsBetween, filesAt, findBlob, mergeBase, textAt } from './objects.ts';

/** One changed file, in the form of GitHub's `diff-entry`. */
export interface ChangedFile {
  sha: string;
  filename: string;
  status: 'added' | 'removed' | 'modified' | 'renamed' | 'changed';
  additions: number;
  deletions: number;
  changes: number;
  blob_url: string;
  raw_url: string;
  contents_url: string;
  /** Absent for binary files, very large ones, and those without changed lines. */
  patch?: string;
  previous_filename?: string;
}

/** Two commits compared from their merge base on. */
export interface Comparison {
  mergeBase: string | undefined;
  files: ChangedFile[];
  /** The oldest first. */
  commits: CommitRow[];
}

/** Git calls a file renamed when at least half of it is the same. */
const RENAME_SIMILARITY = 0.5;

/** Git gives up looking for renames beyond so many pairs (`diff.renameLimit` of 1,000, squared). */
const RENAME_PAIRS_AT_MOST = 1_000_000;

/** Beyond either GitHub gives a file's counts without its patch. */
const PATCH_LINES_AT_MOST = 20_000;
const PATCH_BYTES_AT_MOST = 500_000;

/** Beyond so many changed lines the rest of a response's files come back with zero counts and no patch. */
const RESPONSE_LINES_AT_MOST = 20_000;

/** What `head` brings compared with `base`, counted from their merge base. */
export function compare(emulator: Emulator, repo: RepoRow, base: string, head: string): Comparison {
  const key = `${repo.id}:${base}...${head}`;
  const known = emulator.state.comparisons.get(key);
  if (known) return known;
  const from = mergeBase(emulator, repo, base, head);
  const comparison: Comparison = {
    mergeBase: from,
    files: from ? changedFiles(emulator, repo, from, head) : [],
    commits: from ? commitsBetween(emulator, repo, base, head) : [],
  };
  emulator.state.comparisons.set(key, comparison);
  return comparison;
}

/**
 * One response's worth of files as GitHub really answers (seen on 2026-11-19, orgs/community discussion 213491): files
 * past 20,000 changed lines come back unmarked with counts of zero and no patch. They are right on a smaller page.
 */
export function asOneResponse(files: ChangedFile[]): ChangedFile[] {
  let lines = 0;
  return files.map((file) => {
    const past = lines >= RESPONSE_LINES_AT_MOST;
    lines += file.changes;
    if (!past) return file;
    const { patch: _, ...rest } = file;
    return { ...rest, additions: 0, deletions: 0, changes: 0 };
  });
}

/** The files that differ between two commits, by path. Without `base`, all of `head`'s. */
export function changedFiles(emulator: Emulator, repo: RepoRow, base: string | undefined, head: string): ChangedFile[] {
  const before = filesAt(emulator, repo, base);
  const after = filesAt(emulator, repo, head);
  const removed = [...before].filter(([path]) => !after.has(path));
  const added = [...after].filter(([path]) => !before.has(path));
  const renames = findRenames(emulator, repo, removed, added);
  const movedAway = new Set(renames.values());

  const files: ChangedFile[] = [];
  for (const [path, entry] of after) {
    const previousPath = renames.get(path);
    const previous = before.get(previousPath ?? path);
    if (!previousPath && previous?.sha === entry.sha && previous.mode === entry.mode) continue;
    files.push(describe(emulator, repo, { path, previousPath, before: previous, after: entry, at: head }));
  }
  for (const [path, entry] of removed) {
    if (movedAway.has(path)) continue;
    files.push(describe(emulator, repo, { path, before: entry, after: undefined, at: base ?? head }));
  }
  return files.sort((a, b) => (a.filename < b.filename ? -1 : 1));
}

/** GitHub refuses to write a diff beyond either. */
const DIFF_FILES_AT_MOST = 300;
const DIFF_LINES_AT_MOST = 20_000;

/** Why GitHub would not give a diff of these files. */
export function tooLargeForDiff(files: ChangedFile[]): string | undefined {
  if (files.length > DIFF_FILES_AT_MOST) {
    return `Sorry, the diff exceeded the maximum number of files (${DIFF_FILES_AT_MOST}). Consider using 'List pull requests files' API or locally cloning the repository instead.`;
  }
  const lines = files.reduce((sum, file) => sum + file.changes, 0);
  if (lines <= DIFF_LINES_AT_MOST) return undefined;
  return `Sorry, the diff exceeded the maximum number of lines (${DIFF_LINES_AT_MOST})`;
}

/** A unified diff of all files, as GitHub's media type `diff` gives it. */
export function toUnifiedDiff(files: ChangedFile[]): string {
  return files.map((file) => `${diffHeader(file)}${file.patch ? `${file.patch}\n` : ''}`).join('');
}

function diffHeader(file: ChangedFile): string {
  const from = file.previous_filename ?? file.filename;
  const lines = [`diff --git a/${from} b/${file.filename}`];
  if (file.status === 'added') lines.push('new file mode 100644');
  if (file.status === 'removed') lines.push('deleted file mode 100644');
  if (file.status === 'renamed') lines.push(`rename from ${from}`, `rename to ${file.filename}`);
  if (file.patch) {
    lines.push(
      file.status === 'added' ? '--- /dev/null' : `--- a/${from}`,
      file.status === 'removed' ? '+++ /dev/null' : `+++ b/${file.filename}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

interface Change {
  path: string;
  previousPath?: string | undefined;
  before: TreeEntry | undefined;
  after: TreeEntry | undefined;
  /** The commit that the links point to. */
  at: string;
}

function describe(emulator: Emulator, repo: RepoRow, change: Change): ChangedFile {
  const { path, previousPath, before, after, at } = change;
  const [oldText, newText] = [textAt(emulator, repo, before), textAt(emulator, repo, after)];
  const { additions, deletions, patch } =
    oldText === undefined || newText === undefined
      ? { additions: 0, deletions: 0, patch: undefined }
      : diffTexts(oldText, newText);
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  const site = `${emulator.url}/${repo.full_name}`;
  return {
    sha: (after ?? before)?.sha ?? '',
    filename: path,
    status: statusOf(change),
    additions,
    deletions,
    changes: additions + deletions,
    blob_url: `${site}/blob/${at}/${encoded}`,
    raw_url: `${site}/raw/${at}/${encoded}`,
    contents_url: `${emulator.url}/repos/${repo.full_name}/contents/${encoded}?ref=${at}`,
    ...(patch && additions + deletions <= PATCH_LINES_AT_MOST && patch.length <= PATCH_BYTES_AT_MOST ? { patch } : {}),
    ...(previousPath ? { previous_filename: previousPath } : {}),
  };
}

function statusOf({ previousPath, before, after }: Change): ChangedFile['status'] {
  if (previousPath) return 'renamed';
  if (!before) return 'added';
  if (!after) return 'removed';
  return before.sha === after.sha ? 'changed' : 'modified'; // only its mode changed
}

// -- patches ------------------------------------------------------------------------------------------------------

/** A patch like git's: three lines of context, counts of one left out, the function heading after the `@@`. */
export function diffTexts(
  before: string,
  after: string,
): { additions: number; deletions: number; patch: string | undefined } {
  const oldLines = before.split('\n');
  const lines: string[] = [];
  let additions = 0;
  let deletions = 0;
  for (const hunk of hunksBetween(before, after)) {
    const from = range(before === '' ? 0 : hunk.oldStart, hunk.oldLines);
    const to = range(after === '' ? 0 : hunk.newStart, hunk.newLines);
    lines.push(`@@ -${from} +${to} @@${headingAbove(oldLines, hunk.oldStart)}`, ...hunk.lines);
    for (const line of hunk.lines) {
      if (line.startsWith('+')) additions += 1;
      else if (line.startsWith('-')) deletions += 1;
    }
  }
  return { additions, deletions, patch: lines.length > 0 ? lines.join('\n') : undefined };
}

interface Hunk {
  oldStart: number;
  oldLines: number;
  newStart: number;
  newLines: number;
  lines: string[];
}

/** The search for the shortest edit takes time that grows with its square, and a second for this many lines. */
const EDIT_LINES_AT_MOST = 4000;

function hunksBetween(before: string, after: string): Hunk[] {
  if (before === after) return [];
  const options = { context: 3, maxEditLength: EDIT_LINES_AT_MOST };
  const patch = before === '' || after === '' ? undefined : structuredPatch('a', 'b', before, after, '', '', options);
  return patch?.hunks ?? [rewriting(before, after)];
}

/** One hunk that takes away all of a file and puts another in its place; either may be empty. */
function rewriting(before: string, after: string): Hunk {
  const removed = signed('-', before);
  const added = signed('+', after);
  const count = (lines: string[]) => lines.filter((line) => !line.startsWith('\\')).length;
  return {
    oldStart: 1,
    oldLines: count(removed),
    newStart: 1,
    newLines: count(added),
    lines: [...removed, ...added],
  };
}

function signed(sign: '+' | '-', text: string): string[] {
  if (text === '') return [];
  const rows = text.split('\n');
  const endsWithNewline = rows.at(-1) === '';
  if (endsWithNewline) rows.pop();
  const lines = rows.map((row) => sign + row);
  return endsWithNewline ? lines : [...lines, '\\ No newline at end of file'];
}

function range(start: number, count: number): string {
  return count === 1 ? `${start}` : `${start},${count}`;
}

function headingAbove(lines: string[], hunkStart: number): string {
  for (let at = hunkStart - 2; at >= 0; at -= 1) {
    const line = lines[at] ?? '';
    if (/^[A-Za-z_$]/.test(line)) return ` ${line.slice(0, 80).trimEnd()}`;
  }
  return '';
}

// -- renames ------------------------------------------------------------------------------------------------------

type Named = [path: string, entry: TreeEntry];

/** From new paths to the old ones: identical files first, then the most similar pairs, as git does. */
function findRenames(emulator: Emulator, repo: RepoRow, removed: Named[], added: Named[]): Map<string, string> {
  const renames = new Map<string, string>();
  const taken = new Set<string>();
  const take = (from: string, to: string) => {
    renames.set(to, from);
    taken.add(from);
  };

  for (const [to, entry] of added) {
    const same = removed.filter(([from, other]) => other.sha === entry.sha && !taken.has(from));
    const match = same.find(([from]) => baseName(from) === baseName(to)) ?? same[0];
    if (match) take(match[0], to);
  }

  const sources = removed.filter(([from]) => !taken.has(from)).flatMap((named) => measure(emulator, repo, named));
  const targets = added.filter(([to]) => !renames.has(to)).flatMap((named) => measure(emulator, repo, named));
  if (sources.length * targets.length > RENAME_PAIRS_AT_MOST) return renames;

  const pairs = sources.flatMap((source) =>
    targets.flatMap((target) => {
      const similarity = similarityOf(source, target);
      if (similarity < RENAME_SIMILARITY) return [];
      return [{ from: source.path, to: target.path, similarity }];
    }),
  );
  const sameName = (pair: { from: string; to: string }) => Number(baseName(pair.from) === baseName(pair.to));
  pairs.sort((a, b) => b.similarity - a.similarity || sameName(b) - sameName(a));
  for (const { from, to } of pairs) if (!taken.has(from) && !renames.has(to)) take(from, to);
  return renames;
}

interface Measured {
  path: string;
  size: number;
  /** How many bytes each distinct piece of the file makes up. */
  pieces: Map<string, number>;
}

/** Cuts a file as git does to compare it: at line ends, and after 64 bytes at the latest. */
function measure(emulator: Emulator, repo: RepoRow, [path, entry]: Named): Measured[] {
  const blob = entry.type === 'blob' ? findBlob(emulator, repo, entry.sha) : undefined;
  if (!blob || blob.size === 0) return [];
  const text = bytesOf(blob).toString('latin1');
  const pieces = new Map<string, number>();
  for (const [piece] of text.matchAll(/[^\n]{0,63}\n|[^\n]{1,64}/g)) {
    pieces.set(piece, (pieces.get(piece) ?? 0) + piece.length);
  }
  return [{ path, size: text.length, pieces }];
}

/** The share of the larger file that the two have in common. */
function similarityOf(source: Measured, target: Measured): number {
  const larger = Math.max(source.size, target.size);
  if (Math.min(source.size, target.size) < larger * RENAME_SIMILARITY) return 0;
  let common = 0;
  for (const [piece, bytes] of source.pieces) common += Math.min(bytes, target.pieces.get(piece) ?? 0);
  return common / larger;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
