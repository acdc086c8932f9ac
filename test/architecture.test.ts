import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { practices } from '../src/practices/index.ts';

/*
 * The arrows of the design (section 2): what may import what, who may touch the world, and that nothing shared asks
 * which practice it has. The rules are data; the checker is tested on made-up sources below, so that it cannot pass
 * because it sees nothing.
 */

/** Folders and files of `src/` by how far out they stand. A module imports its own rank and those further in. */
const RANKS: readonly (readonly string[])[] = [
  ['model'],
  ['signals', 'provenance'],
  ['practices', 'manifests', 'imports', 'commands', 'parse-hunks.ts'],
  ['config'],
  [
    'evaluate.ts',
    'judge-together.ts',
    'decide-waivers.ts',
    'gather.ts',
    'gather-dependencies.ts',
    'gather-checklists.ts',
    'batch-requests.ts',
  ],
  ['registries', 'render', 'github', 'git', 'intake', 'review.ts', 'checklists-folder.ts'],
  ['operations'],
  ['app', 'cli'],
  ['app.ts', 'cli.ts', 'index.ts'],
];

/** Modules that import less than their rank would let them: their own folder apart, only these. */
const NARROW: Readonly<Record<string, readonly string[]>> = {
  model: [],
  signals: ['model'],
  provenance: ['model'],
  practices: ['model', 'signals', 'provenance'],
  manifests: ['model'],
  imports: ['model', 'manifests'],
  commands: ['model', 'manifests'],
  render: ['model'],
  config: ['model', 'practices'],
  registries: ['model', 'gather.ts'],
};

/** Libraries that read nothing but their arguments. A new one is added here by whoever has looked. */
const PURE = new Set([
  '@yarnpkg/parsers',
  'dataloader',
  'diff',
  'fast-xml-parser',
  'fastest-levenshtein',
  'ini',
  'jsonc-parser',
  'lockfile-lint-api',
  'lru-cache',
  'minimatch',
  'npm-high-impact',
  'npm-package-arg',
  'oxc-parser',
  'semver',
  'smol-toml',
  'spdx-correct',
  'spdx-exceptions',
  'spdx-expression-parse',
  'spdx-license-ids',
  'spdx-satisfies',
  'validate-npm-package-name',
  'yaml',
  'zod',
  'node:buffer',
  'node:crypto',
  // For its list of built-in modules only.
  'node:module',
  'node:path',
  'node:path/posix',
  'node:util',
  'node:zlib',
]);

/** Where everything must be pure: no disk, no network, no process. */
const PURE_FOLDERS = new Set([
  'model',
  'signals',
  'provenance',
  'practices',
  'manifests',
  'imports',
  'commands',
  'render',
  'config',
  'evaluate.ts',
  'judge-together.ts',
  'decide-waivers.ts',
  'gather.ts',
  'gather-dependencies.ts',
  'gather-checklists.ts',
  'batch-requests.ts',
  'parse-hunks.ts',
]);

/** Where Octokit and Probot may be imported; `app/` is `app.ts`, taken apart. */
const GITHUB_CLIENTS = new Set(['github', 'app', 'app.ts', 'cli.ts']);

/** Modules that can open a connection, and where they may be imported. */
const NETWORK =
  /^(?:node:(?:https?|http2|net|tls|dgram|dns(?:\/promises)?)|undici|npm-registry-fetch|make-fetch-happen)$/;
const NETWORK_FOLDERS = new Set(['registries', 'app', 'app.ts', 'cli.ts']);

/** A store talks to its own database. */
const DATABASE = /^(?:node:sqlite|pg|pg-boss|better-sqlite3)$/;

const ENTRY_POINTS = new Set(['app.ts', 'cli.ts']);

/** Where a large library is read late, by `require`, which the arrows above do not see. */
const LATE = new Set(['model/popular-packages.ts', 'manifests/lockfiles/syml.ts', 'manifests/ecosystems/xml.ts']);

/** Words that name a practice and something else as well, and where they mean the other thing. */
const HOMONYMS: Readonly<Record<string, { at: RegExp; meaning: string }>> = {
  adr: { at: /^cli\/program\.ts$/, meaning: 'a command' },
  dependencies: { at: /^(?:manifests|registries)\//, meaning: 'a field of package.json' },
  checklists: { at: /^(?:gather|gather-checklists|model\/evidence)\.ts$/, meaning: 'a kind of evidence' },
};

/** One module of `src/`, by its path there. */
interface Source {
  path: string;
  text: string;
}

/** What is wrong with the arrows, in sentences; empty when they all point inward. */
function findBreaches(sources: readonly Source[], practiceIds: readonly string[]): string[] {
  return sources.flatMap((source) => {
    const { code, strings } = takeApart(source.text);
    return [
      ...importsOf(source).flatMap((one) => breachOfImport(source, one)),
      ...breachesOfPurity(source, code),
      ...breachesOfIdentity(source, strings, practiceIds),
    ].map((breach) => `src/${source.path} ${breach}`);
  });
}

function breachOfImport({ path }: Source, { specifier, onlyTypes }: Import): string[] {
  const from = moduleOf(path);
  if (!specifier.startsWith('.')) return breachOfPackage(from, specifier, onlyTypes);
  const target = new URL(specifier, `file:///${path}`).pathname.slice(1);
  const to = moduleOf(target);
  if (rankOf(to) < 0) return [`imports ${specifier}, which has no rank: give it one here`];
  if (from === 'practices') {
    const breach = breachBetweenPractices(path, target);
    if (breach) return [breach];
  }
  if (from === to) return [];
  const narrow = NARROW[from];
  if (narrow && !narrow.includes(to))
    return [`imports ${target}: ${from} imports only ${['itself', ...narrow].join(', ')}`];
  return rankOf(to) > rankOf(from) ? [`imports ${target}, which stands further out`] : [];
}

/** A practice is a file and a folder of its name; of the others it knows nothing. */
function breachBetweenPractices(path: string, target: string): string | null {
  if (path === 'practices/index.ts' || !target.startsWith('practices/')) return null;
  if (target === 'practices/define-practice.ts') return null;
  const id = practiceOf(path);
  return practiceOf(target) === id ? null : `imports ${target}: a practice knows its own folder only`;
}

function breachOfPackage(from: string, specifier: string, onlyTypes: boolean): string[] {
  const name = specifier.startsWith('node:')
    ? specifier
    : specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/');
  const breaches: string[] = [];
  if (/^(?:@octokit\/|octokit$|probot$|@probot\/)/.test(name) && !GITHUB_CLIENTS.has(from)) {
    breaches.push(`imports ${name}: only github, app and cli speak to GitHub`);
  }
  if (onlyTypes) return breaches;
  if (NETWORK.test(name) && !NETWORK_FOLDERS.has(from))
    breaches.push(`imports ${name}: only registries call the network`);
  if (DATABASE.test(name) && from !== 'intake') breaches.push(`imports ${name}: only intake has a database`);
  if (breaches.length === 0 && PURE_FOLDERS.has(from) && !PURE.has(name)) {
    breaches.push(`imports ${name}, which is not known to be free of input and output`);
  }
  if (name === 'node:process' && !ENTRY_POINTS.has(from))
    breaches.push('imports node:process: only entry points read the environment');
  return breaches;
}

function breachesOfPurity({ path }: Source, code: string): string[] {
  const from = moduleOf(path);
  const breaches: string[] = [];
  if (!ENTRY_POINTS.has(from)) {
    if (/\bprocess\s*\??\.\s*env\b/.test(code))
      breaches.push('reads process.env: only entry points read the environment');
    if (/\bDate\s*\??\.\s*now\b/.test(code)) breaches.push('reads Date.now: only entry points read the clock');
    if (/\bnew\s+Date\s*(?:\(\s*\)|(?![\s(\w]))/.test(code))
      breaches.push('makes a Date of now: only entry points read the clock');
    if (/\bTemporal\s*\.\s*Now\b/.test(code)) breaches.push('reads Temporal.Now: only entry points read the clock');
  }
  if (/\bcreateRequire\b/.test(code) && !LATE.has(path)) breaches.push('calls createRequire: arrows are imports');
  if (
    /(?<![.\w])fetch\s*\(/.test(code) &&
    !/\b(?:function|const|let)\s+fetch\b/.test(code) &&
    !NETWORK_FOLDERS.has(from)
  ) {
    breaches.push('calls fetch: only registries call the network');
  }
  return breaches;
}

/** A practice declares what sets it apart; nobody asks for its name. */
function breachesOfIdentity({ path }: Source, strings: readonly Literal[], practiceIds: readonly string[]): string[] {
  return practiceIds.flatMap((id) => {
    if (path === `practices/${id}.ts` || path.startsWith(`practices/${id}/`)) return [];
    if (HOMONYMS[id]?.at.test(path)) return [];
    const said = strings.some(
      ({ value, before }) =>
        value === id && !/(?:\bkind\s*(?::|[!=]==)|\bRequestOf<|\bEvidenceSources\[)\s*$/.test(before),
    );
    return said ? [`contains '${id}': shared code never asks which practice it has`] : [];
  });
}

/** `practices/size/receipt.ts` → `practices`, `app.ts` → `app.ts`. */
function moduleOf(path: string): string {
  return path.split('/')[0]!;
}

/** `practices/size/receipt.ts` and `practices/size.ts` → `size`. */
function practiceOf(path: string): string {
  return path.split('/')[1]!.replace(/\.ts$/, '');
}

function rankOf(module: string): number {
  return RANKS.findIndex((rank) => rank.includes(module));
}

/** What a module names, and whether only for its types: a type opens no connection. */
interface Import {
  specifier: string;
  onlyTypes: boolean;
}

function importsOf({ text }: Source): Import[] {
  const { skeleton, strings } = takeApart(text);
  // In the skeleton every string stands as its number, so that no text can look like an import.
  const named = /\bfrom\s*"(\d+)"|\b(?:import|require)\s*\(?\s*"(\d+)"/g;
  return [...skeleton.matchAll(named)].map((match) => {
    const statement =
      skeleton
        .slice(0, match.index)
        .split(/\b(?=import\b|export\b)/)
        .at(-1) ?? '';
    const specifier = strings[Number(match[1] ?? match[2])]!.value;
    return { specifier, onlyTypes: match[1] !== undefined && /^(?:import|export)\s+type\b/.test(statement) };
  });
}

/** A string in the source, and the code right before it. */
interface Literal {
  value: string;
  before: string;
}

/**
 * Comments, strings and regular expressions told from code, well enough for our own formatted sources: `code` has
 * neither text nor comments, `skeleton` has the numbers of strings in their places.
 */
function takeApart(text: string): { code: string; skeleton: string; strings: Literal[] } {
  const strings: Literal[] = [];
  let code = '';
  let skeleton = '';
  // Where `${…}` in a template ends: the depth of braces at which each was opened.
  const templates: number[] = [];
  let depth = 0;
  let at = 0;
  const add = (letters: string) => {
    code += letters;
    skeleton += letters;
  };
  const addString = (value: string) => {
    skeleton += `"${strings.length}"`;
    strings.push({ value, before: code.slice(-40) });
    code += '""';
  };
  const readTemplate = () => {
    let value = '';
    while (at < text.length && text[at] !== '`') {
      if (text.startsWith('${', at)) {
        addString(value);
        add('${');
        templates.push(depth++);
        at += 2;
        return;
      }
      if (text[at] === '\\') value += text[at++];
      value += text[at++];
    }
    at++;
    addString(value);
  };
  while (at < text.length) {
    const letter = text[at]!;
    if (text.startsWith('//', at)) {
      const end = text.indexOf('\n', at);
      at = end < 0 ? text.length : end;
    } else if (text.startsWith('/*', at)) {
      const end = text.indexOf('*/', at + 2);
      add(' ');
      at = end < 0 ? text.length : end + 2;
    } else if (letter === "'" || letter === '"') {
      let value = '';
      for (at++; at < text.length && text[at] !== letter; at++) {
        if (text[at] === '\\') at++;
        value += text[at] ?? '';
      }
      at++;
      addString(value);
    } else if (letter === '`') {
      at++;
      readTemplate();
    } else if (letter === '}' && templates.at(-1) === depth - 1) {
      templates.pop();
      depth--;
      add('}');
      at++;
      readTemplate();
    } else if (letter === '/' && /(?:^|[=(,:;!&|?{}[+~<>]|=>|\breturn|\bcase|\btypeof)\s*$/.test(code.slice(-30))) {
      const regex = /^\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/.exec(text.slice(at))?.[0] ?? '/';
      add(regex.length > 1 ? '/r/' : '/');
      at += regex.length;
    } else {
      if (letter === '{') depth++;
      if (letter === '}') depth--;
      add(letter);
      at++;
    }
  }
  return { code, skeleton, strings };
}

const IDS = practices.map((practice) => practice.id);

describe('the arrows of src', () => {
  const sources = readdirSync(new URL('../src/', import.meta.url), { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts'))
    .map((path) => ({ path, text: readFileSync(new URL(`../src/${path}`, import.meta.url), 'utf8') }));

  test('all point inward', () => {
    expect(findBreaches(sources, IDS)).toEqual([]);
  });

  test('are many, and every module has a rank', () => {
    expect(sources.length).toBeGreaterThan(20);
    expect(sources.flatMap(importsOf).length).toBeGreaterThan(sources.length);
    expect(sources.map(({ path }) => moduleOf(path)).filter((module) => rankOf(module) < 0)).toEqual([]);
  });

  test('nothing is excepted that does not exist', () => {
    const modules = new Set(sources.map(({ path }) => moduleOf(path)));
    expect([...Object.keys(NARROW), ...PURE_FOLDERS].filter((module) => !modules.has(module))).toEqual([]);
    const idle = Object.entries(HOMONYMS).filter(([id, { at }]) => {
      const excepted = sources.filter(({ path }) => at.test(path));
      return !excepted.some(({ text }) => takeApart(text).strings.some(({ value }) => value === id));
    });
    expect(idle).toEqual([]);
  });
});

describe('the checker', () => {
  const breaches = (path: string, text: string) =>
    findBreaches([{ path, text }], ['size', 'dependencies', 'checklists']);

  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: these are sources.
  test.each([
    ['a model that imports a practice', 'model/a.ts', "import { size } from '../practices/size.ts';"],
    ['even as a type', 'model/a.ts', "import type { Practice } from '../practices/define-practice.ts';"],
    [
      'a practice that imports the configuration',
      'practices/size.ts',
      "import type { Config } from '../config/config.ts';",
    ],
    ['a practice that imports another', 'practices/size.ts', "import { adr } from './adr.ts';"],
    ["a practice that imports another's part", 'practices/size/receipt.ts', "import { a } from '../adr/record.ts';"],
    ['a practice that reads the disk', 'practices/size.ts', "import { readFileSync } from 'node:fs';"],
    ['a practice that imports what nobody looked at', 'practices/size.ts', "import thing from 'left-pad';"],
    ['a renderer that imports a practice', 'render/a.ts', "import { size } from '../practices/size.ts';"],
    ['a manifest reader that imports the configuration', 'manifests/a.ts', "import { c } from '../config/config.ts';"],
    ['a configuration that imports the evaluation', 'config/a.ts', "import { e } from '../evaluate.ts';"],
    ['an evaluation that imports GitHub', 'evaluate.ts', "import { r } from './github/read.ts';"],
    ['something that imports an entry point', 'github/a.ts', "import { a } from '../app.ts';"],
    ['an import over several lines', 'model/a.ts', "import {\n  a,\n  b,\n} from '../config/config.ts';"],
    ['an export that passes on', 'model/a.ts', "export * from '../config/config.ts';"],
    ['an import for its effect', 'model/a.ts', "import '../config/config.ts';"],
    ['an import at run time', 'model/a.ts', "const a = await import('../config/config.ts');"],
    ['an import in a type', 'model/a.ts', "type A = import('../config/config.ts').Config;"],
    ['a module without a rank', 'model/a.ts', "import { a } from '../elsewhere/a.ts';"],
    ['an arrow that hides', 'model/a.ts', 'const load = createRequire(import.meta.url);'],
    ['Octokit outside its place', 'review.ts', "import { Octokit } from '@octokit/rest';"],
    ["Octokit's types outside their place", 'review.ts', "import type { Octokit } from '@octokit/rest';"],
    ['Probot outside its place', 'intake/a.ts', "import type { Probot } from 'probot';"],
    [
      'a connection beside types',
      'git/a.ts',
      "import type { A } from '../model/a.ts';\nimport { type B, request } from 'node:https';",
    ],
    ['a connection outside its place', 'git/a.ts', "import { request } from 'node:https';"],
    ['fetch outside its place', 'github/a.ts', 'const a = await fetch(url);'],
    ['a database outside its place', 'github/a.ts', "import { DatabaseSync } from 'node:sqlite';"],
    ['the environment', 'github/a.ts', 'const a = process.env.HOME;'],
    ['the environment, in a template', 'github/a.ts', 'const a = `x${process.env.HOME}y`;'],
    ['the environment, imported', 'github/a.ts', "import { env } from 'node:process';"],
    ['the clock', 'registries/a.ts', 'const a = Date.now();'],
    ['the clock, handed on', 'registries/a.ts', 'const a = options.now ?? Date.now;'],
    ['a date of now', 'practices/size.ts', 'const a = new Date();'],
    ['a date of now, without brackets', 'practices/size.ts', 'const a = new Date;'],
    ["a practice's name", 'render/a.ts', "if (practice.id === 'size') return;"],
    ["a practice's name as a key", 'render/a.ts', "const titles = { ['size']: 'Size' };"],
    ["a practice's name as a template", 'github/a.ts', 'if (id === `size`) return;'],
    ["a practice's name in another practice", 'practices/adr.ts', "if (id === 'size') return;"],
  ])('sees %s', (_, path, text) => expect(breaches(path, text)).toHaveLength(1));

  test.each([
    [
      'an import of what is further in',
      'render/a.ts',
      "import type { Review } from '../model/review.ts';\nimport { b } from './b.ts';",
    ],
    [
      'a practice and its parts',
      'practices/size.ts',
      "import { z } from 'zod';\nimport { definePractice } from './define-practice.ts';\nimport { a } from './size/receipt.ts';",
    ],
    ['a part that imports its neighbour', 'practices/size/receipt.ts', "import { a } from './classify.ts';"],
    ['the literal list', 'practices/index.ts', "import { adr } from './adr.ts';\nimport { size } from './size.ts';"],
    [
      'an entry point',
      'app.ts',
      "import { Probot } from 'probot';\nconst a = process.env.PORT ?? Date.now();\nimport { r } from './github/read.ts';",
    ],
    [
      'what is only said in a comment',
      'model/a.ts',
      "// import { a } from '../config/config.ts'; 'size'; Date.now();\n/* process.env */",
    ],
    ['what is only said in text', 'model/a.ts', 'const a = "import \'../config/config.ts\'; Date.now() process.env";'],
    [
      'a regular expression with quotes in it',
      'model/a.ts',
      "const a = /['\"`]/; const b = 1;\n// it's all right\nconst c = 'new Date()';",
    ],
    ['a date of something', 'practices/size.ts', 'const a = new Date(evaluatedAt);'],
    ['a method of that name', 'registries/a.ts', 'const a = this.fetch(url); const b = x.prefetch(url);'],
    ['a practice that says its own name', 'practices/size.ts', "const id = 'size';"],
    ['a practice that says its own name in a part', 'practices/size/receipt.ts', "const id = 'size';"],
    [
      'the types of a connection',
      'github/a.ts',
      "import { a } from './b.ts';\nimport type { IncomingMessage } from 'node:http';",
    ],
    ['a longer word', 'render/a.ts', "const a = 'size:';"],
    ["npm's field of that name", 'manifests/package-json.ts', "const fields = ['dependencies'];"],
    [
      'a kind of evidence',
      'github/a.ts',
      "const a = { kind: 'checklists' }; if (request.kind === 'checklists') return;",
    ],
  ])('lets %s be', (_, path, text) => expect(breaches(path, text)).toEqual([]));

  test('reads strings and code apart', () => {
    const { code, strings } = takeApart("const a = `x${b + 'c'}y`; // d\nconst e = 1 / 2 / 3; 'f\\'g'");
    expect(strings.map(({ value }) => value)).toEqual(['x', 'c', 'y', "f'g"]);
    expect(code).toContain('1 / 2 / 3');
    expect(code).not.toContain('d');
  });
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: these are sources.
});
