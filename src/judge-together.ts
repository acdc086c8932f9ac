import { conclude, outcomeOf } from './evaluate.ts';
import type { Evidence } from './model/evidence.ts';
import type { PullRequest } from './model/pull-request.ts';
import type { Conclusion, PracticeOutcome, Review } from './model/review.ts';
import type { Practice, PullRequestAhead, RepositoryRequest } from './practices/define-practice.ts';

const GRAVEST_FIRST: readonly Conclusion[] = ['failure', 'action_required', 'success', 'neutral'];

/** What was found out of one pull request of a merge group by itself. */
interface Judged {
  pullRequest: PullRequest;
  review: Review;
}

/** What the practices want to know before they judge it together with the others. */
export function needsTogether({ pullRequest, review }: Judged, practices: readonly Practice[]): RepositoryRequest[] {
  return practices.flatMap((practice) =>
    isAsked(practice, review) ? (practice.together?.needs(pullRequest) ?? []) : [],
  );
}

/**
 * The same review, with what shows only beside the pull requests that a merge queue puts ahead of this one. Modes and
 * waivers hold as they do for everything else a practice says. Pure.
 */
export function judgeTogether(
  { pullRequest, review }: Judged,
  ahead: readonly PullRequestAhead[],
  evidence: Evidence,
  practices: readonly Practice[],
): Review {
  let changed = false;
  const outcomes = review.practices.map((outcome): PracticeOutcome => {
    const practice = practices.find(({ id }) => id === outcome.id);
    if (!practice?.together || !isAsked(practice, review)) return outcome;
    const found = practice.together.evaluate(pullRequest, ahead, evidence);
    if (!found) return outcome;
    changed = true;
    const { summary } = found;
    const findings = [...outcome.findings, ...found.findings];
    const missing = [...outcome.missing, ...found.missing];
    // Without something of its own that blocks, what it was by itself still holds.
    const together = outcomeOf({ summary, facts: {}, findings, missing });
    return { ...outcome, findings, missing, ...(together === 'pass' ? {} : { outcome: together, summary }) };
  });
  if (!changed) return review;
  // What was wrong already, with the configuration say, is wrong still.
  const conclusions = [review.conclusion, conclude(outcomes)];
  const conclusion = GRAVEST_FIRST.find((one) => conclusions.includes(one)) ?? review.conclusion;
  return { ...review, practices: outcomes, conclusion };
}

function isAsked(practice: Practice, { practices }: Review): boolean {
  const outcome = practices.find(({ id }) => id === practice.id);
  return outcome !== undefined && outcome.mode !== 'off' && outcome.outcome !== 'skipped';
}
