import type { Account, Tick } from '../model/pull-request.ts';
import { readBoxes, readHead } from './boxes.ts';

/** One version of our comment: who wrote it, when, and the whole text as it then was. */
export interface CommentEdit {
  /** `null` where GitHub no longer knows. */
  editor: Account | null;
  /** ISO 8601, UTC. */
  at: string;
  body: string;
}

/** Whose ticks are known, and which boxes are ticked by nobody knows whom. */
export interface AttributedTicks {
  ticks: Tick[];
  /** Items ticked now whose tick cannot be credited: to be undone, never guessed. */
  unknown: string[];
}

/**
 * Who ticked each box that is ticked in the newest version: the person whose edit turned it from open to ticked last.
 * `edits` are all versions of the comment, oldest first, the first writing and our own edits among them. `self` is our
 * own login, as REST shows it (`composure[bot]`; no person can have such a name): what we tick ourselves we know from the record, so no tick of ours is credited here.
 */
export function attributeTicks({ edits, self }: { edits: readonly CommentEdit[]; self: string }): AttributedTicks {
  let credited = new Map<string, Tick>();
  let boxes = new Map<string, boolean>();
  let shownHead: string | null = null;
  for (const [index, { editor, at, body }] of edits.entries()) {
    const ours = editor !== null && editor.login === self;
    const head = readHead(body);
    // An edit on top of an older text than the one before brings back that text's ticks, which are not the editor's.
    const continues = index > 0 && head === shownHead;
    const now = readBoxes(body);
    const next = new Map<string, Tick>();
    for (const [item, ticked] of now) {
      if (!ticked) continue;
      const earlier = credited.get(item);
      if (boxes.get(item)) {
        if (earlier) next.set(item, earlier);
      } else if (editor && !ours && continues && boxes.has(item)) {
        next.set(item, { item, by: editor, at, commit: shownHead });
      }
    }
    credited = next;
    boxes = now;
    if (ours) shownHead = head;
  }
  const tickedNow = [...boxes].filter(([, ticked]) => ticked).map(([item]) => item);
  return {
    ticks: tickedNow.flatMap((item) => credited.get(item) ?? []),
    unknown: tickedNow.filter((item) => !credited.has(item)),
  };
}
