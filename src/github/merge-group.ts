import { z } from 'zod';
import type { GitHubClient, RepositoryName } from './client.ts';
import { CHECK_NAME, type OwnCheck } from './read.ts';

/** A group of pull requests that a merge queue wants to merge as one. */
export interface MergeGroup {
  headSha: string;
  headRef: string;
  baseSha: string;
  baseBranch: string;
}

const QUERY = /* GraphQL */ `
  query ComposureMergeQueue($owner: String!, $repo: String!, $branch: String!) {
    repository(owner: $owner, name: $repo) {
      mergeQueue(branch: $branch) {
        entries(first: 100) { nodes { headCommit { oid } baseCommit { oid } pullRequest { number } } }
      }
    }
  }
`;

const oid = z.object({ oid: z.string() }).nullable();
const answer = z.object({
  repository: z
    .object({
      mergeQueue: z
        .object({
          entries: z
            .object({
              nodes: z.array(
                z
                  .object({
                    headCommit: oid,
                    baseCommit: oid,
                    pullRequest: z.object({ number: z.int() }).nullable(),
                  })
                  .nullable(),
              ),
            })
            .nullable(),
        })
        .nullable(),
    })
    .nullable(),
});

/**
 * The pull requests of a merge group, by number: from its head commit back to its base along the queue's entries. The
 * event names none of them; where the queue no longer shows them, the branch's own name gives the last one.
 */
export async function findGroupMembers(
  client: GitHubClient,
  name: RepositoryName,
  group: MergeGroup,
): Promise<number[]> {
  const { repository } = answer.parse(await client.graphql(QUERY, { ...name, branch: group.baseBranch }));
  const entries = (repository?.mergeQueue?.entries?.nodes ?? []).filter((entry) => entry !== null);
  const members: number[] = [];
  const walked = new Set<string>();
  let commit: string | undefined = group.headSha;
  while (commit !== undefined && commit !== group.baseSha && !walked.has(commit)) {
    walked.add(commit);
    const entry = entries.find((one) => one.headCommit?.oid === commit);
    if (!entry?.pullRequest) break;
    members.unshift(entry.pullRequest.number);
    commit = entry.baseCommit?.oid;
  }
  if (members.length > 0) return members;
  const named = /\/pr-(\d+)-[0-9a-f]+$/.exec(group.headRef)?.[1];
  return named === undefined ? [] : [Number(named)];
}

/** Our newest check run on any commit. */
export async function findOwnCheck(
  client: GitHubClient,
  { owner, repo }: RepositoryName,
  sha: string,
  appId: number,
): Promise<OwnCheck | null> {
  const { data } = await client.request('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', {
    owner,
    repo,
    ref: sha,
    check_name: CHECK_NAME,
    app_id: appId,
    per_page: 100,
  });
  const [newest] = data.check_runs.toSorted((one, other) => Number(other.id) - Number(one.id));
  if (!newest) return null;
  return {
    id: Number(newest.id),
    status: newest.status,
    conclusion: newest.conclusion,
    text: newest.output.text ?? '',
  };
}
