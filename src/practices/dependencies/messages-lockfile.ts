import type { Message } from '../define-practice.ts';

/** What a lockfile has wrong, or differently from what its manifests want. */
export const lockfileMessages = {
  'lockfile-host-mismatch': {
    level: 'error',
    text: ({ name, version, host, plainHttp }) =>
      plainHttp
        ? `${named(name, version)} is locked to an address at ${host} that is not encrypted, so anyone on the way can put something else in its place. The author writes the lockfile anew with the package manager.`
        : `${named(name, version)} is locked to an address at ${host}, which is no registry that the base branch of this repository uses. Whoever installs from this lockfile runs what that host serves. The author writes the lockfile anew with the package manager; if the host is right, a maintainer names it in the settings of the package manager on the base branch.`,
  },
  'lockfile-name-mismatch': {
    level: 'error',
    text: ({ name, version, actual }) =>
      `${named(name, version)} is locked to the archive of something else: ${actual}. Whoever installs from this lockfile gets that instead. The author writes the lockfile anew with the package manager.`,
  },
  'lockfile-integrity-changed': {
    level: 'error',
    text: ({ name, version, before, after }) =>
      after === null
        ? `${named(name, version)} was locked with a checksum (${before}) and no longer is, although its version did not change: nothing would notice other contents. The author writes the lockfile anew with the package manager.`
        : `${named(name, version)} is locked with another checksum than before, although its version did not change. What a registry has published never changes, so one of the two is not what was published. The author finds out which, and writes the lockfile anew with the package manager.`,
  },
  'lockfile-drift': {
    level: 'warning',
    text: ({ what }) =>
      `${what}. What is tested and what is installed can then differ, and a clean installation may fail. The author runs the package manager once and commits the lockfile.`,
  },
  'lockfile-unreadable': {
    level: 'error',
    text: ({ file, cause }) =>
      `${file} could not be understood: ${cause}. Until it is mended, nobody can tell what it installs. The author writes it anew with the package manager.`,
  },
} satisfies Record<string, Message>;

function named(name: unknown, version: unknown): string {
  return version === null || version === undefined ? `"${name}"` : `"${name}" ${version}`;
}
