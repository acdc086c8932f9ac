/**
 * A GitHub of our own, on loopback: real git objects, App authentication, signed webhooks, checks that block merges.
 *
 * It is the package `emulate` with our corrections in front of it. The tests beside this file hold it to GitHub's
 * behaviour and to GitHub's own description of its API. Of use to other tests are this file, `seed.ts`, `people.ts`,
 * `import-git.ts` and `openapi.ts`; the rest is its inside:
 *
 * - `emulate.ts` opens the package, `tables.ts` says what it stores, `disguises.ts` and `corrections.ts` get along with it;
 * - `transport.ts` lets every request in: who is calling (`callers.ts`), may they (`access.ts`), who answers (`routes.ts`);
 * - `git/` works on git objects, `model/` is what happens on GitHub, `rest/` and `graphql/` are its two APIs;
 * - `webhooks.ts` delivers what `model/announce.ts` tells.
 *
 * Known to differ from GitHub:
 *
 * - Permissions are stricter: an installation needs them for public repositories too, and sees no others' repositories.
 * - Rulesets and protection are enforced on merges only, not on direct pushes; nobody is on a bypass list.
 * - CODEOWNERS ask nobody for a review, and stale approvals are not dismissed by a push.
 * - Invitations are accepted on the spot. Tokens do not expire. Secondary limits come as faults only.
 * - A rebase leaves one commit. Each merge group holds one pull request, and those behind a failed one are not rebuilt.
 * - Pushing a pull request's commits to its base by hand does not mark it as merged.
 */
import { control } from './control.ts';
import { disguise } from './disguises.ts';
import { startEmulate } from './emulate.ts';
import { createWork, type Emulator, emptyState, findRepo } from './emulator.ts';
import { organizationJson, repositoryJson } from './format.ts';
import { setWebhookUrl } from './rest/apps.ts';
import { routes } from './routes.ts';
import type { Seed } from './seed.ts';
import { takeUp } from './stock-events.ts';
import type { Table } from './tables.ts';
import { type Call, type Fault, handle } from './transport.ts';
import { type Delivery, deliverToApps, type WebhookOptions } from './webhooks.ts';

export type { Call, Fault } from './transport.ts';
export type { Delivery, WebhookOptions } from './webhooks.ts';

/** A running GitHub. */
export interface GitHub {
  /** The root of its API, without a slash at the end. */
  url: string;
  /** Every request that was answered since the last reset, the newest last. */
  calls: Call[];
  /** Every webhook that was sent since the last reset, the newest last. */
  deliveries: Delivery[];
  /** What goes wrong from now on; a reset ends it. */
  faults: Fault[];
  /** How webhooks go wrong from now on; a reset ends it. */
  webhookOptions: WebhookOptions;
  /** How long every answer takes. */
  latencyMs: number;
  /** Resolves when no request and no delivery has been under way for a moment: tests need no sleeping. */
  idle(): Promise<void>;
  /** Back to the seed. Tokens of installations stay good, for Probot keeps them for an hour. */
  reset(): void;
  close(): Promise<void>;
  /** Points the App's webhook at an address, for good, so that the app may listen on any free port. */
  setWebhookUrl(url: string): void;
  /** Delivers a webhook that nothing here sets off, such as those about installations. */
  emit(event: string, action: string | undefined, payload: object, owner?: string, repo?: string): void;
}

/** Starts a GitHub. It listens on 127.0.0.1 only. */
export async function createGitHub(options: {
  /** 0 or absent: a free one. */
  port?: number;
  seed: Seed;
  /** Requests an hour for each caller, and points for GraphQL; 5,000 as on GitHub if absent. */
  rateLimit?: number;
  latencyMs?: number;
  /** Called after each answer. */
  onCall?: (call: Call) => void;
}): Promise<GitHub> {
  const work = createWork();
  const emulate = await startEmulate(
    { port: options.port ?? 0, seed: options.seed },
    {
      fetch: async (request) =>
        (await control(github, emulator, request)) ?? work.track(handle(emulator, routes, request)),
      onEvent: (event) => takeUp(emulator, event),
    },
  );
  const emulator: Emulator = {
    ...emulate,
    state: emptyState(),
    deliveries: [],
    webhookOptions: { drop: undefined, duplicate: 0, delayMs: 0 },
    calls: [],
    faults: [],
    settings: {
      rateLimit: options.rateLimit ?? 5000,
      latencyMs: options.latencyMs ?? 0,
      onCall: options.onCall,
    },
    work,
  };
  let webhookUrl = options.seed.github.apps[0]?.webhook_url ?? '';
  disguise(emulator);
  prepare(emulator, webhookUrl);

  const github: GitHub = {
    url: emulator.url,
    calls: emulator.calls,
    deliveries: emulator.deliveries,
    faults: emulator.faults,
    webhookOptions: emulator.webhookOptions,
    get latencyMs() {
      return emulator.settings.latencyMs;
    },
    set latencyMs(latencyMs) {
      emulator.settings.latencyMs = latencyMs;
    },
    idle: () => work.idle(),
    reset() {
      const kept = [...emulator.tokens].filter(([, grant]) => grant.installation);
      emulator.reset();
      for (const [token, grant] of kept) emulator.tokens.set(token, grant);
      emulator.state = emptyState();
      for (const list of [emulator.calls, emulator.deliveries, emulator.faults]) list.length = 0;
      Object.assign(emulator.webhookOptions, { drop: undefined, duplicate: 0, delayMs: 0 });
      emulator.settings.latencyMs = options.latencyMs ?? 0;
      prepare(emulator, webhookUrl);
    },
    async close() {
      await work.idle();
      await emulator.close();
    },
    setWebhookUrl(url) {
      webhookUrl = url;
      setWebhookUrl(emulator, url);
    },
    emit(event, action, payload, owner, name) {
      emit(emulator, { event, action, payload: payload as Record<string, unknown>, owner, name });
    },
  };
  insides.set(github, emulator);
  return github;
}

const insides = new WeakMap<GitHub, Emulator>();

/** The inside of a GitHub, for what has no API: importing a repository, looking into tables. */
export function insideOf(github: GitHub): Emulator {
  const emulator = insides.get(github);
  if (!emulator) throw new Error('That is not a GitHub made by createGitHub.');
  return emulator;
}

/** What every emulated GitHub has beyond the seed. */
function prepare(emulator: Emulator, webhookUrl: string): void {
  const { tables } = emulator;
  for (const app of tables.apps.all()) {
    addAccount(emulator, { login: `${app.slug}[bot]`, type: 'Bot', name: app.name, email: null });
  }
  // Whoever merges by a button commits through this account.
  addAccount(emulator, { login: 'web-flow', type: 'User', name: 'GitHub Web Flow', email: 'noreply@github.com' });
  setWebhookUrl(emulator, webhookUrl || null);
  spreadIds(emulator);
}

function addAccount(
  { tables, url }: Emulator,
  account: { login: string; type: 'User' | 'Bot'; name: string; email: string | null },
): void {
  const user = tables.users.insert({
    ...account,
    node_id: '',
    site_admin: false,
    avatar_url: `${url}/avatars/${account.login}`,
    gravatar_id: '',
  });
  tables.users.update(user.id, { node_id: `${account.type === 'Bot' ? 'BOT' : 'U'}_${user.id}` });
}

/** Lets each table count from a number of its own: code that takes one id for another must not work by chance. */
function spreadIds({ tables }: Emulator): void {
  const spread = [
    tables.issues,
    tables.pullRequests,
    tables.comments,
    tables.reviews,
    tables.labels,
    tables.checkRuns,
    tables.checkSuites,
  ] as unknown as Table<{ id: number; created_at: string; updated_at: string }>[];
  for (const [index, table] of spread.entries()) {
    const { id } = table.insert({ id: (index + 1) * 100_000 } as object);
    table.delete(id);
  }
}

function emit(
  emulator: Emulator,
  {
    event,
    action,
    payload,
    owner,
    name,
  }: {
    event: string;
    action: string | undefined;
    payload: Record<string, unknown>;
    owner: string | undefined;
    name: string | undefined;
  },
): void {
  const repo = owner && name ? findRepo(emulator, owner, name) : undefined;
  const org = owner ? emulator.tables.orgs.findOneBy('login', owner) : undefined;
  deliverToApps(emulator, {
    event,
    action,
    repo,
    payload: {
      ...(action ? { action } : {}),
      ...(repo ? { repository: repositoryJson(emulator, repo) } : {}),
      ...(org ? { organization: organizationJson(emulator, org) } : {}),
      ...payload,
    },
  });
}
