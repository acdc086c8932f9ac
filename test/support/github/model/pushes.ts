/** What a push sets off: the event itself, check suites, and pull requests whose head has moved or gone. */
import { type Emulator, timestamp, toSeconds } from '../emulator.ts';
import { type Json, repositoryJson } from '../format.ts';
import { changedFiles } from '../git/diff.ts';
import {
  ancestorsOf,
  branchIn,
  commitsBetween,
  findCommit,
  shareObjects,
  tipOf,
  writeRef,
  ZERO_SHA,
} from '../git/objects.ts';
import type { CommitRow, PullRequestRow, RepoRow, UserRow } from '../tables.ts';
import { isInstalledOn } from '../webhooks.ts';
import { announce, announcePull } from './announce.ts';
import { openSuite, suiteJson } from './check-store.ts';
import { closePull } from './pull-lifecycle.ts';

/** A ref that moved. `before` or `after` is `ZERO_SHA` where it is new or gone. */
export interface Push {
  ref: string;
  before: string;
  after: string;
  sender: UserRow | undefined;
}

/** A payload lists so many commits. */
const COMMITS_LISTED = 20;

/** Tells of a push. Heads of pull requests have moved by the time this returns, as on GitHub before it answers. */
export function announcePush(emulator: Emulator, repo: RepoRow, push: Push): void {
  emulator.tables.repos.update(repo.id, { pushed_at: timestamp() });
  const moved = moveHeads(emulator, repo, push);
  announce(emulator, { event: 'push', repo, sender: push.sender, details: pushDetails(emulator, repo, push) });
  requestChecks(emulator, repo, push);
  for (const { pull, before } of moved) {
    announcePull(emulator, pull, {
      action: 'synchronize',
      sender: push.sender,
      details: { before, after: push.after },
    });
  }
  if (push.after === ZERO_SHA) closeHeadless(emulator, repo, push);
}

function openPullsFrom(emulator: Emulator, repo: RepoRow, ref: string): PullRequestRow[] {
  const branch = branchIn(ref);
  return emulator.tables.pullRequests
    .all()
    .filter((pull) => pull.state === 'open' && pull.head_repo_id === repo.id && pull.head_ref === branch);
}

function moveHeads(
  emulator: Emulator,
  repo: RepoRow,
  { ref, after }: Push,
): { pull: PullRequestRow; before: string }[] {
  if (after === ZERO_SHA) return [];
  return openPullsFrom(emulator, repo, ref)
    .filter((pull) => pull.head_sha !== after)
    .map((pull) => {
      const base = emulator.tables.repos.get(pull.base_repo_id) ?? repo;
      if (base.id !== repo.id) shareObjects(emulator, repo, base);
      writeRef(emulator, base, `refs/pull/${pull.number}/head`, after);
      const moved = emulator.tables.pullRequests.update(pull.id, {
        head_sha: after,
        base_sha: tipOf(emulator, base, pull.base_ref) ?? pull.base_sha,
      });
      return { pull: moved ?? pull, before: pull.head_sha };
    });
}

/** A pull request whose branch is deleted is closed. */
function closeHeadless(emulator: Emulator, repo: RepoRow, { ref, sender }: Push): void {
  for (const pull of openPullsFrom(emulator, repo, ref)) closePull(emulator, pull, sender);
}

/** GitHub opens a check suite on every push for each App that may write checks, and asks it to begin. */
function requestChecks(emulator: Emulator, repo: RepoRow, { ref, before, after, sender }: Push): void {
  const branch = branchIn(ref);
  if (branch === undefined || after === ZERO_SHA) return;
  for (const installation of emulator.tables.appInstallations.all()) {
    if (!isInstalledOn(installation, repo) || installation.permissions.checks !== 'write') continue;
    const suite = openSuite(emulator, repo, { appId: installation.app_id, sha: after, branch, before });
    announce(emulator, {
      event: 'check_suite',
      action: 'requested',
      repo,
      sender,
      details: { check_suite: suiteJson(emulator, repo, suite) },
    });
  }
}

function pushDetails(emulator: Emulator, repo: RepoRow, { ref, before, after, sender }: Push): Json {
  const created = before === ZERO_SHA;
  const deleted = after === ZERO_SHA;
  const start = created ? (tipOf(emulator, repo, repo.default_branch) ?? ZERO_SHA) : before;
  const commits = deleted ? [] : commitsBetween(emulator, repo, start, after).slice(-COMMITS_LISTED);
  const head = deleted ? undefined : findCommit(emulator, repo, after);
  const pushed = new Date();
  return {
    ref,
    before,
    after,
    created,
    deleted,
    forced: !created && !deleted && !ancestorsOf(emulator, repo, after).has(before),
    base_ref: null,
    compare: `${emulator.url}/${repo.full_name}/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`,
    commits: commits.map((commit) => pushedCommitJson(emulator, repo, commit)),
    head_commit: head ? pushedCommitJson(emulator, repo, head) : null,
    pusher: { name: sender?.login ?? 'unknown', email: sender?.email ?? null },
    repository: {
      ...repositoryJson(emulator, repo),
      // In this event alone the dates are in seconds.
      created_at: Math.floor(Date.parse(repo.created_at) / 1000),
      pushed_at: Math.floor(pushed.getTime() / 1000),
      master_branch: repo.default_branch,
    },
  };
}

function pushedCommitJson(emulator: Emulator, repo: RepoRow, commit: CommitRow): Json {
  const files = changedFiles(emulator, repo, commit.parent_shas[0], commit.sha);
  const named = (...statuses: string[]) =>
    files.filter((file) => statuses.includes(file.status)).map((file) => file.filename);
  return {
    id: commit.sha,
    tree_id: commit.tree_sha,
    distinct: true,
    message: commit.message,
    timestamp: toSeconds(commit.committer_date),
    url: `${emulator.url}/${repo.full_name}/commit/${commit.sha}`,
    author: { name: commit.author_name, email: commit.author_email, date: toSeconds(commit.author_date) },
    committer: { name: commit.committer_name, email: commit.committer_email, date: toSeconds(commit.committer_date) },
    added: named('added', 'renamed'),
    removed: [...named('removed'), ...files.flatMap((file) => file.previous_filename ?? [])],
    modified: named('modified', 'changed'),
  };
}
