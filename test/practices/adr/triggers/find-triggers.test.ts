import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Evidence, type EvidenceEntry, type EvidenceRequest } from '../../../../src/model/evidence.ts';
import type { ChangedFile } from '../../../../src/model/pull-request.ts';
import { TRIGGER_NAMES } from '../../../../src/practices/adr/triggers/catalogue.ts';
import {
  findTriggers,
  type TriggerPolicy,
  triggerNeeds,
} from '../../../../src/practices/adr/triggers/find-triggers.ts';
import { changedFile } from '../../../support/pull-request.ts';

const POLICY: TriggerPolicy = { configured: [], boundaries: [], tiers: {}, blockAt: 5, nudgeAt: 2.5 };
const never = () => false;

/** A file before and after; `null` where it is not there. */
type Sides = readonly [path: string, before: string | null, after: string | null];

/** Judges a change of a repository in which nothing else stands. */
function judge(
  sides: readonly Sides[],
  policy: Partial<TriggerPolicy> = {},
  folders: readonly string[] = [],
  base: Readonly<Record<string, string>> = {},
) {
  const files = sides.map(([path, before, after]) => changedFile(path, before, after));
  const answer = (request: EvidenceRequest): EvidenceEntry => {
    if (request.kind === 'folder') {
      const names = Object.keys(base).filter((path) => path.startsWith(`${request.path}/`));
      const entries = names.map((path) => ({ name: path.slice(request.path.length + 1), kind: 'file' as const }));
      const isThere = folders.includes(request.path) || entries.length > 0;
      return [request, isThere ? { state: 'found', entries } : { state: 'absent' }];
    }
    if (request.kind !== 'file') throw new Error(`asked for ${request.kind}`);
    const [, before, after] = sides.find(([path]) => path === request.path) ?? ['', base[request.path] ?? null, null];
    const text = request.side === 'head' ? after : before;
    return [request, text === null ? { state: 'absent' } : { state: 'found', text }];
  };
  const evidence = new Evidence(triggerNeeds(files, new Evidence(), never).map(answer));
  // What a folder holds is asked for once the folder is known.
  for (const request of triggerNeeds(files, evidence, never)) evidence.add(...(answer(request) as Added));
  return findTriggers(files, evidence, { ...POLICY, ...policy }, never);
}

type Added = Parameters<Evidence['add']>;

/** Everything seen, whatever its weight. */
function seen(...sides: Sides[]): string[] {
  const { triggers, signals } = judge(sides);
  return [...new Set([...triggers, ...signals].map(({ trigger }) => trigger))].toSorted();
}

describe('declared and unmistakable', () => {
  test.each<[string, string | null, string | null, string | null]>([
    // A migration is judged by what it does, in the words of its tool.
    ['migrations/1.sql', null, 'CREATE TABLE orders (id INT);\n', 'database-table'],
    ['migrations/1.sql', null, 'DROP TABLE orders;\n', 'database-destructive'],
    ['migrations/1.sql', null, 'ALTER TABLE orders DROP COLUMN note;\n', null],
    ['migrations/1.sql', null, '-- DROP TABLE orders\nCREATE INDEX a ON b (c);\n', null],
    [
      'db/migrate/2_a.rb',
      null,
      'class A < X\n  def change\n    create_join_table :users, :teams\n  end\nend\n',
      'database-table',
    ],
    // A model that shares a table, and the shadow that keeps a history, make none that somebody decided on.
    [
      'orders/migrations/0003_a.py',
      null,
      "        migrations.CreateModel(\n            name='Draft',\n            options={\n                'proxy': True,\n            },\n",
      null,
    ],
    [
      'orders/migrations/0003_a.py',
      null,
      "        migrations.CreateModel(\n            name='HistoricalOrder',\n            fields=[],\n        ),\n",
      null,
    ],
    ['migrations/1.sql', null, 'CREATE INDEX by_day ON orders (day);\n', null],
    ['migrations/1.sql', null, 'ALTER TABLE orders ADD COLUMN note TEXT;\n', null],
    [
      'db/migrate/1_a.rb',
      null,
      'class A < ActiveRecord::Migration[7.1]\n  def change\n    create_table :orders\n  end\nend\n',
      'database-table',
    ],
    [
      'db/migrate/1_a.rb',
      null,
      'class A < X\n  def up\n    add_column :a, :b, :text\n  end\n  def down\n    remove_column :a, :b\n  end\nend\n',
      null,
    ],
    [
      'orders/migrations/0002_a.py',
      null,
      '    operations = [migrations.CreateModel(name="Order")]\n',
      'database-table',
    ],
    [
      'orders/migrations/0002_a.py',
      null,
      '    operations = [migrations.DeleteModel(name="Order")]\n',
      'database-destructive',
    ],
    ['alembic/versions/ab_a.py', null, 'def upgrade():\n    op.create_table("orders")\n', 'database-table'],
    [
      'alembic/versions/ab_a.py',
      null,
      'def upgrade():\n    op.add_column("a", b)\ndef downgrade():\n    op.drop_table("x")\n',
      null,
    ],
    [
      'Data/Migrations/1_A.cs',
      null,
      'protected override void Up(MigrationBuilder b) {\n  b.CreateTable(name: "Orders");\n}\n',
      'database-table',
    ],
    [
      'src/main/resources/db/migration/V1__a.sql',
      null,
      'create table if not exists orders (id int);\n',
      'database-table',
    ],
    ['src/migrations-ui/list.ts', null, 'CREATE TABLE orders;\n', null],
    ['test/migrations/1.sql', null, 'CREATE TABLE orders (id INT);\n', null],
    ['migrations/README.md', null, 'CREATE TABLE orders (id INT);\n', null],
    // A test of what migrates makes no table; what comes after a number is the name of a migration.
    ['src/migrations/migrate.test.ts', null, "run('CREATE TABLE orders (id INT)');\n", null],
    ['src/migrations/migrate_test.go', null, 'run("CREATE TABLE orders (id INT)")\n', null],
    ['db/migrate/20260101_add_spec.rb', null, 'class A < X\n  create_table :specs\nend\n', 'database-table'],
    // The other half of a migration undoes; it is told by its name where it is a file of its own.
    ['migrations/0002_owners.down.sql', null, 'DROP TABLE owners;\n', null],
    ['migrations/2026-01-01-000000_owners/down.sql', null, 'DROP TABLE owners;\n', null],
    ['migrations/0002_breakdown.sql', null, 'DROP TABLE owners;\n', 'database-destructive'],
    // A number in front makes a step of SQL wherever it stands; what it holds decides as ever.
    ['drizzle/0001_orders.sql', null, 'CREATE TABLE "orders" ();\n', 'database-table'],
    ['reports/0001_orders.sql', null, 'SELECT * FROM orders;\n', null],
    ['drizzle/0001_orders.down.sql', null, 'DROP TABLE "orders";\n', null],
    // Interfaces.
    ['api/a.proto', 'message A {}\n', 'message A {\n  string name = 1;\n}\n', 'interface-protobuf'],
    ['api/a.proto', '// one\n', '// two\n', null],
    ['api/a.proto', 'message A {}\n', null, 'interface-protobuf'],
    [
      'openapi.yaml',
      'paths:\n  /a:\n    get: {}\n',
      'paths:\n  /a:\n    get: {}\n  /b:\n    get: {}\n',
      'interface-openapi',
    ],
    ['openapi.yaml', 'info:\n  description: a\n', 'info:\n  description: b\n', null],
    ['openapi-generator.json', null, '{}\n', null],
    ['api/schema.graphql', 'type A { b: Int }\n', 'type A { b: Int }\ntype B { c: Int }\n', 'interface-graphql'],
    ['web/getOrders.graphql', null, 'query { a }\n', null],
    ['web/getOrders.graphql', null, 'query orders($input: Input) {\n  type\n  union { a }\n}\n', null],
    ['src/orders.graphql', null, 'type Order {\n  id: ID!\n}\n', 'interface-graphql'],
    ['src/orders.gql', 'type A {\n}\n', 'type A {\n}\nextend type Query {\n}\n', 'interface-graphql'],
    [
      'api/openapi.yaml',
      'paths:\n  /a:\n    get: {}\n',
      'paths:\n  /a:\n    get: {}\n    post:\n      a: b\n',
      'interface-openapi',
    ],
    ['api/openapi.yaml', 'x:\n  properties:\n', 'x:\n  properties:\n    delete: { type: string }\n', null],
    ['api/openapi.yaml', 'x:\n  enum:\n', 'x:\n  enum:\n    get: read\n', null],
    ['asyncapi.yaml', 'channels:\n', 'channels:\n  orders:\n    address: orders\n', 'interface-openapi'],
    ['asyncapi.yaml', 'info:\n  title: a\n', 'info:\n  title: b\n', null],
    // An interface that is published from the documentation is one all the same; an example in it is none.
    ['docs/openapi.yaml', 'paths:\n', 'paths:\n  /a:\n    get: {}\n', 'interface-openapi'],
    ['docs/examples/openapi.yaml', 'paths:\n', 'paths:\n  /a:\n    get: {}\n', null],
    ['docs/Dockerfile', null, 'FROM node:24\n', null],
    ['api/order.schema.json', '{\n}\n', '{\n  "required": ["id"]\n}\n', 'interface-schema'],
    ['api/order.schema.json', '{\n  "a": {}\n}\n', '{\n}\n', 'interface-schema'],
    ['api/order.schema.json', '{\n}\n', '{\n  "description": "An order"\n}\n', null],
    ['api/order.schema.json', '{\n}\n', '{\n  "note": { "type": "string" }\n}\n', null],
    // What is stored, in the words of the usual mappers; an index or a comment is none of it.
    ['prisma/schema.prisma', 'x\n', 'x\nmodel Order {\n  id Int @id\n}\n', 'data-entity'],
    ['prisma/schema.prisma', 'x\n', 'x\n  @@index([day])\n', null],
    ['shop/models.py', 'x = 1\n', 'x = 1\nclass Order(models.Model):\n', 'data-entity'],
    ['shop/models.py', 'x = 1\n', 'x = 1\n    note = models.TextField()\n', null],
    ['shop/tables.py', 'x = 1\n', 'x = 1\n    __tablename__ = "orders"\n', 'data-entity'],
    ['app/models/order.rb', 'x\n', 'class Order < ApplicationRecord\n', 'data-entity'],
    ['src/Order.java', 'class Order {}\n', '@Entity\nclass Order {}\n', 'data-entity'],
    ['src/order.ts', 'a();\n', "@Entity('orders')\nclass Order {}\n", 'data-entity'],
    ['src/order.js', 'a();\n', "sequelize.define('order', {});\n", 'data-entity'],
    ['src/order.ts', 'a();\n', 'const order = new mongoose.Schema({});\n', 'data-entity'],
    ['src/Shop.cs', 'class A {}\n', '  public DbSet<Order> Orders { get; set; }\n', 'data-entity'],
    ['src/order.ts', 'a();\n', "@Index('by_day')\nclass A {}\n", null],
    // A part with a life of its own; the engine all run on.
    ['packages/mail/package.json', null, '{"name":"mail"}\n', 'new-package'],
    ['package.json', '{"engines":{"node":">=22"}}\n', '{"engines":{"node":">=24"}}\n', 'engine-major'],
    ['package.json', '{"engines":{"node":">=22.1"}}\n', '{"engines":{"node":">=22.2"}}\n', null],
    // What the build may do.
    ['.github/workflows/ci.yml', 'on: push\n', 'on: push\npermissions:\n  contents: write\n', 'ci-permissions'],
    ['.github/workflows/ci.yml', 'on: push\n', 'on:\n  pull_request_target:\n', 'ci-permissions'],
    ['.github/workflows/ci.yml', 'on: push\n', 'on: push\npermissions:\n  pull-requests: write\n', null],
    ['.github/workflows/ci.yml', 'on: push\n', 'on: push\npermissions:\n  contents: read\n', null],
    // Infrastructure.
    ['infra/main.tf', 'a = 1\n', 'a = 1\nresource "aws_s3_bucket" "b" {}\n', 'infrastructure-terraform'],
    ['infra/main.tf', 'count = 1\n', 'count = 2\n', null],
    ['infra/prod.tfvars', null, 'a = 1\n', null],
    ['k8s/orders.yaml', null, 'kind: Deployment\n', 'infrastructure-kubernetes'],
    ['k8s/orders.yaml', 'replicas: 1\n', 'replicas: 2\n', null],
    ['deploy/orders.yaml', null, 'apiVersion: apps/v1\nkind: Deployment\n', 'infrastructure-kubernetes'],
    ['deploy/orders.yaml', 'apiVersion: apps/v1\nkind: Deployment\n', null, 'infrastructure-kubernetes'],
    ['catalog-info.yaml', null, 'apiVersion: backstage.io/v1alpha1\nkind: Component\n', null],
    [
      'deploy/orders.yaml',
      'apiVersion: apps/v1\nkind: Deployment\n',
      'apiVersion: apps/v1\nkind: Deployment\na: 1\n',
      null,
    ],
    ['charts/orders/templates/job.yaml', null, 'kind: Job\n', 'infrastructure-kubernetes'],
    ['Dockerfile', null, 'FROM node:24\n', 'infrastructure-container'],
    ['Dockerfile', 'FROM node:24.1\n', 'FROM node:24.2\n', null],
    ['Dockerfile.test', null, 'FROM node:24\n', null],
    ['.devcontainer/Dockerfile', null, 'FROM node:24\n', null],
    [
      'compose.yaml',
      'services:\n  web:\n    build: .\n',
      'services:\n  web:\n    build: .\n  db:\n    image: postgres:17\n',
      'infrastructure-container',
    ],
    [
      'compose.yaml',
      'services:\n  db:\n    image: postgres:17.1\n',
      'services:\n  db:\n    image: postgres:17.2\n',
      null,
    ],
    [
      'compose.yaml',
      'services:\n  web:\n    image: nginx:1\n',
      'services:\n  web:\n    image: nginx:2\n  db:\n    image: registry.example:5000/a/postgres:17\n',
      'infrastructure-container',
    ],
    [
      'compose.yaml',
      'services:\n  db:\n    image: mysql:8\n',
      'services:\n  db:\n    image: registry.example/a/mysql@sha256:0\n',
      null,
    ],
    // Dependencies of weight, at run time only, and never by a version alone.
    ['package.json', '{"dependencies":{}}\n', '{"dependencies":{"pg":"^8.0.0"}}\n', 'dependency-weighty'],
    ['package.json', '{"dependencies":{"pg":"^7.0.0"}}\n', '{"dependencies":{"pg":"^8.0.0"}}\n', null],
    ['package.json', '{"devDependencies":{}}\n', '{"devDependencies":{"pg":"^8.0.0"}}\n', null],
    ['package.json', '{"dependencies":{}}\n', '{"dependencies":{"left-pad":"^1.0.0"}}\n', null],
    [
      'package.json',
      '{"dependencies":{}}\n',
      '{"dependencies":{"@aws-sdk/client-s3":"^3.0.0"}}\n',
      'dependency-weighty',
    ],
    ['Gemfile', "gem 'rails'\n", "gem 'rails'\ngem 'sidekiq'\n", 'dependency-weighty'],
    ['Gemfile', "gem 'rails'\n", "gem 'rails'\ngroup :test do\n  gem 'sidekiq'\nend\n", null],
    [
      'pyproject.toml',
      '[project]\ndependencies = ["django"]\n',
      '[project]\ndependencies = ["django", "celery[redis]>=5"]\n',
      'dependency-weighty',
    ],
    ['requirements/base.in', 'django\n', 'django\npsycopg2\n', 'dependency-weighty'],
    ['requirements/base.txt', 'django\n', 'django\npsycopg2\n    # via -r base.in\n', null],
    // A sibling of what is there already decides nothing that the first one did not; another one of its kind does.
    ['package.json', '{"dependencies":{"redis":"5"}}\n', '{"dependencies":{"redis":"5","connect-redis":"8"}}\n', null],
    [
      'package.json',
      '{"dependencies":{"pg":"8"}}\n',
      '{"dependencies":{"pg":"8","mongodb":"6"}}\n',
      'dependency-weighty',
    ],
    ['requirements-dev.txt', 'pytest\n', 'pytest\npsycopg2\n', null],
    [
      'pom.xml',
      '<dependencies>\n</dependencies>\n',
      '<dependencies>\n<dependency>\n<groupId>org.postgresql</groupId>\n<artifactId>postgresql</artifactId>\n</dependency>\n</dependencies>\n',
      'dependency-weighty',
    ],
    [
      'pom.xml',
      '<dependencies>\n</dependencies>\n',
      '<dependencies>\n<dependency>\n<groupId>com.h2database</groupId>\n<artifactId>h2</artifactId>\n<scope>test</scope>\n</dependency>\n</dependencies>\n',
      null,
    ],
    [
      'build.gradle.kts',
      'dependencies {\n}\n',
      'dependencies {\n  implementation("org.postgresql:postgresql:42.7")\n}\n',
      'dependency-weighty',
    ],
    [
      'src/A/A.csproj',
      '<Project>\n</Project>\n',
      '<Project>\n<PackageReference Include="Npgsql" Version="9" />\n</Project>\n',
      'dependency-weighty',
    ],
    ['go.mod', 'module a\n', 'module a\nrequire github.com/jackc/pgx/v5 v5.7.0\n', 'dependency-weighty'],
    ['go.mod', 'module a\n', 'module a\nrequire github.com/jackc/pgx/v5 v5.7.0 // indirect\n', null],
    ['Cargo.toml', '[dependencies]\n', '[dependencies]\nsqlx = "0.8"\n', 'dependency-weighty'],
  ])('%s: %j → %j: %s', (path, before, after, trigger) => {
    const { triggers } = judge([[path, before, after]]);
    expect(triggers.filter(({ tier }) => tier === 'block').map((one) => one.trigger)).toEqual(
      trigger === null ? [] : [trigger],
    );
  });

  test('a dependency that moves from one manifest to another is nothing new', () => {
    const sides: Sides[] = [
      ['a/package.json', '{"dependencies":{"pg":"8"}}\n', '{"dependencies":{}}\n'],
      ['b/package.json', '{"dependencies":{}}\n', '{"dependencies":{"pg":"8"}}\n'],
    ];
    expect(seen(...sides)).toEqual([]);
  });
});

describe('what else is seen', () => {
  test.each<[string, string, string | null, string]>([
    ['concurrency', 'src/a.ts', 'a();\n', 'const lock = new Mutex();\n'],
    ['concurrency-removed', 'src/a.cs', 'lock (_gate) { a(); }\n', 'a();\n'],
    ['concurrency', 'pkg/a.go', 'a()\n', 'var mu sync.Mutex\n'],
    ['data-model', 'app/models/a.rb', 'x\n', 'has_many :orders\n'],
    ['data-model', 'src/A.java', 'class A {}\n', '@ManyToOne\nclass A {}\n'],
    ['data-model', 'shop/models.py', '    a = models.IntegerField()\n', '    a = models.TextField()\n'],
    ['data-model', 'shop/tables.py', '    a = mapped_column(Integer)\n', '    a = mapped_column(String)\n'],
    ['data-model', 'a.prisma', '  total Int\n', '  total Decimal\n'],
    ['data-model-removed', 'a.prisma', 'model Order {\n  id Int\n}\n', '// none\n'],
    ['database-destructive', 'migrations/1.sql', '', 'ALTER TABLE orders RENAME COLUMN a TO b;\n'],
    ['database-destructive', 'migrations/1.sql', '', 'ALTER TABLE orders RENAME TO purchases;\n'],
    ['database-destructive', 'migrations/1.sql', '', 'ALTER TABLE orders ALTER COLUMN a TYPE bigint;\n'],
    ['database-destructive', 'migrations/1.sql', '', 'ALTER TABLE orders ALTER a SET DATA TYPE bigint;\n'],
    ['database-destructive', 'db/migrate/1_a.rb', '', '    change_column :orders, :a, :bigint\n'],
    ['database-destructive', 'db/migrate/1_a.rb', '', '    rename_table :orders, :purchases\n'],
    ['database-destructive', 'a/migrations/2.py', '', '    ops = [migrations.RenameField("order", "a", "b")]\n'],
    ['database-destructive', 'alembic/versions/2.py', '', '    op.alter_column("a", "b", type_=sa.Text())\n'],
    ['database-migration', 'db/migrate/1_a.rb', '', '    change_column_null :orders, :a, false\n'],
    ['database-migration', 'migrations/1.sql', '', 'ALTER TABLE orders ALTER COLUMN a SET NOT NULL;\n'],
    ['database-migration', 'migrations/1.sql', '', 'ALTER TABLE orders DROP CONSTRAINT a;\n'],
    ['database-migration', 'migrations/1.sql', '', 'CREATE INDEX a ON orders (b);\n'],
    ['database-column-lost', 'migrations/1.sql', '', 'ALTER TABLE orders DROP COLUMN a;\n'],
    ['database-column-lost', 'migrations/1.sql', '', 'ALTER TABLE orders DROP a;\n'],
    ['database-column-lost', 'migrations/1.sql', '', 'ALTER TABLE orders\n  DROP a,\n  DROP b;\n'],
    ['database-migration', 'migrations/1.sql', '', 'DROP INDEX CONCURRENTLY a;\n'],
    ['database-column-lost', 'a/migrations/2.py', '', '    ops = [migrations.RemoveField("order", "note")]\n'],
    ['interface-schema-detail', 'a.schema.json', '{\n}\n', '{\n  "note": { "type": "string" }\n}\n'],
    ['endpoint', 'src/A.java', 'a();\n', '@GetMapping("/orders")\n'],
    ['endpoint', 'app/views.py', 'a()\n', '@router.get("/orders")\n'],
    ['external-call', 'app/a.py', 'a()\n', 's = requests.Session()\n'],
    ['identity', 'src/a.ts', 'a();\n', 'const token = response.id_token;\n'],
    ['storage', 'src/a.ts', 'a();\n', 'localStorage.setItem("a", b);\n'],
    ['storage-removed', 'src/a.ts', 'request.session.application = a;\n', 'save(a);\n'],
    ['configuration', 'src/a.ts', 'a();\n', 'const url = process.env.ORDERS_URL;\n'],
    ['configuration', 'src/main/resources/application.yml', 'a: 1\n', 'a: 1\nb: 2\n'],
    ['wire-format', 'pkg/a.go', 'a\n', '  Name string `json:"name"`\n'],
    [
      'signature-changed',
      'src/a.ts',
      'export function f(a: string): void {\n',
      'export function f(a: string, b: number): void {\n',
    ],
    ['signature-changed', 'src/a.cs', '  public Task F(\n    int a)\n', '  public Task F(\n    int a,\n    int b)\n'],
    ['signature-changed', 'a.py', 'def f(a):\n', 'def f(a, b):\n'],
    [
      'contract-changed',
      'src/order-store.ts',
      'export interface OrderStore {\n  get(id: string): Order;\n}\n',
      'export interface OrderStore {\n  get(id: string): Order;\n  take(\n    id: string,\n  ): Order;\n}\n',
    ],
    [
      'contract-changed',
      'src/IOrders.cs',
      'interface IOrders {\n}\n',
      'interface IOrders {\n  Task Add(Order order);\n}\n',
    ],
    ['new-type', 'src/a.ts', 'a();\n', 'export class Order {}\n'],
    ['new-component', 'src/a.ts', 'a();\n', 'export class OrderRepository {}\n'],
    ['new-contract', 'src/A.java', 'a();\n', 'public interface Orders {\n'],
    ['type-removed', 'pkg/a.go', 'type Order struct {\n', 'var a int\n'],
    ['build-system', 'package.json', '{"devDependencies":{"webpack":"5"}}\n', '{"devDependencies":{"vite":"7"}}\n'],
    ['build-system', 'webpack.prod.config.js', null, 'module.exports = {};\n'],
    ['build-system', 'buildspec.yml', null, 'version: 0.2\n'],
    ['build-system', 'babel-plugins.config.cjs', null, 'module.exports = {};\n'],
    ['package-face', 'package.json', '{\n  "type": "commonjs"\n}\n', '{\n  "type": "module"\n}\n'],
    ['dependency-removed-weighty', 'package.json', '{"dependencies":{"pg":"8"}}\n', '{"dependencies":{}}\n'],
    ['import-edge', 'src/orders/a.ts', 'export {};\n', "import { b } from '../mail/b.ts';\nexport {};\n"],
    ['import-edge', 'src/orders/a.py', 'a = 1\n', 'from ..mail.b import c\n'],
    ['import-edge', 'src/main/java/com/acme/orders/A.java', 'class A {}\n', 'import com.acme.mail.B;\nclass A {}\n'],
    [
      'public-export',
      'src/index.ts',
      "export { a } from './a.ts';\n",
      "export { a } from './a.ts';\nexport { b } from './b.ts';\n",
    ],
  ])('%s in %s', (trigger, path, before, after) => expect(seen([path, before, after])).toContain(trigger));

  test('two parts that come to need each other', () => {
    expect(
      seen(
        ['src/orders/a.ts', 'export {};\n', "import '../mail/b.ts';\nexport {};\n"],
        [
          'src/mail/b.ts',
          "import '../orders/a.ts';\nexport {};\n",
          "import '../orders/a.ts';\nimport './c.ts';\nexport {};\n",
        ],
      ),
    ).toContain('import-cycle');
  });

  test('a cycle or a reversed layer alone is told, and turns no nudge into a demand', () => {
    const cycle: Sides[] = [
      ['src/orders/a.ts', 'export {};\n', "import '../mail/b.ts';\nexport {};\n"],
      ['src/mail/b.ts', "import '../orders/a.ts';\nexport {};\n", "import '../orders/a.ts';\na();\n"],
    ];
    const reversed: Sides[] = [
      ['src/orders/a.ts', 'export {};\n', "import '../mail/b.ts';\nexport {};\n"],
      ['src/mail/b.ts', "import '../orders/a.ts';\nexport {};\n", 'export {};\n'],
    ];
    const lock: Sides = ['src/b.ts', 'a();\n', 'const lock = new Mutex();\n'];
    for (const [sides, trigger] of [
      [cycle, 'import-cycle'],
      [reversed, 'layer-reversed'],
    ] as const) {
      expect(judge(sides).triggers).toContainEqual(expect.objectContaining({ trigger, tier: 'nudge' }));
      expect(judge([...sides, lock]).triggers.map(({ tier }) => tier)).not.toContain('block');
    }
  });

  test('a column that goes is told alone; another name or type of one demands a record', () => {
    const tiers = (sql: string) => judge([['migrations/1.sql', null, sql]]).triggers.map(({ tier }) => tier);
    expect(tiers('ALTER TABLE orders DROP COLUMN note;\n')).toEqual(['nudge']);
    expect(tiers('ALTER TABLE orders RENAME COLUMN note TO remark;\n')).toEqual(['block']);
    expect(tiers('ALTER TABLE orders ALTER COLUMN note TYPE varchar(9);\n')).toEqual(['block']);
    expect(tiers('CREATE INDEX by_note ON orders (note);\n')).toEqual([]);
  });

  test('a layer that is reversed: what was imported now imports', () => {
    const sides: Sides[] = [
      ['src/orders/a.ts', 'export {};\n', "import '../mail/b.ts';\nexport {};\n"],
      ['src/mail/b.ts', "import '../orders/a.ts';\nexport {};\n", 'export {};\n'],
    ];
    expect(seen(...sides)).toContain('layer-reversed');
    expect(seen(...sides)).not.toContain('import-cycle');
  });

  test.each([
    [
      'a component with other properties',
      'src/Orders.tsx',
      'export function Orders({ a }) {\n',
      'export function Orders({ a, b }) {\n',
    ],
    [
      'one more overload',
      'src/A.java',
      '  public void f(int a) {\n',
      '  public void f(int a) {\n  public void f(int a, int b) {\n',
    ],
    ['another body', 'src/a.ts', 'export const f = (a: string) => g(a);\n', 'export const f = (a: string) => h(a);\n'],
    ['a function broken over lines', 'a.py', 'def f(a, b):\n', 'def f(\n    a,\n    b,\n):\n'],
  ])('%s changes no signature', (_, path, before, after) =>
    expect(seen([path, before, after])).not.toContain('signature-changed'));

  test('a power of the build that another workflow has already is no new one', () => {
    const sides: Sides[] = [['.github/workflows/b.yml', null, 'permissions:\n  id-token: write\n']];
    const other = { '.github/workflows/a.yml': 'permissions:\n  id-token: write # to sign\n' };
    expect(judge(sides, {}, [], other).signals).toMatchObject([{ trigger: 'ci-permissions-again' }]);
    const reading = { '.github/workflows/a.yml': 'permissions:\n  id-token: none\n' };
    expect(judge(sides, {}, [], reading).triggers).toMatchObject([{ trigger: 'ci-permissions', tier: 'block' }]);
  });

  test('what speaks of one matter in two words counts once and a half', () => {
    const entity: Sides = ['src/A.java', 'x\n', '@ManyToOne\n'];
    const column: Sides = ['migrations/1.sql', null, 'ALTER TABLE a DROP COLUMN b;\n'];
    const points = (...sides: Sides[]) => judge(sides).score;
    expect(points(entity, column)).toBeCloseTo(points(column) + points(entity) / 2);
    const lock: Sides = ['src/b.ts', 'a();\n', 'const lock = new Mutex();\n'];
    expect(points(lock, column)).toBeCloseTo(points(column) + points(lock));
  });

  test('a new folder of source, where the base has none of that name', () => {
    const sides: Sides[] = [
      ['src/mail/a.ts', null, 'a();\n'],
      ['src/mail/b.ts', null, 'b();\n'],
    ];
    expect(judge(sides).signals.map(({ trigger }) => trigger)).toContain('new-module');
    expect(judge(sides, {}, ['src/mail', 'src']).signals.map(({ trigger }) => trigger)).not.toContain('new-module');
  });
});

describe('nothing speaks where', () => {
  test.each<[string, readonly Sides[]]>([
    [
      'code merely moves',
      [
        ['src/a.ts', 'export class Order {\n  lock = new Mutex();\n}\n', null],
        ['src/b.ts', null, 'export class Order {\n  lock = new Mutex();\n}\n'],
      ],
    ],
    ['a comment says so', [['src/a.ts', 'a();\n', '// new Mutex(), @Entity and process.env.A\na();\n']]],
    [
      'what documents Python code does',
      [
        [
          'app/a.py',
          'def a():\n    b()\n',
          'def a():\n    """\n    Hold a Mutex, read os.environ, call OAuth.\n    """\n    b()\n',
        ],
      ],
    ],
    [
      'a name begins like that of a bundler',
      [
        ['vitest.config.ts', null, 'test();\n'],
        ['parcels.json', null, '{}\n'],
        ['next-env.d.ts', null, 'a;\n'],
      ],
    ],
    [
      'tests change',
      [
        ['src/a.test.ts', 'a();\n', 'const lock = new Mutex();\n'],
        ['src/test/java/ATest.java', 'a\n', '@Entity\n'],
      ],
    ],
    [
      'a program wrote the file',
      [
        [
          'src/Client.java',
          '// This file is auto-generated.\n',
          '// This file is auto-generated.\npublic class Order {}\n',
        ],
        ['src/Model.java', 'x\n', '  /** @generated */\n  public class Order {}\n'],
        ['pkg/a.go', null, '// Code generated by mockgen. DO NOT EDIT.\ntype Order struct {\n'],
      ],
    ],
    ['a numbered file of SQL is no migration', [['reports/0001_orders.sql', null, 'CREATE INDEX a ON b (c);\n']]],
    ['a page is written', [['README.md', 'a\n', 'CREATE TABLE, Mutex, @Entity\n']]],
    ['a file is large and plain', [['src/a.ts', 'a();\n', 'b();\n'.repeat(5_000)]]],
    ['a record is added', [['docs/adr/0001-a.md', null, '# We will CREATE TABLE orders\n']]],
  ])('%s', (_, sides) => expect(seen(...sides)).toEqual([]));
});

describe('tiers', () => {
  const small: Sides = ['src/a.ts', 'a();\n', 'const lock = new Mutex();\n'];
  const more: Sides = ['src/b.ts', 'a();\n', 'localStorage.a = process.env.A;\nid_token();\n'];

  test('signs below every threshold ask for nothing, and are shown', () => {
    const { triggers, signals, score } = judge([small]);
    expect(triggers).toEqual([]);
    expect(signals).toEqual([
      { trigger: 'concurrency', score: 1.8, path: 'src/a.ts', line: 1, because: expect.any(String) },
    ]);
    expect(score).toBe(1.8);
  });

  test('several add up: to a nudge first, then to a demand', () => {
    expect(new Set(judge([small], { nudgeAt: 1 }).triggers.map(({ tier }) => tier))).toEqual(new Set(['nudge']));
    const { triggers, score } = judge([small, more]);
    expect(new Set(triggers.map(({ tier }) => tier))).toEqual(new Set(['block']));
    expect(triggers.reduce((sum, one) => sum + one.score, 0)).toBeCloseTo(score);
  });

  test('a demand does not lend its weight to what is seen beside it', () => {
    const { triggers } = judge([['migrations/1.sql', null, 'CREATE TABLE a;\n'], small]);
    expect(triggers.map(({ trigger, tier }) => [trigger, tier])).toEqual([
      ['database-table', 'block'],
      ['concurrency', 'nudge'],
    ]);
  });

  test('any trigger can be turned off, made to nudge or made to block', () => {
    const table: Sides = ['migrations/1.sql', null, 'CREATE TABLE a;\n'];
    expect(judge([table], { tiers: { 'database-table': 'off' } }).triggers).toEqual([]);
    expect(judge([table], { tiers: { 'database-table': 'nudge' } }).triggers).toMatchObject([{ tier: 'nudge' }]);
    expect(judge([small], { tiers: { concurrency: 'block' } }).triggers).toMatchObject([{ tier: 'block', score: 5 }]);
    expect(
      judge([small, more], { tiers: { concurrency: 'nudge' } }).triggers.every(({ tier }) => tier === 'nudge'),
    ).toBe(true);
  });
});

describe('what the repository says itself', () => {
  const configured = [{ paths: ['src/db/**', '*.rules'], because: 'the data model', tier: 'block' as const }];

  test('paths trigger with their own reason, in folders of tests, in pages and when merely moved too', () => {
    const files: ChangedFile[] = [
      changedFile('src/db/test/a.md', null, 'a\n'),
      changedFile('x.ts', '', '', { status: 'renamed', previousPath: 'src/db/x.ts' }),
    ];
    const { triggers } = findTriggers(files, new Evidence(), { ...POLICY, configured }, never);
    expect(triggers.map(({ trigger, because }) => [trigger, because])).toEqual(
      Array(2).fill(['configured', 'the data model']),
    );
  });

  test('paths may only nudge', () => {
    const nudging = [{ ...configured[0]!, tier: 'nudge' as const }];
    expect(judge([['src/db/a.ts', null, 'a\n']], { configured: nudging }).triggers).toMatchObject([
      { tier: 'nudge', trigger: 'configured' },
    ]);
  });

  test('a decision record is never architecture', () => {
    const everything = [{ paths: ['**'], because: 'all of it', tier: 'block' as const }];
    const files = [changedFile('docs/adr/0001-a.md', null, 'a\n')];
    expect(findTriggers(files, new Evidence(), { ...POLICY, configured: everything }, () => true).triggers).toEqual([]);
  });

  test('an import that crosses a boundary demands a record', () => {
    const boundaries = [{ from: 'src/core/**', to: 'src/web/**', because: 'the core knows no transport' }];
    const crossing: Sides = ['src/core/a.ts', 'export {};\n', "import { b } from '../web/b.ts';\nexport {};\n"];
    expect(judge([crossing], { boundaries }).triggers).toMatchObject([
      { trigger: 'boundary-crossed', tier: 'block', path: 'src/core/a.ts', line: 1 },
      {},
    ]);
    const other: Sides = ['src/web/a.ts', 'export {};\n', "import { b } from '../core/b.ts';\nexport {};\n"];
    expect(judge([other], { boundaries }).triggers).toEqual([]);
  });
});

test('what cannot be read is said, not passed over', () => {
  const files = [changedFile('package.json', '{}\n', '{"dependencies":{}}\n')];
  expect(findTriggers(files, new Evidence(), POLICY, never).missing).toHaveLength(2);
});

test('hostile code neither throws nor hangs', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'import ',
      "from '",
      "'",
      'export ',
      'class A',
      '{',
      '}',
      '(',
      '`json:"',
      '@Entity',
      'lock (',
      '<dependency>',
      '"',
      '\n',
      '[',
      'gem "',
    ),
    fc.string({ unit: 'binary', maxLength: 9 }),
  );
  const path = fc.constantFrom(
    'src/a.ts',
    'A.java',
    'a.py',
    'pom.xml',
    'package.json',
    'Cargo.toml',
    'k8s/a.yaml',
    'migrations/1.sql',
    'go.mod',
    'Gemfile',
  );
  fc.assert(
    fc.property(
      path,
      fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')),
      (name, text) => void judge([[name, 'a\n', text]]),
    ),
    { numRuns: 500 },
  );
  for (const text of ['import ', 'public a ', '(', '@a ', '[', '<dependency>', '`', ' ', 'lock (']) {
    const started = performance.now();
    for (const name of ['src/a.ts', 'src/A.java', 'src/A.cs', 'pom.xml', 'build.gradle'])
      judge([[name, 'a\n', `${text.repeat(80)}\n`.repeat(1_000)]]);
    expect(performance.now() - started).toBeLessThan(4_000);
  }
});

test('the page lists every trigger', () => {
  const page = readFileSync(new URL('../../../../docs/practices/adr.md', import.meta.url), 'utf8');
  expect(TRIGGER_NAMES.filter((trigger) => !page.includes(`\n| \`${trigger}\` |`))).toEqual([]);
});
