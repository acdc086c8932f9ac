import { headersOf, isRateLimit } from '../github/client.ts';
import { findOpenAtHead, findOpenInInstallation, findOpenInto } from '../github/find-pull-requests.ts';
import { BudgetSpent } from '../github/limiter.ts';
import type { Claim, WorkStore } from '../intake/store.ts';
import type { Work } from '../intake/work.ts';
import type { WorkResult } from '../intake/worker.ts';
import { answerMergeGroup } from './answer-merge-group.ts';
import { answerPullRequest } from './answer-pull-request.ts';
import type { AppContext } from './context.ts';
import { fenced, Superseded } from './fence.ts';
import { sweep } from './sweep.ts';

/**
 * Does one piece of work: answers, or finds out what there is to answer and marks it. `signal` says that the work was
 * taken from us; nothing is written from then on.
 */
export async function perform(claim: Claim, context: AppContext, signal?: AbortSignal): Promise<WorkResult> {
  const isCurrent = async () => signal?.aborted !== true && (await context.store.isCurrent(claim));
  const clientFor = async (installation: number) => fenced(await context.clientFor(installation), isCurrent);
  // What this work leads to was led to by the same delivery.
  const mark: WorkStore['mark'] = (marks) =>
    context.store.mark(marks.map((one) => ({ delivery: claim.delivery, ...one })));
  try {
    return await performWork(claim, { ...context, clientFor, store: { ...context.store, mark } });
  } catch (error) {
    // Marked again since it was taken, which says by itself that it is to be done again.
    if (error instanceof Superseded) return {};
    const heldOffUntil = rateLimitEnds(error, context.now());
    if (heldOffUntil === null) throw error;
    // Comments are used up long before anything else is. Checks, and merge queues that wait for theirs, need none.
    if (error instanceof BudgetSpent && error.ofContentAlone) {
      const retryAt = new Date(heldOffUntil).toISOString();
      context.log.warn({ key: claim.key, retryAt }, 'the budget for comments is spent; the comment follows then');
      return { later: heldOffUntil };
    }
    context.log.warn({ key: claim.key, retryAt: new Date(heldOffUntil).toISOString() }, 'GitHub asks to wait');
    return { heldOffUntil };
  }
}

async function performWork(claim: Claim, context: AppContext): Promise<WorkResult> {
  const { work } = claim;
  switch (work.kind) {
    case 'pull-request':
      return answerPullRequest(work, claim, context);
    case 'merge-group':
      return answerMergeGroup(work, claim, context);
    case 'base-branch': {
      const client = await context.clientFor(work.installation);
      return markAll(context, work, await findOpenInto(client, work, work.branch));
    }
    case 'head-commit': {
      const client = await context.clientFor(work.installation);
      return markAll(context, work, await findOpenAtHead(client, work, work.sha));
    }
    case 'installation': {
      const client = await context.clientFor(work.installation);
      const found = await findOpenInInstallation(client);
      const dueAt = context.now();
      const pullRequest = { kind: 'pull-request', installation: work.installation } as const;
      await context.store.mark(found.map((one) => ({ work: { ...pullRequest, ...one }, dueAt })));
      return {};
    }
    case 'sweep':
      return sweep(work, context);
  }
}

async function markAll(
  context: AppContext,
  at: Extract<Work, { repo: string }>,
  numbers: readonly number[],
): Promise<WorkResult> {
  const { installation, owner, repo } = at;
  const dueAt = context.now();
  const works = numbers.map((number): Work => ({ kind: 'pull-request', installation, owner, repo, number }));
  await context.store.mark(works.map((work) => ({ work, dueAt })));
  return {};
}

/** GitHub asks for at least a minute where it names no time. */
const UNNAMED_WAIT_MS = 60_000;

/** When GitHub lets us ask again, if this error is one of its rate limits. Milliseconds since 1970. */
export function rateLimitEnds(error: unknown, now: number): number | null {
  if (!isRateLimit(error)) return null;
  const headers = headersOf(error);
  const retryAfter = headers['retry-after'] ?? '';
  if (/^\d+$/.test(retryAfter)) return now + Number(retryAfter) * 1_000;
  const reset = Number(headers['x-ratelimit-reset']) * 1_000;
  return headers['x-ratelimit-remaining'] === '0' && reset > now ? reset : now + UNNAMED_WAIT_MS;
}
