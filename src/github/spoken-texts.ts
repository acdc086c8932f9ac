import type { Account } from '../model/pull-request.ts';
import { accountOf } from './accounts.ts';
import type { CommentNode, ReviewNode } from './snapshot-query.ts';

/** A comment or a review that may speak to us. */
export interface SpokenText {
  /** Ours to tell them apart by: `c12` for a comment, `r12` for a review. */
  id: string;
  /** GraphQL's id, to react to. */
  nodeId: string;
  /** Hostile text. */
  body: string;
  author: Account;
  /** When the text as it stands was written: ISO 8601, UTC. */
  at: string;
  /** The head commit it was written on, which GitHub knows of reviews only. */
  commit: string | null;
  /** Whether we have reacted to it. */
  answered: boolean;
}

/** How every command begins; what does not hold it somewhere is left out. */
const MENTION = '/composure';

/**
 * The comments and reviews that may hold commands, oldest first. What somebody else had the last hand in says nothing:
 * whoever may edit a comment must not be able to put words into its author's mouth.
 */
export function spokenTexts(comments: readonly CommentNode[], reviews: readonly ReviewNode[]): SpokenText[] {
  const spoken = [
    ...comments.filter(isOwnWord).map((node) => spokenText(node, `c${node.fullDatabaseId}`, node.createdAt, null)),
    ...reviews
      .filter((node) => node.state !== 'PENDING' && isOwnWord(node))
      .map((node) =>
        spokenText(node, `r${node.fullDatabaseId ?? node.id}`, node.submittedAt ?? '', node.commit?.oid ?? null),
      ),
  ];
  return spoken.sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

function isOwnWord({ body, author, editor, lastEditedAt }: CommentNode | ReviewNode): boolean {
  if (!author || !body.includes(MENTION)) return false;
  return lastEditedAt === null || (editor?.login === author.login && editor.__typename === author.__typename);
}

function spokenText(node: CommentNode | ReviewNode, id: string, writtenAt: string, commit: string | null): SpokenText {
  return {
    id,
    nodeId: node.id,
    body: node.body,
    author: accountOf(node.author, node.authorAssociation),
    at: node.lastEditedAt ?? writtenAt,
    // An edited review speaks of what was there when it was edited, which GitHub does not tell.
    commit: node.lastEditedAt === null ? commit : null,
    answered: node.reactionGroups?.some((group) => group.viewerHasReacted) ?? false,
  };
}
