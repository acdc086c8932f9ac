/** The emulated GitHub from inside: what all its parts share, and how to find things in it. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Caller } from './callers.ts';
import type { Emulate } from './emulate.ts';
import type { Comparison } from './git/diff.ts';
import type { Merge } from './git/objects.ts';
import type { MergeGroup } from './model/merge-queue.ts';
import type { Ruleset } from './model/rules.ts';
import type { AppRow, IssueRow, PullRequestRow, RepoRow, Row, Table, TreeEntry, UserRow } from './tables.ts';
import type { Call, Fault, Settings } from './transport.ts';
import type { Delivery, WebhookOptions } from './webhooks.ts';

/** One emulated GitHub. */
export interface Emulator extends Emulate {
  /** What `emulate` does not model; made anew by a reset. */
  state: State;
  /** Every webhook that was sent, the newest last. */
  deliveries: Delivery[];
  webhookOptions: WebhookOptions;
  /** Every request that was answered, the newest last. */
  calls: Call[];
  faults: Fault[];
  settings: Settings;
  /** Requests and deliveries under way, for `idle()`. */
  work: Work;
}

/** What `emulate` does not model. */
export interface State {
  /** The last id given to something that has no table of its own. */
  lastId: number;
  statuses: CommitStatus[];
  reactions: Reaction[];
  rulesets: Ruleset[];
  mergeQueue: MergeGroup[];
  /** By repository, base and head. Git objects never change, so neither do these. */
  comparisons: Map<string, Comparison>;
  /** Every file of a tree, by repository and tree. */
  files: Map<string, Map<string, TreeEntry>>;
  /** By repository and the two commits. */
  merges: Map<string, Merge>;
  /** Requests counted against the limits, by caller and kind. */
  rates: Map<string, Rate>;
}

/** Requests of one caller within the hour that ends at `reset`, in seconds. */
export interface Rate {
  used: number;
  reset: number;
}

/** A status of a commit, as it was set. */
export interface CommitStatus {
  id: number;
  repo_id: number;
  sha: string;
  state: 'error' | 'failure' | 'pending' | 'success';
  context: string;
  description: string | null;
  target_url: string | null;
  creator_id: number;
  created_at: string;
}

/** A reaction, to a comment or an issue. */
export interface Reaction {
  id: number;
  /** What was reacted to, such as `comment 17`. */
  subject: string;
  user_id: number;
  content: string;
  created_at: string;
}

/** The state of a GitHub on which nothing has happened. */
export function emptyState(): State {
  return {
    lastId: 1000,
    statuses: [],
    reactions: [],
    rulesets: [],
    mergeQueue: [],
    comparisons: new Map(),
    files: new Map(),
    merges: new Map(),
    rates: new Map(),
  };
}

// -- work under way -----------------------------------------------------------------------------------------------

/** Counts what is under way, so that a test can wait for the end of it instead of sleeping. */
export interface Work {
  track<T>(work: Promise<T>): Promise<T>;
  /** Resolves when nothing has been under way for a moment. */
  idle(): Promise<void>;
}

/** How long nothing may happen before all is called quiet: enough for an app that answered to make its next call. */
const QUIET_MS = 8;

/** Nothing under way yet. */
export function createWork(): Work {
  let underWay = 0;
  let lastChange = performance.now();
  return {
    async track(work) {
      underWay += 1;
      try {
        return await work;
      } finally {
        underWay -= 1;
        lastChange = performance.now();
      }
    },
    async idle() {
      lastChange = performance.now();
      while (underWay > 0 || performance.now() - lastChange < QUIET_MS) {
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    },
  };
}

// -- the request being answered -----------------------------------------------------------------------------------

/** What code far below a request needs to know about it. */
interface RequestScope {
  caller: Caller;
  /** Set while `emulate` handles the request. */
  forwarding?: boolean;
  /** Set while `emulate` must take pull requests for issues, see `disguises.ts`. */
  pullRequestsAreIssues?: boolean;
}

/** The request being answered, for the events that `emulate` announces on the way. */
export const requestScope = new AsyncLocalStorage<RequestScope>();

// -- finding things -----------------------------------------------------------------------------------------------

/** Now, as GitHub writes it: whole seconds. */
export function timestamp(): string {
  return toSeconds(new Date().toISOString());
}

/** GitHub's dates have no milliseconds. */
export function toSeconds(date: string): string {
  return date.replace(/\.\d{3}Z$/, 'Z');
}

/** An id for something that has no table of its own. */
export function nextId(emulator: Emulator): number {
  emulator.state.lastId += 1;
  return emulator.state.lastId;
}

/** A repository by name, in whatever case. */
export function findRepo(emulator: Emulator, owner: string, name: string): RepoRow | undefined {
  const fullName = `${owner}/${name}`.toLowerCase();
  return emulator.tables.repos.all().find((repo) => repo.full_name.toLowerCase() === fullName);
}

/** The login of a repository's owner. */
export function ownerOf(repo: RepoRow): string {
  return repo.full_name.slice(0, repo.full_name.indexOf('/'));
}

/** A pull request by number. */
export function findPull(emulator: Emulator, repo: RepoRow, number: number | string): PullRequestRow | undefined {
  return inRepo(emulator.tables.pullRequests, repo).find((pull) => pull.number === Number(number));
}

/** An issue by number, be it that of a pull request. */
export function findIssue(emulator: Emulator, repo: RepoRow, number: number | string): IssueRow | undefined {
  return inRepo(emulator.tables.issues, repo).find((issue) => issue.number === Number(number));
}

/** An account by login, in whatever case; a bot by `slug[bot]`. */
export function findUser(emulator: Emulator, login: string): UserRow | undefined {
  return emulator.tables.users.all().find((user) => user.login.toLowerCase() === login.toLowerCase());
}

/** An App by its id. */
export function findApp(emulator: Emulator, appId: number): AppRow | undefined {
  return emulator.tables.apps.all().find((app) => app.app_id === appId);
}

/** The rows of a table that belong to a repository. */
export function inRepo<R extends Row & { repo_id: number }>(table: Table<R>, repo: { id: number }): R[] {
  return table.findBy('repo_id', repo.id);
}

/** A row that must be there; its absence is a fault of the emulator. */
export function need<T>(row: T | undefined, what: string): T {
  if (row === undefined) throw new Error(`The emulator has lost ${what}.`);
  return row;
}
