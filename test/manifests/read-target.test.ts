// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables as .npmrc files hold them
import { describe, expect, test } from 'vitest';
import { fakeRepository, PUBLIC_REGISTRY, type Tree } from './fake-repository.ts';

/** A repository that newly depends on these names, and what is decided about each. */
async function targetsOf(
  before: Tree,
  names: string[],
  more: Parameters<typeof fakeRepository>[2] & { at?: string; changed?: Tree } = {},
) {
  const { at = 'package.json', changed = {}, ...rest } = more;
  const own = (before[at] ?? {}) as object;
  const dependencies = Object.fromEntries(names.map((name) => [name, '^1']));
  const repository = fakeRepository(
    before,
    { ...changed, [at]: { ...own, ...(changed[at] as object), dependencies } },
    rest,
  );
  const { changes } = await repository.dependencyChanges();
  return Object.fromEntries(changes.filter(({ path }) => path === at).map(({ name, target }) => [name, target]));
}

const OPEN = { kind: 'registry' };
const elsewhere = (reason: RegExp) => ({ kind: 'elsewhere', reason: expect.stringMatching(reason) });
const unknown = (cause: RegExp) => ({ kind: 'unknown', cause: expect.stringMatching(cause) });

describe('scopes and registries of the base branch', () => {
  const mapped = elsewhere(/maps to another registry/);
  const named = elsewhere(/names another registry/);
  const cases: [what: string, path: string, text: string, expected: Record<string, object>][] = [
    [
      'a scope in .npmrc',
      '.npmrc',
      '@acme:registry=https://npm.acme.example/',
      { '@acme/a': mapped, '@other/a': OPEN, a: OPEN },
    ],
    ['a scope with spaces and quotes', '.npmrc', '@acme:registry = "https://npm.acme.example"', { '@acme/a': mapped }],
    ['a scope mapped by a variable', '.npmrc', '@acme:registry=${ACME_REGISTRY}', { '@acme/a': mapped, a: OPEN }],
    [
      'a scope that is itself a variable',
      '.npmrc',
      '${SCOPE}:registry=https://npm.acme.example',
      { '@acme/a': elsewhere(/set outside/), a: OPEN },
    ],
    ['a scope mapped to the public registry', '.npmrc', `@acme:registry=${PUBLIC_REGISTRY}`, { '@acme/a': OPEN }],
    [
      'the same without its slash',
      '.npmrc',
      `@acme:registry=${PUBLIC_REGISTRY.replace(/\/$/, '')}`,
      { '@acme/a': OPEN },
    ],
    ['another path on the public host', '.npmrc', `@acme:registry=${PUBLIC_REGISTRY}private`, { '@acme/a': mapped }],
    ['another registry for everything', '.npmrc', 'registry=https://npm.acme.example', { a: named, '@other/a': named }],
    ['the public one for everything', '.npmrc', `registry=${PUBLIC_REGISTRY}`, { a: OPEN, '@other/a': OPEN }],
    ['a variable for everything', '.npmrc', 'registry=${REGISTRY}', { a: named }],
    [
      'another one for all but one scope',
      '.npmrc',
      `registry=https://npm.acme.example\n@other:registry=${PUBLIC_REGISTRY}`,
      { a: named, '@other/a': OPEN },
    ],
    [
      'comments and unrelated lines',
      '.npmrc',
      '; registry=https://x.example\n# @acme:registry=https://x.example\nsave-exact=true',
      { a: OPEN, '@acme/a': OPEN },
    ],
    [
      'a scope in .yarnrc.yml',
      '.yarnrc.yml',
      'npmScopes:\n  acme:\n    npmRegistryServer: "https://npm.acme.example"',
      { '@acme/a': mapped, a: OPEN },
    ],
    ['a server in .yarnrc.yml', '.yarnrc.yml', 'npmRegistryServer: "https://npm.acme.example"', { a: named }],
    [
      'a scope in bunfig.toml',
      'bunfig.toml',
      '[install.scopes]\n"@acme" = { url = "https://npm.acme.example", token = "$T" }',
      { '@acme/a': mapped, a: OPEN },
    ],
    [
      'a scope in bunfig.toml, the short way',
      'bunfig.toml',
      '[install.scopes]\nacme = "https://npm.acme.example"',
      { '@acme/a': mapped },
    ],
    ['a registry in bunfig.toml', 'bunfig.toml', '[install]\nregistry = "https://npm.acme.example"', { a: named }],
    [
      'a scope in pnpm-workspace.yaml',
      'pnpm-workspace.yaml',
      'registries:\n  default: https://registry.example\n  "@acme": https://npm.acme.example',
      { '@acme/a': mapped, a: OPEN },
    ],
    [
      'a file that cannot be parsed',
      '.yarnrc.yml',
      'npmScopes: [',
      { a: unknown(/\.yarnrc\.yml could not be read: it is not valid YAML/) },
    ],
    ['a file that is not text', '.npmrc', '\0', { a: unknown(/\.npmrc could not be read: it is not text/) }],
  ];

  test.each(cases)('%s', async (_what, path, text, expected) => {
    expect(await targetsOf({ [path]: text }, Object.keys(expected))).toMatchObject(expected);
  });

  test('a file that cannot be fetched keeps every name here', async () => {
    expect(await targetsOf({}, ['a'], { broken: ['.npmrc'] })).toMatchObject({ a: unknown(/\.npmrc.*lightning/) });
  });

  test('files beside the manifest and above it count, others do not', async () => {
    const before = {
      'x/.npmrc': '@near:registry=https://npm.acme.example',
      'x/y/.npmrc': '@beside:registry=https://npm.acme.example',
      'z/.npmrc': '@other:registry=https://npm.acme.example',
    };
    expect(await targetsOf(before, ['@near/a', '@beside/a', '@other/a'], { at: 'x/y/package.json' })).toMatchObject({
      '@near/a': elsewhere(/x\/\.npmrc/),
      '@beside/a': elsewhere(/x\/y\/\.npmrc/),
      '@other/a': OPEN,
    });
  });

  test('the tip of the base branch decides, not the change', async () => {
    const hiding = await targetsOf({}, ['@acme/a'], {
      changed: { '.npmrc': '@acme:registry=https://npm.acme.example' },
    });
    expect(hiding).toMatchObject({ '@acme/a': OPEN });
    const since = await targetsOf({}, ['@acme/a'], {
      baseTip: { '.npmrc': '@acme:registry=https://npm.acme.example' },
    });
    expect(since).toMatchObject({ '@acme/a': mapped });
  });

  const signsIn: [path: string, text: string, expected: string | null][] = [
    ['.npmrc', '//registry.example/:_authToken=${NPM_TOKEN}', '.npmrc'],
    ['.npmrc', '//registry.example/:_auth=abc', '.npmrc'],
    ['.npmrc', '_authToken=${NPM_TOKEN}', '.npmrc'],
    ['.npmrc', '//npm.acme.example/:_authToken=${NPM_TOKEN}', null],
    ['.npmrc', 'save-exact=true', null],
    ['.yarnrc.yml', 'npmAuthToken: "${NPM_TOKEN}"', '.yarnrc.yml'],
    ['.yarnrc.yml', 'npmRegistries:\n  //registry.example:\n    npmAuthToken: x', '.yarnrc.yml'],
    ['bunfig.toml', '[install.registry]\nurl = "https://registry.example"\ntoken = "$T"', 'bunfig.toml'],
  ];

  test.each(signsIn)('%s: %j', async (path, text, expected) => {
    expect(await targetsOf({ [path]: text }, ['@acme/a'])).toMatchObject({
      '@acme/a': { ...OPEN, signsInBy: expected },
    });
  });
});

describe("the repository's own packages", () => {
  const OWN = elsewhere(/a package of this repository/);
  const layouts: [what: string, before: Tree][] = [
    [
      'npm and Yarn workspaces',
      { 'package.json': { workspaces: ['packages/*'] }, 'packages/folder/package.json': { name: 'ours' } },
    ],
    [
      'workspaces as an object',
      {
        'package.json': { workspaces: { packages: ['packages/*'] } },
        'packages/folder/package.json': { name: 'ours' },
      },
    ],
    [
      './ and a slash at the end',
      { 'package.json': { workspaces: ['./packages/*/'] }, 'packages/folder/package.json': { name: 'ours' } },
    ],
    [
      'a folder by its name',
      { 'package.json': { workspaces: ['tools/cli'] }, 'tools/cli/package.json': { name: 'ours' } },
    ],
    ['two levels', { 'package.json': { workspaces: ['packages/*/*'] }, 'packages/x/y/package.json': { name: 'ours' } }],
    ['any level', { 'package.json': { workspaces: ['packages/**'] }, 'packages/x/y/z/package.json': { name: 'ours' } }],
    ['any level at the root', { 'package.json': { workspaces: ['**'] }, 'x/y/package.json': { name: 'ours' } }],
    [
      'part of a name',
      { 'package.json': { workspaces: ['pack*/ui-?'] }, 'packages/ui-1/package.json': { name: 'ours' } },
    ],
    [
      'alternatives',
      { 'package.json': { workspaces: ['{packages,apps}/*'] }, 'apps/x/package.json': { name: 'ours' } },
    ],
    [
      'pnpm',
      {
        'package.json': {},
        'pnpm-workspace.yaml': 'packages:\n  - "packages/*"',
        'packages/folder/package.json': { name: 'ours' },
      },
    ],
    [
      'Lerna alone',
      {
        'package.json': {},
        'lerna.json': { packages: ['packages/*'] },
        'packages/folder/package.json': { name: 'ours' },
      },
    ],
    [
      'a scope as a folder',
      { 'package.json': { workspaces: ['packages/@acme/*'] }, 'packages/@acme/x/package.json': { name: 'ours' } },
    ],
    ['the root itself', { 'package.json': { name: 'ours' } }],
  ];

  test.each(layouts)('%s', async (_what, before) => {
    expect(await targetsOf(before, ['ours', 'theirs'])).toMatchObject({ ours: OWN, theirs: OPEN });
  });

  test('from a package of the workspace, and behind an alias', async () => {
    const before = {
      'package.json': { workspaces: ['packages/*'] },
      'packages/a/package.json': { name: 'ours' },
      'packages/b/package.json': {},
    };
    expect(await targetsOf(before, ['ours', 'theirs'], { at: 'packages/b/package.json' })).toMatchObject({
      ours: OWN,
      theirs: OPEN,
    });
  });

  test('a workspace below the root', async () => {
    const before = {
      'web/package.json': { workspaces: ['packages/*'] },
      'web/packages/a/package.json': { name: 'ours' },
    };
    expect(await targetsOf(before, ['ours'], { at: 'web/packages/b/package.json' })).toMatchObject({ ours: OWN });
  });

  test('a package that this change adds, renames or removes', async () => {
    const before = {
      'package.json': { workspaces: ['packages/*'] },
      'packages/a/package.json': { name: 'old' },
      'packages/c/package.json': { name: 'gone' },
    };
    const changed = {
      'packages/a/package.json': { name: 'new' },
      'packages/b/package.json': { name: 'added' },
      'packages/c/package.json': null,
    };
    expect(await targetsOf(before, ['old', 'new', 'added', 'gone'], { changed })).toMatchObject({
      old: OWN,
      new: OWN,
      added: OWN,
      gone: OWN,
    });
  });

  test('what a workspace excludes is no package of it', async () => {
    const before = {
      'package.json': { workspaces: ['packages/*', '!packages/fixture', '!**/test/**'] },
      'packages/fixture/package.json': { name: 'react' },
      'packages/a/package.json': { name: 'ours' },
    };
    expect(await targetsOf(before, ['react', 'ours'])).toMatchObject({ react: OPEN, ours: OWN });
  });

  test.each([
    ['packages'],
    ['packages/a/package.json'],
    ['pnpm-workspace.yaml'],
  ])('while %s cannot be read, no name is asked for', async (path) => {
    const before = { 'package.json': { workspaces: ['packages/*'] }, 'packages/a/package.json': { name: 'ours' } };
    expect(await targetsOf(before, ['theirs'], { broken: [path] })).toMatchObject({ theirs: unknown(/lightning/) });
  });

  const PRIVATE_SCOPE = elsewhere(/has only private packages \(@acme\)/);
  const scopes: [what: string, before: Tree, expected: object][] = [
    ['all private', { 'package.json': { name: '@acme/app', private: true } }, PRIVATE_SCOPE],
    [
      'all published elsewhere',
      { 'package.json': { name: '@acme/app', publishConfig: { registry: 'https://npm.acme.example' } } },
      PRIVATE_SCOPE,
    ],
    [
      'one published',
      {
        'package.json': { name: '@acme/root', private: true, workspaces: ['p/*'] },
        'p/a/package.json': { name: '@acme/a' },
      },
      OPEN,
    ],
    [
      'published on the public registry by name',
      { 'package.json': { name: '@acme/app', publishConfig: { registry: PUBLIC_REGISTRY } } },
      OPEN,
    ],
    ['another scope', { 'package.json': { name: '@other/app', private: true } }, OPEN],
  ];

  test.each(scopes)('the own scope, %s', async (_what, before, expected) => {
    expect(await targetsOf(before, ['@acme/ui'])).toMatchObject({ '@acme/ui': expected });
  });

  test('a change cannot make a scope private', async () => {
    const changed = { 'package.json': { name: '@acme/app', private: true } };
    expect(await targetsOf({}, ['@acme/ui'], { changed })).toMatchObject({ '@acme/ui': OPEN });
  });

  test('in a workspace too large to list, a likely sibling is not asked for', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 600 }, (_, index) => [`p/n${index}/deep/package.json`, { name: `n${index}` }]),
    );
    const before = { 'package.json': { name: '@acme/root', workspaces: ['p/**'] }, ...many };
    expect(await targetsOf(before, ['deep', '@acme/ui', 'theirs'])).toMatchObject({
      deep: elsewhere(/too large/),
      '@acme/ui': elsewhere(/too large/),
      theirs: OPEN,
    });
  });
});
