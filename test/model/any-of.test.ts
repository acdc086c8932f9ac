import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyOf } from '../../src/model/any-of.ts';
import { PATTERNS } from '../../src/signals/patterns.ts';

describe('anyOf', () => {
  test('finds what one of them finds, each by its own flags', () => {
    const matches = anyOf([/^a|b$/, /WORD/i, /(\d)+x/]);

    expect(['a-', '-b', 'a word', '12x'].map(matches)).toEqual([true, true, true, true]);
    expect(['-a', 'b-', 'wor', 'x12', ''].map(matches)).toEqual([false, false, false, false, false]);
  });

  test('finds nothing where there is nothing to find', () => {
    expect(anyOf([])('anything')).toBe(false);
  });

  test('agrees with all patterns of signals on whatever is put together from their own words', () => {
    const expressions = PATTERNS.map(({ matches }) => matches);
    const matches = anyOf(expressions);
    const pieces = expressions.flatMap(({ source }) => source.match(/[A-Za-z_]{3,}|[(){}:=.@"]/g) ?? []);
    const line = fc
      .array(fc.constantFrom(' ', ...pieces), { minLength: 1, maxLength: 8 })
      .map((parts) => parts.join(''));
    let found = 0;
    fc.assert(
      fc.property(line, (text) => {
        const one = expressions.some((expression) => expression.test(text));
        if (one) found++;
        expect(matches(text)).toBe(one);
      }),
      { numRuns: 2_000 },
    );
    expect(found).toBeGreaterThan(20);
  });
});
