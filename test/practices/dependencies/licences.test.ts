import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeLicence, licenceOptions, licencesDiffer } from '../../../src/practices/dependencies/licences.ts';
import { readLicense, writeLicense } from '../../../src/practices/dependencies/spdx.ts';
import { manifest, said, type Visit, visit } from './neighbourhood.ts';

type Given = Parameters<typeof licenceOptions.parse>[0];

const MIT = { allow: ['MIT'] };
const PERMISSIVE = { allow: ['permissive'] };
const NO_GPL = { deny: ['GPL-*', 'AGPL-*', 'SSPL-1.0'] };

const VERDICTS: [stated: string, options: Given, state: 'allowed' | 'denied' | 'unknown'][] = [
  ['MIT', MIT, 'allowed'],
  ['mit', MIT, 'allowed'],
  ['ISC', MIT, 'denied'],
  ['(MIT OR GPL-3.0-only)', MIT, 'allowed'],
  ['(mit or gpl-3.0-only)', MIT, 'allowed'],
  ['MIT AND GPL-3.0-only', MIT, 'denied'],
  ['MIT AND (ISC OR BSD-2-Clause)', { allow: ['MIT', 'BSD-2-Clause'] }, 'allowed'],
  ['(MIT OR Apache-2.0) AND GPL-2.0-only', PERMISSIVE, 'denied'],
  ['GPL-2.0-or-later', { allow: ['GPL-3.0-only'] }, 'allowed'],
  ['GPL-2.0+', { allow: ['GPL-3.0-only'] }, 'allowed'],
  ['GPL-2.0-only', { allow: ['GPL-3.0-only'] }, 'denied'],
  ['GPL-2.0-only WITH Classpath-exception-2.0', { allow: ['GPL-2.0-only'] }, 'allowed'],
  ['GPL-2.0-only WITH Classpath-exception-2.0', { allow: ['GPL-2.0-only WITH Classpath-exception-2.0'] }, 'allowed'],
  ['GPL-2.0-only', { allow: ['GPL-2.0-only WITH Classpath-exception-2.0'] }, 'denied'],
  ['Apache-2.0', PERMISSIVE, 'allowed'],
  ['Unlicense', PERMISSIVE, 'allowed'],
  // Identifiers that the comparer does not know yet.
  ['GFDL-1.1-invariants-or-later', MIT, 'denied'],
  ['MIT OR GFDL-1.1-invariants-or-later', MIT, 'allowed'],
  ['GFDL-1.1-invariants-or-later', { allow: ['GFDL-1.1-invariants-or-later'] }, 'allowed'],
  // The traps.
  ['UNLICENSED', PERMISSIVE, 'denied'],
  ['unlicensed', PERMISSIVE, 'denied'],
  ['UNLICENSED', { allow: ['UNLICENSED', 'MIT'] }, 'allowed'],
  ['UNLICENSED', { allow: ['Unlicense'] }, 'denied'],
  ['MIT, GPL', MIT, 'unknown'],
  ['BSD', PERMISSIVE, 'unknown'],
  ['Apache 2', PERMISSIVE, 'unknown'],
  ['', PERMISSIVE, 'unknown'],
  ['  ', PERMISSIVE, 'unknown'],
  ['SEE LICENSE IN LICENSE.md', PERMISSIVE, 'unknown'],
  ['See licence in terms', PERMISSIVE, 'unknown'],
  ['NOASSERTION', PERMISSIVE, 'unknown'],
  ['NONE', PERMISSIVE, 'unknown'],
  ['non-standard', PERMISSIVE, 'unknown'],
  ['LicenseRef-ours', PERMISSIVE, 'denied'],
  ['LicenseRef-ours', { allow: ['LicenseRef-*'] }, 'allowed'],
  ['MIT OR', MIT, 'unknown'],
  ['('.repeat(5000), MIT, 'unknown'],
  // Lists of what may not come in.
  ['MIT', NO_GPL, 'allowed'],
  ['GPL-3.0', NO_GPL, 'denied'],
  ['GPL-3.0-or-later', NO_GPL, 'denied'],
  ['AGPL-3.0-only', NO_GPL, 'denied'],
  ['LGPL-2.1-only', NO_GPL, 'allowed'],
  ['MIT OR GPL-3.0-only', NO_GPL, 'allowed'],
  ['MIT AND GPL-3.0-only', NO_GPL, 'denied'],
  ['GPL-2.0-only OR AGPL-3.0-only', NO_GPL, 'denied'],
  ['SSPL-1.0', NO_GPL, 'denied'],
  ['GPL-2.0+', { deny: ['GPL-2.0'] }, 'denied'],
  ['GPL-3.0-only', { deny: ['GPL-2.0'] }, 'allowed'],
  ['GPL-2.0-only WITH Classpath-exception-2.0', { deny: ['GPL-2.0-only'] }, 'denied'],
  ['GPL-2.0-only', { deny: ['GPL-2.0-only WITH Classpath-exception-2.0'] }, 'allowed'],
  ['UNLICENSED', NO_GPL, 'allowed'],
  ['UNLICENSED', { deny: ['UNLICENSED'] }, 'denied'],
  ['MIT', { allow: ['MIT'], deny: ['MIT'] }, 'denied'],
];

describe('the policy', () => {
  test.each(VERDICTS)('%j by %j: %s', (stated, options, state) => {
    expect(judgeLicence(stated, licenceOptions.parse(options)).state).toBe(state);
  });

  test('a correction is a hint, and never a verdict', () => {
    expect(judgeLicence('Apache 2', licenceOptions.parse(PERMISSIVE))).toEqual({
      state: 'unknown',
      cause: '"Apache 2" is no SPDX expression',
      likely: 'Apache-2.0',
    });
  });

  test.each([
    { allow: ['MIT OR ISC'] },
    { allow: ['MITT'] },
    { deny: ['GPL'] },
    { allow: [''] },
  ])('%j is refused', (options) => {
    expect(licenceOptions.safeParse(options).success).toBe(false);
  });

  test.each([
    ['MIT', 'mit', false],
    ['(MIT)', 'MIT', false],
    ['MIT', 'BUSL-1.1', true],
    ['SEE LICENSE IN A', 'see license in a', false],
  ])('%s and %s differ: %s', (one, other, differ) => {
    expect(licencesDiffer(one, other)).toBe(differ);
  });

  test('any text has a verdict, and what was read is read again as the same', () => {
    const word = fc.constantFrom(
      'MIT',
      'GPL-2.0+',
      'Apache-2.0',
      'AND',
      'or',
      'WITH',
      '(',
      ')',
      'x',
      'Classpath-exception-2.0',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.array(word, { maxLength: 12 }).map((words) => words.join(' ')),
    );
    fc.assert(
      fc.property(text, (stated) => {
        judgeLicence(stated, licenceOptions.parse(PERMISSIVE));
        const tree = readLicense(stated);
        if (tree) expect(readLicense(writeLicense(tree))).toEqual(tree);
      }),
    );
  });
});

const two = { versions: ['1.0.0', '1.1.0'] };
const gpl = { ...two, licenses: { '1.1.0': 'GPL-3.0-or-later' } };
const allowed = { options: { licenses: PERMISSIVE } };

const lockfile = (packages: Record<string, object>) => ({
  'package-lock.json': {
    name: 'widgets',
    lockfileVersion: 3,
    packages: { '': { dependencies: { thing: '^1' } }, ...packages },
  },
});

const locked = (name: string, more: object = {}) => {
  const resolved = `https://registry.example/${name}/-/${name}-1.0.0.tgz`;
  return { version: '1.0.0', resolved, integrity: 'sha512-AAAA', ...more };
};

const CASES: [what: string, given: Visit, codes: string[]][] = [
  [
    'accidental GPL in an MIT product',
    { changed: manifest({ thing: '^1' }), packages: { thing: gpl }, ...allowed },
    ['license-denied'],
  ],
  ['nobody decided anything', { changed: manifest({ thing: '^1' }), packages: { thing: gpl } }, []],
  ['a permissive one', { changed: manifest({ thing: '^1' }), packages: { thing: two }, ...allowed }, []],
  [
    'none stated',
    {
      changed: manifest({ thing: '^1' }),
      packages: { thing: { ...two, licenses: { '1.1.0': undefined } } },
      ...allowed,
    },
    ['license-unknown (warning)'],
  ],
  [
    'a file of its own',
    {
      changed: manifest({ thing: '^1' }),
      packages: { thing: { ...two, licenses: { '1.1.0': 'SEE LICENSE IN EULA' } } },
      ...allowed,
    },
    ['license-unknown (warning)'],
  ],
  [
    'unknown, taken gravely',
    {
      changed: manifest({ thing: '^1' }),
      packages: { thing: { ...two, licenses: { '1.1.0': '' } } },
      options: { licenses: { ...PERMISSIVE, unknown: 'error' } },
    },
    ['license-unknown'],
  ],
  [
    'unknown, and nobody minds',
    {
      changed: manifest({ thing: '^1' }),
      packages: { thing: { ...two, licenses: { '1.1.0': '' } } },
      options: { licenses: { ...PERMISSIVE, unknown: 'ignore' } },
    },
    [],
  ],
  [
    'a legacy object',
    {
      changed: manifest({ thing: '^1' }),
      packages: { thing: { ...two, licenses: { '1.1.0': { type: 'MIT', url: 'x' } } } },
      ...allowed,
    },
    [],
  ],
  [
    'legacy objects, any of which will do',
    {
      changed: manifest({ thing: '^1' }),
      packages: { thing: { ...two, licenses: { '1.1.0': [{ type: 'GPL-2.0' }, { type: 'MIT' }] } } },
      ...allowed,
    },
    [],
  ],
  [
    'proprietary',
    {
      changed: manifest({ thing: '^1' }),
      packages: { thing: { ...two, licenses: { '1.1.0': 'UNLICENSED' } } },
      ...allowed,
    },
    ['license-denied'],
  ],
  [
    'for development only, apart',
    {
      changed: { 'package.json': { devDependencies: { thing: '^1' } } },
      packages: { thing: gpl },
      options: { licenses: { ...PERMISSIVE, development: 'ignore' } },
    },
    [],
  ],
  [
    'for development only, judged',
    { changed: { 'package.json': { devDependencies: { thing: '^1' } } }, packages: { thing: gpl }, ...allowed },
    ['license-denied'],
  ],
  [
    'a licence that changes',
    {
      before: manifest({ thing: '1.0.0' }),
      changed: manifest({ thing: '1.1.0' }),
      packages: { thing: { ...two, licenses: { '1.1.0': 'BUSL-1.1' } } },
      ...allowed,
    },
    ['license-denied', 'license-changed (warning)'],
  ],
  [
    'a licence that changes, by deps.dev, where nobody decided anything',
    {
      before: manifest({ thing: '1.0.0' }),
      changed: manifest({ thing: '1.1.0' }),
      packages: { thing: two },
      indexed: { 'npm/thing': { '1.0.0': { licenses: ['MIT'] }, '1.1.0': { licenses: ['BUSL-1.1'] } } },
    },
    ['license-changed (warning)'],
  ],
  [
    'another package brings GPL along, and the lockfile says so',
    {
      before: { ...manifest({ thing: '^1' }), ...lockfile({ 'node_modules/thing': locked('thing') }) },
      changed: lockfile({
        'node_modules/thing': locked('thing'),
        'node_modules/deep': locked('deep', { license: 'GPL-3.0' }),
      }),
      packages: { deep: two },
      ...allowed,
    },
    ['license-denied'],
  ],
  [
    'another package brings GPL along, and deps.dev says so',
    {
      before: { ...manifest({ thing: '^1' }), ...lockfile({ 'node_modules/thing': locked('thing') }) },
      changed: lockfile({ 'node_modules/thing': locked('thing'), 'node_modules/deep': locked('deep') }),
      indexed: { 'npm/deep': { '1.0.0': { licenses: ['GPL-3.0-only'] } } },
      ...allowed,
    },
    ['license-denied'],
  ],
];

describe('licences of what comes in', () => {
  test.each(CASES)('%s', async (_what, given, codes) => {
    const seen = await visit({ before: manifest({}), ...given });
    expect(seen.codes.filter((code) => code.startsWith('license'))).toEqual(codes);
  });

  test('the finding says which licence, by whom, and where', async () => {
    const { findings } = await visit({
      before: manifest({}),
      changed: manifest({ thing: '^1' }),
      packages: { thing: gpl },
      ...allowed,
    });
    expect(findings).toMatchObject([
      { code: 'license-denied', path: 'package.json', facts: { name: 'thing', ecosystem: 'npm' } },
    ]);
    expect(said(findings[0]?.facts, 'version', 'license', 'statedBy')).toEqual([
      '1.1.0',
      'GPL-3.0-or-later',
      'registry',
    ]);
  });
});
