import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gatherDependencyChanges } from '../../src/gather-dependencies.ts';
import { findDependencyChanges, manifestFiles } from '../../src/manifests/find-dependency-changes.ts';
import { readLockfile } from '../../src/manifests/lockfiles/read-lockfile.ts';
import type { DependencyChange } from '../../src/model/dependency.ts';
import { Evidence } from '../../src/model/evidence.ts';
import { changedFile, pullRequest } from '../support/pull-request.ts';
import { fakeRepository, type Tree } from './fake-repository.ts';

/** `name@spec`, `was` what it was, and what is asked of a registry or why not. */
function shown({ name, spec, previousSpec, target }: DependencyChange): string {
  const was = previousSpec === null ? '' : ` was ${previousSpec}`;
  const goal = target.kind === 'registry' ? `ask ${target.name} ${target.want.value}` : target.kind;
  return `${name}@${spec}${was}: ${goal}`;
}

async function changesOf(before: Tree, changed: Tree, more?: Parameters<typeof fakeRepository>[2]) {
  return fakeRepository(before, changed, more).dependencyChanges();
}

const deps = (dependencies: Record<string, unknown>, rest: object = {}) => ({ ...rest, dependencies });

describe('what counts as a change', () => {
  const cases: [what: string, before: Tree, changed: Tree, expected: string[]][] = [
    [
      'a new dependency',
      { 'package.json': deps({ a: '1' }) },
      { 'package.json': deps({ a: '1', b: '2' }) },
      ['b@2: ask b 2'],
    ],
    ['a new manifest', {}, { 'package.json': deps({ a: '1' }) }, ['a@1: ask a 1']],
    [
      'another version',
      { 'package.json': deps({ a: '1' }) },
      { 'package.json': deps({ a: '2' }) },
      ['a@2 was 1: ask a 2'],
    ],
    ['one removed', { 'package.json': deps({ a: '1', b: '1' }) }, { 'package.json': deps({ a: '1' }) }, []],
    [
      'only formatting',
      { 'package.json': '{"dependencies":{"a":"1","b":"2"}}' },
      { 'package.json': deps({ b: '2', a: '1' }) },
      [],
    ],
    [
      'moved to another field',
      { 'package.json': deps({ a: '1' }) },
      { 'package.json': { devDependencies: { a: '1' } } },
      [],
    ],
    [
      'added to a second field, otherwise',
      { 'package.json': { devDependencies: { a: '1' } } },
      { 'package.json': { devDependencies: { a: '1' }, peerDependencies: { a: '1 || 2' } } },
      ['a@1 || 2 was 1: ask a 1 || 2'],
    ],
    ['a removed manifest', { 'package.json': deps({ a: '1' }) }, { 'package.json': null }, []],
    [
      'one manifest of many',
      { 'x/package.json': deps({ a: '1' }), 'y/package.json': deps({ a: '1' }) },
      { 'x/package.json': deps({ a: '2' }) },
      ['a@2 was 1: ask a 2'],
    ],
    ['a manifest that was broken', { 'package.json': '{' }, { 'package.json': deps({ a: '1' }) }, ['a@1: ask a 1']],
    [
      'below node_modules',
      {},
      { 'node_modules/x/package.json': deps({ a: '1' }), 'y/node_modules/x/package.json': deps({ b: '1' }) },
      [],
    ],
    ['another file of that sort', {}, { 'package.json5': deps({ a: '1' }), 'my-package.json': deps({ b: '1' }) }, []],
    [
      'overruled by an optional one',
      {},
      { 'package.json': { dependencies: { a: '1' }, optionalDependencies: { a: '2' } } },
      ['a@2: ask a 2'],
    ],
    ['no string', {}, { 'package.json': deps({ a: 1 }) }, ['a@(not a string): invalid-spec']],
    [
      'every field',
      {},
      {
        'package.json': {
          dependencies: { a: '1' },
          devDependencies: { b: '1' },
          peerDependencies: { c: '1' },
          optionalDependencies: { d: '1' },
        },
      },
      ['a@1: ask a 1', 'b@1: ask b 1', 'c@1: ask c 1', 'd@1: ask d 1'],
    ],
    [
      'what only looks like a field',
      {},
      { 'package.json': { bundleDependencies: ['a'], x: { dependencies: { b: '1' } } } },
      [],
    ],
  ];

  test.each(cases)('%s', async (_what, before, changed, expected) => {
    const { changes, unreadable, missing } = await changesOf(before, changed);
    expect({ changes: changes.map(shown), unreadable, missing }).toEqual({
      changes: expected,
      unreadable: [],
      missing: [],
    });
  });

  test('a moved manifest is compared with what it was', async () => {
    const { repository } = fakeRepository(
      { 'old/package.json': deps({ a: '1' }) },
      { 'new/package.json': deps({ a: '1', b: '1' }), 'old/package.json': null },
    );
    const moved = changedFile('new/package.json', '', '', { status: 'renamed', previousPath: 'old/package.json' });
    const { changes } = await gatherDependencyChanges(pullRequest({ files: [moved] }), repository, {
      publicRegistries: [],
    });
    expect(changes.map(shown)).toEqual(['b@1: ask b 1']);
  });

  test('each carries its place', async () => {
    const { changes } = await changesOf(
      {},
      { 'x/package.json': '{\n  "devDependencies": {\n    "a": "1",\n    "b": "npm:c@2"\n  }\n}' },
    );
    expect(changes.map(({ path, line, field, name }) => [path, line, field, name])).toEqual([
      ['x/package.json', 3, 'devDependencies', 'a'],
      ['x/package.json', 4, 'devDependencies', 'b'],
    ]);
  });

  test('what is not there to be compared is told apart', async () => {
    const { changes, unreadable, missing } = await changesOf(
      { 'lost/package.json': deps({ a: '1' }), 'gone/package.json': deps({ a: '1' }) },
      {
        'broken/package.json': '{\n"dependencies": {"a": }',
        'binary/package.json': '\0',
        'lost/package.json': deps({ a: '1', b: '1' }),
        'fine/package.json': deps({ c: '1' }),
      },
      { broken: ['lost/package.json'] },
    );
    expect(changes.map(shown)).toEqual(['c@1: unknown']);
    expect(unreadable).toMatchObject([
      { path: 'binary/package.json', line: null, cause: 'it is not text' },
      { path: 'broken/package.json', line: 2 },
    ]);
    expect(missing).toEqual([
      { path: 'lost/package.json', what: 'lost/package.json', cause: 'it was struck by lightning' },
    ]);
  });
});

describe('pnpm catalogs', () => {
  const workspace = (text: string) => ({ 'pnpm-workspace.yaml': text });
  const cases: [what: string, before: Tree, changed: Tree, expected: string[]][] = [
    [
      'the default one',
      workspace('catalog: { a: ^1 }'),
      { 'package.json': deps({ a: 'catalog:' }) },
      ['a@catalog:: ask a ^1'],
    ],
    [
      'the default one by its name',
      workspace('catalogs: { default: { a: ^1 } }'),
      { 'package.json': deps({ a: 'catalog:' }) },
      ['a@catalog:: ask a ^1'],
    ],
    [
      'a named one',
      workspace('catalogs: { old: { a: ^1 } }'),
      { 'x/package.json': deps({ a: 'catalog:old' }) },
      ['a@catalog:old: ask a ^1'],
    ],
    [
      'with an alias in it',
      workspace('catalog: { a: "npm:b@^1" }'),
      { 'package.json': deps({ a: 'catalog:' }) },
      ['a@catalog:: ask b ^1'],
    ],
    [
      'one that says nothing of it',
      workspace('catalog: { b: ^1 }'),
      { 'package.json': deps({ a: 'catalog:' }) },
      ['a@catalog:: elsewhere'],
    ],
    ['none', {}, { 'package.json': deps({ a: 'catalog:' }) }, ['a@catalog:: elsewhere']],
    [
      'one that changes together with its manifest',
      { ...workspace('catalog: { a: ^1 }'), 'package.json': deps({ a: 'catalog:' }) },
      { ...workspace('catalog: { a: ^2 }'), 'package.json': deps({ a: 'catalog:', b: '1' }) },
      ['a@catalog: was catalog:: ask a ^2', 'b@1: ask b 1', 'a@^2 was ^1: ask a ^2'],
    ],
  ];

  test.each(cases)('%s', async (_what, before, changed, expected) => {
    expect((await changesOf(before, changed)).changes.map(shown)).toEqual(expected);
  });
});

describe('what is asked of the repository', () => {
  test('nothing where no manifest changes', async () => {
    const repository = fakeRepository({ 'package.json': {} }, { 'src/a.ts': 'a' });
    await repository.dependencyChanges();
    expect(repository.reads).toEqual([]);
  });

  test('one round for a repository without a workspace', async () => {
    const repository = fakeRepository({ 'package.json': deps({}) }, { 'package.json': deps({ a: '1' }) });
    await repository.dependencyChanges();
    expect(repository.rounds()).toBe(1);
    expect(repository.reads.sort()).toEqual([
      'base:.npmrc',
      'base:.yarnrc',
      'base:.yarnrc.yml',
      'base:bun.lock',
      'base:bunfig.toml',
      'base:npm-shrinkwrap.json',
      'base:package-lock.json',
      'base:pnpm-lock.yaml',
      'base:pnpm-workspace.yaml',
      'base:yarn.lock',
      'head:lerna.json',
      'head:package.json',
      'head:pnpm-workspace.yaml',
      'merge-base:package.json',
    ]);
  });

  test('the workspace only where a name may be asked of a registry', async () => {
    const before = { 'package.json': { workspaces: ['packages/*'] }, 'packages/a/package.json': { name: 'a' } };
    const local = fakeRepository(before, { 'packages/b/package.json': deps({ a: 'file:../a' }) });
    await local.dependencyChanges();
    expect(local.reads).not.toContain('head:packages/a/package.json');
    const plain = fakeRepository(before, { 'packages/b/package.json': deps({ c: '1' }) });
    await plain.dependencyChanges();
    expect(plain.reads).toContain('head:packages');
    expect(plain.reads).toContain('head:packages/a/package.json');
    expect(plain.rounds()).toBe(2);
  });

  test('the same thing never twice', async () => {
    const repository = fakeRepository(
      {
        'package.json': { workspaces: ['packages/*', 'packages/*/plugins/**', 'tools/{x,y}'] },
        'packages/a/plugins/p/q/package.json': { name: 'q' },
        'tools/x/package.json': {},
      },
      {
        'packages/b/package.json': deps({ c: '1' }),
        'packages/a/package.json': deps({ d: '1' }),
        'package.json': { workspaces: ['packages/*', 'packages/*/plugins/**', 'tools/{x,y}'] },
      },
    );
    await repository.dependencyChanges();
    expect(repository.reads).toContain('head:packages/a/plugins/p/q/package.json');
    expect(new Set(repository.reads).size).toBe(repository.reads.length);
  });

  test('with nothing answered, no name may be asked for', () => {
    const ours = pullRequest({ files: [changedFile('package.json', null, '{}')] });
    const evidence = new Evidence([
      [
        { kind: 'file', path: 'package.json', side: 'head' },
        { state: 'found', text: '{"dependencies":{"a":"1"}}' },
      ],
    ]);
    const reading = {
      pullRequest: ours,
      evidence,
      policy: { publicRegistries: [] },
      readLockfile,
      once: <T>(_key: string, make: () => T) => make(),
    };
    expect(manifestFiles(reading).length).toBeGreaterThan(0);
    const { changes } = findDependencyChanges(reading);
    expect(changes.map(shown)).toEqual(['a@1: unknown']);
  });
});

test('no text of any file makes it throw', async () => {
  const token = fc.constantFrom(
    '{',
    '}',
    '"dependencies":',
    '"a":"1"',
    '"workspaces":["**"]',
    ',',
    '\n',
    'packages:\n- "*"',
    'registry=',
    '[install]',
    '${',
    '- ',
    '@a:registry=x',
    ': ',
    '&a',
    '*a',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(token, { maxLength: 12 }).map((tokens) => tokens.join('')),
  );
  const paths = [
    'package.json',
    'a/package.json',
    'pnpm-workspace.yaml',
    'lerna.json',
    '.npmrc',
    '.yarnrc.yml',
    'bunfig.toml',
  ];
  const tree = fc.record(Object.fromEntries(paths.map((path) => [path, text])), { requiredKeys: [] });
  await fc.assert(
    fc.asyncProperty(tree, tree, async (before, changed) => {
      const repository = fakeRepository(before, { 'package.json': '{"dependencies":{"b":"2"}}', ...changed });
      await repository.dependencyChanges();
    }),
    { numRuns: 500 },
  );
});
