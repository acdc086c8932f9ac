import type { Evidence, EvidenceRequest } from '../../../model/evidence.ts';
import { folderOf } from '../../../model/package-files.ts';
import type { ChangedFile } from '../../../model/pull-request.ts';
import type { Missing } from '../../../model/review.ts';
import { sourceLanguage } from './places.ts';
import type { Signal } from './signal.ts';

/** New folders that are looked up in the base. */
const MAX_FOLDERS = 20;

/** The folders that may be new, as the base has them. */
export function newModuleNeeds(files: readonly ChangedFile[]): EvidenceRequest[] {
  return newFolders(files).map(({ folder }) => ({ kind: 'folder', path: folder, side: 'base' }));
}

/** A folder of nothing but these is one more thing to look at, not a part of the whole. */
const VIEW =
  /\.(?:[jt]sx|vue|svelte|erb|s?css|less|snap|md|json|svg)$|(?:^|\/)(?:index|types|styles?|constants|messages|helpers|utils|hooks|use\w+|[\w.-]*\.(?:test|spec|stories|module|styles?))\.[cm]?[jt]s$/i;

/** Says of each folder that the base did not have what came with it. What could not be looked up goes to `missing`. */
export function findNewModules(files: readonly ChangedFile[], evidence: Evidence, missing: Missing[]): Signal[] {
  const seen = new Set<ChangedFile>();
  const signals: Signal[] = [];
  for (const { folder, first } of newFolders(files)) {
    if (seen.has(first)) continue;
    const answer = evidence.folder(folder, 'base');
    if (answer.state === 'unavailable') missing.push({ what: `the folder ${folder}`, cause: answer.cause });
    if (answer.state !== 'absent') continue;
    seen.add(first);
    const inside = files.filter((file) => file.path.startsWith(`${folder}/`));
    const shown = inside.every((file) => VIEW.test(file.path));
    signals.push({
      trigger: shown ? 'new-view' : 'new-module',
      path: first.path,
      line: 1,
      because: `which parts there are: ${folder} is new`,
    });
  }
  return signals;
}

/** Folders that get two source files or more while none of their old ones appears in the change; the outermost only. */
function newFolders(files: readonly ChangedFile[]): { folder: string; first: ChangedFile }[] {
  const shipped = files.filter((file) => sourceLanguage(file) !== null);
  const before = shipped.filter(({ status, previousPath }) => status !== 'added' || previousPath !== undefined);
  const known = new Set(foldersOf(before.map(({ path, previousPath }) => previousPath ?? path)).flatMap(withAncestors));
  const isFresh = (folder: string) => !known.has(folder) && folder.includes('/');
  const fresh = new Map<string, { first: ChangedFile; count: number }>();
  const byFolder = Map.groupBy(
    shipped.filter(({ status }) => status === 'added'),
    ({ path }) => folderOf(path),
  );
  for (const [folder, inside] of byFolder) {
    const outermost = withAncestors(folder).find(isFresh);
    if (outermost === undefined) continue;
    const already = fresh.get(outermost);
    if (already) already.count += inside.length;
    else fresh.set(outermost, { first: inside[0]!, count: inside.length });
  }
  return (
    [...fresh.values()]
      .filter(({ count }) => count >= 2)
      // Which of the nested folders is new only the base can tell; all of them are asked for, innermost last.
      .flatMap(({ first }) =>
        withAncestors(folderOf(first.path))
          .filter(isFresh)
          .map((folder) => ({ folder, first })),
      )
      .slice(0, MAX_FOLDERS)
  );
}

/** Each folder once, for a change may have a thousand files in one. */
function foldersOf(paths: readonly string[]): string[] {
  return [...new Set(paths.map(folderOf))];
}

/** `a/b` → `a`, `a/b`. */
function withAncestors(folder: string): string[] {
  const parts = folder.split('/').filter((part) => part !== '');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
