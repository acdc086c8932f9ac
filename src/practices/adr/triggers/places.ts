import { baseName } from '../../../model/package-files.ts';
import type { ChangedFile } from '../../../model/pull-request.ts';

/** What a source file is written in, where we can read some of it. */
export type Language = 'script' | 'java' | 'csharp' | 'go' | 'python' | 'ruby' | 'rust' | 'other';

/** A path taken apart, everything in lower case: folders are compared whole, never by a part of their name. */
export interface Place {
  name: string;
  folders: readonly string[];
}

/** Nothing in these decides how the product is built: they try it out, show it, make it, or belong to others. */
const ASIDE: ReadonlySet<string> = new Set(
  (
    'test tests __tests__ e2e spec specs fixture fixtures __fixtures__ mock mocks __mocks__ __snapshots__ testdata test-data ' +
    'test-utils testutils testing-support integration-tests integration_tests cypress stories storybook .storybook dummy doc docs ' +
    'documentation example examples sample samples demo demos playground benchmark benchmarks bench node_modules vendor ' +
    'third_party third-party dist generated __generated__ locales translations .devcontainer .idea .vscode'
  ).split(' '),
);

/** `Acme.Orders.Tests`, `orders-test`, `docs-website`: projects of tests and pages by the last or first word of their name. */
const TEST_FOLDER = /[._-](?:tests?|specs?)$|^(?:tests?|docs?)[._-]/;

const TEST_FILE =
  /\.(?:test|tests|spec|stories|story|cy|e2e|mock)\.[^.]+$|_(?:test|spec)\.[a-z]+$|^test_.*\.py$|^conftest\.py$|^setuptests\./;

/** Java's, Kotlin's and C#'s habit, told by the capital letter: `OrderTest.java`, never `latest.java`. */
const TEST_CLASS = /(?:[a-z0-9](?:Tests?|IT|Spec|TestCase|IntegrationTests?))\.(?:java|kt|cs|scala|groovy)$/;

/** Written by a program, by the ending that programs give. */
const GENERATED = /\.(?:pb|gen|generated|designer|g)\.[a-z]+$|_pb2(?:_grpc)?\.pyi?$|\.min\.js$|\.d\.ts$/;

const LANGUAGES: Readonly<Record<string, Language>> = {
  ...Object.fromEntries('ts tsx js jsx mjs cjs mts cts vue svelte'.split(' ').map((ending) => [ending, 'script'])),
  ...Object.fromEntries('java kt kts scala groovy'.split(' ').map((ending) => [ending, 'java'])),
  ...Object.fromEntries('vb fs php swift ex exs c cc cpp h hpp erb'.split(' ').map((ending) => [ending, 'other'])),
  cs: 'csharp',
  go: 'go',
  py: 'python',
  rb: 'ruby',
  rs: 'rust',
};

/** Takes a path apart. */
export function placeOf(path: string): Place {
  const lower = path.toLowerCase();
  return { name: baseName(lower), folders: lower.split('/').slice(0, -1) };
}

/** True for files that decide nothing of how the product is built. */
export function isAside({ folders }: Place): boolean {
  return folders.some((folder) => ASIDE.has(folder) || TEST_FOLDER.test(folder));
}

const DOCS: ReadonlySet<string> = new Set(['doc', 'docs', 'documentation']);

/** True where nothing but a folder of documentation puts it aside: an interface is often published from there. */
export function isInDocs({ folders }: Place): boolean {
  return !isAside({ name: '', folders: folders.filter((folder) => !DOCS.has(folder)) });
}

/** Files are plain data that nobody changes, and each is asked about in every round of evidence. */
const known = new WeakMap<ChangedFile, { language: Language | null }>();

/** The language of a file that ships: `null` for tests, generated files and whatever is no source code. */
export function sourceLanguage(file: ChangedFile): Language | null {
  const already = known.get(file);
  if (already) return already.language;
  const language = languageIn(file.path, placeOf(file.path));
  known.set(file, { language });
  return language;
}

function languageIn(path: string, place: Place): Language | null {
  const { name } = place;
  const language = LANGUAGES[name.slice(name.lastIndexOf('.') + 1)];
  if (!language || isAside(place) || TEST_FILE.test(name) || GENERATED.test(name)) return null;
  return TEST_CLASS.test(path) ? null : language;
}

/** True where one of the names comes right after the folder. */
export function follows(folders: readonly string[], folder: string, names: readonly string[]): boolean {
  return folders.some((one, index) => one === folder && names.includes(folders[index + 1] ?? ''));
}
