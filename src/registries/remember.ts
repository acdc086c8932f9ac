/** Answers by key, each for a time of its own; the ones longest unused are forgotten first. */
export interface Memory<Answer> {
  /**
   * The answer still standing, or the one that `find` comes back with: asked for once, however many want it at the
   * same moment. `lifeMs` says for how long an answer stands; 0 for one that is not worth keeping.
   */
  recall(key: string, find: () => Promise<Answer>): Promise<Answer>;
  /** The answer still standing; `undefined` where it must be asked for. */
  standing(key: string): Answer | undefined;
}

/** A memory of at most `size` answers. */
export function createMemory<Answer>(options: {
  clock(): Date;
  size: number;
  lifeMs(answer: Answer): number;
}): Memory<Answer> {
  const { clock, size, lifeMs } = options;
  const kept = new Map<string, { answer: Answer; until: number }>();
  const underWay = new Map<string, Promise<Answer>>();

  function standing(key: string): Answer | undefined {
    const entry = kept.get(key);
    if (!entry || clock().getTime() >= entry.until) return undefined;
    kept.delete(key);
    kept.set(key, entry);
    return entry.answer;
  }

  function keep(key: string, answer: Answer): void {
    kept.delete(key);
    kept.set(key, { answer, until: clock().getTime() + lifeMs(answer) });
    if (kept.size > size) kept.delete(kept.keys().next().value!);
  }

  return {
    standing,
    async recall(key, find) {
      const known = standing(key);
      if (known !== undefined) return known;
      const already = underWay.get(key);
      if (already) return already;
      const finding = find()
        .then((answer) => {
          keep(key, answer);
          return answer;
        })
        .finally(() => underWay.delete(key));
      underWay.set(key, finding);
      return finding;
    },
  };
}
