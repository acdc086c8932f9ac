import type { Review } from '../model/review.ts';

/** When facts that were missing are asked for again, in minutes after each look; the last one repeats. */
const RECHECK_AFTER_MINUTES = [1, 5, 30, 60];

/**
 * When to look again because facts were missing: at the time a source named, or after a while. `null` when nothing is
 * missing. Milliseconds since 1970.
 */
export function recheckAt(reviews: readonly Review[], rechecks: number, now: number): number | null {
  const missing = reviews.flatMap((review) => [
    ...review.missing,
    ...review.practices.flatMap((practice) => practice.missing),
  ]);
  if (missing.length === 0) return null;
  const named = missing
    .flatMap(({ retryAt }) => (retryAt === undefined ? [] : [Date.parse(retryAt)]))
    .filter(Number.isFinite);
  const minutes = RECHECK_AFTER_MINUTES[Math.min(rechecks, RECHECK_AFTER_MINUTES.length - 1)] ?? 60;
  const later = now + minutes * 60_000;
  // A second keeps a source that names the present from being asked in a circle.
  return named.length > 0 ? Math.max(Math.min(later, ...named), now + 1_000) : later;
}

/** When the first exception that is in force now comes to its end; `null` where none does. Milliseconds since 1970. */
export function waiverEndsAt(reviews: readonly Review[], now: number): number | null {
  const ends = reviews
    .flatMap(({ practices }) => practices.map(({ waiver }) => Date.parse(waiver?.until ?? '')))
    .filter((end) => end > now);
  return ends.length > 0 ? Math.min(...ends) : null;
}
