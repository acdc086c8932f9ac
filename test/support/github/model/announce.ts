/** What happens on the emulated GitHub, told to whoever subscribed: Apps, and hooks of repositories. */
import { type Emulator, ownerOf } from '../emulator.ts';
import { accountJson, type Json, organizationJson, pullRequestJson, repositoryJson } from '../format.ts';
import type { PullRequestRow, RepoRow, UserRow } from '../tables.ts';
import { deliverToApps } from '../webhooks.ts';
import { refreshPull } from './pull-state.ts';

/** Something that happened. */
export interface Announcement {
  event: string;
  action?: string | undefined;
  repo: RepoRow;
  /** Who did it. */
  sender: UserRow | undefined;
  /** What the event has beside `action`, `repository`, `organization`, `sender` and `installation`. */
  details: Json;
}

/** Tells everyone who listens. The payload shows the state of this moment. */
export function announce(emulator: Emulator, { event, action, repo, sender, details }: Announcement): void {
  const organization = repo.owner_type === 'Organization' ? emulator.tables.orgs.get(repo.owner_id) : undefined;
  const payload: Json = {
    ...(action ? { action } : {}),
    ...details,
    repository: details.repository ?? repositoryJson(emulator, repo),
    ...(organization ? { organization: organizationJson(emulator, organization) } : {}),
    ...(sender ? { sender: accountJson(emulator, sender) } : {}),
  };
  deliverToApps(emulator, { event, action, payload, repo });
  const toHooks = emulator.notifyHooks({ event, action, payload, owner: ownerOf(repo), repo: repo.name });
  void emulator.work.track(toHooks);
}

/** Tells of a pull request, shown in full as it is now. */
export function announcePull(
  emulator: Emulator,
  pull: PullRequestRow,
  about: { action: string; sender: UserRow | undefined; details?: Json },
): void {
  const repo = emulator.tables.repos.get(pull.base_repo_id);
  if (!repo) return;
  const { action, sender, details } = about;
  announce(emulator, {
    event: 'pull_request',
    action,
    repo,
    sender,
    details: {
      number: pull.number,
      ...details,
      pull_request: {
        ...pullRequestJson(emulator, refreshPull(emulator, pull)),
        // GitHub has not looked yet whether a new pull request can be merged.
        ...(action === 'opened' ? { mergeable: null, rebaseable: null, mergeable_state: 'unknown' } : {}),
      },
    },
  });
}
