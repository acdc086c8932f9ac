import { z } from 'zod';
import { type GitHubClient, graphqlErrorsOf, isNotFound, type RepositoryName, readClock } from './client.ts';
import { CHECK_NAME } from './read.ts';

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
                checkSuites(first: 10, filterBy: { appId: $appId, checkName: $check }) {
                  nodes {
                    checkRuns(first: 10, filterBy: { appId: $appId, checkName: $check, checkType: LATEST }) {
                      nodes { status }
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  }
`;

/** A list in GraphQL, in which GitHub leaves holes where it may not show something. */
function listOf<T extends z.ZodType>(node: T) {
  return z
    .object({ nodes: z.array(node.nullable()).nullable() })
    .nullable()
    .transform((list) => (list?.nodes ?? []).filter((one) => one !== null));
}

const run = z.object({ status: z.string() });
const suite = z.object({ checkRuns: listOf(run) });
const commit = z.object({ commit: z.object({ checkSuites: listOf(suite) }) });
const pullRequest = z.object({ number: z.int(), updatedAt: z.string(), commits: listOf(commit) });

const answer = z.object({
  repository: z
    .object({
      pullRequests: z.object({
        pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
        nodes: z
          .array(pullRequest.nullable())
          .nullable()
          .transform((nodes) => (nodes ?? []).filter((one) => one !== null)),
      }),
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
    const page: z.infer<typeof answer>['repository'] = await ask(client, {
      owner,
      repo,
      appId,
      check: CHECK_NAME,
      after,
    });
    if (!page) return found;
    const { nodes, pageInfo } = page.pullRequests;
    const recent = nodes.filter(({ updatedAt }) => since === null || updatedAt >= since);
    found.push(...recent.filter((one) => !isAnswered(one)).map(({ number }) => number));
    after = pageInfo.hasNextPage && recent.length === nodes.length ? (pageInfo.endCursor ?? null) : null;
  } while (after !== null);
  return found;
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

function isAnswered({ commits }: z.infer<typeof pullRequest>): boolean {
  const runs = commits.flatMap(({ commit }) => commit.checkSuites).flatMap(({ checkRuns }) => checkRuns);
  return runs.some(({ status }) => status === 'COMPLETED');
}

async function ask(client: GitHubClient, variables: Record<string, unknown>) {
  try {
    return answer.parse(await client.graphql(QUERY, variables)).repository;
  } catch (error) {
    // Deleted, or taken from us, since it was listed.
    if (isNotFound(error) || graphqlErrorsOf(error).some(({ type }) => type === 'NOT_FOUND')) return null;
    throw error;
  }
}
