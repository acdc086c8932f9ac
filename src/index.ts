/** Composure as a library: judge a pull request, render the review, add a practice. */
export { CONFIG_PATH, type Config, type ConfigLayer, type ConfigResult } from './config/config.ts';
export { resolveConfig } from './config/resolve.ts';
export { evaluate } from './evaluate.ts';
export { type EvidenceSources, gatherEvidence } from './gather.ts';
export { readLocalPullRequest } from './git/read.ts';
export { Evidence, type EvidenceEntry, type EvidenceRequest } from './model/evidence.ts';
export type { PullRequest } from './model/pull-request.ts';
export type { Conclusion, Finding, Mode, Outcome, PracticeOutcome, Review } from './model/review.ts';
export { definePractice, type Practice } from './practices/define-practice.ts';
export { practices } from './practices/index.ts';
export { renderCheck } from './render/check-run.ts';
export { renderComment } from './render/comment.ts';
export { type ReviewInput, reviewPullRequest } from './review.ts';
