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
let rounds: { holder: string; at: number; reconciled: Reconciled }[];
let running: Reconciler[];

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  store = createMemoryStore();
  missed = [];
  asked = [];
  redelivered = [];
  rounds = [];
  running = [];
});

afterEach(async () => {
  for (const reconciler of running) await reconciler.stop();
  vi.useRealTimers();
});

function start(holder: string, { failing = (): boolean => false } = {}): Reconciler {
  const reconciler = startReconciler<MissedDelivery>({
    store,
    holder,
    async findMissed(since) {
      if (failing()) throw new Error('GitHub is away');
      asked.push(since);
      return missed.filter(({ deliveredAt }) => deliveredAt >= since);
    },
    async redeliver({ guid }) {
      redelivered.push(guid);
    },
    findInstallations: async () => [{ installation: 100, owner: 'acme' }],
    now: Date.now,
    onRound: (reconciled) => rounds.push({ holder, at: Date.now() - NOW, reconciled }),
    onFailure: () => {},
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
});
