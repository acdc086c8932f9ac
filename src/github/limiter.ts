/** One request, as the limits see it. */
export interface RequestCost {
  /** The two APIs of GitHub have budgets of their own. */
  api: 'rest' | 'graphql';
  write: boolean;
  /** What it makes for people to read: GitHub counts those apart, and comments are most of them. */
  makes: 'comment' | 'content' | null;
}

/** What GitHub says about a budget in its answer to a request. */
export interface BudgetReport {
  /** `core`, `graphql`; what the limit is of. */
  resource: string;
  /** Requests or points in an hour. */
  limit: number;
  remaining: number;
  /** When the hour is over; milliseconds since 1970. */
  resetAt: number;
}

/** The limits of one installation. */
export interface Limiter {
  /**
   * Waits for a place, and for at most a second for budget.
   *
   * @throws `BudgetSpent` where the wait would be longer: whoever asks gives its place back and comes again then
   */
  run<Answer>(cost: RequestCost, send: () => Promise<Answer>): Promise<Answer>;
  /** GitHub told how much is left. */
  note(api: RequestCost['api'], report: BudgetReport): void;
  /** GitHub asked to be left alone until then (milliseconds since 1970). */
  holdUntil(time: number): void;
}

/** Whether GitHub's published limits are kept to, or only that of requests at once. */
export type Budget = 'github' | 'unlimited';

/**
 * Our own budget is used up. It looks like GitHub's own refusal, status and headers, so that whoever handles the one
 * handles the other.
 */
export class BudgetSpent extends Error {
  override name = 'BudgetSpent';
  readonly status = 429;
  readonly response: { headers: Readonly<Record<string, string>> };
  /** Nothing else is used up: what makes no content could be sent at once. */
  readonly ofContentAlone: boolean;

  constructor(waitMs: number, ofContentAlone: boolean) {
    const seconds = Math.max(1, Math.ceil(waitMs / 1_000));
    super(
      `The budget for GitHub is used up for ${seconds} s: a rate limit of our own, so that GitHub need not set one`,
    );
    this.response = { headers: { 'retry-after': String(seconds) } };
    this.ofContentAlone = ofContentAlone;
  }
}

/** GitHub allows 100 requests at once, REST and GraphQL together, and asks for restraint with writes. */
const READS_AT_ONCE = 20;
const WRITES_AT_ONCE = 10;
const UNLIMITED_READS_AT_ONCE = 64;
const UNLIMITED_WRITES_AT_ONCE = 32;

/** A wait up to this long is no reason to do the work anew; milliseconds. */
const SHORT_WAIT_MS = 1_000;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Points that writes leave to reads in each minute, so that no burst of answers keeps us from looking. */
const READ_RESERVE = 100;

/**
 * GitHub's published secondary limits, as of November 2026: 900 points a minute for REST (a read 1, a write 5), 2,000 for
 * GraphQL, 80 pieces of content a minute and 500 an hour. Of those 500 comments take 400 at most, which leaves some for
 * reactions. Check runs are no content by its list. The minutes and hours are counted as sliding ones, since GitHub does
 * not say when its own begin.
 */
const WINDOWS: readonly {
  lengthMs: number;
  capacity: number;
  /** How much of the window this request takes; 0 where it is none of its business. */
  weigh(cost: RequestCost): number;
  /** Whether this capacity is for writes only, in a window that reads go into as well. */
  onlyFor?: 'writes';
}[] = [
  { lengthMs: MINUTE_MS, capacity: 900, weigh: ({ api, write }) => (api === 'rest' ? (write ? 5 : 1) : 0) },
  { lengthMs: MINUTE_MS, capacity: 900 - READ_RESERVE, weigh: ({ api, write }) => (api === 'rest' && write ? 5 : 0) },
  { lengthMs: MINUTE_MS, capacity: 2_000, weigh: ({ api, write }) => (api === 'graphql' ? (write ? 5 : 1) : 0) },
  { lengthMs: MINUTE_MS, capacity: 80, weigh: ({ makes }) => (makes === null ? 0 : 1) },
  { lengthMs: HOUR_MS, capacity: 500, weigh: ({ makes }) => (makes === null ? 0 : 1) },
  { lengthMs: HOUR_MS, capacity: 400, weigh: ({ makes }) => (makes === 'comment' ? 1 : 0) },
];

/**
 * Keeps one installation within GitHub's limits: a budget, not a metronome. What fits goes out at once, and what does not
 * is told when to come again. `now` is in milliseconds since 1970.
 */
export function createLimiter({ budget, now }: { budget: Budget; now(): number }): Limiter {
  const limited = budget === 'github';
  const reads = createLane(limited ? READS_AT_ONCE : UNLIMITED_READS_AT_ONCE);
  const writes = createLane(limited ? WRITES_AT_ONCE : UNLIMITED_WRITES_AT_ONCE);
  const windows = limited ? WINDOWS.map((window) => ({ ...window, ...createSpending(window) })) : [];
  const reports = new Map<RequestCost['api'], BudgetReport>();
  let heldUntil = 0;

  function waitFor(cost: RequestCost): number {
    const at = now();
    const report = reports.get(cost.api);
    const waits = windows.map((window) => window.waitFor(window.weigh(cost), at));
    // What GitHub itself says holds whatever the operator set: asking on would be answered by a refusal.
    if (report && report.remaining <= 0) waits.push(report.resetAt - at);
    return Math.max(0, heldUntil - at, ...waits);
  }

  async function pay(cost: RequestCost): Promise<void> {
    for (let waitedMs = 0; ; ) {
      const waitMs = waitFor(cost);
      if (waitMs <= 0) break;
      if (waitedMs + waitMs > SHORT_WAIT_MS) {
        throw new BudgetSpent(waitMs, waitFor({ ...cost, makes: null }) <= SHORT_WAIT_MS);
      }
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      waitedMs += waitMs;
    }
    const at = now();
    for (const window of windows) window.spend(window.weigh(cost), at);
  }

  return {
    async run(cost, send) {
      const lane = cost.write ? writes : reads;
      await lane.enter();
      try {
        await pay(cost);
        return await send();
      } finally {
        lane.leave();
      }
    },
    note: (api, report) => void reports.set(api, report),
    holdUntil(time) {
      heldUntil = Math.max(heldUntil, time);
    },
  };
}

/** So many at once; the others wait in the order they came. */
function createLane(places: number) {
  const waiting: (() => void)[] = [];
  let free = places;
  return {
    async enter(): Promise<void> {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
    },
    leave(): void {
      const next = waiting.shift();
      if (next) next();
      else free++;
    },
  };
}

/** What was spent within the last stretch of a length. */
function createSpending({ lengthMs, capacity }: { lengthMs: number; capacity: number }) {
  const spent: { at: number; amount: number }[] = [];
  let sum = 0;

  function forget(at: number): void {
    while (spent[0] && spent[0].at <= at - lengthMs) sum -= spent.shift()?.amount ?? 0;
  }

  return {
    /** Milliseconds until so much may be spent. */
    waitFor(amount: number, at: number): number {
      if (amount === 0) return 0;
      forget(at);
      let over = sum + amount - capacity;
      for (const one of spent) {
        if (over <= 0) return 0;
        over -= one.amount;
        if (over <= 0) return one.at + lengthMs - at;
      }
      return 0;
    },
    spend(amount: number, at: number): void {
      if (amount === 0) return;
      spent.push({ at, amount });
      sum += amount;
    },
  };
}
