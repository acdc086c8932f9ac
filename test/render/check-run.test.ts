import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Review } from '../../src/model/review.ts';
import { renderCheck, renderGroupCheck, renderInProgress, renderSharedCheck } from '../../src/render/check-run.ts';
import { bytesOf, LIMITS } from '../../src/render/fit.ts';
import { addedLines, changedFile, pullRequest } from '../support/pull-request.ts';
import { layoutOf, markersIn, surprisesIn } from './github-flavour.ts';
import { HOSTILE, hostileText } from './hostile.ts';
import {
  ADR,
  CHECKLISTS,
  DEPENDENCIES,
  finding,
  PULL_REQUEST,
  practice,
  pullRequestSaying,
  review,
  reviewSaying,
  SIZE,
} from './sample.ts';

const check = (review: Review) => renderCheck({ review, pullRequest: PULL_REQUEST });
const unread = practice('size', 'Size', {
  outcome: 'undetermined',
  summary: 'Not all of it could be read.',
  missing: [{ what: 'the patch of src/a.ts', cause: 'GitHub left it out' }],
});
const waiver = { by: 'carol', at: '2026-11-20T08:00:00Z', reason: 'An outage.', until: '2026-12-01T00:00:00Z' };
const problem = {
  message: 'Unknown key "sise".',
  path: 'package.json',
  line: 3,
  column: 5,
  source: 'repository' as const,
};

describe('the title', () => {
  test.each<[title: string, review: Review]>([
    ['2 things for the author: size, dependencies', review('failure', [SIZE, DEPENDENCIES])],
    ['1 thing for the author: size; 3 questions for a reviewer: checklists', review('failure', [SIZE, CHECKLISTS])],
    ['3 questions for a reviewer: checklists', review('action_required', [CHECKLISTS, ADR])],
    ['1 thing for a reviewer: size', review('action_required', [practice('size', 'Size', { outcome: 'waiting' })])],
    ['Not all could be read, trying again: size', review('action_required', [unread])],
    ['Nothing to do: adr', review('success', [ADR, practice('size', 'Size', { outcome: 'skipped' })])],
    ['Nothing blocks; with warnings: size', review('success', [{ ...SIZE, mode: 'warn' }, ADR])],
    ['Nothing blocks; waived: size', review('success', [{ ...SIZE, waiver }, ADR])],
    ['No practice applies to this change', review('neutral', [practice('size', 'Size', { outcome: 'skipped' })])],
    ['1 mistake in the configuration: package.json, line 3', { ...review('failure', []), problems: [problem] }],
    ['1 thing for the author: configuration', { ...review('failure', [ADR]), proposed: [problem] }],
    [
      'Not all could be read, trying again: configuration',
      { ...review('action_required', [ADR]), missing: unread.missing },
    ],
  ])('%s', (title, review) => {
    expect(check(review).title).toBe(title);
  });
});

describe('renderCheck', () => {
  it('has an overview, and a section for each practice, what blocks first', () => {
    const { conclusion, summary, text } = check(
      review('failure', [
        ADR,
        CHECKLISTS,
        unread,
        { ...SIZE, id: 'other', title: 'Other', mode: 'warn' },
        DEPENDENCIES,
      ]),
    );
    expect(conclusion).toBe('failure');
    expect(summary).toMatchInlineSnapshot(`
      "**The merge waits for its author:** Dependencies. Then for a reviewer: 3 questions. Not known yet: Size; Composure reads again by itself.

      | Practice | Outcome | |
      | --- | --- | --- |
      | Decision records | pass | Nothing here calls for a record. |
      | Checklists | reviewer needed (3 open) | 3 of 5 items wait for a reviewer who did not write the change. |
      | Size | not known yet | Not all of it could be read. |
      | Other | would block: change needed | An effort of 912 of at most 400 lines, in 14 of at most 25 files. |
      | Dependencies | change needed | 1 of 2 new packages does not exist. |"
    `);
    expect(text).toMatchInlineSnapshot(`
      "## Checklists: reviewer needed (3 open)

      3 of 5 items wait for a reviewer who did not write the change.

      - There are tests that would fail without this change. — ✓ \`@bob\`, 2026-11-20 09:30 UTC, at \`abc1234\`
      - The documentation says what is now true. — ✓ \`@bob\`, 2026-11-20 09:30 UTC, at \`abc1234\`
      - The types of all data that comes in are verified. — open
      - Two of these running at once do no harm. — open
      - No query runs inside a loop. — open: The tick by alice does not count: the author of a pull request cannot vouch for it.

      ## Size: not known yet

      Not all of it could be read.

      - Could not read the patch of \`src/a.ts\`: GitHub left it out.

      Composure reads this again by itself: when the source said so, at the latest after 1, 5 and 30 minutes and then every hour while this pull request is open. Nobody has to act for it.

      ## Dependencies: change needed

      1 of 2 new packages does not exist.

      - \`package.json:3\` · There is no package \`csv-stream-parse\` in its registry: asked twice, answered 404 twice. Whoever registers the name first would run code in this project. The author can name the package that was meant, or remove the line.

      ## Decision records: pass

      Nothing here calls for a record.

      ## Other: would block: change needed

      An effort of 912 of at most 400 lines, in 14 of at most 25 files.

      - Reading this change takes an effort of 912 lines; the limit is 400. The longer a change, the fewer of its defects a reviewer finds. Most of it is in \`src/import/csv.ts\` (412), \`src/import/map.ts\` (231). The author can split it into pull requests that each stand on their own.

      <details><summary>Files by effort (14)</summary>

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
      | \`src/import/part-6.ts\` | source | 6 | 6 |
      | \`src/import/part-7.ts\` | source | 6 | 6 |
      | \`src/import/part-8.ts\` | source | 6 | 6 |
      | \`src/import/part-9.ts\` | source | 6 | 6 |

      </details>"
    `);
  });

  it('leaves out the section of a practice that is off, and lists it', () => {
    const off = practice('size', 'Size', { mode: 'off', outcome: 'skipped', summary: 'Switched off.' });
    const { summary, text } = check(review('success', [ADR, off]));
    expect(summary).toContain('| Size | off | Switched off. |');
    expect(text).not.toContain('Size');
  });

  it('says a question once', () => {
    const findings = CHECKLISTS.items.map(({ id }) =>
      finding({ level: 'notice', message: 'Said twice.', facts: { item: id } }),
    );
    expect(check(review('action_required', [{ ...CHECKLISTS, findings }])).text).not.toContain('Said twice.');
  });
});

describe('annotations', () => {
  const changed = pullRequest({
    files: [addedLines('src/a.ts', 9), addedLines('package.json', 9), changedFile('gone.ts', 'x\n', null)],
  });
  const annotate = (...findings: ReturnType<typeof finding>[]) =>
    renderCheck({
      review: review('failure', [practice('size', 'Size', { outcome: 'violation', findings })]),
      pullRequest: changed,
    }).annotations;

  test.each<[name: string, found: ReturnType<typeof finding>, levels: string[]]>([
    ['an error', finding({ path: 'src/a.ts', line: 2 }), ['failure']],
    ['a warning', finding({ level: 'warning', path: 'src/a.ts', line: 2 }), ['warning']],
    ['a notice', finding({ level: 'notice', path: 'src/a.ts', line: 2 }), ['notice']],
    ['no line', finding({ path: 'src/a.ts' }), []],
    ['a file outside of the change', finding({ path: 'src/b.ts', line: 2 }), []],
    ['a file that is gone', finding({ path: 'gone.ts', line: 1 }), []],
  ])('%s', (_, found, levels) => {
    expect(annotate(found).map(({ annotation_level }) => annotation_level)).toEqual(levels);
  });

  it('stand where the finding is, in plain text', () => {
    expect(
      annotate(finding({ code: 'too-long', message: 'One `x`\nand\u202E @two', path: 'src/a.ts', line: 2 })),
    ).toEqual([
      {
        path: 'src/a.ts',
        start_line: 2,
        end_line: 2,
        annotation_level: 'failure',
        title: 'Size: too-long',
        message: 'One `x` and⟨U+202E⟩ @two',
      },
    ]);
  });

  it('do not look like failures where nothing fails', () => {
    const warned = practice('size', 'Size', {
      mode: 'warn',
      outcome: 'violation',
      findings: [finding({ path: 'src/a.ts', line: 2 })],
    });
    const { annotations } = renderCheck({ review: review('success', [warned]), pullRequest: changed });
    expect(annotations.map(({ annotation_level }) => annotation_level)).toEqual(['warning']);
  });

  it('stand on what is wrong with the configuration in this change, and only there', () => {
    const proposed = [
      problem,
      { ...problem, path: '.github/composure.yml' },
      { ...problem, source: 'organisation' as const },
    ];
    const { annotations, summary } = renderCheck({
      review: { ...review('failure', [ADR]), proposed },
      pullRequest: changed,
    });
    expect(annotations).toMatchObject([{ path: 'package.json', start_line: 3, annotation_level: 'failure' }]);
    expect(summary).toContain('- `package.json:3` · Unknown key "sise".');
    expect(summary).toContain("- `package.json:3` (the organisation's) · Unknown key");
  });

  it('are 200 at most, gravest first, and the rest is counted', () => {
    const findings = Array.from({ length: 250 }, (_, index) =>
      finding({ level: index < 240 ? 'warning' : 'error', path: 'src/a.ts', line: 2, message: `${index}` }),
    );
    const rendered = renderCheck({
      review: review('failure', [practice('size', 'Size', { outcome: 'violation', findings })]),
      pullRequest: changed,
    });
    expect(rendered.annotations).toHaveLength(200);
    expect(rendered.annotations.slice(0, 11).map(({ message }) => message)).toEqual([
      ...Array.from({ length: 10 }, (_, index) => `${240 + index}`),
      '0',
    ]);
    expect(rendered.summary).toContain('50 more remarks on lines than the 200 shown beside the code.');
  });
});

it('is the same for the same state, whenever it was looked at', () => {
  const whole = review('failure', [SIZE, CHECKLISTS, DEPENDENCIES]);
  const later = { ...PULL_REQUEST, evaluatedAt: '2027-05-01T00:00:00Z' };
  expect(renderCheck(structuredClone({ review: whole, pullRequest: later }))).toEqual(check(whole));
});

describe('renderSharedCheck', () => {
  const at = (number: number, review: Review) => ({ review, pullRequest: pullRequest({ number }) });

  it('lets the gravest conclusion stand and names whose it is', () => {
    const shared = renderSharedCheck([
      at(14, review('failure', [SIZE])),
      at(12, review('action_required', [CHECKLISTS])),
    ]);
    expect(shared.conclusion).toBe('failure');
    expect(shared.title).toBe('#14: 1 thing for the author: size');
    expect(shared.summary).toContain(
      'This commit is the head of 2 pull requests: #12 and #14. A check belongs to a commit, so the gravest conclusion stands, that of #14.',
    );
    expect(shared.text.match(/^## Pull request #\d+$/gm)).toEqual(['## Pull request #12', '## Pull request #14']);
  });

  it('does not depend on the order', () => {
    const inputs = [at(12, review('success', [ADR])), at(14, review('action_required', [CHECKLISTS]))];
    expect(renderSharedCheck(inputs)).toEqual(renderSharedCheck(inputs.toReversed()));
    expect(renderSharedCheck(inputs).conclusion).toBe('action_required');
  });

  it('is an ordinary check for one', () => {
    const one = at(12, review('success', [ADR]));
    expect(renderSharedCheck([one])).toEqual(renderCheck(one));
  });

  it('needs a pull request', () => {
    expect(() => renderSharedCheck([])).toThrow('A check needs a pull request');
  });
});

describe('renderGroupCheck', () => {
  const at = (number: number, review: Review) => ({ review, pullRequest: pullRequest({ number }) });

  test.each<[name: string, reviews: Review[], conclusion: string, title: string]>([
    ['all pass', [review('success', [ADR]), review('neutral', [])], 'success', 'The merge group may go in'],
    [
      'one waits for a reviewer',
      [review('success', [ADR]), review('action_required', [CHECKLISTS])],
      'failure',
      '#2: 3 questions for a reviewer: checklists',
    ],
    [
      'two fail',
      [review('failure', [SIZE]), review('action_required', [unread])],
      'failure',
      '#1: 1 thing for the author: size (and 1 more)',
    ],
  ])('%s', (_, reviews, conclusion, title) => {
    const rendered = renderGroupCheck(reviews.map((review, index) => at(index + 1, review)));
    expect(rendered).toMatchObject({ conclusion, title, annotations: [] });
  });
});

describe('renderInProgress', () => {
  it('has what GitHub wants of an output', () => {
    expect(Object.values(renderInProgress()).every((text) => text.length > 0)).toBe(true);
  });
});

describe('hostile text in a check', () => {
  const rendered = (text: string) => renderCheck({ review: reviewSaying(text), pullRequest: pullRequestSaying(text) });
  const harmless = rendered('harmless');
  function expectUnmoved(text: string): void {
    const check = rendered(text);
    for (const part of ['summary', 'text'] as const) {
      expect(layoutOf(check[part])).toEqual(layoutOf(harmless[part]));
      expect(surprisesIn(check[part])).toEqual([]);
      expect(bytesOf(check[part])).toBeLessThanOrEqual(LIMITS.checkTextBytes);
    }
    expect(check.title).toBe(harmless.title);
    expect(markersIn(check.summary)).toEqual([]);
    expect(markersIn(check.text)).toEqual([]);
    expect(check.annotations).toHaveLength(harmless.annotations.length);
    for (const { path, title, message } of check.annotations) {
      // GitHub finds the place by the path, so it stays what it is.
      expect(path).toBe(text);
      expect(title).toMatch(/^[\w: -]+$/);
      expect(message).not.toMatch(/[\n\r\u0000\u202e\u200b]/);
      expect(bytesOf(message)).toBeLessThanOrEqual(LIMITS.annotationMessageBytes);
    }
  }

  it('is looked at with open eyes', () => {
    expect(harmless.annotations).toHaveLength(3);
    expect(layoutOf(harmless.text).filter((line) => line.includes('heading'))).toHaveLength(5);
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

describe('a check too long for GitHub', () => {
  const long = '@everyone | `x` '.repeat(200);
  const many = <Part>(amount: number, make: (index: number) => Part) =>
    Array.from({ length: amount }, (_, index) => make(index));
  const huge = review(
    'failure',
    many(6, (index) =>
      practice(`p${index}`, `Practice ${index}`, {
        outcome: 'violation',
        summary: long,
        findings: many(5_000, () => finding({ message: long, path: 'src/a.ts', line: 4 })),
        missing: many(500, () => ({ what: long, cause: long })),
        details: { title: 'Figures', columns: [{ title: 'File', kind: 'code' }], rows: many(3_000, () => [long]) },
      }),
    ),
  );

  it('keeps within the limits, whole, and says what is missing', () => {
    const { summary, text, annotations } = renderCheck({
      review: huge,
      pullRequest: pullRequest({ files: [addedLines('src/a.ts', 9)] }),
    });
    expect(bytesOf(summary)).toBeLessThanOrEqual(LIMITS.checkTextBytes);
    expect(bytesOf(text)).toBeLessThanOrEqual(LIMITS.checkTextBytes);
    expect(surprisesIn(text)).toEqual([]);
    expect(text).toContain(
      "Left out to stay within GitHub's limit: what Practice 0 could not read, figures of Practice 0",
    );
    expect(text).toMatch(/… and \d,\d{3} more/);
    expect(annotations).toHaveLength(200);
  });
});
