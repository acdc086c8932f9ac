import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { Octokit } from '@octokit/rest';
import { getPrivateKey } from '@probot/get-private-key';
import { getTransformStream } from '@probot/pino';
import type { Logger } from 'pino';
import { Probot, ProbotOctokit, Server } from 'probot';
import { parse as parseYaml } from 'yaml';
import type { AppContext } from './app/context.ts';
import { marksFor } from './app/events.ts';
import { perform } from './app/perform.ts';
import { createReceiver } from './app/receive.ts';
import { type Environment, readSettings, type Settings } from './app/settings.ts';
import { readBuiltInChecklists } from './checklists-folder.ts';
import { createClients } from './github/clients.ts';
import { CommitMemory } from './github/commit-memory.ts';
import { findFailedDeliveries, findInstallations, redeliver } from './github/deliveries.ts';
import { botLoginOf, readIdentity } from './github/identity.ts';
import { giveUpAfter, PATIENCE_MS } from './github/patience.ts';
import { People } from './github/people.ts';
import type { AppIdentity } from './github/read.ts';
import { readBodies } from './github/read-bodies.ts';
import { ReadingMemory } from './github/reading-memory.ts';
import { type Credentials, createSetUp } from './github/set-up.ts';
import { openStore } from './intake/open-store.ts';
import { type Reconciled, startReconciler } from './intake/reconciler.ts';
import { StoreUnavailable, type WorkStore } from './intake/store.ts';
import { workKey } from './intake/work.ts';
import { startWorker } from './intake/worker.ts';
import { createLog } from './operations/log.ts';
import { createOperations } from './operations/operations.ts';
import { practices } from './practices/index.ts';
import { createPackageSource, publicRegistries } from './registries/index.ts';

/** Where GitHub sends events. */
export const WEBHOOK_PATH = '/api/github/webhooks';

/** How many pull requests are worked on at once in one process, and how many of them of one installation. */
const CONCURRENCY = 32;
const PER_INSTALLATION = 16;

/** How long a process may be silent before its work is taken over. */
const LEASE_MS = 15_000;

/** How long what is under way may take once we are asked to stop. */
const DRAIN_MS = 25_000;

/** A running app. */
export interface App {
  /** `http://host:port`, where it listens. */
  url: string;
  /** Resolves when no event is unanswered and nothing is due. */
  idle(): Promise<void>;
  /** Looks for what got lost, now; `null` where another process is the one that does so. */
  reconcile(): Promise<Reconciled | null>;
  /** Takes no more events, finishes what is under way, and stops. */
  stop(): Promise<void>;
}

/**
 * Starts the app with these settings: events in, checks and comments out. `given` is a store that is open already, in
 * the place of the one that the settings name.
 */
export async function startApp(settings: Settings, log: Logger, given?: WorkStore): Promise<App> {
  const onStoreFailure = (error: unknown) => log.error({ err: error }, 'the store failed');
  const store = given ?? (await openStore(settings.database, onStoreFailure));
  const server = new Server({
    host: settings.host,
    // Probot takes the number 0 for "none given" and uses 3000; the text is passed on to Node, which picks a free port.
    port: settings.port || ('0' as unknown as number),
    webhookPath: WEBHOOK_PATH,
    log,
    Probot: Probot.defaults({
      appId: settings.appId,
      privateKey: settings.privateKey,
      secret: settings.webhookSecret,
      log,
      ...(settings.githubApiUrl === null ? {} : { baseUrl: settings.githubApiUrl }),
      // The function form: Probot overwrites the object form. Our own limiter keeps to GitHub's limits, and failed work is
      // tried again by our worker, which does not hold a place while it waits.
      Octokit: ProbotOctokit.defaults((options: { throttle?: object }) => ({
        ...options,
        throttle: { ...options.throttle, enabled: false },
        retry: { enabled: false },
      })),
    }),
  });

  let probot: Probot | undefined;
  let identity: AppIdentity | undefined;
  const authorise = async (installation?: number) => {
    if (!probot) throw new Error('The app is not started');
    const octokit = await (installation === undefined ? probot.auth() : probot.auth(installation));
    // In this order, so that an answer has come only once it was read.
    return giveUpAfter(readBodies(octokit), PATIENCE_MS);
  };
  const operations = createOperations({
    readQueue: () => store.stats(Date.now()),
    askGitHub: async () => readIdentity(await clients.forApp()),
    now: Date.now,
    onFailure: (error) => log.error({ err: error }, 'a page for operators failed'),
  });
  const clients = createClients({
    authorise,
    budget: settings.githubBudget,
    onRequest: operations.onRequest,
    now: Date.now,
  });
  const context: AppContext = {
    clientFor: clients.forInstallation,
    async identity() {
      identity ??= await readIdentity(await clients.forApp());
      return identity;
    },
    store,
    people: new People(Date.now),
    memory: new ReadingMemory(),
    commits: new CommitMemory(),
    practices,
    packages: operations.watchPackages(
      createPackageSource({
        registry: settings.npmRegistry,
        osv: settings.osv,
        depsDev: settings.depsDev,
        confirmAfterMs: settings.confirmAfterMs,
        // Nothing waits holding a place: the work is marked again for when the second answer may be asked for.
        waitForConfirmation: settings.confirmAfterMs === 0,
        clock: () => new Date(),
        sleep: (ms) => sleep(ms),
      }),
    ),
    onAnswered: operations.onAnswered,
    registryPolicy: { publicRegistries: publicRegistries(settings.npmRegistry) },
    builtInChecklists: readBuiltInChecklists(),
    signingKeys: settings.signingKeys,
    now: Date.now,
    log,
  };

  const receive = createReceiver({
    path: WEBHOOK_PATH,
    secret: settings.webhookSecret,
    // What is none of our business is recorded as well, so that the reconciler knows that it arrived.
    async accept({ id, ...event }) {
      const botLogin = identity ? botLoginOf(identity) : null;
      const { appId, debounceMs } = settings;
      const marks = marksFor(event, { appId, botLogin, now: Date.now(), debounceMs });
      const isNew = await store.accept(id, marks);
      log.debug({ delivery: id, event: event.name, keys: marks.map(({ work }) => workKey(work)) }, 'accepted');
      return isNew;
    },
    onReceived: operations.onReceived,
    log,
  });
  await server.load((loaded) => {
    probot = loaded;
    // In the place of Probot's own, which answers when all is done, and reads bodies of any size.
    loaded.getNodeMiddleware = async () => receive;
  });
  server.addHandler(operations.handle);
  await server.start();
  // Known early, our own writes are told from people's; unknown, they only cost a look.
  context.identity().catch((error) => log.warn({ err: error }, 'GitHub did not say who we are; asking again later'));

  const worker = startWorker({
    store,
    perform: (claim, signal) => operations.watchWork(claim, () => perform(claim, context, signal)),
    now: Date.now,
    random: Math.random,
    concurrency: CONCURRENCY,
    perInstallation: PER_INSTALLATION,
    leaseMs: LEASE_MS,
    onFailure(error, { key, delivery }, retryAt) {
      const when = retryAt === null ? null : new Date(retryAt).toISOString();
      log.error({ err: error, key, delivery, retryAt: when }, retryAt === null ? 'given up' : 'failed, will try again');
    },
    onStoreFailure,
  });

  const reconciler = startReconciler({
    store,
    holder: randomUUID(),
    findMissed: async (since) => findFailedDeliveries(await clients.forApp(), since),
    redeliver: async (missed) => redeliver(await clients.forApp(), missed),
    findInstallations: async () => findInstallations(await clients.forApp()),
    now: Date.now,
    onRound: (facts) => log.info(facts, 'looked for what got lost'),
    onFailure: (error) => log.error({ err: error }, 'could not look for what got lost; will try again'),
  });

  return {
    url: `http://${server.host}:${server.port}`,
    async idle() {
      await reconciler.idle();
      await worker.idle();
    },
    reconcile: () => reconciler.round(),
    async stop() {
      // All at once: while one of them waits for what it has in hand, the others begin nothing new.
      const closing = Promise.all([server.stop(), reconciler.stop()]);
      // What a durable store holds is done after the next start, or by another replica.
      if (settings.database.kind === 'memory') await closing.then(() => worker.idle());
      await Promise.all([closing, worker.stop()]);
      await store.close();
    },
  };
}

/** The operator's settings as they stand: `.env` beside the process, then its environment, and the key they name. */
export function readEnvironment(): { environment: Environment; privateKey: string | null } {
  const environment = { ...readDotEnv(), ...process.env };
  return { environment, privateKey: findPrivateKey(environment) };
}

/**
 * `npm start`: reads the environment (and `.env` beside the process), then runs the app, or the set-up page where
 * there are no credentials at all. A bad setting ends it with a sentence and exit code 1.
 */
export async function start(): Promise<void> {
  const { environment: env, privateKey } = readEnvironment();
  const result = readSettings(env, privateKey);
  if (result.state === 'set-up') return startSetUp(env);
  if (result.state === 'wrong') {
    for (const problem of result.problems) process.stderr.write(`composure: ${problem}\n`);
    process.exitCode = 1;
    return;
  }
  const { settings, remarks } = result;
  const transform = await getTransformStream({ logFormat: settings.logFormat, logLevelInString: true });
  transform.pipe(process.stdout);
  const log = createLog(settings.logLevel, transform);
  for (const remark of remarks) log.warn(remark);
  const app = await startApp(settings, log).catch((error: unknown) => {
    if (!(error instanceof StoreUnavailable)) throw error;
    log.error(error.message);
  });
  if (!app) {
    process.exitCode = 1;
    return;
  }
  log.info(`Composure listens on ${app.url}${WEBHOOK_PATH}`);
  stopOnSignal(() => app.stop(), log);
  // What only starting needed goes back to the system now. Without work V8 would keep it, and the young heap at the size
  // that loading modules made it. There only with `--expose-gc`, which `npm start` and the image pass; see ADR 76.
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}

function stopOnSignal(stop: () => Promise<void>, log: Logger): void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    log.info(`${signal}: finishing what is under way`);
    const deadline = setTimeout(() => {
      log.error('did not finish in time');
      process.exit(1);
    }, DRAIN_MS);
    deadline.unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'could not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

function readDotEnv(): Environment {
  try {
    return parseEnv(readFileSync('.env', 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

/** The key from `PRIVATE_KEY`, else the file that `PRIVATE_KEY_PATH` names; a stray `.pem` nearby is not taken. */
function findPrivateKey({ PRIVATE_KEY, PRIVATE_KEY_PATH }: Environment): string | null {
  if (!PRIVATE_KEY && !PRIVATE_KEY_PATH) return null;
  try {
    return getPrivateKey({ env: { PRIVATE_KEY, PRIVATE_KEY_PATH } }) || null;
  } catch {
    return 'unreadable';
  }
}

async function startSetUp(env: Environment): Promise<void> {
  const manifest = parseYaml(readFileSync(fileURLToPath(new URL('../app.yml', import.meta.url)), 'utf8'));
  const githubUrl = `${env.GHE_PROTOCOL || 'https'}://${env.GHE_HOST || 'github.com'}`;
  const baseUrl = env.GITHUB_API_URL || (env.GHE_HOST ? `${githubUrl}/api/v3` : undefined);
  const handle = createSetUp({
    manifest,
    githubUrl,
    client: new Octokit({ ...(baseUrl ? { baseUrl } : {}) }),
    webhookPath: WEBHOOK_PATH,
    save: async (credentials) => appendToDotEnv(credentials),
  });
  const server: HttpServer = createServer((request, response) => void handle(request, response));
  const port = Number(env.PORT) || 3000;
  const host = env.HOST || 'localhost';
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  process.stdout.write(`Composure has no credentials yet. Open http://${host}:${port} to register the GitHub App.\n`);
  process.on('SIGTERM', () => server.close());
  process.on('SIGINT', () => server.close());
}

function appendToDotEnv(credentials: Credentials): void {
  const lines = Object.entries(credentials).map(([name, value]) => `${name}="${value.trimEnd()}"\n`);
  writeFileSync('.env', lines.join(''), { flag: 'a', mode: 0o600 });
}
