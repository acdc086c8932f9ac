import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { docstringLines } from '../../../../src/practices/adr/triggers/docstrings.ts';

/** The indices of the lines that are documentation, in a hunk that begins at the line. */
function prose(lines: readonly string[], start = 1): number[] {
  const hunk = { oldStart: start, oldLines: lines.length, newStart: start, newLines: lines.length, lines: [...lines] };
  return [...docstringLines(hunk)].toSorted((a, b) => a - b);
}

describe('documentation in Python', () => {
  test.each<[string, readonly string[], number, readonly number[]]>([
    ['at the top of a module', ['+"""Orders.', '+', '+Kept in one table.', '+"""', '+import a'], 1, [0, 1, 2, 3]],
    ['on one line', [' def a():', '+    """Take the lock."""', '+    lock()'], 9, [1]],
    ['below a definition', [' def a():', "+    r'''", '+    Locks.', "+    '''", '+    b()'], 9, [1, 2, 3]],
    ['that a line of code follows', [' def a():', '+    """A.', '+    B."""', '+    b()'], 9, [1, 2]],
    ['that the patch begins in the middle of', ['     Locks.', '+    And more.', '     """', '+    b()'], 9, [0, 1, 2]],
    ['that only leaves', [' def a():', '-    """Locks.', '-    """', '     b()'], 9, [1, 2]],
    [
      'is not what a call is given',
      ['+    op.execute(', '+        """', '+        DROP TABLE a', '+        """'],
      9,
      [],
    ],
    ['is not what a name is given', ['+SQL = """', '+DROP TABLE a', '+"""', '+"""Orders."""'], 9, [3]],
    ['is not what a function returns', ['+    return """', '+    DROP TABLE a', '+    """', '+    b()'], 9, []],
    ['is not what nobody can tell', ['+    """', '+    b()'], 9, []],
    ['is none where there are no quotes', ['+a()', '+b()'], 1, []],
  ])('%s', (_, lines, start, expected) => expect(prose(lines, start)).toEqual(expected));

  test('names only lines that there are, whatever stands in them', () => {
    const line = fc
      .tuple(fc.constantFrom('+', '-', ' '), fc.constantFrom('"""', "'''", 'a', ':', '(', '', 'x = """', '\\'))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.nat(3), (lines, start) => {
        for (const index of prose(lines, start)) expect(index).toBeLessThan(lines.length);
      }),
    );
  });
});
