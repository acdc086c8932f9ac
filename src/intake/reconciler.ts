import type { WorkStore } from './store.ts';
import type { Work } from './work.ts';

/** A delivery that GitHub could not make, as far as it matters here. */
export interface MissedDelivery {
  guid: string;
  /** ISO 8601, UTC. */
  deliveredAt: string;
}

/** What one round did. */
export interface Reconciled {
  /** Deliveries asked for again. */
  redelivered: number;
  /** Installations marked to be swept; none in most rounds. */
  swept: number;
}

/** What the reconciler needs from its surroundings. */
export interface ReconcilerOptions<Missed extends MissedDelivery> {
  store: WorkStore;
  /** This process, by a name that no other has. */
  holder: string;
  /** Failed deliveries since then (ISO 8601), each once, oldest first. */
  findMissed(since: string): Promise<readonly Missed[]>;
  redeliver(missed: Missed): Promise<void>;
  findInstallations(): Promise<readonly { installation: number; owner: string }[]>;
  /** Milliseconds since 1970. */
  now(): number;
  onRound(reconciled: Reconciled): void;
  onFailure(error: unknown): void;
}

/** A running reconciler. */
export interface Reconciler {
  /** A round now, whatever the time; `null` where another process leads. */
  round(): Promise<Reconciled | null>;
  /** Resolves when no round is under way. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

/** How often GitHub is asked for failed deliveries. */
const ROUND_MS = 5 * 60_000;

/** How often all is looked through for what no delivery ever told us. */
const SWEEP_MS = 60 * 60_000;

/** A leader that is silent for so long is one no more; a new one is there soon after. */
const LEADER_LEASE_MS = 20_000;
const TICK_MS = 5_000;

/** A delivery stands in GitHub's list as under way for as long as it is tried, and some turn up late. */
const OVERLAP_MS = 2 * 60_000;

/** GitHub Enterprise Server remembers for seven days, github.com for three. */
const REMEMBERED_MS = 7 * 24 * 60 * 60_000;

/** At most so many in one round, for the App's own requests are limited too; the next round goes on from there. */
const MAX_REDELIVERIES = 500;

const LEADERSHIP = 'reconciler';
const RECONCILED = 'reconciled';
const SWEPT = 'swept';

/**
 * Finds what got lost, in one process of all: every five minutes asks GitHub to deliver again what failed, and at the
 * start, hourly and after any gap has every installation swept.
 */
export function startReconciler<Missed extends MissedDelivery>(options: ReconcilerOptions<Missed>): Reconciler {
  const { store, holder, now, onRound, onFailure } = options;
  /** When the next round is due; the first one that leads is due at once, and sweeps. */
  let dueAt = 0;
  let hasLed = false;
  let underWay: Promise<Reconciled | null> | null = null;
  const timer = setInterval(tick, TICK_MS);

  function tick(): void {
    if (!underWay) void run(false).catch(onFailure);
  }

  /** One round at a time. */
  function run(forced: boolean): Promise<Reconciled | null> {
    underWay ??= lead(forced).finally(() => {
      underWay = null;
    });
    return underWay;
  }

  async function lead(forced: boolean): Promise<Reconciled | null> {
    if (!(await store.lead(LEADERSHIP, holder, { now: now(), leaseMs: LEADER_LEASE_MS }))) {
      hasLed = false;
      dueAt = 0;
      return null;
    }
    if (!forced && now() < dueAt) return null;
    // Only a round that comes to its end puts off the next.
    const reconciled = await reconcile();
    dueAt = now() + ROUND_MS;
    hasLed = true;
    onRound(reconciled);
    return reconciled;
  }

  async function reconcile(): Promise<Reconciled> {
    const startedAt = now();
    const [last, sweptAt] = [await readTime(RECONCILED), await readTime(SWEPT)];
    // Marked first: should GitHub's list not be had, pull requests are found all the same.
    const wanted = !hasLed || startedAt - last > 2 * ROUND_MS || startedAt - sweptAt >= SWEEP_MS;
    const swept = wanted ? await sweep(startedAt) : 0;
    const { redelivered, reached } = await redeliverMissed(Math.max(last - OVERLAP_MS, startedAt - REMEMBERED_MS));
    await store.writeCursor(RECONCILED, String(reached ?? startedAt));
    return { redelivered, swept };
  }

  async function sweep(startedAt: number): Promise<number> {
    const installations = await options.findInstallations();
    const works = installations.map((one): Work => ({ kind: 'sweep', ...one }));
    await store.mark(works.map((work) => ({ work, dueAt: startedAt })));
    await store.prune();
    await store.writeCursor(SWEPT, String(startedAt));
    return works.length;
  }

  /** What was recorded under the id of a failed delivery did arrive; only the answer was late, or lost. */
  async function redeliverMissed(since: number): Promise<{ redelivered: number; reached: number | null }> {
    const missed = await options.findMissed(new Date(since).toISOString());
    const arrived = await store.accepted(missed.map(({ guid }) => guid));
    const lost = missed.filter(({ guid }) => !arrived.has(guid));
    for (const one of lost.slice(0, MAX_REDELIVERIES)) await options.redeliver(one);
    const next = lost[MAX_REDELIVERIES];
    // The next round begins with the first that was left over, whatever the overlap.
    const reached = next ? Date.parse(next.deliveredAt) + OVERLAP_MS : null;
    return { redelivered: Math.min(lost.length, MAX_REDELIVERIES), reached };
  }

  async function readTime(cursor: string): Promise<number> {
    return Number((await store.readCursor(cursor)) ?? 0);
  }

  tick();
  return {
    async round() {
      await underWay?.catch(() => null);
      return run(true);
    },
    async idle() {
      await underWay?.catch(() => null);
    },
    async stop() {
      clearInterval(timer);
      await underWay?.catch(() => null);
      await store.stepDown(LEADERSHIP, holder).catch(onFailure);
    },
  };
}
