import type { LabelWish } from '../../model/review.ts';
import type { LabelOptions } from './options.ts';

/** The names a pull request can have by its effort, the smallest first. */
const STEPS = ['xs', 's', 'm', 'l', 'xl'] as const;

/** The one label that fits the effort, out of all that may ever be set; `undefined` where none is wanted. */
export function labelFor(effort: number, options: LabelOptions): LabelWish | undefined {
  if (!options.enabled) return undefined;
  const step = STEPS.find((one) => effort <= options[one]) ?? 'xxl';
  const nameOf = (one: string) => `${options.prefix}${one.toUpperCase()}`;
  return { owned: [...STEPS, 'xxl'].map(nameOf), wanted: [nameOf(step)] };
}
