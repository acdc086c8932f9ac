import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EvidenceSources } from '../gather.ts';
import type { GitHubRequest } from '../github/client-for-installation.ts';
import type { Claim, StoreStats } from '../intake/store.ts';
import type { Review } from '../model/review.ts';
import { logWithWork } from './log.ts';
import { createMetrics } from './metrics.ts';
import { createReadiness } from './readiness.ts';

/** What the operator's side of the app needs to know. */
export interface OperationsOptions {
  /** How much work there is, from the store. */
  readQueue(): Promise<StoreStats>;
  /** Resolves where GitHub knows us. */
  askGitHub(): Promise<unknown>;
  /** Milliseconds since 1970. */
  now(): number;
  /** Told why a page could not be made. */
  onFailure(error: unknown): void;
}

/** The operator's side of the app: what is counted, what the log lines name, and the pages that show it. */
export interface Operations {
  /** Answers `/healthz`, `/readyz` and `/metrics`; false: the request is about something else. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  /** Something arrived at the webhook's address; `event` is what the sender says it is. */
  onReceived(result: 'accepted' | 'repeated' | 'refused' | 'failed', event: string | null): void;
  /** After each request to GitHub. */
  onRequest(request: GitHubRequest): void;
  /** A check was answered with this conclusion, as part of the work under this key; of a merge group, for all in it. */
  onAnswered(key: string, answer: Pick<Review, 'conclusion' | 'practices'>): void;
  /** The same source, counted. */
  watchPackages(source: EvidenceSources['packages']): EvidenceSources['packages'];
  /** Does one piece of work: timed, and named in every line that is logged meanwhile. */
  watchWork<Result extends object>(claim: Claim, work: () => Promise<Result>): Promise<Result>;
}

/** Events that are counted by name. */
const EVENT_NAME = /^[a-z_]{1,40}$/;

/** Where nobody has signed, a stranger may call each request something else, and each name would be a series for ever. */
const UNSIGNED = 'unsigned';

/** Makes the operator's side of one running app. */
export function createOperations({ readQueue, askGitHub, now, onFailure }: OperationsOptions): Operations {
  const metrics = createMetrics({ readQueue, now, onFailure });
  const readReadiness = createReadiness({ readQueue, askGitHub, now });
  const conclusions = new Map<string, Review['conclusion']>();

  async function page(path: string): Promise<{ status: number; type: string; text: string } | null> {
    switch (path) {
      case '/healthz':
        return { status: 200, type: 'application/json', text: '{"alive":true}\n' };
      case '/readyz': {
        const readiness = await readReadiness();
        const text = `${JSON.stringify(readiness, null, 2)}\n`;
        return { status: readiness.ready ? 200 : 503, type: 'application/json', text };
      }
      case '/metrics':
        return { status: 200, ...(await metrics.render()) };
      default:
        return null;
    }
  }

  return {
    async handle(request, response) {
      if (request.method !== 'GET' && request.method !== 'HEAD') return false;
      const path = request.url?.split('?', 1)[0] ?? '';
      const answer = await page(path).catch((error: unknown) => {
        onFailure(error);
        return { status: 500, type: 'text/plain', text: 'This page could not be made; the log says why.\n' };
      });
      if (!answer) return false;
      const headers = { 'content-type': answer.type, 'cache-control': 'no-store' };
      response.writeHead(answer.status, headers).end(request.method === 'HEAD' ? '' : answer.text);
      return true;
    },
    onReceived(result, event) {
      const named = event !== null && EVENT_NAME.test(event) ? event : 'other';
      metrics.deliveries.inc({ event: result === 'refused' ? UNSIGNED : named, result });
    },
    onRequest({ installation, api, status, budget }) {
      const whose = installation === null ? 'app' : String(installation);
      metrics.requests.inc({ installation: whose, api, status: status === null ? 'none' : String(status) });
      if (budget) metrics.budget.set({ installation: whose, resource: budget.resource }, budget.remaining);
    },
    onAnswered(key, { conclusion, practices }) {
      for (const { id, waiver } of practices) if (waiver) metrics.waivers.inc({ practice: id });
      conclusions.set(key, conclusion);
    },
    watchPackages: (source) => async (requests) => {
      const entries = await source(requests);
      for (const [, answer] of entries) if ('state' in answer) metrics.lookUps.inc({ result: answer.state });
      return entries;
    },
    async watchWork({ key, delivery }, work) {
      const startedAt = now();
      let outcome = 'failed';
      try {
        const result = await logWithWork({ key, delivery }, work);
        const later = ['again', 'later', 'heldOffUntil'].some((when) => when in result);
        outcome = conclusions.get(key) ?? (later ? 'postponed' : 'nothing-to-do');
        return result;
      } finally {
        conclusions.delete(key);
        metrics.evaluations.observe({ outcome }, (now() - startedAt) / 1_000);
      }
    },
  };
}
