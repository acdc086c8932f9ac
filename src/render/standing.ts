import { blocks, type PracticeOutcome, type Review } from '../model/review.ts';

/** A review's practices by what they mean for the merge. Each stands in one group, in the catalogue's order. */
export interface Standing {
  /** The author must change something. */
  forAuthor: PracticeOutcome[];
  /** A reviewer must act. */
  forReviewer: PracticeOutcome[];
  /** Facts are missing; they are read again without anyone's help. */
  unread: PracticeOutcome[];
  /** Would block, and a recorded exception keeps it from doing so. */
  waived: PracticeOutcome[];
  /** Has something to say and may not block. */
  warning: PracticeOutcome[];
  passing: PracticeOutcome[];
  /** Had nothing to judge here, or is off. */
  resting: PracticeOutcome[];
}

/** Sorts a review's practices by who has to act. */
export function standingOf(review: Review): Standing {
  const groups: Standing = {
    forAuthor: [],
    forReviewer: [],
    unread: [],
    waived: [],
    warning: [],
    passing: [],
    resting: [],
  };
  for (const practice of review.practices) groups[groupOf(practice)].push(practice);
  return groups;
}

function groupOf(practice: PracticeOutcome): keyof Standing {
  const { mode, outcome, waiver, findings } = practice;
  if (outcome === 'skipped' || mode === 'off') return 'resting';
  if (blocks(practice)) {
    if (outcome === 'violation') return 'forAuthor';
    return outcome === 'waiting' ? 'forReviewer' : 'unread';
  }
  if (outcome !== 'pass') return waiver ? 'waived' : 'warning';
  return findings.some(({ level }) => level !== 'notice') ? 'warning' : 'passing';
}

/** What a reviewer can act on: boxes may be open even where not everything could be read yet. */
export function reviewersTurn({ forReviewer, unread }: Standing): PracticeOutcome[] {
  return [...forReviewer, ...unread.filter((practice) => openItems([practice]) > 0)];
}

/** How many boxes of these practices the merge still waits for. */
export function openItems(practices: readonly PracticeOutcome[]): number {
  return practices.flatMap(({ items }) => items).filter(({ state, optional }) => state === 'open' && !optional).length;
}
