import { readFileSync } from 'node:fs';
import { type Logger, pino } from 'pino';
import { readSettings, type Settings } from '../../src/app/settings.ts';
import { type App, startApp, WEBHOOK_PATH } from '../../src/app.ts';
import { type Call, createGitHub, type GitHub } from './github/index.ts';
import { APP, seed } from './github/seed.ts';
import { createRegistry, type Registry } from './registry/index.ts';

/** GitHub, a registry and the app, all on loopback, wired together as in production: signed webhooks over HTTP. */
export interface Harness {
  github: GitHub;
  registry: Registry;
  /** Another may be put in its place; whoever does so stops the one before. */
  app: App;
  /** Ends the app and starts it anew: what it kept in its own memory is gone. */
  restart(): Promise<void>;
  /** Resolves when nothing is under way anywhere. */
  settle(): Promise<void>;
  /** What the app asked of GitHub since the last call of this, tokens left out. */
  takeCalls(): Call[];
  stop(): Promise<void>;
}

/** The text of the App's manifest: the emulator grants exactly what it asks for. */
export const MANIFEST = readFileSync(new URL('../../app.yml', import.meta.url), 'utf8');

/** Starts everything. `packages` are what the registry has, beside the canaries. */
export async function startHarness(
  options: {
    packages?: NonNullable<Parameters<typeof createRegistry>[0]>['packages'];
    settings?: Partial<Settings>;
    onCall?: (call: Call) => void;
    latencyMs?: number;
    /** Whether another App is installed whose bot can act. */
    helper?: boolean;
    /** Where the app writes its log; nowhere if absent. */
    log?: Logger;
  } = {},
): Promise<Harness> {
  const registry = await createRegistry({ packages: options.packages ?? {} });
  const github = await createGitHub({
    seed: seed({ manifest: MANIFEST, helper: options.helper ?? false }),
    latencyMs: options.latencyMs ?? 0,
    onCall: (call) => options.onCall?.(call),
  });
  const start = async () => {
    const started = await startApp(
      { ...settingsFor(github.url, registry.url), ...options.settings },
      options.log ?? pino({ level: process.env.COMPOSURE_TEST_LOG ?? 'silent' }),
    );
    github.setWebhookUrl(`${started.url}${WEBHOOK_PATH}`);
    return started;
  };
  let app = await start();
  let taken = 0;

  async function settle(): Promise<void> {
    for (let before = -1; before !== github.calls.length; ) {
      before = github.calls.length;
      await github.idle();
      await harness.app.idle();
    }
  }

  const harness: Harness = {
    github,
    registry,
    get app() {
      return app;
    },
    set app(other) {
      app = other;
    },
    async restart() {
      await settle();
      await app.stop();
      app = await start();
    },
    settle,
    takeCalls() {
      const calls = github.calls.slice(taken).filter((call) => call.as === 'installation');
      taken = github.calls.length;
      return calls;
    },
    async stop() {
      await settle();
      await harness.app.stop();
      await github.close();
      await registry.close();
    },
  };
  return harness;
}

/** What the harness starts the app with: everything at once, nothing to the outside, nothing kept. */
export function settingsFor(githubUrl: string, registryUrl: string): Settings {
  const result = readSettings(
    {
      APP_ID: String(APP.id),
      WEBHOOK_SECRET: APP.webhookSecret,
      HOST: '127.0.0.1',
      PORT: '0',
      GITHUB_API_URL: githubUrl,
      COMPOSURE_GITHUB_BUDGET: 'unlimited',
      COMPOSURE_DEBOUNCE_MS: '0',
      COMPOSURE_CONFIRM_AFTER: '0s',
      COMPOSURE_NPM_REGISTRY: registryUrl,
      DATABASE_URL: 'memory:',
    },
    APP.privateKey,
  );
  if (result.state !== 'ready') throw new Error(JSON.stringify(result));
  return result.settings;
}
