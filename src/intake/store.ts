import type { TickFact } from '../model/tick-fact.ts';
import type { Work } from './work.ts';

/** Work to be looked at again, not before `dueAt` (milliseconds since 1970). */
export interface Mark {
  work: Work;
  dueAt: number;
  /** GitHub's id of the delivery that led to it, for the log; left out where none did. */
  delivery?: string | null;
  /** What the event told of boxes. Kept where a delivery brings it, and nowhere else. */
  fact?: TickFact;
}

/** A fact as it is kept: with the delivery that brought it. */
export interface KeptFact {
  deliveryId: string;
  fact: TickFact;
}

/** A piece of work in somebody's hands. */
export interface Claim {
  key: string;
  work: Work;
  /** The dirty sequence that was current when the work was taken; a higher one since then means: look again. */
  sequence: number;
  /** Whose turn this is: no two claims ever carry the same one, so a late hand cannot give back another's work. */
  token: number;
  /** How often this work has failed in a row; that its hand vanished, and it was taken over, is one failure. */
  failures: number;
  /** How often in a row it came again because facts were missing, since somebody last marked it. */
  rechecks: number;
  /** The last delivery that led to this, by whichever process it was accepted; `null` where none did. */
  delivery: string | null;
}

/** Which work may be taken, and for how long. */
export interface ClaimRequest {
  /** Milliseconds since 1970. */
  now: number;
  /** The work is free for others again after so long without a heartbeat; milliseconds. */
  leaseMs: number;
  /** Installations that hold as much of this process as they may. */
  except?: readonly number[];
}

/** Why work comes again by itself. */
type AgainBecause =
  /** It failed, which is counted. */
  | 'failed'
  /** Facts were missing, which is counted apart. */
  | 'missing'
  /** Nothing was wrong, and something is known to change then. Both counts begin anew. */
  | 'later';

/** What becomes of work that is handed back. Without one it is done, unless it was marked meanwhile. */
export type Outcome =
  /** To be looked at again then (milliseconds since 1970). */
  | { state: 'again'; dueAt: number; because: AgainBecause }
  /** GitHub wants nothing from this installation before then; neither a failure nor a re-check. */
  | { state: 'held-off'; until: number }
  /** Given up, until it is marked anew. */
  | { state: 'dead' };

/** GitHub names the end of its hour at most; the rest is for clocks that differ a little. Milliseconds. */
export const LONGEST_HOLD_MS = 2 * 3_600_000;

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
 * Where events turn into work. All methods may be called by several workers, in several processes, at once; each is one
 * step that happens wholly or not at all. A method that rejects has done nothing that is known of.
 */
export interface WorkStore {
  /**
   * Records a delivery, marks what it is about and keeps what it told. False when that delivery was recorded before; then nothing happens.
   * Once this resolves, it survives a crash, and the delivery may be acknowledged.
   */
  accept(deliveryId: string, marks: readonly Mark[]): Promise<boolean>;
  /** What deliveries told of a piece of work and nobody has forgotten, in the order in which they arrived. */
  readFacts(key: string): Promise<KeptFact[]>;
  /** Forgets what these deliveries told, once it is written down elsewhere. */
  forgetFacts(key: string, deliveryIds: readonly string[]): Promise<void>;
  /** Which of these deliveries were recorded. */
  accepted(deliveryIds: readonly string[]): Promise<Set<string>>;
  /**
   * Marks work for reasons of our own: a sibling, a retry of a look-up. An earlier due time wins; dead work revives; the
   * count of re-checks begins anew, for what is looked at is no longer what lacked facts.
   */
  mark(marks: readonly Mark[]): Promise<void>;
  /**
   * Takes due work that nobody else holds: of the installation that was served longest ago, what has been due longest.
   * `null` when there is none.
   */
  claim(request: ClaimRequest): Promise<Claim | null>;
  /** Keeps claims for another lease. The tokens of those that are still ours. */
  heartbeat(claims: readonly Claim[], lease: Pick<ClaimRequest, 'now' | 'leaseMs'>): Promise<Set<number>>;
  /** False once the work was marked again or taken by another: what was read may be old, so nothing must be written. */
  isCurrent(claim: Claim): Promise<boolean>;
  /** Hands the work back. A claim that is nobody's any more is left alone: handing it back again does nothing. */
  finish(claim: Claim, outcome?: Outcome): Promise<void>;
  /**
   * When the next work can be taken (milliseconds since 1970), if nobody marks or finishes; `null` when there is none.
   * Work that somebody holds counts from the end of their lease.
   */
  nextDueAt(request?: Pick<ClaimRequest, 'except'>): Promise<number | null>;
  /** Marks what was given up in this installation, to be tried anew. How much that was. */
  revive(installation: number, dueAt: number): Promise<number>;
  /** Becomes or stays the one leader by this name for so long (milliseconds). False while another is. */
  lead(name: string, holder: string, lease: Pick<ClaimRequest, 'now' | 'leaseMs'>): Promise<boolean>;
  /** Lets another lead at once. */
  stepDown(name: string, holder: string): Promise<void>;
  /** What was last noted under this name; `null` when nothing was. */
  readCursor(name: string): Promise<string | null>;
  writeCursor(name: string, value: string): Promise<void>;
  stats(now: number): Promise<StoreStats>;
  /**
   * Forgets deliveries that GitHub has forgotten, and what they told. Lets go of installations that are held off for
   * longer than GitHub ever asks: whoever said so had a wrong clock.
   */
  prune(now: number): Promise<void>;
  /** Called whenever work may have become due earlier than known. Returns how to stop being called. */
  onMark(listener: () => void): () => void;
  /** Gives back what it holds of the machine. Nothing may be asked of it afterwards. */
  close(): Promise<void>;
}

/**
 * What keeps the store from being used, in a sentence for whoever started the process: locked by another, made by a
 * newer version, not reachable.
 */
export class StoreUnavailable extends Error {
  override name = 'StoreUnavailable';
}
