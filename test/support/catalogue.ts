import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { practiceRow } from '../../scripts/practices-table.ts';
import { PRESET_NAMES } from '../../src/config/presets.ts';
import type { Practice } from '../../src/practices/define-practice.ts';

/** What the folder of practices holds beside them. */
const OF_THE_HOUSE = new Set(['define-practice.ts', 'index.ts']);

/**
 * What is missing or left over around the practices of a checkout, in sentences: each has its file, test, page and
 * README row, options that explain themselves, and a page that lists the codes it really has.
 */
export function findCatalogueProblems(root: string, practices: readonly Practice[]): string[] {
  const ids = practices.map((practice) => practice.id);
  return [
    ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${id} stands twice in the list`),
    ...strayFiles(root, ids),
    ...practices.flatMap((practice) =>
      [...problemsOfFiles(root, practice), ...problemsOfOptions(practice), ...problemsOfPresets(practice)].map(
        (problem) => `${practice.id}: ${problem}`,
      ),
    ),
  ];
}

function strayFiles(root: string, ids: readonly string[]): string[] {
  const ours = ['src/practices', 'test/practices', 'docs/practices'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => ({ folder, name })),
  );
  return ours
    .filter(({ folder, name }) => !(folder === 'src/practices' && OF_THE_HOUSE.has(name)))
    .filter(
      ({ folder, name }) =>
        !(folder === 'test/practices' && existsSync(join(root, 'src/practices', name.replace('.test', '')))),
    )
    .filter(({ name }) => !ids.includes(name.replace(/(?:\.test)?\.(?:ts|md)$/, '')))
    .map(({ folder, name }) => `${folder}/${name} belongs to no practice`);
}

function problemsOfFiles(root: string, practice: Practice): string[] {
  const { id } = practice;
  const problems = [`src/practices/${id}.ts`, `test/practices/${id}.test.ts`, `docs/practices/${id}.md`]
    .filter((path) => !existsSync(join(root, path)))
    .map((path) => `there is no ${path}`);
  const catalogue = read(root, 'src/practices/index.ts');
  if (!catalogue.includes(`from './${id}.ts'`)) problems.push('src/practices/index.ts does not import it');
  if (!read(root, 'README.md').includes(`\n${practiceRow(practice)}\n`)) {
    problems.push('README.md does not have its row: npm run docs:generate');
  }
  const page = read(root, `docs/practices/${id}.md`);
  if (!page.includes(practice.summary)) problems.push('its page does not say its summary');
  problems.push(...compare('code', Object.keys(practice.messages), firstColumn(page, 'code')));
  problems.push(...compare('option', Object.keys(practice.options.shape), firstColumn(page, 'option')));
  return problems;
}

function compare(what: string, declared: readonly string[], documented: readonly string[]): string[] {
  return [
    ...declared.filter((one) => !documented.includes(one)).map((one) => `its page does not list the ${what} ${one}`),
    ...documented
      .filter((one) => !declared.includes(one))
      .map((one) => `its page lists ${one}, which is no ${what} of it`),
  ];
}

/** What stands in backticks in the first column of every table of the page whose first column has this title. */
function firstColumn(page: string, title: string): string[] {
  const tables = page.split(/\n(?!\|)/).filter((block) => block.includes('\n|') || block.startsWith('|'));
  const lines = tables.flatMap((table) => {
    const rows = table.split('\n').filter((line) => line.startsWith('|'));
    return rows[0]?.startsWith(`| ${title} |`) ? rows.slice(2) : [];
  });
  return lines.flatMap((line) => [...(line.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)].map((name) => name[1]!));
}

type Schema = { description?: string; default?: unknown; properties?: Record<string, Schema>; items?: Schema };

function problemsOfOptions({ options }: Practice): string[] {
  const problems = options.safeParse({}).success ? [] : ['its options need a value that has no default'];
  if (options.safeParse({ '~unknown': 1 }).success) problems.push('its options take keys that it does not know');
  const schema = z.toJSONSchema(options, { io: 'input', unrepresentable: 'any' }) as Schema;
  return [...problems, ...problemsOfSchema(schema, '', true)];
}

/** What stands in the entries of a list has no default: there is no entry without it. */
function problemsOfSchema(schema: Schema, path: string, needsDefault: boolean): string[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([key, option]) => {
    const name = `${path}${key}`;
    const problems = [];
    if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(key)) problems.push(`the option ${name} is not in kebab-case`);
    if (!option.description) problems.push(`the option ${name} has no description`);
    if (needsDefault && option.default === undefined) problems.push(`the option ${name} has no default`);
    return [...problems, ...problemsOfSchema(option, `${name}.`, needsDefault)];
  });
  return schema.items ? [...own, ...problemsOfSchema(schema.items, path, false)] : own;
}

function problemsOfPresets({ presets, options, messages }: Practice): string[] {
  const problems = Object.entries(messages)
    .filter(([code]) => !/^[a-z]+(?:-[a-z]+)*$/.test(code))
    .map(([code]) => `the code ${code} is not in kebab-case`);
  for (const name of PRESET_NAMES) {
    const { mode, ...values } = presets[name];
    if (!['block', 'warn', 'off'].includes(mode)) problems.push(`the preset ${name} has no mode`);
    const parsed = options.safeParse(values);
    if (!parsed.success) problems.push(`the preset ${name} does not fit its options: ${z.prettifyError(parsed.error)}`);
  }
  return problems;
}

function read(root: string, path: string): string {
  return existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : '';
}
