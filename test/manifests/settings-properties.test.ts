import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { isAliased, noAliases } from '../../src/imports/aliases.ts';
import { readCompilerPaths } from '../../src/imports/compiler-paths.ts';
import { readPackageJson } from '../../src/manifests/package-json.ts';
import { readPnpmWorkspace } from '../../src/manifests/pnpm-workspace.ts';
import { REGISTRY_FILES } from '../../src/manifests/registry-map.ts';
import { Evidence } from '../../src/model/evidence.ts';

const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}[a-z0-9]$/);
const scope = word.map((one) => `@${one}`);
const name = fc.oneof(
  word,
  fc.tuple(scope, word).map(([first, second]) => `${first}/${second}`),
);
const range = fc.constantFrom('1', '1.10', '^1.2.3', '~2', '>=1 <2', 'npm:other@1', '*');
const address = word.map((one) => `https://${one}.example/npm/`);
const scopes = fc.dictionary(scope, address, { minKeys: 1, maxKeys: 6 });
const ranges = fc.dictionary(name, range, { minKeys: 1, maxKeys: 6 });

/** Each settings file with the same registries in it, as its package manager has them written. */
const WRITERS: Readonly<Record<string, (fallback: string, scopes: Readonly<Record<string, string>>) => string>> = {
  '.npmrc': (fallback, map) =>
    [`registry=${fallback}`, ...Object.entries(map).map(([key, url]) => `${key}:registry=${url}`)].join('\n'),
  '.yarnrc': (fallback, map) =>
    [`registry "${fallback}"`, ...Object.entries(map).map(([key, url]) => `"${key}:registry" "${url}"`)].join('\n'),
  '.yarnrc.yml': (fallback, map) =>
    stringify({
      npmRegistryServer: fallback,
      npmScopes: Object.fromEntries(
        Object.entries(map).map(([key, url]) => [key.slice(1), { npmRegistryServer: url }]),
      ),
    }),
  'pnpm-workspace.yaml': (fallback, map) => stringify({ registry: fallback, registries: map }),
  'bunfig.toml': (fallback, map) =>
    [
      '[install]',
      `registry = "${fallback}"`,
      '[install.scopes]',
      ...Object.entries(map).map(([key, url]) => `"${key}" = "${url}"`),
    ].join('\n'),
};

describe('what is written is read', () => {
  test.each(Object.keys(WRITERS))('registries in %s', (file) => {
    fc.assert(
      fc.property(address, scopes, (fallback, map) => {
        const result = REGISTRY_FILES[file]!(WRITERS[file]!(fallback, map));
        expect(result).toMatchObject({ ok: true, map: { default: fallback, someScope: false } });
        expect(result.ok && Object.fromEntries(result.map.scopes)).toEqual({ ...map });
      }),
    );
  });

  test('catalogs and overrides in pnpm-workspace.yaml, each at its line', () => {
    fc.assert(
      fc.property(ranges, ranges, name, (catalog, overrides, parent) => {
        const below = Object.fromEntries(Object.entries(overrides).map(([key, value]) => [`${parent}>${key}`, value]));
        const text = stringify({ packages: ['a/*'], catalog, overrides: below });
        const read = readPnpmWorkspace(text);
        const declared = (field: RegExp) =>
          Object.fromEntries(
            (read?.dependencies ?? []).filter((one) => field.test(one.field)).map((one) => [one.name, one.spec]),
          );
        expect(declared(/^catalog/)).toEqual({ ...catalog });
        expect(declared(/^overrides$/)).toEqual({ ...overrides });
        const lines = text.split('\n');
        for (const one of read?.dependencies ?? []) expect(lines[one.line - 1]).toContain(one.name);
      }),
    );
  });

  test('overrides of npm and pnpm and resolutions of Yarn, whatever leads to them', () => {
    fc.assert(
      fc.property(ranges, name, (entries, parent) => {
        const under = (key: (one: string) => string) =>
          Object.fromEntries(Object.entries(entries).map(([one, value]) => [key(one), value]));
        const text = JSON.stringify({
          overrides: { [`${parent}@^1`]: under((one) => `${one}@2`) },
          resolutions: under((one) => `**/${one}`),
          pnpm: { overrides: under((one) => `${parent}@1>${one}`) },
        });
        const result = readPackageJson(text);
        for (const field of ['overrides', 'resolutions', 'pnpm.overrides']) {
          const read = result.ok ? result.manifest.dependencies.filter((one) => one.field === field) : [];
          expect(Object.fromEntries(read.map((one) => [one.name, one.spec]))).toEqual({ ...entries });
        }
      }),
    );
  });

  test('paths in tsconfig.json, by themselves and through extends', () => {
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 5 }), fc.boolean(), (names, extended) => {
        const paths = Object.fromEntries(names.map((one) => [`${one}/*`, ['src/*']]));
        const own = JSON.stringify({ compilerOptions: { paths } });
        const evidence = new Evidence();
        const add = (path: string, text: string) =>
          evidence.add({ kind: 'file', path, side: 'head' }, { state: 'found', text });
        add('tsconfig.json', extended ? '{ "extends": "./base" /* a comment */, }' : own);
        if (extended) add('base.json', own);
        const aliases = noAliases();
        expect(readCompilerPaths(['tsconfig.json'], evidence, aliases)).toEqual([]);
        for (const one of names) expect(isAliased(`${one}/x`, aliases)).toBe(true);
        expect(isAliased('Never-so/x', aliases)).toBe(false);
      }),
    );
  });
});
