import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { BUILT_IN_TRIGGERS, findTriggers } from '../../../src/practices/adr/triggers.ts';
import { addedLines, changedFile } from '../../support/pull-request.ts';

const never = () => false;
const edited = (path: string) => changedFile(path, 'old\n', 'new\n');
const triggerOf = (path: string) => findTriggers([edited(path)], [], never)[0]?.trigger ?? null;

describe('an edited file triggers', () => {
  test.each([
    // Database migrations, in the layouts of the common tools.
    ['migrations/0001_init.sql', 'database-migration'],
    ['src/db/migrations/20260101-add-orders.ts', 'database-migration'],
    ['prisma/migrations/2026_add/migration.sql', 'database-migration'],
    ['orders/migrations/0002_auto.py', 'database-migration'],
    ['priv/repo/migrations/2026_add_orders.exs', 'database-migration'],
    ['db/migrate/20260101_add_orders.rb', 'database-migration'],
    ['src/main/resources/db/migration/V1_2__orders.sql', 'database-migration'],
    ['sql/V7__orders.sql', 'database-migration'],
    ['alembic/versions/ab12_orders.py', 'database-migration'],
    ['DB/Migrations/1.SQL', 'database-migration'],
    // Whole folder names, and what migrations are written in.
    ['src/migrations-ui/list.ts', null],
    ['src/immigrations/list.ts', null],
    ['src/migrate/run.ts', null],
    ['src/versions/a.py', null],
    ['migrations/README.md', null],
    ['orders/migrations/__init__.py', null],
    ['src/migrations/index.ts', null],
    ['prisma/migrations/migration_lock.toml', null],
    // Interfaces.
    ['api/orders.proto', 'interface-protobuf'],
    ['src/proto.ts', null],
    ['openapi.yaml', 'interface-openapi'],
    ['api/swagger.json', 'interface-openapi'],
    ['api/openapi-v3.1.yml', 'interface-openapi'],
    ['api/orders.asyncapi.yaml', 'interface-openapi'],
    ['openapi-generator.json', null],
    ['openapitools.json', null],
    ['src/openapi.ts', null],
    ['api/schema.graphql', 'interface-graphql'],
    ['api/orders.graphqls', 'interface-graphql'],
    ['api/orders.schema.gql', 'interface-graphql'],
    ['web/getOrders.graphql', null],
    // Infrastructure.
    ['infra/main.tf', 'infrastructure-terraform'],
    ['infra/main.tf.json', 'infrastructure-terraform'],
    ['infra/prod.tfvars', null],
    ['infra/.terraform.lock.hcl', null],
    ['k8s/orders.yaml', 'infrastructure-kubernetes'],
    ['deploy/kustomization.yaml', 'infrastructure-kubernetes'],
    ['charts/orders/Chart.yaml', 'infrastructure-kubernetes'],
    ['charts/orders/templates/deployment.yaml', 'infrastructure-kubernetes'],
    ['charts/orders/values.yaml', null],
    ['src/charts/pie.yaml', null],
    ['templates/mail.yaml', null],
    ['k8s/README.md', null],
    // An edit of a container file is upkeep.
    ['Dockerfile', null],
    ['compose.yaml', null],
    // Tests, examples and documentation never.
    ['test/migrations/1.sql', null],
    ['src/__tests__/a.proto', null],
    ['tests/fixtures/main.tf', null],
    ['docs/openapi.yaml', null],
    ['examples/k8s/a.yaml', null],
    ['spec/dummy/db/migrate/1_a.rb', null],
    ['vendor/github.com/a/b.proto', null],
    // Ordinary work.
    ['src/orders.ts', null],
    ['package.json', null],
    ['.github/workflows/ci.yml', null],
    ['', null],
  ])('%s: %s', (path, trigger) => expect(triggerOf(path)).toBe(trigger));
});

test.each([
  ['Dockerfile', true],
  ['services/orders/Dockerfile', true],
  ['Dockerfile.worker', true],
  ['worker.dockerfile', true],
  ['Containerfile', true],
  ['docker-compose.yml', true],
  ['compose.prod.yaml', true],
  ['Dockerfile.dockerignore', false],
  ['Dockerfile.test', false],
  ['docker-compose.dev.yml', false],
  ['compose.override.yaml', false],
  ['.devcontainer/Dockerfile', false],
  ['src/dockerfile-parser.ts', false],
  ['src/compose.ts', false],
])('a new %s: %s', (path, triggers) => {
  expect(findTriggers([addedLines(path, 3)], [], never).map(({ trigger }) => trigger)).toEqual(
    triggers ? ['infrastructure-container'] : [],
  );
});

test('a moved file does not trigger, a moved and edited one does, from either place', () => {
  const moved = { status: 'renamed' as const, previousPath: 'migrations/1.sql' };
  expect(findTriggers([changedFile('src/1.sql', '', '', moved)], [], never)).toEqual([]);
  expect(findTriggers([changedFile('src/1.sql', 'a\n', 'b\n', moved)], [], never)).toHaveLength(1);
});

test('a removed interface triggers, without a line', () => {
  expect(findTriggers([changedFile('api/a.proto', 'a\n', null)], [], never)).toMatchObject([
    { trigger: 'interface-protobuf', line: null },
  ]);
});

test('a trigger says where and why, in the shape that scripts read', () => {
  const file = changedFile('api/a.proto', 'a\nb\nc\nd\ne\nf\n', 'a\nb\nc\nd\ne\nF\n');
  expect(findTriggers([file], [], never)).toEqual([
    {
      trigger: 'interface-protobuf',
      tier: 'block',
      score: 1,
      path: 'api/a.proto',
      line: 6,
      because: 'an interface between services (Protocol Buffers)',
    },
  ]);
});

describe('configured paths', () => {
  const configured = [{ paths: ['src/db/**', '*.rules'], because: 'the data model' }];

  test('trigger with their own reason, in folders of tests and when merely moved too', () => {
    const files = [
      addedLines('src/db/test/a.ts', 1),
      changedFile('x.ts', '', '', { status: 'renamed', previousPath: 'src/db/x.ts' }),
    ];
    expect(findTriggers(files, configured, never).map(({ trigger, because }) => [trigger, because])).toEqual([
      ['configured', 'the data model'],
      ['configured', 'the data model'],
    ]);
  });

  test('stand beside the built-in reason', () => {
    expect(findTriggers([edited('src/db/migrations/1.sql')], configured, never).map(({ trigger }) => trigger)).toEqual([
      'configured',
      'database-migration',
    ]);
  });

  test('never take a decision record for architecture', () => {
    const everything = [{ paths: ['**'], because: 'all of it' }];
    expect(
      findTriggers([addedLines('docs/adr/0001-a.md', 9)], everything, (path) => path.startsWith('docs/adr/')),
    ).toEqual([]);
  });
});

test('the page lists every built-in trigger', () => {
  const page = readFileSync(new URL('../../../docs/practices/adr.md', import.meta.url), 'utf8');
  expect(BUILT_IN_TRIGGERS.length).toBeGreaterThan(5);
  expect(BUILT_IN_TRIGGERS.filter((trigger) => !page.includes(`\n| \`${trigger}\` |`))).toEqual([]);
});
