import { describe, expect, test } from 'vitest';
import { readBuiltInChecklists } from '../../src/checklists-folder.ts';
import { evaluate } from '../../src/evaluate.ts';
import type { ChecklistDefinition } from '../../src/model/checklist.ts';
import { contentOf } from '../../src/model/content.ts';
import { type ChecklistsAnswer, Evidence } from '../../src/model/evidence.ts';
import type { Account, Commit, PullRequest, Tick } from '../../src/model/pull-request.ts';
import type { Outcome } from '../../src/model/review.ts';
import { checklists } from '../../src/practices/checklists.ts';
import { account, addedLines, changedFile, commit, pullRequest } from '../support/pull-request.ts';

const always: ChecklistDefinition = {
  id: 'always',
  title: 'Every change',
  path: 'checklists/always.md',
  appliesTo: [],
  items: [{ id: 'one', title: 'One.' }],
};
const data: ChecklistDefinition = {
  id: 'data',
  title: 'Data',
  path: 'checklists/data.md',
  appliesTo: ['**/migrations/**', '!**/*.md'],
  items: [
    { id: 'two', title: 'Two.' },
    { id: 'three', title: 'Three.' },
  ],
};

function judge(change: PullRequest, answer: Partial<ChecklistsAnswer> | null, options: object = {}) {
  const evidence = new Evidence(answer ? [[{ kind: 'checklists' }, { lists: [], problems: [], ...answer }]] : []);
  const config = {
    preset: 'standard' as const,
    practices: { checklists: { mode: 'block' as const, options: checklists.options.parse(options) } },
  };
  const [outcome] = evaluate(change, evidence, config, [checklists]).practices;
  return { ...outcome!, codes: outcome!.findings.map((finding) => finding.code) };
}

const source = [addedLines('src/a.ts', 3)];

/** A box ticked by somebody with write access, on the content as it is in most tests. */
function tick(item: string, by: Account, overrides: Partial<Tick> = {}): Tick {
  const where = { commit: 'f'.repeat(40), content: contentOf(source), command: null };
  return { item, by, permission: 'write', at: '2026-11-20T10:00:00Z', ...where, ...overrides };
}

const by = (login: string | null, committer: string | null = login, parents = 1): Commit =>
  commit({
    author: { name: 'Someone', email: 'someone@example.com', login },
    committer: { name: 'Someone', email: 'someone@example.com', login: committer },
    parents: Array.from({ length: parents }, () => 'd'.repeat(40)),
  });

const bob = account('bob');

describe('which lists apply', () => {
  const cases: {
    name: string;
    files: PullRequest['files'];
    lists?: ChecklistDefinition[];
    options?: object;
    items: string[];
    outcome: Outcome;
  }[] = [
    { name: 'a list without globs applies to any file', files: source, items: ['always/one'], outcome: 'waiting' },
    {
      name: 'a list with globs where one file matches, the specific before the general',
      files: [...source, addedLines('db/migrations/1.sql', 1)],
      items: ['data/two', 'data/three', 'always/one'],
      outcome: 'waiting',
    },
    {
      name: 'not where the file is taken out',
      files: [addedLines('db/migrations/README.md', 1)],
      items: ['always/one'],
      outcome: 'waiting',
    },
    {
      name: 'folders that begin with a dot match too',
      files: [addedLines('.x/migrations/.1.sql', 1)],
      lists: [data],
      items: ['data/two', 'data/three'],
      outcome: 'waiting',
    },
    {
      name: 'a file that left the place',
      files: [changedFile('old/1.sql', 'a\n', 'b\n', { status: 'renamed', previousPath: 'migrations/1.sql' })],
      lists: [data],
      items: ['data/two', 'data/three'],
      outcome: 'waiting',
    },
    {
      name: 'a removed file',
      files: [changedFile('migrations/1.sql', 'a\n', null)],
      lists: [data],
      items: ['data/two', 'data/three'],
      outcome: 'waiting',
    },
    { name: 'none: nothing to ask', files: source, lists: [data], items: [], outcome: 'skipped' },
    { name: 'nothing changed: nothing to ask', files: [], items: [], outcome: 'skipped' },
    {
      name: 'a list of nothing but exclusions takes every other file',
      files: source,
      lists: [{ ...data, appliesTo: ['!**/*.ts'] }],
      items: [],
      outcome: 'skipped',
    },
    {
      name: 'a list that the configuration leaves out',
      files: source,
      options: { 'exclude-lists': ['always'] },
      items: [],
      outcome: 'skipped',
    },
  ];

  test.each(cases)('$name', ({ files, lists = [always, data], options, items, outcome }) => {
    const result = judge(pullRequest({ files }), { lists }, options);
    expect(result.items.map((item) => item.id)).toEqual(items);
    expect(result.outcome).toBe(outcome);
    expect(result.codes).toEqual(items.map(() => 'item-unattested'));
  });
});

describe('whose tick counts', () => {
  const cases: {
    name: string;
    ticks: Tick[];
    change?: Partial<PullRequest>;
    attested: string | null;
    note?: RegExp;
    outcome?: Outcome;
  }[] = [
    { name: 'nobody ticked', ticks: [], attested: null },
    { name: 'a reviewer', ticks: [tick('always/one', bob)], attested: 'bob' },
    { name: 'a tick on something else', ticks: [tick('data/two', bob)], attested: null },
    {
      name: 'the author does not',
      ticks: [tick('always/one', account('alice'))],
      attested: null,
      note: /alice does not count: the author/,
    },
    {
      name: 'nor the author under a new login',
      ticks: [tick('always/one', account('renamed', { id: account('alice').id }))],
      attested: null,
      note: /the author/,
    },
    {
      name: 'somebody who took over a login is somebody else, and a commit with that login still speaks against them',
      ticks: [tick('always/one', account('alice', { id: 99 }))],
      attested: null,
      note: /one of its commits/,
    },
    {
      name: 'without numbers the login decides, in any case of letters',
      ticks: [tick('always/one', account('ALICE', { id: null }))],
      change: { author: account('alice', { id: null }) },
      attested: null,
      note: /the author/,
    },
    {
      name: 'a bot does not',
      ticks: [tick('always/one', account('helper[bot]'))],
      attested: null,
      note: /only people/,
    },
    {
      name: 'an account that may be anything does not',
      ticks: [tick('always/one', account('ghost', { kind: 'unknown' }))],
      attested: null,
      note: /not known/,
    },
    {
      name: 'who wrote a commit does not',
      ticks: [tick('always/one', bob)],
      change: { commits: [by('alice'), by('Bob', 'alice')] },
      attested: null,
      note: /one of its commits/,
    },
    {
      name: 'who committed for another does not',
      ticks: [tick('always/one', bob)],
      change: { commits: [by('alice', 'bob')] },
      attested: null,
      note: /one of its commits/,
    },
    {
      name: "GitHub's own committer stands for nobody",
      ticks: [tick('always/one', bob)],
      change: { commits: [by('alice', 'web-flow')] },
      attested: 'bob',
    },
    {
      name: 'who wrote through the web editor does not',
      ticks: [tick('always/one', bob)],
      change: { commits: [by('bob', 'web-flow')] },
      attested: null,
      note: /one of its commits/,
    },
    {
      name: 'who pressed "Update branch" does',
      ticks: [tick('always/one', bob)],
      change: { commits: [by('alice'), by('bob', 'web-flow', 2)] },
      attested: 'bob',
    },
    {
      name: 'who merged by hand does not',
      ticks: [tick('always/one', bob)],
      change: { commits: [by('alice'), by('bob', 'bob', 2)] },
      attested: null,
      note: /one of its commits/,
    },
    {
      name: 'a commit by nobody known speaks against nobody',
      ticks: [tick('always/one', bob)],
      change: { commits: [by(null)] },
      attested: 'bob',
    },
    {
      name: 'one tick that counts is enough',
      ticks: [tick('always/one', bob), tick('always/one', account('alice'), { at: '2026-11-20T11:00:00Z' })],
      attested: 'bob',
    },
    {
      name: 'of several that count the last is shown',
      ticks: [tick('always/one', bob), tick('always/one', account('carol'), { at: '2026-11-20T11:00:00Z' })],
      attested: 'carol',
    },
    {
      name: 'where not all commits are known, neither is who may vouch',
      ticks: [tick('always/one', bob)],
      change: { commitsComplete: false },
      attested: 'bob',
      outcome: 'undetermined',
    },
    { name: 'without a tick that does not matter yet', ticks: [], change: { commitsComplete: false }, attested: null },
  ];

  test.each(cases)('$name', ({ ticks, change, attested, note, outcome }) => {
    const result = judge(pullRequest({ files: source, ticks, ...change }), { lists: [always] });
    const [item] = result.items;
    expect(item!.by).toBe(attested);
    expect(item!.state).toBe(attested === null ? 'open' : 'attested');
    if (note) expect(item!.note).toMatch(note);
    else expect(item!.note).toBeUndefined();
    expect(result.outcome).toBe(outcome ?? (attested === null ? 'waiting' : 'pass'));
    expect(result.codes).toEqual(attested === null ? [note ? 'tick-undone' : 'item-unattested'] : []);
  });
});

test('facts are the items, and no more of them than the design says; what had no room; and provenance', () => {
  const files = [addedLines('migrations/1.sql', 1)];
  const change = pullRequest({ files, ticks: [tick('data/two', bob, { content: contentOf(files) })] });
  expect(judge(change, { lists: [data] }).facts).toEqual({
    items: [
      {
        id: 'data/two',
        title: 'Two.',
        state: 'attested',
        by: 'bob',
        at: '2026-11-20T10:00:00Z',
        commit: 'f'.repeat(40),
      },
      { id: 'data/three', title: 'Three.', state: 'open', by: null, at: null, commit: null },
    ],
    leftOut: [],
    provenance: { result: 'none-seen', declared: null, marks: [] },
  });
});

describe('what is not known', () => {
  const problem = { path: '.github/composure/checklists/data.md', line: 3, message: 'Unknown key `apply-to`.' };
  const unlisted = { filesComplete: false, totals: { files: 3_500, additions: 9, deletions: 0 } };
  const ticked = [tick('always/one', bob)];
  const cases: {
    name: string;
    answer: Partial<ChecklistsAnswer> | null;
    change?: Partial<PullRequest>;
    options?: object;
    codes: string[];
    outcome: Outcome;
    missing: number;
  }[] = [
    {
      name: 'a broken list',
      answer: { problems: [problem] },
      codes: ['list-invalid'],
      outcome: 'undetermined',
      missing: 1,
    },
    {
      name: 'a broken list beside a good one',
      answer: { lists: [always], problems: [problem, { ...problem, line: 9 }] },
      codes: ['list-invalid', 'list-invalid', 'item-unattested'],
      outcome: 'undetermined',
      missing: 1,
    },
    {
      name: 'a broken list that is left out',
      answer: { lists: [always], problems: [problem] },
      options: { 'exclude-lists': ['data'] },
      change: { ticks: ticked },
      codes: [],
      outcome: 'pass',
      missing: 0,
    },
    {
      name: 'lists that could not be fetched',
      answer: { lists: [always], missing: [{ what: 'lists', cause: '502' }] },
      change: { ticks: ticked },
      codes: [],
      outcome: 'undetermined',
      missing: 1,
    },
    { name: 'lists that nobody asked for', answer: null, codes: [], outcome: 'undetermined', missing: 1 },
    {
      name: 'files that are not listed, and a list that may apply to them',
      answer: { lists: [always, data] },
      change: { ...unlisted, ticks: ticked },
      codes: [],
      outcome: 'undetermined',
      missing: 1,
    },
    {
      name: 'files that are not listed, where every list applies anyway',
      answer: { lists: [always] },
      change: { ...unlisted, ticks: ticked },
      codes: [],
      outcome: 'pass',
      missing: 0,
    },
    {
      name: 'a patch that is missing hides no path',
      answer: { lists: [always, data] },
      change: { filesComplete: false, ticks: ticked },
      codes: [],
      outcome: 'pass',
      missing: 0,
    },
  ];

  test.each(cases)('$name', ({ answer, change, options, codes, outcome, missing }) => {
    const result = judge(pullRequest({ files: source, ...change }), answer, options);
    expect(result.codes).toEqual(codes);
    expect(result.outcome).toBe(outcome);
    expect(result.missing).toHaveLength(missing);
  });

  test('a broken list is shown at its line', () => {
    const [finding] = judge(pullRequest({ files: source }), { problems: [problem] }).findings;
    expect(finding).toMatchObject({ path: problem.path, line: 3, level: 'warning' });
    expect(finding!.message).toContain('apply-to');
  });
});

describe('the built-in lists', () => {
  const shown = (...paths: string[]) => {
    return judge(pullRequest({ files: paths.map((path) => addedLines(path, 1)) }), readBuiltInChecklists()).items.map(
      (item) => item.id,
    );
  };
  const code = [
    'code/data-types',
    'code/performance',
    'code/concurrency',
    'code/queries-in-loops',
    'code/failing-tests',
  ];
  const every = ['always/security', 'always/documentation'];

  test.each([
    { paths: ['src/orders.ts', 'README.md'], items: [...code, ...every] },
    { paths: ['src/orders.ts', 'test/orders.test.ts'], items: [...code, 'tests/not-weakened', ...every] },
    { paths: ['pkg/orders.go', 'pkg/orders_test.go'], items: [...code, 'tests/not-weakened', ...every] },
    { paths: ['docs/guide.md'], items: every },
    { paths: ['test/fixtures/a.ts'], items: ['tests/not-weakened', ...every] },
    { paths: ['package.json', 'package-lock.json'], items: ['dependencies/needed', 'dependencies/trusted', ...every] },
    { paths: ['db/migrations/1.sql'], items: ['data/existing-data', ...code, 'data/way-back', ...every] },
  ])('ask of $paths', ({ paths, items }) => expect(shown(...paths)).toEqual(items));

  test('an ordinary change shows at most eight', () => {
    expect(shown('src/orders.ts', 'src/orders.test.ts', 'docs/orders.md').length).toBeLessThanOrEqual(8);
  });
});

test('a message says who can tick, and shows a title as it is', () => {
  const hostile = { ...always, items: [{ id: 'one', title: '@everyone `--> </details>' }] };
  const [finding] = judge(pullRequest({ files: source }), { lists: [hostile] }).findings;
  expect(finding!.level).toBe('notice');
  expect(finding!.message).toContain('@everyone `--> </details>');
  expect(finding!.message).toMatch(/reviewer who wrote none of this change/);
});
