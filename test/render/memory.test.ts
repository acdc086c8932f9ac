import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readMemory, writeMemory } from '../../src/render/memory.ts';

const SCOPE = 'acme/widgets#7';
const MEMORY = { dependencies: { absent: { 'invented-thing': '2026-11-20T12:00:00.000Z' } } };
const written = writeMemory(MEMORY, SCOPE, ['key one']);

describe('what practices leave for themselves', () => {
  test('is read again from the middle of a comment', () => {
    expect(readMemory(`text\r\n${written}\r\nmore`, SCOPE, ['key two', 'key one'])).toEqual(MEMORY);
  });

  test('takes no place where there is nothing', () => {
    expect(writeMemory({}, SCOPE, ['key one'])).toBe('');
  });

  test('is left out where it is more than a memory', () => {
    expect(writeMemory({ a: 'x'.repeat(20_000) }, SCOPE, ['key one'])).toBe('');
  });

  test.each<[what: string, body: string, scope: string, key: string]>([
    ['nothing there', 'text', SCOPE, 'key one'],
    ['another key', written, SCOPE, 'key two'],
    ['another pull request', written, 'acme/widgets#8', 'key one'],
    ['two of them', `${written}\n${written}`, SCOPE, 'key one'],
    ['changed since', written.replace('v1 e', 'v1 f'), SCOPE, 'key one'],
  ])('is nothing: %s', (_what, body, scope, key) => {
    expect(readMemory(body, scope, [key])).toEqual({});
  });

  test('survives any names, and never ends its comment early', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), (absent) => {
        const memory = { dependencies: { absent: { ...absent } } };
        const text = writeMemory(memory, SCOPE, ['key one']);
        expect(text.slice(4, -3)).not.toContain('--');
        expect(readMemory(text, SCOPE, ['key one'])).toEqual(JSON.parse(JSON.stringify(memory)));
      }),
    );
  });
});
