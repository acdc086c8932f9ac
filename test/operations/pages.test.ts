import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WEBHOOK_PATH } from '../../src/app.ts';
import type { WorkStore } from '../../src/intake/store.ts';
import { createOperations, type Operations } from '../../src/operations/operations.ts';
import { createReadiness } from '../../src/operations/readiness.ts';
import { Scene } from '../support/scene.ts';

const EMPTY = { waiting: 0, due: 0, oldestDueAt: null, claimed: 0, dead: 0 };

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close();
});

/** Reads the page of metrics, each time it is called. */
async function serve({ handle }: Operations): Promise<() => Promise<string>> {
  const server = createServer((request, response) => void handle(request, response)).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
}

describe('the pages of a running app', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open({ packages: { zod: { versions: ['4.6.7'] } } });
    await scene.prepare({ 'package.json': '{}\n' });
    await scene.open('bob', { branch: 'one', files: { 'package.json': '{"dependencies":{"zod":"^4.0.0"}}\n' } });
  });
  afterAll(() => scene.harness.stop());
  const get = (path: string, method = 'GET') => fetch(`${scene.harness.app.url}${path}`, { method });

  it('say that the process lives and is ready', async () => {
    expect((await get('/healthz')).status).toBe(200);
    const ready = await get('/readyz');
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({
      ready: true,
      store: { ok: true },
      github: { ok: true },
      backlog: { ok: true },
    });
  });

  it('count what was done', async () => {
    const page = await (await get('/metrics')).text();
    const counted = (series: string) =>
      Number(
        page
          .split('\n')
          .find((line) => line.startsWith(`${series} `))
          ?.split(' ')
          .at(-1),
      );
    expect(counted('composure_deliveries_total{event="pull_request",result="accepted"}')).toBeGreaterThan(0);
    expect(counted('composure_evaluation_duration_seconds_count{outcome="action_required"}')).toBeGreaterThan(0);
    expect(counted('composure_github_requests_total{installation="100",api="graphql",status="200"}')).toBeGreaterThan(
      0,
    );
    expect(counted('composure_github_budget_remaining{installation="100",resource="core"}')).toBeLessThan(5_000);
    expect(counted('composure_registry_lookups_total{result="exists"}')).toBeGreaterThan(0);
    expect(counted('composure_queue_depth{state="due"}')).toBe(0);
    expect(counted('composure_queue_oldest_seconds')).toBe(0);
  });

  it('count exactly what docs/operations.md tells operators to watch, by the labels it names', async () => {
    const page = await (await get('/metrics')).text();
    const documented = [...readFileSync('docs/operations.md', 'utf8').matchAll(/^\| `(composure_\w+)` \| (.*?) \|/gm)];
    const shown = [...page.matchAll(/^# HELP (composure_\w+)/gm)].map(([, name]) => name);
    expect(documented.map(([, name]) => name).toSorted()).toEqual(shown.toSorted());
    for (const [, name, labels = ''] of documented) {
      const series = new RegExp(`^${name}(?:_count)?\\{([^}]*)\\} `, 'm').exec(page)?.[1];
      const named = [...(series ?? '').matchAll(/(\w+)="/g)].map(([, label]) => `\`${label}\``);
      if (series !== undefined)
        expect(named.toSorted().join(', '), name).toBe(labels.split(', ').toSorted().join(', '));
    }
  });

  it('count what is refused, and let no stranger choose the names', async () => {
    const unsigned = { method: 'POST', headers: { 'x-github-event': 'a_name_of_my_own', 'x-github-delivery': '1' } };
    expect((await fetch(`${scene.harness.app.url}${WEBHOOK_PATH}`, unsigned)).status).toBe(401);
    const page = await (await get('/metrics')).text();
    expect(page).toMatch(/^composure_deliveries_total\{event="unsigned",result="refused"\} 1$/m);
    expect(page).not.toContain('a_name_of_my_own');
  });

  it('are read, not written', async () => {
    expect((await get('/metrics', 'POST')).status).toBe(404);
    expect((await get('/metrics', 'HEAD')).status).toBe(200);
    expect((await get('/metricsx')).status).toBe(404);
  });
});

describe('the page of metrics', () => {
  const base = { askGitHub: async () => {}, now: () => 60_000, onFailure: () => {} };

  it('shows the queue as it is now, the age of the oldest piece too', async () => {
    let stats = EMPTY as Awaited<ReturnType<WorkStore['stats']>>;
    const page = await serve(createOperations({ ...base, readQueue: async () => stats }));
    expect(await page()).toContain('composure_queue_oldest_seconds 0\n');
    stats = { waiting: 3, due: 2, oldestDueAt: 18_000, claimed: 1, dead: 4 };
    const second = await page();
    for (const line of ['{state="waiting"} 1', '{state="due"} 2', '{state="claimed"} 1', '{state="dead"} 4']) {
      expect(second).toContain(`composure_queue_depth${line}\n`);
    }
    expect(second).toContain('composure_queue_oldest_seconds 42\n');
  });

  it('is there when the store is not, without what the store would tell', async () => {
    const onFailure = vi.fn();
    let away = false;
    const readQueue = async () => {
      if (away) throw new Error('the database is away');
      return EMPTY;
    };
    const operations = createOperations({ ...base, onFailure, readQueue });
    const page = await serve(operations);
    expect(await page()).toContain('composure_queue_depth{state="dead"} 0\n');
    away = true;
    operations.onReceived('failed', 'pull_request');
    const text = await page();
    expect(text).toContain('composure_deliveries_total{event="pull_request",result="failed"} 1\n');
    expect(text).not.toContain('composure_queue_depth{');
    expect(text).toContain('composure_queue_oldest_seconds Nan\n');
    expect(onFailure).toHaveBeenCalledOnce();
  });
});

describe('readiness', () => {
  it.each([
    ['the store fails', { readQueue: () => Promise.reject(new Error('no')) }, 'store'],
    ['GitHub refuses us', { askGitHub: () => Promise.reject(new Error('no')) }, 'github'],
    ['work lies about', { readQueue: async () => ({ ...EMPTY, due: 3, oldestDueAt: 1_000_000 - 301_000 }) }, 'backlog'],
  ])('is denied where %s', async (_, broken, part) => {
    const read = createReadiness({
      readQueue: async () => EMPTY,
      askGitHub: async () => {},
      now: () => 1_000_000,
      ...broken,
    });
    const readiness = await read();
    expect(readiness.ready).toBe(false);
    expect(readiness).toMatchObject({ [part]: { ok: false } });
  });

  it('asks GitHub once in ten seconds, however it answers', async () => {
    let now = 0;
    const askGitHub = vi.fn().mockRejectedValueOnce(new Error('no')).mockResolvedValue({});
    const read = createReadiness({ readQueue: async () => EMPTY, askGitHub, now: () => now });
    expect((await Promise.all([read(), read()])).map(({ ready }) => ready)).toEqual([false, false]);
    now = 9_999;
    expect((await read()).ready).toBe(false);
    expect(askGitHub).toHaveBeenCalledTimes(1);
    now = 10_000;
    expect((await read()).ready).toBe(true);
    expect(askGitHub).toHaveBeenCalledTimes(2);
  });

  it('does not wait for ever', async () => {
    vi.useFakeTimers();
    try {
      const never = () => new Promise<never>(() => {});
      const reading = createReadiness({ readQueue: never, askGitHub: never, now: () => 0 })();
      await vi.advanceTimersByTimeAsync(3_000);
      expect(await reading).toMatchObject({ ready: false, store: { ok: false }, github: { ok: false } });
    } finally {
      vi.useRealTimers();
    }
  });
});
