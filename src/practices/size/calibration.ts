/** What one change of the past came to. */
export interface PastChange {
  effort: number;
  /** Files to open. */
  files: number;
  /** Whether it says, or shows by marks, that it was made with AI. */
  assisted: boolean;
}

/** How many changes lie in one range of efforts. */
export interface HistogramBar {
  /** Above this effort … */
  above: number;
  /** … and up to this one; `null` without end. */
  upTo: number | null;
  changes: number;
}

/** What a limit would have meant for the changes of the past. */
export interface LimitEffect {
  limit: number;
  /** How many are above it. */
  blocked: number;
}

/** How large the changes of a repository were. */
export interface Distribution {
  changes: number;
  histogram: readonly HistogramBar[];
  /** Percentile to value: a tenth of all changes is larger than the one at 90. */
  effort: Readonly<Record<string, number>>;
  files: Readonly<Record<string, number>>;
  blockedByLines: readonly LimitEffect[];
  blockedByFiles: readonly LimitEffect[];
  /** Changes made with AI and the others; left out where no mark was seen. */
  byProvenance: readonly ProvenanceShare[];
}

/** How large the changes were that show marks of AI, or that show none. */
export interface ProvenanceShare {
  assisted: boolean;
  changes: number;
  /** Percentile to effort. */
  effort: Readonly<Record<string, number>>;
  /** How many are above the limits in force. */
  blocked: number;
}

const BARS = [0, 10, 25, 50, 100, 200, 400, 800, 1_600, 3_200];
const PERCENTILES = [50, 75, 90, 95, 99];
const LINE_LIMITS = [100, 200, 250, 300, 400, 500, 600, 800, 1_000, 1_500];
const FILE_LIMITS = [5, 10, 15, 20, 25, 30, 40, 50, 75, 100];

/** The distribution of past changes, and what usual limits and those in force would have blocked. */
export function distributionOf(
  past: readonly PastChange[],
  inForce: { maxLines: number; maxFiles: number },
): Distribution {
  const efforts = past.map(({ effort }) => effort).sort((a, b) => a - b);
  const files = past.map((change) => change.files).sort((a, b) => a - b);
  return {
    changes: past.length,
    histogram: histogramOf(efforts),
    effort: percentilesOf(efforts),
    files: percentilesOf(files),
    blockedByLines: effectsOf(efforts, [...LINE_LIMITS, inForce.maxLines]),
    blockedByFiles: effectsOf(files, [...FILE_LIMITS, inForce.maxFiles]),
    byProvenance: past.some(({ assisted }) => assisted)
      ? [true, false].map((assisted) => {
          const own = past.filter((change) => change.assisted === assisted);
          const effort = percentilesOf(own.map((change) => change.effort).sort((a, b) => a - b));
          return { assisted, changes: own.length, effort, blocked: own.length - countWithin(own, inForce) };
        })
      : [],
  };
}

/** How far the percentile is raised at a time until both limits together let enough pass. */
const STEP = 0.5;

/**
 * Limits that together would have let at least that share of the past changes pass, rounded up to what people can
 * remember. Each alone must let a little more pass, since some changes are above one and some above the other.
 */
export function proposeLimits(
  past: readonly PastChange[],
  at: number,
): { maxLines: number; maxFiles: number; passed: number } {
  const efforts = past.map(({ effort }) => effort).sort((a, b) => a - b);
  const files = past.map((change) => change.files).sort((a, b) => a - b);
  for (let each = at; ; each = Math.min(100, each + STEP)) {
    const maxFiles = Math.max(1, Math.ceil(percentile(files, each)));
    const limits = { maxLines: roundUp(percentile(efforts, each)), maxFiles };
    const passed = countWithin(past, limits);
    if (each >= 100 || passed * 100 >= at * past.length) return { ...limits, passed };
  }
}

function countWithin(past: readonly PastChange[], limits: { maxLines: number; maxFiles: number }): number {
  return past.filter(({ effort, files }) => effort <= limits.maxLines && files <= limits.maxFiles).length;
}

function percentilesOf(sorted: readonly number[]): Record<string, number> {
  return Object.fromEntries(PERCENTILES.map((at) => [String(at), percentile(sorted, at)]));
}

/** The smallest value that so many percent of the values do not exceed; 0 where there are none. */
function percentile(sorted: readonly number[], at: number): number {
  return sorted[Math.max(0, Math.ceil((at / 100) * sorted.length) - 1)] ?? 0;
}

/** To tens below 200, to fifties below 1,000, to hundreds above. */
function roundUp(value: number): number {
  const step = value <= 200 ? 10 : value <= 1_000 ? 50 : 100;
  return Math.max(step, Math.ceil(value / step) * step);
}

function histogramOf(sorted: readonly number[]): HistogramBar[] {
  const bounds = [Number.NEGATIVE_INFINITY, ...BARS, Number.POSITIVE_INFINITY];
  return bounds.slice(1).map((upTo, index): HistogramBar => {
    const above = bounds[index]!;
    const changes = countUpTo(sorted, upTo) - countUpTo(sorted, above);
    return { above: Math.max(0, above), upTo: upTo === Number.POSITIVE_INFINITY ? null : upTo, changes };
  });
}

function effectsOf(sorted: readonly number[], limits: readonly number[]): LimitEffect[] {
  return [...new Set(limits)]
    .sort((a, b) => a - b)
    .map((limit) => ({ limit, blocked: sorted.length - countUpTo(sorted, limit) }));
}

function countUpTo(sorted: readonly number[], limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
