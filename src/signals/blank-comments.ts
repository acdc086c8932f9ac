import type { Fragment, HeadLine } from './added-text.ts';
import type { Language } from './languages.ts';

/** How comments begin, run and end in a language. */
interface CommentStyle {
  /** To the end of the line. */
  line: readonly string[];
  /** From the first to the second, over lines. */
  block?: readonly [string, string];
}

const C_LIKE: CommentStyle = { line: ['//'], block: ['/*', '*/'] };
const HASH: CommentStyle = { line: ['#'] };

const STYLES: Readonly<Record<Language, CommentStyle>> = {
  javascript: C_LIKE,
  python: { line: ['#'], block: ['"""', '"""'] },
  ruby: HASH,
  go: C_LIKE,
  jvm: C_LIKE,
  csharp: C_LIKE,
  rust: C_LIKE,
  php: { line: ['//', '#'], block: ['/*', '*/'] },
  sql: { line: ['--'], block: ['/*', '*/'] },
  prisma: C_LIKE,
  graphql: { line: ['#'], block: ['"""', '"""'] },
  proto: C_LIKE,
  openapi: HASH,
};

/** Nobody writes such lines by hand, and patterns would only get slow on them. */
const MAX_LINE_LENGTH = 500;

/**
 * The fragment with its comments taken out, and with lines too long to be written by hand left empty. A comment that
 * began above the fragment is known by the `*` that its lines begin with, or by its end; otherwise it is taken for code.
 */
export function blankComments(fragment: Fragment, language: Language): HeadLine[] {
  const style = STYLES[language];
  let inBlock = beginsInBlock(fragment, style);
  return fragment.map((line) => {
    if (line.text.length > MAX_LINE_LENGTH) return { ...line, text: '' };
    if (!inBlock && style.block?.[0] === '/*' && /^\s*\*(?:\s|\/|$)/.test(line.text)) return { ...line, text: '' };
    // Most lines have no comment, and a large change has many lines.
    if (!inBlock && !mayComment(line.text, style)) return line;
    const { text, open } = blankLine(line.text, style, inBlock);
    inBlock = open;
    return { ...line, text };
  });
}

/** Whether the first sign of a block is its end. */
function beginsInBlock(fragment: Fragment, { block }: CommentStyle): boolean {
  if (!block || block[0] === block[1]) return false;
  const first = fragment.find(({ text }) => text.includes(block[0]) || text.includes(block[1]))?.text;
  if (first === undefined) return false;
  const end = first.indexOf(block[1]);
  const start = first.indexOf(block[0]);
  return end >= 0 && (start < 0 || end < start);
}

function mayComment(text: string, { line: marks, block }: CommentStyle): boolean {
  for (const mark of marks) if (text.includes(mark)) return true;
  return block !== undefined && text.includes(block[0]);
}

/** What is left of a line, copied stretch by stretch from where the last comment ended. */
function blankLine(line: string, style: CommentStyle, inBlock: boolean) {
  const { block } = style;
  let text = '';
  let from = 0;
  let open = inBlock;
  let quote: string | null = null;
  for (let at = 0; at < line.length; ) {
    if (open && block) {
      const end = line.indexOf(block[1], at);
      if (end < 0) return { text, open };
      at = end + block[1].length;
      from = at;
      open = false;
      continue;
    }
    const letter = line[at]!;
    if (quote !== null) {
      if (letter === quote) quote = null;
      at += letter === '\\' ? 2 : 1;
    } else if (block && line.startsWith(block[0], at)) {
      text += line.slice(from, at);
      open = true;
      at += block[0].length;
    } else if (beginsComment(line, at, style)) {
      return { text: text + line.slice(from, at), open };
    } else {
      // An apostrophe in Rust or in prose has no partner; then the rest of the line is not a string.
      const opens = letter === '"' || letter === "'" || letter === '`';
      if (opens && line.indexOf(letter, at + 1) > 0) quote = letter;
      at++;
    }
  }
  return { text: open ? text : text + line.slice(from), open };
}

function beginsComment(line: string, at: number, { line: marks }: CommentStyle): boolean {
  for (const mark of marks) if (line.startsWith(mark, at)) return true;
  return false;
}
