import type { Unit } from './units.ts';

/**
 * Every unit after those it needs. Among those that could come next, one of the same commit goes on, then one of the same
 * folder, then of the nearest; and of these the one whose commit came first: the order in which its author thought of it.
 */
export function inOrder(units: readonly Unit[], all: readonly Unit[]): Unit[] {
  const waiting = new Set(units);
  const blockers = new Map(
    units.map((unit) => [unit, [...unit.needs].filter((index) => waiting.has(all[index]!)).length]),
  );
  const users = Map.groupBy(
    units.flatMap((unit) => [...unit.needs].map((index) => ({ needed: all[index]!, unit }))),
    ({ needed }) => needed,
  );
  const ready = new Ready(units);
  for (const [unit, count] of blockers) if (count === 0) ready.add(unit);
  const ordered: Unit[] = [];
  while (waiting.size > 0) {
    // Circles were joined into one unit, so something is always ready.
    const next = ready.take(ordered.at(-1));
    if (!next) throw new Error('The units of a split need one another in a circle');
    ordered.push(next);
    waiting.delete(next);
    for (const { unit } of users.get(next) ?? []) {
      const left = blockers.get(unit)! - 1;
      blockers.set(unit, left);
      if (left === 0) ready.add(unit);
    }
  }
  return ordered;
}

/** What could come next of one folder: the ranks of its units, the first of them last, and the same by commit. */
interface Folder {
  all: number[];
  byCommit: Map<number, number[]>;
}

/** What could come next, by folder. A unit is known by its rank, so that the first of many is found without looking at all. */
class Ready {
  readonly #ranked: readonly Unit[];
  readonly #ranks: ReadonlyMap<Unit, number>;
  readonly #byFolder = new Map<string, Folder>();

  constructor(units: readonly Unit[]) {
    this.#ranked = units.toSorted((one, other) => (isBefore(one, other) ? -1 : 1));
    this.#ranks = new Map(this.#ranked.map((unit, rank) => [unit, rank]));
  }

  add(unit: Unit): void {
    const rank = this.#ranks.get(unit)!;
    const folder = this.#byFolder.get(unit.folder) ?? { all: [], byCommit: new Map<number, number[]>() };
    this.#byFolder.set(unit.folder, folder);
    insert(folder.all, rank);
    if (!isDated(unit)) return;
    const together = folder.byCommit.get(unit.firstCommit) ?? [];
    folder.byCommit.set(unit.firstCommit, together);
    insert(together, rank);
  }

  take(last: Unit | undefined): Unit | undefined {
    const next =
      last && !isDated(last) ? (this.#firstIn(last.folder, last) ?? this.#nearest(last)) : this.#nearest(last);
    const folder = next && this.#byFolder.get(next.folder);
    if (!next || !folder) return undefined;
    const rank = this.#ranks.get(next)!;
    remove(folder.all, rank);
    remove(folder.byCommit.get(next.firstCommit) ?? [], rank);
    if (folder.all.length === 0) this.#byFolder.delete(next.folder);
    return next;
  }

  #nearest(last: Unit | undefined): Unit | undefined {
    let best: Unit | undefined;
    let bestCloseness = -1;
    for (const folder of this.#byFolder.keys()) {
      const first = this.#firstIn(folder, last)!;
      const own = last ? closeness(first, last) : 0;
      if (own < bestCloseness || (own === bestCloseness && best && isBefore(best, first))) continue;
      [best, bestCloseness] = [first, own];
    }
    return best;
  }

  /** Of a folder one of the same commit, else the one that comes first. */
  #firstIn(name: string, last: Unit | undefined): Unit | undefined {
    const folder = this.#byFolder.get(name);
    const together = last && isDated(last) ? folder?.byCommit.get(last.firstCommit)?.at(-1) : undefined;
    const rank = together ?? folder?.all.at(-1);
    return rank === undefined ? undefined : this.#ranked[rank];
  }
}

/** Where a rank stands, or would stand, in a list that falls. */
function placeIn(ranks: readonly number[], rank: number): number {
  let [from, to] = [0, ranks.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (ranks[middle]! > rank) from = middle + 1;
    else to = middle;
  }
  return from;
}

function insert(ranks: number[], rank: number): void {
  ranks.splice(placeIn(ranks, rank), 0, rank);
}

function remove(ranks: number[], rank: number): void {
  const place = placeIn(ranks, rank);
  if (ranks[place] === rank) ranks.splice(place, 1);
}

/** Whether anybody knows which commit it came with. */
function isDated({ firstCommit }: Unit): boolean {
  return Number.isFinite(firstCommit);
}

function isSameCommit(one: Unit, other: Unit): boolean {
  return isDated(one) && one.firstCommit === other.firstCommit;
}

function isBefore(one: Unit, other: Unit): boolean {
  if (one.light !== other.light) return one.light;
  if (one.layer !== other.layer) return one.layer < other.layer;
  if (one.firstCommit !== other.firstCommit) return one.firstCommit < other.firstCommit;
  return one.files[0]!.file.path < other.files[0]!.file.path;
}

/** What was committed together belongs together more than what lies side by side. */
function closeness(one: Unit, last: Unit): number {
  return sharedFolders(one.folder, last.folder) + (isSameCommit(one, last) ? DEEPEST_FOLDER : 0);
}

/** More folders than any path has. */
const DEEPEST_FOLDER = 10_000;

/**
 * How many folders two paths have in common from the top; one more where they are the same. Letter by letter: each unit
 * of a plan is compared with every folder that is left.
 */
function sharedFolders(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  let shared = 0;
  let at = 0;
  for (; at < length && one[at] === other[at]; at++) if (one[at] === '/') shared++;
  const endsHere = (path: string) => at === path.length || path[at] === '/';
  if (endsHere(one) && endsHere(other)) shared++;
  return one === other ? shared + 1 : shared;
}
