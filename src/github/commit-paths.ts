import type { CommitPathsAnswer } from '../model/evidence.ts';
import type { Commit, PullRequest } from '../model/pull-request.ts';
import { describeGitHubError, type GitHubClient, isRateLimit, type RepositoryName, statusOf } from './client.ts';
import type { CommitMemory } from './commit-memory.ts';

/** How many commits are asked about, one request each; a longer history is too tangled to split by. */
const MAX_COMMITS = 20;

/** How many are asked about at once. */
const AT_ONCE = 5;

/**
 * Which paths each commit touches. Merges are left out: what they touch, others touched. Asked only for a change that is
 * too large, so that an ordinary one costs nothing; and of each commit once.
 *
 * @throws when GitHub refuses us or asks us to wait
 */
export async function readCommitPaths(
  client: GitHubClient,
  name: RepositoryName,
  commits: readonly Commit[],
  memory: CommitMemory,
): Promise<CommitPathsAnswer> {
  const own = commits.filter(({ parents }) => parents.length < 2);
  if (own.length > MAX_COMMITS) return { state: 'unavailable', cause: 'there are too many commits to ask about each' };
  const unknown = own.filter(({ sha }) => memory.find(name, 'paths', sha) === undefined);
  const read = new Map<string, readonly string[]>();
  try {
    for (let from = 0; from < unknown.length; from += AT_ONCE) {
      await Promise.all(
        unknown.slice(from, from + AT_ONCE).map(async ({ sha }) => {
          const { data } = await client.request('GET /repos/{owner}/{repo}/commits/{ref}', {
            ...name,
            ref: sha,
            per_page: 100,
          });
          const paths = data.files?.map((file) => file.filename) ?? [];
          read.set(sha, paths);
          memory.keep(name, 'paths', sha, paths);
        }),
      );
    }
    const paths = own.map(({ sha }) => [sha, [...(read.get(sha) ?? memory.find(name, 'paths', sha) ?? [])]] as const);
    return { state: 'found', paths: Object.fromEntries(paths) };
  } catch (error) {
    const status = statusOf(error);
    if (status === undefined || status === 401 || status === 403 || isRateLimit(error)) throw error;
    return { state: 'unavailable', cause: describeGitHubError(error) };
  }
}

/** A change of one commit on the very tip of a base tells which paths that commit touches: nobody need ask for it later. */
export function keepPathsOfOnlyCommit(
  { commits, files, totals }: PullRequest,
  name: RepositoryName,
  memory: CommitMemory,
): void {
  const [only] = commits;
  if (!only || commits.length > 1 || only.parents.length !== 1 || files.length !== totals.files) return;
  memory.keep(
    name,
    'paths',
    only.sha,
    files.map(({ path }) => path),
  );
}
