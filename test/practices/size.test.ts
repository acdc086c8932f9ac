import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluate } from '../../src/evaluate.ts';
import { Evidence, type EvidenceEntry, type FileAnswer } from '../../src/model/evidence.ts';
import type { ChangedFile, PullRequest } from '../../src/model/pull-request.ts';
import type { Outcome } from '../../src/model/review.ts';
import { size } from '../../src/practices/size.ts';
import { addedLines, changedFile, pullRequest } from '../support/pull-request.ts';

interface ReceiptLine {
  path: string;
  class: string;
  weight: number;
  lines: number;
  effort: number;
}

/** Answers every request: the attributes given by path, and nothing elsewhere. */
function evidenceOf(change: PullRequest, attributes: Record<string, string | FileAnswer>, options: object): Evidence {
  const requests = size.needs(change, size.options.parse(options), new Evidence());
  return new Evidence(
    requests.map((request): EvidenceEntry => {
      if (request.kind !== 'file') throw new Error(`size asked for ${request.kind}`);
      const answer = attributes[request.path] ?? { state: 'absent' };
      return [request, typeof answer === 'string' ? { state: 'found', text: answer } : answer];
    }),
  );
}

function judge(change: PullRequest, { attributes = {}, options = {} }: Pick<Case, 'attributes' | 'options'> = {}) {
  const evidence = evidenceOf(change, attributes, options);
  const config = {
    preset: 'standard' as const,
    practices: { size: { mode: 'block' as const, options: size.options.parse(options) } },
  };
  const [outcome] = evaluate(change, evidence, config, [size]).practices;
  const facts = outcome!.facts as unknown as {
    effort: number;
    files: number;
    additions: number;
    deletions: number;
    maxLines: number;
    receipt: ReceiptLine[];
  };
  return { ...outcome!, facts, codes: outcome!.findings.map((finding) => finding.code) };
}

interface Case {
  name: string;
  files: ChangedFile[];
  attributes?: Record<string, string | FileAnswer>;
  options?: object;
  change?: Partial<PullRequest>;
  effort: number;
  /** Files to open; all of them when left out. */
  read?: number;
  classes?: string[];
  codes?: string[];
  outcome?: Outcome;
  missing?: number;
}

const lines = (count: number) => Array.from({ length: count }, (_, index) => `line ${index}\n`).join('');
const removedLines = (path: string, count: number) => changedFile(path, lines(count), null);
const binary = (path: string) => changedFile(path, null, '', { patch: 'binary', hunks: [] });
const unread = (path: string, additions = 0) => changedFile(path, null, '', { patch: 'missing', hunks: [], additions });
const moved = (path: string, previousPath: string) => changedFile(path, '', '', { status: 'renamed', previousPath });
const many = (count: number, folder = 'src') =>
  Array.from({ length: count }, (_, index) => addedLines(`${folder}/${index}.ts`, 1));
const down: FileAnswer = { state: 'unavailable', cause: 'GitHub answered 502' };

const cases: Case[] = [
  { name: 'nothing changed', files: [], effort: 0, outcome: 'pass' },
  { name: 'new source counts in full', files: [addedLines('src/a.ts', 120)], effort: 120, classes: ['source'] },
  { name: 'exactly the limit passes', files: [addedLines('src/a.ts', 400)], effort: 400, outcome: 'pass' },
  { name: 'one line over does not', files: [addedLines('src/a.ts', 401)], effort: 401, codes: ['too-many-lines'] },
  {
    name: 'a quarter of a line over does not',
    files: [addedLines('src/a.ts', 400), removedLines('src/b.ts', 1)],
    effort: 400.25,
    codes: ['too-many-lines'],
  },
  { name: 'a deleted line is a quarter of a line', files: [removedLines('src/a.ts', 1_000)], effort: 250 },
  {
    name: 'a changed line is read against the old one',
    files: [changedFile('src/a.ts', 'old\n', 'new\n')],
    effort: 1.25,
  },
  { name: 'tests count half', files: [addedLines('test/a.test.ts', 100)], effort: 50, classes: ['tests'] },
  {
    name: 'tests beside the source count half too',
    files: [
      addedLines('src/a.test.ts', 100),
      addedLines('pkg/a_test.go', 100),
      addedLines('app/test_a.py', 100),
      addedLines('src/ATest.java', 100),
    ],
    effort: 200,
    classes: ['tests', 'tests', 'tests', 'tests'],
  },
  {
    name: 'a name that merely contains "test" is source',
    files: [addedLines('src/latest.ts', 10), addedLines('src/contest/a.ts', 10), addedLines('src/Attest.java', 10)],
    effort: 30,
    classes: ['source', 'source', 'source'],
  },
  {
    name: 'prose counts a quarter',
    files: [addedLines('docs/guide.md', 100), addedLines('LICENSE', 100)],
    effort: 50,
    classes: ['documentation', 'documentation'],
  },
  {
    name: 'code in a documentation folder is code',
    files: [addedLines('docs/site/theme.ts', 100)],
    effort: 100,
    classes: ['source'],
  },
  {
    name: 'a page in a test folder is prose',
    files: [addedLines('test/README.md', 100)],
    effort: 25,
    classes: ['documentation'],
  },
  {
    name: 'requirements.txt is no prose',
    files: [addedLines('requirements.txt', 10)],
    effort: 10,
    classes: ['source'],
  },
  {
    name: 'lockfiles of every kind count in neither',
    files: [addedLines('package-lock.json', 9_000), addedLines('a/yarn.lock', 9_000), addedLines('go.sum', 9_000)],
    effort: 0,
    read: 0,
    classes: ['lockfile', 'lockfile', 'lockfile'],
  },
  {
    name: 'a lockfile whose text is missing is still no effort',
    files: [unread('package-lock.json')],
    change: { filesComplete: false },
    effort: 0,
    read: 0,
  },
  {
    name: 'a binary is opened, and has no lines',
    files: [binary('logo.png')],
    effort: 0,
    read: 1,
    classes: ['binary'],
  },
  {
    name: 'excluded by glob, dotted names too',
    files: [addedLines('a/.b/x.snap', 900), addedLines('src/a.ts', 1)],
    options: { exclude: ['**/*.snap'] },
    effort: 1,
    read: 1,
    classes: ['source', 'excluded'],
  },
  {
    name: 'an excluded file whose text is missing does not matter',
    files: [unread('big.snap')],
    options: { exclude: ['*.snap'] },
    change: { filesComplete: false },
    effort: 0,
    read: 0,
  },
  {
    name: 'generated by the attributes of the base',
    files: [addedLines('src/api.gen.ts', 900)],
    attributes: { '.gitattributes': '*.gen.ts linguist-generated\n' },
    effort: 0,
    read: 0,
    classes: ['generated'],
  },
  {
    name: 'generated by attributes in a subfolder',
    files: [addedLines('src/api/client.ts', 900)],
    attributes: { 'src/api/.gitattributes': '* linguist-generated=true\n' },
    effort: 0,
    read: 0,
    classes: ['generated'],
  },
  {
    name: 'a minus takes the mark back',
    files: [addedLines('gen/a.ts', 10), addedLines('gen/own.ts', 10)],
    attributes: { '.gitattributes': 'gen/** linguist-generated\ngen/own.ts -linguist-generated\n' },
    effort: 10,
    read: 1,
    classes: ['source', 'generated'],
  },
  {
    name: '"=false" takes it back too',
    files: [addedLines('gen/own.ts', 10)],
    attributes: {
      '.gitattributes': 'gen/** linguist-generated\n',
      'gen/.gitattributes': 'own.ts linguist-generated=false\n',
    },
    effort: 10,
  },
  {
    name: 'a folder pattern as in .gitignore marks nothing, as in git',
    files: [addedLines('gen/a.ts', 10)],
    attributes: { '.gitattributes': 'gen/ linguist-generated\n' },
    effort: 10,
  },
  {
    name: 'vendored by attribute',
    files: [addedLines('lib/jquery.js', 9_000)],
    attributes: { '.gitattributes': 'lib/** linguist-vendored\n' },
    effort: 0,
    read: 0,
    classes: ['vendored'],
  },
  {
    name: 'generated text that is missing does not matter',
    files: [unread('gen/a.ts')],
    attributes: { 'gen/.gitattributes': '* linguist-generated\n' },
    change: { filesComplete: false },
    effort: 0,
    read: 0,
  },
  {
    name: 'the attributes a change itself adds are not asked',
    files: [changedFile('.gitattributes', null, '* linguist-generated\n'), addedLines('src/a.ts', 500)],
    effort: 501,
    codes: ['too-many-lines'],
  },
  { name: 'a file that is merely moved is not opened', files: [moved('src/b.ts', 'src/a.ts')], effort: 0, read: 0 },
  {
    name: 'a moved and edited file is',
    files: [changedFile('src/b.ts', 'a\n', 'b\n', { status: 'renamed', previousPath: 'src/a.ts' })],
    effort: 1.25,
    read: 1,
  },
  {
    name: '40 moved files pass',
    files: Array.from({ length: 40 }, (_, index) => moved(`new/${index}.ts`, `old/${index}.ts`)),
    effort: 0,
    read: 0,
    outcome: 'pass',
  },
  { name: '25 files pass', files: many(25), effort: 25, outcome: 'pass' },
  { name: '26 files do not', files: many(26), effort: 26, codes: ['too-many-files'] },
  {
    name: 'too much of both says both',
    files: [...many(26), addedLines('big.ts', 500)],
    effort: 526,
    codes: ['too-many-lines', 'too-many-files'],
  },
  {
    name: 'limits are options',
    files: [addedLines('src/a.ts', 11), addedLines('src/b.ts', 1)],
    options: { 'max-lines': 10, 'max-files': 1 },
    effort: 12,
    codes: ['too-many-lines', 'too-many-files'],
  },
  {
    name: 'weights are options, and the others keep their defaults',
    files: [addedLines('test/a.ts', 100), removedLines('src/b.ts', 100)],
    options: { weights: { tests: 0 } },
    effort: 25,
    read: 2,
  },
  {
    name: 'odd weights are rounded to quarters, file by file',
    files: [addedLines('test/a.ts', 1), addedLines('test/b.ts', 2)],
    options: { weights: { tests: 0.3 } },
    effort: 0.75,
  },
  {
    name: 'a missing patch is never small',
    files: [unread('src/a.ts')],
    change: { filesComplete: false },
    effort: 0,
    codes: ['incomplete'],
    outcome: 'undetermined',
    missing: 1,
  },
  {
    name: 'a missing patch whose lines are counted already exceeds',
    files: [unread('src/a.ts', 5_000)],
    change: { filesComplete: false },
    effort: 5_000,
    codes: ['too-many-lines', 'incomplete'],
    outcome: 'violation',
    missing: 1,
  },
  {
    name: 'many missing patches are told in few words',
    files: Array.from({ length: 30 }, (_, index) => unread(`src/${index}.ts`)),
    options: { 'max-files': 99 },
    effort: 0,
    codes: ['incomplete'],
    outcome: 'undetermined',
    missing: 11,
  },
  {
    name: 'files that are not listed are never few',
    files: [addedLines('a.ts', 1)],
    change: { filesComplete: false, totals: { files: 3_100, additions: 90_000, deletions: 0 } },
    effort: 1,
    codes: ['incomplete'],
    outcome: 'undetermined',
    missing: 1,
  },
  {
    name: 'what is known exceeds, whatever is not listed',
    files: many(30),
    change: { filesComplete: false, totals: { files: 3_100, additions: 90_000, deletions: 0 } },
    effort: 30,
    codes: ['too-many-files', 'incomplete'],
    outcome: 'violation',
    missing: 1,
  },
  {
    name: 'lines that do not add up, with no file to blame',
    files: [addedLines('a.ts', 1)],
    change: { filesComplete: false, totals: { files: 1, additions: 900, deletions: 0 } },
    effort: 1,
    codes: ['incomplete'],
    outcome: 'undetermined',
    missing: 1,
  },
  {
    name: 'attributes that could not be read do not matter to a small change',
    files: [addedLines('a.ts', 10)],
    attributes: { '.gitattributes': down },
    effort: 10,
    outcome: 'pass',
  },
  {
    name: 'they do where they may decide',
    files: [addedLines('a.ts', 500)],
    attributes: { '.gitattributes': down },
    effort: 500,
    codes: ['incomplete'],
    outcome: 'undetermined',
    missing: 1,
  },
  {
    name: 'they do not where the rest is too large already',
    files: [addedLines('a.ts', 500), addedLines('gen/a.ts', 500)],
    attributes: { 'gen/.gitattributes': down },
    effort: 1_000,
    codes: ['too-many-lines'],
    outcome: 'violation',
  },
];

describe('a change measures', () => {
  test.each(cases)('$name', ({ files, attributes, options, change, ...expected }) => {
    const result = judge(pullRequest({ files, ...change }), { attributes, options });
    const codes = expected.codes ?? [];
    expect(result.codes).toEqual(codes);
    expect(result.outcome).toBe(expected.outcome ?? (codes.length === 0 ? 'pass' : 'violation'));
    expect(result.facts.effort).toBe(expected.effort);
    expect(result.facts.files).toBe(expected.read ?? files.length);
    expect(result.missing).toHaveLength(expected.missing ?? 0);
    if (expected.classes) expect(result.facts.receipt.map((line) => line.class)).toEqual(expected.classes);
  });

  test('facts are these and no others', () => {
    const { facts } = judge(
      pullRequest({ files: [changedFile('src/a.ts', 'a\n', 'b\nc\n'), addedLines('yarn.lock', 7)] }),
    );
    expect(facts).toEqual({
      effort: 2.25,
      maxLines: 400,
      files: 1,
      maxFiles: 25,
      additions: 9,
      deletions: 1,
      discounted: [],
      receipt: [
        {
          ...{ path: 'src/a.ts', class: 'source', weight: 1, lines: 3, effort: 2.25 },
          parts: [
            { kind: 'new', lines: 2, weight: 1, effort: 2 },
            { kind: 'deleted', lines: 1, weight: 0.25, effort: 0.25 },
          ],
        },
        {
          ...{ path: 'yarn.lock', class: 'lockfile', weight: 0, lines: 7, effort: 0 },
          parts: [{ kind: 'new', lines: 7, weight: 1, effort: 0 }],
        },
      ],
    });
  });
});

describe('the receipt', () => {
  const file = fc.record({
    path: fc.constantFrom('src/a.ts', 'test/a.ts', 'docs/a.md', 'yarn.lock', 'gen/a.ts', 'x.png'),
    additions: fc.nat(5_000),
    deletions: fc.nat(5_000),
    patch: fc.constantFrom('text' as const, 'missing' as const),
  });
  const weight = fc.double({ min: 0, max: 10, noNaN: true });
  const weights = fc.record(
    { deleted: weight, source: weight, tests: weight, documentation: weight },
    { requiredKeys: [] },
  );

  test('adds up to the effort and to the lines, to the last digit, read in either direction', () => {
    fc.assert(
      fc.property(fc.array(file, { maxLength: 60 }), weights, (files, weights) => {
        const change = pullRequest({
          files: files.map((file) => changedFile(file.path, null, '', { ...file, hunks: [] })),
        });
        const { facts } = judge(change, {
          attributes: { 'gen/.gitattributes': '* linguist-generated' },
          options: { weights },
        });
        const sum = (receipt: ReceiptLine[]) => receipt.reduce((total, line) => total + line.effort, 0);
        expect(sum(facts.receipt)).toBe(facts.effort);
        expect(sum(facts.receipt.toReversed())).toBe(facts.effort);
        expect(facts.receipt).toHaveLength(files.length);
        expect(facts.receipt.reduce((total, line) => total + line.lines, 0)).toBe(facts.additions + facts.deletions);
      }),
    );
  });

  test('has the largest first, whatever order the files come in', () => {
    const files = [addedLines('b.ts', 1), addedLines('a.ts', 1), addedLines('big.ts', 9), addedLines('yarn.lock', 99)];
    const paths = ['big.ts', 'a.ts', 'b.ts', 'yarn.lock'];
    expect(judge(pullRequest({ files })).facts.receipt.map((line) => line.path)).toEqual(paths);
    expect(judge(pullRequest({ files: files.toReversed() })).facts.receipt.map((line) => line.path)).toEqual(paths);
  });
});

describe('what it asks for', () => {
  const ask = (files: ChangedFile[], options: object = {}) =>
    size.needs(pullRequest({ files }), size.options.parse(options), new Evidence());

  test('the attributes of every folder above a changed file, at the base, once', () => {
    expect(ask([addedLines('src/db/a.ts', 1), addedLines('src/db/b.ts', 1)])).toEqual(
      ['.gitattributes', 'src/.gitattributes', 'src/db/.gitattributes'].map((path) => ({
        kind: 'file',
        path,
        side: 'base',
      })),
    );
  });

  test('nothing for files whose path decides', () => {
    expect(ask([addedLines('a/yarn.lock', 1), addedLines('b/c.snap', 1)], { exclude: ['**/*.snap'] })).toEqual([]);
  });
});

describe('messages', () => {
  test('say what made the number, the limit, and who can act', () => {
    const files = [addedLines('a.ts', 900), addedLines('b.ts', 300.0), addedLines('c.ts', 40), addedLines('d.ts', 5)];
    const [finding] = judge(pullRequest({ files })).findings;
    expect(finding!.message).toContain('1,245');
    expect(finding!.message).toContain('400');
    expect(finding!.message).toContain('a.ts (source, 900), b.ts (source, 300), c.ts (source, 40)');
    expect(finding!.message).not.toContain('d.ts');
    expect(finding!.message).toMatch(/author .* splitting/);
    expect(finding!.message).not.toMatch(/waive/i);
  });

  test('name what could not be read', () => {
    const { missing, findings } = judge(pullRequest({ files: [unread('src/huge.ts')], filesComplete: false }));
    expect(missing[0]!.what).toContain('src/huge.ts');
    expect(findings[0]!.message).toContain('src/huge.ts');
  });
});

test.each(['max-lines', 'max-files'])('%s must be a positive whole number', (key) => {
  for (const wrong of [0, -1, 1.5, '400', null]) expect(size.options.safeParse({ [key]: wrong }).success).toBe(false);
});

test('an exclude that would turn the sense around is refused', () => {
  expect(size.options.safeParse({ exclude: ['!src/**'] }).success).toBe(false);
});

test('3,000 files and 150,000 lines are measured whole, with a plan, under 1.5 seconds', () => {
  const text = lines(50);
  const files = Array.from({ length: 3_000 }, (_, index) =>
    changedFile(`packages/p${index % 60}/src/m${index % 7}/file-${index}.ts`, null, text),
  );
  const change = pullRequest({ files });
  const rules = ['*.gen.ts', 'dist/**', '**/generated/*.ts', 'packages/*/src/m[0-2]/gen-*.ts', '*_pb.js'];
  const attributes = { '.gitattributes': rules.map((rule) => `${rule} linguist-generated\n`).join('') };
  const started = process.cpuUsage();
  const { facts } = judge(change, { attributes });
  // What the work takes, not what it waits for a machine that is busy otherwise.
  expect(process.cpuUsage(started).user / 1_000).toBeLessThan(1_500);
  expect(facts).toMatchObject({ effort: 150_000, files: 3_000, additions: 150_000 });
});
