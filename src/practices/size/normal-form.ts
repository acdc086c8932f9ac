/** A line longer than this is compared as it stands; a normal form of it is worth nothing to a reader. */
const LONG = 10_000;

/**
 * The text with its blanks gone, those within quotes apart: a blank in a string is part of what the program does. Lines
 * that only changed their spacing have the same. Written out as a loop, since every changed line comes through here.
 */
export function withoutBlanks(text: string): string {
  if (text.length > LONG) return text;
  let form = '';
  let from = 0;
  // Kinds of quotes that do not close on this line; an apostrophe is one.
  let unclosed = '';
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (isBlank(code)) {
      form += text.slice(from, index);
      from = index + 1;
    } else if (code === DOUBLE_QUOTE || code === SINGLE_QUOTE || code === BACKTICK) {
      const quote = text[index]!;
      if (unclosed.includes(quote)) continue;
      const end = closingQuote(text, index);
      if (end < 0) unclosed += quote;
      else index = end;
    }
  }
  return from === 0 ? text : form + text.slice(from);
}

const [DOUBLE_QUOTE, SINGLE_QUOTE, BACKTICK, BACKSLASH] = [0x22, 0x27, 0x60, 0x5c];

function closingQuote(text: string, start: number): number {
  const quote = text.charCodeAt(start);
  for (let index = start + 1; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === quote) return index;
    if (code === BACKSLASH) index++;
  }
  return -1;
}

/** True for what takes room and says nothing, by its UTF-16 code. */
export function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d) || (code > 0x7f && /\s/.test(String.fromCharCode(code)));
}

/** Languages in which single and double quotes mean the same. */
const EITHER_QUOTES = /\.(?:[cm]?[jt]sx?|vue|svelte|py|pyi|css|scss|less|lua|ya?ml|toml|html?)$/i;

/**
 * Several lines as a formatter sees them: without blanks and line breaks, without commas before a closing bracket and
 * semicolons at the end of a line, and with one kind of quotes where the language knows no difference. Lines that were
 * only broken, joined or punctuated differently have the same.
 */
export function withoutFormatting(lines: readonly string[], path: string): string {
  const joined = lines.map((line) => withoutBlanks(line).replace(/;$/, '')).join('');
  const bare = joined.replace(/,(?=[)\]}>])/g, '').replace(/,$/, '');
  return EITHER_QUOTES.test(path) ? bare.replaceAll('"', "'") : bare;
}
