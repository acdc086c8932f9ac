/** What a practice's configuration lets it do: stop the merge, speak only, or rest. */
export type Mode = 'block' | 'warn' | 'off';

/**
 * What a practice found: nothing amiss; something the author must change; a person must act; facts are missing
 * (never a pass); or it had nothing to say here.
 */
export type Outcome = 'pass' | 'violation' | 'waiting' | 'undetermined' | 'skipped';

/** How grave a finding is: `error` blocks in `block` mode, `warning` never does, `notice` informs. */
export type Level = 'error' | 'warning' | 'notice';

/** Typed measurements behind a sentence; always plain JSON. */
export type Facts = { readonly [name: string]: Json };

/** Anything JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json | undefined };

/** One thing a practice says. */
export interface Finding {
  /** From the practice's closed set; stable, for scripts. */
  code: string;
  level: Level;
  /** Plain text: what was seen, why it matters, who can unblock it and how. May quote hostile text. */
  message: string;
  path?: string;
  /** Line at head, from 1. */
  line?: number;
  facts: Facts;
}

/** Something that could not be read, so that the practice could not decide. */
export interface Missing {
  /** What was wanted, in plain words: "the patch of src/a.ts". May quote hostile text. */
  what: string;
  /** Why it is not there: "GitHub left it out", "the registry answered 503". */
  cause: string;
  /** When asking again makes sense (ISO 8601, UTC), where the source said so. */
  retryAt?: string;
}

/** A question for a reviewer: one box in our comment. */
export interface Item {
  /** Stable across wordings: `list/item`. */
  id: string;
  /** One sentence, Markdown-free. */
  title: string;
  /** The list it stands in. */
  list: string;
  state: 'open' | 'attested';
  by: string | null;
  at: string | null;
  commit: string | null;
  /** Why a tick that was there does not count; shown beside the box. */
  note?: string;
}

/** A table behind a practice's sentence. Renderers fold and shorten it, and say how many rows they left out. */
export interface Details {
  /** What the rows are, in plain words: "Files by what they weigh". */
  title: string;
  /** `code` for paths, names and versions; `number` is set to the right. */
  columns: readonly { title: string; kind: 'code' | 'text' | 'number' }[];
  /** What matters most first; each row has a cell for every column. May quote hostile text. */
  rows: readonly (readonly (string | number)[])[];
}

/** A recorded exception: the outcome stays what it is and does not block. */
export interface Waiver {
  by: string;
  at: string;
  reason: string;
  until: string | null;
}

/** One practice's part of a review. */
export interface PracticeOutcome {
  id: string;
  /** What the practice is called in front of people: "Size". */
  title: string;
  mode: Mode;
  outcome: Outcome;
  /** One line of plain text. */
  summary: string;
  waiver?: Waiver;
  facts: Facts;
  findings: Finding[];
  /** What could not be read; filled exactly when the outcome is `undetermined`, or beside a violation. */
  missing: Missing[];
  /** Boxes for reviewers. */
  items: Item[];
  details?: Details;
  /** What the practice wants to be told again at the next look at this pull request. */
  memory?: Json;
}

/** True where this outcome keeps the pull request from being merged. */
export function blocks(practice: Pick<PracticeOutcome, 'mode' | 'outcome' | 'waiver'>): boolean {
  if (practice.mode !== 'block' || practice.waiver) return false;
  return practice.outcome === 'violation' || practice.outcome === 'waiting' || practice.outcome === 'undetermined';
}

/** What the check says. GitHub lets `success` and `neutral` merge. */
export type Conclusion = 'success' | 'failure' | 'action_required' | 'neutral';

/** Something wrong with a configuration file, at its place. */
export interface Problem {
  message: string;
  path: string;
  /** From 1. */
  line: number;
  column: number;
  /** Whose file: the repository's own, or the organisation's `.github` repository's. */
  source: 'repository' | 'organisation';
}

/** All outcomes of one evaluation and the conclusion drawn from them. */
export interface Review {
  conclusion: Conclusion;
  /** What is wrong with the configuration in force. Where there is any, nothing was judged. */
  problems: Problem[];
  /** What is wrong with the configuration as this pull request would have it; the one in force judged it. */
  proposed: Problem[];
  /** What else there is to say of the configuration: plain text. */
  notes: string[];
  /** What could not be read beside the practices' own needs; it is read again. */
  missing: Missing[];
  practices: PracticeOutcome[];
}
