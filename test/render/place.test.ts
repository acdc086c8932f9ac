import { expect, test } from 'vitest';
import { renderComment } from '../../src/render/comment.ts';
import { pullRequest } from '../support/pull-request.ts';
import { item, practice, review } from './sample.ts';

function boxOf(place: { path: string; line?: number; because?: string }, number: number | null = 7): string {
  const asking = practice('asking', 'Asking', { outcome: 'waiting', items: [item('a/b', 'Is it?', { place })] });
  const body =
    renderComment({ review: review('action_required', [asking]), pullRequest: pullRequest({ number }) }) ?? '';
  return body.split('\n').find((line) => line.startsWith('- [ ]')) ?? '';
}

test('a question says what raised it, and leads to that line of the diff', () => {
  const box = boxOf({ path: 'src/a.ts', line: 12, because: 'a query inside a loop' });
  // What GitHub's own page calls the file: the SHA-256 of its path.
  expect(box).toContain(
    '· a query inside a loop, [`src/a.ts:12`](/acme/widgets/pull/7/files#diff-072fc23b941d05af2383888f292b78e406e0e82a4a3f8ee698113dd9bcc79e5fR12)',
  );
});

test('without a page there is no link', () => {
  expect(boxOf({ path: 'src/a.ts', line: 12 }, null)).toMatch(/· `src\/a\.ts:12`/);
});

test('nothing of a path gets into the address', () => {
  const box = boxOf({ path: 'src/](https://evil.test) @team `x`.ts', line: 1 });
  expect(box.match(/\]\(([^)]*)\)/g)?.at(-1)).toMatch(/^\]\(\/acme\/widgets\/pull\/7\/files#diff-[0-9a-f]{64}R1\)$/);
});
