import { afterAll, beforeAll } from 'vitest';
import { openPostgresStore } from '../../src/intake/postgres-store.ts';
import type { WorkStore } from '../../src/intake/store.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';
import { describeStore } from './store-contract.ts';

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres();
});

afterAll(async () => {
  await server.stop();
});

describeStore('the PostgreSQL store', async () => {
  const url = await server.createDatabase();
  const stores: WorkStore[] = [];
  return {
    async open() {
      const store = await openPostgresStore(url, (error) => {
        throw error;
      });
      stores.push(store);
      return store;
    },
    async close() {
      for (const store of stores) await store.close();
    },
  };
});
