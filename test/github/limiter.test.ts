import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { rateLimitEnds } from '../../src/app/perform.ts';
import { createLimiter, type RequestCost } from '../../src/github/limiter.ts';

const read: RequestCost = { api: 'rest', write: false, makes: null };
const query: RequestCost = { api: 'graphql', write: false, makes: null };
const write: RequestCost = { api: 'rest', write: true, makes: null };
const comment: RequestCost = { api: 'rest', write: true, makes: 'comment' };
const reaction: RequestCost = { api: 'rest', write: true, makes: 'content' };

const START = Date.parse('2026-11-20T12:00:00Z');

beforeEach(() => void vi.useFakeTimers({ now: START }));
afterEach(() => void vi.useRealTimers());

function limiter(budget: 'github' | 'unlimited' = 'github') {
  const made = createLimiter({ budget, now: Date.now });
  return {
    ...made,
    /** How many of so many went out at once, and when the first refused may come again. */
    async spend(cost: RequestCost, times: number) {
      let sent = 0;
      let error: unknown;
      for (let time = 0; time < times && error === undefined; time++) {
        await made.run(cost, async () => sent++).catch((caught: unknown) => (error = caught));
      }
      const endsAt = error === undefined ? null : rateLimitEnds(error, Date.now());
      return { sent, waitSeconds: endsAt === null ? null : (endsAt - Date.now()) / 1_000 };
    },
  };
}

describe('the budget', () => {
  it.each([
    ['reads', read, 1_000, 900, 60],
    ['writes, which leave something to reads', write, 1_000, 160, 60],
    ['queries', query, 2_500, 2_000, 60],
    ['comments', comment, 100, 80, 60],
    ['reactions', reaction, 100, 80, 60],
  ])('lets %s out at once until the minute is full', async (_, cost, asked, sent, waitSeconds) => {
    expect(await limiter().spend(cost, asked)).toEqual({ sent, waitSeconds });
  });

  it.each([
    ['400 comments', comment, 400],
    ['500 pieces of content', reaction, 500],
  ])('lets out %s an hour', async (_, cost, most) => {
    const one = limiter();
    let sent = 0;
    for (let minute = 0; minute < 10; minute++) {
      sent += (await one.spend(cost, 80)).sent;
      vi.setSystemTime(Date.now() + 60_000);
    }
    expect(sent).toBe(most);
    // The hour slides: the first eighty are forgiven an hour after they went out.
    expect((await one.spend(cost, 1)).waitSeconds).toBe(3_600 - 600);
    vi.setSystemTime(START + 3_600_000);
    expect((await one.spend(cost, 100)).sent).toBe(80);
  });

  it('says whether anything but content is used up', async () => {
    const refusal = async (one: ReturnType<typeof limiter>, cost: RequestCost) =>
      one.run(cost, async () => null).catch((error: unknown) => error);
    const one = limiter();
    await one.spend(comment, 80);
    expect(await refusal(one, comment)).toMatchObject({ ofContentAlone: true });
    await one.spend(write, 80);
    expect(await refusal(one, comment)).toMatchObject({ ofContentAlone: false });
    expect(await refusal(one, write)).toMatchObject({ ofContentAlone: false });
  });

  it('still reads when no write is left', async () => {
    const one = limiter();
    await one.spend(write, 1_000);
    expect((await one.spend(read, 100)).sent).toBe(100);
    expect((await one.spend(query, 100)).sent).toBe(100);
  });

  it('waits where the wait is short, and only there', async () => {
    const one = limiter();
    await one.spend(read, 900);
    vi.setSystemTime(START + 59_500);
    const sent = vi.fn(async () => 'sent');
    const waiting = one.run(read, sent);
    await vi.advanceTimersByTimeAsync(499);
    expect(sent).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(await waiting).toBe('sent');
  });

  it('has no end where it is unlimited', async () => {
    expect(await limiter('unlimited').spend(comment, 1_000)).toEqual({ sent: 1_000, waitSeconds: null });
  });
});

describe("GitHub's word", () => {
  it.each(['github', 'unlimited'] as const)('holds under the budget “%s”', async (budget) => {
    const one = limiter(budget);
    one.holdUntil(Date.now() + 30_000);
    expect(await one.spend(read, 1)).toEqual({ sent: 0, waitSeconds: 30 });
    expect(await one.spend(query, 1)).toEqual({ sent: 0, waitSeconds: 30 });
    vi.setSystemTime(START + 30_000);
    expect((await one.spend(read, 1)).sent).toBe(1);
  });

  it('about one API leaves the other alone', async () => {
    const one = limiter();
    one.note('rest', { resource: 'core', limit: 5_000, remaining: 0, resetAt: START + 600_000 });
    expect(await one.spend(read, 1)).toEqual({ sent: 0, waitSeconds: 600 });
    expect((await one.spend(query, 1)).sent).toBe(1);
    vi.setSystemTime(START + 600_000);
    expect((await one.spend(read, 1)).sent).toBe(1);
  });
});

describe('requests at once', () => {
  it('are 20 reads and 10 writes, and no read waits for a write', async () => {
    const one = limiter();
    const started = { reads: 0, writes: 0 };
    const finish: (() => void)[] = [];
    const send = (kind: keyof typeof started) => () => {
      started[kind]++;
      return new Promise<void>((resolve) => finish.push(resolve));
    };
    const all = [
      ...Array.from({ length: 30 }, () => one.run(write, send('writes'))),
      ...Array.from({ length: 30 }, () => one.run(read, send('reads'))),
    ];
    await vi.advanceTimersByTimeAsync(0);
    expect(started).toEqual({ reads: 20, writes: 10 });
    while (finish.length > 0) {
      finish.shift()?.();
      await vi.advanceTimersByTimeAsync(0);
    }
    await Promise.all(all);
    expect(started).toEqual({ reads: 30, writes: 30 });
  });

  it('gives its place back when a request fails', async () => {
    const one = limiter();
    for (let time = 0; time < 50; time++)
      await expect(one.run(write, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect((await one.spend(write, 10)).sent).toBe(10);
  });
});
