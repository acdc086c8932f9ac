import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WEBHOOK_PATH } from '../../src/app.ts';
import { createTimeline, prepareReplica } from '../../test/support/chaos/replica.ts';
import { createGitHub } from '../../test/support/github/index.ts';
import { APP, seed } from '../../test/support/github/seed.ts';
import { startPostgres } from '../../test/support/postgres.ts';
import { createSender, percentile, pushWebhook } from './webhooks.ts';

const SUSTAINED_PER_SECOND = 1_000;
const SUSTAINED_SECONDS = 15;
const FLAT_OUT_SECONDS = 5;
const CONNECTIONS = 50;
const PULL_REQUESTS = 500;

/**
 * How many webhooks of 24 KB one process acknowledges: at a steady rate, and as many as it can. The wait after a push is
 * an hour here, so that nothing is evaluated meanwhile; sender and process share the machine.
 */
export async function measureAcknowledging(store: 'sqlite' | 'postgres'): Promise<object> {
  const github = await createGitHub({ seed: seed() });
  const folder = mkdtempSync(join(tmpdir(), 'composure-bench-'));
  const postgres = store === 'postgres' ? await startPostgres({ durable: true }) : null;
  const replica = await prepareReplica(
    {
      APP_ID: String(APP.id),
      PRIVATE_KEY: APP.privateKey,
      WEBHOOK_SECRET: APP.webhookSecret,
      HOST: '127.0.0.1',
      PORT: '0',
      GITHUB_API_URL: github.url,
      COMPOSURE_DEBOUNCE_MS: '3600000',
      DATABASE_URL: postgres ? await postgres.createDatabase() : `sqlite:${join(folder, 'work.db')}`,
    },
    createTimeline(),
  );
  const sender = createSender(CONNECTIONS);
  try {
    const url = `${await replica.start()}${WEBHOOK_PATH}`;
    const webhooks = Array.from({ length: PULL_REQUESTS }, (_, number) =>
      pushWebhook({ installation: APP.installationId, owner: 'acme', repo: 'widgets', number: number + 1 }),
    );
    const send = async (index: number, latencies: number[]) => {
      const begun = performance.now();
      const status = await sender.send(url, webhooks[index % webhooks.length]!);
      latencies.push(performance.now() - begun);
      if (status !== 202) throw new Error(`answered ${status}`);
    };
    for (let index = 0; index < 500; index++) await send(index, []);
    await sleep(1_000);
    const atRest = await replica.memory();
    const sustained = await sendSteadily(send);
    const flatOut = await sendFlatOut(send);
    const after = await replica.memory();
    return {
      payloadBytes: webhooks[0]?.body.length,
      sustained,
      flatOut,
      residentMegabytes: { beforeEvents: megabytes(atRest), afterEvents: megabytes(after) },
    };
  } finally {
    sender.close();
    await replica.kill();
    await postgres?.stop();
    await github.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Send = (index: number, latencies: number[]) => Promise<void>;

/** Sends on time whether or not the earlier ones were answered: a slow answer must not slow the sender down. */
async function sendSteadily(send: Send): Promise<object> {
  const latencies: number[] = [];
  const all: Promise<void>[] = [];
  const begun = performance.now();
  const count = SUSTAINED_PER_SECOND * SUSTAINED_SECONDS;
  while (all.length < count) {
    const due = Math.min(count, Math.floor(((performance.now() - begun) / 1_000) * SUSTAINED_PER_SECOND));
    while (all.length < due) all.push(send(all.length, latencies));
    await sleep(1);
  }
  await Promise.all(all);
  const seconds = (performance.now() - begun) / 1_000;
  return { events: count, perSecond: Math.round(count / seconds), ...spread(latencies) };
}

async function sendFlatOut(send: Send): Promise<object> {
  const latencies: number[] = [];
  const begun = performance.now();
  let sent = 0;
  const hand = async () => {
    while (performance.now() - begun < FLAT_OUT_SECONDS * 1_000) await send(sent++, latencies);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, hand));
  return {
    events: sent,
    perSecond: Math.round(sent / ((performance.now() - begun) / 1_000)),
    connections: CONNECTIONS,
    ...spread(latencies),
  };
}

function spread(latencies: readonly number[]) {
  return {
    p50Milliseconds: percentile(latencies, 0.5),
    p99Milliseconds: percentile(latencies, 0.99),
    slowestMilliseconds: percentile(latencies, 1),
  };
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}
