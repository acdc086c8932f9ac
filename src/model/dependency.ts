import type { Missing } from './review.ts';

/** One dependency that the change names for the first time, or whose wanted version it changes. */
export interface DependencyChange {
  ecosystem: 'npm';
  /** The manifest that names it. */
  path: string;
  /** Line at head; `null` when the place could not be found. */
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
  | { kind: 'registry'; name: string; want: { type: 'range' | 'version' | 'tag'; value: string } }
  /** Not the public registry's business: workspace, file, git, private scope, … Its name must not leave. */
  | { kind: 'elsewhere'; reason: string }
  | { kind: 'invalid-name'; cause: string }
  | { kind: 'invalid-spec'; cause: string };

/** Everything the change does to declared dependencies. */
export interface DependencyChanges {
  changes: readonly DependencyChange[];
  /** Manifests that could not be understood at head: the author's to mend. */
  unreadable: readonly { path: string; line: number | null; cause: string }[];
  /** Manifests that could not be fetched: nobody's fault. */
  missing: readonly Missing[];
}
