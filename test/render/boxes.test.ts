import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { box, readBoxes, skeletonOf } from '../../src/render/boxes.ts';
import { plain } from '../../src/render/escape.ts';
import { md } from '../../src/render/markdown.ts';
import { hostileText } from './hostile.ts';

const A = '<!-- composure:item list/a -->';
const B = '<!-- composure:item list/b -->';

describe('readBoxes', () => {
  test.each<[name: string, body: string, boxes: Record<string, boolean>]>([
    ['an open and a ticked one', `- [ ] one ${A}\n- [x] two ${B}`, { 'list/a': false, 'list/b': true }],
    ['a capital X', `- [X] one ${A}`, { 'list/a': true }],
    ['other bullets', `* [x] one ${A}\n\n+ [ ] two ${B}`, { 'list/a': true, 'list/b': false }],
    ['line ends of Windows', `- [x] one ${A}\r\n- [ ] two ${B}\r\n`, { 'list/a': true, 'list/b': false }],
    ['spaces around', `  - [x]  one ${A}  \n  - [ ] two ${B}\t`, { 'list/a': true, 'list/b': false }],
    ['a whole list moved in', `text\n\n  - [x] one ${A}\n  - [x] two ${B}`, { 'list/a': true, 'list/b': true }],
    ['words left out', `- [x] ${A}`, { 'list/a': true }],
    [
      'in a fold',
      `<details><summary>x</summary>\n\n- [x] one ${A}\n\n</details>\n\n- [ ] two ${B}`,
      {
        'list/a': true,
        'list/b': false,
      },
    ],
    ['not ours', '- [x] one\n- [x] two <!-- item list/a -->\n- [x] composure:item list/b', {}],
    ['no box', `- one ${A}\n- [y] two ${B}\n[x] three ${A}`, {}],
    ['twice, once open', `- [x] one ${A}\n- [ ] one ${A}`, { 'list/a': false }],
    ['twice, open first', `- [ ] one ${A}\n- [x] one ${A}`, { 'list/a': false }],
    ['twice ticked', `- [x] one ${A}\n- [x] one ${A}`, { 'list/a': true }],
    ['in a code fence', `\`\`\`\n- [x] one ${A}\n\`\`\`\n- [x] two ${B}`, { 'list/b': true }],
    ['in a fence of tildes', `~~~ text\n\`\`\`\n- [x] one ${A}\n~~~\n- [x] two ${B}`, { 'list/b': true }],
    ['in a longer fence', `\`\`\`\`\n\`\`\`\n- [x] one ${A}\n\`\`\`\`\n- [x] two ${B}`, { 'list/b': true }],
    ['in a fence left open', `- [x] two ${B}\n\n\`\`\`\n- [x] one ${A}`, { 'list/b': true }],
    ['in a fence below an item', `- x\n  \`\`\`\n- [x] one ${A}\n  \`\`\`\n`, {}],
    ['indented code', `text\n\n    - [x] one ${A}\n\t- [x] two ${B}`, {}],
    ['in a quote', `> - [x] one ${A}`, {}],
    ['below another item', `- [ ] two ${B}\n  - [x] one ${A}`, { 'list/b': false }],
    ['below an item, after a blank line', `- [ ] two ${B}\n\n  - [x] one ${A}`, { 'list/b': false }],
    ['below an item and its next line', `- [ ] two ${B}\nlazy\n  - [x] one ${A}`, { 'list/b': false }],
    ['below a numbered item', `1. two\n   - [x] one ${A}`, {}],
    ['in a hidden comment', `<!--\n- [x] one ${A}\n-->\n\n- [x] two ${B}`, { 'list/b': true }],
    ['in HTML', `<div>\n- [x] one ${A}\n\n- [x] two ${B}`, { 'list/b': true }],
    ['in a pre element', `<pre>\n\n- [x] one ${A}\n\n</pre>\n\n- [x] two ${B}`, { 'list/b': true }],
    ['a marker before ours', `- [x] one ${B} ${A}`, { 'list/a': true }],
    ['text after the marker', `- [x] one ${A} and more`, {}],
    ['a broken marker', '- [x] one <!-- composure:item %E0%A4%A -->', {}],
    ['nothing', '', {}],
  ])('%s', (_, body, boxes) => {
    expect(Object.fromEntries(readBoxes(body))).toEqual(boxes);
  });

  it('reads back what `box` wrote, whatever the item and its words', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1 }).map((item) => item.toWellFormed()),
        fc.boolean(),
        hostileText,
        (item, ticked, words) => {
          const line = box(item, ticked, md`x ${plain(words)}`);
          expect([...readBoxes(`before\n\n${line}\n\nafter`)]).toEqual([[item, ticked]]);
          // For some readers two dashes end a comment.
          expect(line.slice(line.lastIndexOf('<!--') + 4, -3)).not.toContain('--');
        },
      ),
    );
  });

  it('writes no double dash into a marker, and none at its end', () => {
    expect(box('a--b/c-', false, md`Words`)).toBe('- [ ] Words <!-- composure:item a%2D-b/c%2D -->');
    expect([...readBoxes(box('a--b/c-', false, md`Words`)).keys()]).toEqual(['a--b/c-']);
  });

  it('reads an ordinary id as it is written', () => {
    expect(box('every-change/data-types', false, md`Words`)).toBe(
      '- [ ] Words <!-- composure:item every-change/data-types -->',
    );
  });
});

describe('skeletonOf', () => {
  const text = `<!-- composure -->\n\n${box('list/a', false, md`Words`)}\n${box('list/b', true, md`More`)}`;

  test.each<[name: string, other: string, same: boolean]>([
    ['ticks are no difference', text.replace('[ ]', '[x]').replace('[x] More', '[ ] More'), true],
    ['nor are large ticks', text.replace('[x]', '[X]'), true],
    ['nor line ends', text.replaceAll('\n', '\r\n'), true],
    ['nor spaces at the end', `${text}  \n`, true],
    ['words are', text.replace('Words', 'Works'), false],
    ['what cannot be seen is', text.replace('Words', 'Wo\u200brds'), false],
    ['a nested box is', text.replace('- [x]', '  - [x]'), false],
    ['another item is', text.replace('list/b', 'list/c'), false],
    ['a line less is', text.split('\n').slice(0, -1).join('\n'), false],
  ])('%s', (_, other, same) => {
    expect(skeletonOf(other) === skeletonOf(text)).toBe(same);
  });
});
