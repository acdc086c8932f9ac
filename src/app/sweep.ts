import { findBusyRepositories, findUnanswered } from '../github/find-unanswered.ts';
import type { Work } from '../intake/work.ts';
import type { WorkResult } from '../intake/worker.ts';
import type { AppContext } from './context.ts';

type SweepWork = Extract<Work, { kind: 'sweep' }>;

/** What changed while the last sweep was under way is looked at again. */
const OVERLAP_MS = 10 * 60_000;

/**
 * Looks through an installation for open pull requests that wait for an answer nobody is about to give: updated since
 * the last sweep and without our check, or given up by us. The first sweep of all looks at every one.
 */
export async function sweep(work: SweepWork, context: AppContext): Promise<WorkResult> {
  const { store, log } = context;
  const { installation, owner } = work;
  const cursor = `swept:${installation}`;
  const last = await store.readCursor(cursor);
  const client = await context.clientFor(installation);
  const { appId } = await context.identity();
  let marked = 0;
  const { repositories, askedAt } = await findBusyRepositories(client);
  // By GitHub's clock, as the times of pull requests are: ours may be off, and may have been set right since the last time.
  const startedAt = askedAt ?? context.now();
  const since = last !== null && Date.parse(last) < startedAt ? last : null;
  for (const name of repositories) {
    const numbers = await findUnanswered(client, name, { appId, since });
    await store.mark(
      numbers.map((number) => ({
        work: { kind: 'pull-request', installation, ...name, number },
        dueAt: context.now(),
      })),
    );
    marked += numbers.length;
  }
  const revived = await store.revive(installation, context.now());
  await store.writeCursor(cursor, new Date(startedAt - OVERLAP_MS).toISOString());
  if (marked + revived > 0) log.info({ installation, owner, marked, revived }, 'found pull requests without an answer');
  return {};
}
