import { describe, expect, it } from 'vitest';
import { findCommits, listDefaultBranches } from '../../src/git/names.ts';
import { findRepository, type LocalRepository } from '../../src/git/repository.ts';
import { createRepository, gitIn, isolated, temporaryFolder } from '../support/local-repository.ts';

async function open(path: string): Promise<LocalRepository> {
  const found = await findRepository(path, isolated);
  if (!found.ok) throw new Error(found.message);
  return found.repository;
}

describe('findCommits', () => {
  const { path, git } = createRepository([
    { message: 'Begin', files: { a: '1\n', 'main^{commit}': 'a file of an odd name\n' } },
    { on: 'feature', message: 'Change', files: { b: '1\n' } },
  ]);
  git('tag', '-a', 'v1', 'main', '-m', 'One');
  git('branch', 'both', 'main');
  git('tag', 'both', 'feature');
  git('update-ref', 'refs/remotes/origin/main', 'main');
  const [main, feature, tag] = ['main', 'feature', 'v1'].map((name) => git('rev-parse', name).trim()) as [
    string,
    string,
    string,
  ];

  const known: [name: string, sha: string, fullName: string | null][] = [
    ['main', main, 'refs/heads/main'],
    ['refs/heads/main', main, 'refs/heads/main'],
    ['origin/main', main, 'refs/remotes/origin/main'],
    ['HEAD', feature, 'refs/heads/feature'],
    ['v1', main, 'refs/tags/v1'],
    ['feature~1', main, null],
    [main, main, null],
    [main.slice(0, 10), main, null],
    [main.toUpperCase(), main, null],
    [tag, main, null],
    // Git takes the tag, and will not say which name it was.
    ['both', feature, null],
    ['feature^{/Begin}', main, null],
  ];
  it.each(known)('%s', async (name, sha, fullName) => {
    const repository = await open(path);
    const head = { sha: feature, fullName: 'refs/heads/feature' };
    expect(await findCommits(repository, [name])).toEqual({ ok: true, commits: [{ sha, fullName }] });
    const commits = [head, { sha, fullName }, head];
    expect(await findCommits(repository, ['HEAD', name, 'HEAD'])).toEqual({ ok: true, commits });
    expect(await findCommits(repository, [name, 'nowhere', 'HEAD'])).toEqual({ ok: false, unknown: 'nowhere' });
  });

  it.each([
    ...['', 'nowhere', '-p', '--all', '--composure-next', '^main', 'main..feature', 'main...feature', 'main^@'],
    ...['main^!', 'HEAD:a', 'HEAD^{tree}', 'a\nb', 'a\0b', 'a', '--', '@{u}', '1'.repeat(40), 'refs/heads'],
  ])('says that %j is unknown', async (name) => {
    const repository = await open(path);
    expect(await findCommits(repository, [name, 'main'])).toEqual({ ok: false, unknown: name });
    expect(await findCommits(repository, ['main', name, 'nowhere'])).toEqual({ ok: false, unknown: name });
  });

  it('has no name for a HEAD of its own', async () => {
    const clone = temporaryFolder('clone');
    gitIn(path, 'clone', '--quiet', path, clone);
    gitIn(clone, 'checkout', '--quiet', '--detach', main);
    expect(await findCommits(await open(clone), ['HEAD'])).toEqual({
      ok: true,
      commits: [{ sha: main, fullName: 'HEAD' }],
    });
  });
});

describe('listDefaultBranches', () => {
  it('puts what origin says first, then what is usual, origin’s before ours', async () => {
    const { path, git } = createRepository([{ on: 'develop', files: { a: '1\n' } }]);
    for (const ref of [
      'heads/master',
      'heads/main',
      'remotes/origin/master',
      'remotes/origin/develop',
      'heads/main2',
    ]) {
      git('update-ref', `refs/${ref}`, 'develop');
    }
    const usual = ['refs/heads/main', 'refs/remotes/origin/master', 'refs/heads/master'];
    expect(await listDefaultBranches(await open(path))).toEqual(usual);
    git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/gone');
    expect(await listDefaultBranches(await open(path))).toEqual(usual);
    git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/develop');
    expect(await listDefaultBranches(await open(path))).toEqual(['refs/remotes/origin/develop', ...usual]);
  });

  it('takes the branch that a bare repository calls its own', async () => {
    const { path } = createRepository([{ on: 'develop', files: { a: '1\n' } }], { bare: true });
    expect(await listDefaultBranches(await open(path))).toEqual(['refs/heads/develop']);
  });
});

describe('findRepository', () => {
  it('is not confused by a path with newlines in it', async () => {
    const folder = temporaryFolder('acme\n--composure-next\n/x');
    gitIn(folder, 'init', '--quiet', '--initial-branch=main');
    gitIn(folder, 'commit', '--quiet', '--allow-empty', '-m', 'Begin');
    const sha = gitIn(folder, 'rev-parse', 'HEAD').trim();
    const place = { objects: `${folder}/.git/objects`, shallowFile: `${folder}/.git/shallow` };
    const repository = { name: 'x', bare: false, shallow: false, objectFormat: 'sha1', ...place };
    const answers: [names: string[], found: object][] = [
      [[], { ok: true, commits: [] }],
      [['main'], { ok: true, commits: [{ sha, fullName: 'refs/heads/main' }] }],
      [['nowhere', 'main'], { ok: false, unknown: 'nowhere' }],
      [['-p'], { ok: false, unknown: '-p' }],
    ];
    for (const [names, found] of answers) {
      expect(await findRepository(folder, isolated, names)).toMatchObject({ ok: true, repository, found });
    }
  });

  it('finds the repository where it does not find a name', async () => {
    const { path } = createRepository([{ files: { a: '1\n' } }]);
    const found = { ok: false, unknown: 'nowhere' };
    expect(await findRepository(path, isolated, ['main', 'nowhere'])).toMatchObject({ ok: true, found });
  });
});
