import type { Config } from './config/config.ts';
import { DEFAULT_WAIVER_POLICY, type WaiverPolicy } from './config/waivers.ts';
import type { Evidence, EvidenceRequest } from './model/evidence.ts';
import type { PullRequest, WaiverRequest } from './model/pull-request.ts';
import type { PracticeOutcome, WaiverDecision } from './model/review.ts';
import { mayDo, roleOf, WAIVING_ROLES } from './model/rights.ts';
import type { Practice } from './practices/define-practice.ts';

type MembershipRequest = Extract<EvidenceRequest, { kind: 'membership' }>;

/** The memberships that decide who of those that asked for an exception may give it. */
export function waiversNeed(pullRequest: PullRequest, config: Config): MembershipRequest[] {
  const policy = config.waivers ?? DEFAULT_WAIVER_POLICY;
  const teams = policy.by.filter((named) => named.includes('/'));
  return pullRequest.waivers
    .filter((request) => !isNamedByRole(request, pullRequest, policy))
    .flatMap(({ by }) => teams.map((team) => ({ kind: 'membership' as const, login: by.login, team })));
}

/**
 * What becomes of every exception asked for. For each practice the newest word of somebody who may speak holds. An
 * answer that could not be had refuses: an exception is never given by default.
 */
export function decideWaivers(
  pullRequest: PullRequest,
  evidence: Evidence,
  config: Config,
  practices: readonly Pick<Practice, 'id'>[],
): WaiverDecision[] {
  const policy = config.waivers ?? DEFAULT_WAIVER_POLICY;
  const decided = pullRequest.waivers.map((request): WaiverDecision => {
    if (!practices.some(({ id }) => id === request.practice)) return { request, state: 'unknown' };
    const role = roleOf(request.by, request.permission, pullRequest);
    const isNamed =
      isNamedByRole(request, pullRequest, policy) ||
      policy.by.some((named) => named.toLowerCase() === `@${request.by.login.toLowerCase()}`) ||
      policy.by.some((named) => named.includes('/') && evidence.membership(request.by.login, named).state === 'member');
    return { request, state: mayDo(role, 'waive', isNamed) ? 'granted' : 'refused' };
  });
  return decided.map((decision, index) => {
    const later = decided.slice(index + 1);
    const replaced = later.some((one) => one.state === 'granted' && one.request.practice === decision.request.practice);
    return decision.state === 'granted' && replaced ? { ...decision, state: 'withdrawn' } : decision;
  });
}

/** The outcome with the exception that is in force for it now. It stays what it is; it only blocks no more. */
export function withWaiver(
  outcome: PracticeOutcome,
  decisions: readonly WaiverDecision[],
  { head, evaluatedAt }: PullRequest,
  config: Config,
): PracticeOutcome {
  if (outcome.outcome === 'pass' || outcome.outcome === 'skipped') return outcome;
  const policy = config.waivers ?? DEFAULT_WAIVER_POLICY;
  const found = decisions.findLast(
    ({ state, request }) => state === 'granted' && request.verb === 'waive' && request.practice === outcome.id,
  )?.request;
  if (!found || (policy['bound-to'] === 'commit' && found.commit !== head.sha)) return outcome;
  if (found.until !== null && Date.parse(found.until) <= Date.parse(evaluatedAt)) return outcome;
  const { by, at, reason, until } = found;
  return { ...outcome, waiver: { by: by.login, at, reason, until } };
}

function isNamedByRole({ by, permission }: WaiverRequest, pullRequest: PullRequest, policy: WaiverPolicy): boolean {
  const role = roleOf(by, permission, pullRequest);
  return policy.by.some((named) => Object.hasOwn(WAIVING_ROLES, named) && Reflect.get(WAIVING_ROLES, named) === role);
}
