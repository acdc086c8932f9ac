import { expect, it } from 'vitest';
import { type Work, workKey } from '../../src/intake/work.ts';

const AT = { installation: 1, owner: 'acme', repo: 'widgets' };

it('keeps different pieces of work apart', () => {
  const works: Work[] = [
    { kind: 'pull-request', ...AT, number: 7 },
    { kind: 'pull-request', ...AT, number: 77 },
    { kind: 'pull-request', ...AT, installation: 2, number: 7 },
    { kind: 'pull-request', ...AT, repo: 'gadgets', number: 7 },
    { kind: 'merge-group', ...AT, headSha: '7', headRef: 'q', baseSha: 'b', baseBranch: 'main' },
    { kind: 'base-branch', ...AT, branch: '7' },
    { kind: 'base-branch', ...AT, branch: '#7' },
    { kind: 'head-commit', ...AT, sha: '7' },
    { kind: 'installation', installation: 1, owner: 'acme' },
    { kind: 'installation', installation: 2, owner: 'acme' },
  ];
  expect(new Set(works.map(workKey)).size).toBe(works.length);
});

it('takes what differs in nothing that matters for the same', () => {
  const group = { kind: 'merge-group', ...AT, headSha: 'a', headRef: 'q', baseBranch: 'main' } as const;
  expect(workKey({ ...group, baseSha: 'b' })).toBe(workKey({ ...group, baseSha: 'c' }));
});
