import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { perform, rateLimitEnds } from '../../src/app/perform.ts';
import { BudgetSpent } from '../../src/github/limiter.ts';
import { definePractice } from '../../src/practices/define-practice.ts';
import { filesPage, pullRequestNode, snapshot } from '../github/snapshot.ts';
import { nockGitHub } from '../support/nock-github.ts';
import { claim, context, marked, NOW } from './context.ts';

const AT = { installation: 5, owner: 'acme', repo: 'widgets' };
const SHA = 'a'.repeat(40);
const OPEN = 'GET /repos/acme/widgets/pulls?state=open&per_page=100&page=1';
const github = nockGitHub();

const NO_QUEUE = { data: { repository: { defaultBranchRef: { name: 'main' }, mergeQueue: null } } };

/** One that has something to say of every pull request. */
const demanding = definePractice({
  id: 'demanding',
  title: 'Demanding',
  summary: '',
  options: z.strictObject({ limit: z.int().default(1).describe('A limit.') }),
  presets: { advisory: { mode: 'warn' }, standard: { mode: 'block' }, strict: { mode: 'block' } },
  judgesDependencyBots: true,
  messages: {},
  evaluate: () => ({
    summary: 'No.',
    facts: {},
    findings: [{ code: 'no', level: 'error', message: 'No.', facts: {} }],
  }),
});

describe('perform', () => {
  it('marks every open pull request into a branch', async () => {
    github.rest(`${OPEN}&base=main`, { body: [{ number: 3 }, { number: 8 }] });
    const surroundings = context(github);
    expect(await perform(claim({ kind: 'base-branch', ...AT, branch: 'main' }), surroundings)).toEqual({});
    expect(await marked(surroundings.store)).toEqual([
      ['5/acme/widgets#3', NOW],
      ['5/acme/widgets#8', NOW],
    ]);
  });

  it('marks every open pull request with a head', async () => {
    github.rest(`GET /repos/acme/widgets/commits/${SHA}/pulls?per_page=100`, {
      body: [{ number: 3, state: 'open', head: { sha: SHA } }],
    });
    const surroundings = context(github);
    expect(await perform(claim({ kind: 'head-commit', ...AT, sha: SHA }), surroundings)).toEqual({});
    expect(await marked(surroundings.store)).toEqual([['5/acme/widgets#3', NOW]]);
  });

  it('marks every open pull request of an installation', async () => {
    const repository = { name: 'widgets', owner: { login: 'acme' }, archived: false, disabled: false };
    github.rest('GET /installation/repositories?per_page=100&page=1', { body: { repositories: [repository] } });
    github.rest(OPEN, { body: [{ number: 3 }] });
    const surroundings = context(github);
    expect(await perform(claim({ kind: 'installation', installation: 5, owner: 'acme' }), surroundings)).toEqual({});
    expect(await marked(surroundings.store)).toEqual([['5/acme/widgets#3', NOW]]);
  });

  it.each<[string, string | null, number[]]>([
    ['all of them, the first time', null, [4, 3]],
    ['those changed since the last sweep', '2026-11-20T11:00:00.000Z', [4]],
    ['all of them, where our own clock was wrong the last time', '2027-01-01T00:00:00.000Z', [4, 3]],
  ])('sweeps for pull requests without our check, by the clock of GitHub: %s', async (_, last, found) => {
    // By GitHub's clock it is half an hour earlier than by ours.
    const repository = { name: 'widgets', owner: { login: 'acme' }, archived: false, disabled: false };
    github.rest('GET /installation/repositories?per_page=100&page=1', {
      body: { repositories: [{ ...repository, open_issues_count: 2 }] },
      headers: { date: new Date(NOW - 30 * 60_000).toUTCString() },
    });
    const node = (number: number, updatedAt: string) => ({ number, updatedAt, commits: { nodes: [] } });
    const nodes = [node(4, '2026-11-20T11:10:00Z'), node(3, '2026-11-19T12:00:00Z')];
    const pullRequests = { pageInfo: { hasNextPage: false, endCursor: null }, nodes };
    github.graphql('ComposureSweep', { data: { repository: { pullRequests } } });
    github.graphql('ComposureQueueSweep', NO_QUEUE);
    const surroundings = context(github);
    const { store } = surroundings;
    if (last !== null) await store.writeCursor('swept:5', last);
    expect(await perform(claim({ kind: 'sweep', installation: 5, owner: 'acme' }), surroundings)).toEqual({});
    expect(await marked(store)).toEqual(found.map((number) => [`5/acme/widgets#${number}`, NOW]));
    expect(await store.readCursor('swept:5')).toBe('2026-11-20T11:20:00.000Z');
  });

  it.each([
    ['an older server', { message: "Field 'mergeQueue' doesn't exist on type 'Repository'" }],
    ['an installation that has not agreed', { type: 'FORBIDDEN', message: 'Resource not accessible by integration' }],
  ])('sweeps pull requests where no merge queue can be seen: %s', async (_, error) => {
    const repository = { name: 'widgets', owner: { login: 'acme' }, archived: false, disabled: false };
    github.rest('GET /installation/repositories?per_page=100&page=1', {
      body: { repositories: [{ ...repository, open_issues_count: 2 }] },
    });
    const nodes = [{ number: 3, updatedAt: '2026-11-19T12:00:00Z', commits: { nodes: [] } }];
    const pullRequests = { pageInfo: { hasNextPage: false, endCursor: null }, nodes };
    github.graphql('ComposureSweep', { data: { repository: { pullRequests } } });
    github.graphql('ComposureQueueSweep', { body: { data: null, errors: [error] } });
    const surroundings = context(github);
    expect(await perform(claim({ kind: 'sweep', installation: 5, owner: 'acme' }), surroundings)).toEqual({});
    expect(await marked(surroundings.store)).toEqual([['5/acme/widgets#3', NOW]]);
  });

  it('sweeps the others where a repository cannot be read, and is not done', async () => {
    const repository = { owner: { login: 'acme' }, archived: false, disabled: false, open_issues_count: 1 };
    github.rest('GET /installation/repositories?per_page=100&page=1', {
      body: { repositories: ['gadgets', 'widgets'].map((name) => ({ ...repository, name })) },
    });
    github.graphql('ComposureSweep', { status: 502, body: {} }, { repo: 'gadgets' });
    const nodes = [{ number: 3, updatedAt: '2026-11-19T12:00:00Z', commits: { nodes: [] } }];
    const pullRequests = { pageInfo: { hasNextPage: false, endCursor: null }, nodes };
    github.graphql('ComposureSweep', { data: { repository: { pullRequests } } }, { repo: 'widgets' });
    github.graphql('ComposureQueueSweep', NO_QUEUE, { repo: 'widgets' });
    const surroundings = context(github);
    const { store } = surroundings;
    const given = { kind: 'pull-request', ...AT, number: 8 } as const;
    await store.mark([{ work: given, dueAt: NOW }]);
    const taken = await store.claim({ now: NOW, leaseMs: 60_000 });
    if (taken) await store.finish(taken, { state: 'dead' });
    const sweeping = perform(claim({ kind: 'sweep', installation: 5, owner: 'acme' }), surroundings);
    await expect(sweeping).rejects.toThrow(/Not every repository/);
    expect((await marked(store)).map(([key]) => key).toSorted()).toEqual(['5/acme/widgets#3', '5/acme/widgets#8']);
    expect(await store.readCursor('swept:5')).toBeNull();
  });

  it('leaves a pull request alone that is gone', async () => {
    github.graphql('ComposureSnapshot', snapshot(null));
    github.rest(filesPage(), { status: 404, body: { message: 'Not Found' } });
    expect(await perform(claim({ kind: 'pull-request', ...AT, number: 7 }), context(github))).toEqual({});
  });

  it('comes back when GitHub lets us, without counting a failure', async () => {
    github.rest(`${OPEN}&base=main`, { status: 403, body: { message: 'Limit' }, headers: { 'retry-after': '30' } });
    const surroundings = context(github);
    const result = await perform(claim({ kind: 'base-branch', ...AT, branch: 'main' }), surroundings);
    expect(result).toEqual({ heldOffUntil: NOW + 30_000 });
    expect(surroundings.log.warn).toHaveBeenCalledWith(
      { key: '5/acme/widgets:main', retryAt: '2026-11-20T12:00:30.000Z' },
      expect.any(String),
    );
  });

  it('writes the check where only the budget for comments is spent, and leaves no other work waiting', async () => {
    github.graphql('ComposureSnapshot', snapshot(pullRequestNode()));
    github.rest(filesPage(), { body: [] });
    github.rest('POST /repos/acme/widgets/check-runs', async () => {
      // Slower than the refusal, as the network is.
      await new Promise((resolve) => setTimeout(resolve, 20));
      return { status: 201, body: { id: 1 } };
    });
    const spent = new BudgetSpent(1_800_000, true);
    const request = new Proxy(github.client.request, {
      async apply(target, self, [route, ...more]: [string, ...unknown[]]) {
        if (route.endsWith('/comments')) throw spent;
        return Reflect.apply(target as (...all: unknown[]) => unknown, self, [route, ...more]);
      },
    });
    const { graphql } = github.client;
    const surroundings = context(github, { clientFor: async () => ({ request, graphql }), practices: [demanding] });
    const one = { kind: 'pull-request', ...AT, number: 7 } as const;
    await surroundings.store.mark([{ work: one, dueAt: NOW }]);
    const taken = await surroundings.store.claim({ now: NOW, leaseMs: 60_000 });
    if (!taken) throw new Error('nothing to do');
    expect(await perform(taken, surroundings)).toEqual({ later: NOW + 1_800_000 });
    expect(github.calls.map(({ route }) => route)).toContain('POST /repos/acme/widgets/check-runs');
  });

  it("comes back when GraphQL's budget is whole again", async () => {
    const reset = NOW / 1_000 + 1_200;
    github.graphql('ComposureSnapshot', {
      body: { errors: [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded' }] },
      headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset) },
    });
    github.rest(filesPage(), { body: [] });
    const result = await perform(claim({ kind: 'pull-request', ...AT, number: 7 }), context(github));
    expect(result).toEqual({ heldOffUntil: reset * 1_000 });
  });

  it.each([403, 500])('throws whatever else fails: %i', async (status) => {
    github.rest(`${OPEN}&base=main`, { status, body: { message: 'No' } });
    const work = claim({ kind: 'base-branch', ...AT, branch: 'main' });
    await expect(perform(work, context(github))).rejects.toMatchObject({ status });
  });
});

describe('rateLimitEnds', () => {
  /** As Octokit throws it. */
  const error = (status: number, headers: Record<string, string> = {}, message = 'No') =>
    Object.assign(new Error(message), { status, response: { status, headers, data: {} } });
  const exhausted = (reset: string) => ({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset });
  const soon = String(NOW / 1_000 + 90);

  const cases: { name: string; error: unknown; inMs: number | null }[] = [
    { name: 'the time it names', error: error(403, { 'retry-after': '7' }), inMs: 7_000 },
    {
      name: 'the time it names, before its budget',
      error: error(429, { 'retry-after': '7', ...exhausted(soon) }),
      inMs: 7_000,
    },
    { name: 'when its budget is whole again', error: error(403, exhausted(soon)), inMs: 90_000 },
    { name: 'a minute, where that is past', error: error(403, exhausted('1')), inMs: 60_000 },
    { name: 'a minute, where that is no time', error: error(403, exhausted('soon')), inMs: 60_000 },
    { name: 'a minute, where the time it names is none', error: error(403, { 'retry-after': 'later' }), inMs: 60_000 },
    {
      name: 'a minute, for a secondary limit',
      error: error(403, {}, 'You have exceeded a secondary rate limit'),
      inMs: 60_000,
    },
    { name: 'a minute, for too many requests', error: error(429), inMs: 60_000 },
    { name: 'no limit, with budget left', error: error(403, { 'x-ratelimit-remaining': '1' }), inMs: null },
    { name: 'no limit, not permitted', error: error(403), inMs: null },
    { name: 'no limit, a failure', error: error(503, { 'retry-after': '7' }), inMs: null },
    { name: 'no limit, not of GitHub', error: new Error('rate limit'), inMs: null },
    { name: 'no limit, nothing', error: undefined, inMs: null },
  ];
  it.each(cases)('$name', ({ error, inMs }) => {
    expect(rateLimitEnds(error, NOW)).toBe(inMs === null ? null : NOW + inMs);
  });
});
