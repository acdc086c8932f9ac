import type { PackageAnswer } from '../model/evidence.ts';

/** One ecosystem's registry, as we ask it. One implementation a file. */
export interface PackageRegistry {
  /**
   * What the registry says of each name, in the order of the names. Never rejects: whatever goes wrong on the way is an
   * `unavailable` answer. Every name given leaves this machine, so private ones must have been left out before. Of the
   * names `inFull`, dates and licences are wanted as well; they may still be missing from the answer.
   */
  lookUp(names: readonly string[], inFull?: ReadonlySet<string>): Promise<PackageAnswer[]>;
}

/** What the entry points lend a registry, because only they may touch the clock. */
export interface Timing {
  clock(): Date;
  /** Resolves after so many milliseconds. */
  sleep(ms: number): Promise<void>;
}
