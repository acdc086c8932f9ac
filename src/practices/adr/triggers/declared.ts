import type { TriggerName } from './catalogue.ts';
import type { ChangedSource, Line } from './lines.ts';
import { isMigration, migrationOf } from './migrations.ts';
import type { Place } from './places.ts';
import type { Signal } from './signal.ts';

/** More than one more field that may be left out: what is demanded, allowed, or made of other parts. */
const SCHEMA_RULE =
  /"(?:\$ref|required|enum|oneOf|anyOf|allOf|not|const|patternProperties|additionalProperties|items|definitions|\$defs)"\s*:/;

/** What a schema says to people; and brackets, which say nothing. */
const SCHEMA_PROSE = /^\s*"(?:description|markdownDescription|title|\$comment|\$id|examples?|doc)"\s*:|^[\s[\]{},]*$/;

/** Triggers that a file's place and content make unmistakable: interfaces, schemas, infrastructure, new packages. */
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
    if (unread) return [about('database-table', 'the database schema', undefined)];
    const does = migrationOf(added);
    return does ? [about(does.trigger, does.because, does.line)] : [];
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
    const isJson = place.name.endsWith('.json');
    const rule = isJson ? added.find(({ text }) => SCHEMA_RULE.test(text)) : first;
    const lost = removed.find(({ text }) => !SCHEMA_PROSE.test(text));
    const because = 'a format that others read or write (a published schema)';
    if (rule || lost || whole) return [about('interface-schema', because, rule ?? lost ?? first)];
    const said = added.find(({ text }) => !SCHEMA_PROSE.test(text));
    return said ? [about('interface-schema-detail', because, said)] : [];
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
