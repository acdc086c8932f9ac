/**
 * The emulator held to GitHub's behaviour, one fact a test, so that an upgrade of `emulate` that breaks one is noticed.
 *
 * Every answer and every webhook on the way is also held to GitHub's own description of its API. Tests whose names
 * begin with "deviates" pin what is known to be different.
 */
import { execFileSync } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Octokit } from '@octokit/rest';
import { Probot, ProbotOctokit } from 'probot';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { importGit } from './import-git.ts';
import { type Call, createGitHub, type Delivery, type GitHub } from './index.ts';
import { validateResponse, validateWebhook } from './openapi.ts';
import { as, type FileChange, openPullRequest, push } from './people.ts';
import { APP, type Login, seed, TOKENS } from './seed.ts';

const WIDGETS = { owner: 'acme', repo: 'widgets' };
const SECRET = { owner: 'acme', repo: 'secret' };
const ORG_SETTINGS = { owner: 'acme', repo: '.github' };

/** Everything the emulator can tell of, so that all of it is held to the description. */
const MANIFEST = `
name: Composure
default_permissions: { checks: write, pull_requests: write, issues: write, statuses: write, contents: read, members: read, merge_queues: read, metadata: read }
default_events: [check_run, check_suite, create, delete, issue_comment, issues, merge_group, pull_request,
  pull_request_review, pull_request_review_comment, push, status]
`;

/** Where GitHub's description is known to be stricter than the emulator, by the route or webhook and the complaint. */
const KNOWN_COMPLAINTS: { about: RegExp; complaint: RegExp }[] = [];

let github: GitHub;
let probot: Probot;
let receiver: Server;
/** Bodies as they arrived, by delivery. */
const received: { headers: Record<string, unknown>; body: string }[] = [];
const complaints: string[] = [];

const alice = () => as(github, 'alice');
const bob = () => as(github, 'bob');
const carol = () => as(github, 'carol');
const mallory = () => as(github, 'mallory');
/** The App as itself, and as its installation. */
const app = () => probot.auth() as unknown as Promise<Octokit>;
const bot = () => probot.auth(APP.installationId) as unknown as Promise<Octokit>;

beforeAll(async () => {
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.end('ok');
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  github = await createGitHub({ seed: seed({ manifest: MANIFEST }), onCall: holdToDescription });
  github.setWebhookUrl(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hooks`);
  probot = probotAt(github);
});

afterAll(async () => {
  await github.close();
  receiver.closeAllConnections();
  receiver.close();
});

beforeEach(async () => {
  await github.idle();
  github.reset();
  received.length = 0;
});

afterEach(async () => {
  await github.idle();
  for (const { event, action, request } of github.deliveries) {
    complain(`webhook ${event} ${action ?? ''}`, validateWebhook(event, action ?? undefined, request.payload));
  }
  expect(complaints.splice(0)).toEqual([]);
});

function probotAt(at: GitHub): Probot {
  return new Probot({
    appId: APP.id,
    privateKey: APP.privateKey,
    secret: APP.webhookSecret,
    baseUrl: at.url,
    logLevel: 'silent' as 'fatal',
    // Probot reads throttle options from a function only.
    Octokit: ProbotOctokit.defaults((options: Record<string, unknown>) => ({
      ...options,
      throttle: { enabled: false },
      retry: { enabled: false },
    })),
  });
}

/** Statuses that GitHub answers everywhere without listing them with each route. */
const UNLISTED = new Set([304, 400, 401, 403, 404, 405, 409, 422, 500, 502]);

function holdToDescription(call: Call): void {
  if (call.path.startsWith('/graphql') || call.status === 304) return;
  const found = validateResponse(call.method, call.path, call.status, call.response);
  const isRefusal = UNLISTED.has(call.status);
  if (!isRefusal) complain(`${call.method} ${call.path} ${call.status}`, found);
}

function complain(about: string, found: string[]): void {
  for (const complaint of found) {
    const isKnown = KNOWN_COMPLAINTS.some((known) => known.about.test(about) && known.complaint.test(complaint));
    if (!isKnown) complaints.push(`${about}: ${complaint}`);
  }
}

// -- scenes -------------------------------------------------------------------------------------------------------

/** Bob may push; main has a few files. */
async function withFiles(): Promise<string> {
  await alice().rest.repos.addCollaborator({ ...WIDGETS, username: 'bob', permission: 'push' });
  return push(alice(), {
    ...WIDGETS,
    branch: 'main',
    files: {
      'src/a.ts': 'line1\nline2\nline3\n',
      'src/old.ts': rows(20),
      'src/gone.ts': 'bye\n',
      '.github/composure.yml': 'preset: standard\n',
    },
  });
}

/** A pull request of Bob's with a changed, an added, a removed and a renamed file. */
async function withPullRequest(extra: { draft?: boolean } = {}) {
  await withFiles();
  const head = await push(bob(), {
    ...WIDGETS,
    branch: 'feature',
    message: 'A feature',
    files: {
      'src/a.ts': 'line1\nline2 changed\nline3\nline4\n',
      'src/new.ts': 'export {};\n',
      'src/gone.ts': null,
      'src/old.ts': null,
      'src/renamed.ts': rows(20),
    },
  });
  const pull = await openPullRequest(bob(), { ...WIDGETS, head: 'feature', title: 'Feature', body: 'Why', ...extra });
  await github.idle();
  github.deliveries.length = 0;
  return { pull, head, number: pull.number };
}

function rows(count: number, word = 'row'): string {
  return Array.from({ length: count }, (_, at) => `${word} ${at}\n`).join('');
}

function changeOnFeature(files: Record<string, FileChange>): Promise<string> {
  return push(bob(), { ...WIDGETS, branch: 'feature', files });
}

/** The webhooks that an action sets off, by `event.action`. */
async function webhooksOf(action: () => Promise<unknown>): Promise<{ names: string[]; find(name: string): Payload }> {
  await github.idle();
  const before = github.deliveries.length;
  await action();
  await github.idle();
  const deliveries = github.deliveries.slice(before);
  return {
    names: deliveries.map(nameOf),
    find(name) {
      const delivery = deliveries.find((each) => nameOf(each) === name);
      if (!delivery) throw new Error(`no ${name} among ${deliveries.map(nameOf).join(', ') || 'none'}`);
      return delivery.request.payload as Payload;
    },
  };
}

function nameOf({ event, action }: Delivery): string {
  return [event, action].filter(Boolean).join('.');
}

/** A payload as tests read it. */
// biome-ignore lint/suspicious/noExplicitAny: payloads have as many shapes as there are events
type Payload = Record<string, any>;

async function statusOf(request: Promise<{ status: number }>): Promise<number> {
  return request.then(
    ({ status }) => status,
    (error: { status: number }) => error.status,
  );
}

async function raw(at: string, init: RequestInit & { login?: Login } = {}): Promise<Response> {
  const { login, ...rest } = init;
  const authorization = login ? { authorization: `token ${TOKENS[login]}` } : {};
  return fetch(github.url + at, { ...rest, headers: { ...authorization, ...rest.headers } });
}

/** Makes our check required on main, from our App alone, as an organisation's ruleset does. */
async function requireOurCheck(options: { strict?: boolean; rules?: object[] } = {}): Promise<void> {
  await alice().request('POST /orgs/{org}/rulesets', {
    org: 'acme',
    name: 'Composure',
    target: 'branch',
    enforcement: 'active',
    conditions: {
      ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] },
      repository_name: { include: ['~ALL'], exclude: [] },
    },
    rules: [
      {
        type: 'required_status_checks',
        parameters: {
          strict_required_status_checks_policy: options.strict ?? false,
          required_status_checks: [{ context: 'Composure', integration_id: APP.id }],
        },
      },
      ...(options.rules ?? []),
    ] as never,
  });
}

type Conclusion = 'success' | 'failure' | 'neutral' | 'skipped' | 'action_required' | 'cancelled' | 'timed_out';

async function conclude(sha: string, conclusion: Conclusion, name = 'Composure') {
  const { data } = await (await bot()).rest.checks.create({
    ...WIDGETS,
    name,
    head_sha: sha,
    status: 'completed',
    conclusion,
    output: { title: conclusion, summary: 'A summary' },
  });
  return data;
}

const mergeNow = (number: number) => alice().rest.pulls.merge({ ...WIDGETS, pull_number: number });

// -- tests --------------------------------------------------------------------------------------------------------

describe('authentication', () => {
  it('shows the App to its JSON web token', async () => {
    const { data } = await (await app()).rest.apps.getAuthenticated();
    expect(data).toMatchObject({ slug: 'composure', id: APP.id, installations_count: 1 });
  });

  it('refuses a JSON web token with a bad signature', async () => {
    const token = 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOjEyMzQ1LCJleHAiOjk5OTk5OTk5OTl9.AAAA';
    expect((await raw('/app', { headers: { authorization: `Bearer ${token}` } })).status).toBe(401);
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
  ])('refuses what the manifest does not ask for: %s', async (_, method, at) => {
    await withPullRequest();
    const { token } = (await (await bot()).auth({ type: 'installation' })) as { token: string };
    const response = await raw(at, {
      method,
      headers: { authorization: `token ${token}` },
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

describe('contents and git data', () => {
  it('reads a file at a ref', async () => {
    await withFiles();
    const { data } = await (await bot()).rest.repos.getContent({
      ...WIDGETS,
      path: '.github/composure.yml',
      ref: 'main',
    });
    expect(Buffer.from((data as { content: string }).content, 'base64').toString()).toBe('preset: standard\n');
  });

  it('lists a folder', async () => {
    await withFiles();
    const { data } = await (await bot()).rest.repos.getContent({ ...WIDGETS, path: 'src' });
    expect((data as { name: string }[]).map((entry) => entry.name)).toEqual(['a.ts', 'gone.ts', 'old.ts']);
  });

  it('answers 404 for a file that is not there', async () => {
    expect(await statusOf((await bot()).rest.repos.getContent({ ...WIDGETS, path: 'nope' }))).toBe(404);
  });

  it('gives a file as it is to who asks for it raw', async () => {
    await withFiles();
    const { data, headers } = await (await bot()).rest.repos.getContent({
      ...WIDGETS,
      path: 'src/gone.ts',
      mediaType: { format: 'raw' },
    });
    expect(data).toBe('bye\n');
    expect(headers['content-type']).toContain('vnd.github.raw');
  });

  it('answers what context.config asks for, and falls back to the organisation', async () => {
    await withFiles();
    await push(alice(), { ...ORG_SETTINGS, branch: 'main', files: { '.github/org-only.yml': 'org: acme\n' } });
    const octokit = (await probot.auth(APP.installationId)) as unknown as {
      config: { get(at: object): Promise<{ config: unknown }> };
    };
    const own = await octokit.config.get({ ...WIDGETS, path: '.github/composure.yml' });
    const organisation = await octokit.config.get({ ...WIDGETS, path: '.github/org-only.yml' });
    expect([own.config, organisation.config]).toEqual([{ preset: 'standard' }, { org: 'acme' }]);
  });

  it('tells of a file written through the contents API as of a push', async () => {
    const webhooks = await webhooksOf(() =>
      alice().rest.repos.createOrUpdateFileContents({
        ...WIDGETS,
        path: 'docs/a.md',
        message: 'Write a page',
        content: Buffer.from('A page\n').toString('base64'),
        branch: 'main',
      }),
    );
    expect(webhooks.find('push').commits).toMatchObject([
      { message: 'Write a page', added: ['docs/a.md'], removed: [], modified: [] },
    ]);
  });

  it('lets only those push who may', async () => {
    const tip = (await alice().rest.git.getRef({ ...WIDGETS, ref: 'heads/main' })).data.object.sha;
    const branch = (octokit: Octokit, name: string) =>
      statusOf(octokit.rest.git.createRef({ ...WIDGETS, ref: `refs/heads/${name}`, sha: tip }));
    expect(await branch(bob(), 'one')).toBe(403);
    await alice().rest.repos.addCollaborator({ ...WIDGETS, username: 'bob', permission: 'push' });
    expect(await branch(bob(), 'one')).toBe(201);
    await alice().rest.teams.create({ org: 'acme', name: 'core' });
    const team = { org: 'acme', team_slug: 'core' };
    await alice().rest.teams.addOrUpdateMembershipForUserInOrg({ ...team, username: 'carol' });
    await alice().rest.teams.addOrUpdateRepoPermissionsInOrg({ ...team, ...WIDGETS, permission: 'push' });
    expect(await branch(carol(), 'two')).toBe(201);
    expect(await branch(mallory(), 'three')).toBe(403);
  });

  it('makes commits with the SHAs that git would give them', async () => {
    const { head } = await withPullRequest();
    const { data } = await bob().rest.git.getCommit({ ...WIDGETS, commit_sha: head });
    const seconds = (date: string) => Math.floor(Date.parse(date) / 1000);
    const body = [
      `tree ${data.tree.sha}`,
      ...data.parents.map((parent) => `parent ${parent.sha}`),
      `author ${data.author.name} <${data.author.email}> ${seconds(data.author.date)} +0000`,
      `committer ${data.committer.name} <${data.committer.email}> ${seconds(data.committer.date)} +0000`,
      '',
      `${data.message}\n`,
    ].join('\n');
    expect(createHash('sha1').update(`commit ${body.length}\0${body}`).digest('hex')).toBe(head);
  });

  it('gives a whole tree and its blobs', async () => {
    const { head } = await withPullRequest();
    const octokit = await bot();
    const { data } = await octokit.rest.git.getTree({ ...WIDGETS, tree_sha: head, recursive: '1' });
    const entry = data.tree.find((each) => each.path === 'src/new.ts');
    const blob = await octokit.rest.git.getBlob({ ...WIDGETS, file_sha: entry?.sha ?? '' });
    expect(Buffer.from(blob.data.content, 'base64').toString()).toBe('export {};\n');
  });

  it('keeps bytes and modes', async () => {
    await withFiles();
    const bytes = new Uint8Array([0, 255, 10, 200]);
    await push(bob(), {
      ...WIDGETS,
      branch: 'bytes',
      files: {
        'logo.png': bytes,
        'run.sh': { content: '#!/bin/sh\n', mode: '100755' },
        link: { content: 'a', mode: '120000' },
      },
    });
    const { data } = await bob().rest.git.getTree({ ...WIDGETS, tree_sha: 'bytes', recursive: '1' });
    const modes = Object.fromEntries(data.tree.map((entry) => [entry.path, entry.mode]));
    expect(modes).toMatchObject({ 'logo.png': '100644', 'run.sh': '100755', link: '120000' });
    const rawFile = await raw('/repos/acme/widgets/contents/logo.png?ref=bytes', {
      login: 'bob',
      headers: { accept: 'application/vnd.github.raw' },
    });
    expect(new Uint8Array(await rawFile.arrayBuffer())).toEqual(bytes);
  });

  it('compares two branches from their merge base', async () => {
    const { head } = await withPullRequest();
    const fork = (await bob().rest.git.getCommit({ ...WIDGETS, commit_sha: head })).data.parents[0]?.sha;
    await push(alice(), { ...WIDGETS, branch: 'main', files: { 'later.txt': 'later\n' } });
    const { data } = await (await bot()).rest.repos.compareCommitsWithBasehead({
      ...WIDGETS,
      basehead: 'main...feature',
    });
    expect(data).toMatchObject({ status: 'diverged', ahead_by: 1, behind_by: 1, merge_base_commit: { sha: fork } });
    expect(data.files?.map((file) => file.filename)).toEqual([
      'src/a.ts',
      'src/gone.ts',
      'src/new.ts',
      'src/renamed.ts',
    ]);
  });

  it('gives a comparison and a pull request as a diff', async () => {
    const { number } = await withPullRequest();
    const octokit = await bot();
    const compared = await octokit.request('GET /repos/{owner}/{repo}/compare/{basehead}', {
      ...WIDGETS,
      basehead: 'main...feature',
      mediaType: { format: 'diff' },
    });
    const pull = await octokit.rest.pulls.get({ ...WIDGETS, pull_number: number, mediaType: { format: 'diff' } });
    expect(String(compared.data)).toMatch(/^diff --git a\/src\/a.ts b\/src\/a.ts\n/);
    expect(pull.data).toEqual(compared.data);
  });

  it('finds the best merge base after the base was merged into the head', async () => {
    await withPullRequest();
    const tip = await push(alice(), { ...WIDGETS, branch: 'main', files: { 'later.txt': 'later\n' } });
    await bob().rest.pulls.updateBranch({ ...WIDGETS, pull_number: 1 });
    await changeOnFeature({ 'more.txt': 'more\n' });
    const { data } = await (await bot()).rest.repos.compareCommitsWithBasehead({
      ...WIDGETS,
      basehead: 'main...feature',
    });
    expect(data.merge_base_commit.sha).toBe(tip);
    expect(data.files?.map((file) => file.filename)).not.toContain('later.txt');
  });

  it('shows a commit with its files, and lists history', async () => {
    const { head } = await withPullRequest();
    const octokit = await bot();
    const one = await octokit.rest.repos.getCommit({ ...WIDGETS, ref: head });
    const all = await octokit.rest.repos.listCommits({ ...WIDGETS, sha: 'feature' });
    expect(one.data.files).toHaveLength(4);
    expect(one.data.author?.login).toBe('bob');
    expect(all.data.map((commit) => commit.commit.message)).toEqual(['A feature', 'Change files', 'Initial commit']);
  });

  it('shows a branch with what protects it', async () => {
    await requireOurCheck();
    const { data } = await (await bot()).rest.repos.getBranch({ ...WIDGETS, branch: 'main' });
    expect(data.protected).toBe(true);
    expect(data.protection.required_status_checks?.contexts).toEqual(['Composure']);
  });

  it('tells when a branch is made and deleted', async () => {
    const sha = await withFiles();
    const made = await webhooksOf(() => bob().rest.git.createRef({ ...WIDGETS, ref: 'refs/heads/short-lived', sha }));
    expect(made.names).toEqual(expect.arrayContaining(['create', 'push']));
    expect(made.find('push')).toMatchObject({ created: true, before: '0'.repeat(40), after: sha });
    const gone = await webhooksOf(() => bob().rest.git.deleteRef({ ...WIDGETS, ref: 'heads/short-lived' }));
    expect(gone.find('push')).toMatchObject({ deleted: true, before: sha, head_commit: null });
    expect(gone.names).toContain('delete');
  });

  it('merges one branch into another', async () => {
    const sha = await withFiles();
    await bob().rest.git.createRef({ ...WIDGETS, ref: 'refs/heads/release', sha });
    await push(alice(), { ...WIDGETS, branch: 'main', files: { 'b.txt': 'b\n' } });
    const merge = { ...WIDGETS, base: 'release', head: 'main' };
    expect((await bob().rest.repos.merge(merge)).status).toBe(201);
    expect((await bob().rest.repos.merge(merge)).status).toBe(204);
  });

  it('loads a real repository with its real SHAs', async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'composure-import-'));
    try {
      const git = (...args: string[]) => execFileSync('git', args, { cwd: dir, encoding: 'utf8' }).trim();
      git('init', '--quiet', '--initial-branch=main');
      writeFileSync(path.join(dir, 'a.txt'), 'one\n');
      writeFileSync(path.join(dir, 'bytes.bin'), Buffer.from([0, 1, 2, 255]));
      git('add', '.');
      git('-c', 'user.name=Ann', '-c', 'user.email=ann@example.com', 'commit', '--quiet', '-m', 'First');
      writeFileSync(path.join(dir, 'a.txt'), 'one\ntwo\n');
      git('-c', 'user.name=Ann', '-c', 'user.email=ann@example.com', 'commit', '--quiet', '-am', 'Second');
      const imported = importGit(github, 'acme/widgets', dir, { branches: { main: 'HEAD~1', topic: 'HEAD' } });
      expect(imported).toEqual({ commits: 2, trees: 2, blobs: 3 });
      const pull = await openPullRequest(alice(), { ...WIDGETS, head: 'topic' });
      expect(pull.head.sha).toBe(git('rev-parse', 'HEAD'));
      const { data } = await alice().rest.pulls.listFiles({ ...WIDGETS, pull_number: pull.number });
      expect(data).toMatchObject([{ filename: 'a.txt', additions: 1, deletions: 0 }]);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});

describe('pull requests', () => {
  it('tells of an opened one, in full', async () => {
    await withFiles();
    await changeOnFeature({ 'src/a.ts': 'changed\n' });
    const webhooks = await webhooksOf(() => openPullRequest(bob(), { ...WIDGETS, head: 'feature' }));
    expect(webhooks.find('pull_request.opened')).toMatchObject({
      number: 1,
      pull_request: { changed_files: 1, additions: 1, deletions: 3, commits: 1, mergeable: null },
      sender: { login: 'bob' },
      organization: { login: 'acme' },
      installation: { id: APP.installationId },
      repository: { full_name: 'acme/widgets' },
    });
  });

  it('counts additions, deletions, files and commits', async () => {
    const { number } = await withPullRequest();
    const { data } = await (await bot()).rest.pulls.get({ ...WIDGETS, pull_number: number });
    expect(data).toMatchObject({ additions: 3, deletions: 2, changed_files: 4, commits: 1, mergeable: true });
  });

  it('lists files with status, counts and patch', async () => {
    const { number } = await withPullRequest();
    const { data } = await (await bot()).rest.pulls.listFiles({ ...WIDGETS, pull_number: number });
    expect(data.map((file) => [file.status, file.filename, file.additions, file.deletions])).toEqual([
      ['modified', 'src/a.ts', 2, 1],
      ['removed', 'src/gone.ts', 0, 1],
      ['added', 'src/new.ts', 1, 0],
      ['renamed', 'src/renamed.ts', 0, 0],
    ]);
    expect(data[0]?.patch).toBe('@@ -1,3 +1,4 @@\n line1\n-line2\n+line2 changed\n line3\n+line4');
    expect(data[3]?.previous_filename).toBe('src/old.ts');
  });

  it('lists commits with their authors', async () => {
    const { number } = await withPullRequest();
    await changeOnFeature({ 'more.txt': 'more\n' });
    const { data } = await (await bot()).rest.pulls.listCommits({ ...WIDGETS, pull_number: number });
    expect(data.map((commit) => [commit.commit.message, commit.author?.login])).toEqual([
      ['A feature', 'bob'],
      ['Change files', 'bob'],
    ]);
  });

  it('finds the pull requests of a commit', async () => {
    const { head, number } = await withPullRequest();
    const { data } = await (await bot()).rest.repos.listPullRequestsAssociatedWithCommit({
      ...WIDGETS,
      commit_sha: head,
    });
    expect(data.map((pull) => pull.number)).toEqual([number]);
  });

  it('keeps the head under refs/pull', async () => {
    const { number, head } = await withPullRequest();
    const octokit = await bot();
    const ref = await octokit.rest.git.getRef({ ...WIDGETS, ref: `pull/${number}/head` });
    const file = await octokit.rest.repos.getContent({
      ...WIDGETS,
      path: 'src/new.ts',
      ref: `refs/pull/${number}/head`,
    });
    expect([ref.data.object.sha, file.status]).toEqual([head, 200]);
  });

  it('moves the head on a push, before the push is answered', async () => {
    const { head: before, number } = await withPullRequest();
    const webhooks = await webhooksOf(() => changeOnFeature({ 'src/a.ts': 'x\n' }));
    const { data } = await (await bot()).rest.pulls.get({ ...WIDGETS, pull_number: number });
    expect(webhooks.find('pull_request.synchronize')).toMatchObject({
      before,
      after: data.head.sha,
      pull_request: { head: { sha: data.head.sha } },
    });
  });

  it('says whether a push was forced', async () => {
    const { head } = await withPullRequest();
    const other = (await bob().rest.git.getCommit({ ...WIDGETS, commit_sha: head })).data;
    const rewritten = await bob().rest.git.createCommit({
      ...WIDGETS,
      message: 'Another feature',
      tree: other.tree.sha,
      parents: other.parents.map((parent) => parent.sha),
    });
    const update = { ...WIDGETS, ref: 'heads/feature', sha: rewritten.data.sha };
    expect(await statusOf(bob().rest.git.updateRef(update))).toBe(422);
    const webhooks = await webhooksOf(() => bob().rest.git.updateRef({ ...update, force: true }));
    expect(webhooks.find('push')).toMatchObject({ forced: true });
    expect(webhooks.names).toContain('pull_request.synchronize');
  });

  it.each([
    ['title', { title: 'Feature 2' }, { title: { from: 'Feature' } }],
    ['body', { body: 'Because' }, { body: { from: 'Why' } }],
    ['base', { base: 'release' }, { base: { ref: { from: 'main' } } }],
  ])('says what the %s was before it was edited', async (_, change, changes) => {
    const { number, head } = await withPullRequest();
    const parent = (await bob().rest.git.getCommit({ ...WIDGETS, commit_sha: head })).data.parents[0]?.sha ?? '';
    await alice().rest.git.createRef({ ...WIDGETS, ref: 'refs/heads/release', sha: parent });
    const webhooks = await webhooksOf(() => bob().rest.pulls.update({ ...WIDGETS, pull_number: number, ...change }));
    expect(webhooks.find('pull_request.edited').changes).toMatchObject(changes);
  });

  it('tells of drafts that become ready, and back', async () => {
    const { pull } = await withPullRequest({ draft: true });
    expect(pull.draft).toBe(true);
    const mutate = (name: string) =>
      bob().graphql(`mutation($id: ID!) { ${name}(input: { pullRequestId: $id }) { pullRequest { isDraft } } }`, {
        id: pull.node_id,
      });
    const ready = await webhooksOf(() => mutate('markPullRequestReadyForReview'));
    const draft = await webhooksOf(() => mutate('convertPullRequestToDraft'));
    expect([...ready.names, ...draft.names]).toEqual([
      'pull_request.ready_for_review',
      'pull_request.converted_to_draft',
    ]);
  });

  it('tells of closing and reopening', async () => {
    const { number } = await withPullRequest();
    const close = () => bob().rest.pulls.update({ ...WIDGETS, pull_number: number, state: 'closed' });
    const open = () => bob().rest.pulls.update({ ...WIDGETS, pull_number: number, state: 'open' });
    const closed = await webhooksOf(close);
    expect(closed.find('pull_request.closed').pull_request).toMatchObject({ state: 'closed', merged: false });
    expect((await webhooksOf(open)).names).toEqual(['pull_request.reopened']);
  });

  it('closes one whose branch is deleted', async () => {
    const { number } = await withPullRequest();
    await bob().rest.git.deleteRef({ ...WIDGETS, ref: 'heads/feature' });
    expect((await bob().rest.pulls.get({ ...WIDGETS, pull_number: number })).data.state).toBe('closed');
  });

  it('lists by state, base and head', async () => {
    await withPullRequest();
    const octokit = await bot();
    const count = async (filter: object) => (await octokit.rest.pulls.list({ ...WIDGETS, ...filter })).data.length;
    expect(await count({})).toBe(1);
    expect(await count({ state: 'closed' })).toBe(0);
    expect(await count({ base: 'release' })).toBe(0);
    expect(await count({ head: 'acme:feature' })).toBe(1);
    expect(await count({ head: 'mallory:feature' })).toBe(0);
  });

  it('knows a pull request from a fork', async () => {
    await withFiles();
    await mallory().rest.repos.createFork(WIDGETS);
    const head = await push(mallory(), {
      owner: 'mallory',
      repo: 'widgets',
      branch: 'evil',
      files: { 'evil.ts': 'evil\n' },
    });
    const webhooks = await webhooksOf(() => openPullRequest(mallory(), { ...WIDGETS, head: 'mallory:evil' }));
    const { pull_request: pull } = webhooks.find('pull_request.opened');
    expect(pull).toMatchObject({
      author_association: 'NONE',
      head: { sha: head, label: 'mallory:evil', repo: { fork: true, full_name: 'mallory/widgets' } },
      changed_files: 1,
    });
    const pushed = await webhooksOf(() =>
      push(mallory(), { owner: 'mallory', repo: 'widgets', branch: 'evil', files: { 'more.ts': 'more\n' } }),
    );
    expect(pushed.names).toEqual(['pull_request.synchronize']);
    const run = await conclude(pushed.find('pull_request.synchronize').after, 'success');
    expect(run.pull_requests).toEqual([]);
  });

  it('takes a POST without a body', async () => {
    expect((await raw('/repos/acme/widgets/forks', { method: 'POST', login: 'bob' })).status).toBe(202);
  });

  it.each([
    ['no commits', { head: 'empty' }],
    ['a head that is not there', { head: 'nowhere' }],
    ['a base that is not there', { head: 'feature', base: 'nowhere' }],
    ['the same head and base again', { head: 'feature' }],
  ])('refuses one with %s', async (_, pull) => {
    await withPullRequest();
    const { object } = (await alice().rest.git.getRef({ ...WIDGETS, ref: 'heads/main' })).data;
    await alice().rest.git.createRef({ ...WIDGETS, ref: 'refs/heads/empty', sha: object.sha });
    const request = bob().rest.pulls.create({ ...WIDGETS, title: 'Again', base: 'main', ...pull });
    expect(await statusOf(request)).toBe(422);
  });

  it('knows a member from a stranger', async () => {
    const { pull } = await withPullRequest();
    expect(pull.author_association).toBe('MEMBER');
  });

  it('lets the author and those with write access edit it, nobody else', async () => {
    const { number } = await withPullRequest();
    const edit = (octokit: Octokit) =>
      statusOf(octokit.rest.pulls.update({ ...WIDGETS, pull_number: number, title: 'T' }));
    expect(await edit(bob())).toBe(200);
    expect(await edit(alice())).toBe(200);
    expect(await edit(carol())).toBe(403);
  });
});

describe('files of pull requests', () => {
  async function filesOf(files: Record<string, FileChange>, query: { per_page?: number; page?: number } = {}) {
    await changeOnFeature(files);
    const pull = await openPullRequest(bob(), { ...WIDGETS, head: 'feature' });
    const { data } = await (await bot()).rest.pulls.listFiles({ ...WIDGETS, pull_number: pull.number, ...query });
    return { files: data, number: pull.number };
  }

  beforeEach(withFiles);

  it('finds a file that was renamed and changed', async () => {
    const { files } = await filesOf({ 'src/old.ts': null, 'lib/new.ts': `${rows(20)}one more\n` });
    expect(files).toMatchObject([
      { status: 'renamed', filename: 'lib/new.ts', previous_filename: 'src/old.ts', additions: 1, deletions: 0 },
    ]);
    expect(files[0]?.patch).toContain('+one more');
  });

  it('does not call a file renamed when less than half of it is the same', async () => {
    const { files } = await filesOf({ 'src/old.ts': null, 'lib/new.ts': rows(8) + rows(20, 'other') });
    expect(files.map((file) => [file.status, file.filename])).toEqual([
      ['added', 'lib/new.ts'],
      ['removed', 'src/old.ts'],
    ]);
  });

  it('pairs several renamed files by what they have most in common', async () => {
    await push(alice(), {
      ...WIDGETS,
      branch: 'main',
      files: { 'a.txt': rows(30, 'apple'), 'b.txt': rows(30, 'berry') },
    });
    const { files } = await filesOf({
      'a.txt': null,
      'b.txt': null,
      'x.txt': `${rows(30, 'berry')}x\n`,
      'y.txt': `${rows(30, 'apple')}y\n`,
    });
    expect(files.map((file) => [file.previous_filename, file.filename])).toEqual([
      ['b.txt', 'x.txt'],
      ['a.txt', 'y.txt'],
    ]);
  });

  it('agrees with git on which files were renamed', async () => {
    const before: Record<string, string> = {};
    const after: Record<string, string> = {};
    for (let at = 0; at < 12; at += 1) {
      const kept = at * 4; // of 44 lines, so from nothing to all of it
      before[`old/${at}.txt`] = rows(44, `file ${at} line`);
      after[`new/${at}.txt`] = rows(kept, `file ${at} line`) + rows(44 - kept, `other ${at} text`);
    }
    const dir = mkdtempSync(path.join(tmpdir(), 'composure-renames-'));
    try {
      const git = (...args: string[]) => execFileSync('git', args, { cwd: dir, encoding: 'utf8' });
      const commit = (files: Record<string, string>) => {
        git('rm', '-r', '--quiet', '--ignore-unmatch', '.');
        for (const [file, text] of Object.entries(files)) {
          execFileSync('mkdir', ['-p', path.join(dir, path.dirname(file))]);
          writeFileSync(path.join(dir, file), text);
        }
        git('add', '.');
        git('-c', 'user.name=Ann', '-c', 'user.email=ann@example.com', 'commit', '--quiet', '-m', 'Files');
      };
      git('init', '--quiet', '--initial-branch=main');
      commit(before);
      git('checkout', '--quiet', '-b', 'topic');
      commit(after);
      const expected = git('diff', '--find-renames', '--name-status', 'main', 'topic')
        .trim()
        .split('\n')
        .map((line) => line.replace(/^R\d+/, 'R').split('\t'));
      importGit(github, 'acme/widgets', dir, { branches: { main: 'main', topic: 'topic' } });
      const pull = await openPullRequest(alice(), { ...WIDGETS, head: 'topic' });
      const { data } = await alice().rest.pulls.listFiles({ ...WIDGETS, pull_number: pull.number, per_page: 100 });
      const letter: Record<string, string> = { renamed: 'R', added: 'A', removed: 'D', modified: 'M' };
      const found = data.map((file) => [letter[file.status], file.previous_filename, file.filename].filter(Boolean));
      expect(found.sort()).toEqual(expected.sort());
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('writes patches exactly as git does', async () => {
    const before =
      'function one() {\n  a();\n  b();\n  c();\n  d();\n}\n\nfunction two() {\n  e();\n  f();\n  g();\n  h();\n  i();\n}\n';
    const cases: [string, string][] = [
      [before, before.replace('i();', 'j();')],
      [before, before.replace('a();\n', '')],
      [before, before.trimEnd()],
      ['', 'one\ntwo'],
      ['one\n', ''],
      ['one', 'one\n'],
      [rows(50), rows(50).replace('row 3\n', 'row three\n').replace('row 40\n', '')],
    ];
    const dir = mkdtempSync(path.join(tmpdir(), 'composure-patches-'));
    try {
      const names = cases.map((_, at) => `case-${at}.js`);
      await push(alice(), {
        ...WIDGETS,
        branch: 'main',
        files: Object.fromEntries(cases.map(([old], at) => [names[at] ?? '', old])),
      });
      const { files } = await filesOf(Object.fromEntries(cases.map(([, now], at) => [names[at] ?? '', now])));
      for (const [at, [old, now]] of cases.entries()) {
        writeFileSync(path.join(dir, 'a'), old);
        writeFileSync(path.join(dir, 'b'), now);
        const expected = gitDiff(dir);
        expect(files.find((file) => file.filename === names[at])?.patch).toBe(expected);
      }
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  /** Git ends with 1 where files differ. */
  function gitDiff(dir: string): string {
    try {
      return execFileSync('git', ['diff', '--no-index', 'a', 'b'], { cwd: dir, encoding: 'utf8' });
    } catch (error) {
      const output = (error as { stdout: string }).stdout;
      return output.slice(output.indexOf('\n@@') + 1).replace(/\n$/, '');
    }
  }

  it('gives no patch for binary files', async () => {
    const { files } = await filesOf({ 'logo.png': new Uint8Array([137, 80, 0, 1]) });
    expect(files).toMatchObject([{ status: 'added', additions: 0, deletions: 0 }]);
    expect(files[0]).not.toHaveProperty('patch');
  });

  it('calls a file changed of which only the mode is new', async () => {
    const { files } = await filesOf({ 'src/gone.ts': { content: 'bye\n', mode: '100755' } });
    expect(files).toMatchObject([{ status: 'changed', additions: 0, deletions: 0 }]);
  });

  it('gives pages of at most a hundred, with links', async () => {
    const many = Object.fromEntries(Array.from({ length: 230 }, (_, at) => [`many/${at}.txt`, `${at}\n`]));
    const { files, number } = await filesOf(many, { per_page: 500 });
    expect(files).toHaveLength(100);
    const octokit = await bot();
    const all = await octokit.paginate(octokit.rest.pulls.listFiles, {
      ...WIDGETS,
      pull_number: number,
      per_page: 100,
    });
    expect(all).toHaveLength(230);
  });

  it('loses counts and patches past 20,000 lines of one response, and has them on a smaller page', async () => {
    const big = Object.fromEntries(Array.from({ length: 5 }, (_, at) => [`big/${at}.txt`, rows(7000)]));
    const { files, number } = await filesOf(big);
    expect(files.map((file) => file.additions)).toEqual([7000, 7000, 7000, 0, 0]);
    expect(files.map((file) => file.changes)).toEqual([7000, 7000, 7000, 0, 0]);
    expect(files.map((file) => file.patch !== undefined)).toEqual([true, true, true, false, false]);
    const { data } = await (await bot()).rest.pulls.listFiles({
      ...WIDGETS,
      pull_number: number,
      per_page: 1,
      page: 5,
    });
    expect(data).toMatchObject([{ filename: 'big/4.txt', additions: 7000 }]);
    const pull = await (await bot()).rest.pulls.get({ ...WIDGETS, pull_number: number });
    expect(pull.data.additions).toBe(35_000);
  });

  it('counts a very large file without a patch', async () => {
    const { files } = await filesOf({ 'huge.txt': rows(25_000) });
    expect(files).toMatchObject([{ additions: 25_000 }]);
    expect(files[0]).not.toHaveProperty('patch');
  });

  it('lists no more than 3,000 files', async () => {
    const many = Object.fromEntries(Array.from({ length: 3010 }, (_, at) => [`many/${at % 50}/${at}.txt`, `${at}\n`]));
    const { number } = await filesOf(many);
    const octokit = await bot();
    const all = await octokit.paginate(octokit.rest.pulls.listFiles, {
      ...WIDGETS,
      pull_number: number,
      per_page: 100,
    });
    const pull = await octokit.rest.pulls.get({ ...WIDGETS, pull_number: number });
    expect([all.length, pull.data.changed_files]).toEqual([3000, 3010]);
  });
});

describe('checks', () => {
  it('tells of a run that is made, with its App and its pull requests', async () => {
    const { head, number } = await withPullRequest();
    const webhooks = await webhooksOf(async () =>
      (await bot()).rest.checks.create({ ...WIDGETS, name: 'Composure', head_sha: head, status: 'in_progress' }),
    );
    expect(webhooks.find('check_run.created').check_run).toMatchObject({
      app: { slug: 'composure', id: APP.id },
      status: 'in_progress',
      conclusion: null,
      pull_requests: [{ number }],
    });
    expect(webhooks.find('check_run.created').sender).toMatchObject({ login: 'composure[bot]', type: 'Bot' });
  });

  it('tells when it is completed, and its suite with it', async () => {
    const { head } = await withPullRequest();
    const octokit = await bot();
    const { data } = await octokit.rest.checks.create({ ...WIDGETS, name: 'Composure', head_sha: head });
    const webhooks = await webhooksOf(() =>
      octokit.rest.checks.update({ ...WIDGETS, check_run_id: data.id, status: 'completed', conclusion: 'failure' }),
    );
    expect(webhooks.names).toEqual(['check_run.completed', 'check_suite.completed']);
  });

  it('takes a conclusion for the end', async () => {
    const { head } = await withPullRequest();
    const { data } = await (await bot()).rest.checks.create({
      ...WIDGETS,
      name: 'C',
      head_sha: head,
      conclusion: 'neutral',
    });
    expect(data).toMatchObject({ status: 'completed', conclusion: 'neutral' });
    expect(data.completed_at).not.toBeNull();
  });

  it('keeps all of an annotation, and adds those of later requests', async () => {
    const { head } = await withPullRequest();
    const octokit = await bot();
    const first = {
      path: 'src/a.ts',
      start_line: 1,
      end_line: 1,
      start_column: 1,
      end_column: 2,
      annotation_level: 'warning' as const,
      message: 'A message',
      title: 'A title',
      raw_details: 'Details',
    };
    const { data } = await octokit.rest.checks.create({
      ...WIDGETS,
      name: 'Composure',
      head_sha: head,
      output: { title: 'T', summary: 'S', annotations: [first] },
    });
    const at = { ...WIDGETS, check_run_id: data.id };
    const second = { path: 'src/a.ts', start_line: 2, end_line: 3, annotation_level: 'failure' as const, message: 'B' };
    await octokit.rest.checks.update({ ...at, output: { title: 'T', summary: 'S', annotations: [second] } });
    const listed = await octokit.rest.checks.listAnnotations(at);
    expect(listed.data).toMatchObject([first, { ...second, title: null, start_column: null }]);
    expect((await octokit.rest.checks.get(at)).data.output.annotations_count).toBe(2);
  });

  it.each([
    ['more than 50 annotations', { annotations: Array.from({ length: 51 }, annotation) }],
    ['a summary of more than 65,535 characters', { summary: 'x'.repeat(65_536) }],
    ['a text of more than 65,535 characters', { text: 'x'.repeat(65_536) }],
    ['columns on an annotation of two lines', { annotations: [{ ...annotation(), end_line: 2, start_column: 1 }] }],
  ])('refuses %s', async (_, output) => {
    const { head } = await withPullRequest();
    const request = (await bot()).rest.checks.create({
      ...WIDGETS,
      name: 'Composure',
      head_sha: head,
      output: { title: 'T', summary: 'S', ...output },
    });
    expect(await statusOf(request)).toBe(422);
  });

  function annotation() {
    return { path: 'a', start_line: 1, end_line: 1, annotation_level: 'notice' as const, message: 'm' };
  }

  it('takes 50 annotations and texts that just fit', async () => {
    const { head } = await withPullRequest();
    const output = {
      title: 'T',
      summary: 'x'.repeat(65_535),
      text: 'x'.repeat(65_535),
      annotations: Array.from({ length: 50 }, annotation),
    };
    const request = (await bot()).rest.checks.create({ ...WIDGETS, name: 'Composure', head_sha: head, output });
    expect(await statusOf(request)).toBe(201);
  });

  it('refuses a run of a person, on no commit, or without a conclusion', async () => {
    const { head } = await withPullRequest();
    const create = (octokit: Octokit, run: object) =>
      statusOf(octokit.rest.checks.create({ ...WIDGETS, name: 'Composure', head_sha: head, ...run } as never));
    expect(await create(bob(), {})).toBe(403);
    expect(await create(await bot(), { head_sha: 'f'.repeat(40) })).toBe(422);
    expect(await create(await bot(), { status: 'completed' })).toBe(422);
  });

  it('lists by commit, branch, name and App', async () => {
    const { head } = await withPullRequest();
    await conclude(head, 'success');
    await conclude(head, 'failure');
    await conclude(head, 'success', 'Another');
    const octokit = await bot();
    const list = async (filter: object) =>
      (await octokit.rest.checks.listForRef({ ...WIDGETS, ref: head, ...filter })).data;
    expect((await list({})).check_runs.map((run) => [run.name, run.conclusion])).toEqual([
      ['Another', 'success'],
      ['Composure', 'failure'],
    ]);
    expect((await list({ ref: 'feature', check_name: 'Composure' })).total_count).toBe(1);
    expect((await list({ filter: 'all' })).total_count).toBe(3);
    expect((await list({ app_id: APP.id })).total_count).toBe(2);
    expect((await list({ app_id: 999 })).total_count).toBe(0);
    expect((await list({ per_page: 1 })).check_runs).toHaveLength(1);
  });

  it('asks for checks on every push', async () => {
    await withPullRequest();
    const webhooks = await webhooksOf(() => changeOnFeature({ 'z.txt': 'z\n' }));
    expect(webhooks.find('check_suite.requested').check_suite).toMatchObject({
      head_branch: 'feature',
      status: 'queued',
      app: { id: APP.id },
    });
  });

  it('keeps one suite for all runs of a commit', async () => {
    const { head } = await withPullRequest();
    const one = await conclude(head, 'success');
    const two = await conclude(head, 'failure', 'Another');
    expect(one.check_suite?.id).toBe(two.check_suite?.id);
    const octokit = await bot();
    const { data } = await octokit.rest.checks.listSuitesForRef({ ...WIDGETS, ref: head });
    expect(data.check_suites).toMatchObject([{ conclusion: 'failure', latest_check_runs_count: 2 }]);
    const runs = await octokit.rest.checks.listForSuite({ ...WIDGETS, check_suite_id: data.check_suites[0]?.id ?? 0 });
    expect(runs.data.total_count).toBe(2);
  });

  it('passes on that a person wants a run again, and leaves the run to the App', async () => {
    const { head } = await withPullRequest();
    const run = await conclude(head, 'failure');
    const webhooks = await webhooksOf(() => bob().rest.checks.rerequestRun({ ...WIDGETS, check_run_id: run.id }));
    expect(webhooks.find('check_run.rerequested')).toMatchObject({
      sender: { login: 'bob' },
      check_run: { id: run.id, head_sha: head },
    });
    const { data } = await (await bot()).rest.checks.get({ ...WIDGETS, check_run_id: run.id });
    expect(data.conclusion).toBe('failure');
  });

  it('passes on that a person wants a suite again', async () => {
    const { head } = await withPullRequest();
    const run = await conclude(head, 'failure');
    const suite = run.check_suite?.id ?? 0;
    const webhooks = await webhooksOf(() => bob().rest.checks.rerequestSuite({ ...WIDGETS, check_suite_id: suite }));
    expect(webhooks.find('check_suite.rerequested')).toMatchObject({ check_suite: { id: suite, head_sha: head } });
  });

  it('passes on a click on a button of a run, for which GitHub has no API', async () => {
    const { head } = await withPullRequest();
    const run = await conclude(head, 'failure');
    const webhooks = await webhooksOf(() =>
      raw('/_lab/requested-action', {
        method: 'POST',
        body: JSON.stringify({ repo: 'acme/widgets', check_run_id: run.id, identifier: 'recheck', login: 'carol' }),
      }),
    );
    expect(webhooks.find('check_run.requested_action')).toMatchObject({
      requested_action: { identifier: 'recheck' },
      sender: { login: 'carol' },
    });
  });
});

describe('statuses', () => {
  it('tells of a status, and sums them up', async () => {
    const { head } = await withPullRequest();
    const octokit = await bot();
    const state = async () =>
      (await octokit.rest.repos.getCombinedStatusForRef({ ...WIDGETS, ref: 'feature' })).data.state;
    expect(await state()).toBe('pending');
    const webhooks = await webhooksOf(() =>
      octokit.rest.repos.createCommitStatus({ ...WIDGETS, sha: head, state: 'success', context: 'ci' }),
    );
    expect(webhooks.find('status')).toMatchObject({ state: 'success', context: 'ci', sha: head });
    expect(await state()).toBe('success');
    await octokit.rest.repos.createCommitStatus({ ...WIDGETS, sha: head, state: 'failure', context: 'lint' });
    expect(await state()).toBe('failure');
    const { data } = await octokit.rest.repos.listCommitStatusesForRef({ ...WIDGETS, ref: head });
    expect(data.map((status) => status.context)).toEqual(['lint', 'ci']);
  });
});

describe('comments', () => {
  async function withComment() {
    const scene = await withPullRequest();
    const { data } = await (await bot()).rest.issues.createComment({
      ...WIDGETS,
      issue_number: scene.number,
      body: 'one',
    });
    await github.idle();
    return { ...scene, comment: data, at: { ...WIDGETS, comment_id: data.id } };
  }

  it('tells of a comment of the App, by its bot and through it', async () => {
    const { number } = await withPullRequest();
    const webhooks = await webhooksOf(async () =>
      (await bot()).rest.issues.createComment({ ...WIDGETS, issue_number: number, body: 'one' }),
    );
    expect(webhooks.find('issue_comment.created')).toMatchObject({
      sender: { login: 'composure[bot]', type: 'Bot' },
      issue: { number, pull_request: { url: expect.stringContaining('/pulls/') } },
      comment: { body: 'one', user: { login: 'composure[bot]' }, performed_via_github_app: { slug: 'composure' } },
    });
  });

  it('tells of a person who edits it, with what it was', async () => {
    const { at } = await withComment();
    const webhooks = await webhooksOf(() => alice().rest.issues.updateComment({ ...at, body: 'two' }));
    expect(webhooks.find('issue_comment.edited')).toMatchObject({
      sender: { login: 'alice' },
      comment: { body: 'two', user: { login: 'composure[bot]' } },
      changes: { body: { from: 'one' } },
    });
  });

  it('tells of the App that edits its own', async () => {
    const { at } = await withComment();
    const webhooks = await webhooksOf(async () => (await bot()).rest.issues.updateComment({ ...at, body: 'two' }));
    expect(webhooks.find('issue_comment.edited').sender).toMatchObject({ login: 'composure[bot]', type: 'Bot' });
  });

  it('says nothing of an edit that changes nothing', async () => {
    const { at } = await withComment();
    const webhooks = await webhooksOf(() => alice().rest.issues.updateComment({ ...at, body: 'one' }));
    expect(webhooks.names).toEqual([]);
  });

  it("lets those with write access edit others' comments, and everyone their own", async () => {
    const { number, at } = await withComment();
    const edit = (octokit: Octokit, comment_id: number) =>
      statusOf(octokit.rest.issues.updateComment({ ...WIDGETS, comment_id, body: `by ${comment_id} now` }));
    expect(await edit(bob(), at.comment_id)).toBe(200);
    expect(await edit(carol(), at.comment_id)).toBe(403);
    expect(await edit(mallory(), at.comment_id)).toBe(403);
    await alice().rest.repos.addCollaborator({ ...WIDGETS, username: 'carol', permission: 'triage' });
    expect(await edit(carol(), at.comment_id)).toBe(403);
    const own = await mallory().rest.issues.createComment({ ...WIDGETS, issue_number: number, body: 'mine' });
    expect(await edit(mallory(), own.data.id)).toBe(200);
  });

  it('lists, reads and deletes', async () => {
    const { number, at } = await withComment();
    const octokit = await bot();
    expect((await octokit.rest.issues.listComments({ ...WIDGETS, issue_number: number })).data).toHaveLength(1);
    expect((await octokit.rest.issues.getComment(at)).data.body).toBe('one');
    const webhooks = await webhooksOf(() => alice().rest.issues.deleteComment(at));
    expect(webhooks.names).toEqual(['issue_comment.deleted']);
    expect(await statusOf(octokit.rest.issues.getComment(at))).toBe(404);
  });

  it.each([
    ['as long as it may be', 65_536, 201],
    ['longer', 65_537, 422],
    ['empty', 0, 422],
  ])('answers a comment that is %s', async (_, length, status) => {
    const { number } = await withPullRequest();
    const body = 'x'.repeat(length);
    expect(await statusOf(bob().rest.issues.createComment({ ...WIDGETS, issue_number: number, body }))).toBe(status);
  });

  it('reacts to a comment once, however often it is told', async () => {
    const { at } = await withComment();
    const octokit = await bot();
    const react = () => octokit.rest.reactions.createForIssueComment({ ...at, content: 'eyes' });
    expect([(await react()).status, (await react()).status]).toEqual([201, 200]);
    const { data } = await octokit.rest.reactions.listForIssueComment(at);
    expect(data.map((reaction) => [reaction.user?.login, reaction.content])).toEqual([['composure[bot]', 'eyes']]);
    expect((await octokit.rest.issues.getComment(at)).data.reactions).toMatchObject({ total_count: 1, eyes: 1 });
    await octokit.rest.reactions.deleteForIssueComment({ ...at, reaction_id: data[0]?.id ?? 0 });
    expect((await octokit.rest.reactions.listForIssueComment(at)).data).toEqual([]);
  });
});

describe('labels, assignees and issues', () => {
  it('tells of labels of a pull request as of the pull request', async () => {
    const { number } = await withPullRequest();
    const octokit = await bot();
    const at = { ...WIDGETS, issue_number: number };
    const added = await webhooksOf(() => octokit.rest.issues.addLabels({ ...at, labels: ['bug'] }));
    expect(added.find('pull_request.labeled')).toMatchObject({ label: { name: 'bug' } });
    const { data } = await octokit.rest.pulls.get({ ...WIDGETS, pull_number: number });
    expect(data.labels.map((label) => label.name)).toEqual(['bug']);
    const removed = await webhooksOf(() => octokit.rest.issues.removeLabel({ ...at, name: 'bug' }));
    expect(removed.names).toEqual(['pull_request.unlabeled']);
  });

  it('lets an App that may only write pull requests label them', async () => {
    const { number } = await withPullRequest();
    const { data } = await (await app()).rest.apps.createInstallationAccessToken({
      installation_id: APP.installationId,
      permissions: { pull_requests: 'write', metadata: 'read' },
    });
    const response = await raw(`/repos/acme/widgets/issues/${number}/labels`, {
      method: 'POST',
      headers: { authorization: `token ${data.token}` },
      body: JSON.stringify({ labels: ['size'] }),
    });
    expect(response.status).toBe(200);
  });

  it('shows a pull request as the issue it also is', async () => {
    const { number } = await withPullRequest();
    const octokit = await bot();
    const { data } = await octokit.rest.issues.get({ ...WIDGETS, issue_number: number });
    expect(data.pull_request?.url).toContain(`/pulls/${number}`);
    const changed = await octokit.rest.issues.update({ ...WIDGETS, issue_number: number, labels: ['x'] });
    expect(changed.data.labels).toMatchObject([{ name: 'x' }]);
  });

  it('tells of assignees', async () => {
    const { number } = await withPullRequest();
    const webhooks = await webhooksOf(() =>
      alice().rest.issues.addAssignees({ ...WIDGETS, issue_number: number, assignees: ['carol'] }),
    );
    expect(webhooks.names).toContain('pull_request.assigned');
  });

  it('tells of plain issues as of issues', async () => {
    const webhooks = await webhooksOf(() => bob().rest.issues.create({ ...WIDGETS, title: 'A bug' }));
    expect(webhooks.find('issues.opened').issue).toMatchObject({ title: 'A bug' });
  });

  it('finds pull requests', async () => {
    await withPullRequest();
    const { data } = await (await bot()).request('GET /search/issues', { q: 'repo:acme/widgets is:pr is:open' });
    expect(data.total_count).toBe(1);
  });
});

describe('people and teams', () => {
  async function withTeam() {
    await withFiles();
    const { data: team } = await alice().rest.teams.create({ org: 'acme', name: 'core', privacy: 'closed' });
    const at = { org: 'acme', team_slug: team.slug };
    await alice().rest.teams.addOrUpdateMembershipForUserInOrg({ ...at, username: 'carol', role: 'member' });
    await alice().rest.teams.addOrUpdateRepoPermissionsInOrg({ ...at, ...WIDGETS, permission: 'maintain' });
    return at;
  }

  it.each([
    ['alice', 'admin', 'admin'],
    ['bob', 'write', 'write'],
    ['carol', 'write', 'maintain'],
    ['mallory', 'read', 'read'],
  ])('says what %s may do', async (username, permission, role) => {
    await withTeam();
    const { data } = await (await bot()).rest.repos.getCollaboratorPermissionLevel({ ...WIDGETS, username });
    expect([data.permission, data.role_name]).toEqual([permission, role]);
  });

  it('says that a stranger may do nothing in a private repository', async () => {
    const { data } = await (await bot()).rest.repos.getCollaboratorPermissionLevel({ ...SECRET, username: 'mallory' });
    expect([data.permission, data.role_name]).toEqual(['none', 'none']);
    const nobody = (await bot()).rest.repos.getCollaboratorPermissionLevel({ ...WIDGETS, username: 'nobody' });
    expect(await statusOf(nobody)).toBe(404);
  });

  it('lists collaborators', async () => {
    await withTeam();
    const { data } = await (await bot()).rest.repos.listCollaborators(WIDGETS);
    expect(data.map((user) => [user.login, user.role_name])).toEqual([
      ['alice', 'admin'],
      ['bob', 'write'],
      ['carol', 'maintain'],
    ]);
  });

  it('answers who is in a team', async () => {
    const at = await withTeam();
    const octokit = await bot();
    const { data } = await octokit.rest.teams.listMembersInOrg(at);
    expect(data.map((member) => member.login)).toEqual(['carol']);
    const membership = await octokit.rest.teams.getMembershipForUserInOrg({ ...at, username: 'carol' });
    expect(membership.data.state).toBe('active');
    expect(await statusOf(octokit.rest.teams.getMembershipForUserInOrg({ ...at, username: 'bob' }))).toBe(404);
  });

  it('answers which repositories a team has', async () => {
    const at = await withTeam();
    expect((await alice().rest.teams.checkPermissionsForRepoInOrg({ ...at, ...WIDGETS })).status).toBe(204);
    const teams = await alice().rest.repos.listTeams(WIDGETS);
    expect(teams.data.map((team) => [team.slug, team.permission])).toEqual([['core', 'maintain']]);
  });

  it('answers who is in the organisation', async () => {
    const octokit = await bot();
    expect((await octokit.rest.orgs.checkMembershipForUser({ org: 'acme', username: 'bob' })).status).toBe(204);
    const { data } = await octokit.rest.orgs.listMembers({ org: 'acme' });
    expect(data.map((member) => member.login)).toEqual(['alice', 'bob', 'carol']);
  });
});

describe('reviews', () => {
  it('tells of a request for review, of people and teams', async () => {
    const { number } = await withPullRequest();
    await alice().rest.teams.create({ org: 'acme', name: 'core' });
    const octokit = await bot();
    const at = { ...WIDGETS, pull_number: number };
    const person = await webhooksOf(() => octokit.rest.pulls.requestReviewers({ ...at, reviewers: ['carol'] }));
    const team = await webhooksOf(() => octokit.rest.pulls.requestReviewers({ ...at, team_reviewers: ['core'] }));
    expect(person.find('pull_request.review_requested')).toMatchObject({ requested_reviewer: { login: 'carol' } });
    expect(team.find('pull_request.review_requested')).toMatchObject({ requested_team: { slug: 'core' } });
    const { data } = await octokit.rest.pulls.listRequestedReviewers(at);
    expect([data.users.length, data.teams.length]).toEqual([1, 1]);
    const removed = await webhooksOf(() =>
      octokit.rest.pulls.removeRequestedReviewers({ ...at, reviewers: ['carol'] }),
    );
    expect(removed.find('pull_request.review_request_removed')).toMatchObject({
      requested_reviewer: { login: 'carol' },
    });
  });

  it('refuses to ask the author or a stranger', async () => {
    const { number } = await withPullRequest();
    const octokit = await bot();
    const request = (login: string) =>
      statusOf(octokit.rest.pulls.requestReviewers({ ...WIDGETS, pull_number: number, reviewers: [login] }));
    expect([await request('bob'), await request('mallory')]).toEqual([422, 422]);
  });

  it('tells of an approval, after which nobody waits for the reviewer', async () => {
    const { number, head } = await withPullRequest();
    const octokit = await bot();
    await octokit.rest.pulls.requestReviewers({ ...WIDGETS, pull_number: number, reviewers: ['carol'] });
    const webhooks = await webhooksOf(() =>
      carol().rest.pulls.createReview({ ...WIDGETS, pull_number: number, event: 'APPROVE', body: 'Good' }),
    );
    expect(webhooks.find('pull_request_review.submitted')).toMatchObject({
      review: { state: 'approved', commit_id: head, user: { login: 'carol' } },
      sender: { login: 'carol' },
    });
    const { data } = await octokit.rest.pulls.listReviews({ ...WIDGETS, pull_number: number });
    expect(data).toMatchObject([{ state: 'APPROVED', commit_id: head, author_association: 'MEMBER' }]);
    const pull = await octokit.rest.pulls.get({ ...WIDGETS, pull_number: number });
    expect(pull.data.requested_reviewers).toEqual([]);
  });

  it('refuses an approval of the author', async () => {
    const { number } = await withPullRequest();
    const request = bob().rest.pulls.createReview({ ...WIDGETS, pull_number: number, event: 'APPROVE' });
    expect(await statusOf(request)).toBe(422);
  });

  it('tells of a dismissal', async () => {
    const { number } = await withPullRequest();
    const at = { ...WIDGETS, pull_number: number };
    const review = await carol().rest.pulls.createReview({ ...at, event: 'APPROVE' });
    const dismissal = { ...at, review_id: review.data.id, message: 'Outdated' };
    expect(await statusOf(carol().rest.pulls.dismissReview(dismissal))).toBe(403);
    const webhooks = await webhooksOf(() => alice().rest.pulls.dismissReview(dismissal));
    expect(webhooks.find('pull_request_review.dismissed').review.state).toBe('dismissed');
  });

  it('keeps a review back until it is submitted', async () => {
    const { number } = await withPullRequest();
    const at = { ...WIDGETS, pull_number: number };
    const started = await webhooksOf(() => carol().rest.pulls.createReview({ ...at, body: 'So far' }));
    expect(started.names).toEqual([]);
    const { data } = await carol().rest.pulls.listReviews(at);
    const webhooks = await webhooksOf(() =>
      carol().rest.pulls.submitReview({ ...at, review_id: data[0]?.id ?? 0, event: 'REQUEST_CHANGES', body: 'No' }),
    );
    expect(webhooks.find('pull_request_review.submitted').review.state).toBe('changes_requested');
  });

  it('takes comments on lines, with a review and alone', async () => {
    const { number, head } = await withPullRequest();
    const octokit = await bot();
    const at = { ...WIDGETS, pull_number: number };
    await octokit.rest.pulls.createReview({
      ...at,
      event: 'COMMENT',
      body: 'See below',
      comments: [{ path: 'src/a.ts', line: 1, side: 'RIGHT', body: 'Here' }],
    });
    const webhooks = await webhooksOf(() =>
      octokit.rest.pulls.createReviewComment({
        ...at,
        body: 'There',
        commit_id: head,
        path: 'src/a.ts',
        line: 2,
        side: 'RIGHT',
      }),
    );
    expect(webhooks.names).toEqual(['pull_request_review_comment.created']);
    const { data } = await octokit.rest.pulls.listReviewComments(at);
    expect(data.map((comment) => [comment.line, comment.body])).toEqual([
      [1, 'Here'],
      [2, 'There'],
    ]);
  });
});

describe('the gate', () => {
  it('shows the rules of a branch, of the repository and of the organisation', async () => {
    await requireOurCheck();
    await alice().request('POST /repos/{owner}/{repo}/rulesets', {
      ...WIDGETS,
      name: 'Releases',
      enforcement: 'active',
      conditions: { ref_name: { include: ['refs/heads/release/**'], exclude: [] } },
      rules: [{ type: 'deletion' }],
    });
    const octokit = await bot();
    const rules = async (branch: string) => (await octokit.rest.repos.getBranchRules({ ...WIDGETS, branch })).data;
    expect(await rules('main')).toMatchObject([
      { type: 'required_status_checks', ruleset_source_type: 'Organization', ruleset_source: 'acme' },
    ]);
    expect(await rules('release/1/2')).toMatchObject([{ type: 'deletion', ruleset_source_type: 'Repository' }]);
    expect(await rules('other')).toEqual([]);
  });

  it('lets only owners make, change and delete rulesets', async () => {
    const create = (octokit: Octokit) =>
      octokit.request('POST /orgs/{org}/rulesets', { org: 'acme', name: 'R', enforcement: 'active' });
    expect(await statusOf(create(bob()))).toBe(404);
    const { data } = await create(alice());
    const at = { org: 'acme', ruleset_id: data.id };
    await alice().request('PUT /orgs/{org}/rulesets/{ruleset_id}', { ...at, enforcement: 'disabled' });
    expect((await alice().request('GET /orgs/{org}/rulesets/{ruleset_id}', at)).data.enforcement).toBe('disabled');
    expect((await alice().request('DELETE /orgs/{org}/rulesets/{ruleset_id}', at)).status).toBe(204);
    expect((await alice().request('GET /orgs/{org}/rulesets', { org: 'acme' })).data).toEqual([]);
  });

  it('refuses a merge while our check has not reported', async () => {
    const { number } = await withPullRequest();
    await requireOurCheck();
    expect(await statusOf(mergeNow(number))).toBe(405);
    const { data } = await (await bot()).rest.pulls.get({ ...WIDGETS, pull_number: number });
    expect([data.mergeable, data.mergeable_state]).toEqual([true, 'blocked']);
  });

  it.each([
    ['failure', 405],
    ['action_required', 405],
    ['cancelled', 405],
    ['timed_out', 405],
    ['success', 200],
    ['neutral', 200],
    ['skipped', 200],
  ] as const)('answers a merge after %s with %i', async (conclusion, status) => {
    const { number, head } = await withPullRequest();
    await requireOurCheck();
    await conclude(head, conclusion);
    expect(await statusOf(mergeNow(number))).toBe(status);
  });

  it('goes by the newest run of a commit', async () => {
    const { number, head } = await withPullRequest();
    await requireOurCheck();
    await conclude(head, 'success');
    await conclude(head, 'failure');
    expect(await statusOf(mergeNow(number))).toBe(405);
  });

  it('goes by the newest commit', async () => {
    const { number, head } = await withPullRequest();
    await requireOurCheck();
    await conclude(head, 'success');
    await changeOnFeature({ 'more.txt': 'more\n' });
    expect(await statusOf(mergeNow(number))).toBe(405);
  });

  it('waits for a run that is under way', async () => {
    const { number, head } = await withPullRequest();
    await requireOurCheck();
    await (await bot()).rest.checks.create({ ...WIDGETS, name: 'Composure', head_sha: head, status: 'in_progress' });
    expect(await statusOf(mergeNow(number))).toBe(405);
  });

  it('does not take the word of a person for that of our App', async () => {
    const { number, head } = await withPullRequest();
    await requireOurCheck();
    await bob().rest.repos.createCommitStatus({ ...WIDGETS, sha: head, state: 'success', context: 'Composure' });
    expect(await statusOf(mergeNow(number))).toBe(405);
  });

  it('refuses the same by branch protection', async () => {
    const { number, head } = await withPullRequest();
    const { data } = await alice().rest.repos.updateBranchProtection({
      ...WIDGETS,
      branch: 'main',
      required_status_checks: { strict: false, contexts: [], checks: [{ context: 'Composure', app_id: APP.id }] },
      enforce_admins: true,
      required_pull_request_reviews: null,
      restrictions: null,
    });
    expect(data.required_status_checks?.checks).toEqual([{ context: 'Composure', app_id: APP.id }]);
    expect(await statusOf(mergeNow(number))).toBe(405);
    await conclude(head, 'success');
    expect(await statusOf(mergeNow(number))).toBe(200);
  });

  it('refuses a merge without the approvals it asks for', async () => {
    const { number } = await withPullRequest();
    const rules = [{ type: 'pull_request', parameters: { required_approving_review_count: 1 } }];
    await alice().request('POST /repos/{owner}/{repo}/rulesets', {
      ...WIDGETS,
      name: 'Reviews',
      enforcement: 'active',
      rules: rules as never,
    });
    const approve = (octokit: Octokit) =>
      octokit.rest.pulls.createReview({ ...WIDGETS, pull_number: number, event: 'APPROVE' });
    await approve(carol()); // she may only read, so it does not count
    expect(await statusOf(mergeNow(number))).toBe(405);
    await approve(alice());
    expect(await statusOf(mergeNow(number))).toBe(200);
  });

  it('refuses a merge of a branch that is behind, where it must not be', async () => {
    const { number, head } = await withPullRequest();
    await requireOurCheck({ strict: true });
    await push(alice(), { ...WIDGETS, branch: 'main', files: { 'later.txt': 'later\n' } });
    await conclude(head, 'success');
    expect(await statusOf(mergeNow(number))).toBe(405);
    const { data } = await (await bot()).rest.pulls.get({ ...WIDGETS, pull_number: number });
    expect(data.mergeable_state).toBe('behind');
  });

  it('refuses a merge of a draft, of another head, and by those who may not push', async () => {
    const { number } = await withPullRequest();
    const at = { ...WIDGETS, pull_number: number };
    expect(await statusOf(carol().rest.pulls.merge(at))).toBe(403);
    expect(await statusOf(alice().rest.pulls.merge({ ...at, sha: 'f'.repeat(40) }))).toBe(409);
    await alice().graphql(
      'mutation($id: ID!) { convertPullRequestToDraft(input: { pullRequestId: $id }) { clientMutationId } }',
      { id: (await bob().rest.pulls.get(at)).data.node_id },
    );
    expect(await statusOf(alice().rest.pulls.merge(at))).toBe(405);
  });
});

describe('merging', () => {
  it('tells of a merge, and moves the base', async () => {
    const { number } = await withPullRequest();
    const webhooks = await webhooksOf(() => mergeNow(number));
    expect(webhooks.names).toEqual(expect.arrayContaining(['push', 'pull_request.closed']));
    const { pull_request: pull } = webhooks.find('pull_request.closed');
    expect(pull).toMatchObject({ merged: true, state: 'closed', merged_by: { login: 'alice' } });
    expect(webhooks.find('push')).toMatchObject({ ref: 'refs/heads/main', after: pull.merge_commit_sha });
    expect((await bob().rest.pulls.checkIfMerged({ ...WIDGETS, pull_number: number })).status).toBe(204);
  });

  it('still lists the files of a merged pull request', async () => {
    const { number } = await withPullRequest();
    await mergeNow(number);
    const { data } = await bob().rest.pulls.listFiles({ ...WIDGETS, pull_number: number });
    expect(data).toHaveLength(4);
  });

  it('keeps what was changed on the base meanwhile', async () => {
    const { number } = await withPullRequest();
    await push(alice(), {
      ...WIDGETS,
      branch: 'main',
      files: { 'later.txt': 'later\n', 'src/a.ts': 'line0\nline1\nline2\nline3\n' },
    });
    await mergeNow(number);
    const read = async (file: string) =>
      Buffer.from(
        ((await bob().rest.repos.getContent({ ...WIDGETS, path: file })).data as { content: string }).content,
        'base64',
      ).toString();
    expect(await read('later.txt')).toBe('later\n');
    expect(await read('src/a.ts')).toBe('line0\nline1\nline2 changed\nline3\nline4\n');
  });

  it('squashes into one commit, committed by GitHub in the name of who pressed the button', async () => {
    const { number } = await withPullRequest();
    await changeOnFeature({ 'more.txt': 'more\n' });
    const { data } = await alice().rest.pulls.merge({ ...WIDGETS, pull_number: number, merge_method: 'squash' });
    const commit = await bob().rest.repos.getCommit({ ...WIDGETS, ref: data.sha });
    expect(commit.data).toMatchObject({
      commit: { message: `Feature (#${number})`, committer: { name: 'GitHub', email: 'noreply@github.com' } },
      author: { login: 'alice' },
      committer: { login: 'web-flow' },
    });
    expect(commit.data.parents).toHaveLength(1);
  });

  it('sees a conflict', async () => {
    const { number } = await withPullRequest();
    await push(alice(), { ...WIDGETS, branch: 'main', files: { 'src/a.ts': 'line1\nline2 otherwise\nline3\n' } });
    const { data } = await (await bot()).rest.pulls.get({ ...WIDGETS, pull_number: number });
    expect([data.mergeable, data.mergeable_state]).toEqual([false, 'dirty']);
    expect(await statusOf(mergeNow(number))).toBe(405);
  });

  it('merges the base into the head, as a commit by GitHub', async () => {
    const { number } = await withPullRequest();
    const tip = await push(alice(), { ...WIDGETS, branch: 'main', files: { 'later.txt': 'later\n' } });
    const webhooks = await webhooksOf(() => bob().rest.pulls.updateBranch({ ...WIDGETS, pull_number: number }));
    const { after } = webhooks.find('pull_request.synchronize');
    const { data } = await bob().rest.git.getCommit({ ...WIDGETS, commit_sha: after });
    expect(data.parents.map((parent) => parent.sha)).toContain(tip);
    expect(data.committer.email).toBe('noreply@github.com');
  });

  it('merges by itself when all has become green', async () => {
    const { pull, number, head } = await withPullRequest();
    await requireOurCheck();
    await alice().graphql(
      'mutation($id: ID!) { enablePullRequestAutoMerge(input: { pullRequestId: $id }) { clientMutationId } }',
      { id: pull.node_id },
    );
    await conclude(head, 'success');
    expect((await bob().rest.pulls.get({ ...WIDGETS, pull_number: number })).data.merged).toBe(true);
  });

  it('deviates: a rebase leaves one commit, where GitHub leaves one for each', async () => {
    const { number } = await withPullRequest();
    await changeOnFeature({ 'more.txt': 'more\n' });
    const { data } = await alice().rest.pulls.merge({ ...WIDGETS, pull_number: number, merge_method: 'rebase' });
    const { data: commit } = await bob().rest.repos.getCommit({ ...WIDGETS, ref: data.sha });
    expect(commit.files).toHaveLength(5);
  });
});

describe('the merge queue', () => {
  const ENQUEUE = 'mutation($id: ID!) { enqueuePullRequest(input: { pullRequestId: $id }) { clientMutationId } }';

  async function enqueued() {
    const scene = await withPullRequest();
    await requireOurCheck({ rules: [{ type: 'merge_queue', parameters: {} }] });
    await conclude(scene.head, 'success');
    const webhooks = await webhooksOf(() => alice().graphql(ENQUEUE, { id: scene.pull.node_id }));
    return { ...scene, webhooks, group: webhooks.find('merge_group.checks_requested').merge_group };
  }

  it('asks for checks on a commit of its own', async () => {
    const { webhooks, group, number, head } = await enqueued();
    expect(webhooks.names).toEqual(['pull_request.enqueued', 'merge_group.checks_requested']);
    expect(group.head_ref).toMatch(new RegExp(`^refs/heads/gh-readonly-queue/main/pr-${number}-[0-9a-f]{40}$`));
    const { data } = await (await bot()).rest.git.getCommit({ ...WIDGETS, commit_sha: group.head_sha });
    expect(data.parents.map((parent) => parent.sha)).toEqual([group.base_sha, head]);
  });

  it('merges when they succeed', async () => {
    const { group, number } = await enqueued();
    const webhooks = await webhooksOf(() => conclude(group.head_sha, 'success'));
    expect(webhooks.find('merge_group.destroyed').reason).toBe('merged');
    expect(webhooks.names).toEqual(expect.arrayContaining(['pull_request.dequeued', 'pull_request.closed', 'push']));
    const { data } = await bob().rest.pulls.get({ ...WIDGETS, pull_number: number });
    expect(data.merge_commit_sha).toBe(group.head_sha);
  });

  it('throws it out when they fail', async () => {
    const { group, number } = await enqueued();
    const webhooks = await webhooksOf(() => conclude(group.head_sha, 'failure'));
    expect(webhooks.find('merge_group.destroyed').reason).toBe('invalidated');
    expect(webhooks.find('pull_request.dequeued').reason).toBe('CI_FAILURE');
    expect((await bob().rest.pulls.get({ ...WIDGETS, pull_number: number })).data.merged).toBe(false);
  });

  it('is the only way to merge, where there is one', async () => {
    const { number } = await enqueued();
    expect(await statusOf(mergeNow(number))).toBe(405);
  });

  it('builds each group on the one before', async () => {
    const { group } = await enqueued();
    const head = await push(bob(), { ...WIDGETS, branch: 'second', from: 'main', files: { 'second.txt': '2\n' } });
    const second = await openPullRequest(bob(), { ...WIDGETS, head: 'second' });
    await conclude(head, 'success');
    const webhooks = await webhooksOf(() => alice().graphql(ENQUEUE, { id: second.node_id }));
    expect(webhooks.find('merge_group.checks_requested').merge_group.base_sha).toBe(group.head_sha);
    await conclude(webhooks.find('merge_group.checks_requested').merge_group.head_sha, 'success');
    expect((await bob().rest.pulls.get({ ...WIDGETS, pull_number: second.number })).data.merged).toBe(false);
    await conclude(group.head_sha, 'success');
    expect((await bob().rest.pulls.get({ ...WIDGETS, pull_number: second.number })).data.merged).toBe(true);
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
    const full = await octokit.rest.apps.getWebhookDelivery({ delivery_id: lost?.id ?? 0 });
    expect(full.data.request.payload).toMatchObject({ comment: { body: 'Lost' } });
    await octokit.rest.apps.redeliverWebhookDelivery({ delivery_id: lost?.id ?? 0 });
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
    await octokit.rest.apps.updateWebhookConfigForApp({ url: 'http://127.0.0.1:9/' });
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
