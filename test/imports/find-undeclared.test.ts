import { describe, expect, test } from 'vitest';
import { SHAPES } from './corpus.ts';
import { findImports } from './find-imports.ts';

describe('the corpus of shapes', () => {
  test.each(SHAPES.map((shape) => [shape.what, shape] as const))('%s', async (_what, shape) => {
    const { certain } = await findImports(shape);
    expect(certain.map(({ name }) => name).sort()).toEqual([...shape.undeclared].sort());
  });

  test('holds both kinds in number', () => {
    expect(SHAPES.length).toBeGreaterThan(150);
    expect(SHAPES.flatMap(({ undeclared }) => undeclared).length).toBeGreaterThan(70);
  });
});
