/**
 * The one place that knows the insides of the package `emulate` (pinned to 0.12.2).
 *
 * `emulate` is a good start, but it keeps its store, its router and its webhooks to itself. They pass through
 * `githubPlugin.register`, which lives in a chunk of the package whose name changes from build to build; we find that
 * chunk, wrap that one method, and hand what passes through to the rest of this folder. No fork, no patched files:
 * an upgrade that moves these parts fails here, at once and by name.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readdirSync, readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createEmulator } from 'emulate';
import type { Seed } from './seed.ts';
import type { OwnerType, Tables } from './tables.ts';

/** Whom a token speaks for, as `emulate` keeps it. */
export interface Grant {
  login: string;
  id: number;
  scopes: string[];
  installation?: InstallationGrant;
}

/** What an installation's token may reach. */
export interface InstallationGrant {
  installationId: number;
  appId: number;
  accountId: number;
  accountType: OwnerType;
  permissions: Record<string, string>;
  repositoryIds: number[];
  repositorySelection: 'all' | 'selected';
}

/** An event as `emulate` announces it: often short of what GitHub's has. */
export interface StockEvent {
  event: string;
  action: string | undefined;
  payload: Record<string, unknown>;
  owner: string;
  repo: string | undefined;
}

/** A running `emulate`, opened up. */
export interface Emulate {
  url: string;
  tables: Tables;
  tokens: Map<string, Grant>;
  /** What `emulate` itself answers to a request. */
  answer(request: Request): Promise<Response>;
  /** Delivers an event to the webhooks that were set up on repositories and organisations (not to Apps). */
  notifyHooks(event: StockEvent): Promise<void>;
  reset(): void;
  close(): Promise<void>;
}

/** What takes the place of `emulate`'s own behaviour. */
export interface Overrides {
  fetch(request: Request): Promise<Response>;
  onEvent(event: StockEvent): Promise<void>;
}

type Handler = (...all: unknown[]) => unknown;

interface Router {
  middleware: { handlers: Handler[] }[];
  fetch: (request: Request) => Promise<Response>;
}

type Dispatch = (
  event: string,
  action: string | undefined,
  payload: unknown,
  owner: string,
  repo?: string,
) => Promise<void>;

interface Webhooks {
  dispatch: Dispatch;
}

interface Plugin {
  register(app: Router, store: unknown, webhooks: Webhooks, baseUrl: string, tokens: Map<string, Grant>): void;
}

interface PluginModule {
  githubPlugin: Plugin;
  getGitHubStore(store: unknown): Tables;
}

/** Set while one emulator starts, so that several in one process do not take each other's insides. */
const starting = new AsyncLocalStorage<(...parts: Parameters<Plugin['register']>) => void>();

const { githubPlugin, getGitHubStore } = await loadPlugin();
const stockRegister = githubPlugin.register;
githubPlugin.register = function register(...parts) {
  const open = starting.getStore();
  if (open) open(...parts);
  else stockRegister.apply(this, parts);
};

/** Starts `emulate` on loopback, on a free port where `port` is 0, with `overrides` in front of it. */
export async function startEmulate(options: { port: number; seed: Seed }, overrides: Overrides): Promise<Emulate> {
  let opened: Omit<Emulate, 'reset' | 'close'> | undefined;
  const emulator = await starting.run(
    (app, store, webhooks, baseUrl, tokens) => {
      // Without a base URL `emulate` calls itself localhost, which may resolve to an address it does not listen on.
      const url = baseUrl.replace('//localhost:', '//127.0.0.1:');
      stockRegister.call(githubPlugin, app, store, webhooks, url, tokens);
      removeRateLimiter(app);
      const answer = app.fetch;
      app.fetch = overrides.fetch;
      // What `register` put there delivers to Apps too; the method underneath only serves hooks of repositories.
      const toHooks = (Object.getPrototypeOf(webhooks) as Webhooks).dispatch;
      webhooks.dispatch = (event, action, payload, owner, repo) =>
        overrides.onEvent({ event, action, payload: payload as Record<string, unknown>, owner, repo });
      opened = {
        url,
        tables: getGitHubStore(store),
        tokens,
        answer,
        notifyHooks: ({ event, action, payload, owner, repo }) =>
          toHooks.call(webhooks, event, action, payload, owner, repo),
      };
    },
    () => createEmulator({ service: 'github', hostname: '127.0.0.1', port: options.port, seed: { ...options.seed } }),
  );
  if (!opened) throw new Error('emulate did not call githubPlugin.register');
  const letGo = keepConnections(opened.url);
  return {
    ...opened,
    reset: () => emulator.reset(),
    async close() {
      letGo();
      await emulator.close();
    },
  };
}

/** `emulate` has a limiter of 5,000 requests an hour built in; ours is in `transport.ts`. */
function removeRateLimiter(app: Router): void {
  const isLimiter = (handler: Handler) => String(handler).includes('X-RateLimit-Limit');
  if (!app.middleware.some(({ handlers }) => handlers.some(isLimiter))) {
    throw new Error('The package emulate has changed: its rate limiter is not where it was.');
  }
  const passOn: Handler = (_context, next) => (next as () => unknown)();
  for (const middleware of app.middleware) {
    middleware.handlers = middleware.handlers.map((handler) => (isLimiter(handler) ? passOn : handler));
  }
}

async function loadPlugin(): Promise<PluginModule> {
  const folder = new URL('./', import.meta.resolve('emulate'));
  const chunk = readdirSync(folder).find(
    (file) => /^dist-.*\.js$/.test(file) && /^\s*githubPlugin,$/m.test(readFileSync(new URL(file, folder), 'utf8')),
  );
  if (!chunk) throw new Error('The layout of the package emulate has changed: no chunk exports githubPlugin.');
  // The same URL that `emulate` imports, hence the same module instance, hence our `register` is the one it calls.
  return (await import(new URL(chunk, folder).href)) as PluginModule;
}

/**
 * Keeps idle connections for a minute. Node closes them after five seconds, and on a busy machine a client then writes
 * into one that is just being closed: a failure that is nobody's.
 */
function keepConnections(url: string): () => void {
  const port = Number(new URL(url).port);
  const onRequest = (message: unknown) => {
    const { server } = message as { server: Server };
    const address = server.address();
    if (typeof address === 'object' && address?.port === port) server.keepAliveTimeout = 60_000;
  };
  subscribe('http.server.request.start', onRequest);
  return () => void unsubscribe('http.server.request.start', onRequest);
}
