import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { outcomeOf } from '../../src/evaluate.ts';
import { gatherEvidence } from '../../src/gather.ts';
import { dependencySource } from '../../src/gather-dependencies.ts';
import { readNpmSpec } from '../../src/manifests/npm-spec.ts';
import { type DependencyChange, type DependencyChanges, NO_DEPENDENCY_CHANGES } from '../../src/model/dependency.ts';
import { Evidence, type PackageAnswer } from '../../src/model/evidence.ts';
import type { PullRequest } from '../../src/model/pull-request.ts';
import type { Facts } from '../../src/model/review.ts';
import { dependencies } from '../../src/practices/dependencies.ts';
import { createPackageSource } from '../../src/registries/index.ts';
import { fakeRepository, PUBLIC_REGISTRY, type Tree } from '../manifests/fake-repository.ts';
import { changedFile, pullRequest } from '../support/pull-request.ts';
import { type Behaviour, createRegistry, type Registry } from '../support/registry/index.ts';

const HEARD = { registry: PUBLIC_REGISTRY, askedAt: '2026-11-20T12:00:30.000Z' };

const EXISTS = (versions: string[], tags: Record<string, string> = { latest: versions.at(-1)! }): PackageAnswer => {
  return { ...HEARD, state: 'exists', versions, tags, deprecated: {} };
};

const ABSENT: PackageAnswer = {
  ...HEARD,
  state: 'absent',
  status: 404,
  answers: [
    { at: '2026-11-20T12:00:00.000Z', status: 404 },
    { at: '2026-11-20T12:00:30.000Z', status: 404 },
  ],
};

const UNAVAILABLE: PackageAnswer = {
  ...HEARD,
  state: 'unavailable',
  cause: 'it answered 503',
  status: 503,
  retryAt: null,
};

/** A dependency on `name` as `package.json` line 3 declares it. */
function change(name: string, spec = '^1', target?: DependencyChange['target']): DependencyChange {
  const read = readNpmSpec(name, spec);
  if (read.kind === 'catalog') throw new Error('No catalogs here');
  const means = read.kind === 'registry' ? { ...read, signsInBy: null } : read;
  return {
    ecosystem: 'npm',
    path: 'package.json',
    line: 3,
    field: 'dependencies',
    name,
    spec,
    previousSpec: null,
    target: target ?? means,
  };
}

function judge(
  changes: Partial<DependencyChanges>,
  answers: Record<string, PackageAnswer> = {},
  { options = {}, ...overrides }: Partial<PullRequest> & { options?: object } = {},
) {
  const evidence = new Evidence([
    [{ kind: 'dependency-changes' }, { ...NO_DEPENDENCY_CHANGES, filesRead: 1, ...changes }],
  ]);
  for (const [name, answer] of Object.entries(answers))
    evidence.add({ kind: 'package', ecosystem: 'npm', name }, answer);
  const ours = pullRequest({ files: [changedFile('package.json', '', '{}')], ...overrides });
  const judgement = dependencies.evaluate(ours, dependencies.options.parse(options), evidence);
  const codes = (judgement.findings ?? []).map(({ code }) => code);
  return { ...judgement, codes, outcome: outcomeOf(judgement) };
}

describe('what the registry says', () => {
  const cases: [what: string, spec: string, answer: PackageAnswer, codes: string[], outcome: string, facts?: Facts][] =
    [
      ['a version in range', '^1', EXISTS(['1.0.0', '2.0.0']), [], 'pass'],
      ['the exact version', '1.0.0', EXISTS(['1.0.0']), [], 'pass'],
      ['the exact version with a v', 'v1.0.0', EXISTS(['1.0.0']), [], 'pass'],
      ['the exact version with build metadata', '1.0.0+5', EXISTS(['1.0.0']), [], 'pass'],
      ['a tag', 'next', EXISTS(['1.0.0'], { next: '1.0.0' }), [], 'pass'],
      ['any version', '*', EXISTS(['1.0.0']), [], 'pass'],
      ['nothing written', '', EXISTS(['1.0.0']), [], 'pass'],
      ['a pre-release that is asked for', '^2.0.0-beta', EXISTS(['2.0.0-beta.3']), [], 'pass'],
      ['one of several ranges', '^9 || ^1', EXISTS(['1.0.0']), [], 'pass'],
      ['no package', '^1', ABSENT, ['package-absent'], 'violation', { status: 404, secondsApart: 30 }],
      ['a placeholder', '^1', { ...HEARD, state: 'placeholder' }, ['package-placeholder'], 'violation'],
      [
        'an unpublished package',
        '^1',
        { ...HEARD, state: 'unpublished', at: '2024-01-01' },
        ['package-unpublished'],
        'violation',
        { unpublishedAt: '2024-01-01' },
      ],
      [
        'no version in range',
        '^9',
        EXISTS(['1.0.0', '2.0.0']),
        ['version-unsatisfiable'],
        'violation',
        { newest: '2.0.0', onlyPrereleases: false },
      ],
      ['no such version', '1.0.1', EXISTS(['1.0.0']), ['version-unsatisfiable'], 'violation', { newest: '1.0.0' }],
      ['a range that nothing can be in', '<0.0.0', EXISTS(['1.0.0']), ['version-unsatisfiable'], 'violation'],
      [
        'only pre-releases',
        '^2',
        EXISTS(['2.0.0-beta.1']),
        ['version-unsatisfiable'],
        'violation',
        { onlyPrereleases: true, newest: '2.0.0-beta.1' },
      ],
      [
        'any version, and only pre-releases',
        '*',
        EXISTS(['2.0.0-rc.1']),
        ['version-unsatisfiable'],
        'pass',
        { npmInstallsLatest: true },
      ],
      ['no such tag', 'nxt', EXISTS(['1.0.0']), ['tag-absent'], 'violation', { wanted: 'nxt', tags: ['latest'] }],
      ['what is no version', '1.2.3.4', EXISTS(['1.0.0']), ['tag-absent'], 'violation'],
      ['a tag of the prototype', 'constructor', EXISTS(['1.0.0']), ['tag-absent'], 'violation'],
      [
        'not yet',
        '^1',
        { ...HEARD, state: 'confirming', status: 404, retryAt: '2026-11-20T12:01:00.000Z' },
        [],
        'undetermined',
      ],
      ['401', '^1', { ...HEARD, state: 'private', status: 401 }, [], 'undetermined'],
      ['an outage', '^1', UNAVAILABLE, [], 'undetermined'],
      ['a spec that is none', 'not a range', EXISTS(['1.0.0']), ['spec-invalid'], 'violation'],
      ['from elsewhere', 'workspace:*', ABSENT, [], 'pass'],
    ];

  test.each(cases)('%s: %j', (_what, spec, answer, codes, outcome, facts = {}) => {
    const judgement = judge({ changes: [change('thing', spec)] }, { thing: answer });
    expect({ codes: judgement.codes, outcome: judgement.outcome }).toEqual({ codes, outcome });
    for (const finding of judgement.findings ?? []) {
      expect(finding).toMatchObject({
        path: 'package.json',
        line: 3,
        facts: { ecosystem: 'npm', name: 'thing', spec, ...facts },
      });
      expect(finding.message).toContain('"thing"');
    }
    expect((judgement.missing ?? []).length > 0).toBe(outcome === 'undetermined');
  });

  test('says how often and how far apart it asked', () => {
    const [finding] = judge({ changes: [change('thing')] }, { thing: ABSENT }).findings ?? [];
    expect(finding?.message).toContain('"thing" was not found on the npm registry (404 twice, 30 s apart).');
  });

  test('names the newest version where none satisfies', () => {
    const [finding] =
      judge(
        { changes: [change('thing', '^9')] },
        { thing: EXISTS(['1.0.0', '2.1.0', '3.0.0-rc.1'], { latest: '2.1.0' }) },
      ).findings ?? [];
    expect(finding?.message).toContain('No published version of "thing" satisfies "^9"; the newest is 2.1.0.');
  });

  test('of an alias, the package behind it', () => {
    const judgement = judge({ changes: [change('react-18', 'npm:raect@^18')] }, { raect: ABSENT });
    expect(judgement.findings).toMatchObject([
      { code: 'package-absent', facts: { name: 'raect', declaredAs: 'react-18' } },
    ]);
  });

  test('of a name that cannot be one', () => {
    expect(judge({ changes: [change('no name')] })).toMatchObject({ codes: ['name-invalid'], outcome: 'violation' });
  });

  test('where the repository signs in, a scoped package that is not shown may be private', () => {
    const signedIn = (name: string) =>
      change(name, '^1', { kind: 'registry', name, want: { type: 'range', value: '^1' }, signsInBy: '.npmrc' });
    expect(judge({ changes: [signedIn('@acme/a')] }, { '@acme/a': ABSENT })).toMatchObject({
      codes: [],
      outcome: 'undetermined',
    });
    expect(judge({ changes: [signedIn('plain')] }, { plain: ABSENT })).toMatchObject({ codes: ['package-absent'] });
  });

  test('a wrong name outweighs an open question, which is told all the same', () => {
    const judgement = judge({ changes: [change('a'), change('b')] }, { a: ABSENT, b: UNAVAILABLE });
    expect(judgement).toMatchObject({
      codes: ['package-absent'],
      outcome: 'violation',
      missing: [{ cause: 'it answered 503' }],
    });
  });

  test('one entry for each cause, with the time at which all can be known', () => {
    const confirming = (second: string): PackageAnswer => ({
      ...HEARD,
      state: 'confirming',
      status: 404,
      retryAt: `2026-11-20T12:01:${second}.000Z`,
    });
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const answers = Object.fromEntries(names.map((name, index) => [name, confirming(`0${index}`)]));
    const { missing } = judge({ changes: names.map((name) => change(name)) }, answers);
    expect(missing).toMatchObject([
      { what: 'whether "a", "b", "c", "d", "e" and 2 more can be installed', retryAt: '2026-11-20T12:01:06.000Z' },
    ]);
  });
});

describe('facts and outcome', () => {
  test('every dependency is in exactly one list', () => {
    const { facts, outcome, summary } = judge(
      { changes: [change('a'), change('b', 'file:../b'), change('c'), change('d', 'not a range')] },
      { a: EXISTS(['1.0.0']), c: UNAVAILABLE },
    );
    expect(facts).toMatchObject({
      checked: [
        { name: 'a', registry: PUBLIC_REGISTRY, answer: 'exists', path: 'package.json', line: 3 },
        { name: 'd' },
      ],
      skipped: [{ name: 'b', reason: 'a file or folder (file:)' }],
      unverified: [{ name: 'c', cause: 'it answered 503' }],
    });
    expect(outcome).toBe('violation');
    expect(summary).toBe('1 of 4 added or changed dependencies cannot be installed as written.');
  });

  const quiet: [what: string, changes: Partial<DependencyChanges>, summary: string][] = [
    ['nothing changed', {}, 'No dependency was added or changed.'],
    ['one there', { changes: [change('a')] }, '1 added or changed dependency looked up, and there to be installed.'],
    [
      'one there, one local',
      { changes: [change('a'), change('b', 'workspace:*')] },
      '1 added or changed dependency looked up, and there to be installed; 1 private, local or from elsewhere, not looked up.',
    ],
    [
      'all local',
      { changes: [change('b', 'workspace:*')] },
      '1 added or changed dependency, none of them for a public registry to answer.',
    ],
  ];

  test.each(quiet)('%s', (_what, changes, summary) => {
    expect(judge(changes, { a: EXISTS(['1.0.0']) })).toMatchObject({ outcome: 'pass', summary });
  });

  test('a manifest that cannot be understood is a finding at its line', () => {
    const judgement = judge({ unreadable: [{ path: 'x/package.json', line: 4, cause: 'it is not valid JSON' }] });
    expect(judgement.findings).toMatchObject([{ code: 'manifest-unreadable', path: 'x/package.json', line: 4 }]);
    expect(judgement.outcome).toBe('violation');
  });

  test('a manifest that cannot be fetched leaves it open', () => {
    const missing = [{ path: 'x/package.json', what: 'x/package.json', cause: 'GitHub answered 502' }];
    expect(judge({ missing })).toMatchObject({ outcome: 'undetermined', missing: [{ what: 'x/package.json' }] });
  });

  test('no manifest in the change: nothing to say', () => {
    const files = [changedFile('src/a.ts', '', 'a')];
    expect(judge({ filesRead: 0 }, {}, { files })).toMatchObject({ outcome: 'skipped', facts: {} });
  });

  test('files that were not listed may hold a manifest', () => {
    const files = [changedFile('src/a.ts', '', 'a')];
    const totals = { files: 3001, additions: 1, deletions: 0 };
    expect(judge({}, {}, { files, totals, filesComplete: false })).toMatchObject({ outcome: 'undetermined' });
  });

  test('a patch that is missing is no loss: manifests are read whole', () => {
    const files = [changedFile('package.json', '', '{}', { patch: 'missing', hunks: [] })];
    expect(judge({ changes: [change('a')] }, { a: EXISTS(['1.0.0']) }, { files, filesComplete: false })).toMatchObject({
      outcome: 'pass',
    });
  });

  test('evidence that was never gathered is no pass', () => {
    const ours = pullRequest({ files: [changedFile('package.json', '', '{}')] });
    const judgement = dependencies.evaluate(ours, dependencies.options.parse({}), new Evidence());
    expect(outcomeOf(judgement)).toBe('undetermined');
    expect(judge({ changes: [change('a')] })).toMatchObject({ outcome: 'undetermined' });
  });

  test('any answer and any spec are judged', () => {
    const text = fc.string({ unit: 'binary' });
    const answer = fc.record({ versions: fc.array(text), tags: fc.dictionary(text, text) });
    fc.assert(
      fc.property(text, text, answer, (name, value, { versions, tags }) => {
        for (const type of ['range', 'version', 'tag'] as const) {
          const one = change('a', '^1', { kind: 'registry', name, want: { type, value }, signsInBy: null });
          judge({ changes: [one] }, { [name]: { ...HEARD, state: 'exists', versions, tags, deprecated: {} } });
        }
      }),
    );
  });
});

describe('options', () => {
  test.each([
    [{ 'priv-ate': [] }],
    [{ private: 'x' }],
    [{ registries: { acme: 'https://npm.acme.example' } }],
    [{ registries: { '@acme': 'npm.acme.example' } }],
    [{ registries: { '@acme': 'file:///etc/passwd' } }],
  ])('%j is refused', (options) => {
    expect(dependencies.options.safeParse(options).success).toBe(false);
  });

  const excluded: [path: string, judged: boolean][] = [
    ['package.json', true],
    ['packages/a/package.json', true],
    ['test/fixtures/a/package.json', false],
    ['fixtures/package.json', false],
    ['a/__fixtures__/package.json', false],
  ];

  test.each(excluded)('by default, %s is judged: %s', (path, judged) => {
    const files = [changedFile(path, '', '{}')];
    const evidence = new Evidence();
    const needs = dependencies.needs(pullRequest({ files }), dependencies.options.parse({}), evidence);
    expect(needs.length > 0).toBe(judged);
    expect(judge({ changes: [{ ...change('a'), path }] }, { a: ABSENT }, { files }).codes).toEqual(
      judged ? ['package-absent'] : [],
    );
  });

  test('an excluded manifest is left out beside others', () => {
    const judgement = judge({
      changes: [{ ...change('a'), path: 'fixtures/package.json' }],
      unreadable: [{ path: 'fixtures/broken/package.json', line: 1, cause: 'x' }],
      missing: [{ path: 'fixtures/lost/package.json', what: 'x', cause: 'x' }],
    });
    expect(judgement).toMatchObject({ codes: [], outcome: 'pass' });
  });
});

describe('end to end, against a registry that records', () => {
  let registry: Registry;
  const packages: Record<string, Behaviour> = {
    react: { versions: ['18.3.1', '19.2.0'] },
    '@acme/public': { versions: ['1.0.0'] },
    held: 'placeholder',
    closed: { status: 403 },
  };

  beforeAll(async () => {
    registry = await createRegistry({ packages });
  });

  afterAll(() => registry.close());

  /** What the practice says, and the names the registry was asked for on the way. */
  async function review(
    before: Tree,
    changed: Tree,
    {
      options = {},
      off = false,
      packages = sourceOf(off ? null : registry.url),
    }: { options?: object; off?: boolean; packages?: ReturnType<typeof sourceOf> } = {},
  ) {
    const { pullRequest: ours, repository } = fakeRepository(before, changed);
    const parsed = dependencies.options.parse(options);
    const config = {
      preset: 'standard' as const,
      practices: { dependencies: { mode: 'block' as const, options: parsed } },
    };
    const from = registry.requests.length;
    const evidence = await gatherEvidence(ours, config, [dependencies], {
      repository,
      checklists: async () => [],
      packages,
      dependencyChanges: dependencySource(ours, repository, { publicRegistries: [PUBLIC_REGISTRY] }),
    });
    const judgement = dependencies.evaluate(ours, parsed, evidence);
    const asked = new Set(registry.requests.slice(from).map(({ name }) => name));
    return {
      judgement,
      outcome: outcomeOf(judgement),
      codes: (judgement.findings ?? []).map(({ code }) => code),
      asked: [...asked].sort(),
    };
  }

  test('a hallucinated package is found at its line', async () => {
    const { judgement, outcome, asked } = await review(
      { 'package.json': '{\n  "dependencies": {\n    "react": "^18"\n  }\n}' },
      { 'package.json': '{\n  "dependencies": {\n    "react": "^19",\n    "react-hook-magic": "^2"\n  }\n}' },
    );
    expect(outcome).toBe('violation');
    expect(judgement.findings).toMatchObject([
      { code: 'package-absent', path: 'package.json', line: 4, facts: { name: 'react-hook-magic' } },
    ]);
    expect(asked).toEqual(['@octokit/rest', 'react', 'react-hook-magic', 'semver']);
  });

  test('no private name is asked for', async () => {
    const { codes, outcome, asked, judgement } = await review(
      {
        '.npmrc': '@mapped:registry=https://npm.acme.example/',
        '.yarnrc.yml': 'npmScopes:\n  yarned:\n    npmRegistryServer: https://npm.acme.example',
        'bunfig.toml': '[install.scopes]\n"@bunned" = "https://npm.acme.example"',
        'package.json': { name: 'the-root', private: true, workspaces: ['packages/*'] },
        'packages/one/package.json': { name: 'sibling', private: true },
        'packages/two/package.json': { name: '@own/two', private: true },
      },
      {
        'packages/three/package.json': {
          name: 'new-sibling',
          dependencies: {
            react: '^19',
            'the-root': '1',
            sibling: '^1',
            'new-sibling': '1',
            '@own/other': '1',
            '@mapped/a': '1',
            '@yarned/a': '1',
            '@bunned/a': '1',
            '@configured/a': '1',
            '@listed/a': '1',
            'acme-internal': '1',
            aliased: 'npm:@mapped/b@1',
            'alias-of-sibling': 'npm:sibling@1',
            workspace: 'workspace:*',
            linked: 'link:../x',
            portal: 'portal:../x',
            filed: 'file:../x.tgz',
            git: 'git+ssh://git@git.acme.example/x.git',
            short: 'acme/secret',
            web: 'https://acme.example/x.tgz',
            jsr: 'jsr:@std/path@1',
            catalogued: 'catalog:',
            'bad name': '1',
          },
          peerDependencies: { '@mapped/peer': '*' },
          optionalDependencies: { '@mapped/optional': '*' },
        },
      },
      { options: { private: ['@configured/*', 'acme-*'], registries: { '@listed': 'https://npm.acme.example' } } },
    );
    expect(asked).toEqual(['react']);
    expect({ codes: [...new Set(codes)], outcome }).toEqual({
      codes: ['workspace-missing', 'path-missing', 'bypasses-registry', 'catalog-missing', 'name-invalid'],
      outcome: 'violation',
    });
    expect(judgement.facts.skipped).toHaveLength(23);
  });

  test('with another registry named in the base branch, no name at all', async () => {
    const { asked, outcome } = await review(
      { '.npmrc': 'registry=https://npm.acme.example/' },
      { 'package.json': { dependencies: { react: '1', nowhere: '1' } } },
    );
    expect({ asked, outcome }).toEqual({ asked: [], outcome: 'pass' });
  });

  test('only what the change brings in is asked for', async () => {
    const { asked } = await review(
      { 'package.json': { dependencies: { old: '1' } }, 'other/package.json': { dependencies: { untouched: '1' } } },
      { 'package.json': { dependencies: { old: '1', '@acme/public': '1' } } },
    );
    expect(asked).toEqual(['@acme/public']);
  });

  test('nothing is asked where look-ups are off, and that is no pass', async () => {
    const { asked, outcome, judgement } = await review(
      {},
      { 'package.json': { dependencies: { react: '^19' } } },
      { off: true },
    );
    expect({ asked, outcome }).toEqual({ asked: [], outcome: 'undetermined' });
    expect(judgement.missing).toMatchObject([
      { what: 'whether "react" can be installed', cause: 'look-ups are switched off' },
    ]);
  });

  test('placeholder, refusal and range in one change', async () => {
    const { codes, judgement } = await review(
      {},
      { 'package.json': { dependencies: { held: '*', closed: '*', react: '^99' } } },
    );
    expect(codes).toEqual(['package-placeholder', 'version-unsatisfiable']);
    expect(judgement.missing).toMatchObject([{ what: 'whether "closed" can be installed' }]);
  });

  test('200 dependencies over 40 workspaces: each name once, and none again while the answers last', async () => {
    const names = Array.from({ length: 200 }, (_, index) => `bulk-${index}`);
    for (const name of names) registry.set(name, { versions: ['1.0.0'] });
    const changed = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => {
        const five = names.slice(index * 5, index * 5 + 5);
        const dependencies = Object.fromEntries(five.map((name) => [name, '1']));
        return [`packages/p${index}/package.json`, { name: `p${index}`, dependencies }];
      }),
    );
    const before = { 'package.json': { private: true, workspaces: ['packages/*'] } };
    const packages = sourceOf(registry.url);
    const from = registry.requests.length;
    const { outcome, judgement } = await review(before, changed, { packages });
    expect(outcome).toBe('pass');
    expect(judgement.facts.checked).toHaveLength(200);
    expect(registry.requests.length - from).toBe(200);
    await review(before, changed, { packages });
    expect(registry.requests.length - from).toBe(200);
  });
});

/** What the app asks packages of, for the life of a process. */
function sourceOf(url: string | null): ReturnType<typeof createPackageSource> {
  return createPackageSource({
    registry: url === null ? 'off' : { url },
    confirmAfterMs: 2000,
    waitForConfirmation: true,
    clock: () => new Date('2026-11-20T12:00:00Z'),
    sleep: async () => {},
  });
}
