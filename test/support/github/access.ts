/** Who may see and do what: roles of people, permissions of installations. */
import type { Caller } from './callers.ts';
import type { InstallationGrant } from './emulate.ts';
import { type Emulator, inRepo } from './emulator.ts';
import type { OrgRow, RepoRow, UserRow } from './tables.ts';

/** A person's role in a repository, from nothing up. */
export type Role = 'none' | 'read' | 'triage' | 'write' | 'maintain' | 'admin';

const ROLES: Role[] = ['none', 'read', 'triage', 'write', 'maintain', 'admin'];

/** The REST API's older words for two of them. */
const SYNONYMS: Record<string, Role> = { pull: 'read', push: 'write' };

/** Higher is more. */
export function roleRank(role: string): number {
  return Math.max(0, ROLES.indexOf(SYNONYMS[role] ?? (role as Role)));
}

/** What a person may do in a repository, by whatever gives them the most: ownership, membership, a team, an invitation. */
export function roleIn(emulator: Emulator, user: UserRow, repo: RepoRow): Role {
  if (repo.owner_type === 'User' && repo.owner_id === user.id) return 'admin';
  const ranks = [
    roleRank(repo.private ? 'none' : 'read'),
    ...inRepo(emulator.tables.collaborators, repo)
      .filter((row) => row.user_id === user.id)
      .map((row) => roleRank(row.permission)),
    ...(repo.owner_type === 'Organization' ? ranksThroughTeams(emulator, user, repo) : []),
  ];
  return ROLES[Math.max(...ranks)] as Role;
}

/** Whether someone has a role, or a higher one. */
export function hasRole(emulator: Emulator, user: UserRow, repo: RepoRow, role: Role): boolean {
  return roleRank(roleIn(emulator, user, repo)) >= roleRank(role);
}

/** `emulate` keeps an organisation's members in a team called `members`, its owners as that team's maintainers. */
const MEMBERS = 'members';

function ranksThroughTeams(emulator: Emulator, user: UserRow, repo: RepoRow): number[] {
  const { orgs, teams, teamMembers, teamRepos } = emulator.tables;
  return teamMembers.findBy('user_id', user.id).map((membership) => {
    const team = teams.get(membership.team_id);
    if (team?.org_id !== repo.owner_id) return 0;
    if (team.slug === MEMBERS) {
      if (membership.role === 'maintainer') return roleRank('admin');
      return roleRank(orgs.get(repo.owner_id)?.default_repository_permission ?? 'none');
    }
    const link = teamRepos.findBy('team_id', team.id).find((row) => row.repo_id === repo.id);
    return link ? roleRank(link.permission ?? team.permission) : 0;
  });
}

/** Whether someone owns an organisation. */
export function isOrgAdmin(emulator: Emulator, user: UserRow, org: OrgRow): boolean {
  const { teams, teamMembers } = emulator.tables;
  return teamMembers.findBy('user_id', user.id).some((membership) => {
    const team = teams.get(membership.team_id);
    return team?.org_id === org.id && team.slug === MEMBERS && membership.role === 'maintainer';
  });
}

/** Whether someone belongs to a repository: as a member of its organisation or a collaborator. */
export function belongsTo(emulator: Emulator, user: UserRow, repo: RepoRow): boolean {
  const { teams, teamMembers, collaborators } = emulator.tables;
  const isMember = teamMembers
    .findBy('user_id', user.id)
    .some((membership) => teams.get(membership.team_id)?.org_id === repo.owner_id);
  if (repo.owner_type === 'Organization' && isMember) return true;
  return inRepo(collaborators, repo).some((row) => row.user_id === user.id);
}

/**
 * Whether a repository exists for the caller. On GitHub an installation may also read what is public elsewhere;
 * here it sees its own repositories only, so that no test passes because of what happens to be public.
 */
export function canSee(emulator: Emulator, caller: Caller, repo: RepoRow): boolean {
  switch (caller.kind) {
    case 'installation':
      return covers(caller.grant, repo);
    case 'user':
      return roleIn(emulator, caller.user, repo) !== 'none';
    default:
      return !repo.private;
  }
}

/** Whether an installation's token reaches a repository. */
export function covers(grant: InstallationGrant, repo: RepoRow): boolean {
  if (grant.accountId !== repo.owner_id || grant.accountType !== repo.owner_type) return false;
  return grant.repositorySelection === 'all' || grant.repositoryIds.includes(repo.id);
}

/** What a request takes: of an installation one of `permissions`, at least at `level`; of a person a role. */
export interface Requirement {
  level: 'read' | 'write';
  permissions: string[];
  role: Role;
}

/** Whether an installation was granted what a request takes. */
export function isGranted(
  grant: InstallationGrant,
  { permissions, level }: Pick<Requirement, 'permissions' | 'level'>,
): boolean {
  return permissions.some((name) => {
    const granted = grant.permissions[name];
    return granted === 'write' || granted === 'admin' || (level === 'read' && granted === 'read');
  });
}

type Line = [methods: string, path: RegExp, level: Requirement['level'], permissions: string, role?: Role];

const inRepository = (path: string) => new RegExp(`^/repos/[^/]+/[^/]+${path}`);

/**
 * What each request takes; the first line that matches holds. `*` stands for every method, the last column for what
 * people need (reading, where it is left out).
 *
 * The permissions are those of GitHub's page "Permissions required for GitHub Apps", with one difference: there an
 * installation may read public repositories without any; here not, so that a permission that `app.yml` lacks shows in
 * tests and not on the first private repository.
 */
const REQUIREMENTS: Line[] = [
  ['*', /^\/graphql$/, 'read', 'metadata', 'none'], // each field asks for its own, see graphql.ts
  ['*', /^\/(rate_limit|installation|users|search)(\/|$)/, 'read', 'metadata', 'none'],
  ['*', /^\/user(\/|$)/, 'write', 'none_of_an_installation', 'none'],
  ['*', /^\/orgs\/[^/]+\/rulesets/, 'write', 'organization_administration', 'none'],
  ['GET', /^\/orgs\/[^/]+$/, 'read', 'metadata', 'none'],
  [
    'GET',
    /^\/(orgs\/[^/]+\/(members|memberships|teams)|teams|organizations\/\d+\/team)(\/|$)/,
    'read',
    'members',
    'none',
  ],
  ['*', /^\/(orgs\/[^/]+\/(members|memberships|teams)|teams)(\/|$)/, 'write', 'members', 'none'],

  ['GET', inRepository('$'), 'read', 'metadata'],
  ['*', inRepository('$'), 'write', 'administration', 'admin'],
  ['GET', inRepository('/collaborators(/|$)'), 'read', 'metadata'],
  ['*', inRepository('/collaborators/'), 'write', 'administration', 'admin'],
  ['GET', inRepository('/(rulesets|rules/branches)(/|$)'), 'read', 'metadata'],
  ['*', inRepository('/rulesets(/|$)'), 'write', 'administration', 'admin'],
  ['GET', inRepository('/branches/.+/protection'), 'read', 'administration', 'admin'],
  ['*', inRepository('/branches/.+/protection'), 'write', 'administration', 'admin'],
  ['GET', inRepository('/teams$'), 'read', 'administration'],
  ['GET', inRepository('/(forks|tags|topics|languages|contributors)$'), 'read', 'metadata'],
  ['POST', inRepository('/forks$'), 'write', 'administration'],
  ['GET', inRepository('/hooks(/|$)'), 'read', 'repository_hooks', 'admin'],
  ['*', inRepository('/hooks(/|$)'), 'write', 'repository_hooks', 'admin'],

  ['GET', inRepository('/(check-runs|check-suites)/'), 'read', 'checks'],
  ['GET', inRepository('/commits/.+/check-(runs|suites)$'), 'read', 'checks'],
  ['*', inRepository('/(check-runs|check-suites)(/|$)'), 'write', 'checks', 'write'],
  ['GET', inRepository('/commits/.+/status(es)?$'), 'read', 'statuses'],
  ['POST', inRepository('/statuses/'), 'write', 'statuses', 'write'],

  ['GET', inRepository('/commits/[^/]+/pulls$'), 'read', 'pull_requests'],
  ['PUT', inRepository('/pulls/\\d+/(merge|update-branch)$'), 'write', 'contents', 'write'],
  ['GET', inRepository('/pulls(/|$)'), 'read', 'pull_requests'],
  ['*', inRepository('/pulls/\\d+/(requested_reviewers|reviews/\\d+/dismissals)$'), 'write', 'pull_requests', 'write'],
  ['*', inRepository('/pulls(/|$)'), 'write', 'pull_requests'],
  ['GET', inRepository('/(issues|labels|milestones|assignees)(/|$)'), 'read', 'issues pull_requests'],
  ['*', inRepository('/issues/\\d+/(labels|assignees|lock)(/|$)'), 'write', 'issues pull_requests', 'triage'],
  ['*', inRepository('/issues(/|$)'), 'write', 'issues pull_requests'],
  ['*', inRepository('/(labels|milestones)(/|$)'), 'write', 'issues pull_requests', 'write'],

  ['GET', inRepository('/(contents|readme|commits|compare|branches|git|codeowners)(/|$)'), 'read', 'contents'],
  ['*', inRepository('/(contents|git|merges|dispatches)(/|$)'), 'write', 'contents', 'write'],
];

/** What a request takes; `undefined` for one that the table does not know. */
export function requirementOf(method: string, path: string): Requirement | undefined {
  const line = REQUIREMENTS.find(([methods, pattern]) => (methods === '*' || methods === method) && pattern.test(path));
  if (!line) return undefined;
  const [, , level, permissions, role = 'read'] = line;
  return { level, permissions: permissions.split(' '), role };
}
