import {
  type Catalogs,
  DEPENDENCY_FIELDS,
  type DeclaredDependency,
  declaredInCatalogs,
} from './declared-dependency.ts';
import { type JsonObject, type JsonProperty, objectAt, readJsonTree, textAt, textsAt } from './json-tree.ts';
import { declaredInNpmOverrides, declaredInPnpmOverrides, declaredInResolutions } from './overrides.ts';
import { declaredTools } from './package-manager.ts';

/** What we read of a `package.json`. */
export interface PackageJson {
  /** The package's own name; `null` where it has none. */
  name: string | null;
  /** Its own version; `null` where it has none. */
  version: string | null;
  /** True where npm would refuse to publish it. */
  private: boolean;
  /** `publishConfig.registry`; `null` where it is not set. */
  publishRegistry: string | null;
  /** Globs of the folders whose packages belong to this workspace; empty where there is no workspace. */
  workspaces: readonly string[];
  /** Bun's catalogs, which stand at the root or under `workspaces`. */
  catalogs: Catalogs;
  /** Every entry that has something installed: dependencies, overrides, catalogs, the package manager. */
  dependencies: readonly DeclaredDependency[];
  /** `bundleDependencies`: names that must be declared elsewhere. */
  bundled: readonly string[];
  /** Keys of `imports`, which the package's own code uses as `#name`. */
  ownImports: readonly string[];
  /** Programs that the package itself brings. */
  programs: readonly string[];
  /** Keys of `engines`: what the code runs on. */
  engines: readonly string[];
  /** Names that `browser` or `alias` maps to something else. */
  mapped: readonly string[];
  /** Names that stand twice in one field, of which the last counts. */
  doubled: readonly { field: string; name: string; line: number }[];
  /** Names that are to be bundled and that no dependency field declares, with the line of the field that says so. */
  bundledUndeclared: readonly { field: string; name: string; line: number }[];
}

/** A manifest, or why it is none and at which line. */
export type PackageJsonResult = { ok: true; manifest: PackageJson } | { ok: false; line: number | null; cause: string };

/** Reads the text of a `package.json` as npm does: strict JSON, of a doubled key the last one. Never throws. */
export function readPackageJson(text: string): PackageJsonResult {
  const tree = readJsonTree(text, 'strict');
  if (!tree.ok) return tree;
  const { root } = tree;

  const dependencies: DeclaredDependency[] = [];
  const doubled: { field: string; name: string; line: number }[] = [];
  const optionalPeers = optionalPeersOf(root);
  for (const field of DEPENDENCY_FIELDS) {
    const property = root.properties.get(field);
    if (!property || isNothing(property)) continue;
    const { value, valueLine } = property;
    if (value.type !== 'object') return { ok: false, line: valueLine, cause: `"${field}" is not an object` };
    for (const [name, entry] of value.object.properties) {
      const spec = entry.value.type === 'string' ? entry.value.text : null;
      const optional = field === 'optionalDependencies' || (field === 'peerDependencies' && optionalPeers.has(name));
      dependencies.push({ field, key: name, name, spec, line: entry.line, ...(optional && { optional }) });
    }
    doubled.push(...value.object.doubled.map(({ key, line }) => ({ field, name: key, line })));
  }
  const installed = withoutOverruled(dependencies);
  const own = new Map(installed.map(({ name, spec }) => [name, spec]));
  const catalogs = catalogsOf(root);
  return {
    ok: true,
    manifest: {
      name: textAt(root, 'name'),
      version: textAt(root, 'version'),
      private: isTrue(root.properties.get('private')),
      publishRegistry: textAt(objectAt(root, 'publishConfig'), 'registry'),
      workspaces: workspacesOf(root),
      catalogs,
      dependencies: [...installed, ...overridesIn(root, own), ...declaredInCatalogs(catalogs), ...declaredTools(root)],
      bundled: BUNDLE_FIELDS.flatMap((field) => textsAt(root, field)),
      ownImports: [...(objectAt(root, 'imports')?.properties.keys() ?? [])],
      programs: programsOf(root),
      engines: [...(objectAt(root, 'engines')?.properties.keys() ?? [])],
      mapped: ['browser', 'alias'].flatMap((key) => [...(objectAt(root, key)?.properties.keys() ?? [])]),
      doubled,
      bundledUndeclared: bundledUndeclared(root, new Set(dependencies.map(({ name }) => name))),
    },
  };
}

/** The field as npm's documents write it, and as npm reads it too. */
const BUNDLE_FIELDS = ['bundleDependencies', 'bundledDependencies'];

/** `true` bundles everything that is declared, and so names nothing. */
function bundledUndeclared(root: JsonObject, declared: ReadonlySet<string>): PackageJson['bundledUndeclared'] {
  return BUNDLE_FIELDS.flatMap((field) => {
    const line = root.properties.get(field)?.line;
    if (line === undefined) return [];
    const names = new Set(textsAt(root, field).filter((name) => !declared.has(name)));
    return [...names].map((name) => ({ field, name, line }));
  });
}

/** A name in both `dependencies` and `optionalDependencies` is an optional one: so says npm. */
function withoutOverruled(dependencies: readonly DeclaredDependency[]): DeclaredDependency[] {
  const optional = new Set(dependencies.filter((one) => one.field === 'optionalDependencies').map((one) => one.name));
  return dependencies.filter((one) => one.field !== 'dependencies' || !optional.has(one.name));
}

function overridesIn(root: JsonObject, own: ReadonlyMap<string, string | null>): DeclaredDependency[] {
  const overrides = objectAt(root, 'overrides');
  const resolutions = objectAt(root, 'resolutions');
  const ofPnpm = objectAt(objectAt(root, 'pnpm'), 'overrides');
  return [
    ...(overrides ? declaredInNpmOverrides(overrides, own) : []),
    ...(resolutions ? declaredInResolutions(resolutions, own) : []),
    ...(ofPnpm ? declaredInPnpmOverrides('pnpm.overrides', textEntries(ofPnpm), own) : []),
  ];
}

function* textEntries(object: JsonObject): Generator<[string, string | null, number]> {
  for (const [key, { value, line }] of object.properties)
    yield [key, value.type === 'string' ? value.text : null, line];
}

function optionalPeersOf(root: JsonObject): ReadonlySet<string> {
  const meta = objectAt(root, 'peerDependenciesMeta');
  const names = [...(meta?.properties.keys() ?? [])];
  return new Set(names.filter((name) => isTrue(objectAt(meta, name)?.properties.get('optional'))));
}

/** `["packages/*"]`, or `{ "packages": ["packages/*"] }` as Yarn and Bun also write it. */
function workspacesOf(root: JsonObject): string[] {
  const nested = objectAt(root, 'workspaces');
  return nested ? textsAt(nested, 'packages') : textsAt(root, 'workspaces');
}

function catalogsOf(root: JsonObject): Catalogs {
  const catalogs = new Map<string, Map<string, { spec: string; line: number }>>();
  for (const holder of [root, objectAt(root, 'workspaces')]) {
    const single = objectAt(holder, 'catalog');
    if (single) catalogs.set('default', specsOf(single));
    for (const name of objectAt(holder, 'catalogs')?.properties.keys() ?? []) {
      const entries = objectAt(objectAt(holder, 'catalogs'), name);
      if (entries) catalogs.set(name, specsOf(entries));
    }
  }
  return catalogs;
}

function specsOf(object: JsonObject): Map<string, { spec: string; line: number }> {
  return new Map(
    [...object.properties].flatMap(([name, { value, line }]) =>
      value.type === 'string' ? [[name, { spec: value.text, line }] as const] : [],
    ),
  );
}

/** `"bin": "./cli.js"` is a program of the package's own name. */
function programsOf(root: JsonObject): string[] {
  const several = objectAt(root, 'bin');
  if (several) return [...several.properties.keys()];
  const name = textAt(root, 'name');
  return textAt(root, 'bin') !== null && name !== null ? [name.slice(name.lastIndexOf('/') + 1)] : [];
}

function isTrue(property: JsonProperty | undefined): boolean {
  return property?.value.type === 'other' && property.value.value === true;
}

/** `null`, or `[]` as old tools wrote for "none". */
function isNothing({ value }: JsonProperty): boolean {
  if (value.type === 'array') return value.items.length === 0;
  return value.type === 'other' && value.value === null;
}
