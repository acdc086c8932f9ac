/** One entry of a manifest that makes a package manager install something. */
export interface DeclaredDependency {
  /** The manifest's own field: `dependencies`, `overrides`, `catalogs.react18`, … */
  field: string;
  /** What the entry is known by within its field: the name, or for an override the whole key. Hostile text. */
  key: string;
  /** Hostile text. */
  name: string;
  /** As written; `null` where it is no string at all. Hostile text. */
  spec: string | null;
  /** Line of the name, from 1. */
  line: number;
  /** True where an installation goes on without it. */
  optional?: boolean;
}

/** Catalog, by name (`default` for the one without), to package to what stands there. */
export type Catalogs = ReadonlyMap<string, ReadonlyMap<string, { spec: string; line: number | null }>>;

/** The fields that make a package manager install something, in the order npm's documentation has them. */
export const DEPENDENCY_FIELDS = [
  'dependencies',
  'devDependencies',
  'peerDependencies',
  'optionalDependencies',
] as const;

/** Whether a field holds what the package itself depends on, as against overrides, catalogs and tools. */
export function isDependencyField(field: string): boolean {
  return (DEPENDENCY_FIELDS as readonly string[]).includes(field);
}

/** Catalog entries as dependencies of the file that holds them. */
export function declaredInCatalogs(catalogs: Catalogs): DeclaredDependency[] {
  return [...catalogs].flatMap(([catalog, entries]) =>
    [...entries].map(([name, { spec, line }]) => {
      const field = catalog === 'default' ? 'catalog' : `catalogs.${catalog}`;
      return { field, key: name, name, spec, line: line ?? 1 };
    }),
  );
}
