import type { ChangedFile, Hunk } from '../model/pull-request.ts';

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
  return hunks.filter(({ lines }) => lines.some((line) => line.startsWith('+'))).map(fragmentOf);
}

/** One walk over the lines: a large change has a hundred thousand of them, and lists in between cost more than reading. */
function fragmentOf({ newStart, lines }: Hunk): Fragment {
  const fragment: HeadLine[] = [];
  for (const line of lines) {
    const added = line.startsWith('+');
    if (added || line.startsWith(' ')) {
      fragment.push({ number: newStart + fragment.length, text: line.slice(1), added });
    }
  }
  return fragment;
}

/** The texts that a file lost, trimmed: what stands among them was moved or changed, and is not new. */
export function removedTexts({ hunks }: Pick<ChangedFile, 'hunks'>): Set<string> {
  const removed = hunks.flatMap((hunk) => hunk.lines.filter((line) => line.startsWith('-')));
  return new Set(removed.map((line) => line.slice(1).trim()));
}
