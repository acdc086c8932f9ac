import { type Comment, type Node, type Program, parseSync, type VisitorObject, visitorKeys } from 'oxc-parser';
import type { Dialect } from './scripts-in.ts';

/** A syntax tree and the comments beside it. */
export interface ParsedSource {
  program: Program;
  comments: readonly Comment[];
}

/** `null` where the source is not of that dialect, or might nest too deeply. What is merely wrong in it (a name twice, say) does not matter here. */
export function parseSource(text: string, lang: Dialect): ParsedSource | null {
  if (mayNestTooDeeply(text) || endlessLineAt(text) !== -1) return null;
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
    const endless = endlessLineAt(text);
    const lines = endless === -1 ? text : text.slice(0, endless);
    const head = mayNestTooDeeply(lines) ? headOf(lines) : lines;
    const { staticImports } = parseSync('source', head, { lang, sourceType: 'module' }).module;
    return new Set(staticImports.map(({ moduleRequest }) => moduleRequest.value));
  } catch {
    return new Set();
  }
}

/** With every mistake the parser shows the line it stands in: thousands of mistakes in one endless line took gigabytes. */
const MAX_LINE = 3_000;

/** Where the first line begins that nobody wrote by hand; -1 where none does. */
function endlessLineAt(text: string): number {
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf('\n', at);
    const end = newline === -1 ? text.length : newline;
    if (end - at > MAX_LINE) return at;
    at = end + 1;
  }
  return -1;
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

/**
 * Walks a tree in the order of the source, outer nodes before inner ones, however deeply they nest. The parser's own
 * `Visitor` leaves memory behind for every tree, never to be given back.
 */
export function visitTree(program: Program, handlers: VisitorObject): void {
  const handlersByType = handlers as Readonly<Record<string, ((node: Node) => void) | undefined>>;
  const open: Node[] = [program];
  for (let node = open.pop(); node; node = open.pop()) {
    handlersByType[node.type]?.(node);
    const fields = node as unknown as Record<string, Node | readonly (Node | null)[] | null | undefined>;
    const below = (visitorKeys[node.type] ?? []).flatMap((key) => fields[key] ?? []);
    for (const child of below.reverse()) if (child) open.push(child);
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
