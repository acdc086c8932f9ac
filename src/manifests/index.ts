/** Changed files → what they do to dependencies. Pure: `gather-dependencies.ts` fetches what is asked for here. */
export { findDependencyChanges, manifestFiles, type RegistryPolicy } from './find-dependency-changes.ts';
