/** Comments, labels, reviews, and who may do what. */
import type { Octokit } from '@octokit/rest';
import { describe, expect, it } from 'vitest';
import {
  alice,
  app,
  bob,
  bot,
  carol,
  github,
  holdToContract,
  mallory,
  raw,
  SECRET,
  statusOf,
  WIDGETS,
  webhooksOf,
  withFiles,
  withPullRequest,
} from './contract.ts';
import { APP } from './seed.ts';

holdToContract();

describe('comments', () => {
  async function withComment() {
    const scene = await withPullRequest();
    const { data } = await (await bot()).rest.issues.createComment({
      ...WIDGETS,
      issue_number: scene.number,
      body: 'one',
    });
    await github.idle();
    return { ...scene, comment: data, at: { ...WIDGETS, comment_id: data.id } };
  }

  it('tells of a comment of the App, by its bot and through it', async () => {
    const { number } = await withPullRequest();
    const webhooks = await webhooksOf(async () =>
      (await bot()).rest.issues.createComment({ ...WIDGETS, issue_number: number, body: 'one' }),
    );
    expect(webhooks.find('issue_comment.created')).toMatchObject({
      sender: { login: 'composure[bot]', type: 'Bot' },
      issue: { number, pull_request: { url: expect.stringContaining('/pulls/') } },
      comment: { body: 'one', user: { login: 'composure[bot]' }, performed_via_github_app: { slug: 'composure' } },
    });
  });

  it('tells of a person who edits it, with what it was', async () => {
    const { at } = await withComment();
    const webhooks = await webhooksOf(() => alice().rest.issues.updateComment({ ...at, body: 'two' }));
    expect(webhooks.find('issue_comment.edited')).toMatchObject({
      sender: { login: 'alice' },
      comment: { body: 'two', user: { login: 'composure[bot]' } },
      changes: { body: { from: 'one' } },
    });
  });

  it('tells of the App that edits its own', async () => {
    const { at } = await withComment();
    const webhooks = await webhooksOf(async () => (await bot()).rest.issues.updateComment({ ...at, body: 'two' }));
    expect(webhooks.find('issue_comment.edited').sender).toMatchObject({ login: 'composure[bot]', type: 'Bot' });
  });

  it('says nothing of an edit that changes nothing', async () => {
    const { at } = await withComment();
    const webhooks = await webhooksOf(() => alice().rest.issues.updateComment({ ...at, body: 'one' }));
    expect(webhooks.names).toEqual([]);
  });

  it("lets those with write access edit others' comments, and everyone their own", async () => {
    const { number, at } = await withComment();
    const edit = (octokit: Octokit, comment_id: number) =>
      statusOf(octokit.rest.issues.updateComment({ ...WIDGETS, comment_id, body: `by ${comment_id} now` }));
    expect(await edit(bob(), at.comment_id)).toBe(200);
    expect(await edit(carol(), at.comment_id)).toBe(403);
    expect(await edit(mallory(), at.comment_id)).toBe(403);
    await alice().rest.repos.addCollaborator({ ...WIDGETS, username: 'carol', permission: 'triage' });
    expect(await edit(carol(), at.comment_id)).toBe(403);
    const own = await mallory().rest.issues.createComment({ ...WIDGETS, issue_number: number, body: 'mine' });
    expect(await edit(mallory(), own.data.id)).toBe(200);
  });

  it('lists, reads and deletes', async () => {
    const { number, at } = await withComment();
    const octokit = await bot();
    expect((await octokit.rest.issues.listComments({ ...WIDGETS, issue_number: number })).data).toHaveLength(1);
    expect((await octokit.rest.issues.getComment(at)).data.body).toBe('one');
    const webhooks = await webhooksOf(() => alice().rest.issues.deleteComment(at));
    expect(webhooks.names).toEqual(['issue_comment.deleted']);
    expect(await statusOf(octokit.rest.issues.getComment(at))).toBe(404);
  });

  it.each([
    ['as long as it may be', 65_536, 201],
    ['longer', 65_537, 422],
    ['empty', 0, 422],
  ])('answers a comment that is %s', async (_, length, status) => {
    const { number } = await withPullRequest();
    const body = 'x'.repeat(length);
    expect(await statusOf(bob().rest.issues.createComment({ ...WIDGETS, issue_number: number, body }))).toBe(status);
  });

  it('reacts to a comment once, however often it is told', async () => {
    const { at } = await withComment();
    const octokit = await bot();
    const react = () => octokit.rest.reactions.createForIssueComment({ ...at, content: 'eyes' });
    expect([(await react()).status, (await react()).status]).toEqual([201, 200]);
    const { data } = await octokit.rest.reactions.listForIssueComment(at);
    expect(data.map((reaction) => [reaction.user?.login, reaction.content])).toEqual([['composure[bot]', 'eyes']]);
    expect((await octokit.rest.issues.getComment(at)).data.reactions).toMatchObject({ total_count: 1, eyes: 1 });
    await octokit.rest.reactions.deleteForIssueComment({ ...at, reaction_id: data[0]?.id ?? 0 });
    expect((await octokit.rest.reactions.listForIssueComment(at)).data).toEqual([]);
  });
});

describe('labels, assignees and issues', () => {
  it('tells of labels of a pull request as of the pull request', async () => {
    const { number } = await withPullRequest();
    const octokit = await bot();
    const at = { ...WIDGETS, issue_number: number };
    const added = await webhooksOf(() => octokit.rest.issues.addLabels({ ...at, labels: ['bug'] }));
    expect(added.find('pull_request.labeled')).toMatchObject({ label: { name: 'bug' } });
    const { data } = await octokit.rest.pulls.get({ ...WIDGETS, pull_number: number });
    expect(data.labels.map((label) => label.name)).toEqual(['bug']);
    const removed = await webhooksOf(() => octokit.rest.issues.removeLabel({ ...at, name: 'bug' }));
    expect(removed.names).toEqual(['pull_request.unlabeled']);
  });

  it('lets an App that may only write pull requests label them', async () => {
    const { number } = await withPullRequest();
    const { data } = await (await app()).rest.apps.createInstallationAccessToken({
      installation_id: APP.installationId,
      permissions: { pull_requests: 'write', metadata: 'read' },
    });
    const response = await raw(`/repos/acme/widgets/issues/${number}/labels`, {
      method: 'POST',
      headers: { authorization: `token ${data.token}` },
      body: JSON.stringify({ labels: ['size'] }),
    });
    expect(response.status).toBe(200);
  });

  it('shows a pull request as the issue it also is', async () => {
    const { number } = await withPullRequest();
    const octokit = await bot();
    const { data } = await octokit.rest.issues.get({ ...WIDGETS, issue_number: number });
    expect(data.pull_request?.url).toContain(`/pulls/${number}`);
    const changed = await octokit.rest.issues.update({ ...WIDGETS, issue_number: number, labels: ['x'] });
    expect(changed.data.labels).toMatchObject([{ name: 'x' }]);
  });

  it('tells of assignees', async () => {
    const { number } = await withPullRequest();
    const webhooks = await webhooksOf(() =>
      alice().rest.issues.addAssignees({ ...WIDGETS, issue_number: number, assignees: ['carol'] }),
    );
    expect(webhooks.names).toContain('pull_request.assigned');
  });

  it('tells of plain issues as of issues', async () => {
    const webhooks = await webhooksOf(() => bob().rest.issues.create({ ...WIDGETS, title: 'A bug' }));
    expect(webhooks.find('issues.opened').issue).toMatchObject({ title: 'A bug' });
  });

  it('finds pull requests', async () => {
    await withPullRequest();
    const { data } = await (await bot()).request('GET /search/issues', { q: 'repo:acme/widgets is:pr is:open' });
    expect(data.total_count).toBe(1);
  });
});

describe('people and teams', () => {
  async function withTeam() {
    await withFiles();
    const { data: team } = await alice().rest.teams.create({ org: 'acme', name: 'core', privacy: 'closed' });
    const at = { org: 'acme', team_slug: team.slug };
    await alice().rest.teams.addOrUpdateMembershipForUserInOrg({ ...at, username: 'carol', role: 'member' });
    await alice().rest.teams.addOrUpdateRepoPermissionsInOrg({ ...at, ...WIDGETS, permission: 'maintain' });
    return at;
  }

  it.each([
    ['alice', 'admin', 'admin'],
    ['bob', 'write', 'write'],
    ['carol', 'write', 'maintain'],
    ['mallory', 'read', 'read'],
  ])('says what %s may do', async (username, permission, role) => {
    await withTeam();
    const { data } = await (await bot()).rest.repos.getCollaboratorPermissionLevel({ ...WIDGETS, username });
    expect([data.permission, data.role_name]).toEqual([permission, role]);
  });

  it('says that a stranger may do nothing in a private repository', async () => {
    const { data } = await (await bot()).rest.repos.getCollaboratorPermissionLevel({ ...SECRET, username: 'mallory' });
    expect([data.permission, data.role_name]).toEqual(['none', 'none']);
    const nobody = (await bot()).rest.repos.getCollaboratorPermissionLevel({ ...WIDGETS, username: 'nobody' });
    expect(await statusOf(nobody)).toBe(404);
  });

  it('lists collaborators', async () => {
    await withTeam();
    const { data } = await (await bot()).rest.repos.listCollaborators(WIDGETS);
    expect(data.map((user) => [user.login, user.role_name])).toEqual([
      ['alice', 'admin'],
      ['bob', 'write'],
      ['carol', 'maintain'],
    ]);
  });

  it('answers who is in a team', async () => {
    const at = await withTeam();
    const octokit = await bot();
    const { data } = await octokit.rest.teams.listMembersInOrg(at);
    expect(data.map((member) => member.login)).toEqual(['carol']);
    const membership = await octokit.rest.teams.getMembershipForUserInOrg({ ...at, username: 'carol' });
    expect(membership.data.state).toBe('active');
    expect(await statusOf(octokit.rest.teams.getMembershipForUserInOrg({ ...at, username: 'bob' }))).toBe(404);
  });

  it('answers which repositories a team has', async () => {
    const at = await withTeam();
    expect((await alice().rest.teams.checkPermissionsForRepoInOrg({ ...at, ...WIDGETS })).status).toBe(204);
    const teams = await alice().rest.repos.listTeams(WIDGETS);
    expect(teams.data.map((team) => [team.slug, team.permission])).toEqual([['core', 'maintain']]);
  });

  it('answers who is in the organisation', async () => {
    const octokit = await bot();
    expect((await octokit.rest.orgs.checkMembershipForUser({ org: 'acme', username: 'bob' })).status).toBe(204);
    const { data } = await octokit.rest.orgs.listMembers({ org: 'acme' });
    expect(data.map((member) => member.login)).toEqual(['alice', 'bob', 'carol']);
  });
});

describe('reviews', () => {
  it('tells of a request for review, of people and teams', async () => {
    const { number } = await withPullRequest();
    await alice().rest.teams.create({ org: 'acme', name: 'core' });
    const octokit = await bot();
    const at = { ...WIDGETS, pull_number: number };
    const person = await webhooksOf(() => octokit.rest.pulls.requestReviewers({ ...at, reviewers: ['carol'] }));
    const team = await webhooksOf(() => octokit.rest.pulls.requestReviewers({ ...at, team_reviewers: ['core'] }));
    expect(person.find('pull_request.review_requested')).toMatchObject({ requested_reviewer: { login: 'carol' } });
    expect(team.find('pull_request.review_requested')).toMatchObject({ requested_team: { slug: 'core' } });
    const { data } = await octokit.rest.pulls.listRequestedReviewers(at);
    expect([data.users.length, data.teams.length]).toEqual([1, 1]);
    const removed = await webhooksOf(() =>
      octokit.rest.pulls.removeRequestedReviewers({ ...at, reviewers: ['carol'] }),
    );
    expect(removed.find('pull_request.review_request_removed')).toMatchObject({
      requested_reviewer: { login: 'carol' },
    });
  });

  it('refuses to ask the author or a stranger', async () => {
    const { number } = await withPullRequest();
    const octokit = await bot();
    const request = (login: string) =>
      statusOf(octokit.rest.pulls.requestReviewers({ ...WIDGETS, pull_number: number, reviewers: [login] }));
    expect([await request('bob'), await request('mallory')]).toEqual([422, 422]);
  });

  it('tells of an approval, after which nobody waits for the reviewer', async () => {
    const { number, head } = await withPullRequest();
    const octokit = await bot();
    await octokit.rest.pulls.requestReviewers({ ...WIDGETS, pull_number: number, reviewers: ['carol'] });
    const webhooks = await webhooksOf(() =>
      carol().rest.pulls.createReview({ ...WIDGETS, pull_number: number, event: 'APPROVE', body: 'Good' }),
    );
    expect(webhooks.find('pull_request_review.submitted')).toMatchObject({
      review: { state: 'approved', commit_id: head, user: { login: 'carol' } },
      sender: { login: 'carol' },
    });
    const { data } = await octokit.rest.pulls.listReviews({ ...WIDGETS, pull_number: number });
    expect(data).toMatchObject([{ state: 'APPROVED', commit_id: head, author_association: 'MEMBER' }]);
    const pull = await octokit.rest.pulls.get({ ...WIDGETS, pull_number: number });
    expect(pull.data.requested_reviewers).toEqual([]);
  });

  it('refuses an approval of the author', async () => {
    const { number } = await withPullRequest();
    const request = bob().rest.pulls.createReview({ ...WIDGETS, pull_number: number, event: 'APPROVE' });
    expect(await statusOf(request)).toBe(422);
  });

  it('tells of a dismissal', async () => {
    const { number } = await withPullRequest();
    const at = { ...WIDGETS, pull_number: number };
    const review = await carol().rest.pulls.createReview({ ...at, event: 'APPROVE' });
    const dismissal = { ...at, review_id: review.data.id, message: 'Outdated' };
    expect(await statusOf(carol().rest.pulls.dismissReview(dismissal))).toBe(403);
    const webhooks = await webhooksOf(() => alice().rest.pulls.dismissReview(dismissal));
    expect(webhooks.find('pull_request_review.dismissed').review.state).toBe('dismissed');
  });

  it('keeps a review back until it is submitted', async () => {
    const { number } = await withPullRequest();
    const at = { ...WIDGETS, pull_number: number };
    const started = await webhooksOf(() => carol().rest.pulls.createReview({ ...at, body: 'So far' }));
    expect(started.names).toEqual([]);
    const { data } = await carol().rest.pulls.listReviews(at);
    const webhooks = await webhooksOf(() =>
      carol().rest.pulls.submitReview({ ...at, review_id: data[0]?.id ?? 0, event: 'REQUEST_CHANGES', body: 'No' }),
    );
    expect(webhooks.find('pull_request_review.submitted').review.state).toBe('changes_requested');
  });

  it('takes comments on lines, with a review and alone', async () => {
    const { number, head } = await withPullRequest();
    const octokit = await bot();
    const at = { ...WIDGETS, pull_number: number };
    await octokit.rest.pulls.createReview({
      ...at,
      event: 'COMMENT',
      body: 'See below',
      comments: [{ path: 'src/a.ts', line: 1, side: 'RIGHT', body: 'Here' }],
    });
    const webhooks = await webhooksOf(() =>
      octokit.rest.pulls.createReviewComment({
        ...at,
        body: 'There',
        commit_id: head,
        path: 'src/a.ts',
        line: 2,
        side: 'RIGHT',
      }),
    );
    expect(webhooks.names).toEqual(['pull_request_review_comment.created']);
    const { data } = await octokit.rest.pulls.listReviewComments(at);
    expect(data.map((comment) => [comment.line, comment.body])).toEqual([
      [1, 'Here'],
      [2, 'There'],
    ]);
  });
});
