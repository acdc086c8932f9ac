import { readLocalSource } from '../local-source.ts';

/** One package that a lockfile pins. */
export interface LockedPackage {
  /** As the lockfile writes the entry; unique in it. */
  key: string;
  /** What it is installed as: the alias, where there is one. */
  installedAs: string;
  /** The package's real name. Hostile text. */
  name: string;
  /** `null` where it has none: a folder, a link. */
  version: string | null;
  /** `local`: a folder, a link or a package of the workspace. */
  source: 'registry' | 'git' | 'web' | 'local';
  /** The address it is fetched from; `null` where the lockfile leaves that to the registry in force. */
  resolved: string | null;
  /** Checksums as written, several apart by spaces. */
  integrity: string | null;
  /** `null` where the format does not tell. */
  development: boolean | null;
  license: string | null;
  /** Names of the programs it brings. */
  programs: readonly string[];
}

/** What every lockfile says, whatever its format. */
export interface Lockfile {
  packages: readonly LockedPackage[];
  /** Folder (`''` for the root) to name to the spec its manifest had; `null` where the format does not say. */
  wants: ReadonlyMap<string, ReadonlyMap<string, string>> | null;
  /** `name@spec` to version, for the formats that answer specs one by one (Yarn). */
  answers: ReadonlyMap<string, string | null> | null;
  /** Whether the format says which programs a package brings. */
  tellsPrograms: boolean;
  /** Names that a manifest or a package asks for; `null` where the format does not say. */
  asked: ReadonlySet<string> | null;
  /** Names that somebody asks for from elsewhere than a registry. */
  askedElsewhere: ReadonlySet<string>;
  /** Alias to the names that somebody asks for under it. */
  aliases: ReadonlyMap<string, ReadonlySet<string>>;
}

/** A lockfile, or why it is none and at which line. */
export type LockfileResult = { ok: true; lockfile: Lockfile } | { ok: false; line: number | null; cause: string };

/** Gathers what manifests and packages ask for while a lockfile is read. */
export interface Wishes {
  asked: Set<string>;
  askedElsewhere: Set<string>;
  aliases: Map<string, Set<string>>;
  /** Takes down everything one record of `name: spec` asks for. */
  note(specs: unknown): void;
}

/** Nothing asked for yet. */
export function createWishes(): Wishes {
  const asked = new Set<string>();
  const askedElsewhere = new Set<string>();
  const aliases = new Map<string, Set<string>>();
  return {
    asked,
    askedElsewhere,
    aliases,
    note(specs) {
      for (const [name, spec] of Object.entries(recordOf(specs))) {
        asked.add(name);
        if (typeof spec !== 'string') continue;
        const aliased = /^npm:((?:@[^/@]+\/)?[^/@]+)(?:@|$)/.exec(spec)?.[1];
        if (aliased !== undefined) {
          const names = aliases.get(name);
          if (names) names.add(aliased);
          else aliases.set(name, new Set([aliased]));
          asked.add(aliased);
        } else if (readLocalSource(name, spec) !== null) askedElsewhere.add(name);
      }
    },
  };
}

/** What kind of address an entry is fetched from. */
export function sourceOf(address: string): LockedPackage['source'] {
  if (
    /^(?:git(?:\+[a-z]+)?:|ssh:|(?:github|gitlab|bitbucket|gist):)|^https?:.*\.git(?:#|$)|^[^\s/@:]+@[^\s/@:]+:/i.test(
      address,
    )
  ) {
    return 'git';
  }
  if (/^https?:/i.test(address)) return /\/-\/|\/download\//.test(address) ? 'registry' : 'web';
  if (/^(?:file|link|portal|workspace):|^\.{1,2}\/|^\//.test(address)) return 'local';
  return 'registry';
}

/** A record, whatever stands in the file; empty for anything else. */
export function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** A text that is not empty; `null` for anything else. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
