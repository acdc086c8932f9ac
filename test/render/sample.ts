import type { PullRequest } from '../../src/model/pull-request.ts';
import type { Finding, Item, PracticeOutcome, Review } from '../../src/model/review.ts';
import { addedLines, pullRequest } from '../support/pull-request.ts';

/** A practice that passes; a sample states what differs. */
export function practice(id: string, title: string, overrides: Partial<PracticeOutcome> = {}): PracticeOutcome {
  return {
    id,
    title,
    mode: 'block',
    outcome: 'pass',
    summary: 'Nothing amiss.',
    facts: {},
    findings: [],
    missing: [],
    items: [],
    ...overrides,
  };
}

/** An error; a sample states what differs. */
export function finding(overrides: Partial<Finding> = {}): Finding {
  return { code: 'some-code', level: 'error', message: 'Something has to change.', facts: {}, ...overrides };
}

/** An open question; a sample states what differs. */
export function item(id: string, title: string, overrides: Partial<Item> = {}): Item {
  return { id, title, list: 'Every change', state: 'open', by: null, at: null, commit: null, ...overrides };
}

/** The same question, answered by `bob`. */
export function attested(id: string, title: string, overrides: Partial<Item> = {}): Item {
  return item(id, title, {
    state: 'attested',
    by: 'bob',
    at: '2026-11-20T09:30:00Z',
    commit: 'abc1234def5678abc1234def5678abc1234def56',
    ...overrides,
  });
}

/** A review of practices whose conclusion the test knows. */
export function review(conclusion: Review['conclusion'], practices: PracticeOutcome[]): Review {
  return { conclusion, problems: [], proposed: [], notes: [], missing: [], practices };
}

export const SIZE = practice('size', 'Size', {
  outcome: 'violation',
  summary: 'An effort of 912 of at most 400 lines, in 14 of at most 25 files.',
  findings: [
    finding({
      code: 'too-many-lines',
      message:
        'Reading this change takes an effort of 912 lines; the limit is 400. The longer a change, the fewer of its defects a reviewer finds. Most of it is in src/import/csv.ts (412), src/import/map.ts (231). The author can split it into pull requests that each stand on their own.',
    }),
  ],
  details: {
    title: 'Files by effort',
    columns: [
      { title: 'File', kind: 'code' },
      { title: 'Kind', kind: 'text' },
      { title: 'Lines', kind: 'number' },
      { title: 'Effort', kind: 'number' },
    ],
    rows: [
      ['src/import/csv.ts', 'source', 412, 412],
      ['src/import/map.ts', 'source', 248, 231],
      ['src/import/rows.ts', 'source', 121, 118],
      ['test/import/csv.test.ts', 'tests', 180, 90],
      ...Array.from({ length: 10 }, (_, index) => [`src/import/part-${index}.ts`, 'source', 6, 6]),
    ],
  },
});

export const DEPENDENCIES = practice('dependencies', 'Dependencies', {
  outcome: 'violation',
  summary: '1 of 2 new packages does not exist.',
  findings: [
    finding({
      code: 'package-absent',
      path: 'package.json',
      line: 3,
      message:
        'There is no package `csv-stream-parse` in its registry: asked twice, answered 404 twice. Whoever registers the name first would run code in this project. The author can name the package that was meant, or remove the line.',
    }),
  ],
});

export const CHECKLISTS = practice('checklists', 'Checklists', {
  outcome: 'waiting',
  summary: '3 of 5 items wait for a reviewer who did not write the change.',
  items: [
    attested('every-change/tests', 'There are tests that would fail without this change.'),
    attested('every-change/documentation', 'The documentation says what is now true.'),
    item('every-change/data-types', 'The types of all data that comes in are verified.'),
    item('concurrency/races', 'Two of these running at once do no harm.', { list: 'Concurrency' }),
    item('concurrency/queries', 'No query runs inside a loop.', {
      list: 'Concurrency',
      note: 'The tick by alice does not count: the author of a pull request cannot vouch for it.',
    }),
  ],
});

export const ADR = practice('adr', 'Decision records', { summary: 'Nothing here calls for a record.' });

/** The pull request the samples are about. */
export const PULL_REQUEST: PullRequest = pullRequest({
  title: 'Import customers from CSV',
  files: [addedLines('package.json', 4), addedLines('src/import/csv.ts', 12)],
});

/** A review in which everything that can come from outside is `text`. */
export function reviewSaying(text: string): Review {
  const spoken = finding({ message: text, path: text, line: 3 });
  const table = {
    title: text,
    columns: [
      { title: text, kind: 'code' as const },
      { title: 'Kind', kind: 'text' as const },
      { title: 'Lines', kind: 'number' as const },
    ],
    rows: [
      [text, text, 3],
      ['src/a.ts', 'source', 4],
    ],
  };
  const waiver = { by: text, at: '2026-11-20T12:00:00Z', reason: text, until: null };
  const missing = [{ what: text, cause: text }];
  return {
    ...review('failure', [
      practice('size', 'Size', { outcome: 'violation', summary: text, findings: [spoken], details: table }),
      practice('dependencies', 'Dependencies', {
        outcome: 'violation',
        summary: text,
        findings: [spoken, finding({ message: text, path: text }), finding({ level: 'warning', message: text })],
        missing,
      }),
      practice('checklists', 'Checklists', {
        outcome: 'waiting',
        summary: text,
        items: [
          item('list/a', text, { list: text, note: text }),
          item('list/b', 'Another question.', { list: text }),
          attested('list/c', text, { list: text, by: text, at: text, commit: text }),
        ],
      }),
      practice('adr', 'Decision records', { outcome: 'undetermined', summary: text, missing }),
      practice('waived', 'Waived', { outcome: 'violation', summary: text, waiver }),
    ]),
    proposed: [{ message: text, path: text, line: 2, column: 1, source: 'repository' }],
    notes: [text],
    missing,
  };
}

/** A pull request in which everything that its author chooses is `text`. */
export function pullRequestSaying(text: string): PullRequest {
  return pullRequest({
    title: text,
    body: text,
    labels: [text],
    head: { branch: text, sha: 'f'.repeat(40), fromFork: true },
    files: [addedLines('src/a.ts', 3), { ...addedLines('src/b.ts', 9), path: text }],
  });
}
