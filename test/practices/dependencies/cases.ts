import type { Tree } from '../../manifests/fake-repository.ts';
import type { Behaviour } from '../../support/registry/index.ts';
import { LOCKFILE_ROWS } from './lockfile-cases.ts';

/** One case of the specification: what a repository was, what the change makes of it, and the codes that are said. */
export interface Case {
  what: string;
  before: Tree;
  changed: Tree;
  /** In the order of the alphabet; empty for silence. */
  codes: readonly string[];
  /** True where something could not be found out, and that is said. */
  open?: boolean;
  options?: object;
}

/** What the registry of the cases has. Every name with `secret` in it is private: nobody may ask for it. */
export const PACKAGES: Readonly<Record<string, Behaviour>> = {
  react: { versions: ['18.3.1', '19.2.0'], tags: { latest: '19.2.0', next: '19.2.0' } },
  lodash: { versions: ['4.17.21'] },
  '@acme/public': { versions: ['1.0.0'] },
  only: { versions: ['2.0.0-beta.1'], tags: { beta: '2.0.0-beta.1' } },
  rc: { versions: ['1.0.0-rc.1'], tags: { latest: '1.0.0-rc.1' } },
  pnpm: { versions: ['9.1.0', '10.0.0'] },
  yarn: { versions: ['1.22.22'] },
  '@yarnpkg/cli-dist': { versions: ['4.5.0'] },
  npm: { versions: ['11.0.0'] },
  path: { versions: ['0.12.7'] },
  buffer: { versions: ['6.0.3'] },
  JSONStream: { versions: ['1.3.5'] },
  fs: 'placeholder',
  held: 'placeholder',
  'taken-back': { unpublishedAt: '2024-01-01T00:00:00.000Z' },
  'needs-login': { status: 401 },
  forbidden: { status: 403 },
  'legally-gone': { status: 451 },
  busy: { status: 429, retryAfter: '1' },
  down: { status: 503 },
  broken: 'malformed',
  cut: 'truncated',
  odd: 'not-a-package',
};

type Row = [what: string, before: Tree, changed: Tree, codes: string[], more?: Pick<Case, 'open' | 'options'>];

const deps = (dependencies: object, more: object = {}) => ({ 'package.json': { name: 'app', ...more, dependencies } });
const one = (name: string, spec: string): Tree => deps({ [name]: spec });

/** A spec for one dependency, and what is said of it. */
const SPECS: [name: string, spec: string, codes: string[], open?: boolean][] = [
  ['react', '^19', []],
  ['react', '19.x', []],
  ['react', '', []],
  ['react', '*', []],
  ['react', 'x', []],
  ['react', '>=18 <20', []],
  ['react', '^17 || ^18', []],
  ['react', '18.0.0 - 19.9.9', []],
  ['react', '18.3.1', []],
  ['react', 'v18.3.1', []],
  ['react', '=18.3.1', []],
  ['react', '18.3.1+build', []],
  ['react', 'latest', []],
  ['react', 'next', []],
  ['react', '^20', ['version-unsatisfiable']],
  ['react', '18.3.2', ['version-unsatisfiable']],
  ['react', '<1', ['version-unsatisfiable']],
  ['react', 'canary', ['tag-absent']],
  ['react', '1.2.3.4', ['tag-absent']],
  ['react', 'not a range', ['spec-invalid']],
  ['react', '>1 <', ['spec-invalid']],
  ['react', 'npm:https://example.com/x', ['spec-invalid']],
  ['only', '^2', ['version-unsatisfiable']],
  ['only', '^2.0.0-beta', []],
  ['only', 'beta', []],
  ['rc', '*', ['version-unsatisfiable']],
  ['gone', '^1', ['package-absent']],
  ['gone', 'latest', ['package-absent']],
  ['@acme/gone', '1.0.0', ['package-absent']],
  ['held', '*', ['package-placeholder']],
  ['taken-back', '1', ['package-unpublished']],
  ['JSONStream', '^1', []],
  ['needs-login', '1', [], true],
  ['forbidden', '1', [], true],
  ['legally-gone', '1', [], true],
  ['busy', '1', [], true],
  ['down', '1', [], true],
  ['broken', '1', [], true],
  ['cut', '1', [], true],
  ['odd', '1', [], true],
  ['bad name', '1', ['name-invalid']],
  ['.hidden', '1', ['name-invalid']],
  ['_under', '1', ['name-invalid']],
  ['node_modules', '1', ['name-invalid']],
  ['fs', '^0', ['builtin-shadowed', 'package-placeholder']],
  ['path', '^0.12', ['builtin-shadowed']],
  ['buffer', '^6', ['builtin-shadowed']],
  ['r', 'npm:react@^19', []],
  ['r', 'npm:gone@1', ['package-absent']],
  ['r', 'npm:react@^99', ['version-unsatisfiable']],
  ['lodash', 'npm:@acme/public@1', ['alias-mismatch']],
  ['react-18', 'npm:react@^18', []],
  ['secret', 'workspace:*', ['workspace-missing']],
  ['secret', 'workspace:^1.0.0', ['workspace-missing']],
  ['secret', 'catalog:', ['catalog-missing']],
  ['secret', 'catalog:old', ['catalog-missing']],
  ['secret', 'file:../secret', ['path-missing']],
  ['secret', 'file:./secret', ['path-missing']],
  ['secret', 'link:./secret', ['path-missing']],
  ['secret', 'portal:./secret', ['path-missing']],
  ['secret', './secret', ['path-missing']],
  ['secret', '/tmp/secret', ['path-missing']],
  ['secret', '~/secret', ['path-missing']],
  ['secret', 'file:secret.tgz', ['path-missing']],
  ['secret', 'acme/secret', ['bypasses-registry']],
  ['secret', 'github:acme/secret', ['bypasses-registry']],
  ['secret', 'github:acme/secret#main', ['bypasses-registry']],
  ['secret', 'github:acme/secret#v1.0.0', ['bypasses-registry']],
  ['secret', `github:acme/secret#${'a'.repeat(40)}`, ['bypasses-registry']],
  ['secret', 'git+ssh://git@git.acme.example/secret.git', ['bypasses-registry']],
  ['secret', 'git+https://git.acme.example/secret.git#semver:^1', ['bypasses-registry']],
  ['secret', 'git@git.acme.example:acme/secret.git', ['bypasses-registry']],
  ['secret', 'git://git.acme.example/secret.git', ['bypasses-registry']],
  ['secret', 'https://acme.example/secret.tgz', ['bypasses-registry']],
  ['secret', 'http://acme.example/secret.tgz', ['bypasses-registry']],
  ['secret', 'jsr:@acme/secret@1', []],
  ['secret', 'exec:./make.js', []],
  ['react', 'patch:react@npm%3A18.3.1#./react.patch', ['path-missing']],
  ['react', 'patch:react@npm%3A18.3.2#builtin<compat/react>', ['version-unsatisfiable']],
  ['react', 'patch:gone@npm%3A1.0.0#builtin<compat/x>', ['package-absent']],
];

const FIELDS: Row[] = [
  ['an absent development dependency', {}, { 'package.json': { devDependencies: { gone: '1' } } }, ['package-absent']],
  ['an absent peer', {}, { 'package.json': { peerDependencies: { gone: '1' } } }, ['package-absent']],
  [
    'an absent optional dependency',
    {},
    { 'package.json': { optionalDependencies: { gone: '1' } } },
    ['package-absent'],
  ],
  [
    'an optional one overrules',
    {},
    { 'package.json': { dependencies: { react: '^99' }, optionalDependencies: { react: '^19' } } },
    [],
  ],
  [
    'bundled names that are declared nowhere, which are not asked for',
    {},
    { 'package.json': { dependencies: { react: '19' }, bundleDependencies: ['react', 'secret', 'gone'] } },
    ['manifest-unreadable', 'manifest-unreadable'],
  ],
  [
    'a bundled name that is declared nowhere, in the other spelling',
    {},
    { 'package.json': { dependencies: { react: '19' }, bundledDependencies: ['secret'] } },
    ['manifest-unreadable'],
  ],
  [
    'bundled names that are declared',
    {},
    {
      'package.json': {
        dependencies: { react: '19' },
        optionalDependencies: { lodash: '^4' },
        bundleDependencies: ['react', 'lodash'],
      },
    },
    [],
  ],
  ['everything bundled', {}, { 'package.json': { dependencies: { react: '19' }, bundleDependencies: true } }, []],
  [
    'a doubled name',
    {},
    { 'package.json': '{ "dependencies": { "react": "^99", "react": "^19" } }' },
    ['manifest-unreadable'],
  ],
  ['no JSON', {}, { 'package.json': '{ "dependencies": ' }, ['manifest-unreadable']],
  ['conflict markers', {}, { 'package.json': '<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> x\n' }, ['manifest-unreadable']],
  ['a number for a spec', {}, { 'package.json': '{ "dependencies": { "react": 19 } }' }, ['spec-invalid']],
  ['a list for a field', {}, { 'package.json': '{ "dependencies": ["react"] }' }, ['manifest-unreadable']],
  [
    'moved to another field',
    { 'package.json': { dependencies: { gone: '1' } } },
    { 'package.json': { devDependencies: { gone: '1' } } },
    [],
  ],
  ['was there before', one('gone', '1'), deps({ gone: '1', react: '^19' }), []],
  ['changed its range', one('react', '^19'), one('react', '^99'), ['version-unsatisfiable']],
  ['was taken out', one('gone', '1'), deps({}), []],
  ['the manifest was removed', one('gone', '1'), { 'package.json': null }, []],
  ['below node_modules', {}, { 'node_modules/x/package.json': { dependencies: { gone: '1' } } }, []],
  ['a fixture', {}, { 'test/fixtures/a/package.json': { dependencies: { gone: '1' } } }, []],
  ['a package manager', {}, { 'package.json': { packageManager: 'pnpm@9.1.0+sha512.abc' } }, []],
  [
    'a package manager of no such version',
    {},
    { 'package.json': { packageManager: 'pnpm@99.0.0' } },
    ['version-unsatisfiable'],
  ],
  ['no such package manager', {}, { 'package.json': { packageManager: 'gone@1.0.0' } }, ['package-absent']],
  ['Yarn 1', {}, { 'package.json': { packageManager: 'yarn@1.22.22' } }, []],
  ['Yarn 4', {}, { 'package.json': { packageManager: 'yarn@4.5.0' } }, []],
  ['Yarn 4, no such version', {}, { 'package.json': { packageManager: 'yarn@4.99.0' } }, ['version-unsatisfiable']],
  [
    'a tool for development',
    {},
    {
      'package.json': {
        devEngines: { packageManager: { name: 'npm', version: '^11' }, runtime: { name: 'node', version: '24' } },
      },
    },
    [],
  ],
  [
    'a tool for development that is not there',
    {},
    { 'package.json': { devEngines: { packageManager: [{ name: 'gone', version: '1' }] } } },
    ['package-absent'],
  ],
];

const overrides = (value: object): Tree => ({ 'package.json': { dependencies: { lodash: '^4' }, overrides: value } });
const resolutions = (value: object): Tree => ({ 'package.json': { resolutions: value } });
const pnpmOverrides = (value: object): Tree => ({ 'package.json': { pnpm: { overrides: value } } });
const OVERRIDES: Row[] = [
  ['npm', {}, overrides({ react: '^19' }), []],
  ['npm, absent', {}, overrides({ gone: '1' }), ['package-absent']],
  ['npm, nested', {}, overrides({ parent: { react: '^99' } }), ['version-unsatisfiable']],
  ['npm, by version', {}, overrides({ 'react@^18': '19.2.0' }), []],
  ['npm, the package itself', {}, overrides({ 'react@1': { '.': '^99' } }), ['version-unsatisfiable']],
  ['npm, a reference', {}, overrides({ lodash: '$lodash' }), []],
  ['npm, a reference to nothing', {}, overrides({ lodash: '$gone' }), ['spec-invalid']],
  ['npm, an alias', {}, overrides({ react: 'npm:gone@1' }), ['package-absent']],
  ['Yarn', {}, resolutions({ react: '^19' }), []],
  ['Yarn, anywhere', {}, resolutions({ '**/gone': '1' }), ['package-absent']],
  ['Yarn, below a parent', {}, resolutions({ 'parent/gone': '1' }), ['package-absent']],
  ['Yarn, a scope below a parent', {}, resolutions({ 'parent/@acme/public': '^9' }), ['version-unsatisfiable']],
  ['Yarn, by version', {}, resolutions({ 'react@npm:^18': '19.2.0' }), []],
  ['Yarn, a patch', {}, resolutions({ react: 'patch:react@npm%3A19.2.0#builtin<x>' }), []],
  ['pnpm', {}, pnpmOverrides({ react: '^19' }), []],
  ['pnpm, below a parent', {}, pnpmOverrides({ 'parent>gone': '1' }), ['package-absent']],
  ['pnpm, by version', {}, pnpmOverrides({ 'react@>18': '^19' }), []],
  ['pnpm, by versions', {}, pnpmOverrides({ 'parent@1>react@2': '^99' }), ['version-unsatisfiable']],
  ['pnpm, taken out', {}, pnpmOverrides({ gone: '-' }), []],
  ['pnpm, in the workspace', {}, { 'pnpm-workspace.yaml': 'overrides:\n  gone: "1"\n' }, ['package-absent']],
  [
    'unchanged',
    overrides({ gone: '1' }),
    { 'package.json': { dependencies: { lodash: '^4', react: '^19' }, overrides: { gone: '1' } } },
    [],
  ],
];

const workspace = (text: string): Tree => ({ 'pnpm-workspace.yaml': text });
const CATALOGS: Row[] = [
  ['pnpm', workspace('catalog:\n  react: ^19\n'), one('react', 'catalog:'), []],
  ['pnpm, unsatisfiable', workspace('catalog:\n  react: ^99\n'), one('react', 'catalog:'), ['version-unsatisfiable']],
  ['pnpm, by name', workspace('catalogs:\n  old:\n    react: ^18\n'), one('react', 'catalog:old'), []],
  [
    'pnpm, no such catalog',
    workspace('catalogs:\n  old:\n    react: ^18\n'),
    one('react', 'catalog:new'),
    ['catalog-missing'],
  ],
  ['pnpm, no such entry', workspace('catalog:\n  lodash: ^4\n'), one('react', 'catalog:'), ['catalog-missing']],
  [
    'pnpm, only the catalog changed',
    workspace('catalog:\n  react: ^19\n'),
    workspace('catalog:\n  react: ^99\n'),
    ['version-unsatisfiable'],
  ],
  ['pnpm, an absent entry', {}, workspace('catalog:\n  gone: ^1\n'), ['package-absent']],
  [
    'pnpm, at both places',
    { ...workspace('catalog:\n  lodash: ^4\n') },
    { ...workspace('catalog:\n  gone: ^1\n'), ...one('gone', 'catalog:') },
    ['package-absent', 'package-absent'],
  ],
  ['pnpm, bad YAML', {}, workspace('catalog: [\n'), ['manifest-unreadable']],
  ['pnpm, a number', {}, workspace('catalog:\n  react: 19\n'), []],
  ['Yarn', { '.yarnrc.yml': 'catalog:\n  react: ^19\n' }, one('react', 'catalog:'), []],
  [
    'Yarn, no such entry',
    { '.yarnrc.yml': 'catalog:\n  react: ^19\n' },
    one('lodash', 'catalog:'),
    ['catalog-missing'],
  ],
  [
    'Yarn, only the catalog changed',
    { '.yarnrc.yml': 'catalog:\n  react: ^19\n' },
    { '.yarnrc.yml': 'catalog:\n  gone: ^1\n' },
    ['package-absent'],
  ],
  [
    'Bun',
    { 'package.json': { workspaces: { packages: ['p/*'], catalog: { react: '^19' } } } },
    { 'p/a/package.json': { name: 'a', dependencies: { react: 'catalog:' } } },
    [],
  ],
  [
    'Bun, at the root',
    { 'package.json': { workspaces: ['p/*'], catalogs: { ui: { react: '^99' } } } },
    { 'p/a/package.json': { name: 'a', dependencies: { react: 'catalog:ui' } } },
    ['version-unsatisfiable'],
  ],
  [
    'Bun, only the catalog changed',
    { 'package.json': { catalog: { react: '^19' } } },
    { 'package.json': { catalog: { gone: '^1' } } },
    ['package-absent'],
  ],
  [
    'packages of the configuration',
    {},
    workspace('configDependencies:\n  gone: 1.0.0+sha512-abc\n'),
    ['package-absent'],
  ],
  [
    'extensions of packages',
    {},
    workspace('packageExtensions:\n  parent@1:\n    dependencies:\n      gone: "1"\n'),
    ['package-absent'],
  ],
];

const MONOREPO: Tree = {
  'package.json': { name: 'root', private: true, workspaces: ['packages/*'] },
  'packages/secret/package.json': { name: 'secret', version: '1.2.0', private: true },
  'packages/scoped/package.json': { name: '@secret/scoped', version: '2.0.0', private: true },
};
const app = (dependencies: object): Tree => ({ 'packages/app/package.json': { name: 'secret-app', dependencies } });
const WORKSPACES: Row[] = [
  ['a sibling', MONOREPO, app({ secret: 'workspace:*' }), []],
  ['a sibling by range', MONOREPO, app({ secret: 'workspace:^1.0.0' }), []],
  ['a sibling by caret', MONOREPO, app({ secret: 'workspace:^' }), []],
  ['a sibling under an alias', MONOREPO, app({ other: 'workspace:secret@*' }), []],
  ['a sibling by path', MONOREPO, app({ secret: 'workspace:../secret' }), []],
  ['a sibling of another version', MONOREPO, app({ secret: 'workspace:^2.0.0' }), ['version-unsatisfiable']],
  ['no such sibling', MONOREPO, app({ 'secret-gone': 'workspace:*' }), ['workspace-missing']],
  ['no such sibling under an alias', MONOREPO, app({ other: 'workspace:secret-gone@*' }), ['workspace-missing']],
  ['a sibling by a plain range', MONOREPO, app({ secret: '^1' }), []],
  ['a sibling by its folder', MONOREPO, app({ secret: 'file:../secret' }), []],
  ['a folder that is not there', MONOREPO, app({ secret: 'file:../nowhere' }), ['path-missing']],
  ['out of the repository', MONOREPO, app({ secret: 'link:../../../secret' }), ['path-missing']],
  ['a name under a private scope', MONOREPO, app({ '@secret/other': '1' }), []],
  [
    'a sibling that the change adds',
    MONOREPO,
    { ...app({ 'secret-new': 'workspace:*' }), 'packages/new/package.json': { name: 'secret-new' } },
    [],
  ],
  [
    'a sibling that the change removes',
    MONOREPO,
    { ...app({ secret: 'workspace:*' }), 'packages/secret/package.json': null },
    [],
  ],
  [
    'lerna',
    { ...MONOREPO, 'package.json': { name: 'root' }, 'lerna.json': { packages: ['packages/*'] } },
    app({ secret: '^1' }),
    [],
  ],
];

const PRIVATE: Row[] = [
  ['a scope that .npmrc maps', { '.npmrc': '@secret:registry=https://npm.acme.example/' }, one('@secret/a', '1'), []],
  [
    'a scope that .yarnrc.yml maps',
    { '.yarnrc.yml': 'npmScopes:\n  secret:\n    npmRegistryServer: https://npm.acme.example\n' },
    one('@secret/a', '1'),
    [],
  ],
  [
    'a scope that .yarnrc maps',
    { '.yarnrc': '"@secret:registry" "https://npm.acme.example/"\n' },
    one('@secret/a', '1'),
    [],
  ],
  [
    'a scope that bunfig.toml maps',
    { 'bunfig.toml': '[install.scopes]\n"@secret" = "https://npm.acme.example"\n' },
    one('@secret/a', '1'),
    [],
  ],
  [
    'a scope that pnpm-workspace.yaml maps',
    { 'pnpm-workspace.yaml': 'registries:\n  "@secret": https://npm.acme.example\n' },
    one('@secret/a', '1'),
    [],
  ],
  ['every name, with another registry', { '.npmrc': 'registry=https://npm.acme.example/' }, one('secret', '1'), []],
  [
    'every name, with another registry in .yarnrc',
    { '.yarnrc': 'registry "https://npm.acme.example/"\n' },
    one('secret', '1'),
    [],
  ],
  [
    'a scope whose name is set elsewhere',
    { '.npmrc': '$' + '{SCOPE}:registry=https://npm.acme.example/' },
    one('@secret/a', '1'),
    [],
  ],
  ['listed as private', {}, one('secret-x', '1'), [], { options: { private: ['secret-*'] } }],
  ['a scope listed as private', {}, one('@secret/x', '1'), [], { options: { private: ['@secret'] } }],
  [
    'a scope with a registry',
    {},
    one('@secret/x', '1'),
    [],
    { options: { registries: { '@secret': 'https://npm.acme.example' } } },
  ],
  [
    'locked to another host by npm',
    {
      'package-lock.json': {
        lockfileVersion: 3,
        packages: {
          '': { dependencies: { secret: '^1' } },
          'node_modules/secret': { version: '1.0.0', resolved: 'https://npm.acme.example/secret/-/secret-1.0.0.tgz' },
        },
      },
    },
    one('secret', '^2'),
    ['lockfile-drift'],
    {},
  ],
  [
    'locked to another host by Yarn',
    {
      'yarn.lock':
        '# yarn lockfile v1\n\n\nsecret@^1:\n  version "1.0.0"\n  resolved "https://npm.acme.example/secret/-/secret-1.0.0.tgz#abc"\n',
    },
    one('secret', '^2'),
    ['lockfile-drift'],
  ],
  [
    'locked to another host by pnpm',
    {
      'pnpm-lock.yaml':
        "lockfileVersion: '9.0'\n\npackages:\n\n  secret@1.0.0:\n    resolution: {integrity: sha512-a, tarball: https://npm.acme.example/secret/-/secret-1.0.0.tgz}\n",
    },
    one('secret', '^2'),
    [],
  ],
  [
    'a settings file that the change adds hides nothing',
    {},
    { '.npmrc': '@acme:registry=https://evil.example/', ...one('@acme/gone', '1') },
    ['package-absent', 'registry-config-changed'],
  ],
  [
    'imported, of a private scope',
    { ...one('react', '^19'), '.npmrc': '@secret:registry=https://npm.acme.example/' },
    { 'src/a.ts': "import '@secret/a';" },
    ['import-undeclared'],
  ],
  [
    'imported, a sibling',
    MONOREPO,
    {
      'packages/app/package.json': { name: 'secret-app' },
      'packages/app/a.ts': "import 'secret';\nimport '@secret/scoped';",
    },
    [],
  ],
  [
    'imported, an alias',
    { ...one('react', '^19'), 'tsconfig.json': { compilerOptions: { paths: { 'secret/*': ['./x/*'] } } } },
    { 'src/a.ts': "import 'secret/a';" },
    [],
  ],
  [
    'imported, listed as private',
    one('react', '^19'),
    { 'src/a.ts': "import 'secret-x';" },
    ['import-undeclared'],
    { options: { private: ['secret-*'] } },
  ],
  [
    'commanded, of a private scope',
    { '.npmrc': '@secret:registry=https://npm.acme.example/' },
    { 'README.md': '    npm install @secret/cli\n' },
    [],
  ],
  ['commanded, a sibling', MONOREPO, { 'packages/app/README.md': '`npm i secret`\n' }, []],
  [
    'commanded, from git',
    {},
    { 'setup.sh': 'npm i git+ssh://git@git.acme.example/secret.git\nnpm i acme/secret\nnpm i ./secret\n' },
    [],
  ],
];

const source = (text: string): Tree => ({ 'src/a.ts': text });
const SOURCES: Row[] = [
  ['an absent package', one('react', '^19'), source("import 'gone';"), ['import-absent']],
  ['one that exists', one('react', '^19'), source("import 'lodash';"), ['import-undeclared']],
  [
    'one that is locked',
    {
      ...one('react', '^19'),
      'package-lock.json': {
        lockfileVersion: 3,
        packages: { '': { dependencies: { react: '^19' } }, 'node_modules/lodash': { version: '4.17.21' } },
      },
    },
    source("import 'lodash';"),
    ['import-phantom'],
  ],
  ['a placeholder', one('react', '^19'), source("import 'held';"), ['package-placeholder']],
  ['nothing left of it', one('react', '^19'), source("import 'taken-back';"), ['package-unpublished']],
  ['an outage', one('react', '^19'), source("import 'down';"), ['import-undeclared'], { open: true }],
  ['declared in the same change', {}, { ...one('react', '^19'), ...source("import 'react';") }, []],
  [
    'declared in the same change, and absent',
    {},
    { ...one('gone', '1'), ...source("import 'gone';") },
    ['package-absent'],
  ],
  ['only pre-releases', one('react', '^19'), source("import 'only';"), ['import-undeclared']],
  ['a fixture', one('react', '^19'), { 'test/fixtures/a.ts': "import 'gone';" }, []],
  ['an attempt', one('react', '^19'), { 'src/a.js': "try { require('gone'); } catch {}" }, ['import-absent']],
];

const COMMANDS: [path: string, line: string, codes: string[]][] = [
  ['README.md', '    npm install gone', ['command-absent']],
  ['README.md', 'Run `npm i -D gone` first.', ['command-absent']],
  ['README.md', '- `npx gone --flag value`', ['command-absent']],
  ['README.md', '$ npm install react lodash', []],
  ['README.md', 'npm install works well with the rest', []],
  ['README.md', 'After npm install the tests run.', []],
  ['README.md', 'Run npm install gone-pkg to get going', ['command-absent']],
  ['README.md', '`npm install <your-package>`', []],
  ['README.md', '`npm install your-package`', []],
  ['README.md', '`npm install $NAME`', []],
  ['README.md', '`npm install`', []],
  ['README.md', '`npm ci && npm test`', []],
  ['README.md', '`npm run build`', []],
  ['README.md', '`npm install react@^99`', ['version-unsatisfiable']],
  ['README.md', '`npm install react@next`', []],
  ['README.md', '`npm install react@canary`', ['tag-absent']],
  ['README.md', '`npm install held`', ['package-placeholder']],
  ['README.md', '`npm install ./local gone.tgz`', []],
  ['CHANGELOG.md', '`npm install gone`', []],
  ['AGENTS.md', 'Use `pnpm dlx gone init`.', ['command-absent']],
  ['CLAUDE.md', 'Use `bunx gone`.', ['command-absent']],
  ['skills/x/SKILL.md', 'npx gone@latest', ['command-absent']],
  ['.cursor/rules/a.mdc', 'npx gone', ['command-absent']],
  ['.cursorrules', 'npx gone', ['command-absent']],
  ['.github/copilot-instructions.md', '`yarn dlx gone`', ['command-absent']],
  ['Dockerfile', 'RUN npm install -g gone@1 && rm -rf /tmp', ['command-absent']],
  ['Dockerfile', 'RUN ["npm", "install", "gone"]', ['command-absent']],
  ['docker/app.Dockerfile', 'RUN yarn add gone', ['command-absent']],
  ['.github/workflows/ci.yml', '      - run: npx --yes gone check', ['command-absent']],
  ['.github/workflows/ci.yml', '      - run: npm exec --package=gone -- gone-cli', ['command-absent']],
  ['.github/workflows/ci.yml', '        run: npm i --registry https://x.example gone', ['command-absent']],
  ['.github/workflows/ci.yml', '      - name: npm install gone', []],
  ['setup.sh', 'npm i gone react', ['command-absent']],
  ['setup.sh', 'cd x; pnpm add -D gone | tee log', ['command-absent']],
  ['setup.sh', 'pnpm --filter app add gone', ['command-absent']],
  ['setup.sh', 'yarn workspace app add gone', ['command-absent']],
  ['setup.sh', 'yarn global add gone', ['command-absent']],
  ['setup.sh', 'bun add gone', ['command-absent']],
  ['setup.sh', 'bun x gone', ['command-absent']],
  ['setup.sh', 'pnpm install', []],
  ['setup.sh', 'npm install --omit=dev # gone', []],
  ['setup.sh', '# npm install is slow', []],
  ['setup.sh', 'npx -p gone -c "gone --x"', ['command-absent']],
  ['setup.sh', 'npx react some-argument', []],
  ['setup.sh', 'npm i @acme/gone@1.0.0', ['command-absent']],
  ['setup.sh', 'npm i "gone"', ['command-absent']],
  ['package.json', '{ "scripts": { "x": "npx gone && npm run y" } }', ['command-absent']],
  ['package.json', '{ "scripts": { "x": "npx react" } }', []],
  ['src/a.ts', '// npm install gone', []],
  ['test/fixtures/README.md', '`npm install gone`', []],
];

const DOWN: [name: string][] = [
  ['needs-login'],
  ['forbidden'],
  ['legally-gone'],
  ['busy'],
  ['down'],
  ['broken'],
  ['cut'],
  ['odd'],
];

const HOOKS: Row[] = [
  ['the default registry', {}, { '.npmrc': 'registry=https://npm.acme.example/\n' }, ['registry-config-changed']],
  [
    'a scope',
    { '.npmrc': 'save-exact=true\n' },
    { '.npmrc': 'save-exact=true\n@acme:registry=https://evil.example/\n' },
    ['registry-config-changed'],
  ],
  ['a token', {}, { '.npmrc': '//evil.example/:_authToken=x\n' }, ['registry-config-changed']],
  ['nothing about registries', {}, { '.npmrc': 'save-exact=true\n' }, []],
  [
    'a scope of Yarn',
    {},
    { '.yarnrc.yml': 'npmScopes:\n  acme:\n    npmRegistryServer: https://evil.example\n' },
    ['registry-config-changed'],
  ],
  ['a plugin of Yarn', {}, { '.yarnrc.yml': 'plugins:\n  - ./evil.cjs\n' }, ['registry-config-changed']],
  ['Bun', {}, { 'bunfig.toml': '[install]\nregistry = "https://evil.example"\n' }, ['registry-config-changed']],
  [
    'pnpm',
    {},
    { 'pnpm-workspace.yaml': 'registries:\n  default: https://evil.example\n' },
    ['registry-config-changed'],
  ],
  ['what pnpm runs first', {}, { '.pnpmfile.cjs': 'module.exports = {};\n' }, ['registry-config-changed']],
  [
    'taken out',
    { '.npmrc': '@acme:registry=https://npm.acme.example/\n' },
    { '.npmrc': null },
    ['registry-config-changed'],
  ],
];

const LOCK = (programs: object): Tree => ({
  'package.json': { dependencies: { react: '^19' } },
  'package-lock.json': {
    lockfileVersion: 3,
    packages: { '': { dependencies: { react: '^19' } }, 'node_modules/react': { version: '19.2.0', bin: programs } },
  },
});
const PROGRAMS: Row[] = [
  ['of a locked package', LOCK({ gone: 'cli.js' }), { 'README.md': '`npx gone`\n' }, []],
  ['of no locked package', LOCK({}), { 'README.md': '`npx gone`\n' }, ['command-absent']],
  [
    'that an unlocked package may bring',
    { 'package.json': { dependencies: { react: '^19' } } },
    { 'README.md': '`npx gone`\n' },
    ['command-absent'],
  ],
  ['of a declared package', { 'package.json': { dependencies: { gone: '1' } } }, { 'README.md': '`npx gone`\n' }, []],
  [
    'of the repository',
    { 'package.json': { name: 'app', bin: { gone: './x.js' } } },
    { 'README.md': '`npx gone`\n' },
    [],
  ],
];

/** Every case, in groups of a kind. */
export const CASES: readonly Case[] = [
  ...SPECS.map(([name, spec, codes, open]) => ({
    what: `spec: ${name}@${spec}`,
    before: {},
    changed: one(name, spec),
    codes,
    open,
  })),
  ...named('field', FIELDS),
  ...named('override', OVERRIDES),
  ...named('catalog', CATALOGS),
  ...named('workspace', WORKSPACES),
  ...named('private', PRIVATE),
  ...named('import', SOURCES),
  ...named('registry settings', HOOKS),
  ...named('program', PROGRAMS),
  ...named('lockfile', LOCKFILE_ROWS),
  ...COMMANDS.map(([path, line, codes]) => ({
    what: `command: ${path}: ${line}`,
    before: {},
    changed: { [path]: `${line}\n` },
    codes,
  })),
  ...DOWN.map(([name]) => ({
    what: `command: ${name} does not answer`,
    before: {},
    changed: { 'setup.sh': `npm i ${name}\n` },
    codes: [],
    open: true,
  })),
];

function named(group: string, rows: readonly Row[]): Case[] {
  return rows.map(([what, before, changed, codes, more]) => ({
    what: `${group}: ${what}`,
    before,
    changed,
    codes,
    ...more,
  }));
}
