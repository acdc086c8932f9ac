import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { probeStore } from '../../src/intake/probe-store.ts';
import { openSqliteStore } from '../../src/intake/sqlite-store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'composure-probe-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const probe = (name: string) => probeStore({ kind: 'sqlite', path: join(folder, name) });

describe('looking whether a SQLite database can be used', () => {
  it.each<[string, string, (path: string) => void, boolean, RegExp]>([
    ['nothing yet', 'deep/er/work.db', () => {}, true, /can be made$/],
    ['an empty file', 'work.db', (path) => writeFileSync(path, ''), true, /can be written$/],
    ['something else', 'work.db', (path) => writeFileSync(path, 'a text of some length'), false, /no SQLite database$/],
    ['a folder', 'work.db', (path) => mkdirSync(path), false, /not a file$/],
    [
      'one of a newer version',
      'work.db',
      (path) => {
        const database = new DatabaseSync(path);
        database.exec('CREATE TABLE a (b); PRAGMA user_version = 4711');
        database.close();
      },
      false,
      /newer Composure \(its schema is 4711,/,
    ],
  ])('finds %s, and makes nothing', async (_, name, make, ok, words) => {
    make(join(folder, name));
    const before = readdirSync(folder);
    const found = await probe(name);
    expect(found).toMatchObject({ ok, detail: expect.stringMatching(words) });
    expect(readdirSync(folder)).toEqual(before);
  });

  it('may be asked while the app has it', async () => {
    const store = openSqliteStore(join(folder, 'work.db'));
    expect(await probe('work.db')).toMatchObject({ ok: true });
    await store.close();
    expect(await probe('work.db')).toMatchObject({ ok: true });
  });
});
