import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { code, html, oneLine, path, plain } from '../../src/render/escape.ts';
import { type Markdown, md } from '../../src/render/markdown.ts';
import { layoutOf, nodesOf, surprisesIn } from './github-flavour.ts';
import { HOSTILE, hostileText } from './hostile.ts';

/** Places in which outside text stands, with the layout that each must keep. */
const PLACES: readonly [name: string, place: (text: string) => Markdown, layout: string[]][] = [
  ['a paragraph', (text) => md`${plain(text)}\n\nafter`, ['root', '  paragraph ', '  paragraph ']],
  ['the middle of a line', (text) => md`before ${plain(text)} after`, ['root', '  paragraph ']],
  ['a row of a list', (text) => md`- ${plain(text)}`, ['root', '  list', '    item -', '      paragraph ']],
  ['a box', (text) => md`- [ ] ${plain(text)} x`, ['root', '  list', '    item false', '      paragraph ']],
  ['code', (text) => md`- ${code(text)} after`, ['root', '  list', '    item -', '      paragraph ']],
  [
    'a path',
    (text) => md`- ${path(text, { line: 3 })} · ${plain(text)}`,
    ['root', '  list', '    item -', '      paragraph '],
  ],
  ['bold', (text) => md`**${plain(text)}** after`, ['root', '  paragraph ']],
  [
    'a table',
    (text) =>
      md`| ${plain(text, { cell: true })} | b |\n| --- | --- |\n| ${code(text, { cell: true })} | ${path(text, { cell: true })} |`,
    ['root', '  table', '    row of 2', '    row of 2'],
  ],
  [
    'a fold',
    (text) => md`<details><summary>${html(text)}</summary>\n\nbody\n\n</details>`,
    ['root', '  <details><summary>…</summary>', '  paragraph ', '  </details>'],
  ],
];

describe.each(PLACES)('outside text in %s', (_, place, layout) => {
  /** Nothing at all is the one text that may leave a paragraph, a box or a fold empty. */
  const isNothing = (text: string) => text.trim() === '';

  test.each(HOSTILE.filter(([, text]) => !isNothing(text)))('%s changes nothing', (_, text) => {
    const markdown = place(text);
    expect(layoutOf(markdown)).toEqual(layout);
    expect(surprisesIn(markdown)).toEqual([]);
  });

  it('changes nothing, whatever it is', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        fc.pre(!isNothing(text));
        const markdown = place(text);
        expect(layoutOf(markdown)).toEqual(layout);
        expect(surprisesIn(markdown)).toEqual([]);
        expect(markdown).not.toMatch(/<!--|-->/);
      }),
      { numRuns: 500 },
    );
  });
});

describe('plain', () => {
  test.each([
    ['words stay words', 'The limit is 400 lines.', 'The limit is 400 lines.'],
    ['what GitHub links becomes code, without the stop', 'Ask @org/team.', 'Ask `@org/team`.'],
    ['a path becomes code', 'See src/db/pool.ts (12), please', 'See `src/db/pool.ts` (12), please'],
    ['a name in backticks stays code', 'No package `left-pad2` there', 'No package `left-pad2` there'],
    ['two pieces of code never touch', 'x@`y` z', '`x@y` z'],
    ['a lone backtick is a character', 'a ` b', 'a \\` b'],
    ['what is not a path stays', 'and/or either', 'and/or either'],
    ['a version range is harmless', '^1.2.0 || ~2', '^1.2.0 \\|\\| \\~2'],
    ['one line', ' a\n\tb \r\n c ', 'a b c'],
  ])('%s', (_, text, markdown) => {
    expect(plain(text)).toBe(markdown);
  });

  it('is shortened before it is escaped, so that nothing is cut in half', () => {
    expect(plain('a *b* `c` d', { max: 9 })).toBe('a \\*b\\* \\`c…');
  });

  it.each([
    ['a flag with its tags', '🏴󠁧󠁢󠁥󠁮󠁧󠁿'],
    ['joined people', '👩‍👩‍👧‍👦'],
    ['a keycap', '1️⃣'],
  ])('never cuts %s in half, wherever the end is', (_, emoji) => {
    for (let max = 2; max < 60; max++) {
      const text = `${'x'.repeat(5)}${emoji.repeat(9)}${'x'.repeat(5)}`;
      for (const shown of [plain(text, { max }), path(text, { max }), html(text, { max })]) {
        expect(shown.replaceAll(emoji, '')).toMatch(/^`?[x…]*`?$/);
      }
    }
  });

  it('shows a harmless text as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'abc *_<>[]|~&!#-+.'), minLength: 1 }), (text) => {
        const shown = nodesOf(plain(`x${text}x`)).flatMap((node) => ('value' in node ? [node.value] : []));
        expect(shown.join('')).toBe(
          `x${text}x`.replace(/\s+/g, ' ').replaceAll('<!--', '‹!--').replaceAll('-->', '--›'),
        );
      }),
    );
  });
});

describe('code', () => {
  test.each([
    ['an ordinary name', 'left-pad', '`left-pad`'],
    ['backticks inside', 'a`b``c', '```a`b``c```'],
    ['a backtick at the end', 'a`', '`` a` ``'],
    ['spaces that would vanish', ' a  b ', '`␣a ␣b␣`'],
    ['what cannot be seen', 'a\u202Eb', '`a⟨U+202E⟩b`'],
    ['nothing', '', '`""`'],
  ])('%s', (_, text, markdown) => {
    expect(code(text)).toBe(markdown);
  });

  it('keeps a path with pipes readable in a table', () => {
    const cell = nodesOf(md`| a |\n| --- |\n| ${code('^1 || ^2', { cell: true })} |`).find(
      ({ type }) => type === 'inlineCode',
    );
    expect(cell).toMatchObject({ value: '^1 || ^2' });
  });

  it('keeps two names apart that look the same', () => {
    expect(code('a\u200Bb')).not.toBe(code('ab'));
  });
});

describe('text that runs from right to left', () => {
  test.each([
    ['plain', plain('see שלום here'), '\u2066see שלום here\u2069'],
    ['code', code('שלום'), '\u2066`שלום`\u2069'],
    ['path', path('src/مرحبا.ts', { line: 3 }), '\u2066`src/مرحبا.ts:3`\u2069'],
    ['html', html('שלום'), '\u2066שלום\u2069'],
  ])('keeps to itself: %s', (_, markdown, isolated) => {
    expect(markdown).toBe(isolated);
  });
});

describe('path', () => {
  it('keeps both ends of a long one, and the line', () => {
    const markdown = path(`src/${'deep/'.repeat(100)}file.ts`, { max: 30, line: 12 });
    expect(markdown).toBe('`src/deep/dee…deep/deep/file.ts:12`');
  });
});

describe('oneLine', () => {
  it('keeps within its length in code points', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 1, max: 50 }), (text, max) => {
        const line = oneLine(text, max);
        expect([...line].length).toBeLessThanOrEqual(max);
        expect(line).not.toMatch(/[\n\r\u202e\u200b]/);
      }),
    );
  });
});
