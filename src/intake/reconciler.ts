import type { WorkStore } from './store.ts';
import type { Work } from './work.ts';

/** A delivery that GitHub could not make, as far as it matters here. */
export interface MissedDelivery {
  guid: string;
  /** ISO 8601, UTC. */
  deliveredAt: string;
}

/** The time in which one process leads. */
interface Term {
  /** Whether all was looked through since it began. */
  swept: boolean;
  /** When the last round ended, well or not, and how long after it the next is due; milliseconds. */
  lastAt: number;
  waitMs: number;
  /** When one last ended well. */
  lastWellAt: number;
  /** How many rounds failed in a row. */
  failures: number;
}

/** What GitHub says it could not deliver. */
interface Missed<Delivery> {
  /** Each delivery once, oldest first. */
  failed: readonly Delivery[];
  /** GitHub's own clock when it was asked, in milliseconds since 1970; `null` where it did not say. */
  askedAt: number | null;
}

/** What one round did. */
export interface Reconciled {
  /** Deliveries asked for again. */
  redelivered: number;
  /** Installations marked to be swept; none in most rounds. */
  swept: number;
}

/** What the reconciler needs from its surroundings. */
export interface ReconcilerOptions<Delivery extends MissedDelivery> {
  store: WorkStore;
  /** This process, by a name that no other has. */
  holder: string;
  /** Deliveries that failed since then (milliseconds since 1970, by GitHub's clock). */
  findMissed(since: number): Promise<Missed<Delivery>>;
  /** False where GitHub no longer can. */
  redeliver(missed: Delivery): Promise<boolean>;
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

/** The first wait after a round that failed; each further one is twice as long, up to that between two rounds. */
const RETRY_MS = 5_000;

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

/** One that GitHub does not take is left for the next round; so many in a row, and GitHub takes none. */
const MAX_REFUSED_IN_A_ROW = 3;

const LEADERSHIP = 'reconciler';
const RECONCILED = 'reconciled';
const SWEPT = 'swept';

/**
 * Finds what got lost, in one process of all: every five minutes asks GitHub to deliver again what failed, and at the
 * start, hourly and after any gap has every installation swept.
 */
export function startReconciler<Delivery extends MissedDelivery>(options: ReconcilerOptions<Delivery>): Reconciler {
  const { store, holder, now, onRound, onFailure } = options;
  /** As the leader that we are; `null` where another one is, and at the start. */
  let term: Term | null = null;
  let underWay: Promise<Reconciled | null> | null = null;
  let stopped = false;
  const timer = setInterval(tick, TICK_MS);

  function tick(): void {
    // A round may take longer than a lease, and a second leader would ask for everything once more.
    const doing = underWay ? stayLeader() : run(false);
    void doing.catch(onFailure);
  }

  async function stayLeader(): Promise<boolean> {
    const leads = !stopped && (await store.lead(LEADERSHIP, holder, { now: now(), leaseMs: LEADER_LEASE_MS }));
    if (!leads) term = null;
    return leads;
  }

  /** One round at a time. */
  function run(forced: boolean): Promise<Reconciled | null> {
    underWay ??= lead(forced).finally(() => {
      underWay = null;
    });
    return underWay;
  }

  async function lead(forced: boolean): Promise<Reconciled | null> {
    if (!(await stayLeader())) return null;
    term ??= { swept: false, lastAt: now(), waitMs: 0, lastWellAt: now(), failures: 0 };
    const mine = term;
    if (!forced && !isDue(mine)) return null;
    try {
      const reconciled = await reconcile(mine);
      Object.assign(mine, { lastAt: now(), waitMs: ROUND_MS, lastWellAt: now(), failures: 0 });
      onRound(reconciled);
      return reconciled;
    } catch (error) {
      // Soon at first: most failures of GitHub are over by then.
      const waitMs = Math.min(RETRY_MS * 2 ** mine.failures, ROUND_MS);
      Object.assign(mine, { lastAt: now(), waitMs, failures: mine.failures + 1 });
      throw error;
    }
  }

  /** A clock that was set back makes it due, too: it may have been wrong by years. */
  function isDue({ lastAt, waitMs }: Term): boolean {
    const sinceMs = now() - lastAt;
    return sinceMs < 0 || sinceMs >= waitMs;
  }

  async function reconcile(mine: Term): Promise<Reconciled> {
    // Marked first: should GitHub's list not be had, pull requests are found all the same.
    const swept = (await wantsSweep(mine)) ? await sweep() : 0;
    mine.swept = true;
    const redelivered = await redeliverMissed(mine);
    return { redelivered, swept };
  }

  async function wantsSweep({ swept, lastWellAt }: Term): Promise<boolean> {
    const sinceSweep = now() - (await readTime(SWEPT));
    // Where the list of failed deliveries cannot be had for long, sweeps take its place.
    const isGap = now() - lastWellAt > 2 * ROUND_MS && sinceSweep > 2 * ROUND_MS;
    return !swept || isGap || sinceSweep < 0 || sinceSweep >= SWEEP_MS;
  }

  async function sweep(): Promise<number> {
    const startedAt = now();
    const installations = await options.findInstallations();
    const works = installations.map((one): Work => ({ kind: 'sweep', ...one }));
    await store.mark(works.map((work) => ({ work, dueAt: startedAt })));
    await store.prune(startedAt);
    await store.writeCursor(SWEPT, String(startedAt));
    return works.length;
  }

  /** What was recorded under the id of a failed delivery did arrive; only the answer was late, or lost. */
  async function redeliverMissed(mine: Term): Promise<number> {
    const last = await readTime(RECONCILED);
    const { failed, askedAt } = await options.findMissed(last > 0 ? last - OVERLAP_MS : now() - REMEMBERED_MS);
    const arrived = await store.accepted(failed.map(({ guid }) => guid));
    const lost = failed.filter(({ guid }) => !arrived.has(guid));
    const { redelivered, left } = await redeliverEach(lost, () => !stopped && term === mine);
    // By GitHub's clock, as the deliveries are: ours may be off. With the first that is left over the next one begins.
    const reached = left ? Date.parse(left.deliveredAt) + OVERLAP_MS : (askedAt ?? now());
    await store.writeCursor(RECONCILED, String(reached));
    return redelivered;
  }

  /** How many GitHub took, and the first that is left for another round. */
  async function redeliverEach(lost: readonly Delivery[], isLeading: () => boolean) {
    let redelivered = 0;
    let refusedInARow = 0;
    let left: Delivery | null = null;
    for (const [index, one] of lost.entries()) {
      if (index >= MAX_REDELIVERIES || refusedInARow >= MAX_REFUSED_IN_A_ROW || !isLeading()) {
        return { redelivered, left: left ?? one };
      }
      try {
        if (await options.redeliver(one)) redelivered++;
        refusedInARow = 0;
      } catch (error) {
        onFailure(error);
        refusedInARow++;
        left ??= one;
      }
    }
    return { redelivered, left };
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
      stopped = true;
      clearInterval(timer);
      await underWay?.catch(() => null);
      await store.stepDown(LEADERSHIP, holder).catch(onFailure);
    },
  };
}
