import type { PullRequest } from '../../../model/pull-request.ts';
import type { Limits } from '../limits.ts';
import type { WeighedFile } from '../measure.ts';
import { commandsFor } from './commands.ts';
import { inOrder } from './order.ts';
import { titlesOf } from './titles.ts';
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

  const titles = titlesOf(groups);
  const parts = groups.map((group, index): SplitPart => {
    const own = group.flatMap((unit) => unit.files);
    const { effort, opened } = sumOf(group);
    return {
      title: titles[index]!,
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
  const leaving = new Set(apart);
  const ordered = inOrder(
    units.filter((unit) => !leaving.has(unit)),
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
  const parts = joinTrifles(packed, limit);
  return apart.length > 0 ? [apart, ...parts] : parts;
}

/** Less than this share of the limit is not worth a pull request of its own. */
const TRIFLE = 0.1;

/**
 * Lets a part of next to nothing travel with the one behind it, or else with the one before: where the two fit together,
 * or where the other is too large anyway and becomes no harder to read by it.
 */
function joinTrifles(parts: readonly Unit[][], limit: Capacity): Unit[][] {
  const joined: Unit[][] = [];
  for (const part of parts) {
    const before = joined.at(-1);
    if (before && (isTrifle(before, limit) || isTrifle(part, limit)) && mayJoin(before, part, limit)) {
      joined[joined.length - 1] = [...before, ...part];
    } else joined.push(part);
  }
  return joined;
}

function isTrifle(part: readonly Unit[], limit: Capacity): boolean {
  const { effort, opened } = sumOf(part);
  return effort <= limit.effort * TRIFLE && opened <= Math.max(1, limit.opened * TRIFLE);
}

function mayJoin(one: readonly Unit[], other: readonly Unit[], limit: Capacity): boolean {
  const [a, b] = [sumOf(one), sumOf(other)];
  const isOver = ({ effort, opened }: Capacity) => effort > limit.effort || opened > limit.opened;
  return isOver(a) || isOver(b) || !isOver({ effort: a.effort + b.effort, opened: a.opened + b.opened });
}

function isWorthAPart(light: readonly Unit[]): boolean {
  const files = light.flatMap((unit) => unit.files);
  const lines = files.reduce((sum, { line }) => sum + line.lines, 0);
  return files.length >= LIGHT_FILES || lines >= LIGHT_LINES;
}

/** Fills one part after another. A folder that would fit whole into the next part is not torn for the rest of this one. */
function pack(ordered: readonly Unit[], capacity: Capacity): Unit[][] {
  const parts: Unit[][] = [];
  let part: Unit[] = [];
  let filled: Capacity = { effort: 0, opened: 0 };
  for (const [index, unit] of ordered.entries()) {
    const fits = filled.effort + unit.effort <= capacity.effort && filled.opened + unit.opened <= capacity.opened;
    if (part.length > 0 && (!fits || wouldTear(part, filled, ordered, index, capacity))) {
      parts.push(part);
      part = [];
      filled = { effort: 0, opened: 0 };
    }
    part.push(unit);
    filled = { effort: filled.effort + unit.effort, opened: filled.opened + unit.opened };
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
