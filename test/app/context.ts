import { vi } from 'vitest';
import type { AppContext } from '../../src/app/context.ts';
import { CommitMemory } from '../../src/github/commit-memory.ts';
import { People } from '../../src/github/people.ts';
import { ReadingMemory } from '../../src/github/reading-memory.ts';
import { createMemoryStore } from '../../src/intake/memory-store.ts';
import type { Claim } from '../../src/intake/store.ts';
import { type Work, workKey } from '../../src/intake/work.ts';
import type { NockGitHub } from '../support/nock-github.ts';

/** The present, in these tests. */
export const NOW = Date.parse('2026-11-20T12:00:00Z');

/** Surroundings without practices, whose only GitHub is the one given. */
export function context(github: NockGitHub, overrides: Partial<AppContext> = {}): AppContext {
  return {
    clientFor: async () => github.client,
    identity: async () => ({ appId: 1234, slug: 'composure' }),
    store: createMemoryStore(),
    practices: [],
    packages: async () => [],
    builtInChecklists: { lists: [], problems: [] },
    people: new People(() => NOW),
    memory: new ReadingMemory(),
    commits: new CommitMemory(),
    registryPolicy: { publicRegistries: [] },
    signingKeys: ['a key of the test'],
    now: () => NOW,
    log: { info: vi.fn(), warn: vi.fn(), error: vi.fn() },
    ...overrides,
  };
}

/** A piece of work in our hands. */
export function claim(work: Work, overrides: Partial<Claim> = {}): Claim {
  return { key: workKey(work), work, sequence: 1, token: 1, failures: 0, rechecks: 0, delivery: null, ...overrides };
}

/** The keys of all that is marked in a store, with the times at which they are due. */
export async function marked(store: AppContext['store']): Promise<[key: string, dueAt: number][]> {
  const found: [string, number][] = [];
  for (let dueAt = await store.nextDueAt(); dueAt !== null; dueAt = await store.nextDueAt()) {
    const taken = await store.claim({ now: dueAt, leaseMs: 60_000 });
    if (!taken) break;
    await store.finish(taken);
    found.push([taken.key, dueAt]);
  }
  return found;
}
