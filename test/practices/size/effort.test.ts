import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Evidence } from '../../../src/model/evidence.ts';
import { isLockfile } from '../../../src/model/package-files.ts';
import type { ChangedFile } from '../../../src/model/pull-request.ts';
import { attributesIn, measure } from '../../../src/practices/size/measure.ts';
import { options } from '../../../src/practices/size/options.ts';
import { changedFile, pullRequest } from '../../support/pull-request.ts';

const statement = (index: number) => `const value${index} = compute(${index}, "a b");`;
const code = (count: number, from = 0) => Array.from({ length: count }, (_, index) => statement(from + index));
const text = (lines: readonly string[], end = '\n') => lines.map((line) => line + end).join('');
const indented = (lines: readonly string[], by = '  ') => lines.map((line) => by + line);

/** A file whose changed lines stand in one hunk, the old ones first. */
function replaced(path: string, before: readonly string[], after: readonly string[], more: Partial<ChangedFile> = {}) {
  const lines = [...before.map((line) => `-${line}`), ...after.map((line) => `+${line}`)];
  const hunks = [{ oldStart: 1, oldLines: before.length, newStart: 1, newLines: after.length, lines }];
  const status = before.length === 0 ? 'added' : after.length === 0 ? 'removed' : 'modified';
  const counts = { additions: after.length, deletions: before.length };
  return changedFile(path, null, '', { status, hunks, ...counts, ...more } as Partial<ChangedFile>);
}
const added = (path: string, lines: readonly string[]) => replaced(path, [], lines);
const removed = (path: string, lines: readonly string[]) => replaced(path, lines, []);
const changed = (path: string, before: string, after: string, more: Partial<ChangedFile> = {}) =>
  changedFile(path, before, after, more);

function measured(files: readonly ChangedFile[], attributes: string | null = null, config: object = {}) {
  const evidence = new Evidence([
    [attributesIn(''), attributes === null ? { state: 'absent' } : { state: 'found', text: attributes }],
  ]);
  return measure(pullRequest({ files: [...files] }), options.parse(config), evidence);
}

/** What a change measures: a name, its files, and the effort; attributes of the base and options where they matter. */
const cases: [string, ChangedFile[], number, { attributes?: string; config?: object; classes?: string[] }?][] = [
  // Lines of one kind.
  ['2,000 new lines', [added('src/a.ts', code(2_000))], 2_000],
  ['2,000 deleted lines', [removed('src/a.ts', code(2_000))], 500],
  ['2,000 lines re-indented', [replaced('src/a.ts', code(2_000), indented(code(2_000)))], 40],
  ['2,000 lines from blanks to tabs', [replaced('a.py', indented(code(2_000)), indented(code(2_000), '\t'))], 40],
  ['2,000 lines moved to another file', [removed('src/a.ts', code(2_000)), added('src/b.ts', code(2_000))], 80],
  ['the same, re-indented on the way', [removed('a.ts', code(2_000)), added('b.ts', indented(code(2_000)))], 80],
  [
    '2,000 lines with other line ends',
    [
      replaced(
        'a.ts',
        code(2_000),
        code(2_000).map((line) => `${line}\r`),
      ),
    ],
    40,
  ],
  [
    'trailing blanks gone',
    [
      replaced(
        'a.ts',
        code(100).map((line) => `${line}  `),
        code(100),
      ),
    ],
    2,
  ],
  ['blank lines added', [added('a.ts', Array(50).fill(''))], 0],
  [
    'blank lines among code',
    [
      added(
        'a.ts',
        code(10).flatMap((line) => [line, '', '   ']),
      ),
    ],
    10,
  ],
  ['comments of whole lines', [added('a.ts', ['// why', '/* one */', '/**', ' * two', ' */', 'run();'])], 3.5],
  ['comments in Python', [added('a.py', ['# why', 'run()'])], 1.5],
  ['a remark behind code is code', [added('a.ts', ['run(); // why'])], 1],
  ['"#" is no comment in TypeScript', [added('a.ts', ['#private = 1;'])], 1],
  ['a star that multiplies is code', [added('a.c', ['int x = a', '  * b;'])], 2],
  ['a deleted comment', [removed('a.ts', Array(8).fill('// why'))], 1],
  ['a string that looks like a comment opens none', [added('a.ts', ['const glob = "src/**";', 'run();'])], 2],
  ['no comments are known in this language', [added('a.unknown', ['# why'])], 1],

  // Within a file.
  [
    'a block moved down',
    [changed('a.ts', text([...code(30), ...code(30, 100)]), text([...code(30, 100), ...code(30)]))],
    1.25,
  ],
  [
    'a block wrapped in an if',
    [changed('a.ts', text(code(40)), text(['if (ready) {', ...indented(code(40)), '}']))],
    2.75,
  ],
  ['spacing within a line', [replaced('a.ts', ['f(a,b);', 'g( c );'], ['f(a, b);', 'g(c);'])], 0],
  ['spacing within a string is no spacing', [replaced('a.ts', ['say("a b");'], ['say("ab");'])], 1.25],
  [
    'a call broken over lines',
    [replaced('a.ts', ['call(one, two, three);'], ['call(', '  one,', '  two,', '  three,', ');'])],
    0.5,
  ],
  ['a call joined again', [replaced('a.ts', ['call(', '  one,', '  two,', ');'], ['call(one, two);'])], 0],
  [
    'semicolons gone',
    [
      replaced(
        'a.ts',
        code(20),
        code(20).map((line) => line.slice(0, -1)),
      ),
    ],
    2,
  ],
  ['quotes exchanged', [replaced('a.ts', ["import 'a';", "import 'b';"], ['import "a";', 'import "b";'])], 0.25],
  ['quotes mean something in C', [replaced('a.c', ["char *a = 'b';"], ['char *a = "b";'])], 1.25],
  ['one word changed', [replaced('a.ts', ['return one;'], ['return two;'])], 1.25],
  [
    'a rewritten function with the same braces',
    [replaced('a.ts', ['a() {', 'one();', '}', '}'], ['b() {', 'two();', '}', '}'])],
    5,
  ],

  // Across files.
  [
    'a move with every tenth line edited',
    [
      removed('a.ts', code(100)),
      added(
        'b.ts',
        code(100).map((line, index) => (index % 10 === 9 ? `${line} // now` : line)),
      ),
    ],
    16,
  ],
  [
    'a move with its head renamed',
    [removed('a.ts', ['function one() {', ...code(20), '}']), added('b.ts', ['function two() {', ...code(20), '}'])],
    2,
  ],
  ['a copy is new', [added('b.ts', code(50)), replaced('a.ts', ['return one;'], ['return two;'])], 51.25],
  [
    'moved twice counts once as moved',
    [removed('a.ts', code(50)), added('b.ts', code(50)), added('c.ts', code(50))],
    52,
  ],
  ['too little to be recognised is no move', [removed('a.ts', ['x = 1;']), added('b.ts', ['x = 1;'])], 1.25],
  ['moved from test to source', [removed('test/a.ts', code(100)), added('src/a.ts', code(100))], 4],
  [
    'moved out of generated code is new',
    [removed('gen/a.ts', code(100)), added('src/a.ts', code(100))],
    100,
    { attributes: 'gen/** linguist-generated' },
  ],
  [
    'moved and the rest rewritten',
    [replaced('a.ts', [...code(50), ...code(10, 500)], code(10, 900)), added('b.ts', code(50))],
    14.5,
  ],

  // Files.
  ['nothing', [], 0],
  ['an empty file', [changed('a.ts', '', '', { status: 'added' })], 0],
  ['a file of one line', [changed('VERSION', '1\n', '2\n')], 1.25],
  ['no newline at the end any more', [changed('a.ts', 'one();\n', 'one();')], 0],
  ['no newline at the end of a new file', [changedFile('a.ts', null, 'one();\ntwo();')], 2],
  ['a pure rename', [changed('b.ts', '', '', { status: 'renamed', previousPath: 'a.ts' })], 0],
  [
    'a rename and an edit',
    [changed('b.ts', 'one();\ntwo();\n', 'one();\n2;\n', { status: 'renamed', previousPath: 'a.ts' })],
    1.25,
  ],
  ['a change of mode', [changed('run.sh', '', '', { status: 'changed' })], 0],
  ['a symbolic link that points elsewhere', [replaced('latest', ['v1'], ['v2'], { status: 'modified' })], 1.25],
  ['a file that became a link', [replaced('config', code(4), ['../config'], { status: 'changed' })], 2],
  [
    'a submodule at another commit',
    [replaced('lib', [`Subproject commit ${'a'.repeat(40)}`], [`Subproject commit ${'b'.repeat(40)}`])],
    1.25,
  ],
  ['a binary file', [changed('logo.png', '', '', { patch: 'binary', hunks: [] })], 0, { classes: ['binary'] }],
  [
    'a binary file with a weight',
    [changed('logo.png', '', '', { patch: 'binary', hunks: [] })],
    5,
    { config: { weights: { binary: 5 } } },
  ],
  ['a picture in text', [added('logo.svg', code(500))], 0, { classes: ['binary'] }],
  ['minified by name', [added('lib/a.min.js', ['x'.repeat(100_000)])], 0, { classes: ['generated'] }],
  ['minified under another name', [added('lib/a.js', ['x'.repeat(100_000)])], 500, { classes: ['source'] }],
  ['a source map', [added('lib/a.js.map', code(3))], 0, { classes: ['generated'] }],
  ['a snapshot', [added('src/__snapshots__/a.test.ts.snap', code(100))], 10, { classes: ['snapshots'] }],
  ['test data', [added('test/fixtures/big.json', code(100))], 25, { classes: ['fixtures'] }],
  ['a test', [added('src/a.test.ts', code(100))], 50, { classes: ['tests'] }],
  ['prose', [added('docs/a.md', code(100))], 25, { classes: ['documentation'] }],
  ['vendored by place', [added('third_party/zlib/inflate.c', code(900))], 0, { classes: ['vendored'] }],
  [
    'vendored by attribute',
    [added('lib/jquery.js', code(900))],
    0,
    { attributes: 'lib/** linguist-vendored', classes: ['vendored'] },
  ],
  [
    'vendored no more by attribute',
    [added('third_party/own.c', code(9))],
    9,
    { attributes: 'third_party/own.c -linguist-vendored', classes: ['source'] },
  ],
  [
    'generated by attribute',
    [added('a.ts', code(900))],
    0,
    { attributes: '*.ts linguist-generated', classes: ['generated'] },
  ],
  [
    'generated no more by attribute',
    [added('a.pb.go', code(9))],
    9,
    { attributes: '*.pb.go -linguist-generated', classes: ['source'] },
  ],
  ['generated by name', [added('api/shop.pb.go', code(900))], 0, { classes: ['generated'] }],
  [
    'generated by header',
    [added('a.go', ['// Code generated by stringer; DO NOT EDIT.', ...code(90)])],
    0,
    { classes: ['generated'] },
  ],
  [
    'a header unset by attribute',
    [added('a.go', ['// @generated', ...code(9)])],
    9.5,
    { attributes: '*.go -linguist-generated' },
  ],
  [
    'headers not believed',
    [added('a.go', ['// @generated', ...code(9)])],
    9.5,
    { config: { 'generated-headers': false } },
  ],
  ['a header in a string is code', [added('a.ts', ["const header = '// @generated';"])], 1],
  [
    'a header added to a file that was there',
    [changed('a.ts', text(code(20)), text(['// @generated', ...code(20, 100)]))],
    25.5,
  ],
  [
    'a header that was there before',
    [changed('a.ts', text(['// @generated', ...code(3)]), text(['// @generated', ...code(30, 50)]))],
    0,
    { classes: ['generated'] },
  ],
  [
    'documentation by attribute',
    [added('examples/a.ts', code(8))],
    2,
    { attributes: 'examples/** linguist-documentation', classes: ['documentation'] },
  ],
  [
    'documentation no more by attribute',
    [added('prompts/a.md', code(8))],
    8,
    { attributes: 'prompts/*.md -linguist-documentation', classes: ['source'] },
  ],
  [
    'a class by configuration',
    [added('db/schema.sql', code(90))],
    0,
    { config: { classes: { generated: ['db/schema.sql'] } }, classes: ['generated'] },
  ],
  [
    'source by configuration in spite of its name',
    [added('vendor/own.go', code(9))],
    9,
    { config: { classes: { source: ['vendor/own.go'] } } },
  ],
  ['excluded', [added('a.ts', code(90))], 0, { config: { exclude: ['*.ts'] }, classes: ['excluded'] }],
  ['a weight for generated code', [added('a.pb.go', code(100))], 10, { config: { weights: { generated: 0.1 } } }],
  ['a long line counts as what it fills', [added('a.ts', [`x = ${'y'.repeat(596)}`])], 3],
  ['a long line that only moved', [removed('a.ts', ['y'.repeat(600)]), added('b.ts', ['y'.repeat(600)])], 0],
  [
    'text that is not to be had counts in full',
    [changed('a.ts', '', '', { patch: 'missing', hunks: [], additions: 70, deletions: 8 })],
    72,
  ],
  ['hunks that do not show all lines discount nothing', [changed('a.ts', 'a;\n', ' a;\n', { additions: 10 })], 10.25],
  ['3,000 files', Array.from({ length: 3_000 }, (_, index) => added(`src/${index}.ts`, code(2, index * 2))), 6_000],
];

const LOCKFILES =
  'package-lock.json npm-shrinkwrap.json pnpm-lock.yaml yarn.lock bun.lock bun.lockb deno.lock Cargo.lock Gemfile.lock ' +
  'composer.lock go.sum go.work.sum poetry.lock pdm.lock uv.lock Pipfile.lock pixi.lock packages.lock.json ' +
  'gradle.lockfile mix.lock pubspec.lock Podfile.lock Package.resolved Cartfile.resolved flake.lock conan.lock ' +
  'project.assets.json buildscript-gradle.lockfile rebar.lock gems.locked MODULE.bazel.lock .terraform.lock.hcl pylock.toml ' +
  'conda-lock.yml renv.lock cabal.project.freeze stack.yaml.lock shard.lock paket.lock cpanfile.snapshot dub.selections.json ' +
  'nimble.lock luarocks.lock Brewfile.lock.json Chart.lock buf.lock devbox.lock vcpkg-lock.json';

describe('effort', () => {
  test('has a table of more than sixty cases', () => expect(cases.length).toBeGreaterThan(60));

  test.each(cases)('%s', (_, files, effort, { attributes, config, classes } = {}) => {
    const result = measured(files, attributes ?? null, config);
    expect(result.effort).toBe(effort);
    if (classes) expect(result.files.map(({ line }) => line.class)).toEqual(classes);
  });

  test.each(LOCKFILES.split(' '))('nobody reads %s', (name) => {
    expect(isLockfile(name)).toBe(true);
    const { effort, opened } = measured([added(`app/${name}`, code(5_000))]);
    expect({ effort, opened }).toEqual({ effort: 0, opened: 0 });
  });

  test('says which lines went from which file to which', () => {
    const files = [removed('a.ts', code(30)), added('b.ts', code(20)), added('c.ts', code(10, 20))];
    const moves = measured(files).moves.map(({ from, to, lines }) => [from.path, to.path, lines]);
    expect(moves).toEqual([
      ['a.ts', 'b.ts', 20],
      ['a.ts', 'c.ts', 10],
    ]);
  });
});

describe('whatever the lines are', () => {
  const line = fc.oneof(
    fc.constantFrom('}', '', '  ', '// x', '/*', '*/', 'return compute(again, and, again);', '"', "'", '`', '\\'),
    fc.string({ maxLength: 60, unit: 'binary' }).map((one) => one.replaceAll('\n', ' ')),
  );
  const side = fc.array(line, { maxLength: 30 });
  const file = fc.record({
    path: fc.constantFrom('a.ts', 'b.py', 'c.md', 'd', 'test/e.go'),
    before: side,
    after: side,
  });

  test('parts add up to lines, lines to the effort, and no line is lost or counted twice', () => {
    fc.assert(
      fc.property(fc.array(file, { maxLength: 6 }), (files) => {
        const changes = files.map(({ path, before, after }, index) => replaced(`${index}/${path}`, before, after));
        const result = measured(changes);
        let total = 0;
        for (const { line, file } of result.files) {
          expect(line.parts.reduce((sum, part) => sum + part.effort, 0)).toBe(line.effort);
          const counted = line.parts
            .filter((part) => part.kind !== 'overlong')
            .reduce((sum, part) => sum + part.lines, 0);
          expect(counted).toBe(file.additions + file.deletions);
          total += line.effort;
        }
        expect(total).toBe(result.effort);
      }),
    );
  });

  test('as many lines are found at their new place as at their old one', () => {
    fc.assert(
      fc.property(side, side, (before, after) => {
        const { files } = measured([removed('a.ts', before), added('b.ts', after)]);
        const count = (kind: string) =>
          files
            .flatMap(({ line }) => line.parts)
            .filter((part) => part.kind === kind)
            .reduce((sum, part) => sum + part.lines, 0);
        expect(count('moved')).toBe(count('old-side'));
      }),
    );
  });
});

test('3,000 files and 150,000 lines that all moved are measured under 1.5 seconds', () => {
  const files = Array.from({ length: 3_000 }, (_, index) =>
    replaced(`src/${index}.ts`, code(25, index * 25), code(25, ((index + 1) % 3_000) * 25)),
  );
  const started = process.cpuUsage();
  expect(measured(files).effort).toBe(3_000);
  // What the work takes, not what it waits for a machine that is busy otherwise.
  expect(process.cpuUsage(started).user / 1_000).toBeLessThan(1_500);
});
