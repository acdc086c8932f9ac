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
  /** The configuration in force could not be read; nothing was evaluated unless `fallback` says so. */
  problems: Problem[];
  /** What the pull request's own edit of the configuration gets wrong, or says in passing. */
  notes: string[];
  practices: PracticeOutcome[];
}
