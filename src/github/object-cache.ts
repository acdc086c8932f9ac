import { LRUCache } from 'lru-cache';

/** Git objects by commit and path. Nothing in a commit ever changes, so nothing here is ever out of date. */
export interface ObjectCache<Answer extends object> {
  /** What stands at `<commit>:<path>`; `null`: nothing does; `undefined`: not known. */
  get(expression: string): Answer | null | undefined;
  set(expression: string, answer: Answer | null): void;
}

const NOTHING = { nothing: true };

/** Beside the text itself; bytes. */
const ENTRY_OVERHEAD_BYTES = 500;

/**
 * Keeps at most so many bytes for all repositories together, those longest unused forgotten first. What one installation
 * may see is not shown to another.
 */
export function createObjectCache<Answer extends object>({ maxBytes }: { maxBytes: number }) {
  const entries = new LRUCache<string, Answer | typeof NOTHING>({
    maxSize: maxBytes,
    sizeCalculation: (answer, key) => 2 * (JSON.stringify(answer).length + key.length) + ENTRY_OVERHEAD_BYTES,
  });

  /** The part for one repository, as one installation sees it. */
  return function forRepository(
    installation: number,
    { owner, repo }: { owner: string; repo: string },
  ): ObjectCache<Answer> {
    const prefix = `${installation} ${owner}/${repo} `.toLowerCase();
    return {
      get(expression) {
        const found = entries.get(prefix + expression);
        return found === undefined ? undefined : found === NOTHING ? null : (found as Answer);
      },
      set: (expression, answer) => void entries.set(prefix + expression, answer ?? NOTHING),
    };
  };
}
