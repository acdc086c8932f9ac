import semver from 'semver';
import type { DependencyChanges } from '../../model/dependency.ts';
import type { Evidence, EvidenceRequest } from '../../model/evidence.ts';
import type { Finding, Missing } from '../../model/review.ts';
import { judgeLicences } from './judge-licences.ts';
import { judgeMalicious } from './judge-malicious.ts';
import { judgesLicences } from './licences.ts';
import type { Options } from './options.ts';
import { isPopular } from './popular-names.ts';
import { privacyOf } from './private-names.ts';
import { judgeReputation } from './reputation.ts';
import { existing, installedVersion, previousVersion, type Subject, subjectsOf } from './subjects.ts';
import { type Asked, NOT_ASKED, placeOf } from './verdict.ts';

/** Single versions that one evaluation asks deps.dev about; the rest is left unsaid. */
const MAX_RELEASES = 100;

/**
 * What is wanted beyond "is it there", once that is known: reports for every public name, for versions that the registry's
 * answer does not date or license, deps.dev's word; and its second opinion on names that the registry does not have.
 */
export function backgroundRequests(
  changes: DependencyChanges,
  options: Options,
  evidence: Evidence,
): EvidenceRequest[] {
  if (options.lookups !== 'public') return [];
  const subjects = subjectsOf(changes, options);
  if (subjects.length === 0) return [];
  const known = new Set(subjects.filter((subject) => isPublic(subject, evidence)).map(({ name }) => name));
  const absent = subjects.filter(
    ({ name, mayBePrivate }) => !mayBePrivate && evidence.package('npm', name)?.state === 'absent',
  );
  const releases = subjects
    .filter(({ name }) => known.has(name))
    .flatMap((subject) => releasesOf(subject, options, evidence));
  const distinct = [...new Map(releases.map((one) => [`${one.name}\0${one.version}`, one])).values()];
  return [
    ...[...known].map((name): EvidenceRequest => ({ kind: 'advisories', ecosystem: 'npm', name })),
    ...absent.map(({ name }): EvidenceRequest => ({ kind: 'listing', ecosystem: 'npm', name })),
    ...distinct.slice(0, MAX_RELEASES).map((one): EvidenceRequest => ({ kind: 'release', ecosystem: 'npm', ...one })),
  ];
}

/**
 * Whether nobody learns a secret from hearing this name: the registry shows it to everybody, or, for what only a lockfile
 * names and the registry is therefore not asked about, nothing says that it might be private.
 */
function isPublic({ name, from, mayBePrivate }: Subject, evidence: Evidence): boolean {
  const answer = evidence.package('npm', name);
  if (answer) return answer.state === 'exists' || answer.state === 'placeholder' || answer.state === 'unpublished';
  return from === 'locked' && (!mayBePrivate || isPopular(name));
}

/** The names of which dates, licences and origin are weighed: new ones, and all where licences are judged. */
export function namesInFull(changes: DependencyChanges, options: Options): ReadonlySet<string> {
  const subjects = subjectsOf(changes, options).filter(({ from }) => from !== 'locked');
  const everyLicence = judgesLicences(options.licenses);
  return new Set(subjects.filter(({ isNew }) => isNew || everyLicence).map(({ name }) => name));
}

/** What the background of existing packages has to say: reports, reputation, licences. */
export function judgeBackground(
  changes: DependencyChanges,
  question: Asked,
): { findings: Finding[]; missing: Missing[] } {
  if (question.options.lookups !== 'public') return { findings: [], missing: [] };
  const subjects = subjectsOf(changes, question.options);
  const { findings, missing } = judgeMalicious(subjects, question);
  return {
    findings: [...findings, ...judgeReputation(subjects, question), ...judgeLicences(subjects, question)],
    missing,
  };
}

/** Private packages without a scope, newly named: nobody is asked, since the name alone is the risk. */
export function judgeConfusion({ changes }: DependencyChanges, { options, finding }: Asked): Finding[] {
  if (!options['unscoped-private']) return [];
  return changes.flatMap(({ name, previousSpec, target, ...at }) => {
    if (target.kind !== 'registry' || previousSpec !== null || target.name.startsWith('@')) return [];
    const reason = privacyOf(target.name, options);
    if (reason === null) return [];
    const facts = { ecosystem: 'npm', name: target.name, declaredAs: name, reason, ...NOT_ASKED };
    return [finding('confusion-risk', facts, placeOf(at))];
  });
}

function releasesOf(subject: Subject, options: Options, evidence: Evidence): { name: string; version: string }[] {
  const { name, from, want, pinned, lockedLicense } = subject;
  const ask = (version: string | null) => (version === null ? [] : [{ name, version }]);
  if (from === 'locked') {
    // Reports are asked for by name; a single version only where nobody has said its licence.
    const wanted = judgesLicences(options.licenses) && lockedLicense === null;
    return wanted && !(subject.development === true && options.licenses.development === 'ignore') ? ask(pinned) : [];
  }
  const found = existing(subject, evidence);
  if (!found) return [];
  const version = installedVersion(subject, found);
  if (version === null) {
    // It may have been there once.
    return want.type === 'version' && !found.history ? ask(semver.parse(want.value, true)?.version ?? null) : [];
  }
  if (found.history && subject.isNew) return [];
  const before = subject.isNew ? null : previousVersion(subject, found);
  return version === before ? [] : [...ask(version), ...ask(before)];
}
