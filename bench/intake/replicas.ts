import { setTimeout as sleep } from 'node:timers/promises';
import { WEBHOOK_PATH } from '../../src/app.ts';
import { createLuck } from '../../test/support/chaos/luck.ts';
import { createTimeline, prepareReplica } from '../../test/support/chaos/replica.ts';
import { createGitHub, type GitHub } from '../../test/support/github/index.ts';
import { as, openPullRequest, push } from '../../test/support/github/people.ts';
import { APP, seed } from '../../test/support/github/seed.ts';
import { startPostgres } from '../../test/support/postgres.ts';
import { createRegistry } from '../../test/support/registry/index.ts';
import { createSender, percentile, pushWebhook, type Webhook } from './webhooks.ts';

const PULL_REQUESTS = 500;
const EVENTS = 5_000;
const REPLICAS = 2;
const CONNECTIONS = 50;

/** The organisation with the burst, and one with little to do that must not wait behind it. */
const NOISY = { installation: APP.installationId, owner: 'acme', repo: 'widgets' };
const QUIET = { installation: 200, owner: 'globex', repo: 'gadgets' };
const QUIET_PULL_REQUESTS = 5;

/** Two replicas on one PostgreSQL, a burst of one organisation, and another organisation's pull requests in its midst. */
export async function measureReplicas(): Promise<object> {
  const seeded = seed();
  seeded.github.orgs.push({
    login: QUIET.owner,
    name: 'Globex',
    members: [{ login: 'alice', role: 'admin' }, { login: 'bob' }],
  });
  seeded.github.repos.push({ owner: QUIET.owner, name: QUIET.repo, auto_init: true });
  seeded.github.apps[0]?.installations.push({
    installation_id: 200,
    account: QUIET.owner,
    repository_selection: 'all',
  });
  const github = await createGitHub({ seed: seeded, rateLimit: 1_000_000 });
  const registry = await createRegistry({ packages: {} });
  const postgres = await startPostgres({ durable: true });
  const timeline = createTimeline();
  const env = {
    APP_ID: String(APP.id),
    PRIVATE_KEY: APP.privateKey,
    WEBHOOK_SECRET: APP.webhookSecret,
    HOST: '127.0.0.1',
    PORT: '0',
    GITHUB_API_URL: github.url,
    COMPOSURE_GITHUB_BUDGET: 'unlimited',
    COMPOSURE_NPM_REGISTRY: registry.url,
    DATABASE_URL: await postgres.createDatabase(),
  };
  const noisy = await openMany(github, NOISY, PULL_REQUESTS);
  const quiet = await openMany(github, QUIET, QUIET_PULL_REQUESTS);
  const replicas = await Promise.all(Array.from({ length: REPLICAS }, () => prepareReplica(env, timeline)));
  const urls: string[] = [];
  for (const replica of replicas) urls.push(`${await replica.start()}${WEBHOOK_PATH}`);
  // Their first sweep is not what is measured.
  for (const replica of replicas) await replica.idle();
  const before = timeline.turns();
  const sender = createSender(CONNECTIONS);
  const luck = createLuck(7);
  try {
    const statuses = new Map<number, number>();
    const send = async (webhook: Webhook) => {
      const status = await sender.send(luck.pick(urls), webhook);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    };
    const begun = performance.now();
    let left = EVENTS;
    const hand = async () => {
      while (left-- > 0) await send(luck.pick(noisy));
    };
    const burst = Promise.all(Array.from({ length: CONNECTIONS }, hand));
    const arrivals = new Map<string, number>();
    for (const [index, webhook] of quiet.entries()) {
      await sleep(500);
      await send(webhook);
      arrivals.set(`${QUIET.installation}/${QUIET.owner}/${QUIET.repo}#${index + 1}`, monotonicMicroseconds());
    }
    await burst;
    const acknowledged = performance.now();
    await untilDone(replicas);
    const done = performance.now();
    const begins = timeline.begins();
    const waits = [...arrivals].map(([key, arrived]) => {
      const first = (begins.get(key) ?? []).find((at) => at >= arrived);
      return first === undefined ? Number.POSITIVE_INFINITY : (first - arrived) / 1_000_000;
    });
    const evaluations = timeline.turns() - before;
    return {
      replicas: REPLICAS,
      pullRequests: PULL_REQUESTS,
      events: EVENTS + QUIET_PULL_REQUESTS,
      answers: Object.fromEntries(statuses),
      evaluations,
      eventsPerEvaluation: Math.round(((EVENTS + QUIET_PULL_REQUESTS) / evaluations) * 10) / 10,
      evaluatedTwiceAtOnce: timeline.overlaps().length,
      withoutCheck: await countWithoutCheck(github, NOISY, PULL_REQUESTS),
      secondsToAcknowledge: seconds(acknowledged - begun),
      secondsToFinish: seconds(done - begun),
      quietOrganisation: {
        pullRequests: QUIET_PULL_REQUESTS,
        debounceSeconds: 2,
        waitSeconds: { p50: percentile(waits, 0.5), longest: percentile(waits, 1) },
      },
    };
  } finally {
    sender.close();
    for (const replica of replicas) await replica.kill();
    await postgres.stop();
    await github.close();
    await registry.close();
  }
}

type Place = typeof NOISY;

/** Opens pull requests, of one small file each, before the app hears of anything. */
async function openMany(github: GitHub, at: Place, count: number): Promise<Webhook[]> {
  const where = { owner: at.owner, repo: at.repo };
  const alice = as(github, 'alice');
  const webhooks: Webhook[] = [];
  for (let index = 1; index <= count; index++) {
    const head = `branch-${index}`;
    await push(alice, { ...where, branch: head, files: { [`src/${index}.ts`]: `export const part = ${index};\n` } });
    const { number } = await openPullRequest(alice, { ...where, head });
    webhooks.push(pushWebhook({ ...at, number }));
  }
  return webhooks;
}

async function untilDone(replicas: readonly Awaited<ReturnType<typeof prepareReplica>>[]): Promise<void> {
  for (;;) {
    const stats = await replicas[0]?.stats();
    if (!stats || stats.waiting + stats.claimed === 0) return;
    await sleep(50);
  }
}

async function countWithoutCheck(github: GitHub, { owner, repo }: Place, count: number): Promise<number> {
  const alice = as(github, 'alice');
  let without = 0;
  for (let number = 1; number <= count; number++) {
    const { data: pull } = await alice.rest.pulls.get({ owner, repo, pull_number: number });
    const { data } = await alice.rest.checks.listForRef({ owner, repo, ref: pull.head.sha, check_name: 'Composure' });
    if (!data.check_runs.some(({ status }) => status === 'completed')) without++;
  }
  return without;
}

function monotonicMicroseconds(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds / 100) / 10;
}
