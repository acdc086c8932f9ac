import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readBuiltInChecklists } from '../../../src/checklists-folder.ts';
import type { ChecklistDefinition } from '../../../src/model/checklist.ts';
import type { ChangedFile, PullRequest } from '../../../src/model/pull-request.ts';
import { SIGNALS } from '../../../src/model/signal.ts';
import { chooseItems } from '../../../src/practices/checklists/choose-items.ts';
import { provenanceOf } from '../../../src/provenance/provenance.ts';
import { addedLines, changedFile, pullRequest } from '../../support/pull-request.ts';

const list = (id: string, overrides: Partial<ChecklistDefinition> = {}): ChecklistDefinition => ({
  ...{ id, title: id, path: `checklists/${id}.md`, appliesTo: [], items: [{ id: 'one', title: 'One.' }] },
  ...overrides,
});

function choose(lists: ChecklistDefinition[], change: Partial<PullRequest>, max = 10) {
  const subject = pullRequest(change);
  const { asked, leftOut } = chooseItems(lists, subject, provenanceOf(subject), max);
  const idOf = (one: (typeof asked)[number]) => `${one.list.id}/${one.item.id}`;
  return { asked: asked.map(idOf), leftOut: leftOut.map(idOf), chosen: asked };
}

const plain = addedLines('src/a.ts', 3);
const model = changedFile('src/b.ts', 'a;\n', "a;\nconst users = pgTable('users', {});\n");
const onBranch = (branch: string): Partial<PullRequest> => ({
  head: { branch, sha: 'f'.repeat(40), fromFork: false },
});

const ALWAYS = list('always');
const CODE = list('code', { appliesTo: ['src/**'] });
const MODEL = list('model', { when: [{ kind: 'signal', signal: 'data-model' }] });
const LABEL = list('label', { when: [{ kind: 'label', label: 'Needs care' }] });
const ASSISTED = list('assisted', { when: [{ kind: 'ai-assisted' }] });
const ALL = [ASSISTED, ALWAYS, CODE, LABEL, MODEL];

describe('what calls for a list', () => {
  test.each<[name: string, change: Partial<PullRequest>, asked: string[]]>([
    ['files alone', { files: [plain] }, ['code/one', 'always/one']],
    ['nothing changed', { files: [] }, []],
    ['other files', { files: [addedLines('README.md', 1)] }, ['always/one']],
    ['a signal', { files: [plain, model] }, ['model/one', 'code/one', 'always/one']],
    ['a label, in any case', { files: [plain], labels: ['needs CARE'] }, ['label/one', 'code/one', 'always/one']],
    ['another label', { files: [plain], labels: ['needs'] }, ['code/one', 'always/one']],
    ['marks of an agent', { files: [plain], ...onBranch('codex/a') }, ['code/one', 'always/one', 'assisted/one']],
    ['a declaration', { files: [plain], body: 'AI-assisted: yes' }, ['code/one', 'always/one', 'assisted/one']],
    ['a denial', { files: [plain], body: 'AI-assisted: no' }, ['code/one', 'always/one']],
    [
      'a denial beside marks',
      { files: [plain], body: 'AI-assisted: no', ...onBranch('codex/a') },
      ['code/one', 'always/one', 'assisted/one'],
    ],
  ])('%s', (_, change, asked) => {
    expect(choose(ALL, change).asked).toEqual(asked);
  });

  test('a signal in files that a list is not about does not call for it', () => {
    expect(choose([{ ...MODEL, appliesTo: ['db/**'] }], { files: [model] }).asked).toEqual([]);
  });

  test('one condition of several is enough', () => {
    const either = list('either', { when: [...MODEL.when!, ...LABEL.when!] });
    expect(choose([either], { files: [plain], labels: ['Needs care'] }).asked).toEqual(['either/one']);
    expect(choose([either], { files: [model] }).asked).toEqual(['either/one']);
    expect(choose([either], { files: [plain] }).asked).toEqual([]);
  });
});

describe('what an item is about', () => {
  test('the first line that raised it, and the files that did', () => {
    const [chosen] = choose([MODEL], { files: [plain, model] }).chosen;
    expect(chosen!.raisedBy).toEqual({ signal: 'data-model', path: 'src/b.ts', line: 2, because: expect.any(String) });
    expect(chosen!.files).toEqual([model]);
  });

  test('an item of a wider list shows the place where its signal was seen, and comes first', () => {
    const code = list('code', {
      appliesTo: ['src/**'],
      items: [
        { id: 'types', title: 'Types.' },
        { id: 'rows', title: 'Rows.', about: 'data-model' },
      ],
    });
    const { asked, chosen } = choose([code], { files: [plain, model] });
    expect(asked).toEqual(['code/rows', 'code/types']);
    expect(chosen.map(({ raisedBy }) => raisedBy?.line ?? null)).toEqual([2, null]);
    expect(chosen.map(({ files }) => files.length)).toEqual([2, 2]);
  });
});

test('the most specific items are asked, and the others named', () => {
  const { asked, leftOut } = choose(ALL, { files: [plain, model], labels: ['Needs care'], ...onBranch('codex/a') }, 3);
  expect(asked).toEqual(['model/one', 'label/one', 'code/one']);
  expect(leftOut).toEqual(['always/one', 'assisted/one']);
});

describe('whatever the lists and the change', () => {
  const condition = fc.oneof(
    fc.constant({ kind: 'ai-assisted' as const }),
    fc.record({ kind: fc.constant('label' as const), label: fc.constantFrom('a', 'b') }),
    fc.record({ kind: fc.constant('signal' as const), signal: fc.constantFrom(...SIGNALS) }),
  );
  const lists = fc.uniqueArray(
    fc.record({
      id: fc.stringMatching(/^[a-z]{3}$/),
      appliesTo: fc.constantFrom([], ['src/**'], ['!src/a.ts'], ['db/**']),
      when: fc.array(condition, { maxLength: 3 }),
      items: fc.array(fc.constantFrom(...SIGNALS), { minLength: 1, maxLength: 6 }),
    }),
    { selector: ({ id }) => id, maxLength: 8 },
  );
  const lines = fc.array(
    fc.constantFrom(
      "pgTable('a', {});",
      'await fetch(u);',
      'jwt.sign(a);',
      'const email = 1;',
      'x({ email: 1 });',
      'new Worker(a);',
      'ok();',
    ),
    { minLength: 1, maxLength: 6 },
  );
  const files: fc.Arbitrary<ChangedFile[]> = fc.uniqueArray(
    fc
      .tuple(fc.constantFrom('src/a.ts', 'src/b.ts', 'db/c.ts', 'README.md'), lines)
      .map(([path, text]) => changedFile(path, null, `${text.join('\n')}\n`)),
    { selector: ({ path }) => path, minLength: 1 },
  );

  test('no more than so many are asked, none twice, and AI assistance never takes one away', () => {
    fc.assert(
      fc.property(
        lists,
        files,
        fc.subarray(['a', 'b']),
        fc.integer({ min: 1, max: 12 }),
        (made, files, labels, max) => {
          const all = made.map(({ id, appliesTo, when, items }) =>
            list(id, {
              appliesTo,
              when,
              items: items.map((about, index) => ({ id: `i${index}`, title: 'T.', about })),
            }),
          );
          const without = choose(all, { files, labels }, max);
          const withMarks = choose(all, { files, labels, ...onBranch('codex/a') }, max);
          expect(without.asked.length).toBeLessThanOrEqual(max);
          expect(new Set(withMarks.asked).size).toBe(withMarks.asked.length);
          expect(withMarks.asked).toEqual(expect.arrayContaining(without.asked));
          expect(withMarks.asked.length + withMarks.leftOut.length).toBeGreaterThanOrEqual(without.asked.length);
        },
      ),
      { numRuns: 300 },
    );
  });
});

test('the built-in lists ask about what they see', () => {
  const { lists } = readBuiltInChecklists();
  const text = [
    'export async function pay(users: User[]) {',
    '  for (const user of users) {',
    '    await db.user.findUnique({ where: { email: user.email } });',
    '  }',
    '}',
  ].join('\n');
  const { asked, chosen } = choose([...lists], { files: [changedFile('src/pay.ts', null, `${text}\n`)] });
  expect(asked.slice(0, 2).sort()).toEqual(['code/queries-in-loops', 'personal-data/minimal']);
  expect(chosen.find(({ item }) => item.id === 'queries-in-loops')?.raisedBy).toMatchObject({
    path: 'src/pay.ts',
    line: 3,
  });
  expect(asked.length).toBeLessThanOrEqual(10);
});
