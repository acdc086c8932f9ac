import { type DependencyChange, type DependencyChanges, NO_DEPENDENCY_CHANGES } from '../model/dependency.ts';
import type { Evidence, EvidenceRequest } from '../model/evidence.ts';
import type { PullRequest } from '../model/pull-request.ts';
import { type ChangedManifest, changedManifests } from './changed-manifests.ts';
import { folderOf, foldersUpFrom, pathIn } from './folders.ts';
import { type NpmSpec, readNpmSpec } from './npm-spec.ts';
import { findOwnPackages, workspaceRootRequests } from './own-packages.ts';
import { type DeclaredDependency, readPackageJson } from './package-json.ts';
import { type PnpmWorkspace, readPnpmWorkspace } from './pnpm-workspace.ts';
import { findRegistries, readTarget, registryFileRequests } from './read-target.ts';

/** What the operator, and never the repository, decides. */
export interface RegistryPolicy {
  /**
   * Addresses that stand for the registry we ask. A repository that names any other one keeps its names to itself, so
   * with none given, naming a registry at all is enough for that.
   */
  publicRegistries: readonly string[];
}

/** A dependency of a changed manifest that was not there before, or not so. */
interface Candidate {
  declared: DeclaredDependency;
  previousSpec: string | null;
  spec: NpmSpec;
}

/**
 * The files still wanted to say what the change does to dependencies. Ask, answer, ask again until it returns none. The
 * repository's own packages are read only where a name might otherwise be asked of a registry.
 */
export function manifestFiles(pullRequest: PullRequest, evidence: Evidence): EvidenceRequest[] {
  const manifests = changedManifests(pullRequest);
  if (manifests.length === 0) return [];
  const first = [
    ...manifests.flatMap(requestsFor),
    ...catalogRequests(pullRequest),
    ...registryFileRequests(pullRequest),
    ...workspaceRootRequests(pullRequest),
  ].filter((request) => !evidence.has(request));
  if (first.length > 0) return distinct(first);
  const mayBeAsked = manifests.some((manifest) => {
    const comparison = compare(manifest, evidence);
    return comparison.state === 'compared' && comparison.candidates.some(({ spec }) => spec.kind === 'registry');
  });
  return mayBeAsked ? distinct(findOwnPackages(pullRequest, evidence, []).wanted) : [];
}

/** Compares the dependencies that each changed `package.json` declares at the merge base and at head. Never throws. */
export function findDependencyChanges(
  pullRequest: PullRequest,
  evidence: Evidence,
  policy: RegistryPolicy,
): DependencyChanges {
  const changes: DependencyChange[] = [];
  const unreadable: DependencyChanges['unreadable'][number][] = [];
  const missing: DependencyChanges['missing'][number][] = [];
  const own = findOwnPackages(pullRequest, evidence, policy.publicRegistries);

  for (const manifest of changedManifests(pullRequest)) {
    const { path } = manifest;
    const comparison = compare(manifest, evidence);
    if (comparison.state === 'unreadable') unreadable.push({ path, line: comparison.line, cause: comparison.cause });
    if (comparison.state === 'missing') missing.push({ path, what: comparison.what, cause: comparison.cause });
    if (comparison.state !== 'compared') continue;
    const registries = findRegistries(folderOf(path), evidence);
    for (const { declared, previousSpec, spec } of comparison.candidates) {
      const { field, name, line } = declared;
      const target =
        spec.kind === 'catalog'
          ? ({
              kind: 'elsewhere',
              reason: 'of a version that a catalog sets, and the catalog is not readable',
            } as const)
          : readTarget(spec, registries, own, policy.publicRegistries);
      const written = declared.spec ?? '(not a string)';
      changes.push({ ecosystem: 'npm', path, line, field, name, spec: written, previousSpec, target });
    }
  }
  return { ...NO_DEPENDENCY_CHANGES, changes, unreadable, missing, filesRead: changedManifests(pullRequest).length };
}

type Comparison =
  | { state: 'compared'; candidates: readonly Candidate[] }
  | { state: 'unreadable'; line: number | null; cause: string }
  | { state: 'missing'; what: string; cause: string };

function compare(manifest: ChangedManifest, evidence: Evidence): Comparison {
  if (manifest.removed) return { state: 'compared', candidates: [] };
  const { path, previousPath } = manifest;
  const head = evidence.file(path, 'head');
  if (head.state === 'binary') return { state: 'unreadable', line: null, cause: 'it is not text' };
  if (head.state === 'unavailable') return { state: 'missing', what: path, cause: head.cause };
  if (head.state === 'absent') {
    return { state: 'missing', what: path, cause: 'the change lists it, and it is not there at head' };
  }
  const now = readPackageJson(head.text);
  if (!now.ok) return { state: 'unreadable', line: now.line, cause: now.cause };

  const before = previousPath === null ? null : evidence.file(previousPath, 'merge-base');
  if (before?.state === 'unavailable') {
    return { state: 'missing', what: `${previousPath} before the change`, cause: before.cause };
  }
  // Where the old text was no manifest, everything in the new one is new.
  const old = before?.state === 'found' ? readPackageJson(before.text) : null;
  const oldDependencies = old?.ok ? old.manifest.dependencies : [];
  const meaningNow = meaningOf(path, 'now', evidence);
  const meaningBefore = meaningOf(previousPath ?? path, 'before', evidence);

  const candidates: Candidate[] = [];
  for (const declared of now.manifest.dependencies) {
    const spec = meaningNow(declared);
    const earlier = oldDependencies.filter((one) => one.name === declared.name);
    // Moving a dependency to another field changes nothing about what it is.
    const unchanged = earlier.some(
      (one) => one.spec === declared.spec && JSON.stringify(meaningBefore(one)) === JSON.stringify(spec),
    );
    if (unchanged) continue;
    const previous = earlier.find((one) => one.field === declared.field) ?? earlier[0];
    candidates.push({ declared, previousSpec: previous?.spec ?? null, spec });
  }
  return { state: 'compared', candidates };
}

/** Reads specs of one manifest; a catalog that can be read is looked into. */
function meaningOf(
  path: string,
  when: 'now' | 'before',
  evidence: Evidence,
): (declared: DeclaredDependency) => NpmSpec {
  const folders = foldersUpFrom(folderOf(path));
  // Only Yarn from version 2 on keeps its settings in this file.
  const isYarn = folders.some((folder) => evidence.file(pathIn(folder, '.yarnrc.yml'), 'base').state === 'found');
  const bareAlias = isYarn ? 'tag' : 'package';
  const catalogs = nearestCatalogs(folders, when, evidence);
  return ({ name, spec }) => {
    if (spec === null) return { kind: 'invalid-spec', cause: 'it is not a string' };
    const read = readNpmSpec(name, spec, bareAlias);
    if (read.kind !== 'catalog') return read;
    const entry = catalogs?.get(read.catalog || 'default')?.get(name);
    return entry === undefined ? read : readNpmSpec(name, entry, bareAlias);
  };
}

/** The catalogs of the nearest `pnpm-workspace.yaml`; `null` where there is none that can be read. */
function nearestCatalogs(
  folders: readonly string[],
  when: 'now' | 'before',
  evidence: Evidence,
): PnpmWorkspace['catalogs'] | null {
  for (const folder of folders) {
    const path = pathIn(folder, 'pnpm-workspace.yaml');
    // A file that the change does not touch was asked for at head only: before, it was the same.
    const touched = evidence.has({ kind: 'file', path, side: 'merge-base' });
    const answer = evidence.file(path, when === 'before' && touched ? 'merge-base' : 'head');
    if (answer.state === 'found') return readPnpmWorkspace(answer.text)?.catalogs ?? null;
  }
  return null;
}

function requestsFor(manifest: ChangedManifest): EvidenceRequest[] {
  const { path, previousPath, removed } = manifest;
  const requests: EvidenceRequest[] = [];
  if (!removed) requests.push({ kind: 'file', path, side: 'head' });
  if (previousPath !== null) requests.push({ kind: 'file', path: previousPath, side: 'merge-base' });
  return requests;
}

/** Where the change touches a `pnpm-workspace.yaml`, its catalogs may have said something else before. */
function catalogRequests(pullRequest: PullRequest): EvidenceRequest[] {
  return pullRequest.files
    .filter(({ path }) => path === 'pnpm-workspace.yaml' || path.endsWith('/pnpm-workspace.yaml'))
    .map(({ path }) => ({ kind: 'file', path, side: 'merge-base' }));
}

function distinct(requests: readonly EvidenceRequest[]): EvidenceRequest[] {
  return [...new Map(requests.map((request) => [JSON.stringify(request), request])).values()];
}
