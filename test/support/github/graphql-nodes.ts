/**
 * GitHub's GraphQL nodes, made of the emulator's rows. A field that GitHub has and we do not make an error, never a
 * silent `null`: see `resolveField` in `graphql.ts`.
 */
import { canSee, hasRole, roleIn } from './access.ts';
import { latestRuns, runsOf } from './check-store.ts';
import { commentsOf } from './comments.ts';
import { findApp, findRepo, inRepo, need, nextId, timestamp, toSeconds } from './emulator.ts';
import { associationOf, findEmailOwner } from './format.ts';
import { bytesOf, findBlob, findCommit, findRef, findTree, resolveCommit, textOf } from './git-objects.ts';
import { connection, demand, type Node, type PageArguments, trouble, type View } from './graphql-view.ts';
import { type MergeGroup, queueOf } from './merge-queue.ts';
import { comparisonOf, refreshPull } from './pull-state.ts';
import { pullsOfCommit } from './pulls.ts';
import { checkState, hasMergeQueue, latestOpinions, requiredApprovals, requiredChecks } from './rules.ts';
import type {
  AppRow,
  CheckRunRow,
  CheckSuiteRow,
  CommentRow,
  CommitRow,
  Edit,
  OrgRow,
  PullRequestRow,
  RepoRow,
  ReviewRow,
  TeamRow,
  TreeEntry,
  UserRow,
} from './tables.ts';

// -- accounts -----------------------------------------------------------------------------------------------------

/** A user or a bot. Here, unlike in REST, a bot's login has no `[bot]`. */
export function actorNode(view: View, userId: number | null | undefined): Node | null {
  const user = userId == null ? undefined : view.emulator.tables.users.get(userId);
  return user ? accountNode(view, user) : null;
}

export function accountNode(view: View, user: UserRow): Node {
  const { url } = view.emulator;
  const login = user.type === 'Bot' ? user.login.replace('[bot]', '') : user.login;
  const path = user.type === 'Bot' ? `/apps/${login}` : `/${login}`;
  return {
    __typename: user.type,
    id: user.node_id,
    databaseId: user.id,
    login,
    avatarUrl: `${url}/avatars/${user.login}`,
    url: url + path,
    resourcePath: path,
    createdAt: toSeconds(user.created_at),
    updatedAt: toSeconds(user.updated_at),
    ...(user.type === 'User'
      ? { name: user.name, email: user.email ?? '', isViewer: user.id === view.viewer?.id }
      : {}),
  };
}

/** The caller. GitHub shows an App here as a user whose login does have `[bot]`. */
export function viewerNode(view: View): Node {
  const viewer = need(view.viewer, 'the viewer');
  return { ...accountNode(view, { ...viewer, type: 'User' }), login: viewer.login };
}

export function organizationNode(view: View, org: OrgRow): Node {
  return {
    __typename: 'Organization',
    id: org.node_id,
    databaseId: org.id,
    login: org.login,
    name: org.name,
    url: `${view.emulator.url}/${org.login}`,
    avatarUrl: `${view.emulator.url}/avatars/${org.login}`,
    resourcePath: `/${org.login}`,
    team: ({ slug }: { slug: string }) => {
      demand(view, 'read', 'members');
      const team = view.emulator.tables.teams.findBy('org_id', org.id).find((row) => row.slug === slug);
      return team ? teamNode(view, team) : null;
    },
  };
}

function teamNode(view: View, team: TeamRow): Node {
  const { teamMembers, users } = view.emulator.tables;
  return {
    __typename: 'Team',
    id: team.node_id,
    databaseId: team.id,
    slug: team.slug,
    name: team.name,
    combinedSlug: `${view.emulator.tables.orgs.get(team.org_id)?.login}/${team.slug}`,
    members: (args: PageArguments) => {
      demand(view, 'read', 'members');
      const members = teamMembers.findBy('team_id', team.id).map((row) => need(users.get(row.user_id), 'a member'));
      return connection(members, args, (user) => accountNode(view, user));
    },
  };
}

function appNode(view: View, app: AppRow): Node {
  return {
    __typename: 'App',
    id: `A_${app.app_id}`,
    databaseId: app.app_id,
    clientId: `Iv1.${app.app_id}`,
    slug: app.slug,
    name: app.name,
    description: app.description,
    url: `${view.emulator.url}/apps/${app.slug}`,
  };
}

function ownerNode(view: View, repo: RepoRow): Node {
  const { users, orgs } = view.emulator.tables;
  return repo.owner_type === 'User'
    ? accountNode(view, need(users.get(repo.owner_id), 'an owner'))
    : organizationNode(view, need(orgs.get(repo.owner_id), 'an owner'));
}

// -- repositories -------------------------------------------------------------------------------------------------

/** A repository by name, if the caller may know of it. */
export function findRepositoryNode(view: View, owner: string, name: string): Node {
  const repo = findRepo(view.emulator, owner, name);
  if (!repo || !canSee(view.emulator, view.caller, repo)) {
    throw trouble('NOT_FOUND', `Could not resolve to a Repository with the name '${owner}/${name}'.`);
  }
  return repositoryNode(view, repo);
}

interface PullRequestArguments extends PageArguments {
  states?: string[] | null;
  baseRefName?: string | null;
  headRefName?: string | null;
  labels?: string[] | null;
  orderBy?: { field: string; direction: string } | null;
}

export function repositoryNode(view: View, repo: RepoRow): Node {
  const { emulator } = view;
  return {
    __typename: 'Repository',
    id: repo.node_id,
    databaseId: repo.id,
    name: repo.name,
    nameWithOwner: repo.full_name,
    owner: () => ownerNode(view, repo),
    description: repo.description,
    url: `${emulator.url}/${repo.full_name}`,
    resourcePath: `/${repo.full_name}`,
    isPrivate: repo.private,
    isFork: repo.fork,
    isArchived: repo.archived === true,
    visibility: repo.visibility.toUpperCase(),
    createdAt: toSeconds(repo.created_at),
    updatedAt: toSeconds(repo.updated_at),
    pushedAt: repo.pushed_at && toSeconds(repo.pushed_at),
    viewerPermission: () =>
      view.caller.kind === 'user' ? roleIn(emulator, view.caller.user, repo).toUpperCase() : null,
    defaultBranchRef: () => refNode(view, repo, `refs/heads/${repo.default_branch}`),
    ref: ({ qualifiedName }: { qualifiedName: string }) => {
      const names = [
        qualifiedName,
        `refs/${qualifiedName}`,
        `refs/heads/${qualifiedName}`,
        `refs/tags/${qualifiedName}`,
      ];
      return names.map((name) => refNode(view, repo, name)).find((node) => node !== null) ?? null;
    },
    object: (args: { expression?: string | null; oid?: string | null }) => {
      demand(view, 'read', 'contents');
      return findObject(view, repo, args);
    },
    pullRequest: ({ number }: { number: number }) => {
      demand(view, 'read', 'pull_requests');
      const pull = inRepo(emulator.tables.pullRequests, repo).find((row) => row.number === number);
      if (!pull) throw trouble('NOT_FOUND', `Could not resolve to a PullRequest with the number of ${number}.`);
      return pullRequestNode(view, pull);
    },
    pullRequests: (args: PullRequestArguments) => {
      demand(view, 'read', 'pull_requests');
      return pullRequestConnection(view, inRepo(emulator.tables.pullRequests, repo), args);
    },
    mergeQueue: ({ branch }: { branch?: string | null }) => mergeQueueNode(view, repo, branch ?? repo.default_branch),
    collaborators: (args: PageArguments & { login?: string | null }) => {
      demand(view, 'read', 'metadata');
      const people = emulator.tables.users
        .all()
        .filter((user) => user.type === 'User' && hasRole(emulator, user, repo, repo.private ? 'read' : 'triage'))
        .filter((user) => !args.login || user.login === args.login);
      const page = connection(people, args, (user) => accountNode(view, user));
      return {
        ...page,
        edges: () =>
          (page.edges as () => { node: () => Node; cursor: string }[])().map((edge) => ({
            ...edge,
            permission: () => {
              const user = need(emulator.tables.users.get(Number(edge.node().databaseId)), 'a collaborator');
              return roleIn(emulator, user, repo).toUpperCase();
            },
          })),
      };
    },
  };
}

function pullRequestConnection(view: View, all: PullRequestRow[], args: PullRequestArguments) {
  const labelsOf = (pull: PullRequestRow) =>
    pull.label_ids.map((id) => view.emulator.tables.labels.get(id)?.name ?? '');
  const pulls = all
    .filter((pull) => !args.states?.length || args.states.includes(stateOf(pull)))
    .filter((pull) => !args.baseRefName || pull.base_ref === args.baseRefName)
    .filter((pull) => !args.headRefName || pull.head_ref === args.headRefName)
    .filter((pull) => !args.labels?.length || labelsOf(pull).some((label) => args.labels?.includes(label)))
    .sort((a, b) => a.number - b.number);
  if (args.orderBy?.field === 'UPDATED_AT') pulls.sort((a, b) => a.updated_at.localeCompare(b.updated_at));
  if (args.orderBy?.direction === 'DESC') pulls.reverse();
  return connection(pulls, args, (pull) => pullRequestNode(view, pull));
}

// -- refs and objects ---------------------------------------------------------------------------------------------

function refNode(view: View, repo: RepoRow, name: string): Node | null {
  demand(view, 'read', 'contents');
  const sha = findRef(view.emulator, repo, name);
  if (!sha) return null;
  const [, prefix = '', short = ''] = /^(refs\/(?:heads|tags)\/|refs\/)(.+)$/.exec(name) ?? [];
  return {
    __typename: 'Ref',
    id: `REF_${repo.id}_${name}`,
    name: short,
    prefix,
    repository: () => repositoryNode(view, repo),
    target: () => commitNode(view, repo, need(findCommit(view.emulator, repo, sha), 'the target of a ref')),
    associatedPullRequests: (args: PullRequestArguments) => {
      demand(view, 'read', 'pull_requests');
      const pulls = inRepo(view.emulator.tables.pullRequests, repo).filter(
        (pull) => pull.head_repo_id === repo.id && `refs/heads/${pull.head_ref}` === name,
      );
      return pullRequestConnection(view, pulls, args);
    },
  };
}

/** `REF`, `REF:path` or an object's id. What is not there is `null`, without an error. */
function findObject(
  view: View,
  repo: RepoRow,
  { expression, oid }: { expression?: string | null; oid?: string | null },
): Node | null {
  const { emulator } = view;
  if (oid) return objectNode(view, repo, oid, '');
  const [, name = '', path] = /^([^:]*)(?::(.*))?$/s.exec(expression ?? '') ?? [];
  const sha = resolveCommit(emulator, repo, name);
  const commit = sha && findCommit(emulator, repo, sha);
  if (!commit) return path === undefined ? objectNode(view, repo, name, '') : null;
  if (path === undefined) return commitNode(view, repo, commit);
  const clean = path.replace(/\/$/, '');
  if (clean === '') return objectNode(view, repo, commit.tree_sha, '');
  const entry = findEntry(view, repo, commit.tree_sha, clean);
  return entry ? objectNode(view, repo, entry.sha, clean) : null;
}

function findEntry(view: View, repo: RepoRow, tree: string, path: string): TreeEntry | undefined {
  const [name, ...rest] = path.split('/');
  const entry = findTree(view.emulator, repo, tree)?.tree.find((each) => each.path === name);
  return entry && rest.length > 0 ? findEntry(view, repo, entry.sha, rest.join('/')) : entry;
}

/** `path` is where the object was found, for the entries of a tree to have their full paths. */
function objectNode(view: View, repo: RepoRow, sha: string, path: string): Node | null {
  const { emulator } = view;
  const tree = findTree(emulator, repo, sha);
  if (tree) return treeNode(view, repo, tree, path);
  const blob = findBlob(emulator, repo, sha);
  if (blob) return blobNode(view, repo, blob);
  const commit = findCommit(emulator, repo, sha);
  return commit ? commitNode(view, repo, commit) : null;
}

function treeNode(view: View, repo: RepoRow, tree: { sha: string; tree: TreeEntry[] }, path: string): Node {
  return {
    ...gitObject(view, repo, 'Tree', tree.sha),
    entries: () =>
      tree.tree.map((entry) => treeEntryNode(view, repo, entry, path === '' ? entry.path : `${path}/${entry.path}`)),
  };
}

function treeEntryNode(view: View, repo: RepoRow, entry: TreeEntry, path: string): Node {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return {
    __typename: 'TreeEntry',
    name,
    path,
    type: entry.type,
    mode: Number.parseInt(entry.mode, 8),
    oid: entry.sha,
    size: entry.type === 'blob' ? (findBlob(view.emulator, repo, entry.sha)?.size ?? 0) : 0,
    extension: /\.[^./]+$/.exec(name)?.[0] ?? '',
    object: () => (entry.type === 'commit' ? null : objectNode(view, repo, entry.sha, path)),
  };
}

/** The text of a blob is cut off here. Callers must look at `isTruncated`. */
const BLOB_TEXT_BYTES_AT_MOST = 512_000;

function blobNode(view: View, repo: RepoRow, blob: NonNullable<ReturnType<typeof findBlob>>): Node {
  const text = textOf(blob);
  const isTruncated = blob.size > BLOB_TEXT_BYTES_AT_MOST;
  return {
    ...gitObject(view, repo, 'Blob', blob.sha),
    byteSize: blob.size,
    isBinary: text === undefined,
    isTruncated,
    text: () => {
      if (text === undefined) return null;
      return isTruncated ? bytesOf(blob).subarray(0, BLOB_TEXT_BYTES_AT_MOST).toString('utf8') : text;
    },
  };
}

function gitObject(view: View, repo: RepoRow, type: string, sha: string): Node {
  const path = `/${repo.full_name}/${type.toLowerCase()}/${sha}`;
  return {
    __typename: type,
    id: `${type}_${repo.id}_${sha}`,
    oid: sha,
    abbreviatedOid: sha.slice(0, 7),
    commitUrl: `${view.emulator.url}${path}`,
    commitResourcePath: path,
    repository: () => repositoryNode(view, repo),
  };
}

// -- commits ------------------------------------------------------------------------------------------------------

export function commitNode(view: View, repo: RepoRow, commit: CommitRow): Node {
  const { emulator } = view;
  const [headline = '', ...rest] = commit.message.trimEnd().split('\n');
  return {
    ...gitObject(view, repo, 'Commit', commit.sha),
    message: commit.message,
    messageHeadline: headline,
    messageBody: rest.join('\n').trim(),
    authoredDate: toSeconds(commit.author_date),
    committedDate: toSeconds(commit.committer_date),
    committedViaWeb: commit.committer_email === 'noreply@github.com',
    url: `${emulator.url}/${repo.full_name}/commit/${commit.sha}`,
    resourcePath: `/${repo.full_name}/commit/${commit.sha}`,
    author: () => gitActor(view, commit.author_name, commit.author_email, commit.author_date),
    committer: () => gitActor(view, commit.committer_name, commit.committer_email, commit.committer_date),
    authors: (args: PageArguments) =>
      connection(authorsOf(commit), args, ({ name, email }) => gitActor(view, name, email, commit.author_date)),
    parents: (args: PageArguments) =>
      connection(commit.parent_shas, args, (sha) => {
        const parent = findCommit(emulator, repo, sha);
        return parent ? commitNode(view, repo, parent) : gitObject(view, repo, 'Commit', sha);
      }),
    tree: () => treeNode(view, repo, need(findTree(emulator, repo, commit.tree_sha), 'a tree'), ''),
    file: ({ path }: { path: string }) => {
      const entry = findEntry(view, repo, commit.tree_sha, path);
      return entry ? treeEntryNode(view, repo, entry, path) : null;
    },
    associatedPullRequests: (args: PullRequestArguments) => {
      demand(view, 'read', 'pull_requests');
      return pullRequestConnection(view, pullsOfCommit(emulator, repo, commit.sha), args);
    },
    checkSuites: (args: PageArguments & { filterBy?: { appId?: number; checkName?: string } | null }) => {
      demand(view, 'read', 'checks');
      const { appId, checkName } = args.filterBy ?? {};
      const suites = inRepo(emulator.tables.checkSuites, repo)
        .filter((suite) => suite.head_sha === commit.sha && (appId == null || suite.app_id === appId))
        .filter((suite) => checkName == null || runsOf(emulator, suite).some((run) => run.name === checkName));
      return connection(suites, args, (suite) => checkSuiteNode(view, repo, suite));
    },
    statusCheckRollup: () => {
      demand(view, 'read', 'checks', 'statuses');
      return rollupNode(view, repo, commit.sha);
    },
  };
}

function gitActor(view: View, name: string, email: string, date: string): Node {
  return {
    __typename: 'GitActor',
    name,
    email,
    date: toSeconds(date),
    avatarUrl: `${view.emulator.url}/avatars/${encodeURIComponent(email)}`,
    // Only a user can stand here, so the bot behind a commit is not shown.
    user: () => {
      const owner = findEmailOwner(view.emulator, email);
      return owner?.type === 'User' ? accountNode(view, owner) : null;
    },
  };
}

/** The author, then whoever the message names in `Co-authored-by` lines. */
function authorsOf(commit: CommitRow): { name: string; email: string }[] {
  const trailers = commit.message.matchAll(/^co-authored-by:[ \t]*(.+?)[ \t]*<([^>\n]+)>[ \t]*$/gim);
  return [
    { name: commit.author_name, email: commit.author_email },
    ...[...trailers].map(([, name = '', email = '']) => ({ name, email })),
  ];
}

/** All checks of a commit in one word; `null` where nothing was ever reported. */
function rollupNode(view: View, repo: RepoRow, sha: string): Node | null {
  const { emulator } = view;
  const runs = latestRuns(inRepo(emulator.tables.checkRuns, repo).filter((run) => run.head_sha === sha));
  const contexts = new Set([
    ...runs.map((run) => run.name),
    ...emulator.state.statuses.filter((row) => row.repo_id === repo.id && row.sha === sha).map((row) => row.context),
  ]);
  if (contexts.size === 0) return null;
  const states = [...contexts].map((context) => checkState(emulator, repo, sha, { context, appId: null }));
  const state = states.includes('failure') ? 'FAILURE' : states.includes('pending') ? 'PENDING' : 'SUCCESS';
  return { __typename: 'StatusCheckRollup', id: `SCR_${sha}`, state };
}

// -- checks -------------------------------------------------------------------------------------------------------

interface CheckRunArguments extends PageArguments {
  filterBy?: {
    checkType?: 'ALL' | 'LATEST' | null;
    appId?: number | null;
    checkName?: string | null;
    status?: string | null;
    statuses?: string[] | null;
    conclusions?: string[] | null;
  } | null;
}

function checkSuiteNode(view: View, repo: RepoRow, suite: CheckSuiteRow): Node {
  const { emulator } = view;
  return {
    __typename: 'CheckSuite',
    id: suite.node_id,
    databaseId: suite.id,
    app: () => appNode(view, need(findApp(emulator, suite.app_id), 'an App')),
    status: suite.status.toUpperCase(),
    conclusion: suite.conclusion?.toUpperCase() ?? null,
    createdAt: toSeconds(suite.created_at),
    updatedAt: toSeconds(suite.updated_at),
    url: `${emulator.url}/${repo.full_name}/commit/${suite.head_sha}/checks?check_suite_id=${suite.id}`,
    commit: () => commitNode(view, repo, need(findCommit(emulator, repo, suite.head_sha), 'a commit')),
    repository: () => repositoryNode(view, repo),
    checkRuns: (args: CheckRunArguments) => {
      const filter = args.filterBy ?? {};
      const all = runsOf(emulator, suite);
      const statuses = filter.statuses ?? (filter.status ? [filter.status] : undefined);
      const runs = (filter.checkType === 'ALL' ? all.toReversed() : latestRuns(all))
        .filter((run) => filter.appId == null || run.app_id === filter.appId)
        .filter((run) => filter.checkName == null || run.name === filter.checkName)
        .filter((run) => !statuses || statuses.includes(run.status.toUpperCase()))
        .filter((run) => !filter.conclusions || filter.conclusions.includes(run.conclusion?.toUpperCase() ?? ''));
      return connection(runs, args, (run) => checkRunNode(view, repo, run));
    },
  };
}

function checkRunNode(view: View, repo: RepoRow, run: CheckRunRow): Node {
  const { emulator } = view;
  const url = `${emulator.url}/${repo.full_name}/runs/${run.id}`;
  return {
    __typename: 'CheckRun',
    id: run.node_id,
    databaseId: run.id,
    name: run.name,
    status: run.status.toUpperCase(),
    conclusion: run.conclusion?.toUpperCase() ?? null,
    externalId: run.external_id === '' ? null : run.external_id,
    title: run.output.title,
    summary: run.output.summary,
    text: run.output.text,
    startedAt: run.started_at && toSeconds(run.started_at),
    completedAt: run.completed_at && toSeconds(run.completed_at),
    detailsUrl: run.details_url,
    url,
    permalink: url,
    resourcePath: url.replace(emulator.url, ''),
    repository: () => repositoryNode(view, repo),
    checkSuite: () => checkSuiteNode(view, repo, need(emulator.tables.checkSuites.get(run.check_suite_id), 'a suite')),
    isRequired: ({ pullRequestNumber }: { pullRequestNumber?: number | null }) => {
      const pull = inRepo(emulator.tables.pullRequests, repo).find((row) => row.number === pullRequestNumber);
      const required = pull ? requiredChecks(emulator, repo, pull.base_ref) : [];
      return required.some((check) => check.context === run.name);
    },
    annotations: (args: PageArguments) =>
      connection(run.output.annotations, args, (annotation) => ({
        __typename: 'CheckAnnotation',
        path: annotation.path,
        title: annotation.title ?? null,
        message: annotation.message,
        rawDetails: annotation.raw_details ?? null,
        annotationLevel: annotation.annotation_level.toUpperCase(),
        blobUrl: `${emulator.url}/${repo.full_name}/blob/${run.head_sha}/${annotation.path}`,
        location: {
          start: { line: annotation.start_line, column: annotation.start_column ?? null },
          end: { line: annotation.end_line, column: annotation.end_column ?? null },
        },
      })),
  };
}

// -- pull requests ------------------------------------------------------------------------------------------------

function stateOf(pull: PullRequestRow): 'OPEN' | 'CLOSED' | 'MERGED' {
  if (pull.merged) return 'MERGED';
  return pull.state === 'open' ? 'OPEN' : 'CLOSED';
}

const MERGEABLE_STATES = new Map([
  ['true', 'MERGEABLE'],
  ['false', 'CONFLICTING'],
]);

const CHANGE_TYPES: Record<string, string> = {
  added: 'ADDED',
  removed: 'DELETED',
  renamed: 'RENAMED',
  changed: 'CHANGED',
};

/** The API lists no more files than this. */
const FILES_AT_MOST = 3000;

export function pullRequestNode(view: View, pull: PullRequestRow): Node {
  const { emulator } = view;
  const { tables } = emulator;
  const repo = need(tables.repos.get(pull.base_repo_id), 'a repository');
  const head = tables.repos.get(pull.head_repo_id);
  const url = `${emulator.url}/${repo.full_name}/pull/${pull.number}`;
  const current = () => refreshPull(emulator, pull);
  const date = (text: string | null) => text && toSeconds(text);
  const group = () => queueOf(emulator, repo, pull.base_ref).find((each) => each.pullId === pull.id);
  return {
    __typename: 'PullRequest',
    id: pull.node_id,
    databaseId: pull.id,
    fullDatabaseId: String(pull.id),
    number: pull.number,
    title: pull.title,
    body: pull.body ?? '',
    url,
    permalink: url,
    resourcePath: url.replace(emulator.url, ''),
    state: stateOf(pull),
    isDraft: pull.draft,
    locked: pull.locked,
    closed: pull.state === 'closed',
    merged: pull.merged,
    createdAt: date(pull.created_at),
    updatedAt: date(pull.updated_at),
    closedAt: date(pull.closed_at),
    mergedAt: date(pull.merged_at),
    mergedBy: () => actorNode(view, pull.merged_by_id),
    mergeCommit: () => {
      const commit = pull.merge_commit_sha === null ? undefined : findCommit(emulator, repo, pull.merge_commit_sha);
      return commit ? commitNode(view, repo, commit) : null;
    },
    author: () => actorNode(view, pull.user_id),
    authorAssociation: associationOf(emulator, repo, pull.user_id),
    viewerDidAuthor: pull.user_id === view.viewer?.id,
    ...editedNode(view, pull.edits),
    repository: () => repositoryNode(view, repo),
    baseRepository: () => repositoryNode(view, repo),
    baseRefName: pull.base_ref,
    baseRefOid: pull.base_sha,
    baseRef: () => refNode(view, repo, `refs/heads/${pull.base_ref}`),
    headRefName: pull.head_ref,
    headRefOid: pull.head_sha,
    headRef: () => (head ? refNode(view, head, `refs/heads/${pull.head_ref}`) : null),
    headRepository: () => (head ? repositoryNode(view, head) : null),
    headRepositoryOwner: () => (head ? ownerNode(view, head) : null),
    isCrossRepository: pull.head_repo_id !== pull.base_repo_id,
    maintainerCanModify: pull.head_repo_id !== pull.base_repo_id,
    additions: () => current().additions,
    deletions: () => current().deletions,
    changedFiles: () => current().changed_files,
    mergeable: () => MERGEABLE_STATES.get(String(current().mergeable)) ?? 'UNKNOWN',
    mergeStateStatus: () => current().mergeable_state.toUpperCase(),
    reviewDecision: () => reviewDecisionOf(view, repo, pull),
    isInMergeQueue: () => group() !== undefined,
    mergeQueueEntry: () => {
      const entry = group();
      return entry ? mergeQueueEntryNode(view, repo, entry) : null;
    },
    labels: (args: PageArguments) =>
      connection(
        pull.label_ids.flatMap((id) => tables.labels.get(id) ?? []),
        args,
        ({ node_id, name, color, description }) => ({ __typename: 'Label', id: node_id, name, color, description }),
      ),
    assignees: (args: PageArguments) => connection(pull.assignee_ids, args, (id) => actorNode(view, id)),
    files: (args: PageArguments) =>
      connection(comparisonOf(emulator, pull).files.slice(0, FILES_AT_MOST), args, (file) => ({
        __typename: 'PullRequestChangedFile',
        path: file.filename,
        additions: file.additions,
        deletions: file.deletions,
        changeType: CHANGE_TYPES[file.status] ?? 'MODIFIED',
        viewerViewedState: 'UNVIEWED',
      })),
    commits: (args: PageArguments) => {
      demand(view, 'read', 'contents');
      return connection(comparisonOf(emulator, pull).commits, args, (commit) => ({
        __typename: 'PullRequestCommit',
        id: `PRC_${pull.id}_${commit.sha}`,
        url: `${url}/commits/${commit.sha}`,
        commit: () => commitNode(view, repo, commit),
        pullRequest: () => pullRequestNode(view, pull),
      }));
    },
    comments: (args: PageArguments & { orderBy?: { direction: string } | null }) => {
      demand(view, 'read', 'issues', 'pull_requests');
      const comments = commentsOf(emulator, repo, pull.number);
      if (args.orderBy) comments.sort((a, b) => a.updated_at.localeCompare(b.updated_at));
      if (args.orderBy?.direction === 'DESC') comments.reverse();
      return connection(comments, args, (comment) => commentNode(view, repo, comment));
    },
    reviews: (args: PageArguments & { states?: string[] | null; author?: string | null }) => {
      const reviews = reviewsOf(view, repo, pull)
        .filter((review) => !args.states?.length || args.states.includes(review.state))
        .filter((review) => !args.author || tables.users.get(review.user_id)?.login === args.author);
      return connection(reviews, args, (review) => reviewNode(view, repo, review));
    },
    latestReviews: (args: PageArguments) =>
      connection(latestByReviewer(reviewsOf(view, repo, pull)), args, (review) => reviewNode(view, repo, review)),
    latestOpinionatedReviews: (args: PageArguments & { writersOnly?: boolean | null }) => {
      const opinionated = reviewsOf(view, repo, pull).filter((review) => review.state !== 'COMMENTED');
      const reviews = latestByReviewer(opinionated)
        .filter((review) => review.state !== 'PENDING')
        .filter((review) => {
          const reviewer = tables.users.get(review.user_id);
          return !args.writersOnly || (reviewer && hasRole(emulator, reviewer, repo, 'write'));
        });
      return connection(reviews, args, (review) => reviewNode(view, repo, review));
    },
    reviewRequests: (args: PageArguments) =>
      connection(
        [
          ...pull.requested_reviewer_ids.map((id) => () => actorNode(view, id)),
          ...pull.requested_team_ids.map((id) => () => teamNode(view, need(tables.teams.get(id), 'a team'))),
        ],
        args,
        (requestedReviewer) => ({ __typename: 'ReviewRequest', asCodeOwner: false, requestedReviewer }),
      ),
    statusCheckRollup: () => rollupNode(view, repo, pull.head_sha),
  };
}

/** `null` where the base asks for no reviews. */
function reviewDecisionOf(view: View, repo: RepoRow, pull: PullRequestRow): string | null {
  const needed = requiredApprovals(view.emulator, repo, pull.base_ref);
  if (needed === 0) return null;
  const opinions = [...latestOpinions(view.emulator, repo, pull).values()];
  if (opinions.includes('CHANGES_REQUESTED')) return 'CHANGES_REQUESTED';
  return opinions.filter((opinion) => opinion === 'APPROVED').length >= needed ? 'APPROVED' : 'REVIEW_REQUIRED';
}

function reviewsOf(view: View, repo: RepoRow, pull: PullRequestRow): ReviewRow[] {
  return inRepo(view.emulator.tables.reviews, repo)
    .filter((review) => review.pull_number === pull.number)
    .sort((a, b) => a.id - b.id);
}

function latestByReviewer(reviews: ReviewRow[]): ReviewRow[] {
  return [...new Map(reviews.map((review) => [review.user_id, review])).values()];
}

export function reviewNode(view: View, repo: RepoRow, review: ReviewRow): Node {
  const { emulator } = view;
  const commit = findCommit(emulator, repo, review.commit_id);
  return {
    __typename: 'PullRequestReview',
    id: review.node_id,
    databaseId: review.id,
    fullDatabaseId: String(review.id),
    author: () => actorNode(view, review.user_id),
    authorAssociation: associationOf(emulator, repo, review.user_id),
    authorCanPushToRepository: () => {
      const author = emulator.tables.users.get(review.user_id);
      return author !== undefined && hasRole(emulator, author, repo, 'write');
    },
    state: review.state,
    body: review.body ?? '',
    createdAt: toSeconds(review.created_at),
    updatedAt: toSeconds(review.updated_at),
    submittedAt: review.submitted_at && toSeconds(review.submitted_at),
    url: `${emulator.url}/${repo.full_name}/pull/${review.pull_number}#pullrequestreview-${review.id}`,
    commit: () => (commit ? commitNode(view, repo, commit) : null),
    // Nobody can edit a review here.
    ...editedNode(view),
    reactionGroups: () => reactionGroups(view, `review ${review.id}`),
    reactions: reactionsOf(view, `review ${review.id}`),
  };
}

const REACTION_CONTENTS: Record<string, string> = {
  THUMBS_UP: '+1',
  THUMBS_DOWN: '-1',
  LAUGH: 'laugh',
  HOORAY: 'hooray',
  CONFUSED: 'confused',
  HEART: 'heart',
  ROCKET: 'rocket',
  EYES: 'eyes',
};

/** Every content has its group, used or not. */
function reactionGroups({ emulator, viewer }: View, subject: string): Node[] {
  const reactions = emulator.state.reactions.filter((reaction) => reaction.subject === subject);
  return Object.entries(REACTION_CONTENTS).map(([content, name]) => ({
    __typename: 'ReactionGroup',
    content,
    viewerHasReacted: reactions.some((each) => each.content === name && each.user_id === viewer?.id),
  }));
}

/** The reactions to something, oldest first. */
function reactionsOf({ emulator }: View, subject: string) {
  return (args: PageArguments) =>
    connection(
      emulator.state.reactions.filter((reaction) => reaction.subject === subject),
      args,
      ({ content }) => ({
        __typename: 'Reaction',
        content: Object.keys(REACTION_CONTENTS).find((name) => REACTION_CONTENTS[name] === content),
      }),
    );
}

/** Reacts to a comment or a review by its node id; false where there is none. */
export function addReaction(view: View, subjectId: string, content: string): boolean {
  const { emulator, viewer } = view;
  const { comments, reviews } = emulator.tables;
  const comment = comments.all().find((each) => each.node_id === subjectId);
  const review = reviews.all().find((each) => each.node_id === subjectId);
  if ((!comment && !review) || !viewer) return false;
  demand(view, 'write', ...(comment ? ['issues', 'pull_requests'] : ['pull_requests']));
  const subject = comment ? `comment ${comment.id}` : `review ${review?.id}`;
  const name = REACTION_CONTENTS[content] ?? content;
  const { reactions } = emulator.state;
  const known = reactions.some(
    (each) => each.subject === subject && each.content === name && each.user_id === viewer.id,
  );
  if (!known) {
    reactions.push({ id: nextId(emulator), subject, user_id: viewer.id, content: name, created_at: timestamp() });
  }
  return true;
}

// -- comments -----------------------------------------------------------------------------------------------------

export function commentNode(view: View, repo: RepoRow, comment: CommentRow): Node {
  const { emulator } = view;
  return {
    __typename: 'IssueComment',
    id: comment.node_id,
    databaseId: comment.id,
    fullDatabaseId: String(comment.id),
    body: comment.body,
    createdAt: toSeconds(comment.created_at),
    updatedAt: toSeconds(comment.updated_at),
    url: `${emulator.url}/${repo.full_name}/pull/${comment.issue_number}#issuecomment-${comment.id}`,
    author: () => actorNode(view, comment.user_id),
    authorAssociation: associationOf(emulator, repo, comment.user_id),
    viewerDidAuthor: comment.user_id === view.viewer?.id,
    isMinimized: false,
    minimizedReason: null,
    reactionGroups: () => reactionGroups(view, `comment ${comment.id}`),
    reactions: reactionsOf(view, `comment ${comment.id}`),
    ...editedNode(view, comment.edits),
  };
}

/** Who edited a text and when. The first of its versions is the original, which nobody edited. */
function editedNode(view: View, edits: Edit[] = []): Record<string, unknown> {
  const last = edits.length > 1 ? edits.at(-1) : undefined;
  return {
    editor: () => actorNode(view, last?.editedBy),
    lastEditedAt: last ? toSeconds(last.editedAt) : null,
    includesCreatedEdit: edits.length > 0,
    // The newest first, the original last. What GitHub calls a diff is the whole text after that edit.
    userContentEdits: (args: PageArguments) =>
      connection(edits.toReversed(), args, (edit) => ({
        __typename: 'UserContentEdit',
        id: `UCE_${edit.editedAt}_${edit.editedBy}`,
        createdAt: toSeconds(edit.editedAt),
        updatedAt: toSeconds(edit.editedAt),
        editedAt: toSeconds(edit.editedAt),
        editor: () => actorNode(view, edit.editedBy),
        diff: edit.body,
        deletedAt: null,
        deletedBy: null,
      })),
  };
}

// -- the merge queue ----------------------------------------------------------------------------------------------

function mergeQueueNode(view: View, repo: RepoRow, branch: string): Node | null {
  demand(view, 'read', 'merge_queues');
  const groups = queueOf(view.emulator, repo, branch);
  if (groups.length === 0 && !hasMergeQueue(view.emulator, repo, branch)) return null;
  return {
    __typename: 'MergeQueue',
    id: `MQ_${repo.id}_${branch}`,
    url: `${view.emulator.url}/${repo.full_name}/queue/${branch}`,
    repository: () => repositoryNode(view, repo),
    entries: (args: PageArguments) => connection(groups, args, (group) => mergeQueueEntryNode(view, repo, group)),
  };
}

const QUEUE_STATES = {
  success: 'MERGEABLE',
  failure: 'UNMERGEABLE',
  pending: 'AWAITING_CHECKS',
  expected: 'AWAITING_CHECKS',
};

function mergeQueueEntryNode(view: View, repo: RepoRow, group: MergeGroup): Node {
  const { emulator } = view;
  const commit = (sha: string) => () =>
    commitNode(view, repo, need(findCommit(emulator, repo, sha), 'a queued commit'));
  return {
    __typename: 'MergeQueueEntry',
    id: `MQE_${group.id}`,
    position: queueOf(emulator, repo, group.branch).findIndex((each) => each.id === group.id) + 1,
    state: () => {
      const states = requiredChecks(emulator, repo, group.branch).map((check) =>
        checkState(emulator, repo, group.headSha, check),
      );
      const worst = (['failure', 'expected', 'pending', 'success'] as const).find((state) => states.includes(state));
      return QUEUE_STATES[worst ?? 'success'];
    },
    enqueuedAt: group.enqueuedAt,
    enqueuer: () => actorNode(view, group.actorId),
    headCommit: commit(group.headSha),
    baseCommit: commit(group.baseSha),
    jump: false,
    solo: true,
    pullRequest: () => pullRequestNode(view, need(emulator.tables.pullRequests.get(group.pullId), 'a pull request')),
  };
}
