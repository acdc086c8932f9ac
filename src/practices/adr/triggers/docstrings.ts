import type { Hunk } from '../../../model/pull-request.ts';

/** A string over several lines begins or ends. */
const QUOTES = /"""|'''/;

/** Stands first on its line, so it is a statement of its own; a prefix may say how it is to be read. */
const OPENS_LINE = /^\s*[rRuUfFbB]{0,2}(?:"""|''')/;

/** What comes before a string that the program uses: a call, a list, an assignment. */
const IN_EXPRESSION = /(?:[([{,=+%\\]|\b(?:return|yield|in|and|or))\s*$/;

/**
 * The lines of a hunk, by their index, that are documentation in Python: prose between triple quotes that no code uses.
 * Where the patch begins in the middle of one, only a closing line that stands alone tells; the rest counts as code.
 */
export function docstringLines(hunk: Hunk): ReadonlySet<number> {
  const prose = new Set<number>();
  if (!hunk.lines.some((line) => QUOTES.test(line))) return prose;
  for (const side of ['+', '-'] as const) {
    const lines = [...hunk.lines.entries()].filter(([, line]) => line.startsWith(' ') || line.startsWith(side));
    for (const index of proseOn(lines, side === '+' ? hunk.newStart : hunk.oldStart)) prose.add(index);
  }
  return prose;
}

function proseOn(lines: readonly (readonly [index: number, marked: string])[], start: number): number[] {
  const prose: number[] = [];
  let open: { quote: string; isProse: boolean } | null = null;
  let before: string | null = start <= 1 ? '' : null;
  let seen = false;
  for (const [at, [index, marked]] of lines.entries()) {
    const text = marked.slice(1);
    if (open) {
      if (open.isProse) prose.push(index);
      if (text.includes(open.quote)) open = null;
      continue;
    }
    const quote = QUOTES.exec(text)?.[0];
    if (quote !== undefined) {
      const isWhole = text.split(quote).length % 2 === 1;
      if (!seen && !isWhole && closesOnly(text, quote, before, start)) {
        prose.push(...lines.slice(0, at + 1).map(([one]) => one));
      } else {
        const isProse = OPENS_LINE.test(text) && before !== null && !IN_EXPRESSION.test(before);
        if (isProse) prose.push(index);
        if (!isWhole) open = { quote, isProse };
      }
      seen = true;
    }
    if (text.trim() !== '') before = text;
  }
  return prose;
}

/** Three quotes alone, below something that neither opens a block nor waits for a value: they end what began above the patch. */
function closesOnly(text: string, quote: string, before: string | null, start: number): boolean {
  if (start <= 1 || text.trim() !== quote) return false;
  return before !== null && !/:\s*$/.test(before) && !IN_EXPRESSION.test(before);
}
