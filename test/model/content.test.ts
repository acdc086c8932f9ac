import { describe, expect, it, test } from 'vitest';
import { changedSince, contentOf, isSameContent, versionOf } from '../../src/model/content.ts';
import type { ChangedFile } from '../../src/model/pull-request.ts';
import { addedLines, changedFile } from '../support/pull-request.ts';

const above = (lines: number) => Array.from({ length: lines }, (_, line) => `above ${line}\n`).join('');
const file = (context: number, word = 'new', path = 'src/a.ts') =>
  changedFile(path, `${above(context)}old\nend\n`, `${above(context)}${word}\nend\n`);
const binary: ChangedFile = { ...addedLines('a.png', 0), patch: 'binary', blob: '1'.repeat(40) };

describe('contentOf', () => {
  test.each<[name: string, one: ChangedFile[], other: ChangedFile[], same: boolean]>([
    ['the same', [file(3)], [file(3)], true],
    ['lines that moved down', [file(3)], [file(40)], true],
    ['another order of files', [file(3), addedLines('b', 1)], [addedLines('b', 1), file(3)], true],
    ['another line', [file(3)], [file(3, 'newer')], false],
    ['another path', [file(3)], [file(3, 'new', 'src/b.ts')], false],
    ['one file more', [file(3)], [file(3), addedLines('b', 1)], false],
    ['nothing left', [file(3)], [], false],
    ['a renamed file', [file(3)], [{ ...file(3), status: 'renamed', previousPath: 'src/z.ts' }], false],
    ['another binary', [binary], [{ ...binary, blob: '2'.repeat(40) }], false],
    [
      'a patch that is missing, by its content',
      [{ ...binary, patch: 'missing' }],
      [{ ...binary, patch: 'missing' }],
      true,
    ],
  ])('%s', (_, one, other, same) => {
    expect(isSameContent(contentOf(one), contentOf(other))).toBe(same);
  });

  it('tells the versions of a list apart, and still names the files', () => {
    const [first, second] = [contentOf([file(3)]), contentOf([file(3)], 2)];
    expect([versionOf(first), versionOf(second), versionOf(contentOf([], 30))]).toEqual([1, 2, 30]);
    expect(isSameContent(first, second)).toBe(false);
    expect(isSameContent(second, contentOf([file(40)], 2))).toBe(true);
    expect(changedSince(second, [file(3)])).toEqual([]);
    expect(changedSince(second, [file(3, 'newer')])).toEqual(['src/a.ts']);
  });

  it('names the files that changed, where there are few', () => {
    const before = contentOf([file(3), addedLines('b', 1)]);
    expect(changedSince(before, [file(9), addedLines('b', 2), addedLines('c', 1)])).toEqual(['b', 'c']);
  });

  it('stays short where there are many, and names none', () => {
    const many = Array.from({ length: 500 }, (_, index) => addedLines(`src/${index}.ts`, 1));
    const mark = contentOf(many);
    expect(mark).toHaveLength(22);
    expect(changedSince(mark, many.slice(1))).toEqual([]);
  });
});
