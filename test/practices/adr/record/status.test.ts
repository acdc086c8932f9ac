import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { homeOf, homesFor, isRecordPath, nextNumber, numberOf } from '../../../../src/practices/adr/record/homes.ts';
import { parseRecord } from '../../../../src/practices/adr/record/parse.ts';
import { substanceOf } from '../../../../src/practices/adr/record/substance.ts';

describe('the status of a record', () => {
  test.each([
    [
      'Nygard',
      '# 1. T\n\nDate: 2026-01-01\n\n## Status\n\nAccepted\n\n## Context\n\nProposed long ago.\n',
      'accepted',
      5,
    ],
    ['Nygard, with a date in front', '## Status\n\n2026-01-01 Accepted\n', 'accepted', 1],
    [
      'Nygard, superseded below accepted (adr-tools)',
      '## Status\n\nAccepted\n\nSuperceded by [3. T](0003-t.md)\n',
      'superseded',
      1,
    ],
    ['Nygard, with a story below', '## Status\n\nAccepted\n\nProposed by Bob.\n', 'accepted', 1],
    ['Nygard, underlined', 'Status\n------\n\nAccepted\n', 'accepted', 1],
    ['numbered heading', '## 2. Status\nAccepted\n', 'accepted', 1],
    ['MADR 3, front matter', '---\nstatus: accepted\ndate: 2026-01-01\n---\n# T\n', 'accepted', 2],
    ['MADR 3, quoted', '---\nstatus: "accepted"\n---\n', 'accepted', 2],
    ['MADR 2, a list', '# T\n\n* Status: accepted\n* Deciders: a\n', 'accepted', 3],
    ['bold', '# T\n\n- **Status:** Accepted\n', 'accepted', 3],
    ['bold word, colon outside', '**Status**: Accepted\n', 'accepted', 1],
    ['another word for it', 'Status: Approved on 2026-01-01\n', 'accepted', 1],
    ['struck out', 'Status: ~~Proposed~~ Accepted\n', 'accepted', 1],
    ['superseded in front matter', '---\nstatus: superseded by ADR-0005\n---\n', 'superseded', 2],
    ['rejected', '## Status\nRejected\n', 'rejected', 1],
    ['not accepted', '## Status\nNot accepted\n', null, 1],
    ['to be accepted', 'Status: to be accepted\n', null, 1],
    ['a choice, as templates have it', 'Status: proposed | accepted | rejected\n', null, 1],
    ['a placeholder', '---\nstatus: "{proposed | accepted}"\n---\n', null, 2],
    ['an unknown word', '## Status\nWonderful\n', null, 1],
    ['in a comment only', '<!-- Status: accepted -->\n# T\n', null, null],
    ['in code only', '```\nStatus: accepted\n```\n', null, null],
    ['beyond its section', '## Status\n\n## Context\n\nAccepted\n', null, 1],
    ['none', '# T\n\nText.\n', null, null],
    ['empty', '', null, null],
  ])('%s', (_, text, status, line) => {
    expect(parseRecord(text)).toMatchObject({ status, statusLine: line });
    expect(parseRecord(text.replaceAll('\n', '\r\n'))).toMatchObject({ status, statusLine: line });
  });
});

describe('words of its own', () => {
  test.each([
    ['a sentence', 'We keep orders in one table.\n', 6],
    [
      'headings and metadata do not count',
      '# A long title of many words\n\nStatus: accepted by all of us\nDate: 2026-01-01\n\n## Context\n',
      0,
    ],
    ['nor do placeholders', '{describe the context here}\n[describe it]\n<what was decided>\nTODO write\n…\n', 0],
    ['links and pointed types do', 'See [the page](a.md) and List<Order>.\n', 7],
    [
      "nor do the questions of Nygard's template",
      "## Context\n\nWhat is the issue that we're seeing that is motivating this decision or change?\n",
      0,
    ],
  ])('%s', (_, text, words) => expect(substanceOf(text).words).toHaveLength(words));
});

test('words of a language without blanks are counted one by one', () => {
  expect(substanceOf('我们把订单保存在一个表中。').words.length).toBeGreaterThan(4);
});

test('hostile text neither throws nor hangs', () => {
  const piece = fc.oneof(
    fc.constantFrom('status', ':', '#', '|', '{', '}', '<!--', '-->', '```', '~~', '\n', ' ', '*', '---\n'),
    fc.string({ unit: 'binary', maxLength: 9 }),
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join('')),
      (text) => void parseRecord(text),
    ),
    { numRuns: 1_000 },
  );
  for (const text of ['{', '<!--', '~~', 'status', '*', '#', '`', 'status: ~~', ' \n', '\u202e']) {
    const started = performance.now();
    parseRecord(text.repeat(200_000));
    parseRecord(`Status: ${text.repeat(200_000)}`);
    expect(performance.now() - started).toBeLessThan(1_000);
  }
});

test.each([
  ['docs/adr/0001-a.md', true],
  ['docs/adr/a.markdown', true],
  ['docs/adr/2026/0001-a.md', true],
  ['docs/adr/README.md', false],
  ['docs/adr/index.md', false],
  ['docs/adr/template.md', false],
  ['docs/adr/0000-template.md', false],
  ['docs/adr/0001-a.png', false],
  ['docs/adr.md', false],
  ['docs/adr-old/0001-a.md', false],
  ['docs/decisions/0001-a.md', true],
  ['doc/adr/0001-a.md', true],
  ['adr/0001-a.md', true],
  ['packages/orders/docs/adr/0001-a.md', true],
  ['node_modules/x/docs/adr/0001-a.md', false],
  ['src/decisions/0001-a.md', false],
])('%s is a record: %s', (path, expected) => expect(isRecordPath(path, homesFor('docs/adr'))).toBe(expected));

test.each([
  ['docs/adr/0001-a.md', 'docs/adr'],
  ['docs/architecture/decisions/0001-a.md', 'docs/architecture/decisions'],
  ['packages/orders/docs/adr/0001-a.md', 'packages/orders/docs/adr'],
  ['src/a.ts', null],
])('the folder of %s is %s', (path, home) => expect(homeOf(path, homesFor('docs/adr'))).toBe(home));

test('a folder that is configured stands alone', () => {
  expect(isRecordPath('docs/adr/0001-a.md', homesFor('decisions'))).toBe(false);
  expect(isRecordPath('decisions/0001-a.md', homesFor('decisions'))).toBe(true);
});

test.each([
  ['docs/adr/0012-a.md', 12],
  ['docs/adr/12.md', 12],
  ['docs/adr/ADR-007-a.md', 7],
  ['docs/adr/adr_3_a.md', 3],
  ['docs/adr/2nd-thoughts.md', null],
  ['docs/adr/use-postgres.md', null],
])('the number of %s is %s', (path, number) => expect(numberOf(path)).toBe(number));

test.each([
  [[], '0001'],
  [['README.md'], '0001'],
  [['0001-a.md', '0012-b.md'], '0013'],
  [['001-a.md'], '002'],
  [['9-a.md'], '10'],
  [['adr-0004-a.md', 'img'], '0005'],
])('after %j comes %s', (names, number) => expect(nextNumber(names)).toBe(number));
