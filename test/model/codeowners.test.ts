import { describe, expect, test } from 'vitest';
import { ownersOf, readCodeOwners } from '../../src/model/codeowners.ts';

const RULES = readCodeOwners(`# who owns what
*             @acme/all
/docs/        @dora docs@example.com
*.sql         @acme/data # migrations
apps/*        @apps
/build/logs/
src/**/api    @acme/api
!src/a        @nobody
path\\#1.ts   @hash
`);

describe('ownersOf', () => {
  test.each([
    ['README.md', ['@acme/all']],
    ['docs/a/b.md', ['@dora']],
    ['lib/docs/a.md', ['@acme/all']],
    ['db/1.sql', ['@acme/data']],
    ['docs/1.sql', ['@acme/data']],
    ['apps/one.ts', ['@apps']],
    ['apps/one/two.ts', ['@acme/all']],
    ['build/logs/x', []],
    ['src/x/y/api/z.ts', ['@acme/api']],
    ['src/a', ['@acme/all']],
    ['path#1.ts', ['@hash']],
    ['.github/x', ['@acme/all']],
  ])('%s', (path, owners) => {
    expect(ownersOf(path, RULES)).toEqual(owners);
  });
});
