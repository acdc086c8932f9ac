import { describe, expect, it } from 'vitest';
import { findGroupMembers, findOwnCheck } from '../../src/github/merge-group.ts';
import { nockGitHub } from '../support/nock-github.ts';
import { WIDGETS } from './snapshot.ts';

const github = nockGitHub();

const ADDED = { path: 'src/a.ts', changeType: 'ADDED' };

/** A queue on top of `main`: c1 holds #1, c2 stands on c1 and holds #2, and so on. */
const QUEUE = [entry('c1', 'main', 1), entry('c2', 'c1', 2), entry('c3', 'c2', 3)];

function entry(head: string | null, base: string | null, number: number | null) {
  return {
    headCommit: head === null ? null : { oid: head },
    baseCommit: base === null ? null : { oid: base },
    pullRequest: number === null ? null : { number, files: { nodes: [ADDED, null] } },
  };
}

function find(entries: readonly (object | null)[] | null, group: { head: string; base: string; ref?: string }) {
  const mergeQueue = entries === null ? null : { entries: { nodes: entries } };
  github.graphql('ComposureMergeQueue', { data: { repository: { mergeQueue } } }, { ...WIDGETS, branch: 'main' });
  const headRef = group.ref ?? 'refs/heads/gh-readonly-queue/main/pr-3-0123abc';
  return findGroupMembers(github.client, WIDGETS, {
    headSha: group.head,
    baseSha: group.base,
    headRef,
    baseBranch: 'main',
  });
}

describe('findGroupMembers', () => {
  const cases: {
    name: string;
    entries: Parameters<typeof find>[0];
    group: Parameters<typeof find>[1];
    members: number[];
    ahead?: number[];
    shown?: false;
  }[] = [
    { name: 'a group of one', entries: QUEUE, group: { head: 'c2', base: 'c1' }, members: [2], ahead: [1] },
    {
      name: 'those ahead of it, in the order in which they go in',
      entries: QUEUE,
      group: { head: 'c3', base: 'c2' },
      members: [3],
      ahead: [1, 2],
    },
    { name: 'from its head back to its base', entries: QUEUE, group: { head: 'c3', base: 'main' }, members: [1, 2, 3] },
    {
      name: 'in whatever order the queue lists them, and past entries that may not be seen',
      entries: [null, ...QUEUE.toReversed(), entry(null, null, 8), entry('c9', 'c3', null)],
      group: { head: 'c3', base: 'main' },
      members: [1, 2, 3],
    },
    {
      name: 'a queue that goes in a circle',
      entries: [entry('c1', 'c2', 1), entry('c2', 'c1', 2)],
      group: { head: 'c2', base: 'main' },
      members: [1, 2],
    },
    {
      name: "the branch's name, where the queue no longer shows the group",
      entries: [],
      group: { head: 'c3', base: 'main' },
      members: [3],
      shown: false,
    },
    {
      name: 'the name, where there is no queue',
      entries: null,
      group: { head: 'c3', base: 'main' },
      members: [3],
      shown: false,
    },
    {
      name: 'the name, of a base branch that looks like one',
      entries: null,
      group: { head: 'c', base: 'main', ref: 'refs/heads/gh-readonly-queue/release/pr-1-abc/pr-42-0123abc' },
      members: [42],
      shown: false,
    },
    {
      name: 'nobody, where the name says nothing either',
      entries: null,
      group: { head: 'c', base: 'main', ref: 'refs/heads/something' },
      members: [],
      shown: false,
    },
  ];
  it.each(cases)('$name', async ({ entries, group, members, ahead = [], shown = true }) => {
    const added = ['src/a.ts'];
    expect(await find(entries, group)).toEqual({ members, ahead: ahead.map((number) => ({ number, added })), shown });
  });

  it('lets a failure be known', async () => {
    github.graphql('ComposureMergeQueue', { errors: [{ type: 'FORBIDDEN', message: 'Resource not accessible' }] });
    const group = { headSha: 'c', baseSha: 'm', headRef: 'pr-1-abc', baseBranch: 'main' };
    await expect(findGroupMembers(github.client, WIDGETS, group)).rejects.toThrow('Resource not accessible');
  });
});

describe('findOwnCheck', () => {
  const sha = '5'.repeat(40);
  const route = `GET /repos/acme/widgets/commits/${sha}/check-runs?check_name=Composure&app_id=1234&per_page=100`;
  const run = (id: number, overrides = {}) => ({
    id,
    status: 'completed',
    conclusion: 'success',
    output: { text: 'words' },
    ...overrides,
  });

  it.each([
    ['none', [], null],
    [
      'the newest',
      [run(1), run(3, { status: 'in_progress', conclusion: null, output: { text: null } }), run(2)],
      { id: 3, status: 'in_progress', conclusion: null, text: '' },
    ],
    ['one', [run(7_000_000_000)], { id: 7_000_000_000, status: 'completed', conclusion: 'success', text: 'words' }],
  ])('finds %s', async (_, runs, found) => {
    github.rest(route, { body: { total_count: runs.length, check_runs: runs } });
    expect(await findOwnCheck(github.client, WIDGETS, sha, 1234)).toEqual(found);
  });
});
