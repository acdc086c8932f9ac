/** A stretch of a text, and the line it begins at, from 1. */
export interface Block {
  text: string;
  line: number;
}

/** Characters in one block: enough for the parser to be worth calling, little enough to be held in memory many times over. */
const BLOCK_SIZE = 32_000;

/**
 * Cuts a text before lines that begin at a depth of indentation, so that a parser never has more than a block of it in
 * hand. Entries stay whole; an entry longer than a block is a block of its own.
 */
export function* blocksOf(text: string, indent: number, firstLine = 1): Generator<Block> {
  const opening = new RegExp(`^ {${indent}}[^ \\n\\r#]`);
  let start = 0;
  let startLine = firstLine;
  let line = firstLine;
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at);
    const next = end === -1 ? text.length : end + 1;
    if (at - start >= BLOCK_SIZE && opening.test(text.slice(at, at + indent + 2))) {
      yield { text: text.slice(start, at), line: startLine };
      start = at;
      startLine = line;
    }
    at = next;
    line++;
  }
  if (start < text.length) yield { text: text.slice(start), line: startLine };
}

/** Lines that open or close a document of a YAML file. */
const BETWEEN_DOCUMENTS = /^---[ \t]*$/;

/** Cuts a text before the lines that begin at the margin; comments, and the lines between documents, open nothing. */
export function* sectionsOf(text: string): Generator<Block> {
  let start = 0;
  let startLine = 1;
  let line = 1;
  for (let at = 0; at < text.length; line++) {
    const end = text.indexOf('\n', at);
    const next = end === -1 ? text.length : end + 1;
    if (!/[\s#]/.test(text[at]!)) {
      if (start < at) yield { text: text.slice(start, at), line: startLine };
      const isBetween = text[at] === '-' && BETWEEN_DOCUMENTS.test(text.slice(at, end === -1 ? text.length : end));
      start = isBetween ? next : at;
      startLine = isBetween ? line + 1 : line;
    }
    at = next;
  }
  if (start < text.length) yield { text: text.slice(start), line: startLine };
}
