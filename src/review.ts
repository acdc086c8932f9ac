import type { ConfigLayer } from './config/config.ts';
import { CONFIG_PATH } from './config/config.ts';
import { policyFor } from './config/policy-for.ts';
import { evaluate } from './evaluate.ts';
import { type EvidenceSources, gatherEvidence } from './gather.ts';
import { Evidence, type EvidenceEntry, type FileAnswer } from './model/evidence.ts';
import type { PullRequest } from './model/pull-request.ts';
import type { Review } from './model/review.ts';
import type { Practice } from './practices/define-practice.ts';

/** What a review is made from. */
export interface ReviewInput {
  pullRequest: PullRequest;
  /** Configuration at the base, weakest first. */
  layers: readonly ConfigLayer[];
  practices: readonly Practice[];
  sources: EvidenceSources;
  /** Evidence that came along with the snapshot. */
  evidence?: readonly EvidenceEntry[];
}

/** Reads what is still needed and judges: the whole story of one review, wherever the pull request came from. */
export async function reviewPullRequest(input: ReviewInput): Promise<Review> {
  const { pullRequest, layers, practices, sources } = input;
  const evidence = new Evidence(input.evidence);
  const edited = await readEditedConfig(pullRequest, sources, evidence);
  const headText = edited?.state === 'found' ? edited.text : edited?.state === 'absent' ? null : undefined;
  const { config, problems, notes } = policyFor({ layers, headText }, practices);
  const missing =
    edited?.state === 'unavailable'
      ? [{ what: `what this pull request makes of ${CONFIG_PATH}`, cause: edited.cause }]
      : [];
  if (!config) return { conclusion: 'failure', problems, proposed: [], notes, missing, practices: [] };
  await gatherEvidence(pullRequest, config, practices, sources, evidence);
  const review = evaluate(pullRequest, evidence, config, practices);
  // With a policy in force, what is wrong is what the pull request makes of it: its author's to mend before the merge.
  if (problems.length > 0) return { ...review, notes, proposed: problems, conclusion: 'failure' };
  if (missing.length === 0) return { ...review, notes };
  return { ...review, notes, missing, conclusion: review.conclusion === 'failure' ? 'failure' : 'action_required' };
}

/** The configuration as the pull request would have it; `undefined` when it does not touch it. */
async function readEditedConfig(
  pullRequest: PullRequest,
  sources: EvidenceSources,
  evidence: Evidence,
): Promise<FileAnswer | undefined> {
  const edits = pullRequest.files.filter((file) => file.path === CONFIG_PATH || file.previousPath === CONFIG_PATH);
  if (edits.length === 0) return undefined;
  const request = { kind: 'file', path: CONFIG_PATH, side: 'head' } as const;
  for (const [asked, answer] of await sources.repository([request])) evidence.add(asked, answer);
  const answer = evidence.file(CONFIG_PATH, 'head');
  // Not a policy, and the reader of the configuration says so in its own words.
  return answer.state === 'binary' ? { state: 'found', text: '\0' } : answer;
}
