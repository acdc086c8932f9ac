import type { Fragment } from '../added-text.ts';

/**
 * Everything that can make a syntax tree one level deeper, wherever it stands, in a string or a comment too: no reading
 * of strangers' text can be fooled about it. The parser recurses in native code, where a stack that overflows ends the
 * whole process: `(` 7,000 times does it, 3,000 times in a worker's smaller stack.
 */
const DEEPER =
  /[([{<!?:=+\-*/%&|^~`$@]|\b(?:async|await|case|class|delete|do|else|extends|for|function|if|in|infer|instanceof|is|keyof|new|of|readonly|satisfies|typeof|unique|void|while|with|yield|as)\b/g;

/** How much of that one piece may hold. */
const MAX_DEEPER = 1_000;

/** Nobody writes a longer line by hand. */
const MAX_LINE_LENGTH = 1_000;

/** How far down a piece that is too large is taken apart by its indentation. */
const MAX_ROUNDS = 4;

/**
 * A fragment as pieces that are safe to parse: whole where it is small, else cut where something begins that is indented
 * least. `large` are pieces that cannot be cut any further; they are not for the parser.
 */
export function cutForParser(fragment: Fragment): { small: Fragment[]; large: Fragment[] } {
  const small: Fragment[] = [];
  let rest: Fragment[] = [fragment];
  for (let round = 0; round <= MAX_ROUNDS && rest.length > 0; round++) {
    small.push(...rest.filter(isSafe));
    rest = rest.filter((piece) => !isSafe(piece));
    if (round < MAX_ROUNDS) rest = rest.flatMap((piece) => cut(piece));
  }
  const shows = (piece: Fragment) => piece.some((line) => line.added);
  return { small: small.filter(shows), large: rest.filter(shows) };
}

function isSafe(piece: Fragment): boolean {
  let deeper = 0;
  for (const { text } of piece) {
    if (text.length > MAX_LINE_LENGTH) return false;
    deeper += text.match(DEEPER)?.length ?? 0;
    if (deeper > MAX_DEEPER) return false;
  }
  return true;
}

/** Before every line that is indented least and closes nothing; a piece of one such line loses that line's shell. */
function cut(piece: Fragment): Fragment[] {
  const isBlank = (text: string) => text.trim() === '';
  const depth = Math.min(...piece.filter(({ text }) => !isBlank(text)).map(({ text }) => depthOf(text)));
  const begins = piece.map(({ text }) => !isBlank(text) && depthOf(text) === depth && !/^\s*[)\]}<]/.test(text));
  const starts = [...begins.keys()].filter((index) => begins[index]);
  if (starts.length <= 1) return openShell(piece, depth);
  const first = starts[0] === 0 ? starts : [0, ...starts];
  // Several short statements stay together, so that they cost one parse.
  const cuts: Fragment[] = [];
  for (const [index, start] of first.entries()) {
    const one = piece.slice(start, first[index + 1] ?? piece.length);
    const joined = [...(cuts.at(-1) ?? []), ...one];
    if (cuts.length > 0 && isSafe(joined)) cuts[cuts.length - 1] = joined;
    else cuts.push(one);
  }
  return cuts;
}

/** What stands within the one thing a piece consists of. */
function openShell(piece: Fragment, depth: number): Fragment[] {
  const inner = piece.filter(({ text }) => text.trim() !== '' && depthOf(text) > depth);
  const outer = piece.filter(({ text }) => text.trim() !== '' && depthOf(text) <= depth);
  return inner.length === 0 ? piece.map((line) => [line]) : [inner, outer];
}

function depthOf(text: string): number {
  return text.length - text.trimStart().length;
}
