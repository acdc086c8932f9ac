/** Pull requests and their files. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Octokit } from '@octokit/rest';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  alice,
  bob,
  bot,
  carol,
  changeOnFeature,
  conclude,
  github,
  holdToContract,
  mallory,
  raw,
  rows,
  statusOf,
  WIDGETS,
  webhooksOf,
  withFiles,
  withPullRequest,
} from './contract.ts';
import { importGit } from './import-git.ts';
import { type FileChange, openPullRequest, push } from './people.ts';
import { APP } from './seed.ts';

holdToContract();

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

  it('gives a diff of at most 300 files', async () => {
    const many = Object.fromEntries(Array.from({ length: 301 }, (_, at) => [`many/${at}.txt`, `${at}\n`]));
    const { number } = await filesOf(many);
    const request = (await bot()).rest.pulls.get({
      ...WIDGETS,
      pull_number: number,
      mediaType: { format: 'diff' },
    });
    expect(await statusOf(request)).toBe(406);
  });

  it('counts a file that was wholly rewritten, however long', async () => {
    await push(alice(), { ...WIDGETS, branch: 'main', files: { 'long.txt': rows(9000) } });
    const { files } = await filesOf({ 'long.txt': rows(9000, 'other') });
    expect(files).toMatchObject([{ status: 'modified', additions: 9000, deletions: 9000 }]);
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
