/** Every request passes through here: who is calling, may they, how often, what goes wrong, who answers. */
import { createHash, randomUUID } from 'node:crypto';
import { canSee, hasRole, isGranted, type Requirement, requirementOf } from './access.ts';
import { actorOf, type Caller, INTERNAL, identify, nameOf, tokenIn } from './callers.ts';
import { correct } from './corrections.ts';
import { type Emulator, findPull, findRepo, type Rate, requestScope } from './emulator.ts';
import { json, notFound, problem } from './responses.ts';
import { type Ask, findRoute, type RepoAsk, type Route } from './routing.ts';
import type { RepoRow, UserRow } from './tables.ts';

/** One request that was answered. */
export interface Call {
  method: string;
  /** Decoded, without the `/api/v3` of GitHub Enterprise. */
  path: string;
  /** As sent, without the question mark. */
  query: string;
  /** What the body's JSON holds. */
  body: unknown;
  status: number;
  /** `installation`, `jwt`, a login, or `anonymous`. */
  as: string;
  /** When it arrived, in milliseconds since 1970. */
  at: number;
  /** What the answer's JSON holds, its text where it is not JSON. */
  response?: unknown;
}

/** Something that goes wrong. It lasts until it has happened `times` times, for ever where that is absent. */
export interface Fault {
  method?: string;
  path: RegExp;
  /** Whose requests: `installation`, `jwt`, or a login. */
  as?: string;
  times?: number;
  /** How long the answer takes. */
  delayMs?: number;
  /** What is answered instead; without it the request is only late. */
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
}

/** What tests may change at any time. */
export interface Settings {
  /** Requests an hour for each caller, and points for GraphQL. */
  rateLimit: number;
  /** How long every answer takes. */
  latencyMs: number;
  onCall: ((call: Call) => void) | undefined;
}

/** So many calls are kept. */
const CALLS_KEPT = 20_000;

/** Answers a request: by `routes` where they know better than `emulate`, by `emulate` otherwise. */
export async function handle(emulator: Emulator, routes: Route[], request: Request): Promise<Response> {
  const at = Date.now();
  const taken = await takeApart(emulator, request);
  const response = 'ask' in taken ? await answer(taken.ask, routes) : taken.refusal;
  const bytes = response.body ? Buffer.from(await response.arrayBuffer()) : null;
  record(emulator, {
    method: request.method,
    path: pathOf(new URL(request.url)),
    query: new URL(request.url).search.slice(1),
    body: 'ask' in taken ? taken.ask.body : undefined,
    status: response.status,
    as: 'ask' in taken ? nameOf(taken.ask.caller) : 'anonymous',
    at,
    get response() {
      const text = bytes?.toString() ?? '';
      return parseJson(text) ?? text;
    },
  });
  return new Response(bytes, { status: response.status, headers: response.headers });
}

async function answer(ask: Ask, routes: Route[]): Promise<Response> {
  const { faults, settings } = ask.emulator;
  if (settings.latencyMs > 0) await sleep(settings.latencyMs);
  const injected = await suffer(faults, ask);
  if (injected) return injected;
  const rate = count(ask, settings.rateLimit);
  const response = rate.used > settings.rateLimit ? rateLimited(ask) : await guarded(ask, routes);
  return finish(ask, response, rate, settings.rateLimit);
}

function record({ calls, settings }: Emulator, call: Call): void {
  calls.push(call);
  if (calls.length > CALLS_KEPT) calls.splice(0, CALLS_KEPT / 2);
  settings.onCall?.(call);
}

// -- taking a request apart ---------------------------------------------------------------------------------------

type Taken = { ask: Ask } | { refusal: Response };

async function takeApart(emulator: Emulator, request: Request): Promise<Taken> {
  const url = new URL(request.url);
  const path = pathOf(url);
  const authorization = request.headers.get('authorization');
  const caller = identify(emulator, authorization);
  const text = await request.text();
  const body = text === '' ? {} : parseJson(text);
  if (!caller) return { refusal: problem(401, 'Bad credentials') };
  if (body === undefined) return { refusal: problem(400, 'Problems parsing JSON') };
  const ask: Ask = {
    emulator,
    method: request.method,
    url,
    path,
    headers: request.headers,
    body: body as Record<string, unknown>,
    caller,
    token: tokenIn(authorization),
    params: {},
    forward: () => forward(ask),
  };
  return { ask };
}

/** GitHub Enterprise has its API below `/api/v3`, where Octokit looks with `GHE_HOST`. */
function pathOf(url: URL): string {
  const path = url.pathname.replace(/^\/api\/v3(?=\/|$)/, '').replace(/^\/api\/graphql$/, '/graphql');
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// -- whatever goes wrong ------------------------------------------------------------------------------------------

async function suffer(faults: Fault[], ask: Ask): Promise<Response | undefined> {
  const fault = faults.find(
    ({ method, path, as }) =>
      (method === undefined || method === ask.method) &&
      path.test(ask.path) &&
      (as === undefined || as === nameOf(ask.caller)),
  );
  if (!fault) return undefined;
  if (fault.times !== undefined) {
    fault.times -= 1;
    if (fault.times <= 0) faults.splice(faults.indexOf(fault), 1);
  }
  if (fault.delayMs) await sleep(fault.delayMs);
  if (fault.status === undefined) return undefined;
  return json(fault.status, fault.body ?? { message: 'An injected fault' }, fault.headers ?? {});
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

// -- limits -------------------------------------------------------------------------------------------------------

const HOUR_SECONDS = 3600;

/** REST and GraphQL are counted apart. Json web tokens and the question for the limit itself are free. */
function count(ask: Ask, limit: number): Rate {
  const isFree = ask.caller.kind === 'app' || ask.path === '/rate_limit';
  const rate = rateOf(ask);
  if (!isFree) rate.used += 1;
  return rate.used > limit + 1 ? Object.assign(rate, { used: limit + 1 }) : rate;
}

/** The count of the caller's present hour. */
export function rateOf({ emulator, caller, path }: Pick<Ask, 'emulator' | 'caller' | 'path'>): Rate {
  const now = Math.floor(Date.now() / 1000);
  const who = caller.kind === 'installation' ? `installation ${caller.grant.installationId}` : nameOf(caller);
  const key = `${who} ${path === '/graphql' ? 'graphql' : 'core'}`;
  const known = emulator.state.rates.get(key);
  if (known && known.reset > now) return known;
  const fresh = { used: 0, reset: now + HOUR_SECONDS };
  emulator.state.rates.set(key, fresh);
  return fresh;
}

function rateLimited({ caller, path }: Ask): Response {
  const whose = caller.kind === 'installation' ? `installation ID ${caller.grant.installationId}` : 'user';
  const message = `API rate limit exceeded for ${whose}.`;
  // GraphQL reports every trouble of its own with a 200.
  if (path === '/graphql') return json(200, { errors: [{ type: 'RATE_LIMITED', message }] });
  return problem(403, message);
}

// -- permission ---------------------------------------------------------------------------------------------------

/** Answers, if the caller may ask. */
async function guarded(ask: Ask, routes: Route[]): Promise<Response> {
  const { emulator, caller, path, method } = ask;
  if (caller.kind === 'installation' && caller.suspended) return problem(403, 'This installation has been suspended');
  const [, owner, name] = /^\/repos\/([^/]+)\/([^/]+)/.exec(path) ?? [];
  const repo = owner && name ? findRepo(emulator, owner, name) : undefined;
  if (owner && caller.kind !== 'app' && !(repo && canSee(emulator, caller, repo))) return notFound();
  const refusal = refuse(ask, requirementOf(method, path), repo);
  if (refusal) return refusal;
  try {
    return await requestScope.run({ caller }, async () => await dispatch(ask, routes, repo));
  } catch (error) {
    return problem(500, `The emulator failed at ${method} ${path}: ${(error as Error).stack}`);
  }
}

/** All that a JSON web token opens. */
const FOR_APPS = /^\/(app(\/|$)|app-manifests\/|rate_limit$|(repos\/[^/]+|orgs|users)\/[^/]+\/installation$)/;

function refuse(ask: Ask, requirement: Requirement | undefined, repo: RepoRow | undefined): Response | undefined {
  const { caller, emulator, method, path } = ask;
  switch (caller.kind) {
    case 'app':
      return FOR_APPS.test(path) ? undefined : problem(401, 'A JSON web token could not be decoded');
    case 'installation': {
      if (!requirement) {
        return problem(
          404,
          `Not Found (access.ts knows no permission for ${method} ${path}, so no installation has it)`,
        );
      }
      return isGranted(caller.grant, requirement) ? undefined : problem(403, 'Resource not accessible by integration');
    }
    case 'user': {
      if (!requirement || !repo || hasRole(emulator, caller.user, repo, requirement.role)) return undefined;
      const hidden = /\/(protection|rulesets)/.test(path);
      const right = requirement.role === 'admin' ? 'admin rights' : 'push access';
      return hidden ? notFound() : problem(403, `Must have ${right} to Repository.`);
    }
    default:
      return method === 'GET' || path.startsWith('/app-manifests/')
        ? undefined
        : problem(401, 'Requires authentication');
  }
}

async function dispatch(ask: Ask, routes: Route[], repo: RepoRow | undefined): Promise<Response> {
  const found = findRoute(routes, ask.method, ask.path);
  if (!found) return ask.forward();
  ask.params = found.params;
  const { handler } = found.route;
  if (handler.needs === 'nothing') return handler.handle(ask);
  if (!repo) return notFound();
  const repoAsk: RepoAsk = Object.assign(ask, { repo, actor: actorOf(ask.emulator, ask.caller) ?? nobody });
  if (handler.needs === 'repo') return handler.handle(repoAsk);
  const pull = findPull(ask.emulator, repo, ask.params.number ?? '');
  return pull ? handler.handle(Object.assign(repoAsk, { pull })) : notFound();
}

/** Stands for those who do not say who they are. They only read, so it is never stored anywhere. */
const nobody: UserRow = {
  id: 0,
  created_at: '',
  updated_at: '',
  login: '',
  node_id: '',
  type: 'User',
  name: null,
  email: null,
  site_admin: false,
  avatar_url: '',
  gravatar_id: '',
};

// -- emulate ------------------------------------------------------------------------------------------------------

/** What `emulate` answers, corrected. By now the caller may do what is asked for, so `emulate` need not check again. */
async function forward(ask: Ask): Promise<Response> {
  const { emulator, method, url, path, body, caller } = ask;
  const target = new URL(url);
  // The rest is encoded by itself. A label's name is the one last part of a path that may hold a slash: `size/XS`.
  target.pathname = path.replaceAll('%', '%25').replace(/(?<=\/labels\/).+$/, (name) => name.replaceAll('/', '%2F'));
  const headers = new Headers(ask.headers);
  headers.delete('content-length');
  if (caller.kind === 'installation') headers.set('authorization', `token ${almightyToken(emulator, caller)}`);
  const hasBody = method !== 'GET' && method !== 'HEAD';
  if (hasBody) headers.set('content-type', 'application/json');
  const request = new Request(target, { method, headers, ...(hasBody ? { body: JSON.stringify(body) } : {}) });
  const scope = requestScope.getStore() ?? { caller };
  const answer = await requestScope.run({ ...scope, forwarding: true }, () => emulator.answer(request));
  if (!/json/.test(answer.headers.get('content-type') ?? '') || answer.status === 204) return answer;
  const link = answer.headers.get('link');
  return json(answer.status, correct(emulator, await answer.json()), link ? { link } : {});
}

const EVERY_PERMISSION = Object.fromEntries(
  [
    'actions',
    'administration',
    'checks',
    'contents',
    'issues',
    'members',
    'metadata',
    'pull_requests',
    'repository_hooks',
    'statuses',
    'workflows',
  ].map((name) => [name, 'write']),
);

/** A token of the same installation to which `emulate` denies nothing. */
function almightyToken(emulator: Emulator, { grant }: Extract<Caller, { kind: 'installation' }>): string {
  const token = `${INTERNAL}${grant.installationId}`;
  if (!emulator.tokens.has(token)) {
    emulator.tokens.set(token, {
      login: '',
      id: 0,
      scopes: [],
      installation: { ...grant, permissions: EVERY_PERMISSION, repositorySelection: 'all', repositoryIds: [] },
    });
  }
  return token;
}

// -- the answer ---------------------------------------------------------------------------------------------------

/** Gives an answer GitHub's headers, and spares the body to a caller who has it already. */
async function finish(ask: Ask, response: Response, rate: Rate, limit: number): Promise<Response> {
  const headers = new Headers(response.headers);
  headers.set('x-github-request-id', randomUUID());
  headers.set('x-github-media-type', 'github.v3; format=json');
  headers.set('x-github-api-version-selected', '2022-11-28');
  const bytes = response.body ? Buffer.from(await response.arrayBuffer()) : null;
  let { status } = response;
  if (ask.method === 'GET' && status === 200 && bytes) {
    const tag = `W/"${createHash('sha256').update(bytes).digest('hex')}"`;
    headers.set('etag', tag);
    headers.set('cache-control', 'private, max-age=60, s-maxage=60');
    if (ask.headers.get('if-none-match') === tag) {
      status = 304;
      rate.used = Math.max(0, rate.used - 1); // a 304 is free of the limit
      headers.delete('content-type');
    }
  }
  headers.set('x-ratelimit-limit', String(limit));
  headers.set('x-ratelimit-remaining', String(Math.max(0, limit - rate.used)));
  headers.set('x-ratelimit-used', String(Math.min(limit, rate.used)));
  headers.set('x-ratelimit-reset', String(rate.reset));
  headers.set('x-ratelimit-resource', ask.path === '/graphql' ? 'graphql' : 'core');
  return new Response(status === 304 ? null : bytes, { status, headers });
}
