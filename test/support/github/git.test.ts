/** Files, commits and branches. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Octokit } from '@octokit/rest';
import { describe, expect, it } from 'vitest';
import {
  alice,
  bob,
  bot,
  carol,
  changeOnFeature,
  github,
  holdToContract,
  mallory,
  ORG_SETTINGS,
  probot,
  raw,
  requireOurCheck,
  statusOf,
  WIDGETS,
  webhooksOf,
  withFiles,
  withPullRequest,
} from './contract.ts';
import { importGit } from './import-git.ts';
import { openPullRequest, push } from './people.ts';
import { APP } from './seed.ts';

holdToContract();

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

  it.each([
    'with space.txt',
    'what?.txt',
    'a#b.txt',
    '100%.txt',
    '50%25.txt',
    'ünï/cödé.txt',
    'plus+.txt',
    '[id].ts',
  ])('reads a file called %j', async (file) => {
    await push(alice(), { ...WIDGETS, branch: 'main', files: { [file]: 'here\n' } });
    const { data } = await (await bot()).rest.repos.getContent({ ...WIDGETS, path: file });
    expect(data).toMatchObject({ path: file, content: Buffer.from('here\n').toString('base64') });
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

  it('leaves out the content of a file of more than a megabyte', async () => {
    await withFiles();
    await push(alice(), { ...WIDGETS, branch: 'main', files: { 'big.txt': 'x'.repeat(1_000_001) } });
    const at = { ...WIDGETS, path: 'big.txt' };
    const octokit = await bot();
    expect((await octokit.rest.repos.getContent(at)).data).toMatchObject({ content: '', encoding: 'none' });
    const whole = await octokit.rest.repos.getContent({ ...at, mediaType: { format: 'raw' } });
    expect(String(whole.data)).toHaveLength(1_000_001);
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
