import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMemoryStore } from '../../src/intake/memory-store.ts';
import { retryDelayMs } from '../../src/intake/retry.ts';
import type { Claim, WorkStore } from '../../src/intake/store.ts';
import type { Work } from '../../src/intake/work.ts';
import { startWorker, type Worker, type WorkerOptions, type WorkResult } from '../../src/intake/worker.ts';

const NOW = 1_000_000;
let store: WorkStore;
let worker: Worker | undefined;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  store = createMemoryStore();
});

afterEach(async () => {
  await worker?.stop();
  worker = undefined;
  vi.useRealTimers();
});

function start(perform: WorkerOptions['perform'], options: Partial<WorkerOptions> = {}): Worker {
  worker = startWorker({
    store,
    perform,
    now: Date.now,
    random: () => 0,
    concurrency: 4,
    perInstallation: 2,
    leaseMs: 30_000,
    onFailure: () => {},
    onStoreFailure: () => {},
    ...options,
  });
  return worker;
}

function pull(number: number, installation = 1): Work {
  return { kind: 'pull-request', installation, owner: 'acme', repo: 'widgets', number };
}

/** Work that goes on until it is told to end. */
function openEnded() {
  const begun: number[] = [];
  const ends: ((result: WorkResult) => void)[] = [];
  const perform = ({ work }: Claim) =>
    new Promise<WorkResult>((resolve) => {
      begun.push((work as { number: number }).number);
      ends.push(resolve);
    });
  return { begun, ends, perform };
}

/** Lets everything happen that waits for nothing but its turn. */
const settle = () => vi.advanceTimersByTimeAsync(0);

describe('the worker', () => {
  it('does once more what is marked any number of times while it is done', async () => {
    const { begun, ends, perform } = openEnded();
    start(perform);
    await store.mark([{ work: pull(1), dueAt: NOW }]);
    await settle();
    for (let event = 0; event < 10; event++) await store.mark([{ work: pull(1), dueAt: NOW }]);
    await settle();
    expect(begun).toEqual([1]);
    ends[0]?.({});
    await settle();
    expect(begun).toEqual([1, 1]);
    ends[1]?.({});
    await settle();
    expect(begun).toEqual([1, 1]);
  });

  it('waits as long as a mark says', async () => {
    const done: number[] = [];
    start(async () => {
      done.push(Date.now());
      return {};
    });
    await store.mark([{ work: pull(1), dueAt: NOW + 2_000 }]);
    await vi.advanceTimersByTimeAsync(1_999);
    expect(done).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(done).toEqual([NOW + 2_000]);
  });

  it('keeps places free for other installations', async () => {
    const { begun, ends, perform } = openEnded();
    start(perform);
    await store.mark(Array.from({ length: 50 }, (_, number) => ({ work: pull(number, 1), dueAt: NOW })));
    await settle();
    expect(begun).toEqual([0, 1]);
    await store.mark([{ work: pull(100, 2), dueAt: NOW }]);
    await settle();
    expect(begun).toEqual([0, 1, 100]);
    ends[0]?.({});
    await settle();
    expect(begun).toEqual([0, 1, 100, 2]);
    await settle();
    worker = undefined;
  });

  it('tries again, later each time, and gives up in the end', async () => {
    const tried: number[] = [];
    const told: (number | null)[] = [];
    const perform = async (): Promise<WorkResult> => {
      tried.push(Date.now() - NOW);
      throw new Error('no');
    };
    start(perform, { onFailure: (_error, _claim, retryAt) => told.push(retryAt && retryAt - Date.now()) });
    await store.mark([{ work: pull(1), dueAt: NOW }]);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(tried).toEqual([0, 1_000, 6_000, 36_000, 156_000, 756_000]);
    expect(told).toEqual([1_000, 5_000, 30_000, 120_000, 600_000, null]);
    expect(await store.stats(Date.now())).toMatchObject({ dead: 1, waiting: 0 });
    await store.mark([{ work: pull(1), dueAt: Date.now() }]);
    await settle();
    expect(tried).toHaveLength(7);
  });

  it.each([
    ['missing facts are counted', { again: 60_000 }, [0, 60_000, 120_000], [0, 1, 2]],
    ['what is to change later is not', { later: 60_000 }, [0, 60_000, 120_000], [0, 0, 0]],
    ['what is missing goes first', { again: 60_000, later: 90_000 }, [0, 60_000, 120_000], [0, 1, 2]],
    ['what changes before that does', { again: 90_000, later: 60_000 }, [0, 60_000, 120_000], [0, 0, 0]],
  ])('comes again when it was told: %s', async (_, waits, times, rechecks) => {
    const done: { at: number; rechecks: number }[] = [];
    start(async (claim) => {
      done.push({ at: Date.now() - NOW, rechecks: claim.rechecks });
      return Object.fromEntries(Object.entries(waits).map(([when, wait]) => [when, Date.now() + wait]));
    });
    await store.mark([{ work: pull(1), dueAt: NOW }]);
    await vi.advanceTimersByTimeAsync(125_000);
    expect(done.map(({ at }) => at)).toEqual(times);
    expect(done.map((one) => one.rechecks)).toEqual(rechecks);
  });

  it('leaves an installation alone for as long as GitHub asks, holding no place meanwhile', async () => {
    const done: [number, number][] = [];
    start(
      async ({ work }) => {
        done.push([(work as { number: number }).number, Date.now() - NOW]);
        return work.installation === 1 && done.length === 1 ? { heldOffUntil: NOW + 60_000 } : {};
      },
      { concurrency: 1 },
    );
    await store.mark([
      { work: pull(1, 1), dueAt: NOW },
      { work: pull(2, 1), dueAt: NOW },
      { work: pull(3, 2), dueAt: NOW },
    ]);
    await vi.advanceTimersByTimeAsync(59_999);
    expect(done).toEqual([
      [1, 0],
      [3, 0],
    ]);
    await vi.advanceTimersByTimeAsync(1);
    expect(done.slice(2).toSorted()).toEqual([
      [1, 60_000],
      [2, 60_000],
    ]);
  });

  it('keeps its work as long as it lives', async () => {
    const { begun, ends, perform } = openEnded();
    start(perform);
    await store.mark([{ work: pull(1), dueAt: NOW }]);
    await vi.advanceTimersByTimeAsync(300_000);
    expect(await store.claim({ now: Date.now(), leaseMs: 1 })).toBeNull();
    ends[0]?.({});
    await settle();
    expect(begun).toEqual([1]);
    expect(await store.stats(Date.now())).toMatchObject({ claimed: 0, waiting: 0 });
  });

  it('is told when its work was taken from it', async () => {
    let lost: AbortSignal | undefined;
    start((_claim, signal) => {
      lost = signal;
      return new Promise(() => {});
    });
    await store.mark([{ work: pull(1), dueAt: NOW }]);
    await settle();
    // Another, for whom the lease is over: their clock is far ahead.
    expect(await store.claim({ now: NOW + 40_000, leaseMs: 60_000 })).not.toBeNull();
    expect(lost?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(lost?.aborted).toBe(true);
    worker = undefined;
  });

  it('counts its work as lost when the store does not hear of it for a lease', async () => {
    const signals: AbortSignal[] = [];
    store.heartbeat = async () => {
      throw new Error('the database is away');
    };
    start((_claim, signal) => {
      signals.push(signal);
      return new Promise(() => {});
    });
    await store.mark([{ work: pull(1), dueAt: NOW }]);
    await vi.advanceTimersByTimeAsync(29_000);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(signals[0]?.aborted).toBe(true);
    worker = undefined;
  });

  it('gives up work that makes its workers vanish', async () => {
    await store.mark([{ work: pull(1), dueAt: NOW }]);
    for (let vanished = 0; vanished < 7; vanished++) await store.claim({ now: NOW, leaseMs: 0 });
    const done: Claim[] = [];
    start(async (claim) => {
      done.push(claim);
      return {};
    });
    await settle();
    expect(done).toEqual([]);
    expect(await store.stats(NOW)).toMatchObject({ dead: 1, claimed: 0 });
  });

  it('goes on when the store was away', async () => {
    const claim = store.claim.bind(store);
    let away = true;
    store.claim = async (request) => {
      if (away) throw new Error('the database is away');
      return claim(request);
    };
    const done: Claim[] = [];
    start(async (one) => {
      done.push(one);
      return {};
    });
    await store.mark([{ work: pull(1), dueAt: NOW }]);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(done).toEqual([]);
    away = false;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(done).toHaveLength(1);
  });

  it('finishes what it began when it is stopped, and begins nothing', async () => {
    const { begun, ends, perform } = openEnded();
    const mine = start(perform);
    worker = undefined;
    await store.mark([{ work: pull(1), dueAt: NOW }]);
    await settle();
    const stopping = mine.stop();
    await store.mark([{ work: pull(2), dueAt: NOW }]);
    ends[0]?.({});
    await stopping;
    expect(begun).toEqual([1]);
    expect(await store.stats(NOW)).toMatchObject({ waiting: 1, claimed: 0 });
  });
});

describe('the delay before a retry', () => {
  it('is up to a quarter less at random', () => {
    expect([0, 0.5, 1].map((luck) => retryDelayMs(3, () => luck))).toEqual([30_000, 26_250, 22_500]);
    expect(retryDelayMs(6, () => 0)).toBeNull();
  });
});
