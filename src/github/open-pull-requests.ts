import { z } from 'zod';
import type { EvidenceSources } from '../gather.ts';
import type { OpenPullRequestsAnswer } from '../model/evidence.ts';
import type { PullRequest } from '../model/pull-request.ts';
import {
  describeGitHubError,
  type GitHubClient,
  graphqlErrorsOf,
  isRateLimit,
  type RepositoryName,
  statusOf,
} from './client.ts';

/** The most recently touched ones. A number that an older, forgotten one has is seen when somebody touches that again. */
const PULL_REQUESTS = 50;

/** Files of each. A record stands early in the order of paths (`docs/…`), and a change of more is no record. */
const FILES = 100;

const QUERY = /* GraphQL */ `
  query ComposureOpenPullRequests($owner: String!, $repo: String!, $base: String!) {
    repository(owner: $owner, name: $repo) {
      pullRequests(states: OPEN, baseRefName: $base, first: ${PULL_REQUESTS}, orderBy: { field: UPDATED_AT, direction: DESC }) {
        pageInfo { hasNextPage }
        nodes { number files(first: ${FILES}) { pageInfo { hasNextPage } nodes { path changeType } } }
      }
    }
  }
`;

const page = z.object({ hasNextPage: z.boolean() });
const answer = z.object({
  repository: z.object({
    pullRequests: z.object({
      pageInfo: page,
      nodes: z.array(
        z
          .object({
            number: z.int(),
            files: z
              .object({
                pageInfo: page,
                nodes: z.array(z.object({ path: z.string(), changeType: z.string() }).nullable()).nullable(),
              })
              .nullable(),
          })
          .nullable(),
      ),
    }),
  }),
});

/**
 * What other open pull requests against the same base add under a folder, in one request for the whole evaluation.
 *
 * @throws when GitHub refuses us or asks us to wait; what it fails to serve is `unavailable`
 */
export function openPullRequestsSource(
  client: GitHubClient,
  { owner, repo }: RepositoryName,
  { number, base }: PullRequest,
): NonNullable<EvidenceSources['openPullRequests']> {
  let reading: Promise<z.infer<typeof answer> | { failed: string }> | undefined;
  return async (requests) => {
    reading ??= read();
    const found = await reading;
    return requests.map((request) => [request, toAnswer(found, request.under, number)]);
  };

  async function read() {
    try {
      return answer.parse(await client.graphql(QUERY, { owner, repo, base: base.branch }));
    } catch (error) {
      const status = statusOf(error);
      const isGitHubs = status !== undefined || graphqlErrorsOf(error).length > 0;
      if (!isGitHubs || status === 401 || status === 403 || isRateLimit(error)) throw error;
      return { failed: describeGitHubError(error) };
    }
  }
}

function toAnswer(
  found: z.infer<typeof answer> | { failed: string },
  under: string,
  own: number | null,
): OpenPullRequestsAnswer {
  if ('failed' in found) return { state: 'unavailable', cause: found.failed };
  const { pageInfo, nodes } = found.repository.pullRequests;
  const others = nodes.filter((node) => node !== null).filter((node) => node.number !== own);
  const pullRequests = others.map(({ number, files }) => ({
    number,
    added: (files?.nodes ?? []).flatMap((file) =>
      file && ['ADDED', 'RENAMED', 'COPIED'].includes(file.changeType) && file.path.startsWith(`${under}/`)
        ? [file.path]
        : [],
    ),
  }));
  const complete = !pageInfo.hasNextPage && others.every(({ files }) => !files?.pageInfo.hasNextPage);
  return { state: 'found', pullRequests: pullRequests.filter(({ added }) => added.length > 0), complete };
}
