import type { Work } from './work.ts';

/** Work to be looked at again, not before `dueAt` (milliseconds since 1970). */
export interface Mark {
  work: Work;
  dueAt: number;
}

/** A piece of work in somebody's hands. */
export interface Claim {
  key: string;
  work: Work;
  /** The dirty sequence that was current when the work was taken; a higher one since then means: look again. */
  sequence: number;
  /** How often this work has failed in a row. */
  failures: number;
  /** How often in a row it was asked to be looked at again, because facts were missing. */
  rechecks: number;
}

/** How much work there is; for operators. */
export interface StoreStats {
  /** Marked and not taken, whenever due. */
  waiting: number;
  /** Marked, not taken, and due. */
  due: number;
  /** When the oldest of what is due was due; `null` when nothing is. Milliseconds since 1970. */
  oldestDueAt: number | null;
  /** In somebody's hands. */
  claimed: number;
  /** Given up after the last retry. */
  dead: number;
}

/**
 * Where events turn into work. All methods may be called by several workers at once; each is one step that happens
 * wholly or not at all.
 */
export interface WorkStore {
  /**
   * Records a delivery and marks what it is about. False when that delivery was recorded before; then nothing happens.
   * Once this resolves, the delivery may be acknowledged.
   */
  accept(deliveryId: string, marks: readonly Mark[]): Promise<boolean>;
  /** Marks work for reasons of our own: a sibling, a retry of a look-up. An earlier due time wins. */
  mark(marks: readonly Mark[]): Promise<void>;
  /** Takes the work that has been due longest and that nobody else holds; `null` when there is none. */
  claim(now: number): Promise<Claim | null>;
  /** False once the work was marked again after it was taken: what was read may be old, so nothing must be written. */
  isCurrent(claim: Claim): Promise<boolean>;
  /**
   * Hands the work back: done, unless it was marked meanwhile; `again` marks it once more. A claim that was handed back
   * before is nobody's any more, and handing it back again does nothing.
   */
  finish(claim: Claim, again?: { dueAt: number; failed: boolean }): Promise<void>;
  /** When the next unclaimed work is due (milliseconds since 1970); `null` when there is none. */
  nextDueAt(): Promise<number | null>;
  stats(now: number): Promise<StoreStats>;
  /** Called whenever work may have become due earlier than known. Returns how to stop being called. */
  onMark(listener: () => void): () => void;
  close(): Promise<void>;
}
