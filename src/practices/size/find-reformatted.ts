import type { ChangedLine, ChangeRun } from './changed-lines.ts';
import { longestRising } from './longest-rising.ts';
import { withoutFormatting } from './normal-form.ts';

/**
 * Marks what within a run only changed its looks: first lines that differ in blanks alone, matched in order, then what
 * lies between them where both sides say the same with other line breaks. n·log n in the lines of the run.
 */
export function markReformatted(run: ChangeRun, path: string): void {
  const { deleted, added } = run;
  if (deleted.length === 0 || added.length === 0) return;
  // Most runs are a line or two that somebody rewrote, and then nothing has a partner.
  if (!haveLinesInCommon(run)) {
    markIfSameButFormat(deleted, added, path);
    return;
  }
  const partners = pairInOrder(run);
  acceptChains(run, partners);
  let oldFrom = 0;
  let newFrom = 0;
  for (let index = 0; index <= added.length; index++) {
    const partner = index === added.length ? deleted.length : partners[index]!;
    if (partner < 0) continue;
    markIfSameButFormat(deleted.slice(oldFrom, partner), added.slice(newFrom, index), path);
    oldFrom = partner + 1;
    newFrom = index + 1;
  }
}

function haveLinesInCommon({ deleted, added }: ChangeRun): boolean {
  const keys = new Set(deleted.map(({ shape }) => shape.key));
  return added.some(({ shape }) => keys.has(shape.key));
}

/**
 * For each added line the deleted one it stands for, or -1; partners rise. As in patience diff: lines that occur equally
 * often on both sides anchor the rest, which is then matched outwards from them.
 */
function pairInOrder({ deleted, added }: ChangeRun): Int32Array {
  const places = new Map<number, { old: number[]; now: number[] }>();
  const at = (key: number) => {
    const place = places.get(key) ?? { old: [], now: [] };
    places.set(key, place);
    return place;
  };
  for (const [index, line] of deleted.entries()) at(line.shape.key).old.push(index);
  for (const [index, line] of added.entries()) at(line.shape.key).now.push(index);

  const candidates = new Int32Array(added.length).fill(-1);
  for (const { old, now } of places.values()) {
    if (old.length !== now.length) continue;
    for (const [nth, index] of now.entries()) candidates[index] = old[nth]!;
  }
  const partners = longestRising(candidates);
  const taken = new Uint8Array(deleted.length);
  for (const partner of partners) if (partner >= 0) taken[partner] = 1;
  extend(1);
  extend(-1);
  return partners;

  function extend(step: 1 | -1): void {
    const first = step === 1 ? 0 : added.length - 1;
    for (let index = first; index >= 0 && index < added.length; index += step) {
      const next = index + step;
      if (partners[index]! < 0 || partners[next] !== -1) continue;
      const partner = partners[index]! + step;
      if (
        partner < 0 ||
        partner >= deleted.length ||
        taken[partner] ||
        deleted[partner]!.shape.key !== added[next]!.shape.key
      ) {
        continue;
      }
      partners[next] = partner;
      taken[partner] = 1;
    }
  }
}

/**
 * Lines next to one another on both sides make a chain. One of nothing but brackets proves nothing: a rewritten function
 * has the braces of the old one.
 */
function acceptChains({ deleted, added }: ChangeRun, partners: Int32Array): void {
  for (let start = 0; start < added.length; ) {
    if (partners[start]! < 0) {
      start++;
      continue;
    }
    let end = start + 1;
    while (end < added.length && partners[end] === partners[end - 1]! + 1) end++;
    const chain = added.slice(start, end);
    if (chain.some((line) => line.shape.letters > 0)) {
      for (let index = start; index < end; index++) {
        added[index]!.kind = 'whitespace';
        deleted[partners[index]!]!.kind = 'old-side';
      }
    } else {
      partners.fill(-1, start, end);
    }
    start = end;
  }
}

/** A formatter works on a statement or a paragraph; longer stretches that happen to agree were found by their lines. */
const FORMATTED_LINES = 200;

function markIfSameButFormat(deleted: readonly ChangedLine[], added: readonly ChangedLine[], path: string): void {
  if (deleted.length === 0 || added.length === 0) return;
  if (deleted.length > FORMATTED_LINES || added.length > FORMATTED_LINES) return;
  // Formatting adds and takes no letters. Nearly everything ends here.
  if (sumLetters(deleted) !== sumLetters(added)) return;
  const [before, after] = [deleted, added].map((lines) =>
    withoutFormatting(
      lines.map((line) => line.text),
      path,
    ),
  );
  if (before !== after || before === '') return;
  for (const line of added) line.kind = 'formatting';
  for (const line of deleted) line.kind = 'old-side';
}

function sumLetters(lines: readonly ChangedLine[]): number {
  let sum = 0;
  for (const { shape } of lines) sum += shape.letterSum;
  return sum;
}
