import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { StoreStats } from '../intake/store.ts';

/** Upper bounds of the buckets for evaluations, in seconds. */
const DURATION_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Where the figures come from that are not counted as things happen. */
interface MetricsOptions {
  /** How much work there is, from the store. */
  readQueue(): Promise<StoreStats>;
  /** Milliseconds since 1970. */
  now(): number;
  /** Told why the queue is left out of a page: when the store is away, the rest is wanted most. */
  onFailure(error: unknown): void;
}

/** Everything that is counted, in the words of Prometheus. One for each running app. */
export function createMetrics({ readQueue, now, onFailure }: MetricsOptions) {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const depth = new Gauge({
    name: 'composure_queue_depth',
    help: 'Pieces of work by state: waiting for their time, due, claimed by a worker, dead after the last retry',
    labelNames: ['state'],
    registers,
  });
  const oldest = new Gauge({
    name: 'composure_queue_oldest_seconds',
    help: 'How long the oldest piece of work has been due',
    registers,
  });

  function showQueue(stats: StoreStats | undefined): void {
    depth.reset();
    // Not a number, rather than the last one known: a dashboard shows a hole.
    oldest.set(Number.NaN);
    if (!stats) return;
    depth.set({ state: 'waiting' }, stats.waiting - stats.due);
    depth.set({ state: 'due' }, stats.due);
    depth.set({ state: 'claimed' }, stats.claimed);
    depth.set({ state: 'dead' }, stats.dead);
    oldest.set(stats.oldestDueAt === null ? 0 : Math.max(0, now() - stats.oldestDueAt) / 1_000);
  }

  return {
    deliveries: new Counter({
      name: 'composure_deliveries_total',
      help: 'Webhook deliveries by event and by what became of them: accepted, repeated, refused, failed',
      labelNames: ['event', 'result'],
      registers,
    }),
    evaluations: new Histogram({
      name: 'composure_evaluation_duration_seconds',
      help: 'Pieces of work by outcome: the conclusion of the check, or nothing-to-do, postponed, failed',
      labelNames: ['outcome'],
      buckets: DURATION_BUCKETS,
      registers,
    }),
    requests: new Counter({
      name: 'composure_github_requests_total',
      help: 'Requests to GitHub by installation, API and status; “none” is a request without an answer or without budget',
      labelNames: ['installation', 'api', 'status'],
      registers,
    }),
    budget: new Gauge({
      name: 'composure_github_budget_remaining',
      help: "What GitHub said is left of the installation's hour",
      labelNames: ['installation', 'resource'],
      registers,
    }),
    lookUps: new Counter({
      name: 'composure_registry_lookups_total',
      help: 'Packages looked up, by what was found out: exists, absent, confirming, unavailable, …',
      labelNames: ['result'],
      registers,
    }),
    waivers: new Counter({
      name: 'composure_waived_outcomes_total',
      help: 'Answers in which a waiver was in force, by practice',
      labelNames: ['practice'],
      registers,
    }),
    /** The page, in Prometheus' text format, and its content type. */
    async render(): Promise<{ type: string; text: string }> {
      // Not as each is collected: they are collected at once, and one would show what the page before it found.
      showQueue(await readQueue().catch((error: unknown) => void onFailure(error)));
      return { type: registry.contentType, text: await registry.metrics() };
    },
  };
}
