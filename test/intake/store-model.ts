import fc from 'fast-check';
import { expect } from 'vitest';
import type { Claim, Outcome, WorkStore } from '../../src/intake/store.ts';
import { type Work, workKey } from '../../src/intake/work.ts';

/** One thing that happens to a store. */
type Step =
  | { do: 'mark'; number: number; later: number }
  | { do: 'claim' }
  | { do: 'finish'; which: number; outcome: 'done' | 'failed' | 'missing' | 'later' | 'dead' };

/** Any of them. */
export const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('mark' as const), number: fc.nat(4), later: fc.constantFrom(0, 0, 1_000) }),
  fc.constant({ do: 'claim' as const }),
  fc.record({
    do: fc.constant('finish' as const),
    which: fc.nat(4),
    outcome: fc.constantFrom('done', 'failed', 'missing', 'later', 'dead'),
  }),
);

/** A key by the rules, in the plainest form that can be right. */
interface Modelled {
  due: number | null;
  held: boolean;
  marks: number;
  dead: boolean;
}

/** Does the steps to an empty store and to a model beside it, and compares after each. */
export async function playAgainstModel(
  store: WorkStore,
  steps: readonly Step[],
  { now, leaseMs }: { now: number; leaseMs: number },
): Promise<void> {
  const model = new Map<string, Modelled>();
  const held: { claim: Claim; marks: number }[] = [];
  const takeable = () => [...model.values()].filter((one) => !one.held && one.due !== null && one.due <= now);
  for (const one of steps) {
    if (one.do === 'mark') {
      const work = pull(one.number, 1);
      await store.mark([{ work, dueAt: now + one.later }]);
      const known = model.get(workKey(work)) ?? { due: null, held: false, marks: 0, dead: false };
      const due = Math.min(known.due ?? Number.POSITIVE_INFINITY, now + one.later);
      model.set(workKey(work), { ...known, due, marks: known.marks + 1, dead: false });
    } else if (one.do === 'claim') {
      const claim = await store.claim({ now, leaseMs });
      expect(claim === null).toBe(takeable().length === 0);
      if (!claim) continue;
      const known = model.get(claim.key)!;
      expect(known.held).toBe(false);
      expect(known.due).toBeLessThanOrEqual(now);
      Object.assign(known, { held: true, due: null });
      held.push({ claim, marks: known.marks });
    } else {
      const [mine] = held.splice(one.which % Math.max(held.length, 1), 1);
      if (!mine) continue;
      const known = model.get(mine.claim.key)!;
      expect(await store.isCurrent(mine.claim)).toBe(known.marks === mine.marks);
      const outcome = outcomeOf(one.outcome, now);
      await store.finish(mine.claim, outcome);
      known.held = false;
      if (outcome?.state === 'again') Object.assign(known, { due: now, marks: known.marks + 1 });
      known.dead = outcome?.state === 'dead' && known.due === null;
    }
    const all = [...model.values()];
    expect(await store.stats(now)).toMatchObject({
      due: takeable().length,
      claimed: all.filter((known) => known.held).length,
      dead: all.filter((known) => known.dead).length,
    });
  }
  for (const { claim } of held) await store.finish(claim);
  // What one round gave up is nothing to the next.
  await store.revive(1, now);
}

/**
 * Hands that claim, look at a counter, and finish, beside events that raise counters and mark. Some vanish without
 * finishing. At the end every counter was looked at after it was last raised.
 */
export async function raceHands(
  stores: readonly WorkStore[],
  options: { round: string; events: number; luck: () => number; now: number; leaseMs: number },
): Promise<void> {
  const { round, events, luck, now, leaseMs } = options;
  const raised = new Map<string, number>();
  const seen = new Map<string, number>();
  const inHand = new Set<string>();
  const storeAt = (index: number) => stores[index % stores.length]!;
  let going = true;

  async function announce(): Promise<void> {
    for (let event = 0; event < events; event++) {
      const work = pull(luck() % 7, 1 + (luck() % 2));
      raised.set(workKey(work), (raised.get(workKey(work)) ?? 0) + 1);
      await storeAt(luck()).accept(`${round}, event ${event}`, [{ work, dueAt: now }]);
    }
    going = false;
  }

  async function lendHand(store: WorkStore): Promise<void> {
    for (let idle = 0; idle < 5; ) {
      const vanishes = going && luck() < 15;
      const claim = await store.claim({ now, leaseMs: vanishes ? 0 : leaseMs });
      if (!claim && !going) idle++;
      if (!claim || vanishes) continue;
      expect(inHand.has(claim.key)).toBe(false);
      inHand.add(claim.key);
      const looked = raised.get(claim.key) ?? 0;
      // Only what is still current when it is to be written counts, as in the worker.
      if (await store.isCurrent(claim)) seen.set(claim.key, looked);
      inHand.delete(claim.key);
      await store.finish(claim, luck() < 10 ? { state: 'again', dueAt: now, because: 'failed' } : undefined);
    }
  }

  await Promise.all([announce(), ...[0, 1, 2, 3].map((hand) => lendHand(storeAt(hand)))]);
  expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(raised));
}

function outcomeOf(how: Extract<Step, { do: 'finish' }>['outcome'], dueAt: number): Outcome | undefined {
  if (how === 'done') return undefined;
  return how === 'dead' ? { state: 'dead' } : { state: 'again', dueAt, because: how };
}

function pull(number: number, installation: number): Work {
  return { kind: 'pull-request', installation, owner: 'acme', repo: 'widgets', number };
}
