import semver from 'semver';
import type { WantedVersion } from '../../model/dependency.ts';
import type { Evidence, PackageAnswer } from '../../model/evidence.ts';

/** A package that exists. */
export type ExistingPackage = Extract<PackageAnswer, { state: 'exists' }>;

/** Whether a published version is what the manifest wants. */
export type VersionVerdict =
  | { state: 'satisfied' }
  | { state: 'no-such-tag' }
  | {
      state: 'unsatisfied';
      /** Pre-releases would match, if the range allowed them. */
      onlyPrereleases: boolean;
      /** `*` wants any version, and npm takes what `latest` points to even where that is a pre-release. */
      npmInstallsLatest: boolean;
    };

/** Looks for the wanted version among the published ones, by npm's rules. */
export function judgeVersion(want: WantedVersion, found: ExistingPackage): VersionVerdict {
  const { versions, tags } = found;
  switch (want.type) {
    case 'tag':
      return Object.hasOwn(tags, want.value) ? { state: 'satisfied' } : { state: 'no-such-tag' };
    case 'version': {
      // `v1.2.3`, `=1.2.3` and `1.2.3+build` all mean 1.2.3.
      const wanted = semver.parse(want.value, { loose: true })?.version ?? want.value;
      return versions.includes(wanted)
        ? { state: 'satisfied' }
        : { state: 'unsatisfied', onlyPrereleases: false, npmInstallsLatest: false };
    }
    case 'range': {
      if (semver.maxSatisfying([...versions], want.value, { loose: true }) !== null) return { state: 'satisfied' };
      const anyway = { loose: true, includePrerelease: true };
      const onlyPrereleases = semver.maxSatisfying([...versions], want.value, anyway) !== null;
      const wantsAny = semver.validRange(want.value, true) === '*';
      const npmInstallsLatest = wantsAny && tags.latest !== undefined && versions.includes(tags.latest);
      return { state: 'unsatisfied', onlyPrereleases, npmInstallsLatest };
    }
  }
}

/** The version people most likely want: `latest`, or else the highest; `null` where there is none to compare. */
export function newestVersion(found: ExistingPackage): string | null {
  const { latest } = found.tags;
  if (latest !== undefined && found.versions.includes(latest)) return latest;
  const valid = found.versions.filter((version) => semver.valid(version, true) !== null);
  return semver.rsort([...valid], true)[0] ?? null;
}

/** When a version that is not there was published, by the registry's memory or deps.dev's; `null` where it never was. */
export function publishedOnce(
  name: string,
  want: WantedVersion,
  { history }: ExistingPackage,
  evidence: Evidence,
): string | null {
  const version = want.type === 'version' ? (semver.parse(want.value, { loose: true })?.version ?? null) : null;
  if (version === null) return null;
  const own = history?.publishedAt;
  if (own && Object.hasOwn(own, version)) return own[version]!;
  const release = evidence.release('npm', name, version);
  return release?.state === 'listed' ? release.publishedAt : null;
}
