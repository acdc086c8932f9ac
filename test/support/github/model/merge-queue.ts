/** The merge queue: a group for each pull request, checked on a commit of its own, merged or thrown out. */
import { type Emulator, need, timestamp } from '../emulator.ts';
import { headCommitJson, type Json } from '../format.ts';
import { deleteRef, writeRef } from '../git/objects.ts';
import type { PullRequestRow, UserRow } from '../tables.ts';
import { announce, announcePull } from './announce.ts';
import { commitMerge, finishMerge } from './merging.ts';
import { baseRepoOf, baseTipOf } from './pull-state.ts';
import { checkState, requiredChecks } from './rules.ts';

/** A pull request in the queue. GitHub may group several; here each is a group of its own, in order. */
export interface MergeGroup {
  id: number;
  pullId: number;
  repoId: number;
  /** Who queued it. */
  actorId: number;
  branch: string;
  headRef: string;
  headSha: string;
  baseSha: string;
  enqueuedAt: string;
}

/** The groups that wait for a branch, the first to merge first. */
export function queueOf(emulator: Emulator, repo: { id: number }, branch: string): MergeGroup[] {
  return emulator.state.mergeQueue.filter((group) => group.repoId === repo.id && group.branch === branch);
}

/** Puts a pull request into the queue and asks for its checks. `undefined` where it conflicts. */
export function enqueue(emulator: Emulator, pull: PullRequestRow, actor: UserRow): MergeGroup | undefined {
  const repo = baseRepoOf(emulator, pull);
  // Each group is built on the one before it.
  const baseSha = queueOf(emulator, repo, pull.base_ref).at(-1)?.headSha ?? baseTipOf(emulator, repo, pull);
  const merged = commitMerge(emulator, repo, {
    ours: baseSha,
    theirs: pull.head_sha,
    parents: [baseSha, pull.head_sha],
    message: `Merge pull request #${pull.number} from ${pull.head_ref}\n\n${pull.title}`,
    author: actor,
  });
  if ('conflicts' in merged) return undefined;
  emulator.state.lastId += 1;
  const group: MergeGroup = {
    id: emulator.state.lastId,
    pullId: pull.id,
    repoId: repo.id,
    actorId: actor.id,
    branch: pull.base_ref,
    headRef: `refs/heads/gh-readonly-queue/${pull.base_ref}/pr-${pull.number}-${baseSha}`,
    headSha: merged.sha,
    baseSha,
    enqueuedAt: timestamp(),
  };
  writeRef(emulator, repo, group.headRef, group.headSha);
  emulator.state.mergeQueue.push(group);
  announcePull(emulator, pull, { action: 'enqueued', sender: actor });
  tell(emulator, group, 'checks_requested');
  return group;
}

/** Takes a pull request out of the queue before its time. */
export function dequeue(emulator: Emulator, group: MergeGroup, reason: 'MANUAL' | 'CI_FAILURE' | 'MERGE'): void {
  const { state, tables } = emulator;
  state.mergeQueue = state.mergeQueue.filter((each) => each.id !== group.id);
  const repo = need(tables.repos.get(group.repoId), 'the repository of a merge group');
  tell(emulator, group, 'destroyed', { reason: DESTROYED_AS[reason] });
  deleteRef(emulator, repo, group.headRef);
  const pull = need(tables.pullRequests.get(group.pullId), 'the pull request of a merge group');
  announcePull(emulator, pull, { action: 'dequeued', sender: tables.users.get(group.actorId), details: { reason } });
}

const DESTROYED_AS = { MANUAL: 'dequeued', CI_FAILURE: 'invalidated', MERGE: 'merged' };

/** Merges what has passed, in order, and throws out what has failed. */
export function moveQueue(emulator: Emulator): void {
  for (const group of [...emulator.state.mergeQueue]) {
    const repo = need(emulator.tables.repos.get(group.repoId), 'the repository of a merge group');
    const states = requiredChecks(emulator, repo, group.branch).map((check) =>
      checkState(emulator, repo, group.headSha, check),
    );
    if (states.includes('failure')) {
      dequeue(emulator, group, 'CI_FAILURE');
      continue;
    }
    const isFirst = queueOf(emulator, repo, group.branch)[0]?.id === group.id;
    if (!isFirst || !states.every((state) => state === 'success')) continue;
    const pull = need(emulator.tables.pullRequests.get(group.pullId), 'the pull request of a merge group');
    const actor = need(emulator.tables.users.get(group.actorId), 'the account that queued a pull request');
    dequeue(emulator, group, 'MERGE');
    finishMerge(emulator, pull, { sha: group.headSha, actor });
  }
}

function tell(emulator: Emulator, group: MergeGroup, action: string, details: Json = {}): void {
  const repo = need(emulator.tables.repos.get(group.repoId), 'the repository of a merge group');
  announce(emulator, {
    event: 'merge_group',
    action,
    repo,
    sender: emulator.tables.users.get(group.actorId),
    details: {
      ...details,
      merge_group: {
        head_sha: group.headSha,
        head_ref: group.headRef,
        base_sha: group.baseSha,
        base_ref: `refs/heads/${group.branch}`,
        head_commit: headCommitJson(emulator, repo, group.headSha),
      },
    },
  });
}
