import type { Facts, Finding } from '../../model/review.ts';
import { judgeLicence, judgesLicences, licencesDiffer } from './licences.ts';
import { existing, installedVersion, previousVersion, type Subject } from './subjects.ts';
import { type Asked, placeOf } from './verdict.ts';

/** A licence as somebody states it, and who. */
interface Stated {
  text: string;
  source: 'registry' | 'lockfile' | 'deps.dev';
}

/** What the change does to the licences that the repository takes on: direct packages and newly locked ones. */
export function judgeLicences(subjects: readonly Subject[], question: Asked): Finding[] {
  const told = new Set<string>();
  return subjects.flatMap((subject): Finding[] => {
    if (subject.from === 'command') return [];
    const found = existing(subject, question.evidence);
    const version = subject.pinned ?? (found && installedVersion(subject, found));
    if (version === null) return [];
    const key = `${subject.name}\0${version}`;
    // The lockfile repeats what a manifest already brought up.
    if (subject.from === 'locked' && told.has(key)) return [];
    told.add(key);
    return [...judgePolicy(subject, version, question), ...judgeChange(subject, version, question)];
  });
}

function judgePolicy(subject: Subject, version: string, question: Asked): Finding[] {
  const policy = question.options.licenses;
  if (!judgesLicences(policy) || (subject.development === true && policy.development === 'ignore')) return [];
  const stated = statedLicence(subject, version, question);
  const facts = factsOf(subject, version, question);
  if (stated === null) {
    if (policy.unknown === 'ignore') return [];
    const unknown = { license: null, cause: 'nobody who was asked knows it', likely: null };
    return [
      question.finding('license-unknown', { ...facts, ...unknown }, { ...placeOf(subject), level: policy.unknown }),
    ];
  }
  const verdict = judgeLicence(stated.text, policy);
  const known = {
    ...facts,
    license: stated.text.slice(0, 200),
    statedBy: stated.source,
    transitive: subject.from === 'locked',
  };
  switch (verdict.state) {
    case 'allowed':
      return [];
    case 'denied':
      return [question.finding('license-denied', { ...known, license: verdict.license }, placeOf(subject))];
    case 'unknown': {
      if (policy.unknown === 'ignore') return [];
      const { cause, likely } = verdict;
      return [
        question.finding(
          'license-unknown',
          { ...known, cause, likely },
          { ...placeOf(subject), level: policy.unknown },
        ),
      ];
    }
  }
}

/** Another licence than that of the version in use before is news, whatever the policy. */
function judgeChange(subject: Subject, version: string, question: Asked): Finding[] {
  const found = existing(subject, question.evidence);
  const before = found && !subject.isNew ? previousVersion(subject, found) : (subject.previous.versions[0] ?? null);
  if (before === null || before === version) return [];
  const [was, is] = [
    statedLicence({ ...subject, lockedLicense: null }, before, question),
    statedLicence(subject, version, question),
  ];
  if (!was?.text || !is?.text || !licencesDiffer(was.text, is.text)) return [];
  const facts = { before, licenseBefore: was.text.slice(0, 200), license: is.text.slice(0, 200) };
  return [question.finding('license-changed', { ...factsOf(subject, version, question), ...facts }, placeOf(subject))];
}

/** By the registry, else by the lockfile, else by deps.dev; `null` where none of them says anything at all. */
function statedLicence(subject: Subject, version: string, { evidence }: Asked): Stated | null {
  const own = existing(subject, evidence)?.history?.licenses;
  if (own && Object.hasOwn(own, version)) return { text: own[version]!, source: 'registry' };
  if (subject.lockedLicense !== null) return { text: subject.lockedLicense, source: 'lockfile' };
  const release = evidence.release('npm', subject.name, version);
  if (release?.state !== 'listed') return null;
  const { licenses } = release;
  // All that it found hold together.
  const text = licenses.length > 1 ? licenses.map((one) => `(${one})`).join(' AND ') : (licenses[0] ?? '');
  return { text, source: 'deps.dev' };
}

function factsOf({ name, development }: Subject, version: string, { evidence }: Asked): Facts {
  const answer = evidence.package('npm', name);
  const { registry = null, askedAt = null, state = 'not asked' } = answer ?? {};
  return { ecosystem: 'npm', name, version, development, registry, askedAt, answer: state };
}
