import type { Ecosystem } from './package-facts.ts';
import type { Missing } from './review.ts';

/** One package of another ecosystem than npm's that a change newly asks for, or in another version. */
export interface EcosystemChange {
  ecosystem: Exclude<Ecosystem, 'npm'>;
  /** The manifest that names it. */
  path: string;
  /** Line at head, from 1; `null` when the place could not be found. */
  line: number | null;
  /** As its ecosystem compares names. Hostile text. */
  name: string;
  /** As written; `''` for any version. Hostile text. */
  spec: string;
  /** The one version that would do; `null` where several would, or nobody can tell. */
  version: string | null;
  /** `null` for a new name. */
  previousSpec: string | null;
  /** Why its name must not leave, as the end of "… because it is …"; `null` where it may. */
  elsewhere: string | null;
}

/** What a change does to the packages of other ecosystems. */
export interface EcosystemChanges {
  changes: readonly EcosystemChange[];
  /** Manifests that could not be understood at head. */
  unreadable: readonly { ecosystem: Ecosystem; path: string; line: number | null; cause: string }[];
  /** Files that could not be fetched. */
  missing: readonly (Missing & { path: string })[];
  filesRead: number;
}
