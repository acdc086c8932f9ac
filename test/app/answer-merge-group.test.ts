import { describe, expect, it } from 'vitest';
import { answerMergeGroup } from '../../src/app/answer-merge-group.ts';
import type { Work } from '../../src/intake/work.ts';
import { fileEntry, pullRequestNode, snapshot } from '../github/snapshot.ts';
import { nockGitHub } from '../support/nock-github.ts';
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
function serve(pullRequests: Readonly<Record<number, object>>): void {
  const numbers = Object.keys(pullRequests).map(Number);
  const nodes = numbers.map((number, at) => ({
    headCommit: { oid: at === numbers.length - 1 ? HEAD_SHA : `${at}` },
    baseCommit: { oid: at === 0 ? WORK.baseSha : `${at - 1}` },
    pullRequest: { number },
  }));
  github.graphql('ComposureMergeQueue', { data: { repository: { mergeQueue: { entries: { nodes } } } } });
  github.rest(RUNS, { body: { total_count: 0, check_runs: [] } });
  for (const number of numbers) {
    github.graphql('ComposureSnapshot', snapshot(pullRequestNode({ ...pullRequests[number] })), { number });
    github.rest(`GET /repos/acme/widgets/pulls/${number}/files?per_page=100&page=1`, { body: [] });
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

  // Without members there is nothing that fails, which must not be taken for success.
  it.each([
    ['one of them is closed', { 6: { state: 'CLOSED' }, 7: {} }],
    ['all of them are', { 7: { state: 'CLOSED' } }],
  ])('does not answer when %s, and looks again', async (_, pullRequests) => {
    serve(pullRequests);
    expect(await answer()).toEqual({ again: NOW + 10_000 });
    expect(github.takeRoutes()).not.toContain(CREATE);
  });

  it('does not answer for a group that nobody is known to be in, and leaves it to the queue in the end', async () => {
    const work = { ...WORK, headRef: 'refs/heads/something' };
    for (const [rechecks, result] of [
      [0, { again: NOW + 10_000 }],
      [3, {}],
    ] as const) {
      serve({});
      expect(await answerMergeGroup(work, claim(work, { rechecks }), context(github))).toEqual(result);
    }
    expect(github.takeRoutes()).not.toContain(CREATE);
  });

  it('starts again when a member moves under its eyes', async () => {
    serve({});
    github.graphql('ComposureSnapshot', snapshot(pullRequestNode({ changedFiles: 1 })), { number: 7 });
    const elsewhere = fileEntry('a.ts', { contents_url: `https://api.github.com/x?ref=${'0'.repeat(40)}` });
    github.rest('GET /repos/acme/widgets/pulls/7/files?per_page=100&page=1', { body: [elsewhere] });
    expect(await answer()).toEqual({ again: NOW });
  });
});
