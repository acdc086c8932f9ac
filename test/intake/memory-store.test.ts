import { expect, it } from 'vitest';
import { createMemoryStore } from '../../src/intake/memory-store.ts';
import { describeStore, pullRequestWork } from './store-contract.ts';

describeStore('the store in memory', createMemoryStore);

it('forgets the oldest deliveries, and only those, after 20,000', async () => {
  const store = createMemoryStore();
  for (let delivery = 0; delivery <= 20_000; delivery++) await store.accept(`d${delivery}`, []);
  const marks = [{ work: pullRequestWork(1), dueAt: 0 }];
  expect(await store.accept('d1', marks)).toBe(false);
  expect(await store.accept('d0', marks)).toBe(true);
});

it('keeps nothing of work that is done', async () => {
  const store = createMemoryStore();
  for (let number = 1; number <= 100; number++) {
    await store.mark([{ work: pullRequestWork(number), dueAt: 0 }]);
    const claim = await store.claim(0);
    if (claim) await store.finish(claim);
  }
  expect(await store.claim(Number.MAX_SAFE_INTEGER)).toBeNull();
});
