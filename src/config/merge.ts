/** Settings laid over others: maps merge key by key, everything else is replaced whole. */
export function mergeSettings(below: unknown, above: unknown): unknown {
  if (above === undefined) return below;
  if (!isMap(below) || !isMap(above)) return above;
  const merged = new Map(Object.entries(below));
  for (const [key, value] of Object.entries(above)) merged.set(key, mergeSettings(merged.get(key), value));
  return Object.fromEntries(merged);
}

/** True for a plain object: what a YAML map and an options object are, and an array is not. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
