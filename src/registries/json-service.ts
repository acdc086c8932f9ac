import { askJson, type JsonReply } from './ask-json.ts';
import { createLimit } from './limit.ts';
import { readRetryAfter, writeRetryAfter } from './retry-after.ts';
import type { Timing } from './types.ts';

/** A service beside the registries, as it is to be asked. */
export interface JsonServiceOptions extends Timing {
  /** Its origin: `https://service.example`. */
  origin: string;
  /** For one request, its answer included. */
  timeoutMs?: number;
  /** Requests under way at once. */
  concurrency?: number;
}

/** A reply, or that none could be had and until when asking is of no use (ISO 8601). */
export type ServiceReply =
  | { kind: 'json'; body: unknown }
  | { kind: 'not-found' }
  | { kind: 'unavailable'; cause: string; retryAt: string | null };

const TIMEOUT_MS = 10_000;
const CONCURRENCY = 8;

/** Before the one more try that a fault of the network or of the server gets. */
const RETRY_PAUSE_MS = 500;

/** So many failures in a row, and we leave the service alone for a while. */
const FAILURES_BEFORE_PAUSE = 8;
const PAUSE_MS = 30_000;

/** Asks one service with manners: few requests at once, one more try, and silence for as long as it wants to be left alone. */
export function createJsonService(
  options: JsonServiceOptions,
): (path: string, body?: unknown) => Promise<ServiceReply> {
  const { origin, clock, sleep, timeoutMs = TIMEOUT_MS, concurrency = CONCURRENCY } = options;
  const root = origin.replace(/\/+$/, '');
  const limit = createLimit(concurrency);
  let paused = { until: 0, cause: '' };
  let failuresInARow = 0;

  function ask(path: string, body?: unknown): Promise<ServiceReply> {
    return limit(async () => {
      const first = await askOnce(path, body);
      if (first.kind !== 'no-answer' || !isWorthRetrying(first)) return conclude(first);
      await sleep(RETRY_PAUSE_MS);
      return conclude(await askOnce(path, body));
    });
  }

  async function askOnce(path: string, body: unknown): Promise<JsonReply> {
    const now = clock().getTime();
    if (now < paused.until) {
      return { kind: 'no-answer', status: null, cause: paused.cause, retryAfter: writeRetryAfter(paused.until) };
    }
    const reply = await askJson({ url: `${root}${path}`, body, timeoutMs });
    heed(reply);
    return reply;
  }

  function heed(reply: JsonReply): void {
    if (reply.kind !== 'no-answer') {
      failuresInARow = 0;
      return;
    }
    failuresInARow++;
    const retryAt = readRetryAfter(reply.retryAfter, clock());
    if (retryAt !== null) paused = { until: Date.parse(retryAt), cause: reply.cause };
    else if (failuresInARow >= FAILURES_BEFORE_PAUSE)
      paused = { until: clock().getTime() + PAUSE_MS, cause: reply.cause };
  }

  function conclude(reply: JsonReply): ServiceReply {
    if (reply.kind !== 'no-answer') return reply;
    return { kind: 'unavailable', cause: reply.cause, retryAt: readRetryAfter(reply.retryAfter, clock()) };
  }

  return ask;
}

/** A dropped connection or a stumbling server may do better at once; one that says how busy it is will not. */
function isWorthRetrying({ status, retryAfter }: Extract<JsonReply, { kind: 'no-answer' }>): boolean {
  return retryAfter === null && (status === null || status === 408 || status >= 500);
}
