import type { Claim, WorkStore } from './store.ts';

/** What became of a piece of work: done, or to be looked at again at a time (milliseconds since 1970). */
export type WorkResult = { again?: number };

/** What the worker needs from its surroundings. */
export interface WorkerOptions {
  store: WorkStore;
  /** Does one piece of work. A thrown error is a failure and is tried again. */
  perform(claim: Claim): Promise<WorkResult>;
  /** Milliseconds since 1970. */
  now(): number;
  /** How many pieces of work at once; each key is only ever in one pair of hands. */
  concurrency: number;
  /** A failure, and when the work is tried again; `null` when it is given up. */
  onFailure(error: unknown, claim: Claim, retryAt: number | null): void;
  /** The store itself failed; the worker tries again by itself. */
  onStoreFailure(error: unknown): void;
}

/** A running worker. */
export interface Worker {
  /** Resolves when nothing is due and nothing is under way. */
  idle(): Promise<void>;
  /** Takes nothing new, and resolves when what is under way is finished. */
  stop(): Promise<void>;
}

/** Waits before the next try, in milliseconds, by how often the work has failed; after the last it is given up. */
const RETRY_DELAYS_MS = [1_000, 5_000, 30_000, 120_000, 600_000];

/** Wait before asking a store again that has just failed. */
const STORE_RETRY_MS = 1_000;

/** Timers cannot wait longer than this. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Works off a store until it is stopped: as much at once as allowed, each key one at a time. */
export function startWorker({ store, perform, now, concurrency, onFailure, onStoreFailure }: WorkerOptions): Worker {
  const underWay = new Set<Promise<void>>();
  const waiting = new Set<() => void>();
  const stopping = new AbortController();
  const stopped = stopping.signal;
  let timer: NodeJS.Timeout | undefined;
  let filling: Promise<void> | null = null;
  let fillAgain = false;

  const stopListening = store.onMark(fill);

  /** Looks for work once at a time; a call meanwhile makes it look once more. */
  function fill(): void {
    fillAgain = true;
    filling ??= fillUp();
  }

  async function fillUp(): Promise<void> {
    try {
      while (fillAgain) {
        fillAgain = false;
        await takeWhatIsDue();
      }
    } catch (error) {
      onStoreFailure(error);
      setAlarm(STORE_RETRY_MS);
    } finally {
      // Here and not a tick later: a call in between would be lost.
      filling = null;
    }
  }

  function setAlarm(delayMs: number): void {
    if (!stopped.aborted) timer = setTimeout(fill, Math.min(Math.max(delayMs, 0), MAX_TIMER_MS));
  }

  /** Takes work until the hands are full or nothing is due, then sets the alarm for what is due next. */
  async function takeWhatIsDue(): Promise<void> {
    clearTimeout(timer);
    while (!stopped.aborted && underWay.size < concurrency) {
      const claim = await store.claim(now());
      if (!claim) break;
      const run: Promise<void> = work(claim).finally(() => {
        underWay.delete(run);
        fill();
      });
      underWay.add(run);
    }
    const next = stopped.aborted || underWay.size >= concurrency ? null : await store.nextDueAt();
    if (next !== null) setAlarm(next - now());
    // What was marked since we looked is looked for next.
    if (fillAgain || underWay.size > 0 || (next !== null && next <= now())) return;
    for (const resolve of waiting) resolve();
    waiting.clear();
  }

  async function work(claim: Claim): Promise<void> {
    const again = await tryToPerform(claim);
    for (;;) {
      try {
        return await store.finish(claim, again);
      } catch (error) {
        // The work is done, and only the store does not know: doing it again would not mend that.
        onStoreFailure(error);
        if (stopped.aborted) return;
        await sleepUnlessStopped(STORE_RETRY_MS);
      }
    }
  }

  async function tryToPerform(claim: Claim): Promise<Parameters<WorkStore['finish']>[1]> {
    try {
      const { again } = await perform(claim);
      return again === undefined ? undefined : { dueAt: again, failed: false };
    } catch (error) {
      const delay = RETRY_DELAYS_MS[claim.failures];
      const retryAt = delay === undefined ? null : now() + delay;
      onFailure(error, claim, retryAt);
      return retryAt === null ? undefined : { dueAt: retryAt, failed: true };
    }
  }

  function sleepUnlessStopped(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(sleeping);
        stopped.removeEventListener('abort', wake);
        resolve();
      };
      const sleeping = setTimeout(wake, ms);
      stopped.addEventListener('abort', wake);
    });
  }

  fill();
  return {
    async idle() {
      await new Promise<void>((resolve) => {
        waiting.add(resolve);
        fill();
      });
    },
    async stop() {
      stopping.abort();
      stopListening();
      clearTimeout(timer);
      // What was just being taken is still done.
      await filling;
      await Promise.allSettled(underWay);
      for (const resolve of waiting) resolve();
    },
  };
}
