import { baseName } from '../../model/package-files.ts';

/*
 * What a file is by its name alone: data, in the conventions of the common languages and tools. Attributes of the base
 * and configuration go before all of it.
 */

/** Folders that hold nothing but tests and what tests need. */
const TEST_FOLDERS: ReadonlySet<string> = new Set([
  'test',
  'tests',
  '__tests__',
  '__test__',
  'spec',
  'e2e',
  '__mocks__',
]);

/** Folders of what tests are fed with. */
const FIXTURE_FOLDERS: ReadonlySet<string> = new Set([
  'fixtures',
  '__fixtures__',
  'testdata',
  'test-data',
  'cassettes',
]);

/** Folders of what tests have recorded. */
const SNAPSHOT_FOLDERS: ReadonlySet<string> = new Set(['__snapshots__', '__image_snapshots__', '__file_snapshots__']);

/** Folders of other people's code, checked in. */
const VENDOR_FOLDERS: ReadonlySet<string> = new Set([
  'node_modules',
  'bower_components',
  'third_party',
  'third-party',
  'thirdparty',
  'Godeps',
]);

/** Folders that a tool fills. */
const GENERATED_FOLDERS: ReadonlySet<string> = new Set(['__generated__']);

/** `a.test.ts`, `a_spec.rb`, `a_test.go`, `a.cy.ts`; `test_a.py`; `ATest.java`, `ATests.cs`, `ordersIT.kt`. */
const TEST_NAMES: readonly RegExp[] = [
  /[._-](?:test|tests|spec|cy|e2e)\.[^.]+$/,
  /^test_.*\.py$/,
  /^conftest\.py$/,
  /(?:[A-Za-z0-9](?:Test|Tests|Spec)|[a-z0-9]IT)\.(?:java|kt|kts|scala|groovy|cs|fs|vb|swift|php)$/,
];

/** Vitest and Jest, insta, ApprovalTests and Verify, syrupy. */
const SNAPSHOT_NAMES = /\.(?:snap|ambr|approved\.[^.]+|verified\.[^.]+|received\.[^.]+)$/;

/** What well-known generators write; each names the tool in its ending. */
const GENERATED_NAMES: readonly RegExp[] = [
  /[.-]min\.(?:js|mjs|cjs|css)$/,
  /\.(?:js|mjs|cjs|css|ts|mts|cts)\.map$/,
  /\.pb\.(?:go|cc|h|swift|dart|gw\.go)$/,
  /_pb2(?:_grpc)?\.pyi?$/,
  /_(?:grpc_)?pb\.(?:js|d\.ts|ts|rb)$/,
  /\.(?:g|freezed|gr|mocks)\.dart$/,
  /\.(?:designer|g|g\.i)\.(?:cs|vb)$/i,
  /\.(?:generated|gen)\.[^.]+$/,
  /^zz_generated\..*\.go$/,
  /\.xcodeproj\/project\.pbxproj$/,
];

/** Programs that package managers check in beside the code. */
const VENDORED_NAMES =
  /(?:^|\/)(?:gradlew(?:\.bat)?|mvnw(?:\.cmd)?|\.yarn\/(?:releases|plugins|sdks)\/.*|\.pnp\.(?:c?js|loader\.mjs))$/;

const PROSE_NAME = /\.(?:md|markdown|mdx|rst|adoc|asciidoc|org|textile)$/i;
const PROSE_FILE =
  /^(?:README|CHANGELOG|CHANGES|HISTORY|NEWS|LICEN[CS]E|COPYING|NOTICE|AUTHORS|CONTRIBUTORS|CONTRIBUTING|CODE_OF_CONDUCT|SECURITY)(?:\.txt)?$/i;

/** Pictures that are text to git: drawn by a tool, looked at and never read. */
const PICTURE = /\.(?:svg|eps|drawio|excalidraw)$/i;

/** True for what a generator wrote, by its name. */
export function isGeneratedName(path: string): boolean {
  return GENERATED_NAMES.some((name) => name.test(path)) || foldersOf(path).some((one) => GENERATED_FOLDERS.has(one));
}

/** True for other people's code, by its place. `vendor` alone is theirs only where the language makes it so. */
export function isVendoredName(path: string): boolean {
  return VENDORED_NAMES.test(path) || /^vendor\//.test(path) || foldersOf(path).some((one) => VENDOR_FOLDERS.has(one));
}

/** True for prose, which is read and never runs. Code that lives in a documentation folder is code. */
export function isDocumentationName(path: string): boolean {
  const name = baseName(path);
  return PROSE_NAME.test(name) || PROSE_FILE.test(name) || /(?:^|\/)docs?\/.*\.txt$/i.test(path);
}

/** True for what a test recorded. */
export function isSnapshotName(path: string): boolean {
  return SNAPSHOT_NAMES.test(baseName(path)) || foldersOf(path).some((one) => SNAPSHOT_FOLDERS.has(one));
}

/** True for what tests are fed with. */
export function isFixtureName(path: string): boolean {
  return foldersOf(path).some((folder) => FIXTURE_FOLDERS.has(folder));
}

/** True for tests. */
export function isTestName(path: string): boolean {
  return (
    foldersOf(path).some((folder) => TEST_FOLDERS.has(folder)) || TEST_NAMES.some((name) => name.test(baseName(path)))
  );
}

/** True for a picture in a textual format. */
export function isPictureName(path: string): boolean {
  return PICTURE.test(path);
}

function foldersOf(path: string): string[] {
  return path.split('/').slice(0, -1);
}
