import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BareAlias, type NpmSpec, readNpmSpec } from '../../src/manifests/npm-spec.ts';

type Expected = string | { [Kind in NpmSpec['kind']]?: RegExp };

const GIT = { elsewhere: /^a git repository$/ };
const ARCHIVE = { elsewhere: /^an archive at a web address$/ };
const PATH = { elsewhere: /file or folder|folder/ };

/** `range|version|tag name@value` for what a registry is asked, or a kind with its reason. */
const cases: [name: string, spec: string, expected: Expected, bareAlias?: BareAlias][] = [
  // Ranges
  ['a', '^1', 'range a@^1'],
  ['a', '1.x', 'range a@1.x'],
  ['a', '~1.2', 'range a@~1.2'],
  ['a', '', 'range a@'],
  ['a', '   ', 'range a@'],
  ['a', '*', 'range a@*'],
  ['a', 'x', 'range a@x'],
  ['a', 'X', 'range a@X'],
  ['a', '1.x || >=2.5.0 || 5.0.0 - 7.2.3', 'range a@1.x || >=2.5.0 || 5.0.0 - 7.2.3'],
  ['a', '>=1 <2', 'range a@>=1 <2'],
  ['a', ' ^1.0.0 ', 'range a@^1.0.0'],
  ['a', '^19.0.0-rc || ^18', 'range a@^19.0.0-rc || ^18'],
  ['a', '||', 'range a@||'],
  ['a', '~>1', 'range a@~>1'],
  // Exact versions
  ['a', '1.2.3', 'version a@1.2.3'],
  ['a', 'v1.2.3', 'version a@v1.2.3'],
  ['a', '=1.2.3', 'version a@=1.2.3'],
  ['a', '1.2.3-rc.1', 'version a@1.2.3-rc.1'],
  ['a', '1.2.3+build.5', 'version a@1.2.3+build.5'],
  ['a', '01.2.3', 'version a@01.2.3'],
  // Tags
  ['a', 'latest', 'tag a@latest'],
  ['a', 'next', 'tag a@next'],
  ['a', 'next-14', 'tag a@next-14'],
  ['a', '1.2.3.4', 'tag a@1.2.3.4'],
  ['a', '1..2', 'tag a@1..2'],
  ['a', 'workspace', 'tag a@workspace'],
  // Names
  ['@acme/a', '^1', 'range @acme/a@^1'],
  ['JSONStream', '1', 'range JSONStream@1'],
  ['fs', '^1', 'range fs@^1'],
  ['a.b-c_d', '1', 'range a.b-c_d@1'],
  ['constructor', '1', 'range constructor@1'],
  ['__proto__', '1', { 'invalid-name': /underscore/ }],
  ['', '^1', { 'invalid-name': /length/ }],
  ['.a', '^1', { 'invalid-name': /period/ }],
  ['-a', '^1', { 'invalid-name': /hyphen/ }],
  ['_a', '^1', { 'invalid-name': /underscore/ }],
  ['a b', '^1', { 'invalid-name': /URL-friendly/ }],
  [' a', '^1', { 'invalid-name': /spaces/ }],
  ['a/b', '^1', { 'invalid-name': /URL-friendly/ }],
  ['@acme', '^1', { 'invalid-name': /URL-friendly/ }],
  ['@acme/', '^1', { 'invalid-name': /URL-friendly/ }],
  ['@acme/..', '^1', { 'invalid-name': /period/ }],
  ['..', '^1', { 'invalid-name': /period/ }],
  ['node_modules', '^1', { 'invalid-name': /node_modules/ }],
  ['lodаsh', '^1', { 'invalid-name': /URL-friendly/ }],
  ['a@b', '^1', { 'invalid-name': /URL-friendly/ }],
  ['a'.repeat(215), '^1', { 'invalid-name': /longer than 214/ }],
  // No spec at all
  ['a', 'not a range', { 'invalid-spec': /neither/ }],
  ['a', '>1 <', { 'invalid-spec': /not a range/ }],
  ['a', '>', { 'invalid-spec': /neither/ }],
  ['a', '^', { 'invalid-spec': /neither/ }],
  ['a', '^1.2.3.4', { 'invalid-spec': /neither/ }],
  ['a', '%20', { 'invalid-spec': /neither/ }],
  ['a', 'é', { 'invalid-spec': /neither/ }],
  ['a', '\u202e1.0.0', { 'invalid-spec': /neither/ }],
  ['a', '{{version}}', { 'invalid-spec': /neither/ }],
  // Aliases: only the target is asked for
  ['react-is-18', 'npm:react-is@^18', 'range react-is@^18'],
  ['a', 'npm:@acme/b@1.0.0', 'version @acme/b@1.0.0'],
  ['a', 'npm:b@latest', 'tag b@latest'],
  ['a', 'npm:b', 'range b@*'],
  ['a', 'npm:@acme/b', 'range @acme/b@*'],
  ['a', 'NPM:b@1', 'range b@1'],
  ['a', 'npm:b@', 'range b@*'],
  ['a', 'npm:b@>1 <', { 'invalid-spec': /not a range/ }],
  ['a', 'npm:https://example.com/x.tgz', { 'invalid-spec': /registry/ }],
  ['a', 'npm:', { 'invalid-spec': /name/ }],
  ['a', 'npm:b@npm:c', { 'invalid-spec': /nested/ }],
  ['a', 'npm:b@./c', { 'invalid-spec': /registry/ }],
  ['a', 'npm:b c@1', { 'invalid-name': /alias/ }],
  // Yarn writes the protocol before plain ranges
  ['a', 'npm:^1.0.0', 'range a@^1.0.0'],
  ['a', 'npm:1.2.3', 'version a@1.2.3'],
  ['a', 'npm:*', 'range a@*'],
  ['a', 'npm:next', 'tag a@next', 'tag'],
  ['a', 'npm:next', 'range next@*', 'package'],
  ['a', 'npm:b@^1', 'range b@^1', 'tag'],
  // Catalogs
  ['a', 'catalog:', { catalog: /^$/ }],
  ['a', 'catalog:react18', { catalog: /^react18$/ }],
  // The workspace, files and folders
  ['a', 'workspace:*', { elsewhere: /workspace/ }],
  ['a', 'workspace:^', { elsewhere: /workspace/ }],
  ['a', 'workspace:~1.2.3', { elsewhere: /workspace/ }],
  ['a', 'workspace:../b', { elsewhere: /workspace/ }],
  ['a', 'workspace:b@*', { elsewhere: /workspace/ }],
  ['a', 'link:../b', PATH],
  ['a', 'portal:../b', PATH],
  ['a', 'file:../b', PATH],
  ['a', 'file:b.tgz', PATH],
  ['a', './b', PATH],
  ['a', '../b', PATH],
  ['a', '/b', PATH],
  ['a', '~/b', PATH],
  ['a', 'C:\\b', PATH],
  ['a', 'b.tgz', PATH],
  ['a', 'vendor/b/c', PATH],
  ['bad name', 'file:../b', PATH],
  ['a', 'patch:b@npm%3A1.0.0#~/.yarn/patches/b.patch', 'version b@1.0.0'],
  ['a', 'patch:b@file%3A../b#~/b.patch', { elsewhere: /patched/ }],
  ['a', 'patch:b', { elsewhere: /patched/ }],
  // Git and the web
  ['a', 'owner/repository', GIT],
  ['a', 'owner/repository#semver:^1', GIT],
  ['a', 'github:owner/repository', GIT],
  ['a', 'gitlab:owner/repository', GIT],
  ['a', 'bitbucket:owner/repository', GIT],
  ['a', 'gist:0123456789abcdef', GIT],
  ['a', 'git+ssh://git@example.com/owner/repository.git', GIT],
  ['a', 'git+https://example.com/owner/repository.git#v1', GIT],
  ['a', 'git://example.com/owner/repository.git', GIT],
  ['a', 'ssh://git@example.com/owner/repository.git', GIT],
  ['a', 'git@github.com:owner/repository', GIT],
  ['a', 'git@git.acme.example:owner/repository.git', GIT],
  ['a', 'https://example.com/b.tgz', ARCHIVE],
  ['a', 'http://example.com/b.tgz', ARCHIVE],
  // What other tools know
  ['a', 'jsr:@std/path@^1', { elsewhere: /JSR/ }],
  ['a', 'exec:./generate.js', { elsewhere: /exec:/ }],
  ['node', 'runtime:^24.0.0', { elsewhere: /runtime:/ }],
  ['a', 'constructor:x', { elsewhere: /constructor:/ }],
];

function shown(spec: NpmSpec): string {
  return spec.kind === 'registry' ? `${spec.want.type} ${spec.name}@${spec.want.value}` : spec.kind;
}

describe('readNpmSpec', () => {
  test.each(cases)('%j: %j', (name, spec, expected, bareAlias) => {
    const read = readNpmSpec(name, spec, bareAlias);
    if (typeof expected === 'string') {
      expect(shown(read)).toBe(expected);
      return;
    }
    const [[kind, pattern]] = Object.entries(expected) as [[string, RegExp]];
    expect(read.kind).toBe(kind);
    const text = 'cause' in read ? read.cause : 'reason' in read ? read.reason : 'catalog' in read ? read.catalog : '';
    expect(text).toMatch(pattern);
  });

  test('any text is read as something, and the name it asks for is always one that npm accepts', () => {
    const piece = fc.constantFrom(
      'npm:',
      'workspace:',
      'git+ssh://',
      '@',
      '/',
      '#',
      '^1',
      '~',
      ' ',
      ':',
      '1.2.3',
      'a',
      '..',
      '%2f',
      '\u0000',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 8 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, text, fc.constantFrom<BareAlias>('package', 'tag'), (name, spec, bareAlias) => {
        const read = readNpmSpec(name, spec, bareAlias);
        if (read.kind !== 'registry') return;
        expect(read.name).toMatch(/^(@[^/\s%?#]+\/)?[^/\s%?#]+$/);
        expect(read.name.split('/').every((part) => part !== '.' && part !== '..')).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});
