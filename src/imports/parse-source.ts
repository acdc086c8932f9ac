import { type Comment, type Program, parseSync, Visitor, type VisitorObject } from 'oxc-parser';
import type { Dialect } from './scripts-in.ts';

/** A syntax tree and the comments beside it. */
export interface ParsedSource {
  program: Program;
  comments: readonly Comment[];
}

/** `null` where the source is not of that dialect, or might nest too deeply. What is merely wrong in it (a name twice, say) does not matter here. */
export function parseSource(text: string, lang: Dialect): ParsedSource | null {
  if (mayNestTooDeeply(text)) return null;
  try {
    const result = parseSync('source', text, { lang, sourceType: 'module' });
    const { program } = result;
    if (result.errors.length === 0) return { program, comments: result.comments };
    const loose = parseSync('source', text, { lang, sourceType: 'script' });
    if (loose.errors.length === 0) return { program: loose.program, comments: loose.comments };
    // With errors that leave a tree, the tree is whole; a panic leaves none.
    return program.body.length > 0 ? { program, comments: result.comments } : null;
  } catch {
    return null;
  }
}

/** The static imports that the parser sees before it gives up on a source, by their specifiers. */
export function importsBeforeFault(text: string, lang: Dialect): ReadonlySet<string> {
  try {
    const head = mayNestTooDeeply(text) ? headOf(text) : text;
    const { staticImports } = parseSync('source', head, { lang, sourceType: 'module' }).module;
    return new Set(staticImports.map(({ moduleRequest }) => moduleRequest.value));
  } catch {
    return new Set();
  }
}

/** Everything before the first opening that is one too many, cut at the end of a line. */
function headOf(text: string): string {
  let cost = 0;
  for (const { 0: opener, index } of text.matchAll(OPENERS)) {
    cost += COSTS[opener] ?? 1 / 10_000;
    if (cost > 0.9) return text.slice(0, Math.max(text.lastIndexOf('\n', index), 0));
  }
  return text;
}

/** Walks a tree; false where it nests deeper than the stack goes, which no source that anybody reads does. */
export function visitTree(program: Program, handlers: VisitorObject): boolean {
  try {
    new Visitor(handlers).visit(program);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/**
 * The parser is native and calls itself for every level: too deep a source does not throw but ends the process (with 8 MB
 * of stack, between 3,000 and 6,000 brackets, 6,000 arrows, 12,000 of the rest, tried on every construct there is). No
 * reading of hostile text can be sure which bracket closes which, so everything that could open a level is counted, as if
 * nothing ever closed. Only sources of a thousand lines and more come near; theirs are read without a tree.
 */
function mayNestTooDeeply(text: string): boolean {
  if (text.length < 1_500) return false;
  let cost = 0;
  for (const [opener] of text.matchAll(OPENERS)) {
    cost += COSTS[opener] ?? 1 / 10_000;
    if (cost > 1) return true;
  }
  return false;
}

const OPENERS =
  /[([{]|=>|[<?:=!~@+*-]|\b(?:async|infer|keyof|new|typeof|void|await|yield|delete|else|if|for|while|do|with|throw|extends|import|namespace|module|readonly|unique)\b/g;

const COSTS: Readonly<Record<string, number>> = {
  '(': 1 / 2_500,
  '[': 1 / 2_500,
  '{': 1 / 2_500,
  '=>': 1 / 5_000,
  async: 1 / 5_000,
  infer: 1 / 2_000,
  '<': 1 / 5_000,
};
