/** Refs, commits, trees and blobs as GraphQL nodes. */
import { inRepo, need, toSeconds } from '../emulator.ts';
import { findEmailOwner } from '../format.ts';
import { bytesOf, findBlob, findCommit, findRef, findTree, resolveCommit, textOf } from '../git/objects.ts';
import { latestRuns, runsOf } from '../model/check-store.ts';
import { pullsOfCommit } from '../model/pull-state.ts';
import { checkState } from '../model/rules.ts';
import type { CommitRow, RepoRow, TreeEntry } from '../tables.ts';
import { accountNode } from './accounts.ts';
import { checkSuiteNode } from './checks.ts';
import { type PullRequestArguments, pullRequestConnection, repositoryNode } from './repository.ts';
import { connection, demand, type Node, type PageArguments, type View } from './view.ts';

/** A ref by its full name as a node; `null` where there is none. */
export function refNode(view: View, repo: RepoRow, name: string): Node | null {
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
export function findObject(
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

/** A commit as a node. */
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
export function rollupNode(view: View, repo: RepoRow, sha: string): Node | null {
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
