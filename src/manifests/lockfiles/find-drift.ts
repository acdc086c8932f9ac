import semver from 'semver';
import type { DependencyFault } from '../../model/dependency.ts';
import type { DeclaredDependency } from '../declared-dependency.ts';
import { readNpmSpec } from '../npm-spec.ts';
import type { Lockfile } from './lockfile.ts';

/** A manifest whose dependencies the lockfile ought to have. */
export interface ManifestAgainstLock {
  path: string;
  /** Its folder, seen from that of the lockfile; `''` for the same. */
  folder: string;
  /** What the change adds to it, or changes. */
  changed: readonly DeclaredDependency[];
  /** Every name it declares. */
  declared: ReadonlySet<string>;
}

/** Differences spelled out in one sentence; the rest is counted. */
const SPELLED_OUT = 3;

/**
 * Where manifests and their lockfile say different things about what the change touched: one fault for each file, since
 * one run of the package manager mends all of it.
 */
export function findDrift(
  lockPath: string,
  before: Lockfile | null,
  after: Lockfile,
  manifests: readonly ManifestAgainstLock[],
  lineOf: (key: string) => number | null,
): DependencyFault[] {
  const all = [
    ...manifests.flatMap((manifest) => unlocked(lockPath, after, manifest)),
    ...manifests.flatMap((manifest) => undeclared(lockPath, before, after, manifest, lineOf)),
    ...unasked(lockPath, before, after, lineOf),
  ];
  return [...Map.groupBy(all, ({ path }) => path).values()].map(together);
}

/** One fault that stands at the first place and names them all. */
function together(faults: readonly DependencyFault[]): DependencyFault {
  const [first] = faults as [DependencyFault];
  if (faults.length === 1) return first;
  const said = faults.slice(0, SPELLED_OUT).map(({ facts }) => String(facts.what));
  const rest = faults.length - said.length;
  const what = `${said.join('; ')}${rest > 0 ? `; and so on for ${rest} more` : ''}`;
  return { ...first, facts: { ...first.facts, what, names: faults.map(({ name }) => name) } };
}

/** What a manifest wants and the lockfile does not have. */
function unlocked(lockPath: string, lockfile: Lockfile, manifest: ManifestAgainstLock): DependencyFault[] {
  return manifest.changed.flatMap((dependency): DependencyFault[] => {
    const { name, spec, line, field, optional } = dependency;
    if (spec === null || optional || field === 'peerDependencies') return [];
    const state = stateOf(lockfile, manifest.folder, name, spec);
    if (state === null) return [];
    const what = `${manifest.path} wants "${name}" as "${spec}", and ${lockPath} ${state}`;
    return [{ kind: 'lockfile-drift', path: manifest.path, line, name, facts: { what, lockfile: lockPath, spec } }];
  });
}

/** How the lockfile falls short of one wish; `null` where it does not, or where its format does not tell. */
function stateOf(lockfile: Lockfile, folder: string, name: string, spec: string): string | null {
  if (lockfile.wants && !(lockfile.answers && !lockfile.wants.has(folder))) {
    const wants = lockfile.wants.get(folder);
    // A package outside of the workspace is locked elsewhere, or nowhere.
    if (!wants) return null;
    const locked = wants.get(name);
    if (locked === undefined) return 'does not have it';
    return sameSpec(locked, spec) ? null : `was made for "${locked}"`;
  }
  if (lockfile.answers) return lockfile.answers.has(`${name}@${spec}`) ? null : 'does not have it so';
  const [pinned] = lockfile.packages.filter((one) => one.key === name);
  if (!pinned) return 'does not have it';
  const read = readNpmSpec(name, spec);
  if (read.kind !== 'registry' || read.want.type === 'tag' || pinned.version === null) return null;
  return semver.satisfies(pinned.version, read.want.value, { loose: true, includePrerelease: true })
    ? null
    : `pins ${pinned.version}`;
}

/** Yarn writes `npm:^1` for `^1`. */
function sameSpec(locked: string, spec: string): boolean {
  const plain = (one: string) => one.trim().replace(/^npm:(?=[\^~<>=\dv*xX]|latest$|$)/, '');
  return plain(locked) === plain(spec) || (spec.startsWith('catalog:') && !locked.startsWith('catalog:'));
}

/** What the lockfile says a manifest wants, and it does not. */
function undeclared(
  lockPath: string,
  before: Lockfile | null,
  after: Lockfile,
  manifest: ManifestAgainstLock,
  lineOf: (key: string) => number | null,
): DependencyFault[] {
  const wants = after.wants?.get(manifest.folder);
  const known = before?.wants?.get(manifest.folder);
  return [...(wants?.keys() ?? [])]
    .filter((name) => !manifest.declared.has(name) && !known?.has(name))
    .map((name) => {
      const what = `${lockPath} says that ${manifest.path} wants "${name}", and it does not`;
      const facts = { what, lockfile: lockPath };
      return { kind: 'lockfile-drift', path: lockPath, line: lineOf(name), name, facts } as const;
    });
}

/** What is newly pinned although nothing asks for it. */
function unasked(
  lockPath: string,
  before: Lockfile | null,
  after: Lockfile,
  lineOf: (key: string) => number | null,
): DependencyFault[] {
  const { asked } = after;
  if (!asked) return [];
  const known = new Set((before?.packages ?? []).map(({ name }) => name));
  return after.packages
    .filter(
      ({ name, installedAs, source }) =>
        source !== 'local' && !known.has(name) && !asked.has(name) && !asked.has(installedAs),
    )
    .map(({ key, name, version }) => {
      const what = `${lockPath} newly pins "${name}", and nothing in it asks for that package`;
      const facts = { what, lockfile: lockPath, version };
      return { kind: 'lockfile-drift', path: lockPath, line: lineOf(key), name, facts } as const;
    });
}
