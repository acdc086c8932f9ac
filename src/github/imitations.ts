import { accountOf } from './accounts.ts';
import type { CommentNode } from './snapshot-query.ts';

/** Whose comments begin as ours do without being ours; they count for nothing, and operators may want to know. */
export function imitatorsIn(comments: readonly CommentNode[], marker: string, ownId: string | null): string[] {
  const imitations = comments.filter(({ id, body }) => id !== ownId && body.trimStart().startsWith(marker));
  return [...new Set(imitations.map(({ author }) => accountOf(author).login))];
}
