import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../../src/intake/sqlite-store.ts';
import { describeStore } from './store-contract.ts';

describeStore('the SQLite store', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'composure-store-'));
  const store = openSqliteStore(join(folder, 'work.db'));
  return {
    open: async () => store,
    async close() {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
});
