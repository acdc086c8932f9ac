import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Claim, Mark, WorkStore } from '../../src/intake/store.ts';
import { type Work, workKey } from '../../src/intake/work.ts';
import type { TickFact } from '../../src/model/tick-fact.ts';
import { account } from '../support/pull-request.ts';
import { playAgainstModel, raceHands, step } from './store-model.ts';

/** Where stores are opened: one piece of data, and as many stores on it as the kind allows. */
export interface Ground {
  /** Another store on the same data; the same one where there can be only one. */
  open(): Promise<WorkStore>;
  close(): Promise<void>;
}

/** Real time, since a store shared by several machines measures leases by its own clock. */
const NOW = Date.now();
const LONG_MS = 600_000;

/** What every store must do, whatever it keeps its work in. */
export function describeStore(name: string, prepare: () => Promise<Ground>): void {
  describe(name, () => {
    let ground: Ground;
    let store: WorkStore;

    beforeEach(async () => {
      ground = await prepare();
      store = await ground.open();
    });

    afterEach(async () => {
      await ground.close();
    });

    const claim = (options: { now?: number; leaseMs?: number; except?: number[] } = {}) =>
      store.claim({ now: NOW, leaseMs: LONG_MS, ...options });

    const take = async (options: Parameters<typeof claim>[0] = {}): Promise<Claim> => {
      const taken = await claim(options);
      if (!taken) throw new Error('there was nothing to take');
      return taken;
    };

    describe('deliveries', () => {
      it('are accepted once', async () => {
        expect(await store.accept('one', [mark(1)])).toBe(true);
        expect(await store.accept('one', [mark(2)])).toBe(false);
        expect(await store.accept('two', [])).toBe(true);
        expect(await drain(store)).toEqual([workKey(pull(1))]);
      });

      it('are named by the work they led to, whoever accepted them, the last one by name', async () => {
        const other = await ground.open();
        await store.accept('one', [mark(1)]);
        await store.accept('two', [mark(1)]);
        await store.mark([mark(1), { ...mark(2), delivery: 'two' }, mark(3)]);
        const taken = new Map<string, string | null>();
        for (let next = await other.claim({ now: NOW, leaseMs: LONG_MS }); next; ) {
          taken.set(next.key, next.delivery);
          next = await other.claim({ now: NOW, leaseMs: LONG_MS });
        }
        expect(taken).toEqual(
          new Map(
            [
              [1, 'two'],
              [2, 'two'],
              [3, null],
            ].map(([number, by]) => [workKey(pull(Number(number))), by]),
          ),
        );
      });

      it('are accepted once when they arrive twice at the same time', async () => {
        const other = await ground.open();
        const answers = await Promise.all(
          Array.from({ length: 20 }, (_, index) => [
            store.accept(`delivery ${index % 5}`, [mark(index % 5)]),
            other.accept(`delivery ${index % 5}`, [mark(index % 5)]),
          ]).flat(),
        );
        expect(answers.filter(Boolean)).toHaveLength(5);
        expect((await drain(store)).toSorted()).toEqual([0, 1, 2, 3, 4].map((number) => workKey(pull(number))));
      });

      it('can be asked for', async () => {
        await store.accept('one', [mark(1)]);
        expect(await store.accepted(['one', 'two'])).toEqual(new Set(['one']));
        expect(await store.accepted([])).toEqual(new Set());
        await store.prune(NOW);
        expect(await store.accepted(['one'])).toEqual(new Set(['one']));
      });
    });

    describe('facts', () => {
      const key = workKey(pull(1));

      it('are kept with the delivery that brings them, in their order, until they are forgotten', async () => {
        await store.accept('one', [{ ...mark(1), fact: fact('a') }, mark(2)]);
        await store.accept('two', [{ ...mark(1), fact: fact('b') }]);
        const kept = [
          { deliveryId: 'one', fact: fact('a') },
          { deliveryId: 'two', fact: fact('b') },
        ];
        expect(await store.readFacts(key)).toEqual(kept);
        expect(await store.readFacts(workKey(pull(2)))).toEqual([]);
        await store.prune(NOW);
        await store.forgetFacts(key, []);
        await store.forgetFacts(workKey(pull(2)), ['one']);
        expect(await store.readFacts(key)).toEqual(kept);
        await store.forgetFacts(key, ['one', 'never seen']);
        expect(await store.readFacts(key)).toEqual(kept.slice(1));
      });

      it('are kept once, however often they are delivered, and outlive the work', async () => {
        const other = await ground.open();
        const marks = [{ ...mark(1), fact: fact('a') }];
        await Promise.all(
          Array.from({ length: 10 }, () => [store, other].map((one) => one.accept('one', marks))).flat(),
        );
        expect(await drain(store)).toEqual([key]);
        expect(await store.readFacts(key)).toEqual([{ deliveryId: 'one', fact: fact('a') }]);
        expect(await other.readFacts(key)).toHaveLength(1);
      });

      it('are not kept where work is marked for reasons of our own', async () => {
        await store.mark([{ ...mark(1), fact: fact('a') }]);
        expect(await store.readFacts(key)).toEqual([]);
      });

      it('keep what people wrote as it is', async () => {
        const strange = { ...fact(`it's; DROP TABLE work --"\\ 🦄${'x'.repeat(2_000)}`), head: null };
        await store.accept('one', [{ ...mark(1), fact: strange }]);
        expect(await store.readFacts(key)).toEqual([{ deliveryId: 'one', fact: strange }]);
      });
    });

    describe('marks', () => {
      it('of one key are one piece of work, due at the earliest time', async () => {
        await store.mark([mark(1, NOW + 5_000)]);
        await store.mark([mark(1, NOW + 1_000), mark(1, NOW + 9_000)]);
        expect(await store.nextDueAt()).toBe(NOW + 1_000);
        expect(await claim()).toBeNull();
        expect(await claim({ now: NOW + 1_000 })).toMatchObject({ key: workKey(pull(1)), work: pull(1), failures: 0 });
        expect(await claim({ now: NOW + 9_000 })).toBeNull();
      });

      it('are told to who listens, until they stop', async () => {
        let told = 0;
        const stop = store.onMark(() => told++);
        await store.mark([mark(1)]);
        expect(told).toBeGreaterThan(0);
        stop();
        const before = told;
        await store.accept('one', [mark(2)]);
        expect(told).toBe(before);
      });

      it.each<Work>([
        { kind: 'merge-group', ...place(1), headSha: 'a', headRef: 'r', baseSha: 'b', baseBranch: 'main' },
        { kind: 'base-branch', ...place(2 ** 40), branch: `it's; DROP TABLE work --"\\ 🦄${'x'.repeat(2_000)}` },
        { kind: 'installation', installation: 1, owner: 'acme' },
      ])('keep the work as it was given: $kind', async (work) => {
        await store.mark([{ work, dueAt: NOW }]);
        expect(await take()).toMatchObject({ key: workKey(work), work });
      });
    });

    describe('claims', () => {
      it('take what has been due longest, and each key once', async () => {
        await store.mark([mark(1, NOW - 1), mark(2, NOW - 3), mark(3, NOW - 2), mark(4, NOW + 1)]);
        expect(await drain(store, { finish: false })).toEqual([2, 3, 1].map((number) => workKey(pull(number))));
      });

      it('are never of the same key when many are made at once', async () => {
        await store.mark(Array.from({ length: 30 }, (_, number) => mark(number)));
        const other = await ground.open();
        const keys: string[] = [];
        const work = async (hand: WorkStore) => {
          // One that is told “none” while others are taking may look again; it must not take what is taken.
          for (let misses = 0; misses < 50; ) {
            const taken = await hand.claim({ now: NOW, leaseMs: LONG_MS });
            if (taken) keys.push(taken.key);
            else misses++;
          }
        };
        await Promise.all([store, other, store, other].map(work));
        expect(keys.toSorted()).toEqual([...new Set(keys)].toSorted());
        expect(keys).toHaveLength(30);
      });

      it('are current until the work is marked again, which is then done once more', async () => {
        await store.mark([mark(1)]);
        const first = await take();
        expect(await store.isCurrent(first)).toBe(true);
        await store.mark([mark(1)]);
        await store.accept('one', [mark(1)]);
        expect(await store.isCurrent(first)).toBe(false);
        expect(await claim()).toBeNull();
        await store.finish(first);
        const second = await take();
        expect(second.sequence).toBeGreaterThan(first.sequence);
        await store.finish(second);
        expect(await claim()).toBeNull();
        expect(await store.nextDueAt()).toBeNull();
      });

      it('serve installations in turn', async () => {
        await store.mark(Array.from({ length: 20 }, (_, number) => mark(number, NOW - 1_000, 1)));
        await take();
        await take();
        await store.mark([mark(100, NOW, 2), mark(101, NOW, 2), mark(200, NOW, 3)]);
        const served: number[] = [];
        for (let turn = 0; turn < 6; turn++) served.push((await take()).work.installation);
        expect(served.slice(0, 2).toSorted()).toEqual([2, 3]);
        expect(served.slice(2)).toEqual([1, served[0] === 2 ? 2 : 1, served[0] === 2 ? 1 : 2, 1]);
      });

      it('leave out installations that have enough', async () => {
        await store.mark([mark(1, NOW, 1), mark(2, NOW + 7, 2)]);
        expect(await claim({ except: [1] })).toBeNull();
        expect(await store.nextDueAt({ except: [1] })).toBe(NOW + 7);
        expect(await store.nextDueAt({ except: [1, 2] })).toBeNull();
        expect(await take({ now: NOW + 7, except: [1, 3] })).toMatchObject({ work: { installation: 2 } });
      });
    });

    describe('leases', () => {
      it('end, and the work is taken over', async () => {
        await store.mark([mark(1)]);
        const lost = await take({ leaseMs: 0 });
        const taken = await take();
        expect(taken).toMatchObject({ key: lost.key, failures: 1 });
        expect(taken.token).not.toBe(lost.token);
        expect(await store.isCurrent(lost)).toBe(false);
        expect(await store.isCurrent(taken)).toBe(true);
        expect(await store.heartbeat([lost, taken], { now: NOW, leaseMs: LONG_MS })).toEqual(new Set([taken.token]));
        await store.finish(lost);
        await store.finish(lost, { state: 'again', dueAt: NOW, because: 'failed' });
        await store.finish(lost, { state: 'held-off', until: NOW + LONG_MS });
        await store.finish(lost, { state: 'dead' });
        expect(await store.isCurrent(taken)).toBe(true);
        expect(await claim()).toBeNull();
        await store.finish(taken);
        expect(await store.stats(NOW)).toEqual({ waiting: 0, due: 0, oldestDueAt: null, claimed: 0, dead: 0 });
      });

      it('are kept by heartbeats', async () => {
        await store.mark([mark(1)]);
        const held = await take({ leaseMs: 0 });
        await store.heartbeat([held], { now: NOW, leaseMs: LONG_MS });
        expect(await claim()).toBeNull();
        expect(await store.nextDueAt()).toBeGreaterThan(NOW + LONG_MS / 2);
        expect(await store.isCurrent(held)).toBe(true);
      });

      it('do not lose what was marked meanwhile', async () => {
        await store.mark([mark(1)]);
        await take({ leaseMs: 0 });
        await store.mark([mark(1, NOW + 60_000)]);
        const taken = await take();
        await store.mark([mark(1, NOW + 60_000)]);
        await store.finish(taken);
        expect(await store.nextDueAt()).toBe(NOW + 60_000);
      });
    });

    describe('work handed back', () => {
      it('counts failures in a row, and re-checks in a row, and what comes later as neither', async () => {
        await store.mark([mark(1)]);
        const seen: unknown[][] = [];
        for (const because of ['failed', 'failed', 'missing', 'missing', 'later', 'missing', 'failed'] as const) {
          const taken = await take();
          seen.push([because, taken.failures, taken.rechecks]);
          await store.finish(taken, { state: 'again', dueAt: NOW, because });
        }
        expect(seen).toEqual([
          ['failed', 0, 0],
          ['failed', 1, 0],
          ['missing', 2, 0],
          ['missing', 0, 1],
          ['later', 0, 2],
          ['missing', 0, 0],
          ['failed', 0, 1],
        ]);
        expect(await take()).toMatchObject({ failures: 1, rechecks: 0 });
      });

      it('begins the count of re-checks anew when it is marked, waiting or in hand', async () => {
        await store.mark([mark(1)]);
        const again = async () => store.finish(await take(), { state: 'again', dueAt: NOW, because: 'missing' });
        await again();
        await again();
        await store.mark([mark(1)]);
        const taken = await take();
        expect(taken).toMatchObject({ rechecks: 0 });
        await store.finish(taken, { state: 'again', dueAt: NOW, because: 'missing' });
        await again();
        const held = await take();
        expect(held).toMatchObject({ rechecks: 2 });
        await store.accept('while it is in hand', [mark(1)]);
        await store.finish(held, { state: 'again', dueAt: NOW, because: 'missing' });
        expect(await take()).toMatchObject({ rechecks: 1 });
      });

      it('is due when it said, or earlier if it was marked earlier', async () => {
        await store.mark([mark(1)]);
        await store.finish(await take(), { state: 'again', dueAt: NOW + 50, because: 'missing' });
        await store.mark([mark(2)]);
        const second = await take();
        await store.mark([mark(2, NOW + 10)]);
        await store.finish(second, { state: 'again', dueAt: NOW + 50, because: 'missing' });
        expect(await store.nextDueAt()).toBe(NOW + 10);
        expect(await take({ now: NOW + 10 })).toMatchObject({ key: workKey(pull(2)) });
        expect(await store.stats(NOW + 60)).toMatchObject({ waiting: 1, due: 1, oldestDueAt: NOW + 50, claimed: 1 });
      });

      it('holds off its whole installation when GitHub asks for it, and no other', async () => {
        await store.mark([mark(1, NOW, 1), mark(2, NOW, 1)]);
        await store.finish(await take(), { state: 'held-off', until: NOW + 100 });
        await store.mark([mark(3, NOW, 1), mark(4, NOW + 1, 2)]);
        expect(await claim()).toBeNull();
        expect(await store.nextDueAt()).toBe(NOW + 1);
        expect(await take({ now: NOW + 99 })).toMatchObject({ work: { installation: 2 } });
        expect(await claim({ now: NOW + 99 })).toBeNull();
        const later = await take({ now: NOW + 100 });
        expect(later).toMatchObject({ work: { installation: 1 }, failures: 0, rechecks: 0 });
      });

      it('holds nothing off for longer than GitHub asks, which only a wrong clock does', async () => {
        const hour = 3_600_000;
        await store.mark([mark(1, NOW, 1), mark(2, NOW, 2)]);
        for (const until of [NOW + hour, NOW + 24 * hour]) {
          await store.finish(await take(), { state: 'held-off', until });
        }
        await store.mark([mark(3, NOW, 1), mark(4, NOW, 2)]);
        expect(await claim()).toBeNull();
        await store.prune(NOW);
        // Which of the two was served first is the store's affair.
        const free = await take();
        expect(await claim()).toBeNull();
        expect(await store.nextDueAt({ except: [free.work.installation] })).toBe(NOW + hour);
      });

      it('is given up, and revives when it is marked', async () => {
        await store.mark([mark(1)]);
        await store.finish(await take(), { state: 'again', dueAt: NOW, because: 'failed' });
        await store.finish(await take(), { state: 'dead' });
        expect(await claim({ now: NOW + LONG_MS })).toBeNull();
        expect(await store.nextDueAt()).toBeNull();
        expect(await store.stats(NOW)).toEqual({ waiting: 0, due: 0, oldestDueAt: null, claimed: 0, dead: 1 });
        await store.mark([mark(1)]);
        expect(await store.stats(NOW)).toMatchObject({ dead: 0, due: 1 });
        expect(await take()).toMatchObject({ failures: 0 });
      });

      it('is not given up where it was marked meanwhile', async () => {
        await store.mark([mark(1)]);
        const taken = await take();
        await store.mark([mark(1)]);
        await store.finish(taken, { state: 'dead' });
        expect(await store.stats(NOW)).toMatchObject({ dead: 0 });
        expect(await take()).toMatchObject({ key: taken.key });
      });

      it('revives by installation', async () => {
        await store.mark([mark(1, NOW, 1), mark(2, NOW, 2)]);
        await store.finish(await take(), { state: 'dead' });
        await store.finish(await take(), { state: 'dead' });
        expect(await store.revive(2, NOW)).toBe(1);
        expect(await store.revive(2, NOW)).toBe(0);
        expect(await store.stats(NOW)).toMatchObject({ dead: 1, due: 1 });
        expect(await take()).toMatchObject({ work: { installation: 2 }, failures: 0 });
      });
    });

    it('has one leader, until the lease is over or given up', async () => {
      const lease = { now: NOW, leaseMs: LONG_MS };
      expect(await store.lead('sweep', 'a', lease)).toBe(true);
      expect(await store.lead('sweep', 'b', lease)).toBe(false);
      expect(await store.lead('other', 'b', lease)).toBe(true);
      expect(await store.lead('sweep', 'a', { ...lease, leaseMs: 0 })).toBe(true);
      expect(await store.lead('sweep', 'b', lease)).toBe(true);
      expect(await store.lead('sweep', 'a', lease)).toBe(false);
      await store.stepDown('sweep', 'a');
      expect(await store.lead('sweep', 'a', lease)).toBe(false);
      await store.stepDown('sweep', 'b');
      expect(await store.lead('sweep', 'a', lease)).toBe(true);
    });

    it('remembers cursors', async () => {
      expect(await store.readCursor('deliveries')).toBeNull();
      await store.writeCursor('deliveries', '1');
      await store.writeCursor('deliveries', '2');
      await store.writeCursor('sweep', '3');
      expect(await store.readCursor('deliveries')).toBe('2');
    });

    it('says what there is', async () => {
      await store.mark([mark(1, NOW - 5), mark(2, NOW), mark(3, NOW + 1)]);
      await store.finish(await take(), { state: 'dead' });
      await store.mark([mark(4, NOW - 2)]);
      await take();
      await store.mark([mark(4, NOW - 1)]);
      expect(await store.stats(NOW)).toEqual({ waiting: 2, due: 1, oldestDueAt: NOW, claimed: 1, dead: 1 });
    });

    it('does what the model does, whatever the order', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
          await drain(store, { now: NOW + LONG_MS * 10 });
          await playAgainstModel(store, steps, { now: NOW, leaseMs: LONG_MS });
        }),
        { numRuns: 40 },
      );
    });

    it('lets nobody work twice at once and loses no mark, with many hands of which some vanish', async () => {
      const hands = [store, await ground.open()];
      let round = 0;
      await fc.assert(
        fc.asyncProperty(fc.infiniteStream(fc.nat(99)), fc.integer({ min: 1, max: 60 }), async (luck, events) => {
          await raceHands(hands, {
            round: `round ${++round}`,
            events,
            luck: () => luck.next().value as number,
            now: NOW,
            leaseMs: LONG_MS,
          });
        }),
        { numRuns: 15 },
      );
    });
  });
}

/** Takes, and by default finishes, all there is; the keys in order. */
async function drain(store: WorkStore, { finish = true, now = NOW } = {}): Promise<string[]> {
  const keys: string[] = [];
  for (;;) {
    const claim = await store.claim({ now, leaseMs: LONG_MS });
    if (!claim) return keys;
    keys.push(claim.key);
    if (finish) await store.finish(claim);
  }
}

function place(installation: number) {
  return { installation, owner: 'acme', repo: 'widgets' };
}

function pull(number: number, installation = 1): Work {
  return { kind: 'pull-request', ...place(installation), number };
}

function mark(number: number, dueAt = NOW, installation = 1): Mark {
  return { work: pull(number, installation), dueAt };
}

/** Somebody ticked this item. */
function fact(item: string): TickFact {
  return {
    ...{ comment: 31, by: account('carol'), at: '2026-11-20T12:00:00Z', receivedAt: '2026-11-20T12:00:01.000Z' },
    ...{ head: 'a'.repeat(40), boxes: [{ item, from: false, to: true }], before: 'one text', after: 'another' },
  };
}
