import { z } from 'zod';
import {
  type GitHubClient,
  graphqlErrorsOf,
  isNotFound,
  isRateLimit,
  type RepositoryName,
  readClock,
} from './client.ts';
import type { MergeGroup } from './merge-group.ts';
import { CHECK_NAME } from './read.ts';

/** What `isAnswered` reads of a commit. */
const OUR_CHECKS = /* GraphQL */ `checkSuites(first: 10, filterBy: { appId: $appId, checkName: $check }) {
  nodes {
    checkRuns(first: 10, filterBy: { appId: $appId, checkName: $check, checkType: LATEST }) {
      nodes { status }
    }
  }
}`;

const QUERY = /* GraphQL */ `
  query ComposureSweep($owner: String!, $repo: String!, $appId: Int!, $check: String!, $after: String) {
    repository(owner: $owner, name: $repo) {
      pullRequests(first: 50, states: OPEN, orderBy: { field: UPDATED_AT, direction: DESC }, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes {
          number
          updatedAt
          commits(last: 1) {
            nodes {
              commit {
                ${OUR_CHECKS}
              }
            }
          }
        }
      }
    }
  }
`;

const QUEUE_QUERY = /* GraphQL */ `
  query ComposureQueueSweep($owner: String!, $repo: String!, $appId: Int!, $check: String!) {
    repository(owner: $owner, name: $repo) {
      defaultBranchRef { name }
      mergeQueue {
        entries(first: 100) {
          nodes {
            state
            pullRequest { number }
            baseCommit { oid }
            headCommit {
              oid
              ${OUR_CHECKS}
            }
          }
        }
      }
    }
  }
`;

/** What a list in GraphQL holds; GitHub leaves holes where it may not show something. */
function nodesOf<T extends z.ZodType>(node: T) {
  return z
    .array(node.nullable())
    .nullable()
    .transform((nodes) => (nodes ?? []).filter((one) => one !== null));
}

/** A list of which only that is wanted, and which may be missing as a whole. */
function listOf<T extends z.ZodType>(node: T) {
  return z
    .object({ nodes: nodesOf(node) })
    .nullable()
    .transform((list) => list?.nodes ?? []);
}

const run = z.object({ status: z.string() });
const suite = z.object({ checkRuns: listOf(run) });
const checked = z.object({ checkSuites: listOf(suite) });
const commit = z.object({ commit: checked });
const pullRequest = z.object({ number: z.int(), updatedAt: z.string(), commits: listOf(commit) });

const answer = z.object({
  repository: z
    .object({
      pullRequests: z.object({
        pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
        nodes: nodesOf(pullRequest),
      }),
    })
    .nullable(),
});

const queueEntry = z.object({
  state: z.string(),
  pullRequest: z.object({ number: z.int() }).nullable(),
  baseCommit: z.object({ oid: z.string() }).nullable(),
  headCommit: checked.extend({ oid: z.string() }).nullable(),
});

const queueAnswer = z.object({
  repository: z
    .object({
      defaultBranchRef: z.object({ name: z.string() }).nullable(),
      mergeQueue: z.object({ entries: listOf(queueEntry) }).nullable(),
    })
    .nullable(),
});

/**
 * Open pull requests, updated since then (ISO 8601; `null` for ever), whose head has no finished check of ours: their
 * event never reached us, or we never came to the end of it. By number.
 */
export async function findUnanswered(
  client: GitHubClient,
  { owner, repo }: RepositoryName,
  { appId, since }: { appId: number; since: string | null },
): Promise<number[]> {
  const found: number[] = [];
  let after: string | null = null;
  do {
    const variables: Record<string, unknown> = { owner, repo, appId, check: CHECK_NAME, after };
    const page: z.infer<typeof answer> | null = await ask(client, QUERY, answer, variables);
    if (!page?.repository) return found;
    const { nodes, pageInfo } = page.repository.pullRequests;
    const recent = nodes.filter(({ updatedAt }) => since === null || updatedAt >= since);
    const unanswered = recent.filter(({ commits }) => !commits.some((one) => isAnswered(one.commit)));
    found.push(...unanswered.map(({ number }) => number));
    after = pageInfo.hasNextPage && recent.length === nodes.length ? (pageInfo.endCursor ?? null) : null;
  } while (after !== null);
  return found;
}

/**
 * Groups in the merge queue of the default branch that wait for checks and have no finished one of ours. The branch is
 * named as GitHub would name it in its event.
 */
export async function findUnansweredGroups(
  client: GitHubClient,
  { owner, repo }: RepositoryName,
  appId: number,
): Promise<MergeGroup[]> {
  const variables = { owner, repo, appId, check: CHECK_NAME };
  const answered = await ask(client, QUEUE_QUERY, queueAnswer, variables).catch((error: unknown) => {
    // An older server that has no queues, or an installation that has not agreed to let us see them: none that we know.
    if (isRateLimit(error) || graphqlErrorsOf(error).length === 0) throw error;
    return null;
  });
  const baseBranch = answered?.repository?.defaultBranchRef?.name;
  if (baseBranch === undefined) return [];
  return (answered?.repository?.mergeQueue?.entries ?? []).flatMap(({ state, pullRequest, baseCommit, headCommit }) => {
    if (state !== 'AWAITING_CHECKS' || !pullRequest || !baseCommit || !headCommit || isAnswered(headCommit)) return [];
    const headRef = `refs/heads/gh-readonly-queue/${baseBranch}/pr-${pullRequest.number}-${baseCommit.oid}`;
    return [{ headSha: headCommit.oid, headRef, baseSha: baseCommit.oid, baseBranch }];
  });
}

/** Repositories in which there may be an open pull request. */
interface BusyRepositories {
  repositories: RepositoryName[];
  /** GitHub's own clock when it began to list them, in milliseconds since 1970; `null` where it did not say. */
  askedAt: number | null;
}

/** Repositories of the installation in which there may be an open pull request. */
export async function findBusyRepositories(client: GitHubClient): Promise<BusyRepositories> {
  const repositories: RepositoryName[] = [];
  let askedAt: number | null = null;
  for (let page = 1; ; page++) {
    const { data, headers } = await client.request('GET /installation/repositories', { per_page: 100, page });
    for (const { archived, disabled, open_issues_count: openIssues, owner, name } of data.repositories) {
      // GitHub counts pull requests among the issues, so that most repositories need not be asked.
      if (!archived && !disabled && openIssues > 0) repositories.push({ owner: owner.login, repo: name });
    }
    askedAt ??= readClock(headers);
    if (data.repositories.length < 100) return { repositories, askedAt };
  }
}

function isAnswered({ checkSuites }: z.infer<typeof checked>): boolean {
  return checkSuites.some(({ checkRuns }) => checkRuns.some(({ status }) => status === 'COMPLETED'));
}

async function ask<Shape extends z.ZodType>(
  client: GitHubClient,
  query: string,
  shape: Shape,
  variables: Record<string, unknown>,
): Promise<z.infer<Shape> | null> {
  try {
    return shape.parse(await client.graphql(query, variables));
  } catch (error) {
    // Deleted, or taken from us, since it was listed.
    if (isNotFound(error) || graphqlErrorsOf(error).some(({ type }) => type === 'NOT_FOUND')) return null;
    throw error;
  }
}
