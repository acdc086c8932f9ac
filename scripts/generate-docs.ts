import { readFileSync, writeFileSync } from 'node:fs';
import { isMap } from '../src/config/merge.ts';
import { PRESET_NAMES, presetConfig } from '../src/config/presets.ts';
import { ACTS, type Act, DEFAULT_WAIVERS, RIGHTS, ROLES, type Role, WAIVING_ROLES } from '../src/model/rights.ts';
import type { Practice } from '../src/practices/define-practice.ts';
import { practices } from '../src/practices/index.ts';
import { practicesTable } from './practices-table.ts';

/** The parts of our pages that are made from the practices' own declarations. */
const GENERATED: readonly { page: string; part: string; write(practices: readonly Practice[]): string }[] = [
  { page: 'docs/configuration.md', part: 'presets', write: presetsTable },
  { page: 'README.md', part: 'practices', write: practicesTable },
  { page: 'docs/rights.md', part: 'rights', write: rightsTable },
];

/** Each generated page: its path in the repository, and what it says once its parts are written anew. */
export function generateDocs(): { page: string; before: string; after: string }[] {
  const pages = new Map<string, { before: string; after: string }>();
  for (const { page, part, write } of GENERATED) {
    const { before, after } = pages.get(page) ?? { before: read(page), after: read(page) };
    pages.set(page, { before, after: replacePart(after, part, write(practices)) });
  }
  return [...pages].map(([page, texts]) => ({ page, ...texts }));
}

/** Every setting of every practice, in the three presets; what differs from `standard` in bold. */
export function presetsTable(practices: readonly Practice[]): string {
  const policies = PRESET_NAMES.map((name) => presetConfig(name, practices).practices);
  const standard = PRESET_NAMES.indexOf('standard');
  const rows = practices.flatMap(({ id }) => {
    const settings = policies.map((policy) => settingsOf({ mode: policy[id]?.mode, ...policy[id]?.options }));
    const all = new Set(settings.flatMap((one) => [...one.keys()]));
    // A map that is empty in one preset only shows by the entries that the others have.
    const keys = [...all].filter((key) => ![...all].some((other) => other.startsWith(`${key}.`)));
    return keys.map((key) => {
      const cells = settings.map((one) => (one.has(key) ? cell(one.get(key)) : '–'));
      const shown = cells.map((text) => (text === cells[standard] ? text : `**${text}**`));
      return `| \`${id}\` | \`${key}\` | ${shown.join(' | ')} |`;
    });
  });
  return [`| practice | setting | ${PRESET_NAMES.join(' | ')} |`, '| --- | --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
}

/** A right, and whether the default configuration names the role. */
function rightOf(role: Role, act: Act): string {
  const named = act === 'waive' && DEFAULT_WAIVERS.some((name) => WAIVING_ROLES[name] === role);
  return named ? `${RIGHTS[role][act]} (by default)` : RIGHTS[role][act];
}

/** Every role by what it may do. */
export function rightsTable(): string {
  const rows = ROLES.map((role) => `| ${role} | ${ACTS.map((act) => rightOf(role, act)).join(' | ')} |`);
  return [`| role | ${ACTS.join(' | ')} |`, `| --- |${ACTS.map(() => ' --- |').join('')}`, ...rows].join('\n');
}

/** Settings by their dotted path: `weights.tests`. */
function settingsOf(options: Readonly<Record<string, unknown>>, above = ''): Map<string, unknown> {
  const settings = Object.entries(options).flatMap(([key, value]): [string, unknown][] => {
    const path = `${above}${key}`;
    return isMap(value) && Object.keys(value).length > 0 ? [...settingsOf(value, `${path}.`)] : [[path, value]];
  });
  return new Map(settings);
}

/** A value as it would be written in the file; a long list by its length, for the practice's page shows it. */
function cell(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (Array.isArray(value) && text.length > 60) return `${value.length} entries`;
  return `\`${text.replaceAll('|', '\\|')}\``;
}

function replacePart(page: string, part: string, text: string): string {
  const [start, end] = [`<!-- ${part}:start -->`, `<!-- ${part}:end -->`];
  const from = page.indexOf(start);
  const to = page.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`The page has no part between ${start} and ${end}`);
  return `${page.slice(0, from + start.length)}\n${text}\n${page.slice(to)}`;
}

function read(page: string): string {
  return readFileSync(new URL(`../${page}`, import.meta.url), 'utf8');
}

if (import.meta.main) {
  for (const { page, after } of generateDocs()) writeFileSync(new URL(`../${page}`, import.meta.url), after);
}
