/**
 * Repositories as GraphQL nodes.
 *
 * Here and in the files beside, a field that GitHub has and we do not is an error, never a silent `null`: see
 * `resolveField` in `answer.ts`. Nodes refer to each other all around, as GitHub's types do, and so do these files.
 */
import { canSee, hasRole, roleIn } from '../access.ts';
import { findRepo, inRepo, need, toSeconds } from '../emulator.ts';
import type { PullRequestRow, RepoRow } from '../tables.ts';
import { accountNode, ownerNode } from './accounts.ts';
import { findObject, refNode } from './git.ts';
import { mergeQueueNode, pullRequestNode, stateOf } from './pulls.ts';
import { connection, demand, type Node, type PageArguments, trouble, type View } from './view.ts';

/** A repository by name, if the caller may know of it. */
export function findRepositoryNode(view: View, owner: string, name: string): Node {
  const repo = findRepo(view.emulator, owner, name);
  if (!repo || !canSee(view.emulator, view.caller, repo)) {
    throw trouble('NOT_FOUND', `Could not resolve to a Repository with the name '${owner}/${name}'.`);
  }
  return repositoryNode(view, repo);
}

/** By what lists of pull requests are cut, filtered and sorted. */
export interface PullRequestArguments extends PageArguments {
  states?: string[] | null;
  baseRefName?: string | null;
  headRefName?: string | null;
  labels?: string[] | null;
  orderBy?: { field: string; direction: string } | null;
}

/** A repository as a node. */
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

/** A page of pull requests. */
export function pullRequestConnection(view: View, all: PullRequestRow[], args: PullRequestArguments) {
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
