/** What stands in quotes is kept as it is: a blank in a string is part of what the program does. */
const QUOTED_OR_BLANK = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`|\s+/g;

/** A line longer than this is compared as it stands; a normal form of it is worth nothing to a reader. */
const LONG = 10_000;

/** The text with its blanks gone, those within quotes apart. Lines that only changed their spacing have the same. */
export function withoutBlanks(text: string): string {
  if (text.length > LONG || !/\s/.test(text)) return text;
  if (!/["'`]/.test(text)) return text.replace(/\s+/g, '');
  return text.replace(QUOTED_OR_BLANK, (found) => (/^\s/.test(found) ? '' : found));
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
