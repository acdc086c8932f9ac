import type { Octokit } from '@octokit/rest';
import { headersOf, isRateLimit, statusOf } from './client.ts';
import type { BudgetReport, Limiter, RequestCost } from './limiter.ts';
import type { ResponseCache } from './response-cache.ts';

/** The version of the REST API that this code was written against; a newer default must not change what we read. */
const API_VERSION = '2022-11-28';

/** What became of one request, for counting. */
export interface GitHubRequest {
  /** `null` for the App itself. */
  installation: number | null;
  api: RequestCost['api'];
  method: string;
  /** The HTTP status; `null` where there was no answer, or the request was not sent for want of budget. */
  status: number | null;
  /** What GitHub said is left, where it did. */
  budget: BudgetReport | null;
}

/** What a client needs beside the Octokit that authorises it. */
export interface ClientOptions {
  installation: number | null;
  limiter: Limiter;
  cache: ResponseCache;
  /** Called after each request. */
  onRequest(request: GitHubRequest): void;
  /** Milliseconds since 1970. */
  now(): number;
}

/** GitHub asks for at least a minute where it names no time. */
const UNNAMED_WAIT_MS = 60_000;

/** A client's own hook, as far as it is used here; Octokit's type of it differs from plugin to plugin. */
type Hookable = Pick<Octokit, 'request' | 'graphql' | 'hook'>;
type Send = (options: RequestOptions) => Promise<Response>;

interface RequestOptions {
  method: string;
  url: string;
  headers: Record<string, string | number | undefined>;
  [parameter: string]: unknown;
}

interface Response {
  status: number;
  headers: Record<string, string | number | undefined>;
  data: unknown;
}

/**
 * Makes an authorised Octokit keep to the installation's budget, ask for one version of the API, and ask only for what
 * changed since it last asked. The Octokit is changed, and returned.
 */
export function clientForInstallation<Client extends Hookable>(octokit: Client, options: ClientOptions): Client {
  const { installation, limiter, cache, onRequest, now } = options;
  octokit.hook.wrap('request', async (sendUntyped, requestUntyped) => {
    const send = sendUntyped as unknown as Send;
    const request = requestUntyped as unknown as RequestOptions;
    const api = request.url.endsWith('/graphql') ? 'graphql' : 'rest';
    const about = { installation, api, method: request.method } as const;
    const cost = { api, ...costOf(request) } as const;

    const known = cache.entryFor(installation, request);
    if (known?.state === 'final') return known.response as never;
    // In place: the hooks below this one are bound to this very object, whatever they are handed.
    if (api === 'rest') request.headers['x-github-api-version'] = API_VERSION;
    if (known) request.headers['if-none-match'] = known.etag;
    try {
      const response = await limiter.run(cost, () => send(request));
      const budget = readBudget(response.headers);
      if (budget) limiter.note(api, budget);
      onRequest({ ...about, status: response.status, budget });
      cache.keep(installation, request, response);
      return response as never;
    } catch (error) {
      const answered = headersOf(error);
      const budget = readBudget(answered);
      if (budget) limiter.note(api, budget);
      onRequest({ ...about, status: hasAnswer(error) ? (statusOf(error) ?? null) : null, budget });
      if (known && statusOf(error) === 304) return known.response as never;
      if (hasAnswer(error) && isRateLimit(error)) limiter.holdUntil(now() + waitNamedBy(answered, now()));
      throw error;
    }
  });
  return octokit;
}

/** REST by its route; GraphQL is only read with. */
function costOf({ method, url }: RequestOptions): Omit<RequestCost, 'api'> {
  if (method === 'GET' || method === 'HEAD' || url.endsWith('/graphql')) return { write: false, makes: null };
  if (method !== 'POST') return { write: true, makes: null };
  if (/\/issues\/(?:\{issue_number\}|\d+)\/comments$/.test(url)) return { write: true, makes: 'comment' };
  return { write: true, makes: url.endsWith('/reactions') ? 'content' : null };
}

/** An error of ours, or of the network, has a status but was no answer of GitHub's. */
function hasAnswer(error: unknown): boolean {
  return error instanceof Error && error.name !== 'BudgetSpent' && 'response' in error && error.response !== undefined;
}

function readBudget(headers: Readonly<Record<string, string | number | undefined>>): BudgetReport | null {
  const limit = Number(headers['x-ratelimit-limit']);
  const remaining = Number(headers['x-ratelimit-remaining']);
  const reset = Number(headers['x-ratelimit-reset']);
  if (![limit, remaining, reset].every(Number.isFinite)) return null;
  return { resource: String(headers['x-ratelimit-resource'] ?? 'core'), limit, remaining, resetAt: reset * 1_000 };
}

function waitNamedBy(headers: Readonly<Record<string, string | undefined>>, now: number): number {
  const retryAfter = headers['retry-after'] ?? '';
  if (/^\d+$/.test(retryAfter)) return Number(retryAfter) * 1_000;
  // An hour that is used up is noted by its kind, and the other API may go on.
  const resetAt = Number(headers['x-ratelimit-reset']) * 1_000;
  return headers['x-ratelimit-remaining'] === '0' && resetAt > now ? 0 : UNNAMED_WAIT_MS;
}
