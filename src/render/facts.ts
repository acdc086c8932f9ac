import type { TickFact } from '../model/tick-fact.ts';
import type { BoxAct, Reader, Replay } from './history.ts';
import { nameText, readRecord } from './record.ts';

/** Our comment as it stands, with what GitHub counts. */
export interface StandingComment {
  body: string;
  /** The login of whoever wrote the text as it stands, as REST shows it. */
  writtenBy: string;
  /** When: ISO 8601, UTC, to the second. */
  writtenAt: string;
  /** How many versions there have been, this one included; `null` where nobody counted. */
  versions: number | null;
}

/**
 * What people did to boxes since our newest writing, from the events that told of it; `null` where these do not explain
 * every version of the comment up to the one that stands, so that its history has to be read.
 *
 * Nothing is taken on trust: our record says how many versions there were when it was written, its own is the next, and
 * the rest must be the facts at hand, each made on the text that the one before it left, the last one leaving the text
 * that stands. One event that is lost or late, one edit that touched more than boxes, one text brought back: the number
 * or the row does not come out.
 */
export function replayFacts(comment: StandingComment, facts: readonly TickFact[], reader: Reader): Replay | null {
  const { body, versions } = comment;
  if (versions === null) return null;
  // The text it was made with stays what it is through any number of ticks; how many, is asked below.
  const place = { scope: reader.scope, comment: reader.comment, first: true };
  const result = readRecord(body, place, reader.keys);
  if (!result.ok || result.record.versions === undefined) return null;
  const { record } = result;
  const told = facts
    .filter((fact) => fact.comment === reader.comment)
    .toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at));
  const [first] = told;
  const last = told.at(-1);
  if (versions !== result.record.versions + 1 + told.length) return null;
  if (comment.writtenBy !== (last?.by.login ?? reader.self) || (last && last.after !== nameText(body))) return null;
  if (!told.every((fact, index) => index === 0 || follows(told[index - 1]!, fact))) return null;
  const contents = new Map(Object.entries(record.items).map(([item, { content }]) => [item, content]));
  return {
    record,
    acts: told.flatMap((fact) => actsOf(fact, record.head, contents)),
    // Ours stood at the latest when somebody first ticked it.
    writings: [{ at: first?.at ?? comment.writtenAt, head: record.head, contents }],
    strange: [],
    refusal: null,
  };
}

/**
 * Whether one edit was made on top of another. Where a second hand opens a box that the first ticked, it may not have
 * seen the tick (an API client writes the text it read a while ago): the history knows how to tell.
 */
function follows(one: TickFact, next: TickFact): boolean {
  const sameHand = one.by.login === next.by.login;
  return one.after === next.before && (sameHand || next.boxes.every(({ to }) => to));
}

function actsOf({ boxes, by, at }: TickFact, head: string, contents: ReadonlyMap<string, string>): BoxAct[] {
  return boxes.flatMap(({ item, to }): BoxAct[] => {
    if (!to) return [{ kind: 'untick', item, at }];
    const content = contents.get(item);
    return content === undefined ? [] : [{ kind: 'tick', item, by, at, commit: head, content }];
  });
}
