/** Pull requests with their reviews and comments, and the merge queue, as GraphQL nodes. */
import { hasRole } from '../access.ts';
import { inRepo, need, toSeconds } from '../emulator.ts';
import { associationOf } from '../format.ts';
import { findCommit } from '../git/objects.ts';
import { commentsOf } from '../model/comments.ts';
import { type MergeGroup, queueOf } from '../model/merge-queue.ts';
import { comparisonOf, refreshPull } from '../model/pull-state.ts';
import { checkState, hasMergeQueue, latestOpinions, requiredApprovals, requiredChecks } from '../model/rules.ts';
import type { CommentRow, Edit, PullRequestRow, RepoRow, ReviewRow } from '../tables.ts';
import { actorNode, ownerNode, teamNode } from './accounts.ts';
import { commitNode, refNode, rollupNode } from './git.ts';
import { reactionGroups, reactionsOf } from './reactions.ts';
import { repositoryNode } from './repository.ts';
import { connection, demand, type Node, type PageArguments, type View } from './view.ts';

/** The state of a pull request, for which REST has two words. */
export function stateOf(pull: PullRequestRow): 'OPEN' | 'CLOSED' | 'MERGED' {
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

/** A pull request as a node. */
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

// -- comments -----------------------------------------------------------------------------------------------------

/** A comment as a node. */
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

/** The queue of a branch as a node; `null` where there is none. */
export function mergeQueueNode(view: View, repo: RepoRow, branch: string): Node | null {
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
