/**
 * Keeps the longest run of values that rise from left to right, not necessarily side by side, and sets all others to
 * -1. Negative values are passed over. n·log n: piles of patience sorting.
 */
export function longestRising(values: Int32Array): Int32Array {
  const tops: number[] = [];
  const before = new Int32Array(values.length).fill(-1);
  for (const [index, value] of values.entries()) {
    if (value < 0) continue;
    let low = 0;
    let high = tops.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[tops[middle]!]! < value) low = middle + 1;
      else high = middle;
    }
    if (low > 0) before[index] = tops[low - 1]!;
    tops[low] = index;
  }
  const kept = new Int32Array(values.length).fill(-1);
  for (let index = tops.at(-1) ?? -1; index >= 0; index = before[index]!) kept[index] = values[index]!;
  return kept;
}
