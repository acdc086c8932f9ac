import type { Recipe } from '../../../model/review.ts';
import { count, counted } from '../wording.ts';
import type { SplitPlan } from './plan.ts';

/** The plan as a sentence; empty where there is none to speak of. */
export function saySplit(split: SplitPlan | null): string {
  if (!split) return '';
  if (split.state === 'none') return `No sensible split was found: ${split.because}.`;
  const parts = split.parts.map(({ title, effort, files, fits }, index) => {
    const size = `an effort of ${count(effort)} in ${counted(files, 'file')}${fits ? '' : ', still above the limit'}`;
    return `(${index + 1}) ${title}: ${size}`;
  });
  return `It falls into ${split.parts.length} parts, in this order: ${parts.join('; ')}. The commands are below.`;
}

/** The commands of a plan; `undefined` where there is none. */
export function recipeFor(split: SplitPlan): Recipe | undefined {
  if (split.state === 'none') return undefined;
  return { title: `Commands that make ${split.parts.length} pull requests of this one`, lines: split.commands };
}
