/** Check suites and runs as GraphQL nodes. */
import { findApp, inRepo, need, toSeconds } from '../emulator.ts';
import { findCommit } from '../git/objects.ts';
import { latestRuns, runsOf } from '../model/check-store.ts';
import { requiredChecks } from '../model/rules.ts';
import type { CheckRunRow, CheckSuiteRow, RepoRow } from '../tables.ts';
import { appNode } from './accounts.ts';
import { commitNode } from './git.ts';
import { repositoryNode } from './repository.ts';
import { connection, type Node, type PageArguments, type View } from './view.ts';

interface CheckRunArguments extends PageArguments {
  filterBy?: {
    checkType?: 'ALL' | 'LATEST' | null;
    appId?: number | null;
    checkName?: string | null;
    status?: string | null;
    statuses?: string[] | null;
    conclusions?: string[] | null;
  } | null;
}

/** A check suite as a node. */
export function checkSuiteNode(view: View, repo: RepoRow, suite: CheckSuiteRow): Node {
  const { emulator } = view;
  return {
    __typename: 'CheckSuite',
    id: suite.node_id,
    databaseId: suite.id,
    app: () => appNode(view, need(findApp(emulator, suite.app_id), 'an App')),
    status: suite.status.toUpperCase(),
    conclusion: suite.conclusion?.toUpperCase() ?? null,
    createdAt: toSeconds(suite.created_at),
    updatedAt: toSeconds(suite.updated_at),
    url: `${emulator.url}/${repo.full_name}/commit/${suite.head_sha}/checks?check_suite_id=${suite.id}`,
    commit: () => commitNode(view, repo, need(findCommit(emulator, repo, suite.head_sha), 'a commit')),
    repository: () => repositoryNode(view, repo),
    checkRuns: (args: CheckRunArguments) => {
      const filter = args.filterBy ?? {};
      const all = runsOf(emulator, suite);
      const statuses = filter.statuses ?? (filter.status ? [filter.status] : undefined);
      const runs = (filter.checkType === 'ALL' ? all.toReversed() : latestRuns(all))
        .filter((run) => filter.appId == null || run.app_id === filter.appId)
        .filter((run) => filter.checkName == null || run.name === filter.checkName)
        .filter((run) => !statuses || statuses.includes(run.status.toUpperCase()))
        .filter((run) => !filter.conclusions || filter.conclusions.includes(run.conclusion?.toUpperCase() ?? ''));
      return connection(runs, args, (run) => checkRunNode(view, repo, run));
    },
  };
}

function checkRunNode(view: View, repo: RepoRow, run: CheckRunRow): Node {
  const { emulator } = view;
  const url = `${emulator.url}/${repo.full_name}/runs/${run.id}`;
  return {
    __typename: 'CheckRun',
    id: run.node_id,
    databaseId: run.id,
    name: run.name,
    status: run.status.toUpperCase(),
    conclusion: run.conclusion?.toUpperCase() ?? null,
    externalId: run.external_id === '' ? null : run.external_id,
    title: run.output.title,
    summary: run.output.summary,
    text: run.output.text,
    startedAt: run.started_at && toSeconds(run.started_at),
    completedAt: run.completed_at && toSeconds(run.completed_at),
    detailsUrl: run.details_url,
    url,
    permalink: url,
    resourcePath: url.replace(emulator.url, ''),
    repository: () => repositoryNode(view, repo),
    checkSuite: () => checkSuiteNode(view, repo, need(emulator.tables.checkSuites.get(run.check_suite_id), 'a suite')),
    isRequired: ({ pullRequestNumber }: { pullRequestNumber?: number | null }) => {
      const pull = inRepo(emulator.tables.pullRequests, repo).find((row) => row.number === pullRequestNumber);
      const required = pull ? requiredChecks(emulator, repo, pull.base_ref) : [];
      return required.some((check) => check.context === run.name);
    },
    annotations: (args: PageArguments) =>
      connection(run.output.annotations, args, (annotation) => ({
        __typename: 'CheckAnnotation',
        path: annotation.path,
        title: annotation.title ?? null,
        message: annotation.message,
        rawDetails: annotation.raw_details ?? null,
        annotationLevel: annotation.annotation_level.toUpperCase(),
        blobUrl: `${emulator.url}/${repo.full_name}/blob/${run.head_sha}/${annotation.path}`,
        location: {
          start: { line: annotation.start_line, column: annotation.start_column ?? null },
          end: { line: annotation.end_line, column: annotation.end_column ?? null },
        },
      })),
  };
}
