import { describe, expect, test } from 'vitest';
import { evaluate } from '../../../src/evaluate.ts';
import type { ChecklistDefinition } from '../../../src/model/checklist.ts';
import { type ChecklistsAnswer, Evidence } from '../../../src/model/evidence.ts';
import type { PullRequest } from '../../../src/model/pull-request.ts';
import type { Outcome } from '../../../src/model/review.ts';
import { checklists } from '../../../src/practices/checklists.ts';
import { addedLines, changedFile, pullRequest } from '../../support/pull-request.ts';

const PATH = '.github/composure/checklists/db.md';
const PROBLEM = { path: PATH, line: 3, message: 'Unknown key.' };

const list = (id: string, overrides: Partial<ChecklistDefinition> = {}): ChecklistDefinition => ({
  ...{ id, title: id, path: `checklists/${id}.md`, appliesTo: [], items: [{ id: 'one', title: 'One.' }] },
  ...overrides,
});

function judge(change: Partial<PullRequest>, answer: Partial<ChecklistsAnswer>, options: object = {}) {
  const evidence = new Evidence([[{ kind: 'checklists' }, { lists: [], problems: [], ...answer }]]);
  const policy = { mode: 'block' as const, options: checklists.options.parse(options) };
  const config = { preset: 'standard' as const, practices: { checklists: policy } };
  const subject = pullRequest({ files: [addedLines('src/a.ts', 3)], ...change });
  return evaluate(subject, evidence, config, [checklists]).practices[0]!;
}

const codesOf = ({ findings }: ReturnType<typeof judge>) => findings.map(({ code, level }) => `${code}:${level}`);

describe('the declaration', () => {
  test.each<[declaration: string, body: string, codes: string[], outcome: Outcome]>([
    ['off', '', [], 'skipped'],
    ['ask', '', ['declaration-missing:warning'], 'pass'],
    ['ask', 'AI-assisted: no', [], 'skipped'],
    ['require', '', ['declaration-missing:error'], 'violation'],
    ['require', 'AI-assisted: yes|no|tool', ['declaration-missing:error'], 'violation'],
    ['require', 'AI-assisted: yes', [], 'skipped'],
  ])('%s, %j', (declaration, body, codes, outcome) => {
    const judged = judge({ body }, {}, { declaration });
    expect(codesOf(judged)).toEqual(codes);
    expect(judged.outcome).toBe(outcome);
  });

  test('is told with what was seen', () => {
    const head = { branch: 'codex/a', sha: 'f'.repeat(40), fromFork: false };
    expect(judge({ head, body: 'AI-assisted: no' }, {}).facts.provenance).toEqual({
      result: 'detected',
      declared: 'no',
      marks: [{ agent: 'Codex', what: 'the branch `codex/a`' }],
    });
  });
});

describe('a list that this change edits', () => {
  test('and breaks: its author mends it before the merge', () => {
    const judged = judge({}, { lists: [list('db')], proposed: [{ path: PATH, problems: [PROBLEM] }] });
    expect(judged.outcome).toBe('violation');
    expect(judged.findings[0]).toMatchObject({ code: 'list-invalid', level: 'error', path: PATH, line: 3 });
    expect(judged.findings[0]!.message).toMatch(/after the merge.*The author can mend it here/);
    expect(judged.items.length).toBe(1);
  });

  test('and mends: the way to do so is open', () => {
    const broken = judge({}, { problems: [PROBLEM] });
    expect(broken.outcome).toBe('undetermined');
    const mended = judge({}, { problems: [PROBLEM], proposed: [{ path: PATH, problems: [] }] });
    expect(mended.outcome).toBe('skipped');
  });

  test('does not mend the organisation’s of the same name', () => {
    const answer = {
      problems: [{ ...PROBLEM, source: 'organisation' as const }],
      proposed: [{ path: PATH, problems: [] }],
    };
    expect(judge({}, answer).outcome).toBe('undetermined');
  });
});

describe('what is asked', () => {
  test('a list that is not required is shown, and nothing waits for it', () => {
    const judged = judge({}, { lists: [list('db', { required: false })] });
    expect(judged.outcome).toBe('pass');
    expect(judged.items).toMatchObject([{ id: 'db/one', state: 'open', optional: true }]);
  });

  test('so many items at most, and the summary says what had no room', () => {
    const lists = [list('always'), list('code', { appliesTo: ['src/**'] })];
    const judged = judge({}, { lists }, { 'max-items': 1 });
    expect(judged.items.map(({ id }) => id)).toEqual(['code/one']);
    expect(judged.facts.leftOut).toEqual(['always/one']);
    expect(judged.summary).toMatch(/1 more would apply/);
  });

  test('an item shows the line that raised it', () => {
    const file = changedFile('src/a.ts', null, "const users = pgTable('users', {});\n");
    const judged = judge(
      { files: [file] },
      { lists: [list('db', { when: [{ kind: 'signal', signal: 'data-model' }] })] },
    );
    expect(judged.items[0]!.place).toEqual({ path: 'src/a.ts', line: 1, because: expect.any(String) });
  });

  test('lines that were not given may call for more, and are said', () => {
    const file = { ...addedLines('src/a.ts', 3), patch: 'missing' as const, hunks: [] };
    const lists = [list('db', { when: [{ kind: 'signal', signal: 'data-model' }] })];
    const judged = judge({ files: [file], filesComplete: false }, { lists });
    expect(judged.outcome).toBe('undetermined');
    expect(judged.missing[0]!.what).toBe('the lines of src/a.ts');
  });
});
