import { z } from 'zod';
import {
  describeGitHubError,
  type GitHubClient,
  graphqlErrorsOf,
  isRateLimit,
  type RepositoryName,
  statusOf,
} from './client.ts';
import type { CommitObject } from './commit-memory.ts';

/** How many objects one query asks for; GitHub ends queries that take longer than ten seconds. */
const OBJECTS_PER_QUERY = 60;

/** How many queries are under way at once. */
const QUERIES_AT_ONCE = 4;

/** An object of the repository, named as `git rev-parse` would: `<commit>:<path>`. */
export interface ObjectWanted {
  expression: string;
  commit: string;
  path: string;
}

/** What GitHub says of it: `null` where nothing stands there, or why it could not say. */
export type ObjectAnswer = CommitObject | null | { failed: string };

const objectsAnswer = z.object({
  repository: z.record(
    z.string(),
    z
      .object({
        __typename: z.string(),
        text: z.string().nullish(),
        isBinary: z.boolean().nullish(),
        isTruncated: z.boolean().optional(),
        entries: z.array(z.object({ name: z.string(), type: z.string() })).nullish(),
      })
      .nullable(),
  ),
});

/**
 * Reads objects, with as few queries as GitHub allows. By expression.
 *
 * @throws when GitHub refuses us or asks us to wait
 */
export async function readObjects(
  client: GitHubClient,
  name: RepositoryName,
  wanted: readonly ObjectWanted[],
): Promise<Map<string, ObjectAnswer>> {
  const answers = new Map<string, ObjectAnswer>();
  const batches: ObjectWanted[][] = [];
  for (let from = 0; from < wanted.length; from += OBJECTS_PER_QUERY) {
    batches.push(wanted.slice(from, from + OBJECTS_PER_QUERY));
  }
  for (let from = 0; from < batches.length; from += QUERIES_AT_ONCE) {
    await Promise.all(
      batches.slice(from, from + QUERIES_AT_ONCE).map(async (batch) => {
        const found = await readBatch(client, name, batch);
        for (const [index, object] of batch.entries()) answers.set(object.expression, found[index] ?? null);
      }),
    );
  }
  return answers;
}

async function readBatch(
  client: GitHubClient,
  { owner, repo }: RepositoryName,
  batch: readonly ObjectWanted[],
): Promise<ObjectAnswer[]> {
  // Paths travel as variables: whatever a pull request names its files, it cannot change the query.
  const parameters = batch.map((_, index) => `$e${index}: String!`).join(', ');
  const fields = batch.map(
    (_, index) => `o${index}: object(expression: $e${index}) {
      __typename ... on Blob { text isBinary isTruncated } ... on Tree { entries { name type } }
    }`,
  );
  // A server that has not heard of a commit yet says of everything in it that it is not there.
  const commits = [...new Set(batch.map(({ commit }) => commit))];
  const known = commits.map((_, index) => `$c${index}: GitObjectID!`).join(', ');
  const commitFields = commits.map((_, index) => `c${index}: object(oid: $c${index}) { __typename }`);
  const query = `query ComposureObjects($owner: String!, $repo: String!, ${known}, ${parameters}) {
    repository(owner: $owner, name: $repo) { ${[...commitFields, ...fields].join('\n')} }
  }`;
  const variables = Object.fromEntries([
    ...commits.map((commit, index) => [`c${index}`, commit]),
    ...batch.map((object, index) => [`e${index}`, object.expression]),
  ]);
  try {
    const { repository } = objectsAnswer.parse(await client.graphql(query, { owner, repo, ...variables }));
    const isKnown = (commit: string) => Boolean(repository[`c${commits.indexOf(commit)}`]);
    return batch.map(({ commit }, index) => {
      return repository[`o${index}`] ?? (isKnown(commit) ? null : { failed: 'GitHub does not know the commit yet' });
    });
  } catch (error) {
    const failed = outageOf(error);
    return batch.map(() => ({ failed }));
  }
}

/**
 * What to say of GitHub's failure to serve something.
 *
 * @throws the error itself where it is none of that: rate limits and refusals must reach the worker, which knows when
 *   to try again, and so must our own faults
 */
export function outageOf(error: unknown): string {
  const status = statusOf(error);
  const isGitHubs = status !== undefined || graphqlErrorsOf(error).length > 0;
  if (!isGitHubs || status === 401 || status === 403 || isRateLimit(error)) throw error;
  return describeGitHubError(error);
}
