import type { ChangedFile } from '../../model/pull-request.ts';
import { type ChangedLines, eachLine, type LineKind, overlongOf } from './changed-lines.ts';
import { type FileClass, weightOf } from './classify.ts';
import type { Weights } from './options.ts';

/** What a part of a receipt line counts: changed lines of one kind, or what a file asks for beside its lines. */
export type PartKind = LineKind | 'overlong' | 'binary';

/** The lines of one kind in one file, and what they come to. */
export type ReceiptPart = {
  kind: PartKind;
  /** Changed lines; for `overlong` the further screen lines they fill, for `binary` the file itself. */
  lines: number;
  /** Of the kind alone; the class's weight is on the receipt line. */
  weight: number;
  /** `lines × weight × the weight of the class`, in quarters. */
  effort: number;
};

/** One line of the receipt: what a file adds to the effort, and why so much. */
export type ReceiptLine = {
  path: string;
  class: FileClass;
  /** The weight of its class; 0 where it does not count. */
  weight: number;
  /** Lines added and deleted, before any weight. */
  lines: number;
  /** The sum of the parts. */
  effort: number;
  /** Each kind that occurs, in a fixed order. */
  parts: ReceiptPart[];
};

/**
 * A quarter of a line. Quarters are exact in binary, so that the parts add up to their line and the lines of a receipt
 * to its total to the last digit, in any order and in any language that reads the JSON.
 */
const STEPS_PER_LINE = 4;

/** The kinds in the order in which a receipt tells them: what asks most first. */
const KINDS: readonly PartKind[] = [
  'new',
  'overlong',
  'deleted',
  'comments',
  'deleted-comments',
  'formatting',
  'moved',
  'whitespace',
  'old-side',
  'blank',
  'binary',
];

/** How many lines of each kind a file has. */
export type LineCounts = Readonly<Record<PartKind, number>>;

/** Lines that were found to ask less of a reader than new ones, or nothing. */
export const DISCOUNTED: readonly PartKind[] = [
  'comments',
  'deleted-comments',
  'formatting',
  'moved',
  'whitespace',
  'old-side',
  'blank',
];

/** How much a line of a kind counts, before the class of its file. */
function weightOfKind(kind: PartKind, weights: Weights): number {
  switch (kind) {
    case 'new':
    case 'binary':
      return 1;
    case 'deleted-comments':
      return weights.deleted * weights.comments;
    case 'old-side':
      return 0;
    default:
      return weights[kind];
  }
}

/**
 * Weighs one file. `changed` counts its lines after everything was matched; `null` where they are not known or not looked
 * at, and then what git counts is taken in full.
 */
export function weigh(
  file: ChangedFile,
  fileClass: FileClass,
  changed: LineCounts | null,
  weights: Weights,
): ReceiptLine {
  const weight = weightOf(fileClass, weights);
  // Looked at as a whole: its lines, where it has any, are nobody's reading.
  if (fileClass === 'binary') return binaryLine(file, weight);
  const counts = changed ?? { ...noLines(), new: file.additions, deleted: file.deletions };
  const parts = KINDS.filter((kind) => counts[kind] > 0).map((kind): ReceiptPart => {
    const lines = counts[kind];
    const ofKind = weightOfKind(kind, weights);
    return { kind, lines, weight: ofKind, effort: toQuarters(lines * ofKind * weight) };
  });
  const effort = parts.reduce((sum, part) => sum + part.effort, 0);
  return { path: file.path, class: fileClass, weight, lines: file.additions + file.deletions, effort, parts };
}

function binaryLine(file: ChangedFile, weight: number): ReceiptLine {
  const effort = toQuarters(weight);
  const parts: ReceiptPart[] = effort > 0 ? [{ kind: 'binary', lines: 1, weight: 1, effort }] : [];
  return { path: file.path, class: 'binary', weight, lines: file.additions + file.deletions, effort, parts };
}

/** Counts the lines of one file by what happened to them. */
export function countKinds({ runs, blank }: ChangedLines): LineCounts {
  const counts = noLines();
  counts.blank = blank;
  for (const { deleted, added } of runs) {
    for (const { kind } of deleted) counts[kind]++;
    for (const { kind, overlong } of added) {
      counts[kind]++;
      // A long line that only moved is recognised, not read.
      if (kind === 'new' || kind === 'comments') counts.overlong += overlong;
    }
  }
  return counts;
}

/** The same for a file whose lines are compared with no others, and without an object for each of them. */
export function countUncompared({ hunks, path }: ChangedFile): LineCounts {
  const counts = noLines();
  for (const hunk of hunks) {
    eachLine(hunk, path, (text, kind) => {
      if (kind === 'unchanged') return;
      counts[kind]++;
      if (kind === 'new' || kind === 'comments') counts.overlong += overlongOf(text);
    });
  }
  return counts;
}

function noLines(): Record<PartKind, number> {
  return {
    ...{ new: 0, overlong: 0, deleted: 0, comments: 0, 'deleted-comments': 0, formatting: 0 },
    ...{ moved: 0, whitespace: 0, 'old-side': 0, blank: 0, binary: 0 },
  };
}

function toQuarters(value: number): number {
  return Math.round(value * STEPS_PER_LINE) / STEPS_PER_LINE;
}

/** The most effort first, then the most lines, then by path. */
export function byEffort(a: ReceiptLine, b: ReceiptLine): number {
  return b.effort - a.effort || b.lines - a.lines || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);
}

/** In words why the same number of new lines of source would have counted more: "90 moved, 10 blank". */
export function sayDiscounts({ parts }: Pick<ReceiptLine, 'parts'>): string {
  return parts
    .filter(({ kind }) => DISCOUNTED.includes(kind))
    .map(({ kind, lines }) => `${lines.toLocaleString('en-US')} ${WORDS[kind] ?? kind}`)
    .join(', ');
}

const WORDS: Partial<Record<PartKind, string>> = {
  comments: 'comment',
  'deleted-comments': 'deleted comment',
  formatting: 'reformatted',
  whitespace: 'respaced',
  'old-side': 'counted where they are now',
};

/** How many lines of each discounted kind there are in all, with the effort they still ask for. */
export function sumDiscounts(receipt: readonly ReceiptLine[]): { kind: PartKind; lines: number; effort: number }[] {
  return DISCOUNTED.map((kind) => {
    const parts = receipt.flatMap((line) => line.parts.filter((part) => part.kind === kind));
    const lines = parts.reduce((sum, part) => sum + part.lines, 0);
    return { kind, lines, effort: parts.reduce((sum, part) => sum + part.effort, 0) };
  }).filter(({ lines }) => lines > 0);
}
