/** What an App asks about itself: its data, its webhook, its deliveries, its installations. */
import { covers } from '../access.ts';
import { type Emulator, need, timestamp, toSeconds } from '../emulator.ts';
import { accountJson, appJson, type Json, repositoryJson } from '../format.ts';
import { json, notFound, page, problem } from '../responses.ts';
import { type Answer, type Ask, type Route, route } from '../routing.ts';
import type { AppRow, InstallationRow, OrgRow, UserRow } from '../tables.ts';
import { rateOf } from '../transport.ts';
import { type Delivery, redeliver } from '../webhooks.ts';

/** Routes of Apps: installations, tokens, deliveries, limits. */
export const appRoutes: Route[] = [
  appRoute('GET', '/app', ({ emulator }, app) =>
    json(200, { ...appJson(emulator, app), installations_count: installationsOf(emulator, app).length }),
  ),
  appRoute('GET', '/app/installations', ({ emulator, url }, app) =>
    page(url, installationsOf(emulator, app), (items) => items.map((item) => installationJson(emulator, app, item))),
  ),
  appRoute('GET', '/app/installations/:id', (ask, app) => {
    const installation = findInstallation(ask, app);
    return installation ? json(200, installationJson(ask.emulator, app, installation)) : notFound();
  }),
  appRoute('POST', '/app/installations/:id/access_tokens', (ask, app) => {
    const installation = findInstallation(ask, app);
    if (installation?.suspended_at) return problem(403, 'This installation has been suspended');
    return createToken(ask);
  }),
  appRoute('PUT', '/app/installations/:id/suspended', (ask, app) => suspend(ask, app, timestamp())),
  appRoute('DELETE', '/app/installations/:id/suspended', (ask, app) => suspend(ask, app, null)),
  ...['/repos/:owner/:repo/installation', '/orgs/:owner/installation', '/users/:owner/installation'].map((path) =>
    appRoute('GET', path, answerInstallation),
  ),

  appRoute('GET', '/app/hook/config', (_, app) => json(200, hookConfigJson(app))),
  appRoute('PATCH', '/app/hook/config', ({ emulator, body }, app) => {
    const url = typeof body.url === 'string' ? body.url : app.webhook_url;
    const secret = typeof body.secret === 'string' ? body.secret : app.webhook_secret;
    emulator.tables.apps.update(app.id, { webhook_url: url, webhook_secret: secret });
    return json(200, hookConfigJson({ ...app, webhook_url: url, webhook_secret: secret }));
  }),
  appRoute('GET', '/app/hook/deliveries', listDeliveries),
  appRoute('GET', '/app/hook/deliveries/:id', (ask, app) => {
    const delivery = findDelivery(ask, app);
    return delivery ? json(200, fullDeliveryJson(delivery)) : notFound();
  }),
  appRoute('POST', '/app/hook/deliveries/:id/attempts', (ask, app) => {
    const delivery = findDelivery(ask, app);
    if (!delivery) return notFound();
    redeliver(ask.emulator, app, delivery);
    return json(202, {});
  }),

  route('POST', '/app-manifests/:code/conversions', convertManifest),
  route('GET', '/rate_limit', showRateLimit),
  route('GET', '/installation/repositories', listInstallationRepositories),
  route('DELETE', '/installation/token', ({ emulator, token, caller }) => {
    if (caller.kind !== 'installation') return problem(403, 'You must authenticate with an installation access token.');
    emulator.tokens.delete(token);
    return json(204);
  }),
];

/** A route for an App that shows its JSON web token. */
function appRoute(method: string, path: string, handle: (ask: Ask, app: AppRow) => Answer): Route {
  return route(method, path, (ask) =>
    ask.caller.kind === 'app' ? handle(ask, ask.caller.app) : problem(401, 'A JSON web token could not be decoded'),
  );
}

// -- installations ------------------------------------------------------------------------------------------------

function installationsOf(emulator: Emulator, app: AppRow): InstallationRow[] {
  return emulator.tables.appInstallations.findBy('app_id', app.app_id);
}

function findInstallation({ emulator, params }: Ask, app: AppRow): InstallationRow | undefined {
  return installationsOf(emulator, app).find((installation) => installation.installation_id === Number(params.id));
}

function answerInstallation({ emulator, params }: Ask, app: AppRow): Response {
  const { repos } = emulator.tables;
  const repo = params.repo ? repos.findOneBy('full_name', `${params.owner}/${params.repo}`) : undefined;
  if (params.repo && !repo) return notFound();
  const installation = installationsOf(emulator, app).find(
    (each) =>
      each.account_login === params.owner &&
      (!repo || each.repository_selection === 'all' || each.repository_ids.includes(repo.id)),
  );
  return installation ? json(200, installationJson(emulator, app, installation)) : notFound();
}

/** `emulate` makes the token; it shows too little of the repositories it is for. */
async function createToken(ask: Ask): Promise<Response> {
  const answer = await ask.forward();
  if (!answer.ok) return answer;
  const token = (await answer.json()) as Json & { repositories?: { id: number }[] };
  const { repos } = ask.emulator.tables;
  const show = ({ id }: { id: number }) => repositoryJson(ask.emulator, need(repos.get(id), 'a repository'));
  return json(201, { ...token, ...(token.repositories ? { repositories: token.repositories.map(show) } : {}) });
}

function suspend(ask: Ask, app: AppRow, at: string | null): Response {
  const installation = findInstallation(ask, app);
  if (!installation) return notFound();
  ask.emulator.tables.appInstallations.update(installation.id, { suspended_at: at });
  return json(204);
}

/** An installation, as the API and the event `installation` show it. */
export function installationJson(emulator: Emulator, app: AppRow, installation: InstallationRow): Json {
  const { users, orgs } = emulator.tables;
  const isOrganization = installation.account_type === 'Organization';
  const account = (isOrganization ? orgs : users).get(installation.account_id) as UserRow | OrgRow | undefined;
  return {
    id: installation.installation_id,
    account: account ? accountJson(emulator, account) : null,
    repository_selection: installation.repository_selection,
    access_tokens_url: `${emulator.url}/app/installations/${installation.installation_id}/access_tokens`,
    repositories_url: `${emulator.url}/installation/repositories`,
    html_url: `${emulator.url}/settings/installations/${installation.installation_id}`,
    app_id: app.app_id,
    client_id: `Iv1.${app.app_id}`,
    app_slug: app.slug,
    target_id: installation.account_id,
    target_type: installation.account_type,
    permissions: installation.permissions,
    events: installation.events,
    created_at: toSeconds(installation.created_at),
    updated_at: toSeconds(installation.updated_at),
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: null,
    suspended_at: installation.suspended_at,
  };
}

function listInstallationRepositories({ emulator, caller, url }: Ask): Response {
  if (caller.kind !== 'installation') return problem(403, 'You must authenticate with an installation access token.');
  const repos = emulator.tables.repos.all().filter((repo) => covers(caller.grant, repo));
  return page(url, repos, (items) => ({
    total_count: repos.length,
    repository_selection: caller.grant.repositorySelection,
    repositories: items.map((repo) => repositoryJson(emulator, repo)),
  }));
}

// -- the webhook and its deliveries -------------------------------------------------------------------------------

function hookConfigJson(app: AppRow): Json {
  return {
    content_type: 'json',
    insecure_ssl: '0',
    ...(app.webhook_secret ? { secret: '********' } : {}),
    ...(app.webhook_url ? { url: app.webhook_url } : {}),
  };
}

function findDelivery({ emulator, params }: Ask, app: AppRow): Delivery | undefined {
  return emulator.deliveries.find((each) => each.app_id === app.app_id && each.id === Number(params.id));
}

/** The newest first, in pages that a cursor opens. */
function listDeliveries({ emulator, url }: Ask, app: AppRow): Response {
  const { searchParams: query } = url;
  const status = query.get('status');
  const cursor = query.get('cursor');
  const perPage = Math.min(100, Number(query.get('per_page') ?? 30));
  const deliveries = emulator.deliveries
    .filter((delivery) => delivery.app_id === app.app_id)
    .filter((delivery) => status === null || (status === 'success') === hasArrived(delivery))
    .filter((delivery) => cursor === null || delivery.id <= Number(cursor.replace('v1_', '')))
    .sort((a, b) => b.id - a.id);
  const next = deliveries[perPage];
  const nextUrl = new URL(url);
  if (next) nextUrl.searchParams.set('cursor', `v1_${next.id}`);
  return json(200, deliveries.slice(0, perPage).map(deliveryJson), next ? { link: `<${nextUrl}>; rel="next"` } : {});
}

function hasArrived({ status_code: code }: Delivery): boolean {
  return code >= 200 && code < 400;
}

function deliveryJson(delivery: Delivery): Json {
  const { id, guid, delivered_at, redelivery, duration, status, status_code, event, action } = delivery;
  const { installation_id, repository_id } = delivery;
  return {
    id,
    guid,
    delivered_at,
    redelivery,
    duration,
    status,
    status_code,
    event,
    action,
    installation_id,
    repository_id,
    throttled_at: null,
  };
}

function fullDeliveryJson(delivery: Delivery): Json {
  const { url, request, response } = delivery;
  return { ...deliveryJson(delivery), url, request, response };
}

/** Points every App's webhook at an address, or nowhere. */
export function setWebhookUrl(emulator: Emulator, url: string | null): void {
  for (const { id } of emulator.tables.apps.all()) emulator.tables.apps.update(id, { webhook_url: url });
}

// -- setting up ---------------------------------------------------------------------------------------------------

/** What the page that registers an App from its manifest gets for its code: the App with all its secrets. */
function convertManifest({ emulator }: Ask): Response {
  const app = emulator.tables.apps.all()[0];
  if (!app) return notFound();
  return json(201, {
    ...appJson(emulator, app),
    client_secret: 'a-client-secret',
    webhook_secret: app.webhook_secret,
    pem: app.private_key,
  });
}

function showRateLimit(ask: Ask): Response {
  const { rateLimit } = ask.emulator.settings;
  const show = (path: string) => {
    const { used, reset } = rateOf({ ...ask, path });
    return { limit: rateLimit, used, remaining: Math.max(0, rateLimit - used), reset };
  };
  const core = show('');
  return json(200, { resources: { core, graphql: show('/graphql'), search: core }, rate: core });
}
