import type { DependencyFault } from '../../model/dependency.ts';
import type { LockedPackage, Lockfile } from './lockfile.ts';
import { hostOf } from './registry-hosts.ts';

/** What is known of a lockfile's surroundings, all of it from before the change. */
export interface LockfileRules {
  path: string;
  /** Whether packages may be fetched from a host: a registry in force, or one that the lockfile used before. */
  isKnownHost(host: string): boolean;
  /** The line of an entry at head. */
  lineOf(key: string): number | null;
}

/** Judges what a lockfile pins at head against what it pinned at the merge base (`null`: it is new). */
export function compareLockfiles(
  before: Lockfile | null,
  after: Lockfile,
  { path, isKnownHost, lineOf }: LockfileRules,
): DependencyFault[] {
  const faults: DependencyFault[] = [];
  const old = new Map((before?.packages ?? []).map((one) => [one.key, one]));
  const oldIntegrity = integritiesOf(before);
  for (const entry of after.packages) {
    const same = old.get(entry.key);
    if (same && isSame(same, entry)) continue;
    const fault = (kind: DependencyFault['kind'], facts: DependencyFault['facts']): void => {
      const { name, version } = entry;
      faults.push({ kind, path, line: lineOf(entry.key), name, facts: { version, entry: entry.key, ...facts } });
    };
    const address = faultOfAddress(entry, after, isKnownHost);
    if (address) fault(address.kind, address.facts);
    const changed = changedIntegrity(entry, oldIntegrity);
    if (changed) fault('lockfile-integrity-changed', changed);
  }
  return faults;
}

/** Hosts of a lockfile's addresses, so that what was in use before the change is known. */
export function hostsOf(lockfile: Lockfile | null): ReadonlySet<string> {
  const hosts = new Set<string>();
  for (const { source, resolved } of lockfile?.packages ?? []) {
    const host = source === 'registry' && resolved !== null ? hostOf(resolved) : null;
    if (host !== null && !/^http:/i.test(resolved!)) hosts.add(host);
  }
  return hosts;
}

type AddressFault = { kind: DependencyFault['kind']; facts: DependencyFault['facts'] };

function faultOfAddress(
  entry: LockedPackage,
  lockfile: Lockfile,
  isKnownHost: (host: string) => boolean,
): AddressFault | null {
  const { resolved, source, name, installedAs } = entry;
  if (
    name !== installedAs &&
    !lockfile.aliases.get(installedAs)?.has(name) &&
    !lockfile.askedElsewhere.has(installedAs)
  ) {
    return { kind: 'lockfile-name-mismatch', facts: { actual: name, resolved, installedAs } };
  }
  if (resolved === null || source === 'local') return null;
  const host = hostOf(resolved) ?? 'an address that cannot be read';
  const asWanted = lockfile.askedElsewhere.has(installedAs) || lockfile.askedElsewhere.has(name);
  // What a manifest takes from elsewhere is judged where the manifest says so.
  if (source !== 'registry' && asWanted) return null;
  if (/^http:/i.test(resolved)) return { kind: 'lockfile-host-mismatch', facts: { host, resolved, plainHttp: true } };
  if (source !== 'registry' || !isKnownHost(host)) {
    return { kind: 'lockfile-host-mismatch', facts: { host, resolved, plainHttp: false } };
  }
  const archive = archiveAt(resolved);
  if (archive && !isArchiveOf(archive, entry)) {
    return {
      kind: 'lockfile-name-mismatch',
      facts: { actual: `${archive.name} ${archive.file}`, resolved, installedAs },
    };
  }
  return null;
}

interface Archive {
  name: string;
  file: string;
}

/** `https://host/path/@scope/name/-/name-1.0.0.tgz`, as npm's registry and all that speak its protocol have it. */
function archiveAt(address: string): Archive | null {
  let path: string;
  try {
    path = decodeURIComponent(URL.parse(address)?.pathname ?? '');
  } catch {
    return null;
  }
  const [, name, file] = /\/((?:@[^/]+\/)?[^/]+)\/-\/(?:@[^/]+\/)?([^/]+)\.tgz$/.exec(path) ?? [];
  return name === undefined || file === undefined ? null : { name, file };
}

function isArchiveOf({ name, file }: Archive, entry: LockedPackage): boolean {
  if (name !== entry.name) return false;
  const base = entry.name.slice(entry.name.lastIndexOf('/') + 1);
  // Some registries write the scope into the file's name, and build metadata is left out of it.
  const version = entry.version?.replace(/\+.*$/, '');
  return (
    version === undefined ||
    file === `${base}-${version}` ||
    file.endsWith(`${base}-${version}`) ||
    file === `${base}-${entry.version}`
  );
}

function isSame(one: LockedPackage, other: LockedPackage): boolean {
  return (
    one.name === other.name &&
    one.version === other.version &&
    one.resolved === other.resolved &&
    one.integrity === other.integrity
  );
}

/** `name@version` to the checksums it was locked with; what comes from elsewhere by its address. */
function integritiesOf(lockfile: Lockfile | null): Map<string, Set<string>> {
  const all = new Map<string, Set<string>>();
  for (const entry of lockfile?.packages ?? []) {
    if (entry.integrity === null) continue;
    const key = identityOf(entry);
    const known = all.get(key);
    if (known) known.add(entry.integrity);
    else all.set(key, new Set([entry.integrity]));
  }
  return all;
}

function changedIntegrity(
  entry: LockedPackage,
  before: ReadonlyMap<string, ReadonlySet<string>>,
): DependencyFault['facts'] | null {
  const known = before.get(identityOf(entry));
  if (!known || entry.source === 'local') return null;
  const was = [...known];
  if (entry.integrity === null) return { before: was[0]!, after: null };
  const verdicts = was.map((one) => compareChecksums(one, entry.integrity!));
  if (verdicts.includes('same') || !verdicts.some((one) => one === 'different' || one === 'weaker')) return null;
  return { before: was[0]!, after: entry.integrity };
}

function identityOf({ name, version, resolved }: LockedPackage): string {
  return version === null ? `${name}\0${resolved}` : `${name}\0${version}`;
}

const STRENGTH: Readonly<Record<string, number>> = { md5: 0, sha1: 1, sha256: 2, sha384: 3, sha512: 4 };

/** Checksums of one algorithm must be equal; of different ones only the step to a weaker one says anything. */
function compareChecksums(before: string, after: string): 'same' | 'different' | 'weaker' | 'unknown' {
  const [old, now] = [partsOf(before), partsOf(after)];
  let shared = false;
  for (const [algorithm, sums] of now) {
    const known = old.get(algorithm);
    if (!known) continue;
    shared = true;
    if ([...sums].some((sum) => known.has(sum))) return 'same';
  }
  if (shared) return 'different';
  const strongest = (sums: ReadonlyMap<string, unknown>) =>
    Math.max(...[...sums.keys()].map((algorithm) => STRENGTH[algorithm] ?? Number.NaN));
  return strongest(now) < strongest(old) ? 'weaker' : 'unknown';
}

/** `sha512-… sha1-…`, or Yarn's `10c0/<hex>`, in which what stands before the slash is the way it was packed. */
function partsOf(integrity: string): Map<string, Set<string>> {
  const parts = new Map<string, Set<string>>();
  for (const one of integrity.split(/\s+/)) {
    const [, algorithm = '', sum = one] = /^([a-z]+\d+|md5)-(.+)$/.exec(one) ?? /^([^/]+)\/(.+)$/.exec(one) ?? [];
    parts.set(algorithm, (parts.get(algorithm) ?? new Set()).add(sum));
  }
  return parts;
}
