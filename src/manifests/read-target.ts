import type { DependencyTarget } from '../model/dependency.ts';
import type { Evidence, EvidenceRequest } from '../model/evidence.ts';
import { foldersUpFrom, pathIn } from './folders.ts';
import type { NpmSpec } from './npm-spec.ts';
import { type OwnPackages, scopeOf } from './own-packages.ts';
import { isSameRegistry } from './registry-address.ts';
import { REGISTRY_FILES, type RegistryMap } from './registry-map.ts';

/** The registries a folder's package manager is told to use, by the files of the base branch in it and above it. */
export interface RegistriesInForce {
  maps: readonly { path: string; map: RegistryMap }[];
  /** Why one of the files could not be read; `null` when all were, or are not there. */
  cause: string | null;
}

/** The registry files in force in some folders: those of the base, so that a change cannot hide its own names. */
export function registryFileRequests(folders: Iterable<string>): EvidenceRequest[] {
  const all = new Set([...folders].flatMap(foldersUpFrom));
  return [...all].flatMap((folder) =>
    Object.keys(REGISTRY_FILES).map(
      (name): EvidenceRequest => ({ kind: 'file', path: pathIn(folder, name), side: 'base' }),
    ),
  );
}

/** Reads the registry files in force for one folder. */
export function findRegistries(folder: string, evidence: Evidence): RegistriesInForce {
  const maps: { path: string; map: RegistryMap }[] = [];
  let cause: string | null = null;
  for (const above of foldersUpFrom(folder)) {
    for (const [name, read] of Object.entries(REGISTRY_FILES)) {
      const path = pathIn(above, name);
      const answer = evidence.file(path, 'base');
      if (answer.state === 'absent') continue;
      if (answer.state !== 'found') {
        cause ??= `${path} could not be read: ${answer.state === 'binary' ? 'it is not text' : answer.cause}`;
        continue;
      }
      const result = read(answer.text);
      if (result.ok) maps.push({ path, map: result.map });
      else cause ??= `${path} could not be read: ${result.cause}`;
    }
  }
  return { maps, cause };
}

/**
 * Decides whether a public registry may be asked for what a spec names. When in doubt it may not: a private name that is
 * asked for is out, and a private package that is asked for looks like one that does not exist.
 */
export function readTarget(
  spec: Exclude<NpmSpec, { kind: 'catalog' }>,
  registries: RegistriesInForce,
  own: OwnPackages,
  publicRegistries: readonly string[],
  lockedElsewhere: ReadonlyMap<string, string> = new Map(),
): DependencyTarget {
  if (spec.kind !== 'registry') return spec;
  const { name } = spec;
  const scope = scopeOf(name);

  const ownPath = own.names.get(name);
  if (ownPath !== undefined) return elsewhere(`a package of this repository (${ownPath})`);

  const lockfile = lockedElsewhere.get(name);
  if (lockfile !== undefined) return elsewhere(`locked to another registry (${lockfile})`);

  const isPublic = (url: string) => publicRegistries.some((one) => isSameRegistry(one, url));
  for (const { path, map } of registries.maps) {
    const mapped = scope === null ? undefined : map.scopes.get(scope);
    if (mapped !== undefined && !isPublic(mapped)) return elsewhere(`of a scope that ${path} maps to another registry`);
    if (scope !== null && mapped === undefined && map.someScope) {
      return elsewhere(`scoped, and ${path} maps a scope whose name is set outside of it`);
    }
    if (mapped === undefined && map.default !== null && !isPublic(map.default)) {
      return elsewhere(`in a repository for which ${path} names another registry`);
    }
  }
  if (registries.cause !== null) return { kind: 'unknown', cause: registries.cause };

  if (own.cause !== null) return { kind: 'unknown', cause: own.cause };
  if (scope !== null && own.privateScopes.has(scope)) {
    return elsewhere(`of a scope under which this repository has only private packages (${scope})`);
  }
  if (!own.complete) {
    const reason = 'in a workspace too large to read, and may be a package of it';
    if (scope !== null && own.scopes.has(scope)) return elsewhere(reason);
    if (own.folderNames.has(name.slice(name.lastIndexOf('/') + 1))) return elsewhere(reason);
  }
  const signsIn = registries.maps.find(({ map }) => [...map.signsInTo].some((to) => to === '' || isPublic(to)));
  return { kind: 'registry', name, want: spec.want, signsInBy: signsIn?.path ?? null };
}

function elsewhere(reason: string): DependencyTarget {
  return { kind: 'elsewhere', reason };
}
