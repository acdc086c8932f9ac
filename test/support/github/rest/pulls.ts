/** The pull requests API: opening, listing, reading, changing, merging, and whom to ask for a review. */
import { belongsTo, hasRole } from '../access.ts';
import { type Emulator, findPull, findUser, inRepo, need, ownerOf } from '../emulator.ts';
import { accountJson, commitJson, type Json, pullRequestJson, simplePullRequestJson, teamJson } from '../format.ts';
import { asOneResponse, type ChangedFile, tooLargeForDiff, toUnifiedDiff } from '../git/diff.ts';
import { ancestorsOf, shareObjects, tipOf, writeRef } from '../git/objects.ts';
import { announcePull } from '../model/announce.ts';
import { withEdit } from '../model/edit-history.ts';
import { type MergeMethod, mergePull, updateBranch } from '../model/merging.ts';
import { closePull, reopenPull } from '../model/pull-lifecycle.ts';
import { comparisonOf, pullsOfCommit, refreshPull } from '../model/pull-state.ts';
import { findBlocker, hasMergeQueue } from '../model/rules.ts';
import { invalid, json, notFound, page, problem, refused } from '../responses.ts';
import { type PullAsk, pullRoute, type RepoAsk, type Route, repoRoute } from '../routing.ts';
import type { PullRequestRow, RepoRow, TeamRow } from '../tables.ts';

/** GitHub lists no more than this, however many there are. */
const FILES_AT_MOST = 3000;
const COMMITS_AT_MOST = 250;

/** Routes of pull requests. */
export const pullRoutes: Route[] = [
  repoRoute('POST', '/pulls', openPull),
  repoRoute('GET', '/pulls', listPulls),
  pullRoute('GET', '', readPull),
  pullRoute('PATCH', '', changePull),
  pullRoute('GET', '/files', listFiles),
  pullRoute('GET', '/commits', ({ emulator, repo, pull, url }) => {
    const commits = comparisonOf(emulator, pull).commits.slice(0, COMMITS_AT_MOST);
    return page(url, commits, (items) => items.map((commit) => commitJson(emulator, repo, commit)));
  }),
  pullRoute('GET', '/merge', ({ pull }) => (pull.merged ? json(204) : notFound())),
  pullRoute('PUT', '/merge', merge),
  pullRoute('PUT', '/update-branch', bringUpToDate),
  pullRoute('GET', '/requested_reviewers', ({ emulator, pull }) => json(200, requestedReviewers(emulator, pull))),
  pullRoute('POST', '/requested_reviewers', requestReviewers),
  pullRoute('DELETE', '/requested_reviewers', removeReviewers),
  repoRoute('GET', '/commits/:sha/pulls', listPullsOfCommit),
];

// -- reading ------------------------------------------------------------------------------------------------------

function answerPull({ emulator }: RepoAsk, pull: PullRequestRow, status = 200): Response {
  return json(status, pullRequestJson(emulator, refreshPull(emulator, pull)));
}

function readPull(ask: PullAsk): Response {
  if (!wantsDiff(ask.headers)) return answerPull(ask, ask.pull);
  return diffResponse(comparisonOf(ask.emulator, ask.pull).files);
}

/** Whether a unified diff is asked for instead of JSON. */
export function wantsDiff(headers: Headers): boolean {
  return /vnd\.github(\.v3)?\.(diff|patch)/.test(headers.get('accept') ?? '');
}

/** A unified diff, or 406 where it would be too large. */
export function diffResponse(files: ChangedFile[]): Response {
  const refusal = tooLargeForDiff(files);
  if (refusal) return problem(406, refusal, [{ resource: 'PullRequest', field: 'diff', code: 'too_large' }]);
  const headers = { 'content-type': 'application/vnd.github.v3.diff; charset=utf-8' };
  return new Response(toUnifiedDiff(files), { headers });
}

function listFiles({ emulator, pull, url }: PullAsk): Response {
  return page(url, comparisonOf(emulator, pull).files.slice(0, FILES_AT_MOST), asOneResponse);
}

function listPulls({ emulator, repo, url }: RepoAsk): Response {
  const { searchParams: query } = url;
  const state = query.get('state') ?? 'open';
  const byUpdate = query.get('sort') === 'updated';
  const ascending = query.get('direction') === 'asc';
  const pulls = inRepo(emulator.tables.pullRequests, repo)
    .filter((pull) => state === 'all' || pull.state === state)
    .filter((pull) => !query.has('base') || pull.base_ref === query.get('base'))
    .filter((pull) => !query.has('head') || headLabel(emulator, pull) === query.get('head'))
    .sort((a, b) => (byUpdate ? a.updated_at.localeCompare(b.updated_at) : 0) || a.number - b.number);
  if (!ascending) pulls.reverse();
  return page(url, pulls, (items) => items.map((pull) => simplePullRequestJson(emulator, pull)));
}

/** `owner:branch`, the only form in which the API filters by head. */
function headLabel(emulator: Emulator, pull: PullRequestRow): string {
  const head = emulator.tables.repos.get(pull.head_repo_id);
  return `${head ? ownerOf(head) : 'unknown'}:${pull.head_ref}`;
}

function listPullsOfCommit({ emulator, repo, params, url }: RepoAsk): Response {
  const pulls = pullsOfCommit(emulator, repo, params.sha ?? '');
  return page(url, pulls, (items) => items.map((pull) => simplePullRequestJson(emulator, pull)));
}

// -- opening ------------------------------------------------------------------------------------------------------

function openPull(ask: RepoAsk): Response {
  const { emulator, repo, actor, body } = ask;
  const { head, base } = body;
  if (typeof head !== 'string' || head === '') return invalid('PullRequest', 'head', 'missing_field');
  if (typeof base !== 'string' || base === '') return invalid('PullRequest', 'base', 'missing_field');
  if (typeof body.title !== 'string' || body.title.trim() === '') {
    return invalid('PullRequest', 'title', 'missing_field');
  }
  const { headRepo, headRef } = findHead(emulator, repo, head);
  const headSha = headRepo && tipOf(emulator, headRepo, headRef);
  if (!headSha) return invalid('PullRequest', 'head');
  const baseSha = tipOf(emulator, repo, base);
  if (!baseSha) return invalid('PullRequest', 'base');
  if (headRepo.id !== repo.id) shareObjects(emulator, headRepo, repo);
  if (ancestorsOf(emulator, repo, baseSha).has(headSha)) {
    return refused('PullRequest', `No commits between ${base} and ${headRef}`);
  }
  const isTheSame = (pull: PullRequestRow) =>
    pull.state === 'open' && pull.head_repo_id === headRepo.id && pull.head_ref === headRef && pull.base_ref === base;
  if (inRepo(emulator.tables.pullRequests, repo).some(isTheSame)) {
    return refused('PullRequest', `A pull request already exists for ${ownerOf(headRepo)}:${headRef}.`);
  }
  const pull = insertPull(ask, { base, baseSha, headRef, headSha, headRepo });
  writeRef(emulator, repo, `refs/pull/${pull.number}/head`, headSha);
  announcePull(emulator, pull, { action: 'opened', sender: actor });
  return answerPull(ask, pull, 201);
}

/** `branch` here, or `login:branch` in that person's fork. */
function findHead(emulator: Emulator, repo: RepoRow, head: string): { headRepo: RepoRow | undefined; headRef: string } {
  const [, owner = ownerOf(repo), headRef = head] = /^([^:]+):(.+)$/.exec(head) ?? [];
  const isOwners = (candidate: RepoRow) => ownerOf(candidate).toLowerCase() === owner.toLowerCase();
  if (isOwners(repo)) return { headRepo: repo, headRef };
  const forks = emulator.tables.repos.all().filter((candidate) => candidate.forked_from_id === repo.id);
  return { headRepo: forks.find(isOwners), headRef };
}

function insertPull(
  { emulator, repo, actor, body }: RepoAsk,
  from: { base: string; baseSha: string; headRef: string; headSha: string; headRepo: RepoRow },
): PullRequestRow {
  const { tables } = emulator;
  const number = Math.max(0, ...inRepo(tables.issues, repo).map((issue) => issue.number)) + 1;
  const shared = {
    repo_id: repo.id,
    number,
    title: String(body.title),
    body: typeof body.body === 'string' ? body.body : null,
    state: 'open' as const,
    locked: false,
    user_id: actor.id,
    assignee_ids: [],
    label_ids: [],
    milestone_id: null,
    comments: 0,
    closed_at: null,
  };
  const issue = tables.issues.insert({
    ...shared,
    node_id: '',
    state_reason: null,
    active_lock_reason: null,
    closed_by_id: null,
    is_pull_request: true,
  });
  tables.issues.update(issue.id, { node_id: `I_${issue.id}` });
  const pull = tables.pullRequests.insert({
    ...shared,
    node_id: '',
    head_ref: from.headRef,
    head_sha: from.headSha,
    head_repo_id: from.headRepo.id,
    base_ref: from.base,
    base_sha: from.baseSha,
    base_repo_id: repo.id,
    merged: false,
    merged_at: null,
    merged_by_id: null,
    merge_commit_sha: null,
    mergeable: null,
    mergeable_state: 'unknown',
    review_comments: 0,
    commits: 0,
    additions: 0,
    deletions: 0,
    changed_files: 0,
    draft: body.draft === true,
    requested_reviewer_ids: [],
    requested_team_ids: [],
    auto_merge: null,
  });
  tables.repos.update(repo.id, { open_issues_count: repo.open_issues_count + 1 });
  return need(tables.pullRequests.update(pull.id, { node_id: `PR_${pull.id}` }), 'a pull request');
}

// -- changing -----------------------------------------------------------------------------------------------------

function changePull(ask: PullAsk): Response {
  const { emulator, repo, pull, actor, body, caller } = ask;
  if (caller.kind === 'user' && pull.user_id !== actor.id && !hasRole(emulator, actor, repo, 'write')) {
    return problem(403, 'Must have admin rights to Repository.');
  }
  if (body.base !== undefined && !tipOf(emulator, repo, String(body.base))) return invalid('PullRequest', 'base');
  if (body.state === 'open' && pull.merged) return refused('PullRequest', 'Cannot reopen a merged pull request.');
  editPull(ask);
  const edited = need(findPull(emulator, repo, pull.number), 'a pull request');
  if (body.state === 'closed' && pull.state === 'open') closePull(emulator, edited, actor);
  if (body.state === 'open' && pull.state === 'closed') reopenPull(emulator, edited, actor);
  return answerPull(ask, edited);
}

/** Title, description and base; told as one event that says what they were before. */
function editPull({ emulator, repo, pull, actor, body }: PullAsk): void {
  const { tables } = emulator;
  const changes: Json = {};
  const update: Partial<PullRequestRow> = {};
  if (typeof body.title === 'string' && body.title !== pull.title) {
    changes.title = { from: pull.title };
    update.title = body.title;
  }
  const text = body.body === null ? '' : body.body;
  if (typeof text === 'string' && text !== (pull.body ?? '')) {
    changes.body = { from: pull.body ?? '' };
    update.body = text;
    update.edits = withEdit(pull, text, actor.id);
  }
  if (typeof body.base === 'string' && body.base !== pull.base_ref) {
    changes.base = { ref: { from: pull.base_ref }, sha: { from: pull.base_sha } };
    update.base_ref = body.base;
    update.base_sha = tipOf(emulator, repo, body.base) ?? pull.base_sha;
  }
  if (Object.keys(changes).length === 0) return;
  const changed = need(tables.pullRequests.update(pull.id, update), 'a pull request');
  const issue = inRepo(tables.issues, repo).find((row) => row.number === pull.number);
  if (issue) tables.issues.update(issue.id, { title: changed.title, body: changed.body });
  announcePull(emulator, changed, { action: 'edited', sender: actor, details: { changes } });
}

// -- merging ------------------------------------------------------------------------------------------------------

function merge(ask: PullAsk): Response {
  const { emulator, repo, pull, actor, body } = ask;
  if (pull.draft) return problem(405, 'Pull Request is still a draft');
  if (pull.state === 'closed') return problem(405, 'Pull Request is not mergeable');
  if (body.sha !== undefined && body.sha !== pull.head_sha) {
    return problem(409, 'Head branch was modified. Review and try the merge again.');
  }
  const blocker = findBlocker(emulator, repo, pull);
  if (blocker) return problem(405, `Repository rule violations found\n\n${blocker.message}`);
  if (hasMergeQueue(emulator, repo, pull.base_ref)) {
    return problem(405, 'Changes must be made through the merge queue');
  }
  const sha = mergePull(emulator, pull, {
    method: (body.merge_method ?? 'merge') as MergeMethod,
    actor,
    ...(typeof body.commit_title === 'string' ? { title: body.commit_title } : {}),
    ...(typeof body.commit_message === 'string' ? { message: body.commit_message } : {}),
  });
  if (!sha) return problem(405, 'Pull Request is not mergeable');
  return json(200, { sha, merged: true, message: 'Pull Request successfully merged' });
}

function bringUpToDate({ emulator, pull, actor, body, url }: PullAsk): Response {
  if (body.expected_head_sha !== undefined && body.expected_head_sha !== pull.head_sha) {
    return problem(422, 'expected head sha didn’t match current head ref.');
  }
  if (!updateBranch(emulator, pull, actor)) return problem(422, 'merge conflict between base and head');
  return json(202, { message: 'Updating pull request branch.', url: String(url).replace('/update-branch', '') });
}

// -- reviewers ----------------------------------------------------------------------------------------------------

function requestedReviewers(emulator: Emulator, pull: PullRequestRow): Json {
  const { users, teams } = emulator.tables;
  return {
    users: pull.requested_reviewer_ids.map((id) => accountJson(emulator, need(users.get(id), 'a reviewer'))),
    teams: pull.requested_team_ids.map((id) => teamJson(emulator, need(teams.get(id), 'a team'))),
  };
}

function requestReviewers(ask: PullAsk): Response {
  const { emulator, repo, pull, actor } = ask;
  const reviewers = namesIn(ask.body.reviewers).map((login) => findUser(emulator, login));
  const teams = namesIn(ask.body.team_reviewers).map((slug) => findTeam(emulator, repo, slug));
  if (reviewers.some((user) => user?.id === pull.user_id)) {
    return problem(422, 'Review cannot be requested from pull request author.');
  }
  if (reviewers.some((user) => !user || !belongsTo(emulator, user, repo)) || teams.includes(undefined)) {
    return problem(
      422,
      `Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the ${repo.full_name} repository.`,
    );
  }
  for (const user of reviewers) {
    if (!user || pull.requested_reviewer_ids.includes(user.id)) continue;
    pull.requested_reviewer_ids = [...pull.requested_reviewer_ids, user.id];
    const details = { requested_reviewer: accountJson(emulator, user) };
    announcePull(emulator, touch(emulator, pull), { action: 'review_requested', sender: actor, details });
  }
  for (const team of teams) {
    if (!team || pull.requested_team_ids.includes(team.id)) continue;
    pull.requested_team_ids = [...pull.requested_team_ids, team.id];
    const details = { requested_team: teamJson(emulator, team) };
    announcePull(emulator, touch(emulator, pull), { action: 'review_requested', sender: actor, details });
  }
  return json(201, simplePullRequestJson(emulator, refreshPull(emulator, pull)));
}

function removeReviewers(ask: PullAsk): Response {
  const { emulator, repo, pull, actor } = ask;
  for (const login of namesIn(ask.body.reviewers)) {
    const user = findUser(emulator, login);
    if (!user) continue;
    pull.requested_reviewer_ids = pull.requested_reviewer_ids.filter((id) => id !== user.id);
    const details = { requested_reviewer: accountJson(emulator, user) };
    announcePull(emulator, touch(emulator, pull), { action: 'review_request_removed', sender: actor, details });
  }
  for (const slug of namesIn(ask.body.team_reviewers)) {
    const team = findTeam(emulator, repo, slug);
    if (!team) continue;
    pull.requested_team_ids = pull.requested_team_ids.filter((id) => id !== team.id);
    const details = { requested_team: teamJson(emulator, team) };
    announcePull(emulator, touch(emulator, pull), { action: 'review_request_removed', sender: actor, details });
  }
  return json(200, simplePullRequestJson(emulator, refreshPull(emulator, pull)));
}

/** Writes a changed row, so that its date is that of the change. */
function touch(emulator: Emulator, pull: PullRequestRow): PullRequestRow {
  return need(emulator.tables.pullRequests.update(pull.id, pull), 'a pull request');
}

function namesIn(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function findTeam(emulator: Emulator, repo: RepoRow, slug: string): TeamRow | undefined {
  return emulator.tables.teams.findBy('org_id', repo.owner_id).find((team) => team.slug === slug);
}
