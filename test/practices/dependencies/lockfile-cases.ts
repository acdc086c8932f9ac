import type { Tree } from '../../manifests/fake-repository.ts';

/** What a lockfile was, what the change makes of it, and what is said; every manifest asks for `react` as `^19`. */
export type LockfileRow = [what: string, before: Tree, changed: Tree, codes: string[]];

const MANIFEST: Tree = { 'package.json': { name: 'app', dependencies: { react: '^19' } } };
const HOME = 'https://registry.example';
const EVIL = 'https://evil.example';
const INTEGRITY = 'sha512-aaaa';
const OTHER_INTEGRITY = 'sha512-bbbb';
const WEAK_INTEGRITY = 'sha1-cccc';

/** What one entry for `react` says; the rest is as it should be. */
interface Entry {
  version?: string;
  resolved?: string;
  integrity?: string | null;
}

const archiveOf = (version: string) => `${HOME}/react/-/react-${version}.tgz`;

/** A lockfile with one entry, as each package manager writes it. */
const FORMATS: Readonly<Record<string, (entry?: Entry) => Tree>> = {
  'npm 1': ({ version = '19.2.0', resolved = archiveOf(version), integrity = INTEGRITY } = {}) => ({
    'package-lock.json': {
      lockfileVersion: 1,
      dependencies: { react: { version, resolved, ...(integrity !== null && { integrity }) } },
    },
  }),
  'npm 2': ({ version = '19.2.0', resolved = archiveOf(version), integrity = INTEGRITY } = {}) => ({
    'package-lock.json': {
      lockfileVersion: 2,
      packages: {
        '': { name: 'app', dependencies: { react: '^19' } },
        'node_modules/react': { version, resolved, ...(integrity !== null && { integrity }) },
      },
      dependencies: { react: { version, resolved } },
    },
  }),
  'a shrinkwrap': ({ version = '19.2.0', resolved = archiveOf(version), integrity = INTEGRITY } = {}) => ({
    'npm-shrinkwrap.json': {
      lockfileVersion: 3,
      packages: {
        '': { name: 'app', dependencies: { react: '^19' } },
        'node_modules/react': { version, resolved, ...(integrity !== null && { integrity }) },
      },
    },
  }),
  'Yarn 1': ({ version = '19.2.0', resolved = archiveOf(version), integrity = INTEGRITY } = {}) => ({
    'yarn.lock': `# yarn lockfile v1\n\n\nreact@^19:\n  version "${version}"\n  resolved "${resolved}"\n${integrity === null ? '' : `  integrity ${integrity}\n`}`,
  }),
  'pnpm 9': ({ version = '19.2.0', resolved, integrity = INTEGRITY } = {}) => ({
    'pnpm-lock.yaml': `lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      react:\n        specifier: ^19\n        version: ${version}\n\npackages:\n\n  react@${version}:\n    resolution: {${[integrity === null ? [] : `integrity: ${integrity}`, resolved === undefined ? [] : `tarball: ${resolved}`].flat().join(', ')}}\n`,
  }),
  'pnpm 11, in two documents': ({ version = '19.2.0', resolved, integrity = INTEGRITY } = {}) => ({
    'pnpm-lock.yaml': `---\nlockfileVersion: '9.0'\n\npackages:\n\n  pnpm@10.0.0:\n    resolution: {integrity: sha512-p}\n\nimporters:\n\n  .:\n    configDependencies: {}\n    packageManagerDependencies:\n      pnpm:\n        specifier: 10.0.0\n        version: 10.0.0\n\n---\nlockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      react:\n        specifier: ^19\n        version: ${version}\n\npackages:\n\n  react@${version}:\n    resolution: {${[integrity === null ? [] : `integrity: ${integrity}`, resolved === undefined ? [] : `tarball: ${resolved}`].flat().join(', ')}}\n`,
  }),
  Bun: ({ version = '19.2.0', resolved = '', integrity = INTEGRITY } = {}) => ({
    'bun.lock': `{\n  "lockfileVersion": 1,\n  "workspaces": { "": { "name": "app", "dependencies": { "react": "^19" } } },\n  "packages": {\n    "react": ["react@${version}", "${resolved}", {}${integrity === null ? '' : `, "${integrity}"`}],\n  },\n}\n`,
  }),
};

const EACH: LockfileRow[] = Object.entries(FORMATS).flatMap(([format, lock]): LockfileRow[] => {
  const was = { ...MANIFEST, ...lock() };
  return [
    [
      `${format}: another version`,
      { ...MANIFEST, ...lock({ version: '18.3.1', integrity: OTHER_INTEGRITY }) },
      lock(),
      [],
    ],
    [
      `${format}: another checksum of the same version`,
      was,
      lock({ integrity: OTHER_INTEGRITY }),
      ['lockfile-integrity-changed'],
    ],
    [`${format}: a weaker checksum`, was, lock({ integrity: WEAK_INTEGRITY }), ['lockfile-integrity-changed']],
    [`${format}: no checksum any more`, was, lock({ integrity: null }), ['lockfile-integrity-changed']],
    [
      `${format}: another host`,
      was,
      lock({ resolved: `${EVIL}/react/-/react-19.2.0.tgz` }),
      ['lockfile-host-mismatch'],
    ],
    [
      `${format}: the archive of another package`,
      was,
      lock({ resolved: `${HOME}/evil/-/evil-19.2.0.tgz` }),
      ['lockfile-name-mismatch'],
    ],
    [
      `${format}: the archive of another version`,
      was,
      lock({ resolved: `${HOME}/react/-/react-0.0.1.tgz` }),
      ['lockfile-name-mismatch'],
    ],
    [
      `${format}: without encryption`,
      was,
      lock({ resolved: 'http://registry.example/react/-/react-19.2.0.tgz' }),
      ['lockfile-host-mismatch'],
    ],
  ];
});

const CONFLICT = '<<<<<<< ours\n=======\n>>>>>>> theirs\n';

const ALONE: LockfileRow[] = [
  ['conflict markers', MANIFEST, { 'package-lock.json': `{\n${CONFLICT}}` }, ['lockfile-unreadable']],
  ['npm, no JSON', MANIFEST, { 'package-lock.json': '{ oops' }, ['lockfile-unreadable']],
  ['pnpm, no YAML', MANIFEST, { 'pnpm-lock.yaml': 'packages:\n  a: {b' }, ['lockfile-unreadable']],
  ['Yarn 1, not its format', MANIFEST, { 'yarn.lock': '# yarn lockfile v1\n\nreact\n' }, ['lockfile-unreadable']],
  ['Bun, no JSON', MANIFEST, { 'bun.lock': '{ "packages": { ' }, ['lockfile-unreadable']],
  ['a lockfile that goes', { ...MANIFEST, ...FORMATS['Yarn 1']!() }, { 'yarn.lock': null }, []],
  ['Bun’s binary lockfile, which nobody reads', MANIFEST, { 'bun.lockb': '#!/usr/bin/env bun\n' }, []],
];

/** The lockfiles of the specification: hosts, archives, checksums and texts that are none. */
export const LOCKFILE_ROWS: readonly LockfileRow[] = [...EACH, ...ALONE];
