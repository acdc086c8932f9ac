import semver from 'semver';
import type { AdvisoriesAnswer, MaliciousReport } from '../../model/package-facts.ts';
import type { Finding, Missing } from '../../model/review.ts';
import { existing, type Subject } from './subjects.ts';
import { type Asked, placeOf } from './verdict.ts';

/** What OSV has to say, and what it could not be asked. */
export interface Reports {
  findings: Finding[];
  missing: Missing[];
}

/** Packages, or versions that would be installed, that are reported as malicious. In development they are no less so. */
export function judgeMalicious(subjects: readonly Subject[], question: Asked): Reports {
  const findings: Finding[] = [];
  const unanswered = new Map<string, { names: Set<string>; retryAt: string | null }>();
  const told = new Set<string>();
  for (const subject of subjects) {
    const { name } = subject;
    const answer = question.evidence.advisories('npm', name);
    if (!answer || answer.state === 'off') continue;
    if (answer.state === 'unavailable') {
      const group = unanswered.get(answer.cause) ?? { names: new Set(), retryAt: answer.retryAt };
      group.names.add(name);
      unanswered.set(answer.cause, group);
      continue;
    }
    const found = reportAbout(subject, answer, question);
    if (!found) continue;
    // The lockfile says again what the manifest said.
    const key = `${name}\0${found.version}\0${subject.from === 'locked'}`;
    if (subject.from === 'locked' && told.has(`${name}\0${found.version}\0false`)) continue;
    told.add(key);
    const { id, summary } = found.report;
    const facts = { ecosystem: 'npm', name, version: found.version, report: id, reportSays: summary.slice(0, 300) };
    const looked = { registry: answer.source, askedAt: answer.askedAt, answer: answer.state };
    findings.push(question.finding('package-malicious', { ...facts, ...looked }, placeOf(subject)));
  }
  return { findings, missing: [...unanswered].map(([cause, group]) => missingOf(cause, group)) };
}

function reportAbout(
  subject: Subject,
  { malicious }: Extract<AdvisoriesAnswer, { state: 'known' }>,
  { evidence }: Asked,
): { report: MaliciousReport; version: string | null } | null {
  for (const report of malicious) {
    const { affects } = report;
    if (affects === 'every version') return { report, version: subject.pinned };
    const version = versionsOf(subject, evidence).find((one) => isAffected(one, affects));
    if (version !== undefined) return { report, version };
  }
  return null;
}

/** The pinned version, or else every version that the next installation might take. */
function versionsOf(subject: Subject, evidence: Asked['evidence']): readonly string[] {
  if (subject.pinned !== null) return [subject.pinned];
  const { want } = subject;
  const found = existing(subject, evidence);
  switch (want.type) {
    case 'tag':
      return found && Object.hasOwn(found.tags, want.value) ? [found.tags[want.value]!] : [];
    case 'version':
      // It counts even where the registry has taken it down: whoever has it cached still installs it.
      return [semver.parse(want.value, { loose: true })?.version ?? want.value];
    case 'range':
      return (found?.versions ?? []).filter((one) => semver.satisfies(one, want.value, { loose: true }));
  }
}

function isAffected(version: string, affects: Exclude<MaliciousReport['affects'], 'every version'>): boolean {
  if (affects.versions.includes(version)) return true;
  const parsed = semver.parse(version, { loose: true });
  if (!parsed) return false;
  return affects.ranges.some(({ introduced, fixed, lastAffected }) => {
    const compare = (other: string) => {
      const bound = semver.parse(other, { loose: true });
      return bound ? semver.compare(parsed, bound) : null;
    };
    if (introduced !== '0' && (compare(introduced) ?? 1) < 0) return false;
    if (fixed !== null) return (compare(fixed) ?? -1) < 0;
    return lastAffected === null || (compare(lastAffected) ?? 1) <= 0;
  });
}

function missingOf(cause: string, { names, retryAt }: { names: ReadonlySet<string>; retryAt: string | null }): Missing {
  const [first, ...rest] = names;
  const more = rest.length > 0 ? ` and ${rest.length} more` : '';
  return {
    what: `whether "${first}"${more} is reported as malicious`,
    cause: `OSV: ${cause}`,
    ...(retryAt !== null && { retryAt }),
  };
}
