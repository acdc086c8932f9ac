import type { DependencyChanges } from '../../model/dependency.ts';
import type { EcosystemChange } from '../../model/ecosystem-change.ts';
import type { EvidenceRequest } from '../../model/evidence.ts';
import type { Facts, Finding, Missing } from '../../model/review.ts';
import type { Options } from './options.ts';
import { privacyOf } from './private-names.ts';
import { isExcluded } from './scope.ts';
import { type Asked, placeOf } from './verdict.ts';

/** Names of other ecosystems that one evaluation asks about; the rest is told as unverified. */
const MAX_NAMES = 200;

/** What there is to say about packages of other ecosystems. */
export interface EcosystemJudgement {
  findings: Finding[];
  /** Only what could have blocked: a report of malware, or a file. What could only warn never keeps anybody waiting. */
  missing: Missing[];
  /** Each in exactly one list, as npm's packages are. */
  facts: { checked: Facts[]; skipped: Facts[]; unverified: Facts[] };
}

/** Whom to ask about which names; private ones and those from elsewhere are not among them. */
export function ecosystemRequests(changes: DependencyChanges, options: Options): EvidenceRequest[] {
  if (options.lookups !== 'public') return [];
  const open = judgedChanges(changes, options).filter((change) => reasonNotToAsk(change, options) === null);
  const distinct = [...new Map(open.map((one) => [`${one.ecosystem}\0${one.name}`, one])).values()];
  return distinct.slice(0, MAX_NAMES).flatMap(({ ecosystem, name }): EvidenceRequest[] => [
    { kind: 'listing', ecosystem, name },
    { kind: 'advisories', ecosystem, name },
  ]);
}

/**
 * Judges packages of other ecosystems by an index of them all: listed, they exist; unlisted, they may only be too new for
 * it, so that is a warning. A report of malware is an error here as anywhere.
 */
export function judgeEcosystems(changes: DependencyChanges, question: Asked): EcosystemJudgement {
  const judgement: EcosystemJudgement = {
    findings: [],
    missing: [],
    facts: { checked: [], skipped: [], unverified: [] },
  };
  const { others } = changes;
  if (!others) return judgement;
  const { options, finding } = question;
  for (const { ecosystem, path, line, cause } of others.unreadable) {
    if (isExcluded(path, options.exclude)) continue;
    const facts = { ecosystem, name: null, manifest: path, cause, registry: null, askedAt: null, answer: 'not asked' };
    judgement.findings.push(finding('manifest-unreadable', facts, placeOf({ path, line })));
  }
  for (const { path, what, cause } of others.missing) {
    if (!isExcluded(path, options.exclude)) judgement.missing.push({ what, cause });
  }
  for (const change of judgedChanges(changes, options)) judgeChange(change, question, judgement);
  return judgement;
}

function judgedChanges({ others }: DependencyChanges, { exclude }: Options): EcosystemChange[] {
  return (others?.changes ?? []).filter(({ path }) => !isExcluded(path, exclude));
}

function judgeChange(change: EcosystemChange, question: Asked, { findings, missing, facts }: EcosystemJudgement): void {
  const { ecosystem, name, spec, version, previousSpec, path, line } = change;
  const { evidence, options, finding } = question;
  const entry = { ecosystem, name, spec, path, line, field: 'dependencies' };
  const reason = reasonNotToAsk(change, options);
  if (reason !== null) {
    facts.skipped.push({ ...entry, reason });
    return;
  }
  const base = { ecosystem, name, spec, previousSpec };
  const listing = evidence.listing(ecosystem, name);
  const reports = evidence.advisories(ecosystem, name);

  if (reports?.state === 'known') {
    const report = reports.malicious.find(
      ({ affects }) => affects === 'every version' || (version !== null && affects.versions.includes(version)),
    );
    if (report) {
      const looked = { registry: reports.source, askedAt: reports.askedAt, answer: reports.state };
      const about = { version: report.affects === 'every version' ? null : version, report: report.id };
      const says = { reportSays: report.summary.slice(0, 300) };
      findings.push(finding('package-malicious', { ...base, ...about, ...says, ...looked }, placeOf(change)));
    }
  } else if (reports?.state === 'unavailable') {
    const { cause, retryAt } = reports;
    const open = { what: `whether "${name}" (${ecosystem}) is reported as malicious`, cause: `OSV: ${cause}` };
    missing.push({ ...open, ...(retryAt !== null && { retryAt }) });
  }

  if (listing?.state === 'off') {
    facts.skipped.push({ ...entry, reason: 'of an ecosystem about which nobody is asked' });
    return;
  }
  if (!listing || listing.state === 'unavailable') {
    const cause = listing?.cause ?? 'more names are newly wanted than are asked about at once';
    facts.unverified.push({ ...entry, cause, retryAt: listing?.retryAt ?? null });
    const looked = { registry: listing?.source ?? null, askedAt: listing?.askedAt ?? null, answer: 'unavailable' };
    const what = `whether "${name}" (${ecosystem}) exists`;
    findings.push(finding('unverified', { ...base, ...looked, what, cause: `deps.dev: ${cause}` }, placeOf(change)));
    return;
  }
  const looked = { registry: listing.source, askedAt: listing.askedAt, answer: listing.state };
  facts.checked.push({ ...entry, ...looked });
  const place = { ...placeOf(change), level: 'warning' as const };
  if (listing.state === 'unlisted') {
    findings.push(finding('package-absent', { ...base, ...looked, status: 404 }, place));
    return;
  }
  const versions = Object.keys(listing.versions);
  if (version === null || versions.some((one) => isSameVersion(one, version))) return;
  const wanted = { wanted: version, newest: listing.newest, onlyPrereleases: false, npmInstallsLatest: false };
  findings.push(finding('version-unsatisfiable', { ...base, ...looked, ...wanted }, place));
}

function reasonNotToAsk({ name, elsewhere }: EcosystemChange, options: Options): string | null {
  if (elsewhere !== null) return elsewhere;
  const reason = privacyOf(name, options);
  if (reason !== null) return reason;
  return options.lookups === 'public'
    ? null
    : `not to be looked up, by the configuration (lookups: ${options.lookups})`;
}

/** `v1.2.3` is 1.2.3, and `1.2` is 1.2.0 to most of them. */
function isSameVersion(one: string, other: string): boolean {
  const plain = (version: string) =>
    version
      .replace(/^v/, '')
      .replace(/(?:\.0)+$/, '')
      .toLowerCase();
  return plain(one) === plain(other);
}
