import type { Evidence, EvidenceRequest } from '../model/evidence.ts';
import { pathIn } from './folders.ts';

/** The folders that a workspace's globs reach, as far as the folders listed so far tell. */
export interface WorkspaceWalk {
  /** Where a package of the workspace may lie: whether a `package.json` is there is still to be seen. */
  folders: readonly string[];
  /** Listings still wanted before the walk is whole. */
  wanted: readonly EvidenceRequest[];
  /** False when there are more folders than we are willing to list. */
  complete: boolean;
  /** Why a folder could not be listed; `null` when none failed. */
  cause: string | null;
}

/** Listings asked for at most, for all workspaces together: `**` over a large tree has no other end. */
const MAX_LISTINGS = 500;

/** Globs heeded at most: more of them is an attack, not a workspace. */
const MAX_GLOBS = 200;

const WILDCARD = /[*?]/;

/** Classes, alternatives, groups and escapes. */
const BEYOND_STARS = /[[\]{}()\\]/;

/**
 * Expands workspace globs against the tree at head, breadth first, listing only the folders that a glob can reach.
 * The globs are the author's text, so they are matched in time linear in their length instead of as regular expressions;
 * a part with brackets or braces matches every name, since a folder too many costs a request and one too few a mistake.
 */
export function walkWorkspace(root: string, allGlobs: readonly string[], evidence: Evidence): WorkspaceWalk {
  const globs = allGlobs.slice(0, MAX_GLOBS);
  const included = globs.filter((glob) => !glob.startsWith('!')).flatMap(partsOf);
  const excluded = globs.filter((glob) => glob.startsWith('!')).flatMap((glob) => partsOf(glob.slice(1)));
  const found: string[] = [];
  const wanted: EvidenceRequest[] = [];
  let listings = 0;
  let complete = globs.length === allGlobs.length;
  let cause: string | null = null;

  let level: Reached[] = [{ path: root, names: [], states: included.map((parts) => skipDeep(parts, [0])) }];
  while (level.length > 0) {
    const next: Reached[] = [];
    for (const reached of level) {
      if (reached.names.length > 0 && isReached(included, reached.states) && !isExcluded(excluded, reached.names)) {
        found.push(reached.path);
      }
      const names = literalsAfter(included, reached.states);
      if (names) {
        for (const name of names) next.push(enter(reached, name, included));
        continue;
      }
      const listing: EvidenceRequest = { kind: 'folder', path: reached.path, side: 'head' };
      if (++listings > MAX_LISTINGS) {
        complete = false;
        continue;
      }
      if (!evidence.has(listing)) {
        wanted.push(listing);
        continue;
      }
      const answer = evidence.folder(reached.path, 'head');
      if (answer.state === 'unavailable') cause ??= answer.cause;
      if (answer.state !== 'found') continue;
      for (const entry of answer.entries) {
        if (entry.kind !== 'folder' || entry.name.startsWith('.') || entry.name === 'node_modules') continue;
        next.push(enter(reached, entry.name, included));
      }
    }
    level = next.filter((reached) => reached.states.some((states) => states.length > 0));
  }
  return { folders: found, wanted, complete, cause };
}

/** A folder, and for each glob how many of its parts may have been used up to get there. */
interface Reached {
  path: string;
  /** The names from the root of the workspace down to here. */
  names: readonly string[];
  states: readonly (readonly number[])[];
}

function enter(from: Reached, name: string, globs: readonly string[][]): Reached {
  return {
    path: pathIn(from.path, name),
    names: [...from.names, name],
    states: globs.map((parts, index) => advance(parts, from.states[index]!, name, true)),
  };
}

function isReached(globs: readonly string[][], states: Reached['states']): boolean {
  return globs.some((parts, index) => states[index]!.includes(parts.length));
}

/** The names that must follow, where no listing is needed to know them; `null` where one is. */
function literalsAfter(globs: readonly string[][], states: Reached['states']): Set<string> | null {
  const names = new Set<string>();
  for (const [index, parts] of globs.entries()) {
    for (const state of states[index]!) {
      const part = parts[state];
      if (part === undefined) continue;
      if (WILDCARD.test(part) || BEYOND_STARS.test(part)) return null;
      names.add(part);
    }
  }
  return names;
}

function isExcluded(globs: readonly string[][], names: readonly string[]): boolean {
  return globs.some((parts) => {
    const end = names.reduce((states, name) => advance(parts, states, name, false), skipDeep(parts, [0]));
    return end.includes(parts.length);
  });
}

/** One step down into `name`. `generous` says what a part beyond `*` and `?` matches: every name, or none. */
function advance(parts: readonly string[], states: readonly number[], name: string, generous: boolean): number[] {
  const next = new Set<number>();
  for (const state of states) {
    const part = parts[state];
    if (part === undefined) continue;
    if (part === '**') next.add(state);
    else if (BEYOND_STARS.test(part) ? generous : matchesPart(part, name)) next.add(state + 1);
  }
  return skipDeep(parts, [...next]);
}

/** `**` also stands for no folder at all. */
function skipDeep(parts: readonly string[], states: readonly number[]): number[] {
  const all = new Set(states);
  for (const state of all) if (parts[state] === '**') all.add(state + 1);
  return [...all];
}

/** `*` and `?` within one name: the greedy match that goes back to the last star, never further. */
function matchesPart(part: string, name: string): boolean {
  let at = 0;
  let inPart = 0;
  let star = -1;
  let afterStar = 0;
  while (at < name.length) {
    if (part[inPart] === '*') {
      star = inPart++;
      afterStar = at;
    } else if (part[inPart] === '?' || part[inPart] === name[at]) {
      inPart++;
      at++;
    } else if (star !== -1) {
      inPart = star + 1;
      at = ++afterStar;
    } else return false;
  }
  while (part[inPart] === '*') inPart++;
  return inPart === part.length;
}

/** No parts for a glob that is empty or leads out of the repository. */
function partsOf(glob: string): string[][] {
  const parts = glob.split('/').filter((part) => part !== '' && part !== '.');
  return parts.length === 0 || parts.includes('..') ? [] : [parts];
}
