import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SIGNALS } from '../../src/model/signal.ts';
import { findSignals, readsSignalsOf, signalsOfFile } from '../../src/signals/find-signals.ts';
import { changedFile, pullRequest } from '../support/pull-request.ts';

/** What the lines after `>` tell; the others were there before. */
function signalsIn(path: string, text: string): string[] {
  const lines = text.split('\n');
  const before = lines.filter((line) => !line.startsWith('>')).join('\n');
  const after = lines.map((line) => line.replace(/^>/, '')).join('\n');
  const file = changedFile(path, before === '' ? null : `${before}\n`, `${after}\n`);
  return signalsOfFile(file).map(({ signal, line }) => `${signal}:${line}`);
}

describe('scripts, by syntax tree', () => {
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: these are sources.
  const cases: [name: string, text: string, signals: string[]][] = [
    // Concurrency
    ['a worker', ">const worker = new Worker('a.js');", ['concurrency:1']],
    ['shared memory', '>Atomics.add(view, 0, 1);', ['concurrency:1']],
    ['a lock', '>await lock.runExclusive(() => work());', ['concurrency:1']],
    ['a transaction', '>await db.transaction(async (tx) => tx.run());', ['concurrency:1']],
    ['a name that only sounds like one', '>const key = keys.transaction(id);', []],
    ['work for each element at once', '>await Promise.all(ids.map((id) => load(id)));', ['concurrency:1']],
    ['two reads at once share nothing', '>await Promise.all([a(), b()]);', []],
    ['a variable of the module', 'let cache;\nasync function f() {\n>  cache = await g();\n}', ['concurrency:3']],
    ['a variable of its own', 'async function f() {\n  let cache;\n>  cache = await g();\n}', []],
    ['a variable of the module, at once', 'let cache;\nfunction f() {\n>  cache = g();\n}', []],
    ['a timer that does not wait for itself', '>setInterval(async () => poll(), 1000);', ['concurrency:1']],

    // Queries in loops
    [
      'a query for each',
      'for (const id of ids) {\n>  await db.user.findUnique({ where: { id } });\n}',
      ['loop-query:2'],
    ],
    ['a query for each, by callback', '>ids.forEach((id) => { prisma.user.findMany(); });', ['loop-query:1']],
    ['an entity for each, made in memory', '>const made = ids.map((id) => em.create(Item, { id }));', []],
    [
      'an entity for each, written at once',
      '>await Promise.all(ids.map(async (id) => { await em.create(Item, { id }); }));',
      ['concurrency:1', 'loop-query:1'],
    ],
    [
      'a query before the loop',
      '>const users = await db.user.findMany();\nfor (const user of users) {\n  show(user);\n}',
      [],
    ],
    ['a search in an array', 'for (const a of b) {\n>  c.find((d) => d === a);\n}', []],
    ['a function that is only made in a loop', 'for (const a of b) {\n>  const run = () => db.user.findMany();\n}', []],
    ['a request for each', 'while (more) {\n>  await fetch(next);\n}', ['external-api:2', 'loop-query:2']],
    ['SQL for each', 'for (const a of b) {\n>  await sql`select 1`;\n}', ['loop-query:2']],

    // Other services
    ['a request', ">await fetch('https://api.acme.test/v1');", ['external-api:1']],
    ['a request to the page’s own host', ">await fetch('/api/users');", []],
    ['the same, put together', ">await fetch('/api/users?q=' + words);", []],
    ['an example', ">await fetch('https://example.com/');", []],
    ['a client', '>const client = axios.create({ baseURL });', ['external-api:1']],
    ['a package for it', ">import got from 'got';", ['external-api:1']],
    ['only its types', ">import type { Got } from 'got';", []],
    ['an address', ">const API_URL = 'https://pay.acme.test';", ['external-api:1']],
    ['a link', ">const docsUrl = 'https://acme.test/api/v1/docs';", []],
    ['a method of a server', ">app.get('/users', list);", ['public-api:1']],
    ['a mock of a server', ">http.get('/users', list);", []],

    // Stored data
    [
      'an entity',
      '>@Entity()\n>export class User {\n>  @Column()\n>  name: string;\n>}',
      ['data-model:1', 'data-model:3'],
    ],
    ['a table', ">export const users = pgTable('users', {});", ['data-model:1']],
    ['a schema', '>const user = new Schema({ age: Number });', ['data-model:1']],
    ['SQL', '>await run(`ALTER TABLE users ADD COLUMN age int`);', ['data-model:1']],

    // Rights and secrets
    ['a check of rights', ">if (!hasPermission(user, 'x')) return;", ['authentication:1']],
    ['a token', '>jwt.verify(token, key);', ['authentication:1']],
    ['credentials', '>const headers = { Authorization: `Bearer ${token}` };', ['authentication:1']],
    ['a session of something else', '>await sandbox.createSession();', []],
    ['a signature', ">createHmac('sha256', key);", ['cryptography:1']],
    ['a hash guards nothing', ">createHash('sha256').update(id);", []],
    ['a comparison in constant time', '>return timingSafeEqual(a, b);', ['cryptography:1']],

    // People's data
    ['a field', '>interface User {\n>  firstName: string;\n>}', ['personal-data:2']],
    ['a value', '>send({ email: user.email });', ['personal-data:1']],
    ['reading it', '>show(user.email);', []],
    ['a name of a thing', '>const fullName = owner + name;', []],

    // Models
    ['a call', '>const { text } = await generateText({ model });', ['prompt:1']],
    ['a message', ">const m = { role: 'system', content: text };", ['prompt:1']],
    ['a role of a person', ">const member = { role: 'system' };", []],
    ['a prompt', ">const systemPrompt = 'Answer in one short sentence, always.';", ['prompt:1']],
    ['a question', ">prompt('Name?');", []],

    // What is not code
    ['a comment', '>// await fetch(url); new Worker(x)', []],
    ['a text', ">const text = 'new Worker and await db.findMany()';", []],
    ['nothing', '>const a = 1;', []],
  ];
  test.each(cases)('%s', (_, text, signals) => {
    expect(signalsIn('src/a.ts', text)).toEqual(signals);
  });
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: these are sources.

  test('lines that cannot be parsed are read by patterns', () => {
    expect(signalsIn('src/a.ts', '>const = = await prisma.$transaction(run); }}} ((')).toEqual(['concurrency:1']);
  });

  test('scripts within a page are read by patterns', () => {
    expect(signalsIn('src/A.vue', ">  const a = createHmac('sha256', key)")).toEqual(['cryptography:1']);
  });

  test.each([
    ['src/index.ts', ">export { a } from './a.ts';", ['public-api:1']],
    ['packages/a/src/index.ts', '>export const a = 1;', ['public-api:1']],
    ['src/a/index.ts', '>export const a = 1;', []],
    ['app/users/route.ts', '>export async function GET() {}', ['public-api:1']],
    ['app/routes/users/route.tsx', '>export async function loader() {}', []],
    ['app/routes/api.v1.users.ts', '>export async function loader() {}', ['public-api:1']],
  ])('%s: %s', (path, text, signals) => {
    expect(signalsIn(path, text)).toEqual(signals);
  });
});

describe('other languages, by patterns', () => {
  const cases: [path: string, text: string, signals: string[]][] = [
    ['a/models.py', 'class A(models.Model):\n>    email = models.EmailField()', ['data-model:2', 'personal-data:2']],
    ['a/views.py', 'for a in b:\n>    User.objects.get(pk=a)', ['loop-query:2']],
    ['a/views.py', '>users = User.objects.filter(x=1)\nfor a in users:\n    pass', []],
    ['a/views.py', 'for a in b:\n    pass\n>User.objects.get(pk=1)', []],
    ['a/views.py', '>with transaction.atomic():\n>    pass', ['concurrency:1']],
    ['a/views.py', '># with transaction.atomic():', []],
    ['a/views.py', '>"""\n>requests.get(url)\n>"""', []],
    ['a/views.py', '>r = requests.get(url)', ['external-api:1']],
    ['a/views.py', '>@app.route("/users")', ['public-api:1']],
    ['app/a.rb', 'a.each do |b|\n>  b.update!(c: 1)\nend', ['loop-query:2']],
    ['app/a.rb', '>  authorize @post, :update?', ['authentication:1']],
    ['app/a.rb', '>User.transaction do', ['concurrency:1']],
    ['config/routes.rb', '>  resources :posts', ['public-api:1']],
    [
      'db/migrate/20260101000000_a.rb',
      '>    add_column :users, :phone, :string',
      ['migration:1', 'data-model:1', 'personal-data:1'],
    ],
    ['a.go', '>\tgo serve(conn)', ['concurrency:1']],
    ['a.go', '>\tmu.Lock()', ['concurrency:1']],
    ['a.go', '>\tresp, err := http.Get(url)', ['external-api:1']],
    ['src/main/java/A.java', '>    private synchronized void f() {', ['concurrency:1']],
    ['src/main/java/A.java', '>  @PostMapping("/users")', ['public-api:1']],
    ['src/main/java/A.java', '>  @POST("/users")', ['external-api:1']],
    ['src/main/java/A.java', '>import java.util.concurrent.locks.ReentrantLock;', []],
    ['A.cs', '>await Task.WhenAll(tasks);', ['concurrency:1']],
    ['A.cs', '>[HttpGet("users")]', ['public-api:1']],
    ['src/a.rs', '>    tokio::spawn(async move { run().await });', ['concurrency:1']],
    ['a.php', '>DB::transaction(function () {', ['concurrency:1']],
    ['a.sql', '>ALTER TABLE users ADD COLUMN email text;', ['data-model:1', 'personal-data:1']],
    ['a.sql', '>-- ALTER TABLE users', []],
    ['schema.prisma', 'model User {\n>  email String\n}', ['data-model:2', 'personal-data:2']],
    ['a.graphql', '>type User {\n>  id: ID!\n>}', ['public-api:1', 'public-api:2']],
    ['a.proto', '>  rpc Get(Request) returns (Response);', ['public-api:1']],
    ['openapi.yaml', '>  /users:', ['public-api:1']],
  ];
  test.each(cases)('%s: %j', (path, text, signals) => {
    expect(signalsIn(path, text)).toEqual(signals);
  });
});

describe('what a file’s place tells', () => {
  const cases: [path: string, text: string, signals: string[]][] = [
    ['migrations/2026-01-01_a/up.sql', '>select 1;', ['migration:1']],
    ['src/migrations/20260101-users.ts', "import { a } from './a.ts';\n>run();", ['migration:2']],
    ['src/migrations/20260101-users.ts', ">import { a } from './a.ts';", []],
    ['src/migrations/cli.ts', '>run();', []],
    ['package.json', '{\n  "dependencies": {\n>    "left": "^1.0.0",\n    "right": "^1.0.0"\n  }\n}', ['dependency:3']],
    ['package.json', '{\n>  "version": "1.0.0",\n>  "engines": { "node": ">=20" }\n}', []],
    ['requirements.txt', '>requests==2.0', ['dependency:1']],
    ['Gemfile', ">gem 'rails'", ['dependency:1']],
    ['go.mod', '>\tgithub.com/a/b v1.0.0', ['dependency:1']],
    ['go.mod', '>\tgithub.com/a/b v1.0.0 // indirect', []],
    ['Cargo.toml', '>serde = { version = "1" }', ['dependency:1']],
    ['pyproject.toml', '>  "requests>=2",', ['dependency:1']],
    ['pom.xml', '>  <artifactId>guava</artifactId>', ['dependency:1']],
    ['build.gradle.kts', '>    implementation("a.b:c:1.0")', ['dependency:1']],
    ['a.csproj', '><PackageReference Include="A" Version="1" />', ['dependency:1']],
    ['composer.json', '>    "a/b": "^1.0"', ['dependency:1']],
  ];
  test.each(cases)('%s: %j', (path, text, signals) => {
    expect(signalsIn(path, text)).toEqual(signals);
  });

  test('another version of the same package is no new one', () => {
    const before = '{\n  "dependencies": {\n    "left": "^1.0.0"\n  }\n}\n';
    expect(signalsOfFile(changedFile('package.json', before, before.replace('1.0.0', '2.0.0')))).toEqual([]);
  });
});

describe('which files are read', () => {
  test.each([
    'test/a.ts',
    'src/a.test.ts',
    'src/__mocks__/a.ts',
    'docs/a.ts',
    'examples/a/a.ts',
    'vendor/a.go',
    'src/test/java/A.java',
    'a_test.go',
    'db/seeds.rb',
    'a.md',
    'a.d.ts',
  ])('not %s', (path) => {
    expect(readsSignalsOf(path)).toBe(false);
    expect(signalsIn(path, ">await fetch('https://api.acme.test/'); new Worker(x);")).toEqual([]);
  });

  test('nor what says that a program wrote it', () => {
    const text = '/* generated by a tool, do not edit */\nexport type User = { email: string };\n';
    expect(signalsOfFile(changedFile('src/user.ts', null, text))).toEqual([]);
  });

  test('nor what was removed', () => {
    expect(signalsOfFile(changedFile('src/a.ts', 'new Worker(x);\n', null))).toEqual([]);
  });

  test('at most five lines for each signal of a file', () => {
    const text = Array.from({ length: 20 }, () => 'new Worker(x);\n').join('');
    expect(signalsOfFile(changedFile('src/a.ts', null, text)).map(({ line }) => line)).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('hostile text', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '(',
      '{',
      '[',
      '<',
      '`',
      '${',
      '}',
      ')',
      ']',
      "'",
      '"',
      '/*',
      '*/',
      '//',
      '\n',
      ' ',
      'await ',
      'fetch(',
      'for (',
      '=>',
      '@A',
      '#x',
      '?',
      ':',
      'a',
      '\\',
      '"""',
      '=begin',
      '\u2028',
    ),
    fc.string({ unit: 'binary', maxLength: 8 }),
  );
  const text = fc.array(piece, { maxLength: 120 }).map((pieces) => `fetch\n${pieces.join('')}`);
  const path = fc.constantFrom(
    'a.ts',
    'a.tsx',
    'a.js',
    'a.vue',
    'a.py',
    'a.rb',
    'a.go',
    'A.java',
    'a.rs',
    'a.sql',
    'package.json',
    'db/migrate/1_a.rb',
  );

  test('is never more than read: a signal stands on an added line, and is one of ours', () => {
    fc.assert(
      fc.property(path, text, text, (path, before, after) => {
        const file = changedFile(path, before, after);
        const added = new Set<number>();
        for (const { newStart, lines } of file.hunks) {
          let number = newStart;
          for (const line of lines) {
            if (line.startsWith('+')) added.add(number);
            if (line.startsWith('+') || line.startsWith(' ')) number++;
          }
        }
        for (const signal of findSignals(pullRequest({ files: [file] }))) {
          expect(added).toContain(signal.line);
          expect(SIGNALS).toContain(signal.signal);
        }
      }),
      { numRuns: 600 },
    );
  });

  // A stack that overflows in the parser's native code ends the whole process, and no test would tell.
  test.each([
    '(',
    '[',
    '{',
    '!',
    'a=>',
    'a?b:',
    '`${',
    'A<',
    'if(a)',
    'a+',
    '<a>',
    '@a ',
    'a:',
    'new ',
    'typeof ',
  ])('deeply nested %j ends nothing', (opener) => {
    for (const separator of ['', '\n']) {
      const text = `fetch(x);\n${(opener + separator).repeat(20_000)}`;
      expect(Array.isArray(signalsOfFile(changedFile('src/a.tsx', null, text)))).toBe(true);
    }
  });

  test.each([
    'a ',
    'email',
    '"',
    "'",
    '/* ',
    '#',
    'for ',
    '\t',
    'https://',
    '@',
    '${',
  ])('%j again and again is quickly read', (piece) => {
    const started = performance.now();
    for (const path of ['a.ts', 'a.py', 'a.rb', 'A.java', 'a.go', 'a.sql']) {
      const line = piece.repeat(480 / piece.length);
      signalsOfFile(changedFile(path, null, `${line}\n`.repeat(200)));
    }
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
