import { z } from 'zod';
import type { Account } from '../model/pull-request.ts';
import type { GitHubClient } from './client.ts';
import { accountOf } from './read.ts';
import { actor } from './snapshot-query.ts';

/** One state of a comment: what it read after somebody edited it. */
export interface CommentEdit {
  /** `null` for an account that is gone. */
  editor: Account | null;
  /** ISO 8601, UTC. */
  at: string;
  body: string;
}

const QUERY = /* GraphQL */ `
  query ComposureCommentEdits($id: ID!, $after: String) {
    node(id: $id) {
      ... on IssueComment {
        userContentEdits(first: 50, after: $after) {
          pageInfo { hasNextPage endCursor }
          nodes { editedAt deletedAt diff editor { __typename login ... on User { databaseId } ... on Bot { databaseId } } }
        }
      }
    }
  }
`;

const answer = z.object({
  node: z
    .object({
      userContentEdits: z
        .object({
          pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
          nodes: z.array(
            z
              .object({
                editedAt: z.string(),
                deletedAt: z.string().nullable(),
                diff: z.string().nullable(),
                editor: actor,
              })
              .nullable(),
          ),
        })
        .nullish(),
    })
    .nullable(),
});

/** A comment edited more often than this is read from its newest edit back to here. */
const MAX_EDITS = 500;

/**
 * The states a comment went through, oldest first, with who brought each about. GitHub keeps the whole text of every
 * edit, until somebody deletes it. The history then begins after the gap: across one, what an unknown hand ticked would
 * look like the work of the next.
 */
export async function readCommentEdits(client: GitHubClient, nodeId: string): Promise<CommentEdit[]> {
  const newestFirst: CommentEdit[] = [];
  for await (const edit of editsNewestFirst(client, nodeId)) {
    if (!edit || edit.deletedAt !== null || edit.diff === null) break;
    newestFirst.push({ editor: edit.editor && accountOf(edit.editor), at: edit.editedAt, body: edit.diff });
    if (newestFirst.length === MAX_EDITS) break;
  }
  // Times have the resolution of a second, so the order of the list decides among equals.
  return newestFirst.reverse().sort((one, other) => one.at.localeCompare(other.at));
}

async function* editsNewestFirst(client: GitHubClient, nodeId: string) {
  let after: string | null = null;
  do {
    const { node } = answer.parse(await client.graphql(QUERY, { id: nodeId, after }));
    const page = node?.userContentEdits;
    if (!page) return;
    yield* page.nodes;
    after = page.pageInfo.hasNextPage ? (page.pageInfo.endCursor ?? null) : null;
  } while (after !== null);
}
