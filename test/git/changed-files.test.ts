import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readChangedFiles } from '../../src/git/changed-files.ts';
import { withObjects } from '../../src/git/objects.ts';
import { findRepository } from '../../src/git/repository.ts';
import { createRepository, isolated } from '../support/local-repository.ts';

const text = (count: number) => Array.from({ length: count }, (_, index) => `line ${index}\n`).join('');

const { path, git } = createRepository([
  { files: { 'c.txt': 'one\n', d: 'x\ny\n' } },
  {
    on: 'feature',
    files: { 'a.txt': text(20), 'b.txt': text(20), 'c.txt': 'two\n', d: { link: 'a.txt' }, 'e.bin': 'a\0' },
  },
]);
const [before, after] = ['main', 'feature'].map((name) => git('rev-parse', name).trim());

async function read(from: string, to: string, maxPatchBytes?: number) {
  const found = await findRepository(path, isolated);
  if (!found.ok) throw new Error(found.message);
  return withObjects(found.repository, (objects) => readChangedFiles(objects.git, from, to, maxPatchBytes));
}

async function patchesUpTo(maxPatchBytes: number) {
  const answer = await read(before!, after!, maxPatchBytes);
  if (!answer.ok) throw new Error(answer.stderr);
  // However little is read, nothing is missing from the list and its counts.
  expect(answer.totals).toEqual({ files: 5, additions: 42, deletions: 3 });
  expect(answer.files.map((file) => file.path)).toEqual(['a.txt', 'b.txt', 'c.txt', 'd', 'e.bin']);
  expect(answer.files.map((file) => file.additions)).toEqual([20, 20, 1, 1, 0]);
  for (const file of answer.files) expect(file.hunks.length > 0).toBe(file.patch === 'text');
  return answer.files.map((file) => file.patch);
}

describe('readChangedFiles', () => {
  it('calls what lies behind the limit missing, wherever it cuts', async () => {
    const whole = ['text', 'text', 'text', 'text', 'binary'];
    expect(await patchesUpTo(1_000_000)).toEqual(whole);
    expect(await patchesUpTo(0)).toEqual(['missing', 'missing', 'missing', 'missing', 'binary']);
    for (let limit = 100; limit < 2_000; limit += 100) {
      const patches = await patchesUpTo(limit);
      const cut = patches.indexOf('missing');
      const expected = whole.map((patch, index) =>
        cut !== -1 && index >= cut && patch === 'text' ? 'missing' : patch,
      );
      expect(patches).toEqual(expected);
    }
  });

  it('reads around what a partial clone lacks, and calls it missing', async () => {
    const { path: partial, git: partialGit } = createRepository([
      { files: { 'a.txt': 'one\n', 'b.txt': 'one\n', 'old.txt': text(20) } },
      { on: 'topic', files: { 'a.txt': 'two\n', 'b.txt': 'three\n', 'old.txt': null, 'new.txt': `${text(20)}more\n` } },
    ]);
    const [from, to] = ['main', 'topic'].map((name) => partialGit('rev-parse', name).trim()) as [string, string];
    const lack = (name: string) => {
      const id = partialGit('rev-parse', name).trim();
      rmSync(join(partial, '.git', 'objects', id.slice(0, 2), id.slice(2)), { force: true });
    };
    const readPartial = async () => {
      const found = await findRepository(partial, isolated);
      if (!found.ok) throw new Error(found.message);
      return withObjects(found.repository, (objects) => readChangedFiles(objects.git, from, to));
    };
    lack('topic:b.txt');
    expect(await readPartial()).toMatchObject({
      ok: true,
      totals: { files: 3, additions: 2, deletions: 1 },
      files: [
        { path: 'a.txt', patch: 'text', hunks: [expect.anything()] },
        { path: 'b.txt', status: 'modified', patch: 'missing', hunks: [] },
        { path: 'new.txt', status: 'renamed', previousPath: 'old.txt', patch: 'text' },
      ],
    });
    // Without the contents nobody can tell a rename.
    lack('main:old.txt');
    expect(await readPartial()).toMatchObject({
      ok: true,
      files: [
        { path: 'a.txt', patch: 'text' },
        { path: 'b.txt', patch: 'missing' },
        { path: 'new.txt', status: 'added', patch: 'text' },
        { path: 'old.txt', status: 'removed', patch: 'missing', blob: null },
      ],
    });
  });

  it('knows no branch: only the objects are lent to it', async () => {
    expect(await read('main', 'feature')).toMatchObject({ ok: false, stderr: expect.stringContaining('main') });
  });
});
