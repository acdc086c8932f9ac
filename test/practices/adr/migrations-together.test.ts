import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Evidence } from '../../../src/model/evidence.ts';
import { adr } from '../../../src/practices/adr.ts';
import { addedLines, pullRequest } from '../../support/pull-request.ts';

/** What is found of #7, which adds `own`, behind #6, which adds `ahead`, on a branch that has `base`. */
function find({ own, ahead = [], base = {} }: { own: string[]; ahead?: string[]; base?: Record<string, string[]> }) {
  const change = pullRequest({ number: 7, files: own.map((path) => addedLines(path, 1)) });
  const evidence = new Evidence();
  for (const request of adr.together?.needs(change) ?? []) {
    if (request.kind !== 'folder') throw new Error('only folders are asked for');
    const names = base[request.path];
    evidence.add(
      request,
      names ? { state: 'found', entries: names.map((name) => ({ name, kind: 'file' })) } : { state: 'absent' },
    );
  }
  return adr.together?.evaluate(change, [{ number: 6, added: ahead }], evidence) ?? null;
}

describe('migrations of a merge group', () => {
  it.each<[string, string[], string[], { what: string; value: string }]>([
    ['one number', ['db/migrations/0012_b.sql'], ['db/migrations/0012_a.sql'], { what: 'number', value: '12' }],
    [
      'numbers written differently',
      ['migrations/12_b.sql'],
      ['migrations/0012_a.sql'],
      { what: 'number', value: '12' },
    ],
    [
      'one time',
      ['db/migrate/20240101120000_b.rb'],
      ['db/migrate/20240101120000_a.rb'],
      { what: 'number', value: '20240101120000' },
    ],
    [
      'one name in Rails',
      ['db/migrate/20240102_add_email.rb'],
      ['db/migrate/20240101_add_email.rb'],
      { what: 'name', value: 'add_email' },
    ],
    [
      'one version in Flyway',
      ['db/migration/V1_2__b.sql'],
      ['db/migration/V1.2__a.sql'],
      { what: 'number', value: '1.2' },
    ],
    [
      'one time in Laravel',
      ['database/migrations/2024_01_01_000000_b.php'],
      ['database/migrations/2024_01_01_000000_a.php'],
      { what: 'number', value: '2024.1.1.0' },
    ],
    [
      'two leaves in Django',
      ['shop/migrations/0012_b.py'],
      ['shop/migrations/0012_a.py'],
      { what: 'number', value: '12' },
    ],
    [
      'folders in Prisma',
      ['prisma/migrations/20240101120000_b/migration.sql'],
      ['prisma/migrations/20240101120000_a/migration.sql'],
      { what: 'number', value: '20240101120000' },
    ],
    [
      'the way there of one and the way back of another',
      ['migrations/000012_b.up.sql'],
      ['migrations/000012_a.down.sql'],
      { what: 'number', value: '12' },
    ],
  ])('cannot have %s, and both are named', (_, own, ahead, shared) => {
    const found = find({ own, ahead });
    expect(found?.findings).toMatchObject([
      { code: 'migration-taken', level: 'error', path: own[0], facts: { path: own[0], other: ahead[0], ...shared } },
    ]);
    expect(found?.findings[0]?.message).toContain('#6');
  });

  it('cannot have the number of one that was merged since the pull request was opened', () => {
    const found = find({ own: ['db/migrations/0012_b.sql'], base: { 'db/migrations': ['0011_x.sql', '0012_a.sql'] } });
    expect(found?.findings).toMatchObject([{ facts: { other: 'db/migrations/0012_a.sql', where: 'there already' } }]);
  });

  it.each<[string, string[], string[]]>([
    ['other numbers', ['migrations/0013_b.sql'], ['migrations/0012_a.sql']],
    ['numbers of what may be no migration', ['reports/2026_b.sql'], ['reports/2026_a.sql']],
    ['other folders', ['shop/migrations/0012_b.py'], ['users/migrations/0012_a.py']],
    ['both halves of one', ['migrations/0012_a.up.sql', 'migrations/0012_a.down.sql'], []],
    ['the same file, which git itself sees', ['migrations/0012_a.sql'], ['migrations/0012_a.sql']],
    ['numbers that are none', ['alembic/versions/1975ea83b712_b.py'], ['alembic/versions/1975ea83b712f_a.py']],
    ['days of one year', ['migrations/2024_01_01_x.php'], ['migrations/2024_01_02_y.php']],
    ['names that only Rails minds', ['migrations/0013_add.sql'], ['migrations/0012_add.sql']],
    ['a join in Django', ['m/migrations/0012_b.py', 'm/migrations/0013_merge_a_b.py'], ['m/migrations/0012_a.py']],
    [
      'what only looks like one',
      ['docs/migrations/0012_b.md', 'src/0012_b.sql'],
      ['docs/migrations/0012_a.md', 'src/0012_a.sql'],
    ],
    ['tests', ['test/migrations/0012_b.sql'], ['test/migrations/0012_a.sql']],
  ])('may have %s', (_, own, ahead) => {
    expect(find({ own, ahead })).toBeNull();
  });

  it('are not known where the folder cannot be read', () => {
    const change = pullRequest({ files: [addedLines('migrations/1_a.sql', 1)] });
    const request = { kind: 'folder', path: 'migrations', side: 'base' } as const;
    expect(adr.together?.needs(change)).toEqual([request]);
    const evidence = new Evidence([[request, { state: 'unavailable', cause: 'GitHub answered 502' }]]);
    expect(adr.together?.evaluate(change, [], evidence)).toMatchObject({
      findings: [],
      missing: [{ what: 'the folder migrations', cause: 'GitHub answered 502' }],
    });
  });

  it('are found whatever their paths hold', () => {
    const part = fc.string({ unit: 'binary', maxLength: 12 }).map((text) => text.replaceAll('/', ''));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 4 }), fc.array(part, { maxLength: 4 }), (one, other) => {
        const paths = (names: string[]) => [...new Set(names)].map((name) => `migrations/${name}.sql`);
        const found = find({ own: paths(one), ahead: paths(other) });
        for (const { facts } of found?.findings ?? []) {
          expect(paths(one)).toContain(facts.path);
          expect(paths(other)).toContain(facts.other);
        }
      }),
    );
  });
});
