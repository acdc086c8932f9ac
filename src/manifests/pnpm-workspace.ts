import { readYaml } from './yaml.ts';

/** What we read of a `pnpm-workspace.yaml`. */
export interface PnpmWorkspace {
  /** Globs of the folders whose packages belong to the workspace. */
  packages: readonly string[];
  /** Catalog, by name (`default` for the one without), to package to spec. */
  catalogs: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** `null` where the text is not YAML. Never throws. */
export function readPnpmWorkspace(text: string): PnpmWorkspace | null {
  let root: unknown;
  try {
    root = readYaml(text);
  } catch {
    return null;
  }
  const { packages, catalog, catalogs } = recordOf(root);
  const all = new Map(Object.entries(recordOf(catalogs)).map(([name, entries]) => [name, entriesOf(entries)]));
  if (catalog !== undefined) all.set('default', entriesOf(catalog));
  return {
    packages: Array.isArray(packages) ? packages.filter((glob) => typeof glob === 'string') : [],
    catalogs: all,
  };
}

function entriesOf(value: unknown): Map<string, string> {
  const entries = Object.entries(recordOf(value));
  return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
