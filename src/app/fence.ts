import type { GitHubClient } from '../github/client.ts';

/** Thrown where a write would have said what is no longer true. No failure: the work is marked again, or another's. */
export class Superseded extends Error {
  override name = 'Superseded';
}

/**
 * The same client, but that every write is preceded by the question whether it still should be made. What was read under
 * an older dirty sequence, or before the lease was lost, is never written.
 */
export function fenced(client: GitHubClient, isCurrent: () => Promise<boolean>): GitHubClient {
  const request = new Proxy(client.request, {
    async apply(target, self, args: unknown[]) {
      const method = methodOf(args[0]);
      if (method !== 'GET' && method !== 'HEAD' && !(await isCurrent())) throw new Superseded(method);
      return Reflect.apply(target as (...args: unknown[]) => unknown, self, args);
    },
  });
  // Queries only: nothing is changed by way of GraphQL.
  return { request, graphql: client.graphql };
}

/** The verb of what Octokit takes: a route such as `GET /app`, or an object with a `method`. */
function methodOf(route: unknown): string {
  const text = typeof route === 'string' ? route : String((route as { method?: unknown } | null)?.method ?? 'GET');
  return text.split(' ', 1)[0]?.toUpperCase() ?? 'GET';
}
