import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ARRIVALS, ITEMS, PEOPLE, World } from './ticks-model.ts';

const RUNS = 10_000;

const who = fc.constantFrom(...PEOPLE);
const item = fc.constantFrom(...ITEMS);

/** One thing that happens. Those that people and we do most come most often. */
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('toggle' as const), who, item, arrival: fc.constantFrom(...ARRIVALS) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('deliver' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('attest' as const), who, item }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('push' as const), item, by: fc.constantFrom(1 as const, -1 as const) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rebase' as const) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('read' as const) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('write' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('bring back' as const), who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reword' as const), who }) },
);
type Step = typeof step extends fc.Arbitrary<infer Kind> ? Kind : never;

function take(world: World, one: Step): void {
  if (one.kind === 'toggle') world.toggle(one.who, one.item, one.arrival);
  else if (one.kind === 'deliver') world.deliver();
  else if (one.kind === 'attest') world.attest(one.who, one.item);
  else if (one.kind === 'push') world.push(one.item, one.by);
  else if (one.kind === 'rebase') world.rebase();
  else if (one.kind === 'read') world.read();
  else if (one.kind === 'write') world.write();
  else if (one.kind === 'bring back') world.bringBackTheOldest(one.who);
  else world.reword(one.who);
}

/** A world in which the comment stands already. */
function begin(): World {
  const world = new World();
  world.read();
  world.write();
  return world;
}

describe('ticks, pushes, our writes, forgeries and what events tell of them, in any order', () => {
  it('leave exactly the items attested that somebody vouches for who may, as they are now', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 16 }), (steps) => {
        const world = begin();
        for (const one of steps) take(world, one);
        expect(world.faults()).toEqual([]);
        // And after we have written it down, with nothing else in between.
        world.read();
        world.write();
        expect(world.faults()).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  }, 180_000);

  it('do reach attested items, lost writes and items asked again, or the property above would say nothing', () => {
    const world = begin();
    world.toggle('bob', 'list/a');
    expect(world.faults()).toEqual([]);
    expect(world.explained).toBe(1);
    const unreported = begin();
    unreported.toggle('bob', 'list/a', 'never');
    expect(unreported.faults()).toEqual([]);
    expect(unreported.explained).toBe(0);
    const lost = begin();
    lost.read();
    lost.toggle('bob', 'list/a');
    lost.write();
    lost.push('list/a', 1);
    lost.push('list/a', -1);
    expect(lost.faults()).toEqual([]);
  });
});
