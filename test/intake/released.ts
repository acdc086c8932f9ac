import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { WorkStore } from '../../src/intake/store.ts';

/** A database as a released version left it, in SQL. */
export interface Released {
  version: number;
  sql: string;
}

/** Every database that users may have, oldest first. */
export function findReleased(kind: 'sqlite' | 'postgres'): Released[] {
  const folder = new URL('./released/', import.meta.url);
  return readdirSync(folder)
    .flatMap((name) => {
      const version = new RegExp(`^${kind}-(\\d+)\\.sql$`).exec(name)?.[1];
      return version ? [{ version: Number(version), sql: readFileSync(new URL(name, folder), 'utf8') }] : [];
    })
    .sort((one, other) => one.version - other.version);
}

/** What every one of them holds must still be there, and work, after the migrations. */
export async function expectEverythingKept(store: WorkStore): Promise<void> {
  const now = Date.now();
  expect(await store.accept('5f2c1c8e-0000-4000-8000-000000000001', [])).toBe(false);
  expect(await store.readCursor('reconciled')).toBe('1700000000000');
  expect(await store.stats(now)).toMatchObject({ waiting: 2, claimed: 1, dead: 1 });
  expect(await store.lead('reconciler', 'us', { now, leaseMs: 1_000 })).toBe(true);
  const claims = [];
  for (let claim = await store.claim({ now, leaseMs: 60_000 }); claim; ) {
    claims.push(claim);
    claim = await store.claim({ now, leaseMs: 60_000 });
  }
  // The other installation is held off until the year 2100.
  expect(claims.toSorted((one, other) => one.key.localeCompare(other.key))).toMatchObject([
    { key: '100/acme/widgets#1', work: { kind: 'pull-request', number: 1 }, failures: 2 },
    { key: '100/acme/widgets#2', work: { number: 2 }, failures: 1, rechecks: 1 },
  ]);
  for (const claim of claims) {
    expect(await store.isCurrent(claim)).toBe(true);
    await store.finish(claim);
  }
  expect(await store.revive(100, now)).toBe(1);
  expect(await store.stats(now)).toMatchObject({ waiting: 2, claimed: 0, dead: 0 });
}
