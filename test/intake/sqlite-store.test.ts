import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SQLITE_MIGRATIONS } from '../../src/intake/migrations/sqlite.ts';
import { openSqliteStore } from '../../src/intake/sqlite-store.ts';
import { StoreUnavailable } from '../../src/intake/store.ts';
import { expectEverythingKept, findReleased } from './released.ts';
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

describe('a SQLite database', () => {
  const NOW = Date.now();
  const work = { kind: 'pull-request', installation: 1, owner: 'acme', repo: 'widgets', number: 1 } as const;
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'composure-store-'));
    path = join(folder, 'deep', 'work.db');
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('serves one process, and says so to a second', async () => {
    const store = openSqliteStore(path);
    expect(() => openSqliteStore(path)).toThrow(StoreUnavailable);
    expect(openElsewhere(path)).toMatch(/is in use by another process\. .* use PostgreSQL/);
    await store.close();
    expect(openElsewhere(path)).toBe('opened');
  });

  it('gives work back at once when the process that held it is gone', async () => {
    const first = openSqliteStore(path);
    await first.mark([{ work, dueAt: NOW }]);
    const lost = await first.claim({ now: NOW, leaseMs: 3_600_000 });
    await first.lead('reconciler', 'first', { now: NOW, leaseMs: 3_600_000 });
    await first.close();
    const second = openSqliteStore(path);
    const taken = await second.claim({ now: NOW, leaseMs: 1_000 });
    expect(taken).toMatchObject({ key: lost?.key, failures: 1 });
    expect(taken?.token).toBeGreaterThan(lost?.token ?? 0);
    expect(await second.lead('reconciler', 'second', { now: NOW, leaseMs: 1_000 })).toBe(true);
    await second.close();
  });

  it('keeps what is to be done later over a restart: a registry to be asked again, a waiver that ends', async () => {
    const first = openSqliteStore(path);
    await first.mark([{ work, dueAt: NOW, delivery: 'one' }]);
    const claim = await first.claim({ now: NOW, leaseMs: 1_000 });
    if (!claim) throw new Error('nothing to take');
    await first.finish(claim, { state: 'again', dueAt: NOW + 86_400_000, because: 'missing' });
    await first.close();
    const second = openSqliteStore(path);
    expect(await second.claim({ now: NOW + 86_399_999, leaseMs: 1_000 })).toBeNull();
    expect(await second.nextDueAt()).toBe(NOW + 86_400_000);
    expect(await second.claim({ now: NOW + 86_400_000, leaseMs: 1_000 })).toMatchObject({
      rechecks: 1,
      delivery: 'one',
    });
    await second.close();
  });

  it('can be backed up while it is in use', async () => {
    const store = openSqliteStore(path);
    await store.mark([{ work, dueAt: NOW }]);
    const reader = new DatabaseSync(path, { readOnly: true });
    reader.exec(`VACUUM INTO '${join(folder, 'backup.db')}'`);
    reader.close();
    await store.close();
    const backup = openSqliteStore(join(folder, 'backup.db'));
    expect(await backup.stats(NOW)).toMatchObject({ due: 1 });
    await backup.close();
  });

  it.each<[string, (place: string) => void]>([
    ['a file of something else', (place) => writeFileSync(place, 'no database, by no means'.repeat(100))],
    ['a folder', (place) => mkdirSync(place)],
  ])('at which there is %s is named in a sentence, and left alone', (_, make) => {
    const place = join(folder, 'something');
    make(place);
    const open = () => openSqliteStore(place);
    expect(open).toThrow(StoreUnavailable);
    expect(open).toThrow(/something cannot be used \(.+\)\. DATABASE_URL must name/);
    // The other one's fault would be another sentence.
    expect(open).not.toThrow(/in use by another process/);
    if (statSync(place).isFile()) expect(readFileSync(place, 'utf8')).toMatch(/^no database/);
    const below = () => openSqliteStore(join(folder, 'deep.txt', 'work.db'));
    writeFileSync(join(folder, 'deep.txt'), '');
    expect(below).toThrow(StoreUnavailable);
  });

  it('made by a newer version is left alone', async () => {
    const store = openSqliteStore(path);
    await store.close();
    const database = new DatabaseSync(path);
    database.exec('PRAGMA user_version = 999');
    database.close();
    expect(() => openSqliteStore(path)).toThrow(/made by a newer Composure/);
    // And not kept from that one.
    expect(() => openSqliteStore(path)).toThrow(/made by a newer Composure/);
  });

  it('of every released version is brought up to date with all it holds', async () => {
    const released = findReleased('sqlite');
    expect(released.map(({ version }) => version)).toEqual(SQLITE_MIGRATIONS.map((_, index) => index + 1));
    const fresh = openSqliteStore(join(folder, 'fresh.db'));
    await fresh.close();
    for (const { version, sql } of released) {
      const old = join(folder, `released-${version}.db`);
      const database = new DatabaseSync(old);
      database.exec(sql);
      database.close();
      const store = openSqliteStore(old);
      await expectEverythingKept(store);
      await store.close();
      expect(schemaOf(old)).toEqual(schemaOf(join(folder, 'fresh.db')));
    }
  });
});

/** Opens it in a process of its own: `opened`, or what kept it. */
function openElsewhere(path: string): string {
  const script = `
    const { openSqliteStore } = await import(process.argv[1]);
    try {
      await openSqliteStore(process.argv[2]).close();
      console.log('opened');
    } catch (error) {
      console.log(error.message);
    }`;
  const module = new URL('../../src/intake/sqlite-store.ts', import.meta.url).href;
  const args = ['--input-type=module', '-e', script, module, path];
  return execFileSync(process.execPath, args, { encoding: 'utf8' }).trim();
}

function schemaOf(path: string): unknown[] {
  const database = new DatabaseSync(path);
  const rows = database.prepare('SELECT name, sql FROM sqlite_master ORDER BY name').all();
  database.close();
  return rows.map(({ name, sql }) => [name, String(sql).replace(/\s+/g, ' ')]);
}
