import type { ChangedFile } from '../model/pull-request.ts';

/** One line as it stands at head. */
export interface HeadLine {
  /** From 1. */
  number: number;
  text: string;
  added: boolean;
}

/** What a hunk shows of the file at head: the added lines and the unchanged ones around them. */
export type Fragment = readonly HeadLine[];

/** The fragments of a file in which something was added, in their order. */
export function addedFragments({ hunks }: Pick<ChangedFile, 'hunks'>): Fragment[] {
  return hunks
    .map(({ newStart, lines }) => {
      let number = newStart;
      return lines
        .filter((line) => line.startsWith('+') || line.startsWith(' '))
        .map((line) => ({ number: number++, text: line.slice(1), added: line.startsWith('+') }));
    })
    .filter((fragment) => fragment.some((line) => line.added));
}

/** The texts that a file lost, trimmed: what stands among them was moved or changed, and is not new. */
export function removedTexts({ hunks }: Pick<ChangedFile, 'hunks'>): Set<string> {
  const removed = hunks.flatMap((hunk) => hunk.lines.filter((line) => line.startsWith('-')));
  return new Set(removed.map((line) => line.slice(1).trim()));
}
