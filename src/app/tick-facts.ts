import { z } from 'zod';
import type { Account } from '../model/pull-request.ts';
import type { TickFact } from '../model/tick-fact.ts';
import { readBoxes, skeletonOf } from '../render/boxes.ts';
import { COMMENT_MARKER } from '../render/comment.ts';
import { nameText, readShown } from '../render/record.ts';

/** More boxes than any comment of ours has. */
const MAX_BOXES = 200;

const editedComment = z.object({
  comment: z.object({
    id: z.int(),
    body: z.string(),
    updated_at: z.iso.datetime(),
    user: z.object({ login: z.string(), type: z.string() }),
  }),
  changes: z.object({ body: z.object({ from: z.string() }) }),
  sender: z.object({ id: z.int(), login: z.string(), type: z.string() }),
});

/** Who receives an event, and when. */
interface Receiver {
  /** Our own bot's login, `slug[bot]`; `null` until GitHub told us. */
  botLogin: string | null;
  /** Milliseconds since 1970. */
  now: number;
}

/**
 * What `issue_comment.edited` tells of boxes in a comment of ours: who changed which. `null` where anything else was
 * changed as well, for then it is not known what its author was shown; the comment's history tells more.
 */
export function tickFactOf(payload: unknown, { botLogin, now }: Receiver): TickFact | null {
  const edited = editedComment.safeParse(payload);
  if (!edited.success) return null;
  const { comment, changes, sender } = edited.data;
  const { body } = comment;
  const { from } = changes.body;
  const isOurs = comment.user.type === 'Bot' && (botLogin === null || comment.user.login === botLogin);
  if (!isOurs || !body.startsWith(COMMENT_MARKER) || skeletonOf(from) !== skeletonOf(body)) return null;
  const before = readBoxes(from);
  const boxes = [...readBoxes(body)]
    .map(([item, to]) => ({ item, from: before.get(item) ?? false, to }))
    .filter((one) => one.from !== one.to);
  // Nothing of ours has a NUL in its name, and PostgreSQL would refuse the whole delivery for it.
  if (boxes.length === 0 || boxes.length > MAX_BOXES || boxes.some(({ item }) => item.includes('\0'))) return null;
  return {
    comment: comment.id,
    by: accountOf(sender),
    at: comment.updated_at,
    receivedAt: new Date(now).toISOString(),
    head: readShown(from)?.head ?? null,
    boxes,
    before: nameText(from),
    after: nameText(body),
  };
}

function accountOf({ id, login, type }: { id: number; login: string; type: string }): Account {
  const kind = type === 'User' ? 'user' : type === 'Bot' ? 'bot' : 'unknown';
  return { id, login, kind, association: 'NONE' };
}
