/** The history of edited texts: comments and descriptions. */
import type { Edit } from '../tables.ts';

/** The versions of a text with a new one; the first edit also records what was there from the start. */
export function withEdit(
  text: { body: string | null; user_id: number; created_at: string; edits?: Edit[] },
  body: string,
  editedBy: number,
): Edit[] {
  const original = { editedAt: text.created_at, editedBy: text.user_id, body: text.body ?? '' };
  return [...(text.edits ?? [original]), { editedAt: new Date().toISOString(), editedBy, body }];
}
