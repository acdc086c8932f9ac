/** Merging: by button, by itself once all is green, and of the base into the head. */
import { type Emulator, need, timestamp } from '../emulator.ts';
import {
  deleteRef,
  findCommit,
  type Merge,
  mergeCommits,
  tipOf,
  writeCommit,
  writeRef,
  ZERO_SHA,
} from '../git/objects.ts';
import type { PullRequestRow, RepoRow, UserRow } from '../tables.ts';
import { announcePull } from './announce.ts';
import { setState } from './pull-lifecycle.ts';
import { baseRepoOf, baseTipOf, refreshPull } from './pull-state.ts';
import { announcePush } from './pushes.ts';

/** What GitHub signs with when it makes a commit for someone. */
const GITHUB = { name: 'GitHub', email: 'noreply@github.com' };

/** The button's three ways. */
export type MergeMethod = 'merge' | 'squash' | 'rebase';

/** A commit that joins two others, made by GitHub in someone's name. Answers with its SHA, or the conflicts. */
export function commitMerge(
  emulator: Emulator,
  repo: RepoRow,
  merge: { ours: string; theirs: string; parents: string[]; message: string; author: UserRow },
): { sha: string } | Extract<Merge, { conflicts: string[] }> {
  const { ours, theirs, parents, message, author } = merge;
  const merged = mergeCommits(emulator, repo, ours, theirs);
  if ('conflicts' in merged) return merged;
  const sha = writeCommit(emulator, repo, {
    tree: merged.tree,
    parents,
    message,
    author: identityOf(author),
    committer: GITHUB,
  });
  return { sha };
}

/** Merges a pull request now. `undefined` where it conflicts. */
export function mergePull(
  emulator: Emulator,
  pull: PullRequestRow,
  how: { method: MergeMethod; actor: UserRow; title?: string; message?: string },
): string | undefined {
  const repo = baseRepoOf(emulator, pull);
  const base = baseTipOf(emulator, repo, pull);
  const standard =
    how.method === 'merge'
      ? `Merge pull request #${pull.number} from ${pull.head_ref}`
      : `${pull.title} (#${pull.number})`;
  const merged = commitMerge(emulator, repo, {
    ours: base,
    theirs: pull.head_sha,
    // A rebase leaves one commit here, where GitHub leaves one for each.
    parents: how.method === 'merge' ? [base, pull.head_sha] : [base],
    message: [how.title ?? standard, how.message ?? (how.method === 'merge' ? pull.title : '')]
      .filter(Boolean)
      .join('\n\n'),
    author: how.actor,
  });
  if ('conflicts' in merged) return undefined;
  finishMerge(emulator, pull, { sha: merged.sha, actor: how.actor });
  return merged.sha;
}

/** Makes `sha` the tip of the base branch and closes the pull request as merged. */
export function finishMerge(emulator: Emulator, pull: PullRequestRow, merge: { sha: string; actor: UserRow }): void {
  const { tables } = emulator;
  const { sha, actor } = merge;
  const repo = baseRepoOf(emulator, pull);
  const before = baseTipOf(emulator, repo, pull);
  writeRef(emulator, repo, `refs/heads/${pull.base_ref}`, sha);
  setState(emulator, pull, 'closed', actor);
  const merged = need(
    tables.pullRequests.update(pull.id, {
      merged: true,
      merged_at: timestamp(),
      merged_by_id: actor.id,
      merge_commit_sha: sha,
      mergeable: null,
      mergeable_state: 'unknown',
      base_sha: before,
      auto_merge: null,
    }),
    'a pull request',
  );
  announcePush(emulator, repo, { ref: `refs/heads/${pull.base_ref}`, before, after: sha, sender: actor });
  announcePull(emulator, merged, { action: 'closed', sender: actor });
  const head = tables.repos.get(pull.head_repo_id);
  if (repo.delete_branch_on_merge && head?.id === repo.id) {
    deleteRef(emulator, repo, `refs/heads/${pull.head_ref}`);
    announcePush(emulator, repo, {
      ref: `refs/heads/${pull.head_ref}`,
      before: pull.head_sha,
      after: ZERO_SHA,
      sender: actor,
    });
  }
}

/** Merges what was told to merge by itself and has become ready. */
export function mergeWhenReady(emulator: Emulator): void {
  for (const pull of emulator.tables.pullRequests.all()) {
    if (!pull.auto_merge || pull.state !== 'open' || refreshPull(emulator, pull).mergeable_state !== 'clean') continue;
    const by = pull.auto_merge.enabled_by as { id: number };
    const actor = need(emulator.tables.users.get(by.id), 'the account that enabled auto-merge');
    mergePull(emulator, pull, { method: pull.auto_merge.merge_method as MergeMethod, actor });
  }
}

/** What the button "Update branch" does: merges the base into the head. `undefined` where they conflict. */
export function updateBranch(emulator: Emulator, pull: PullRequestRow, actor: UserRow): string | undefined {
  const base = baseRepoOf(emulator, pull);
  const head = need(emulator.tables.repos.get(pull.head_repo_id), 'the head repository');
  const theirs = baseTipOf(emulator, base, pull);
  // The head repository may be a fork that has not heard of the base's newest commits.
  const repo = findCommit(emulator, head, theirs) ? head : base;
  const merged = commitMerge(emulator, repo, {
    ours: pull.head_sha,
    theirs,
    parents: [pull.head_sha, theirs],
    message: `Merge branch '${pull.base_ref}' into ${pull.head_ref}`,
    author: actor,
  });
  if ('conflicts' in merged) return undefined;
  const before = tipOf(emulator, head, pull.head_ref) ?? pull.head_sha;
  writeRef(emulator, head, `refs/heads/${pull.head_ref}`, merged.sha);
  announcePush(emulator, head, {
    ref: `refs/heads/${pull.head_ref}`,
    before,
    after: merged.sha,
    sender: actor,
  });
  return merged.sha;
}

function identityOf(user: UserRow): { name: string; email: string } {
  return {
    name: user.name ?? user.login,
    email: user.email ?? `${user.id}+${user.login}@users.noreply.github.com`,
  };
}
