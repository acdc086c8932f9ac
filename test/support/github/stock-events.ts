/** Events that `emulate` announces by itself: some of them GitHub tells differently, and they are short of fields. */
import { actorOf } from './callers.ts';
import { correct } from './corrections.ts';
import type { StockEvent } from './emulate.ts';
import { type Emulator, findPull, findRepo, findUser, inRepo, requestScope } from './emulator.ts';
import { type Json, labelJson, simplePullRequestJson } from './format.ts';
import { branchIn, findRef, ZERO_SHA } from './git/objects.ts';
import { announce, announcePull } from './model/announce.ts';
import { refreshPull } from './model/pull-state.ts';
import { announcePush } from './model/pushes.ts';
import type { PullRequestRow, RepoRow, UserRow } from './tables.ts';

/** Fields of a payload that we fill in ourselves. */
const OURS = new Set(['action', 'issue', 'pull_request', 'repository', 'organization', 'sender', 'installation']);

/** Takes up what `emulate` announces. What our own routes do, they announce themselves. */
export async function takeUp(emulator: Emulator, event: StockEvent): Promise<void> {
  const scope = requestScope.getStore();
  const repo = event.repo === undefined ? undefined : findRepo(emulator, event.owner, event.repo);
  if (!repo) return;
  const { payload } = event;
  const login = (payload.sender as { login?: string } | undefined)?.login;
  const sender = login ? findUser(emulator, login) : scope && actorOf(emulator, scope.caller);

  if (event.event === 'push') {
    const { ref, before, after } = payload as { ref: string; before: string; after: string };
    announcePush(emulator, repo, { ref, before, after, sender });
  } else if (event.event === 'create') {
    announceCreatedRef(emulator, repo, String(payload.ref), sender);
  } else {
    const pull = findPullOf(emulator, repo, event);
    const details = completeDetails(emulator, repo, payload);
    if (pull) {
      const { issue: _, pull_request: __, ...rest } = details;
      announcePull(emulator, pull, { action: String(event.action), sender, details: rest });
    } else announce(emulator, { event: event.event, action: event.action, repo, sender, details });
  }
}

/** A new branch is told twice: as a `create`, and as a `push` from nothing. */
function announceCreatedRef(emulator: Emulator, repo: RepoRow, ref: string, sender: UserRow | undefined): void {
  const branch = branchIn(ref);
  announce(emulator, {
    event: 'create',
    repo,
    sender,
    details: {
      ref: branch ?? ref.replace('refs/tags/', ''),
      ref_type: branch === undefined ? 'tag' : 'branch',
      full_ref: ref,
      master_branch: repo.default_branch,
      description: repo.description,
      pusher_type: 'user',
    },
  });
  const after = findRef(emulator, repo, ref);
  if (after) announcePush(emulator, repo, { ref, before: ZERO_SHA, after, sender });
}

/** The pull request that `emulate` tells of, be it as of an issue. */
function findPullOf(emulator: Emulator, repo: RepoRow, { event, payload }: StockEvent): PullRequestRow | undefined {
  if (event !== 'issues' && event !== 'pull_request') return undefined;
  const subject = (payload.issue ?? payload.pull_request) as { number?: number } | undefined;
  return subject?.number === undefined ? undefined : findPull(emulator, repo, subject.number);
}

function completeDetails(emulator: Emulator, repo: RepoRow, payload: Json): Json {
  const details = Object.fromEntries(Object.entries(payload).filter(([field]) => !OURS.has(field)));
  const name = (payload.label as { name?: string } | undefined)?.name;
  const label = inRepo(emulator.tables.labels, repo).find((row) => row.name === name);
  if (label) details.label = labelJson(emulator, repo, label);
  if (payload.issue) details.issue = payload.issue;
  const number = (payload.pull_request as { number?: number } | undefined)?.number;
  const pull = number === undefined ? undefined : findPull(emulator, repo, number);
  if (pull) details.pull_request = simplePullRequestJson(emulator, refreshPull(emulator, pull));
  return correct(emulator, details) as Json;
}
