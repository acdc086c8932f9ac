/** Check runs and check suites: how they are kept, found and shown. */
import { type Emulator, inRepo, need, timestamp, toSeconds } from '../emulator.ts';
import { appJsonById, headCommitJson, type Json } from '../format.ts';
import type { CheckRunRow, CheckSuiteRow, PullRequestRow, RepoRow } from '../tables.ts';
import { pullsWithHead } from './pull-state.ts';

/** The suite of an App on a commit; on GitHub there is one, made by the push or by the first run. */
export function openSuite(
  emulator: Emulator,
  repo: RepoRow,
  suite: { appId: number; sha: string; branch: string | null; before?: string },
): CheckSuiteRow {
  const { checkSuites } = emulator.tables;
  const existing = inRepo(checkSuites, repo).find((row) => row.head_sha === suite.sha && row.app_id === suite.appId);
  if (existing) return existing;
  const row = checkSuites.insert({
    node_id: '',
    repo_id: repo.id,
    app_id: suite.appId,
    head_branch: suite.branch,
    head_sha: suite.sha,
    status: 'queued',
    conclusion: null,
    before: suite.before ?? null,
    after: suite.sha,
  });
  return need(checkSuites.update(row.id, { node_id: `CS_${row.id}` }), 'a check suite');
}

/** The runs of a suite, the oldest first. */
export function runsOf(emulator: Emulator, suite: CheckSuiteRow): CheckRunRow[] {
  return emulator.tables.checkRuns.findBy('check_suite_id', suite.id).sort((a, b) => a.id - b.id);
}

/** Of the runs of one App under one name the newest counts; the newest first. */
export function latestRuns(runs: CheckRunRow[]): CheckRunRow[] {
  const latest = new Map<string, CheckRunRow>();
  for (const run of [...runs].sort((a, b) => a.id - b.id)) latest.set(`${run.app_id} ${run.name}`, run);
  return [...latest.values()].sort((a, b) => b.id - a.id);
}

/** The worst conclusion of a suite's runs is the suite's. */
const FROM_BAD_TO_GOOD = [
  'action_required',
  'timed_out',
  'cancelled',
  'failure',
  'stale',
  'neutral',
  'skipped',
  'success',
];

/** Brings a suite in line with its runs. */
export function settleSuite(emulator: Emulator, suiteId: number): void {
  const suite = need(emulator.tables.checkSuites.get(suiteId), 'a check suite');
  const runs = latestRuns(runsOf(emulator, suite));
  const isDone = runs.length > 0 && runs.every((run) => run.status === 'completed');
  const isQueued = runs.every((run) => run.status === 'queued');
  emulator.tables.checkSuites.update(suiteId, {
    status: isDone ? 'completed' : isQueued ? 'queued' : 'in_progress',
    conclusion: isDone
      ? (FROM_BAD_TO_GOOD.find((conclusion) => runs.some((run) => run.conclusion === conclusion)) ?? null)
      : null,
  });
}

/** A run as the REST API shows it. */
export function runJson(emulator: Emulator, repo: RepoRow, run: CheckRunRow): Json {
  const self = `${emulator.url}/repos/${repo.full_name}/check-runs/${run.id}`;
  const suite = need(emulator.tables.checkSuites.get(run.check_suite_id), 'a check suite');
  return {
    id: run.id,
    node_id: run.node_id,
    head_sha: run.head_sha,
    name: run.name,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.started_at,
    completed_at: run.completed_at,
    external_id: run.external_id,
    url: self,
    html_url: `${emulator.url}/${repo.full_name}/runs/${run.id}`,
    details_url: run.details_url ?? emulator.url,
    output: {
      title: run.output.title,
      summary: run.output.summary,
      text: run.output.text,
      annotations_count: run.output.annotations.length,
      annotations_url: `${self}/annotations`,
    },
    check_suite: { id: suite.id },
    app: appJsonById(emulator, run.app_id),
    pull_requests: pullRequestRefs(emulator, repo, run.head_sha),
  };
}

/** A run as webhooks carry it: with its suite in full. */
export function runEventJson(emulator: Emulator, repo: RepoRow, run: CheckRunRow): Json {
  const suite = need(emulator.tables.checkSuites.get(run.check_suite_id), 'a check suite');
  const {
    head_commit: _,
    latest_check_runs_count: __,
    check_runs_url: ___,
    repository: ____,
    ...brief
  } = suiteJson(emulator, repo, suite);
  return { ...runJson(emulator, repo, run), check_suite: brief };
}

/** A suite, without its repository. */
export function suiteJson(emulator: Emulator, repo: RepoRow, suite: CheckSuiteRow): Json {
  const self = `${emulator.url}/repos/${repo.full_name}/check-suites/${suite.id}`;
  return {
    id: suite.id,
    node_id: suite.node_id,
    head_branch: suite.head_branch,
    head_sha: suite.head_sha,
    status: suite.status,
    conclusion: suite.conclusion,
    url: self,
    before: suite.before,
    after: suite.after,
    pull_requests: pullRequestRefs(emulator, repo, suite.head_sha),
    app: appJsonById(emulator, suite.app_id),
    created_at: toSeconds(suite.created_at),
    updated_at: toSeconds(suite.updated_at),
    head_commit: headCommitJson(emulator, repo, suite.head_sha),
    latest_check_runs_count: latestRuns(runsOf(emulator, suite)).length,
    check_runs_url: `${self}/check-runs`,
  };
}

/**
 * The pull requests a check belongs to. GitHub leaves out those from forks, for which the list is empty: an App
 * must find them by other ways.
 */
function pullRequestRefs(emulator: Emulator, repo: RepoRow, sha: string): Json[] {
  const side = { id: repo.id, url: `${emulator.url}/repos/${repo.full_name}`, name: repo.name };
  const fromHere = (pull: PullRequestRow) => pull.head_repo_id === repo.id;
  return pullsWithHead(emulator, repo, sha)
    .filter(fromHere)
    .map((pull) => ({
      url: `${side.url}/pulls/${pull.number}`,
      id: pull.id,
      number: pull.number,
      head: { ref: pull.head_ref, sha: pull.head_sha, repo: side },
      base: { ref: pull.base_ref, sha: pull.base_sha, repo: side },
    }));
}

/** Sets a run back, as a re-run asked for by a person does; it is the App's to begin anew. */
export function resetRun(emulator: Emulator, run: CheckRunRow): CheckRunRow {
  const change = { status: 'queued' as const, conclusion: null, completed_at: null, started_at: timestamp() };
  return need(emulator.tables.checkRuns.update(run.id, change), 'a check run');
}
