import type { Config } from './config/config.ts';
import { Evidence, type EvidenceEntry, type EvidenceRequest, keyOfRequest } from './model/evidence.ts';
import type { PullRequest } from './model/pull-request.ts';
import type { Practice } from './practices/define-practice.ts';

/** A request of one kind. */
export type RequestOf<Kind extends EvidenceRequest['kind']> = Extract<EvidenceRequest, { kind: Kind }>;

/** A request that takes the name of a package to another host. */
export type LookUpRequest = RequestOf<'package' | 'advisories' | 'listing' | 'release'>;

/**
 * Where evidence comes from. Each answers every request it is given, in any order; what cannot be had is answered
 * `unavailable`, never left out and never thrown. A thrown error is our own fault and ends the evaluation.
 */
export interface EvidenceSources {
  /** Files and folders of the repository; one call per round, so that an adapter can batch. */
  repository(requests: readonly (RequestOf<'file'> | RequestOf<'folder'>)[]): Promise<EvidenceEntry[]>;
  /** Everything that is asked of hosts beyond the repository's. */
  packages(requests: readonly LookUpRequest[]): Promise<EvidenceEntry[]>;
  dependencyChanges(requests: readonly RequestOf<'dependency-changes'>[]): Promise<EvidenceEntry[]>;
  checklists(requests: readonly RequestOf<'checklists'>[]): Promise<EvidenceEntry[]>;
}

/** Evidence may lead to more evidence (a manifest names packages); a practice that never settles is a bug. */
const MAX_ROUNDS = 6;

/** Asks every practice that is on what it needs, and fetches it, until nobody asks for anything new. */
export async function gatherEvidence(
  pullRequest: PullRequest,
  config: Config,
  practices: readonly Practice[],
  sources: EvidenceSources,
  already: Evidence = new Evidence(),
): Promise<Evidence> {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const wanted = newRequests(pullRequest, config, practices, already);
    if (wanted.length === 0) return already;
    const { repository, packages, dependencyChanges, checklists } = split(wanted);
    const answers = await Promise.all([
      repository.length > 0 ? sources.repository(repository) : [],
      packages.length > 0 ? sources.packages(packages) : [],
      dependencyChanges.length > 0 ? sources.dependencyChanges(dependencyChanges) : [],
      checklists.length > 0 ? sources.checklists(checklists) : [],
    ]);
    for (const [request, answer] of answers.flat()) already.add(request, answer);
    const unanswered = wanted.find((request) => !already.has(request));
    if (unanswered) throw new Error(`No source answered the request for ${JSON.stringify(unanswered)}`);
  }
  throw new Error(`The practices still ask for more evidence after ${MAX_ROUNDS} rounds`);
}

function newRequests(
  pullRequest: PullRequest,
  config: Config,
  practices: readonly Practice[],
  already: Evidence,
): EvidenceRequest[] {
  const wanted = new Map<string, EvidenceRequest>();
  for (const practice of practices) {
    const policy = config.practices[practice.id];
    if (!policy || policy.mode === 'off') continue;
    for (const request of practice.needs(pullRequest, policy.options, already)) {
      if (!already.has(request)) wanted.set(keyOfRequest(request), request);
    }
  }
  return [...wanted.values()];
}

function split(requests: readonly EvidenceRequest[]) {
  return {
    repository: requests.filter((request) => request.kind === 'file' || request.kind === 'folder'),
    packages: requests.filter(
      (request) =>
        request.kind === 'package' ||
        request.kind === 'advisories' ||
        request.kind === 'listing' ||
        request.kind === 'release',
    ),
    dependencyChanges: requests.filter((request) => request.kind === 'dependency-changes'),
    checklists: requests.filter((request) => request.kind === 'checklists'),
  };
}
