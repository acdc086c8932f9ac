import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { Evidence } from '../../../src/model/evidence.ts';
import type { ChangedFile, PullRequest } from '../../../src/model/pull-request.ts';
import { measure } from '../../../src/practices/size/measure.ts';
import { options } from '../../../src/practices/size/options.ts';
import { quote } from '../../../src/practices/size/split/commands.ts';
import { planSplit, type SplitPart, type SplitPlan } from '../../../src/practices/size/split/plan.ts';
import { size } from '../../../src/practices/size.ts';
import {
  type Content,
  createRepository,
  isolated,
  readLocally,
  type TestRepository,
} from '../../support/local-repository.ts';
import { addedLines, changedFile, pullRequest } from '../../support/pull-request.ts';

const LIMITS = { maxLines: 100, maxFiles: 10 };

function plan(change: PullRequest, limits = LIMITS): SplitPlan {
  const { files, moves } = measure(change, options.parse({}), new Evidence());
  return planSplit(change, files, limits, { moves });
}

async function planIn(repository: TestRepository, limits = LIMITS) {
  const read = await readLocally({ cwd: repository.path, base: 'main', head: 'feature' });
  const split = plan(read.pullRequest, limits);
  if (split.state !== 'found') throw new Error(split.because);
  return split;
}

function attributesAbsent(change: PullRequest, policy: ReturnType<typeof size.options.parse>): Evidence {
  const evidence = new Evidence();
  for (const request of size.needs(change, policy, evidence))
    if (request.kind === 'file') evidence.add(request, { state: 'absent' });
  return evidence;
}

/** Runs the commands one by one in a shell, as whoever copies them would; the tree after each commit. */
function run({ path, git }: TestRepository, commands: readonly string[]): string[] {
  git('checkout', '--quiet', 'feature');
  return commands.flatMap((command) => {
    execFileSync('bash', ['-c', command], { cwd: path, env: isolated, stdio: ['ignore', 'pipe', 'pipe'] });
    return command.includes(' commit ') || command.startsWith('git commit')
      ? [git('rev-parse', 'HEAD^{tree}').trim()]
      : [];
  });
}

const lines = (count: number, name: string) =>
  Array.from({ length: count }, (_, index) => `export const ${name}${index} = compute(${index});\n`).join('');

const layered: Record<string, Content> = {
  'src/model/order.ts': lines(60, 'order'),
  'src/db/table.ts': `import { order1 } from '../model/order.ts';\n${lines(60, 'table')}`,
  'src/db/table.test.ts': `import { table1 } from './table.ts';\n${lines(20, 'check')}`,
  'src/app/page.ts': `import { table1 } from '../db/table.ts';\n${lines(60, 'page')}`,
};

function partsOf(files: ChangedFile[]): readonly SplitPart[] {
  const split = plan(pullRequest({ files }));
  if (split.state !== 'found') throw new Error(split.because);
  return split.parts;
}

describe('the commands of a plan', () => {
  const odd = 'src/odd/it\'s "$(touch pwned)" *.ts';
  const hostile: Record<string, Content> = {
    [odd]: lines(60, 'odd'),
    'src/odd/*': lines(60, 'star'),
    'src/odd/plain.ts': lines(60, 'plain'),
    'src/odd/--all': lines(60, 'all'),
    'src/new\nline.ts': lines(60, 'newline'),
    ':(top)': lines(60, 'magic'),
  };
  const many = Object.fromEntries(
    Array.from({ length: 24 }, (_, index) => [`packages/p${index % 4}/src/f${index}.ts`, lines(10, `f${index}_`)]),
  );
  test.each<[string, Record<string, Content>, Record<string, Content>]>([
    ['layers', { 'README.md': 'x\n' }, layered],
    ['many packages', { 'README.md': 'x\n' }, many],
    ['names that no shell likes', { 'README.md': 'x\n' }, hostile],
    [
      'renames, removals, links, modes and bytes',
      { 'old/a.ts': lines(40, 'a'), 'old/gone.ts': lines(70, 'gone'), 'run.sh': 'run\n', link: { link: 'run.sh' } },
      {
        ...{ 'old/a.ts': null, 'new/a.ts': lines(40, 'a'), 'old/gone.ts': null },
        ...{ 'run.sh': { executable: 'run\n' }, link: { link: 'new' }, 'logo.png': new Uint8Array([0, 1, 2]) },
        ...layered,
      },
    ],
  ])('make the same tree, step by step: %s', async (_, base, change) => {
    const repository = createRepository([{ files: base }, { on: 'feature', files: change }]);
    const split = await planIn(repository);
    const trees = run(repository, split.commands);
    expect(trees).toHaveLength(split.parts.length);
    expect(new Set(trees).size).toBe(trees.length);
    expect(trees.at(-1)).toBe(repository.git('rev-parse', 'feature^{tree}').trim());
    expect(repository.git('status', '--porcelain')).toBe('');
  });

  test('start where the change did, however far the base has gone', async () => {
    const repository = createRepository([
      { files: { 'README.md': 'x\n' } },
      { on: 'feature', files: layered },
      { files: { 'src/db/table.ts': 'theirs\n', 'other.ts': 'theirs\n' } },
    ]);
    const split = await planIn(repository);
    expect(run(repository, split.commands).at(-1)).toBe(repository.git('rev-parse', 'feature^{tree}').trim());
  });

  test('each part changes its own paths and no others', async () => {
    const repository = createRepository([{ files: { 'README.md': 'x\n' } }, { on: 'feature', files: layered }]);
    const split = await planIn(repository);
    run(repository, split.commands);
    for (const [index, part] of split.parts.entries()) {
      const from = index === 0 ? 'main' : split.parts[index - 1]!.branch;
      const paths = repository.git('diff', '--no-renames', '--name-only', from, part.branch).trim().split('\n');
      expect(paths.toSorted()).toEqual(part.paths);
    }
  });
});

describe('a plan', () => {
  test('puts what is needed before its users, and a test with what it tests', async () => {
    const repository = createRepository([{ files: { 'README.md': 'x\n' } }, { on: 'feature', files: layered }]);
    const { parts } = await planIn(repository);
    expect(parts.map((part) => part.paths)).toEqual([
      ['src/model/order.ts'],
      ['src/db/table.test.ts', 'src/db/table.ts'],
      ['src/app/page.ts'],
    ]);
    expect(parts.every((part) => part.fits)).toBe(true);
  });

  test('keeps together what was committed together, in the order of the commits', async () => {
    const files = (mark: string) => ({
      [`src/a/${mark}.ts`]: lines(45, mark),
      [`src/z/${mark}.ts`]: lines(45, `${mark}z`),
    });
    const repository = createRepository([
      { files: { 'README.md': 'x\n' } },
      { on: 'feature', files: files('two') },
      { on: 'feature', files: files('one') },
      { on: 'feature', files: { 'with "quotes"\nand lines.ts': lines(45, 'odd') } },
    ]);
    const read = await readLocally({ cwd: repository.path, base: 'main', head: 'feature' });
    const answer = await read.commitPaths();
    if (answer.state !== 'found') throw new Error(answer.cause);
    expect(read.pullRequest.commits.map(({ sha }) => answer.paths[sha])).toEqual([
      ['src/a/two.ts', 'src/z/two.ts'],
      ['src/a/one.ts', 'src/z/one.ts'],
      ['with "quotes"\nand lines.ts'],
    ]);
    const policy = size.options.parse({ 'max-lines': 100 });
    const evidence = new Evidence([[{ kind: 'commit-paths' }, answer]]);
    expect(size.needs(read.pullRequest, policy, attributesAbsent(read.pullRequest, policy))).toContainEqual({
      kind: 'commit-paths',
    });
    const { split } = size.evaluate(read.pullRequest, policy, evidence).facts as unknown as {
      split: { parts: SplitPart[] };
    };
    expect(split.parts.map(({ paths }) => paths)).toEqual([
      ['src/a/two.ts', 'src/z/two.ts'],
      ['src/a/one.ts', 'src/z/one.ts'],
      ['with "quotes"\nand lines.ts'],
    ]);
  });

  test('puts renames and generated code first', () => {
    const renamed = Array.from({ length: 6 }, (_, index) =>
      changedFile(`new/${index}.ts`, '', '', { status: 'renamed', previousPath: `old/${index}.ts` }),
    );
    const files = [addedLines('src/a.ts', 90), addedLines('src/b.ts', 90), addedLines('api.pb.go', 900), ...renamed];
    const split = plan(pullRequest({ files }));
    if (split.state !== 'found') throw new Error(split.because);
    expect(split.parts[0]).toMatchObject({ title: 'renames and generated code', effort: 0 });
    expect(split.parts[0]!.paths).toContain('old/3.ts');
    expect(split.parts).toHaveLength(3);
  });

  test('puts what prepares the ground first, then models, where no line says who needs whom', () => {
    const files = [
      addedLines('app/controllers/orders_controller.rb', 80),
      addedLines('app/models/order.rb', 80),
      addedLines('db/migrate/20260101_create_orders.rb', 80),
    ];
    expect(partsOf(files).map(({ paths }) => paths)).toEqual([
      ['db/migrate/20260101_create_orders.rb'],
      ['app/models/order.rb'],
      ['app/controllers/orders_controller.rb'],
    ]);
  });

  test('lets next to nothing travel with its neighbour, also where that is too large anyway', () => {
    const files = [addedLines('a/package.json', 1), addedLines('a/src/store.ts', 150), addedLines('b/view.ts', 95)];
    expect(partsOf(files).map(({ paths }) => paths)).toEqual([['a/package.json', 'a/src/store.ts'], ['b/view.ts']]);
  });

  test("takes a workspace's lockfile along with the manifest below it", () => {
    const files = [
      addedLines('pnpm-lock.yaml', 500),
      addedLines('packages/shop/package.json', 90),
      addedLines('src/a.ts', 90),
    ];
    expect(partsOf(files)[0]!.paths).toEqual(['packages/shop/package.json', 'pnpm-lock.yaml']);
  });

  test.each<[string, string[], string[]]>([
    ['by folders where they differ', ['a/x.ts', 'b/y.ts'], ['a/x.ts', 'b/y.ts']],
    ['by files where the folder is the same', ['src/v3/one.ts', 'src/v3/two.ts'], ['v3/one.ts', 'v3/two.ts']],
    [
      'by the end of a long folder',
      [
        'service/src/main/java/com/example/orders/storage/One.java',
        'service/src/main/java/com/example/orders/storage/Two.java',
        'web/page.ts',
      ],
      ['…/main/java/com/example/orders/storage', 'web/page.ts'],
    ],
  ])('has titles: %s', (_, paths, titles) => {
    const share = paths.length === 3 ? [45, 45, 90] : [90, 90];
    const files = paths.map((path, index) => addedLines(path, share[index]!));
    expect(partsOf(files).map(({ title }) => title)).toEqual(titles);
  });

  test('keeps both ends of a move together', () => {
    const block = Array.from({ length: 40 }, (_, index) => `export const moved${index} = compute(${index});\n`).join(
      '',
    );
    const files = [
      changedFile('src/a/from.ts', block, null),
      changedFile('src/z/to.ts', null, block),
      addedLines('src/b/one.ts', 90),
      addedLines('src/m/two.ts', 90),
    ];
    const split = plan(pullRequest({ files }));
    if (split.state !== 'found') throw new Error(split.because);
    const holding = split.parts.filter(({ paths }) =>
      paths.some((path) => path.includes('src/a/') || path.includes('src/z/')),
    );
    expect(holding).toHaveLength(1);
  });

  test('lets go of a removed file only after its users', () => {
    const files = [
      changedFile('src/a/gone.ts', Array.from({ length: 300 }, (_, index) => `old(${index});\n`).join(''), null),
      changedFile(
        'src/z/user.ts',
        "import { gone } from '../a/gone.ts';\n",
        Array.from({ length: 90 }, (_, index) => `own(${index});\n`).join(''),
      ),
    ];
    const split = plan(pullRequest({ files }));
    if (split.state !== 'found') throw new Error(split.because);
    expect(split.parts.map((part) => part.paths[0])).toEqual(['src/z/user.ts', 'src/a/gone.ts']);
  });

  test('has at most five parts, and says which do not fit', () => {
    const files = Array.from({ length: 40 }, (_, index) => addedLines(`src/m${index % 8}/${index}.ts`, 50));
    const split = plan(pullRequest({ files }));
    if (split.state !== 'found') throw new Error(split.because);
    expect(split.parts.length).toBeGreaterThanOrEqual(4);
    expect(split.parts.length).toBeLessThanOrEqual(5);
    expect(split.parts.some((part) => !part.fits)).toBe(true);
    expect(split.parts.reduce((sum, part) => sum + part.effort, 0)).toBe(2_000);
    expect(split.parts.flatMap((part) => part.paths)).toHaveLength(40);
  });

  test('is none where one file is nearly all of it', () => {
    const split = plan(pullRequest({ files: [addedLines('src/big.ts', 900), addedLines('src/small.ts', 5)] }));
    expect(split).toMatchObject({ state: 'none', because: expect.stringContaining('src/big.ts') });
  });

  test('is none where all files import one another in a circle', () => {
    const names = ['a', 'b', 'c'];
    const files = names.map((name, index) =>
      changedFile(`src/${name}.ts`, null, `import { x } from './${names[(index + 1) % 3]}.ts';\n${lines(60, name)}`),
    );
    expect(plan(pullRequest({ files }))).toMatchObject({
      state: 'none',
      because: expect.stringContaining('import one another'),
    });
  });

  test('of 3,000 files takes less than a second and a half', () => {
    const files = Array.from({ length: 3_000 }, (_, index) =>
      addedLines(`p${index % 60}/src/m${index % 7}/f${index}.ts`, 3),
    );
    const change = pullRequest({ files });
    const measurement = measure(change, options.parse({}), new Evidence());
    const started = process.cpuUsage();
    planSplit(change, measurement.files, LIMITS);
    expect(process.cpuUsage(started).user / 1_000).toBeLessThan(1_500);
  });
});

test.each([
  ['src/a.ts', 'src/a.ts'],
  ["it's", "'it'\\''s'"],
  ['$(rm)', "'$(rm)'"],
  ['', "''"],
  ['-f', "'-f'"],
  ['a\nb', "$'a\\012b'"],
  ['\u202eevil', "$'\\342\\200\\256evil'"],
])('%j is one word to a shell: %s', (word, quoted) => {
  expect(quote(word)).toBe(quoted);
  const echoed = execFileSync('bash', ['-c', `printf '%s' ${quoted}`], { encoding: 'utf8' });
  expect(echoed).toBe(word);
});
