/** An ecosystem of packages, by the word that package URLs have for it. */
export type Ecosystem = 'npm' | 'pypi' | 'cargo' | 'golang' | 'gem' | 'maven' | 'nuget' | 'composer';

/** What a registry remembers of a package beyond its present versions. */
export interface PackageHistory {
  /** When the name was first published; `null` where the registry does not say. ISO 8601. */
  createdAt: string | null;
  /** Version to when it was published, of versions that have been unpublished since as well. ISO 8601. */
  publishedAt: Readonly<Record<string, string>>;
  /** Version to its licence as the package states it, `''` for none. Hostile text. */
  licenses: Readonly<Record<string, string>>;
  /** Where the newest version says its source is. Hostile text. */
  repository: string | null;
}

/** Who was asked and when, or that the operator has nobody asked. */
export type Heard = { source: string; askedAt: string };

/** We could not find out. Never to be taken for "no". */
export type Unavailable = { state: 'unavailable'; cause: string; retryAt: string | null };

/** Somebody's decision, not a fault: nothing is missing. */
export type SwitchedOff = { state: 'off' };

/** One report that a package is malicious, from the collection of them that OSV keeps. */
export interface MaliciousReport {
  /** Begins with `MAL-`. */
  id: string;
  /** One line; hostile text. */
  summary: string;
  /** Which versions it is about: all of them, or those named or in one of the ranges. */
  affects: 'every version' | { versions: readonly string[]; ranges: readonly VersionRange[] };
}

/** From `introduced` (`0`: the first) up to `fixed` or through `lastAffected`; with neither, for good. */
export interface VersionRange {
  introduced: string;
  fixed: string | null;
  lastAffected: string | null;
}

/** Reports that are not withdrawn. */
export type AdvisoriesAnswer = Heard &
  ({ state: 'known'; malicious: readonly MaliciousReport[] } | Unavailable | SwitchedOff);

/** An index that lags behind the registries: `listed` proves that a package exists, `unlisted` proves nothing. */
export type ListingAnswer = Heard &
  (
    | {
        state: 'listed';
        /** Version to when it was published, `null` where the index does not say. */
        versions: Readonly<Record<string, string | null>>;
        /** The version that people get who ask for none. */
        newest: string | null;
      }
    | { state: 'unlisted' }
    | Unavailable
    | SwitchedOff
  );

/** What the index knows of one version. */
export type ReleaseAnswer = Heard &
  (
    | {
        state: 'listed';
        publishedAt: string | null;
        /** SPDX expressions, all of which hold; `non-standard` for text that is no known licence. */
        licenses: readonly string[];
        deprecated: boolean;
        /** Numbers of the advisories that affect this version. */
        advisories: readonly string[];
      }
    | { state: 'unlisted' }
    | Unavailable
    | SwitchedOff
  );
