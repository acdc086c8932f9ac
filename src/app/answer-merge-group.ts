import { findGroupMembers, findOwnCheck } from '../github/merge-group.ts';
import { publishCheck, publishInProgress } from '../github/publish.ts';
import type { Claim } from '../intake/store.ts';
import type { Work } from '../intake/work.ts';
import type { WorkResult } from '../intake/worker.ts';
import { renderGroupCheck, renderInProgress } from '../render/check-run.ts';
import { reviewOpen } from './answer-pull-request.ts';
import type { AppContext } from './context.ts';
import { recheckAt } from './recheck.ts';

type MergeGroupWork = Extract<Work, { kind: 'merge-group' }>;

/** A queue drops a group that is not answered in time, so missing facts are waited for only so long. */
const MAX_RECHECKS = 3;
const MAX_WAIT_MS = 60_000;
const LOOK_AGAIN_MS = 10_000;

/** Answers a merge queue on the group's own head commit: every pull request in it is judged anew. */
export async function answerMergeGroup(work: MergeGroupWork, claim: Claim, context: AppContext): Promise<WorkResult> {
  const client = await context.clientFor(work.installation);
  const name = { owner: work.owner, repo: work.repo };
  const { appId } = await context.identity();
  const [members, existing] = await Promise.all([
    findGroupMembers(client, name, work),
    findOwnCheck(client, name, work.headSha, appId),
  ]);
  const reviewed = await Promise.all(members.map((number) => reviewOpen(client, work, number, context)));
  if (reviewed.includes('moved')) return { again: context.now() };
  const answered = reviewed.filter((one) => one !== null && one !== 'moved');
  if (answered.length === 0 || answered.length < members.length) {
    // Somebody left the queue, which makes a new group; or the queue does not show this one yet. Without an answer the
    // group waits and is dropped: never let in unjudged.
    context.log.warn({ key: claim.key, head: work.headSha, members }, 'not all of the merge group could be judged');
    return claim.rechecks < MAX_RECHECKS ? { again: context.now() + LOOK_AGAIN_MS } : {};
  }

  const at = recheckAt(
    answered.map((one) => one.review),
    claim.rechecks,
    context.now(),
  );
  const target = { headSha: work.headSha, externalId: String(members.at(-1) ?? ''), existing };
  if (at !== null && at <= context.now() + MAX_WAIT_MS && claim.rechecks < MAX_RECHECKS) {
    if (!existing) await publishInProgress(client, name, target, renderInProgress());
    return { again: at };
  }
  const check = renderGroupCheck(answered.map(({ review, reading }) => ({ review, pullRequest: reading.pullRequest })));
  await publishCheck(client, name, target, check);
  context.log.info({ key: claim.key, head: work.headSha, conclusion: check.conclusion, members }, 'answered');
  return {};
}
