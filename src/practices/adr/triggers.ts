import { Minimatch } from 'minimatch';
import { baseName } from '../../model/package-files.ts';
import type { ChangedFile } from '../../model/pull-request.ts';

/** Why one changed file asks for a decision record. */
export type Trigger = {
  /** The name of the rule: one of the built-in ones, or `configured`. */
  trigger: string;
  /** `block` demands a record. */
  tier: 'block';
  /** How much this counts towards the demand, from 0 to 1; a path that speaks for itself is enough alone. */
  score: number;
  path: string;
  /** The first line that changed at head, from 1; `null` where no line is there to point to. */
  line: number | null;
  /** What the file decides, as a noun: "the database schema". From the configuration it may be anything. */
  because: string;
};

/** Paths that demand a record by the repository's own word. */
export interface ConfiguredTrigger {
  paths: readonly string[];
  because: string;
}

/** A path taken apart, everything in lower case: folders are compared whole, never by a part of their name. */
interface Place {
  name: string;
  folders: readonly string[];
}

interface PathRule {
  trigger: string;
  because: string;
  /** Only where the file is new: later edits are mostly upkeep. */
  onlyAdded?: boolean;
  matches(place: Place): boolean;
}

/** Nothing in these decides how the product is built: they try it out, show it, or belong to others. */
const ASIDE: ReadonlySet<string> = new Set([
  'test',
  'tests',
  '__tests__',
  'e2e',
  'fixture',
  'fixtures',
  '__fixtures__',
  '__mocks__',
  'testdata',
  'test-data',
  'dummy',
  'doc',
  'docs',
  'documentation',
  'example',
  'examples',
  'sample',
  'samples',
  'demo',
  'demos',
  'node_modules',
  'vendor',
  'third_party',
  'third-party',
  '.devcontainer',
]);

/** What a migration is written in; a page about migrations is none. */
const MIGRATION_NAME = /\.(?:sql|[cm]?[jt]s|py|rb|php|go|rs|java|kt|kts|cs|fs|exs?|xml|ya?ml|json)$/;

const BUILT_IN: readonly PathRule[] = [
  {
    trigger: 'database-migration',
    because: 'the database schema',
    matches: ({ name, folders }) => isMigration(name, folders),
  },
  {
    trigger: 'interface-protobuf',
    because: 'an interface between services (Protocol Buffers)',
    matches: ({ name }) => name.endsWith('.proto'),
  },
  {
    trigger: 'interface-openapi',
    because: 'an interface that others call (OpenAPI or AsyncAPI)',
    // Names with more to them (`openapi-generator.json`) configure tools.
    matches: ({ name }) =>
      /^(?:openapi|swagger|asyncapi)(?:[.-]?v?\d[\d.]*)?\.(?:ya?ml|json)$/.test(name) ||
      /\.(?:openapi|swagger|asyncapi)\.(?:ya?ml|json)$/.test(name),
  },
  {
    trigger: 'interface-graphql',
    because: 'an interface that others call (GraphQL schema)',
    // `.graphql` alone may be a client's query.
    matches: ({ name }) => /\.graphqls$/.test(name) || /^(?:.+\.)?schema\.(?:graphql|gql)$/.test(name),
  },
  {
    trigger: 'infrastructure-terraform',
    because: 'the infrastructure (Terraform)',
    matches: ({ name }) => /\.(?:tf|tofu)(?:\.json)?$/.test(name),
  },
  {
    trigger: 'infrastructure-kubernetes',
    because: 'how the product is deployed (Kubernetes or Helm)',
    matches: ({ name, folders }) => isDeployment(name, folders),
  },
  {
    trigger: 'infrastructure-container',
    because: 'a new container or composition of containers',
    onlyAdded: true,
    matches: ({ name }) => isContainer(name),
  },
];

function isMigration(name: string, folders: readonly string[]): boolean {
  if (!MIGRATION_NAME.test(name) || /^(?:index|__init__|mod|env)\.[^.]+$/.test(name)) return false;
  if (folders.includes('migrations')) return true;
  if (/^v\d[\d._]*__.+\.sql$/.test(name)) return true;
  return (
    follows(folders, 'db', ['migrate', 'migration', 'changelog']) ||
    follows(folders, 'database', ['migrate', 'migration', 'changelog']) ||
    follows(folders, 'alembic', ['versions'])
  );
}

function isDeployment(name: string, folders: readonly string[]): boolean {
  if (/^chart\.ya?ml$|^kustomization\.ya?ml$/.test(name)) return true;
  if (!/\.(?:ya?ml|tpl)$/.test(name)) return false;
  if (folders.includes('k8s') || folders.includes('kubernetes')) return true;
  const chart = folders.findIndex((folder) => ['helm', 'chart', 'charts'].includes(folder));
  return chart >= 0 && folders.includes('templates', chart + 1);
}

function isContainer(name: string): boolean {
  if (name.endsWith('.dockerignore')) return false;
  if (/^(?:dockerfile|containerfile)(?:\..+)?$|\.(?:dockerfile|containerfile)$/.test(name))
    return !isForDevelopers(name);
  return /^(?:docker-)?compose(?:\..+)?\.ya?ml$/.test(name) && !isForDevelopers(name);
}

function isForDevelopers(name: string): boolean {
  return name
    .split(/[.-]/)
    .some((part) => ['dev', 'development', 'test', 'tests', 'ci', 'local', 'override'].includes(part));
}

/** True where one of the names comes right after the folder. */
function follows(folders: readonly string[], folder: string, names: readonly string[]): boolean {
  return folders.some((one, index) => one === folder && names.includes(folders[index + 1] ?? ''));
}

/**
 * What in the change asks for a record, in the order of the files; each file at most once by a built-in rule and once
 * by a configured one. Decision records themselves never do, nor do built-in rules speak of tests, examples and
 * documentation.
 */
export function findTriggers(
  files: readonly ChangedFile[],
  configured: readonly ConfiguredTrigger[],
  isRecord: (path: string) => boolean,
): Trigger[] {
  const own = configured.map(({ paths, because }) => ({
    because,
    globs: paths.map((glob) => new Minimatch(glob, { dot: true, nocomment: true, nonegate: true })),
  }));
  const triggers: Trigger[] = [];
  for (const file of files) {
    if (isRecord(file.path)) continue;
    const places = file.previousPath === undefined ? [file.path] : [file.path, file.previousPath];
    const ownRule = own.find(({ globs }) => globs.some((glob) => places.some((path) => glob.match(path))));
    if (ownRule) triggers.push(toTrigger('configured', ownRule.because, file));
    if (isMerelyMoved(file)) continue;
    const rule = BUILT_IN.find((one) => {
      if (one.onlyAdded && file.status !== 'added') return false;
      return places.some((path) => !isAside(path) && one.matches(placeOf(path)));
    });
    if (rule) triggers.push(toTrigger(rule.trigger, rule.because, file));
  }
  return triggers;
}

function toTrigger(trigger: string, because: string, file: ChangedFile): Trigger {
  return { trigger, tier: 'block', score: 1, path: file.path, line: firstChangedLine(file), because };
}

/** The names of the built-in triggers, for the page that lists them. */
export const BUILT_IN_TRIGGERS: readonly string[] = BUILT_IN.map((rule) => rule.trigger);

function placeOf(path: string): Place {
  const lower = path.toLowerCase();
  return { name: baseName(lower), folders: lower.split('/').slice(0, -1) };
}

function isAside(path: string): boolean {
  return placeOf(path).folders.some((folder) => ASIDE.has(folder));
}

function isMerelyMoved(file: ChangedFile): boolean {
  return file.patch === 'text' && file.hunks.length === 0 && (file.status === 'renamed' || file.status === 'copied');
}

/** Where the change begins, at head; `null` where the file is gone or its text is not known. */
function firstChangedLine({ status, hunks }: ChangedFile): number | null {
  const [hunk] = hunks;
  if (status === 'removed' || !hunk) return null;
  const before = hunk.lines.findIndex((line) => !line.startsWith(' '));
  return Math.max(1, hunk.newStart + Math.max(0, before));
}
