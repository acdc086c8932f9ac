/** The ends and beginnings of pull requests that are not merges. */
import { type Emulator, findIssue, need, timestamp } from '../emulator.ts';
import type { PullRequestRow, UserRow } from '../tables.ts';
import { announcePull } from './announce.ts';
import { baseRepoOf } from './pull-state.ts';

/** Closes a pull request without merging it. */
export function closePull(emulator: Emulator, pull: PullRequestRow, sender: UserRow | undefined): void {
  setState(emulator, pull, 'closed', sender);
  announcePull(emulator, pull, { action: 'closed', sender });
}

/** Opens a closed pull request again. */
export function reopenPull(emulator: Emulator, pull: PullRequestRow, sender: UserRow | undefined): void {
  setState(emulator, pull, 'open', sender);
  announcePull(emulator, pull, { action: 'reopened', sender });
}

/** Takes a pull request back to a draft, or declares it ready. */
export function setDraft(emulator: Emulator, pull: PullRequestRow, draft: boolean, sender: UserRow | undefined): void {
  if (pull.draft === draft) return;
  const changed = need(emulator.tables.pullRequests.update(pull.id, { draft }), 'a pull request');
  announcePull(emulator, changed, { action: draft ? 'converted_to_draft' : 'ready_for_review', sender });
}

/** Writes the state of a pull request, and of the issue behind it. */
export function setState(
  emulator: Emulator,
  pull: PullRequestRow,
  state: 'open' | 'closed',
  sender: UserRow | undefined,
): void {
  const { tables } = emulator;
  const repo = baseRepoOf(emulator, pull);
  const closedAt = state === 'closed' ? timestamp() : null;
  tables.pullRequests.update(pull.id, { state, closed_at: closedAt });
  const issue = findIssue(emulator, repo, pull.number);
  const closedBy = state === 'closed' ? (sender?.id ?? null) : null;
  if (issue) tables.issues.update(issue.id, { state, closed_at: closedAt, closed_by_id: closedBy });
  tables.repos.update(repo.id, { open_issues_count: repo.open_issues_count + (state === 'closed' ? -1 : 1) });
}
