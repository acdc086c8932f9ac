import { stretchesOf } from '../../src/commands/command-lines.ts';
import { readCommands } from '../../src/commands/read-commands.ts';
import { noAliases } from '../../src/imports/aliases.ts';
import { readBundlerAliases, readPackageAliases } from '../../src/imports/bundler-aliases.ts';
import { readCompilerPaths } from '../../src/imports/compiler-paths.ts';
import { readSpecifier } from '../../src/imports/package-name.ts';
import { readImports } from '../../src/imports/read-imports.ts';
import { ECOSYSTEM_FORMATS } from '../../src/manifests/ecosystems/formats.ts';
import { entryLines, readLockfile } from '../../src/manifests/lockfiles/read-lockfile.ts';
import { readNpmSpec } from '../../src/manifests/npm-spec.ts';
import { readPackageJson } from '../../src/manifests/package-json.ts';
import { readManifest } from '../../src/manifests/read-manifest.ts';
import { REGISTRY_FILES } from '../../src/manifests/registry-map.ts';
import { Evidence } from '../../src/model/evidence.ts';
import { judgeLicence, licenceOptions } from '../../src/practices/dependencies/licences.ts';
import { SHAPES as SOURCES } from '../imports/corpus.ts';
import { SHAPES as LOCKFILES } from '../manifests/lockfiles/shapes.ts';

/** One reader of text that other people wrote, and what to feed it. */
export interface FuzzedParser {
  /** Texts it is made for, to be mangled. */
  seeds: readonly string[];
  /** Pieces that mean something to it. */
  tokens: readonly string[];
  /** Reads one text, and throws where what came out cannot be: a line outside of the text, a name that is none. */
  read(text: string): void;
}

const JSON_TOKENS = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ':',
  ',',
  'null',
  '1e9',
  '\\',
  '\\u0000',
  '"__proto__":',
  '//',
  '/*',
  '*/',
];
const YAML_TOKENS = [
  '---\n',
  '  ',
  '- ',
  ': ',
  '? ',
  '|',
  '>',
  '&a ',
  '*a',
  '!!js',
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  '#',
  '%',
];
const TOML_TOKENS = ['[', ']', '[[', ']]', '=', '"', "'", '"""', "'''", '.', '{', '}', ',', '1979-05-27', 'true', '#'];
const XML_TOKENS = [
  '<',
  '>',
  '</',
  '/>',
  '<!--',
  '-->',
  '<![CDATA[',
  ']]>',
  '&',
  '&lt;',
  '<!DOCTYPE ',
  '<?xml',
  '="',
  '${',
];
const CODE_TOKENS = [
  'import ',
  'from ',
  "'a'",
  '"b"',
  '`c`',
  'require(',
  'import(',
  ')',
  '{',
  '}',
  '(',
  '*',
  '/*',
  '*/',
  '//',
  '<script>',
  '</script>',
  '---\n',
  '```',
  ';',
  'type ',
  'export ',
  '<!--',
  '${',
  '!',
  '?',
  '#',
  '@',
  '/',
  'alias:',
  '[',
  ']',
  'find:',
  '/^x/',
  'try{',
  'catch{}',
];
const SPEC_TOKENS = [
  'npm:',
  'workspace:',
  'catalog:',
  'git+ssh://',
  'patch:',
  '@',
  '/',
  '#',
  '^1',
  '~',
  ':',
  '1.2.3',
  '..',
  '%2f',
];

/** Every parser there is, by what it reads. One that is missing here is found by nobody: add it with the parser. */
export const FUZZED_PARSERS: Readonly<Record<string, FuzzedParser>> = {
  'package-lock.json': lockfile('package-lock.json', JSON_TOKENS),
  'pnpm-lock.yaml': lockfile('pnpm-lock.yaml', [...YAML_TOKENS, 'packages:', 'snapshots:', 'importers:', '(a@1)']),
  'yarn.lock of Yarn 1': lockfile(
    'yarn.lock',
    ['# yarn lockfile v1\n', '"', ',', ':', '  ', '@', 'version '],
    /yarn lockfile v1/,
  ),
  'yarn.lock of Yarn 2 and later': lockfile('yarn.lock', [...YAML_TOKENS, '__metadata:', '@npm:', '::'], /__metadata/),
  'bun.lock': lockfile('bun.lock', [...JSON_TOKENS, '"packages":', '"workspaces":', ',]']),
  'package.json': {
    seeds: [
      '{"name":"a","dependencies":{"b":"^1","c":"npm:d@1"},"overrides":{"e":{".":"1","f@2":"$b"}},"resolutions":{"**/g":"1"}}',
      '{"pnpm":{"overrides":{"a>b@2":"-"}},"workspaces":{"packages":["*"],"catalog":{"a":"1"}},"packageManager":"pnpm@9.0.0+sha512.x"}',
    ],
    tokens: [...JSON_TOKENS, '"dependencies":', '"overrides":', '"resolutions":', '"workspaces":', '"devEngines":'],
    read(text) {
      const result = readPackageJson(text);
      if (result.ok) for (const { line } of result.manifest.dependencies) mustLieIn(text, line);
      else mustLieIn(text, result.line);
      readPackageAliases('package.json', text, noAliases());
    },
  },
  'pnpm-workspace.yaml': settingsWithCatalogs('pnpm-workspace.yaml', [
    'packages:\n  - "a/*"\ncatalog:\n  a: ^1\ncatalogs:\n  old:\n    b: 1.10\noverrides:\n  "a>b": "-"\nconfigDependencies:\n  c: 1.0.0+sha512-x\n',
    'registries:\n  "@a": https://registry.example\npackageExtensions:\n  a@1:\n    dependencies:\n      b: 1\n',
  ]),
  '.yarnrc.yml': settingsWithCatalogs('.yarnrc.yml', [
    'npmScopes:\n  a:\n    npmRegistryServer: https://registry.example\n    npmAuthToken: x\ncatalog:\n  a: ^1\n',
    'npmRegistries:\n  "//registry.example":\n    npmAuthIdent: x\nnpmMinimalAgeGate: 3d\nnpmPreapprovedPackages:\n  - "@a/*"\n',
  ]),
  '.npmrc': settings(
    '.npmrc',
    ['registry=https://registry.example\n@a:registry=https://x.example\n//x.example/:_authToken=${T}\n'],
    ['=', '[', ']', ';', '#', ':registry', '_auth', '${', '__proto__'],
  ),
  '.yarnrc': settings(
    '.yarnrc',
    ['registry "https://registry.example"\n"@a:registry" "https://x.example"\n'],
    ['"', ' ', ':registry', '#'],
  ),
  'bunfig.toml': settings(
    'bunfig.toml',
    ['[install]\nregistry = "https://x"\n[install.scopes]\na = { url = "https://y", token = "$T" }\n'],
    TOML_TOKENS,
  ),
  'a dependency of npm': {
    seeds: [
      'npm:@a/b@^1',
      'git+ssh://git@github.com/a/b.git#semver:^1',
      'patch:a@npm%3A1#./x.patch',
      'workspace:a@*',
      '>1 <',
      '1.2.3.4',
    ],
    tokens: SPEC_TOKENS,
    read(text) {
      const [name = '', spec = ''] = text.split('\n');
      for (const bareAlias of ['package', 'tag'] as const) {
        const read = readNpmSpec(name, spec, bareAlias);
        if (read.kind !== 'registry') continue;
        if (!/^(@[^/\s%?#]+\/)?[^/\s%?#]+$/.test(read.name)) throw new Error(`${read.name} is no name`);
      }
    },
  },
  'requirements.txt': ecosystem(
    'requirements.txt',
    ['a==1.0\n-r b.txt\nc[d]>=2,<3 ; python_version < "3" # x\n-e git+https://x/y.git#egg=z\n'],
    ['==', '~=', '[', ']', ';', '#', '-r ', '-e ', '@ ', '\\\n', '--hash='],
  ),
  'pyproject.toml': ecosystem(
    'pyproject.toml',
    ['[project]\ndependencies = ["a>=1", "b[c]==2"]\n[tool.poetry.dependencies]\nd = { version = "^1", git = "x" }\n'],
    TOML_TOKENS,
  ),
  'Cargo.toml': ecosystem(
    'Cargo.toml',
    [
      '[dependencies]\na = "1"\nb = { version = "2", package = "c", registry = "x" }\n[target."x".dev-dependencies]\nd = "3"\n',
    ],
    TOML_TOKENS,
  ),
  'go.mod': ecosystem(
    'go.mod',
    ['module a.example/b\n\nrequire (\n\tc.example/d/v2 v2.0.0 // indirect\n)\nreplace c.example/d => ../d\n'],
    ['require ', '(', ')', '//', ' => ', 'v1.0.0', '\t', 'replace ', 'exclude '],
  ),
  Gemfile: ecosystem(
    'Gemfile',
    ['source "https://x"\ngem "a", "~> 1.0", require: false\ngroup :test do\n  gem \'b\', git: "y"\nend\n'],
    ['gem ', '"', "'", ',', 'do', 'end', 'source ', '#', ':git', '=> ', '(', ')'],
  ),
  'pom.xml': ecosystem(
    'pom.xml',
    [
      '<project><properties><v>1</v></properties><dependencies><dependency><groupId>a.b</groupId><artifactId>c</artifactId><version>${v}</version></dependency></dependencies></project>',
    ],
    XML_TOKENS,
  ),
  'app.csproj': ecosystem(
    'app.csproj',
    [
      '<Project><ItemGroup><PackageReference Include="A.B" Version="1.0" /><PackageReference Update="C"><Version>2</Version></PackageReference></ItemGroup></Project>',
    ],
    XML_TOKENS,
  ),
  'composer.json': ecosystem(
    'composer.json',
    ['{"require":{"a/b":"^1","php":">=8"},"require-dev":{"c/d":"dev-main"},"repositories":[{"type":"vcs"}]}'],
    JSON_TOKENS,
  ),
  'sources of TypeScript and JavaScript': sources(['ts', 'tsx', 'mts', 'cts', 'js', 'jsx', 'mjs', 'cjs', 'd.ts']),
  'sources of components': sources(['vue', 'svelte', 'astro', 'mdx']),
  'an import specifier': {
    seeds: ['!!raw-loader!a?b', 'npm:@a/b@1/c', '@a/b/c.js', '#a', 'node:fs', 'https://x/y'],
    tokens: [...SPEC_TOKENS, '!', '?', '\0', '~', '$lib'],
    read(text) {
      const reading = readSpecifier(text);
      if ('name' in reading && !/^(?:@[^/]+\/)?[^/\s]+$/.test(reading.name))
        throw new Error(`${reading.name} is no name`);
    },
  },
  'tsconfig.json': {
    seeds: [
      '{"extends":["./a","b"],"compilerOptions":{"baseUrl":".","paths":{"@/*":["src/*"],"*":["types/*"]}},"references":[{"path":"../c"}]}',
    ],
    tokens: [...JSON_TOKENS, '"extends":', '"paths":', '"baseUrl":', '"..', '"references":'],
    read(text) {
      const evidence = new Evidence();
      evidence.add({ kind: 'file', path: 'tsconfig.json', side: 'head' }, { state: 'found', text });
      for (const { path } of readCompilerPaths(['tsconfig.json'], evidence, noAliases()).filter(
        (one) => one.kind === 'file',
      )) {
        if (path.split('/').includes('..')) throw new Error(`${path} lies outside of the repository`);
      }
    },
  },
  'configurations of bundlers': {
    seeds: [
      "export default { resolve: { alias: [{ find: /^a/, replacement: 'b' }, { find: 'c', replacement: 'd' }] } };",
      "const alias = { a: 'b' };\nmodule.exports = { resolve: { alias: { ...alias } }, externals: ['c'] };",
      '{ "presets": [], "plugins": [["module-resolver", { "alias": { "a": "./b" } }]] }',
      '{ "imports": { "a": "npm:a@1", "b/": "./b/" } }',
    ],
    tokens: CODE_TOKENS,
    read(text) {
      for (const path of ['vite.config.ts', 'babel.config.json', 'deno.json', '.babelrc', 'webpack.config.js'])
        readBundlerAliases(path, text, noAliases());
    },
  },
  'commands in lines': {
    seeds: [
      'npm i -D a@1 && npx -p b c',
      'RUN ["npm", "install", "a"]',
      '- run: pnpm dlx @a/b@latest --yes',
      'Use `yarn add a` and `bunx b`.',
    ],
    tokens: [
      'npm ',
      'npx ',
      'i ',
      'install ',
      'init ',
      'create ',
      'pnpm ',
      'add ',
      '-p ',
      '--package=',
      '-- ',
      '"',
      '`',
      '&&',
      '(',
      '$',
      '\\',
      '@',
      '<br>',
      ',',
      '[',
      ']',
    ],
    read(text) {
      for (const path of ['README.md', 'Dockerfile', 'package.json'])
        for (const stretch of stretchesOf(path, text)) readCommands(stretch.text);
    },
  },
  'licence expressions': {
    seeds: ['(MIT OR Apache-2.0) AND GPL-2.0+ WITH Classpath-exception-2.0', 'SEE LICENSE IN x', 'UNLICENSED'],
    tokens: ['MIT', 'GPL-2.0', '+', ' AND ', ' OR ', ' WITH ', '(', ')', 'LicenseRef-', 'NOASSERTION'],
    read: (text) => void judgeLicence(text, licenceOptions.parse({ allow: ['MIT'] })),
  },
};

function lockfile(path: string, tokens: readonly string[], only = /(?:)/): FuzzedParser {
  const seeds = LOCKFILES.filter((shape) => shape.path === path && only.test(shape.text)).map(({ text }) => text);
  return {
    seeds,
    tokens: [...tokens, '@', '/', '1.0.0', '\uFEFF', '<<<<<<< '],
    read(text) {
      const result = readLockfile(path, text);
      if (!result.ok) {
        mustLieIn(text, result.line);
        return;
      }
      const lineOf = entryLines(text);
      for (const { key } of result.lockfile.packages.slice(0, 5)) mustLieIn(text, lineOf(key));
    },
  };
}

function settings(path: string, seeds: readonly string[], tokens: readonly string[]): FuzzedParser {
  return { seeds, tokens, read: (text) => void REGISTRY_FILES[path]!(text) };
}

function settingsWithCatalogs(path: string, seeds: readonly string[]): FuzzedParser {
  return {
    seeds,
    tokens: [...YAML_TOKENS, 'catalog:', 'overrides:', 'packages:', 'npmScopes:'],
    read(text) {
      REGISTRY_FILES[path]!(text);
      const result = readManifest(path, text);
      if (!result.ok) mustLieIn(text, result.line);
    },
  };
}

function ecosystem(fileName: string, seeds: readonly string[], tokens: readonly string[]): FuzzedParser {
  const format = ECOSYSTEM_FORMATS.find((one) => one.matches(fileName))!;
  return {
    seeds,
    tokens,
    read(text) {
      const result = format.read(text);
      if (!result.ok) return;
      for (const { name, line } of result.packages) {
        if (name === '') throw new Error('a package without a name');
        mustLieIn(text, line);
      }
    },
  };
}

function sources(extensions: readonly string[]): FuzzedParser {
  return {
    seeds: SOURCES.map(({ source }) => source),
    tokens: CODE_TOKENS,
    read(text) {
      for (const extension of extensions)
        for (const { line } of readImports(`a.${extension}`, text).imports) mustLieIn(text, line);
    },
  };
}

function mustLieIn(text: string, line: number | null): void {
  if (line === null) return;
  if (line < 1 || line > text.split('\n').length) throw new Error(`line ${line} lies outside of the text`);
}
