import type { TriggerName } from './catalogue.ts';
import type { ChangedSource, Line } from './lines.ts';
import { follows, type Place } from './places.ts';
import type { Signal } from './signal.ts';

/** What a migration is written in; a page about migrations is none. */
const MIGRATION_NAME = /\.(?:sql|[cm]?[jt]s|py|rb|php|go|rs|java|kt|kts|cs|fs|exs?|xml|ya?ml|json)$/;

const NEW_TABLE =
  /\bcreate\s+(?:unlogged\s+|foreign\s+)?table\b|\bcreate_table\b|\bcreateTable\b|\bCreateTable\b|\bCreateModel\b|\bcreateCollection\b/i;

/** What the old code cannot survive. */
const DESTRUCTIVE =
  /\bdrop\s+(?:table|column|type|schema)\b|\b(?:drop|remove|rename)_(?:table|column|reference)\b|\b(?:Delete|Rename)Model\b|\b(?:Remove|Rename)Field\b|\b(?:Drop|Rename)(?:Table|Column)\b|\b(?:drop|rename)(?:Table|Column)\b|\brename\s+(?:to|column)\b/i;

/** Where the way back begins: what stands below undoes, and is no part of the decision. */
const WAY_BACK =
  /\bdef\s+(?:down|downgrade)\b|\bvoid\s+Down\b|\bexports\.down\b|\bfunction\s+down\b|\basync\s+down\b|^\s*--\s*\+(?:goose|migrate)\s+Down/;

/** Triggers that a file's place and content make unmistakable: interfaces, schemas, infrastructure, permissions, new packages. */
export function findDeclared({ file, place, aside, added, removed }: ChangedSource): Signal[] {
  if (aside) return [];
  const about = (trigger: TriggerName, because: string, line: Line | undefined): Signal => ({
    ...{ trigger, because, path: file.path },
    line: file.status === 'removed' ? null : (line?.line ?? null),
  });
  const isNew = file.status === 'added';
  const unread = file.patch !== 'text';
  // Whatever an interface says, that there is one now, or none any more, is said already.
  const whole = unread || isNew || file.status === 'removed';

  if (isMigration(place)) {
    const forth = beforeWayBack(added);
    const table = find(forth, NEW_TABLE);
    if (table || unread) return [about('database-table', 'the database schema: a new table', table)];
    const destructive = find(forth, DESTRUCTIVE);
    if (destructive)
      return [about('database-destructive', 'the database schema: something is dropped or renamed', destructive)];
    return forth.length > 0 ? [about('database-migration', 'the database schema', forth[0])] : [];
  }
  const edits = [...added, ...removed];
  const first = added[0] ?? removed[0];
  if (place.name.endsWith('.proto')) {
    const said = find(
      edits,
      /^\s*(?:message|service|rpc|enum|oneof|(?:repeated|optional|map)\b|[\w.<>, ]+\s+\w+\s*=\s*\d+)/,
    );
    return said || whole
      ? [about('interface-protobuf', 'an interface between services (Protocol Buffers)', said ?? first)]
      : [];
  }
  if (isOpenApi(place)) {
    const path = find(edits, /^\s*["']?\/[^\s"']*["']?\s*:|^\s{0,6}["']?(?:channels|paths|operations)["']?\s*:/);
    if (path || whole)
      return [about('interface-openapi', 'an interface that others call (OpenAPI or AsyncAPI)', path ?? first)];
    return first
      ? [about('interface-openapi-detail', 'details of an interface that others call (OpenAPI or AsyncAPI)', first)]
      : [];
  }
  if (isGraphQlSchema(place)) {
    const type = find(edits, /^\s*(?:type|input|interface|union|enum|scalar|extend)\s+\w/);
    if (type || whole)
      return [about('interface-graphql', 'an interface that others call (GraphQL schema)', type ?? first)];
    const field = find(edits, /^\s+\w+(?:\([^)]*\))?\s*:\s*\S/);
    return field
      ? [about('interface-graphql-field', 'a field of an interface that others call (GraphQL schema)', field)]
      : [];
  }
  if (/\.schema\.json$|\.avsc$|\.xsd$|\.wsdl$|\.thrift$/.test(place.name)) {
    return first || unread
      ? [about('interface-schema', 'a format that others read or write (a published schema)', first)]
      : [];
  }
  if (/\.(?:tf|tofu)(?:\.json)?$/.test(place.name)) {
    const block = find(edits, /^\s*"?(?:resource|module|provider|backend)"?\s*["{:]/);
    if (block || whole) return [about('infrastructure-terraform', 'the infrastructure (Terraform)', block ?? first)];
    return first ? [about('infrastructure-detail', 'a setting of the infrastructure', first)] : [];
  }
  if (isDeployment(place)) {
    if (isNew || file.status === 'removed')
      return [about('infrastructure-kubernetes', 'how the product is deployed (Kubernetes or Helm)', first)];
    const kind = find(edits, /^kind:\s*\S/);
    if (kind) return [about('infrastructure-kubernetes', 'how the product is deployed (Kubernetes or Helm)', kind)];
    return first ? [about('infrastructure-detail', 'a setting of the infrastructure', first)] : [];
  }
  if (isContainer(place)) {
    if (isNew) return [about('infrastructure-container', 'a new container or composition of containers', first)];
    if (isCompose(place)) {
      const image = find(added, /^\s+(?:-\s+)?image\s*:\s*\S/);
      if (image && !find(removed, /^\s+(?:-\s+)?image\s*:\s*\S/)) {
        return [about('infrastructure-container', 'a new container or composition of containers', image)];
      }
    }
    return first ? [about('infrastructure-detail', 'a setting of the infrastructure', first)] : [];
  }
  if (isWorkflow(place)) {
    const write = find(
      added,
      /^\s*(?:permissions\s*:\s*write-all|[a-z-]+\s*:\s*write)\s*(?:#.*)?$|^\s*-?\s*pull_request_target\b/,
    );
    return write ? [about('ci-permissions', 'what the continuous integration is allowed to do', write)] : [];
  }
  if (isSettings(place) && !isNew) {
    const before = new Set(removed.map(keyOf));
    const key = added.find((line) => keyOf(line) !== null && !before.has(keyOf(line)));
    return key ? [about('configuration', 'what an operator must set for the product to run', key)] : [];
  }
  if (place.name === 'package.json' && !isNew) {
    const face = find(edits, /^\s{0,4}"(?:type|exports|main|module|bin|workspaces)"\s*:/);
    if (face) return [about('package-face', 'how others load the package', face)];
  }
  if (isNew && isPackageManifest(place)) return [about('new-package', 'a new package or service', first)];
  if (isBuildConfiguration(place) && (isNew || file.status === 'removed')) {
    return [about('build-system', 'how the product is built', first)];
  }
  return [];
}

function find(lines: readonly Line[], pattern: RegExp): Line | undefined {
  return lines.find(({ text }) => pattern.test(text));
}

function beforeWayBack(lines: readonly Line[]): readonly Line[] {
  const back = lines.findIndex(({ text }) => WAY_BACK.test(text));
  return back < 0 ? lines : lines.slice(0, back);
}

/** True for a database migration by the conventions of its tool. */
export function isMigration({ name, folders }: Place): boolean {
  if (!MIGRATION_NAME.test(name) || /^(?:index|__init__|mod|env)\.[^.]+$/.test(name)) return false;
  // Entity Framework rewrites its picture of the whole schema at every migration.
  if (name.endsWith('modelsnapshot.cs') || name.endsWith('.designer.cs')) return false;
  if (folders.includes('migrations')) return true;
  if (/^v\d[\d._]*__.+\.sql$/.test(name)) return true;
  return (
    follows(folders, 'db', ['migrate', 'migration', 'changelog']) ||
    follows(folders, 'database', ['migrate', 'migration', 'changelog']) ||
    follows(folders, 'alembic', ['versions'])
  );
}

/** Names with more to them (`openapi-generator.json`) configure tools. */
function isOpenApi({ name }: Place): boolean {
  return (
    /^(?:openapi|swagger|asyncapi)(?:[.-]?v?\d[\d.]*)?\.(?:ya?ml|json)$/.test(name) ||
    /\.(?:openapi|swagger|asyncapi)\.(?:ya?ml|json)$/.test(name)
  );
}

/** `.graphql` alone may be a client's query. */
function isGraphQlSchema({ name }: Place): boolean {
  return /\.graphqls$/.test(name) || /^(?:.+\.)?schema\.(?:graphql|gql)$/.test(name);
}

function isDeployment({ name, folders }: Place): boolean {
  if (/^chart\.ya?ml$|^kustomization\.ya?ml$/.test(name)) return true;
  if (!/\.(?:ya?ml|tpl)$/.test(name)) return false;
  if (folders.includes('k8s') || folders.includes('kubernetes')) return true;
  const chart = folders.findIndex((folder) => ['helm', 'chart', 'charts'].includes(folder));
  return chart >= 0 && folders.includes('templates', chart + 1);
}

function isContainer(place: Place): boolean {
  const { name } = place;
  if (name.endsWith('.dockerignore') || isForDevelopers(name)) return false;
  return /^(?:dockerfile|containerfile)(?:\..+)?$|\.(?:dockerfile|containerfile)$/.test(name) || isCompose(place);
}

function isCompose({ name }: Place): boolean {
  return /^(?:docker-)?compose(?:\..+)?\.ya?ml$/.test(name);
}

function isForDevelopers(name: string): boolean {
  return name
    .split(/[.-]/)
    .some((part) => ['dev', 'development', 'test', 'tests', 'ci', 'local', 'override'].includes(part));
}

function isWorkflow({ name, folders }: Place): boolean {
  return folders.length === 2 && folders[0] === '.github' && folders[1] === 'workflows' && /\.ya?ml$/.test(name);
}

function isPackageManifest({ name, folders }: Place): boolean {
  if (folders.includes('website')) return false;
  return (
    /^(?:package\.json|pom\.xml|go\.mod|cargo\.toml|pyproject\.toml|setup\.py|build\.gradle(?:\.kts)?|mix\.exs|composer\.json)$/.test(
      name,
    ) || /\.(?:csproj|fsproj|gemspec)$/.test(name)
  );
}

function isSettings({ name }: Place): boolean {
  return /^(?:application[\w.-]*\.(?:ya?ml|properties)|appsettings[\w.]*\.json|values\.ya?ml|\.env(?:\.(?:example|sample|template|dist))?)$/.test(
    name,
  );
}

/** `orders.url: …`, `"Orders": …`, `ORDERS_URL=…`: what is set. */
function keyOf({ text }: Line): string | null {
  return /^\s*["']?([\w.-]+)["']?\s*[:=]/.exec(text)?.[1] ?? null;
}

function isBuildConfiguration({ name }: Place): boolean {
  return /^(?:webpack|vite|rollup|esbuild|next|nuxt|rspack|parcel|metro|babel)\.?(?:config|conf)?[\w.-]*\.(?:[cm]?[jt]s|json)$|^makefile$|^buildspec\.ya?ml$/.test(
    name,
  );
}
