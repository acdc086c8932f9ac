import type { Facts, Finding, Level } from '../../model/review.ts';
import { type AgeGate, blocksScripts, isLetThrough, readAgeGate } from './age-gates.ts';
import type { Code } from './messages.ts';
import { isPopular, lookalikeOf } from './popular-names.ts';
import { existing, installedVersion, previousVersion, type Subject } from './subjects.ts';
import { type Asked, placeOf } from './verdict.ts';
import type { ExistingPackage } from './wanted-version.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A new name that looks like another one needs more than its looks against it. */
const YOUNG_FOR_A_LOOKALIKE_DAYS = 90;

/** What one subject is judged with. */
interface Judged {
  subject: Subject;
  found: ExistingPackage;
  /** What would be installed. */
  version: string;
  /** What was installed before; `null` where nothing was, or nobody can tell. */
  before: string | null;
  now: number;
  gate: AgeGate | null;
  question: Asked;
  tell(code: Code, facts: Facts, level?: Level): Finding;
}

/** What speaks against packages that exist. All of it warns, none of it blocks: a person weighs it. */
export function judgeReputation(subjects: readonly Subject[], question: Asked): Finding[] {
  const { evidence, pullRequest } = question;
  const now = Date.parse(pullRequest.evaluatedAt);
  const gate = readAgeGate(evidence);
  return subjects.flatMap((subject): Finding[] => {
    const found = existing(subject, evidence);
    // What only a lockfile brings in is judged by reports and licence: more would be noise nobody can act on.
    if (!found || subject.from === 'locked') return [];
    const version = installedVersion(subject, found);
    if (version === null) return [];
    const looked = { registry: found.registry, askedAt: found.askedAt, answer: found.state };
    const facts = { ecosystem: 'npm', name: subject.name, version, ...looked };
    const judged: Judged = {
      ...{ subject, found, version, now, gate, question },
      before: subject.isNew ? null : previousVersion(subject, found),
      tell: (code, more, level) => question.finding(code, { ...facts, ...more }, { ...placeOf(subject), level }),
    };
    return [
      ...judgeDeprecation(judged),
      ...judgePackageAge(judged),
      ...judgeVersionAge(judged),
      ...judgeInstallScript(judged),
      ...judgeProvenance(judged),
      ...judgeLooks(judged),
    ];
  });
}

function judgeDeprecation({ found, version, before, tell }: Judged): Finding[] {
  const message = Object.hasOwn(found.deprecated, version) ? found.deprecated[version]! : null;
  if (message === null) return [];
  // A change from one deprecated version to another brings nothing in that was not there.
  if (before !== null && Object.hasOwn(found.deprecated, before)) return [];
  const wholePackage = found.versions.every((one) => Object.hasOwn(found.deprecated, one));
  return [tell('package-deprecated', { notice: message.slice(0, 300), wholePackage, successor: successorIn(message) })];
}

/** The package that a deprecation notice sends people to; `null` where it names none that can be told. */
export function successorIn(notice: string): string | null {
  const found =
    /(?:use|to|by|favou?r of|replaced with|install)\s+(?:the\s+)?[`'"]?((?:@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*[a-z0-9])[`'"]?(?=[\s.,;:!)]|$)/i.exec(
      notice.slice(0, 1000),
    );
  const name = found?.[1] ?? null;
  return name !== null && (/[-/@.]/.test(name) || isPopular(name)) ? name : null;
}

function judgePackageAge({ subject, found, now, question, tell }: Judged): Finding[] {
  const created = found.history?.createdAt ?? null;
  const limit = question.options['package-age-days'];
  if (!subject.isNew || created === null || limit === 0 || isPopular(subject.name)) return [];
  const days = (now - Date.parse(created)) / DAY_MS;
  if (days >= limit) return [];
  return [tell('package-young', { createdAt: created, days: Math.max(0, Math.floor(days)), limit })];
}

function judgeVersionAge(judged: Judged): Finding[] {
  const { subject, version, before, now, gate, question, tell } = judged;
  const published = publishedAt(judged);
  const limit = gate ? gate.hours : question.options['version-age-hours'];
  if (published === null || limit === 0 || version === before) return [];
  if (gate && isLetThrough(subject.name, gate)) return [];
  const hours = (now - Date.parse(published)) / HOUR_MS;
  if (hours >= limit || mendsAdvisory(judged)) return [];
  return [
    tell('version-young', {
      publishedAt: published,
      hours: Math.max(0, Math.floor(hours)),
      limit,
      gate: gate?.file ?? null,
    }),
  ];
}

/** Whether the version in use is affected by an advisory that the new one is not: nobody should wait to install that. */
function mendsAdvisory({ subject, version, before, question }: Judged): boolean {
  if (before === null) return false;
  const [old, now] = [before, version].map((one) => question.evidence.release('npm', subject.name, one));
  if (old?.state !== 'listed' || now?.state !== 'listed') return false;
  return old.advisories.some((advisory) => !now.advisories.includes(advisory));
}

/** By the registry's own dates, or else by deps.dev's. */
function publishedAt({ subject, found, version, question }: Judged): string | null {
  const own = found.history?.publishedAt;
  if (own && Object.hasOwn(own, version)) return own[version]!;
  const release = question.evidence.release('npm', subject.name, version);
  return release?.state === 'listed' ? release.publishedAt : null;
}

function judgeInstallScript({ subject, found, version, before, question, tell }: Judged): Finding[] {
  const scripted = found.withInstallScript ?? [];
  if (!scripted.includes(version) || (before !== null && scripted.includes(before))) return [];
  if (!subject.isNew && before === null) return [];
  const blocked = blocksScripts(question.evidence);
  const level = blocked || isPopular(subject.name) ? ('notice' as const) : undefined;
  return [tell('install-script-added', { before, blocked }, level)];
}

function judgeProvenance({ found, version, before, tell }: Judged): Finding[] {
  const proven = found.withProvenance ?? [];
  if (before === null || !proven.includes(before) || proven.includes(version)) return [];
  return [tell('provenance-lost', { before })];
}

/** Name alone is a remark; together with what makes an impostor unlike the original, it is a warning. */
function judgeLooks({ subject, found, version, now, tell }: Judged): Finding[] {
  if (!subject.isNew) return [];
  const likeness = lookalikeOf(subject.name);
  if (!likeness) return [];
  const { target, by } = likeness;
  const notice = found.deprecated[version] ?? '';
  if (successorIn(notice) === target) {
    return [tell('package-typosquat', { target, by, against: [`its own notice sends people to "${target}"`] })];
  }
  if (isSameSource(subject.name, target, found.history?.repository ?? null)) return [];
  const against = found.history ? oddities(found, now) : [];
  return [tell('package-typosquat', { target, by, against }, against.length > 0 ? undefined : 'notice')];
}

function oddities({ history, versions }: ExistingPackage, now: number): string[] {
  const { createdAt = null, repository = null } = history ?? {};
  const days = createdAt === null ? Number.POSITIVE_INFINITY : (now - Date.parse(createdAt)) / DAY_MS;
  return [
    ...(days < YOUNG_FOR_A_LOOKALIKE_DAYS ? [`it is ${Math.max(0, Math.floor(days))} days old`] : []),
    ...(versions.length === 1 ? ['it has a single version'] : []),
    ...(repository === null ? ['it names no source repository'] : []),
  ];
}

/** `babel-core` from Babel's own repository is nobody's impostor. Anyone can write any address, so this only spares a remark on old packages. */
function isSameSource(name: string, target: string, repository: string | null): boolean {
  const scopeOf = (one: string) => /^@([^/]+)\//.exec(one)?.[1] ?? null;
  const [own, other] = [scopeOf(name), scopeOf(target)];
  if (own !== null && own === other) return true;
  return other !== null && (repository ?? '').toLowerCase().includes(`/${other.toLowerCase()}/`);
}
