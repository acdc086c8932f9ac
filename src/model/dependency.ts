import type { Missing } from './review.ts';

/** One dependency that the change names for the first time, or whose wanted version it changes. */
export interface DependencyChange {
  ecosystem: 'npm';
  /** The manifest that names it. */
  path: string;
  /** Line at head, from 1; `null` when the place could not be found. */
  line: number | null;
  /** The manifest's own field: `dependencies`, `devDependencies`, … */
  field: string;
  /** The name as the manifest writes it: the alias, where there is one. Hostile text. */
  name: string;
  /** The version wanted, as written. Hostile text. */
  spec: string;
  /** What was wanted before; `null` for a new name. */
  previousSpec: string | null;
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

/** Everything the change does to declared dependencies. */
export interface DependencyChanges {
  /** By manifest in the order of their paths, within one by field and then as written. */
  changes: readonly DependencyChange[];
  /** Manifests that could not be understood at head: the author's to mend. */
  unreadable: readonly { path: string; line: number | null; cause: string }[];
  /** Manifests that could not be fetched: nobody's fault. */
  missing: readonly (Missing & { path: string })[];
}
