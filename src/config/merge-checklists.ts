import type { ChecklistDefinition } from '../model/checklist.ts';

/**
 * Lists of several layers as one, the weakest layer first. A list of a stronger layer is laid over the one of its id:
 * what it states wins, items of the same id take its wording, and its other items come after. With `replaces` nothing of
 * the weaker list is left.
 */
export function mergeChecklists(layers: readonly (readonly ChecklistDefinition[])[]): ChecklistDefinition[] {
  const merged = new Map<string, ChecklistDefinition>();
  for (const list of layers.flat()) {
    const below = merged.get(list.id);
    merged.set(list.id, below && !list.replaces ? overlay(below, list) : list);
  }
  return [...merged.values()];
}

function overlay(below: ChecklistDefinition, above: ChecklistDefinition): ChecklistDefinition {
  const own = new Map(above.items.map((item) => [item.id, item]));
  const kept = below.items.map((item) => own.get(item.id) ?? item);
  const known = new Set(below.items.map((item) => item.id));
  return {
    ...below,
    ...above,
    appliesTo: above.appliesTo.length > 0 ? above.appliesTo : below.appliesTo,
    items: [...kept, ...above.items.filter((item) => !known.has(item.id))],
  };
}
