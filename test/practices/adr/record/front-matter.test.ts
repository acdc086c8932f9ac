import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readFrontMatter } from '../../../../src/practices/adr/record/front-matter.ts';
import { parseRecord } from '../../../../src/practices/adr/record/parse.ts';

const read = (body: string) => readFrontMatter(['---', ...body.split('\n'), '---', '# A']);

describe('front matter', () => {
  test('is text, lists and maps of text', () =>
    expect(read('status: accepted\ndate: 2026-11-20\naffects: [src/**, db/**]')).toEqual({
      fields: { status: 'accepted', date: '2026-11-20', affects: ['src/**', 'db/**'] },
      lines: 5,
    }));

  test.each([
    ['a key that is a map', '? {a: b}\n: c'],
    ['a list where keys are wanted', '- a'],
    ['what is no YAML', 'a: [b'],
    ['a bomb of aliases', 'a: &a [x,x,x]\nb: &b [*a,*a,*a]\nc: &c [*b,*b,*b]\nd: [*c,*c,*c]'],
    ['more than a record has', `a: ${'b'.repeat(17_000)}`],
  ])('has no fields where it holds %s, and the text below is still read', (_, body) => {
    expect(read(body).fields).toEqual({});
    expect(parseRecord(`---\n${body}\n---\n# Keep orders\n`).title).toBe('Keep orders');
  });

  test('that is never closed is none', () =>
    expect(readFrontMatter(['---', 'a: b'])).toEqual({ fields: {}, lines: 0 }));

  // Counted in time of the processor. Three times the depth took thirty times as long, and 2,000 marks took minutes.
  test.each(['? ', '[', '{a: ', '- ', '&a ', '!!a ', '{? '])('takes no more than its length for %j', (piece) => {
    for (const times of [500, 4_000]) {
      const started = process.cpuUsage();
      read(piece.repeat(times));
      const { user, system } = process.cpuUsage(started);
      expect((user + system) / 1_000).toBeLessThan(1_500);
    }
  });

  test('never throws', () => {
    const piece = fc.oneof(
      fc.constantFrom('? ', '- ', ': ', '[', ']', '{', '}', '&a ', '*a', '!!js ', '<<: ', '"', "'", '|\n', '%YAML 9\n'),
      fc.string({ unit: 'binary', maxLength: 5 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        expect(typeof read(pieces.join('')).fields).toBe('object');
      }),
      { numRuns: 500 },
    );
  });
});
