import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyPatch } from 'diff';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLocalPullRequest } from '../../src/git/read.ts';
import type { ChangedFile } from '../../src/model/pull-request.ts';
import {
  type Content,
  createRepository,
  gitIn,
  isolated,
  readLocally,
  type Step,
  temporaryFolder,
} from '../support/local-repository.ts';

const evaluatedAt = '2026-11-20T12:00:00Z';
const environment = isolated;

type Asked = Partial<Parameters<typeof readLocalPullRequest>[0]>;

function read(cwd: string, asked: Asked = {}) {
  return readLocally({ cwd, evaluatedAt, environment, ...asked });
}

async function refusal(cwd: string, asked: Asked = {}): Promise<string> {
  const answer = await readLocalPullRequest({ cwd, evaluatedAt, environment, ...asked });
  if (answer.ok) throw new Error('it was read, and should not have been');
  return answer.message;
}

/** One branch off `main`: what was there, and what the branch changes. */
function branch(before: Record<string, Content>, after: Record<string, Content>): Step[] {
  return [
    { message: 'Begin', files: { 'README.md': '# Widgets\n', ...before } },
    { on: 'feature', message: 'Change', files: after },
  ];
}

async function readFiles(before: Record<string, Content>, after: Record<string, Content>): Promise<ChangedFile[]> {
  const { pullRequest } = await read(createRepository(branch(before, after)).path);
  return pullRequest.files;
}

const TEN_LINES = Array.from({ length: 10 }, (_, index) => `line ${index + 1}\n`).join('');

describe('the files of a change', () => {
  const cases: [name: string, before: Record<string, Content>, after: Record<string, Content>, files: object[]][] = [
    [
      'an edit',
      { 'a.txt': 'one\ntwo\n' },
      { 'a.txt': 'one\n2\n' },
      [
        {
          ...{ path: 'a.txt', status: 'modified', additions: 1, deletions: 1, patch: 'text' },
          hunks: [{ oldStart: 1, oldLines: 2, newStart: 1, newLines: 2, lines: [' one', '-two', '+2'] }],
        },
      ],
    ],
    ['an addition', {}, { 'a.txt': 'one\n' }, [{ status: 'added', additions: 1, deletions: 0 }]],
    ['a removal', { 'a.txt': 'one\n' }, { 'a.txt': null }, [{ status: 'removed', deletions: 1, blob: null }]],
    [
      'no newline at the end',
      { 'a.txt': 'one\n' },
      { 'a.txt': 'one' },
      [{ additions: 1, deletions: 1, hunks: [{ lines: ['-one', '+one', '\\ No newline at end of file'] }] }],
    ],
    [
      'carriage returns',
      { 'a.txt': 'one\r\ntwo\r\n' },
      { 'a.txt': 'one\r\n2\r\n' },
      [{ hunks: [{ lines: [' one\r', '-two\r', '+2\r'] }] }],
    ],
    [
      'lines that look like a diff',
      { 'a.txt': '-- a\n++ b\n@@ -1 +1 @@\ndiff --git a/x b/x\n' },
      { 'a.txt': '-- b\n++ a\n@@ -1 +1 @@\n' },
      [{ additions: 2, deletions: 3, patch: 'text' }],
    ],
    [
      'a pure rename',
      { 'a.txt': TEN_LINES },
      { 'a.txt': null, 'b.txt': TEN_LINES },
      [{ path: 'b.txt', previousPath: 'a.txt', status: 'renamed', additions: 0, patch: 'text', hunks: [] }],
    ],
    [
      'a rename with an edit',
      { 'a.txt': TEN_LINES },
      { 'a.txt': null, 'b.txt': `${TEN_LINES}more\n` },
      [{ path: 'b.txt', previousPath: 'a.txt', status: 'renamed', additions: 1, deletions: 0, patch: 'text' }],
    ],
    ['a copy counts as added', { 'a.txt': TEN_LINES }, { 'b.txt': TEN_LINES }, [{ status: 'added', additions: 10 }]],
    ['an empty file', {}, { 'a.txt': '' }, [{ status: 'added', additions: 0, patch: 'text', hunks: [] }]],
    [
      'a binary file',
      { 'a.bin': Buffer.from([0, 1, 2]) },
      { 'a.bin': Buffer.from([0, 1, 3]) },
      [{ status: 'modified', additions: 0, deletions: 0, patch: 'binary', hunks: [] }],
    ],
    [
      'a binary file that only moved',
      { 'a.bin': Buffer.from([0, 1, 2]) },
      { 'a.bin': null, 'b.bin': Buffer.from([0, 1, 2]) },
      [{ path: 'b.bin', status: 'renamed', patch: 'text', hunks: [] }],
    ],
    [
      'another mode',
      { 'run.sh': 'exit 0\n' },
      { 'run.sh': { executable: 'exit 0\n' } },
      [{ status: 'modified', additions: 0, deletions: 0, patch: 'text', hunks: [] }],
    ],
    [
      'a new symbolic link',
      {},
      { link: { link: '../elsewhere' } },
      [{ status: 'added', hunks: [{ lines: ['+../elsewhere', '\\ No newline at end of file'] }] }],
    ],
    [
      'a file that becomes a symbolic link',
      { a: 'one\ntwo\n' },
      { a: { link: 'b' } },
      [{ status: 'changed', additions: 1, deletions: 2, patch: 'text', hunks: [{ newLines: 0 }, { oldLines: 0 }] }],
    ],
    [
      'a submodule that moves on',
      { lib: { submodule: '1'.repeat(40) } },
      { lib: { submodule: '2'.repeat(40) } },
      [
        {
          ...{ status: 'modified', additions: 1, deletions: 1, blob: '2'.repeat(40) },
          hunks: [{ lines: [`-Subproject commit ${'1'.repeat(40)}`, `+Subproject commit ${'2'.repeat(40)}`] }],
        },
      ],
    ],
    ['a file that makes way for a folder', { a: 'x\n' }, { a: null, 'a/b': 'y\n' }, [{ path: 'a' }, { path: 'a/b' }]],
    ['nothing', { 'a.txt': 'one\n' }, {}, []],
  ];

  it.each(cases)('%s', async (_name, before, after, files) => {
    const read = await readFiles(before, after);
    expect(read).toMatchObject(files);
    expect(read).toHaveLength(files.length);
  });

  it('keep odd names whole, in the order of their bytes', async () => {
    const names = [
      '"quoted".txt',
      ' lead',
      'a b.txt',
      'b\ndiff --git a/x b/x',
      'c\td',
      'Z',
      '\\',
      'é.txt',
      '\u{1f600}',
      '\uffee',
      '-p',
      ':(top)x',
    ];
    const files = await readFiles(
      { 'é.txt': 'before\n' },
      Object.fromEntries(names.map((name) => [name, `${name}\n`])),
    );
    const inOrder = names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(files.map((file) => file.path)).toEqual(inOrder);
    expect(files.map((file) => file.patch)).toEqual(names.map(() => 'text'));
    expect(files.find((file) => file.path === 'a b.txt')?.hunks[0]?.lines).toEqual(['+a b.txt']);
    // Each file got its own patch and nobody else's: the odd names stand in the content too.
    for (const file of files)
      expect(file.hunks.flatMap((hunk) => hunk.lines)).toContain(`+${file.path.split('\n')[0]}`);
  });

  it('come whole when there are 3,000 with 150,000 lines', { timeout: 30_000 }, async () => {
    const text = (seed: number) => Array.from({ length: 50 }, (_, line) => `const value${line} = ${seed};\n`).join('');
    const many = Array.from({ length: 3_000 }, (_, index) => [`src/file-${index}.ts`, text(index)] as const);
    const repository = createRepository(branch({}, Object.fromEntries(many)), { bare: true });
    const started = performance.now();
    const { pullRequest } = await read(repository.path, { base: 'main', head: 'feature' });
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(pullRequest.totals).toEqual({ files: 3_000, additions: 150_000, deletions: 0 });
    expect(pullRequest.filesComplete).toBe(true);
    expect(pullRequest.files.reduce((sum, file) => sum + (file.hunks[0]?.newLines ?? 0), 0)).toBe(150_000);
  });

  it('have hunks that turn the old text into the new, and sums that are git’s', { timeout: 120_000 }, async () => {
    const line = fc.constantFrom(
      '',
      'a',
      'b',
      'c',
      '-',
      '-- x',
      '++ y',
      '@@ -1 +1 @@',
      '\\ No newline',
      'tab\t',
      'cr\r',
      '\u2028',
      'é',
    );
    const text = fc
      .tuple(fc.array(line, { maxLength: 30 }), fc.boolean())
      .map(([lines, ends]) => lines.join('\n') + (ends && lines.length > 0 ? '\n' : ''));
    const content = fc.option(text, { nil: null });
    const change = fc.record(
      Object.fromEntries(['a', 'b', 'd/c', 'd/e f'].map((path) => [path, fc.tuple(content, content)])),
    );
    await fc.assert(
      fc.asyncProperty(change, async (files) => {
        const [before, after] = [0, 1].map((side) =>
          Object.fromEntries(Object.entries(files).map(([path, contents]) => [path, contents[side] ?? null])),
        );
        const present = Object.fromEntries(Object.entries(before ?? {}).filter(([, content]) => content !== null));
        const repository = createRepository(branch(present, after ?? {}));
        const { pullRequest } = await read(repository.path);
        for (const file of pullRequest.files) {
          const old = before?.[file.previousPath ?? file.path] ?? '';
          const patch = {
            oldFileName: 'a',
            newFileName: 'b',
            oldHeader: '',
            newHeader: '',
            index: '',
            hunks: file.hunks,
          };
          expect(applyPatch(old, patch, { autoConvertLineEndings: false })).toBe(after?.[file.path] ?? '');
        }
        const counts = repository
          .git('diff', '-M', '--numstat', 'main', 'feature')
          .trimEnd()
          .split('\n')
          .filter(Boolean);
        const sum = (column: number) => counts.reduce((total, row) => total + Number(row.split('\t')[column]), 0);
        expect(pullRequest.totals).toEqual({ files: counts.length, additions: sum(0), deletions: sum(1) });
        expect(pullRequest.filesComplete).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});

describe('what the pull request would say of itself', () => {
  const steps: Step[] = [
    { files: { a: '1\n' } },
    { on: 'feature', message: 'First\n\nReviewed-by: Ann\n', files: { b: '1\n' } },
    { message: 'Main moves on', files: { a: '2\n' } },
    { on: 'feature', message: 'Second', author: { name: 'Bob', email: 'bob@example.com' }, files: { c: '1\n' } },
  ];

  it('runs from the merge base, with the commits oldest first and the base at its tip', async () => {
    const repository = createRepository(steps);
    const sha = (name: string) => repository.git('rev-parse', name).trim();
    const { pullRequest, mergeBase } = await read(repository.path);
    expect(mergeBase).toBe(sha('main~1'));
    expect(pullRequest.files.map((file) => file.path)).toEqual(['b', 'c']);
    expect(pullRequest.base).toEqual({ branch: 'main', sha: sha('main') });
    expect(pullRequest.head).toEqual({ branch: 'feature', sha: sha('feature'), fromFork: false });
    const alice = { name: 'Alice', email: 'alice@example.com', login: null };
    expect(pullRequest.commits).toEqual([
      {
        ...{ sha: sha('feature~1'), message: 'First\n\nReviewed-by: Ann', author: alice, committer: alice },
        ...{ trailers: [{ key: 'Reviewed-by', value: 'Ann' }], parents: [mergeBase] },
      },
      {
        ...{ sha: sha('feature'), message: 'Second', trailers: [], committer: alice, parents: [sha('feature~1')] },
        author: { name: 'Bob', email: 'bob@example.com', login: null },
      },
    ]);
    expect(pullRequest).toMatchObject({
      ...{
        number: null,
        title: 'feature',
        body: '',
        reviews: [],
        ticks: [],
        waivers: [],
        draft: false,
        state: 'open',
        evaluatedAt,
      },
      author: { id: null, login: 'Bob', kind: 'unknown', association: 'NONE' },
      repository: { name: 'widgets', defaultBranch: 'main' },
    });
  });

  it('takes the subject of a single commit, the body and the author it is told', async () => {
    const { path } = createRepository(branch({}, { b: '1\n' }));
    const { pullRequest } = await read(path, { prBody: 'Why: because.', author: 'octocat' });
    expect(pullRequest).toMatchObject({
      title: 'Change',
      body: 'Why: because.',
      author: { id: null, login: 'octocat' },
    });
  });

  it('leaves out what came in by merging the base', async () => {
    const merge: Step = { on: 'feature', merge: 'main', message: 'Merge main', files: { a: '2\n' } };
    const { pullRequest } = await read(createRepository([...steps, merge]).path);
    expect(pullRequest.files.map((file) => file.path)).toEqual(['b', 'c']);
    expect(pullRequest.commits.map((commit) => commit.message.split('\n')[0])).toEqual([
      'First',
      'Second',
      'Merge main',
    ]);
    expect(pullRequest.commits.at(-1)?.parents).toHaveLength(2);
  });
});

describe('where a repository may be', () => {
  const steps = branch({ 'src/a': '1\n' }, { 'src/b': '1\n' });
  const paths = async (cwd: string, asked?: Asked) =>
    (await read(cwd, asked)).pullRequest.files.map((file) => file.path);

  it('a subfolder of a checkout, seeing the whole change', async () => {
    const { path } = createRepository(branch({ 'src/a': '1\n' }, { 'src/b': '1\n', top: '1\n' }));
    expect(await paths(join(path, 'src'))).toEqual(['src/b', 'top']);
  });

  it('a linked worktree, with its own HEAD', async () => {
    const repository = createRepository(steps);
    const worktree = join(temporaryFolder(), 'tree');
    repository.git('checkout', '--quiet', 'main');
    repository.git('worktree', 'add', '--quiet', worktree, 'feature');
    const { pullRequest } = await read(worktree);
    expect(pullRequest.files.map((file) => file.path)).toEqual(['src/b']);
    expect(pullRequest.repository.name).toBe('widgets');
  });

  it('a bare repository', async () => {
    const bare = join(temporaryFolder(), 'gadgets.git');
    const { path } = createRepository(steps);
    gitIn(path, 'clone', '--quiet', '--bare', path, bare);
    gitIn(bare, 'symbolic-ref', 'HEAD', 'refs/heads/main');
    expect(await paths(bare, { head: 'feature' })).toEqual(['src/b']);
    expect((await read(bare, { head: 'feature' })).pullRequest.repository.name).toBe('gadgets');
    expect(await paths(bare, { base: 'main', head: 'feature' })).toEqual(['src/b']);
  });

  it('a clone that borrows its objects from another', async () => {
    const { path } = createRepository(steps);
    const clone = join(temporaryFolder(), 'clone');
    gitIn(path, 'clone', '--quiet', '--shared', path, clone);
    expect(await paths(clone, { base: 'origin/main' })).toEqual(['src/b']);
  });

  it('a shallow clone that reaches the merge base', async () => {
    const { path } = createRepository(steps);
    const clone = join(temporaryFolder(), 'clone');
    gitIn(path, 'clone', '--quiet', '--no-single-branch', '--depth=2', `file://${path}`, clone);
    expect(await paths(clone, { base: 'origin/main' })).toEqual(['src/b']);
  });

  it('one that names its objects by SHA-256', async () => {
    const folder = temporaryFolder();
    gitIn(folder, 'init', '--quiet', '--object-format=sha256', '--initial-branch=main');
    gitIn(folder, 'commit', '--quiet', '--allow-empty', '-m', 'Begin');
    gitIn(folder, 'checkout', '--quiet', '-b', 'feature');
    writeFileSync(join(folder, 'a'), '1\n');
    gitIn(folder, 'add', 'a');
    gitIn(folder, 'commit', '--quiet', '-m', 'Change');
    const { pullRequest } = await read(folder);
    expect(pullRequest.files).toMatchObject([
      { path: 'a', additions: 1, blob: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
  });

  it('in the middle of somebody’s hook, whose variables point elsewhere', async () => {
    const { path } = createRepository(steps);
    const other = createRepository([{ files: { z: '1\n' } }]);
    const hook = { ...isolated, GIT_DIR: join(other.path, '.git'), GIT_WORK_TREE: other.path, GIT_INDEX_FILE: 'x' };
    expect(await paths(path, { environment: hook })).toEqual(['src/b']);
  });
});

describe('the base, when nobody names it', () => {
  it('is the default branch of origin, under whatever name', async () => {
    const { path } = createRepository([{ on: 'develop', files: { a: '1\n' } }]);
    const clone = join(temporaryFolder(), 'clone');
    gitIn(path, 'clone', '--quiet', path, clone);
    gitIn(clone, 'checkout', '--quiet', '-b', 'feature');
    gitIn(clone, 'commit', '--quiet', '--allow-empty', '-m', 'Change');
    const { pullRequest } = await read(clone);
    expect(pullRequest.base.branch).toBe('develop');
    expect(pullRequest.commits).toHaveLength(1);
  });

  it.each(['main', 'master', 'trunk'])('is %s where there is no origin', async (name) => {
    const { path } = createRepository([
      { on: name, files: { a: '1\n' } },
      { on: 'feature', from: name, files: { b: '' } },
    ]);
    expect((await read(path)).pullRequest.base.branch).toBe(name);
  });

  it('is asked for when nothing tells', async () => {
    const { path } = createRepository([{ on: 'work', files: { a: '1\n' } }]);
    expect(await refusal(path)).toMatch(/Name it with --base/);
  });
});

describe('what cannot be read is a sentence', () => {
  const repository = () => createRepository(branch({}, { b: '1\n' })).path;

  it('no folder', async () => {
    expect(await refusal('/does/not/exist')).toBe('There is no folder /does/not/exist.');
  });
  it('no repository', async () => {
    expect(await refusal(temporaryFolder('plain'))).toMatch(/plain is not inside a git repository\.$/);
  });
  it('no git', async () => {
    expect(await refusal(repository(), { environment: { PATH: temporaryFolder() } })).toMatch(
      /git could not be started/,
    );
  });
  it('no commit yet', async () => {
    const folder = temporaryFolder();
    gitIn(folder, 'init', '--quiet', '--initial-branch=main');
    expect(await refusal(folder, { base: 'HEAD' })).toMatch(/no commit called "HEAD"/);
  });
  it.each([
    'nowhere',
    '',
    '-p',
    '--all',
    'main..feature',
    'HEAD:b',
    'a\nb',
    'a\0b',
  ])('no such base: %j', async (base) => {
    expect(await refusal(repository(), { base })).toContain(`There is no commit called ${JSON.stringify(base)}`);
  });
  it('no history in common', async () => {
    const { path, git } = createRepository(branch({}, { b: '1\n' }));
    git('checkout', '--quiet', '--orphan', 'island');
    git('commit', '--quiet', '-m', 'Alone');
    expect(await refusal(path)).toMatch(/main and island have no commit in common/);
  });
  it('a shallow clone that does not reach the merge base', async () => {
    const { path } = createRepository([
      ...branch({}, { b: '1\n' }),
      { on: 'feature', files: { c: '1\n' } },
      { on: 'feature', files: { d: '1\n' } },
    ]);
    const clone = join(temporaryFolder(), 'clone');
    gitIn(path, 'clone', '--quiet', '--no-single-branch', '--depth=1', `file://${path}`, clone);
    expect(await refusal(clone, { base: 'origin/main' })).toMatch(/shallow: fetch more history/);
  });
});

it('calls missing what a partial clone lacks, without asking its server for it', async () => {
  const { path, git } = createRepository(branch({ b: '1\n' }, { b: '2\n' }));
  git('config', 'uploadpack.allowFilter', 'true');
  const clone = join(temporaryFolder(), 'clone');
  gitIn(path, 'clone', '--quiet', '--bare', '--filter=blob:none', `file://${path}`, clone);
  const { pullRequest } = await read(clone, { base: 'main', head: 'feature' });
  // The server is there and would give it: had it been asked, this would be a patch.
  expect(pullRequest).toMatchObject({
    filesComplete: false,
    files: [{ path: 'b', status: 'modified', patch: 'missing', hunks: [] }],
  });
});

describe('a hostile repository', () => {
  it('runs nothing and hides nothing, whatever its configuration and attributes say', async () => {
    const attributes = '* diff=evil filter=evil merge=evil\n*.txt -diff\n';
    const { path, git } = createRepository(
      branch({ 'a.txt': 'one\n', '.gitattributes': attributes }, { 'a.txt': 'two\n', 'b.evil': 'x\n' }),
    );
    const marker = join(temporaryFolder(), 'ran');
    const command = `sh -c 'echo "$0" >> ${marker}'`;
    for (const setting of [
      ...[
        'diff.external',
        'diff.evil.command',
        'diff.evil.textconv',
        'core.fsmonitor',
        'core.sshCommand',
        'core.pager',
      ],
      ...['filter.evil.smudge', 'filter.evil.clean', 'core.editor', 'gpg.program', 'alias.log'],
      ...['core.gitProxy', 'credential.helper', 'log.evil', 'alias.rev-parse', 'alias.diff-tree'],
    ]) {
      git('config', setting, setting.startsWith('alias') ? `!${command}` : command);
    }
    git('config', 'log.showSignature', 'true');
    git('config', 'diff.evil.binary', 'true');
    git('config', 'diff.noprefix', 'true');
    git('config', 'diff.suppressBlankEmpty', 'true');
    git('config', 'diff.orderFile', 'a.txt');
    git('config', 'core.quotepath', 'true');
    git('config', 'core.excludesFile', '~/ignore');
    mkdirSync(join(path, '.git/hooks'), { recursive: true });
    for (const hook of [
      'post-index-change',
      'reference-transaction',
      'post-checkout',
      'pre-auto-gc',
      'fsmonitor-watchman',
    ]) {
      writeFileSync(join(path, '.git/hooks', hook), `#!/bin/sh\necho ${hook} >> ${marker}\n`, { mode: 0o755 });
    }
    mkdirSync(join(path, '.git/info'), { recursive: true });
    writeFileSync(join(path, '.git/info/attributes'), '* -diff\n');

    // The traps work: git itself, asked plainly, walks into both.
    git('diff', 'main', 'feature');
    expect(existsSync(marker)).toBe(true);
    rmSync(marker);
    const missing = '1'.repeat(40);
    git('config', 'extensions.partialClone', 'evil');
    git('config', 'remote.evil.promisor', 'true');
    git('config', 'remote.evil.url', path);
    git('config', 'remote.evil.uploadpack', command);
    expect(() => git('cat-file', '-e', missing)).toThrow();
    expect(existsSync(marker)).toBe(true);
    rmSync(marker);

    const { pullRequest, repository } = await read(path);
    await repository([{ kind: 'file', path: 'a.txt', side: 'head' }]);
    expect(pullRequest.files).toMatchObject([
      { path: 'a.txt', patch: 'text', additions: 1, deletions: 1 },
      { path: 'b.evil', patch: 'text', additions: 1 },
    ]);
    expect(await refusal(path, { base: missing })).toMatch(/There is no commit called/);
    expect(existsSync(marker)).toBe(false);
  });

  it('cannot replace what a commit holds', async () => {
    const { path, git } = createRepository(branch({ a: '1\n' }, { a: '2\n' }));
    git('replace', 'feature', 'main');
    expect((await read(path)).pullRequest.files.map((file) => file.path)).toEqual(['a']);
  });
});
