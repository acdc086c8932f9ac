import type { Tree } from '../manifests/fake-repository.ts';

/** One shape in which source code names packages, with what nothing declares in it. */
export interface ImportShape {
  what: string;
  path: string;
  source: string;
  /** Names that are imported and declared nowhere that counts. */
  undeclared: readonly string[];
  /** What the file held before; it is new where there is none. */
  was?: string;
  /** What else is in the repository, over the manifest that every shape has. */
  tree?: Tree;
  /** What else the same change brings. */
  changed?: Tree;
}

/** The manifest of every shape. */
export const MANIFEST = {
  name: 'app',
  dependencies: { react: '^19', lodash: '^4', '@scope/declared': '^1' },
  devDependencies: { vitest: '^5', '@types/estree': '^1', '@types/scope__typed': '^1' },
  peerDependencies: { 'a-peer': '*' },
  optionalDependencies: { 'an-optional': '*' },
};

type Row = [
  what: string,
  path: string,
  source: string,
  undeclared: string[],
  more?: Pick<ImportShape, 'was' | 'tree' | 'changed'>,
];

const pkg = (more: object) => ({ 'package.json': { ...MANIFEST, ...more } });
const workspace: Tree = {
  'package.json': { name: 'root', private: true, workspaces: ['packages/*'], devDependencies: { 'at-root': '1' } },
  'packages/app/package.json': { name: '@us/app', dependencies: { own: '1' } },
  'packages/lib/package.json': { name: '@us/lib' },
};
const tsconfig = (compilerOptions: object, more: object = {}) => ({ 'tsconfig.json': { compilerOptions, ...more } });

const SYNTAX: Row[] = [
  ['a default import', 'src/a.ts', "import x from 'gone';", ['gone']],
  ['named imports', 'src/a.ts', "import { a, b as c } from 'gone';", ['gone']],
  ['a namespace', 'src/a.ts', "import * as x from 'gone';", ['gone']],
  ['for its effect', 'src/a.ts', "import 'gone';", ['gone']],
  ['of a subpath', 'src/a.ts', "import x from 'gone/sub/path.js';", ['gone']],
  ['of a scoped package', 'src/a.ts', "import x from '@gone/pkg';", ['@gone/pkg']],
  ['of a scoped subpath', 'src/a.ts', "import x from '@gone/pkg/sub';", ['@gone/pkg']],
  ['an export of all', 'src/a.ts', "export * from 'gone';", ['gone']],
  ['an export of some', 'src/a.ts', "export { a } from 'gone';", ['gone']],
  ['an export under a name', 'src/a.ts', "export * as ns from 'gone';", ['gone']],
  ['at run time', 'src/a.ts', "const a = await import('gone');", ['gone']],
  ['at run time, as a template', 'src/a.ts', 'const a = await import(`gone`);', ['gone']],
  ['over several lines', 'src/a.ts', "import {\n  a,\n  b,\n} from 'gone';", ['gone']],
  ['at run time over several lines', 'src/a.ts', "const a = await import(\n  'gone'\n);", ['gone']],
  ['with a comment for the bundler', 'src/a.ts', 'const a = import(/* webpackChunkName: "a" */ \'gone\');', ['gone']],
  ['with attributes', 'src/a.ts', "import data from 'gone/data.json' with { type: 'json' };", ['gone']],
  ['of types', 'src/a.ts', "import type { A } from 'gone';", ['gone']],
  ['of types one by one', 'src/a.ts', "import { type A, type B } from 'gone';", ['gone']],
  ['an export of types', 'src/a.ts', "export type { A } from 'gone';", ['gone']],
  ['in a type', 'src/a.ts', "type A = import('gone').B;", ['gone']],
  ['typeof in a type', 'src/a.ts', "let a: typeof import('gone');", ['gone']],
  ['import equals', 'src/a.ts', "import a = require('gone');", ['gone']],
  ['require', 'src/a.js', "const a = require('gone');", ['gone']],
  ['require of a part', 'src/a.cjs', "const { b } = require('gone/sub');", ['gone']],
  ['require.resolve', 'src/a.cjs', "const p = require.resolve('gone');", ['gone']],
  ['import.meta.resolve', 'src/a.mjs', "const p = import.meta.resolve('gone');", ['gone']],
  [
    'createRequire',
    'src/a.mjs',
    "import { createRequire } from 'node:module';\nconst load = createRequire(import.meta.url);\nload('gone');",
    [],
  ],
  [
    'createRequire as require',
    'src/a.mjs',
    "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);\nrequire('gone');",
    ['gone'],
  ],
  ['a reference to types', 'src/a.ts', '/// <reference types="gone" />\nexport {};', ['gone']],
  ['a JSDoc type', 'src/a.js', "/** @type {import('gone').Config} */\nmodule.exports = {};", ['gone']],
  ['a mock', 'test/a.test.ts', "import { vi } from 'vitest';\nvi.mock('gone');", ['gone']],
  [
    'an actual import in a mock',
    'test/a.test.ts',
    "vi.mock('lodash', async () => await vi.importActual('gone'));",
    ['gone'],
  ],
  ['a virtual mock', 'test/a.test.js', "jest.mock('gone', () => ({}), { virtual: true });", []],
  ['a mock by Jest with a factory', 'test/a.test.js', "jest.mock('gone', () => ({}));", ['gone']],
  [
    'a mock by Vitest with a stand-in',
    'test/a.test.ts',
    "import { vi } from 'vitest';\nvi.mock('@not/installed/sub', () => ({ default: {} }));",
    [],
  ],
  [
    'a source too large to be parsed: what stands at its top',
    'src/a.ts',
    `import x from 'gone';\n${'f();\n'.repeat(3_000)}`,
    ['gone'],
  ],
  [
    'a source too large to be parsed: what stands in a text of it',
    'src/a.ts',
    `const code = \`\nimport x from "pretended";\n\`;\n${'f();\n'.repeat(3_000)}`,
    [],
  ],
  ['a source that breaks off', 'src/a.ts', "import x from 'gone';\nfunction (", ['gone']],
  ['JSX', 'src/a.jsx', "import X from 'gone';\nexport default () => <X a={1} />;", ['gone']],
  ['JSX in a plain file', 'src/a.js', "import X from 'gone';\nexport default () => <X />;", ['gone']],
  ['types in a plain file', 'src/a.js', "import x from 'gone';\nconst a = (b: string): string => b;", ['gone']],
  ['TSX', 'src/a.tsx', "import X from 'gone';\nexport const A = <T,>(a: T) => <X>{String(a)}</X>;", ['gone']],
  ['decorators', 'src/a.ts', "import { Injectable } from 'gone';\n@Injectable()\nexport class A {}", ['gone']],
  ['.mts', 'src/a.mts', "import x from 'gone';", ['gone']],
  ['.cts', 'src/a.cts', "import x = require('gone');", ['gone']],
  ['declarations', 'src/a.d.ts', "import type { A } from 'gone';\ndeclare const a: A;\nexport default a;", ['gone']],
  [
    'Vue',
    'src/A.vue',
    '<template><p/></template>\n<script setup lang="ts">\nimport { x } from \'gone\';\n</script>',
    ['gone'],
  ],
  [
    'Vue, two scripts',
    'src/A.vue',
    "<script>\nimport 'gone-one';\n</script>\n<script setup>\nimport 'gone-two';\n</script>",
    ['gone-one', 'gone-two'],
  ],
  [
    'Vue, the template is no script',
    'src/A.vue',
    "<template><p>import x from 'gone'</p></template>\n<script>export default {}</script>",
    [],
  ],
  ['Svelte', 'src/A.svelte', "<script>\n  import x from 'gone';\n</script>\n<p>{x}</p>", ['gone']],
  [
    'Svelte with types',
    'src/A.svelte',
    '<script lang="ts" context="module">\n  import type { A } from \'gone\';\n</script>',
    ['gone'],
  ],
  ['Astro', 'src/A.astro', "---\nimport X from 'gone';\nconst a = 1;\n---\n<X />", ['gone']],
  ['Astro, a script', 'src/A.astro', "---\nconst a = 1;\n---\n<script>\nimport 'gone';\n</script>", ['gone']],
  ['MDX', 'docs/a.mdx', "import X from 'gone'\n\n# Title\n\n<X />", ['gone']],
  ['MDX, code is no import', 'docs/a.mdx', "# Title\n\n```js\nimport x from 'gone'\n```\n", []],
  ['MDX, prose is no import', 'docs/a.mdx', "# Title\n\nWe import x from 'gone' here.\n", []],
  [
    'several packages',
    'src/a.ts',
    "import 'gone-one';\nimport 'lodash';\nimport 'gone-two';",
    ['gone-one', 'gone-two'],
  ],
  ['a broken file', 'src/a.ts', "import x from 'gone';\nconst = ;\n", ['gone']],
  ['a script with with', 'src/a.js', "var a = require('gone');\nwith (a) { b(); }", ['gone']],
];

const NO_IMPORT: Row[] = [
  ['a string', 'src/a.ts', 'const a = "import x from \'gone\'";', []],
  ['a comment', 'src/a.ts', "// import x from 'gone';\nexport {};", []],
  ['a comment in a block', 'src/a.ts', "/*\n import x from 'gone';\n*/\nexport {};", []],
  ['a template', 'src/a.ts', "const a = `\nimport x from 'gone';\n`;", []],
  ['an expression', 'src/a.ts', 'const a = await import(name);', []],
  ['a template with a hole', 'src/a.ts', 'const a = await import(`gone/${name}`);', []],
  ['an ambient module', 'src/a.d.ts', "declare module 'gone' { export const a: string }", []],
  ['what the file itself declares', 'src/a.ts', "declare module 'gone-virtual';\nimport a from 'gone-virtual';", []],
  ['a function called require', 'src/a.js', "define(function (require) { const a = require('gone'); });", []],
  ['a method called require', 'src/a.ts', "loader.require('gone');", []],
  ['a method called import', 'src/a.ts', "api.import('gone');", []],
  ['an object with from', 'src/a.ts', "const a = { from: 'gone' };", []],
  ['Array.from', 'src/a.ts', "Array.from('gone');", []],
  ['Buffer.from', 'src/a.ts', "Buffer.from('gone', 'hex');", []],
  ['path.resolve', 'src/a.ts', "import path from 'node:path';\npath.resolve('gone');", []],
];

const NOT_A_PACKAGE: Row[] = [
  ['a relative path', 'src/a.ts', "import './b.ts';\nimport '../c';\nimport '.';\nimport '..';", []],
  ['an absolute path', 'src/a.ts', "import '/src/main.ts';", []],
  ['an address', 'src/a.ts', "import 'https://example.com/x.js';", []],
  ['data', 'src/a.ts', "import 'data:text/javascript,1';", []],
  ['a built-in', 'src/a.ts', "import fs from 'fs';\nimport 'path';\nimport 'fs/promises';", []],
  ['a built-in by its protocol', 'src/a.ts', "import 'node:fs';\nimport 'node:test';\nimport 'node:sqlite';", []],
  ['a package that looks like a built-in', 'src/a.ts', "import 'punycode/';", ['punycode']],
  ['Bun', 'src/a.ts', "import 'bun';\nimport 'bun:test';\nimport 'bun:sqlite';", []],
  ['Cloudflare', 'src/a.ts', "import 'cloudflare:workers';", []],
  ['Deno by npm', 'src/a.ts', "import 'npm:gone@1';", ['gone']],
  ['JSR', 'src/a.ts', "import 'jsr:@std/path';", []],
  ['Astro', 'src/a.ts', "import 'astro:content';", []],
  ['a virtual module', 'src/a.ts', "import 'virtual:pwa-register';", []],
  ['SvelteKit', 'src/a.ts', "import '$app/stores';\nimport '$env/static/private';\nimport '$lib/x';", []],
  ['an own import', 'src/a.ts', "import '#internal/x';", []],
  ['the package itself', 'src/a.ts', "import 'app';\nimport 'app/sub';", []],
  ['a query', 'src/a.ts', "import x from 'gone/x.svg?raw';", ['gone']],
  ['a declared one with a query', 'src/a.ts', "import x from 'lodash/x.txt?raw';", []],
  ['a loader', 'src/a.ts', "import x from '!!raw-loader!./x.txt';", []],
  ['a loader before a package', 'src/a.ts', "import x from '!!raw-loader!gone/x.txt';", ['gone']],
  ['an alias by @', 'src/a.ts', "import '@/components/A';", []],
  ['an alias by ~', 'src/a.ts', "import '~/components/A';\nimport '~icons/mdi/home';", []],
  ['k6', 'load/a.js', "import http from 'k6/http';\nimport { check } from 'k6';", []],
  ['Docusaurus', 'src/a.tsx', "import Layout from '@theme/Layout';\nimport x from '@site/src/x';", []],
  [
    'Docusaurus itself',
    'src/a.tsx',
    "import Link from '@docusaurus/Link';",
    [],
    { tree: pkg({ dependencies: { '@docusaurus/core': '3' } }) },
  ],
  ['vscode', 'src/a.ts', "import * as vscode from 'vscode';", [], { tree: pkg({ engines: { vscode: '^1.90.0' } }) }],
  ['vscode where it is none', 'src/a.ts', "import * as vscode from 'vscode';", ['vscode']],
  ['Meteor', 'src/a.js', "import { Meteor } from 'meteor/meteor';", []],
  ['no name a package can have', 'src/a.ts', "import x from '@@/gone';\nimport y from 'Bad Name';", []],
];

const DECLARED: Row[] = [
  ['a dependency', 'src/a.ts', "import 'react';\nimport 'lodash/merge';\nimport '@scope/declared/x';", []],
  ['a development dependency', 'test/a.test.ts', "import 'vitest';", []],
  ['a peer', 'src/a.ts', "import 'a-peer';", []],
  ['an optional one', 'src/a.ts', "import 'an-optional';", []],
  ['types for a type', 'src/a.ts', "import type { Node } from 'estree';", []],
  ['types of a scope for a type', 'src/a.ts', "import type { A } from '@scope/typed';", []],
  ['types do not run', 'src/a.ts', "import { Node } from 'estree';", ['estree']],
  [
    'in the same change',
    'src/a.ts',
    "import 'brand-new';",
    [],
    { changed: pkg({ dependencies: { 'brand-new': '1' } }) },
  ],
  [
    'taken out in the same change',
    'src/a.ts',
    "import 'lodash';",
    ['lodash'],
    { changed: { 'package.json': { name: 'app', dependencies: { react: '1' } } } },
  ],
  ['bundled', 'src/a.ts', "import 'bundled';", [], { tree: pkg({ bundleDependencies: ['bundled'] }) }],
  ['imported before', 'src/a.ts', "import 'gone';\nimport x from 'gone/sub';", [], { was: "import 'gone';" }],
  ['a second one beside it', 'src/a.ts', "import 'gone';\nimport 'gone-too';", ['gone-too'], { was: "import 'gone';" }],
  [
    'only a type before',
    'src/a.ts',
    "import { a } from 'gone';\nimport 'gone-too';",
    ['gone-too'],
    { was: "import type { a } from 'gone';" },
  ],
  [
    'an override declares nothing',
    'src/a.ts',
    "import 'overridden';",
    ['overridden'],
    { tree: pkg({ overrides: { overridden: '1' } }) },
  ],
  [
    'a catalog declares nothing',
    'src/a.ts',
    "import 'catalogued';",
    ['catalogued'],
    { tree: { 'pnpm-workspace.yaml': 'catalog:\n  catalogued: 1.0.0\n' } },
  ],
  ['mapped by browser', 'src/a.ts', "import 'mapped';", [], { tree: pkg({ browser: { mapped: './src/mapped.js' } }) }],
  [
    'in a folder that only says how files are read',
    'src/esm/a.js',
    "import 'gone';\nimport 'lodash';",
    ['gone'],
    { tree: { 'src/esm/package.json': { type: 'module' } } },
  ],
  ['where no manifest is at all', 'src/a.ts', "import 'gone';", [], { tree: { 'package.json': null } }],
];

const WORKSPACES: Row[] = [
  ['at the root', 'packages/app/src/a.ts', "import 'at-root';", [], { tree: workspace }],
  ['of its own', 'packages/app/src/a.ts', "import 'own';", [], { tree: workspace }],
  ['of another package only', 'packages/lib/src/a.ts', "import 'own';", ['own'], { tree: workspace }],
  ['a sibling', 'packages/app/src/a.ts', "import '@us/lib';\nimport '@us/lib/sub';", [], { tree: workspace }],
  ['a name like a sibling', 'packages/app/src/a.ts', "import '@us/libs';", ['@us/libs'], { tree: workspace }],
  ['undeclared', 'packages/app/src/a.ts', "import 'gone';", ['gone'], { tree: workspace }],
  [
    'a sibling by pnpm',
    'packages/app/src/a.ts',
    "import '@us/lib';",
    [],
    { tree: { ...workspace, 'package.json': { name: 'root' }, 'pnpm-workspace.yaml': 'packages: ["packages/*"]\n' } },
  ],
  ['everything at the root', 'libs/deep/down/a.ts', "import 'react';\nimport 'gone';", ['gone']],
];

const ALIASES: Row[] = [
  [
    'paths',
    'src/a.ts',
    "import '@app/x';\nimport 'shared';\nimport 'gone';",
    ['gone'],
    { tree: tsconfig({ paths: { '@app/*': ['./src/*'], shared: ['./shared'] } }) },
  ],
  [
    'paths with comments',
    'src/a.ts',
    "import '@app/x';",
    [],
    { tree: { 'tsconfig.json': '{\n  // aliases\n  "compilerOptions": { "paths": { "@app/*": ["./src/*"], }, },\n}' } },
  ],
  [
    'paths through extends',
    'src/a.ts',
    "import '@app/x';",
    [],
    {
      tree: {
        'tsconfig.json': { extends: './config/base' },
        'config/base.json': { compilerOptions: { paths: { '@app/*': ['../src/*'] } } },
      },
    },
  ],
  [
    'paths through two extends',
    'src/a.ts',
    "import '@app/x';\nimport '@lib/y';",
    [],
    {
      tree: {
        'tsconfig.json': { extends: ['./one.json', './two.json'] },
        'one.json': { compilerOptions: { paths: { '@app/*': ['x'] } } },
        'two.json': { compilerOptions: { paths: { '@lib/*': ['x'] } } },
      },
    },
  ],
  [
    'paths through references',
    'src/a.ts',
    "import '@app/x';",
    [],
    {
      tree: {
        'tsconfig.json': { references: [{ path: './tsconfig.app.json' }] },
        'tsconfig.app.json': { compilerOptions: { paths: { '@app/*': ['x'] } } },
      },
    },
  ],
  [
    'paths of a referenced folder',
    'src/a.ts',
    "import '@app/x';",
    [],
    {
      tree: {
        'tsconfig.json': { references: [{ path: './src' }] },
        'src/tsconfig.json': { compilerOptions: { paths: { '@app/*': ['x'] } } },
      },
    },
  ],
  [
    'paths of a package, seen from the root',
    'packages/app/src/a.ts',
    "import '@app/x';",
    [],
    {
      tree: {
        ...workspace,
        'packages/app/tsconfig.json': { extends: '../../tsconfig.base.json' },
        'tsconfig.base.json': { compilerOptions: { paths: { '@app/*': ['x'] } } },
      },
    },
  ],
  [
    'jsconfig',
    'src/a.js',
    "import '@app/x';",
    [],
    { tree: { 'jsconfig.json': { compilerOptions: { paths: { '@app/*': ['x'] } } } } },
  ],
  [
    'baseUrl, a folder',
    'src/a.ts',
    "import 'components/Button';\nimport 'gone';",
    ['gone'],
    { tree: { ...tsconfig({ baseUrl: 'src' }), 'src/components/Button.ts': '' } },
  ],
  [
    'baseUrl, a file',
    'src/a.ts',
    "import 'helpers';",
    [],
    { tree: { ...tsconfig({ baseUrl: './src' }), 'src/helpers.ts': '' } },
  ],
  ['baseUrl, the root', 'src/a.ts', "import 'src/x';\nimport 'gone';", ['gone'], { tree: tsconfig({ baseUrl: '.' }) }],
  [
    'paths for everything',
    'src/a.ts',
    "import 'special';\nimport 'gone';",
    ['gone'],
    { tree: { ...tsconfig({ baseUrl: '.', paths: { '*': ['types/*'] } }), 'types/special.d.ts': '' } },
  ],
  [
    'a pattern that is not this one',
    'src/a.ts',
    "import '@application/x';",
    ['@application/x'],
    { tree: tsconfig({ paths: { '@app/*': ['./src/*'] } }) },
  ],
  [
    'Vite',
    'src/a.ts',
    "import 'src/x';\nimport '@c/y';\nimport 'gone';",
    ['gone'],
    {
      tree: {
        'vite.config.ts':
          "import { defineConfig } from 'vite';\nexport default defineConfig({ resolve: { alias: { src: '/src', '@c': '/src/c' } } });",
      },
    },
  ],
  [
    'Vite, a list',
    'src/a.ts',
    "import 'assets/x';\nimport '@c/y';",
    [],
    {
      tree: {
        'vite.config.js':
          "export default { resolve: { alias: [{ find: 'assets', replacement: '/a' }, { find: /^@c\\//, replacement: '/c/' }] } };",
      },
    },
  ],
  [
    'Vite, by a constant',
    'src/a.ts',
    "import 'assets/x';",
    [],
    { tree: { 'vite.config.ts': "const alias = { assets: '/a' };\nexport default { resolve: { alias } };" } },
  ],
  [
    'Vite, that cannot be read',
    'src/a.ts',
    "import 'assets/x';",
    [],
    {
      tree: {
        'vite.config.ts': "import { aliases } from './aliases';\nexport default { resolve: { alias: aliases() } };",
      },
    },
  ],
  [
    'Vite without aliases',
    'src/a.ts',
    "import 'gone';",
    ['gone'],
    { tree: { 'vite.config.ts': "import react from '@vitejs/plugin-react';\nexport default { plugins: [react()] };" } },
  ],
  [
    'webpack',
    'src/a.js',
    "import 'shared/x';",
    [],
    {
      tree: {
        'webpack.config.js': "module.exports = { resolve: { alias: { shared: path.resolve(__dirname, 'src') } } };",
      },
    },
  ],
  [
    'webpack, exactly',
    'src/a.js',
    "import 'shared';\nimport 'shared/x';",
    ['shared'],
    { tree: { 'webpack.config.js': "module.exports = { resolve: { alias: { shared$: './src' } } };" } },
  ],
  [
    'webpack, given from outside',
    'src/a.js',
    "import $ from 'jquery-outside';",
    [],
    { tree: { 'webpack.config.js': "module.exports = { externals: { 'jquery-outside': 'jQuery' } };" } },
  ],
  [
    'Babel',
    'src/a.js',
    "import 'shared/x';",
    [],
    {
      tree: {
        'babel.config.js': "module.exports = { plugins: [['module-resolver', { alias: { shared: './src' } }]] };",
      },
    },
  ],
  [
    'Babel as JSON',
    'src/a.js',
    "import 'shared/x';",
    [],
    { tree: { '.babelrc': '{ "plugins": [["module-resolver", { "alias": { "shared": "./src" } }]] }' } },
  ],
  [
    'Metro',
    'src/a.js',
    "import 'shared/x';",
    [],
    { tree: { 'metro.config.js': "module.exports = { resolver: { extraNodeModules: { shared: './src' } } };" } },
  ],
  [
    'Rollup',
    'src/a.js',
    "import 'shared/x';",
    [],
    {
      tree: {
        'rollup.config.mjs': "export default { plugins: [alias({ entries: [] , alias: { shared: './src' } })] };",
      },
    },
  ],
  [
    'Jest',
    'test/a.test.js',
    "import 'shared/x';",
    [],
    { tree: { 'jest.config.js': "module.exports = { moduleNameMapper: { '^shared/(.*)$': '<rootDir>/src/$1' } };" } },
  ],
  [
    'Jest in the manifest',
    'test/a.test.js',
    "import 'shared/x';\nimport 'gone';",
    ['gone'],
    { tree: pkg({ jest: { moduleNameMapper: { '^shared/(.*)$': 'x', '\\.css$': 'y' } } }) },
  ],
  [
    'Svelte',
    'src/a.ts',
    "import 'shared/x';",
    [],
    { tree: { 'svelte.config.js': "export default { kit: { alias: { shared: 'src/shared' } } };" } },
  ],
  [
    'an import map',
    'src/a.js',
    "import 'mapped';\nimport 'folder/x';",
    [],
    { tree: { 'import_map.json': { imports: { mapped: './x.js', 'folder/': './folder/' } } } },
  ],
  [
    'Deno',
    'src/a.ts',
    "import 'mapped';",
    [],
    { tree: { 'deno.json': '{ "imports": { "mapped": "jsr:@x/mapped" } } // deno' } },
  ],
  [
    'moduleAliases',
    'src/a.js',
    "require('root/x');",
    [],
    { tree: pkg({ _moduleAliases: { root: '.', 'root/*': '.' } }) },
  ],
];

const LEFT_ALONE: Row[] = [
  ['generated by name', 'src/api.generated.ts', "import 'gone';", []],
  ['minified', 'public/a.min.js', "import 'gone';", []],
  ['says so', 'src/a.ts', "// @generated by a tool\nimport 'gone';", []],
  ['says so in other words', 'src/a.ts', "/* Code generated by x. DO NOT EDIT. */\nimport 'gone';", []],
  ['vendored', 'vendor/x/a.js', "import 'gone';", []],
  ['built', 'dist/a.js', "import 'gone';", []],
  [
    'by .gitattributes',
    'src/gen/a.ts',
    "import 'gone';",
    [],
    { tree: { '.gitattributes': 'src/gen/** linguist-generated\n' } },
  ],
  [
    'vendored by .gitattributes',
    'lib/a.ts',
    "import 'gone';",
    [],
    { tree: { '.gitattributes': 'lib/* linguist-vendored=true\n' } },
  ],
  [
    'not so by .gitattributes',
    'src/gen/a.ts',
    "import 'gone';",
    ['gone'],
    { tree: { '.gitattributes': '* linguist-generated\nsrc/** -linguist-generated\n' } },
  ],
  ['installed', 'node_modules/x/a.js', "import 'gone';", []],
  ['of no source', 'src/a.css', "@import 'gone';", []],
];

const CAUGHT: Row[] = [
  ['a failure is caught', 'src/a.js', "let a;\ntry { a = require('gone'); } catch { a = null; }", []],
  ['caught, and needed elsewhere', 'src/a.js', "try { require('gone'); } catch {}\nrequire('gone');", ['gone']],
  ['tried without a catch', 'src/a.js', "try { require('gone'); } finally { end(); }", ['gone']],
];

/** Every shape, in groups of a kind. */
export const SHAPES: readonly ImportShape[] = [
  ...named('syntax', SYNTAX),
  ...named('no import', NO_IMPORT),
  ...named('no package', NOT_A_PACKAGE),
  ...named('declared', DECLARED),
  ...named('workspace', WORKSPACES),
  ...named('alias', ALIASES),
  ...named('left alone', LEFT_ALONE),
  ...named('caught', CAUGHT),
];

function named(group: string, rows: readonly Row[]): ImportShape[] {
  return rows.map(([what, path, source, undeclared, more]) => ({
    what: `${group}: ${what}`,
    path,
    source,
    undeclared,
    ...more,
  }));
}
