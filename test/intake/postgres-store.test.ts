import { once } from 'node:events';
import { createServer } from 'node:net';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { POSTGRES_MIGRATIONS } from '../../src/intake/migrations/postgres.ts';
import { openPostgresStore } from '../../src/intake/postgres-store.ts';
import { probeStore } from '../../src/intake/probe-store.ts';
import { StoreUnavailable, type WorkStore } from '../../src/intake/store.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';
import { expectEverythingKept, findReleased } from './released.ts';
import { describeStore } from './store-contract.ts';

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres();
});

afterAll(async () => {
  await server.stop();
});

/** What breaks in the background, on a machine with too much to do, is made good by the next look. */
const open = (url: string) => openPostgresStore(url, () => {});

describeStore('the PostgreSQL store', async () => {
  const url = await server.createDatabase();
  const stores: WorkStore[] = [];
  return {
    async open() {
      const store = await open(url);
      stores.push(store);
      return store;
    },
    async close() {
      for (const store of stores) await store.close();
    },
  };
});

describe('a PostgreSQL database', () => {
  const NOW = Date.now();
  const work = { kind: 'pull-request', installation: 1, owner: 'acme', repo: 'widgets', number: 1 } as const;

  it('is made once by replicas that start together', async () => {
    const url = await server.createDatabase();
    const stores = await Promise.all([1, 2, 3, 4].map(() => open(url)));
    await stores[0]?.mark([{ work, dueAt: NOW }]);
    expect(await stores[3]?.stats(NOW)).toMatchObject({ due: 1 });
    expect(await probeStore({ kind: 'postgres', url })).toMatchObject({
      ok: true,
      detail: expect.stringMatching(/^PostgreSQL 18.* answers$/),
    });
    await Promise.all(stores.map((store) => store.close()));
  });

  it('tells one replica what another has marked', async () => {
    const url = await server.createDatabase();
    const [one, other] = [await open(url), await open(url)];
    // The first call says that listening has begun.
    await new Promise<void>((resolve) => other.onMark(resolve));
    const told = new Promise<void>((resolve) => other.onMark(resolve));
    await one.accept('delivery', [{ work, dueAt: NOW }]);
    await told;
    expect(await other.claim({ now: NOW, leaseMs: 1_000 })).toMatchObject({ work });
    await one.close();
    await other.close();
  });

  it('made by a newer version is left alone', async () => {
    const url = await server.createDatabase();
    await (await open(url)).close();
    await run(url, 'UPDATE composure.schema_version SET version = 999');
    await expect(open(url)).rejects.toThrow(/made by a newer Composure/);
    expect(await probeStore({ kind: 'postgres', url })).toMatchObject({
      ok: false,
      detail: expect.stringMatching(/newer Composure/),
      cure: expect.stringMatching(/newer version again/),
    });
  });

  it('in which its user may make nothing is named by what is to be allowed', async () => {
    const url = new URL(await server.createDatabase());
    await run(url.href, "CREATE ROLE guest LOGIN PASSWORD 'geheim'");
    Object.assign(url, { username: 'guest', password: 'geheim' });
    const opening = open(url.href);
    await expect(opening).rejects.toThrow(StoreUnavailable);
    await expect(opening).rejects.toThrow(/permission denied.*allowed to create the schema/);
    await expect(opening).rejects.not.toThrow(/geheim/);
    const probe = await probeStore({ kind: 'postgres', url: url.href });
    expect(probe).toMatchObject({ ok: false, cure: expect.stringContaining('GRANT CREATE') });
    expect(JSON.stringify(probe)).not.toContain('geheim');
  });

  it('that cannot be reached is named by what is wrong, without its password', async () => {
    const nobody = createServer().listen(0, '127.0.0.1');
    await once(nobody, 'listening');
    const { port } = nobody.address() as { port: number };
    nobody.close();
    const opening = open(`postgres://somebody:geheim@127.0.0.1:${port}/nothing`);
    await expect(opening).rejects.toThrow(StoreUnavailable);
    await expect(opening).rejects.toThrow(/ECONNREFUSED/);
    await expect(opening).rejects.not.toThrow(/geheim/);
  });

  it('of every released version is brought up to date with all it holds, whichever of two replicas is first', async () => {
    const released = findReleased('postgres');
    expect(released.map(({ version }) => version)).toEqual(POSTGRES_MIGRATIONS.map((_, index) => index + 1));
    const fresh = await server.createDatabase();
    await (await open(fresh)).close();
    for (const { sql } of released) {
      const url = await server.createDatabase();
      await run(url, sql);
      // Two replicas that are replaced at the same moment: one migrates, and the other finds it done.
      const [store, other] = await Promise.all([open(url), open(url)]);
      await expectEverythingKept(store);
      await Promise.all([store.close(), other.close()]);
      expect(await schemaOf(url)).toEqual(await schemaOf(fresh));
    }
  });
});

async function run(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const result = await client.query(sql);
    return result.rows;
  } finally {
    await client.end();
  }
}

async function schemaOf(url: string): Promise<unknown[]> {
  const columns = `
    SELECT table_name, column_name, data_type, is_nullable, column_default, generation_expression
    FROM information_schema.columns WHERE table_schema = 'composure' ORDER BY 1, 2`;
  const indexes = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'composure' ORDER BY 1";
  return [...(await run(url, columns)), ...(await run(url, indexes))];
}
