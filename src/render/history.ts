import type { ContentMark } from '../model/content.ts';
import type { Account } from '../model/pull-request.ts';
import { readBoxes, skeletonOf } from './boxes.ts';
import {
  type CommentRecord,
  nameVersion,
  type RecordPlace,
  type RecordRefusal,
  readRecord,
  readShown,
  type SigningKeys,
} from './record.ts';

/** One version of our comment: who wrote it, when, and the whole text as it then was. */
export interface CommentVersion {
  /** `null` where GitHub no longer knows. */
  editor: Account | null;
  /** ISO 8601, UTC, to the second. */
  at: string;
  /** `null` where somebody deleted this version from the history. */
  body: string | null;
}

/** Every version of our comment that was read. */
export interface CommentHistory {
  /** Oldest first. */
  versions: readonly CommentVersion[];
  /** False where older versions exist that were not read. */
  fromTheStart: boolean;
}

/** What somebody did to a box. */
export type BoxAct =
  | { kind: 'tick'; item: string; by: Account; at: string; commit: string; content: ContentMark }
  | { kind: 'untick'; item: string; at: string };

/** One text of ours: when, for which head commit, and what each item was about. */
export interface Writing {
  at: string;
  head: string;
  contents: ReadonlyMap<string, ContentMark>;
}

/** An edit that counts for nothing, for the log. */
export interface StrangeEdit {
  by: string;
  at: string;
  what:
    | 'changed more than boxes'
    | 'brought back an older text'
    | 'by an account that is gone'
    | 'deleted from the history';
}

/** What the history of our comment amounts to. */
export interface Replay {
  /** The record to start from: that of our newest writing that can be believed. `null` where there is none. */
  record: CommentRecord | null;
  /** What was done to boxes and is not in the record, oldest first. */
  acts: BoxAct[];
  /** What we showed when, oldest first. */
  writings: Writing[];
  strange: StrangeEdit[];
  /** Why our newest writing was not believed; `null` where it was. */
  refusal: RecordRefusal | null;
}

/** What the history is read with. `self` is our own login as REST shows it: no person can have such a name. */
export interface Reader {
  self: string;
  scope: string;
  comment: number;
  keys: SigningKeys;
}

/** Two API clients may edit at once, each on top of the same text; GitHub's own page refuses the second. Milliseconds. */
const AT_ONCE = 10_000;

/** A version of ours, with what is needed to recognise edits on top of it. */
interface Original extends Writing {
  seen: string | null;
  skeleton: string;
  /** Its boxes, then those of each edit on top of it. */
  states: { editor: Account | null; at: string; boxes: ReadonlyMap<string, boolean> }[];
}

/**
 * Tells who ticked what from the history of our comment. An edit counts only where it changed boxes and nothing else
 * of a text that we wrote, for only then is it known what its author was shown. What a writing of ours overwrote
 * without having seen it is not lost: it stands in the history, and is found again by the digest that each of our
 * records has of the text it was based on.
 */
export function replayHistory(history: CommentHistory, reader: Reader): Replay {
  const { versions } = history;
  const start = findStart(history, reader);
  const originals: Original[] = [];
  const strange: StrangeEdit[] = [];
  let acts: Indexed[] = [];
  for (const [index, version] of versions.entries()) {
    const { editor, at, body } = version;
    if (editor?.login === reader.self && body !== null) {
      const original = originalOf(version, body);
      originals.push(original);
      // What we left open was not accepted, unless we had not seen it. With a record all that is known already.
      if (start.record === null) acts = acts.filter((act) => standsIn(original, act, versions));
      continue;
    }
    const isNews = index > start.seen;
    const edit = readEdit(version, originals);
    if (!isNews) continue;
    acts.push(...edit.acts.map((act) => ({ ...act, index })));
    if (edit.strange) strange.push({ by: editor?.login ?? 'ghost', at, what: edit.strange });
  }
  return {
    record: start.record,
    acts: acts.map(({ index: _, ...act }) => act),
    writings: originals.map(({ at, head, contents }) => ({ at, head, contents })),
    strange,
    refusal: start.refusal,
  };
}

/** An act with the index of the version it comes from. */
type Indexed = BoxAct & { index: number };

interface Start {
  record: CommentRecord | null;
  refusal: RecordRefusal | null;
  /** The newest version that the record knows of; what came after it was overwritten unseen, or is newer. */
  seen: number;
}

/** Where to start from: the record of our newest writing, if it can be believed. */
function findStart({ versions, fromTheStart }: CommentHistory, { self, keys, ...at }: Reader): Start {
  const index = versions.findLastIndex(({ editor, body }) => editor?.login === self && body !== null);
  const body = versions[index]?.body;
  if (body === null || body === undefined) {
    return { record: null, refusal: null, seen: -1 };
  }
  const place: RecordPlace = { ...at, first: fromTheStart && index === 0 };
  const result = readRecord(body, place, keys);
  if (!result.ok) return { record: null, refusal: result.reason, seen: -1 };
  const { record } = result;
  const seen = indexOfSeen(versions, record.seen, index);
  // A base that is nowhere to be found was deleted from the history, or lies before what was read.
  return { record, refusal: null, seen: seen < 0 ? index : seen };
}

/** The version that a writing had seen, by its name; -1 where it is not there. */
function indexOfSeen(versions: readonly CommentVersion[], seen: string | null, before: number): number {
  // The same text twice within a second: the earlier, since what is read twice does no harm and what is not read does.
  return versions.findIndex(({ body, at }, index) => index < before && body !== null && nameVersion(body, at) === seen);
}

/** Whether a writing of ours let an act stand: it left the box ticked, or had not seen the act. */
function standsIn({ states, seen }: Original, act: Indexed, versions: readonly CommentVersion[]): boolean {
  if (states[0]?.boxes.get(act.item) === true) return true;
  return act.index > indexOfSeen(versions, seen, versions.length);
}

function originalOf({ at, editor }: CommentVersion, body: string): Original {
  const shown = readShown(body);
  const contents = new Map(Object.entries(shown?.items ?? {}).map(([item, { content }]) => [item, content]));
  const states = [{ editor, at, boxes: readBoxes(body) }];
  return { at, head: shown?.head ?? '', seen: shown?.seen ?? null, contents, skeleton: skeletonOf(body), states };
}

/** What one edit did to boxes, and why it counts for less than it looks. Remembers its boxes for the edits after it. */
function readEdit(
  version: CommentVersion,
  originals: readonly Original[],
): { acts: BoxAct[]; strange?: StrangeEdit['what'] } {
  const { editor, at, body } = version;
  if (body === null) {
    // Whatever it ticked would look like the work of the next.
    for (const original of originals) original.states.length = 0;
    return { acts: [], strange: 'deleted from the history' };
  }
  const skeleton = skeletonOf(body);
  const original = originals.findLast((one) => one.skeleton === skeleton);
  if (!original) return { acts: [], strange: 'changed more than boxes' };
  const boxes = readBoxes(body);
  const before = baseOf(version, boxes, original);
  original.states.push({ editor, at, boxes });
  const acts: BoxAct[] = [];
  for (const [item, ticked] of boxes) {
    const content = original.contents.get(item);
    if (before?.get(item) === ticked) continue;
    if (!ticked) acts.push({ kind: 'untick', item, at });
    else if (before && editor && content !== undefined) {
      acts.push({ kind: 'tick', item, by: editor, at, commit: original.head, content });
    }
  }
  if (editor === null) return { acts, strange: 'by an account that is gone' };
  // With a tick on top it was read by somebody while we wrote; without one it is a copy.
  const isCopy = acts.length === 0 && original !== originals.at(-1);
  return isCopy ? { acts, strange: 'brought back an older text' } : { acts };
}

/**
 * The boxes that an edit was made on top of: those of the state before it, or of a slightly older one, where somebody
 * else edited at the same moment and this edit only adds ticks to that one. `null` when a version between was deleted.
 */
function baseOf(
  { editor, at }: CommentVersion,
  boxes: ReadonlyMap<string, boolean>,
  { states }: Original,
): ReadonlyMap<string, boolean> | null {
  const last = states.at(-1);
  if (!last) return null;
  let best = last.boxes;
  for (let index = states.length - 1; index > 0; index--) {
    const passedOver = states[index]!;
    const sameHand = editor === null || passedOver.editor?.login === editor.login;
    if (sameHand || Date.parse(at) - Date.parse(passedOver.at) > AT_ONCE) break;
    const older = states[index - 1]!.boxes;
    if (onlyAdds(older, boxes) && changes(older, boxes) < changes(best, boxes)) best = older;
  }
  return best;
}

function onlyAdds(before: ReadonlyMap<string, boolean>, after: ReadonlyMap<string, boolean>): boolean {
  return changes(before, after) > 0 && [...before].every(([item, ticked]) => !ticked || after.get(item) === true);
}

function changes(before: ReadonlyMap<string, boolean>, after: ReadonlyMap<string, boolean>): number {
  return [...after].filter(([item, ticked]) => (before.get(item) ?? false) !== ticked).length;
}
