import { describe, expect, test } from 'vitest';
import { noAliases } from '../../src/imports/aliases.ts';
import { readBundlerAliases } from '../../src/imports/bundler-aliases.ts';
import { readSpecifier } from '../../src/imports/package-name.ts';
import { readImports } from '../../src/imports/read-imports.ts';

describe('hostile sources', () => {
  test.each([
    ['a.ts', '('.repeat(100_000)],
    ['a.ts', '('.repeat(700)],
    ['a.ts', '('.repeat(2_400)],
    ['a.ts', `${'import('.repeat(20_000)}`],
    ['a.ts', 'a=>'.repeat(100_000)],
    ['a.ts', '`${'.repeat(100_000)],
    ['a.ts', '!'.repeat(500_000)],
    ['a.ts', 'if(a);else '.repeat(100_000)],
    ['a.ts', `type A=${'infer a extends '.repeat(50_000)}b`],
    ['a.ts', 'import a\n'.repeat(100_000)],
    ['a.ts', `${'('.repeat(5_000)}${'/*'.repeat(500_000)}`],
    ['a.ts', `${"import x from 'a';\n".repeat(50_000)}`],
    ['a.ts', `import ${'a,'.repeat(200_000)} from`],
    ['a.vue', '<script>'.repeat(20_000)],
    ['a.vue', '<!--'.repeat(20_000)],
    ['a.mdx', '```\n'.repeat(100_000)],
    ['a.astro', `---\n${'a'.repeat(500_000)}`],
    ['a.js', `/*${'*'.repeat(500_000)}`],
    ['a.js', `/** ${'{'.repeat(50_000)} */`],
  ])('%s of hostile shape is done within seconds', (path, source) => {
    const start = performance.now();
    readImports(path, source);
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  test('a specifier that repeats its protocol is no name', () => {
    expect(readSpecifier('npm:'.repeat(100_000))).toHaveProperty('reason');
    expect(readSpecifier(`${'npm:'.repeat(100_000)}a`)).toHaveProperty('reason');
  });

  test('a configuration that nests deeper than it can be walked leaves a doubt', () => {
    const aliases = noAliases();
    readBundlerAliases('webpack.config.js', `module.exports = ${'1+'.repeat(4_900)}1;`, aliases);
    expect(aliases.doubt === null || /could not be understood/.test(aliases.doubt)).toBe(true);
  });
});
