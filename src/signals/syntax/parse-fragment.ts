import { type Program, parseSync } from 'oxc-parser';
import type { Fragment } from '../added-text.ts';
import type { Grammar } from '../languages.ts';

/** A syntax tree of a piece of a file, and the way from its offsets to lines at head. */
export interface ParsedFragment {
  program: Program;
  /** The line at head, from 1, of an offset in the tree. */
  lineAt(offset: number): number;
}

/** What stands at one level of a piece: a piece may begin and end anywhere in a file. */
type Level = 'top' | 'statements' | 'class' | 'object' | 'type' | 'arguments' | 'array';

/** How to open the inner level within the outer one, without a line break, so that lines keep their numbers. */
const AMONG_STATEMENTS = {
  statements: 'async function* _() {',
  class: 'class _ {',
  object: '_ = {',
  type: 'interface _ {',
  arguments: '_(',
  array: '_ = [',
};
const OPENERS: Readonly<Record<Level, Partial<Readonly<Record<Level, string>>>>> = {
  top: AMONG_STATEMENTS,
  statements: AMONG_STATEMENTS,
  class: { statements: 'async *_() {', object: '_ = {', type: '_: {', arguments: '_ = _(', array: '_ = [' },
  object: { statements: 'async *_() {', object: '_: {', arguments: '_: _(', array: '_: [' },
  type: { type: '_: {', object: '_: {', arguments: '_(' },
  arguments: { statements: 'async () => {', object: '{', arguments: '_(', array: '[' },
  array: { statements: 'async () => {', object: '{', arguments: '_(', array: '[' },
};

const CLOSERS: Readonly<Record<Level, string>> = {
  top: '',
  statements: '}',
  class: '}',
  object: '}',
  type: '}',
  arguments: ')',
  array: ']',
};

/** Each guess is one parse; most pieces fit the first or the second. */
const MAX_GUESSES = 24;

/**
 * The syntax tree of a piece of a script. Brackets that open above it or close below it are added by guessing what they
 * belong to, until the parser has no complaint; `null` where no guess fits.
 */
export function parseFragment(fragment: Fragment, lang: Grammar): ParsedFragment | null {
  // A private name is an error where its class is out of sight; as an ordinary name it says the same here.
  const text = fragment.map((line) => line.text.replaceAll(/#(?=[A-Za-z_$])/g, '_')).join('\n');
  const { closing, opening, inTemplate } = unmatched(text);
  if (inTemplate) return null;
  const head = continuationOf(text);
  let guesses = 0;
  for (const levels of guessLevels(head.closed ? closing.slice(1) : closing, /^(?:im|ex)port\b/m.test(text))) {
    if (++guesses > MAX_GUESSES) break;
    const frame = frameOf(levels);
    if (!frame) continue;
    const prefix = frame.prefix + head.before;
    const source = prefix + text + opening + head.after + frame.suffix;
    const { program, errors } = parseSync(`fragment.${lang}`, source, { lang, sourceType: 'module' });
    if (errors.length === 0) return { program, lineAt: lineFinder(fragment, text, prefix.length) };
  }
  return null;
}

/** What a piece continues that began above: `} else {`, `} catch (e) {`, `case 1:`, `.then(…)`. */
function continuationOf(text: string): { before: string; after: string; closed: boolean } {
  const start = text.trimStart();
  if (/^\}\s*else\b/.test(start)) return { before: 'if (_) {', after: '', closed: true };
  if (/^\}\s*(?:catch|finally)\b/.test(start)) return { before: 'try {', after: '', closed: true };
  if (/^(?:case\b[^\n]*|default\s*):/.test(start)) return { before: 'switch (_) {', after: '}', closed: false };
  if (/^(?:\?\.[\w(]|\.\w|&&|\|\||\?\?)/.test(start)) return { before: '_', after: '', closed: false };
  return { before: '', after: '', closed: false };
}

/**
 * What may stand at each level, innermost first: one more level than brackets that close without being opened. The
 * likeliest guesses come first.
 */
function* guessLevels(closing: readonly string[], isModule: boolean): Generator<Level[]> {
  // Imports stand at the top and nowhere else, `return` anywhere but there.
  const first: Level = isModule ? 'top' : 'statements';
  const outermost: readonly Level[] = [first, 'class', 'object', 'arguments', 'type', 'array'];
  const [innermost, ...between] = closing;
  if (innermost === undefined) {
    for (const level of outermost) yield [level];
    return;
  }
  const middle = between.map((bracket) => likeliest(bracket));
  for (const inner of possible(innermost)) {
    for (const outer of outermost) {
      yield [inner, ...middle, outer];
      // The last of several braces often closes a class or an object.
      if (closing.at(-1) !== '}' || middle.length === 0) continue;
      yield [inner, ...middle.slice(0, -1), 'class', outer];
      yield [inner, ...middle.slice(0, -1), 'object', outer];
    }
  }
}

/** What may stand before a bracket that closes. */
function possible(bracket: string): readonly Level[] {
  if (bracket === '}') return ['statements', 'object', 'class', 'type'];
  return [likeliest(bracket)];
}

function likeliest(bracket: string): Level {
  if (bracket === '}') return 'statements';
  return bracket === ')' ? 'arguments' : 'array';
}

/** The text that opens every level from the outermost to the innermost, and what closes the outermost. */
function frameOf(levels: readonly Level[]): { prefix: string; suffix: string } | null {
  const outwards: readonly Level[] = [...levels, 'top'];
  let prefix = '';
  for (let at = levels.length - 1; at >= 0; at--) {
    const [inner, outer] = [outwards[at]!, outwards[at + 1]!];
    const opener = inner === 'top' ? '' : OPENERS[outer][inner];
    if (opener === undefined) return null;
    prefix += opener;
  }
  return { prefix, suffix: CLOSERS[levels.at(-1)!] };
}

/** In code: comments, strings and regular expressions are passed over whole, and brackets are what is wanted. */
const IN_CODE =
  /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|(?<=[=(,:;!&|?[][ \t]*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/|[`()[\]{}]/g;
const IN_TEMPLATE = /\\.|`|\$\{/g;

const PARTNERS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '${': '}' };

/**
 * Brackets of a piece that have no partner in it: those that close, in their order, and the text that would close those
 * left open. Told apart from text well enough for a guess; the parser has the last word.
 */
function unmatched(text: string): { closing: string[]; opening: string; inTemplate: boolean } {
  const closing: string[] = [];
  const stack: string[] = [];
  for (let at = 0; ; ) {
    const pattern = stack.at(-1) === '`' ? IN_TEMPLATE : IN_CODE;
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (!found) break;
    at = pattern.lastIndex;
    const [token] = found;
    if (token === '`') {
      if (stack.at(-1) === '`') stack.pop();
      else stack.push('`');
    } else if (token in PARTNERS) {
      stack.push(token);
    } else if (token === ')' || token === ']' || token === '}') {
      if (stack.length === 0) closing.push(token);
      else stack.pop();
    }
  }
  const opening = stack.toReversed().map((token) => PARTNERS[token] ?? '');
  return { closing, opening: opening.join(''), inTemplate: stack.includes('`') };
}

/** Lines begin where they begin in the text; what was put before it stands on its first line. */
function lineFinder(fragment: Fragment, text: string, before: number): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    const wanted = Math.min(Math.max(0, offset - before), text.length);
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (starts[middle]! <= wanted) low = middle;
      else high = middle - 1;
    }
    return fragment[low]!.number;
  };
}
