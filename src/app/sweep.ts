import { type GitHubClient, isRateLimit } from '../github/client.ts';
import { findBusyRepositories, findUnanswered, findUnansweredGroups } from '../github/find-unanswered.ts';
import type { InRepository, Work } from '../intake/work.ts';
import type { WorkResult } from '../intake/worker.ts';
import type { AppContext } from './context.ts';
import { Superseded } from './fence.ts';

type SweepWork = Extract<Work, { kind: 'sweep' }>;

/** What changed while the last sweep was under way is looked at again. */
const OVERLAP_MS = 10 * 60_000;

/**
 * Looks through an installation for what waits for an answer nobody is about to give: open pull requests updated since
 * the last sweep and without our check, groups in merge queues without it, and what we gave up. The first sweep of all
 * looks at every pull request.
 */
export async function sweep(work: SweepWork, context: AppContext): Promise<WorkResult> {
  const { store, log } = context;
  const { installation, owner } = work;
  // First, for it needs nothing of GitHub.
  const revived = await store.revive(installation, context.now());
  const cursor = `swept:${installation}`;
  const last = await store.readCursor(cursor);
  const client = await context.clientFor(installation);
  const { appId } = await context.identity();
  const { repositories, askedAt } = await findBusyRepositories(client);
  // By GitHub's clock, as the times of pull requests are: ours may be off, and may have been set right since the last time.
  const startedAt = askedAt ?? context.now();
  const since = last !== null && Date.parse(last) < startedAt ? last : null;
  let marked = 0;
  const failures: unknown[] = [];
  for (const name of repositories) {
    try {
      const works = await findUnansweredIn(client, { installation, ...name }, { appId, since });
      await store.mark(works.map((one) => ({ work: one, dueAt: context.now() })));
      marked += works.length;
    } catch (error) {
      if (isRateLimit(error) || error instanceof Superseded) throw error;
      // One that cannot be read keeps nobody from the others; the cursor stays, so that it is asked again.
      failures.push(error);
    }
  }
  if (marked + revived > 0) log.info({ installation, owner, marked, revived }, 'found work without an answer');
  if (failures.length > 0) throw new AggregateError(failures, 'Not every repository could be swept');
  await store.writeCursor(cursor, new Date(startedAt - OVERLAP_MS).toISOString());
  return {};
}

async function findUnansweredIn(
  client: GitHubClient,
  at: InRepository,
  { appId, since }: { appId: number; since: string | null },
): Promise<Work[]> {
  const numbers = await findUnanswered(client, at, { appId, since });
  const groups = await findUnansweredGroups(client, at, appId);
  return [
    ...groups.map((group): Work => ({ kind: 'merge-group', ...at, ...group })),
    ...numbers.map((number): Work => ({ kind: 'pull-request', ...at, number })),
  ];
}
