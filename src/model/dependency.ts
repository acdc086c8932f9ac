import type { EcosystemChanges } from './ecosystem-change.ts';
import type { Facts, Level, Missing } from './review.ts';

/** One dependency that the change names for the first time, or whose wanted version it changes. */
export interface DependencyChange {
  ecosystem: 'npm';
  /** The manifest that names it. */
  path: string;
  /** Line at head, from 1; `null` when the place could not be found. */
  line: number | null;
  /** The manifest's own field: `dependencies`, `overrides`, `catalogs.react18`, `packageManager`, … */
  field: string;
  /** The name as the manifest writes it: the alias, where there is one. Hostile text. */
  name: string;
  /** The version wanted, as written. Hostile text. */
  spec: string;
  /** What was wanted before; `null` for a new name. */
  previousSpec: string | null;
  /** Where the version really stands, when `spec` refers to a catalog. */
  catalog?: { path: string; line: number | null };
  /** True where an installation goes on without it: `optionalDependencies`, and peers that are optional. */
  optional?: boolean;
  /** What the spec means. */
  target: DependencyTarget;
}

/** Where a dependency comes from, and so whether a public registry may be asked about it. */
export type DependencyTarget =
  | {
      kind: 'registry';
      /** The name to ask for: behind an alias, the real one. Valid by npm's rules, yet chosen by the author. */
      name: string;
      want: WantedVersion;
      /**
       * The file of the base branch with which the repository signs in to the very registry that would be asked.
       * Private packages may then live there, and from outside they look like absent ones. `null`: no such file.
       */
      signsInBy: string | null;
    }
  /** Not the public registry's business: workspace, file, git, private scope, … Its name must not leave. */
  | { kind: 'elsewhere'; reason: string }
  /** What would tell a private name from a public one could not be read. Its name must not leave. */
  | { kind: 'unknown'; cause: string }
  | { kind: 'invalid-name'; cause: string }
  | { kind: 'invalid-spec'; cause: string };

/** What of a package is wanted: any version in a range, one exact version, or what a dist-tag points to. */
export interface WantedVersion {
  type: 'range' | 'version' | 'tag';
  value: string;
}

/** What can be wrong with manifests, lockfiles and settings on their face, without asking any registry. */
export type DependencyFaultKind =
  | 'workspace-missing'
  | 'workspace-version'
  | 'catalog-missing'
  | 'path-missing'
  | 'builtin-shadowed'
  | 'alias-mismatch'
  | 'bypasses-registry'
  | 'registry-config-changed'
  | 'script-allowed'
  | 'install-hook-changed'
  | 'lockfile-host-mismatch'
  | 'lockfile-name-mismatch'
  | 'lockfile-integrity-changed'
  | 'lockfile-drift'
  | 'lockfile-unreadable'
  | 'manifest-unreadable';

/** One thing that is wrong on its face. */
export interface DependencyFault {
  kind: DependencyFaultKind;
  /** Where this case weighs more or less than its kind does. */
  level?: Level;
  path: string;
  /** Line at head, from 1; `null` when the place could not be found. */
  line: number | null;
  /** The package it is about; `null` where it is about the file. Hostile text. */
  name: string | null;
  /** What the sentence is made from. */
  facts: Facts;
}

/** A package that a changed source file imports and that no manifest which counts declares. */
export interface ImportedPackage {
  path: string;
  line: number;
  /** As the source writes it. Hostile text. */
  specifier: string;
  /** The package's name in it. Hostile text. */
  name: string;
  /** True where every such import in the file is gone once types are erased. */
  onlyTypes: boolean;
  /** True where the file does not parse, and what could be made out of it was taken. */
  partial: boolean;
  /** The manifest that would have to declare it; `null` where no folder above the file has one. */
  manifest: string | null;
  /** The lockfile that has it all the same, because another package brought it. */
  lockedIn: string | null;
  /** Why we may be wrong, as the end of "… because …": an alias that nobody but its bundler can read. */
  doubt: string | null;
  target: DependencyTarget;
}

/** A package that an added line would have somebody install or run. */
export interface CommandedPackage {
  path: string;
  line: number;
  /** The command, up to the package: `npx`, `npm install`. */
  command: string;
  /** As the line writes it. Hostile text. */
  written: string;
  /** The package's name in it. Hostile text. */
  name: string;
  /** Why it may well be fine: a dependency may bring a program of that name. */
  doubt: string | null;
  target: DependencyTarget;
}

/** A version of a package that a lockfile pins at head and did not pin at the merge base. */
export interface LockedChange {
  ecosystem: 'npm';
  /** The lockfile. */
  path: string;
  line: number | null;
  /** The real name, whatever alias it is installed under. Hostile text. */
  name: string;
  version: string;
  /** Versions of the same name that were pinned before. */
  previousVersions: readonly string[];
  /** True where a manifest asks for it, false where another package does; `null` where the format does not tell. */
  direct: boolean | null;
  /** True where it is installed for development only; `null` where the format does not tell. */
  development: boolean | null;
  integrity: string | null;
  /** As the lockfile repeats it; `null` where it does not. */
  license: string | null;
  /** `kind: 'registry'` where it may be asked about; the wanted version is the pinned one. */
  target: DependencyTarget;
}

/** Everything the change does to the packages that its repository depends on, wherever it names them. */
export interface DependencyChanges {
  /** By manifest in the order of their paths, within one by field and then as written. */
  changes: readonly DependencyChange[];
  /** In the order of their paths. */
  faults: readonly DependencyFault[];
  imports: readonly ImportedPackage[];
  commands: readonly CommandedPackage[];
  locked: readonly LockedChange[];
  /** What it does to packages of other ecosystems; absent where it touches none of their manifests. */
  others?: EcosystemChanges;
  /** Names that were seen and are not judged, with the reason; never looked up. */
  passedOver: readonly { path: string; line: number; name: string; reason: string }[];
  /** How many files had something to say about dependencies. */
  filesRead: number;
  /** Manifests that could not be understood at head: the author's to mend. */
  unreadable: readonly { path: string; line: number | null; cause: string }[];
  /** Files that could not be fetched: nobody's fault. */
  missing: readonly (Missing & { path: string })[];
}

/** Nothing seen. */
export const NO_DEPENDENCY_CHANGES: DependencyChanges = {
  changes: [],
  faults: [],
  imports: [],
  commands: [],
  locked: [],
  passedOver: [],
  filesRead: 0,
  unreadable: [],
  missing: [],
};
