import { baseName } from '../model/package-files.ts';
import type { PullRequest } from '../model/pull-request.ts';

/** One `package.json` that the pull request touches. */
export interface ChangedManifest {
  /** Where it is at head; where it was, when it was removed. */
  path: string;
  /** Where it was at the merge base; `null` for a new one. */
  previousPath: string | null;
  removed: boolean;
}

/** The manifests of the change in the order of their paths. What is installed below `node_modules` is nobody's manifest. */
export function changedManifests(pullRequest: PullRequest): ChangedManifest[] {
  const manifests: ChangedManifest[] = [];
  for (const file of pullRequest.files) {
    if (baseName(file.path) !== 'package.json' || isInstalled(file.path)) continue;
    const { path, status } = file;
    const renamedFrom = status === 'renamed' && file.previousPath !== undefined ? file.previousPath : null;
    const existed = status !== 'added' && status !== 'copied';
    manifests.push({ path, previousPath: renamedFrom ?? (existed ? path : null), removed: status === 'removed' });
  }
  return manifests;
}

function isInstalled(path: string): boolean {
  return path.startsWith('node_modules/') || path.includes('/node_modules/');
}
