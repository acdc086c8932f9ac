import { describe, expect, it } from 'vitest';
import { recheckAt } from '../../src/app/recheck.ts';
import type { Missing, Review } from '../../src/model/review.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const MINUTE = 60_000;

function missing(retryIn?: number | string): Missing {
  const retryAt = typeof retryIn === 'number' ? new Date(NOW + retryIn).toISOString() : retryIn;
  return { what: 'a file', cause: 'GitHub answered 503', ...(retryAt !== undefined && { retryAt }) };
}

/** A review that misses these itself, and those in its practices. */
function review(own: Missing[], ...ofPractices: Missing[][]): Review {
  const empty = { id: 'size', title: 'Size', mode: 'block', outcome: 'undetermined', summary: '' } as const;
  return {
    conclusion: 'action_required',
    problems: [],
    proposed: [],
    notes: [],
    missing: own,
    practices: ofPractices.map((missing) => ({ ...empty, facts: {}, findings: [], items: [], missing })),
  };
}

describe('recheckAt', () => {
  const cases: { name: string; reviews: Review[]; rechecks?: number; inMs: number | null }[] = [
    { name: 'nothing to review', reviews: [], inMs: null },
    { name: 'nothing missing', reviews: [review([], [], [])], inMs: null },
    { name: 'missing in a practice', reviews: [review([], [], [missing()])], inMs: MINUTE },
    { name: 'missing beside the practices', reviews: [review([missing()])], inMs: MINUTE },
    { name: 'missing in another review of the same head', reviews: [review([]), review([missing()])], inMs: MINUTE },
    { name: 'the second time', reviews: [review([missing()])], rechecks: 1, inMs: 5 * MINUTE },
    { name: 'the third time', reviews: [review([missing()])], rechecks: 2, inMs: 30 * MINUTE },
    { name: 'the fourth time', reviews: [review([missing()])], rechecks: 3, inMs: 60 * MINUTE },
    { name: 'ever after', reviews: [review([missing()])], rechecks: 1_000, inMs: 60 * MINUTE },
    { name: 'a time that the source named', reviews: [review([], [missing(30_000)])], inMs: 30_000 },
    { name: 'the earliest of several', reviews: [review([missing(40_000)], [missing(20_000)])], inMs: 20_000 },
    { name: 'named and not', reviews: [review([missing()], [missing(20_000)])], inMs: 20_000 },
    { name: 'a time later than we would wait', reviews: [review([missing(9 * MINUTE)])], inMs: MINUTE },
    { name: 'the present', reviews: [review([missing(0)])], inMs: 1_000 },
    { name: 'the past', reviews: [review([missing(-MINUTE)])], rechecks: 3, inMs: 1_000 },
    { name: 'no time at all', reviews: [review([missing('soon')])], inMs: MINUTE },
  ];
  it.each(cases)('$name', ({ reviews, rechecks = 0, inMs }) => {
    expect(recheckAt(reviews, rechecks, NOW)).toBe(inMs === null ? null : NOW + inMs);
  });
});
