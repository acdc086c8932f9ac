import type { ChangedLine, ChangedLines } from './changed-lines.ts';

/**
 * How many letters and digits a block needs to be taken for the one that went away: git's own measure for
 * `--color-moved=zebra` (`COLOR_MOVED_MIN_ALNUM_COUNT`).
 */
const MIN_LETTERS = 20;

/** How many places a block is tried at; a line that stands in more of them says little about where it came from. */
const PLACES_TRIED = 8;

/** How far two places are compared to choose the better one. */
const LOOK_AHEAD = 32;

/** How many edited lines there may be between two pieces of one moved block. */
const EDITED_BETWEEN = 3;

/**
 * Marks lines that stand elsewhere now, within a file or across files, by their content: blocks of lines, blanks aside,
 * that were deleted in one place and added in another. A block may have been edited on the way: its pieces are found
 * one by one, and a small piece counts where it continues a larger one. A deleted line is used once. Linear in the
 * lines of the change. Gives back how many lines went from which file to which other, by their places in the list.
 */
export function markMoves(files: readonly ChangedLines[]): { from: number; to: number; lines: number }[] {
  const old = flatten(files, 'deleted');
  if (old.lines.length === 0) return [];
  const now = flatten(files, 'added');
  if (now.lines.length === 0) return [];
  const places = new Places(old.lines);
  const partners = new Int32Array(now.lines.length).fill(-1);
  const taken = new Uint8Array(old.lines.length);

  const fits = (index: number, place: number) =>
    partners[index] === -1 && taken[place] === 0 && now.lines[index]!.shape.key === old.lines[place]!.shape.key;
  const reach = (index: number, place: number, step: 1 | -1, atMost: number) => {
    let length = 0;
    while (length < atMost) {
      const [nextIndex, nextPlace] = [index + step * (length + 1), place + step * (length + 1)];
      if (now.file[nextIndex] !== now.file[index] || old.file[nextPlace] !== old.file[place]) break;
      if (!fits(nextIndex, nextPlace)) break;
      length++;
    }
    return length;
  };

  for (let index = 0; index < now.lines.length; index++) {
    if (partners[index]! >= 0 || now.lines[index]!.shape.letters === 0) continue;
    let best = -1;
    let bestLength = -1;
    for (const place of places.of(now.lines[index]!.shape.key, taken, PLACES_TRIED)) {
      const length = reach(index, place, 1, LOOK_AHEAD) + reach(index, place, -1, LOOK_AHEAD);
      if (length > bestLength) [best, bestLength] = [place, length];
    }
    if (best < 0) continue;
    const behind = reach(index, best, -1, Number.POSITIVE_INFINITY);
    const ahead = reach(index, best, 1, Number.POSITIVE_INFINITY);
    let letters = 0;
    for (let at = index - behind; at <= index + ahead && letters < MIN_LETTERS; at++)
      letters += now.lines[at]!.shape.letters;
    if (letters < MIN_LETTERS) continue;
    for (let offset = -behind; offset <= ahead; offset++) {
      partners[index + offset] = best + offset;
      taken[best + offset] = 1;
    }
    index += ahead;
  }
  continuePieces(1);
  continuePieces(-1);
  const between = new Map<number, number>();
  for (const [index, partner] of partners.entries()) {
    if (partner < 0) continue;
    now.lines[index]!.kind = 'moved';
    old.lines[partner]!.kind = 'old-side';
    const pair = old.file[partner]! * files.length + now.file[index]!;
    between.set(pair, (between.get(pair) ?? 0) + 1);
  }
  return [...between]
    .map(([pair, lines]) => ({ from: Math.floor(pair / files.length), to: pair % files.length, lines }))
    .filter(({ from, to }) => from !== to);

  /** Takes up small pieces that follow a moved one at nearly the same distance on both sides. */
  function continuePieces(step: 1 | -1): void {
    const first = step === 1 ? 0 : now.lines.length - 1;
    for (let index = first; index >= 0 && index < now.lines.length; index += step) {
      if (partners[index]! < 0) continue;
      const place = partners[index]!;
      for (let skipped = 1; skipped <= EDITED_BETWEEN + 1; skipped++) {
        const next = index + step * skipped;
        if (now.file[next] !== now.file[index] || partners[next] !== -1) break;
        const found = nearBy(next, place, step);
        if (found < 0) continue;
        partners[next] = found;
        taken[found] = 1;
        break;
      }
    }
  }

  function nearBy(next: number, place: number, step: 1 | -1): number {
    for (let skipped = 1; skipped <= EDITED_BETWEEN + 1; skipped++) {
      const candidate = place + step * skipped;
      if (old.file[candidate] !== old.file[place]) return -1;
      if (fits(next, candidate)) return candidate;
    }
    return -1;
  }
}

/** The lines of one side that nobody has explained yet, file after file. */
function flatten(files: readonly ChangedLines[], side: 'deleted' | 'added') {
  const lines: ChangedLine[] = [];
  const file: number[] = [];
  const open = side === 'deleted' ? ['deleted', 'deleted-comments'] : ['new', 'comments'];
  for (const [index, { runs }] of files.entries()) {
    for (const run of runs) {
      for (const line of run[side]) {
        if (!open.includes(line.kind)) continue;
        lines.push(line);
        file.push(index);
      }
    }
  }
  return { lines, file };
}

/** Where lines of the same content were deleted. */
class Places {
  readonly #byKey = new Map<number, { places: number[]; from: number }>();

  constructor(lines: readonly ChangedLine[]) {
    for (const [index, line] of lines.entries()) {
      const entry = this.#byKey.get(line.shape.key);
      if (entry) entry.places.push(index);
      else this.#byKey.set(line.shape.key, { places: [index], from: 0 });
    }
  }

  /** At most so many places that are still free, first come first. Looks only a little beyond those that are taken. */
  of(key: number, taken: Uint8Array, atMost: number): number[] {
    const entry = this.#byKey.get(key);
    if (!entry) return [];
    while (taken[entry.places[entry.from] ?? -1]) entry.from++;
    const window = entry.places.slice(entry.from, entry.from + 2 * atMost);
    return window.filter((place) => !taken[place]).slice(0, atMost);
  }
}
