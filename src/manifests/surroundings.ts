import type { DependencyTarget } from '../model/dependency.ts';
import type { Evidence, EvidenceRequest } from '../model/evidence.ts';
import type { PullRequest } from '../model/pull-request.ts';
import { foldersUpFrom, pathIn } from './folders.ts';
import type { LockfileResult } from './lockfiles/lockfile.ts';
import { LOCKFILE_NAMES } from './lockfiles/read-lockfile.ts';
import { hostOf, isPublicHost } from './lockfiles/registry-hosts.ts';
import type { NpmSpec } from './npm-spec.ts';
import { findOwnPackages, type OwnPackages, workspaceRootRequests } from './own-packages.ts';
import { findRegistries, readTarget, registryFileRequests } from './read-target.ts';

/** What the operator, and never the repository, decides. */
export interface RegistryPolicy {
  /**
   * Addresses that stand for the registry we ask. A repository that names any other one keeps its names to itself, so
   * with none given, naming a registry at all is enough for that.
   */
  publicRegistries: readonly string[];
}

/** What every reader of a change is given: the files so far, who decides, and lockfiles that are parsed only once. */
export interface Reading {
  pullRequest: PullRequest;
  evidence: Evidence;
  policy: RegistryPolicy;
  readLockfile(path: string, text: string): LockfileResult;
  /** Makes something once in a reading; what is asked for again is what was made. For what the evidence can no longer change. */
  once<T>(key: string, make: () => T): T;
}

/** What surrounds the places that name packages, and so decides which names may leave. */
export interface Surroundings {
  own: OwnPackages;
  /** Name to the lockfile that fetches it from another registry than the one we would ask. */
  lockedElsewhere: ReadonlyMap<string, string>;
  /** What a spec in a manifest of that folder means, and whether a registry may be asked about it. */
  targetOf(spec: Exclude<NpmSpec, { kind: 'catalog' }>, folder: string): DependencyTarget;
  /** What is still to be fetched before the answers hold. */
  wanted: readonly EvidenceRequest[];
}

/** What can be asked for at once, before anything is known of the folders. */
export function surroundingRequests(folders: Iterable<string>, { pullRequest, evidence }: Reading): EvidenceRequest[] {
  const all = [...folders];
  return [...registryFileRequests(all), ...workspaceRootRequests(all), ...lockfileRequests(all, pullRequest, evidence)];
}

/** Reads the surroundings of some folders as far as the evidence goes. */
export function findSurroundings(folders: Iterable<string>, reading: Reading): Surroundings {
  const { pullRequest, evidence, policy } = reading;
  const all = [...folders];
  const first = surroundingRequests(all, reading).filter((request) => !evidence.has(request));
  const own = findOwnPackages(all, pullRequest, evidence, policy.publicRegistries);
  const lockedElsewhere = findLockedElsewhere(all, reading);
  const registriesByFolder = new Map<string, ReturnType<typeof findRegistries>>();
  return {
    own,
    lockedElsewhere,
    targetOf(spec, folder) {
      const registries = registriesByFolder.get(folder) ?? findRegistries(folder, evidence);
      registriesByFolder.set(folder, registries);
      return readTarget(spec, registries, own, policy.publicRegistries, lockedElsewhere);
    },
    wanted: [...first, ...own.wanted],
  };
}

/** A folder's lockfiles that the change leaves alone, at the tip of the base. The root's are asked for by name, to save a round. */
function lockfileRequests(folders: readonly string[], { files }: PullRequest, evidence: Evidence): EvidenceRequest[] {
  const requests: EvidenceRequest[] = [];
  for (const folder of new Set(folders.flatMap(foldersUpFrom))) {
    for (const name of lockfilesIn(folder, evidence, requests)) {
      const path = pathIn(folder, name);
      if (!files.some((file) => file.path === path)) requests.push({ kind: 'file', path, side: 'base' });
    }
  }
  return requests;
}

/** Names of the lockfiles that a folder has, or may have; asks for its listing where there may be any. */
function lockfilesIn(folder: string, evidence: Evidence, requests: EvidenceRequest[]): readonly string[] {
  if (folder === '') return LOCKFILE_NAMES;
  requests.push({ kind: 'folder', path: folder, side: 'base' });
  const listing = evidence.folder(folder, 'base');
  if (listing.state !== 'found') return [];
  return listing.entries
    .filter(({ kind }) => kind === 'file')
    .map(({ name }) => name)
    .filter(isLockfileName);
}

function isLockfileName(name: string): boolean {
  return LOCKFILE_NAMES.includes(name);
}

/** Names that some lockfile, on whichever side, fetches from a registry that is not the public one. */
function findLockedElsewhere(folders: readonly string[], reading: Reading): Map<string, string> {
  const { evidence, policy } = reading;
  const found = new Map<string, string>();
  for (const folder of new Set(folders.flatMap(foldersUpFrom))) {
    for (const name of LOCKFILE_NAMES) {
      const path = pathIn(folder, name);
      for (const side of ['base', 'merge-base', 'head'] as const) {
        const answer = evidence.has({ kind: 'file', path, side }) ? evidence.file(path, side) : null;
        if (answer?.state !== 'found') continue;
        const result = reading.readLockfile(path, answer.text);
        if (!result.ok) continue;
        for (const { name: locked, source, resolved } of result.lockfile.packages) {
          const host = source === 'registry' && resolved !== null ? hostOf(resolved) : null;
          if (host !== null && !isPublicHost(host, policy.publicRegistries)) found.set(locked, path);
        }
      }
    }
  }
  return found;
}
