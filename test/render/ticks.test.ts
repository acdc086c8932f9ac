import { describe, expect, test } from 'vitest';
import { box, headMarker } from '../../src/render/boxes.ts';
import { md } from '../../src/render/markdown.ts';
import { attributeTicks, type CommentEdit } from '../../src/render/ticks.ts';
import { account } from '../support/pull-request.ts';

const SELF = 'composure[bot]';
const OLD = '1'.repeat(40);
const NEW = '2'.repeat(40);

/** A comment as it reads with these items ticked (`a`) or open (`-a`). */
function body(items: string, head = OLD): string {
  const boxes = items
    .split(' ')
    .filter((item) => item !== '')
    .map((item) => box(`list/${item.replace('-', '')}`, !item.startsWith('-'), md`words`));
  return ['<!-- composure -->', headMarker(head), '', ...boxes].join('\n');
}

/** Versions of the comment, a minute apart: who, what, and for which head. */
function edits(...versions: [who: string | null, items: string, head?: string][]): CommentEdit[] {
  return versions.map(([who, items, head], index) => ({
    editor: who === null ? null : account(who),
    at: `2026-11-20T10:0${index}:00Z`,
    body: body(items, head),
  }));
}

const tick = (item: string, who: string, minute: number, commit: string | null = OLD) => ({
  item: `list/${item}`,
  by: account(who),
  at: `2026-11-20T10:0${minute}:00Z`,
  commit,
});

describe('attributeTicks', () => {
  test.each<[name: string, edits: CommentEdit[], ticks: ReturnType<typeof tick>[], unknown: string[]]>([
    ['no history', [], [], []],
    ['nobody ticked', edits([SELF, '-a -b']), [], []],
    ['one ticked', edits([SELF, '-a -b'], ['bob', 'a -b']), [tick('a', 'bob', 1)], []],
    [
      'two people ticked',
      edits([SELF, '-a -b'], ['bob', 'a -b'], ['carol', 'a b']),
      [tick('a', 'bob', 1), tick('b', 'carol', 2)],
      [],
    ],
    ['several at once', edits([SELF, '-a -b'], ['bob', 'a b']), [tick('a', 'bob', 1), tick('b', 'bob', 1)], []],
    ['ticked and taken back', edits([SELF, '-a'], ['bob', 'a'], ['bob', '-a']), [], []],
    [
      'ticked again by somebody else',
      edits([SELF, '-a'], ['bob', 'a'], ['bob', '-a'], ['carol', 'a']),
      [tick('a', 'carol', 3)],
      [],
    ],
    ['kept through our own writing', edits([SELF, '-a'], ['bob', 'a'], [SELF, 'a', NEW]), [tick('a', 'bob', 1)], []],
    ['undone by us', edits([SELF, '-a'], ['alice', 'a'], [SELF, '-a']), [], []],
    [
      'undone by us, ticked by another',
      edits([SELF, '-a'], ['alice', 'a'], [SELF, '-a', NEW], ['bob', 'a', NEW]),
      [tick('a', 'bob', 3, NEW)],
      [],
    ],
    ['ticked by our own writing', edits([SELF, '-a'], [SELF, 'a']), [], ['list/a']],
    [
      'undone, then ticked by our own writing: not the earlier person',
      edits([SELF, '-a'], ['alice', 'a'], [SELF, '-a'], [SELF, 'a']),
      [],
      ['list/a'],
    ],
    ['by an account that is gone', edits([SELF, '-a'], [null, 'a']), [], ['list/a']],
    [
      'by one that is gone, kept by a known one',
      edits([SELF, '-a -b'], [null, 'a -b'], ['bob', 'a b']),
      [tick('b', 'bob', 2)],
      ['list/a'],
    ],
    ['in the first version we know', edits(['bob', 'a']), [], ['list/a']],
    ['a box that we never showed', edits([SELF, '-a'], ['eve', '-a c']), [], ['list/c']],
    ['a box deleted and put back ticked', edits([SELF, '-a'], ['eve', ''], ['eve', 'a']), [], ['list/a']],
    [
      'an edit on top of an older text',
      edits([SELF, '-a -b'], ['bob', 'a -b'], [SELF, '-a -b', NEW], ['carol', 'a b', OLD]),
      [],
      ['list/a', 'list/b'],
    ],
    ['a changed head marker', edits([SELF, '-a', OLD], ['eve', 'a', NEW]), [], ['list/a']],
    ['a box that is gone now', edits([SELF, '-a -b'], ['bob', 'a -b'], ['bob', '-b']), [], []],
    ['by a bot', edits([SELF, '-a'], ['helper[bot]', 'a']), [tick('a', 'helper[bot]', 1)], []],
  ])('%s', (_, edits, ticks, unknown) => {
    expect(attributeTicks({ edits, self: SELF })).toEqual({ ticks, unknown });
  });
});
