import type { ContentMark } from './content.ts';
import type { Tick, WaiverRequest } from './pull-request.ts';

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
  /** Where whoever reads it can act at once. Renderers make the address, and escape it. */
  link?: Link;
  /** Other open pull requests that it is about, too; they are looked at again. */
  concerns?: readonly number[];
  facts: Facts;
}

/** A page of GitHub to act on: a new file on a branch, with name and text filled in. */
export interface Link {
  kind: 'new-file';
  /** What to call it, in plain words: "Start the record". */
  title: string;
  repository: { owner: string; name: string };
  branch: string;
  path: string;
  text: string;
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
  /** Where the change raised it, and by what; shown beside the sentence. The path may be hostile text. */
  place?: { path: string; line?: number; because?: string };
  /** True where the merge does not wait for it. */
  optional?: boolean;
  /** Who may answer beside people with write access: `@organisation/team`, `@login`, or in words. Hostile text. */
  alsoBy?: readonly string[];
  /** True where an answer counts only with words on what was looked at. */
  needsEvidence?: boolean;
  /** In the words of whoever attested. Hostile text. */
  evidence?: string;
  /** Why it does not apply here, in the words of whoever said so. Hostile text. */
  notApplicable?: string;
  /** What must be remembered of it between two evaluations. */
  memory?: ItemMemory;
}

/** What our comment keeps of an item, so that the next evaluation starts from it. */
export interface ItemMemory {
  /** What the item is about, as shown now. */
  content: ContentMark;
  /** The answer that is in force, or would be had its content not changed. */
  tick: Tick | null;
  /** The newest answer that may not count, with the reason. */
  undone: Tick | null;
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

/** Commands a person can copy and run, in their order. Renderers show them as code, or not at all: never a part. */
export interface Recipe {
  /** What they do, in plain words. */
  title: string;
  /** One command each, for a POSIX shell. May quote hostile text, already quoted for the shell. */
  lines: readonly string[];
}

/** Labels a practice would like to see on the pull request. */
export interface LabelWish {
  /** Every label the practice may ever set: those of them that are not wanted are taken off where we put them on. */
  owned: readonly string[];
  wanted: readonly string[];
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
  recipe?: Recipe;
  labels?: LabelWish;
  /** What people should know of before they judge, however the practice stands. */
  context?: Details;
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
  /** What became of the exceptions that people asked for, oldest first. */
  waivers?: readonly WaiverDecision[];
}

/** An exception asked for, and what became of it. */
export interface WaiverDecision {
  request: WaiverRequest;
  /**
   * `granted`: it stands and is kept; whether it is in force for this commit is another matter. `withdrawn`: granted
   * once, and taken back or replaced since. `refused`: not theirs to give. `unknown`: there is no such practice.
   */
  state: 'granted' | 'withdrawn' | 'refused' | 'unknown';
}
