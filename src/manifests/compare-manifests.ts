import type { Evidence, EvidenceRequest } from '../model/evidence.ts';
import { folderOf } from '../model/package-files.ts';
import type { ChangedManifest } from './changed-manifests.ts';
import { type Catalogs, type DeclaredDependency, isDependencyField } from './declared-dependency.ts';
import { foldersUpFrom, pathIn } from './folders.ts';
import { type NpmSpec, readNpmSpec } from './npm-spec.ts';
import { MANIFEST_NAMES, type Manifest, readManifest } from './read-manifest.ts';

/** A dependency of a changed manifest that was not there before, or not so. */
export interface Candidate {
  declared: DeclaredDependency;
  previousSpec: string | null;
  spec: NpmSpec;
  /** The spec that counts: the catalog's, where the manifest refers to one. */
  written: string;
  catalog: CatalogEntry | null;
}

/** Where a catalog says what is meant. */
export interface CatalogEntry {
  path: string;
  line: number | null;
}

/** What a changed manifest says that it did not say before. */
export type Comparison =
  | { state: 'compared'; manifest: Manifest; candidates: readonly Candidate[] }
  | { state: 'unreadable'; line: number | null; cause: string }
  | { state: 'missing'; what: string; cause: string };

const NOTHING: Manifest = { dependencies: [], catalogs: new Map(), doubled: [], bundledUndeclared: [] };

/** Compares what a manifest declares at the merge base and at head, as sets. */
export function compareManifest(changed: ChangedManifest, evidence: Evidence): Comparison {
  if (changed.removed) return { state: 'compared', manifest: NOTHING, candidates: [] };
  const { path, previousPath } = changed;
  const head = evidence.file(path, 'head');
  if (head.state === 'binary') return { state: 'unreadable', line: null, cause: 'it is not text' };
  if (head.state === 'unavailable') return { state: 'missing', what: path, cause: head.cause };
  if (head.state === 'absent') {
    return { state: 'missing', what: path, cause: 'the change lists it, and it is not there at head' };
  }
  const now = readManifest(path, head.text);
  if (!now.ok) return { state: 'unreadable', line: now.line, cause: now.cause };

  const before = previousPath === null ? null : evidence.file(previousPath, 'merge-base');
  if (before?.state === 'unavailable') {
    return { state: 'missing', what: `${previousPath} before the change`, cause: before.cause };
  }
  // Where the old text was no manifest, everything in the new one is new.
  const old = before?.state === 'found' ? readManifest(previousPath!, before.text) : null;
  const earlierByKey = Map.groupBy(old?.ok ? old.manifest.dependencies : [], groupOf);
  const meaningNow = meaningOf(path, 'now', evidence);
  const meaningBefore = meaningOf(previousPath ?? path, 'before', evidence);

  const candidates: Candidate[] = [];
  for (const declared of now.manifest.dependencies) {
    const meaning = meaningNow(declared);
    const earlier = earlierByKey.get(groupOf(declared)) ?? [];
    // Moving a dependency to another field changes nothing about what it is.
    const unchanged = earlier.some(
      (one) => one.spec === declared.spec && JSON.stringify(meaningBefore(one).spec) === JSON.stringify(meaning.spec),
    );
    if (unchanged) continue;
    const previous = earlier.find((one) => one.field === declared.field) ?? earlier[0];
    candidates.push({ declared, previousSpec: previous?.spec ?? null, ...meaning });
  }
  return { state: 'compared', manifest: now.manifest, candidates };
}

/** The files with catalogs that a comparison still needs: those of Yarn, which no other reader asks for at head. */
export function catalogRequests({ path, removed }: ChangedManifest, evidence: Evidence): EvidenceRequest[] {
  if (removed) return [];
  return foldersUpFrom(folderOf(path))
    .map((folder): EvidenceRequest => ({ kind: 'file', path: pathIn(folder, '.yarnrc.yml'), side: 'head' }))
    .filter((request) => !evidence.has(request));
}

/** The dependencies of a package are one set, whatever the field; overrides and catalogs are one each. */
function groupOf({ field, key }: DeclaredDependency): string {
  return `${isDependencyField(field) ? '' : field}\0${key}`;
}

type Meaning = Pick<Candidate, 'spec' | 'written' | 'catalog'>;

/** Reads specs of one manifest; a catalog that can be read is looked into. */
function meaningOf(
  path: string,
  when: 'now' | 'before',
  evidence: Evidence,
): (declared: DeclaredDependency) => Meaning {
  const folders = foldersUpFrom(folderOf(path));
  // Only Yarn from version 2 on keeps its settings in this file.
  const isYarn = folders.some((folder) => evidence.file(pathIn(folder, '.yarnrc.yml'), 'base').state === 'found');
  const bareAlias = isYarn ? 'tag' : 'package';
  const nearest = nearestCatalogs(folders, when, evidence);
  return ({ name, spec }) => {
    const plain = { written: spec ?? '(not a string)', catalog: null };
    if (spec === null) return { ...plain, spec: { kind: 'invalid-spec', cause: 'it is not a string' } };
    const read = readNpmSpec(name, spec, bareAlias);
    if (read.kind !== 'catalog') return { ...plain, spec: read };
    for (const { path: file, catalogs } of nearest) {
      const entry = catalogs.get(read.catalog || 'default')?.get(name);
      if (entry === undefined) continue;
      const catalog = { path: file, line: entry.line };
      return { spec: readNpmSpec(name, entry.spec, bareAlias), written: entry.spec, catalog };
    }
    return { ...plain, spec: read };
  };
}

/** The catalogs above a manifest, the nearest first. */
export function nearestCatalogs(
  folders: readonly string[],
  when: 'now' | 'before',
  evidence: Evidence,
): { path: string; catalogs: Catalogs }[] {
  const found: { path: string; catalogs: Catalogs }[] = [];
  for (const folder of folders) {
    for (const name of MANIFEST_NAMES) {
      const path = pathIn(folder, name);
      // A file that the change does not touch was asked for at head only: before, it was the same.
      const touched = evidence.has({ kind: 'file', path, side: 'merge-base' });
      const answer = evidence.file(path, when === 'before' && touched ? 'merge-base' : 'head');
      if (answer.state !== 'found') continue;
      const result = readManifest(path, answer.text);
      if (result.ok && result.manifest.catalogs.size > 0) found.push({ path, catalogs: result.manifest.catalogs });
    }
  }
  return found;
}
