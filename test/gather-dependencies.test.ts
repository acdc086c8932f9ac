import { expect, test } from 'vitest';
import { fakeRepository, type Tree } from './manifests/fake-repository.ts';

const ROOT = { name: 'app', dependencies: { declared: '1' } };
const WITH_ONE_MORE = { name: 'app', dependencies: { declared: '1', another: '2' } };
const WORKSPACE = {
  'package.json': { name: 'root', workspaces: ['packages/*'] },
  'packages/a/package.json': { name: 'a' },
  'packages/b/package.json': { name: 'b' },
};

/** What changes, and how often the repository may be asked about it: each time is a request to GitHub. */
const CASES: [what: string, rounds: number, before: Tree, changed: Tree][] = [
  [
    'the manifest at the root',
    1,
    { 'package.json': ROOT, 'package-lock.json': '{}' },
    { 'package.json': WITH_ONE_MORE },
  ],
  [
    'the manifest and the lockfile at the root',
    1,
    { 'package.json': ROOT, 'package-lock.json': '{"packages":{}}' },
    { 'package.json': WITH_ONE_MORE, 'package-lock.json': '{"packages":{"":{"dependencies":{"another":"2"}}}}' },
  ],
  ['a manifest of a workspace', 2, WORKSPACE, { 'packages/a/package.json': { name: 'a', dependencies: { b: '*' } } }],
  [
    'a manifest that asks a catalog',
    2,
    { ...WORKSPACE, 'pnpm-workspace.yaml': 'packages: ["packages/*"]\ncatalog:\n  x: ^1\n' },
    { 'packages/a/package.json': { name: 'a', dependencies: { x: 'catalog:' } } },
  ],
  ['an import that is declared', 1, { 'package.json': ROOT }, { 'src/a.ts': "import a from 'declared';" }],
  [
    'an import that is not',
    2,
    { 'package.json': ROOT, 'tsconfig.json': '{}', 'vite.config.ts': 'export default {};' },
    { 'src/deep/a.ts': "import a from 'gone';" },
  ],
  ['a command', 1, { 'package.json': ROOT }, { 'README.md': '`npm i another`' }],
  [
    'a manifest, and an import of what it declares',
    1,
    { 'package.json': ROOT, 'tsconfig.json': '{}' },
    { 'package.json': WITH_ONE_MORE, 'src/a.ts': "import a from 'another';" },
  ],
];

test.each(CASES)('%s: the repository is asked %i times at most', async (_what, rounds, before, changed) => {
  const repository = fakeRepository(before, changed);
  await repository.dependencyChanges();
  expect(repository.rounds()).toBeLessThanOrEqual(rounds);
});
