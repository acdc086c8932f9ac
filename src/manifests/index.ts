/** Changed files → what they do to dependencies. Pure: `gather-dependencies.ts` fetches what is asked for here. */
export { findDependencyChanges, manifestFiles } from './find-dependency-changes.ts';
export { findInstallChanges } from './find-install-changes.ts';
export { readLockfile } from './lockfiles/read-lockfile.ts';
export type { Reading, RegistryPolicy } from './surroundings.ts';
