/** One package that a manifest of another ecosystem than npm's asks for. */
export interface DeclaredPackage {
  /** As its ecosystem compares names. Hostile text. */
  name: string;
  /** What is wanted of it, as written; `''` for any version. Hostile text. */
  spec: string;
  /** The one version that would do; `null` where several would, or nobody can tell. */
  version: string | null;
  /** From 1; `null` where the place could not be found. */
  line: number | null;
  /** Why no public index is asked, as the end of "… because it is …"; `null` where one may be. */
  elsewhere: string | null;
}

/** What a reader makes of a manifest. Nothing here is asked of anybody before the whole was looked through. */
export interface EcosystemManifest {
  packages: readonly DeclaredPackage[];
  /** Packages that the repository itself is, and prefixes of names that are its own: `com.acme:`, `acme/`. */
  own: readonly string[];
  ownPrefixes: readonly string[];
  /** True where it names a registry beside the public one: any of its packages may then be private. */
  namesRegistry: boolean;
}

/** A manifest, or why it is none. */
export type EcosystemResult = ({ ok: true } & EcosystemManifest) | { ok: false; line: number | null; cause: string };

/** More than any manifest of people's. Past it, reading would cost more than it tells. */
export const MAX_PACKAGES = 2_000;

/** Finds the first line that holds something; `null` where none does. */
export function lineFinder(text: string): (holds: (line: string) => boolean) => number | null {
  const lines = text.split('\n');
  return (holds) => {
    const at = lines.findIndex(holds);
    return at < 0 ? null : at + 1;
  };
}

/** Whether an address lies on a host of that domain, given by its labels from the left. Host names of registries are written nowhere. */
export function isAt(address: string, ...domain: readonly string[]): boolean {
  if (!URL.canParse(address)) return false;
  const labels = new URL(address).hostname.toLowerCase().split('.');
  return domain.every((label, index) => labels[labels.length - domain.length + index] === label);
}

/** A record, or an empty one where it is none. */
export function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** The texts of a list; none where it is no list. */
export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}
