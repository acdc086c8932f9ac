import { baseName, folderOf } from '../../../model/package-files.ts';
import { numberOf } from './homes.ts';
import type { RecordLink } from './parse.ts';

/** True where a link names the record at the path: by its file's name, or by its number alone. */
export function isTarget({ number, name }: Pick<RecordLink, 'number' | 'name'>, path: string): boolean {
  return name === null ? number !== null && numberOf(path) === number : baseName(path) === name;
}

/** The record that a link in the one at `from` leads to. Each package counts from one, so its own log comes first. */
export function targetOf(
  link: Pick<RecordLink, 'number' | 'name'>,
  from: string,
  paths: Iterable<string>,
): string | undefined {
  const targets = [...paths].filter((path) => path !== from && isTarget(link, path));
  return targets.find((path) => folderOf(path) === folderOf(from)) ?? targets[0];
}
