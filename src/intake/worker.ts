import { retryDelayMs } from './retry.ts';
import type { Claim, Outcome, WorkStore } from './store.ts';

/** What became of a piece of work. */
export type WorkResult = {
  /** Facts were missing: to be looked at again at this time. Milliseconds since 1970. */
  again?: number;
  /** Nothing is missing that waiting would bring, but at this time the answer changes. Milliseconds since 1970. */
  later?: number;
  /** GitHub asked to be left alone by this installation until then. Milliseconds since 1970. */
  heldOffUntil?: number;
};

/** What the worker needs from its surroundings. */
export interface WorkerOptions {
  store: WorkStore;
  /**
   * Does one piece of work. A thrown error is a failure and is tried again. `signal` says that the work was taken from
   * us: whoever has it now does it from the beginning.
   */
  perform(claim: Claim, signal: AbortSignal): Promise<WorkResult>;
  /** Milliseconds since 1970. */
  now(): number;
  /** From 0 to 1, for the times of retries. */
  random(): number;
  /** How many pieces of work at once; each key is only ever in one pair of hands. */
  concurrency: number;
  /** How many of them may be of one installation: the others are kept for whoever else comes. */
  perInstallation: number;
  /** How long work stays ours if we vanish; milliseconds. */
  leaseMs: number;
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

/** Wait before asking a store again that has just failed. */
const STORE_RETRY_MS = 1_000;

/** A store shared with others may be marked without our hearing of it, so it is looked into this often. */
const LOOK_IN_MS = 5_000;

/** Of three heartbeats in a lease, two may be late. */
const HEARTBEATS_PER_LEASE = 3;

/** A piece of work in our hands. */
interface Run {
  claim: Claim;
  lost: AbortController;
  /** Until when the store knows it to be ours. */
  until: number;
}

/** Works off a store until it is stopped: as much at once as allowed, each key one at a time. */
export function startWorker(options: WorkerOptions): Worker {
  const { store, perform, now, concurrency, leaseMs, onFailure, onStoreFailure } = options;
  const runs = new Set<Run>();
  const underWay = new Set<Promise<void>>();
  const waiting = new Set<() => void>();
  const stopping = new AbortController();
  const stopped = stopping.signal;
  let timer: NodeJS.Timeout | undefined;
  let filling: Promise<void> | null = null;
  let fillAgain = false;

  const stopListening = store.onMark(fill);
  const heartbeat = setInterval(() => void keepClaims(), leaseMs / HEARTBEATS_PER_LEASE);

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
    clearTimeout(timer);
    if (!stopped.aborted) timer = setTimeout(fill, Math.min(Math.max(delayMs, 0), LOOK_IN_MS));
  }

  /** Takes work until the hands are full or nothing is due, then sets the alarm for what is due next. */
  async function takeWhatIsDue(): Promise<void> {
    clearTimeout(timer);
    while (!stopped.aborted && underWay.size < concurrency) {
      const taken = now();
      const claim = await store.claim({ now: taken, leaseMs, except: installationsAtTheirLimit() });
      if (!claim) break;
      const run = { claim, lost: new AbortController(), until: taken + leaseMs };
      runs.add(run);
      const working: Promise<void> = work(run).finally(() => {
        runs.delete(run);
        underWay.delete(working);
        fill();
      });
      underWay.add(working);
    }
    // With full hands, or hands full of one installation, the next look comes when a piece of work is done.
    const full = stopped.aborted || underWay.size >= concurrency;
    const next = full ? null : await store.nextDueAt({ except: installationsAtTheirLimit() });
    if (!full) setAlarm(next === null ? LOOK_IN_MS : next - now());
    // What was marked since we looked is looked for next.
    if (fillAgain || underWay.size > 0 || (next !== null && next <= now())) return;
    for (const resolve of waiting) resolve();
    waiting.clear();
  }

  function installationsAtTheirLimit(): number[] {
    const held = new Map<number, number>();
    for (const { claim } of runs) {
      const { installation } = claim.work;
      held.set(installation, (held.get(installation) ?? 0) + 1);
    }
    return [...held].filter(([, count]) => count >= options.perInstallation).map(([installation]) => installation);
  }

  async function work(run: Run): Promise<void> {
    const outcome = await tryToPerform(run);
    for (;;) {
      try {
        return await store.finish(run.claim, outcome);
      } catch (error) {
        // The work is done, and only the store does not know: doing it again would not mend that.
        onStoreFailure(error);
        if (stopped.aborted || run.lost.signal.aborted) return;
        await sleepUnlessStopped(STORE_RETRY_MS);
      }
    }
  }

  async function tryToPerform({ claim, lost }: Run): Promise<Outcome | undefined> {
    // It has been taken over time and again: what it does to its workers it must not do to another.
    if (retryDelayMs(claim.failures, () => 0) === null && claim.failures > 0) {
      onFailure(new Error('Its worker vanished each time'), claim, null);
      return { state: 'dead' };
    }
    try {
      return outcomeOf(await perform(claim, lost.signal));
    } catch (error) {
      const delay = retryDelayMs(claim.failures + 1, options.random);
      const retryAt = delay === null ? null : now() + delay;
      onFailure(error, claim, retryAt);
      return retryAt === null ? { state: 'dead' } : { state: 'again', dueAt: retryAt, because: 'failed' };
    }
  }

  /** Tells the store that we still live. Work that it no longer knows as ours, or did not hear of in time, is lost. */
  async function keepClaims(): Promise<void> {
    const kept = [...runs];
    if (kept.length === 0) return;
    const asked = now();
    try {
      const ours = await store.heartbeat(
        kept.map(({ claim }) => claim),
        { now: asked, leaseMs },
      );
      for (const run of kept) {
        if (ours.has(run.claim.token)) run.until = asked + leaseMs;
        else if (runs.has(run)) run.lost.abort();
      }
    } catch (error) {
      onStoreFailure(error);
    }
    for (const run of kept) if (run.until <= now()) run.lost.abort();
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
      clearInterval(heartbeat);
      for (const resolve of waiting) resolve();
    },
  };
}

function outcomeOf({ again, later, heldOffUntil }: WorkResult): Outcome | undefined {
  if (heldOffUntil !== undefined) return { state: 'held-off', until: heldOffUntil };
  if (again === undefined && later === undefined) return undefined;
  // Whichever comes first. At the other's time nothing need be known of it: it is found out anew by that look.
  return again !== undefined && again <= (later ?? again)
    ? { state: 'again', dueAt: again, because: 'missing' }
    : { state: 'again', dueAt: later ?? 0, because: 'later' };
}
