/** What a branch demands before a merge: rulesets of the repository and its organisation, and branch protection. */
import { hasRole } from '../access.ts';
import { type Emulator, inRepo } from '../emulator.ts';
import type { Json } from '../format.ts';
import { ancestorsOf, tipOf } from '../git/objects.ts';
import type { PullRequestRow, RepoRow, RequiredCheck } from '../tables.ts';

/** One rule of a ruleset, such as `required_status_checks`. */
export interface Rule {
  type: string;
  parameters?: Record<string, unknown>;
}

/** A ruleset, of a repository or of all an organisation's repositories that its conditions name. */
export interface Ruleset {
  id: number;
  repo_id: number | undefined;
  org_id: number | undefined;
  name: string;
  target: string;
  source: string;
  enforcement: 'active' | 'disabled' | 'evaluate';
  bypass_actors: unknown[];
  conditions: { ref_name?: Patterns; repository_name?: Patterns };
  rules: Rule[];
  created_at: string;
  updated_at: string;
}

interface Patterns {
  include: string[];
  exclude: string[];
}

/** The rules in force on a branch, each with the ruleset it comes from. */
export function rulesOn(emulator: Emulator, repo: RepoRow, branch: string): (Rule & Json)[] {
  return emulator.state.rulesets
    .filter((ruleset) => ruleset.enforcement === 'active' && applies(ruleset, repo, branch))
    .flatMap((ruleset) =>
      ruleset.rules.map((rule) => ({
        ...rule,
        ruleset_source_type: ruleset.org_id === undefined ? 'Repository' : 'Organization',
        ruleset_source: ruleset.source,
        ruleset_id: ruleset.id,
      })),
    );
}

function applies(ruleset: Ruleset, repo: RepoRow, branch: string): boolean {
  if (ruleset.repo_id !== undefined && ruleset.repo_id !== repo.id) return false;
  if (ruleset.org_id !== undefined && (ruleset.org_id !== repo.owner_id || repo.owner_type !== 'Organization'))
    return false;
  const { repository_name: repositories, ref_name: refs } = ruleset.conditions;
  if (repositories && !isIncluded(repositories, repo.name, '')) return false;
  return refs === undefined || isIncluded(refs, `refs/heads/${branch}`, `refs/heads/${repo.default_branch}`);
}

function isIncluded({ include, exclude }: Patterns, name: string, defaultName: string): boolean {
  const fits = (pattern: string) =>
    pattern === '~ALL' || (pattern === '~DEFAULT_BRANCH' ? name === defaultName : globToPattern(pattern).test(name));
  return include.some(fits) && !exclude.some(fits);
}

/** GitHub's `fnmatch`: `*` within a segment, `**` across them. */
function globToPattern(glob: string): RegExp {
  const source = glob
    .split('**')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*'))
    .join('.*');
  return new RegExp(`^${source}$`);
}

/** The checks that must have succeeded on a branch. */
export function requiredChecks(emulator: Emulator, repo: RepoRow, branch: string): RequiredCheck[] {
  const protection = inRepo(emulator.tables.branchProtections, repo).find((row) => row.branch_name === branch);
  const ofProtection =
    protection?.required_checks ??
    (protection?.required_status_checks?.contexts ?? []).map((context) => ({ context, appId: null }));
  const ofRules = rulesOn(emulator, repo, branch)
    .filter((rule) => rule.type === 'required_status_checks')
    .flatMap(
      (rule) => (rule.parameters?.required_status_checks ?? []) as { context: string; integration_id?: number }[],
    )
    .map(({ context, integration_id }) => ({ context, appId: integration_id ?? null }));
  return [...ofProtection, ...ofRules];
}

/** How a required check stands on a commit. A check that never reported is expected. */
export type CheckState = 'success' | 'failure' | 'pending' | 'expected';

/** These conclusions satisfy a required check; all others do not. */
const SATISFYING = new Set(['success', 'neutral', 'skipped']);

/** How a required check stands: by its newest run and its newest status, of the App it must come from. */
export function checkState(emulator: Emulator, repo: RepoRow, sha: string, check: RequiredCheck): CheckState {
  const anyApp = check.appId === null || check.appId === -1;
  const run = inRepo(emulator.tables.checkRuns, repo)
    .filter((row) => row.head_sha === sha && row.name === check.context && (anyApp || row.app_id === check.appId))
    .sort((a, b) => b.id - a.id)[0];
  const status = emulator.state.statuses
    .filter((row) => row.repo_id === repo.id && row.sha === sha && row.context === check.context)
    .filter((row) => anyApp || botAppId(emulator, row.creator_id) === check.appId)
    .at(-1);
  if (!run && !status) return 'expected';
  if ((run && run.status !== 'completed') || status?.state === 'pending') return 'pending';
  const runPasses = !run || SATISFYING.has(run.conclusion ?? '');
  const statusPasses = !status || status.state === 'success';
  return runPasses && statusPasses ? 'success' : 'failure';
}

function botAppId(emulator: Emulator, userId: number): number | undefined {
  const login = emulator.tables.users.get(userId)?.login;
  return emulator.tables.apps.all().find((app) => `${app.slug}[bot]` === login)?.app_id;
}

/** Why a pull request cannot be merged, and the word for it in `mergeable_state`. */
export interface Blocker {
  state: 'blocked' | 'behind';
  message: string;
}

/** What keeps a pull request from being merged, if anything does. Conflicts and drafts are another matter. */
export function findBlocker(emulator: Emulator, repo: RepoRow, pull: PullRequestRow): Blocker | undefined {
  for (const check of requiredChecks(emulator, repo, pull.base_ref)) {
    const state = checkState(emulator, repo, pull.head_sha, check);
    if (state === 'success') continue;
    const message = `Required status check "${check.context}" is ${state === 'failure' ? 'failing' : state}.`;
    return { state: 'blocked', message };
  }
  const needed = requiredApprovals(emulator, repo, pull.base_ref);
  const opinions = [...latestOpinions(emulator, repo, pull).values()];
  if (needed > 0 && opinions.includes('CHANGES_REQUESTED'))
    return { state: 'blocked', message: 'Changes have been requested.' };
  if (opinions.filter((opinion) => opinion === 'APPROVED').length < needed) {
    return {
      state: 'blocked',
      message: `At least ${needed} approving review is required by reviewers with write access.`,
    };
  }
  if (mustBeUpToDate(emulator, repo, pull.base_ref)) {
    const tip = tipOf(emulator, repo, pull.base_ref);
    if (tip && !ancestorsOf(emulator, repo, pull.head_sha).has(tip)) {
      return { state: 'behind', message: 'The head branch is not up to date with the base branch.' };
    }
  }
  return undefined;
}

/** Whether a branch can only be merged into through a queue. */
export function hasMergeQueue(emulator: Emulator, repo: RepoRow, branch: string): boolean {
  return rulesOn(emulator, repo, branch).some((rule) => rule.type === 'merge_queue');
}

/** How many approvals a branch asks for. */
export function requiredApprovals(emulator: Emulator, repo: RepoRow, branch: string): number {
  const protection = inRepo(emulator.tables.branchProtections, repo).find((row) => row.branch_name === branch);
  const ofRules = rulesOn(emulator, repo, branch)
    .filter((rule) => rule.type === 'pull_request')
    .map((rule) => Number(rule.parameters?.required_approving_review_count ?? 0));
  return Math.max(0, protection?.required_pull_request_reviews?.required_approving_review_count ?? 0, ...ofRules);
}

/** Each reviewer's last word, by user id: approvals and requests for changes of people with write access. */
export function latestOpinions(emulator: Emulator, repo: RepoRow, pull: PullRequestRow): Map<number, string> {
  const opinions = new Map<number, string>();
  const reviews = inRepo(emulator.tables.reviews, repo).filter((review) => review.pull_number === pull.number);
  for (const review of reviews.sort((a, b) => a.id - b.id)) {
    const reviewer = emulator.tables.users.get(review.user_id);
    const counts = ['APPROVED', 'CHANGES_REQUESTED', 'DISMISSED'].includes(review.state);
    if (counts && reviewer && hasRole(emulator, reviewer, repo, 'write')) opinions.set(review.user_id, review.state);
  }
  return opinions;
}

function mustBeUpToDate(emulator: Emulator, repo: RepoRow, branch: string): boolean {
  const protection = inRepo(emulator.tables.branchProtections, repo).find((row) => row.branch_name === branch);
  return (
    (protection?.required_status_checks?.strict ?? false) ||
    rulesOn(emulator, repo, branch).some((rule) => rule.parameters?.strict_required_status_checks_policy === true)
  );
}
