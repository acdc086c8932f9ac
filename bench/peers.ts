import { measureLatency } from './latency.ts';
import { measureRequests } from './requests.ts';

/** What each figure is and where it comes from, for whoever reads the print beside the peers' own. */
const HOW = {
  requests: 'counted at the emulator, caches warm, tokens left out; `npm run bench -- requests`',
  lab: 'app in a process of its own as `npm start` starts it, emulator and load in another; `npm run bench -- latency`',
  tests: 'npx vitest run test/e2e',
} as const;

/**
 * Our figures in the rows in which the peers were measured: mergeable, policy-bot, danger, task-list-completed and
 * pull-request-size, on the same emulator. `docs/operations.md` shows both.
 */
export async function measurePeersRows(args: readonly string[]): Promise<object> {
  const requests = await measureRequests();
  const lab = await measureLatency(args);
  const row = (figure: unknown, how: keyof typeof HOW) => ({ composure: figure, how: HOW[how] });
  return {
    'requests, opened (reads+writes)': row(sayCount(requests.opened), 'requests'),
    'the same, with a new dependency': row(sayCount(requests.openedWithDependency), 'requests'),
    'requests, push': row(sayCount(requests.pushed), 'requests'),
    'requests, comment edited': row(sayCount(requests.ticked), 'requests'),
    ...Object.fromEntries(Object.entries(lab).map(([name, figure]) => [name, row(figure, 'lab')])),
    'requests, pull request of 3,000 files': row(sayCount(requests.threeThousandFiles), 'requests'),
    'author edits the policy in the pull request': row('blocked', 'tests'),
  };
}

function sayCount({ reads, writes }: { reads: number; writes: number }): string {
  return `${reads}+${writes}`;
}
