/** Waits before the next try, in milliseconds, by how often the work has failed; after the last it is given up. */
const RETRY_DELAYS_MS = [1_000, 5_000, 30_000, 120_000, 600_000];

/**
 * How long to wait before work that has failed so often, this failure among them, is tried again: longer each time, and
 * up to a quarter less at random, so that what failed together does not come back together. `null` when it is given up.
 * `random` gives numbers from 0 to 1.
 */
export function retryDelayMs(failures: number, random: () => number): number | null {
  const delay = RETRY_DELAYS_MS[failures - 1];
  return delay === undefined ? null : Math.round(delay * (1 - random() / 4));
}
