import { execFileSync } from 'node:child_process';
import { devNull } from 'node:os';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTrailers } from '../../src/model/trailers.ts';

/** What git itself reads. A commit message has no patch behind it, so `---` divides nothing. */
function asGitReads(message: string): string[] {
  const env = { PATH: process.env.PATH, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: devNull };
  const args = ['interpret-trailers', '--parse', '--no-divider'];
  const output = execFileSync('git', args, { input: message, env, encoding: 'utf8' });
  return output.split('\n').slice(0, -1);
}

function asWeRead(message: string): string[] {
  return readTrailers(message).map(({ key, value }) => `${key}: ${value}`);
}

const CASES: [name: string, message: string, trailers: string[]][] = [
  ['nothing', '', []],
  ['a title that looks like one', 'Fixes: the door', []],
  ['one', 'Mend the door\n\nReviewed-by: Ann <a@example.com>\n', ['Reviewed-by: Ann <a@example.com>']],
  ['two keys alike', 'A\n\nCo-authored-by: B\nCo-authored-by: C', ['Co-authored-by: B', 'Co-authored-by: C']],
  ['no newline at the end', 'A\n\nAssisted-by: Claude', ['Assisted-by: Claude']],
  ['only the last paragraph', 'A\n\nFirst: 1\n\nSecond: 2\n', ['Second: 2']],
  ['prose among them', 'A\n\nSome words here\nKey: value\n', []],
  ['prose among them, and one of git’s own', 'A\n\nwords\nSigned-off-by: Ann\n', ['Signed-off-by: Ann']],
  ['too much prose beside git’s own', 'A\n\nw\nw\nw\nw\nSigned-off-by: Ann\n', []],
  ['a cherry-pick line', 'A\n\n(cherry picked from commit abc)\nKey: v\n', ['Key: v']],
  ['folded', 'A\n\nKey: one\n  two\n\tthree\n', ['Key: one two three']],
  ['folded with nothing on the first line', 'A\n\nKey:\n  value\n', ['Key: value']],
  ['white space before the colon', 'A\n\nKey \t: value\n', ['Key: value']],
  ['a space inside the key', 'A\n\nTwo words: value\n', []],
  ['no key', 'A\n\n: value\n', []],
  ['an empty value', 'A\n\nKey:\n', ['Key: ']],
  ['carriage returns', 'A\r\n\r\nKey: value\r\nOther: x\r\n', ['Key: value', 'Other: x']],
  ['blank lines and comments behind', 'A\n\nKey: value\n\n# a comment\n\n', ['Key: value']],
  ['a comment between', 'A\n\nKey: value\n# a comment\nOther: x\n', ['Key: value', 'Other: x']],
  ['conflicts listed behind', 'A\n\nKey: value\n\nConflicts:\n\tsrc/a.ts\n', ['Key: value']],
  ['scissors', 'A\n\nKey: value\n# ------------------------ >8 ------------------------\ndiff\n', ['Key: value']],
  ['a divider that divides nothing', 'A\n\n---\n\nKey: value\n', ['Key: value']],
  ['a letter beyond ASCII in the key', 'A\n\nClé: value\n', []],
  ['an indented block', 'A\n\n  Key: value\n', []],
  ['a link is no trailer among prose', 'A\n\nSee https://example.com\n', []],
];

describe('readTrailers', () => {
  it.each(CASES)('%s', (_name, message, trailers) => {
    expect(asWeRead(message)).toEqual(trailers);
    expect(asGitReads(message)).toEqual(trailers);
  });

  it('agrees with git on whatever is put together from the parts', () => {
    const line = fc.constantFrom(
      ...['', '', 'Title', 'Key: value', 'Key : value', 'Key:', 'Signed-off-by: Ann', '(cherry picked from commit 1)'],
      ...[
        '  folded',
        '\tfolded',
        ' ',
        '\r',
        '# comment',
        'Conflicts:',
        '\tpath',
        '---',
        ': x',
        'two words: x',
        'x:y:z',
        '-: a',
      ],
      ...[
        'Key: value\r',
        '  \r',
        '# ------------------------ >8 ------------------------',
        'words',
        'ключ: x',
        '\u00a0x',
      ],
    );
    const message = fc.tuple(fc.array(line, { maxLength: 12 }), fc.boolean());
    fc.assert(
      fc.property(message, ([lines, ends]) => {
        // git ends every message with a newline; GitHub hands it over without.
        const text = lines.join('\n');
        expect(asWeRead(ends ? `${text}\n` : text)).toEqual(asGitReads(`${text}\n`));
      }),
      { numRuns: 300 },
    );
  });
});
