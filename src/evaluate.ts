import type { Config } from './config/config.ts';
import { decideWaivers, withWaiver } from './decide-waivers.ts';
import type { Evidence } from './model/evidence.ts';
import { isDependencyBotUpdate } from './model/package-files.ts';
import type { PullRequest } from './model/pull-request.ts';
import { blocks, type Conclusion, type Outcome, type PracticeOutcome, type Review } from './model/review.ts';
import type { Judgement, Practice } from './practices/define-practice.ts';

/**
 * Judges one pull request by every practice of the policy. Pure: the same three arguments give the same review,
 * wherever and whenever it is asked.
 */
export function evaluate(
  pullRequest: PullRequest,
  evidence: Evidence,
  config: Config,
  practices: readonly Practice[],
): Review {
  const byBot = isDependencyBotUpdate(pullRequest);
  const waivers = decideWaivers(pullRequest, evidence, config, practices);
  const judged = practices.map((practice) => judge(practice, pullRequest, evidence, config, byBot));
  const outcomes = judged.map((outcome) => withWaiver(outcome, waivers, pullRequest, config));
  const conclusion = conclude(outcomes);
  return { conclusion, problems: [], proposed: [], notes: [], missing: [], practices: outcomes, waivers };
}

function judge(
  practice: Practice,
  pullRequest: PullRequest,
  evidence: Evidence,
  config: Config,
  byBot: boolean,
): PracticeOutcome {
  const policy = config.practices[practice.id];
  const empty = { id: practice.id, title: practice.title, facts: {}, findings: [], missing: [], items: [] };
  if (!policy || policy.mode === 'off') {
    return { ...empty, mode: 'off', outcome: 'skipped', summary: 'Switched off by the configuration.' };
  }
  if (byBot && !practice.judgesDependencyBots) {
    const summary = 'Not asked of a dependency bot that changes only manifests and lockfiles.';
    return { ...empty, mode: policy.mode, outcome: 'skipped', summary };
  }
  const judgement = practice.evaluate(pullRequest, policy.options, evidence);
  return {
    id: practice.id,
    title: practice.title,
    mode: policy.mode,
    outcome: outcomeOf(judgement),
    summary: judgement.summary,
    facts: judgement.facts,
    findings: judgement.findings ?? [],
    missing: judgement.missing ?? [],
    items: judgement.items ?? [],
    ...(judgement.details && { details: judgement.details }),
    ...(judgement.recipe && { recipe: judgement.recipe }),
    ...(judgement.labels && { labels: judgement.labels }),
    ...(judgement.context && { context: judgement.context }),
    ...(judgement.memory !== undefined && { memory: judgement.memory }),
  };
}

/** An error is a violation even where facts are missing: what was seen is already wrong. */
export function outcomeOf(judgement: Judgement): Outcome {
  if (judgement.skipped) return 'skipped';
  if (judgement.findings?.some((finding) => finding.level === 'error')) return 'violation';
  if (judgement.missing && judgement.missing.length > 0) return 'undetermined';
  return judgement.waiting ? 'waiting' : 'pass';
}

/** Failure before action_required before success; neutral only when no practice had anything to judge. */
export function conclude(practices: readonly PracticeOutcome[]): Conclusion {
  const blocking = practices.filter(blocks);
  if (blocking.some((practice) => practice.outcome === 'violation')) return 'failure';
  if (blocking.length > 0) return 'action_required';
  return practices.every((practice) => practice.outcome === 'skipped') ? 'neutral' : 'success';
}
