import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkRecord, type RecordRules } from '../../../../src/practices/adr/record/check-record.ts';
import { checkLog, writeIndex } from '../../../../src/practices/adr/record/log-checks.ts';
import { parseRecord } from '../../../../src/practices/adr/record/parse.ts';
import { findRewriting } from '../../../../src/practices/adr/record/rewritten.ts';
import { layoutOf, writeSkeleton } from '../../../../src/practices/adr/record/skeleton.ts';

const RULES: RecordRules = { require: ['context', 'decision', 'alternatives', 'consequences'], minWords: 8 };

const CONTEXT = 'Orders are read by every report, and each report joins them with customers and invoices.';
const DECISION = 'We will keep all orders in one PostgreSQL table, partitioned by the month they were placed in.';
const OPTIONS = 'A document store would make reports copy data; an event log needs people whom we do not have.';
const RESULTS = 'Reports stay simple. The table has to be watched, and split once a month passes ten million rows.';

/** Nygard's layout, with alternatives; parts may be exchanged. */
function nygard(
  parts: Partial<
    Record<'title' | 'status' | 'context' | 'decision' | 'alternatives' | 'consequences' | 'head', string | null>
  > = {},
): string {
  const { title = '# 12. Keep orders in PostgreSQL', head = 'Date: 2026-11-20', status = 'Accepted' } = parts;
  const section = (heading: string, text: string | null | undefined, fallback: string) =>
    text === null ? [] : [`## ${heading}`, text ?? fallback];
  return [
    ...(title === null ? [] : [title]),
    ...(head === null ? [] : [head]),
    ...section('Status', status, ''),
    ...section('Context', parts.context, CONTEXT),
    ...section('Decision', parts.decision, DECISION),
    ...section('Alternatives considered', parts.alternatives, OPTIONS),
    ...section('Consequences', parts.consequences, RESULTS),
    '',
  ].join('\n\n');
}

const MADR_2 = `# Keep orders in PostgreSQL

* Status: accepted
* Deciders: Ada, Grace
* Date: 2026-11-20

## Context and Problem Statement

${CONTEXT}

## Decision Drivers

* few people

## Considered Options

* PostgreSQL, partitioned by month
* a document store
* an event log

## Decision Outcome

Chosen option: "PostgreSQL", because every report joins orders with something else.

### Positive Consequences

* ${RESULTS}
`;

const MADR_4 = `---
status: accepted
date: 2026-11-20
decision-makers: [Ada, Grace]
---

# Keep orders in PostgreSQL

## Context and Problem Statement

${CONTEXT}

## Considered Options

* PostgreSQL, partitioned by month
* a document store
* an event log

## Decision Outcome

Chosen option: "PostgreSQL", because every report joins orders with something else.

### Consequences

* Good, because ${RESULTS}

### Confirmation

A test counts the queries of each report.

## Pros and Cons of the Options

### A document store

${OPTIONS}
`;

const MADR_3 = MADR_4.replace('decision-makers: [Ada, Grace]', 'deciders: Ada, Grace');

const STRUCTURED = `---
title: "Keep orders in PostgreSQL"
description: "Where orders live"
type: adr
category: data
status: accepted
created: 2026-11-20
author: Ada
---

# ADR-0012: Keep orders in PostgreSQL

## Status

Accepted

## Context

### Background and Problem Statement

${CONTEXT}

## Decision Drivers

### Primary Decision Drivers

1. Few people

## Considered Options

### Option 1: PostgreSQL

One table, partitioned by month, joined by every report.

### Option 2: A document store

Reports would copy data.

## Decision

${DECISION}

## Consequences

### Positive

1. ${RESULTS}
`;

const MADR_4_TEMPLATE = `---
status: "{proposed | rejected | accepted | deprecated | … | superseded by ADR-0123}"
date: {YYYY-MM-DD when the decision was last updated}
decision-makers: {list everyone involved in the decision}
---

# {short title, representative of solved problem and found solution}

## Context and Problem Statement

{Describe the context and problem statement, e.g., in free form using two to three sentences or in the form of an illustrative story. You may want to articulate the problem in form of a question and add links to collaboration boards or issue management systems.}

## Considered Options

* {title of option 1}
* {title of option 2}

## Decision Outcome

Chosen option: "{title of option 1}", because {justification. e.g., only option, which meets k.o. criterion decision driver}.

### Consequences

* Good, because {positive consequence, e.g., improvement of one or more desired qualities, …}
`;

const NYGARD_TEMPLATE = `# 3. Title

Date: 2026-11-20

## Status

What is the status, such as proposed, accepted, rejected, deprecated, superseded, etc.?

## Context

What is the issue that we're seeing that is motivating this decision or change?

## Decision

What is the change that we're proposing and/or doing?

## Consequences

What becomes easier or more difficult to do because of this change?
`;

const INCOMPLETE = 'record-incomplete';
const TEMPLATE = 'record-untouched-template';
const STATUS = 'record-status-unknown';

describe('forty records', () => {
  test.each<[string, string, string[], Partial<RecordRules>?]>([
    // Good, in every layout.
    ['Nygard', nygard(), []],
    ['Nygard, proposed', nygard({ status: 'Proposed' }), []],
    ['Nygard, superseded', nygard({ status: 'Superseded by [13](0013-b.md)' }), []],
    ['Nygard, without a date', nygard({ head: null }), []],
    ['Nygard, with Windows line ends', nygard().replaceAll('\n', '\r\n'), []],
    [
      'Nygard, underlined headings',
      nygard().replace(/^## (.*)$/gm, (_, heading: string) => `${heading}\n${'-'.repeat(heading.length)}`),
      [],
    ],
    [
      'Nygard, numbered headings',
      nygard().replace('## Context', '## 1. Context').replace('## Decision', '## 2. Decision'),
      [],
    ],
    ['Nygard, the title in another form', nygard({ title: '# ADR 0012: Keep orders in PostgreSQL' }), []],
    ['MADR 2', MADR_2, []],
    ['MADR 3, front matter with other names', MADR_3, []],
    ['MADR 4', MADR_4, []],
    ['Structured MADR', STRUCTURED, []],
    ['a date as others write it', nygard({ head: 'Date: 20/11/2026' }), []],
    ['who decided, where that is asked for', MADR_2, [], { require: ['decision', 'deciders', 'date'] }],
    [
      'no alternatives, where none are asked for',
      nygard({ alternatives: null }),
      [],
      { require: ['context', 'decision', 'consequences'] },
    ],
    [
      'other words for the same',
      nygard()
        .replace('## Context', '## Problem')
        .replace('## Consequences', '## Implications')
        .replace('## Alternatives considered', '## Options considered'),
      [],
    ],
    ['a section in parts', nygard({ context: `### Now\n\n${CONTEXT}\n\n### Soon\n\nMore of it.` }), []],
    ['code beside words', nygard({ decision: `${DECISION}\n\n\`\`\`sql\nCREATE TABLE orders ();\n\`\`\`` }), []],
    [
      'another language',
      nygard({ context: 'Aufträge werden von jedem Bericht gelesen, und jeder Bericht verbindet sie mit Kunden.' }),
      [],
    ],
    ['a language without blanks', nygard({ context: '每个报表都读取订单，并且把它们和客户以及发票联系在一起。' }), []],
    // Bad.
    ['MADR 2, without options', MADR_2.replace(/## Considered Options[^#]*/, ''), [INCOMPLETE]],
    ['MADR 3, without an outcome', MADR_3.replace(/## Decision Outcome[^#]*/, ''), [INCOMPLETE]],
    ['MADR 4, with a status of its own', MADR_4.replace('status: accepted', 'status: wonderful'), [STATUS]],
    ['MADR 4, without a problem', MADR_4.replace(CONTEXT, ''), [INCOMPLETE]],
    ['Structured MADR, without consequences', STRUCTURED.replace(RESULTS, ''), [INCOMPLETE]],
    ['empty', '', [INCOMPLETE, STATUS, INCOMPLETE, INCOMPLETE, INCOMPLETE, INCOMPLETE]],
    ['no title', nygard({ title: null }), [INCOMPLETE]],
    ["the template's title", nygard({ title: '# 12. Title' }), [TEMPLATE]],
    ['no status', nygard({ status: null }), [STATUS]],
    ['a status of its own', nygard({ status: 'Wonderful' }), [STATUS]],
    ['a choice of statuses', nygard({ status: 'Proposed | Accepted' }), [STATUS]],
    ['no context', nygard({ context: null }), [INCOMPLETE]],
    ['no decision', nygard({ decision: null }), [INCOMPLETE]],
    ['no alternatives', nygard({ alternatives: null }), [INCOMPLETE]],
    ['no consequences', nygard({ consequences: null }), [INCOMPLETE]],
    ['a heading and nothing below', nygard({ context: '' }), [INCOMPLETE]],
    ['a comment below', nygard({ context: `<!-- ${CONTEXT} -->` }), [INCOMPLETE]],
    ['code alone', nygard({ decision: '```\nwe will keep all orders in one table for ever\n```' }), [INCOMPLETE]],
    ['three words', nygard({ decision: 'We use PostgreSQL.' }), [INCOMPLETE]],
    ['the title again', nygard({ decision: 'Keep orders in PostgreSQL. Keep orders in PostgreSQL.' }), [INCOMPLETE]],
    [
      'a placeholder',
      nygard({ consequences: '{What becomes easier, what becomes harder, what has to be watched?}' }),
      [TEMPLATE],
    ],
    ['a to-do', nygard({ consequences: 'TODO: write down what becomes easier and what becomes harder' }), [TEMPLATE]],
    ['a day that is none', nygard({ head: 'Date: 2026-13-45' }), [INCOMPLETE]],
    ["Nygard's template as it came", NYGARD_TEMPLATE, [TEMPLATE, INCOMPLETE, STATUS, TEMPLATE, TEMPLATE, TEMPLATE]],
    [
      "MADR's template as it came",
      MADR_4_TEMPLATE,
      [TEMPLATE, STATUS, INCOMPLETE, TEMPLATE, TEMPLATE, TEMPLATE, TEMPLATE],
    ],
    ['nobody who decided, where that is asked for', nygard(), [INCOMPLETE], { require: ['deciders'] }],
    ['no date, where it is asked for', nygard({ head: null }), [INCOMPLETE], { require: ['date'] }],
  ])('%s', (_, text, codes, rules = {}) => {
    const flaws = checkRecord(parseRecord(text), { ...RULES, ...rules });
    expect(flaws.map(({ code }) => code).toSorted()).toEqual(codes.toSorted());
    for (const { line, example } of flaws) {
      expect(line).toBeGreaterThan(0);
      expect(line).toBeLessThanOrEqual(text.split('\n').length);
      expect(example).not.toBe('');
    }
  });
});

test.each([
  ['Affects: **', ['**']],
  ['Affects: src/my_mod/**, src/*/send.ts', ['src/my_mod/**', 'src/*/send.ts']],
  ['**Affects:** `src/{a,b}/**`', ['src/{a,b}/**']],
  ['- __Affects__: **/a.ts', ['**/a.ts']],
])('%j keeps the stars and underscores of its globs', (head, affects) =>
  expect(parseRecord(nygard({ head })).affects).toEqual(affects));

test('a flaw names the line of its heading', () => {
  const text = nygard({ decision: 'We use PostgreSQL.' });
  const [flaw] = checkRecord(parseRecord(text), RULES);
  expect(text.split('\n')[(flaw?.line ?? 0) - 1]).toBe('## Decision');
  expect(flaw?.cause).toBe('has 3 words under "Decision", and 8 are the least');
});

test.each(['nygard', 'madr'] as const)('the skeleton of %s is nobody’s words', (layout) => {
  const text = writeSkeleton({
    title: 'Keep orders',
    number: '0012',
    date: '2026-11-20',
    layout,
    reasons: ['a --> b', 'migrations/1.sql: the database schema'],
  });
  const flaws = checkRecord(parseRecord(text), RULES);
  expect(new Set(flaws.map(({ code }) => code))).toEqual(new Set([TEMPLATE]));
  expect(flaws).toHaveLength(4);
  expect(parseRecord(text)).toMatchObject({ status: 'proposed' });
  expect(text.match(/-->/g)).toHaveLength(1);
  expect(layoutOf([text])).toBe(layout);
});

describe('an accepted record', () => {
  const before = nygard();
  test.each<[string, string, string[]]>([
    ['may stay as it is', before, []],
    ['may be wrapped otherwise', before.replace(', and each', ',\nand each'), []],
    ['may be superseded', nygard({ status: 'Superseded by [13](0013-b.md)' }), []],
    ['may get links', `${before}\n## Links\n\n- Superseded by [13](0013-b.md)\n`, []],
    ['may get a dated amendment', `${before}\n## Amendment 2026-12-01\n\nArchived orders move.\n`, []],
    ['may get an update with its date below', `${before}\n## Update\n\n2026-12-01: archived orders move.\n`, []],
    ['must not get an amendment without a date', `${before}\n## Amendment\n\nArchived orders move.\n`, ['Amendment']],
    ['must not decide otherwise', before.replace('one PostgreSQL table', 'two PostgreSQL tables'), ['Decision']],
    ['must not lose a section', nygard({ consequences: null }), ['Consequences']],
    ['must not get another title', nygard({ title: '# 12. Keep orders in DynamoDB' }), ['the title']],
    ['must not get a section of another kind', `${before}\n## Costs\n\nMore than we thought.\n`, ['Costs']],
  ])('%s', (_, after, headings) =>
    expect(findRewriting(before, after).map(({ heading }) => heading)).toEqual(headings));
});

describe('the decision log', () => {
  const file = (name: string, text: string) => ({ path: `docs/adr/${name}`, text });

  test('of this repository passes its own gate', () => {
    const home = new URL('../../../../docs/adr/', import.meta.url);
    const files = readdirSync(home)
      .filter((name) => /^\d.*\.md$/.test(name))
      .map((name) => file(name, readFileSync(new URL(name, home), 'utf8')));
    expect(files.length).toBeGreaterThan(7);
    expect(checkLog(files, RULES)).toEqual([]);
  });

  test('has numbers and links checked both ways', () => {
    const files = [
      file('0001-a.md', nygard()),
      file('0001-b.md', nygard({ status: 'Superseded by ADR-7' })),
      file('0002-c.md', nygard({ status: 'Accepted\n\nSupersedes [1](0001-a.md)' })),
    ];
    expect(checkLog(files, RULES).map(({ path, code }) => [path, code])).toEqual([
      ['docs/adr/0001-b.md', 'record-number-taken'],
      ['docs/adr/0001-b.md', 'record-link-broken'],
      ['docs/adr/0002-c.md', 'record-link-broken'],
    ]);
  });

  test.each([
    ['Supersedes ADR-0012', [12]],
    ['Supersedes: 12, ADR 13 and [14]', [12, 13, 14]],
    ['Superseded by [13](0013-b.md)', [13]],
    ['**Supersedes**: ADR 0053 §7 of the detection', []],
    ['Supersedes the note of issue #4145 (lines 51–54)', []],
    ['Superseded by ADR 7 on 2026-11-20', [7]],
  ])('reads %j as %j', (text, numbers) => {
    const { links } = parseRecord(nygard({ status: `Accepted\n\n${text}` }));
    expect(links.map(({ number }) => number)).toEqual(numbers);
  });

  test('has an index with a graph of what superseded what, and what people wrote around it stays', () => {
    const files = [
      file('0001-a.md', nygard({ status: 'Superseded by [2](0002-b.md)', title: '# 1. Old | "way" <b>' })),
      file('0002-b.md', nygard({ status: 'Accepted\n\nSupersedes [1](0001-a.md)', title: '# 2. New way' })),
    ];
    const first = writeIndex(files, '# Ours\n\nRead them.\n');
    expect(first).toContain('# Ours\n\nRead them.');
    expect(first).toContain('| 1 | [Old \\| "way" \\<b\\>](0001-a.md) | superseded | 2026-11-20 |');
    expect(first).toContain('  r_0001_a --> r_0002_b\n');
    expect(first).toContain('  r_0001_a["Old | way b"]');
    expect(writeIndex(files, first)).toBe(first);
    expect(writeIndex(files.slice(1), `${first}\nThe end.\n`)).toMatch(/Read them\.[\s\S]*The end\.\n$/);
  });
});

test('hostile text neither throws nor hangs', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '---\n',
      'affects: [',
      'supersedes',
      '# ',
      '## Context\n',
      'Date: ',
      '{',
      '}',
      '[',
      '](',
      '<',
      '\n',
      '`',
      '&a *a',
      '!!js ',
    ),
    fc.string({ unit: 'binary', maxLength: 9 }),
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 50 }).map((pieces) => pieces.join('')),
      (text) => {
        const record = parseRecord(text);
        checkRecord(record, RULES);
        findRewriting(text, `${text}x`);
        checkLog([{ path: 'docs/adr/0001-a.md', text }], RULES);
      },
    ),
    { numRuns: 300 },
  );
  for (const text of [
    '[',
    '<',
    '{',
    'TODO ',
    'supersedes 1 ',
    '# a\n',
    '(1-a.md ',
    '- good, because\n',
    '## Context\n',
  ]) {
    const started = performance.now();
    const long = text.repeat(100_000);
    checkLog(
      [
        { path: 'docs/adr/0001-a.md', text: long },
        { path: 'docs/adr/0002-a.md', text: `# T\n\n## Context\n\n${long}` },
      ],
      RULES,
    );
    expect(performance.now() - started).toBeLessThan(2_000);
  }
});
