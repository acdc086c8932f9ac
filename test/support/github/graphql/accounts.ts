/** People, bots, Apps, teams and organisations as GraphQL nodes. */
import { need, toSeconds } from '../emulator.ts';
import type { AppRow, OrgRow, RepoRow, TeamRow, UserRow } from '../tables.ts';
import { connection, demand, type Node, type PageArguments, type View } from './view.ts';

/** A user or a bot. Here, unlike in REST, a bot's login has no `[bot]`. */
export function actorNode(view: View, userId: number | null | undefined): Node | null {
  const user = userId == null ? undefined : view.emulator.tables.users.get(userId);
  return user ? accountNode(view, user) : null;
}

/** An account as a node. */
export function accountNode(view: View, user: UserRow): Node {
  const { url } = view.emulator;
  const login = user.type === 'Bot' ? user.login.replace('[bot]', '') : user.login;
  const path = user.type === 'Bot' ? `/apps/${login}` : `/${login}`;
  return {
    __typename: user.type,
    id: user.node_id,
    databaseId: user.id,
    login,
    avatarUrl: `${url}/avatars/${user.login}`,
    url: url + path,
    resourcePath: path,
    createdAt: toSeconds(user.created_at),
    updatedAt: toSeconds(user.updated_at),
    ...(user.type === 'User'
      ? { name: user.name, email: user.email ?? '', isViewer: user.id === view.viewer?.id }
      : {}),
  };
}

/** The caller. GitHub shows an App here as a user whose login does have `[bot]`. */
export function viewerNode(view: View): Node {
  const viewer = need(view.viewer, 'the viewer');
  return { ...accountNode(view, { ...viewer, type: 'User' }), login: viewer.login };
}

/** An organisation as a node. */
export function organizationNode(view: View, org: OrgRow): Node {
  return {
    __typename: 'Organization',
    id: org.node_id,
    databaseId: org.id,
    login: org.login,
    name: org.name,
    url: `${view.emulator.url}/${org.login}`,
    avatarUrl: `${view.emulator.url}/avatars/${org.login}`,
    resourcePath: `/${org.login}`,
    team: ({ slug }: { slug: string }) => {
      demand(view, 'read', 'members');
      const team = view.emulator.tables.teams.findBy('org_id', org.id).find((row) => row.slug === slug);
      return team ? teamNode(view, team) : null;
    },
  };
}

/** A team as a node. */
export function teamNode(view: View, team: TeamRow): Node {
  const { teamMembers, users } = view.emulator.tables;
  return {
    __typename: 'Team',
    id: team.node_id,
    databaseId: team.id,
    slug: team.slug,
    name: team.name,
    combinedSlug: `${view.emulator.tables.orgs.get(team.org_id)?.login}/${team.slug}`,
    members: (args: PageArguments) => {
      demand(view, 'read', 'members');
      const members = teamMembers.findBy('team_id', team.id).map((row) => need(users.get(row.user_id), 'a member'));
      return connection(members, args, (user) => accountNode(view, user));
    },
  };
}

/** An App as a node. */
export function appNode(view: View, app: AppRow): Node {
  return {
    __typename: 'App',
    id: `A_${app.app_id}`,
    databaseId: app.app_id,
    clientId: `Iv1.${app.app_id}`,
    slug: app.slug,
    name: app.name,
    description: app.description,
    url: `${view.emulator.url}/apps/${app.slug}`,
  };
}

/** Whoever a repository belongs to, as a node. */
export function ownerNode(view: View, repo: RepoRow): Node {
  const { users, orgs } = view.emulator.tables;
  return repo.owner_type === 'User'
    ? accountNode(view, need(users.get(repo.owner_id), 'an owner'))
    : organizationNode(view, need(orgs.get(repo.owner_id), 'an owner'));
}
