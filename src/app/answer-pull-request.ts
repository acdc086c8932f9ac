import { batchRequests } from '../batch-requests.ts';
import type { EvidenceSources } from '../gather.ts';
import { dependencySource } from '../gather-dependencies.ts';
import type { GitHubClient, RepositoryName } from '../github/client.ts';
import { publishCheck, publishComment, publishInProgress } from '../github/publish.ts';
import { type OwnCheck, type Reading, readPullRequest } from '../github/read.ts';
import { repositoryEvidence } from '../github/repository-evidence.ts';
import type { Claim } from '../intake/store.ts';
import type { InRepository, Work } from '../intake/work.ts';
import type { WorkResult } from '../intake/worker.ts';
import type { PullRequest } from '../model/pull-request.ts';
import type { Review } from '../model/review.ts';
import { type RenderedCheck, renderCheck, renderInProgress, renderSharedCheck } from '../render/check-run.ts';
import { renderComment, renderResolved } from '../render/comment.ts';
import { writeRecord } from '../render/record.ts';
import { reviewPullRequest } from '../review.ts';
import type { AppContext } from './context.ts';
import { readTicks, recordFor } from './read-ticks.ts';
import { recheckAt } from './recheck.ts';

/** An answer that takes longer than this is announced by an unfinished check. */
const ANNOUNCE_AFTER_MS = 5_000;

/** A reading of an open pull request with the review made of it. */
interface Answered {
  number: number;
  reading: Reading;
  review: Review;
}

type PullRequestWork = Extract<Work, { kind: 'pull-request' }>;

/** Brings the check and the comment of one pull request up to date with its present state. */
export async function answerPullRequest(work: PullRequestWork, claim: Claim, context: AppContext): Promise<WorkResult> {
  const client = await context.clientFor(work.installation);
  const name = { owner: work.owner, repo: work.repo };
  const reading = await readOpen(client, name, work.number, context);
  if (reading === 'moved') return { again: context.now() };
  if (reading === null) return {};

  const { pullRequest } = reading;
  const announcement = announceLater(client, name, reading);
  try {
    const own = await review(client, work, reading, context);
    // Where several pull requests share a head, one of them answers for all: the one with the lowest number.
    const speaker = Math.min(work.number, ...reading.siblings);
    const others = speaker === work.number ? await reviewSiblings(client, work, reading.siblings, context) : [];
    if (others === 'moved') return { again: context.now() };
    // Fencing: somebody pushed or ticked since we looked. The work is marked again, so what we found is old.
    if (!(await context.store.isCurrent(claim))) return {};

    const check = others.length > 0 ? sharedCheck([own, ...others]) : ownCheck(own);
    const announced = await announcement.settle();
    await Promise.all([
      speaker === work.number
        ? publishCheck(client, name, target(pullRequest, work.number, announced ?? reading.check), check)
        : context.store.mark([{ work: { ...work, number: speaker }, dueAt: context.now() }]),
      answerInComment(client, name, own, context),
    ]);
    context.log.info({ key: claim.key, head: pullRequest.head.sha, conclusion: own.review.conclusion }, 'answered');
    context.onAnswered?.(claim.key, own.review);
    const again = recheckAt(
      [own, ...others].map((one) => one.review),
      claim.rechecks,
      context.now(),
    );
    return again === null ? {} : { again };
  } finally {
    await announcement.settle();
  }
}

/** Reviews an open pull request without writing anything; `null` where there is none, or it is closed. */
export async function reviewOpen(
  client: GitHubClient,
  at: InRepository,
  number: number,
  context: AppContext,
): Promise<Answered | 'moved' | null> {
  const reading = await readOpen(client, { owner: at.owner, repo: at.repo }, number, context);
  if (reading === null || reading === 'moved') return reading;
  return review(client, { ...at, number }, reading, context);
}

async function readOpen(client: GitHubClient, name: RepositoryName, number: number, context: AppContext) {
  const evaluatedAt = new Date(context.now()).toISOString();
  const result = await readPullRequest(client, name, number, await context.identity(), evaluatedAt);
  if (result.state === 'moved') return 'moved';
  if (result.state === 'gone' || result.reading.pullRequest.state !== 'open') return null;
  return result.reading;
}

async function review(
  client: GitHubClient,
  at: InRepository & { number: number },
  reading: Reading,
  context: AppContext,
): Promise<Answered> {
  const ticks = await readTicks(client, reading.comment, {
    scope: scopeOf(reading.pullRequest),
    identity: await context.identity(),
    signingKeys: context.signingKeys,
    log: context.log,
  });
  const pullRequest = { ...reading.pullRequest, ticks };
  const name = { owner: at.owner, repo: at.repo };
  const objects = context.objects?.(at.installation, name);
  const repository = batchRequests(repositoryEvidence(client, name, pullRequest, objects));
  const result = await reviewPullRequest({
    pullRequest,
    layers: reading.layers,
    practices: context.practices,
    sources: sourcesFor(pullRequest, repository, context),
    evidence: reading.evidence,
  });
  return { number: at.number, reading: { ...reading, pullRequest }, review: result };
}

function sourcesFor(
  pullRequest: PullRequest,
  repository: EvidenceSources['repository'],
  { packages, checklists, registryPolicy }: AppContext,
): EvidenceSources {
  const dependencyChanges = dependencySource(pullRequest, repository, registryPolicy);
  return { repository, packages, checklists, dependencyChanges };
}

async function reviewSiblings(client: GitHubClient, at: InRepository, numbers: number[], context: AppContext) {
  const reviewed = await Promise.all(numbers.map((number) => reviewOpen(client, at, number, context)));
  if (reviewed.includes('moved')) return 'moved' as const;
  return reviewed.filter((one): one is Answered => one !== null && one !== 'moved');
}

function ownCheck({ review, reading }: Answered): RenderedCheck {
  return renderCheck({ review, pullRequest: reading.pullRequest });
}

function sharedCheck(answered: readonly Answered[]): RenderedCheck {
  return renderSharedCheck(answered.map(({ review, reading }) => ({ review, pullRequest: reading.pullRequest })));
}

/** A draft gets no comment until it is ready; one that was made before stays true. */
async function answerInComment(
  client: GitHubClient,
  name: RepositoryName,
  { review, reading, number }: Answered,
  context: AppContext,
): Promise<void> {
  const { pullRequest, comment } = reading;
  if (pullRequest.draft && !comment) return;
  const attested = new Set(
    review.practices.flatMap((practice) =>
      practice.items.filter((item) => item.state === 'attested').map((item) => item.id),
    ),
  );
  const record = writeRecord(recordFor(scopeOf(pullRequest), pullRequest.ticks, attested), context.signingKeys);
  const input = { review, pullRequest, record };
  const body = renderComment(input) ?? (comment ? renderResolved(input) : null);
  if (body !== null) await publishComment(client, name, number, comment, body);
}

/** Where a record of attestations is valid. GitHub does not tell logins apart by case; neither may this. */
function scopeOf({ repository, number }: PullRequest): string {
  return `${repository.owner}/${repository.name}#${number}`.toLowerCase();
}

function target(pullRequest: PullRequest, number: number, existing: OwnCheck | null) {
  return { headSha: pullRequest.head.sha, externalId: String(number), existing };
}

/** Writes an unfinished check if the answer is not there in time. */
function announceLater(client: GitHubClient, name: RepositoryName, { pullRequest, check }: Reading) {
  let writing: Promise<OwnCheck> | null = null;
  const timer = setTimeout(() => {
    // A finished check of this head still stands; taking it back would only make the merge box flicker.
    if (check?.status === 'completed') return;
    writing = publishInProgress(client, name, target(pullRequest, pullRequest.number ?? 0, check), renderInProgress());
    writing.catch(() => {});
  }, ANNOUNCE_AFTER_MS);
  return {
    /** Stops the clock; the unfinished check, where one was written. */
    async settle(): Promise<OwnCheck | null> {
      clearTimeout(timer);
      return writing ? writing.catch(() => null) : null;
    },
  };
}
