import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createPractice, objectionTo } from '../scripts/new-practice.ts';
import { definePractice, type Practice } from '../src/practices/define-practice.ts';
import { practices } from '../src/practices/index.ts';
import { findCatalogueProblems } from './support/catalogue.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

test('every practice has its file, test, page and row, and nothing is left over', () => {
  expect(practices.length).toBeGreaterThan(3);
  expect(findCatalogueProblems(ROOT, practices)).toEqual([]);
});

describe('the check of the catalogue', () => {
  const [first] = practices as [Practice, ...Practice[]];
  const broken = (overrides: Partial<Practice>): string[] => {
    return findCatalogueProblems(ROOT, [{ ...first, ...overrides }, ...practices.slice(1)]);
  };

  test.each<[string, Partial<Practice>, RegExp]>([
    ['a practice without files', { id: 'unheard-of' }, /there is no src\/practices\/unheard-of\.ts/],
    ['a practice without a test', { id: 'unheard-of' }, /there is no test\/practices\/unheard-of\.test\.ts/],
    ['a practice without a page', { id: 'unheard-of' }, /there is no docs\/practices\/unheard-of\.md/],
    ['a practice that the list does not import', { id: 'unheard-of' }, /index\.ts does not import it/],
    ['files of no practice', { id: 'unheard-of' }, new RegExp(`src/practices/${first.id}\\.ts belongs to no practice`)],
    ['a row that is out of date', { summary: 'Something else.' }, /README\.md does not have its row/],
    ['a page that says something else', { summary: 'Something else.' }, /page does not say its summary/],
    [
      'a code that the page does not list',
      { messages: { ...first.messages, 'new-code': { level: 'error', text: () => '' } } },
      /does not list the code new-code/,
    ],
    ['a code that is gone', { messages: {} }, /which is no code of it/],
    [
      'an option that the page does not list',
      { options: z.strictObject({ ...first.options.shape, more: z.int().default(1).describe('x') }) },
      /does not list the option more/,
    ],
    [
      'an option without a default',
      { options: z.strictObject({ more: z.int().describe('x') }) },
      /the option more has no default/,
    ],
    [
      'an option without a description',
      { options: z.strictObject({ more: z.int().default(1) }) },
      /the option more has no description/,
    ],
    [
      'an option within an option without a description',
      {
        options: z.strictObject({
          more: z
            .strictObject({ less: z.int().default(1) })
            .prefault({})
            .describe('x'),
        }),
      },
      /the option more\.less has no description/,
    ],
    [
      'an option in a list without a description',
      {
        options: z.strictObject({
          more: z
            .array(z.strictObject({ less: z.int() }))
            .default([])
            .describe('x'),
        }),
      },
      /the option more\.less has no description/,
    ],
    [
      'options that take anything',
      { options: z.looseObject({}) as unknown as Practice['options'] },
      /keys that it does not know/,
    ],
    [
      'a preset that does not fit',
      { presets: { ...first.presets, strict: { mode: 'block', 'max-lines': -1 } } },
      /the preset strict does not fit/,
    ],
    [
      'a preset without a mode',
      { presets: { ...first.presets, strict: { mode: 'sometimes' as 'off' } } },
      /the preset strict has no mode/,
    ],
  ])('sees %s', (_, overrides, words) => {
    expect(broken(overrides)).toEqual(expect.arrayContaining([expect.stringMatching(words)]));
  });

  test('sees a practice that stands twice', () => {
    expect(findCatalogueProblems(ROOT, [...practices, first])).toContain(`${first.id} stands twice in the list`);
  });

  test('knows what a practice is', () => {
    const plain = definePractice({
      id: 'plain',
      title: 'Plain',
      summary: 'x',
      options: z.strictObject({ one: z.int().default(1).describe('x') }),
      presets: { advisory: { mode: 'off' }, standard: { mode: 'off' }, strict: { mode: 'off' } },
      judgesDependencyBots: false,
      messages: {},
      evaluate: () => ({ summary: '', facts: {} }),
    });
    const known = findCatalogueProblems(ROOT, practices);
    const added = findCatalogueProblems(ROOT, [...practices, plain]).filter((problem) => !known.includes(problem));
    expect(added.length).toBeGreaterThan(3);
    expect(added.filter((problem) => !problem.startsWith('plain: '))).toEqual([]);
  });
});

describe('npm run practice:new', () => {
  let copy: string | undefined;
  afterEach(() => {
    if (copy) rmSync(copy, { recursive: true, force: true });
    copy = undefined;
  });

  function makeCopy(): string {
    const root = mkdtempSync(join(tmpdir(), 'composure-practice-'));
    copy = root;
    for (const path of ['src', 'scripts', 'test/practices', 'test/support', 'docs/practices']) {
      mkdirSync(join(root, path), { recursive: true });
      cpSync(join(ROOT, path), join(root, path), { recursive: true });
    }
    for (const path of ['README.md', 'package.json', 'biome.json', 'tsconfig.json', 'vitest.config.ts'])
      cpSync(join(ROOT, path), join(root, path));
    symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
    return root;
  }

  function run(root: string, ...args: string[]): { status: number; output: string } {
    try {
      const output = execFileSync(process.execPath, ['scripts/new-practice.ts', ...args], {
        cwd: root,
        encoding: 'utf8',
        stdio: 'pipe',
      });
      return { status: 0, output };
    } catch (error) {
      const { status, stderr } = error as { status: number; stderr: string };
      return { status, output: stderr };
    }
  }

  /** In a process of its own, because the practices of the copy are other modules than ours. */
  function problemsIn(root: string): string[] {
    const script = `
      const { practices } = await import('./src/practices/index.ts');
      const { findCatalogueProblems } = await import('./test/support/catalogue.ts');
      console.log(JSON.stringify(findCatalogueProblems(process.cwd(), practices)));`;
    return JSON.parse(
      execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: root, encoding: 'utf8' }),
    );
  }

  test('makes a practice that lacks nothing but its row in the README, and passes its own test', {
    timeout: 60_000,
  }, () => {
    const root = makeCopy();
    const before = problemsIn(root);
    const { status, output } = run(root, 'my-rule');
    expect(status).toBe(0);
    expect(output).toContain('src/practices/my-rule.ts');
    expect(output).toContain('docs:generate');
    expect(problemsIn(root).filter((problem) => !before.includes(problem))).toEqual([
      'my-rule: README.md does not have its row: npm run docs:generate',
    ]);
    const bin = (name: string) => join(ROOT, 'node_modules/.bin', name);
    const quiet = { cwd: root, encoding: 'utf8', stdio: 'pipe' } as const;
    const files = ['src/practices/my-rule.ts', 'src/practices/index.ts', 'test/practices/my-rule.test.ts'];
    execFileSync(bin('biome'), ['check', '--error-on-warnings', '--vcs-enabled=false', ...files], quiet);
    execFileSync(bin('vitest'), ['run', 'test/practices/my-rule.test.ts'], quiet);
    const tsconfig = { extends: './tsconfig.json', include: ['src/practices', 'test/practices/my-rule.test.ts'] };
    writeFileSync(join(root, 'tsconfig.new.json'), JSON.stringify(tsconfig));
    execFileSync(bin('tsc'), ['--noEmit', '-p', 'tsconfig.new.json'], quiet);
  });

  test('adds to the list again and again, in the order of the alphabet', () => {
    const root = makeCopy();
    for (const id of ['zebra', 'a-first', 'my-rule']) createPractice(id, root);
    const text = readFileSync(join(root, 'src/practices/index.ts'), 'utf8');
    const imported = [...text.matchAll(/from '\.\/(.*)\.ts'/g)].map((match) => match[1]!);
    expect(imported).toEqual(imported.toSorted());
    expect(text).toMatch(/zebra,\s*aFirst,\s*myRule,?\s*\];/);
  });

  test.each([
    ['My-Rule', /lower-case words/],
    ['my_rule', /lower-case words/],
    ['-rule', /lower-case words/],
    ['../evil', /lower-case words/],
    ['rule.ts', /lower-case words/],
    ['x'.repeat(41), /at most 40/],
    ['preset', /means something else/],
    ['index', /means something else/],
    ['delete', /means something else/],
    [practices[0]!.id, /There is src\/practices/],
  ])('refuses %s', (id, words) => expect(objectionTo(id, ROOT)).toMatch(words));

  test.each([[[]], [['']], [['one', 'two']], [['Bad']]])('ends with 2 and a sentence for %j', (args) => {
    const root = makeCopy();
    const { status, output } = run(root, ...args);
    expect(status).toBe(2);
    expect(output.trim().split('\n')).toHaveLength(1);
  });
});
