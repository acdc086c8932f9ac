/** One lockfile as its package manager writes it, shortened, with what it pins. */
export interface LockfileShape {
  what: string;
  path: string;
  text: string;
  packages: readonly string[];
  /** What the package beside it wants, where the format says so. */
  wants?: Readonly<Record<string, string>>;
}

const json = (value: object) => JSON.stringify(value, null, 2);
const SHA = 'a'.repeat(40);

/** Every format we read, and what is peculiar to each. */
export const SHAPES: readonly LockfileShape[] = [
  {
    what: 'npm 1',
    path: 'package-lock.json',
    text: json({
      lockfileVersion: 1,
      requires: true,
      dependencies: {
        a: {
          version: '1.0.0',
          resolved: 'https://registry.example/a/-/a-1.0.0.tgz',
          integrity: 'sha512-x',
          dev: true,
          requires: { b: '^1' },
          dependencies: { b: { version: '1.0.0' } },
        },
        alias: { version: 'npm:real@2.0.0', resolved: 'https://registry.example/real/-/real-2.0.0.tgz' },
        git: { version: `git+ssh://git@github.com/o/r.git#${SHA}`, from: 'git+ssh://…' },
        folder: { version: 'file:../folder' },
        archive: { version: 'https://example.com/archive.tgz', integrity: 'sha512-y' },
      },
    }),
    packages: [
      'a@1.0.0',
      'alias = real@2.0.0',
      `git@null git git+ssh://git@github.com/o/r.git#${SHA}`,
      'folder@null local',
      'archive@null web',
      'b@1.0.0',
    ],
  },
  ...[2, 3].map((lockfileVersion) => ({
    what: `npm ${lockfileVersion}`,
    path: lockfileVersion === 2 ? 'npm-shrinkwrap.json' : 'package-lock.json',
    text: json({
      name: 'app',
      lockfileVersion,
      requires: true,
      packages: {
        '': { name: 'app', dependencies: { a: '^1', sibling: '^1' }, devDependencies: { alias: 'npm:real@^2' } },
        'node_modules/a': {
          version: '1.0.0',
          resolved: 'https://registry.example/a/-/a-1.0.0.tgz',
          integrity: 'sha512-x',
          license: 'MIT',
          bin: { a: 'cli.js' },
        },
        'node_modules/a/node_modules/@s/b': { version: '1.0.0', inBundle: true },
        'node_modules/alias': { name: 'real', version: '2.0.0', dev: true },
        'node_modules/sibling': { resolved: 'packages/sibling', link: true },
        'packages/sibling': { version: '1.0.0', dependencies: { c: '1' } },
        'node_modules/git': { version: '1.0.0', resolved: `git+ssh://git@github.com/o/r.git#${SHA}` },
      },
      ...(lockfileVersion === 2 && { dependencies: { a: { version: '9.9.9' } } }),
    }),
    packages: [
      'a@1.0.0',
      '@s/b@1.0.0',
      'alias = real@2.0.0',
      'sibling@null local',
      `git@1.0.0 git git+ssh://git@github.com/o/r.git#${SHA}`,
    ],
    wants: { a: '^1', sibling: '^1', alias: 'npm:real@^2' },
  })),
  {
    what: 'pnpm 5',
    path: 'pnpm-lock.yaml',
    text: `lockfileVersion: 5.4\n\nspecifiers:\n  a: ^1\n  '@s/b': 1.0.0\n\ndependencies:\n  a: 1.0.0_b@1.0.0\n  '@s/b': 1.0.0\n\npackages:\n\n  /a/1.0.0_b@1.0.0:\n    resolution: {integrity: sha512-x}\n    dev: false\n\n  /@s/b/1.0.0:\n    resolution: {integrity: sha512-y}\n    dev: true\n\n  github.com/o/r/${SHA}:\n    resolution: {tarball: https://codeload.github.com/o/r/tar.gz/${SHA}}\n    name: git\n    version: 1.0.0\n`,
    packages: ['a@1.0.0', '@s/b@1.0.0', 'git@1.0.0 web'],
    wants: { a: '^1', '@s/b': '1.0.0' },
  },
  {
    what: 'pnpm 6',
    path: 'pnpm-lock.yaml',
    text: `lockfileVersion: '6.0'\n\nsettings:\n  autoInstallPeers: true\n\nimporters:\n\n  .:\n    dependencies:\n      a:\n        specifier: ^1\n        version: 1.0.0(b@1.0.0)\n  packages/x:\n    dependencies:\n      b:\n        specifier: workspace:*\n        version: link:../b\n\npackages:\n\n  /a@1.0.0(b@1.0.0):\n    resolution: {integrity: sha512-x}\n    hasBin: true\n    dev: false\n\n  /@s/b@1.0.0:\n    resolution: {integrity: sha512-y}\n`,
    packages: ['a@1.0.0', '@s/b@1.0.0'],
    wants: { a: '^1' },
  },
  {
    what: 'pnpm 9',
    path: 'pnpm-lock.yaml',
    text: `lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    devDependencies:\n      a:\n        specifier: 'catalog:'\n        version: 1.0.0\n\npackages:\n\n  '@s/b@1.0.0':\n    resolution: {integrity: sha512-y}\n    engines: {node: '>=18'}\n\n  a@1.0.0:\n    resolution: {integrity: sha512-x}\n\n  git@https://codeload.github.com/o/r/tar.gz/${SHA}:\n    resolution: {tarball: https://codeload.github.com/o/r/tar.gz/${SHA}}\n    version: 1.0.0\n\n  folder@file:../folder:\n    resolution: {directory: ../folder, type: directory}\n\n  repo@git+https://git.example/o/r.git#${SHA}:\n    resolution: {commit: ${SHA}, repo: https://git.example/o/r.git, type: git}\n    version: 2.0.0\n\nsnapshots:\n\n  '@s/b@1.0.0': {}\n\n  a@1.0.0:\n    dependencies:\n      '@s/b': 1.0.0\n`,
    packages: [
      '@s/b@1.0.0',
      'a@1.0.0',
      'git@1.0.0 web',
      'folder@null local',
      `repo@2.0.0 git https://git.example/o/r.git#${SHA}`,
    ],
    wants: { a: 'catalog:' },
  },
  {
    what: 'pnpm 11, two documents',
    path: 'pnpm-lock.yaml',
    text: "---\nlockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    configDependencies:\n      tool:\n        specifier: 1.0.0\n        version: 1.0.0\n\npackages:\n\n  tool@1.0.0:\n    resolution: {integrity: sha512-t}\n\n---\nlockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      a:\n        specifier: ^1\n        version: 1.0.0\n\npackages:\n\n  a@1.0.0:\n    resolution: {integrity: sha512-x}\n",
    packages: ['tool@1.0.0', 'a@1.0.0'],
    wants: { a: '^1' },
  },
  {
    what: 'Yarn 1',
    path: 'yarn.lock',
    text: `# THIS IS AN AUTOGENERATED FILE. DO NOT EDIT THIS FILE DIRECTLY.\n# yarn lockfile v1\n\n\n"@s/b@^1.0.0", "@s/b@^1.1.0":\n  version "1.2.0"\n  resolved "https://registry.example/@s/b/-/b-1.2.0.tgz#${SHA}"\n  integrity sha512-y\n\na@^1:\n  version "1.0.0"\n  resolved "https://registry.example/a/-/a-1.0.0.tgz#${SHA}"\n  dependencies:\n    "@s/b" "^1.0.0"\n\n"alias@npm:real@^2":\n  version "2.0.0"\n  resolved "https://registry.example/real/-/real-2.0.0.tgz#${SHA}"\n\n"git@git+ssh://git@github.com/o/r.git":\n  version "1.0.0"\n  resolved "git+ssh://git@github.com/o/r.git#${SHA}"\n`,
    packages: ['@s/b@1.2.0', 'a@1.0.0', 'alias = real@2.0.0', `git@1.0.0 git git+ssh://git@github.com/o/r.git#${SHA}`],
  },
  {
    what: 'Yarn 4',
    path: 'yarn.lock',
    text: `# This file is generated by running "yarn install" inside your project.\n\n__metadata:\n  version: 8\n  cacheKey: 10c0\n\n"@s/b@npm:^1.0.0, @s/b@npm:^1.1.0":\n  version: 1.2.0\n  resolution: "@s/b@npm:1.2.0"\n  bin:\n    b: ./cli.js\n  checksum: 10c0/abc\n  languageName: node\n  linkType: hard\n\n"alias@npm:real@^2":\n  version: 2.0.0\n  resolution: "real@npm:2.0.0"\n  languageName: node\n  linkType: hard\n\n"app@workspace:.":\n  version: 0.0.0-use.local\n  resolution: "app@workspace:."\n  dependencies:\n    "@s/b": "npm:^1.0.0"\n    alias: "npm:real@^2"\n  languageName: unknown\n  linkType: soft\n\n"p@patch:p@npm%3A1.0.0#./p.patch":\n  version: 1.0.0\n  resolution: "p@patch:p@npm%3A1.0.0#./p.patch::version=1.0.0&hash=1"\n  languageName: node\n  linkType: hard\n`,
    packages: ['@s/b@1.2.0', 'alias = real@2.0.0', 'app@0.0.0-use.local local', 'p@1.0.0 local'],
    wants: { '@s/b': 'npm:^1.0.0', alias: 'npm:real@^2' },
  },
  {
    what: 'Bun',
    path: 'bun.lock',
    text: `{\n  // written by Bun\n  "lockfileVersion": 1,\n  "workspaces": {\n    "": {\n      "name": "app",\n      "dependencies": {\n        "a": "^1",\n        "alias": "npm:real@^2",\n      },\n    },\n  },\n  "packages": {\n    "a": ["a@1.0.0", "", { "dependencies": { "@s/b": "1" }, "bin": { "a": "cli.js" } }, "sha512-x"],\n    "a/@s/b": ["@s/b@1.0.0", "https://npm.acme.example/@s/b/-/b-1.0.0.tgz", {}, "sha512-y"],\n    "alias": ["real@2.0.0", "", {}, "sha512-z"],\n    "sibling": ["sibling@workspace:packages/sibling"],\n    "git": ["git@github:o/r#abc", {}, "o-r-abc"],\n  }\n}\n`,
    packages: ['a@1.0.0', '@s/b@1.0.0', 'alias = real@2.0.0', 'sibling@null local', 'git@null git github:o/r#abc'],
    wants: { a: '^1', alias: 'npm:real@^2' },
  },
];
