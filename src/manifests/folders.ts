/** The folder a path lies in; `''` for the root. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

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
