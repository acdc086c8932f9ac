import { applyPatch } from 'diff';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diffTexts, rereadFiles } from '../../src/github/reread-files.ts';
import { Evidence } from '../../src/model/evidence.ts';
import type { ChangedFile } from '../../src/model/pull-request.ts';
import { size } from '../../src/practices/size.ts';
import { nockGitHub } from '../support/nock-github.ts';
import { addedLines, pullRequest } from '../support/pull-request.ts';
import { WIDGETS } from './snapshot.ts';

const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');
const patch = (hunks: ReturnType<typeof diffTexts>) => {
  return { oldFileName: 'a', newFileName: 'a', oldHeader: '', newHeader: '', index: undefined, hunks };
};

test('a diff of our own turns one text into the other, however much they differ', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c', '', '}'), { maxLength: 40 });
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      expect(applyPatch(text(before), patch(diffTexts(text(before), text(after))))).toBe(text(after));
    }),
  );
});

test('texts that share nothing but their ends are not searched for ever', () => {
  const [before, after] = ['x', 'y'].map((mark) => {
    return text(['first', ...Array.from({ length: 30_000 }, (_, index) => `${mark}${index}`), 'last']);
  }) as [string, string];
  const started = performance.now();
  const [hunk, ...others] = diffTexts(before, after);
  expect(performance.now() - started).toBeLessThan(10_000);
  expect(others).toEqual([]);
  expect(hunk).toMatchObject({ oldStart: 2, oldLines: 30_000, newStart: 2, newLines: 30_000 });
});

test('no difference has no hunks', () => expect(diffTexts('a\n', 'a\n')).toEqual([]));

describe('rereadFiles', () => {
  const github = nockGitHub();
  const unread = (path: string): ChangedFile => ({ ...addedLines(path, 10), patch: 'missing', hunks: [] });
  const TEN_LINES = { __typename: 'Blob', text: 'line();\n'.repeat(10), isBinary: false, isTruncated: false };
  /** Everything GitHub is asked for has ten lines. */
  const serveObjects = () =>
    github.graphql('ComposureObjects', ({ body }) => {
      const names = Object.keys(body).filter((name) => /^e\d+$/.test(name));
      return { data: { repository: Object.fromEntries(names.map((name) => [`o${name.slice(1)}`, TEN_LINES])) } };
    });

  test('asks for nothing where nothing is missing', async () => {
    const change = pullRequest({ files: [addedLines('a.ts', 3)] });
    expect(await rereadFiles(github.client, WIDGETS, change)).toBe(change);
    expect(github.takeRoutes()).toEqual([]);
  });

  test('reads a file whose patch was left out, and then the change is whole', async () => {
    serveObjects();
    const change = pullRequest({ files: [unread('a.ts'), addedLines('b.ts', 3)], filesComplete: false });
    const { files, filesComplete } = await rereadFiles(github.client, WIDGETS, change);
    expect(filesComplete).toBe(true);
    expect(files[0]).toMatchObject({ patch: 'text', additions: 10, deletions: 0 });
  });

  test('takes a change with a file that GitHub did not count for whole at no time', async () => {
    serveObjects();
    const zeroed: ChangedFile = { ...addedLines('z.ts', 0), patch: 'binary', additions: 0 };
    const totals = { files: 2, additions: 30_010, deletions: 0 };
    const change = pullRequest({ files: [unread('a.ts'), zeroed], totals, filesComplete: false });
    const reread = await rereadFiles(github.client, WIDGETS, change);
    expect(reread.filesComplete).toBe(false);
    expect(size.evaluate(reread, size.options.parse({}), new Evidence()).missing).not.toEqual([]);
  });

  test('reads fifty files and says of the others that they were not read', async () => {
    serveObjects();
    const files = Array.from({ length: 53 }, (_, index) => unread(`src/f${index}.ts`));
    const reread = await rereadFiles(github.client, WIDGETS, pullRequest({ files, filesComplete: false }));
    expect(github.takeRoutes()).toHaveLength(1);
    expect(reread.files.filter(({ patch }) => patch === 'missing')).toHaveLength(3);
    expect(reread.filesComplete).toBe(false);
    const { missing } = size.evaluate(reread, size.options.parse({ 'max-lines': 9_000 }), new Evidence());
    expect(missing).toHaveLength(3);
  });
});
