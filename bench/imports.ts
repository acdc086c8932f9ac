import { SHAPES } from '../test/imports/corpus.ts';
import { findImports } from '../test/imports/find-imports.ts';

/**
 * How well undeclared imports are told from all that only looks like them, on the corpus of labelled shapes. What is said
 * with a doubt (a notice) counts as not said. Targets: precision 0.98, recall 0.95.
 */
export async function measureImports(): Promise<object> {
  let right = 0;
  let said = 0;
  let there = 0;
  const misses: string[] = [];
  const start = performance.now();
  for (const shape of SHAPES) {
    const names = new Set((await findImports(shape)).certain.map(({ name }) => name));
    said += names.size;
    there += shape.undeclared.length;
    for (const name of shape.undeclared) {
      if (names.delete(name)) right++;
      else misses.push(`${shape.what}: ${name} was not found`);
    }
    for (const name of names) misses.push(`${shape.what}: ${name} was found and is none`);
  }
  return {
    shapes: SHAPES.length,
    undeclared: there,
    found: said,
    precision: rounded(right / said),
    recall: rounded(right / there),
    milliseconds: Math.round(performance.now() - start),
    misses,
  };
}

function rounded(share: number): number {
  return Math.round(share * 1000) / 1000;
}
