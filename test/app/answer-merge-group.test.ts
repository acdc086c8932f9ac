import { describe, expect, it, vi } from 'vitest';
import { answerMergeGroup } from '../../src/app/answer-merge-group.ts';
import type { Work } from '../../src/intake/work.ts';
import { fileEntry, pullRequestNode, snapshot } from '../github/snapshot.ts';
import { nockGitHub, type Reply } from '../support/nock-github.ts';
import { claim, context, NOW } from './context.ts';

const HEAD_SHA = '9'.repeat(40);
const RUNS = `GET /repos/acme/widgets/commits/${HEAD_SHA}/check-runs?check_name=Composure&app_id=1234&per_page=100`;
const CREATE = 'POST /repos/acme/widgets/check-runs';
const WORK: Extract<Work, { kind: 'merge-group' }> = {
  kind: 'merge-group',
  installation: 5,
  owner: 'acme',
  repo: 'widgets',
  headSha: HEAD_SHA,
  headRef: 'refs/heads/gh-readonly-queue/main/pr-7-0123abc',
  baseSha: 'b'.repeat(40),
  baseBranch: 'main',
};
const github = nockGitHub();

/** A queue that shows these pull requests as one group, and each as it is described. */
function serve(
  pullRequests: Readonly<Record<number, object>>,
  files: object[] = [],
  runs: Reply = { body: { total_count: 0, check_runs: [] } },
): void {
  const numbers = Object.keys(pullRequests).map(Number);
  const nodes = numbers.map((number, at) => ({
    headCommit: { oid: at === numbers.length - 1 ? HEAD_SHA : `${at}` },
    baseCommit: { oid: at === 0 ? WORK.baseSha : `${at - 1}` },
    pullRequest: { number, files: { nodes: [] } },
  }));
  github.graphql('ComposureMergeQueue', { data: { repository: { mergeQueue: { entries: { nodes } } } } });
  github.rest(RUNS, runs);
  for (const number of numbers) {
    github.graphql('ComposureSnapshot', snapshot(pullRequestNode({ ...pullRequests[number] })), { number });
    github.rest(`GET /repos/acme/widgets/pulls/${number}/files?per_page=100&page=1`, { body: files });
  }
}

function answer(rechecks = 0) {
  return answerMergeGroup(WORK, claim(WORK, { rechecks }), context(github));
}

describe('answerMergeGroup', () => {
  it('answers on the head of the group, by what is in it', async () => {
    serve({ 6: {}, 7: {} });
    github.rest(CREATE, { status: 201, body: { id: 1 } });
    expect(await answer()).toEqual({});
    expect(github.calls.at(-1)).toMatchObject({
      route: CREATE,
      body: { head_sha: HEAD_SHA, external_id: '7', conclusion: 'success', status: 'completed' },
    });
  });

  it('lets nothing in with a broken configuration', async () => {
    const configuration = { object: { __typename: 'Blob', text: 'presett: x', isBinary: false, isTruncated: false } };
    const baseRef = { target: { __typename: 'Commit', oid: 'a'.repeat(40), configuration, attributes: null } };
    serve({ 6: {}, 7: { baseRef } });
    github.rest(CREATE, { status: 201, body: { id: 1 } });
    await answer();
    expect(github.calls.at(-1)?.body).toMatchObject({ conclusion: 'failure' });
  });

  it('is counted like every other answer', async () => {
    serve({ 6: {}, 7: {} });
    github.rest(CREATE, { status: 201, body: { id: 1 } });
    const onAnswered = vi.fn();
    await answerMergeGroup(WORK, claim(WORK), context(github, { onAnswered }));
    expect(onAnswered).toHaveBeenCalledExactlyOnceWith(claim(WORK).key, { conclusion: 'success', practices: [] });
  });

  // Without members there is nothing that fails, which must not be taken for success.
  it.each([
    ['one of them is closed', { 6: { state: 'CLOSED' }, 7: {} }],
    ['all of them are', { 7: { state: 'CLOSED' } }],
  ])('says that it is at it when %s, and looks again', async (_, pullRequests) => {
    serve(pullRequests);
    github.rest(CREATE, { status: 201, body: { id: 1 } });
    expect(await answer()).toEqual({ again: NOW + 5_000 });
    expect(github.calls.at(-1)).toMatchObject({ route: CREATE, body: { status: 'in_progress' } });
  });

  it.each([
    ['one of them is closed', WORK, { 6: { state: 'CLOSED' }, 7: {} }, /`#6` of the group is no longer open/],
    ['nobody is known to be in it', { ...WORK, headRef: 'refs/heads/something' }, {}, /does not say which/],
  ])('refuses it in words when time is over and %s', async (_, work, pullRequests, words) => {
    serve(pullRequests);
    github.rest(CREATE, { status: 201, body: { id: 1 } });
    expect(await answerMergeGroup(work, claim(work, { rechecks: 8 }), context(github))).toEqual({});
    expect(github.calls.at(-1)).toMatchObject({
      route: CREATE,
      body: { status: 'completed', conclusion: 'failure', output: { summary: expect.stringMatching(words) } },
    });
  });

  it('goes by the name of the branch only where the queue goes on not showing the group', async () => {
    const unseen = (rechecks: number) => {
      github.graphql('ComposureMergeQueue', { data: { repository: { mergeQueue: null } } });
      github.rest(RUNS, {
        body: {
          total_count: 1,
          check_runs: [{ id: 3, status: 'in_progress', conclusion: null, output: { text: '' } }],
        },
      });
      return answer(rechecks);
    };
    expect(await unseen(2)).toEqual({ again: NOW + 20_000 });
    github.graphql('ComposureSnapshot', snapshot(pullRequestNode()), { number: 7 });
    github.rest('GET /repos/acme/widgets/pulls/7/files?per_page=100&page=1', { body: [] });
    github.rest('PATCH /repos/acme/widgets/check-runs/3', { body: { id: 3 } });
    expect(await unseen(3)).toEqual({});
    expect(github.calls.at(-1)?.body).toMatchObject({ conclusion: 'success' });
  });

  it('looks again when GitHub fails, and refuses the group when it goes on failing', async () => {
    const fail = () => {
      github.rest(RUNS, { body: { total_count: 0, check_runs: [] } });
      github.graphql('ComposureMergeQueue', { status: 502, body: 'Bad gateway' });
    };
    fail();
    expect(await answer(0)).toEqual({ again: NOW + 5_000 });
    fail();
    github.rest(CREATE, { status: 201, body: { id: 1 } });
    expect(await answer(8)).toEqual({});
    expect(github.calls.at(-1)?.body).toMatchObject({
      conclusion: 'failure',
      output: { summary: expect.stringContaining('GitHub answered 502') },
    });
  });

  it('answers when time is over though its own earlier check cannot be read', async () => {
    serve({ 7: {} }, [], { status: 503, body: {} });
    github.rest(CREATE, { status: 201, body: { id: 1 } });
    expect(await answer(8)).toEqual({});
    expect(github.calls.at(-1)).toMatchObject({ route: CREATE, body: { conclusion: 'success' } });
  });

  it('offers its answer for an hour where GitHub does not take it', async () => {
    const refuse = () => {
      serve({ 7: {} });
      github.rest(CREATE, { status: 503, body: {} });
    };
    refuse();
    expect(await answer(20)).toEqual({ again: NOW + 60_000 });
    refuse();
    await expect(answer(68)).rejects.toThrow();
  });

  it('has nobody to answer once GitHub has thrown the group away', async () => {
    github.rest(RUNS, { status: 422, body: { message: `No commit found for SHA: ${HEAD_SHA}` } });
    expect(await answer(3)).toEqual({});
  });

  it('waits as long as GitHub asks, which is no look', async () => {
    github.rest(RUNS, { status: 429, body: {}, headers: { 'retry-after': '7' } });
    await expect(answer(8)).rejects.toMatchObject({ status: 429 });
  });

  it('starts again when a member moves under its eyes', async () => {
    const elsewhere = fileEntry('a.ts', { contents_url: `https://api.github.com/x?ref=${'0'.repeat(40)}` });
    serve({ 7: { changedFiles: 1 } }, [elsewhere]);
    github.rest(CREATE, { status: 201, body: { id: 1 } });
    expect(await answer()).toEqual({ again: NOW + 5_000 });
  });
});
