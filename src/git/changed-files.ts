import { inByteOrder } from '../model/byte-order.ts';
import type { ChangedFile, FileStatus, Hunk } from '../model/pull-request.ts';
import { parseHunks } from '../parse-hunks.ts';
import { type Entry, idOrNull, parseEntries } from './entries.ts';
import { findPresent, type Unread } from './lacking-objects.ts';
import type { ReadObjects } from './objects.ts';

/** Beyond this many files that came or went, git compares only names and ids: the work grows with the square. */
const RENAME_LIMIT = 3_000;

/** Of the list and all patches together. The files behind it are `missing`; a change so large is judged by its counts. */
const MAX_PATCH_BYTES = 256 * 1024 * 1024;

/**
 * Renames from half alike on, as GitHub finds them; copies count as added. Everything that configuration could turn
 * is said outright, and no program of the repository's choosing takes part.
 */
export const COMPARE_OPTIONS: readonly string[] = [
  ...['-r', '-M50%', `-l${RENAME_LIMIT}`, '--no-ext-diff', '--no-textconv', '--no-color'],
  ...['--diff-algorithm=myers', '--indent-heuristic', '--inter-hunk-context=0', '--submodule=short'],
  ...['--ignore-submodules=none', '--no-relative', '--src-prefix=a/', '--dst-prefix=b/'],
];

const COMPARE = ['diff-tree', ...COMPARE_OPTIONS];
const LIST = ['--raw', '--numstat', '--no-abbrev', '--full-index'];

const STATUS: Readonly<Record<string, FileStatus>> = {
  A: 'added',
  C: 'copied',
  D: 'removed',
  M: 'modified',
  R: 'renamed',
  // A file became a symbolic link or a submodule, or the other way round.
  T: 'changed',
};

/**
 * The files that differ between two commits, in the byte order of their paths, and their totals as git counts them.
 * A file whose content a partial clone lacks is `missing`, and counted without its lines; where git cannot even list
 * the files, its complaint is given back.
 */
export async function readChangedFiles(
  git: ReadObjects,
  before: string,
  after: string,
  maxPatchBytes = MAX_PATCH_BYTES,
): Promise<ChangedFiles> {
  const whole = await compare(git, [before, after], maxPatchBytes);
  if (whole.ok) return whole;
  const present = await findPresent(git, before, after);
  if (present === null) return whole;
  const { paths, unread } = present;
  const missing = unread.map(toMissingFile);
  const rest = paths.length > 0 ? await compare(git, [before, after, '--', ...paths], maxPatchBytes) : NOTHING;
  if (!rest.ok) return whole;
  return {
    ok: true,
    files: inByteOrder([...rest.files, ...missing]),
    totals: { ...rest.totals, files: rest.totals.files + missing.length },
  };
}

type ChangedFiles = { ok: true; files: ChangedFile[]; totals: Totals } | { ok: false; stderr: string };

const NOTHING: ChangedFiles = { ok: true, files: [], totals: { files: 0, additions: 0, deletions: 0 } };

/** Lists and patches in one run. Without `-z`: there git quotes odd paths, so that none can break a header apart. */
async function compare(git: ReadObjects, range: readonly string[], maxPatchBytes: number): Promise<ChangedFiles> {
  const both = await git([...COMPARE, ...LIST, '--patch', '--unified=3', ...range], { maxBytes: maxPatchBytes });
  // Stopped, perhaps in the middle of the list.
  const list = both.truncated ? await git([...COMPARE, ...LIST, ...range]) : both;
  if (list.status !== 0) return { ok: false, stderr: list.stderr };
  const start = both.stdout.indexOf(HEADER_ON_A_NEW_LINE);
  const end = both.truncated || start === -1 ? undefined : start;
  const entries = parseEntries(list.stdout.toString('utf8', 0, end).split('\n'));
  const patches = start === -1 ? [] : splitPatches(both.stdout.subarray(start + 1));
  if (both.truncated) patches.pop();
  return { ok: true, files: toChangedFiles(entries, patches, both.truncated), totals: totalsOf(entries) };
}

function toMissingFile({ path, letter, after }: Unread): ChangedFile {
  const status = STATUS[letter] ?? 'changed';
  return { path, status, additions: 0, deletions: 0, blob: idOrNull(after), patch: 'missing', hunks: [] };
}

/** Puts entries and their patches together, in the byte order of the paths. `cut`: the last patches are not there. */
export function toChangedFiles(entries: readonly Entry[], patches: readonly Buffer[], cut: boolean): ChangedFile[] {
  const files: ChangedFile[] = [];
  let next = 0;
  for (const entry of entries) {
    files.push(toChangedFile(entry, patches.slice(next, next + patchesOf(entry))));
    next += patchesOf(entry);
  }
  if (next !== patches.length && !cut) {
    throw new Error(`git printed ${patches.length} patches where ${next} were to be expected`);
  }
  return inByteOrder(files);
}

type Totals = { files: number; additions: number; deletions: number };

function totalsOf(entries: readonly Entry[]): Totals {
  const sum = (count: (entry: Entry) => number | undefined) =>
    entries.reduce((total, entry) => total + (count(entry) ?? 0), 0);
  return {
    files: entries.length,
    additions: sum((entry) => entry.lines?.additions),
    deletions: sum((entry) => entry.lines?.deletions),
  };
}

const HEADER = Buffer.from('diff --git ');
const HEADER_ON_A_NEW_LINE = Buffer.from('\ndiff --git ');

/** Cuts git's output at the headers. Lines of content begin with a space, `+`, `-` or `\`, so none can pose as one. */
export function splitPatches(output: Buffer): Buffer[] {
  const patches: Buffer[] = [];
  let start = output.subarray(0, HEADER.length).equals(HEADER) ? 0 : -1;
  while (start !== -1) {
    const next = output.indexOf(HEADER_ON_A_NEW_LINE, start);
    patches.push(output.subarray(start, next === -1 ? undefined : next + 1));
    start = next === -1 ? -1 : next + 1;
  }
  return patches;
}

function toChangedFile(entry: Entry, patches: readonly Buffer[]): ChangedFile {
  const { path, previousPath, letter, before, after, lines } = entry;
  const file = {
    path,
    ...(previousPath === undefined ? {} : { previousPath }),
    status: STATUS[letter] ?? 'changed',
    additions: lines?.additions ?? 0,
    deletions: lines?.deletions ?? 0,
    blob: after,
  };
  // Moved or given another mode: nothing of the content changed, be it text or not.
  if (before === after) return { ...file, patch: 'text', hunks: [] };
  if (lines === null) return { ...file, patch: 'binary', hunks: [] };
  const hunks = patches.length === patchesOf(entry) ? readHunks(patches) : null;
  if (hunks === null || !addsUp(hunks, entry)) return { ...file, patch: 'missing', hunks: [] };
  return { ...file, patch: 'text', hunks };
}

/** How many patches git prints for it: a change of type is a removal and an addition. */
function patchesOf({ letter }: Entry): number {
  return letter === 'T' ? 2 : 1;
}

/** `null` when one of the patches cannot be understood. */
function readHunks(patches: readonly Buffer[]): Hunk[] | null {
  const all: Hunk[] = [];
  for (const patch of patches) {
    const start = patch.indexOf('\n@@ ');
    const hunks = start === -1 ? [] : parseHunks(patch.toString('utf8', start + 1));
    if (hunks === null) return null;
    all.push(...hunks);
  }
  return all;
}

function addsUp(hunks: readonly Hunk[], { letter, lines }: Entry): boolean {
  // Git counts a change of type as one change of content, and prints it as two.
  if (letter === 'T') return true;
  const count = (mark: string) =>
    hunks.reduce((sum, hunk) => sum + hunk.lines.filter((line) => line.startsWith(mark)).length, 0);
  return count('+') === lines?.additions && count('-') === lines.deletions;
}
