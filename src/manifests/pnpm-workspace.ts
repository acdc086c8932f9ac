import { type Catalogs, type DeclaredDependency, declaredInCatalogs } from './declared-dependency.ts';
import { declaredInPnpmOverrides } from './overrides.ts';
import { readYaml, yamlLines } from './yaml.ts';

/** What we read of a `pnpm-workspace.yaml`, or of the part of `.yarnrc.yml` that is alike. */
export interface PnpmWorkspace {
  /** Globs of the folders whose packages belong to the workspace. */
  packages: readonly string[];
  catalogs: Catalogs;
  /** Every entry that has something installed: catalogs, overrides, packages of the configuration. */
  dependencies: readonly DeclaredDependency[];
}

/** `null` where the text is not YAML. Never throws. */
export function readPnpmWorkspace(text: string): PnpmWorkspace | null {
  let root: Record<string, unknown>;
  try {
    root = recordOf(readYaml(text));
  } catch {
    return null;
  }
  const lineOf = yamlLines(text);
  const { packages } = root;
  const catalogs = catalogsOf(root, lineOf);
  const overrides = Object.entries(recordOf(root.overrides)).map(
    ([key, value]) => [key, textOf(value), lineOf(['overrides', key]) ?? 1] as const,
  );
  return {
    packages: Array.isArray(packages) ? packages.filter((glob) => typeof glob === 'string') : [],
    catalogs,
    dependencies: [
      ...declaredInCatalogs(catalogs),
      ...declaredInPnpmOverrides('overrides', overrides, new Map()),
      ...configDependenciesOf(root, lineOf),
      ...extensionsOf(root, lineOf),
    ],
  };
}

type LineOf = (path: readonly string[]) => number | null;

function catalogsOf(root: Record<string, unknown>, lineOf: LineOf): Catalogs {
  const catalogs = new Map<string, Map<string, { spec: string; line: number | null }>>();
  for (const [name, entries] of Object.entries(recordOf(root.catalogs))) {
    catalogs.set(name, entriesOf(entries, ['catalogs', name], lineOf));
  }
  if (root.catalog !== undefined) catalogs.set('default', entriesOf(root.catalog, ['catalog'], lineOf));
  return catalogs;
}

function entriesOf(value: unknown, path: readonly string[], lineOf: LineOf) {
  const entries = new Map<string, { spec: string; line: number | null }>();
  for (const [name, spec] of Object.entries(recordOf(value))) {
    const text = textOf(spec);
    if (text !== null) entries.set(name, { spec: text, line: lineOf([...path, name]) });
  }
  return entries;
}

/** `configDependencies`: `name: 1.0.0+sha512-…`, or with the checksum beside it. */
function configDependenciesOf(root: Record<string, unknown>, lineOf: LineOf): DeclaredDependency[] {
  const field = 'configDependencies';
  return Object.entries(recordOf(root[field])).flatMap(([name, value]) => {
    const written = textOf(value) ?? textOf(recordOf(value).integrity);
    if (written === null) return [];
    return [{ field, key: name, name, spec: written.replace(/\+.*$/, ''), line: lineOf([field, name]) ?? 1 }];
  });
}

/** `packageExtensions` add dependencies to packages of others. */
function extensionsOf(root: Record<string, unknown>, lineOf: LineOf): DeclaredDependency[] {
  const field = 'packageExtensions';
  return Object.entries(recordOf(root[field])).flatMap(([extended, parts]) =>
    ['dependencies', 'peerDependencies', 'optionalDependencies'].flatMap((part) =>
      Object.entries(recordOf(recordOf(parts)[part])).map(([name, value]) => {
        const line = lineOf([field, extended, part, name]) ?? 1;
        return { field, key: `${extended}>${part}>${name}`, name, spec: textOf(value), line };
      }),
    ),
  );
}

/** YAML reads `1` and `1.10` as numbers, and people mean versions. */
function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : null;
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
