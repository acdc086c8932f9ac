/** What a branch demands before a merge: rulesets of the repository and its organisation, and branch protection. */
import { hasRole, isGranted, isOrgAdmin } from './access.ts';
import { type Emulator, inRepo, nextId, timestamp } from './emulator.ts';
import type { Json } from './format.ts';
import { ancestorsOf, tipOf } from './git-objects.ts';
import { json, notFound, page, problem } from './responses.ts';
import { type Answer, type Ask, type RepoAsk, type Route, repoRoute, route } from './routing.ts';
import type { OrgRow, PullRequestRow, RepoRow, RequiredCheck } from './tables.ts';

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

// -- what is demanded ---------------------------------------------------------------------------------------------

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

// -- routes -------------------------------------------------------------------------------------------------------

export const ruleRoutes: Route[] = [
  repoRoute('GET', '/rules/branches/:branch*', (ask) =>
    page(ask.url, rulesOn(ask.emulator, ask.repo, ask.params.branch ?? '')),
  ),
  repoRoute('GET', '/rulesets', (ask) => page(ask.url, rulesetsFor(ask.emulator, ask.repo).map(briefJson))),
  repoRoute('POST', '/rulesets', (ask) =>
    createRuleset(ask, { repo_id: ask.repo.id, org_id: undefined, source: ask.repo.full_name }),
  ),
  repoRoute('GET', '/rulesets/:id', (ask) => answerRuleset(rulesetsFor(ask.emulator, ask.repo), ask)),
  repoRoute('PUT', '/rulesets/:id', (ask) => updateRuleset(rulesetsFor(ask.emulator, ask.repo), ask)),
  repoRoute('DELETE', '/rulesets/:id', (ask) => deleteRuleset(rulesetsFor(ask.emulator, ask.repo), ask)),

  orgRoute('GET', '/rulesets', (ask, org) => page(ask.url, rulesetsOf(ask.emulator, org).map(briefJson))),
  orgRoute('POST', '/rulesets', (ask, org) =>
    createRuleset(ask, { repo_id: undefined, org_id: org.id, source: org.login }),
  ),
  orgRoute('GET', '/rulesets/:id', (ask, org) => answerRuleset(rulesetsOf(ask.emulator, org), ask)),
  orgRoute('PUT', '/rulesets/:id', (ask, org) => updateRuleset(rulesetsOf(ask.emulator, org), ask)),
  orgRoute('DELETE', '/rulesets/:id', (ask, org) => deleteRuleset(rulesetsOf(ask.emulator, org), ask)),

  repoRoute('PUT', '/branches/:branch*/protection', protectBranch),
  repoRoute('GET', '/branches/:branch*/protection', async (ask) => completeProtection(ask, await ask.forward())),
];

/** A route of an organisation for its owners; to everyone else it is not there. */
function orgRoute(method: string, path: string, handle: (ask: Ask, org: OrgRow) => Answer): Route {
  return route(method, `/orgs/:org${path}`, (ask) => {
    const org = ask.emulator.tables.orgs.findOneBy('login', ask.params.org ?? '');
    return org && mayAdministrate(ask, org) ? handle(ask, org) : notFound();
  });
}

function mayAdministrate({ emulator, caller }: Ask, org: OrgRow): boolean {
  if (caller.kind === 'user') return isOrgAdmin(emulator, caller.user, org);
  if (caller.kind !== 'installation') return false;
  return isGranted(caller.grant, { permissions: ['organization_administration'], level: 'write' });
}

function rulesetsFor(emulator: Emulator, repo: RepoRow): Ruleset[] {
  const ofOrganization = (ruleset: Ruleset) => repo.owner_type === 'Organization' && ruleset.org_id === repo.owner_id;
  return emulator.state.rulesets.filter((ruleset) => ruleset.repo_id === repo.id || ofOrganization(ruleset));
}

function rulesetsOf(emulator: Emulator, org: OrgRow): Ruleset[] {
  return emulator.state.rulesets.filter((ruleset) => ruleset.org_id === org.id);
}

function createRuleset(ask: Ask, owner: Pick<Ruleset, 'repo_id' | 'org_id' | 'source'>): Response {
  const { body, emulator } = ask;
  if (typeof body.name !== 'string' || typeof body.enforcement !== 'string') return problem(422, 'Validation Failed');
  const now = timestamp();
  const ruleset: Ruleset = {
    id: nextId(emulator),
    ...owner,
    name: body.name,
    target: String(body.target ?? 'branch'),
    enforcement: body.enforcement as Ruleset['enforcement'],
    bypass_actors: (body.bypass_actors as unknown[]) ?? [],
    conditions: (body.conditions as Ruleset['conditions']) ?? {
      ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] },
    },
    rules: (body.rules as Rule[]) ?? [],
    created_at: now,
    updated_at: now,
  };
  emulator.state.rulesets.push(ruleset);
  return json(201, fullJson(ruleset));
}

function findRuleset(rulesets: Ruleset[], { params }: Ask): Ruleset | undefined {
  return rulesets.find((ruleset) => ruleset.id === Number(params.id));
}

function answerRuleset(rulesets: Ruleset[], ask: Ask): Response {
  const ruleset = findRuleset(rulesets, ask);
  return ruleset ? json(200, fullJson(ruleset)) : notFound();
}

function updateRuleset(rulesets: Ruleset[], ask: Ask): Response {
  const ruleset = findRuleset(rulesets, ask);
  if (!ruleset) return notFound();
  const { name, target, enforcement, bypass_actors, conditions, rules } = { ...ruleset, ...ask.body } as Ruleset;
  Object.assign(ruleset, { name, target, enforcement, bypass_actors, conditions, rules, updated_at: timestamp() });
  return json(200, fullJson(ruleset));
}

function deleteRuleset(rulesets: Ruleset[], ask: Ask): Response {
  const ruleset = findRuleset(rulesets, ask);
  if (!ruleset) return notFound();
  ask.emulator.state.rulesets.splice(ask.emulator.state.rulesets.indexOf(ruleset), 1);
  return json(204);
}

function briefJson(ruleset: Ruleset): Json {
  return {
    id: ruleset.id,
    node_id: `RRS_${ruleset.id}`,
    name: ruleset.name,
    target: ruleset.target,
    source_type: ruleset.org_id === undefined ? 'Repository' : 'Organization',
    source: ruleset.source,
    enforcement: ruleset.enforcement,
    created_at: ruleset.created_at,
    updated_at: ruleset.updated_at,
  };
}

function fullJson(ruleset: Ruleset): Json {
  const { bypass_actors, conditions, rules } = ruleset;
  return { ...briefJson(ruleset), bypass_actors, conditions, rules };
}

/** `emulate` forgets from which App a protected branch wants its checks. */
async function protectBranch(ask: RepoAsk): Promise<Response> {
  const wanted = ask.body.required_status_checks as {
    checks?: { context: string; app_id?: number }[];
    contexts?: string[];
  };
  if (wanted?.checks?.length) wanted.contexts = wanted.checks.map((check) => check.context);
  const answer = await ask.forward();
  const protection = protectionOf(ask);
  if (answer.ok && protection) {
    ask.emulator.tables.branchProtections.update(protection.id, {
      required_checks: wanted?.checks?.length
        ? wanted.checks.map(({ context, app_id }) => ({ context, appId: app_id ?? null }))
        : undefined,
    } as Partial<typeof protection>);
  }
  return completeProtection(ask, answer);
}

function protectionOf({ emulator, repo, params }: RepoAsk) {
  return inRepo(emulator.tables.branchProtections, repo).find((row) => row.branch_name === params.branch);
}

/** Where `emulate` writes `null` for a protection that is off, GitHub leaves it out. */
async function completeProtection(ask: RepoAsk, answer: Response): Promise<Response> {
  if (!answer.ok) return answer;
  const body = (await answer.json()) as Json;
  const checks = protectionOf(ask)?.required_checks;
  if (checks && body.required_status_checks) {
    body.required_status_checks = {
      ...(body.required_status_checks as Json),
      checks: checks.map(({ context, appId }) => ({ context, app_id: appId })),
    };
  }
  return json(200, Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null)));
}
