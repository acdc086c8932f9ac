import { distance } from 'fastest-levenshtein';
import { popularPackages } from '../../model/popular-packages.ts';

/** Shorter names are a few keystrokes from everything. */
const MIN_LENGTH = 5;

const MAX_SUGGESTIONS = 3;

/** Below this, every name is near every other. */
const MIN_LENGTH_TO_MISTAKE = 3;

/** The longest name npm takes is 214; past this, no popular one is near. */
const MAX_NAME_LENGTH = 100;

/** Whether a name is one of the many that everybody uses. */
export function isPopular(name: string): boolean {
  return popularPackages().has(name);
}

/**
 * Popular names that somebody who wrote `name` may have meant, the likeliest first. A help for the reader; it says
 * nothing about `name`.
 */
export function nearestNames(name: string): string[] {
  if (name.length < MIN_LENGTH_TO_MISTAKE || name.length > MAX_NAME_LENGTH) return [];
  const plain = plainForm(name);
  const limit = name.length < MIN_LENGTH ? 1 : name.length < 9 ? 2 : 3;
  const found: { candidate: string; edits: number; rank: number }[] = [];
  for (const [candidate, rank] of popularPackages()) {
    if (candidate === name || Math.abs(candidate.length - name.length) > LONGEST_AFFIX) continue;
    if (plain !== '' && plainForm(candidate) === plain) found.push({ candidate, edits: 0, rank });
    else if (Math.abs(candidate.length - name.length) <= limit) {
      const edits = distance(name, candidate);
      if (edits <= limit) found.push({ candidate, edits, rank });
    }
  }
  // Beside one that is a keystroke away, the farther ones only distract.
  const fewest = Math.min(...found.map(({ edits }) => edits));
  return found
    .filter(({ edits }) => edits === fewest)
    .toSorted((one, other) => one.rank - other.rank)
    .slice(0, MAX_SUGGESTIONS)
    .map(({ candidate }) => candidate);
}

/** How a name resembles another: the words for a reader. */
export type Resemblance =
  | 'one keystroke apart'
  | 'the same but for its separators'
  | 'the same but for an ending'
  | 'the same letters under another alphabet'
  | 'the same words in another order'
  | 'the same name without its scope';

/** The popular name that `name` could be mistaken for, and how; `null` where there is none. */
export function lookalikeOf(name: string): { target: string; by: Resemblance } | null {
  if (isPopular(name) || name.length < MIN_LENGTH || name.length > MAX_NAME_LENGTH) return null;
  const resemblances: [Iterable<string>, Resemblance][] = [
    [homoglyphsOf(name), 'the same letters under another alphabet'],
    [scopelessOf(name), 'the same name without its scope'],
    [separatorsOf(name), 'the same but for its separators'],
    [orderOf(name), 'the same words in another order'],
    [affixesOf(name), 'the same but for an ending'],
    [oneEditFrom(name), 'one keystroke apart'],
  ];
  for (const [candidates, by] of resemblances) {
    let best: { target: string; rank: number } | null = null;
    for (const candidate of candidates) {
      const rank = popularPackages().get(candidate);
      if (candidate === name || candidate.length < MIN_LENGTH || rank === undefined) continue;
      if (best === null || rank < best.rank) best = { target: candidate, rank };
    }
    if (best !== null) return { target: best.target, by };
  }
  return null;
}

const AFFIX = /^(?:node|js)[-_.]|[-_.]?(?:js|node)$/;

/** `node-x-js` and `x`, with a separator or two to spare. */
const LONGEST_AFFIX = 10;

function plainForm(name: string): string {
  return name.replace(AFFIX, '').replace(/[-_.]/g, '');
}

const LOOKS_LIKE: readonly (readonly [RegExp, string])[] = [
  [/0/g, 'o'],
  [/1/g, 'l'],
  [/rn/g, 'm'],
  [/vv/g, 'w'],
  [/5/g, 's'],
];

function homoglyphsOf(name: string): string[] {
  return LOOKS_LIKE.map(([look, letter]) => name.replace(look, letter)).filter((one) => one !== name);
}

/** `@types-node/x` is not meant: only the popular name as the whole of the rest, under somebody's scope. */
function scopelessOf(name: string): string[] {
  const scoped = /^@([^/]+)\/(.+)$/.exec(name);
  if (!scoped) return [];
  // `@babel/core` became `@babel-core`, `babel-core` and the like.
  return [`${scoped[1]}-${scoped[2]}`];
}

function separatorsOf(name: string): string[] {
  if (name.startsWith('@')) return [];
  const words = name.split(/[-_.]/);
  const joined = [words.join(''), words.join('-'), words.join('_'), words.join('.')];
  const scoped = words.length > 1 ? [`@${words[0]}/${words.slice(1).join('-')}`] : [];
  const split = name.includes('-')
    ? []
    : [...name].slice(1).map((_, at) => `${name.slice(0, at + 1)}-${name.slice(at + 1)}`);
  return [...joined, ...scoped, ...split];
}

function orderOf(name: string): string[] {
  const words = name.split('-');
  return words.length > 1 && words.length < 5
    ? [words.toReversed().join('-'), [...words.slice(1), words[0]].join('-')]
    : [];
}

function affixesOf(name: string): string[] {
  const bare = name.replace(AFFIX, '');
  const changed = bare === name ? [`${name}js`, `${name}-js`, `${name}.js`, `node-${name}`] : [bare];
  return [...changed, `${name}s`, ...(name.endsWith('s') ? [name.slice(0, -1)] : [])];
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789-_.';

/** Every name a single insertion, deletion, replacement or swap away; some ten thousand for the longest. */
function* oneEditFrom(name: string): Generator<string> {
  const from = name.startsWith('@') ? 1 : 0;
  for (let at = from; at <= name.length; at++) {
    const [before, after] = [name.slice(0, at), name.slice(at)];
    if (after !== '') yield before + after.slice(1);
    if (after.length > 1) yield before + after[1] + after[0] + after.slice(2);
    for (const letter of LETTERS) {
      yield before + letter + after;
      if (after !== '') yield before + letter + after.slice(1);
    }
  }
}
