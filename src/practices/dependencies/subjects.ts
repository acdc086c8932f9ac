import semver from 'semver';
import type { DependencyChanges, DependencyTarget, WantedVersion } from '../../model/dependency.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { Options } from './options.ts';
import { privacyOf } from './private-names.ts';
import type { ExistingPackage } from './wanted-version.ts';

/** One package that may be asked about, at one place of the change: what reputation, licence and reports are judged of. */
export interface Subject {
  name: string;
  path: string;
  line: number | null;
  /** `true` where nothing of that name was depended on here before. */
  isNew: boolean;
  want: WantedVersion;
  /** Versions in use before; empty where none is known. */
  previous: { spec: string | null; versions: readonly string[] };
  /** True where only development needs it; `null` where nobody says. */
  development: boolean | null;
  /** `locked`: only a lockfile names it, because another package wants it. */
  from: 'manifest' | 'command' | 'locked';
  /** As the lockfile repeats it; `null` where it does not. */
  lockedLicense: string | null;
  /** The exact version that the lockfile pins; `null` where none does. */
  pinned: string | null;
  /** True where the repository signs in to the registry that is asked: a name with a scope may then be private there. */
  mayBePrivate: boolean;
}

type Registered = Extract<DependencyTarget, { kind: 'registry' }>;

/** Everything whose name may leave, in the order of the change. The filter stands here, before any look-up. */
export function subjectsOf(changes: DependencyChanges, options: Options): Subject[] {
  const locked = changes.locked.flatMap((one) => {
    const target = askable(one.target, options);
    return target ? [{ ...one, target }] : [];
  });
  const subjects: Subject[] = [];
  const declared = new Set<string>();
  for (const change of changes.changes) {
    const target = askable(change.target, options);
    if (!target) continue;
    declared.add(target.name);
    const pin = locked.find(
      (one) => one.name === target.name && one.direct !== false && satisfiesWant(one.version, target.want),
    );
    subjects.push({
      name: target.name,
      path: change.path,
      line: change.line,
      isNew: change.previousSpec === null,
      want: target.want,
      previous: { spec: change.previousSpec, versions: pin?.previousVersions ?? [] },
      development: change.field === 'devDependencies',
      from: 'manifest',
      lockedLicense: pin?.license ?? null,
      pinned: pin?.version ?? null,
      mayBePrivate: mayBePrivate(target),
    });
  }
  for (const commanded of changes.commands) {
    const target = askable(commanded.target, options);
    if (!target) continue;
    const { path, line } = commanded;
    const rest = {
      mayBePrivate: mayBePrivate(target),
      isNew: true,
      want: target.want,
      previous: NEVER,
      development: true,
      lockedLicense: null,
      pinned: null,
    };
    subjects.push({ name: target.name, path, line, ...rest, from: 'command' });
  }
  for (const { target, name, version, path, line, previousVersions, development, license } of locked) {
    if (declared.has(target.name) && subjects.some((one) => one.name === name && one.pinned === version)) continue;
    subjects.push({
      name: target.name,
      path,
      line,
      isNew: previousVersions.length === 0,
      want: { type: 'version', value: version },
      previous: { spec: null, versions: previousVersions },
      development,
      from: 'locked',
      lockedLicense: license,
      pinned: version,
      mayBePrivate: mayBePrivate(target),
    });
  }
  return subjects;
}

const NEVER = { spec: null, versions: [] } as const;

function askable(target: DependencyTarget, options: Options): Registered | null {
  return target.kind === 'registry' && privacyOf(target.name, options) === null ? target : null;
}

function mayBePrivate({ name, signsInBy }: Registered): boolean {
  return signsInBy !== null && name.startsWith('@');
}

function satisfiesWant(version: string, want: WantedVersion): boolean {
  return want.type === 'tag' || semver.satisfies(version, want.value, { loose: true, includePrerelease: true });
}

/** The version that an installation takes: the pinned one, or the newest that is wanted; `null` where there is none. */
export function installedVersion({ pinned, want }: Subject, found: ExistingPackage): string | null {
  return pinned ?? bestOf(want, found);
}

/** What was installed before, as far as can be told: the pinned version, or the newest that the old range wanted. */
export function previousVersion({ previous }: Subject, found: ExistingPackage): string | null {
  const [pinned] = semver.rsort(
    previous.versions.filter((one) => semver.valid(one, true) !== null),
    true,
  );
  if (pinned !== undefined) return pinned;
  const spec = previous.spec?.replace(/^npm:(?:@?[^@]+@)?/, '').trim() ?? null;
  if (spec === null || semver.validRange(spec, true) === null) return null;
  return bestOf({ type: 'range', value: spec }, found);
}

function bestOf(want: WantedVersion, { versions, tags }: ExistingPackage): string | null {
  switch (want.type) {
    case 'tag':
      return Object.hasOwn(tags, want.value) ? tags[want.value]! : null;
    case 'version': {
      const wanted = semver.parse(want.value, { loose: true })?.version ?? want.value;
      return versions.includes(wanted) ? wanted : null;
    }
    case 'range': {
      // npm takes `latest` where the range has it, though a higher version be there.
      const { latest } = tags;
      if (latest !== undefined && versions.includes(latest) && semver.satisfies(latest, want.value, true))
        return latest;
      return semver.maxSatisfying([...versions], want.value, { loose: true });
    }
  }
}

/** The package of a subject, where the registry has it. */
export function existing({ name }: Subject, evidence: Evidence): ExistingPackage | null {
  const answer = evidence.package('npm', name);
  return answer?.state === 'exists' ? answer : null;
}
