import { describe, expect, test } from 'vitest';
import { successorIn } from '../../../src/practices/dependencies/reputation.ts';
import { malware } from '../../support/registry/osv.ts';
import { daysAgo, hoursAgo, manifest, type Visit, visit } from './neighbourhood.ts';

const old = { versions: ['1.0.0', '1.1.0'] };

/** A new dependency on `thing`, and what is known of it. */
const added = (packages: Visit['packages'], more: Partial<Visit> = {}, spec = '^1'): Visit => ({
  before: manifest({}),
  changed: manifest({ thing: spec }),
  packages,
  ...more,
});

/** `thing` moves from 1.0.0 to 1.1.0. */
const moved = (packages: Visit['packages'], more: Partial<Visit> = {}): Visit => ({
  before: manifest({ thing: '1.0.0' }),
  changed: manifest({ thing: '1.1.0' }),
  packages,
  ...more,
});

const young = { ...old, created: daysAgo(3), times: { '1.0.0': daysAgo(20), '1.1.0': daysAgo(10) } };
const fresh = { ...old, times: { '1.1.0': hoursAgo(5) } };
const gate = (path: string, text: string) => ({ before: { ...manifest({}), [path]: text } });

const CASES: [what: string, given: Visit, codes: string[]][] = [
  ['an old package without a blemish', added({ thing: old }), []],

  ['a young package', added({ thing: young }), ['package-young (warning)']],
  ['a young package that was there before', moved({ thing: young }), []],
  ['a package of just the age', added({ thing: { ...young, created: daysAgo(30) } }), []],
  [
    'a package a little younger',
    added({ thing: { ...young, created: hoursAgo(30 * 24 - 1) } }),
    ['package-young (warning)'],
  ],
  ['a young package where nobody minds', added({ thing: young }, { options: { 'package-age-days': 0 } }), []],
  ['a young package, raised', added({ thing: young }, { options: { errors: ['package-young'] } }), ['package-young']],

  ['a young version', added({ thing: fresh }), ['version-young (warning)']],
  ['a young version that is not the one installed', added({ thing: fresh }, {}, '1.0.0'), []],
  ['a version of just the age', added({ thing: { ...old, times: { '1.1.0': hoursAgo(72) } } }), []],
  ['a young version where nobody minds', added({ thing: fresh }, { options: { 'version-age-hours': 0 } }), []],
  [
    'npm’s own gate, shorter',
    added({ thing: { ...old, times: { '1.1.0': hoursAgo(30) } } }, gate('.npmrc', 'min-release-age=1')),
    [],
  ],
  [
    'npm’s own gate, longer',
    added({ thing: { ...old, times: { '1.1.0': daysAgo(5) } } }, gate('.npmrc', 'min-release-age=7')),
    ['version-young (warning)'],
  ],
  [
    'pnpm’s own gate, in minutes',
    added(
      { thing: { ...old, times: { '1.1.0': hoursAgo(30) } } },
      gate('pnpm-workspace.yaml', 'minimumReleaseAge: 1440'),
    ),
    [],
  ],
  [
    'pnpm’s own gate, open for it',
    added({ thing: fresh }, gate('pnpm-workspace.yaml', 'minimumReleaseAge: 1440\nminimumReleaseAgeExclude: [thing]')),
    [],
  ],
  [
    'Yarn’s own gate, with a unit',
    added({ thing: { ...old, times: { '1.1.0': daysAgo(5) } } }, gate('.yarnrc.yml', 'npmMinimalAgeGate: 7d')),
    ['version-young (warning)'],
  ],
  [
    'a young version that deps.dev dates',
    moved(
      { thing: old },
      { indexed: { 'npm/thing': { '1.1.0': { publishedAt: hoursAgo(4) }, '1.0.0': { publishedAt: daysAgo(400) } } } },
    ),
    ['version-young (warning)'],
  ],
  [
    'a young version that mends an advisory',
    moved(
      { thing: old },
      {
        indexed: {
          'npm/thing': {
            '1.1.0': { publishedAt: hoursAgo(4) },
            '1.0.0': { publishedAt: daysAgo(400), advisories: ['GHSA-1'] },
          },
        },
      },
    ),
    [],
  ],
  [
    'a young version that has the same advisory',
    moved(
      { thing: old },
      {
        indexed: {
          'npm/thing': {
            '1.1.0': { publishedAt: hoursAgo(4), advisories: ['GHSA-1'] },
            '1.0.0': { publishedAt: daysAgo(400), advisories: ['GHSA-1'] },
          },
        },
      },
    ),
    ['version-young (warning)'],
  ],

  [
    'a deprecated version',
    added({ thing: { ...old, deprecated: { '1.1.0': 'use other-thing instead' } } }),
    ['package-deprecated (warning)'],
  ],
  ['another version that is deprecated', added({ thing: { ...old, deprecated: { '1.0.0': 'broken' } } }), []],
  ['deprecated before as well', moved({ thing: { ...old, deprecated: { '1.0.0': 'x', '1.1.0': 'x' } } }), []],

  ['an install script', added({ thing: { ...old, scripted: ['1.1.0'] } }), ['install-script-added (warning)']],
  ['an install script of a version that is not installed', added({ thing: { ...old, scripted: ['1.0.0'] } }), []],
  [
    'an install script that is new',
    moved({ thing: { ...old, scripted: ['1.1.0'] } }),
    ['install-script-added (warning)'],
  ],
  ['an install script that was there', moved({ thing: { ...old, scripted: ['1.0.0', '1.1.0'] } }), []],
  [
    'an install script that the package manager does not run',
    added({ thing: { ...old, scripted: ['1.1.0'] } }, { before: manifest({}, { packageManager: 'pnpm@11.2.0' }) }),
    ['install-script-added (notice)'],
  ],
  [
    'an install script of a package that everybody uses',
    {
      before: manifest({}),
      changed: manifest({ esbuild: '^1' }),
      packages: { esbuild: { ...old, scripted: ['1.1.0'] } },
    },
    ['install-script-added (notice)'],
  ],

  ['provenance that is gone', moved({ thing: { ...old, attested: ['1.0.0'] } }), ['provenance-lost (warning)']],
  ['provenance that stays', moved({ thing: { ...old, attested: ['1.0.0', '1.1.0'] } }), []],
  ['provenance that was never there', moved({ thing: old }), []],

  [
    'a version that was taken back',
    added({ thing: { ...old, times: { '1.0.5': daysAgo(9) } } }, {}, '1.0.5'),
    ['version-unpublished'],
  ],
  ['a version that never was', added({ thing: old }, {}, '1.0.5'), ['version-unsatisfiable']],
  [
    'a version that was taken back, by deps.dev',
    {
      ...moved({ thing: old }),
      changed: manifest({ thing: '1.0.5' }),
      indexed: { 'npm/thing': { '1.0.5': { publishedAt: daysAgo(9) } } },
    },
    ['version-unpublished'],
  ],

  [
    'a package reported as malicious',
    added({ thing: old }, { reports: [malware('MAL-2026-1', 'thing')] }),
    ['package-malicious'],
  ],
  [
    'in development, no less',
    {
      before: manifest({}),
      changed: { 'package.json': { devDependencies: { thing: '^1' } } },
      packages: { thing: old },
      reports: [malware('MAL-2026-1', 'thing')],
    },
    ['package-malicious'],
  ],
  [
    'a malicious version that the range takes in',
    added(
      { thing: old },
      { reports: [{ id: 'MAL-2', affected: [{ package: { name: 'thing', ecosystem: 'npm' }, versions: ['1.1.0'] }] }] },
    ),
    ['package-malicious'],
  ],
  [
    'a malicious version that is not asked for',
    added(
      { thing: old },
      { reports: [{ id: 'MAL-2', affected: [{ package: { name: 'thing', ecosystem: 'npm' }, versions: ['1.1.0'] }] }] },
      '1.0.0',
    ),
    [],
  ],
  ['a vulnerability', added({ thing: old }, { reports: [malware('GHSA-1', 'thing')] }), []],
  ['OSV out of order', added({ thing: old }, { osvFails: 503 }), []],
  ['deps.dev out of order', moved({ thing: old }, { depsDevFails: 503 }), []],
  ['a name that npm does not have and deps.dev lists', added({}, { indexed: { 'npm/thing': { '1.0.0': {} } } }), []],
];

describe('what speaks against a package', () => {
  test.each(CASES)('%s', async (_what, given, codes) => {
    expect((await visit(given)).codes).toEqual(codes);
  });

  test('warnings leave the practice at "pass", and OSV out of order does not', async () => {
    expect((await visit(added({ thing: young }))).outcome).toBe('pass');
    const { outcome, judgement } = await visit(added({ thing: old }, { osvFails: 503 }));
    expect(outcome).toBe('undetermined');
    expect(judgement.missing).toMatchObject([
      { what: 'whether "thing" is reported as malicious', cause: 'OSV: it answered 503' },
    ]);
  });

  test('what npm does not have and deps.dev lists is open, not absent', async () => {
    const { outcome } = await visit(added({}, { indexed: { 'npm/thing': { '1.0.0': {} } } }));
    expect(outcome).toBe('undetermined');
  });
});

const LOOKS: [what: string, name: string, known: object, codes: string[]][] = [
  ['a keystroke away, and young', 'expresss', { created: daysAgo(40) }, ['package-typosquat (warning)']],
  ['a keystroke away, with one version', 'lodahs', { versions: ['1.0.0'] }, ['package-typosquat (warning)']],
  ['without a separator, from nowhere', 'crossenv', { repository: null }, ['package-typosquat (warning)']],
  ['a keystroke away, and nothing else against it', 'expresss', {}, ['package-typosquat (notice)']],
  ['a name that everybody uses itself', 'preact', { created: daysAgo(40), versions: ['1.0.0'] }, []],
  ['nothing like any other', 'widget-name-padder', { repository: null, versions: ['1.0.0'] }, []],
  [
    'its own notice names the other',
    'loadash',
    { deprecated: { '1.1.0': 'use lodash instead' } },
    ['package-deprecated (warning)', 'package-typosquat (warning)'],
  ],
];

describe('a name that looks like another', () => {
  test.each(LOOKS)('%s', async (_what, name, known, codes) => {
    const given = {
      before: manifest({}),
      changed: manifest({ [name]: '^1' }),
      packages: { [name]: { ...old, ...known } },
    };
    expect((await visit(given)).codes).toEqual(codes);
  });

  test('blocks under no configuration', async () => {
    const given = {
      before: manifest({}),
      changed: manifest({ expresss: '^1' }),
      packages: { expresss: { versions: ['1.0.0'] } },
    };
    await expect(visit({ ...given, options: { errors: ['package-typosquat'] } })).rejects.toThrow();
  });
});

describe('a private name without a scope', () => {
  const given = (name: string, more: object): Visit => ({
    before: manifest({}),
    changed: manifest({ [name]: '^1' }),
    options: { private: ['acme-*', '@acme/*'], ...more },
  });

  test.each<[name: string, more: object, codes: string[]]>([
    ['acme-internal', {}, []],
    ['acme-internal', { 'unscoped-private': true }, ['confusion-risk (warning)']],
    ['@acme/internal', { 'unscoped-private': true }, []],
  ])('%s with %j', async (name, more, codes) => {
    const { codes: seen, asked } = await visit(given(name, more));
    expect(seen).toEqual(codes);
    expect(asked).toEqual({ npm: [], osv: [], depsDev: [] });
  });
});

test.each([
  ['Use @acme/new instead', '@acme/new'],
  ['this package has been renamed to `new-thing`.', 'new-thing'],
  ['Deprecated in favor of lodash', 'lodash'],
  ['no longer maintained', null],
  ['use the one from your heart', null],
  ['', null],
])('the successor in %j', (notice, name) => {
  expect(successorIn(notice)).toBe(name);
});
