import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newFilePage } from '../../src/render/escape.ts';
import { findingText } from '../../src/render/fragments.ts';
import { nodesOf } from './github-flavour.ts';
import { hostileText } from './hostile.ts';

const repository = { owner: 'acme', name: 'widgets' };

describe('the address of a new file', () => {
  test('stands at the root of the host, with every part of it encoded', () => {
    const page = newFilePage(repository, 'feat/a b', 'docs/adr/0001-a.md', '# A & B\n');
    expect(page).toBe('/acme/widgets/new/feat/a%20b?filename=docs%2Fadr%2F0001-a.md&value=%23%20A%20%26%20B%0A');
  });

  test('goes without the text where that is too long', () => {
    expect(newFilePage(repository, 'main', 'a.md', 'ö'.repeat(4_000))).toBe('/acme/widgets/new/main?filename=a.md');
  });

  test('leads nowhere else, whatever branch, path and text are', () => {
    fc.assert(
      fc.property(hostileText, hostileText, hostileText, (branch, path, text) => {
        const link = { kind: 'new-file' as const, title: 'Start the record', repository, branch, path, text };
        const shown = findingText({ code: 'a', level: 'error', message: 'Missing.', facts: {}, link });
        const links = nodesOf(shown).filter(({ type }) => type === 'link');
        expect(links).toHaveLength(1);
        expect((links[0] as { url: string }).url).toMatch(/^\/acme\/widgets\/new\//);
        expect(new URL((links[0] as { url: string }).url, 'https://example.com').searchParams.get('filename')).toBe(
          path.toWellFormed(),
        );
      }),
      { numRuns: 200 },
    );
  });
});
