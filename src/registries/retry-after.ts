/** More than a day is as good as a mistake. */
const LONGEST_MS = 86_400_000;

/** A `Retry-After`, seconds or a date, as a time (ISO 8601); `null` where it says nothing or lies in the past. */
export function readRetryAfter(retryAfter: string | null, now: Date): string | null {
  if (retryAfter === null) return null;
  const at = /^\d+$/.test(retryAfter) ? now.getTime() + Number(retryAfter) * 1000 : Date.parse(retryAfter);
  return at > now.getTime() && at < now.getTime() + LONGEST_MS ? new Date(at).toISOString() : null;
}

/** The date for a pause until `until` (milliseconds): never before its end, since the form has no fractions of seconds. */
export function writeRetryAfter(until: number): string {
  return new Date(Math.ceil(until / 1000) * 1000).toUTCString();
}
