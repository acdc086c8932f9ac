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
        entries(first: 100) {
          nodes {
            headCommit { oid }
            baseCommit { oid }
            pullRequest { number files(first: 100) { nodes { path changeType } } }
          }
        }
      }
    }
  }
`;

const oid = z.object({ oid: z.string() }).nullable();
const file = z.object({ path: z.string(), changeType: z.string() }).nullable();
const queued = z.object({
  headCommit: oid,
  baseCommit: oid,
  pullRequest: z
    .object({ number: z.int(), files: z.object({ nodes: z.array(file).nullable() }).nullable() })
    .nullable(),
});
const answer = z.object({
  repository: z
    .object({
      mergeQueue: z.object({ entries: z.object({ nodes: z.array(queued.nullable()) }).nullable() }).nullable(),
    })
    .nullable(),
});

/** A pull request in the queue, with the files it adds, the first hundred of its change. */
export interface QueuedPullRequest {
  number: number;
  added: string[];
}

/** Who is in a merge group, the first to be merged first. */
export interface GroupMembers {
  members: number[];
  /** What the queue merges before the group; its base commit holds it already. */
  ahead: QueuedPullRequest[];
  /** False where the queue does not show the group, and only the branch's name told of one member. */
  shown: boolean;
}

/**
 * The pull requests of a merge group: from its head commit back to its base along the queue's entries, and on from there
 * to those ahead of it. The event names none of them.
 */
export async function findGroupMembers(
  client: GitHubClient,
  name: RepositoryName,
  group: MergeGroup,
): Promise<GroupMembers> {
  const { repository } = answer.parse(await client.graphql(QUERY, { ...name, branch: group.baseBranch }));
  const entries = (repository?.mergeQueue?.entries?.nodes ?? []).filter((entry) => entry !== null);
  const members: number[] = [];
  const ahead: QueuedPullRequest[] = [];
  const walked = new Set<string>();
  let reachedBase = false;
  let commit: string | undefined = group.headSha;
  while (commit !== undefined && !walked.has(commit)) {
    walked.add(commit);
    reachedBase ||= commit === group.baseSha;
    const entry = entries.find((one) => one.headCommit?.oid === commit);
    if (!entry?.pullRequest) break;
    const { number, files } = entry.pullRequest;
    if (reachedBase) ahead.unshift({ number, added: addedOf(files?.nodes ?? []) });
    else members.unshift(number);
    commit = entry.baseCommit?.oid;
  }
  if (members.length > 0) return { members, ahead, shown: true };
  const named = /\/pr-(\d+)-[0-9a-f]+$/.exec(group.headRef)?.[1];
  return { members: named === undefined ? [] : [Number(named)], ahead: [], shown: false };
}

function addedOf(files: readonly z.infer<typeof file>[]): string[] {
  return files.flatMap((one) => (one && ['ADDED', 'RENAMED', 'COPIED'].includes(one.changeType) ? [one.path] : []));
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
