/** Rows as GitHub's REST API and webhooks show them. Each function makes one JSON object; nothing here changes anything. */
import { roleIn, roleRank } from './access.ts';
import { type Emulator, findApp, findIssue, inRepo, need, ownerOf, toSeconds } from './emulator.ts';
import { findCommit } from './git/objects.ts';
import type {
  AppRow,
  CommentRow,
  CommitRow,
  IssueRow,
  LabelRow,
  OrgRow,
  PullRequestRow,
  RepoRow,
  ReviewRow,
  TeamRow,
  UserRow,
} from './tables.ts';

/** A JSON object on its way out. */
export type Json = Record<string, unknown>;

// -- accounts -----------------------------------------------------------------------------------------------------

/** GitHub's `simple-user`; organisations have the same shape wherever a user could stand. */
export function accountJson(emulator: Emulator, account: UserRow | OrgRow): Json {
  const { url } = emulator;
  const { login } = account;
  const isUser = 'type' in account;
  const path = encodeURIComponent(login); // a bot's has brackets
  const api = `${url}/users/${path}`;
  return {
    login,
    id: account.id,
    node_id: account.node_id,
    avatar_url: `${url}/avatars/${path}`,
    gravatar_id: '',
    url: api,
    html_url: isUser && account.type === 'Bot' ? `${url}/apps/${login.replace('[bot]', '')}` : `${url}/${login}`,
    followers_url: `${api}/followers`,
    following_url: `${api}/following{/other_user}`,
    gists_url: `${api}/gists{/gist_id}`,
    starred_url: `${api}/starred{/owner}{/repo}`,
    subscriptions_url: `${api}/subscriptions`,
    organizations_url: `${api}/orgs`,
    repos_url: `${api}/repos`,
    events_url: `${api}/events{/privacy}`,
    received_events_url: `${api}/received_events`,
    type: isUser ? account.type : 'Organization',
    user_view_type: 'public',
    site_admin: isUser && account.site_admin,
  };
}

/** An account by id; `null` where there is none. */
export function userJson(emulator: Emulator, userId: number | null | undefined): Json | null {
  const user = userId == null ? undefined : emulator.tables.users.get(userId);
  return user ? accountJson(emulator, user) : null;
}

/** GitHub's `organization-simple`, as webhooks carry it. */
export function organizationJson(emulator: Emulator, org: OrgRow): Json {
  const api = `${emulator.url}/orgs/${org.login}`;
  return {
    login: org.login,
    id: org.id,
    node_id: org.node_id,
    url: api,
    repos_url: `${api}/repos`,
    events_url: `${api}/events`,
    hooks_url: `${api}/hooks`,
    issues_url: `${api}/issues`,
    members_url: `${api}/members{/member}`,
    public_members_url: `${api}/public_members{/member}`,
    avatar_url: `${emulator.url}/avatars/${org.login}`,
    description: org.description ?? '',
  };
}

/** A team without its organisation. */
export function teamJson(emulator: Emulator, team: TeamRow): Json {
  const org = need(emulator.tables.orgs.get(team.org_id), `the organisation of the team ${team.slug}`);
  const api = `${emulator.url}/organizations/${org.id}/team/${team.id}`;
  return {
    id: team.id,
    node_id: team.node_id,
    name: team.name,
    slug: team.slug,
    description: team.description,
    privacy: team.privacy,
    notification_setting: 'notifications_enabled',
    permission: team.permission,
    url: api,
    html_url: `${emulator.url}/orgs/${org.login}/teams/${team.slug}`,
    members_url: `${api}/members{/member}`,
    repositories_url: `${api}/repos`,
    type: 'organization',
    organization_id: org.id,
    parent: null,
  };
}

/** An App. The emulator's belong to the first organisation. */
export function appJson(emulator: Emulator, app: AppRow): Json {
  const owner = need(emulator.tables.orgs.all()[0], 'the organisation that owns the App');
  return {
    id: app.app_id,
    slug: app.slug,
    node_id: `A_${app.app_id}`,
    client_id: `Iv1.${app.app_id}`,
    owner: accountJson(emulator, owner),
    name: app.name,
    description: app.description ?? '',
    external_url: emulator.url,
    html_url: `${emulator.url}/apps/${app.slug}`,
    created_at: toSeconds(app.created_at),
    updated_at: toSeconds(app.updated_at),
    permissions: app.permissions,
    events: app.events,
  };
}

/** An App by id; `null` where there is none. */
export function appJsonById(emulator: Emulator, appId: number | null | undefined): Json | null {
  const app = appId == null ? undefined : findApp(emulator, appId);
  return app ? appJson(emulator, app) : null;
}

/** How an account stands to a repository, as comments and pull requests tell it. */
export function associationOf(emulator: Emulator, repo: RepoRow, userId: number): string {
  const { tables } = emulator;
  if (repo.owner_type === 'User' && repo.owner_id === userId) return 'OWNER';
  const inOrganization = tables.teamMembers
    .findBy('user_id', userId)
    .some((member) => tables.teams.get(member.team_id)?.org_id === repo.owner_id);
  if (repo.owner_type === 'Organization' && inOrganization) return 'MEMBER';
  if (inRepo(tables.collaborators, repo).some((row) => row.user_id === userId)) return 'COLLABORATOR';
  const hasMerged = inRepo(tables.pullRequests, repo).some((pull) => pull.user_id === userId && pull.merged);
  return hasMerged ? 'CONTRIBUTOR' : 'NONE';
}

// -- repositories -------------------------------------------------------------------------------------------------

/** The many links of a repository, below its own URL in the API. */
const REPOSITORY_LINKS: Record<string, string> = {
  archive_url: '/{archive_format}{/ref}',
  assignees_url: '/assignees{/user}',
  blobs_url: '/git/blobs{/sha}',
  branches_url: '/branches{/branch}',
  collaborators_url: '/collaborators{/collaborator}',
  comments_url: '/comments{/number}',
  commits_url: '/commits{/sha}',
  compare_url: '/compare/{base}...{head}',
  contents_url: '/contents/{+path}',
  contributors_url: '/contributors',
  deployments_url: '/deployments',
  downloads_url: '/downloads',
  events_url: '/events',
  forks_url: '/forks',
  git_commits_url: '/git/commits{/sha}',
  git_refs_url: '/git/refs{/sha}',
  git_tags_url: '/git/tags{/sha}',
  hooks_url: '/hooks',
  issue_comment_url: '/issues/comments{/number}',
  issue_events_url: '/issues/events{/number}',
  issues_url: '/issues{/number}',
  keys_url: '/keys{/key_id}',
  labels_url: '/labels{/name}',
  languages_url: '/languages',
  merges_url: '/merges',
  milestones_url: '/milestones{/number}',
  notifications_url: '/notifications{?since,all,participating}',
  pulls_url: '/pulls{/number}',
  releases_url: '/releases{/id}',
  stargazers_url: '/stargazers',
  statuses_url: '/statuses/{sha}',
  subscribers_url: '/subscribers',
  subscription_url: '/subscription',
  tags_url: '/tags',
  teams_url: '/teams',
  trees_url: '/git/trees{/sha}',
};

/** Fields of a repository that we keep as `emulate` has them. */
const REPOSITORY_FIELDS = [
  'allow_forking',
  'archived',
  'default_branch',
  'description',
  'disabled',
  'fork',
  'forks_count',
  'has_discussions',
  'has_downloads',
  'has_issues',
  'has_pages',
  'has_projects',
  'has_wiki',
  'homepage',
  'is_template',
  'language',
  'license',
  'open_issues_count',
  'private',
  'size',
  'stargazers_count',
  'topics',
  'visibility',
  'watchers_count',
];

/** A repository as webhooks and lists carry it. */
export function repositoryJson(emulator: Emulator, repo: RepoRow): Json {
  const api = `${emulator.url}/repos/${repo.full_name}`;
  const site = `${emulator.url}/${repo.full_name}`;
  const host = emulator.url.replace(/^https?:\/\//, '');
  return {
    id: repo.id,
    node_id: repo.node_id,
    name: repo.name,
    full_name: repo.full_name,
    owner: repositoryOwnerJson(emulator, repo),
    html_url: site,
    url: api,
    ...Object.fromEntries(Object.entries(REPOSITORY_LINKS).map(([field, path]) => [field, api + path])),
    ...Object.fromEntries(REPOSITORY_FIELDS.map((field) => [field, repo[field] ?? null])),
    created_at: toSeconds(repo.created_at),
    updated_at: toSeconds(repo.updated_at),
    pushed_at: toSeconds(repo.pushed_at ?? repo.created_at),
    git_url: `git://${host}/${repo.full_name}.git`,
    ssh_url: `git@${host}:${repo.full_name}.git`,
    clone_url: `${site}.git`,
    svn_url: site,
    mirror_url: null,
    forks: repo.forks_count,
    open_issues: repo.open_issues_count,
    watchers: repo.watchers_count,
    web_commit_signoff_required: false,
    custom_properties: {},
  };
}

/** What the API answers to a question about one repository: settings and the caller's permissions on top. */
export function fullRepositoryJson(emulator: Emulator, repo: RepoRow, user: UserRow | undefined): Json {
  const rank = user ? roleRank(roleIn(emulator, user, repo)) : roleRank('read');
  const parent = repo.forked_from_id === null ? undefined : emulator.tables.repos.get(repo.forked_from_id);
  const owner = repo.owner_type === 'Organization' ? repositoryOwnerJson(emulator, repo) : undefined;
  return {
    ...repositoryJson(emulator, repo),
    permissions: permissionsJson(rank),
    ...Object.fromEntries(
      [
        'allow_rebase_merge',
        'allow_squash_merge',
        'allow_merge_commit',
        'allow_auto_merge',
        'delete_branch_on_merge',
      ].map((field) => [field, repo[field] ?? false]),
    ),
    network_count: repo.forks_count,
    subscribers_count: 0,
    ...(owner ? { organization: owner } : {}),
    ...(parent ? { parent: repositoryJson(emulator, parent), source: repositoryJson(emulator, parent) } : {}),
  };
}

/** What someone of this rank may do, in the API's words. */
export function permissionsJson(rank: number): Json {
  return {
    admin: rank >= roleRank('admin'),
    maintain: rank >= roleRank('maintain'),
    push: rank >= roleRank('write'),
    triage: rank >= roleRank('triage'),
    pull: rank >= roleRank('read'),
  };
}

/** Whoever a repository belongs to. */
export function repositoryOwnerJson(emulator: Emulator, repo: RepoRow): Json {
  const { users, orgs } = emulator.tables;
  const owner = repo.owner_type === 'User' ? users.get(repo.owner_id) : orgs.get(repo.owner_id);
  return accountJson(emulator, need<UserRow | OrgRow>(owner, `the owner of ${repo.full_name}`));
}

// -- pull requests and issues -------------------------------------------------------------------------------------

/** Fields that only a single pull request has, not one in a list, a review or a search. */
const DETAILS = [
  'merged',
  'mergeable',
  'rebaseable',
  'mergeable_state',
  'merged_by',
  'comments',
  'review_comments',
  'maintainer_can_modify',
  'commits',
  'additions',
  'deletions',
  'changed_files',
];

/** A pull request in full. Its counts and its mergeability are those of the row, see `pulls.ts`. */
export function pullRequestJson(emulator: Emulator, pull: PullRequestRow): Json {
  const { tables, url } = emulator;
  const repo = need(tables.repos.get(pull.base_repo_id), `the repository of pull request ${pull.number}`);
  const api = `${url}/repos/${repo.full_name}`;
  const self = `${api}/pulls/${pull.number}`;
  const issue = `${api}/issues/${pull.number}`;
  const site = `${url}/${repo.full_name}/pull/${pull.number}`;
  const assignees = pull.assignee_ids.map((id) => userJson(emulator, id));
  return {
    url: self,
    id: pull.id,
    node_id: pull.node_id,
    html_url: site,
    diff_url: `${site}.diff`,
    patch_url: `${site}.patch`,
    issue_url: issue,
    number: pull.number,
    state: pull.state,
    locked: pull.locked,
    active_lock_reason: findIssue(emulator, repo, pull.number)?.active_lock_reason ?? null,
    title: pull.title,
    user: userJson(emulator, pull.user_id),
    body: pull.body,
    created_at: toSeconds(pull.created_at),
    updated_at: toSeconds(pull.updated_at),
    closed_at: pull.closed_at && toSeconds(pull.closed_at),
    merged_at: pull.merged_at && toSeconds(pull.merged_at),
    merge_commit_sha: pull.merge_commit_sha,
    assignee: assignees[0] ?? null,
    assignees,
    requested_reviewers: pull.requested_reviewer_ids.map((id) => userJson(emulator, id)),
    requested_teams: pull.requested_team_ids.map((id) => teamJson(emulator, need(tables.teams.get(id), 'a team'))),
    labels: labelsJson(emulator, repo, pull.label_ids),
    milestone: null,
    draft: pull.draft,
    commits_url: `${self}/commits`,
    review_comments_url: `${self}/comments`,
    review_comment_url: `${api}/pulls/comments{/number}`,
    comments_url: `${issue}/comments`,
    statuses_url: `${api}/statuses/${pull.head_sha}`,
    head: sideJson(emulator, { repoId: pull.head_repo_id, ref: pull.head_ref, sha: pull.head_sha }),
    base: sideJson(emulator, { repoId: pull.base_repo_id, ref: pull.base_ref, sha: pull.base_sha }),
    _links: {
      self: { href: self },
      html: { href: site },
      issue: { href: issue },
      comments: { href: `${issue}/comments` },
      review_comments: { href: `${self}/comments` },
      review_comment: { href: `${api}/pulls/comments{/number}` },
      commits: { href: `${self}/commits` },
      statuses: { href: `${api}/statuses/${pull.head_sha}` },
    },
    author_association: associationOf(emulator, repo, pull.user_id),
    auto_merge: pull.auto_merge,
    merged: pull.merged,
    mergeable: pull.mergeable,
    rebaseable: pull.mergeable,
    mergeable_state: pull.mergeable_state,
    merged_by: userJson(emulator, pull.merged_by_id),
    comments: findIssue(emulator, repo, pull.number)?.comments ?? 0,
    review_comments: pull.review_comments,
    maintainer_can_modify: pull.head_repo_id !== pull.base_repo_id,
    commits: pull.commits,
    additions: pull.additions,
    deletions: pull.deletions,
    changed_files: pull.changed_files,
  };
}

/** A pull request where it stands among others, or beside a review. */
export function simplePullRequestJson(emulator: Emulator, pull: PullRequestRow): Json {
  return Object.fromEntries(
    Object.entries(pullRequestJson(emulator, pull)).filter(([field]) => !DETAILS.includes(field)),
  );
}

/** The links by which an issue is known to be a pull request. */
export function pullRequestLinks(emulator: Emulator, repo: RepoRow, pull: PullRequestRow): Json {
  const site = `${emulator.url}/${repo.full_name}/pull/${pull.number}`;
  return {
    url: `${emulator.url}/repos/${repo.full_name}/pulls/${pull.number}`,
    html_url: site,
    diff_url: `${site}.diff`,
    patch_url: `${site}.patch`,
    merged_at: pull.merged_at && toSeconds(pull.merged_at),
  };
}

/** One side of a pull request. The repository is `null` once a fork is deleted. */
function sideJson(emulator: Emulator, side: { repoId: number; ref: string; sha: string }): Json {
  const repo = emulator.tables.repos.get(side.repoId);
  return {
    label: `${repo ? ownerOf(repo) : 'unknown'}:${side.ref}`,
    ref: side.ref,
    sha: side.sha,
    user: repo ? repositoryOwnerJson(emulator, repo) : null,
    repo: repo ? repositoryJson(emulator, repo) : null,
  };
}

/** The labels of a pull request or an issue. */
export function labelsJson(emulator: Emulator, repo: RepoRow, labelIds: number[]): Json[] {
  const labels = labelIds.map((id) => emulator.tables.labels.get(id)).filter((label) => label !== undefined);
  return labels.map((label) => labelJson(emulator, repo, label));
}

/** One label. */
export function labelJson(emulator: Emulator, repo: RepoRow, label: LabelRow): Json {
  return {
    id: label.id,
    node_id: label.node_id,
    url: `${emulator.url}/repos/${repo.full_name}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    color: label.color,
    default: label.default,
    description: label.description,
  };
}

/** An issue; that of a pull request has its links. */
export function issueJson(emulator: Emulator, repo: RepoRow, issue: IssueRow): Json {
  const { tables, url } = emulator;
  const self = `${url}/repos/${repo.full_name}/issues/${issue.number}`;
  const pull = inRepo(tables.pullRequests, repo).find((each) => each.number === issue.number);
  const assignees = issue.assignee_ids.map((id) => userJson(emulator, id));
  return {
    url: self,
    repository_url: `${url}/repos/${repo.full_name}`,
    labels_url: `${self}/labels{/name}`,
    comments_url: `${self}/comments`,
    events_url: `${self}/events`,
    html_url: `${url}/${repo.full_name}/${pull ? 'pull' : 'issues'}/${issue.number}`,
    id: issue.id,
    node_id: issue.node_id,
    number: issue.number,
    title: issue.title,
    user: userJson(emulator, issue.user_id),
    labels: labelsJson(emulator, repo, issue.label_ids),
    state: issue.state,
    state_reason: issue.state_reason,
    locked: issue.locked,
    active_lock_reason: issue.active_lock_reason,
    assignee: assignees[0] ?? null,
    assignees,
    milestone: null,
    comments: issue.comments,
    created_at: toSeconds(issue.created_at),
    updated_at: toSeconds(issue.updated_at),
    closed_at: issue.closed_at && toSeconds(issue.closed_at),
    body: issue.body,
    reactions: reactionsJson(emulator, `issue ${issue.number}`, `${self}/reactions`),
    timeline_url: `${self}/timeline`,
    performed_via_github_app: null,
    author_association: associationOf(emulator, repo, issue.user_id),
    ...(pull ? { draft: pull.draft, pull_request: pullRequestLinks(emulator, repo, pull) } : {}),
  };
}

// -- comments and reviews -----------------------------------------------------------------------------------------

/** A comment on an issue or a pull request. */
export function issueCommentJson(emulator: Emulator, repo: RepoRow, comment: CommentRow): Json {
  const api = `${emulator.url}/repos/${repo.full_name}`;
  const self = `${api}/issues/comments/${comment.id}`;
  const isPull = inRepo(emulator.tables.pullRequests, repo).some((pull) => pull.number === comment.issue_number);
  const site = `${emulator.url}/${repo.full_name}/${isPull ? 'pull' : 'issues'}/${comment.issue_number}`;
  return {
    url: self,
    html_url: `${site}#issuecomment-${comment.id}`,
    issue_url: `${api}/issues/${comment.issue_number}`,
    id: comment.id,
    node_id: comment.node_id,
    user: userJson(emulator, comment.user_id),
    created_at: toSeconds(comment.created_at),
    updated_at: toSeconds(comment.updated_at),
    author_association: associationOf(emulator, repo, comment.user_id),
    body: comment.body,
    reactions: reactionsJson(emulator, `comment ${comment.id}`, `${self}/reactions`),
    performed_via_github_app: appJsonById(emulator, comment.app_id),
  };
}

/** Reactions in sum: `{ total_count: 1, eyes: 1, … }`. */
export function reactionsJson(emulator: Emulator, subject: string, url: string): Json {
  const reactions = emulator.state.reactions.filter((reaction) => reaction.subject === subject);
  const count = (content: string) => reactions.filter((reaction) => reaction.content === content).length;
  const kinds = ['+1', '-1', 'laugh', 'hooray', 'confused', 'heart', 'rocket', 'eyes'];
  return { url, total_count: reactions.length, ...Object.fromEntries(kinds.map((kind) => [kind, count(kind)])) };
}

/** A review as the REST API shows it; webhooks differ, see `reviews.ts`. */
export function reviewJson(emulator: Emulator, repo: RepoRow, review: ReviewRow): Json {
  const api = `${emulator.url}/repos/${repo.full_name}/pulls/${review.pull_number}`;
  const site = `${emulator.url}/${repo.full_name}/pull/${review.pull_number}#pullrequestreview-${review.id}`;
  return {
    id: review.id,
    node_id: review.node_id,
    user: userJson(emulator, review.user_id),
    body: review.body ?? '',
    state: review.state,
    html_url: site,
    pull_request_url: api,
    author_association: associationOf(emulator, repo, review.user_id),
    _links: { html: { href: site }, pull_request: { href: api } },
    ...(review.submitted_at ? { submitted_at: toSeconds(review.submitted_at) } : {}),
    commit_id: review.commit_id,
  };
}

// -- commits ------------------------------------------------------------------------------------------------------

/** A commit as the REST API lists it, without its files. */
export function commitJson(emulator: Emulator, repo: RepoRow, commit: CommitRow): Json {
  const api = `${emulator.url}/repos/${repo.full_name}`;
  const site = `${emulator.url}/${repo.full_name}/commit`;
  return {
    sha: commit.sha,
    node_id: commit.node_id,
    url: `${api}/commits/${commit.sha}`,
    html_url: `${site}/${commit.sha}`,
    comments_url: `${api}/commits/${commit.sha}/comments`,
    commit: {
      url: `${api}/git/commits/${commit.sha}`,
      author: { name: commit.author_name, email: commit.author_email, date: toSeconds(commit.author_date) },
      committer: { name: commit.committer_name, email: commit.committer_email, date: toSeconds(commit.committer_date) },
      message: commit.message,
      tree: { url: `${api}/git/trees/${commit.tree_sha}`, sha: commit.tree_sha },
      comment_count: 0,
      verification: { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null },
    },
    author: emailOwnerJson(emulator, commit.author_email),
    committer: emailOwnerJson(emulator, commit.committer_email),
    parents: commit.parent_shas.map((sha) => ({ sha, url: `${api}/commits/${sha}`, html_url: `${site}/${sha}` })),
  };
}

/** A commit as webhooks carry it in `head_commit`. */
export function headCommitJson(emulator: Emulator, repo: { id: number }, sha: string): Json | null {
  const commit = findCommit(emulator, repo, sha);
  if (!commit) return null;
  return {
    id: commit.sha,
    tree_id: commit.tree_sha,
    message: commit.message,
    timestamp: toSeconds(commit.committer_date),
    author: { name: commit.author_name, email: commit.author_email },
    committer: { name: commit.committer_name, email: commit.committer_email },
  };
}

/** The account that an e-mail address belongs to, as GitHub links the authors of commits. */
export function findEmailOwner(emulator: Emulator, email: string): UserRow | undefined {
  const address = email.toLowerCase();
  const noreply = /^(?:\d+\+)?(.+)@users\.noreply\.github\.com$/.exec(address)?.[1];
  return emulator.tables.users
    .all()
    .find((user) => user.email?.toLowerCase() === address || user.login.toLowerCase() === noreply);
}

function emailOwnerJson(emulator: Emulator, email: string): Json | null {
  const owner = findEmailOwner(emulator, email);
  return owner ? accountJson(emulator, owner) : null;
}
