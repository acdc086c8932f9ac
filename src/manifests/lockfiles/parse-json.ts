/** Parsed JSON, or why it is none and at which line. */
export type JsonResult = { ok: true; value: unknown } | { ok: false; line: number | null; cause: string };

/** Parses JSON natively, which neither depth nor size can hurt. Never throws. */
export function parseJson(text: string): JsonResult {
  try {
    return { ok: true, value: JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text) };
  } catch (error) {
    const line = /\(line (\d+) column/.exec((error as Error).message)?.[1];
    const at = /at position (\d+)/.exec((error as Error).message)?.[1];
    const found = line ? Number(line) : at ? text.slice(0, Number(at)).split('\n').length : null;
    return { ok: false, line: found, cause: 'it is not valid JSON' };
  }
}

/** As `parseJson`, for JSON with comments and trailing commas. Whatever is taken out leaves its place behind. */
export function parseJsonWithComments(text: string): JsonResult {
  return parseJson(inPlainJson(text));
}

/** One pass over the text, whatever it holds: hostile text has no way to make it look twice. */
function inPlainJson(text: string): string {
  const pieces: string[] = [];
  let kept = 0;
  let comma = -1;
  const blank = (from: number, to: number) => {
    pieces.push(text.slice(kept, from), text.slice(from, to).replace(/[^\n]/g, ' '));
    kept = to;
  };
  for (let at = 0; at < text.length; ) {
    const letter = text[at]!;
    if (letter === '/' && (text[at + 1] === '/' || text[at + 1] === '*')) {
      const closing = text[at + 1] === '/' ? '\n' : '*/';
      const end = text.indexOf(closing, at + 2);
      const to = end === -1 ? text.length : closing === '\n' ? end : end + 2;
      // Between a comma and what follows it, so the comma must be blanked first where it is a trailing one.
      if (comma !== -1 && /^\s*[}\]]/.test(text.slice(to, to + 200))) blank(comma, comma + 1);
      blank(at, to);
      at = to;
      continue;
    }
    if (letter === ',') comma = at;
    else if ((letter === '}' || letter === ']') && comma >= kept) blank(comma, comma + 1);
    if (letter === '"') at = endOfString(text, at);
    if (letter !== ',' && !/\s/.test(letter)) comma = -1;
    at++;
  }
  pieces.push(text.slice(kept));
  return pieces.join('');
}

/** The offset of the quotation mark that ends a string; the end of the text where none does. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
}
