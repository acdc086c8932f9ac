import { z } from 'zod';
import type { CommentHistory, CommentVersion } from '../render/history.ts';
import { accountOf } from './accounts.ts';
import type { GitHubClient } from './client.ts';
import { EDITS, type EditsPage, editsPage } from './snapshot-query.ts';

const QUERY = /* GraphQL */ `
  query ComposureCommentEdits($id: ID!, $after: String) {
    node(id: $id) { ... on IssueComment { createdAt body ${EDITS('first: 50, after: $after')} } }
  }
`;

const answer = z.object({ node: z.object({ userContentEdits: editsPage.nullish() }).nullable() });

/** A comment edited more often than this is read from its newest edit back to here. */
const MAX_EDITS = 500;

/** Every version a comment went through, as far back as there is any use in reading, and how many there are. */
export async function readCommentHistory(
  client: GitHubClient,
  nodeId: string,
): Promise<{ history: CommentHistory; versions: number }> {
  const nodes: EditsPage['nodes'] = [];
  let versions = 0;
  let after: string | null = null;
  do {
    const { node } = answer.parse(await client.graphql(QUERY, { id: nodeId, after }));
    const page: EditsPage | null | undefined = node?.userContentEdits;
    if (!page) break;
    nodes.push(...page.nodes);
    versions = page.totalCount;
    after = page.pageInfo.hasNextPage ? (page.pageInfo.endCursor ?? null) : null;
  } while (after !== null && nodes.length < MAX_EDITS);
  return { history: historyOf(nodes, after === null), versions };
}

/** The versions of a comment from its edits as GitHub lists them: newest first. */
function historyOf(newestFirst: EditsPage['nodes'], fromTheStart: boolean): CommentHistory {
  const versions = newestFirst.map((edit): CommentVersion => {
    // GitHub leaves null where a node may not be seen; to us that version is as good as deleted.
    if (!edit) return { editor: null, at: '', body: null };
    const body = edit.deletedAt === null ? edit.diff : null;
    return { editor: edit.editor && accountOf(edit.editor), at: edit.editedAt, body };
  });
  return { versions: versions.reverse(), fromTheStart };
}
