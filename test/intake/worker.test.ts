import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMemoryStore } from '../../src/intake/memory-store.ts';
import type { Claim, WorkStore } from '../../src/intake/store.ts';
import { startWorker, type Worker, type WorkerOptions, type WorkResult } from '../../src/intake/worker.ts';
import { pullRequestWork } from './store-contract.ts';

const START = Date.parse('2026-11-20T12:00:00Z');
let store: WorkStore;
let workers: Worker[];
/** What was begun: number and milliseconds since the start. */
let begun: { number: number; at: number }[];
let failures: { message: string; number: number; retryIn: number | null }[];
let storeFailures: string[];

beforeEach(() => {
  vi.useFakeTimers({ now: START });
  store = createMemoryStore();
  workers = [];
  begun = [];
  failures = [];
  storeFailures = [];
});

afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  expect(vi.getTimerCount(), 'timers left').toBe(0);
  vi.useRealTimers();
});

function start(
  perform: (claim: Claim) => Promise<WorkResult> = async () => ({}),
  overrides: Partial<WorkerOptions> = {},
): Worker {
  const worker = startWorker({
    store,
    perform(claim) {
      begun.push({ number: numberOf(claim), at: Date.now() - START });
      return perform(claim);
    },
    now: Date.now,
    concurrency: 4,
    onFailure(error, claim, retryAt) {
      const retryIn = retryAt === null ? null : retryAt - Date.now();
      failures.push({ message: (error as Error).message, number: numberOf(claim), retryIn });
    },
    onStoreFailure: (error) => storeFailures.push((error as Error).message),
    ...overrides,
  });
  workers.push(worker);
  return worker;
}

function numberOf({ work }: Claim): number {
  return work.kind === 'pull-request' ? work.number : 0;
}

function mark(number: number, inMs = 0): Promise<void> {
  return store.mark([{ work: pullRequestWork(number), dueAt: Date.now() + inMs }]);
}

/** Lets everything happen that happens without time going by. */
async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

/** Work that ends when told to, one key at a time and never more than so many at once. */
function gate() {
  const open = new Map<number, PromiseWithResolvers<WorkResult>>();
  let most = 0;
  return {
    most: () => most,
    open: () => [...open.keys()],
    perform(claim: Claim): Promise<WorkResult> {
      const number = numberOf(claim);
      expect(open.has(number), `#${number} is in two pairs of hands`).toBe(false);
      const ending = Promise.withResolvers<WorkResult>();
      open.set(number, ending);
      most = Math.max(most, open.size);
      return ending.promise;
    },
    async end(number: number, result: WorkResult = {}) {
      const ending = open.get(number);
      open.delete(number);
      ending?.resolve(result);
      await settle();
    },
  };
}

describe('taking work', () => {
  it('does what is there, and what comes', async () => {
    await mark(1);
    const worker = start();
    await worker.idle();
    await mark(2);
    await worker.idle();
    expect(begun).toEqual([
      { number: 1, at: 0 },
      { number: 2, at: 0 },
    ]);
  });

  it('does as much at once as it may, and no more', async () => {
    const { perform, most, open, end } = gate();
    start(perform, { concurrency: 2 });
    for (const number of [1, 2, 3, 4, 5]) await mark(number);
    await settle();
    expect(open()).toEqual([1, 2]);
    await end(2);
    expect(open()).toEqual([1, 3]);
    for (const number of [1, 3, 4, 5]) await end(number);
    expect(begun.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
    expect(most()).toBe(2);
  });

  it('does work again that was marked while it was done, and not at once', async () => {
    const { perform, open, end } = gate();
    start(perform);
    await mark(1);
    await settle();
    for (let times = 0; times < 3; times++) await mark(1);
    await settle();
    expect(begun).toHaveLength(1);
    await end(1);
    expect(open()).toEqual([1]);
    await end(1);
    expect(begun).toHaveLength(2);
  });

  it('waits until work is due', async () => {
    start();
    await mark(1, 2_000);
    await vi.advanceTimersByTimeAsync(1_999);
    expect(begun).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(begun).toEqual([{ number: 1, at: 2_000 }]);
  });

  it('does not oversleep what is due earlier than it knew', async () => {
    start();
    await mark(1, 60_000);
    await settle();
    await mark(2, 5_000);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(begun).toEqual([{ number: 2, at: 5_000 }]);
  });

  it('waits for what is due in months, which is longer than timers can', async () => {
    const months = 60 * 86_400_000;
    start();
    await mark(1, months);
    await vi.advanceTimersByTimeAsync(months - 1);
    expect(begun).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(begun).toHaveLength(1);
  });
});

describe('looking again', () => {
  it('comes back when the work says so, and counts', async () => {
    const rechecks: number[] = [];
    start(async (claim) => {
      rechecks.push(claim.rechecks);
      return claim.rechecks < 2 ? { again: Date.now() + 30_000 } : {};
    });
    await mark(1);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(begun.map(({ at }) => at)).toEqual([0, 30_000, 60_000]);
    expect(rechecks).toEqual([0, 1, 2]);
    expect(failures).toEqual([]);
  });

  it('comes back earlier where the work is marked', async () => {
    start(async ({ rechecks }) => (rechecks === 0 ? { again: Date.now() + 30_000 } : {}));
    await mark(1);
    await settle();
    await vi.advanceTimersByTimeAsync(1_000);
    await mark(1);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(begun.map(({ at }) => at)).toEqual([0, 1_000]);
  });
});

describe('failing', () => {
  const fail = async () => {
    throw new Error('GitHub is down');
  };

  it('tries again after ever longer waits, and gives up', async () => {
    start(fail);
    await mark(1);
    await vi.advanceTimersByTimeAsync(86_400_000);
    expect(begun.map(({ at }) => at)).toEqual([0, 1_000, 6_000, 36_000, 156_000, 756_000]);
    expect(failures.map(({ retryIn }) => retryIn)).toEqual([1_000, 5_000, 30_000, 120_000, 600_000, null]);
    expect(failures[0]).toEqual({ message: 'GitHub is down', number: 1, retryIn: 1_000 });
  });

  it('starts anew when the work comes again after it was given up', async () => {
    start(fail);
    await mark(1);
    await vi.advanceTimersByTimeAsync(86_400_000);
    failures.length = 0;
    await mark(1);
    await settle();
    expect(failures).toMatchObject([{ retryIn: 1_000 }]);
  });

  it('forgets failures once it went well', async () => {
    let down = true;
    start(async () => (down ? fail() : {}));
    await mark(1);
    await settle();
    down = false;
    await vi.advanceTimersByTimeAsync(1_000);
    down = true;
    await mark(1);
    await settle();
    expect(failures.map(({ retryIn }) => retryIn)).toEqual([1_000, 1_000]);
  });

  it('keeps nobody else waiting', async () => {
    start((claim) => (numberOf(claim) === 1 ? fail() : Promise.resolve({})), { concurrency: 1 });
    await mark(1);
    await mark(2);
    await settle();
    expect(begun.map(({ number }) => number)).toEqual([1, 2]);
  });

  it('takes what is thrown at once for a failure, too', async () => {
    start(() => {
      throw new Error('at once');
    });
    await mark(1);
    await settle();
    expect(failures).toMatchObject([{ message: 'at once' }]);
  });
});

describe('a store that fails', () => {
  /** Makes one method fail so many times. */
  function breakStore(method: 'claim' | 'nextDueAt' | 'finish', times: number): void {
    const whole = store;
    let left = times;
    store = {
      ...whole,
      async [method](...parameters: unknown[]) {
        if (left-- > 0) throw new Error(`${method} failed`);
        return Reflect.apply(whole[method], whole, parameters);
      },
    };
  }

  it.each(['claim', 'nextDueAt'] as const)('is asked again after a second: %s', async (method) => {
    breakStore(method, 2);
    start();
    await mark(1);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(begun.map(({ number }) => number)).toEqual([1]);
    expect(storeFailures.every((message) => message === `${method} failed`)).toBe(true);
    expect(storeFailures.length).toBeGreaterThan(0);
  });

  it('is told again what was done, and the work is not done twice', async () => {
    breakStore('finish', 3);
    const worker = start();
    await mark(1);
    await settle();
    expect(storeFailures).toEqual(['finish failed']);
    await vi.advanceTimersByTimeAsync(10_000);
    await worker.idle();
    expect(begun).toHaveLength(1);
    expect(failures).toEqual([]);
    expect(storeFailures).toHaveLength(3);
    expect(await store.nextDueAt()).toBeNull();
  });

  it('still learns of a failure, with the wait that was promised', async () => {
    breakStore('finish', 1);
    let down = true;
    start(async () => {
      if (!down) return {};
      down = false;
      throw new Error('down');
    });
    await mark(1);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(begun).toHaveLength(2);
    expect(failures).toHaveLength(1);
  });

  it.each(['claim', 'finish'] as const)('does not keep a worker from stopping: %s', async (method) => {
    breakStore(method, Number.POSITIVE_INFINITY);
    const worker = start();
    await mark(1);
    await settle();
    await worker.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('being idle', () => {
  it('is when nothing is due and nothing is under way', async () => {
    const { perform, end } = gate();
    const worker = start(perform);
    await mark(1);
    await mark(2, 60_000);
    let idle = false;
    void worker.idle().then(() => {
      idle = true;
    });
    await settle();
    expect(idle).toBe(false);
    await mark(1);
    await end(1);
    expect(idle).toBe(false);
    await end(1);
    expect(idle).toBe(true);
    expect(begun).toHaveLength(2);
  });

  it('is not while something marked this moment is not yet taken', async () => {
    const whole = store;
    let interfering = true;
    // Work comes in exactly between the look for it and the end of that look.
    store = {
      ...whole,
      async nextDueAt() {
        const next = await whole.nextDueAt();
        if (interfering) {
          interfering = false;
          await whole.mark([{ work: pullRequestWork(1), dueAt: Date.now() }]);
        }
        return next;
      },
    };
    await start().idle();
    expect(begun).toHaveLength(1);
  });

  it('is known to everybody who asked', async () => {
    const worker = start();
    await mark(1);
    await Promise.all([worker.idle(), worker.idle()]);
    expect(begun).toHaveLength(1);
  });
});

describe('stopping', () => {
  it('finishes what is under way and takes nothing new', async () => {
    const { perform, open, end } = gate();
    const worker = start(perform, { concurrency: 1 });
    await mark(1);
    await mark(2);
    await settle();
    let stopped = false;
    const stopping = worker.stop().then(() => {
      stopped = true;
    });
    await mark(3);
    await settle();
    expect(stopped).toBe(false);
    await end(1);
    await stopping;
    expect(open()).toEqual([]);
    expect(begun.map(({ number }) => number)).toEqual([1]);
    expect(await store.nextDueAt()).not.toBeNull();
  });

  it('waits for work that was just being taken', async () => {
    const whole = store;
    const taking = Promise.withResolvers<void>();
    store = {
      ...whole,
      async claim(now) {
        await taking.promise;
        return whole.claim(now);
      },
    };
    await mark(1);
    let finished = false;
    const worker = start(async () => {
      finished = true;
      return {};
    });
    const stopping = worker.stop();
    taking.resolve();
    await stopping;
    expect(finished).toBe(true);
    expect(await whole.nextDueAt()).toBeNull();
  });

  it('leaves no alarm behind', async () => {
    const worker = start();
    await mark(1, 60_000);
    await settle();
    expect(vi.getTimerCount()).toBe(1);
    await worker.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('sets no alarm, though it was just asking what is due next', async () => {
    const whole = store;
    const asking = Promise.withResolvers<void>();
    store = {
      ...whole,
      async nextDueAt() {
        await asking.promise;
        return whole.nextDueAt();
      },
    };
    await mark(1, 60_000);
    const worker = start();
    await settle();
    const stopping = worker.stop();
    asking.resolve();
    await stopping;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('answers those who wait for it to be idle, even where the store is broken', async () => {
    store = { ...store, claim: () => Promise.reject(new Error('broken')) };
    const worker = start();
    const idle = worker.idle();
    await settle();
    await worker.stop();
    await idle;
  });

  it('answers those who wait for it to be idle', async () => {
    const { perform, end } = gate();
    const worker = start(perform);
    await mark(1);
    await settle();
    const idle = worker.idle();
    const stopping = worker.stop();
    await end(1);
    await Promise.all([idle, stopping]);
  });
});

describe('two workers on one store', () => {
  it('share the work, and no key is ever in both their hands', async () => {
    const { perform, open, end, most } = gate();
    start(perform, { concurrency: 2 });
    start(perform, { concurrency: 2 });
    for (let number = 1; number <= 6; number++) await mark(number);
    await settle();
    expect(most()).toBe(4);
    for (let round = 0; round < 40; round++) {
      const numbers = open();
      const number = numbers[round % Math.max(numbers.length, 1)];
      if (number === undefined) break;
      if (round < 10) await mark(number);
      await end(number);
    }
    expect(open()).toEqual([]);
    expect(begun.length).toBeGreaterThanOrEqual(16);
    expect(await store.nextDueAt()).toBeNull();
  });
});
