import { expect, test } from 'vitest';
import { mergeChecklists } from '../../src/config/merge-checklists.ts';
import type { ChecklistDefinition } from '../../src/model/checklist.ts';

const list = (id: string, overrides: Partial<ChecklistDefinition> = {}): ChecklistDefinition => ({
  ...{ id, title: id, path: `checklists/${id}.md`, appliesTo: [], items: [{ id: 'one', title: 'One.' }] },
  ...overrides,
});

test('lists of every layer stand side by side, the weakest first', () => {
  const merged = mergeChecklists([[list('a')], [list('b')], [list('c')]]);
  expect(merged.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
});

test('a list is laid over the one of its id: its words and settings win, the others stay', () => {
  const below = list('code', {
    appliesTo: ['src/**'],
    when: [{ kind: 'ai-assisted' }],
    required: false,
    items: [
      { id: 'one', title: 'One.' },
      { id: 'two', title: 'Two.' },
    ],
  });
  const above = list('code', {
    title: 'Our code',
    path: '.github/composure/checklists/code.md',
    version: 3,
    items: [
      { id: 'three', title: 'Three.' },
      { id: 'two', title: 'Two, in our words.' },
    ],
  });
  expect(mergeChecklists([[below], [above]])).toEqual([
    {
      id: 'code',
      title: 'Our code',
      path: '.github/composure/checklists/code.md',
      appliesTo: ['src/**'],
      when: [{ kind: 'ai-assisted' }],
      required: false,
      version: 3,
      items: [
        { id: 'one', title: 'One.' },
        { id: 'two', title: 'Two, in our words.' },
        { id: 'three', title: 'Three.' },
      ],
    },
  ]);
});

test('with `replaces` nothing of the weaker list is left', () => {
  const above = list('code', { replaces: true, items: [{ id: 'only', title: 'Only.' }] });
  expect(mergeChecklists([[list('code', { appliesTo: ['src/**'] })], [above]])).toEqual([above]);
});

test('three layers: the repository is stronger than the organisation', () => {
  const [merged] = mergeChecklists([
    [list('a', { title: 'built in', required: true })],
    [list('a', { title: 'organisation', required: false, evidence: 'required' })],
    [list('a', { title: 'repository' })],
  ]);
  expect(merged).toMatchObject({ title: 'repository', required: false, evidence: 'required' });
});
