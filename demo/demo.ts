import { Stage, Surprise } from './stage.ts';

/**
 * The main job on a fresh machine: an emulated GitHub on loopback, the real app, real signed webhooks. Everything shown
 * is checked; the demo ends with 1 where anything comes out other than told.
 */
async function play(): Promise<void> {
  const stage = await Stage.open({
    'left-pad': { versions: ['1.3.0'] },
    zod: { versions: ['3.25.76', '4.1.12', '4.6.7'] },
  });
  try {
    await stage.prepare({
      'README.md': '# Widgets\n',
      'src/widgets.ts': 'export const widgets = new Map<string, number>();\n',
      'package.json': `${JSON.stringify({ name: 'widgets', version: '1.0.0', dependencies: { zod: '^4.1.0' } }, null, 2)}\n`,
      'docs/adr/0001-keep-widgets-in-memory.md': RECORD_ONE,
    });
    await showCleanChange(stage);
    await showOversizedChange(stage);
    await showInventedPackage(stage);
    await showMigration(stage);
    stage.say('Every gate blocked, said why, and opened when a person had acted.\n');
  } finally {
    await stage.close();
  }
}

async function showCleanChange(stage: Stage): Promise<void> {
  stage.announce('1. An ordinary change: only a reviewer’s judgement is asked for');
  const clean = await stage.open('bob', {
    branch: 'count',
    title: 'Count widgets',
    files: {
      'src/count.ts':
        "import { widgets } from './widgets.ts';\n\nexport function countWidgets(): number {\n  return widgets.size;\n}\n",
      'test/count.test.ts':
        "import { countWidgets } from '../src/count.ts';\n\ntest('counts', () => expect(countWidgets()).toBe(0));\n",
    },
  });
  await stage.show(clean, { conclusion: 'action_required', comment: /- \[ \]/ });
  await stage.merge('bob', clean, 'refused');

  await stage.tickAll('bob', clean);
  stage.say('bob wrote the change, so his own ticks do not count:');
  await stage.show(clean, { conclusion: 'action_required', comment: /- \[ \]/ });
  await stage.expectTicked(clean, 0);

  await stage.tickAll('carol', clean);
  await stage.show(clean, { conclusion: 'success', comment: /Nothing is needed/ });
  await stage.expectTicked(clean, 'all');
  await stage.merge('carol', clean, 'merged');
}

async function showOversizedChange(stage: Stage): Promise<void> {
  stage.announce('2. Two thousand lines in an hour: too much to read');
  const table = (rows: number) =>
    Array.from({ length: rows }, (_, row) => `export const row${row} = compute(${row});\n`).join('');
  const oversized = await stage.open('bob', {
    branch: 'rows',
    title: 'Compute all rows',
    files: { 'src/rows.ts': table(2_000) },
  });
  await stage.show(oversized, { conclusion: 'failure', title: /size/i, comment: /2,?000/ });
  await stage.merge('bob', oversized, 'refused');

  await stage.push('bob', oversized, 'Keep to the first rows; the others follow', { 'src/rows.ts': table(120) });
  await stage.tickAll('carol', oversized);
  await stage.show(oversized, { conclusion: 'success', comment: /Nothing is needed/ });
  await stage.merge('carol', oversized, 'merged');
}

async function showInventedPackage(stage: Stage): Promise<void> {
  stage.announce('3. A package that does not exist');
  const manifest = (dependencies: Record<string, string>) =>
    `${JSON.stringify({ name: 'widgets', version: '1.0.0', dependencies }, null, 2)}\n`;
  const invented = await stage.open('bob', {
    branch: 'pad',
    title: 'Pad widget names',
    files: { 'package.json': manifest({ zod: '^4.1.0', 'left-pad': '^1.3.0', 'widget-name-padder': '^2.0.0' }) },
  });
  await stage.show(invented, { conclusion: 'failure', title: /dependencies/i, comment: /widget-name-padder/ });
  await stage.merge('bob', invented, 'refused');

  await stage.push('bob', invented, 'Drop the package nobody published', {
    'package.json': manifest({ zod: '^4.1.0', 'left-pad': '^1.3.0' }),
  });
  await stage.tickAll('carol', invented);
  await stage.show(invented, { conclusion: 'success', comment: /Nothing is needed/ });
  await stage.merge('carol', invented, 'merged');
}

async function showMigration(stage: Stage): Promise<void> {
  stage.announce('4. The data model changes, and nobody wrote down why');
  const migration = await stage.open('bob', {
    branch: 'owners',
    title: 'Remember who owns a widget',
    files: {
      'migrations/0002_owners.sql': 'CREATE TABLE owners (\n  widget TEXT PRIMARY KEY,\n  owner TEXT NOT NULL\n);\n',
    },
  });
  await stage.show(migration, { conclusion: 'failure', title: /adr/i, comment: /migrations\/0002_owners\.sql/ });
  await stage.merge('bob', migration, 'refused');

  await stage.push('bob', migration, 'Record the decision', { 'docs/adr/0002-keep-owners-in-a-table.md': RECORD_TWO });
  await stage.tickAll('carol', migration);
  await stage.show(migration, { conclusion: 'success', comment: /Nothing is needed/ });
  await stage.merge('carol', migration, 'merged');
}

const RECORD_ONE = `# 1. Keep widgets in memory

Date: 2026-10-01

## Status

Accepted

## Context

Widgets are few and made anew at every start, and a database would be one more thing to run for every developer.

## Decision

We keep them in a map in memory.

## Consequences

They are gone after a restart. Should they ever have to outlive one, this decision is to be looked at again.
`;

const RECORD_TWO = `# 2. Keep owners in a table of their own

Date: 2026-11-20

## Status

Accepted

## Context

Owners outlive a restart, unlike the widgets of record 1, and are asked for by widget. We considered a column in a
widgets table, which we do not have, and a file, which two processes cannot write at once.

## Decision

Owners live in a table with the widget's name as its key.

## Alternatives

A column beside each widget: an owner of many would be written many times, and once differently.

## Consequences

Every developer runs a database. A widget has one owner; several would need a second table and a new decision.
`;

try {
  await play();
} catch (error) {
  if (!(error instanceof Surprise)) throw error;
  process.stderr.write(`\ndemo: ${error.message}\n`);
  process.exitCode = 1;
}
