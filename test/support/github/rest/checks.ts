/** The checks API: runs, their annotations, suites, and asking for a re-run. */
import { type Emulator, inRepo, need, timestamp } from '../emulator.ts';
import { type Json, repositoryJson } from '../format.ts';
import { findCommit, resolveCommit } from '../git/objects.ts';
import { announce } from '../model/announce.ts';
import {
  latestRuns,
  openSuite,
  resetRun,
  runEventJson,
  runJson,
  runsOf,
  settleSuite,
  suiteJson,
} from '../model/check-store.ts';
import { moveQueue } from '../model/merge-queue.ts';
import { mergeWhenReady } from '../model/merging.ts';
import { invalid, json, notFound, page, problem, refused } from '../responses.ts';
import { type RepoAsk, type Route, repoRoute } from '../routing.ts';
import type { Annotation, CheckRunRow, CheckStatus, CheckSuiteRow, RepoRow, UserRow } from '../tables.ts';

/** GitHub's limits of one request. */
const ANNOTATIONS_AT_MOST = 50;
const TEXT_AT_MOST = 65_535;
const ACTIONS_AT_MOST = 3;

const STATUSES = new Set<unknown>(['queued', 'in_progress', 'completed']);

const CONCLUSIONS = new Set<unknown>([
  'action_required',
  'cancelled',
  'failure',
  'neutral',
  'success',
  'skipped',
  'timed_out',
]);

/** Routes of check runs and suites. */
export const checkRoutes: Route[] = [
  repoRoute('POST', '/check-runs', createRun),
  repoRoute('PATCH', '/check-runs/:id', updateRun),
  repoRoute('GET', '/check-runs/:id', (ask) => {
    const run = findRun(ask);
    return run ? json(200, runJson(ask.emulator, ask.repo, run)) : notFound();
  }),
  repoRoute('GET', '/check-runs/:id/annotations', listAnnotations),
  repoRoute('POST', '/check-runs/:id/rerequest', rerequestRun),
  repoRoute('GET', '/commits/:ref*/check-runs', listRunsOfCommit),
  repoRoute('GET', '/commits/:ref*/check-suites', listSuitesOfCommit),
  repoRoute('GET', '/check-suites/:id', (ask) => {
    const suite = findSuite(ask);
    return suite ? json(200, wholeSuiteJson(ask, suite)) : notFound();
  }),
  repoRoute('GET', '/check-suites/:id/check-runs', (ask) => {
    const suite = findSuite(ask);
    return suite ? pageOfRuns(ask, runsOf(ask.emulator, suite)) : notFound();
  }),
  repoRoute('POST', '/check-suites/:id/rerequest', rerequestSuite),
];

// -- writing ------------------------------------------------------------------------------------------------------

interface Output {
  title?: string | null;
  summary?: string | null;
  text?: string | null;
  annotations?: Annotation[];
}

function createRun(ask: RepoAsk): Response {
  const { emulator, repo, body, caller } = ask;
  if (caller.kind !== 'installation') return problem(403, 'You must authenticate via a GitHub App.');
  if (typeof body.name !== 'string' || body.name === '') return invalid('CheckRun', 'name', 'missing_field');
  if (typeof body.head_sha !== 'string') return invalid('CheckRun', 'head_sha', 'missing_field');
  if (!findCommit(emulator, repo, body.head_sha)) return problem(422, `No commit found for SHA: ${body.head_sha}`);
  const wrong = findFault(body);
  if (wrong) return wrong;

  const suite = openSuite(emulator, repo, {
    appId: caller.app.app_id,
    sha: body.head_sha,
    branch: branchAt(emulator, repo, body.head_sha),
  });
  const { id } = emulator.tables.checkRuns.insert({
    node_id: '',
    repo_id: repo.id,
    app_id: caller.app.app_id,
    check_suite_id: suite.id,
    head_sha: body.head_sha,
    name: body.name,
    status: 'queued',
    conclusion: null,
    started_at: timestamp(),
    completed_at: null,
    external_id: '',
    details_url: null,
    output: { title: null, summary: null, text: null, annotations: [] },
    actions: [],
  });
  const run = change(emulator, id, { ...body, node_id: `CR_${id}` });
  tell(ask, run, 'created');
  if (run.status === 'completed') tell(ask, run, 'completed');
  tellOfSuite(ask, suite.id, suite.status);
  afterChange(emulator);
  return json(201, runJson(emulator, repo, run));
}

function updateRun(ask: RepoAsk): Response {
  const { emulator, repo, body, caller } = ask;
  if (caller.kind !== 'installation') return problem(403, 'You must authenticate via a GitHub App.');
  const before = findRun(ask);
  if (!before) return notFound();
  if (before.app_id !== caller.app.app_id) return problem(403, 'Invalid app_id for this check run');
  const wrong = findFault(body);
  if (wrong) return wrong;
  const suiteStatus = emulator.tables.checkSuites.get(before.check_suite_id)?.status;
  const run = change(emulator, before.id, body);
  if (run.status === 'completed' && before.status !== 'completed') tell(ask, run, 'completed');
  tellOfSuite(ask, run.check_suite_id, suiteStatus);
  afterChange(emulator);
  return json(200, runJson(emulator, repo, run));
}

/** The first thing about a run that GitHub would refuse. */
function findFault(body: Json): Response | undefined {
  if (body.status !== undefined && !STATUSES.has(body.status)) return invalid('CheckRun', 'status');
  if (body.conclusion !== undefined && !CONCLUSIONS.has(body.conclusion)) return invalid('CheckRun', 'conclusion');
  if (body.status === 'completed' && body.conclusion === undefined) {
    return invalid('CheckRun', 'conclusion', 'missing_field');
  }
  if (((body.actions as unknown[]) ?? []).length > ACTIONS_AT_MOST) {
    return refused('CheckRun', `No more than ${ACTIONS_AT_MOST} actions are allowed.`);
  }
  const output = body.output as Output | undefined;
  if (!output) return undefined;
  if (typeof output.summary !== 'string') return invalid('CheckRun', 'output.summary', 'missing_field');
  for (const field of ['summary', 'text'] as const) {
    if ((output[field]?.length ?? 0) > TEXT_AT_MOST) {
      return refused(
        'CheckRun',
        `Only ${TEXT_AT_MOST} characters are allowed; ${output[field]?.length} were supplied.`,
      );
    }
  }
  const annotations = output.annotations ?? [];
  if (annotations.length > ANNOTATIONS_AT_MOST) {
    return refused('CheckRun', `No more than ${ANNOTATIONS_AT_MOST} annotations are allowed in one request.`);
  }
  return annotations.some(isMisplaced) ? refused('CheckRun', 'Invalid annotation.') : undefined;
}

/** Columns stand only on annotations of one line. */
function isMisplaced(annotation: Annotation): boolean {
  const { start_line: first, end_line: last, start_column: column } = annotation;
  return !annotation.path || !annotation.message || !(first <= last) || (column != null && first !== last);
}

/** Writes what a request says into a run. Annotations add to those that are there. */
function change(emulator: Emulator, id: number, body: Json): CheckRunRow {
  const { checkRuns } = emulator.tables;
  const run = need(checkRuns.get(id), 'a check run');
  const output = body.output as Output | undefined;
  const status = (body.conclusion === undefined ? (body.status ?? run.status) : 'completed') as CheckStatus;
  const copied = ['node_id', 'name', 'external_id', 'details_url', 'started_at', 'actions'] as const;
  const changed = need(
    checkRuns.update(id, {
      ...Object.fromEntries(copied.filter((field) => body[field] !== undefined).map((field) => [field, body[field]])),
      status,
      conclusion: status === 'completed' ? ((body.conclusion as string) ?? run.conclusion) : null,
      completed_at: status === 'completed' ? ((body.completed_at as string) ?? run.completed_at ?? timestamp()) : null,
      ...(output
        ? {
            output: {
              title: output.title ?? run.output.title,
              summary: output.summary ?? run.output.summary,
              text: output.text ?? run.output.text,
              annotations: [...run.output.annotations, ...(output.annotations ?? [])],
            },
          }
        : {}),
    }),
    'a check run',
  );
  settleSuite(emulator, changed.check_suite_id);
  return changed;
}

/** A suite is complete when the last of its runs is, and says so. */
function tellOfSuite(ask: RepoAsk, suiteId: number, statusBefore: CheckStatus | undefined): void {
  const { emulator, repo, actor } = ask;
  const suite = need(emulator.tables.checkSuites.get(suiteId), 'a check suite');
  if (suite.status !== 'completed' || statusBefore === 'completed') return;
  const details = { check_suite: suiteJson(emulator, repo, suite) };
  announce(emulator, { event: 'check_suite', action: 'completed', repo, sender: actor, details });
}

/** A check may be what a merge was waiting for. */
function afterChange(emulator: Emulator): void {
  moveQueue(emulator);
  mergeWhenReady(emulator);
}

function branchAt(emulator: Emulator, repo: RepoRow, sha: string): string | null {
  return inRepo(emulator.tables.branches, repo).find((branch) => branch.sha === sha)?.name ?? null;
}

// -- asking for a re-run ------------------------------------------------------------------------------------------

function rerequestRun(ask: RepoAsk): Response {
  const run = findRun(ask);
  if (!run) return notFound();
  tell(ask, run, 'rerequested');
  return json(201, {});
}

function rerequestSuite(ask: RepoAsk): Response {
  const { emulator, repo } = ask;
  const suite = findSuite(ask);
  if (!suite) return notFound();
  for (const run of latestRuns(runsOf(emulator, suite))) resetRun(emulator, run);
  settleSuite(emulator, suite.id);
  const current = need(emulator.tables.checkSuites.get(suite.id), 'a check suite');
  announce(emulator, {
    event: 'check_suite',
    action: 'rerequested',
    repo,
    sender: ask.actor,
    details: { check_suite: suiteJson(emulator, repo, current) },
  });
  return json(201, {});
}

/** What a click on a button of a check run does. GitHub has no API for it, so tests call this. */
export function pressButton(
  emulator: Emulator,
  press: { repo: RepoRow; run: CheckRunRow; identifier: string; sender: UserRow },
): void {
  const { repo, run, identifier, sender } = press;
  announce(emulator, {
    event: 'check_run',
    action: 'requested_action',
    repo,
    sender,
    details: { requested_action: { identifier }, check_run: runEventJson(emulator, repo, run) },
  });
}

function tell({ emulator, repo, actor }: RepoAsk, run: CheckRunRow, action: string): void {
  const details = { check_run: runEventJson(emulator, repo, run) };
  announce(emulator, { event: 'check_run', action, repo, sender: actor, details });
}

// -- reading ------------------------------------------------------------------------------------------------------

function findRun({ emulator, repo, params }: RepoAsk): CheckRunRow | undefined {
  const run = emulator.tables.checkRuns.get(Number(params.id));
  return run?.repo_id === repo.id ? run : undefined;
}

function findSuite({ emulator, repo, params }: RepoAsk): CheckSuiteRow | undefined {
  const suite = emulator.tables.checkSuites.get(Number(params.id));
  return suite?.repo_id === repo.id ? suite : undefined;
}

function listAnnotations(ask: RepoAsk): Response {
  const run = findRun(ask);
  if (!run) return notFound();
  const site = `${ask.emulator.url}/${ask.repo.full_name}/blob/${run.head_sha}`;
  return page(
    ask.url,
    run.output.annotations.map((annotation) => ({
      path: annotation.path,
      blob_href: `${site}/${annotation.path}`,
      start_line: annotation.start_line,
      start_column: annotation.start_column ?? null,
      end_line: annotation.end_line,
      end_column: annotation.end_column ?? null,
      annotation_level: annotation.annotation_level,
      title: annotation.title ?? null,
      message: annotation.message,
      raw_details: annotation.raw_details ?? null,
    })),
  );
}

function listRunsOfCommit(ask: RepoAsk): Response {
  const { emulator, repo, params, url } = ask;
  const sha = resolveCommit(emulator, repo, params.ref ?? '');
  if (!sha) return notFound();
  const appId = url.searchParams.get('app_id');
  const runs = inRepo(emulator.tables.checkRuns, repo).filter(
    (run) => run.head_sha === sha && (appId === null || run.app_id === Number(appId)),
  );
  return pageOfRuns(ask, runs);
}

function pageOfRuns({ emulator, repo, url }: RepoAsk, runs: CheckRunRow[]): Response {
  const { searchParams: query } = url;
  const chosen = query.get('filter') === 'all' ? runs.toSorted((a, b) => b.id - a.id) : latestRuns(runs);
  const wanted = chosen.filter(
    (run) =>
      (!query.has('check_name') || run.name === query.get('check_name')) &&
      (!query.has('status') || run.status === query.get('status')),
  );
  return page(url, wanted, (items) => ({
    total_count: wanted.length,
    check_runs: items.map((run) => runJson(emulator, repo, run)),
  }));
}

function listSuitesOfCommit(ask: RepoAsk): Response {
  const { emulator, repo, params, url } = ask;
  const sha = resolveCommit(emulator, repo, params.ref ?? '');
  if (!sha) return notFound();
  const { searchParams: query } = url;
  const suites = inRepo(emulator.tables.checkSuites, repo).filter(
    (suite) =>
      suite.head_sha === sha &&
      (!query.has('app_id') || suite.app_id === Number(query.get('app_id'))) &&
      (!query.has('check_name') || runsOf(emulator, suite).some((run) => run.name === query.get('check_name'))),
  );
  return page(url, suites, (items) => ({
    total_count: suites.length,
    check_suites: items.map((suite) => wholeSuiteJson(ask, suite)),
  }));
}

function wholeSuiteJson({ emulator, repo }: RepoAsk, suite: CheckSuiteRow): Json {
  return { ...suiteJson(emulator, repo, suite), repository: repositoryJson(emulator, repo) };
}
