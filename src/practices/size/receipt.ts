import type { ChangedFile } from '../../model/pull-request.ts';
import { type FileClass, isRead } from './classify.ts';

/** One line of the receipt: what a file adds to the effort, and why so much. */
export type ReceiptLine = {
  path: string;
  class: FileClass;
  /** The weight of its class; 0 where it does not count. */
  weight: number;
  /** Lines added and deleted, before any weight. */
  lines: number;
  /** Weighted lines, in quarters. */
  effort: number;
};

/** How much a line counts, in lines of new source code. */
export interface Weights {
  deleted: number;
  source: number;
  tests: number;
  documentation: number;
}

/**
 * A quarter of a line. Quarters are exact in binary, so that the lines of a receipt add up to its total to the last
 * digit, in any order and in any language that reads the JSON.
 */
const STEPS_PER_LINE = 4;

/** Weighs one file: `(added + deleted × weights.deleted) × the weight of its class`, rounded to a quarter. */
export function weigh(file: ChangedFile, fileClass: FileClass, weights: Weights): ReceiptLine {
  const weight = isRead(fileClass) && fileClass !== 'binary' ? weights[fileClass as keyof Weights] : 0;
  const weighted = (file.additions + file.deletions * weights.deleted) * weight;
  const effort = Math.round(weighted * STEPS_PER_LINE) / STEPS_PER_LINE;
  return { path: file.path, class: fileClass, weight, lines: file.additions + file.deletions, effort };
}

/** The most effort first, then the most lines, then by path. */
export function byEffort(a: ReceiptLine, b: ReceiptLine): number {
  return b.effort - a.effort || b.lines - a.lines || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);
}
