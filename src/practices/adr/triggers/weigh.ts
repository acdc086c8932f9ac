import { TRIGGERS, type TriggerName } from './catalogue.ts';
import type { Tier, Trigger, TriggerPolicy } from './find-triggers.ts';
import type { Signal } from './signal.ts';

/** A contribution; `tier` is `null` where only the sum decides. */
export type Weighed = Omit<Trigger, 'tier'> & { tier: Tier | null };

/**
 * Triggers that speak of one matter in different words: a migration and the class that is stored by it, a new folder and
 * the types in it. The heaviest counts whole and the others in part, so that it is the number of matters which adds up.
 */
const MATTERS: readonly (readonly TriggerName[])[] = [
  [
    ...(['database-table', 'database-destructive', 'database-column-lost', 'database-migration'] as const),
    ...(['data-entity', 'data-model', 'data-model-removed'] as const),
  ],
  [
    'dependency-weighty',
    'dependency-notable',
    'dependency-added',
    'dependency-removed',
    'dependency-removed-weighty',
    'dependency-replaced',
    'engine-major',
  ],
  ['new-package', 'new-module', 'new-view', 'new-type', 'new-component', 'new-contract', 'type-removed'],
  ['import-edge', 'import-cycle', 'layer-reversed', 'public-export'],
];
const MATTER_OF: ReadonlyMap<TriggerName, number> = new Map(
  MATTERS.flatMap((names, index) => names.map((name) => [name, index] as const)),
);

/** What is left of a trigger where a heavier one of its matter is there. */
const SAID_AGAIN = 0.5;

/** What is told to everybody, however little it says beside other things; and never makes a demand of a nudge. */
const NUDGE: ReadonlySet<TriggerName> = new Set(['import-cycle', 'layer-reversed']);

/** Gives what was seen its points, by the weights and the repository's own tiers. */
export function weigh(signals: readonly Signal[], { tiers, blockAt, nudgeAt }: TriggerPolicy): Weighed[] {
  const byTrigger = Map.groupBy(signals, (signal) => signal.trigger);
  const weighed = [...byTrigger].flatMap(([trigger, places]): Weighed[] => {
    const { weight } = TRIGGERS[trigger];
    const tier = tiers[trigger] ?? (NUDGE.has(trigger) ? 'nudge' : undefined);
    if (tier === 'off') return [];
    if (tier === 'block' || (tier === undefined && weight >= TRIGGERS.configured.weight)) {
      // Each place is enough alone, so each is named.
      return onePerPath(places).map((place) => ({ ...place, tier: 'block', score: blockAt }));
    }
    const [first] = places as [Signal, ...Signal[]];
    const paths = new Set(places.map(({ path }) => path)).size;
    const because =
      paths > 1 ? `${first.because}; and in ${paths - 1} more ${paths === 2 ? 'file' : 'files'}` : first.because;
    const score = weight * strengthOf(places.length, trigger);
    if (tier === 'nudge') return [{ ...first, because, tier, score: Math.max(nudgeAt, score) }];
    return weight === 0 ? [] : [{ ...first, because, tier: null, score }];
  });
  return withoutEcho(weighed).map((one) => ({ ...one, score: round(one.score) }));
}

function withoutEcho(weighed: readonly Weighed[]): Weighed[] {
  const loudest = new Map<number, Weighed>();
  for (const one of weighed) {
    const matter = MATTER_OF.get(one.trigger);
    if (matter !== undefined && one.score > (loudest.get(matter)?.score ?? 0)) loudest.set(matter, one);
  }
  return weighed.map((one) => {
    const matter = MATTER_OF.get(one.trigger);
    const isEcho = one.tier === null && matter !== undefined && loudest.get(matter) !== one;
    return isEcho ? { ...one, score: one.score * SAID_AGAIN } : one;
  });
}

/** How much the number of places adds: said often, it is meant. Never more than twice, so that size alone decides nothing. */
function strengthOf(places: number, trigger: TriggerName): number {
  // One new type is an ordinary day, and beyond a few it is volume that is counted.
  if (trigger === 'new-type') return places < 3 ? 0.5 : 1;
  return places < 3 ? 1 : places < 8 ? 1.5 : 2;
}

function onePerPath(places: readonly Signal[]): Signal[] {
  return [...new Map(places.toReversed().map((place) => [place.path, place])).values()].toReversed();
}

/** To two digits, as people are shown them. */
export function round(points: number): number {
  return Math.round(points * 100) / 100;
}
