import { describe, expect, test } from 'vitest';
import { parseChecklist } from '../../src/config/checklists.ts';
import { SIGNALS } from '../../src/model/signal.ts';

function parse(front: string, items = '- One. <!-- id: one -->\n') {
  return parseChecklist('checklists/data.md', `---\ntitle: T\n${front}\n---\n${items}`);
}

function listOf(front: string, items?: string) {
  const result = parse(front, items);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.list;
}

describe('when a list is asked', () => {
  test.each<[string, unknown]>([
    ['when: always', []],
    ['when: ai-assisted', [{ kind: 'ai-assisted' }]],
    ['when: data-model', [{ kind: 'signal', signal: 'data-model' }]],
    ['when: { label: "needs care" }', [{ kind: 'label', label: 'needs care' }]],
    ['when: "label: needs care"', [{ kind: 'label', label: 'needs care' }]],
    [
      'when:\n  - concurrency\n  - label: db\n  - ai-assisted',
      [{ kind: 'signal', signal: 'concurrency' }, { kind: 'label', label: 'db' }, { kind: 'ai-assisted' }],
    ],
    ['when: [always, concurrency]', []],
  ])('%j', (front, when) => {
    expect(listOf(front).when).toEqual(when);
  });

  test('every signal has its word', () => {
    for (const signal of SIGNALS) expect(listOf(`when: ${signal}`).when).toEqual([{ kind: 'signal', signal }]);
  });

  test('what is left open is left out, for a weaker list may say it', () => {
    expect(Object.keys(listOf('')).sort()).toEqual(['appliesTo', 'id', 'items', 'path', 'title']);
  });
});

test('who may answer, with what, and whether the merge waits', () => {
  const front =
    'attest-by: [reviewers, "@acme/security", "@bob", codeowners]\nevidence: required\nrequired: false\nversion: 2\nreplace: true';
  expect(listOf(front)).toMatchObject({
    attestBy: ['@acme/security', '@bob', 'codeowners'],
    evidence: 'required',
    required: false,
    version: 2,
    replaces: true,
  });
  expect(listOf('attest-by: reviewers').attestBy).toEqual([]);
});

test('an item may be about a signal', () => {
  expect(listOf('', '- One. <!-- id: one, about: loop-query -->\n').items).toEqual([
    { id: 'one', title: 'One.', about: 'loop-query' },
  ]);
});

describe('a mistake is told at its line', () => {
  test.each<[front: string, line: number, words: RegExp]>([
    ['when: data-modle', 3, /`data-modle` is nothing that `when` knows\. Did you mean `data-model`\?/],
    ['when: nonsense-word-xyz', 3, /Known are `always`, `ai-assisted`/],
    ['when: []', 3, /at least one/],
    ['when: 3', 3, /must be `always`/],
    ['when: { lable: db }', 3, /must be `always`/],
    ['attest-by: bob', 3, /`reviewers`, `codeowners`, `@organisation\/team`/],
    ['attest-by: []', 3, /must name somebody/],
    ['evidence: yes', 3, /`required` or `optional`/],
    ['required: maybe', 3, /`true` or `false`/],
    ['version: 0', 3, /counts from 1/],
    ['version: one', 3, /whole number/],
    ['replaces: true', 3, /`replaces`.*`replace`/],
  ])('%j', (front, line, words) => {
    const result = parse(front);
    expect(result.ok).toBe(false);
    expect(result).toMatchObject({ problems: [{ line, message: expect.stringMatching(words) }] });
  });

  test('also of an item', () => {
    const result = parse('required: true', '- One. <!-- id: one, about: loop-qeury -->\n');
    expect(result).toMatchObject({
      ok: false,
      problems: [{ line: 5, message: expect.stringMatching(/`loop-query`/) }],
    });
  });
});
