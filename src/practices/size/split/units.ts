import { dirname } from 'node:path/posix';
import { baseName, isManifest } from '../../../model/package-files.ts';
import type { ChangedFile } from '../../../model/pull-request.ts';
import type { WeighedFile } from '../measure.ts';
import { findNeeds } from './imports.ts';

/** Files that only make sense together, and what they come to. */
export interface Unit {
  files: readonly WeighedFile[];
  effort: number;
  opened: number;
  /** Where most of it lies. */
  folder: string;
  /** True for what nobody reads line by line: it goes first and out of the way. */
  light: boolean;
  /** By well-known names; among units of which nobody knows that one needs another, the lower goes first. */
  layer: number;
  /** The earliest commit that touches it, counted from 0; after all others where nobody knows. */
  firstCommit: number;
  /** Units that must be there before this one, by their place in the list. */
  needs: ReadonlySet<number>;
}

/** How much a part may hold. */
export interface Capacity {
  effort: number;
  opened: number;
}

/** Which commits touch a path, by their place in the pull request; empty where nobody knows. */
export type TouchedBy = ReadonlyMap<string, readonly number[]>;

/** Lines that moved from one changed file to another. */
export interface MovedBetween {
  from: ChangedFile;
  to: ChangedFile;
  lines: number;
}

/** Fewer moved lines than these tie no two files together. */
const TYING_LINES = 5;

/**
 * Groups files into units: a test with what it tests, a lockfile with its manifest, both ends of a move, and files that
 * import one another in a circle. Units grow only as far as they fit, so that a plan stays possible.
 */
export function groupIntoUnits(
  files: readonly WeighedFile[],
  moves: readonly MovedBetween[],
  touchedBy: TouchedBy,
  capacity: Capacity,
): Unit[] {
  const groups = new Groups(files, capacity);
  const byFile = new Map(files.map((one, index) => [one.file, index]));
  const byPath = new Map(files.map((one, index) => [one.file.path, index]));

  const heavyMoves = moves.filter(({ lines }) => lines >= TYING_LINES).toSorted((a, b) => b.lines - a.lines);
  for (const { from, to } of heavyMoves) groups.join(byFile.get(from), byFile.get(to));
  const subjects = Map.groupBy(
    [...files.entries()].filter(([, { line }]) => line.class === 'source'),
    ([, { file }]) => stemOf(file.path),
  );
  for (const [index, { file, line }] of files.entries()) {
    if (line.class === 'lockfile') groups.join(index, nearestManifest(file.path, byPath));
    if (line.class === 'tests' || line.class === 'snapshots') groups.join(index, subjectOf(file.path, subjects));
  }

  const needs = findNeeds(files.map(({ file }) => file));
  const edges = needs.map(({ user, needed }) => [byFile.get(user)!, byFile.get(needed)!] as const);
  for (const circle of findCircles(groups, edges)) for (const index of circle) groups.join(circle[0], index, true);
  return toUnits(files, groups, edges, touchedBy);
}

function toUnits(
  files: readonly WeighedFile[],
  groups: Groups,
  edges: readonly (readonly [number, number])[],
  touchedBy: TouchedBy,
): Unit[] {
  const members = [...Map.groupBy(files.keys(), (index) => groups.of(index))];
  const place = new Map(members.map(([root], index) => [root, index]));
  const needs = members.map(() => new Set<number>());
  for (const [user, needed] of edges) {
    const [from, to] = [place.get(groups.of(user))!, place.get(groups.of(needed))!];
    if (from !== to) needs[from]!.add(to);
  }
  return members.map(([, indexes], index): Unit => {
    const own = indexes.map((at) => files[at]!);
    const firsts = own.flatMap(({ file }) => touchedBy.get(file.path)?.slice(0, 1) ?? []);
    return {
      files: own,
      effort: own.reduce((sum, { line }) => sum + line.effort, 0),
      opened: own.reduce((sum, { opened }) => sum + opened, 0),
      folder: dirname(own.toSorted((a, b) => b.line.effort - a.line.effort)[0]!.file.path),
      light: own.every(isLight),
      layer: Math.max(...own.map(layerOf)),
      firstCommit: firsts.length > 0 ? Math.min(...firsts) : Number.POSITIVE_INFINITY,
      needs: needs[index]!,
    };
  });
}

function isLight({ line, opened }: WeighedFile): boolean {
  if (line.class === 'generated' || line.class === 'vendored') return true;
  return opened === 0 && line.class !== 'lockfile' && line.class !== 'excluded';
}

/** What prepares the ground: others stand on it without naming it. */
const GROUND =
  /(?:^|\/)(?:migrations?|migrate)\/|(?:^|\/)(?:schema|structure)\.(?:rb|sql|prisma|graphql)$|\.(?:proto|avsc|gradle|gradle\.kts)$/;

const MODELS = /(?:^|\/)(?:models?|entit(?:y|ies)|domain|types)(?:\/|\.\w+$)/;

/** 0 for the ground, 1 for the models, 2 for the rest. */
function layerOf({ file: { path }, line }: WeighedFile): number {
  if (line.class === 'lockfile' || isManifest(path) || GROUND.test(path)) return 0;
  return MODELS.test(path) ? 1 : 2;
}

/** The changed manifest that a lockfile belongs to: beside it, or in a workspace the first below it. */
function nearestManifest(path: string, byPath: ReadonlyMap<string, number>): number | undefined {
  const folder = dirname(path);
  let below: number | undefined;
  for (const [candidate, index] of byPath) {
    if (!isManifest(candidate)) continue;
    if (dirname(candidate) === folder) return index;
    if (folder === '.' || candidate.startsWith(`${folder}/`)) below ??= index;
  }
  return below;
}

/** The changed file that a test is about: of the same name but for the marks of a test, the nearest of several. */
function subjectOf(
  path: string,
  subjects: ReadonlyMap<string, readonly (readonly [number, WeighedFile])[]>,
): number | undefined {
  let best: number | undefined;
  let bestShared = -1;
  for (const [index, { file }] of subjects.get(stemOf(path)) ?? []) {
    const shared = sharedFolders(path, file.path);
    if (shared > bestShared) [best, bestShared] = [index, shared];
  }
  return best;
}

function stemOf(path: string): string {
  return baseName(path)
    .replace(/\.snap$/, '')
    .replace(/\.[^.]+$/, '')
    .replace(/^test_|[._-](?:test|tests|spec|cy|e2e)$/, '')
    .replace(/(?<=[a-z0-9])(?:Tests?|Spec|IT)$/, '');
}

function sharedFolders(one: string, other: string): number {
  const folders = new Set(one.split('/').slice(0, -1));
  return other.split('/').filter((folder) => folders.has(folder)).length;
}

/** Circles among groups: what is strongly connected cannot be put in an order. Tarjan's algorithm, without recursion. */
function findCircles(groups: Groups, edges: readonly (readonly [number, number])[]): number[][] {
  const next = new Map<number, number[]>();
  for (const [user, needed] of edges) {
    const [from, to] = [groups.of(user), groups.of(needed)];
    if (from === to) continue;
    const list = next.get(from);
    if (list) list.push(to);
    else next.set(from, [to]);
  }
  const order = new Map<number, number>();
  const low = new Map<number, number>();
  const onStack = new Set<number>();
  const stack: number[] = [];
  const circles: number[][] = [];
  for (const start of next.keys()) {
    if (order.has(start)) continue;
    const work: { node: number; at: number }[] = [{ node: start, at: 0 }];
    while (work.length > 0) {
      const frame = work.at(-1)!;
      const { node } = frame;
      if (frame.at === 0) {
        order.set(node, order.size);
        low.set(node, order.get(node)!);
        stack.push(node);
        onStack.add(node);
      }
      const target = next.get(node)?.[frame.at++];
      if (target !== undefined) {
        if (!order.has(target)) work.push({ node: target, at: 0 });
        else if (onStack.has(target)) low.set(node, Math.min(low.get(node)!, order.get(target)!));
        continue;
      }
      if (low.get(node) === order.get(node)) {
        const circle: number[] = [];
        let popped: number;
        do {
          popped = stack.pop()!;
          onStack.delete(popped);
          circle.push(popped);
        } while (popped !== node);
        if (circle.length > 1) circles.push(circle);
      }
      work.pop();
      const parent = work.at(-1)?.node;
      if (parent !== undefined) low.set(parent, Math.min(low.get(parent)!, low.get(node)!));
    }
  }
  return circles;
}

/** Sets of files that stay together. */
class Groups {
  readonly #parent: number[];
  readonly #effort: number[];
  readonly #opened: number[];
  readonly #capacity: Capacity;

  constructor(files: readonly WeighedFile[], capacity: Capacity) {
    this.#parent = files.map((_, index) => index);
    this.#effort = files.map(({ line }) => line.effort);
    this.#opened = files.map(({ opened }) => opened);
    this.#capacity = capacity;
  }

  of(index: number): number {
    let root = index;
    while (this.#parent[root] !== root) root = this.#parent[root]!;
    for (let at = index; at !== root; ) {
      const above = this.#parent[at]!;
      this.#parent[at] = root;
      at = above;
    }
    return root;
  }

  /** Joins two groups where the result fits, or in any case with `always`. */
  join(one: number | undefined, other: number | undefined, always = false): void {
    if (one === undefined || other === undefined) return;
    const [a, b] = [this.of(one), this.of(other)];
    if (a === b) return;
    const effort = this.#effort[a]! + this.#effort[b]!;
    const opened = this.#opened[a]! + this.#opened[b]!;
    if (!always && (effort > this.#capacity.effort || opened > this.#capacity.opened)) return;
    this.#parent[b] = a;
    this.#effort[a] = effort;
    this.#opened[a] = opened;
  }
}
