import { type GitHubClient, readClock } from './client.ts';

/** An App as GitHub knows it. */
export interface InspectedApp {
  id: number;
  slug: string;
  permissions: Readonly<Record<string, string>>;
  events: readonly string[];
  /** GitHub's clock when it answered (ISO 8601); `null` where it did not say. */
  date: string | null;
}

/** Where GitHub sends the App's events. It never tells the secret, only whether there is one. */
export interface InspectedWebhook {
  url: string | null;
  contentType: string | null;
  verifiesTls: boolean;
  hasSecret: boolean;
}

/** One attempt to deliver an event. */
export interface InspectedDelivery {
  event: string;
  /** ISO 8601, UTC. */
  at: string;
  /** 0 where nobody answered. */
  statusCode: number;
}

/** One account that the App is installed on. */
export interface InspectedInstallation {
  id: number;
  account: string;
  suspended: boolean;
  permissions: Readonly<Record<string, string>>;
  events: readonly string[];
}

/** What requires a check before something is merged into a branch. */
export interface RequiredCheck {
  context: string;
  /** The App that must have made it; `null`: whoever likes. */
  integrationId: number | null;
}

/** Which checks a repository's default branch requires. */
export interface InspectedRepository {
  fullName: string;
  branch: string;
  required: readonly RequiredCheck[];
  /** How long its merge queue waits for checks, the shortest of its rules; `null` where it has no queue. */
  queueWaitsMinutes: number | null;
}

/** The client must be authorised as the App, as for all questions here but that for repositories. */
export async function inspectApp(client: GitHubClient): Promise<InspectedApp> {
  const { data, headers } = await client.request('GET /app');
  if (!data?.slug) throw new Error('GitHub did not say which App these credentials belong to');
  const time = readClock(headers);
  return {
    id: data.id,
    slug: data.slug,
    permissions: stringsOf(data.permissions),
    events: data.events,
    date: time === null ? null : new Date(time).toISOString(),
  };
}

export async function inspectWebhook(client: GitHubClient): Promise<InspectedWebhook> {
  const { data } = await client.request('GET /app/hook/config');
  return {
    url: data.url ?? null,
    contentType: data.content_type ?? null,
    verifiesTls: String(data.insecure_ssl ?? '0') === '0',
    hasSecret: Boolean(data.secret),
  };
}

/** The last hundred attempts that came to an end, the newest first. */
export async function inspectDeliveries(client: GitHubClient): Promise<InspectedDelivery[]> {
  const { data } = await client.request('GET /app/hook/deliveries', { per_page: 100 });
  const ended = data.filter(({ status }) => status !== 'pending');
  return ended.map(({ event, delivered_at: at, status_code: statusCode }) => ({ event, at, statusCode }));
}

export async function inspectInstallations(client: GitHubClient): Promise<InspectedInstallation[]> {
  const found: InspectedInstallation[] = [];
  for (let page = 1; ; page++) {
    const { data } = await client.request('GET /app/installations', { per_page: 100, page });
    for (const { id, account, suspended_at: suspended, permissions, events } of data) {
      const login = account && 'login' in account ? account.login : String(id);
      found.push({ id, account: login, suspended: Boolean(suspended), permissions: stringsOf(permissions), events });
    }
    if (data.length < 100) return found;
  }
}

/** Repositories asked about for each installation. */
const MAX_REPOSITORIES = 30;

/**
 * What the default branches require, for the first thirty repositories that the installation reaches; `left` is how many
 * more there are. The client must be authorised for the installation.
 */
export async function inspectRepositories(
  client: GitHubClient,
): Promise<{ repositories: InspectedRepository[]; left: number }> {
  const { data } = await client.request('GET /installation/repositories', { per_page: 100 });
  const open = data.repositories.filter(({ archived, disabled }) => !archived && !disabled);
  const repositories: InspectedRepository[] = [];
  for (const { owner, name, full_name: fullName, default_branch: branch } of open.slice(0, MAX_REPOSITORIES)) {
    const answer = await client.request('GET /repos/{owner}/{repo}/rules/branches/{branch}', {
      owner: owner.login,
      repo: name,
      branch,
    });
    const required = answer.data.flatMap((rule) =>
      rule.type === 'required_status_checks' ? (rule.parameters?.required_status_checks ?? []) : [],
    );
    const waits = answer.data.flatMap((rule) =>
      rule.type === 'merge_queue' ? (rule.parameters?.check_response_timeout_minutes ?? []) : [],
    );
    repositories.push({
      fullName,
      branch,
      queueWaitsMinutes: waits.length > 0 ? Math.min(...waits) : null,
      required: required.map(({ context, integration_id: id }) => ({ context, integrationId: id ?? null })),
    });
  }
  return {
    repositories,
    left: Math.max(0, data.total_count - open.length) + Math.max(0, open.length - MAX_REPOSITORIES),
  };
}

function stringsOf(values: object | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(values ?? {}).map(([name, value]) => [name, String(value)]));
}
