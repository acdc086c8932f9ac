import type { Finding, PracticeOutcome, Review } from '../model/review.ts';

/** Which two commits the review is about: the tip of the base, and the head. */
export interface ReviewedCommits {
  base: string;
  head: string;
}

/**
 * A review as data for scripts: the shape that `version` numbers. Fields are only ever added to it, and every field is
 * written out here, so that what the model gains stays inside until the shape says so.
 */
export function renderJson(review: Review, { base, head }: ReviewedCommits): string {
  const shape = {
    version: 1,
    conclusion: review.conclusion,
    base,
    head,
    problems: [...review.problems, ...review.proposed].map(({ message, path, line, column }) => ({
      message,
      path,
      line,
      column,
    })),
    practices: review.practices.map(practiceShape),
  };
  return `${JSON.stringify(shape, null, 2).replace(UNPRINTABLE, escaped)}\n`;
}

function practiceShape({ id, mode, outcome, summary, waiver, facts, findings }: PracticeOutcome) {
  return {
    id,
    mode,
    outcome,
    summary,
    ...(waiver && { waiver: { by: waiver.by, at: waiver.at, reason: waiver.reason, until: waiver.until } }),
    facts,
    findings: findings.map(findingShape),
  };
}

function findingShape({ code, level, message, path, line, facts }: Finding): Finding {
  return { code, level, message, ...(path !== undefined && { path }), ...(line !== undefined && { line }), facts };
}

/** JSON may hold these as they are, and then whoever prints it has their terminal steered or their text turned round. */
const UNPRINTABLE = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}\p{Co}]/gu;

function escaped(character: string): string {
  const units = character.split('').map((unit) => unit.charCodeAt(0).toString(16).padStart(4, '0'));
  return units.map((unit) => `\\u${unit}`).join('');
}
