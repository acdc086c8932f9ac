import type { ChangedFile } from '../../../../model/pull-request.ts';
import type { TriggerName } from '../catalogue.ts';
import type { Line } from '../lines.ts';
import type { Place } from '../places.ts';

/** A changed file as the kinds are shown it. */
export interface Seen {
  file: ChangedFile;
  place: Place;
  added: readonly Line[];
  removed: readonly Line[];
  /** Both, what is new first. */
  edits: readonly Line[];
  first: Line | undefined;
  isNew: boolean;
  /** The file comes, goes or shows no lines: that it is there, or no longer, says it all. */
  isWhole: boolean;
  /** Without lines to judge by: too large, or binary. */
  isUnread: boolean;
}

/** What a change of a file touches, and where. */
export interface Said {
  trigger: TriggerName;
  because: string;
  line: Line | undefined;
}

/** Files of one kind: how they are told, and what a change of one says; `null` where it is nothing to speak of. */
export interface Kind {
  is: (place: Place) => boolean;
  says: (seen: Seen) => Said | null;
}

/** The first line that matches. */
export function find(lines: readonly Line[], pattern: RegExp): Line | undefined {
  return lines.find(({ text }) => pattern.test(text));
}
