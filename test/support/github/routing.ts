/** Requests on their way to the handlers that stand in front of `emulate`. */
import type { Caller } from './callers.ts';
import type { Emulator } from './emulator.ts';
import type { PullRequestRow, RepoRow, UserRow } from './tables.ts';

/** A request, taken apart. */
export interface Ask {
  emulator: Emulator;
  method: string;
  url: URL;
  /** The path, decoded, without the `/api/v3` of GitHub Enterprise. */
  path: string;
  headers: Headers;
  /** What the body's JSON holds; `{}` without one. */
  body: Record<string, unknown>;
  caller: Caller;
  /** The token of the request. */
  token: string;
  /** What the route's parameters stand for. */
  params: Record<string, string>;
  /** What `emulate` answers to this request. */
  forward(): Promise<Response>;
}

/** A request below `/repos/{owner}/{repo}`, which exists and which the caller may see. */
export interface RepoAsk extends Ask {
  repo: RepoRow;
  /** The account the caller acts under; a placeholder nobody else has where it has none. */
  actor: UserRow;
}

/** A request below `…/pulls/{number}` or `…/issues/{number}` of a pull request. */
export interface PullAsk extends RepoAsk {
  pull: PullRequestRow;
}

/** What a handler answers, now or soon. */
export type Answer = Response | Promise<Response>;

/** One route. Patterns know `:name` for a segment and `:name*` for the rest of the path. */
export interface Route {
  method: string;
  pattern: RegExp;
  /** What handles the request, by what it needs to be found first. */
  handler:
    | { needs: 'nothing'; handle(ask: Ask): Answer }
    | { needs: 'repo'; handle(ask: RepoAsk): Answer }
    | { needs: 'pull'; handle(ask: PullAsk): Answer };
}

/** A route that needs nothing found. */
export function route(method: string, path: string, handle: (ask: Ask) => Answer): Route {
  return { method, pattern: toPattern(path), handler: { needs: 'nothing', handle } };
}

/** A route below `/repos/:owner/:repo`. */
export function repoRoute(method: string, path: string, handle: (ask: RepoAsk) => Answer): Route {
  return { method, pattern: toPattern(`/repos/:owner/:repo${path}`), handler: { needs: 'repo', handle } };
}

/** A route below `/repos/:owner/:repo/pulls/:number`; 404 where there is no such pull request. */
export function pullRoute(method: string, path: string, handle: (ask: PullAsk) => Answer): Route {
  return { method, pattern: toPattern(`/repos/:owner/:repo/pulls/:number${path}`), handler: { needs: 'pull', handle } };
}

function toPattern(path: string): RegExp {
  const source = path
    .replace(/:(\w+)\*/g, '(?<$1>.+)')
    .replace(/:number(?=\/|$)/g, '(?<number>\\d+)')
    .replace(/:(\w+)/g, '(?<$1>[^/]+)');
  return new RegExp(`^${source}$`);
}

/** The first route that fits, with its parameters. */
export function findRoute(
  routes: Route[],
  method: string,
  path: string,
): { route: Route; params: Record<string, string> } | undefined {
  for (const candidate of routes) {
    if (candidate.method !== method) continue;
    const match = candidate.pattern.exec(path);
    if (match) return { route: candidate, params: { ...match.groups } };
  }
  return undefined;
}
