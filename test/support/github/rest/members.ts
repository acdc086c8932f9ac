/** Collaborators and teams: who may do what, in the API's words. */
import { belongsTo, roleIn, roleRank } from '../access.ts';
import { type Emulator, findUser, inRepo, need, nextId, timestamp, toSeconds } from '../emulator.ts';
import { accountJson, type Json, organizationJson, permissionsJson, repositoryJson, teamJson } from '../format.ts';
import { json, notFound, page, problem } from '../responses.ts';
import { type Ask, type RepoAsk, type Route, repoRoute, route } from '../routing.ts';
import type { RepoRow, TeamRow, UserRow } from '../tables.ts';

/** The older, coarser answer to the question what someone may do; `role_name` is the exact one. */
const PERMISSION_OF_ROLE: Record<string, string> = { maintain: 'write', triage: 'read' };

/** Routes of collaborators and teams. */
export const memberRoutes: Route[] = [
  repoRoute('GET', '/collaborators/:login/permission', ({ emulator, repo, params }) => {
    const user = findUser(emulator, params.login ?? '');
    if (!user) return problem(404, `${params.login} is not a user`);
    const role = roleIn(emulator, user, repo);
    return json(200, {
      permission: PERMISSION_OF_ROLE[role] ?? role,
      role_name: role,
      user: collaboratorJson(emulator, repo, user),
    });
  }),
  repoRoute('GET', '/collaborators', ({ emulator, repo, url }) => {
    const people = emulator.tables.users.all().filter((user) => user.type === 'User');
    const listed = people.filter((user) => belongsTo(emulator, user, repo));
    return page(url, listed, (items) => items.map((user) => collaboratorJson(emulator, repo, user)));
  }),
  repoRoute('PUT', '/collaborators/:login', addCollaborator),
  repoRoute('GET', '/collaborators/:login', ({ emulator, repo, params }) => {
    const user = findUser(emulator, params.login ?? '');
    return user && belongsTo(emulator, user, repo) ? json(204) : notFound();
  }),
  repoRoute('GET', '/teams', ({ emulator, repo, url }) => {
    const teams = emulator.tables.teams.all().filter((team) => findLink(emulator, team, repo));
    return page(url, teams, (items) =>
      items.map((team) => ({
        ...teamJson(emulator, team),
        permission: findLink(emulator, team, repo)?.permission ?? team.permission,
      })),
    );
  }),
  route('POST', '/orgs/:org/teams', createTeam),
  route('GET', '/orgs/:org/teams/:slug', (ask) => {
    const team = findTeam(ask);
    return team ? json(200, fullTeamJson(ask.emulator, team)) : notFound();
  }),
  route('PUT', '/orgs/:org/teams/:slug/repos/:owner/:repo', grantTeam),
  route('GET', '/orgs/:org/teams/:slug/repos/:owner/:repo', (ask) => {
    const team = findTeam(ask);
    const repo = ask.emulator.tables.repos.findOneBy('full_name', `${ask.params.owner}/${ask.params.repo}`);
    return team && repo && findLink(ask.emulator, team, repo) ? json(204) : notFound();
  }),
];

function collaboratorJson(emulator: Emulator, repo: RepoRow, user: UserRow): Json {
  const role = roleIn(emulator, user, repo);
  return { ...accountJson(emulator, user), permissions: permissionsJson(roleRank(role)), role_name: role };
}

/** Whoever belongs already is added at once; others are invited, and here accept on the spot. */
function addCollaborator({ emulator, repo, params, body, actor }: RepoAsk): Response {
  const user = findUser(emulator, params.login ?? '');
  if (!user) return notFound();
  const { collaborators } = emulator.tables;
  const belonged = belongsTo(emulator, user, repo);
  const permission = String(body.permission ?? 'push');
  const existing = inRepo(collaborators, repo).find((row) => row.user_id === user.id);
  if (existing) collaborators.update(existing.id, { permission });
  else collaborators.insert({ repo_id: repo.id, user_id: user.id, permission });
  if (belonged) return json(204);
  const id = nextId(emulator);
  return json(201, {
    id,
    node_id: `RI_${id}`,
    repository: repositoryJson(emulator, repo),
    invitee: accountJson(emulator, user),
    inviter: accountJson(emulator, actor),
    permissions: permission === 'push' ? 'write' : permission === 'pull' ? 'read' : permission,
    created_at: timestamp(),
    expired: false,
    url: `${emulator.url}/user/repository_invitations/${id}`,
    html_url: `${emulator.url}/${repo.full_name}/invitations`,
  });
}

function findTeam({ emulator, params }: Ask): TeamRow | undefined {
  const org = emulator.tables.orgs.findOneBy('login', params.org ?? '');
  return org && emulator.tables.teams.findBy('org_id', org.id).find((team) => team.slug === params.slug);
}

function findLink(emulator: Emulator, team: TeamRow, repo: RepoAsk['repo']) {
  return emulator.tables.teamRepos.findBy('team_id', team.id).find((link) => link.repo_id === repo.id);
}

async function createTeam(ask: Ask): Promise<Response> {
  const answer = await ask.forward();
  if (!answer.ok) return answer;
  const { id } = (await answer.json()) as { id: number };
  return json(201, fullTeamJson(ask.emulator, need(ask.emulator.tables.teams.get(id), 'a team')));
}

/** `emulate` knows one permission for all of a team's repositories; GitHub one for each. */
async function grantTeam(ask: Ask): Promise<Response> {
  const { emulator, params, body } = ask;
  const answer = await ask.forward();
  const team = findTeam(ask);
  const repo = emulator.tables.repos.findOneBy('full_name', `${params.owner}/${params.repo}`);
  const link = team && repo && findLink(emulator, team, repo);
  if (answer.ok && link && typeof body.permission === 'string') {
    emulator.tables.teamRepos.update(link.id, { permission: body.permission });
  }
  return answer;
}

function fullTeamJson(emulator: Emulator, team: TeamRow): Json {
  const { orgs, teamMembers, teamRepos } = emulator.tables;
  const org = need(orgs.get(team.org_id), 'the organisation of a team');
  return {
    ...teamJson(emulator, team),
    created_at: toSeconds(team.created_at),
    updated_at: toSeconds(team.updated_at),
    members_count: teamMembers.findBy('team_id', team.id).length,
    repos_count: teamRepos.findBy('team_id', team.id).length,
    organization: fullOrganizationJson(emulator, org),
  };
}

function fullOrganizationJson(emulator: Emulator, org: Parameters<typeof organizationJson>[1]): Json {
  const { repos } = emulator.tables;
  return {
    ...organizationJson(emulator, org),
    name: org.name,
    html_url: `${emulator.url}/${org.login}`,
    created_at: toSeconds(org.created_at),
    updated_at: toSeconds(org.updated_at),
    archived_at: null,
    type: 'Organization',
    has_organization_projects: true,
    has_repository_projects: true,
    public_repos: repos.all().filter((repo) => repo.owner_id === org.id && !repo.private).length,
    public_gists: 0,
    followers: 0,
    following: 0,
  };
}
