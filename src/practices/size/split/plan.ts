import { dirname } from 'node:path/posix';
import type { PullRequest } from '../../../model/pull-request.ts';
import type { Limits } from '../limits.ts';
import type { WeighedFile } from '../measure.ts';
import { commandsFor } from './commands.ts';
import { type Capacity, groupIntoUnits, type MovedBetween, type TouchedBy, type Unit } from './units.ts';

/** One of the smaller pull requests. */
export interface SplitPart {
  /** What it is about, in a few words: folders, or the kind of change. */
  title: string;
  branch: string;
  /** Changed paths, old names of renamed files among them; sorted. */
  paths: readonly string[];
  effort: number;
  /** Files to open. */
  files: number;
  /** False where even this part is above the limit. */
  fits: boolean;
}

/** How a change could be split, or why it had better not be. */
export type SplitPlan =
  | { state: 'found'; parts: readonly SplitPart[]; commands: readonly string[] }
  | { state: 'none'; because: string };

/** What is known beside the files. */
export interface SplitHints {
  moves?: readonly MovedBetween[];
  touchedBy?: TouchedBy;
}

/** More than these nobody reviews in a row. */
const MOST_PARTS = 5;

/** Light files make a pull request of their own from so many on; fewer travel with the first part. */
const LIGHT_FILES = 5;
const LIGHT_LINES = 200;

/** A plan whose largest part is still nearly everything is none. */
const NEARLY_ALL = 0.9;

/**
 * Proposes 2 to 5 pull requests, each standing on the one before: what nobody reads first, then what others need, then
 * its users. Files of one folder, of one commit and of one thought stay together where they fit. Pure, and the same for
 * the same change.
 */
export function planSplit(
  pullRequest: PullRequest,
  files: readonly WeighedFile[],
  limits: Pick<Limits, 'maxLines' | 'maxFiles'>,
  { moves = [], touchedBy = new Map() }: SplitHints = {},
): SplitPlan {
  const capacity = { effort: limits.maxLines, opened: limits.maxFiles };
  const sorted = files.toSorted((a, b) => (a.file.path < b.file.path ? -1 : 1));
  const units = groupIntoUnits(sorted, moves, touchedBy, capacity);
  const groups = packWithin(units, capacity);
  const reason = objectionTo(groups, units, limits);
  if (reason !== null) return { state: 'none', because: reason };

  const parts = groups.map((group, index): SplitPart => {
    const own = group.flatMap((unit) => unit.files);
    const { effort, opened } = sumOf(group);
    return {
      title: titleOf(group),
      branch: `${branchOf(pullRequest)}-${index + 1}`,
      paths: pathsOf(own),
      effort,
      files: opened,
      fits: effort <= limits.maxLines && opened <= limits.maxFiles,
    };
  });
  return { state: 'found', parts, commands: commandsFor(pullRequest, parts) };
}

/** Packs into as few parts as hold the limit; where those are too many, into larger ones. */
function packWithin(units: readonly Unit[], limit: Capacity): Unit[][] {
  const light = units.filter((unit) => unit.light && unit.needs.size === 0);
  const apart = isWorthAPart(light) ? light : [];
  const ordered = inOrder(
    units.filter((unit) => !apart.includes(unit)),
    units,
  );
  const room = apart.length > 0 ? MOST_PARTS - 1 : MOST_PARTS;
  const total = sumOf(ordered);
  let capacity = {
    effort: Math.max(limit.effort, total.effort / room),
    opened: Math.max(limit.opened, total.opened / room),
  };
  let packed = pack(ordered, capacity);
  while (packed.length > room) {
    capacity = { effort: capacity.effort * 1.1, opened: capacity.opened * 1.1 };
    packed = pack(ordered, capacity);
  }
  return apart.length > 0 ? [apart, ...packed] : packed;
}

function isWorthAPart(light: readonly Unit[]): boolean {
  const files = light.flatMap((unit) => unit.files);
  const lines = files.reduce((sum, { line }) => sum + line.lines, 0);
  return files.length >= LIGHT_FILES || lines >= LIGHT_LINES;
}

/**
 * Every unit after those it needs. Among those that could come next, one of the same commit goes on, then one of the same
 * folder, then of the nearest; and of these the one whose commit came first: the order in which its author thought of it.
 */
function inOrder(units: readonly Unit[], all: readonly Unit[]): Unit[] {
  const waiting = new Set(units);
  const blockers = new Map(
    units.map((unit) => [unit, [...unit.needs].filter((index) => waiting.has(all[index]!)).length]),
  );
  const users = Map.groupBy(
    units.flatMap((unit) => [...unit.needs].map((index) => ({ needed: all[index]!, unit }))),
    ({ needed }) => needed,
  );
  const ready = new Ready();
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

/** What could come next, by folder. */
class Ready {
  readonly #byFolder = new Map<string, Unit[]>();

  add(unit: Unit): void {
    const units = this.#byFolder.get(unit.folder);
    if (units) units.push(unit);
    else this.#byFolder.set(unit.folder, [unit]);
  }

  take(last: Unit | undefined): Unit | undefined {
    const next =
      last && !isDated(last) ? (this.#firstIn(last.folder, last) ?? this.#nearest(last)) : this.#nearest(last);
    const units = next && this.#byFolder.get(next.folder);
    if (!next || !units) return undefined;
    if (units.length === 1) this.#byFolder.delete(next.folder);
    else units.splice(units.indexOf(next), 1);
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
  #firstIn(folder: string, last: Unit | undefined): Unit | undefined {
    const together = (unit: Unit) => last !== undefined && isSameCommit(unit, last);
    return this.#byFolder.get(folder)?.reduce((best, unit) => {
      if (together(unit) !== together(best)) return together(unit) ? unit : best;
      return isBefore(unit, best) ? unit : best;
    });
  }
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
  if (one.firstCommit !== other.firstCommit) return one.firstCommit < other.firstCommit;
  return one.files[0]!.file.path < other.files[0]!.file.path;
}

/** What was committed together belongs together more than what lies side by side. */
function closeness(one: Unit, last: Unit): number {
  return sharedFolders(one.folder, last.folder) + (isSameCommit(one, last) ? DEEPEST_FOLDER : 0);
}

/** More folders than any path has. */
const DEEPEST_FOLDER = 10_000;

/** How many folders two paths have in common from the top; one more where they are the same. */
function sharedFolders(one: string, other: string): number {
  const [own, others] = [one.split('/'), other.split('/')];
  let shared = 0;
  while (shared < own.length && shared < others.length && own[shared] === others[shared]) shared++;
  return one === other ? shared + 1 : shared;
}

/** Fills one part after another. A folder that would fit whole into the next part is not torn for the rest of this one. */
function pack(ordered: readonly Unit[], capacity: Capacity): Unit[][] {
  const parts: Unit[][] = [];
  let part: Unit[] = [];
  for (const [index, unit] of ordered.entries()) {
    const filled = sumOf(part);
    const fits = filled.effort + unit.effort <= capacity.effort && filled.opened + unit.opened <= capacity.opened;
    if (part.length > 0 && (!fits || wouldTear(part, filled, ordered, index, capacity))) {
      parts.push(part);
      part = [];
    }
    part.push(unit);
  }
  if (part.length > 0) parts.push(part);
  return parts;
}

function wouldTear(
  part: readonly Unit[],
  filled: Capacity,
  ordered: readonly Unit[],
  index: number,
  capacity: Capacity,
): boolean {
  const { folder } = ordered[index]!;
  if (part.at(-1)?.folder === folder || filled.effort < capacity.effort / 2) return false;
  let effort = 0;
  for (let at = index; ordered[at]?.folder === folder; at++) effort += ordered[at]!.effort;
  return effort <= capacity.effort && filled.effort + effort > capacity.effort;
}

function sumOf(units: readonly Unit[]): Capacity {
  let effort = 0;
  let opened = 0;
  for (const unit of units) {
    effort += unit.effort;
    opened += unit.opened;
  }
  return { effort, opened };
}

/** Why this is no plan worth following; `null` where it is one. */
function objectionTo(
  parts: readonly Unit[][],
  units: readonly Unit[],
  { maxLines, maxFiles }: Pick<Limits, 'maxLines' | 'maxFiles'>,
): string | null {
  const total = sumOf(units);
  const largest = units.toSorted((a, b) => b.effort - a.effort)[0];
  const top = largest?.files.toSorted((a, b) => b.line.effort - a.line.effort)[0];
  if (!largest || !top) return 'there is nothing to split';
  if (parts.length > 1) {
    const most = Math.max(...parts.map((part) => sumOf(part).effort));
    const fewest = Math.max(...parts.map((part) => sumOf(part).opened));
    const helps = total.effort > maxLines ? most < total.effort * NEARLY_ALL : fewest < total.opened * NEARLY_ALL;
    if (helps || (total.opened > maxFiles && fewest < total.opened * NEARLY_ALL)) return null;
  }
  if (top.line.effort >= total.effort * NEARLY_ALL || largest.files.length === 1) {
    return `nearly all of it is in one file, ${top.file.path}; it has to be taken apart before the change can be`;
  }
  return `its files import one another or were moved into one another, and ${top.file.path} is in the middle; that has to be untied first`;
}

function titleOf(group: readonly Unit[]): string {
  const files = group.flatMap((unit) => unit.files);
  if (group.every((unit) => unit.light)) {
    const renamed = files.some(({ file }) => file.previousPath !== undefined);
    const generated = files.some(({ line }) => line.class === 'generated' || line.class === 'vendored');
    if (renamed && generated) return 'renames and generated code';
    if (renamed || generated) return renamed ? 'renames' : 'generated and vendored code';
  }
  const byFolder = Map.groupBy(files, ({ file }) => dirname(file.path));
  const folders = [...byFolder]
    .map(([folder, own]) => ({ folder, effort: own.reduce((sum, { line }) => sum + line.effort, 0) }))
    .toSorted((a, b) => b.effort - a.effort || (a.folder < b.folder ? -1 : 1))
    .map(({ folder }) => (folder === '.' ? 'top-level files' : folder));
  const [first = '', second, ...others] = folders;
  if (second === undefined) return first;
  return others.length === 0 ? `${first} and ${second}` : `${first}, ${second} and ${others.length} more folders`;
}

function pathsOf(files: readonly WeighedFile[]): string[] {
  const paths = files.flatMap(({ file }) =>
    file.status === 'renamed' && file.previousPath !== undefined ? [file.path, file.previousPath] : [file.path],
  );
  return [...new Set(paths)].sort();
}

/** The branch's own name with what no shell and no ref minds. */
function branchOf({ head }: PullRequest): string {
  const safe = head.branch
    .replace(/[^A-Za-z0-9._/-]+/g, '-')
    .replace(/\.{2,}|\/{2,}|\.lock(?=\/|$)/g, '-')
    .replace(/^[-./]+|[-./]+$/g, '')
    .slice(0, 80);
  return safe === '' || safe === 'HEAD' ? 'part' : safe;
}
