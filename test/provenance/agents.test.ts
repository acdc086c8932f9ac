import { expect, test } from 'vitest';
import { isAgent } from '../../src/provenance/agents.ts';

test.each([
  ['by its number, whatever it is called now', { id: 201670782, login: 'renamed' }, true],
  ['by a login that is listed among people', { id: 1, login: 'CursorAgent' }, true],
  ['not a person', { id: 5, login: 'bob' }, false],
  ['nobody known', { id: null, login: 'ghost' }, false],
])('an agent is known %s', (_, account, expected) => {
  expect(isAgent(account)).toBe(expected);
});
