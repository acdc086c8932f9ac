import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from 'vitest';
import type { Lockfile } from '../../../src/manifests/lockfiles/lockfile.ts';
import { entryLines, readLockfile } from '../../../src/manifests/lockfiles/read-lockfile.ts';
import { fakeRepository, PUBLIC_REGISTRY } from '../fake-repository.ts';
import { LARGE_LOCKFILES } from './large-lockfiles.ts';
import { SHAPES } from './shapes.ts';

/** `name@version` for what is pinned, with where it comes from unless that is a registry. */
function pinned(lockfile: Lockfile): string[] {
  return lockfile.packages.map(({ installedAs, name, version, source, resolved }) => {
    const alias = installedAs === name ? '' : `${installedAs} = `;
    return `${alias}${name}@${version}${source === 'registry' ? '' : ` ${source}`}${source === 'git' ? ` ${resolved}` : ''}`;
  });
}

describe('every format', () => {
  test.each(SHAPES)('$what', ({ path, text, packages, wants }) => {
    const result = readLockfile(path, text);
    if (!result.ok) throw new Error(result.cause);
    expect(pinned(result.lockfile)).toEqual(packages);
    if (wants) expect(Object.fromEntries(result.lockfile.wants?.get('') ?? [])).toEqual(wants);
  });

  test.each(Object.entries(LARGE_LOCKFILES))('%s, in several blocks', (_what, { path, make }) => {
    const text = make(1_000_000);
    const result = readLockfile(path, text);
    if (!result.ok) throw new Error(result.cause);
    const { packages } = result.lockfile;
    expect(packages.length).toBeGreaterThan(2_000);
    expect(new Set(packages.map(({ key }) => key)).size).toBe(packages.length);
    expect(packages.every(({ name, version, integrity }) => /package-\d+$/.test(name) && version && integrity)).toBe(
      true,
    );
    const last = packages.at(-1)!;
    const line = entryLines(text)(last.key);
    expect(text.split('\n')[line! - 1]).toContain(last.name);
  });
});

describe('what is no lockfile', () => {
  test.each([
    ['package-lock.json', '{', null],
    ['package-lock.json', '{\n  "packages": {\n    oops\n  }\n}', 3],
    ['package-lock.json', '{\n<<<<<<< HEAD\n  "a": 1\n=======\n  "a": 2\n>>>>>>> x\n}', 2],
    [
      'pnpm-lock.yaml',
      "lockfileVersion: '9.0'\n\npackages:\n\n  a@1.0.0:\n    resolution: {integrity: \n\n  b@1: [\n",
      null,
    ],
    ['yarn.lock', '# yarn lockfile v1\n\n\na@^1:\n  version "1.0.0\n', 5],
    ['yarn.lock', '__metadata:\n  version: 8\n\n"a@npm:^1":\n  version: [\n', null],
    ['bun.lock', '{ "packages": { "a": ["a@1.0.0" }', null],
    ['bun.lockb', '#!/usr/bin/env bun', null],
  ])('%s: %j', (path, text, line) => {
    const result = readLockfile(path, text);
    expect(result).toMatchObject({ ok: false, cause: expect.any(String) });
    if (line !== null) expect(result).toMatchObject({ line });
  });
});

describe('what a change does to a lockfile', () => {
  const npm = (packages: object) => ({ 'package-lock.json': { lockfileVersion: 3, packages } });
  const entry = (version: string, more: object = {}) => ({
    version,
    resolved: `${PUBLIC_REGISTRY}a/-/a-${version}.tgz`,
    integrity: 'sha512-aaaa',
    ...more,
  });
  const root = { '': { dependencies: { a: '^1' } } };
  const manifest = { 'package.json': { dependencies: { a: '^1' } } };

  const cases: [what: string, before: object, after: object, kinds: string[]][] = [
    ['nothing wrong', {}, entry('1.0.0'), []],
    [
      'another host',
      {},
      entry('1.0.0', { resolved: 'https://evil.example/a/-/a-1.0.0.tgz' }),
      ['lockfile-host-mismatch'],
    ],
    [
      'no encryption',
      {},
      entry('1.0.0', { resolved: 'http://registry.example/a/-/a-1.0.0.tgz' }),
      ['lockfile-host-mismatch'],
    ],
    [
      'an archive from anywhere',
      {},
      entry('1.0.0', { resolved: 'https://evil.example/a.tgz' }),
      ['lockfile-host-mismatch'],
    ],
    [
      'a repository instead',
      {},
      entry('1.0.0', { resolved: 'git+ssh://git@github.com/evil/a.git#abc' }),
      ['lockfile-host-mismatch'],
    ],
    [
      'the archive of another package',
      {},
      entry('1.0.0', { resolved: `${PUBLIC_REGISTRY}evil/-/evil-1.0.0.tgz` }),
      ['lockfile-name-mismatch'],
    ],
    [
      'the archive of another version',
      {},
      entry('1.0.0', { resolved: `${PUBLIC_REGISTRY}a/-/a-0.0.1.tgz` }),
      ['lockfile-name-mismatch'],
    ],
    [
      'under a name that nobody asked for',
      {},
      entry('1.0.0', { name: 'evil', resolved: `${PUBLIC_REGISTRY}evil/-/evil-1.0.0.tgz` }),
      ['lockfile-name-mismatch'],
    ],
    ['another checksum', entry('1.0.0'), entry('1.0.0', { integrity: 'sha512-bbbb' }), ['lockfile-integrity-changed']],
    ['no checksum any more', entry('1.0.0'), entry('1.0.0', { integrity: undefined }), ['lockfile-integrity-changed']],
    ['a weaker checksum', entry('1.0.0'), entry('1.0.0', { integrity: 'sha1-cccc' }), ['lockfile-integrity-changed']],
    ['a stronger checksum', entry('1.0.0', { integrity: 'sha1-cccc' }), entry('1.0.0'), []],
    ['one checksum more', entry('1.0.0'), entry('1.0.0', { integrity: 'sha1-cccc sha512-aaaa' }), []],
    ['another version', entry('1.0.0'), entry('1.1.0', { integrity: 'sha512-bbbb' }), []],
  ];

  test.each(cases)('%s', async (_what, before, after, kinds) => {
    const was = Object.keys(before).length === 0 ? {} : { 'node_modules/a': before };
    const { dependencyChanges } = fakeRepository(
      { ...manifest, ...npm({ ...root, ...was }) },
      npm({ ...root, 'node_modules/a': after }),
    );
    const { faults } = await dependencyChanges();
    expect(faults.map(({ kind }) => kind)).toEqual(kinds);
    for (const fault of faults)
      expect(fault).toMatchObject({ path: 'package-lock.json', line: expect.any(Number), name: expect.any(String) });
  });

  test('a host that the lockfile used before is known', async () => {
    const mirror = (name: string) => ({
      version: '1.0.0',
      resolved: `https://mirror.example/${name}/-/${name}-1.0.0.tgz`,
    });
    const { dependencyChanges } = fakeRepository(
      { ...manifest, ...npm({ ...root, 'node_modules/b': mirror('b') }) },
      npm({ ...root, 'node_modules/b': { ...mirror('b'), dependencies: { a: '1' } }, 'node_modules/a': mirror('a') }),
    );
    expect((await dependencyChanges()).faults).toEqual([]);
  });

  const drift: [what: string, manifestNow: object, lockNow: object | null, faults: [path: string, name: string][]][] = [
    ['a manifest alone', { a: '^1', b: '^1' }, null, [['package.json', 'b']]],
    ['a range alone', { a: '^2' }, null, [['package.json', 'a']]],
    [
      'both',
      { a: '^1', b: '^1' },
      { '': { dependencies: { a: '^1', b: '^1' } }, 'node_modules/b': { version: '1.0.0' } },
      [],
    ],
    [
      'the lockfile was made for less',
      { a: '^1', b: '^1' },
      { '': { dependencies: { a: '^1' } }, 'node_modules/c': { version: '1.0.0' } },
      [
        ['package.json', 'b'],
        ['package-lock.json', 'c'],
      ],
    ],
    [
      'the lockfile wants more',
      { a: '^1' },
      { '': { dependencies: { a: '^1', z: '1' } }, 'node_modules/z': { version: '1.0.0' } },
      [['package-lock.json', 'z']],
    ],
    [
      'what nothing asks for',
      { a: '^1' },
      { ...root, 'node_modules/z': { version: '1.0.0' } },
      [['package-lock.json', 'z']],
    ],
    [
      'what another package asks for',
      { a: '^1' },
      {
        ...root,
        'node_modules/a': { version: '1.0.0', dependencies: { z: '1' } },
        'node_modules/z': { version: '1.0.0' },
      },
      [],
    ],
  ];

  test('drift in one file is one finding that names what differs', async () => {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`new-${index}`, '^1']));
    const { dependencyChanges } = fakeRepository(
      { ...manifest, ...npm(root) },
      { 'package.json': { dependencies: { a: '^1', ...many } } },
    );
    const { faults } = await dependencyChanges();
    expect(faults).toMatchObject([{ kind: 'lockfile-drift', path: 'package.json', name: 'new-0' }]);
    expect(faults[0]?.facts.names).toHaveLength(40);
    expect(faults[0]?.facts.what).toMatch(/"new-2".*and so on for 37 more$/);
  });

  test.each(drift)('drift: %s', async (_what, dependencies, lock, expected) => {
    const { dependencyChanges } = fakeRepository(
      { ...manifest, ...npm(root) },
      { 'package.json': { dependencies }, ...(lock && npm(lock)) },
    );
    const { faults } = await dependencyChanges();
    expect(faults.map(({ kind }) => kind)).toEqual(expected.map(() => 'lockfile-drift'));
    expect(faults.map(({ path, name }) => [path, name])).toEqual(expected);
  });

  test('newly pinned versions are told, with what was pinned before', async () => {
    const { dependencyChanges } = fakeRepository(
      { ...manifest, ...npm({ ...root, 'node_modules/a': entry('1.0.0') }) },
      npm({
        ...root,
        'node_modules/a': entry('1.1.0', { license: 'MIT', dependencies: { b: '1' } }),
        'node_modules/b': { version: '2.0.0', dev: true },
      }),
    );
    expect((await dependencyChanges()).locked).toMatchObject([
      {
        name: 'a',
        version: '1.1.0',
        previousVersions: ['1.0.0'],
        direct: true,
        license: 'MIT',
        target: { kind: 'registry' },
      },
      { name: 'b', version: '2.0.0', previousVersions: [], direct: false, development: true },
    ]);
  });

  test('a lockfile that cannot be read is a finding with its place', async () => {
    const { dependencyChanges } = fakeRepository(manifest, { 'package-lock.json': '{\n  oops\n}' });
    expect((await dependencyChanges()).faults).toMatchObject([
      { kind: 'lockfile-unreadable', path: 'package-lock.json', line: 2 },
    ]);
  });
});

describe('hostile lockfiles', () => {
  test.each([
    ['package-lock.json', `{"dependencies":${'{"a":{"dependencies":'.repeat(20_000)}{}${'}}'.repeat(20_000)}}`],
    ['package-lock.json', '['.repeat(1_000_000)],
    ['bun.lock', '/*'.repeat(1_000_000)],
    ['bun.lock', ',/**/ '.repeat(200_000)],
    ['bun.lock', '['.repeat(1_000_000)],
    ['pnpm-lock.yaml', '['.repeat(100_000)],
    ['pnpm-lock.yaml', 'a: &a [x]\n'.repeat(10_000)],
    [
      'pnpm-lock.yaml',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${Array.from({ length: 12 }, (_, i) => `${'bcdefghijklm'[i]}: &${'bcdefghijklm'[i]} [${Array(9).fill(`*${'abcdefghijklm'[i]}`).join(',')}]\n`).join('')}`,
    ],
    ['yarn.lock', `# yarn lockfile v1\n${'"'.repeat(100_000)}`],
    ['yarn.lock', `# yarn lockfile v1\n${'a'.repeat(200_000)}`],
    ['yarn.lock', `${'  '.repeat(50_000)}a: b`],
    ['yarn.lock', `"${'a@npm:1, '.repeat(50_000)}":\n  version: 1\n`],
  ])('%s of hostile shape is done within seconds', (path, text) => {
    const start = performance.now();
    const result = readLockfile(path, text);
    if (result.ok) entryLines(text)('x');
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  test.each(Object.entries(LARGE_LOCKFILES))(
    '%s: 20 MB are read by a process that takes less than 300 MB',
    (_what, { path, make }) => {
      const folder = mkdtempSync(join(tmpdir(), 'composure-lock-'));
      try {
        writeFileSync(join(folder, path), make(20 * 1024 * 1024));
        const child = fileURLToPath(new URL('measure-memory.ts', import.meta.url));
        const printed = execFileSync(process.execPath, [child, join(folder, path)], { encoding: 'utf8' });
        const { packages, megabytes } = JSON.parse(printed) as { packages: number; megabytes: number };
        expect(packages).toBeGreaterThan(40_000);
        expect(megabytes).toBeLessThan(300);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
    60_000,
  );
});
