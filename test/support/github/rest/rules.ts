/** Rulesets and branch protection, to be set up and looked at. */
import { isGranted, isOrgAdmin } from '../access.ts';
import { type Emulator, inRepo, nextId, timestamp } from '../emulator.ts';
import type { Json } from '../format.ts';
import { type Rule, type Ruleset, rulesOn } from '../model/rules.ts';
import { json, notFound, page, problem } from '../responses.ts';
import { type Answer, type Ask, type RepoAsk, type Route, repoRoute, route } from '../routing.ts';
import type { OrgRow, RepoRow } from '../tables.ts';

/** Routes of rulesets and branch protection. */
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
  const rules = (body.rules as Rule[] | undefined) ?? [];
  if (owner.org_id !== undefined && rules.some((rule) => rule.type === 'merge_queue')) {
    return problem(422, 'Validation Failed', ['Merge queue rules cannot be set for an organization.']);
  }
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
    rules,
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
