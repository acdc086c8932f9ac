/**
 * What stood at a path of a commit never changes, so what was read once at the tip of a base holds until that moves.
 * Bounded by the length of what it keeps; what was used longest ago goes first. Lost with the process, and no harm done.
 */
export class ObjectCache<Value> {
  readonly #entries = new Map<string, { value: Value; size: number }>();
  readonly #maxSize: number;
  #size = 0;

  /** `maxSize` in characters of text kept. */
  constructor(maxSize = 16 * 1024 * 1024) {
    this.#maxSize = maxSize;
  }

  /** `undefined` where it is not kept. */
  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  set(key: string, value: Value, size: number): void {
    this.#forget(key);
    const counted = size + key.length;
    if (counted > this.#maxSize / 4) return;
    this.#entries.set(key, { value, size: counted });
    this.#size += counted;
    for (const oldest of this.#entries.keys()) {
      if (this.#size <= this.#maxSize) break;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#size -= entry.size;
  }
}
