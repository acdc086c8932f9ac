import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plain } from '../../src/render/escape.ts';
import { bytesOf, fitParts, listPart, type Part, shrinking } from '../../src/render/fit.ts';
import { EMPTY, join, type Markdown, md } from '../../src/render/markdown.ts';
import { hostileText } from './hostile.ts';

const words = (letter: string, amount: number) => letter.repeat(amount) as Markdown;

function part(name: string, worth: number, ...forms: Markdown[]): Part {
  return { name: name as Markdown, worth, forms };
}

describe('bytesOf', () => {
  it('is never less than characters or UTF-16 units', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(bytesOf(text)).toBeGreaterThanOrEqual(text.toWellFormed().length);
      }),
    );
  });
});

describe('fitParts', () => {
  const frame = part('frame', 9, words('F', 10));
  const end = part('end', 9, words('E', 10));

  it('leaves alone what fits', () => {
    expect(fitParts([frame, part('empty', 1, EMPTY), end], 22)).toBe('FFFFFFFFFF\n\nEEEEEEEEEE');
  });

  it('shortens the least worthy part, the last of equals first', () => {
    const parts = [
      frame,
      part('a', 1, words('a', 50), words('a', 5)),
      part('b', 1, words('b', 50), words('b', 5)),
      end,
    ];
    expect(fitParts(parts, 90)).toBe(`FFFFFFFFFF\n\n${'a'.repeat(50)}\n\nbbbbb\n\nEEEEEEEEEE`);
  });

  it('says what it leaves out, before the ending', () => {
    const parts = [frame, part('figures', 1, words('a', 500), EMPTY), part('rows', 2, words('b', 20), EMPTY), end];
    expect(fitParts(parts, 200)).toBe(
      `FFFFFFFFFF\n\n${'b'.repeat(20)}\n\nLeft out to stay within GitHub's limit: figures.\n\nEEEEEEEEEE`,
    );
  });

  it('lets whole parts go when nothing gets shorter', () => {
    const parts = [frame, part('a', 2, words('a', 300)), part('b', 3, words('b', 50)), end];
    expect(fitParts(parts, 150)).toBe(
      `FFFFFFFFFF\n\n${'b'.repeat(50)}\n\nLeft out to stay within GitHub's limit: a.\n\nEEEEEEEEEE`,
    );
  });

  it('refuses what cannot be made to fit', () => {
    expect(() => fitParts([part('a', 1, words('a', 300))], 100)).toThrow('The part "a" alone is longer than 100 bytes');
  });

  it('always stays within the limit, with only whole forms', () => {
    const anyPart = fc.record({
      worth: fc.integer({ min: 1, max: 5 }),
      texts: fc.array(hostileText, { minLength: 1, maxLength: 4 }),
    });
    fc.assert(
      fc.property(fc.array(anyPart, { maxLength: 6 }), fc.integer({ min: 200, max: 2_000 }), (drawn, limit) => {
        const parts = drawn.map(({ worth, texts }, index) =>
          part(`p${index}`, worth, ...texts.map((text) => plain(text)), EMPTY),
        );
        const text = fitParts([...parts, end], limit);
        expect(bytesOf(text)).toBeLessThanOrEqual(limit);
        expect(text.endsWith('EEEEEEEEEE')).toBe(true);
      }),
    );
  });
});

describe('shrinking', () => {
  const rows = Array.from({ length: 37 }, (_, index) => index);
  const forms = shrinking(
    rows,
    30,
    (row) => md`${row}`,
    (shown, more) => join([md`${shown.length}`, more], ' '),
  );

  it('goes from at most so many rows down to one, and counts the rest', () => {
    expect(forms).toEqual([
      '30 … and 7 more',
      '20 … and 17 more',
      '10 … and 27 more',
      '5 … and 32 more',
      '1 … and 36 more',
    ]);
  });

  it('says nothing of a rest that is not there', () => {
    expect(listPart({ name: md`rows`, worth: 1 }, [1, 2], 10, (row) => md`- ${row}`).forms).toEqual([
      '- 1\n- 2',
      '- 1\n- … and 1 more',
      '',
    ]);
  });
});
