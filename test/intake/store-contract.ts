import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Claim, Mark, WorkStore } from '../../src/intake/store.ts';
import { type Work, workKey } from '../../src/intake/work.ts';

const AT = { installation: 1, owner: 'acme', repo: 'widgets' };
const LATER = Number.MAX_SAFE_INTEGER;

/** One piece of work by its number. */
export function pullRequestWork(number: number): Work {
  return { kind: 'pull-request', ...AT, number };
}

function mark(number: number, dueAt = 0): Mark {
  return { work: pullRequestWork(number), dueAt };
}

/**
 * What every store must keep to, whatever it is made of. `createStore` gives an empty one each time; it is closed
 * afterwards. `runs` is how many random histories are tried.
 */
export function describeStore(
  name: string,
  createStore: () => WorkStore | Promise<WorkStore>,
  { runs = 300 }: { runs?: number } = {},
): void {
  describe(name, () => {
    let store: WorkStore;

    beforeEach(async () => {
      store = await createStore();
    });

    afterEach(() => store.close());

    async function claimed(now = 0): Promise<Claim> {
      const claim = await store.claim(now);
      if (!claim) throw new Error('there was nothing to claim');
      return claim;
    }

    /** The numbers of what can be claimed now, in that order. */
    async function claimAll(now = 0): Promise<number[]> {
      const numbers: number[] = [];
      for (let claim = await store.claim(now); claim; claim = await store.claim(now)) {
        if (claim.work.kind === 'pull-request') numbers.push(claim.work.number);
      }
      return numbers;
    }

    describe('deliveries', () => {
      it('marks what a delivery is about', async () => {
        expect(await store.accept('d1', [mark(1), mark(2)])).toBe(true);
        expect((await claimAll()).toSorted()).toEqual([1, 2]);
      });

      it('does nothing for a delivery that came before', async () => {
        await store.accept('d1', [mark(1)]);
        await store.finish(await claimed());
        expect(await store.accept('d1', [mark(1), mark(2)])).toBe(false);
        expect(await claimAll()).toEqual([]);
      });

      it('remembers one that marked nothing', async () => {
        expect(await store.accept('d1', [])).toBe(true);
        expect(await store.accept('d1', [mark(1)])).toBe(false);
      });

      it('lets one of many at once through', async () => {
        const accepted = await Promise.all(Array.from({ length: 10 }, () => store.accept('d1', [mark(1)])));
        expect(accepted.filter(Boolean)).toHaveLength(1);
      });
    });

    describe('marks', () => {
      it('come to one for each key', async () => {
        await store.accept('d1', [mark(1), mark(1)]);
        await store.accept('d2', [mark(1)]);
        await store.mark([mark(1), mark(2)]);
        expect((await claimAll()).toSorted()).toEqual([1, 2]);
      });

      it('are not due before their time', async () => {
        await store.mark([mark(1, 100)]);
        expect(await store.claim(99)).toBeNull();
        expect(await store.claim(100)).not.toBeNull();
      });

      it.each([
        [100, 50],
        [50, 100],
      ])('keep the earlier time of %i and %i', async (first, second) => {
        await store.mark([mark(1, first)]);
        await store.mark([mark(1, second)]);
        expect(await store.nextDueAt()).toBe(50);
      });

      it('bring back every kind of work as it was', async () => {
        const branch = `rélease/it's "x"; DROP TABLE work; -- \u{1F600}`;
        const works: Work[] = [
          pullRequestWork(1),
          { kind: 'merge-group', ...AT, headSha: 'a', headRef: 'refs/heads/q', baseSha: 'b', baseBranch: branch },
          { kind: 'base-branch', ...AT, branch },
          { kind: 'head-commit', ...AT, sha: 'a'.repeat(40) },
          { kind: 'installation', installation: 1, owner: 'acme' },
        ];
        await store.mark(works.map((work, dueAt) => ({ work, dueAt })));
        for (const work of works) {
          expect(await store.claim(LATER)).toMatchObject({ key: workKey(work), work, failures: 0, rechecks: 0 });
        }
      });
    });

    describe('claims', () => {
      it('are of what has been due longest', async () => {
        await store.mark([mark(1, 30), mark(2, 10), mark(3, 20)]);
        expect(await claimAll(100)).toEqual([2, 3, 1]);
      });

      it('are one for each key, however many ask at once', async () => {
        await store.mark([mark(1), mark(2), mark(3)]);
        const claims = await Promise.all(Array.from({ length: 8 }, () => store.claim(0)));
        expect(claims.flatMap((claim) => claim?.key ?? []).toSorted()).toEqual(
          [1, 2, 3].map((number) => workKey(pullRequestWork(number))),
        );
      });

      it('are not given twice, even where the work was marked meanwhile', async () => {
        await store.mark([mark(1)]);
        await claimed();
        await store.mark([mark(1)]);
        expect(await store.claim(LATER)).toBeNull();
      });

      it('are given again where the work was marked meanwhile, once it is handed back', async () => {
        await store.mark([mark(1)]);
        const first = await claimed();
        await store.mark([mark(1, 70)]);
        await store.finish(first);
        expect(await store.claim(69)).toBeNull();
        expect(await store.claim(70)).toMatchObject({ key: first.key });
      });

      it('are current until the work is marked again', async () => {
        await store.mark([mark(1), mark(2)]);
        const [one, other] = [await claimed(), await claimed()];
        expect([await store.isCurrent(one), await store.isCurrent(other)]).toEqual([true, true]);
        await store.mark([{ work: one.work, dueAt: LATER }]);
        expect([await store.isCurrent(one), await store.isCurrent(other)]).toEqual([false, true]);
      });

      it('never become current again', async () => {
        await store.mark([mark(1)]);
        const first = await claimed();
        await store.finish(first);
        await store.mark([mark(1)]);
        const second = await claimed();
        expect([await store.isCurrent(first), await store.isCurrent(second)]).toEqual([false, true]);
      });
    });

    describe('handing back', () => {
      it('is the end of it', async () => {
        await store.mark([mark(1)]);
        await store.finish(await claimed());
        expect(await store.claim(LATER)).toBeNull();
        expect(await store.nextDueAt()).toBeNull();
      });

      it('counts failures in a row, and rechecks in a row', async () => {
        await store.mark([mark(1)]);
        const seen: [number, number][] = [];
        for (const failed of [true, true, false, false, true]) {
          const claim = await claimed(LATER);
          seen.push([claim.failures, claim.rechecks]);
          await store.finish(claim, { dueAt: 5, failed });
        }
        const last = await claimed(LATER);
        seen.push([last.failures, last.rechecks]);
        expect(seen).toEqual([
          [0, 0],
          [1, 0],
          [2, 0],
          [0, 1],
          [0, 2],
          [1, 0],
        ]);
      });

      it('forgets the counts when the work is done, though it was marked meanwhile', async () => {
        await store.mark([mark(1)]);
        await store.finish(await claimed(), { dueAt: 0, failed: true });
        const claim = await claimed();
        await store.mark([mark(1)]);
        await store.finish(claim);
        expect(await store.claim(0)).toMatchObject({ failures: 0, rechecks: 0 });
      });

      it('keeps the count of failures when the work is marked meanwhile', async () => {
        await store.mark([mark(1)]);
        await store.finish(await claimed(), { dueAt: 1_000, failed: true });
        await store.mark([mark(1)]);
        expect(await store.claim(0)).toMatchObject({ failures: 1 });
      });

      it.each([
        [100, 50],
        [50, 100],
      ])('is due again at the earlier of %i, as asked, and %i, as marked', async (asked, marked) => {
        await store.mark([mark(1)]);
        const claim = await claimed();
        await store.mark([mark(1, marked)]);
        await store.finish(claim, { dueAt: asked, failed: false });
        expect(await store.nextDueAt()).toBe(50);
      });

      it('twice does nothing, though somebody else holds the work by then', async () => {
        await store.mark([mark(1)]);
        const first = await claimed();
        await store.finish(first, { dueAt: 0, failed: false });
        const second = await claimed();
        await store.mark([mark(1)]);
        await store.finish(first);
        expect(await store.claim(LATER)).toBeNull();
        await store.finish(second);
        expect(await store.claim(LATER)).not.toBeNull();
      });
    });

    describe('the next due time', () => {
      it('is the earliest of what nobody holds', async () => {
        expect(await store.nextDueAt()).toBeNull();
        await store.mark([mark(1, 10), mark(2, 30), mark(3, 20)]);
        expect(await store.nextDueAt()).toBe(10);
        const claim = await claimed(10);
        expect(await store.nextDueAt()).toBe(20);
        await store.mark([mark(1, 5)]);
        expect(await store.nextDueAt()).toBe(20);
        await store.finish(claim);
        expect(await store.nextDueAt()).toBe(5);
      });
    });

    describe('listeners', () => {
      it('hear of everything that may make work due', async () => {
        const listener = vi.fn();
        store.onMark(listener);
        const heard = () => vi.waitFor(() => expect(listener).toHaveBeenCalled());
        await store.accept('d1', [mark(1)]);
        await heard();
        listener.mockClear();
        await store.mark([mark(2)]);
        await heard();
        const claim = await claimed();
        await store.mark([{ work: claim.work, dueAt: 0 }]);
        listener.mockClear();
        await store.finish(claim);
        await heard();
      });

      it('hear nothing once they stop', async () => {
        const [stopped, other] = [vi.fn(), vi.fn()];
        const stop = store.onMark(stopped);
        store.onMark(other);
        stop();
        await store.mark([mark(1)]);
        await vi.waitFor(() => expect(other).toHaveBeenCalled());
        expect(stopped).not.toHaveBeenCalled();
      });
    });

    it('never gives a key to two, and never loses a mark, in any history', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(step(), { minLength: 1, maxLength: 4 }), { maxLength: 30 }),
          async (batches) => {
            const fresh = await createStore();
            await play(fresh, batches);
            await fresh.close();
          },
        ),
        { numRuns: runs },
      );
    });
  });
}

// -- random histories ---------------------------------------------------------------------------------------------

type Step =
  | { does: 'mark'; number: number; dueAt: number }
  | { does: 'accept'; delivery: number; number: number; dueAt: number }
  | { does: 'claim' }
  | { does: 'finish'; which: number; again: { dueAt: number; failed: boolean } | undefined }
  | { does: 'wait'; ms: number };

function step(): fc.Arbitrary<Step> {
  const number = fc.integer({ min: 1, max: 4 });
  const dueAt = fc.integer({ min: 0, max: 50 });
  return fc.oneof(
    { weight: 3, arbitrary: fc.record({ does: fc.constant('mark' as const), number, dueAt }) },
    {
      weight: 2,
      arbitrary: fc.record({ does: fc.constant('accept' as const), delivery: fc.nat({ max: 9 }), number, dueAt }),
    },
    { weight: 4, arbitrary: fc.constant({ does: 'claim' as const }) },
    {
      weight: 4,
      arbitrary: fc.record({
        does: fc.constant('finish' as const),
        which: fc.nat({ max: 3 }),
        again: fc.option(fc.record({ dueAt, failed: fc.boolean() }), { nil: undefined }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ does: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 30 }) }) },
  );
}

/** Plays a history, the steps of a batch at once, then works everything off; complains where a promise is broken. */
async function play(store: WorkStore, batches: readonly (readonly Step[])[]): Promise<void> {
  let turn = 0;
  let now = 0;
  const held = new Map<string, Claim>();
  const claimedAt = new Map<string, number>();
  const markedAt = new Map<string, number>();

  async function claim(at: number): Promise<Claim | null> {
    const found = await store.claim(at);
    if (!found) return null;
    expect(held.has(found.key), `${found.key} was given to two`).toBe(false);
    held.set(found.key, found);
    claimedAt.set(found.key, ++turn);
    return found;
  }

  async function take(one: Step): Promise<void> {
    switch (one.does) {
      case 'mark':
        await store.mark([mark(one.number, one.dueAt)]);
        markedAt.set(workKey(pullRequestWork(one.number)), turn);
        return;
      case 'accept':
        if (await store.accept(`d${one.delivery}`, [mark(one.number, one.dueAt)])) {
          markedAt.set(workKey(pullRequestWork(one.number)), turn);
        }
        return;
      case 'claim':
        await claim(now);
        return;
      case 'finish': {
        const found = [...held.values()][one.which];
        if (!found) return;
        // Out of our hands before it is in another's.
        held.delete(found.key);
        await store.finish(found, one.again);
        if (one.again) markedAt.set(found.key, turn);
        return;
      }
      case 'wait':
        now += one.ms;
    }
  }

  for (const batch of batches) {
    await Promise.all(batch.map(take));
    turn++;
  }
  for (const found of held.values()) await store.finish(found);
  held.clear();
  for (let found = await claim(LATER); found; found = await claim(LATER)) {
    held.delete(found.key);
    await store.finish(found);
  }
  for (const [key, at] of markedAt)
    expect(claimedAt.get(key) ?? -1, `a mark of ${key} was lost`).toBeGreaterThanOrEqual(at);
  expect(await store.nextDueAt()).toBeNull();
}
