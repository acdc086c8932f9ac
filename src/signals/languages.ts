import { baseName } from '../model/package-files.ts';

/** Languages whose added lines are read, by what their patterns have in common. */
export type Language =
  | 'javascript'
  | 'python'
  | 'ruby'
  | 'go'
  | 'jvm'
  | 'csharp'
  | 'rust'
  | 'php'
  | 'sql'
  | 'prisma'
  | 'graphql'
  | 'proto'
  | 'openapi';

const BY_EXTENSION: Readonly<Record<string, Language>> = {
  ts: 'javascript',
  tsx: 'javascript',
  mts: 'javascript',
  cts: 'javascript',
  js: 'javascript',
  jsx: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  vue: 'javascript',
  svelte: 'javascript',
  py: 'python',
  rb: 'ruby',
  rake: 'ruby',
  go: 'go',
  java: 'jvm',
  kt: 'jvm',
  kts: 'jvm',
  scala: 'jvm',
  groovy: 'jvm',
  cs: 'csharp',
  rs: 'rust',
  php: 'php',
  sql: 'sql',
  prisma: 'prisma',
  graphql: 'graphql',
  gql: 'graphql',
  proto: 'proto',
};

/** The language of a file by its name; `null` where none of ours is known. */
export function languageOf(path: string): Language | null {
  const name = baseName(path).toLowerCase();
  if (/^(?:openapi|swagger)[\w.-]*\.(?:ya?ml|json)$/.test(name)) return 'openapi';
  const extension = /\.([a-z]+)$/.exec(name)?.[1];
  return extension && Object.hasOwn(BY_EXTENSION, extension) ? BY_EXTENSION[extension]! : null;
}

/** The grammars of `oxc-parser` that are used. */
export type Grammar = 'ts' | 'tsx' | 'jsx';

/** The grammar of a script; `null` for files of which only a part is one. */
export function grammarOf(path: string): Grammar | null {
  const extension = /\.([cm]?[jt]sx?)$/i.exec(path)?.[1]?.toLowerCase();
  if (!extension) return null;
  if (extension.endsWith('tsx')) return 'tsx';
  // JSX is ordinary in files that are called `.js`.
  return extension.endsWith('ts') ? 'ts' : 'jsx';
}

const OTHER_FOLDERS =
  /(?:^|\/)(?:tests?|__tests?__|specs?|e2e|cypress|playwright|testdata|test[-_]?utils|factories|(?:[\w-]*-)?msw|fixtures|__fixtures__|__factories__|__mocks__|mocks|__snapshots__|examples?|samples?|docs?|vendor|node_modules|third[-_]party|dist|build|generated|__generated__|integration[-_]?tests?|src\/(?:test|testFixtures|integrationTest|androidTest)|[\w.-]*[-_.]tests?)\//i;
const OTHER_NAMES: readonly RegExp[] = [
  /[._-](?:test|tests|test-d|spec|cy|e2e|stories|story|mock|fixture|factory)\.[^.]+$/i,
  /(?:^|\/)(?:seeds?(?:\/.*)?\/)?seeds?\.[^./]+$/i,
  /(?:^|\/)(?:test_[^/]*|conftest)\.py$/,
  /(?:Test|Tests|Spec|IT|TestCase)\.(?:java|kt|kts|scala|groovy|cs|php)$/,
  /(?:\.min\.js|\.d\.ts|\.pb\.go|_pb2(?:_grpc)?\.py|\.g\.cs|\.generated\.[^.]+)$/i,
];

/**
 * Whether a file is the product itself. What stands in tests, examples and generated files looks like a query or a
 * model without being one, and there is nothing for a reviewer to vouch for.
 */
export function isProduct(path: string): boolean {
  return !OTHER_FOLDERS.test(path) && !OTHER_NAMES.some((name) => name.test(path));
}
