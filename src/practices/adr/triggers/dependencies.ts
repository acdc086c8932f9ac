import type { Evidence, EvidenceRequest } from '../../../model/evidence.ts';
import type { ChangedFile } from '../../../model/pull-request.ts';
import type { Missing } from '../../../model/review.ts';
import { WEIGHTY_PACKAGES } from '../data/weighty-packages.ts';
import { type Ecosystem, ecosystemOf, type ManifestFacts, readManifest } from './manifests.ts';
import { isAside, placeOf } from './places.ts';
import type { Signal } from './signal.ts';

/** A change of more manifests is a sweep; the first ones tell what it is about. */
const MAX_MANIFESTS = 20;

/** What this reads beyond the patches: each changed manifest, before and after. */
export function manifestNeeds(files: readonly ChangedFile[]): EvidenceRequest[] {
  return changedManifests(files).flatMap((file): EvidenceRequest[] => {
    const before = file.previousPath ?? file.path;
    const needs: EvidenceRequest[] = [];
    if (file.status !== 'removed') needs.push({ kind: 'file', path: file.path, side: 'head' });
    if (file.status !== 'added') needs.push({ kind: 'file', path: before, side: 'merge-base' });
    return needs;
  });
}

function changedManifests(files: readonly ChangedFile[]): ChangedFile[] {
  const touched = files.filter(
    (file) => ecosystemOf(file.path) !== null && !isAside(placeOf(file.path)) && isEdited(file),
  );
  return touched.slice(0, MAX_MANIFESTS);
}

function isEdited({ hunks, patch }: ChangedFile): boolean {
  return hunks.length > 0 || patch === 'missing';
}

/**
 * Runtime dependencies that come or go, and majors of languages and engines that change. The manifests are compared as
 * a whole: a package that only moved from one to another is nothing new.
 */
export function findDependencySignals(
  files: readonly ChangedFile[],
  evidence: Evidence,
): { signals: Signal[]; missing: Missing[] } {
  const missing: Missing[] = [];
  const read = (path: string, side: 'head' | 'merge-base'): ManifestFacts | null => {
    const answer = evidence.file(path, side);
    if (answer.state === 'unavailable') missing.push({ what: `the manifest ${path}`, cause: answer.cause });
    return answer.state === 'found' ? readManifest(path, answer.text) : null;
  };
  const manifests = changedManifests(files).map((file) => ({
    file,
    before: file.status === 'added' ? null : read(file.previousPath ?? file.path, 'merge-base'),
    after: file.status === 'removed' ? null : read(file.path, 'head'),
  }));
  const signals: Signal[] = [];
  const swapped: { fresh: string[]; gone: string[] } = { fresh: [], gone: [] };
  const named = (facts: ManifestFacts | null) =>
    [...(facts?.runtime ?? [])].map((name) => `${facts?.ecosystem}/${name}`);
  const before = new Set(manifests.flatMap((one) => named(one.before)));
  const after = new Set(manifests.flatMap((one) => named(one.after)));
  for (const manifest of manifests) {
    const { file } = manifest;
    const ecosystem = ecosystemOf(file.path) ?? 'npm';
    const fresh = [...(manifest.after?.runtime ?? [])].filter((name) => !before.has(`${ecosystem}/${name}`));
    const gone = [...(manifest.before?.runtime ?? [])].filter((name) => !after.has(`${ecosystem}/${name}`));
    const kept = [...(manifest.before?.runtime ?? [])].filter((name) => !gone.includes(name));
    for (const name of fresh) signals.push(...weighAdded(name, ecosystem, file, kept));
    for (const name of gone) signals.push(...weighRemoved(name, ecosystem, file));
    swapped.fresh.push(...fresh);
    swapped.gone.push(...gone);
    const tool = [...(manifest.after?.tools ?? [])].find((name) => manifest.before && !manifest.before.tools.has(name));
    if (tool)
      signals.push({
        trigger: 'build-system',
        path: file.path,
        line: lineOf(file, tool),
        because: `how the product is built (${tool})`,
      });
    for (const [engine, major] of manifest.after?.engines ?? []) {
      const old = manifest.before?.engines.get(engine);
      if (old === undefined || old === major) continue;
      const because = `the version of ${engine} that everything runs on`;
      signals.push({ trigger: 'engine-major', path: file.path, line: lineOf(file, String(engine)), because });
    }
  }
  const [come, left] = [swapped.fresh[0], swapped.gone[0]];
  const [manifest] = manifests;
  if (come !== undefined && left !== undefined && manifest) {
    const because = `what the product is built on (${left} makes way for ${come})`;
    signals.push({
      trigger: 'dependency-replaced',
      path: manifest.file.path,
      line: lineOf(manifest.file, come),
      because,
    });
  }
  return { signals, missing };
}

function weighAdded(name: string, ecosystem: Ecosystem, file: ChangedFile, kept: readonly string[]): Signal[] {
  const known = weightOf(name, ecosystem);
  const place = { path: file.path, line: lineOf(file, name) };
  if (known === null)
    return [{ trigger: 'dependency-added', ...place, because: `what the product is built on (${name})` }];
  const because = `${known.because} (${name})`;
  // All of a new manifest is new; that there is one says it already.
  const isNewManifest = file.status === 'added';
  const isDecided = kept.some(
    (other) => weightOf(other, ecosystem)?.because === known.because && areRelated(other, name),
  );
  const decides = known.weight === 'full' && !isNewManifest && !isDecided;
  return [{ trigger: decides ? 'dependency-weighty' : 'dependency-notable', ...place, because }];
}

/** Words that packages of different origin share. */
const COMMON_WORD =
  /^(?:org|com|net|dev|github|golang|client|clients|core|data|driver|java|microsoft|node|python|sdk|system|starter)$/;

/** Two parts or editions of one thing, by a word of their names: the second decides nothing that the first did not. */
function areRelated(one: string, other: string): boolean {
  const words = new Set(wordsOf(one));
  return wordsOf(other).some((word) => words.has(word));
}

function wordsOf(name: string): string[] {
  return name.split(/[^a-z0-9]+/).filter((word) => word.length > 2 && !COMMON_WORD.test(word));
}

function weighRemoved(name: string, ecosystem: Ecosystem, file: ChangedFile): Signal[] {
  const known = weightOf(name, ecosystem);
  const because = `${known?.because ?? 'what the product is built on'} (${name})`;
  const trigger = known ? 'dependency-removed-weighty' : 'dependency-removed';
  return [{ trigger, path: file.path, line: null, because }];
}

interface Weight {
  because: string;
  weight: 'full' | 'some';
}

const EXACT = new Map<string, Weight>();
const PREFIXES: (Weight & { key: string })[] = [];
for (const { because, weight, packages } of WEIGHTY_PACKAGES) {
  for (const [ecosystem, names] of Object.entries(packages)) {
    for (const name of names.split(' ')) {
      const key = `${ecosystem}/${name}`;
      if (key.endsWith('*')) PREFIXES.push({ key: key.slice(0, -1), because, weight });
      else EXACT.set(key, { because, weight });
    }
  }
}

/** What a package decides where it is known to have weight; `null` for any other. */
export function weightOf(name: string, ecosystem: Ecosystem): Weight | null {
  const key = `${ecosystem}/${name.toLowerCase()}`;
  return EXACT.get(key) ?? PREFIXES.find((prefix) => key.startsWith(prefix.key)) ?? null;
}

/** The added line that names it, at head. */
function lineOf({ hunks }: ChangedFile, name: string): number | null {
  const short = name.slice(name.lastIndexOf(':') + 1).toLowerCase();
  for (const hunk of hunks) {
    let line = hunk.newStart;
    for (const text of hunk.lines) {
      if (text.startsWith('+') && text.toLowerCase().includes(short)) return line;
      if (!text.startsWith('-') && !text.startsWith('\\')) line++;
    }
  }
  return null;
}
