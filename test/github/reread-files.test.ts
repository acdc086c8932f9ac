import { applyPatch } from 'diff';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffTexts } from '../../src/github/reread-files.ts';

const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');
const patch = (hunks: ReturnType<typeof diffTexts>) => {
  return { oldFileName: 'a', newFileName: 'a', oldHeader: '', newHeader: '', index: undefined, hunks };
};

test('a diff of our own turns one text into the other, however much they differ', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c', '', '}'), { maxLength: 40 });
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      expect(applyPatch(text(before), patch(diffTexts(text(before), text(after))))).toBe(text(after));
    }),
  );
});

test('texts that share nothing but their ends are not searched for ever', () => {
  const [before, after] = ['x', 'y'].map((mark) => {
    return text(['first', ...Array.from({ length: 30_000 }, (_, index) => `${mark}${index}`), 'last']);
  }) as [string, string];
  const started = performance.now();
  const [hunk, ...others] = diffTexts(before, after);
  expect(performance.now() - started).toBeLessThan(10_000);
  expect(others).toEqual([]);
  expect(hunk).toMatchObject({ oldStart: 2, oldLines: 30_000, newStart: 2, newLines: 30_000 });
});

test('no difference has no hunks', () => expect(diffTexts('a\n', 'a\n')).toEqual([]));
