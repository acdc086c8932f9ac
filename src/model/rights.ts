import type { Account, Commit, PullRequest } from './pull-request.ts';

/** What GitHub lets an account do in a repository: its `role_name`, or for a custom role the one it is built on. */
export const REPOSITORY_ROLES = ['admin', 'maintain', 'write', 'triage', 'read', 'none'] as const;
export type RepositoryRole = (typeof REPOSITORY_ROLES)[number];

/** How somebody stands to one pull request. Each has exactly one: who wrote it is its author whatever else they are. */
export const ROLES = ['owner', 'maintainer', 'writer', 'triager', 'reader', 'outsider', 'author', 'bot'] as const;
export type Role = (typeof ROLES)[number];

/** What Composure lets people do: vouch for an item, set a practice aside, ask for another look. */
export const ACTS = ['attest', 'waive', 'recheck'] as const;
export type Act = (typeof ACTS)[number];

/** `named`: only where the item (to attest) or the configuration (to waive) names them, their role or a team of theirs. */
export type Right = 'yes' | 'named' | 'no';

/**
 * The one table of rights. Everything that asks who may do what asks here; docs/rights.md is made from it, and a test
 * lets every role try everything.
 */
export const RIGHTS: Readonly<Record<Role, Readonly<Record<Act, Right>>>> = {
  owner: { attest: 'yes', waive: 'named', recheck: 'yes' },
  maintainer: { attest: 'yes', waive: 'named', recheck: 'yes' },
  writer: { attest: 'yes', waive: 'named', recheck: 'yes' },
  triager: { attest: 'named', waive: 'named', recheck: 'no' },
  reader: { attest: 'named', waive: 'named', recheck: 'no' },
  outsider: { attest: 'named', waive: 'named', recheck: 'no' },
  author: { attest: 'no', waive: 'no', recheck: 'yes' },
  bot: { attest: 'no', waive: 'no', recheck: 'no' },
};

/** What the configuration calls the roles it may name for waiving. */
export const WAIVING_ROLES = {
  admins: 'owner',
  maintainers: 'maintainer',
  writers: 'writer',
} as const satisfies Record<string, Role>;

/** Who may waive where no configuration says otherwise. */
export const DEFAULT_WAIVERS: readonly (keyof typeof WAIVING_ROLES)[] = ['admins', 'maintainers'];

/** Whether a role may do something; `isNamed` says whether the item or the configuration names this account. */
export function mayDo(role: Role, act: Act, isNamed: boolean): boolean {
  const right = RIGHTS[role][act];
  return right === 'yes' || (right === 'named' && isNamed);
}

/** GitHub itself, where it commits for somebody who pressed a button on its pages. */
const GITHUB_COMMITTER = 'web-flow';

const ROLE_BY_PERMISSION = {
  admin: 'owner',
  maintain: 'maintainer',
  write: 'writer',
  triage: 'triager',
  read: 'reader',
  none: 'outsider',
} as const satisfies Record<RepositoryRole, Role>;

/** How an account stands to a pull request. An account that may be anything has a bot's rights: none. */
export function roleOf(
  account: Account,
  permission: RepositoryRole,
  pullRequest: Pick<PullRequest, 'author' | 'commits'>,
): Role {
  if (account.kind !== 'user') return 'bot';
  if (isSameAccount(account, pullRequest.author)) return 'author';
  return wroteOneOf(pullRequest.commits, account.login) ? 'author' : ROLE_BY_PERMISSION[permission];
}

/** By number where both have one: a login can be given away. */
export function isSameAccount(a: Account, b: Account): boolean {
  if (a.id !== null && b.id !== null) return a.id === b.id;
  return a.login.toLowerCase() === b.login.toLowerCase();
}

/** Whether somebody had a hand in one of the commits. Bringing the branch up to date on GitHub's pages is not writing. */
export function wroteOneOf(commits: readonly Commit[], login: string): boolean {
  const wanted = login.toLowerCase();
  return commits.some((commit) => writersOf(commit).includes(wanted));
}

/** Logins that had a hand in a commit, in lower case. */
function writersOf({ author, committer, parents }: Commit): string[] {
  const byGitHub = committer.login === GITHUB_COMMITTER;
  if (byGitHub && parents.length > 1) return [];
  const logins = byGitHub ? [author.login] : [author.login, committer.login];
  return logins.filter((login) => login !== null).map((login) => login.toLowerCase());
}
