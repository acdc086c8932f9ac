import { describe, expect, it } from 'vitest';
import { describeGitHubError, graphqlErrorsOf, isNotFound, isRateLimit, statusOf } from '../../src/github/client.ts';
import { nockGitHub } from '../support/nock-github.ts';

const github = nockGitHub();

/** The error that Octokit throws for such an answer. */
async function errorOf(status: number, message: string, headers: Record<string, string> = {}): Promise<unknown> {
  github.rest('GET /app', { status, body: { message }, headers });
  return github.client.request('GET /app').catch((error: unknown) => error);
}

async function graphqlErrorOf(...errors: { type?: string; message: string }[]): Promise<unknown> {
  github.graphql('Rate', { errors });
  return github.client.graphql('query Rate { rateLimit { cost } }').catch((error: unknown) => error);
}

/** As `@octokit/plugin-throttling` throws it. */
const throttled = Object.assign(new Error('GraphQL Rate Limit Exceeded'), {
  response: { headers: { 'x-ratelimit-reset': '1' } },
  data: { errors: [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded' }] },
});

describe('what an error of Octokit says', () => {
  const cases: { name: string; error: () => Promise<unknown>; says: string; limited: boolean }[] = [
    { name: 'not found', error: () => errorOf(404, 'Not Found'), says: 'GitHub answered 404', limited: false },
    { name: 'a permission', error: () => errorOf(403, 'Not accessible'), says: 'GitHub answered 403', limited: false },
    {
      name: 'the primary limit',
      error: () => errorOf(403, 'Limit', { 'x-ratelimit-remaining': '0' }),
      says: 'GitHub answered 403',
      limited: true,
    },
    {
      name: 'a secondary limit',
      error: () => errorOf(403, 'You have exceeded a secondary rate limit'),
      says: 'GitHub answered 403',
      limited: true,
    },
    {
      name: 'with a time',
      error: () => errorOf(403, 'No', { 'retry-after': '9' }),
      says: 'GitHub answered 403',
      limited: true,
    },
    { name: 'too many', error: () => errorOf(429, 'Slow down'), says: 'GitHub answered 429', limited: true },
    {
      name: "GraphQL's limit",
      error: () => graphqlErrorOf({ type: 'RATE_LIMITED', message: 'No' }),
      says: 'GitHub could not answer the query (RATE_LIMITED)',
      limited: true,
    },
    {
      name: "GraphQL's secondary limit",
      error: () => graphqlErrorOf({ message: 'You have exceeded a secondary rate limit.' }),
      says: 'GitHub could not answer the query',
      limited: true,
    },
    {
      name: "GraphQL's limit through the throttling plugin",
      error: async () => throttled,
      says: 'GitHub could not answer the query (RATE_LIMITED)',
      limited: true,
    },
    {
      name: 'a field that is not to be seen',
      error: () => graphqlErrorOf({ type: 'FORBIDDEN', message: 'No' }),
      says: 'GitHub could not answer the query (FORBIDDEN)',
      limited: false,
    },
    {
      name: 'no network, to which Octokit gives the status 500',
      error: () => github.client.request('GET http://127.0.0.1:1/app').catch((error: unknown) => error),
      says: 'GitHub could not be reached',
      limited: false,
    },
    {
      name: 'something else',
      error: async () => new Error('rate limit'),
      says: 'GitHub could not be reached',
      limited: false,
    },
    { name: 'nothing', error: async () => null, says: 'GitHub could not be reached', limited: false },
  ];
  it.each(cases)('$name', async ({ error, says, limited }) => {
    const thrown = await error();
    expect({ says: describeGitHubError(thrown), limited: isRateLimit(thrown) }).toEqual({ says, limited });
  });

  it('has a status, for REST', async () => {
    expect(statusOf(await errorOf(404, 'Not Found'))).toBe(404);
    expect(isNotFound(await errorOf(404, 'Not Found'))).toBe(true);
    expect(isNotFound(await errorOf(410, 'Gone'))).toBe(false);
    expect(graphqlErrorsOf(await errorOf(404, 'Not Found'))).toEqual([]);
  });
});
