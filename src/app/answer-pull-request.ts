import { batchRequests } from '../batch-requests.ts';
import type { EvidenceSources } from '../gather.ts';
import { checklistSource } from '../gather-checklists.ts';
import { dependencySource } from '../gather-dependencies.ts';
import type { GitHubClient, RepositoryName } from '../github/client.ts';
import { keepPathsOfOnlyCommit, readCommitPaths } from '../github/commit-paths.ts';
import { planLabels, publishLabels } from '../github/labels.ts';
import { BudgetSpent } from '../github/limiter.ts';
import { openPullRequestsSource } from '../github/open-pull-requests.ts';
import { peopleSource } from '../github/people-source.ts';
import { publishCheck, publishComment, publishInProgress, sameText } from '../github/publish.ts';
import { react } from '../github/react.ts';
import { type OwnCheck, type Reading, readPullRequest } from '../github/read.ts';
import { repositoryEvidence } from '../github/repository-evidence.ts';
import { rereadFiles } from '../github/reread-files.ts';
import type { Claim } from '../intake/store.ts';
import type { InRepository, Work } from '../intake/work.ts';
import type { WorkResult } from '../intake/worker.ts';
import type { PullRequest } from '../model/pull-request.ts';
import type { Review } from '../model/review.ts';
import { type CheckInput, renderInProgress, renderSharedCheck } from '../render/check-run.ts';
import { renderComment, renderResolved } from '../render/comment.ts';
import { join } from '../render/markdown.ts';
import { type PracticeMemory, readMemory, writeMemory } from '../render/memory.ts';
import { writeRecord } from '../render/record.ts';
import { reviewPullRequest } from '../review.ts';
import type { AppContext } from './context.ts';
import { judgeCommands, recordOf, stampsFor, withRemarks } from './keep-answers.ts';
import { type Answers, readAnswers } from './read-answers.ts';
import { recheckAt, waiverEndsAt } from './recheck.ts';

/** An answer that takes longer than this is announced by an unfinished check. */
const ANNOUNCE_AFTER_MS = 5_000;

/** A reading of an open pull request with the review made of it. */
interface Answered {
  number: number;
  reading: Reading;
  answers: Answers;
  review: Review;
}

/** How a command is answered. */
const REACTIONS = { done: 'THUMBS_UP', refused: 'THUMBS_DOWN', unclear: 'CONFUSED' } as const;

type PullRequestWork = Extract<Work, { kind: 'pull-request' }>;

/** Brings the check and the comment of one pull request up to date with its present state. */
export async function answerPullRequest(work: PullRequestWork, claim: Claim, context: AppContext): Promise<WorkResult> {
  const client = await context.clientFor(work.installation);
  const name = { owner: work.owner, repo: work.repo };
  const reading = await readOpen(client, name, work.number, context);
  if (reading === 'moved') return { later: context.now() };
  if (reading === null) return {};

  const { pullRequest } = reading;
  const announcement = announceLater(client, name, reading);
  try {
    const own = await review(client, work, reading, context);
    // Where several pull requests share a head, one of them answers for all: the one with the lowest number.
    const speaker = Math.min(work.number, ...reading.siblings);
    const others = speaker === work.number ? await reviewSiblings(client, work, reading.siblings, context) : [];
    if (others === 'moved') return { later: context.now() };
    // Fencing: somebody pushed or ticked since we looked. The work is marked again, so what we found is old.
    if (!(await context.store.isCurrent(claim))) return {};

    const all = [own, ...others];
    const reviews = all.map((one) => one.review);
    const again = recheckAt(reviews, claim.rechecks, context.now());
    const check = renderSharedCheck(all.map((one) => checkInput(one, again)));
    const announced = await announcement.settle();
    await allEnded([
      speaker === work.number
        ? publishCheck(client, name, target(pullRequest, work.number, announced ?? reading.check), check)
        : context.store.mark([{ work: { ...work, number: speaker }, dueAt: context.now() }]),
      answerInComment(client, name, own, context).then((written) => forgetTold(claim, own, written, context)),
      answerInLabels(client, name, own, context),
      markConcerned(own.review, work, context),
      markParted(name, work, reading.siblings, context),
    ]);
    await answerCommands(client, own);
    context.log.info({ key: claim.key, head: pullRequest.head.sha, conclusion: own.review.conclusion }, 'answered');
    context.onAnswered?.(claim.key, own.review);
    const ends = waiverEndsAt(reviews, context.now());
    return { ...(again !== null && { again }), ...(ends !== null && { later: ends }) };
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
  const result = await readPullRequest(client, name, number, await context.identity(), evaluatedAt, context.memory);
  if (result.state === 'moved') return 'moved';
  if (result.state === 'gone' || result.reading.pullRequest.state !== 'open') return null;
  const pullRequest = await rereadFiles(client, name, result.reading.pullRequest, context.commits);
  keepPathsOfOnlyCommit(pullRequest, name, context.commits);
  return { ...result.reading, pullRequest };
}

async function review(
  client: GitHubClient,
  at: InRepository & { number: number },
  reading: Reading,
  context: AppContext,
): Promise<Answered> {
  const name = { owner: at.owner, repo: at.repo };
  const answers = await readAnswers(client, at, reading, context);
  const memory = readMemory(reading.comment?.body ?? '', scopeOf(reading.pullRequest), context.signingKeys);
  const pullRequest = { ...answers.pullRequest, memory };
  const repository = batchRequests(repositoryEvidence(client, name, pullRequest, context.commits), reading.evidence);
  const result = await reviewPullRequest({
    pullRequest,
    layers: reading.layers,
    practices: context.practices,
    sources: {
      ...sourcesFor(reading, repository, context),
      openPullRequests: openPullRequestsSource(client, at, pullRequest),
      people: peopleSource(client, name, context.people),
      commitPaths: () => readCommitPaths(client, name, pullRequest.commits, context.commits),
    },
    evidence: reading.evidence,
  });
  return { number: at.number, reading: { ...reading, pullRequest }, answers, review: withRemarks(result, answers) };
}

function sourcesFor(
  { pullRequest, organisationLists: organisation }: Reading,
  repository: EvidenceSources['repository'],
  { packages, builtInChecklists: builtIn, registryPolicy }: AppContext,
): EvidenceSources {
  const checklists = checklistSource({ pullRequest, repository, builtIn, organisation });
  const dependencyChanges = dependencySource(pullRequest, repository, registryPolicy);
  return { repository, packages, checklists, dependencyChanges };
}

async function reviewSiblings(client: GitHubClient, at: InRepository, numbers: number[], context: AppContext) {
  const reviewed = await Promise.all(numbers.map((number) => reviewOpen(client, at, number, context)));
  if (reviewed.includes('moved')) return 'moved' as const;
  return reviewed.filter((one): one is Answered => one !== null && one !== 'moved');
}

/** Looks again at older open pull requests that a finding is about, too. Only older ones: two must not wake each other for ever. */
async function markConcerned(review: Review, work: PullRequestWork, { store, now }: AppContext): Promise<void> {
  const concerned = review.practices.flatMap(({ findings }) => findings.flatMap((finding) => finding.concerns ?? []));
  const older = [...new Set(concerned)].filter((number) => number < work.number);
  await store.mark(older.map((number) => ({ work: { ...work, number }, dueAt: now() })));
}

/** Looks again at those that shared this head until somebody pushed: their check names a pull request that left them. */
async function markParted(
  name: RepositoryName,
  work: PullRequestWork,
  siblings: readonly number[],
  { memory, store, now }: AppContext,
): Promise<void> {
  const parted = memory.partedFrom(name, work.number, siblings);
  if (parted.length > 0) await store.mark(parted.map((number) => ({ work: { ...work, number }, dueAt: now() })));
}

/**
 * Waits for all, also where one fails: what goes on after the work was handed back is nobody's any more. That comments
 * are used up is told last, for it puts nothing else off.
 */
async function allEnded(writing: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(writing)).flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  if (failed.length === 0) return;
  throw failed.find((error) => !(error instanceof BudgetSpent && error.ofContentAlone)) ?? failed[0];
}

function checkInput({ review, reading }: Answered, again: number | null): CheckInput {
  const { pullRequest } = reading;
  return again === null ? { review, pullRequest } : { review, pullRequest, againAt: new Date(again).toISOString() };
}

/** What events told of ticks has done its work where it is written down, or where the history told more. */
async function forgetTold(
  claim: Claim,
  { answers: { told } }: Answered,
  written: boolean,
  { store }: AppContext,
): Promise<void> {
  if (told.deliveryIds.length > 0 && (written || told.spent)) await store.forgetFacts(claim.key, told.deliveryIds);
}

/** A draft gets no comment until it is ready; one that was made before stays true. Whether anything was written. */
async function answerInComment(
  client: GitHubClient,
  name: RepositoryName,
  { review, reading, answers, number }: Answered,
  context: AppContext,
): Promise<boolean> {
  const { pullRequest, comment } = reading;
  if (pullRequest.draft && !comment) return false;
  const { present, fresh } = stampsFor(comment, answers);
  const kept = writeMemory(memoryOf(review, pullRequest), scopeOf(pullRequest), context.signingKeys);
  const bodyWith = (stamp: typeof fresh) => {
    const record = writeRecord(recordOf(review, answers, stamp), context.signingKeys);
    const input = { review, pullRequest, record: join([record, kept], '\n') };
    return renderComment(input) ?? (comment ? renderResolved(input) : null);
  };
  // The stamp alone is no reason to write: where all else reads as it stands, it stays.
  const unchanged = bodyWith(present);
  const body = comment && unchanged !== null && sameText(comment.body, unchanged) ? null : bodyWith(fresh);
  if (body === null) return false;
  const nodeId = await publishComment(client, name, number, comment, body);
  if (nodeId !== null) context.memory.keepComment(name, number, nodeId);
  return true;
}

/** After everything else is written: whoever sees the reaction finds the check up to date. */
async function answerCommands(client: GitHubClient, { answers, review }: Answered): Promise<void> {
  for (const { text, verdict } of judgeCommands(answers, review)) {
    if (!text.answered) await react(client, text.nodeId, REACTIONS[verdict]);
  }
}

/** Practices that wish for labels get them, in whatever mode they are. */
async function answerInLabels(
  client: GitHubClient,
  name: RepositoryName,
  { review, reading, number }: Answered,
  context: AppContext,
): Promise<void> {
  const wishes = review.practices.flatMap(({ labels }) => (labels ? [labels] : []));
  if (wishes.length === 0) return;
  const change = planLabels(reading.pullRequest.labels, wishes);
  await publishLabels(client, name, number, await context.identity(), change);
}

/** What the practices leave for themselves; one that was off, or had nothing to judge, keeps what it had. */
function memoryOf({ practices }: Review, { memory = {} }: PullRequest): PracticeMemory {
  const left = practices.flatMap(({ id, memory: one }) => (one === undefined ? [] : [[id, one] as const]));
  return { ...memory, ...Object.fromEntries(left) };
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
