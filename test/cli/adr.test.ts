import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AdrRequest, adr } from '../../src/cli/adr.ts';
import { practices } from '../../src/practices/index.ts';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'composure-adr-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

/** A request as the command line makes it, less the folder. */
type Asked = AdrRequest extends infer Each ? (Each extends AdrRequest ? Omit<Each, 'cwd'> : never) : never;
const run = (request: Asked) => adr({ ...request, cwd } as AdrRequest, '2026-11-20', practices);
const read = (path: string) => readFileSync(join(cwd, path), 'utf8');

function write(path: string, text: string): void {
  mkdirSync(join(cwd, path, '..'), { recursive: true });
  writeFileSync(join(cwd, path), text);
}

test('the first record goes to docs/adr, in the layout of Nygard', async () => {
  expect(await run({ verb: 'new', title: 'Keep orders in PostgreSQL' })).toMatchObject({
    exitCode: 0,
    output: 'docs/adr/0001-keep-orders-in-postgresql.md\n',
  });
  expect(read('docs/adr/0001-keep-orders-in-postgresql.md')).toMatch(
    /^# 1\. Keep orders in PostgreSQL\n\nDate: 2026-11-20\n/,
  );
});

test("the next one follows the repository's own folder, digits and layout", async () => {
  write('docs/decisions/007-a.md', '---\nstatus: accepted\n---\n# A\n\n## Context and Problem Statement\n');
  expect((await run({ verb: 'new', title: 'B', affects: ['src/**'] })).output).toBe('docs/decisions/008-b.md\n');
  expect(read('docs/decisions/008-b.md')).toContain('affects:\n  - "src/**"\n');
});

test('one that supersedes another links to it, and says what is left to do', async () => {
  write('docs/adr/0003-old.md', '# 3. Old\n');
  const { remarks } = await run({ verb: 'new', title: 'New', supersedes: 'ADR-0003' });
  expect(read('docs/adr/0004-new.md')).toContain('Supersedes [3](0003-old.md)');
  expect(remarks[0]).toContain('Superseded by [4](0004-new.md)');
});

test.each<[string, Asked]>([
  ['no title', { verb: 'new', title: ' ' }],
  ['a record that is not there', { verb: 'new', title: 'A', supersedes: '9' }],
])('%s is wrong use, and writes nothing', async (_, request) => {
  expect(await run(request)).toMatchObject({ exitCode: 2, output: '' });
  expect((await run({ verb: 'list', format: 'json' })).output).toBe('[]\n');
});

test('a broken configuration is said with its place', async () => {
  write('.github/composure.yml', 'adr: { min-words: many }\n');
  const { exitCode, remarks } = await run({ verb: 'lint', format: 'text' });
  expect(exitCode).toBe(2);
  expect(remarks[0]).toMatch(/^\.github\/composure\.yml:1:\d+: /);
});

test('lint names line and code, by the rules of the configuration, and ends with 1', async () => {
  write('.github/composure.yml', 'adr: { directory: decisions, require: [decision] }\n');
  write('decisions/0001-a.md', '# 1. A\n\n## Status\n\nAccepted\n\n## Decision\n\nNo.\n');
  const { exitCode, output } = await run({ verb: 'lint', format: 'text' });
  expect(exitCode).toBe(1);
  expect(output).toMatch(/^decisions\/0001-a\.md:7: record-incomplete: has 1 words under "Decision"/);
  expect(output.trim().split('\n')).toHaveLength(1);
});

test('list shows status and title, as lines and as data', async () => {
  write('docs/adr/0001-a.md', '# 1. A\u202e\n\n## Status\n\nAccepted\n');
  expect((await run({ verb: 'list', format: 'text' })).output).toContain(
    'accepted    docs/adr/0001-a.md  1. A⟨U+202E⟩',
  );
  expect(JSON.parse((await run({ verb: 'list', format: 'json' })).output)).toMatchObject([
    { number: 1, status: 'accepted' },
  ]);
});

test('the index is written once, and checked without writing', async () => {
  write('docs/adr/0001-a.md', '# 1. A\n\n## Status\n\nAccepted\n');
  expect((await run({ verb: 'index', check: true })).exitCode).toBe(1);
  expect((await run({ verb: 'index' })).output).toBe('docs/adr/README.md\n');
  expect((await run({ verb: 'index', check: true })).exitCode).toBe(0);
  expect(read('docs/adr/README.md')).toContain('| 1 | [A](0001-a.md) | accepted |');
});

test('a log in another markup is not taken for an empty one', async () => {
  write('docs/adr/0001-a.adoc', '= A\n');
  write('docs/adr/0007-b.adoc', '= B\n');
  for (const request of [
    { verb: 'list', format: 'text' },
    { verb: 'lint', format: 'text' },
    { verb: 'new', title: 'C' },
    { verb: 'index' },
  ] as const) {
    const { exitCode, output, remarks } = await run(request);
    expect([exitCode, output]).toEqual([2, '']);
    expect(remarks).toEqual([expect.stringContaining('2 records (docs/adr/0001-a.adoc, …) in AsciiDoc')]);
  }
});

test('records in another markup keep their numbers beside those that can be read', async () => {
  write('docs/adr/0007-b.adoc', '= B\n');
  write('docs/adr/0003-a.md', '# 3. A\n');
  const { output, remarks } = await run({ verb: 'new', title: 'C' });
  expect(output).toBe('docs/adr/0008-c.md\n');
  expect(remarks.join()).toContain('docs/adr/0007-b.adoc in AsciiDoc');
});

const ACCEPTED = '# A\n\n## Status\n\nAccepted\n';

describe('in a checkout with several packages', () => {
  beforeEach(() => {
    write('.git/HEAD', 'ref: refs/heads/main\n');
    write('docs/adr/0001-all.md', ACCEPTED);
    write('packages/mail/docs/adr/0001-mail.md', ACCEPTED);
    write('packages/orders/docs/decisions/0004-orders.md', ACCEPTED);
    write('packages/orders/node_modules/a/docs/adr/0009-of-others.md', ACCEPTED);
    write('packages/orders/src/a.ts', 'a();\n');
  });

  const from = (folder: string, request: Asked) =>
    adr({ ...request, cwd: join(cwd, folder) } as AdrRequest, '2026-11-20', practices);
  const listed = async (folder: string) => {
    const { output } = await from(folder, { verb: 'list', format: 'json' });
    return (JSON.parse(output) as { path: string }[]).map(({ path }) => path);
  };

  test.each([
    [
      '.',
      ['docs/adr/0001-all.md', 'packages/mail/docs/adr/0001-mail.md', 'packages/orders/docs/decisions/0004-orders.md'],
    ],
    ['packages/mail', ['packages/mail/docs/adr/0001-mail.md']],
    ['packages/orders/src', ['packages/orders/docs/decisions/0004-orders.md']],
    ['packages/mail/docs/adr', ['packages/mail/docs/adr/0001-mail.md']],
  ])('list in %s shows %j', async (folder, paths) => expect(await listed(folder)).toEqual(paths));

  test.each([
    ['.', 'docs/adr/0002-b.md'],
    ['packages/orders/src', 'packages/orders/docs/decisions/0005-b.md'],
    ['packages/mail', 'packages/mail/docs/adr/0002-b.md'],
    ['packages', 'docs/adr/0002-b.md'],
  ])('new in %s makes %s', async (folder, path) => {
    expect((await from(folder, { verb: 'new', title: 'B' })).output).toBe(`${path}\n`);
    expect(read(path)).toContain('B\n');
  });

  test('lint counts every log, and takes no number for another log’s', async () => {
    const { output, remarks } = await from('.', { verb: 'lint', format: 'text' });
    expect(remarks[0]).toMatch(
      /^3 records in docs\/adr, packages\/mail\/docs\/adr, packages\/orders\/docs\/decisions: /,
    );
    expect(output).not.toContain('record-number-taken');
  });

  test('lint follows a link into another log, and takes a bare number for one of the same', async () => {
    const status = 'Superseded by [1](../../../packages/mail/docs/adr/0001-mail.md)';
    write('docs/adr/0001-all.md', ACCEPTED.replace('Accepted', status));
    write('packages/mail/docs/adr/0001-mail.md', `${ACCEPTED}\nSupersedes [1](../../../../docs/adr/0001-all.md)\n`);
    for (const folder of ['.', 'packages/mail']) {
      expect((await from(folder, { verb: 'lint', format: 'text' })).output).not.toContain('record-link-broken');
    }
    write('packages/mail/docs/adr/0002-b.md', `${ACCEPTED}\nSupersedes ADR-1\n`);
    const { output } = await from('packages/mail', { verb: 'lint', format: 'text' });
    expect(output).toContain('supersedes 0001-mail.md, whose status does not say');
  });

  test('every log has an index of its own', async () => {
    expect((await from('.', { verb: 'index' })).output.trim().split('\n')).toEqual([
      'docs/adr/README.md',
      'packages/mail/docs/adr/README.md',
      'packages/orders/docs/decisions/README.md',
    ]);
    write('packages/mail/docs/adr/0002-b.md', ACCEPTED);
    const { exitCode, remarks } = await from('.', { verb: 'index', check: true });
    expect(exitCode).toBe(1);
    expect(remarks).toContain('packages/mail/docs/adr/README.md is out of date: composure adr index');
    expect(remarks).toContain('docs/adr/README.md is up to date');
  });

  test('the configuration at the top holds everywhere', async () => {
    write('.github/composure.yml', 'adr: { directory: records }\n');
    write('packages/mail/records/0007-a.md', ACCEPTED);
    expect(await listed('packages/mail')).toEqual(['packages/mail/records/0007-a.md']);
    expect((await from('packages/orders', { verb: 'new', title: 'B' })).output).toBe('records/0001-b.md\n');
  });
});

test.each([
  '3',
  'ADR-0003',
  'old.md',
  '0003-old.md',
  'docs/adr/0003-old.md',
  './docs/adr/0003-old.md',
  'docs\\adr\\0003-old.md',
])('the old record is found by %s, or not at all', async (supersedes) => {
  write('docs/adr/0003-old.md', '# 3. Old\n');
  const { exitCode } = await run({ verb: 'new', title: 'New', supersedes });
  expect(exitCode).toBe(supersedes === 'old.md' ? 2 : 0);
});

test('an index whose lines end as on Windows stays up to date, and stays as it is', async () => {
  write('docs/adr/0001-a.md', ACCEPTED.replaceAll('\n', '\r\n'));
  await run({ verb: 'index' });
  write('docs/adr/README.md', read('docs/adr/README.md').replaceAll('\n', '\r\n'));
  expect((await run({ verb: 'index', check: true })).exitCode).toBe(0);
  write('docs/adr/0002-b.md', ACCEPTED);
  await run({ verb: 'index' });
  expect(read('docs/adr/README.md')).toContain('0002-b.md');
  expect(read('docs/adr/README.md').replaceAll('\r\n', '')).not.toContain('\n');
});
