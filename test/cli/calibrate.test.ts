import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { calibrate } from '../../src/cli/calibrate.ts';
import { progressBar } from '../../src/cli/progress-bar.ts';
import type { CalibrateOptions } from '../../src/cli/settings.ts';
import { practices } from '../../src/practices/index.ts';
import { proposeLimits } from '../../src/practices/size/calibration.ts';
import { createRepository, isolated, type Step, temporaryFolder } from '../support/local-repository.ts';
import { watchGit } from '../support/watched-git.ts';

const lines = (count: number, name: string) =>
  Array.from({ length: count }, (_, index) => `export const ${name}${index} = compute(${index});\n`).join('');

async function run(cwd: string, options: Partial<CalibrateOptions> = {}, environment = isolated) {
  const steps: [number, number][] = [];
  let at = 0;
  const result = await calibrate(
    { cwd, percentile: '90', alarmRate: '4', format: 'json', ...options },
    {
      environment,
      clock: () => new Date(1_700_000_000_000 + 1_000 * at++),
      practices,
      terminal: { width: 80 },
      progress: (done, total) => steps.push([done, total]),
    },
  );
  const json = result.output.startsWith('{') ? JSON.parse(result.output) : null;
  return { ...result, json, steps };
}

const history: Step[] = [
  { files: { 'README.md': 'x\n' }, message: 'Begin' },
  ...[5, 20, 40, 90, 150, 300, 500].map((count): Step => {
    return { files: { [`src/f${count}.ts`]: lines(count, `f${count}_`) }, message: `Add ${count}` };
  }),
  { files: { 'src/moved.ts': lines(500, 'f500_'), 'src/f500.ts': null }, message: 'Move' },
  { files: { 'package.json': '{}\n' }, author: { name: 'renovate[bot]', email: 'r@example.com' }, message: 'Bump' },
  { on: 'topic', from: 'main', files: { 'src/t1.ts': lines(30, 't') }, message: 'One' },
  { on: 'topic', files: { 'src/t2.ts': lines(30, 'u') }, message: 'Two' },
  { on: 'main', merge: 'topic', files: { 'src/t1.ts': lines(30, 't'), 'src/t2.ts': lines(30, 'u') }, message: 'Merge' },
];

describe('composure calibrate', () => {
  const { path } = createRepository(history);

  test('measures the main line, a merge as the branch it brought in', async () => {
    const { json, exitCode } = await run(path);
    expect(exitCode).toBe(0);
    expect(json).toMatchObject({ version: 1, changes: 9, leftOut: { byDependencyBots: 1, empty: 0, unreadable: 0 } });
    expect(json.largest.map((one: { effort: number; subject: string }) => [one.subject, one.effort])).toEqual([
      ['Add 500', 500],
      ['Add 300', 300],
      ['Add 150', 150],
      ['Add 90', 90],
      ['Merge', 60],
    ]);
    const bars = json.histogram.map((bar: { changes: number }) => bar.changes);
    expect(bars.reduce((sum: number, own: number) => sum + own, 0)).toBe(9);
    expect(json.blockedByLines).toContainEqual({ limit: 400, blocked: 1 });
    expect(json.blockedByLines).toContainEqual({ limit: 100, blocked: 3 });
    expect(json.proposal).toEqual({ percentile: 90, maxLines: 500, maxFiles: 2, passed: 9 });
  });

  test('reads around changes whose contents a partial clone lacks, and says how many', async () => {
    const partial = createRepository(history);
    const lose = (name: string) => {
      const id = partial.git('rev-parse', name).trim();
      rmSync(join(partial.path, '.git', 'objects', id.slice(0, 2), id.slice(2)), { force: true });
    };
    // Two next to one another, and the newest.
    for (const file of ['f20.ts', 'f40.ts', 't2.ts']) lose(`main:src/${file}`);
    const { json, exitCode, steps } = await run(partial.path);
    expect(exitCode).toBe(0);
    expect(json).toMatchObject({ changes: 6, leftOut: { byDependencyBots: 1, empty: 0, unreadable: 3 } });
    expect(steps.at(-1)).toEqual([10, 10]);
    expect((await run(partial.path, { format: 'text' })).output).toContain('3 more could not be read');
    const capped = await run(partial.path, { commits: '2' });
    expect(capped.json).toMatchObject({ changes: 0, leftOut: { byDependencyBots: 1, unreadable: 1 } });
  });

  test('starts git no oftener for many changes, whatever evidence each of them takes', async () => {
    const bump = (version: number): Step => ({
      files: { 'package.json': `{"dependencies":{"react":"${version}"}}\n` },
    });
    const repository = createRepository([{ files: { 'README.md': 'x\n' } }, ...[1, 2, 3, 4, 5, 6].map(bump)]);
    const commands = async (commits: string) => {
      const git = watchGit();
      expect((await run(repository.path, { commits }, git.environment)).exitCode).toBe(0);
      expect(git.living()).toEqual([]);
      return git.commands().map((command) => command.split(' ')[0]);
    };
    const few = await commands('1');
    expect(few.filter((command) => command === 'cat-file')).toHaveLength(2);
    expect((await commands('6')).toSorted()).toEqual(few.toSorted());
  });

  test('proposes by percentile', async () => {
    expect((await run(path, { percentile: '50' })).json.proposal).toMatchObject({
      maxLines: 90,
      maxFiles: 1,
      passed: 5,
    });
  });

  test('proposes limits that together let enough pass', () => {
    // A tenth is above one limit of the ninetieth percentile, another tenth above the other.
    const past = Array.from({ length: 100 }, (_, index) => {
      return { effort: index >= 90 ? 900 : 50, files: index < 10 ? 40 : 2, assisted: false };
    });
    for (const at of [50, 85, 90, 95, 100]) expect(proposeLimits(past, at).passed).toBeGreaterThanOrEqual(at);
    expect(proposeLimits(past, 75)).toEqual({ maxLines: 50, maxFiles: 2, passed: 80 });
  });

  test('tells changes with marks of AI from others', async () => {
    const message = 'Add a parser\n\nIt is fast.\n:100644 x\n\nCo-authored-by: Claude <noreply@anthropic.com>\n';
    const repository = createRepository([
      { files: { 'README.md': 'x\n' } },
      { files: { 'src/a.ts': lines(10, 'a') }, message: 'By hand' },
      { files: { 'src/b.ts': lines(500, 'b') }, message },
      { files: { 'src/c.ts': lines(20, 'c') }, message: 'Claude likes this\n\ncommit by hand' },
    ]);
    const { json } = await run(repository.path);
    expect(json.byProvenance).toMatchObject([
      { assisted: true, changes: 1, effort: { 50: 500 }, blocked: 1 },
      { assisted: false, changes: 2, effort: { 50: 10, 90: 20 }, blocked: 0 },
    ]);
    const { output } = await run(repository.path, { format: 'text' });
    expect(output).toMatch(/marks seen +1 +500 +500 +1 +100\.0 %\n {2}none seen +2 +10 +20 +0 +0\.0 %/);
  });

  test('counts every step for whoever looks', async () => {
    const { steps } = await run(path);
    expect(steps).toHaveLength(10);
    expect(steps.at(-1)).toEqual([10, 10]);
  });

  test('reads no more commits than asked for, nor older ones', async () => {
    expect((await run(path, { commits: '3' })).json.changes).toBe(2);
    const { json, output } = await run(path, { since: '2999-01-01' });
    expect(json.changes).toBe(0);
    expect(output).toContain('"since": "2999-01-01"');
  });

  test('prints bars, what limits would have done, and lines to copy', async () => {
    const { output } = await run(path, { format: 'text' });
    expect(output).toMatch(/up to 100 +2 +22\.2 % +█+/);
    expect(output).toMatch(/max-lines +changes[\s\S]* 400 +1 +11\.1 % {2}<- now\n/);
    expect(output).toContain('Both limits together would have let 9 of these 9 pass (100.0 %).');
    expect(output).not.toContain('marks of AI');
    expect(output).toContain('size: { max-lines: 500, max-files: 2 }');
    for (const line of output.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  test('uses the configuration and attributes of the tip', async () => {
    const repository = createRepository([
      { files: { 'README.md': 'x\n' } },
      { files: { 'gen/a.ts': lines(900, 'a'), 'src/b.ts': lines(8, 'b') } },
      {
        files: {
          '.gitattributes': 'gen/** linguist-generated\n',
          '.github/composure.yml': 'size: { max-lines: 77, weights: { source: 2 } }\n',
        },
      },
    ]);
    const { json } = await run(repository.path);
    expect(json.inForce.maxLines).toBe(77);
    expect(json.largest[0]).toMatchObject({ effort: 16 });
    expect(json.blockedByLines).toContainEqual({ limit: 77, blocked: 0 });
  });

  test('reads names and contents that look like its own output', async () => {
    const sha = 'a'.repeat(40);
    const odd = { 'commit x': 'x\n', 'tab\tand "quote".ts': lines(3, 'q'), 'line\nbreak.ts': lines(4, 'l') };
    const repository = createRepository([
      { files: { 'README.md': 'x\n' } },
      {
        files: { ...odd, 'fake.ts': `commit ${sha}\ndiff --git a/x b/x\n:100644 100644\n1\t2\tx\n` },
        message: `commit ${sha}`,
      },
    ]);
    const { json } = await run(repository.path);
    expect(json).toMatchObject({ changes: 1, largest: [{ files: 4, effort: 12, subject: `commit ${sha}` }] });
  });

  test.each<[string, Partial<CalibrateOptions>, RegExp]>([
    ['a percentile that is none', { percentile: '0' }, /--percentile/],
    ['a number of commits that is none', { commits: 'many' }, /--commits/],
    ['a branch that is not there', { ref: 'nowhere' }, /no commit called "nowhere"/],
    ['a configuration that is not there', { config: '/nowhere.yml' }, /cannot be read/],
  ])('ends with 2 and a sentence for %s', async (_, options, words) => {
    const { exitCode, output, remarks } = await run(path, options);
    expect({ exitCode, output }).toEqual({ exitCode: 2, output: '' });
    expect(remarks).toEqual([expect.stringMatching(words)]);
  });

  test('ends with 2 where there is no repository', async () => {
    expect(await run(temporaryFolder())).toMatchObject({
      exitCode: 2,
      remarks: [expect.stringMatching(/not inside a git/)],
    });
  });
});

test('the bar is drawn once for each percent, and goes when all is done', () => {
  const written: string[] = [];
  const show = progressBar((text) => written.push(text));
  for (let done = 1; done <= 1_000; done++) show(done, 1_000);
  expect(written).toHaveLength(101);
  expect(written[50]).toContain('50 % of 1,000 commits');
  expect(written.at(-1)).toBe('\r\u001b[K');
});

test('proposes thresholds of the decision gate, by the changes without a record', async () => {
  const record = '# 1. Keep orders\n\n## Status\n\nAccepted\n';
  const { path: gated } = createRepository([
    { files: { 'README.md': 'x\n' }, message: 'Begin' },
    {
      files: { 'migrations/1.sql': 'CREATE TABLE orders (id INT);\n', 'docs/adr/0001-a.md': record },
      message: 'Orders',
    },
    { files: { 'migrations/2.sql': 'CREATE TABLE mails (id INT);\n' }, message: 'Mails' },
    ...['a', 'b', 'c'].map((name): Step => ({ files: { [`src/${name}.ts`]: 'run();\n' }, message: name })),
    { files: { 'package.json': '{"dependencies":{}}\n' }, message: 'Manifest' },
    { files: { 'package.json': '{"dependencies":{"pg":"8.0.0"}}\n' }, message: 'Database' },
  ]);
  const { json } = await run(gated, { alarmRate: '20' });
  expect(json.decisions).toMatchObject({
    changes: 7,
    alarmRate: 20,
    inForce: { withRecord: { changes: 1, demanded: 1 }, withoutRecord: { changes: 6, demanded: 3 } },
    proposal: { demoted: ['database-table', 'dependency-weighty'], withoutRecord: { changes: 6, demanded: 1 } },
  });
  const { output } = await run(gated, { alarmRate: '20', format: 'text' });
  expect(output).toContain('tiers: { database-table: nudge, dependency-weighty: nudge }');
  expect((await run(gated, { alarmRate: '0' })).exitCode).toBe(2);
});
