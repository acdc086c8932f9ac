import { Minimatch } from 'minimatch';
import { baseName, isLockfile } from '../../model/package-files.ts';
import type { ChangedFile } from '../../model/pull-request.ts';
import { type AttributeFile, type AttributeState, attributeOf } from './attributes.ts';

/** What a file is to the person who reads it. Exactly one class a file. */
export type FileClass =
  | 'source'
  | 'tests'
  | 'documentation'
  | 'generated'
  | 'vendored'
  | 'lockfile'
  | 'binary'
  | 'excluded';

/** Nobody reads these: they count neither as lines nor as files. */
const UNREAD: ReadonlySet<FileClass> = new Set(['generated', 'vendored', 'lockfile', 'excluded']);

/** True where a reviewer is expected to open files of this class. */
export function isRead(fileClass: FileClass): boolean {
  return !UNREAD.has(fileClass);
}

/** Folders that hold nothing but tests and what tests need, in the layouts of the common languages. */
const TEST_FOLDERS: ReadonlySet<string> = new Set([
  'test',
  'tests',
  '__tests__',
  '__test__',
  'spec',
  'e2e',
  'testdata',
  'fixtures',
  '__fixtures__',
  '__mocks__',
  '__snapshots__',
]);

/** `a.test.ts`, `a_spec.rb`, `a_test.go`, `a.cy.ts`; `test_a.py`; `ATest.java`, `ATests.cs`, `ordersIT.kt`. */
const TEST_NAMES: readonly RegExp[] = [
  /[._-](?:test|tests|spec|cy|e2e)\.[^.]+$/,
  /^test_.*\.py$/,
  /(?:[A-Za-z0-9](?:Test|Tests|Spec)|[a-z0-9]IT)\.(?:java|kt|kts|scala|groovy|cs|fs|vb|swift|php)$/,
];

const PROSE_NAME = /\.(?:md|markdown|mdx|rst|adoc|asciidoc)$/i;
const PROSE_FILE =
  /^(?:README|CHANGELOG|CHANGES|HISTORY|NEWS|LICEN[CS]E|COPYING|NOTICE|AUTHORS|CONTRIBUTORS|CONTRIBUTING|CODE_OF_CONDUCT|SECURITY)(?:\.txt)?$/i;

/** True for prose, which is read and never runs. Code that lives in a documentation folder is code. */
function isDocumentation(path: string): boolean {
  const name = baseName(path);
  return PROSE_NAME.test(name) || PROSE_FILE.test(name) || /(?:^|\/)docs?\/.*\.txt$/i.test(path);
}

function isTest(path: string): boolean {
  const folders = path.split('/').slice(0, -1);
  return folders.some((folder) => TEST_FOLDERS.has(folder)) || TEST_NAMES.some((name) => name.test(baseName(path)));
}

/** What decides classes beyond the path itself. */
export interface ClassRules {
  exclude: readonly Minimatch[];
  attributes: readonly AttributeFile[];
}

/** Compiles `exclude` globs. Names that begin with a dot are names like any other. */
export function compileGlobs(globs: readonly string[]): Minimatch[] {
  return globs.map((glob) => new Minimatch(glob, { dot: true, nocomment: true }));
}

/** True where the class follows from the path, whatever `.gitattributes` says. */
export function isDecidedByPath(file: ChangedFile, exclude: readonly Minimatch[]): boolean {
  return isLockfile(file.path) || exclude.some((glob) => glob.match(file.path));
}

/** The class of one file; the first that fits, in the order of this function. */
export function classify(file: ChangedFile, rules: ClassRules): FileClass {
  const { path } = file;
  if (rules.exclude.some((glob) => glob.match(path))) return 'excluded';
  if (isLockfile(path)) return 'lockfile';
  if (isOn(attributeOf('linguist-vendored', path, rules.attributes))) return 'vendored';
  if (isOn(attributeOf('linguist-generated', path, rules.attributes))) return 'generated';
  if (file.patch === 'binary') return 'binary';
  if (isDocumentation(path)) return 'documentation';
  return isTest(path) ? 'tests' : 'source';
}

/** As GitHub's Linguist takes it: `linguist-generated=false` means what `-linguist-generated` means. */
function isOn(state: AttributeState): boolean {
  return state !== undefined && state !== false && state !== 'false';
}
