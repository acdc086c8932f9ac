import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { readBoxes } from '../../src/render/boxes.ts';
import { renderComment, renderResolved } from '../../src/render/comment.ts';
import { bytesOf, LIMITS } from '../../src/render/fit.ts';
import { readRecord, writeRecord } from '../../src/render/record.ts';
import { layoutOf, markersIn, surprisesIn } from './github-flavour.ts';
import { HOSTILE, hostileText } from './hostile.ts';
import {
  ADR,
  attested,
  CHECKLISTS,
  DEPENDENCIES,
  finding,
  item,
  PULL_REQUEST,
  practice,
  pullRequestSaying,
  review,
  reviewSaying,
  SIZE,
} from './sample.ts';

const AT = { scope: 'acme/widgets#7', comment: 31, first: false };
const record = writeRecord(
  {
    ...{ scope: AT.scope, comment: AT.comment, seen: null, head: 'f'.repeat(40) },
    ...{ items: { 'list/c': { content: 'c', tick: null, undone: null } }, waivers: [], handled: {}, refusals: [] },
  },
  ['key'],
);

const waiver = { by: 'carol', at: '2026-11-20T08:00:00Z', reason: 'An outage; see the incident.', until: null };
const unread = practice('size', 'Size', {
  outcome: 'undetermined',
  missing: [{ what: 'the patch of src/a.ts', cause: 'GitHub left it out' }],
});

describe('renderComment', () => {
  it('shows at one glance who acts next, then what to do', () => {
    const body = renderComment({
      review: review('failure', [SIZE, CHECKLISTS, ADR, DEPENDENCIES]),
      pullRequest: PULL_REQUEST,
    });
    expect(body).toMatchInlineSnapshot(`
      "<!-- composure -->

      **The merge waits for its author:** Size and Dependencies. Then for a reviewer: 3 questions.

      **Size** · Reading this change takes an effort of 912 lines; the limit is 400. The longer a change, the fewer of its defects a reviewer finds. Most of it is in \`src/import/csv.ts\` (412), \`src/import/map.ts\` (231). The author can split it into pull requests that each stand on their own.

      <details><summary>Files by effort (10 of 14)</summary>

      | File | Kind | Lines | Effort |
      | --- | --- | ---: | ---: |
      | \`src/import/csv.ts\` | source | 412 | 412 |
      | \`src/import/map.ts\` | source | 248 | 231 |
      | \`src/import/rows.ts\` | source | 121 | 118 |
      | \`test/import/csv.test.ts\` | tests | 180 | 90 |
      | \`src/import/part-0.ts\` | source | 6 | 6 |
      | \`src/import/part-1.ts\` | source | 6 | 6 |
      | \`src/import/part-2.ts\` | source | 6 | 6 |
      | \`src/import/part-3.ts\` | source | 6 | 6 |
      | \`src/import/part-4.ts\` | source | 6 | 6 |
      | \`src/import/part-5.ts\` | source | 6 | 6 |

      … and 4 more

      </details>

      **Dependencies** · \`package.json:3\` · There is no package \`csv-stream-parse\` in its registry: asked twice, answered 404 twice. Whoever registers the name first would run code in this project. The author can name the package that was meant, or remove the line.

      **Checklists** · 3 of 5 items wait for a reviewer who did not write the change.

      *Every change*

      - [ ] The types of all data that comes in are verified. <!-- composure:item every-change/data-types -->

      *Concurrency*

      - [ ] Two of these running at once do no harm. <!-- composure:item concurrency/races -->
      - [ ] No query runs inside a loop.<br>↻ The tick by alice does not count: the author of a pull request cannot vouch for it. <!-- composure:item concurrency/queries -->

      <sub>Whoever has write access here and wrote none of the change can tick. By comment or review: \`/composure attest data-types what you looked at\`.</sub>

      <details><summary>✓ 2 of 5 questions answered</summary>

      - [x] There are tests that would fail without this change.<br>✓ \`@bob\`, 2026-11-20 09:30 UTC, at \`abc1234\` <!-- composure:item every-change/tests -->
      - [x] The documentation says what is now true.<br>✓ \`@bob\`, 2026-11-20 09:30 UTC, at \`abc1234\` <!-- composure:item every-change/documentation -->

      </details>"
    `);
  });

  it('asks a reviewer', () => {
    const body = renderComment({
      review: review('action_required', [CHECKLISTS, ADR]),
      pullRequest: PULL_REQUEST,
      record,
    });
    expect(body).toMatchInlineSnapshot(`
      "<!-- composure -->

      **The merge waits for a reviewer:** 3 questions.

      **Checklists** · 3 of 5 items wait for a reviewer who did not write the change.

      *Every change*

      - [ ] The types of all data that comes in are verified. <!-- composure:item every-change/data-types -->

      *Concurrency*

      - [ ] Two of these running at once do no harm. <!-- composure:item concurrency/races -->
      - [ ] No query runs inside a loop.<br>↻ The tick by alice does not count: the author of a pull request cannot vouch for it. <!-- composure:item concurrency/queries -->

      <sub>Whoever has write access here and wrote none of the change can tick. By comment or review: \`/composure attest data-types what you looked at\`.</sub>

      <details><summary>✓ 2 of 5 questions answered</summary>

      - [x] There are tests that would fail without this change.<br>✓ \`@bob\`, 2026-11-20 09:30 UTC, at \`abc1234\` <!-- composure:item every-change/tests -->
      - [x] The documentation says what is now true.<br>✓ \`@bob\`, 2026-11-20 09:30 UTC, at \`abc1234\` <!-- composure:item every-change/documentation -->

      </details>

      <!-- composure:record v2 jYxBCsIwEEXv8t0OFHEhzFXERZhMbTCZSCe1i5K7Fyvufav/+PA2uNSXghGk6LCm+NDmpysIUktRa+DLmeCqBrYlZ8KkIYIx/gkIqWlx8IacvA3yWVKtHXUICC3J85dfLFbTr/VOWEN66+zg250wBYtZI3jrhFnHxUM+rr4D VPPx2Ag/qYmzwaCx6su/b5bgZC0hcVytxrhPvtFsLEw= -->"
    `);
  });

  test.each([
    ['all is well', review('success', [ADR])],
    ['nothing applies', review('neutral', [practice('size', 'Size', { outcome: 'skipped' })])],
    ['only the machine has to read again', review('action_required', [unread])],
    [
      'what is wrong may not block',
      review('success', [
        { ...SIZE, mode: 'warn' },
        { ...CHECKLISTS, mode: 'warn' },
      ]),
    ],
    ['what is wrong was waived', review('success', [{ ...SIZE, waiver }])],
    [
      'the configuration is broken, which is not the author of this change to mend',
      {
        ...review('failure', []),
        problems: [{ message: 'x', path: 'y', line: 1, column: 1, source: 'repository' as const }],
      },
    ],
  ])('says nothing where %s', (_, quiet) => {
    expect(renderComment({ review: quiet, pullRequest: PULL_REQUEST })).toBeNull();
  });

  it('asks for ticks even while other facts are missing', () => {
    const half = { ...CHECKLISTS, outcome: 'undetermined' as const, missing: unread.missing };
    const body = renderComment({ review: review('action_required', [half]), pullRequest: PULL_REQUEST });
    expect(body).toContain(
      '**The merge waits for a reviewer:** 3 questions. Not known yet: Checklists; Composure reads again by itself.',
    );
  });

  it('tells an author what their own edit of the configuration gets wrong', () => {
    const broken = {
      ...review('failure', [ADR]),
      proposed: [
        {
          message: 'Unknown key "sise".',
          path: '.github/composure.yml',
          line: 3,
          column: 1,
          source: 'repository' as const,
        },
      ],
    };
    const body = renderComment({ review: broken, pullRequest: PULL_REQUEST });
    expect(body).toContain('**The merge waits for its author:** Configuration.');
    expect(body).toContain('- `.github/composure.yml:3` · Unknown key "sise".');
  });

  it('says what was waived, by whom and why, beside what still blocks', () => {
    const body = renderComment({
      review: review('failure', [{ ...SIZE, waiver }, DEPENDENCIES]),
      pullRequest: PULL_REQUEST,
    });
    expect(body).toContain('- **Size** · Waived by `@carol`, 2026-11-20 08:00 UTC: An outage; see the incident.');
  });

  it('renders the same state to the same bytes', () => {
    const input = { review: review('failure', [SIZE, CHECKLISTS]), pullRequest: PULL_REQUEST, record };
    const later = { ...PULL_REQUEST, evaluatedAt: '2027-05-01T00:00:00Z' };
    expect(renderComment(input)).toBe(renderComment(structuredClone({ ...input, pullRequest: later })));
  });

  it('carries boxes and record so that they can be read back', () => {
    const body =
      renderComment({ review: review('action_required', [CHECKLISTS]), pullRequest: PULL_REQUEST, record }) ?? '';
    expect(body.startsWith('<!-- composure -->\n')).toBe(true);
    expect(readRecord(body, AT, ['key'])).toMatchObject({ ok: true });
    expect(Object.fromEntries(readBoxes(body))).toEqual({
      'every-change/tests': true,
      'every-change/documentation': true,
      'every-change/data-types': false,
      'concurrency/races': false,
      'concurrency/queries': false,
    });
  });
});

describe('the boxes', () => {
  const bodyOf = (...items: ReturnType<typeof item>[]) =>
    renderComment({
      review: review('action_required', [practice('checklists', 'Checklists', { outcome: 'waiting', items })]),
      pullRequest: PULL_REQUEST,
    }) ?? '';

  it('say what is optional, and the merge is not said to wait for it', () => {
    const body = bodyOf(item('a/one', 'One question.'), item('a/two', 'Another.', { optional: true }));
    expect(body).toContain('waits for a reviewer:** 1 question.');
    expect(body).toContain('- [ ] Another. *(optional)* <!-- composure:item a/two -->');
    expect(body).toMatch(/- \[ \] One question\. <!--/);
  });

  it('say who else may answer, and where an answer needs words', () => {
    const named = { list: 'Security', alsoBy: ['@acme/security', 'the code owners'] };
    const body = bodyOf(
      item('a/one', 'One question.', named),
      item('b/one', 'Another.', { list: 'Data', needsEvidence: true }),
    );
    expect(body).toContain('*Security* · also `@acme/security` and the code owners, by command');
    expect(body).toContain('*Data* · by command, with a word on what was looked at');
  });

  it('show what does not apply, by whom and why', () => {
    const body = bodyOf(item('a/one', 'One question.'), attested('a/two', 'Another.', { notApplicable: 'No state.' }));
    expect(body).toContain('Another.<br>✓ `@bob`, 2026-11-20 09:30 UTC, at `abc1234`, n/a: No state. <!--');
  });
});

describe('renderResolved', () => {
  const answered = practice('checklists', 'Checklists', {
    items: [attested('list/a', 'One question.'), attested('list/c', 'Another.')],
  });

  it('is a quiet line that keeps ticks and record', () => {
    const body = renderResolved({ review: review('success', [SIZE, answered].slice(1)), pullRequest: PULL_REQUEST });
    expect(body).toMatchInlineSnapshot(`
      "<!-- composure -->

      Nothing is needed here: what kept this pull request from being merged is resolved.

      <details><summary>✓ 2 of 2 questions answered</summary>

      - [x] One question.<br>✓ \`@bob\`, 2026-11-20 09:30 UTC, at \`abc1234\` <!-- composure:item list/a -->
      - [x] Another.<br>✓ \`@bob\`, 2026-11-20 09:30 UTC, at \`abc1234\` <!-- composure:item list/c -->

      </details>"
    `);
    expect([...readBoxes(body ?? '').values()]).toEqual([true, true]);
  });

  it('keeps the boxes that are open and no longer asked for', () => {
    const body = renderResolved({
      review: review('success', [{ ...CHECKLISTS, waiver }]),
      pullRequest: PULL_REQUEST,
      record,
    });
    expect(body).toContain('✓ 2 of 5 questions answered, 3 open');
    expect(body).toContain('Waived by `@carol`');
    expect(readBoxes(body ?? '').size).toBe(5);
    expect(readRecord(body ?? '', AT, ['key'])).toMatchObject({ ok: true });
  });

  it('does not claim that all is well while facts are missing', () => {
    const body = renderResolved({ review: review('action_required', [unread]), pullRequest: PULL_REQUEST });
    expect(body).toContain('**The merge waits for what could not be read:** Size.');
  });

  it('leaves the comment alone where nothing was judged', () => {
    const problems = [{ message: 'x', path: 'y', line: 1, column: 1, source: 'repository' as const }];
    const broken = { ...review('failure', []), problems };
    expect(renderResolved({ review: broken, pullRequest: PULL_REQUEST })).toBeNull();
  });
});

describe.each([
  ['renderComment', renderComment],
  ['renderResolved', renderResolved],
])('hostile text in %s', (_, render) => {
  const rendered = (text: string) =>
    render({ review: reviewSaying(text), pullRequest: pullRequestSaying(text), record }) ?? '';
  const harmless = rendered('harmless');
  const markers = markersIn(harmless);

  function expectUnmoved(text: string): void {
    const body = rendered(text);
    expect(layoutOf(body)).toEqual(layoutOf(harmless));
    expect(surprisesIn(body)).toEqual([]);
    expect(markersIn(body)).toEqual(markers);
    expect([...readBoxes(body)]).toEqual([...readBoxes(harmless)]);
    expect(readRecord(body, AT, ['key'])).toEqual(readRecord(harmless, AT, ['key']));
    expect(bytesOf(body)).toBeLessThanOrEqual(LIMITS.commentBytes);
  }

  it('is looked at with open eyes', () => {
    expect(markers.filter((marker) => marker === '<!-- composure -->')).toHaveLength(1);
    expect(readBoxes(harmless).size).toBe(3);
    expect(surprisesIn('@everyone <b>x</b> [a](https://b.example) #12')).not.toEqual([]);
  });

  test.each(HOSTILE.filter(([, text]) => text.trim() !== ''))('%s changes nothing', (_, text) => {
    expectUnmoved(text);
  });

  it('changes nothing, whatever it is', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        fc.pre(text.trim() !== '');
        expectUnmoved(text);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a comment too long for GitHub', () => {
  const long = '@everyone | `x` '.repeat(200);
  const many = <Part>(amount: number, make: (index: number) => Part) =>
    Array.from({ length: amount }, (_, index) => make(index));
  const practices = many(40, (index) =>
    practice(`p${index}`, `Practice ${index}`, {
      outcome: 'violation',
      summary: long,
      findings: many(60, () => finding({ message: long, path: long, line: 4 })),
      details: {
        title: 'Figures',
        columns: [{ title: 'File', kind: 'code' }],
        rows: many(500, () => [long]),
      },
    }),
  );
  const items = many(100, (index) => item(`list/${index}`, long, { list: `List ${index % 5}` }));
  const body =
    renderComment({
      review: review('failure', [...practices, practice('checklists', 'Checklists', { outcome: 'waiting', items })]),
      pullRequest: PULL_REQUEST,
      record,
    }) ?? '';

  it('keeps within the limit, whole, with every box and the record', () => {
    expect(bytesOf(body)).toBeLessThanOrEqual(LIMITS.commentBytes);
    expect(surprisesIn(body)).toEqual([]);
    expect(readBoxes(body).size).toBe(100);
    expect(readRecord(body, AT, ['key'])).toMatchObject({ ok: true });
    expect(body.split('<details>').length).toBe(body.split('</details>').length);
  });

  it('says what it left out', () => {
    expect(body).toContain("Left out to stay within GitHub's limit: the figures of Practice 0");
    expect(body).toMatch(/- … and \d+ more; the check has them all\./);
  });
});
