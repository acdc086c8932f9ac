import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineKeys } from '../../../src/practices/size/line-keys.ts';
import { withoutBlanks } from '../../../src/practices/size/normal-form.ts';

const line = fc.string({
  unit: fc.constantFrom('a', 'b', ' ', '\t', '"', "'", '\\', '\u00a0', 'é', ';'),
  maxLength: 12,
});

/** The hash in use, from a state on. */
function hashOf(text: string, from = 0x811c9dc5): number {
  let hash = from;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash;
}

/** Two words that lead from one state to the same other. */
function findTwins(from: number): [string, string] {
  const seen = new Map<number, string>();
  for (let number = 0; ; number++) {
    const word = (Math.imul(number, 0x9e3779b1) >>> 0).toString(36).padStart(7, '_');
    const hash = hashOf(word, from);
    const twin = seen.get(hash);
    if (twin !== undefined) return [twin, word];
    seen.set(hash, word);
  }
}

describe('lines are numbered', () => {
  test('alike exactly where they differ in blanks alone', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
        const keys = new LineKeys();
        const texts = lines.map((one) => one.trim());
        const numbers = texts.map((text) => keys.of(text).key);
        for (const [index, text] of texts.entries()) {
          expect(texts.findIndex((other) => withoutBlanks(other) === withoutBlanks(text))).toBe(
            numbers.indexOf(numbers[index]!),
          );
        }
      }),
    );
  });

  test('apart although somebody made a hundred of them with one hash', () => {
    let lines = [''];
    for (let round = 0; round < 7; round++) {
      const twins = findTwins(hashOf(lines[0]!));
      lines = lines.flatMap((start) => twins.map((twin) => start + twin));
    }
    expect(new Set(lines.map((text) => hashOf(text))).size).toBe(1);
    const keys = new LineKeys();
    const numbers = lines.map((text) => keys.of(text).key);
    expect(new Set(numbers).size).toBe(128);
    expect(lines.map((text) => keys.of(`${text.slice(0, 3)} ${text.slice(3)}`).key)).toEqual(numbers);
  });

  test('with the letters on them, and a sum that spacing and punctuation leave alone', () => {
    const keys = new LineKeys();
    expect(keys.of('ab1 = "c";').letters).toBe(4);
    expect(keys.of('').letters).toBe(0);
    expect(keys.of("f( ab, 'c' )").letterSum).toBe(keys.of('f(ab,"c",)').letterSum);
    expect(keys.of('ab').letterSum).not.toBe(keys.of('ac').letterSum);
  });
});
