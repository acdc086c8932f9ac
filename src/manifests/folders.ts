import { folderOf } from '../model/package-files.ts';

/** A path below a folder; the root is `''`. */
export function pathIn(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** The folder and all above it, the nearest first and the root last: `a/b` → `a/b`, `a`, ``. */
export function foldersUpFrom(folder: string): string[] {
  const folders = [folder];
  for (let up = folder; up !== ''; ) {
    up = folderOf(up);
    folders.push(up);
  }
  return folders;
}
