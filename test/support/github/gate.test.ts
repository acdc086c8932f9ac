/** What blocks a merge, and what merging does. */
import type { Octokit } from '@octokit/rest';
import { describe, expect, it } from 'vitest';
import {
  alice,
  bob,
  bot,
  carol,
  changeOnFeature,
  conclude,
  holdToContract,
  mergeNow,
  requireOurCheck,
  statusOf,
  WIDGETS,
  webhooksOf,
  withPullRequest,
} from './contract.ts';
import { openPullRequest, push } from './people.ts';
import { APP } from './seed.ts';

holdToContract();

describe('the gate', () => {
  it('shows the rules of a branch, of the repository and of the organisation', async () => {
    await requireOurCheck();
    await alice().request('POST /repos/{owner}/{repo}/rulesets', {
      ...WIDGETS,
      name: 'Releases',
      enforcement: 'active',
      conditions: { ref_name: { include: ['refs/heads/release/**'], exclude: [] } },
      rules: [{ type: 'deletion' }],
    });
    const octokit = await bot();
    const rules = async (branch: string) => (await octokit.rest.repos.getBranchRules({ ...WIDGETS, branch })).data;
    expect(await rules('main')).toMatchObject([
      { type: 'required_status_checks', ruleset_source_type: 'Organization', ruleset_source: 'acme' },
    ]);
    expect(await rules('release/1/2')).toMatchObject([{ type: 'deletion', ruleset_source_type: 'Repository' }]);
    expect(await rules('other')).toEqual([]);
  });

  it('lets only owners make, change and delete rulesets', async () => {
    const create = (octokit: Octokit) =>
      octokit.request('POST /orgs/{org}/rulesets', { org: 'acme', name: 'R', enforcement: 'active' });
    expect(await statusOf(create(bob()))).toBe(404);
    const { data } = await create(alice());
    const at = { org: 'acme', ruleset_id: data.id };
    await alice().request('PUT /orgs/{org}/rulesets/{ruleset_id}', { ...at, enforcement: 'disabled' });
    expect((await alice().request('GET /orgs/{org}/rulesets/{ruleset_id}', at)).data.enforcement).toBe('disabled');
    expect((await alice().request('DELETE /orgs/{org}/rulesets/{ruleset_id}', at)).status).toBe(204);
    expect((await alice().request('GET /orgs/{org}/rulesets', { org: 'acme' })).data).toEqual([]);
  });

  it('refuses a merge while our check has not reported', async () => {
    const { number } = await withPullRequest();
    await requireOurCheck();
    expect(await statusOf(mergeNow(number))).toBe(405);
    const { data } = await (await bot()).rest.pulls.get({ ...WIDGETS, pull_number: number });
    expect([data.mergeable, data.mergeable_state]).toEqual([true, 'blocked']);
  });

  it.each([
    ['failure', 405],
    ['action_required', 405],
    ['cancelled', 405],
    ['timed_out', 405],
    ['success', 200],
    ['neutral', 200],
    ['skipped', 200],
  ] as const)('answers a merge after %s with %i', async (conclusion, status) => {
    const { number, head } = await withPullRequest();
    await requireOurCheck();
    await conclude(head, conclusion);
    expect(await statusOf(mergeNow(number))).toBe(status);
  });

  it('goes by the newest run of a commit', async () => {
    const { number, head } = await withPullRequest();
    await requireOurCheck();
    await conclude(head, 'success');
    await conclude(head, 'failure');
    expect(await statusOf(mergeNow(number))).toBe(405);
  });

  it('goes by the newest commit', async () => {
    const { number, head } = await withPullRequest();
    await requireOurCheck();
    await conclude(head, 'success');
    await changeOnFeature({ 'more.txt': 'more\n' });
    expect(await statusOf(mergeNow(number))).toBe(405);
  });

  it('waits for a run that is under way', async () => {
    const { number, head } = await withPullRequest();
    await requireOurCheck();
    await (await bot()).rest.checks.create({ ...WIDGETS, name: 'Composure', head_sha: head, status: 'in_progress' });
    expect(await statusOf(mergeNow(number))).toBe(405);
  });

  it('does not take the word of a person for that of our App', async () => {
    const { number, head } = await withPullRequest();
    await requireOurCheck();
    await bob().rest.repos.createCommitStatus({ ...WIDGETS, sha: head, state: 'success', context: 'Composure' });
    expect(await statusOf(mergeNow(number))).toBe(405);
  });

  it('refuses the same by branch protection', async () => {
    const { number, head } = await withPullRequest();
    const { data } = await alice().rest.repos.updateBranchProtection({
      ...WIDGETS,
      branch: 'main',
      required_status_checks: { strict: false, contexts: [], checks: [{ context: 'Composure', app_id: APP.id }] },
      enforce_admins: true,
      required_pull_request_reviews: null,
      restrictions: null,
    });
    expect(data.required_status_checks?.checks).toEqual([{ context: 'Composure', app_id: APP.id }]);
    expect(await statusOf(mergeNow(number))).toBe(405);
    await conclude(head, 'success');
    expect(await statusOf(mergeNow(number))).toBe(200);
  });

  const REVIEW_PARAMETERS = {
    required_approving_review_count: 1,
    dismiss_stale_reviews_on_push: false,
    require_code_owner_review: false,
    require_last_push_approval: false,
    required_review_thread_resolution: false,
  };

  it('refuses a merge without the approvals it asks for', async () => {
    const { number } = await withPullRequest();
    const rules = [{ type: 'pull_request', parameters: REVIEW_PARAMETERS }];
    await alice().request('POST /repos/{owner}/{repo}/rulesets', {
      ...WIDGETS,
      name: 'Reviews',
      enforcement: 'active',
      rules: rules as never,
    });
    const approve = (octokit: Octokit) =>
      octokit.rest.pulls.createReview({ ...WIDGETS, pull_number: number, event: 'APPROVE' });
    await approve(carol()); // she may only read, so it does not count
    expect(await statusOf(mergeNow(number))).toBe(405);
    await approve(alice());
    expect(await statusOf(mergeNow(number))).toBe(200);
  });

  it('refuses a merge of a branch that is behind, where it must not be', async () => {
    const { number, head } = await withPullRequest();
    await requireOurCheck({ strict: true });
    await push(alice(), { ...WIDGETS, branch: 'main', files: { 'later.txt': 'later\n' } });
    await conclude(head, 'success');
    expect(await statusOf(mergeNow(number))).toBe(405);
    const { data } = await (await bot()).rest.pulls.get({ ...WIDGETS, pull_number: number });
    expect(data.mergeable_state).toBe('behind');
  });

  it('refuses a merge of a draft, of another head, and by those who may not push', async () => {
    const { number } = await withPullRequest();
    const at = { ...WIDGETS, pull_number: number };
    expect(await statusOf(carol().rest.pulls.merge(at))).toBe(403);
    expect(await statusOf(alice().rest.pulls.merge({ ...at, sha: 'f'.repeat(40) }))).toBe(409);
    await alice().graphql(
      'mutation($id: ID!) { convertPullRequestToDraft(input: { pullRequestId: $id }) { clientMutationId } }',
      { id: (await bob().rest.pulls.get(at)).data.node_id },
    );
    expect(await statusOf(alice().rest.pulls.merge(at))).toBe(405);
  });
});

describe('merging', () => {
  it('tells of a merge, and moves the base', async () => {
    const { number } = await withPullRequest();
    const webhooks = await webhooksOf(() => mergeNow(number));
    expect(webhooks.names).toEqual(expect.arrayContaining(['push', 'pull_request.closed']));
    const { pull_request: pull } = webhooks.find('pull_request.closed');
    expect(pull).toMatchObject({ merged: true, state: 'closed', merged_by: { login: 'alice' } });
    expect(webhooks.find('push')).toMatchObject({ ref: 'refs/heads/main', after: pull.merge_commit_sha });
    expect((await bob().rest.pulls.checkIfMerged({ ...WIDGETS, pull_number: number })).status).toBe(204);
  });

  it('still lists the files of a merged pull request', async () => {
    const { number } = await withPullRequest();
    await mergeNow(number);
    const { data } = await bob().rest.pulls.listFiles({ ...WIDGETS, pull_number: number });
    expect(data).toHaveLength(4);
  });

  it('keeps what was changed on the base meanwhile', async () => {
    const { number } = await withPullRequest();
    await push(alice(), {
      ...WIDGETS,
      branch: 'main',
      files: { 'later.txt': 'later\n', 'src/a.ts': 'line0\nline1\nline2\nline3\n' },
    });
    await mergeNow(number);
    const read = async (file: string) =>
      Buffer.from(
        ((await bob().rest.repos.getContent({ ...WIDGETS, path: file })).data as { content: string }).content,
        'base64',
      ).toString();
    expect(await read('later.txt')).toBe('later\n');
    expect(await read('src/a.ts')).toBe('line0\nline1\nline2 changed\nline3\nline4\n');
  });

  it('squashes into one commit, committed by GitHub in the name of who pressed the button', async () => {
    const { number } = await withPullRequest();
    await changeOnFeature({ 'more.txt': 'more\n' });
    const { data } = await alice().rest.pulls.merge({ ...WIDGETS, pull_number: number, merge_method: 'squash' });
    const commit = await bob().rest.repos.getCommit({ ...WIDGETS, ref: data.sha });
    expect(commit.data).toMatchObject({
      commit: { message: `Feature (#${number})`, committer: { name: 'GitHub', email: 'noreply@github.com' } },
      author: { login: 'alice' },
      committer: { login: 'web-flow' },
    });
    expect(commit.data.parents).toHaveLength(1);
  });

  it('sees a conflict', async () => {
    const { number } = await withPullRequest();
    await push(alice(), { ...WIDGETS, branch: 'main', files: { 'src/a.ts': 'line1\nline2 otherwise\nline3\n' } });
    const { data } = await (await bot()).rest.pulls.get({ ...WIDGETS, pull_number: number });
    expect([data.mergeable, data.mergeable_state]).toEqual([false, 'dirty']);
    expect(await statusOf(mergeNow(number))).toBe(405);
  });

  it('merges the base into the head, as a commit by GitHub', async () => {
    const { number } = await withPullRequest();
    const tip = await push(alice(), { ...WIDGETS, branch: 'main', files: { 'later.txt': 'later\n' } });
    const webhooks = await webhooksOf(() => bob().rest.pulls.updateBranch({ ...WIDGETS, pull_number: number }));
    const { after } = webhooks.find('pull_request.synchronize');
    const { data } = await bob().rest.git.getCommit({ ...WIDGETS, commit_sha: after });
    expect(data.parents.map((parent) => parent.sha)).toContain(tip);
    expect(data.committer.email).toBe('noreply@github.com');
  });

  it('merges by itself when all has become green', async () => {
    const { pull, number, head } = await withPullRequest();
    await requireOurCheck();
    await alice().graphql(
      'mutation($id: ID!) { enablePullRequestAutoMerge(input: { pullRequestId: $id }) { clientMutationId } }',
      { id: pull.node_id },
    );
    await conclude(head, 'success');
    expect((await bob().rest.pulls.get({ ...WIDGETS, pull_number: number })).data.merged).toBe(true);
  });

  it('deviates: a rebase leaves one commit, where GitHub leaves one for each', async () => {
    const { number } = await withPullRequest();
    await changeOnFeature({ 'more.txt': 'more\n' });
    const { data } = await alice().rest.pulls.merge({ ...WIDGETS, pull_number: number, merge_method: 'rebase' });
    const { data: commit } = await bob().rest.repos.getCommit({ ...WIDGETS, ref: data.sha });
    expect(commit.files).toHaveLength(5);
  });
});

describe('the merge queue', () => {
  const ENQUEUE = 'mutation($id: ID!) { enqueuePullRequest(input: { pullRequestId: $id }) { clientMutationId } }';

  async function enqueued() {
    const scene = await withPullRequest();
    await requireOurCheck();
    await alice().request('POST /repos/{owner}/{repo}/rulesets', {
      ...WIDGETS,
      name: 'Queue',
      enforcement: 'active',
      rules: [{ type: 'merge_queue' }],
    });
    await conclude(scene.head, 'success');
    const webhooks = await webhooksOf(() => alice().graphql(ENQUEUE, { id: scene.pull.node_id }));
    return { ...scene, webhooks, group: webhooks.find('merge_group.checks_requested').merge_group };
  }

  it('asks for checks on a commit of its own', async () => {
    const { webhooks, group, number, head } = await enqueued();
    expect(webhooks.names).toEqual(['pull_request.enqueued', 'merge_group.checks_requested']);
    expect(group.head_ref).toMatch(new RegExp(`^refs/heads/gh-readonly-queue/main/pr-${number}-[0-9a-f]{40}$`));
    const { data } = await (await bot()).rest.git.getCommit({ ...WIDGETS, commit_sha: group.head_sha });
    expect(data.parents.map((parent) => parent.sha)).toEqual([group.base_sha, head]);
  });

  it('merges when they succeed', async () => {
    const { group, number } = await enqueued();
    const webhooks = await webhooksOf(() => conclude(group.head_sha, 'success'));
    expect(webhooks.find('merge_group.destroyed').reason).toBe('merged');
    expect(webhooks.names).toEqual(expect.arrayContaining(['pull_request.dequeued', 'pull_request.closed', 'push']));
    const { data } = await bob().rest.pulls.get({ ...WIDGETS, pull_number: number });
    expect(data.merge_commit_sha).toBe(group.head_sha);
  });

  it('throws it out when they fail', async () => {
    const { group, number } = await enqueued();
    const webhooks = await webhooksOf(() => conclude(group.head_sha, 'failure'));
    expect(webhooks.find('merge_group.destroyed').reason).toBe('invalidated');
    expect(webhooks.find('pull_request.dequeued').reason).toBe('CI_FAILURE');
    expect((await bob().rest.pulls.get({ ...WIDGETS, pull_number: number })).data.merged).toBe(false);
  });

  it('is the only way to merge, where there is one', async () => {
    const { number } = await enqueued();
    expect(await statusOf(mergeNow(number))).toBe(405);
  });

  it('builds each group on the one before', async () => {
    const { group } = await enqueued();
    const head = await push(bob(), { ...WIDGETS, branch: 'second', from: 'main', files: { 'second.txt': '2\n' } });
    const second = await openPullRequest(bob(), { ...WIDGETS, head: 'second' });
    await conclude(head, 'success');
    const webhooks = await webhooksOf(() => alice().graphql(ENQUEUE, { id: second.node_id }));
    expect(webhooks.find('merge_group.checks_requested').merge_group.base_sha).toBe(group.head_sha);
    await conclude(webhooks.find('merge_group.checks_requested').merge_group.head_sha, 'success');
    expect((await bob().rest.pulls.get({ ...WIDGETS, pull_number: second.number })).data.merged).toBe(false);
    await conclude(group.head_sha, 'success');
    expect((await bob().rest.pulls.get({ ...WIDGETS, pull_number: second.number })).data.merged).toBe(true);
  });
});
