import type { CommitPathsAnswer } from '../model/evidence.ts';
import type { Commit } from '../model/pull-request.ts';
import { describeGitHubError, type GitHubClient, isRateLimit, type RepositoryName, statusOf } from './client.ts';

/** How many commits are asked about, one request each; a longer history is too tangled to split by. */
const MAX_COMMITS = 20;

/** How many are asked about at once. */
const AT_ONCE = 5;

/**
 * Which paths each commit touches. Merges are left out: what they touch, others touched. Asked only for a change that is
 * too large, so that an ordinary one costs nothing.
 *
 * @throws when GitHub refuses us or asks us to wait
 */
export async function readCommitPaths(
  client: GitHubClient,
  name: RepositoryName,
  commits: readonly Commit[],
): Promise<CommitPathsAnswer> {
  const own = commits.filter(({ parents }) => parents.length < 2);
  if (own.length > MAX_COMMITS) return { state: 'unavailable', cause: 'there are too many commits to ask about each' };
  const paths: Record<string, string[]> = {};
  try {
    for (let from = 0; from < own.length; from += AT_ONCE) {
      await Promise.all(
        own.slice(from, from + AT_ONCE).map(async ({ sha }) => {
          const { data } = await client.request('GET /repos/{owner}/{repo}/commits/{ref}', {
            ...name,
            ref: sha,
            per_page: 100,
          });
          paths[sha] = data.files?.map((file) => file.filename) ?? [];
        }),
      );
    }
    return { state: 'found', paths };
  } catch (error) {
    const status = statusOf(error);
    if (status === undefined || status === 401 || status === 403 || isRateLimit(error)) throw error;
    return { state: 'unavailable', cause: describeGitHubError(error) };
  }
}
