import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMemoryStore } from '../../src/intake/memory-store.ts';
import { type MissedDelivery, type Reconciled, type Reconciler, startReconciler } from '../../src/intake/reconciler.ts';
import type { WorkStore } from '../../src/intake/store.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const MINUTE = 60_000;

let store: WorkStore;
let missed: MissedDelivery[];
let asked: string[];
let redelivered: string[];
/** When GitHub was asked what failed, and when all was swept; milliseconds. */
let tries: number[];
let sweeps: number[];
let failures: unknown[];
let rounds: { holder: string; at: number; reconciled: Reconciled }[];
let running: Reconciler[];

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  store = createMemoryStore();
  missed = [];
  asked = [];
  redelivered = [];
  tries = [];
  sweeps = [];
  failures = [];
  rounds = [];
  running = [];
});

afterEach(async () => {
  for (const reconciler of running) await reconciler.stop();
  vi.useRealTimers();
});

function start(
  holder: string,
  {
    failing = (): boolean => false,
    take = async (_guid: string): Promise<boolean> => true,
    /** How far the clock of this machine is ahead of GitHub's. */
    aheadMs = (): number => 0,
  } = {},
): Reconciler {
  const reconciler = startReconciler<MissedDelivery>({
    store,
    holder,
    async findMissed(since) {
      tries.push(Date.now() - NOW);
      if (failing()) throw new Error('GitHub is away');
      asked.push(new Date(since).toISOString());
      return {
        failed: missed.filter(({ deliveredAt }) => Date.parse(deliveredAt) >= since),
        askedAt: Date.now() - aheadMs(),
      };
    },
    async redeliver({ guid }) {
      const taken = await take(guid);
      if (taken) redelivered.push(guid);
      return taken;
    },
    async findInstallations() {
      sweeps.push(Date.now() - NOW);
      return [{ installation: 100, owner: 'acme' }];
    },
    now: Date.now,
    onRound: (reconciled) => rounds.push({ holder, at: Date.now() - NOW, reconciled }),
    onFailure: (error) => failures.push(error),
  });
  running.push(reconciler);
  return reconciler;
}

function delivery(guid: string, minutesAgo = 1): MissedDelivery {
  return { guid, deliveredAt: new Date(Date.now() - minutesAgo * MINUTE).toISOString() };
}

describe('the reconciler', () => {
  it('looks for failed deliveries at its start and every five minutes, and sweeps at its start and hourly', async () => {
    start('a');
    await vi.advanceTimersByTimeAsync(121 * MINUTE);
    const times = rounds.map(({ at }) => Math.round(at / MINUTE));
    expect(times.slice(0, 4)).toEqual([0, 5, 10, 15]);
    const sweeps = rounds.filter(({ reconciled }) => reconciled.swept > 0).map(({ at }) => Math.round(at / MINUTE));
    expect(sweeps).toEqual([0, 60, 120]);
    expect(await store.claim({ now: Date.now(), leaseMs: 1 })).toMatchObject({
      work: { kind: 'sweep', installation: 100, owner: 'acme' },
    });
  });

  it('looks back as far as GitHub remembers the first time, then since the last round and a little more', async () => {
    start('a');
    await vi.advanceTimersByTimeAsync(6 * MINUTE);
    expect(asked).toEqual([
      new Date(NOW - 7 * 24 * 60 * MINUTE).toISOString(),
      new Date(NOW - 2 * MINUTE).toISOString(),
    ]);
  });

  it('asks again for what failed and was not recorded, and for nothing else', async () => {
    await store.accept('answered too late', []);
    missed = [delivery('lost'), delivery('answered too late')];
    start('a');
    await vi.advanceTimersByTimeAsync(0);
    expect(redelivered).toEqual(['lost']);
  });

  it('asks for so many at once and no more, and goes on from there', async () => {
    missed = Array.from({ length: 1_200 }, (_, index) => delivery(`${index}`, 1_300 - index));
    const reconciler = start('a');
    await vi.advanceTimersByTimeAsync(0);
    expect(redelivered).toHaveLength(500);
    for (let round = 0; round < 5; round++) {
      for (const guid of redelivered) await store.accept(guid, []);
      await reconciler.round();
    }
    expect(new Set(redelivered).size).toBe(1_200);
    expect(redelivered).toHaveLength(1_200);
  });

  it('is one at a time; another takes its place when it is gone, and sweeps', async () => {
    start('a');
    start('b');
    await vi.advanceTimersByTimeAsync(11 * MINUTE);
    expect(new Set(rounds.map(({ holder }) => holder))).toEqual(new Set(['a']));
    await running[0]?.stop();
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect(rounds.at(-1)).toMatchObject({ holder: 'b', reconciled: { swept: 1 } });
  });

  it('sweeps after a gap, as when the machine slept', async () => {
    start('a');
    await vi.advanceTimersByTimeAsync(6 * MINUTE);
    expect(rounds.at(-1)).toMatchObject({ reconciled: { swept: 0 } });
    vi.setSystemTime(Date.now() + 30 * MINUTE);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(rounds.at(-1)).toMatchObject({ reconciled: { swept: 1 } });
  });

  it('tries again soon when GitHub is away, and sweeps all the same', async () => {
    let away = true;
    start('a', { failing: () => away });
    await vi.advanceTimersByTimeAsync(0);
    expect(rounds).toEqual([]);
    expect(await store.stats(Date.now())).toMatchObject({ due: 1 });
    away = false;
    await vi.advanceTimersByTimeAsync(6_000);
    expect(rounds).toHaveLength(1);
  });

  it('asks less and less often while GitHub is away, sweeps no more for it, and sweeps once it is back', async () => {
    let away = true;
    start('a', { failing: () => away });
    await vi.advanceTimersByTimeAsync(35 * MINUTE);
    const seconds = tries.map((at) => at / 1_000);
    expect(seconds.slice(0, 7)).toEqual([0, 5, 15, 35, 75, 155, 315]);
    expect(tries.length).toBeLessThan(15);
    // In the place of the list that cannot be had.
    expect(sweeps.length).toBeLessThanOrEqual(4);
    away = false;
    await vi.advanceTimersByTimeAsync(5 * MINUTE);
    expect(rounds.at(0)?.reconciled).toBeDefined();
  });

  it('goes on with the others where GitHub cannot deliver one again, or does not take it', async () => {
    missed = ['forgotten', 'refused', 'taken'].map((guid, index) => delivery(guid, 30 - index));
    let refusing = true;
    start('a', {
      async take(guid) {
        if (guid === 'refused' && refusing) throw new Error('GitHub answered 500');
        return guid !== 'forgotten';
      },
    });
    await vi.advanceTimersByTimeAsync(0);
    expect(redelivered).toEqual(['taken']);
    expect(failures).toHaveLength(1);
    await store.accept('taken', []);
    refusing = false;
    await vi.advanceTimersByTimeAsync(5 * MINUTE);
    expect(redelivered).toEqual(['taken', 'refused']);
    await store.accept('refused', []);
    await vi.advanceTimersByTimeAsync(5 * MINUTE);
    expect(redelivered).toHaveLength(2);
    expect(sweeps).toHaveLength(1);
  });

  it('asks for no more once GitHub takes none, and begins there the next time', async () => {
    missed = Array.from({ length: 50 }, (_, index) => delivery(`${index}`, 90 - index));
    let offered = 0;
    let away = true;
    start('a', {
      async take() {
        offered++;
        if (away) throw new Error('GitHub answered 503');
        return true;
      },
    });
    await vi.advanceTimersByTimeAsync(0);
    expect(offered).toBe(3);
    away = false;
    await vi.advanceTimersByTimeAsync(5 * MINUTE);
    expect(redelivered).toHaveLength(50);
  });

  it('finds what failed by the clock of GitHub, however far its own is ahead', async () => {
    start('a', { aheadMs: () => 30 * MINUTE });
    await vi.advanceTimersByTimeAsync(MINUTE);
    // By GitHub's clock this failed a minute ago; by ours half an hour.
    missed = [delivery('lost', 31)];
    await vi.advanceTimersByTimeAsync(5 * MINUTE);
    expect(redelivered).toEqual(['lost']);
  });

  it('sweeps and asks at once when its clock is set back, by however much', async () => {
    start('a');
    await vi.advanceTimersByTimeAsync(MINUTE);
    vi.setSystemTime(Date.now() - 400 * 24 * 60 * MINUTE);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(rounds).toHaveLength(2);
    expect(rounds.at(-1)).toMatchObject({ reconciled: { swept: 1 } });
    await vi.advanceTimersByTimeAsync(6 * MINUTE);
    expect(rounds).toHaveLength(3);
    expect(sweeps).toHaveLength(2);
  });

  it('stays the leader through a round that takes longer than its lease', async () => {
    missed = Array.from({ length: 30 }, (_, index) => delivery(`${index}`, 90 - index));
    const slowly = async () => {
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      return true;
    };
    start('a', { take: slowly });
    start('b', { take: slowly });
    await vi.advanceTimersByTimeAsync(2 * MINUTE);
    expect(redelivered).toHaveLength(30);
    expect(rounds.map(({ holder }) => holder)).toEqual(['a']);
  });

  it('asks for nothing more once it is to stop, or another leads', async () => {
    missed = Array.from({ length: 30 }, (_, index) => delivery(`${index}`, 90 - index));
    const mine = start('a', {
      async take() {
        await new Promise((resolve) => setTimeout(resolve, 2_000));
        return true;
      },
    });
    await vi.advanceTimersByTimeAsync(5_000);
    const stopping = mine.stop();
    await vi.advanceTimersByTimeAsync(2_000);
    await stopping;
    expect(redelivered.length).toBeLessThanOrEqual(3);
    // The next leader takes up what is left.
    start('b');
    await vi.advanceTimersByTimeAsync(0);
    expect(new Set(redelivered).size).toBe(30);
  });
});
