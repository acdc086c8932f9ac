import { createPatch, parsePatch, structuredPatch } from 'diff';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Hunk } from '../src/model/pull-request.ts';
import { parseHunks } from '../src/parse-hunks.ts';

describe('parseHunks', () => {
  const cases: { name: string; patch: string; hunks: Hunk[] | null }[] = [
    { name: 'nothing', patch: '', hunks: [] },
    {
      name: 'a hunk without a final newline, as GitHub gives it',
      patch: '@@ -1,2 +1,2 @@ function f() {\n one\n-two\n+zwei',
      hunks: [{ oldStart: 1, oldLines: 2, newStart: 1, newLines: 2, lines: [' one', '-two', '+zwei'] }],
    },
    {
      name: 'counts left out where they are 1',
      patch: '@@ -3 +3 @@\n-a\n+b',
      hunks: [{ oldStart: 3, oldLines: 1, newStart: 3, newLines: 1, lines: ['-a', '+b'] }],
    },
    {
      name: 'a new file',
      patch: '@@ -0,0 +1,2 @@\n+a\n+b',
      hunks: [{ oldStart: 1, oldLines: 0, newStart: 1, newLines: 2, lines: ['+a', '+b'] }],
    },
    {
      name: 'a removed file',
      patch: '@@ -1,2 +0,0 @@\n-a\n-b',
      hunks: [{ oldStart: 1, oldLines: 2, newStart: 1, newLines: 0, lines: ['-a', '-b'] }],
    },
    {
      name: 'several hunks',
      patch: '@@ -1 +1 @@\n-a\n+b\n@@ -9 +9 @@\n-c\n+d',
      hunks: [
        { oldStart: 1, oldLines: 1, newStart: 1, newLines: 1, lines: ['-a', '+b'] },
        { oldStart: 9, oldLines: 1, newStart: 9, newLines: 1, lines: ['-c', '+d'] },
      ],
    },
    {
      name: 'files without a newline at the end',
      patch: '@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file',
      hunks: [
        {
          oldStart: 1,
          oldLines: 1,
          newStart: 1,
          newLines: 1,
          lines: ['-a', '\\ No newline at end of file', '+b', '\\ No newline at end of file'],
        },
      ],
    },
    {
      name: 'lines that look like headers',
      patch:
        '@@ -1,4 +1,4 @@\n--- a\n---- b\n-@@ -1 +1 @@\n-Index: x\n+++ a\n++++ b\n+@@ -1 +1 @@\n+diff --git a/x b/x',
      hunks: [
        {
          oldStart: 1,
          oldLines: 4,
          newStart: 1,
          newLines: 4,
          lines: [
            '--- a',
            '---- b',
            '-@@ -1 +1 @@',
            '-Index: x',
            '+++ a',
            '++++ b',
            '+@@ -1 +1 @@',
            '+diff --git a/x b/x',
          ],
        },
      ],
    },
    {
      name: 'ends of lines kept as they are',
      patch: '@@ -1 +1 @@\n-a\r\n+b\r',
      hunks: [{ oldStart: 1, oldLines: 1, newStart: 1, newLines: 1, lines: ['-a\r', '+b\r'] }],
    },
    { name: 'broken off before its lines', patch: '@@ -1,2 +1,2 @@', hunks: null },
    { name: 'broken off among its lines', patch: '@@ -1,2 +1,2 @@\n one\n-two', hunks: null },
    { name: 'more lines than announced', patch: '@@ -1 +1 @@\n-a\n+b\n+c', hunks: null },
    { name: 'a header that is none', patch: '@@ nonsense @@\n-a', hunks: null },
    { name: 'a header broken off', patch: '@@ -1,2', hunks: null },
    { name: 'no patch', patch: 'Binary files differ', hunks: null },
    { name: 'file headers before the hunks', patch: '--- a\n+++ b\n@@ -1 +1 @@\n-a\n+b', hunks: null },
    { name: 'two files', patch: '@@ -1 +1 @@\n-a\n+b\n--- x\n+++ y\n@@ -1 +1 @@\n-a\n+b', hunks: null },
    { name: 'fewer lines than announced, on a side of one', patch: '@@ -1 +1 @@\n-a', hunks: null },
    { name: 'anything between hunks', patch: '@@ -1 +1 @@\n-a\n+b\nprose\n@@ -9 +9 @@\n-c\n+d', hunks: null },
    {
      name: 'another file of git',
      patch: '@@ -1 +1 @@\n-a\n+b\ndiff --git a/x b/x\nnew file mode 100644',
      hunks: null,
    },
  ];
  it.each(cases)('$name', ({ patch, hunks }) => {
    expect(parseHunks(patch)).toEqual(hunks);
  });

  it('reads what diff writes, whatever the texts', () => {
    const line = fc.oneof(
      fc.constantFrom(
        '',
        'a',
        '-- a',
        '++ b',
        '@@ -1 +1 @@',
        '\\ No newline at end of file',
        '=======',
        '\r',
        '\u2028',
      ),
      fc.string({ maxLength: 6 }).map((text) => text.replaceAll('\n', '')),
    );
    const text = fc.array(line, { maxLength: 20 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(text, text, (before, after) => {
        // Five lines of header stand before the hunks; GitHub leaves them out, and the final newline, too.
        const patch = createPatch('a', before, after).split('\n').slice(4).join('\n').replace(/\n$/, '');
        expect(parseHunks(patch)).toEqual(structuredPatch('a', 'a', before, after).hunks);
      }),
      { numRuns: 200 },
    );
  });

  it('reads what the library reads of patches that somebody tampered with, where it leaves nothing out', () => {
    const line = fc.constantFrom(
      ...[
        '',
        ' ',
        '+',
        '-',
        ' a',
        '+b',
        '-c',
        '-- d',
        '--- e',
        '+++ f',
        '\\',
        '\\ No newline at end of file',
        '\r',
        'prose',
      ],
      ...[
        '@@',
        '@@ -1 +1 @@',
        '@@ -1,2 +1,3 @@ f()',
        '@@ -0,0 +1 @@',
        '@@ -4,0 +4,0 @@',
        '@@ -2,1 +3,0 @@',
        '@@ -1 +x @@',
      ],
      ...[
        'diff --git a/x b/x',
        'Index: x',
        '===================================================================',
        '@@@ -1 -1 +1 @@@',
      ],
    );
    const text = fc.array(fc.constantFrom('a', 'b', '', '-- c', '@@ -1 +1 @@'), { maxLength: 12 });
    const tampering = fc.array(fc.record({ at: fc.nat(20), gone: fc.nat(2), put: fc.array(line, { maxLength: 2 }) }), {
      maxLength: 2,
    });
    const outcomes = new Set<boolean>();
    fc.assert(
      fc.property(text, text, tampering, fc.boolean(), (before, after, changes, ended) => {
        const lines = createPatch('a', before.join('\n'), after.join('\n')).trimEnd().split('\n').slice(4);
        for (const { at, gone, put } of changes) lines.splice(at, gone, ...put);
        const patch = lines.join('\n') + (ended ? '\n' : '');
        const hunks = readByLibrary(patch);
        outcomes.add(hunks === null);
        expect(parseHunks(patch)).toEqual(hunks);
      }),
      { numRuns: 2_000 },
    );
    expect(outcomes).toEqual(new Set([true, false]));
  });

  it('never takes part of a patch for a hunk that is whole', () => {
    const patch = createPatch('a', 'one\ntwo\nthree\n', 'one\nzwei\nthree\nfour\n')
      .split('\n')
      .slice(4)
      .join('\n')
      .trimEnd();
    for (let length = 1; length < patch.lastIndexOf('\n'); length++) {
      expect(parseHunks(patch.slice(0, length)), patch.slice(0, length)).toBeNull();
    }
  });

  it('survives anything', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const hunks = parseHunks(`@@ ${text}`);
        expect(hunks === null || Array.isArray(hunks)).toBe(true);
      }),
    );
  });
});

/**
 * What `diff` reads, and `null` where it reads another text than the one it was given: it passes over lines that it does
 * not know, reads a header without numbers, and takes a hunk of one line that is not there for one of none.
 */
function readByLibrary(patch: string): Hunk[] | null {
  if (patch === '') return [];
  if (!patch.startsWith('@@')) return null;
  try {
    // Without the two header lines a removed line that begins with `-- ` would be read as a header.
    const files = parsePatch(`--- a\n+++ b\n${patch}`);
    const hunks = files.flatMap((file) => file.hunks);
    return files.length === 1 && isWhole(patch, hunks) ? hunks : null;
  } catch {
    return null;
  }
}

function isWhole(patch: string, hunks: readonly Hunk[]): boolean {
  const lines = patch.replace(/\n$/, '').split('\n');
  let at = 0;
  for (const hunk of hunks) {
    const header = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(lines[at] ?? '');
    if (!header || Number(header[1] ?? 1) !== hunk.oldLines || Number(header[2] ?? 1) !== hunk.newLines) return false;
    at += 1 + hunk.lines.length;
  }
  return at === lines.length && hunks.length > 0;
}
