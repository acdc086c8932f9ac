import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noAliases } from '../../src/imports/aliases.ts';
import { readBundlerAliases, readPackageAliases } from '../../src/imports/bundler-aliases.ts';
import { readSpecifier } from '../../src/imports/package-name.ts';
import { readImports } from '../../src/imports/read-imports.ts';
import { SHAPES } from './corpus.ts';

/** How long each property is tried, in milliseconds: little by default, more where `COMPOSURE_FUZZ_MS` says so. */
const FUZZ_MS = Number(process.env.COMPOSURE_FUZZ_MS ?? 1_000);
const FOR_SO_LONG = { numRuns: 1_000_000, interruptAfterTimeLimit: FUZZ_MS, markInterruptAsFailure: false };

const token = fc.constantFrom(
  'import ',
  'from ',
  "'a'",
  '"b"',
  '`c`',
  'require(',
  'import(',
  ')',
  '{',
  '}',
  '(',
  '*',
  '/*',
  '*/',
  '//',
  '<script>',
  '</script>',
  '---\n',
  '```',
  '\n',
  ';',
  'type ',
  'export ',
  '<!--',
  '${',
  '!',
  '?',
  '#',
  '\0',
  '@',
  '/',
  'alias:',
  '[',
  ']',
  'find:',
  '/^x/',
  'try{',
  'catch{}',
);
const text = fc.oneof(
  fc.array(token, { maxLength: 80 }).map((parts) => parts.join('')),
  fc
    .tuple(fc.constantFrom(...SHAPES.map(({ source }) => source)), fc.nat(200), fc.nat(10), token)
    .map(([source, at, length, put]) => source.slice(0, at) + put + source.slice(at + length)),
  fc.string({ unit: 'binary', maxLength: 300 }),
);

describe('hostile sources', () => {
  test.each(['ts', 'tsx', 'mts', 'cts', 'js', 'jsx', 'mjs', 'cjs', 'vue', 'svelte', 'astro', 'mdx', 'd.ts'])(
    '.%s: any text is read, and every line lies in it',
    (extension) => {
      fc.assert(
        fc.property(text, (one) => {
          const lines = one.split('\n').length;
          for (const { line } of readImports(`a.${extension}`, one).imports) {
            expect(line).toBeGreaterThanOrEqual(1);
            expect(line).toBeLessThanOrEqual(lines);
          }
        }),
        { ...FOR_SO_LONG, interruptAfterTimeLimit: FUZZ_MS / 4 },
      );
    },
    FUZZ_MS + 20_000,
  );

  test('any specifier is a name that npm accepts, or has a reason', () => {
    fc.assert(
      fc.property(text, (one) => {
        const reading = readSpecifier(one);
        expect('name' in reading ? reading.name : reading.reason).toMatch(/./);
        if ('name' in reading) expect(reading.name).toMatch(/^(?:@[^/]+\/)?[^/\s]+$/);
      }),
      FOR_SO_LONG,
    );
  });

  test.each([
    'vite.config.ts',
    'babel.config.json',
    'deno.json',
    '.babelrc',
    'webpack.config.js',
    'package.json',
  ])('%s: any text is read and none is run', (path) => {
    fc.assert(
      fc.property(text, (one) => {
        const aliases = noAliases();
        if (path === 'package.json') readPackageAliases(path, one, aliases);
        else readBundlerAliases(path, one, aliases);
      }),
      { ...FOR_SO_LONG, interruptAfterTimeLimit: FUZZ_MS / 4 },
    );
  });

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
});
