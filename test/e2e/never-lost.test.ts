import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type App, startApp, WEBHOOK_PATH } from '../../src/app.ts';
import { openSqliteStore } from '../../src/intake/sqlite-store.ts';
import { workKey } from '../../src/intake/work.ts';
import { createLog } from '../../src/operations/log.ts';
import type { Call } from '../support/github/index.ts';
import { validateGraphql, validateRequest } from '../support/github/openapi.ts';
import { APP } from '../support/github/seed.ts';
import { settingsFor } from '../support/harness.ts';
import { Scene } from '../support/scene.ts';

const small = { 'src/count.ts': 'export const count = 1;\n' };

let scene: Scene;
let folder: string;
/** Requests of the app that GitHub's own description does not allow. */
let invalid: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'composure-lost-'));
  invalid = [];
  scene = await Scene.open({
    settings: { database: { kind: 'sqlite', path: join(folder, 'work.db') } },
    onCall: check,
  });
  await scene.prepare({ 'README.md': '# Widgets\n' });
});

afterEach(async () => {
  await scene.harness.stop();
  rmSync(folder, { recursive: true });
  expect(invalid).toEqual([]);
});

function check(call: Call): void {
  if (call.as !== 'installation' && call.as !== 'jwt') return;
  const query = call.query ? `?${call.query}` : '';
  const problems =
    call.path === '/graphql'
      ? validateGraphql((call.body as { query: string }).query)
      : validateRequest(call.method, `${call.path}${query}`, call.body);
  invalid.push(...problems.map((problem) => `${call.method} ${call.path}: ${problem}`));
}

async function reconcile(app: App = scene.harness.app) {
  const reconciled = await app.reconcile();
  await scene.settle();
  await app.idle();
  return reconciled;
}

/** Another app on the same database. */
async function restart(log = pino({ level: 'silent' })): Promise<App> {
  const { github, registry } = scene.harness;
  const database = { kind: 'sqlite', path: join(folder, 'work.db') } as const;
  const app = await startApp({ ...settingsFor(github.url, registry.url), database }, log);
  scene.harness.app = app;
  return app;
}

function snapshots(): Call[] {
  return scene.harness.takeCalls().filter(({ body }) => JSON.stringify(body)?.includes('ComposureSnapshot'));
}

describe('a delivery that failed', () => {
  it('is asked for again, once it has not arrived, and no more when it has', async () => {
    const { github } = scene.harness;
    github.webhookOptions.drop = ({ event }) => event === 'pull_request' || event === 'check_suite';
    const on = await scene.open('bob', { branch: 'small', files: small });
    expect(await scene.check(on)).toBeNull();
    github.webhookOptions.drop = undefined;
    const reconciled = await reconcile();
    expect(reconciled?.redelivered).toBeGreaterThan(0);
    expect(await scene.check(on)).toMatchObject({ status: 'completed', conclusion: 'action_required' });
    expect(await scene.comment(on)).not.toBeNull();
    expect(await reconcile()).toMatchObject({ redelivered: 0, swept: 0 });
  });

  it('is asked for again for as long as it fails', async () => {
    const { github } = scene.harness;
    github.webhookOptions.drop = ({ event }) => event === 'pull_request';
    const on = await scene.open('bob', { branch: 'small', files: small });
    github.setWebhookUrl('http://127.0.0.1:9/nobody');
    expect(await reconcile()).toMatchObject({ redelivered: 1 });
    github.setWebhookUrl(`${scene.harness.app.url}${WEBHOOK_PATH}`);
    expect(await reconcile()).toMatchObject({ redelivered: 1 });
    expect(await reconcile()).toMatchObject({ redelivered: 0 });
    expect(await scene.check(on)).toMatchObject({ status: 'completed' });
  });

  it('changes nothing when it arrives twice', async () => {
    scene.harness.github.webhookOptions.duplicate = 2;
    const on = await scene.open('bob', { branch: 'small', files: small });
    expect(await scene.check(on)).toMatchObject({ conclusion: 'action_required' });
    expect(snapshots()).toHaveLength(1);
  });
});

describe('an app that was away', () => {
  it('finds pull requests that GitHub has forgotten to have told of, and leaves the answered ones alone', async () => {
    const { github } = scene.harness;
    const answered = await scene.open('bob', { branch: 'answered', files: small });
    await scene.harness.app.stop();
    github.setWebhookUrl('http://127.0.0.1:9/nobody');
    const missed = await scene.open('bob', { branch: 'missed', files: { 'src/other.ts': 'export {};\n' } });
    // Three days later.
    github.deliveries.length = 0;
    scene.harness.takeCalls();
    const app = await restart();
    github.setWebhookUrl(`${app.url}${WEBHOOK_PATH}`);
    await scene.settle();
    expect(await scene.check(missed)).toMatchObject({ status: 'completed', conclusion: 'action_required' });
    const touched = scene.harness.takeCalls().filter(({ method }) => method !== 'GET');
    const writes = touched.filter(({ path }) => path !== '/graphql').map(({ path }) => path);
    expect(writes).toHaveLength(2);
    expect(writes.join()).not.toContain(`/issues/${answered.number}/`);
  });

  it('does what it had accepted before', async () => {
    const { github } = scene.harness;
    const on = await scene.open('bob', { branch: 'small', files: small });
    await scene.harness.app.stop();
    // As if it had been killed with the delivery accepted and the work in hand. The sweep would not find this: the head
    // has its check.
    const store = openSqliteStore(join(folder, 'work.db'));
    const work = { kind: 'pull-request', installation: APP.installationId, ...scene.where, number: on.number } as const;
    const delivery = crypto.randomUUID();
    await store.accept(delivery, [{ work, dueAt: Date.now() }]);
    await store.claim({ now: Date.now(), leaseMs: 3_600_000 });
    await store.close();
    scene.harness.takeCalls();
    const lines: Record<string, unknown>[] = [];
    const app = await restart(createLog('debug', { write: (line) => void lines.push(JSON.parse(line)) }));
    github.setWebhookUrl(`${app.url}${WEBHOOK_PATH}`);
    await scene.settle();
    expect(snapshots()).toHaveLength(1);
    // Whoever reads the log of this process finds the delivery that another one accepted.
    const about = lines.filter(({ key }) => key === workKey(work));
    expect(about.map(({ msg }) => msg)).toContain('answered');
    expect(about.map((line) => line.delivery)).toEqual(about.map(() => delivery));
  });

  it('is told in a sentence that another one has its database', async () => {
    await expect(restart()).rejects.toThrow(/in use by another process.*PostgreSQL/);
  });
});
