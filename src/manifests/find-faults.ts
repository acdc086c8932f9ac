import { builtinModules } from 'node:module';
import semver from 'semver';
import type { DependencyFault } from '../model/dependency.ts';
import type { Evidence, EvidenceRequest } from '../model/evidence.ts';
import { folderOf } from '../model/package-files.ts';
import { popularPackages } from '../model/popular-packages.ts';
import type { Candidate } from './compare-manifests.ts';
import { isDependencyField } from './declared-dependency.ts';
import { pathIn } from './folders.ts';
import { type LocalSource, readLocalSource } from './local-source.ts';
import type { OwnPackages } from './own-packages.ts';

/** Built-in modules that browser builds replace by a package of the same name, and mean to. */
const STAND_INS = new Set([
  'assert',
  'buffer',
  'constants',
  'events',
  'process',
  'punycode',
  'querystring',
  'stream',
  'string_decoder',
  'timers',
  'url',
  'util',
]);

const BUILT_IN = new Set(builtinModules.filter((name) => !name.startsWith('_') && !name.includes('/')));

/** The folders whose listings tell whether what a candidate points to is there. */
export function pathRequests(manifestPath: string, candidates: readonly Candidate[]): EvidenceRequest[] {
  return candidates.flatMap((candidate): EvidenceRequest[] => {
    const source = sourceOf(candidate);
    const path = source?.kind === 'path' ? pathFrom(manifestPath, candidate, source) : null;
    return path === null || path === '' ? [] : [{ kind: 'folder', path: folderOf(path), side: 'head' }];
  });
}

/** What is wrong with one candidate on its face. A registry is asked about none of it. */
export function findFaults(
  manifestPath: string,
  candidate: Candidate,
  evidence: Evidence,
  own: OwnPackages,
): DependencyFault[] {
  const { declared, written } = candidate;
  const { name, line, field } = declared;
  const base = { path: manifestPath, line, name };
  const facts = { spec: written, field };
  const faults: DependencyFault[] = [];

  if (isDependencyField(field) && BUILT_IN.has(name) && candidate.spec.kind === 'registry') {
    const level = STAND_INS.has(name) ? ('notice' as const) : undefined;
    faults.push({ ...base, kind: 'builtin-shadowed', level, facts });
  }
  if (candidate.spec.kind === 'catalog') {
    const catalog = candidate.spec.catalog;
    const file = catalogFileIn(manifestPath, evidence);
    faults.push({ ...base, kind: 'catalog-missing', facts: { ...facts, catalog, file } });
  }
  const misleading = misleadingAlias(candidate);
  if (misleading !== null) faults.push({ ...base, kind: 'alias-mismatch', facts: { ...facts, target: misleading } });

  const source = sourceOf(candidate);
  switch (source?.kind) {
    case 'workspace':
      faults.push(...faultsOfSibling(base, facts, source, own));
      break;
    case 'outside':
      faults.push({ ...base, kind: 'path-missing', facts: { ...facts, target: null, outside: true } });
      break;
    case 'path': {
      const path = pathFrom(manifestPath, candidate, source);
      if (path === null) {
        faults.push({ ...base, kind: 'path-missing', facts: { ...facts, target: null, outside: true } });
      } else if (isAbsent(path, evidence)) {
        faults.push({ ...base, kind: 'path-missing', facts: { ...facts, target: path, outside: false } });
      }
      break;
    }
    case 'git':
    case 'web': {
      const pinnedBy = source.kind === 'git' ? source.pinnedBy : 'nothing';
      const level = source.plain ? ('error' as const) : pinnedBy === 'commit' ? ('notice' as const) : undefined;
      faults.push({
        ...base,
        kind: 'bypasses-registry',
        level,
        facts: { ...facts, pinnedBy, plainHttp: source.plain },
      });
    }
  }
  return faults;
}

function sourceOf({ declared, written, spec }: Candidate): LocalSource | null {
  if (spec.kind === 'invalid-name' || spec.kind === 'invalid-spec' || spec.kind === 'catalog') return null;
  return readLocalSource(declared.name, written);
}

/** The path from the root of the repository; `null` for one that leads out of it. */
function pathFrom(
  manifestPath: string,
  { catalog }: Candidate,
  { path, from }: Extract<LocalSource, { kind: 'path' }>,
): string | null {
  const start = from === 'root' ? '' : folderOf(catalog?.path ?? manifestPath);
  const parts = start === '' ? [] : start.split('/');
  for (const part of path.split(/[\\/]/)) {
    if (part === '..') {
      if (parts.length === 0) return null;
      parts.pop();
    } else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/** Only a listing that was read and does not have it says so. */
function isAbsent(path: string, evidence: Evidence): boolean {
  if (path === '') return false;
  const listing = evidence.folder(folderOf(path), 'head');
  if (listing.state === 'absent') return true;
  if (listing.state !== 'found') return false;
  const last = path.slice(path.lastIndexOf('/') + 1);
  return !listing.entries.some(({ name }) => name === last);
}

function faultsOfSibling(
  base: Pick<DependencyFault, 'path' | 'line' | 'name'>,
  facts: DependencyFault['facts'],
  { name, range }: Extract<LocalSource, { kind: 'workspace' }>,
  own: OwnPackages,
): DependencyFault[] {
  const sibling = own.names.get(name);
  if (sibling === undefined) {
    // A workspace that could not be read whole may have it.
    if (!own.complete || own.cause !== null) return [];
    return [{ ...base, kind: 'workspace-missing', name, facts }];
  }
  const version = own.versions.get(name) ?? null;
  if (version === null || /^[\^~*]?$/.test(range.trim()) || semver.validRange(range, true) === null) return [];
  if (semver.satisfies(version, range, { loose: true, includePrerelease: true })) return [];
  const more = { wanted: range, newest: version, sibling, onlyPrereleases: false, npmInstallsLatest: false };
  return [{ ...base, kind: 'workspace-version', name, facts: { ...facts, ...more } }];
}

/** The package behind an alias that bears the name of a different, well-known one; `null` where it does not. */
function misleadingAlias({ declared, written, spec }: Candidate): string | null {
  const { name, field } = declared;
  if (!isDependencyField(field) || spec.kind !== 'registry' || spec.name === name || !/^npm:/i.test(written))
    return null;
  // `react-18` for `react` says what it is.
  const bare = spec.name.slice(spec.name.lastIndexOf('/') + 1);
  if (!popularPackages().has(name) || name.startsWith(`${spec.name}-`) || name.startsWith(`${bare}-`)) return null;
  return spec.name;
}

/** The nearest file in which the catalog would have to stand; `null` where no folder above has one. */
function catalogFileIn(manifestPath: string, evidence: Evidence): string | null {
  for (let folder = folderOf(manifestPath); ; folder = folderOf(folder)) {
    for (const name of ['pnpm-workspace.yaml', '.yarnrc.yml']) {
      const path = pathIn(folder, name);
      if (evidence.file(path, 'head').state === 'found') return path;
    }
    if (folder === '') return null;
  }
}

/** Whether a spec could be looked up, or checked against the repository's own packages. */
export function needsOwnPackages({ spec, declared, written }: Candidate): boolean {
  return spec.kind === 'registry' || readLocalSource(declared.name, written)?.kind === 'workspace';
}
