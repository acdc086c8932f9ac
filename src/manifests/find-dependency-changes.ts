import {
  type DependencyChange,
  type DependencyChanges,
  type DependencyFault,
  NO_DEPENDENCY_CHANGES,
} from '../model/dependency.ts';
import type { EvidenceRequest } from '../model/evidence.ts';
import { baseName, folderOf } from '../model/package-files.ts';
import type { PullRequest } from '../model/pull-request.ts';
import { bothSidesOf, type ChangedManifest, changedFilesNamed } from './changed-manifests.ts';
import { type Candidate, catalogRequests, compareManifest } from './compare-manifests.ts';
import { findFaults, needsOwnPackages, pathRequests } from './find-faults.ts';
import {
  type ComparedManifest,
  changedLockfiles,
  declaredNames,
  findLockChanges,
  lockChangeRequests,
} from './find-lock-changes.ts';
import { changedRegistryFiles, findRegistryChanges, registryChangeRequests } from './find-registry-changes.ts';
import { MANIFEST_NAMES, type Manifest } from './read-manifest.ts';
import { findSurroundings, type Reading, surroundingRequests } from './surroundings.ts';

/**
 * The files still wanted to say what the change does to manifests and lockfiles. Ask, answer, ask again until it returns
 * none. The repository's own packages are read only where a name might otherwise be asked of a registry.
 */
export function manifestFiles(reading: Reading): EvidenceRequest[] {
  const { pullRequest, evidence } = reading;
  const manifests = changedManifestFiles(pullRequest);
  const folders = concernedFolders(pullRequest);
  if (folders.length === 0) return distinct(registryChangeRequests(pullRequest).filter((one) => !evidence.has(one)));
  const first = [
    ...manifests.flatMap(bothSidesOf),
    ...lockChangeRequests(pullRequest),
    ...registryChangeRequests(pullRequest),
    ...surroundingRequests(folders, reading),
  ].filter((request) => !evidence.has(request));
  if (first.length > 0) return distinct(first);

  const compared = manifests.map((manifest) => ({ manifest, candidates: candidatesOf(manifest, reading) }));
  const more = compared.flatMap(({ manifest, candidates }) => [
    ...(candidates.some(({ spec }) => spec.kind === 'catalog') ? catalogRequests(manifest, evidence) : []),
    ...pathRequests(manifest.path, candidates).filter((request) => !evidence.has(request)),
  ]);
  const mayBeAsked =
    compared.some(({ candidates }) => candidates.some(needsOwnPackages)) || changedLockfiles(pullRequest).length > 0;
  if (mayBeAsked) more.push(...findSurroundings(folders, reading).wanted);
  return distinct(more);
}

/** Compares what manifests and lockfiles say at the merge base and at head. Never throws. */
export function findDependencyChanges(reading: Reading): DependencyChanges {
  const { pullRequest, evidence } = reading;
  const manifests = changedManifestFiles(pullRequest);
  const surroundings = findSurroundings(concernedFolders(pullRequest), reading);
  const changes: DependencyChange[] = [];
  const faults: DependencyFault[] = [];
  const unreadable: DependencyChanges['unreadable'][number][] = [];
  const missing: DependencyChanges['missing'][number][] = [];
  const compared: ComparedManifest[] = [];

  for (const changed of manifests) {
    const { path } = changed;
    const comparison = compareManifest(changed, evidence);
    if (comparison.state === 'unreadable') unreadable.push({ path, line: comparison.line, cause: comparison.cause });
    if (comparison.state === 'missing') missing.push({ path, what: comparison.what, cause: comparison.cause });
    if (comparison.state !== 'compared') continue;
    const { manifest, candidates } = comparison;
    faults.push(...doubledIn(path, manifest), ...bundledUndeclaredIn(path, manifest));
    for (const candidate of candidates) {
      faults.push(...findFaults(path, candidate, evidence, surroundings.own));
      changes.push(changeOf(path, candidate, surroundings.targetOf));
    }
    // Catalogs and overrides are no package: what a lockfile says of a folder, it says of the package in it.
    if (!changed.removed && baseName(path) === 'package.json')
      compared.push({ path, candidates, declared: declaredNames(manifest.dependencies) });
  }
  const locks = findLockChanges(reading, surroundings, compared);
  faults.push(...locks.faults, ...findRegistryChanges(pullRequest, evidence));
  missing.push(...locks.missing);
  const filesRead = new Set(
    [...manifests, ...changedLockfiles(pullRequest), ...changedRegistryFiles(pullRequest)].map(({ path }) => path),
  ).size;
  return { ...NO_DEPENDENCY_CHANGES, changes, faults, locked: locks.locked, unreadable, missing, filesRead };
}

function changedManifestFiles(pullRequest: PullRequest): ChangedManifest[] {
  return changedFilesNamed(pullRequest, MANIFEST_NAMES);
}

/** The folders in which manifests and lockfiles changed, and are still there. */
function concernedFolders(pullRequest: PullRequest): string[] {
  const live = [...changedManifestFiles(pullRequest), ...changedLockfiles(pullRequest)].filter((one) => !one.removed);
  return [...new Set(live.map(({ path }) => folderOf(path)))];
}

function candidatesOf(changed: ChangedManifest, { evidence }: Reading): readonly Candidate[] {
  const comparison = compareManifest(changed, evidence);
  return comparison.state === 'compared' ? comparison.candidates : [];
}

function changeOf(
  path: string,
  { declared, previousSpec, spec, catalog }: Candidate,
  targetOf: ReturnType<typeof findSurroundings>['targetOf'],
): DependencyChange {
  const { field, name, line, optional } = declared;
  const target =
    spec.kind === 'catalog'
      ? ({ kind: 'elsewhere', reason: 'of a version that a catalog sets, and no catalog has it' } as const)
      : targetOf(spec, folderOf(path));
  return {
    ecosystem: 'npm',
    path,
    line,
    field,
    name,
    spec: declared.spec ?? '(not a string)',
    previousSpec,
    ...(catalog && { catalog }),
    ...(optional && { optional }),
    target,
  };
}

/** Of a doubled key the last counts, which is seldom what whoever wrote the first one meant. */
function doubledIn(path: string, { doubled }: Manifest): DependencyFault[] {
  return doubled.map(({ field, name, line }) => {
    const cause = `"${name}" stands twice in "${field}", and only the last one counts`;
    const facts = { manifest: path, cause, harmless: true };
    return { kind: 'manifest-unreadable', level: 'warning', path, line, name, facts } as const;
  });
}

/** npm packs nothing for a name that is not declared: whoever installs the package goes without it. */
function bundledUndeclaredIn(path: string, { bundledUndeclared }: Manifest): DependencyFault[] {
  return bundledUndeclared.map(({ field, name, line }) => {
    const cause = `"${name}" stands in "${field}", no dependency field declares it, and so it is not bundled`;
    const facts = { manifest: path, cause, harmless: true };
    return { kind: 'manifest-unreadable', level: 'warning', path, line, name, facts } as const;
  });
}

function distinct(requests: readonly EvidenceRequest[]): EvidenceRequest[] {
  return [...new Map(requests.map((request) => [JSON.stringify(request), request])).values()];
}
