import { describe, expect, test } from 'vitest';
import { evaluate } from '../../src/evaluate.ts';
import { gatherEvidence } from '../../src/gather.ts';
import { Evidence, type EvidenceEntry, type EvidenceRequest } from '../../src/model/evidence.ts';
import type { ChangedFile, PullRequest } from '../../src/model/pull-request.ts';
import type { Outcome } from '../../src/model/review.ts';
import { adr } from '../../src/practices/adr.ts';
import { addedLines, changedFile, pullRequest } from '../support/pull-request.ts';

/** A repository at its base, and at head where that differs; `null` is a file or folder that cannot be fetched. */
type Texts = Readonly<Record<string, string | null>>;

function answer(request: EvidenceRequest, base: Texts, head: Texts): EvidenceEntry {
  const unavailable = { state: 'unavailable' as const, cause: 'GitHub answered 502' };
  if (request.kind === 'file') {
    const text = (request.side === 'head' ? { ...base, ...head } : base)[request.path];
    if (text === null) return [request, unavailable];
    return [request, text === undefined ? { state: 'absent' } : { state: 'found', text }];
  }
  if (request.kind !== 'folder') throw new Error(`adr asked for ${request.kind}`);
  if (base[request.path] === null) return [request, unavailable];
  const names = Object.keys(base)
    .filter((path) => path.startsWith(`${request.path}/`))
    .map((path) => path.slice(request.path.length + 1));
  if (names.length === 0) return [request, { state: 'absent' }];
  return [request, { state: 'found', entries: names.map((name) => ({ name, kind: 'file' as const })) }];
}

async function judge(
  change: PullRequest,
  { base = {}, head = {}, options = {} }: Pick<Case, 'base' | 'head' | 'options'> = {},
) {
  const config = {
    preset: 'standard' as const,
    practices: { adr: { mode: 'block' as const, options: adr.options.parse(options) } },
  };
  const asked: EvidenceRequest[] = [];
  const none = async () => [];
  const evidence = await gatherEvidence(change, config, [adr], {
    async repository(requests) {
      asked.push(...requests);
      return requests.map((request) => answer(request, base, head));
    },
    packages: none,
    dependencyChanges: none,
    checklists: none,
  });
  const [outcome] = evaluate(change, evidence, config, [adr]).practices;
  return { ...outcome!, asked, codes: outcome!.findings.map((finding) => finding.code) };
}

const PROSE = `We keep orders in one table, because every report joins them, and a second store would have to be kept in step by
hand. We looked at a document store and at events; both would cost more than they bring while there is one team.`;
const nygard = (status: string, prose = PROSE) =>
  `# Keep orders in one table\n\n## Status\n\n${status}\n\n## Context\n\n${prose}\n`;
const record = (path: string, text = nygard('Proposed')) => changedFile(path, null, text);
const migration = addedLines('migrations/0001_orders.sql', 3);
const R12 = 'docs/adr/0012-orders.md';

interface Case {
  name: string;
  files: ChangedFile[];
  body?: string;
  base?: Texts;
  head?: Texts;
  options?: object;
  change?: Partial<PullRequest>;
  codes?: string[];
  outcome?: Outcome;
}

const cases: Case[] = [
  // Nothing asks.
  { name: 'nothing changed', files: [] },
  { name: 'an ordinary change', files: [addedLines('src/a.ts', 900)] },
  { name: 'a record alone', files: [record(R12)] },
  { name: 'a bad citation where nothing asks for one', files: [addedLines('src/a.ts', 1)], body: 'ADR-0099' },
  { name: 'a broken record where nothing asks for one', files: [record(R12, '')] },
  // Something asks, and nothing answers.
  { name: 'a migration without a record', files: [migration], codes: ['record-missing'] },
  {
    name: 'several triggers are one finding',
    files: [migration, addedLines('api/a.proto', 1)],
    codes: ['record-missing'],
  },
  {
    name: 'a configured path',
    files: [addedLines('src/db/pool.ts', 1)],
    options: { triggers: [{ paths: ['src/db/**'], because: 'the data model' }] },
    codes: ['record-missing'],
  },
  {
    name: 'a title that says ADR is no record',
    files: [migration],
    change: { title: 'ADR-0012: orders' },
    base: { [R12]: nygard('Accepted') },
    codes: ['record-missing'],
  },
  // A record in the change.
  { name: 'a record added', files: [migration, record(R12)] },
  { name: 'a record added in a folder below', files: [migration, record('docs/adr/orders/0001-a.md')] },
  { name: 'an unnumbered record with a status', files: [migration, record('docs/adr/orders.md')] },
  { name: 'a numbered record without a status', files: [migration, record(R12, PROSE)] },
  {
    name: 'an unnumbered page without a status is no record',
    files: [migration, record('docs/adr/orders.md', PROSE)],
    codes: ['record-incomplete', 'record-missing'],
  },
  {
    name: 'the folder may be another',
    files: [migration, record('decisions/0001-a.md')],
    options: { directory: 'decisions' },
  },
  {
    name: 'a record in another folder than the one in force',
    files: [migration, record('decisions/0001-a.md')],
    codes: ['record-missing'],
  },
  {
    name: 'an empty record',
    files: [migration, changedFile(R12, null, '')],
    codes: ['record-incomplete', 'record-missing'],
  },
  {
    name: 'a record of a few words',
    files: [migration, record(R12, nygard('Proposed', 'We use a table.'))],
    codes: ['record-incomplete', 'record-missing'],
  },
  {
    name: 'a template as it came',
    files: [
      migration,
      record(
        R12,
        "# 12. Title\n\n## Status\n\nWhat is the status, such as proposed, accepted, rejected, deprecated, superseded, etc.?\n\n## Context\n\nWhat is the issue that we're seeing that is motivating this decision or change?\n\n## Decision\n\nWhat is the change that we're proposing and/or doing?\n\n## Consequences\n\nWhat becomes easier or more difficult to do because of this change?\n",
      ),
    ],
    codes: ['record-incomplete', 'record-missing'],
  },
  {
    name: 'a record that rejects',
    files: [migration, record(R12, nygard('Rejected'))],
    codes: ['record-incomplete', 'record-missing'],
  },
  {
    name: 'one good record among bad ones is enough',
    files: [migration, record('docs/adr/0011-a.md', ''), record(R12)],
  },
  {
    name: 'the page that lists the records is none',
    files: [migration, record('docs/adr/README.md')],
    codes: ['record-missing'],
  },
  {
    name: 'a deleted record',
    files: [migration, changedFile(R12, nygard('Accepted'), null)],
    codes: ['record-missing'],
  },
  {
    name: 'a moved record',
    files: [migration, changedFile(R12, '', '', { status: 'renamed', previousPath: 'docs/adr/0011-orders.md' })],
    codes: ['record-missing'],
  },
  {
    name: 'an amended record',
    files: [migration, changedFile(R12, nygard('Accepted'), `${nygard('Accepted')}\nAmended.\n`)],
    head: { [R12]: `${nygard('Accepted')}\nAmended.\n` },
  },
  {
    name: 'a proposed record accepted by this change',
    files: [migration, changedFile(R12, nygard('Proposed'), nygard('Accepted'))],
    head: { [R12]: nygard('Accepted') },
  },
  {
    name: 'an amended record that says nothing',
    files: [migration, changedFile(R12, '# T\n', '# Title\n')],
    head: { [R12]: '# Title\n' },
    codes: ['record-incomplete', 'record-missing'],
  },
  {
    name: 'a record of which only blanks changed',
    files: [migration, changedFile(R12, 'a\n', 'a\n\n')],
    head: { [R12]: nygard('Accepted') },
    codes: ['record-missing'],
  },
  {
    name: 'a record whose text cannot be had',
    files: [migration, changedFile(R12, 'a\n', 'b\n')],
    head: { [R12]: null },
    outcome: 'undetermined',
  },
  {
    name: 'a record whose patch is missing is fetched',
    files: [migration, record(R12, '')].map((file) =>
      file.path === R12 ? { ...file, patch: 'missing' as const, hunks: [] } : file,
    ),
    head: { [R12]: nygard('Proposed') },
  },
  // A citation.
  {
    name: 'an accepted record cited by number',
    files: [migration],
    body: 'As ADR-0012 says.',
    base: { [R12]: nygard('Accepted') },
  },
  { name: 'cited by path', files: [migration], body: `See ${R12}.`, base: { [R12]: nygard('Accepted') } },
  {
    name: 'cited by a link to our pages',
    files: [migration],
    body: `https://github.com/acme/widgets/blob/main/${R12}`,
    base: { [R12]: nygard('Accepted') },
  },
  {
    name: 'accepted in front matter',
    files: [migration],
    body: 'ADR 12',
    base: { [R12]: '---\nstatus: accepted\n---\n# T\n' },
  },
  {
    name: 'a number that is not there',
    files: [migration],
    body: 'ADR-0099',
    base: { [R12]: nygard('Accepted') },
    codes: ['citation-unknown', 'record-missing'],
  },
  {
    name: 'a path that is not there',
    files: [migration],
    body: 'docs/adr/0099-x.md',
    base: { [R12]: nygard('Accepted') },
    codes: ['citation-unknown', 'record-missing'],
  },
  {
    name: 'a number where there are no records at all',
    files: [migration],
    body: 'ADR-1',
    codes: ['citation-unknown', 'record-missing'],
  },
  {
    name: 'a proposed record',
    files: [migration],
    body: 'ADR-12',
    base: { [R12]: nygard('Proposed') },
    codes: ['citation-not-accepted', 'record-missing'],
  },
  {
    name: 'a superseded record',
    files: [migration],
    body: 'ADR-12',
    base: { [R12]: nygard('Accepted\n\nSuperseded by ADR-13') },
    codes: ['citation-not-accepted', 'record-missing'],
  },
  {
    name: 'a record without a status',
    files: [migration],
    body: 'ADR-12',
    base: { [R12]: PROSE },
    codes: ['citation-not-accepted', 'record-missing'],
  },
  {
    name: 'a record that this very change removes',
    files: [migration, changedFile(R12, nygard('Accepted'), null)],
    body: 'ADR-12',
    base: { [R12]: nygard('Accepted') },
    codes: ['citation-not-accepted', 'record-missing'],
  },
  {
    name: 'an accepted record that stands only at head',
    files: [migration],
    body: 'ADR-12',
    head: { [R12]: nygard('Accepted') },
    codes: ['citation-unknown', 'record-missing'],
  },
  {
    name: 'one that holds among others that do not',
    files: [migration],
    body: 'ADR-12, ADR-13, ADR-99',
    base: { [R12]: nygard('Accepted'), 'docs/adr/0013-x.md': nygard('Proposed') },
    codes: ['citation-unknown', 'citation-not-accepted'],
    outcome: 'pass',
  },
  {
    name: 'two records of one number, one of them accepted',
    files: [migration],
    body: 'ADR-12',
    base: { 'docs/adr/0012-a.md': nygard('Rejected'), [R12]: nygard('Accepted') },
  },
  {
    name: 'the record that the change brings along, cited too',
    files: [migration, record(R12)],
    body: `ADR-12, ${R12}`,
  },
  {
    name: 'a citation in a comment of the template',
    files: [migration],
    body: '<!-- ADR-12 -->',
    base: { [R12]: nygard('Accepted') },
    codes: ['record-missing'],
  },
  {
    name: 'the folder cannot be listed, and a number is cited',
    files: [migration],
    body: 'ADR-12',
    base: { 'docs/adr': null },
    outcome: 'undetermined',
  },
  {
    name: 'the folder cannot be listed, and nothing is cited',
    files: [migration],
    base: { 'docs/adr': null },
    codes: ['record-missing'],
  },
  {
    name: 'the cited record cannot be read',
    files: [migration],
    body: R12,
    base: { [R12]: null },
    outcome: 'undetermined',
  },
  // Files that are not listed.
  {
    name: 'a trigger may be among them',
    files: [addedLines('src/a.ts', 1)],
    change: { filesComplete: false, totals: { files: 3_001, additions: 1, deletions: 0 } },
    outcome: 'undetermined',
  },
  {
    name: 'a record may be among them',
    files: [migration],
    change: { filesComplete: false, totals: { files: 3_001, additions: 1, deletions: 0 } },
    outcome: 'undetermined',
  },
  {
    name: 'a record is among those that are known',
    files: [migration, record(R12)],
    change: { filesComplete: false, totals: { files: 3_001, additions: 1, deletions: 0 } },
  },
];

describe('a change', () => {
  test.each(cases)('$name', async ({ files, body, base, head, options, change, codes = [], outcome }) => {
    const result = await judge(pullRequest({ files, body: body ?? '', ...change }), { base, head, options });
    expect(result.codes).toEqual(codes);
    expect(result.outcome).toBe(outcome ?? (codes.length === 0 ? 'pass' : 'violation'));
    expect(result.missing.length > 0).toBe(outcome === 'undetermined');
  });
});

describe('facts', () => {
  test('every trigger, whether or not a record satisfies it, and every record that came up', async () => {
    const files = [migration, addedLines('api/a.proto', 1), record(R12)];
    const { facts } = await judge(pullRequest({ files, body: 'ADR-3' }), {
      base: { 'docs/adr/0003-a.md': nygard('Proposed') },
    });
    expect(facts).toEqual({
      triggers: [
        {
          trigger: 'database-migration',
          tier: 'block',
          score: 1,
          path: migration.path,
          line: 1,
          because: 'the database schema',
        },
        {
          trigger: 'interface-protobuf',
          tier: 'block',
          score: 1,
          path: 'api/a.proto',
          line: 1,
          because: expect.any(String),
        },
      ],
      records: [
        { path: R12, via: 'added', number: 12, status: 'proposed', satisfies: true },
        { path: 'docs/adr/0003-a.md', via: 'cited', number: 3, status: 'proposed', satisfies: false },
      ],
    });
  });

  test('are there where nothing was touched', async () => {
    expect((await judge(pullRequest({ files: [] }))).facts).toEqual({ triggers: [], records: [] });
  });
});

describe('it asks for', () => {
  test('nothing where nothing triggers', async () => {
    expect((await judge(pullRequest({ files: [addedLines('a.ts', 1)], body: 'ADR-1' }))).asked).toEqual([]);
  });

  test('nothing where the change brings its record along', async () => {
    expect((await judge(pullRequest({ files: [migration, record(R12)] }))).asked).toEqual([]);
  });

  test('the folder, and then the record that was cited', async () => {
    const { asked } = await judge(pullRequest({ files: [migration], body: 'ADR-12' }), {
      base: { [R12]: nygard('Accepted') },
    });
    expect(asked).toEqual([
      { kind: 'folder', path: 'docs/adr', side: 'base' },
      { kind: 'file', path: R12, side: 'base' },
    ]);
  });
});

describe('messages', () => {
  const missing = async (change: Partial<PullRequest>, base: Texts = {}) => {
    const { findings } = await judge(pullRequest({ files: [migration], ...change }), { base });
    return findings.find((finding) => finding.code === 'record-missing')!;
  };

  test('say which file, why, who can act, and exactly what to add', async () => {
    const finding = await missing({ title: 'Add the Orders table!' }, { [R12]: nygard('Accepted') });
    expect(finding).toMatchObject({ path: migration.path, line: 1, level: 'error' });
    expect(finding.message).toContain('migrations/0001_orders.sql touches the database schema');
    expect(finding.message).toContain('The author can add docs/adr/0013-add-the-orders-table.md');
    expect(finding.message).not.toMatch(/waive/i);
  });

  test.each([
    ['the first number where there are no records', 'Orders', {}, 'docs/adr/0001-orders.md'],
    ['a number in three digits where they have three', 'Orders', { 'docs/adr/009-a.md': '' }, 'docs/adr/010-orders.md'],
    ['no number where the folder cannot be listed', 'Orders', { 'docs/adr': null }, 'docs/adr/NNNN-orders.md'],
    ['letters with their marks off', 'Überprüfe Bestellungen', {}, 'docs/adr/0001-uberprufe-bestellungen.md'],
    ['a plain name for a title without letters', '../../<script>\u202e', {}, 'docs/adr/0001-script.md'],
    ['a plain name for a title of nothing', '注文', {}, 'docs/adr/0001-decision.md'],
    [
      'a short name for a long title',
      'word '.repeat(2_000),
      {},
      `docs/adr/0001-${Array(10).fill('word').join('-')}.md`,
    ],
  ])('suggest %s', async (_, title, base, path) => {
    expect((await missing({ title }, base)).message).toContain(`add ${path}:`);
  });

  test('name the other files, as many as one can read', async () => {
    const files = [migration, ...Array.from({ length: 9 }, (_, index) => addedLines(`api/${index}.proto`, 1))];
    expect((await missing({ files })).message).toContain('api/0.proto, api/1.proto, api/2.proto and 6 more');
  });

  test('say what is wrong with a record', async () => {
    const { findings } = await judge(pullRequest({ files: [migration, record(R12, '# T\n')] }));
    expect(findings[0]).toMatchObject({ code: 'record-incomplete', path: R12 });
    expect(findings[0]!.message).toContain('0 words');
  });
});

test.each([
  '/docs/adr',
  'docs/adr/',
  '../adr',
  './adr',
  '',
  '.',
  'docs\\adr',
])('a directory of %j is refused', (directory) => {
  expect(adr.options.safeParse({ directory }).success).toBe(false);
});

test('a trigger without paths or reason is refused', () => {
  for (const trigger of [
    { paths: [], because: 'x' },
    { paths: ['a'] },
    { because: 'x' },
    { paths: ['a'], because: '' },
  ]) {
    expect(adr.options.safeParse({ triggers: [trigger] }).success).toBe(false);
  }
});

test('a hostile body and title never throw', () => {
  const change = pullRequest({
    files: [migration],
    body: '@everyone --> </details> ADR-'.repeat(500),
    title: '\0\u202e`|',
  });
  expect(() => adr.evaluate(change, adr.options.parse({}), new Evidence())).not.toThrow();
});
