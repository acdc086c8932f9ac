import { expect, it } from 'vitest';
import { CommitMemory } from '../../src/github/commit-memory.ts';

const WIDGETS = { owner: 'acme', repo: 'widgets' };

it('tells what stood nowhere from what nobody read', () => {
  const memory = new CommitMemory();
  memory.keep(WIDGETS, 'object', 'abc:a.ts', null);
  expect(memory.find(WIDGETS, 'object', 'abc:a.ts')).toBeNull();
  expect(memory.find(WIDGETS, 'object', 'abc:b.ts')).toBeUndefined();
});

it('finds a repository by whatever case its name is written in, and never another', () => {
  const memory = new CommitMemory();
  memory.keep({ owner: 'Acme', repo: 'Widgets' }, 'text', 'b1', 'secret');
  expect(memory.find(WIDGETS, 'text', 'b1')).toBe('secret');
  expect(memory.find({ owner: 'acme', repo: 'gadgets' }, 'text', 'b1')).toBeUndefined();
  expect(memory.find({ owner: 'acme', repo: 'widgets\0text' }, 'text', 'b1')).toBeUndefined();
});

it('keeps kinds of knowledge apart', () => {
  const memory = new CommitMemory();
  memory.keep(WIDGETS, 'paths', 'abc', ['a.ts']);
  expect(memory.find(WIDGETS, 'mergeBase', 'abc')).toBeUndefined();
  expect(memory.find(WIDGETS, 'paths', 'abc')).toEqual(['a.ts']);
});

it('forgets what was used longest ago, and keeps nothing that is larger than all its room', () => {
  const memory = new CommitMemory(2_000);
  for (const name of ['a', 'b']) memory.keep(WIDGETS, 'text', name, 'x'.repeat(500));
  memory.find(WIDGETS, 'text', 'a');
  memory.keep(WIDGETS, 'text', 'c', 'x'.repeat(500));
  expect(['a', 'b', 'c'].map((name) => memory.find(WIDGETS, 'text', name) !== undefined)).toEqual([true, false, true]);
  memory.keep(WIDGETS, 'object', 'large', { __typename: 'Blob', text: 'x'.repeat(3_000) });
  memory.keep(WIDGETS, 'object', 'wide', {
    __typename: 'Tree',
    entries: Array.from({ length: 50 }, () => ({ name: 'x', type: 'blob' })),
  });
  expect(memory.find(WIDGETS, 'object', 'large')).toBeUndefined();
  expect(memory.find(WIDGETS, 'object', 'wide')).toBeUndefined();
});
