import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findCitations } from '../../../src/practices/adr/citations.ts';
import { homesFor } from '../../../src/practices/adr/record/homes.ts';

const repository = { owner: 'acme', name: 'widgets', private: false, defaultBranch: 'main' };
const find = (body: string) => {
  return findCitations(body, homesFor('docs/adr'), repository).map((citation) =>
    citation.kind === 'number' ? citation.number : citation.path,
  );
};
const record = 'docs/adr/0012-use-postgres.md';

test.each<[string, string, (number | string)[]]>([
  ['with a hyphen', 'See ADR-0012.', [12]],
  ['with a blank', 'Follows ADR 12, as agreed', [12]],
  ['in any case', 'adr-12', [12]],
  ['without anything between', '(ADR0012)', [12]],
  ['with a number sign', 'ADR #12 and ADR#13', [12, 13]],
  ['two with a slash', 'ADR-12/ADR-13', [12, 13]],
  ['the same twice', 'ADR-12 … ADR-0012', [12]],
  ['a path', `Decided in ${record}.`, [record]],
  ['a path in backticks', `\`${record}\``, [record]],
  ['a link', `[why](${record})`, [record]],
  ['a relative link', `[why](../${record}#decision)`, [record]],
  ['a link with text', `[ADR-0012](./${record})`, [12, record]],
  ['a page of this repository', `https://github.com/acme/widgets/blob/main/${record}`, [record]],
  [
    'a page of this repository, however written',
    `https://github.com/Acme/Widgets/blob/main/${record}?plain=1`,
    [record],
  ],
  ["a page of another's repository", `https://github.com/evil/widgets/blob/main/${record}`, []],
  ['the same path twice', `${record} ${record}`, [record]],
  ['a record whose name has the word', 'docs/adr/adr-0012-a.md', ['docs/adr/adr-0012-a.md']],
  ['in a comment, as in a template', '<!-- name a record, e.g. ADR-0012 -->', []],
  ['in a comment that does not end', '<!-- ADR-0012', []],
  ['in fenced code', '```\nADR-0012\n```', []],
  ['after fenced code', '```\nx\n```\nADR-0012', [12]],
  ['a longer word', 'QUADR-12 and ADRs 12 and xADR-1', []],
  ['a date', 'ADR 2026-01-01', []],
  ['a word without number', 'No ADR needed', []],
  ['another folder that ends alike', 'x-docs/adr/0012-a.md', []],
  ['the folder itself', 'docs/adr/ and docs/adr/README.md', []],
  ['a quote', '> ADR-12', [12]],
  ['nothing', '', []],
])('%s', (_, body, expected) => expect(find(body)).toEqual(expected));

test('twenty are enough', () => {
  expect(find(Array.from({ length: 50 }, (_, index) => `ADR-${index}`).join(' '))).toHaveLength(20);
});

test('a hostile body neither throws nor hangs', () => {
  const piece = fc.oneof(
    fc.constantFrom('ADR', '-', '12', 'docs/adr/', '.md', 'https://', '<!--', '-->', '```', '\n', ' '),
    fc.string({ unit: 'binary', maxLength: 9 }),
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join('')),
      (body) => void find(body),
    ),
    { numRuns: 1_000 },
  );
  for (const text of ['ADR', 'ADR-', 'a', '/', 'docs/adr/', 'https://', '<!--', '`', '[', ' ', 'ADR ', '\n```']) {
    const started = performance.now();
    find(text.repeat(Math.ceil(70_000 / text.length)));
    expect(performance.now() - started).toBeLessThan(1_000);
  }
});
