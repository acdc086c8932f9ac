import type { Account } from './pull-request.ts';

/** One edit of our comment that changed boxes and nothing else, as the event about it told it. Holds none of its text. */
export interface TickFact {
  /** GitHub's number of the comment. */
  comment: number;
  /** Whoever edited it. */
  by: Account;
  /** When it was edited, as GitHub says: ISO 8601, UTC, to the second. */
  at: string;
  /** When the event arrived: ISO 8601, UTC. */
  receivedAt: string;
  /** The head commit that the text showed; `null` where it does not say. */
  head: string | null;
  /** The boxes that changed, never none: ticked before, ticked after. */
  boxes: readonly { item: string; from: boolean; to: boolean }[];
  /** Names of the whole text before and after, by which the facts of one comment are put in a row. */
  before: string;
  after: string;
}
