import { describeGitHubError, type GitHubClient, isRateLimit, statusOf } from '../github/client.ts';
import { findGroupMembers, findOwnCheck, type QueuedPullRequest } from '../github/merge-group.ts';
import { publishCheck, publishInProgress } from '../github/publish.ts';
import type { OwnCheck } from '../github/read.ts';
import { repositoryEvidence } from '../github/repository-evidence.ts';
import type { Claim } from '../intake/store.ts';
import type { Work } from '../intake/work.ts';
import type { WorkResult } from '../intake/worker.ts';
import { judgeTogether, needsTogether } from '../judge-together.ts';
import { Evidence } from '../model/evidence.ts';
import type { PullRequest } from '../model/pull-request.ts';
import type { Review } from '../model/review.ts';
import { type RenderedCheck, renderGroupCheck, renderInProgress, renderUnreadGroup } from '../render/check-run.ts';
import { reviewOpen } from './answer-pull-request.ts';
import type { AppContext } from './context.ts';
import { Superseded } from './fence.ts';
import { recheckAt } from './recheck.ts';

type MergeGroupWork = Extract<Work, { kind: 'merge-group' }>;

/**
 * Waits before a group that could not be judged is looked at again, in seconds. After them it is answered whatever is
 * known: about five minutes, where GitHub by default waits for sixty and may be set to wait for less.
 */
const LOOK_AGAIN_AFTER_S = [5, 10, 20, 40, 60, 60, 60, 60];

/** Once an answer is due that GitHub does not take, it is offered this often; after an hour nobody waits for it. */
const OFFER_AGAIN_S = 60;
const MAX_OFFERS = 60;

/** How often, and for how long, missing facts are waited for. A queue stands still meanwhile. */
const MAX_RECHECKS = 3;
const MAX_WAIT_MS = 60_000;

/** A queue shows a group a moment after it asks about it; what it does not show by then goes by the branch's name. */
const LOOKS_FOR_MEMBERS = 3;

/** One pull request of the group and what was found out of it. */
interface Member {
  pullRequest: PullRequest;
  review: Review;
}

/** What is known of a group: a review of each of its pull requests, or why there is none. */
type Judgement = { members: Member[] } | { unknown: string };

/**
 * Answers a merge queue on the group's own head commit, always: every pull request in it is judged anew, and all of them
 * together. What cannot be read is read again for some minutes; then the group is refused in so many words, for a queue
 * that hears nothing stands still until its time is over and says only that nobody answered.
 */
export async function answerMergeGroup(work: MergeGroupWork, claim: Claim, context: AppContext): Promise<WorkResult> {
  try {
    return await look(work, claim, context);
  } catch (error) {
    if (isTold(error)) throw error;
    if (isCommitGone(error) && claim.rechecks >= LOOKS_FOR_MEMBERS) return {};
    if (claim.rechecks >= LOOK_AGAIN_AFTER_S.length + MAX_OFFERS) throw error;
    context.log.warn({ key: claim.key, err: error }, 'the merge group could not be answered yet');
    return { again: context.now() + waitAfter(claim) };
  }
}

async function look(work: MergeGroupWork, claim: Claim, context: AppContext): Promise<WorkResult> {
  const client = await context.clientFor(work.installation);
  const name = { owner: work.owner, repo: work.repo };
  const { appId } = await context.identity();
  const mustAnswer = claim.rechecks >= LOOK_AGAIN_AFTER_S.length;
  const existing = await findOwnCheck(client, name, work.headSha, appId).catch((error: unknown) => {
    if (!mustAnswer || isTold(error) || isCommitGone(error)) throw error;
    // Of two checks by one name the newer counts, so that one more does no harm.
    return null;
  });
  const target = { headSha: work.headSha, externalId: '', existing };
  const judgement = await judge(client, work, claim, context).catch((error: unknown): Judgement => {
    // Until there is no time left, the whole is tried again; then this is what there is to say.
    if (!mustAnswer || isTold(error)) throw error;
    context.log.error({ key: claim.key, err: error }, 'the merge group is answered without having been read');
    return { unknown: describeGitHubError(error) };
  });
  if ('unknown' in judgement) {
    if (!mustAnswer) {
      context.log.warn({ key: claim.key, head: work.headSha, cause: judgement.unknown }, 'looking at the group again');
      await announce(client, name, target, existing);
      return { again: context.now() + waitAfter(claim) };
    }
    return publish(renderUnreadGroup(judgement.unknown), []);
  }
  const reviews = judgement.members.map(({ review }) => review);
  const at = recheckAt(reviews, claim.rechecks, context.now());
  if (at !== null && at <= context.now() + MAX_WAIT_MS && claim.rechecks < MAX_RECHECKS) {
    await announce(client, name, target, existing);
    return { again: at };
  }
  return publish(renderGroupCheck(judgement.members), judgement.members);

  async function publish(check: RenderedCheck, members: readonly Member[]): Promise<WorkResult> {
    const numbers = members.map(({ pullRequest }) => pullRequest.number);
    await publishCheck(client, name, { ...target, externalId: String(numbers.at(-1) ?? '') }, check);
    const { conclusion } = check;
    context.log.info({ key: claim.key, head: work.headSha, conclusion, members: numbers }, 'answered');
    context.onAnswered?.(claim.key, { conclusion, practices: members.flatMap(({ review }) => review.practices) });
    return {};
  }
}

/** Each by itself, then each beside those that are merged before it. */
async function judge(
  client: GitHubClient,
  work: MergeGroupWork,
  claim: Claim,
  context: AppContext,
): Promise<Judgement> {
  const { members, ahead, shown } = await findGroupMembers(client, work, work);
  if (members.length === 0) return { unknown: 'the merge queue does not say which pull requests are in it' };
  if (!shown && claim.rechecks < LOOKS_FOR_MEMBERS) return { unknown: 'the merge queue does not show it' };
  const reviewed = await Promise.all(members.map((number) => reviewOpen(client, work, number, context)));
  const judged: Member[] = [];
  const before: QueuedPullRequest[] = [...ahead];
  for (const [index, one] of reviewed.entries()) {
    const number = members[index] ?? 0;
    if (one === 'moved') return { unknown: `pull request #${number} changed while it was read` };
    // Somebody took it out of the queue, which makes a new group of the others.
    if (one === null) return { unknown: `pull request #${number} of the group is no longer open` };
    const member = { pullRequest: one.reading.pullRequest, review: one.review };
    judged.push({ ...member, review: await besideOthers(client, work, member, before, context) });
    before.push({ number, added: addedBy(member.pullRequest) });
  }
  return { members: judged };
}

async function besideOthers(
  client: GitHubClient,
  work: MergeGroupWork,
  member: Member,
  ahead: readonly QueuedPullRequest[],
  { practices, commits }: AppContext,
): Promise<Review> {
  const wanted = needsTogether(member, practices);
  const onGroup = { ...member.pullRequest, base: { branch: work.baseBranch, sha: work.baseSha } };
  const read = repositoryEvidence(client, work, onGroup, commits);
  const evidence = new Evidence(wanted.length > 0 ? await read(wanted) : []);
  return judgeTogether(member, ahead, evidence, practices);
}

function addedBy({ files }: PullRequest): string[] {
  return files.filter(({ status }) => ['added', 'renamed', 'copied'].includes(status)).map(({ path }) => path);
}

/** Says once that somebody is at it. */
async function announce(
  client: GitHubClient,
  name: { owner: string; repo: string },
  target: { headSha: string; externalId: string },
  existing: OwnCheck | null,
): Promise<void> {
  if (!existing) await publishInProgress(client, name, target, renderInProgress());
}

function waitAfter({ rechecks }: Claim): number {
  return (LOOK_AGAIN_AFTER_S[rechecks] ?? OFFER_AGAIN_S) * 1_000;
}

/** GitHub names the time itself, or somebody else has the group. */
function isTold(error: unknown): boolean {
  return isRateLimit(error) || error instanceof Superseded;
}

/** GitHub throws the commit of a group away with the group: there is nobody to answer. */
function isCommitGone(error: unknown): boolean {
  return statusOf(error) === 422 && /no commit found/i.test(String((error as Error).message));
}
