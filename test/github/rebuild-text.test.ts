import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rebuildText } from '../../src/github/rebuild-text.ts';
import { changedFile } from '../support/pull-request.ts';

const before = 'one\ntwo\nthree\n';
const after = 'one\nzwei\nthree\nfour';

function gitIdOf(text: string): string {
  const bytes = Buffer.from(text);
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

it('knows git ids as git says them', () => {
  // `git hash-object` of "hello\n".
  const hello = changedFile('a', null, 'hello\n', { blob: 'ce013625030ba8dba906f756967f9e9ca394464a' });
  expect(rebuildText(hello, null)).toBe('hello\n');
});

describe('a text is given only where it is the very text', () => {
  const blob = gitIdOf(after);
  it.each([
    ['modified', changedFile('a', before, after, { blob }), before, after],
    ['added', changedFile('a', null, after, { blob }), null, after],
    ['added empty', changedFile('a', null, '', { blob: gitIdOf('') }), null, ''],
    ['only renamed', changedFile('a', before, before, { status: 'renamed', blob: gitIdOf(before) }), before, before],
    ['of another base', changedFile('a', before, after, { blob }), `${before}more\n`, null],
    ['without a base', changedFile('a', before, after, { blob }), null, null],
    ['of another id', changedFile('a', before, after, { blob: 'b'.repeat(40) }), before, null],
    ['of no id', changedFile('a', before, after, { blob: null }), before, null],
    ['without a patch', changedFile('a', before, after, { blob, patch: 'missing', hunks: [] }), before, null],
  ])('%s', (_, file, base, expected) => {
    expect(rebuildText(file, base)).toBe(expected);
  });

  it('whatever the texts are', () => {
    const text = fc
      .array(fc.constantFrom('a', '', 'b\r', '\\ No newline at end of file', 'größer'))
      .chain((lines) => fc.constantFrom(lines.join('\n'), `${lines.join('\n')}\n`));
    fc.assert(
      fc.property(text, text, text, (one, other, third) => {
        const file = changedFile('a', one, other, { blob: gitIdOf(other) });
        expect(rebuildText(file, one)).toBe(other);
        expect([other, null]).toContain(rebuildText(file, third));
      }),
    );
  });
});
