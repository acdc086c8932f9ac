/**
 * The real app in a process of its own, to be killed. It loads everything, then waits for the word to start, so that the
 * next one can stand ready while this one runs. What it does with which key it tells its parent as it happens.
 */
import { pino } from 'pino';
import { readSettings } from '../../../src/app/settings.ts';
import { type App, startApp } from '../../../src/app.ts';
import { openStore } from '../../../src/intake/open-store.ts';
import type { StoreStats, WorkStore } from '../../../src/intake/store.ts';

/** What the parent says. */
export type Order = 'start' | 'stats' | 'idle' | 'reconcile' | 'stop' | 'memory';

/** What the process says. Times are microseconds of the machine's monotonic clock, the same in all processes. */
export type Report =
  | { type: 'loaded' | 'idle' | 'stopped' }
  | { type: 'started'; url: string }
  | { type: 'stats'; stats: StoreStats }
  | { type: 'memory'; bytes: number }
  | { type: 'reconciled'; redelivered: number | null }
  /** A key was taken, or is about to be given back. `token` tells one turn from the next. */
  | { type: 'begin' | 'end'; key: string; token: number; at: number };

function report(message: Report): void {
  process.send?.(message);
}

function monotonicMicroseconds(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}

/** The same store, telling of each turn with a key. */
function watched(store: WorkStore): WorkStore {
  return {
    ...store,
    async claim(request) {
      const claim = await store.claim(request);
      if (claim) report({ type: 'begin', key: claim.key, token: claim.token, at: monotonicMicroseconds() });
      return claim;
    },
    finish({ key, token, ...rest }, outcome) {
      report({ type: 'end', key, token, at: monotonicMicroseconds() });
      return store.finish({ key, token, ...rest }, outcome);
    },
  };
}

async function start(): Promise<App & { store: WorkStore }> {
  const result = readSettings(process.env, process.env.PRIVATE_KEY ?? null);
  if (result.state !== 'ready') throw new Error(JSON.stringify(result));
  const log = pino({ level: process.env.LOG_LEVEL ?? 'silent' }, pino.destination(2));
  const store = await openStore(result.settings.database, (error) => log.error(error));
  return { ...(await startApp(result.settings, log, watched(store))), store };
}

let app: Awaited<ReturnType<typeof start>> | undefined;

async function obey(order: Order): Promise<void> {
  if (order === 'start') {
    app = await start();
    return report({ type: 'started', url: app.url });
  }
  if (!app) throw new Error(`not started, and asked for ${order}`);
  switch (order) {
    case 'stats':
      return report({ type: 'stats', stats: await app.store.stats(Date.now()) });
    case 'idle':
      await app.idle();
      return report({ type: 'idle' });
    case 'memory':
      return report({ type: 'memory', bytes: process.memoryUsage.rss() });
    case 'reconcile':
      return report({ type: 'reconciled', redelivered: (await app.reconcile())?.redelivered ?? null });
    case 'stop':
      await app.stop();
      report({ type: 'stopped' });
      process.disconnect();
  }
}

process.on('message', (order: Order) => {
  obey(order).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    process.exit(1);
  });
});
// Whatever becomes of the parent, nothing is left behind.
process.on('disconnect', () => process.exit(0));
report({ type: 'loaded' });
