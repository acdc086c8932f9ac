import { Octokit } from '@octokit/rest';
import nock from 'nock';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isRateLimit } from '../../src/github/client.ts';
import { clientForInstallation, type GitHubRequest } from '../../src/github/client-for-installation.ts';
import { createLimiter } from '../../src/github/limiter.ts';
import { createResponseCache } from '../../src/github/response-cache.ts';

const API = 'http://github.test';
const SHA = 'a'.repeat(40);
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

beforeEach(() => nock.disableNetConnect());
afterEach(() => {
  expect(nock.pendingMocks()).toEqual([]);
  nock.cleanAll();
  nock.enableNetConnect();
});

function client(cache = createResponseCache({ maxBytes: 1_000_000 }), installation = 7) {
  const requests: GitHubRequest[] = [];
  const options = {
    installation,
    cache,
    limiter: createLimiter({ budget: 'github', now: Date.now }),
    onRequest: (request: GitHubRequest) => void requests.push(request),
    now: Date.now,
  };
  return { octokit: clientForInstallation(new Octokit({ baseUrl: API, log: quiet }), options), requests, cache };
}

const permission = 'GET /repos/{owner}/{repo}/collaborators/{username}/permission';
const whose = { owner: 'acme', repo: 'widgets', username: 'bob' };
const at = '/repos/acme/widgets/collaborators/bob/permission';

it('names the version of the API, and tells of status and budget', async () => {
  const budget = {
    'x-ratelimit-limit': '5000',
    'x-ratelimit-remaining': '4999',
    'x-ratelimit-reset': '1800000000',
    'x-ratelimit-resource': 'core',
  };
  nock(API, { reqheaders: { 'x-github-api-version': '2022-11-28' } })
    .get('/app')
    .reply(200, {}, budget);
  const { octokit, requests } = client();
  await octokit.request('GET /app');
  expect(requests).toEqual([
    {
      installation: 7,
      api: 'rest',
      method: 'GET',
      status: 200,
      budget: { resource: 'core', limit: 5000, remaining: 4999, resetAt: 1_800_000_000_000 },
    },
  ]);
});

it('asks with the tag it has, and takes 304 for the answer it has', async () => {
  nock(API).get(at).reply(200, { permission: 'write' }, { etag: '"one"' });
  nock(API, { reqheaders: { 'if-none-match': '"one"' } })
    .get(at)
    .reply(304);
  nock(API, { reqheaders: { 'if-none-match': '"one"' } })
    .get(at)
    .reply(200, { permission: 'read' }, { etag: '"two"' });
  nock(API, { reqheaders: { 'if-none-match': '"two"' } })
    .get(at)
    .reply(304);
  const { octokit, requests } = client();
  const seen: unknown[] = [];
  for (let time = 0; time < 4; time++) seen.push((await octokit.request(permission, whose)).data.permission);
  expect(seen).toEqual(['write', 'write', 'read', 'read']);
  expect(requests.map(({ status }) => status)).toEqual([200, 304, 200, 304]);
});

it('asks once for what stands in a commit, and each time for what stands on a branch', async () => {
  const path = '/repos/acme/widgets/contents/a.txt';
  nock(API).get(path).query({ ref: SHA }).reply(200, 'at a commit', { etag: '"one"' });
  nock(API).get(path).query({ ref: 'main' }).reply(200, 'on main', { etag: '"two"' });
  nock(API).get(path).query({ ref: 'main' }).reply(200, 'on main, later', { etag: '"three"' });
  const { octokit, requests } = client();
  const ask = async (ref: string) => {
    const { data } = await octokit.request('GET /repos/{owner}/{repo}/contents/{path}', {
      owner: 'acme',
      repo: 'widgets',
      path: 'a.txt',
      ref,
    });
    return data;
  };
  expect([await ask(SHA), await ask(SHA), await ask('main'), await ask('main')]).toEqual([
    'at a commit',
    'at a commit',
    'on main',
    'on main, later',
  ]);
  expect(requests).toHaveLength(3);
});

it("shows one installation nothing of another's", async () => {
  nock(API).get(at).reply(200, { permission: 'admin' }, { etag: '"one"' });
  const first = client();
  await first.octokit.request(permission, whose);
  nock(API, { badheaders: ['if-none-match'] })
    .get(at)
    .reply(404, {});
  await expect(client(first.cache, 8).octokit.request(permission, whose)).rejects.toMatchObject({ status: 404 });
});

it('lets no request out before the time that GitHub named', async () => {
  nock(API).get('/app').reply(403, { message: 'secondary rate limit' }, { 'retry-after': '30' });
  const { octokit, requests } = client();
  await expect(octokit.request('GET /app')).rejects.toMatchObject({ status: 403 });
  const error = await octokit.request('GET /app').catch((caught: unknown) => caught);
  expect(isRateLimit(error)).toBe(true);
  expect(error).toMatchObject({ name: 'BudgetSpent', response: { headers: { 'retry-after': '30' } } });
  expect(requests.map(({ status }) => status)).toEqual([403, null]);
});

it('does not take a refusal for a rate limit', async () => {
  nock(API).get('/app').times(2).reply(403, { message: 'Resource not accessible by integration' });
  const { octokit } = client();
  for (let time = 0; time < 2; time++)
    await expect(octokit.request('GET /app')).rejects.toMatchObject({ status: 403, name: 'HttpError' });
});
