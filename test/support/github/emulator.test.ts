/** The emulator as a server: who may come in, how answers come, how webhooks leave. */
import { createHmac } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { Octokit } from '@octokit/rest';
import { ProbotOctokit } from 'probot';
import { describe, expect, it } from 'vitest';
import {
  alice,
  app,
  bob,
  bot,
  changeOnFeature,
  complaints,
  github,
  holdToContract,
  mallory,
  nameOf,
  probot,
  probotAt,
  raw,
  received,
  receiver,
  requireOurCheck,
  SECRET,
  statusOf,
  WIDGETS,
  withPullRequest,
} from './contract.ts';
import { createGitHub } from './index.ts';
import { as, push } from './people.ts';
import { APP, seed } from './seed.ts';

holdToContract();

describe('authentication', () => {
  it('shows the App to its JSON web token', async () => {
    const { data } = await (await app()).rest.apps.getAuthenticated();
    expect(data).toMatchObject({ slug: 'composure', id: APP.id, installations_count: 1 });
  });

  it('refuses a JSON web token with a bad signature', async () => {
    const token = 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOjEyMzQ1LCJleHAiOjk5OTk5OTk5OTl9.AAAA';
    expect((await raw('/app', { headers: { authorization: `Bearer ${token}` } })).status).toBe(401);
  });

  it('opens nothing but the routes for Apps to a JSON web token', async () => {
    expect(await statusOf((await app()).rest.apps.getRepoInstallation(WIDGETS))).toBe(200);
    const { token } = (await (await app()).auth({ type: 'app' })) as { token: string };
    const headers = { authorization: `Bearer ${token}` };
    expect((await raw('/repos/acme/widgets', { headers })).status).toBe(401);
    expect((await raw('/graphql', { method: 'POST', headers, body: '{}' })).status).toBe(401);
  });

  it('refuses a token that nobody has', async () => {
    expect((await raw('/repos/acme/widgets', { headers: { authorization: 'token nonsense' } })).status).toBe(401);
  });

  it('lists installations and finds them by repository and organisation', async () => {
    const octokit = await app();
    expect((await octokit.rest.apps.listInstallations()).data).toHaveLength(1);
    const byRepo = await octokit.rest.apps.getRepoInstallation(WIDGETS);
    const byOrg = await octokit.rest.apps.getOrgInstallation({ org: 'acme' });
    expect([byRepo.data.id, byOrg.data.id]).toEqual([APP.installationId, APP.installationId]);
  });

  it('gives an installation exactly the permissions of the manifest', async () => {
    const { data } = await (await app()).rest.apps.createInstallationAccessToken({
      installation_id: APP.installationId,
    });
    expect(data.token).toMatch(/^ghs_/);
    expect(data.permissions).toEqual({
      checks: 'write',
      pull_requests: 'write',
      issues: 'write',
      statuses: 'write',
      contents: 'read',
      members: 'read',
      merge_queues: 'read',
      metadata: 'read',
    });
  });

  it('gives a token for fewer repositories and permissions, which then holds', async () => {
    const { data } = await (await app()).rest.apps.createInstallationAccessToken({
      installation_id: APP.installationId,
      repositories: ['widgets'],
      permissions: { contents: 'read', metadata: 'read' },
    });
    expect(data.repositories?.map((repo) => repo.name)).toEqual(['widgets']);
    const headers = { authorization: `token ${data.token}` };
    expect((await raw('/repos/acme/widgets/contents/README.md', { headers })).status).toBe(200);
    expect((await raw('/repos/acme/secret/contents/README.md', { headers })).status).toBe(404);
    expect((await raw('/repos/acme/widgets/pulls', { headers })).status).toBe(403);
  });

  it('refuses to give more permissions than were granted', async () => {
    const request = (await app()).rest.apps.createInstallationAccessToken({
      installation_id: APP.installationId,
      permissions: { contents: 'write' },
    });
    expect(await statusOf(request)).toBe(422);
  });

  it.each([
    ['write contents', 'PUT', '/repos/acme/widgets/contents/a.txt'],
    ['create a ref', 'POST', '/repos/acme/widgets/git/refs'],
    ['merge', 'PUT', '/repos/acme/widgets/pulls/1/merge'],
    ['read branch protection', 'GET', '/repos/acme/widgets/branches/main/protection'],
    ['create a ruleset', 'POST', '/repos/acme/widgets/rulesets'],
    ['change a team', 'PUT', '/orgs/acme/teams/core/memberships/bob'],
    ['list the teams of a repository', 'GET', '/repos/acme/widgets/teams'],
    ['act as a person', 'GET', '/user'],
  ])('refuses what the manifest does not ask for: %s', async (_, method, at) => {
    await withPullRequest();
    const { data } = await (await app()).rest.apps.createInstallationAccessToken({
      installation_id: APP.installationId,
    });
    const response = await raw(at, {
      method,
      headers: { authorization: `token ${data.token}` },
      ...(method === 'GET' ? {} : { body: '{}' }),
    });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ message: 'Resource not accessible by integration' });
  });

  it('lists the repositories of an installation', async () => {
    const { data } = await (await bot()).rest.apps.listReposAccessibleToInstallation();
    expect(data.repositories.map((repo) => repo.name)).toEqual(['widgets', '.github', 'secret']);
  });

  it('forgets a token that is given back', async () => {
    const { data } = await (await app()).rest.apps.createInstallationAccessToken({
      installation_id: APP.installationId,
    });
    const headers = { authorization: `token ${data.token}` };
    expect((await raw('/installation/token', { method: 'DELETE', headers })).status).toBe(204);
    expect((await raw('/installation/repositories', { headers })).status).toBe(401);
  });

  it('keeps tokens of installations good over a reset', async () => {
    const octokit = await bot();
    await octokit.rest.repos.get(WIDGETS);
    github.reset();
    expect((await octokit.rest.repos.get(WIDGETS)).status).toBe(200);
  });

  it('refuses a suspended installation, and lets it back in', async () => {
    const octokit = await bot();
    await octokit.rest.repos.get(WIDGETS);
    await (await app()).rest.apps.suspendInstallation({ installation_id: APP.installationId });
    expect(await statusOf(octokit.rest.repos.get(WIDGETS))).toBe(403);
    await (await app()).rest.apps.unsuspendInstallation({ installation_id: APP.installationId });
    expect(await statusOf(octokit.rest.repos.get(WIDGETS))).toBe(200);
  });

  it('hides a private repository from strangers, and shows it to members and the installation', async () => {
    expect(await statusOf(mallory().rest.repos.get(SECRET))).toBe(404);
    expect(await statusOf(bob().rest.repos.get(SECRET))).toBe(200);
    expect(await statusOf((await bot()).rest.repos.get(SECRET))).toBe(200);
    expect((await raw('/repos/acme/secret')).status).toBe(404);
  });

  it('converts a manifest into an App', async () => {
    const { data } = await new ProbotOctokit({ baseUrl: github.url }).request(
      'POST /app-manifests/{code}/conversions',
      { code: 'a-code' },
    );
    expect(data).toMatchObject({ id: APP.id, slug: 'composure' });
    expect(data.pem).toContain('PRIVATE KEY');
  });
});

describe('the protocol', () => {
  it('links the pages of a list', async () => {
    const { number } = await withPullRequest();
    for (let at = 0; at < 5; at += 1) {
      await bob().rest.issues.createComment({ ...WIDGETS, issue_number: number, body: `${at}` });
    }
    const octokit = await bot();
    const at = { ...WIDGETS, issue_number: number, per_page: 2 };
    const first = await octokit.rest.issues.listComments(at);
    expect(first.headers.link).toMatch(/page=2>; rel="next".*page=3>; rel="last"/);
    expect(await octokit.paginate(octokit.rest.issues.listComments, at)).toHaveLength(5);
  });

  it('answers 304 to who has it already, free of the limit', async () => {
    const octokit = await bot();
    const { headers } = await octokit.rest.repos.get(WIDGETS);
    const again = await octokit.rest.repos
      .get({ ...WIDGETS, headers: { 'if-none-match': headers.etag } })
      .catch((error) => error.response);
    expect(again.status).toBe(304);
    expect(again.headers['x-ratelimit-remaining']).toBe(headers['x-ratelimit-remaining']);
  });

  it('answers anew once something has changed', async () => {
    const { number } = await withPullRequest();
    const octokit = await bot();
    const at = { ...WIDGETS, pull_number: number };
    const { headers } = await octokit.rest.pulls.get(at);
    await changeOnFeature({ 'more.txt': 'more\n' });
    const again = await octokit.rest.pulls.get({ ...at, headers: { 'if-none-match': headers.etag } });
    expect(again.status).toBe(200);
  });

  it('counts requests, and says how many are left', async () => {
    const octokit = await bot();
    const one = await octokit.rest.repos.get(WIDGETS);
    const two = await octokit.rest.repos.get(WIDGETS);
    expect(Number(two.headers['x-ratelimit-used'])).toBe(Number(one.headers['x-ratelimit-used']) + 1);
    const { data } = await octokit.rest.rateLimit.get();
    expect(String(data.resources.core.remaining)).toBe(two.headers['x-ratelimit-remaining']);
  });

  it('refuses beyond the limit, on GraphQL with a 200', async () => {
    const small = await createGitHub({ seed: seed(), rateLimit: 3 });
    try {
      const octokit = (await probotAt(small).auth(APP.installationId)) as unknown as Octokit;
      const get = () =>
        octokit.rest.repos.get(WIDGETS).then(
          ({ status, headers }) => [status, headers['x-ratelimit-remaining']],
          (error) => [error.status, error.response.headers['x-ratelimit-remaining']],
        );
      expect([await get(), await get(), await get(), await get()]).toEqual([
        [200, '2'],
        [200, '1'],
        [200, '0'],
        [403, '0'],
      ]);
      const query = () =>
        octokit.graphql('{ viewer { login } }').then(
          () => 'ok',
          (error) => error.errors[0].type,
        );
      expect([await query(), await query(), await query(), await query()]).toEqual(['ok', 'ok', 'ok', 'RATE_LIMITED']);
    } finally {
      await small.close();
    }
  });

  it("has GitHub's headers", async () => {
    const { headers } = await (await bot()).rest.repos.get(WIDGETS);
    expect(headers).toMatchObject({
      'x-github-request-id': expect.any(String),
      'x-github-media-type': expect.any(String),
      'x-ratelimit-resource': 'core',
    });
  });

  it('answers below /api/v3, where GHE_HOST leads', async () => {
    expect((await raw('/api/v3/repos/acme/widgets', { login: 'alice' })).status).toBe(200);
    const graphql = await raw('/api/graphql', {
      method: 'POST',
      login: 'alice',
      body: JSON.stringify({ query: '{ viewer { login } }' }),
    });
    expect(await graphql.json()).toEqual({ data: { viewer: { login: 'alice' } } });
  });

  it('answers 404 to an unknown path and 400 to broken JSON', async () => {
    expect((await raw('/repos/acme/widgets/nope', { login: 'alice' })).status).toBe(404);
    const broken = await raw('/repos/acme/widgets/issues', { method: 'POST', login: 'alice', body: '{' });
    expect(broken.status).toBe(400);
    complaints.length = 0;
  });

  it('goes wrong as often as it is told, for whom it is told', async () => {
    github.faults.push({ method: 'GET', path: /widgets$/, status: 502, times: 2, as: 'installation' });
    const octokit = await bot();
    const get = () => statusOf(octokit.rest.repos.get(WIDGETS));
    expect(await statusOf(alice().rest.repos.get(WIDGETS))).toBe(200);
    expect([await get(), await get(), await get()]).toEqual([502, 502, 200]);
  });

  it('is slow when told to be', async () => {
    github.latencyMs = 30;
    const start = performance.now();
    await alice().rest.repos.get(WIDGETS);
    expect(performance.now() - start).toBeGreaterThanOrEqual(28);
    github.reset();
    expect(github.latencyMs).toBe(0);
  });

  it('keeps a log of calls', async () => {
    const { number } = await withPullRequest();
    const octokit = await bot();
    github.calls.length = 0;
    await octokit.rest.issues.createComment({ ...WIDGETS, issue_number: number, body: 'Hello' });
    await bob().rest.pulls.list({ ...WIDGETS, state: 'all' });
    await (await app()).rest.apps.getAuthenticated();
    expect(
      github.calls.map(({ as: who, method, path: at, query, status }) => [who, method, at, query, status]),
    ).toEqual([
      ['installation', 'POST', `/repos/acme/widgets/issues/${number}/comments`, '', 201],
      ['bob', 'GET', '/repos/acme/widgets/pulls', 'state=all', 200],
      ['jwt', 'GET', '/app', '', 200],
    ]);
    expect(github.calls[0]).toMatchObject({ body: { body: 'Hello' }, response: { body: 'Hello' } });
  });

  it('is reset to the seed', async () => {
    await withPullRequest();
    await requireOurCheck();
    github.reset();
    expect((await alice().rest.pulls.list({ ...WIDGETS, state: 'all' })).data).toEqual([]);
    expect((await alice().request('GET /orgs/{org}/rulesets', { org: 'acme' })).data).toEqual([]);
    expect(github.deliveries).toEqual([]);
    expect((await alice().rest.repos.listCollaborators(WIDGETS)).data.map((user) => user.login)).toContain('alice');
  });

  it('can be steered from another process', async () => {
    await alice().rest.repos.get(WIDGETS);
    expect(await (await raw('/_lab/idle')).json()).toEqual({ idle: true });
    expect(await (await raw('/_lab/calls')).json()).toHaveLength(1);
    await raw('/_lab/faults', { method: 'POST', body: JSON.stringify({ path: 'widgets$', status: 503, times: 1 }) });
    expect((await raw('/repos/acme/widgets')).status).toBe(503);
    await raw('/_lab/reset', { method: 'POST' });
    expect(github.calls).toEqual([]);
  });
});

describe('webhooks', () => {
  it('signs, and names event, delivery and hook', async () => {
    const { number } = await withPullRequest();
    received.length = 0;
    await bob().rest.issues.createComment({ ...WIDGETS, issue_number: number, body: 'Hello' });
    await github.idle();
    const [{ headers, body } = { headers: {}, body: '' }] = received;
    const signature = createHmac('sha256', APP.webhookSecret).update(body).digest('hex');
    expect(headers).toMatchObject({
      'x-hub-signature-256': `sha256=${signature}`,
      'x-github-event': 'issue_comment',
      'x-github-delivery': expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f-]{27}$/),
      'x-github-hook-id': expect.any(String),
      'x-github-hook-installation-target-id': String(APP.id),
      'x-github-hook-installation-target-type': 'integration',
      'content-type': 'application/json',
    });
    expect(headers['user-agent']).toMatch(/^GitHub-Hookshot\//);
  });

  it('is verified by Probot', async () => {
    const { number } = await withPullRequest();
    received.length = 0;
    await bob().rest.issues.createComment({ ...WIDGETS, issue_number: number, body: 'Hello' });
    await github.idle();
    const [{ headers, body } = { headers: {}, body: '' }] = received;
    const heard: string[] = [];
    probot.webhooks.on('issue_comment.created', ({ payload }) => {
      heard.push(payload.comment.body);
    });
    await probot.webhooks.verifyAndReceive({
      id: String(headers['x-github-delivery']),
      name: 'issue_comment',
      signature: String(headers['x-hub-signature-256']),
      payload: body,
    });
    expect(heard).toEqual(['Hello']);
  });

  it('delivers only the events that were asked for, and only where the App is installed', async () => {
    const other = await createGitHub({ seed: seed() });
    try {
      other.setWebhookUrl('http://127.0.0.1:9/');
      await as(other, 'alice').rest.issues.create({ ...WIDGETS, title: 'A bug' });
      await as(other, 'mallory').rest.repos.createFork(WIDGETS);
      await push(as(other, 'mallory'), { owner: 'mallory', repo: 'widgets', branch: 'main', files: { a: 'a' } });
      await push(as(other, 'alice'), { ...WIDGETS, branch: 'topic', files: { a: 'a' } });
      await other.idle();
      expect(other.deliveries.map(nameOf)).toEqual(['push', 'check_suite.requested']);
    } finally {
      await other.close();
    }
  });

  it('says which deliveries failed, and delivers them again under the same name', async () => {
    const { number } = await withPullRequest();
    github.webhookOptions.drop = (delivery) => delivery.event === 'issue_comment';
    await bob().rest.issues.createComment({ ...WIDGETS, issue_number: number, body: 'Lost' });
    await github.idle();
    const arrived = received.length;
    github.webhookOptions.drop = undefined;
    const octokit = await app();
    const { data } = await octokit.request('GET /app/hook/deliveries', { status: 'failure' });
    expect(data).toMatchObject([{ event: 'issue_comment', action: 'created', redelivery: false }]);
    const [lost] = data;
    const full = await octokit.rest.apps.getWebhookDelivery({ delivery_id: Number(lost?.id) });
    expect(full.data.request.payload).toMatchObject({ comment: { body: 'Lost' } });
    await octokit.rest.apps.redeliverWebhookDelivery({ delivery_id: Number(lost?.id) });
    await github.idle();
    expect(received.length).toBe(arrived + 1);
    expect(received.at(-1)?.headers['x-github-delivery']).toBe(lost?.guid);
    const again = await octokit.request('GET /app/hook/deliveries', { status: 'success' });
    expect(again.data[0]).toMatchObject({ guid: lost?.guid, redelivery: true, status: 'OK' });
  });

  it('lists deliveries in pages, the newest first', async () => {
    await withPullRequest();
    await changeOnFeature({ 'a.txt': 'a\n' });
    await changeOnFeature({ 'a.txt': 'b\n' });
    await github.idle();
    const octokit = await app();
    const pages = await octokit.paginate(octokit.rest.apps.listWebhookDeliveries, { per_page: 2 });
    expect(pages.map((delivery) => delivery.id)).toEqual(github.deliveries.map((each) => each.id).reverse());
  });

  it('delivers twice, late, and to nobody', async () => {
    const { number } = await withPullRequest();
    received.length = 0;
    Object.assign(github.webhookOptions, { duplicate: 1, delayMs: 20 });
    await bob().rest.issues.createComment({ ...WIDGETS, issue_number: number, body: 'Twice' });
    await github.idle();
    expect(received).toHaveLength(2);
    expect(new Set(received.map((each) => each.headers['x-github-delivery'])).size).toBe(1);
  });

  it('delivers what nothing here sets off', async () => {
    const installation = { id: 101, account: { login: 'acme' } };
    github.emit('installation', 'created', { installation, repositories: [] });
    await github.idle();
    expect(JSON.parse(received.at(-1)?.body ?? '{}')).toMatchObject({ action: 'created', installation });
    github.deliveries.length = 0; // that payload is a test's, not GitHub's
  });

  it('shows and changes where webhooks go', async () => {
    const octokit = await app();
    const { data } = await octokit.rest.apps.getWebhookConfigForApp();
    expect(data).toMatchObject({ content_type: 'json', secret: '********' });
    // Octokit would take an option `url` for the request's own.
    await octokit.request('PATCH /app/hook/config', { data: { url: 'http://127.0.0.1:9/' } } as never);
    await push(alice(), { ...WIDGETS, branch: 'main', files: { 'a.txt': 'a\n' } });
    await github.idle();
    expect(github.deliveries.at(-1)).toMatchObject({ status_code: 502, status: 'failed to connect to host' });
  });

  it('serves webhooks of a repository too', async () => {
    const { port } = receiver.address() as AddressInfo;
    const hook = await alice().rest.repos.createWebhook({
      ...WIDGETS,
      config: { url: `http://127.0.0.1:${port}/`, content_type: 'json' },
      events: ['push'],
    });
    await alice().rest.repos.pingWebhook({ ...WIDGETS, hook_id: hook.data.id });
    await github.idle();
    const { data } = await alice().rest.repos.listWebhookDeliveries({ ...WIDGETS, hook_id: hook.data.id });
    expect(data.map((delivery) => delivery.event)).toContain('ping');
  });
});
