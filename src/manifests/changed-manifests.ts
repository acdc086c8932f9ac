import type { EvidenceRequest } from '../model/evidence.ts';
import { baseName } from '../model/package-files.ts';
import type { PullRequest } from '../model/pull-request.ts';

/** One manifest, or file like it, that the pull request touches. */
export interface ChangedManifest {
  /** Where it is at head; where it was, when it was removed. */
  path: string;
  /** Where it was at the merge base; `null` for a new one. */
  previousPath: string | null;
  removed: boolean;
}

/** The `package.json` files of the change in the order of their paths. What is installed below `node_modules` is nobody's manifest. */
export function changedManifests(pullRequest: PullRequest): ChangedManifest[] {
  return changedFilesNamed(pullRequest, ['package.json']);
}

/** The changed files with one of these base names, in the order of their paths. */
export function changedFilesNamed(pullRequest: PullRequest, names: readonly string[]): ChangedManifest[] {
  const manifests: ChangedManifest[] = [];
  for (const file of pullRequest.files) {
    if (!names.includes(baseName(file.path)) || isInstalled(file.path)) continue;
    const { path, status } = file;
    const renamedFrom = status === 'renamed' && file.previousPath !== undefined ? file.previousPath : null;
    const existed = status !== 'added' && status !== 'copied';
    manifests.push({ path, previousPath: renamedFrom ?? (existed ? path : null), removed: status === 'removed' });
  }
  return manifests;
}

/** Both sides of a changed file: its text at head, and what it was. */
export function bothSidesOf({ path, previousPath, removed }: ChangedManifest): EvidenceRequest[] {
  const requests: EvidenceRequest[] = [];
  if (!removed) requests.push({ kind: 'file', path, side: 'head' });
  if (previousPath !== null) requests.push({ kind: 'file', path: previousPath, side: 'merge-base' });
  return requests;
}

/** Whether a path lies below a folder that a package manager fills. */
export function isInstalled(path: string): boolean {
  return path.startsWith('node_modules/') || path.includes('/node_modules/');
}
