import type { DependencyChanges, DependencyFault, LockedChange } from '../model/dependency.ts';
import type { EvidenceRequest } from '../model/evidence.ts';
import { folderOf } from '../model/package-files.ts';
import type { PullRequest } from '../model/pull-request.ts';
import { bothSidesOf, type ChangedManifest, changedFilesNamed } from './changed-manifests.ts';
import type { Candidate } from './compare-manifests.ts';
import { isDependencyField } from './declared-dependency.ts';
import { foldersUpFrom, pathIn } from './folders.ts';
import { compareLockfiles, hostsOf } from './lockfiles/compare-lockfiles.ts';
import { findDrift, type ManifestAgainstLock } from './lockfiles/find-drift.ts';
import type { LockedPackage, Lockfile } from './lockfiles/lockfile.ts';
import { entryLines, LOCKFILE_NAMES } from './lockfiles/read-lockfile.ts';
import { hostOf, isPublicHost } from './lockfiles/registry-hosts.ts';
import { readNpmSpec } from './npm-spec.ts';
import { readPackageJson } from './package-json.ts';
import { findRegistries } from './read-target.ts';
import type { Reading, Surroundings } from './surroundings.ts';

/** What the lockfiles of a change have to say. */
export type LockChanges = Pick<DependencyChanges, 'faults' | 'locked' | 'missing'>;

/** A changed manifest as its lockfile is held against it. */
export interface ComparedManifest {
  path: string;
  candidates: readonly Candidate[];
  /** Every name it declares. */
  declared: ReadonlySet<string>;
}

/** The lockfiles that the change touches. */
export function changedLockfiles(pullRequest: PullRequest): ChangedManifest[] {
  return changedFilesNamed(pullRequest, LOCKFILE_NAMES);
}

/** Both sides of every changed lockfile, and the manifest beside it. */
export function lockChangeRequests(pullRequest: PullRequest): EvidenceRequest[] {
  return changedLockfiles(pullRequest).flatMap((changed): EvidenceRequest[] => [
    ...bothSidesOf(changed),
    { kind: 'file', path: pathIn(folderOf(changed.path), 'package.json'), side: 'head' },
  ]);
}

/** Judges every changed lockfile, and every one that changed manifests should have changed with them. */
export function findLockChanges(
  reading: Reading,
  surroundings: Surroundings,
  manifests: readonly ComparedManifest[],
): LockChanges {
  const faults: DependencyFault[] = [];
  const locked: LockedChange[] = [];
  const missing: DependencyChanges['missing'][number][] = [];
  const changed = changedLockfiles(reading.pullRequest).filter(({ removed }) => !removed);
  for (const file of changed) {
    const sides = readSides(file, reading);
    if (sides.state === 'missing') missing.push(sides.missing);
    if (sides.state === 'unreadable') faults.push(sides.fault);
    if (sides.state !== 'read') continue;
    const { before, after, lineOf } = sides;
    const known = hostsOf(before);
    const registries = findRegistries(folderOf(file.path), reading.evidence);
    const isKnownHost = (host: string) =>
      known.has(host) ||
      isPublicHost(host, reading.policy.publicRegistries) ||
      registries.maps.some(({ map }) =>
        [map.default, ...map.scopes.values()].some((url) => url && hostOf(url) === host),
      );
    faults.push(...compareLockfiles(before, after, { path: file.path, isKnownHost, lineOf }));
    const held = manifestsOf(file.path, manifests, reading);
    faults.push(...findDrift(file.path, before, after, held, lineOf));
    locked.push(...newlyLocked(file.path, before, after, surroundings, lineOf));
  }
  faults.push(...leftBehind(reading, manifests, new Set(changed.map(({ path }) => path))));
  return { faults, locked, missing };
}

type Sides =
  | { state: 'read'; before: Lockfile | null; after: Lockfile; lineOf: (key: string) => number | null }
  | { state: 'unreadable'; fault: DependencyFault }
  | { state: 'missing'; missing: DependencyChanges['missing'][number] };

function readSides({ path, previousPath }: ChangedManifest, { evidence, readLockfile }: Reading): Sides {
  const head = evidence.file(path, 'head');
  const unreadable = (line: number | null, cause: string): Sides => {
    return {
      state: 'unreadable',
      fault: { kind: 'lockfile-unreadable', path, line, name: null, facts: { file: path, cause } },
    };
  };
  if (head.state === 'binary') return unreadable(null, 'it is not text');
  if (head.state !== 'found') {
    const cause = head.state === 'unavailable' ? head.cause : 'the change lists it, and it is not there at head';
    return { state: 'missing', missing: { path, what: path, cause } };
  }
  const after = readLockfile(path, head.text);
  if (!after.ok) return unreadable(after.line, after.cause);
  const old = previousPath === null ? null : evidence.file(previousPath, 'merge-base');
  if (old?.state === 'unavailable') {
    return { state: 'missing', missing: { path, what: `${previousPath} before the change`, cause: old.cause } };
  }
  const before = old?.state === 'found' ? readLockfile(previousPath!, old.text) : null;
  return {
    state: 'read',
    before: before?.ok ? before.lockfile : null,
    after: after.lockfile,
    lineOf: entryLines(head.text),
  };
}

/** The changed manifests that a lockfile speaks for, and the one beside it. */
function manifestsOf(
  lockPath: string,
  manifests: readonly ComparedManifest[],
  { evidence }: Reading,
): ManifestAgainstLock[] {
  const folder = folderOf(lockPath);
  const held = manifests.filter(({ path }) => nearestLockFolder(path, folder)).map((one) => againstLock(one, folder));
  const beside = pathIn(folder, 'package.json');
  if (held.some(({ path }) => path === beside)) return held;
  const answer = evidence.file(beside, 'head');
  const read = answer.state === 'found' ? readPackageJson(answer.text) : null;
  if (read?.ok) {
    const declared = declaredNames(read.manifest.dependencies);
    held.push({ path: beside, folder: '', changed: [], declared });
  }
  return held;
}

function nearestLockFolder(manifestPath: string, lockFolder: string): boolean {
  return foldersUpFrom(folderOf(manifestPath)).includes(lockFolder);
}

function againstLock({ path, candidates, declared }: ComparedManifest, lockFolder: string): ManifestAgainstLock {
  const folder = folderOf(path);
  const changed = candidates.map((one) => one.declared).filter(({ field }) => isDependencyField(field));
  return { path, folder: lockFolder === '' ? folder : folder.slice(lockFolder.length + 1), changed, declared };
}

/** The names of a manifest's own dependencies. */
export function declaredNames(dependencies: readonly { field: string; name: string }[]): ReadonlySet<string> {
  return new Set(dependencies.filter(({ field }) => isDependencyField(field)).map(({ name }) => name));
}

/** Manifests that changed while the lockfile above them did not. */
function leftBehind(
  reading: Reading,
  manifests: readonly ComparedManifest[],
  changedLocks: ReadonlySet<string>,
): DependencyFault[] {
  const { evidence } = reading;
  const faults: DependencyFault[] = [];
  for (const manifest of manifests) {
    const lockPath = lockAbove(manifest.path, reading, changedLocks);
    if (lockPath === null || changedLocks.has(lockPath)) continue;
    const answer = evidence.file(lockPath, 'base');
    if (answer.state !== 'found') continue;
    const result = reading.readLockfile(lockPath, answer.text);
    if (!result.ok) continue;
    const held = againstLock(manifest, folderOf(lockPath));
    // A package that the workspace does not reach has nothing to do with this lockfile.
    if (result.lockfile.wants && !result.lockfile.wants.has(held.folder) && held.folder !== '') continue;
    const quiet = {
      ...held,
      declared: new Set([...held.declared, ...(result.lockfile.wants?.get(held.folder)?.keys() ?? [])]),
    };
    faults.push(...findDrift(lockPath, result.lockfile, result.lockfile, [quiet], () => null));
  }
  return faults;
}

/** The nearest lockfile above a manifest, at head as far as is known; `null` where there is none. */
function lockAbove(path: string, { evidence, pullRequest }: Reading, changedLocks: ReadonlySet<string>): string | null {
  for (const folder of foldersUpFrom(folderOf(path))) {
    for (const name of LOCKFILE_NAMES) {
      const lockPath = pathIn(folder, name);
      if (changedLocks.has(lockPath)) return lockPath;
      const touched = pullRequest.files.some((file) => file.path === lockPath);
      if (
        !touched &&
        evidence.has({ kind: 'file', path: lockPath, side: 'base' }) &&
        evidence.file(lockPath, 'base').state === 'found'
      ) {
        return lockPath;
      }
    }
  }
  return null;
}

function newlyLocked(
  path: string,
  before: Lockfile | null,
  after: Lockfile,
  { targetOf }: Surroundings,
  lineOf: (key: string) => number | null,
): LockedChange[] {
  const identity = ({ name, version }: LockedPackage) => `${name}\0${version}`;
  const known = new Set((before?.packages ?? []).map(identity));
  const versionsBefore = Map.groupBy(before?.packages ?? [], ({ name }) => name);
  const direct = after.wants && new Set([...after.wants.values()].flatMap((wants) => [...wants.keys()]));
  const seen = new Set<string>();
  const changes: LockedChange[] = [];
  for (const entry of after.packages) {
    const { key, name, version, integrity, license, development, installedAs } = entry;
    const id = identity(entry);
    if (version === null || entry.source !== 'registry' || known.has(id) || seen.has(id)) continue;
    seen.add(id);
    const spec = readNpmSpec(name, version);
    if (spec.kind === 'catalog') continue;
    const previous = (versionsBefore.get(name) ?? []).map((one) => one.version).filter((one) => one !== null);
    changes.push({
      ecosystem: 'npm',
      path,
      line: lineOf(key),
      name,
      version,
      previousVersions: [...new Set(previous)],
      direct: direct === null ? null : direct.has(installedAs),
      development,
      integrity,
      license,
      target: targetOf(spec, folderOf(path)),
    });
  }
  return changes;
}
