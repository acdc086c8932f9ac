import type { ReadObjects } from './objects.ts';

/** A file of the change that is known by name and id alone. */
export interface Unread {
  path: string;
  /** Git's letter for what happened to it; without contents no rename can be told. */
  letter: string;
  /** The id of the content at head; nothing but zeros where it is gone. */
  after: string;
}

/** What a partial clone can show of a change, and what not. */
export interface Present {
  /** Paths whose contents are all here, to be compared. */
  paths: string[];
  unread: Unread[];
}

/** Of one argument list; the systems' limits begin at 128 kB. What does not fit is left unread as well. */
const MAX_ARGUMENT_BYTES = 60_000;

/** A submodule's commit belongs to another repository, and is lacking in all of them. */
const SUBMODULE = '160000';

/**
 * Tells from trees alone which files of a change can be compared in a partial clone. `null` where no content lacks, or
 * not even the trees are there: then git's own complaint is the answer.
 */
export async function findPresent(git: ReadObjects, before: string, after: string): Promise<Present | null> {
  const list = await git(['diff-tree', '-r', '--no-renames', '--raw', '--no-abbrev', '-z', before, after]);
  if (list.status !== 0) return null;
  const fields = list.stdout.toString('utf8').split('\0');
  const files: (Unread & { contents: string[] })[] = [];
  for (let at = 0; fields[at]?.startsWith(':'); at += 2) {
    const [oldMode, newMode, old = '', now = '', letter = ''] = fields[at]?.slice(1).split(' ') ?? [];
    const contents = [oldMode === SUBMODULE ? '' : old, newMode === SUBMODULE ? '' : now];
    const ids = contents.filter((id) => /[1-9a-f]/.test(id));
    files.push({ path: fields[at + 1] ?? '', letter: letter.charAt(0), after: now, contents: ids });
  }
  const wanted = [...new Set(files.flatMap(({ contents }) => contents))];
  const check = await git(['cat-file', '--batch-check=%(objectname)'], { input: `${wanted.join('\n')}\n` });
  if (check.status !== 0) return null;
  const lines = check.stdout.toString('utf8').split('\n');
  const lacking = new Set(lines.filter((line) => line.endsWith(' missing')).map((line) => line.split(' ')[0]));
  if (lacking.size === 0) return null;
  const present: Present = { paths: [], unread: [] };
  let bytes = 0;
  for (const { contents, ...file } of files) {
    const isHere = !contents.some((id) => lacking.has(id));
    if (isHere) bytes += Buffer.byteLength(file.path) + 1;
    if (isHere && bytes <= MAX_ARGUMENT_BYTES) present.paths.push(file.path);
    else present.unread.push(file);
  }
  return present;
}
