import { readdirSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { check } from '../../src/cli/check.ts';
import { practices } from '../../src/practices/index.ts';
import { createRepository, type Step, type TestRepository, temporaryFolder } from '../support/local-repository.ts';
import { type WatchedGit, watchGit } from '../support/watched-git.ts';

const workspace = (version: string) =>
  JSON.stringify({ name: 'w', workspaces: ['packages/*'], dependencies: { fastify: version } });

/** Everything asks for evidence here: records, manifests in folders, attributes, modules, checklists, configuration. */
const STEPS: Step[] = [
  {
    files: {
      'package.json': workspace('4'),
      'packages/a/package.json': '{"name":"a"}',
      'packages/a/.gitattributes': '*.gen.ts linguist-generated\n',
      'packages/a/src/index.ts': 'export const a = 1;\n',
      'packages/b/package.json': '{"name":"b"}',
      'packages/b/src/index.ts': 'export const b = 1;\n',
      'docs/adr/0001-begin.md': '# 1. Begin\n\nStatus: Accepted\n',
      '.github/composure.yml': 'size: { max-lines: 400 }\n',
      '.github/composure/checklists/own.md': '# Own\n\n- [ ] Looked at\n',
      Dockerfile: 'FROM node:20\n',
    },
  },
  {
    on: 'feature',
    message: 'Depend on more',
    files: {
      'package.json': workspace('5'),
      'packages/a/src/index.ts': "import { b } from '../../b/src/index.ts';\nexport const a = b;\n",
      'packages/a/src/x.gen.ts': 'export const x = 1;\n',
      'migrations/1.sql': 'drop table a;\n',
      Dockerfile: 'FROM node:22\n',
    },
  },
];

afterEach(() => {
  vi.unstubAllEnvs();
});

async function checkIn(repository: TestRepository, git: WatchedGit, names: { base?: string; head?: string } = {}) {
  const lent = temporaryFolder('tmp');
  vi.stubEnv('TMPDIR', lent);
  const { exitCode, output } = await check(
    { cwd: repository.path, format: 'json', offline: true, ...names },
    {
      environment: git.environment,
      clock: () => new Date('2026-11-20T12:00:00Z'),
      sleep: async () => {},
      terminal: { width: 80, colour: false },
      practices,
    },
  );
  // Whatever was begun is over: no process waits for more, and no folder is left behind.
  expect(git.living()).toEqual([]);
  expect(readdirSync(lent)).toEqual([]);
  return { exitCode, review: JSON.parse(output) as object };
}

describe('how often composure check starts git', () => {
  // Two of them run at the same time.
  const kinds = (git: WatchedGit) =>
    git
      .commands()
      .map((command) => command.split(' ')[0])
      .toSorted();

  it('four times between two commits, whatever the practices ask for', async () => {
    const repository = createRepository(STEPS, { bare: true });
    const git = watchGit();
    const [base, head] = ['main', 'feature'].map((name) => repository.git('rev-parse', name).trim()) as [
      string,
      string,
    ];
    const { exitCode, review } = await checkIn(repository, git, { base, head });
    expect(exitCode).toBe(1);
    expect(review).toMatchObject({ base, head });
    expect(kinds(git)).toEqual(['cat-file', 'diff-tree', 'log', 'rev-parse']);
  });

  it('twice more where nobody names the base, and once where the base went on', async () => {
    const repository = createRepository([
      ...STEPS,
      { on: 'main', files: { other: '1\n' } },
      { on: 'feature', files: { more: '1\n' } },
    ]);
    const git = watchGit();
    await checkIn(repository, git);
    expect(kinds(git)).toEqual([
      'cat-file',
      'diff-tree',
      'for-each-ref',
      'log',
      'merge-base',
      'rev-parse',
      'rev-parse',
    ]);
  });

  it('ends what it began where the change cannot be read', async () => {
    const repository = createRepository(STEPS);
    repository.git('checkout', '--quiet', '--orphan', 'island');
    repository.git('commit', '--quiet', '-m', 'Alone');
    const lent = temporaryFolder('tmp');
    vi.stubEnv('TMPDIR', lent);
    const git = watchGit();
    const { readLocalPullRequest } = await import('../../src/git/read.ts');
    const answer = await readLocalPullRequest({
      ...{ cwd: repository.path, base: 'main', evaluatedAt: '2026-11-20T12:00:00Z', environment: git.environment },
    });
    expect(answer).toMatchObject({ ok: false });
    expect(git.living()).toEqual([]);
    expect(readdirSync(lent)).toEqual([]);
  });

  it('says the same with a git from before 2.36, which takes one process more', async () => {
    const repository = createRepository(STEPS, { bare: true });
    const [git, old] = [watchGit(), watchGit({ isOld: true })];
    const names = { base: 'main', head: 'feature' };
    expect(await checkIn(repository, old, names)).toEqual(await checkIn(repository, git, names));
    const asked = old.commands().filter((command) => command.startsWith('cat-file'));
    expect(asked).toEqual(['cat-file --batch-command', 'cat-file --batch', 'cat-file --batch-check']);
  });
});
