import { expect, test } from 'vitest';
import { ObjectCache } from '../../src/github/object-cache.ts';

test('keeps what was used last, within its size, and knows null from nothing', () => {
  const cache = new ObjectCache<string | null>(100);
  for (const key of ['a', 'b', 'c', 'd']) cache.set(key, key, 20);
  expect(cache.get('a')).toBe('a');
  cache.set('e', null, 20);
  expect(cache.get('b')).toBeUndefined();
  expect(cache.get('a')).toBe('a');
  expect(cache.get('e')).toBeNull();
});

test('keeps nothing that would leave no room for others, and counts a new value once', () => {
  const cache = new ObjectCache<string>(100);
  cache.set('large', 'x', 90);
  expect(cache.get('large')).toBeUndefined();
  for (let round = 0; round < 50; round++) cache.set('a', 'a', 20);
  cache.set('b', 'b', 20);
  expect([cache.get('a'), cache.get('b')]).toEqual(['a', 'b']);
});
