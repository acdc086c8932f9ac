import { dirname } from 'node:path/posix';
import { baseName } from '../../../model/package-files.ts';
import type { WeighedFile } from '../measure.ts';
import type { Unit } from './units.ts';

/** Of a longer folder only the end is shown: it stands in a list, and in the first line of a commit. */
const LONGEST_FOLDER = 40;

/**
 * What each part is about, in a few words: the kind of change, or the folder where most of it lies. Where several parts
 * have most of their work in the same folder, or a part is one file, the heaviest file says more.
 */
export function titlesOf(parts: readonly (readonly Unit[])[]): string[] {
  const contents = parts.map(foldersByEffort);
  return parts.map((part, index) => {
    const light = lightTitle(part);
    if (light !== null) return light;
    const [first = '', ...others] = contents[index]!;
    const files = part.flatMap((unit) => unit.files).toSorted((a, b) => b.line.effort - a.line.effort);
    const isAlone = contents.every((folders, at) => at === index || folders[0] !== first);
    if (isAlone && files.length > 1) return andOthers(sayFolder(first), others.length, 'folder');
    return andOthers(sayFile(files[0]!), files.length - 1, 'file');
  });
}

function lightTitle(part: readonly Unit[]): string | null {
  if (!part.every((unit) => unit.light)) return null;
  const files = part.flatMap((unit) => unit.files);
  const renamed = files.some(({ file }) => file.previousPath !== undefined);
  const generated = files.some(({ line }) => line.class === 'generated' || line.class === 'vendored');
  if (renamed && generated) return 'renames and generated code';
  if (renamed) return 'renames';
  return generated ? 'generated and vendored code' : null;
}

/** The folders of a part, that with the most effort first. */
function foldersByEffort(part: readonly Unit[]): string[] {
  const efforts = new Map<string, number>();
  for (const { file, line } of part.flatMap((unit) => unit.files)) {
    const folder = dirname(file.path);
    efforts.set(folder, (efforts.get(folder) ?? 0) + line.effort);
  }
  return [...efforts].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([folder]) => folder);
}

function andOthers(first: string, others: number, noun: string): string {
  if (others === 0) return first;
  return `${first} and ${others} more ${noun}${others === 1 ? '' : 's'}`;
}

function sayFolder(folder: string): string {
  if (folder === '.') return 'top-level files';
  if (folder.length <= LONGEST_FOLDER) return folder;
  const slash = folder.indexOf('/', folder.length - LONGEST_FOLDER);
  return `…/${slash === -1 ? baseName(folder) : folder.slice(slash + 1)}`;
}

/** The file with the folder it lies in: many are called `index`. */
function sayFile({ file }: WeighedFile): string {
  return file.path.split('/').slice(-2).join('/');
}
