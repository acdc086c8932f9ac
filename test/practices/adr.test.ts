import { describe, expect, test } from 'vitest';
import { CONFIG_PATH } from '../../src/config/config.ts';
import { resolveConfig } from '../../src/config/resolve.ts';
import { evaluate } from '../../src/evaluate.ts';
import { gatherEvidence } from '../../src/gather.ts';
import { contentOf } from '../../src/model/content.ts';
import { Evidence, type EvidenceEntry, type EvidenceRequest } from '../../src/model/evidence.ts';
import type { ChangedFile, PullRequest, Tick } from '../../src/model/pull-request.ts';
import type { Outcome } from '../../src/model/review.ts';
import { adr } from '../../src/practices/adr.ts';
import { account, addedLines, changedFile, commit, pullRequest } from '../support/pull-request.ts';

/** A repository at its base, and at head where that differs; `null` is a file or folder that cannot be fetched. */
type Texts = Readonly<Record<string, string | null>>;

type OthersOpen = { number: number; added: string[] }[];

function answer(request: EvidenceRequest, base: Texts, head: Texts, open: OthersOpen): EvidenceEntry {
  const unavailable = { state: 'unavailable' as const, cause: 'GitHub answered 502' };
  if (request.kind === 'file') {
    const text = (request.side === 'head' ? { ...base, ...head } : base)[request.path];
    if (text === null) return [request, unavailable];
    return [request, text === undefined ? { state: 'absent' } : { state: 'found', text }];
  }
  if (request.kind === 'open-pull-requests') {
    const pullRequests = open.filter(({ added }) => added.some((path) => path.startsWith(`${request.under}/`)));
    return [request, { state: 'found', pullRequests, complete: true }];
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
  {
    base = {},
    head = {},
    open = [],
    options = {},
    paths,
  }: Pick<Case, 'base' | 'head' | 'open' | 'options' | 'paths'> = {},
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
      return requests.map((request) => answer(request, base, head, open));
    },
    async openPullRequests(requests) {
      asked.push(...requests);
      return requests.map((request) => answer(request, base, head, open));
    },
    ...(paths && { commitPaths: async () => ({ state: 'found' as const, paths }) }),
    packages: none,
    dependencyChanges: none,
    checklists: none,
  });
  const [outcome] = evaluate(change, evidence, config, [adr]).practices;
  return { ...outcome!, asked, codes: outcome!.findings.map((finding) => finding.code) };
}

const PROSE = `We keep orders in one table, because every report joins them, and a second store would have to be kept in step by
hand. We looked at a document store and at events; both would cost more than they bring while there is one team.`;
const nygard = (status: string, prose = PROSE, head = '') =>
  `# Keep orders in one table\n${head}\n## Status\n\n${status}\n\n## Context\n\n${prose}\n\n## Decision\n\nWe will keep all orders in one table of the main database.\n\n## Alternatives\n\nA document store, and a log of events: both need people whom we do not have.\n\n## Consequences\n\nReports stay simple, and the table will have to be split one day.\n`;
const record = (path: string, text = nygard('Proposed')) => changedFile(path, null, text);
const migration = changedFile('migrations/0001_orders.sql', null, 'CREATE TABLE orders (\n  id INT PRIMARY KEY\n);\n');
const R12 = 'docs/adr/0012-orders.md';
const AMENDED = `${nygard('Accepted')}\n## Amendment 2026-11-20\n\nArchived orders go to a table of their own.\n`;

const byAgent = commit({ trailers: [{ key: 'Co-Authored-By', value: 'Claude <noreply@anthropic.com>' }] });

/** The box of the record, ticked by somebody with write access. */
function answered(login: string): Tick {
  const where = { commit: 'f'.repeat(40), content: contentOf([record(R12)]), command: null };
  return {
    item: 'decision-record/0012-orders',
    by: account(login),
    permission: 'write',
    at: '2026-11-20T10:00:00Z',
    ...where,
  };
}

interface Case {
  name: string;
  /** Which paths each commit touches, where somebody knows. */
  paths?: Readonly<Record<string, readonly string[]>>;
  files: ChangedFile[];
  body?: string;
  base?: Texts;
  head?: Texts;
  open?: OthersOpen;
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
  {
    name: 'a numbered record without a status',
    files: [migration, record(R12, nygard('').replace('## Status\n\n', ''))],
    codes: ['record-status-unknown', 'record-missing'],
  },
  {
    name: 'an unnumbered page without a status is no record',
    files: [migration, record('docs/adr/orders.md', PROSE)],
    codes: ['record-incomplete', 'record-missing'],
  },
  { name: 'another of the usual folders', files: [migration, record('docs/decisions/0001-a.md')] },
  { name: "a package's own folder", files: [migration, record('packages/orders/docs/adr/0001-a.md')] },
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
    codes: ['record-incomplete', 'record-status-unknown', ...Array(4).fill('record-incomplete'), 'record-missing'],
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
    codes: [
      'record-untouched-template',
      'record-incomplete',
      'record-status-unknown',
      ...Array(3).fill('record-untouched-template'),
      'record-missing',
    ],
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
    files: [migration, changedFile(R12, nygard('Accepted'), AMENDED)],
    base: { [R12]: nygard('Accepted') },
    head: { [R12]: AMENDED },
  },
  {
    name: 'an accepted record rewritten',
    files: [migration, changedFile(R12, nygard('Accepted'), nygard('Accepted').replace('one table', 'two tables'))],
    base: { [R12]: nygard('Accepted') },
    head: { [R12]: nygard('Accepted').replace('all orders in one table', 'all orders in two tables') },
    codes: ['record-rewritten'],
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
    codes: [
      'record-untouched-template',
      'record-status-unknown',
      ...Array(4).fill('record-incomplete'),
      'record-missing',
    ],
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
  // What a record says it affects.
  {
    name: 'a cited record about something else',
    files: [migration],
    body: 'ADR-12',
    base: { [R12]: nygard('Accepted', PROSE, 'Affects: src/mail/**') },
    codes: ['citation-out-of-scope', 'record-missing'],
  },
  {
    name: 'a cited record about these files',
    files: [migration],
    body: 'ADR-12',
    base: { [R12]: nygard('Accepted', PROSE, 'Affects: src/mail/**, migrations/**') },
    codes: ['decision-governs'],
    outcome: 'pass',
  },
  {
    name: 'a new record that leaves one of the files out',
    files: [migration, addedLines('api/a.proto', 1), record(R12, nygard('Proposed', PROSE, 'Affects: migrations/'))],
    codes: ['citation-out-of-scope', 'record-missing'],
  },
  // Numbers.
  {
    name: 'a number that the base has',
    files: [migration, record(R12)],
    base: { 'docs/adr/0012-other.md': nygard('Accepted') },
    codes: ['record-number-taken'],
  },
  {
    name: 'a number that another open pull request takes',
    files: [record(R12)],
    open: [{ number: 9, added: ['docs/adr/0012-other.md'] }],
    codes: ['record-number-taken'],
  },
  {
    name: 'another number in another open pull request',
    files: [migration, record(R12)],
    open: [{ number: 9, added: ['docs/adr/0013-other.md'] }],
  },
  {
    name: 'a number of another scheme',
    files: [migration, record(R12)],
    options: { numbering: 'pull-request' },
    codes: ['record-number-taken'],
  },
  {
    name: 'the number of the pull request',
    files: [migration, record('docs/adr/0007-a.md')],
    options: { numbering: 'pull-request' },
  },
  // Links.
  {
    name: 'a record that supersedes one that is not there',
    files: [migration, record(R12, nygard('Accepted\n\nSupersedes ADR-3'))],
    codes: ['record-link-broken'],
  },
  {
    name: 'a record that supersedes one that does not know',
    files: [migration, record(R12, nygard('Accepted\n\nSupersedes ADR-3'))],
    base: { 'docs/adr/0003-a.md': nygard('Accepted') },
    codes: ['record-link-broken'],
  },
  {
    name: 'a proposal to supersede',
    files: [migration, record(R12, nygard('Proposed\n\nSupersedes ADR-3'))],
    base: { 'docs/adr/0003-a.md': nygard('Accepted') },
  },
  {
    name: 'a record that supersedes one, both ways',
    files: [
      migration,
      record(R12, nygard('Accepted\n\nSupersedes [3](0003-a.md)')),
      changedFile('docs/adr/0003-a.md', nygard('Accepted'), nygard('Superseded by [12](0012-orders.md)')),
    ],
    base: { 'docs/adr/0003-a.md': nygard('Accepted') },
    head: { 'docs/adr/0003-a.md': nygard('Superseded by [12](0012-orders.md)') },
  },
  // Decisions that govern what changes.
  {
    name: 'an accepted record about the changed file',
    files: [addedLines('src/mail/send.ts', 1)],
    base: { [R12]: nygard('Accepted', PROSE, 'Affects: src/mail/**') },
    codes: ['decision-governs'],
    outcome: 'pass',
  },
  {
    name: 'a superseded record that links to the changed file',
    files: [addedLines('src/mail/send.ts', 1)],
    base: {
      [R12]: nygard(
        'Superseded by ADR-13',
        'See [the sender](../../src/mail/send.ts) for what this came to in the end.',
      ),
      'docs/adr/0013-b.md': nygard('Accepted\n\nSupersedes ADR-12'),
    },
    codes: ['decision-superseded'],
    outcome: 'pass',
  },
  {
    name: 'a proposed record governs nothing',
    files: [addedLines('src/mail/send.ts', 1)],
    base: { [R12]: nygard('Proposed', PROSE, 'Affects: src/mail/**') },
  },
  {
    name: 'governing decisions not wanted',
    files: [addedLines('src/mail/send.ts', 1)],
    base: { [R12]: nygard('Accepted', PROSE, 'Affects: src/mail/**') },
    options: { 'show-governing': false },
  },
  // A nudge never blocks.
  {
    name: 'several small signs',
    files: [
      changedFile(
        'src/lock.ts',
        'export const a = 1;\n',
        'export const a = new Mutex();\nlocalStorage.setItem("a", "b");\n',
      ),
    ],
    codes: ['nudge'],
    outcome: 'pass',
  },
  {
    name: 'several small signs, and a record',
    files: [
      changedFile(
        'src/lock.ts',
        'export const a = 1;\n',
        'export const a = new Mutex();\nlocalStorage.setItem("a", "b");\n',
      ),
      record(R12),
    ],
  },
  // Who stands behind it.
  {
    name: 'a record by an agent alone',
    files: [migration, record(R12)],
    change: { commits: [byAgent] },
    codes: ['record-needs-human'],
  },
  {
    name: 'a record by an agent and a person',
    files: [migration, record(R12)],
    change: { commits: [byAgent, commit()] },
  },
  {
    name: 'a record by an agent that names who decided',
    files: [migration, record(R12, nygard('Proposed', PROSE, 'Deciders: Ada Lovelace'))],
    change: { commits: [byAgent] },
  },
  {
    name: 'a record by an agent that names an agent',
    files: [migration, record(R12, nygard('Proposed', PROSE, 'Deciders: Claude'))],
    change: { commits: [byAgent] },
    codes: ['record-needs-human'],
  },
  {
    name: 'a record by an agent that somebody approved',
    files: [migration, record(R12)],
    change: {
      commits: [byAgent],
      reviews: [
        {
          ...{ id: 1, author: account('carol'), mayWrite: true, state: 'approved' as const },
          ...{ commit: 'f'.repeat(40), submittedAt: null, body: '' },
        },
      ],
    },
  },
  {
    name: 'a record by an agent that a reviewer answers for',
    files: [migration, record(R12)],
    change: { commits: [byAgent], ticks: [answered('bob')] },
  },
  {
    name: 'a record by an agent that its author answers for',
    files: [migration, record(R12)],
    change: { commits: [byAgent], ticks: [answered('alice')] },
    codes: ['record-needs-human'],
  },
  {
    name: 'a record by an agent that a bot answers for',
    files: [migration, record(R12)],
    change: { commits: [byAgent], ticks: [{ ...answered('x[bot]'), by: account('x[bot]', { kind: 'bot' }) }] },
    codes: ['record-needs-human'],
  },
  {
    name: 'a record by an agent that somebody without write access answers for',
    files: [migration, record(R12)],
    change: { commits: [byAgent], ticks: [{ ...answered('bob'), permission: 'read' }] },
    codes: ['record-needs-human'],
  },
  {
    name: 'a record by an agent that changed since somebody answered for it',
    files: [migration, record(R12)],
    change: { commits: [byAgent], ticks: [{ ...answered('bob'), content: contentOf([record(R12, nygard('Draft'))]) }] },
    codes: ['record-needs-human'],
  },
  {
    name: 'a record by an agent in a change that a person wrote',
    files: [migration, record(R12)],
    change: { commits: [{ ...byAgent, sha: 'a'.repeat(40) }, commit({ sha: 'b'.repeat(40) })] },
    paths: { ['a'.repeat(40)]: [R12], ['b'.repeat(40)]: ['migrations/0001_orders.sql'] },
    codes: ['record-needs-human'],
  },
  {
    name: 'a record by an agent where that is fine',
    files: [migration, record(R12)],
    change: { commits: [byAgent] },
    options: { 'agent-records': 'anyone' },
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
  test.each(cases)('$name', async ({ files, body, base, head, open, options, paths, change, codes = [], outcome }) => {
    const result = await judge(pullRequest({ files, body: body ?? '', ...change }), {
      base,
      head,
      open,
      options,
      paths,
    });
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
          trigger: 'database-table',
          tier: 'block',
          score: 5,
          path: migration.path,
          line: 1,
          because: 'the database schema: a new table',
        },
        {
          trigger: 'interface-protobuf',
          tier: 'block',
          score: 5,
          path: 'api/a.proto',
          line: 1,
          because: expect.any(String),
        },
      ],
      score: 10,
      signals: [],
      governing: [],
      records: [
        { path: R12, via: 'added', number: 12, status: 'proposed', satisfies: true },
        { path: 'docs/adr/0003-a.md', via: 'cited', number: 3, status: 'proposed', satisfies: false },
      ],
    });
  });

  test('are there where nothing was touched', async () => {
    expect((await judge(pullRequest({ files: [] }))).facts).toEqual({
      ...{ triggers: [], signals: [], score: 0, records: [], governing: [] },
    });
  });
});

describe('the log of a package', () => {
  test('names the successor of one of its records by its own number', async () => {
    const ours = nygard('Superseded by ADR-2', PROSE, 'Affects: packages/mail/src/**');
    const base = {
      'docs/adr/0002-all.md': nygard('Accepted'),
      'packages/mail/docs/adr/0001-mail.md': ours,
      'packages/mail/docs/adr/0002-queue.md': nygard('Accepted\n\nSupersedes ADR-1'),
    };
    const files = [addedLines('packages/mail/src/a.ts', 1), record('packages/mail/docs/adr/0003-next.md')];
    const { facts } = await judge(pullRequest({ files }), { base });
    expect(facts.governing).toMatchObject([{ successor: 'packages/mail/docs/adr/0002-queue.md' }]);
  });

  const home = 'packages/mail/docs/adr';
  const base = { 'docs/adr/0001-all.md': nygard('Accepted'), [`${home}/0001-mail.md`]: nygard('Accepted') };
  const ended = nygard('Superseded by [2](0002-queue.md)');
  const superseded = changedFile(`${home}/0001-mail.md`, nygard('Accepted'), ended);

  test.each([
    ['by a link', 'Accepted\n\nSupersedes [1](0001-mail.md)'],
    ['by a bare number, which is one of its own', 'Accepted\n\nSupersedes ADR-1'],
  ])('may supersede one of its records %s, where that says so, too', async (_, status) => {
    const files = [record(`${home}/0002-queue.md`, nygard(status)), superseded];
    const both = await judge(pullRequest({ files }), { base, head: { [superseded.path]: ended } });
    expect(both.codes).not.toContain('record-link-broken');
    const later = { ...base, [superseded.path]: ended, [`${home}/0002-queue.md`]: nygard(status) };
    const amended = changedFile(
      `${home}/0002-queue.md`,
      nygard(status),
      `${nygard(status)}\n## Amendment 2026-11-20\n\nA.\n`,
    );
    expect((await judge(pullRequest({ files: [amended] }), { base: later })).codes).toEqual([]);
    const { findings } = await judge(pullRequest({ files: files.slice(0, 1) }), { base });
    expect(findings.find(({ code }) => code === 'record-link-broken')?.message).toContain('0001-mail.md');
  });
});

describe('contributions', () => {
  const edge = changedFile('src/orders.ts', 'a();\n', 'const lock = new Mutex();\n');

  test('are shown with their points where they demand a record', async () => {
    const { details } = await judge(pullRequest({ files: [migration, edge] }));
    expect(details?.title).toBe('What asks for a decision record: 6.8 points; 5 demand one');
    expect(details?.rows.map((row) => row.slice(2))).toEqual([
      ['database-table', 5],
      ['concurrency', 1.8],
    ]);
  });

  test('are shown where they stay below every threshold, and ask for nothing', async () => {
    const { details, findings, facts } = await judge(pullRequest({ files: [edge] }));
    expect(details?.title).toBe('What was seen of the architecture: 1.8 points, too few to ask; 2.5 nudge');
    expect(details?.rows.map((row) => row.slice(2))).toEqual([['concurrency', 1.8]]);
    expect(findings).toEqual([]);
    expect(facts.triggers).toEqual([]);
  });

  test('are called what they are where they nudge', async () => {
    const { details } = await judge(pullRequest({ files: [edge] }), { options: { 'nudge-at': 1 } });
    expect(details?.title).toBe('What may touch the architecture: 1.8 points; 5 demand a record');
  });

  test('are no table where there are none', async () => {
    expect((await judge(pullRequest({ files: [addedLines('src/a.ts', 1)] }))).details).toBeUndefined();
  });
});

describe('a dropped column', () => {
  const dropped = changedFile('migrations/0002.sql', null, 'ALTER TABLE orders DROP COLUMN note;\n');

  test.each([
    ['standard', undefined, 'pass', ['nudge']],
    ['strict', undefined, 'violation', ['record-missing']],
    ['strict', { tiers: { 'database-table': 'nudge' } }, 'violation', ['record-missing']],
    ['strict', { tiers: { 'database-column-lost': 'nudge' } }, 'pass', ['nudge']],
  ])('with the preset %s and %j', async (preset, own, outcome, codes) => {
    const text = JSON.stringify({ preset, ...(own && { adr: own }) });
    const resolved = resolveConfig([{ source: 'repository', path: CONFIG_PATH, text }], [adr]);
    if (!resolved.ok) throw new Error(resolved.problems[0]?.message);
    const judged = await judge(pullRequest({ files: [dropped] }), {
      options: resolved.config.practices.adr?.options ?? {},
    });
    expect(judged).toMatchObject({ outcome, codes });
  });
});

describe('it asks for', () => {
  test('nothing where nothing changed, and no other pull requests where no record is added', async () => {
    expect((await judge(pullRequest({ files: [], body: 'ADR-1' }))).asked).toEqual([]);
    const { asked } = await judge(pullRequest({ files: [migration], body: 'ADR-1' }));
    expect(asked.map(({ kind }) => kind)).not.toContain('open-pull-requests');
  });

  test('the folders of the log in one round, then the records in it', async () => {
    const { asked } = await judge(pullRequest({ files: [migration], body: 'ADR-12' }), {
      base: { [R12]: nygard('Accepted') },
    });
    expect(asked.filter(({ kind }) => kind === 'folder')).toContainEqual({
      kind: 'folder',
      path: 'docs/adr',
      side: 'base',
    });
    expect(asked.filter(({ kind }) => kind === 'file')).toEqual([{ kind: 'file', path: R12, side: 'base' }]);
  });

  test('the folder alone where it is named, and the log is not wanted', async () => {
    const options = { directory: 'decisions', 'show-governing': false };
    const { asked } = await judge(pullRequest({ files: [migration] }), { options });
    expect(asked).toEqual([{ kind: 'folder', path: 'decisions', side: 'base' }]);
  });

  test('other pull requests once, where a record is added', async () => {
    const { asked } = await judge(pullRequest({ files: [record(R12), record('docs/adr/0013-b.md')] }));
    expect(asked.filter(({ kind }) => kind === 'open-pull-requests')).toEqual([
      { kind: 'open-pull-requests', under: 'docs/adr' },
    ]);
  });
});

describe('governing decisions', () => {
  test('are five at most, the most specific first', async () => {
    const affects = ['**', 'src/**', 'src/mail/**', 'src/mail/send/**', 'src/mail/send/retry.ts', 'src/*/send/**'];
    const base = Object.fromEntries(
      affects.map((glob, index) => [`docs/adr/000${index + 1}-a.md`, nygard('Accepted', PROSE, `Affects: ${glob}`)]),
    );
    const judged = await judge(pullRequest({ files: [addedLines('src/mail/send/retry.ts', 1)] }), { base });
    const governing = judged.facts.governing as { by: string }[];
    expect(governing.map(({ by }) => by)).toEqual([
      'src/mail/send/retry.ts',
      'src/mail/send/**',
      'src/*/send/**',
      'src/mail/**',
      'src/**',
    ]);
    expect(judged.findings.filter(({ code }) => code === 'decision-governs')).toHaveLength(5);
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

  test('link to the page for a new file, on the branch of the change, in the fork where it is known', async () => {
    expect((await missing({ title: 'Orders' })).link).toMatchObject({
      kind: 'new-file',
      branch: 'feature',
      path: 'docs/adr/0001-orders.md',
    });
    expect((await missing({ title: 'Orders' })).link?.text).toContain(
      'migrations/0001_orders.sql: the database schema',
    );
    const fromFork = { branch: 'x', sha: 'f'.repeat(40), fromFork: true };
    expect((await missing({ head: fromFork })).link).toBeUndefined();
    const fork = { owner: 'mallory', name: 'shop' };
    expect((await missing({ head: { ...fromFork, fork } })).link).toMatchObject({ repository: fork, branch: 'x' });
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

  test('lead to the record that was begun, and to no second one', async () => {
    const about = (head: string) => judge(pullRequest({ files: [migration, record(R12, `# T\n\n${head}\n`)] }));
    const begun = (await about('Affects: migrations/**')).findings.find(({ code }) => code === 'record-missing');
    expect(begun?.message).toContain(`${R12} comes with it, unfinished`);
    expect(begun?.message).not.toContain('0013');
    expect(begun?.link).toBeUndefined();
    const elsewhere = (await about('Affects: web/**')).findings.find(({ code }) => code === 'record-missing');
    expect(elsewhere?.message).toContain('The author can add docs/adr/0013-');
  });

  test('say what is wrong with a record', async () => {
    const { findings } = await judge(pullRequest({ files: [migration, record(R12, '# T\n')] }));
    expect(findings[0]).toMatchObject({ code: 'record-status-unknown', path: R12, line: 1 });
    expect(findings[1]).toMatchObject({ code: 'record-incomplete', path: R12, line: 1 });
    expect(findings[1]!.message).toContain('has no section for the context');
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
