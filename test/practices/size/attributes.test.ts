import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attributeOf, foldersAbove, readAttributeFile } from '../../../src/practices/size/attributes.ts';

/** `.gitattributes` by folder. */
type Attributes = Readonly<Record<string, string>>;

let repository: string;

beforeAll(() => {
  repository = mkdtempSync(join(tmpdir(), 'composure-attributes-'));
  git(['init', '--quiet']);
});

afterAll(() => rmSync(repository, { recursive: true, force: true }));

function git(args: string[], input?: Uint8Array): Buffer {
  const env = {
    ...process.env,
    GIT_ATTR_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
  };
  return execFileSync('git', args, { cwd: repository, input, env, stdio: ['pipe', 'pipe', 'ignore'] });
}

/** What the real git says: one answer a path, `unspecified` where it says nothing. */
function askGit(attributes: Attributes, paths: readonly string[]): string[] {
  for (const [folder, text] of Object.entries(attributes)) {
    const file = join(repository, folder, '.gitattributes');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  try {
    const answer = git(['check-attr', '-z', '--stdin', 'linguist-generated'], Buffer.from(`${paths.join('\0')}\0`));
    const fields = answer.toString('utf8').split('\0');
    return paths.map((_, index) => fields[index * 3 + 2]!);
  } finally {
    for (const folder of Object.keys(attributes)) rmSync(join(repository, folder, '.gitattributes'));
  }
}

/** What we say, in git's words. */
function askOurselves(attributes: Attributes, paths: readonly string[]): string[] {
  const files = Object.entries(attributes).map(([folder, text]) => readAttributeFile(folder, text));
  return paths.map((path) => {
    const state = attributeOf('linguist-generated', path, files);
    if (state === undefined) return 'unspecified';
    if (state === true) return 'set';
    return state === false ? 'unset' : state;
  });
}

const PATHS = [
  'a',
  'a.js',
  'b.js',
  '.a.js',
  'dist/a.js',
  'dist/sub/a.js',
  'src/dist/a.js',
  'src/dist/sub/b.js',
  'src/a.js',
];
const on = (pattern: string) => `${pattern} linguist-generated\n`;

const cases: { name: string; attributes: Attributes; paths?: string[]; set: string[] }[] = [
  {
    name: 'a name without a slash matches in every folder',
    attributes: { '': on('a.js') },
    set: ['a.js', 'dist/a.js', 'dist/sub/a.js', 'src/dist/a.js', 'src/a.js'],
  },
  { name: 'a leading slash anchors to the folder of the file', attributes: { '': on('/a.js') }, set: ['a.js'] },
  { name: 'a slash in the middle anchors too', attributes: { '': on('dist/a.js') }, set: ['dist/a.js'] },
  { name: "a folder's name does not reach into it, unlike in .gitignore", attributes: { '': on('dist') }, set: [] },
  { name: 'a trailing slash matches no file', attributes: { '': on('dist/') }, set: [] },
  { name: 'one star stays in its folder', attributes: { '': on('dist/*') }, set: ['dist/a.js'] },
  {
    name: 'two stars at the end reach all the way down',
    attributes: { '': on('dist/**') },
    set: ['dist/a.js', 'dist/sub/a.js'],
  },
  {
    name: 'two stars in front match at any depth, none too',
    attributes: { '': on('**/dist/*.js') },
    set: ['dist/a.js', 'src/dist/a.js'],
  },
  {
    name: 'two stars in the middle match no folder too',
    attributes: { '': on('src/**/a.js') },
    set: ['src/dist/a.js', 'src/a.js'],
  },
  { name: 'a suffix matches dotted names', attributes: { '': on('*.js') }, set: PATHS.filter((path) => path !== 'a') },
  {
    name: 'a later line takes back what an earlier one set',
    attributes: { '': `${on('*.js')}b.js -linguist-generated\n` },
    set: PATHS.filter((path) => path !== 'a' && !path.endsWith('b.js')),
  },
  {
    name: 'a deeper file wins over a later line of a higher one',
    attributes: { '': on('*.js'), src: '*.js -linguist-generated\n' },
    set: ['a.js', 'b.js', '.a.js', 'dist/a.js', 'dist/sub/a.js'],
  },
  {
    name: 'an exclamation mark before the attribute goes back to silence',
    attributes: { '': on('*.js'), dist: 'a.js !linguist-generated\n' },
    set: PATHS.filter((path) => path !== 'a' && !path.startsWith('dist/')),
  },
  {
    name: 'a deeper file that does not speak of the attribute changes nothing',
    attributes: { '': on('/src/a.js'), src: '*.js text\n' },
    set: ['src/a.js'],
  },
  { name: 'a pattern in a deeper file is anchored there', attributes: { src: on('/a.js') }, set: ['src/a.js'] },
  {
    name: 'a pattern without slash in a deeper file reaches below it only',
    attributes: { src: on('a.js') },
    set: ['src/dist/a.js', 'src/a.js'],
  },
  {
    name: 'quotes hold blanks',
    attributes: { '': on('"my file.js"') },
    paths: ['my file.js', 'my'],
    set: ['my file.js'],
  },
  {
    name: 'quotes hold octal bytes',
    attributes: { '': on('"\\303\\251.js"') },
    paths: ['é.js', 'e.js'],
    set: ['é.js'],
  },
  {
    name: 'quotes that do not close are letters',
    attributes: { '': on('"a.js') },
    paths: ['a.js', '"a.js'],
    set: ['"a.js'],
  },
  {
    name: 'a question mark is one byte, and é has two',
    attributes: { '': on('??.js') },
    paths: ['é.js', 'e.js', 'ab.js'],
    set: ['é.js', 'ab.js'],
  },
  {
    name: 'a negative pattern loses the line',
    attributes: { '': `${on('*.js')}!a.js -linguist-generated\n` },
    paths: ['a.js'],
    set: ['a.js'],
  },
  {
    name: 'an invalid attribute name loses the line',
    attributes: { '': 'a.js linguist-generated in/valid\n' },
    paths: ['a.js'],
    set: [],
  },
  { name: 'a comment is no pattern', attributes: { '': '# a.js linguist-generated\n' }, paths: ['a.js', '#'], set: [] },
  {
    name: 'a mark of byte order is passed over',
    attributes: { '': `\uFEFF${on('a.js')}` },
    paths: ['a.js'],
    set: ['a.js'],
  },
  {
    name: 'carriage returns are blanks',
    attributes: { '': 'a.js linguist-generated\r\nb.js linguist-generated\r\n' },
    paths: ['a.js', 'b.js'],
    set: ['a.js', 'b.js'],
  },
  { name: 'leading blanks are passed over', attributes: { '': ` \t${on('a.js')}` }, paths: ['a.js'], set: ['a.js'] },
  {
    name: 'sets, ranges and named sets',
    attributes: { '': on('[[:digit:]x-z].js') },
    paths: ['1.js', 'y.js', 'a.js', '-.js'],
    set: ['1.js', 'y.js'],
  },
  {
    name: 'a negated set never matches a slash',
    attributes: { '': on('src[!a]a.js') + on('x/src[!a]a.js') },
    paths: ['src/a.js', 'src-a.js', 'x/src/a.js', 'x/src-a.js'],
    set: ['src-a.js', 'x/src-a.js'],
  },
  {
    name: 'a malformed set matches nothing',
    attributes: { '': on('a[b.js') + on('a[[:constructor:]].js') },
    paths: ['a[b.js', 'ab.js', 'ac.js'],
    set: [],
  },
  {
    name: 'a backslash takes the next byte literally',
    attributes: { '': on('\\*.js') },
    paths: ['*.js', 'a.js'],
    set: ['*.js'],
  },
  { name: 'a backslash at the end matches nothing', attributes: { '': on('a\\') }, paths: ['a', 'a\\'], set: [] },
  {
    name: 'the first wildcard starts a new word: a/b** reaches down',
    attributes: { '': on('a/b**') + on('c/x*d**') },
    paths: ['a/bc', 'a/bc/d', 'c/xd1', 'c/xd1/e'],
    set: ['a/bc', 'a/bc/d', 'c/xd1'],
  },
  { name: 'a line too long is ignored', attributes: { '': on(`a.js ${'x'.repeat(2048)}`) }, paths: ['a.js'], set: [] },
  {
    name: 'of the same attribute twice on a line the last wins',
    attributes: { '': 'a.js -linguist-generated linguist-generated\n' },
    paths: ['a.js'],
    set: ['a.js'],
  },
  { name: 'case matters', attributes: { '': on('A.JS') }, paths: ['a.js'], set: [] },
];

describe('patterns', () => {
  test.each(cases)('$name', ({ attributes, paths = PATHS, set }) => {
    const ours = askOurselves(attributes, paths);
    expect(paths.filter((_, index) => ours[index] === 'set')).toEqual(set);
    expect(ours).toEqual(askGit(attributes, paths));
  });

  test('a value is kept as it stands', () => {
    const attributes = { '': 'a linguist-generated=false\nb linguist-generated=\nc linguist-generated=x=y\n' };
    expect(askOurselves(attributes, ['a', 'b', 'c'])).toEqual(['false', '', 'x=y']);
    expect(askGit(attributes, ['a', 'b', 'c'])).toEqual(['false', '', 'x=y']);
  });
});

describe('against the real git', () => {
  // Few letters, so that patterns and paths meet often.
  const segment = fc
    .string({ unit: fc.constantFrom('a', 'b', '.', 'é'), minLength: 1, maxLength: 3 })
    .filter((name) => !/^\.+$/.test(name));
  const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
  const piece = fc.constantFrom(
    'a',
    'b',
    '.',
    'é',
    '/',
    '*',
    '**',
    '**/',
    '/**',
    '?',
    '[ab]',
    '[!a]',
    '[a-',
    '[[:alpha:]]',
    '[]a]',
    '\\a',
    '\\*',
    '\\/',
    '\\',
  );
  const pattern = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(''));
  const quoted = pattern.map((text) => `"${text.replaceAll('\\', '\\\\')}"`);
  const state = fc.constantFrom(
    'linguist-generated',
    '-linguist-generated',
    '!linguist-generated',
    'linguist-generated=x',
    'text',
  );
  const line = fc
    .tuple(fc.oneof({ weight: 4, arbitrary: pattern }, quoted), state)
    .map(([glob, attribute]) => `${glob} ${attribute}\n`);
  const file = fc.array(line, { minLength: 1, maxLength: 5 }).map((lines) => lines.join(''));
  const attributes = fc
    .record({ '': file }, { requiredKeys: [''] })
    .chain((top) =>
      fc
        .option(file, { nil: undefined })
        .map((below): Attributes => (below === undefined ? top : { ...top, a: below })),
    );
  const paths = fc.uniqueArray(
    fc.oneof(
      path,
      path.map((below) => `a/${below}`),
    ),
    { minLength: 20, maxLength: 60 },
  );

  test('random files and random paths get the same answer', { timeout: 60_000 }, () => {
    let spoken = 0;
    fc.assert(
      fc.property(attributes, paths, (files, names) => {
        const ours = askOurselves(files, names);
        spoken += ours.filter((answer) => answer !== 'unspecified').length;
        expect(ours).toEqual(askGit(files, names));
      }),
      { numRuns: 400 },
    );
    expect(spoken).toBeGreaterThan(1_000);
  });
});

describe('hostile text', () => {
  test('nothing throws and nothing hangs', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (text, path) => {
        attributeOf('linguist-generated', path, [readAttributeFile('', text), readAttributeFile('a', text)]);
      }),
    );
    const glob = `${'**/*a'.repeat(300)}b linguist-generated`;
    const started = performance.now();
    expect(attributeOf('linguist-generated', 'a/'.repeat(2_000), [readAttributeFile('', glob)])).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

test('the folders above a path, the top first', () => {
  expect(foldersAbove('a.js')).toEqual(['']);
  expect(foldersAbove('src/db/a.js')).toEqual(['', 'src', 'src/db']);
});
