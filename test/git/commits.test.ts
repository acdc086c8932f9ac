import { describe, expect, it } from 'vitest';
import { readCommits } from '../../src/git/commits.ts';
import { withObjects } from '../../src/git/objects.ts';
import { findRepository } from '../../src/git/repository.ts';
import { createRepository, isolated } from '../support/local-repository.ts';

describe('readCommits', () => {
  // A branch that took in main, one that main took in, and one that shares nothing with them.
  const { path, git } = createRepository([
    { files: { a: '1\n' } },
    { on: 'one', files: { b: '1\n' } },
    { files: { a: '2\n' } },
    { on: 'two', files: { c: '1\n' } },
    { on: 'one', merge: 'main', message: '-\n>\n\0', files: { a: '2\n' } },
    { on: 'two', files: { c: '2\n' } },
    { on: 'main', merge: 'two', files: { c: '2\n' } },
    { on: 'one', files: { b: '2\n' } },
    { on: 'island', from: 'nowhere', files: { z: '1\n' } },
  ]);
  const all = git('rev-list', '--all').trim().split('\n');
  const pairs = all.flatMap((before) => all.map((after) => [before, after] as const));

  it('tells of any two commits what one has and the other lacks, and whether it builds on it', async () => {
    const found = await findRepository(path, isolated);
    if (!found.ok) throw new Error(found.message);
    const ancestors = new Map(all.map((sha) => [sha, git('rev-list', sha).trim().split('\n')]));
    await withObjects(found.repository, async (objects) => {
      for (const [before, after] of pairs) {
        const answer = await readCommits(objects.git, before, after);
        if (!answer.ok) throw new Error(answer.stderr);
        const expected = git('rev-list', '--reverse', '--topo-order', after, `^${before}`).split('\n').slice(0, -1);
        expect(answer.commits.map(({ sha }) => sha)).toEqual(expected);
        expect(answer.buildsOn).toBe(ancestors.get(after)?.includes(before));
      }
    });
    expect(pairs).toHaveLength(81);
  });
});
