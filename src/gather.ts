import type { Config } from './config/config.ts';
import { waiversNeed } from './decide-waivers.ts';
import {
  type CommitPathsAnswer,
  Evidence,
  type EvidenceEntry,
  type EvidenceRequest,
  keyOfRequest,
} from './model/evidence.ts';
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
  /** Who people are to the repository. Left out where there are none: in a local review. */
  people?(requests: readonly (RequestOf<'membership'> | RequestOf<'writers'>)[]): Promise<EvidenceEntry[]>;
  /** Helps and decides nothing: where nobody knows, it is left out and the answer is `unavailable`. */
  commitPaths?(): Promise<CommitPathsAnswer>;
  /** Left out where there can be no other pull requests: in a local repository. */
  openPullRequests?(requests: readonly RequestOf<'open-pull-requests'>[]): Promise<EvidenceEntry[]>;
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
    const { repository, packages, dependencyChanges, checklists, people, commitPaths, openPullRequests } =
      split(wanted);
    const answers = await Promise.all([
      repository.length > 0 ? sources.repository(repository) : [],
      packages.length > 0 ? sources.packages(packages) : [],
      dependencyChanges.length > 0 ? sources.dependencyChanges(dependencyChanges) : [],
      checklists.length > 0 ? sources.checklists(checklists) : [],
      people.length > 0 ? (sources.people ?? nobody)(people) : [],
      Promise.all(commitPaths.map((request) => askCommitPaths(request, sources))),
      openPullRequests.length > 0 ? (sources.openPullRequests ?? noOthers)(openPullRequests) : [],
    ]);
    for (const [request, answer] of answers.flat()) already.add(request, answer);
    const unanswered = wanted.find((request) => !already.has(request));
    if (unanswered) throw new Error(`No source answered the request for ${JSON.stringify(unanswered)}`);
  }
  throw new Error(`The practices still ask for more evidence after ${MAX_ROUNDS} rounds`);
}

async function askCommitPaths(
  request: RequestOf<'commit-paths'>,
  { commitPaths }: EvidenceSources,
): Promise<EvidenceEntry> {
  return [request, commitPaths ? await commitPaths() : { state: 'unavailable', cause: 'nobody here can tell' }];
}

async function noOthers(requests: readonly RequestOf<'open-pull-requests'>[]): Promise<EvidenceEntry[]> {
  return requests.map((request) => [request, { state: 'found', pullRequests: [], complete: true }]);
}

function newRequests(
  pullRequest: PullRequest,
  config: Config,
  practices: readonly Practice[],
  already: Evidence,
): EvidenceRequest[] {
  const wanted = new Map<string, EvidenceRequest>();
  for (const request of waiversNeed(pullRequest, config)) {
    if (!already.has(request)) wanted.set(keyOfRequest(request), request);
  }
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
    people: requests.filter((request) => request.kind === 'membership' || request.kind === 'writers'),
    commitPaths: requests.filter((request) => request.kind === 'commit-paths'),
    openPullRequests: requests.filter((request) => request.kind === 'open-pull-requests'),
  };
}

/** Where there is no GitHub, nobody can be asked about. */
async function nobody(requests: readonly (RequestOf<'membership'> | RequestOf<'writers'>)[]): Promise<EvidenceEntry[]> {
  const answer = { state: 'unavailable', cause: 'there is no GitHub to ask here' } as const;
  return requests.map((request): EvidenceEntry => (request.kind === 'writers' ? [request, answer] : [request, answer]));
}
