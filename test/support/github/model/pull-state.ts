/** What follows from a pull request's commits and the rules of its base: its counts, and whether it can be merged. */
import { type Emulator, inRepo, need } from '../emulator.ts';
import { type Comparison, compare } from '../git/diff.ts';
import { mergeCommits, tipOf } from '../git/objects.ts';
import type { PullRequestRow, RepoRow } from '../tables.ts';
import { findBlocker } from './rules.ts';

/** The repository a pull request asks to be merged into. */
export function baseRepoOf(emulator: Emulator, pull: PullRequestRow): RepoRow {
  return need(emulator.tables.repos.get(pull.base_repo_id), `the repository of pull request ${pull.number}`);
}

/** What a pull request brings, from the merge base on; for a merged one, what it brought. */
export function comparisonOf(emulator: Emulator, pull: PullRequestRow): Comparison {
  const repo = baseRepoOf(emulator, pull);
  return compare(emulator, repo, pull.merged ? pull.base_sha : baseTipOf(emulator, repo, pull), pull.head_sha);
}

/** The tip of the base branch. */
export function baseTipOf(emulator: Emulator, repo: RepoRow, pull: PullRequestRow): string {
  return tipOf(emulator, repo, pull.base_ref) ?? pull.base_sha;
}

/** The open pull requests of a repository whose head is this commit. */
export function pullsWithHead(emulator: Emulator, repo: { id: number }, sha: string): PullRequestRow[] {
  return inRepo(emulator.tables.pullRequests, repo).filter((pull) => pull.state === 'open' && pull.head_sha === sha);
}

/** The pull requests that bring a commit, or brought it. */
export function pullsOfCommit(emulator: Emulator, repo: RepoRow, sha: string): PullRequestRow[] {
  // Hundreds of pull requests share a base, and a branch's tip is found by looking through all of them.
  const tips = new Map<string, string | undefined>();
  return inRepo(emulator.tables.pullRequests, repo).filter((pull) => {
    if (pull.merge_commit_sha === sha || (pull.head_sha === sha && !pull.merged)) return true;
    if (!tips.has(pull.base_ref)) tips.set(pull.base_ref, tipOf(emulator, repo, pull.base_ref));
    const base = pull.merged ? pull.base_sha : (tips.get(pull.base_ref) ?? pull.base_sha);
    return compare(emulator, repo, base, pull.head_sha).commits.some((commit) => commit.sha === sha);
  });
}

/** Brings the derived fields of a pull request up to date, and answers with it. */
export function refreshPull(emulator: Emulator, { id }: PullRequestRow): PullRequestRow {
  const pull = need(emulator.tables.pullRequests.get(id), 'a pull request');
  const repo = baseRepoOf(emulator, pull);
  const { files, commits } = comparisonOf(emulator, pull);
  const sum = (count: 'additions' | 'deletions') => files.reduce((total, file) => total + file[count], 0);
  // In place: `update` would also set the date of the last change, and nothing has changed.
  Object.assign(pull, {
    changed_files: files.length,
    additions: sum('additions'),
    deletions: sum('deletions'),
    commits: commits.length,
    ...(pull.merged || pull.state === 'closed' ? {} : mergeability(emulator, repo, pull)),
  });
  return pull;
}

function mergeability(
  emulator: Emulator,
  repo: RepoRow,
  pull: PullRequestRow,
): Pick<PullRequestRow, 'mergeable' | 'mergeable_state'> {
  const merge = mergeCommits(emulator, repo, baseTipOf(emulator, repo, pull), pull.head_sha);
  if ('conflicts' in merge) return { mergeable: false, mergeable_state: 'dirty' };
  if (pull.draft) return { mergeable: true, mergeable_state: 'draft' };
  return { mergeable: true, mergeable_state: findBlocker(emulator, repo, pull)?.state ?? 'clean' };
}
