/**
 * The only way text from outside gets into Markdown. A pull request's title, paths, branch, package names and logins
 * are written by strangers, and GitHub makes something of nearly everything: links, mentions, cross references, emoji,
 * formulas, HTML. Three rules:
 *
 * 1. A word that GitHub would make something of (`@team`, `#12`, `https://…`, `:+1:`, `$x$`, a commit's id) is shown
 *    as inline code: there it does nothing, looks as written, and can be copied. Backslashes and entities do not help
 *    against mentions and references, which GitHub looks for after Markdown is read.
 * 2. Everything else is escaped, character by character. The one convention kept is `backticks` around a name, since
 *    what comes of it is inline code, which is safe whatever it holds; so practices may quote names that way.
 * 3. What cannot be seen (bidi marks, zero widths, control characters, lone surrogates) is made visible: two file
 *    names that differ must look different.
 */
import { type Markdown, md } from './markdown.ts';

/** How long a text may get, in code points, and where it will stand. */
export interface EscapeOptions {
  /** Longer text is shortened and ends in `…`. */
  max?: number;
  /** True in a table's cell, where a pipe ends the cell even inside code. */
  cell?: boolean;
}

/** One line of outside text as Markdown. Long enough by default for what a practice has to say. */
export function plain(text: string, { max = 2_000, cell = false }: EscapeOptions = {}): Markdown {
  const line = oneLine(text, max);
  const pieces = readPieces(line).map(({ kind, text }) => (kind === 'code' ? span(text, cell) : escapeText(text)));
  return isolate(line, escapeStart(pieces.join('')));
}

/** Outside text as inline code, whatever backticks it holds. */
export function code(text: string, { max = 200, cell = false }: EscapeOptions = {}): Markdown {
  const shown = cut(visible(cut(text, max)), max);
  return isolate(shown, span(shown, cell));
}

/** A path as inline code, with its line where there is one. A long one keeps both ends: the file's name is what people look for. */
export function path(
  text: string,
  { max = 120, cell = false, line }: EscapeOptions & { line?: number } = {},
): Markdown {
  const shown = cutMiddle(visible(cutMiddle(text, max)), max);
  return isolate(shown, span(line === undefined ? shown : `${shown}:${line}`, cell));
}

/**
 * Lines to copy, as a block of code. `null` where one of them holds something that cannot be seen: what is copied must
 * be what was read, and making it visible would change it.
 */
export function codeBlock(lines: readonly string[]): Markdown | null {
  if (lines.some((line) => UNSEEN.test(line.toWellFormed()) || RIGHT_TO_LEFT.test(line) || !line.isWellFormed()))
    return null;
  const runs = lines.join('\n').match(/`{3,}/g) ?? [];
  const fence = '`'.repeat(Math.max(2, ...runs.map((run) => run.length)) + 1);
  return [`${fence}sh`, ...lines, fence].join('\n') as Markdown;
}

/** Longer addresses are refused by servers and by browsers; the page is then opened without its text. */
const MAX_ADDRESS = 7_000;

/** The address of GitHub's page for a new file, from the root of the host: every part of it is encoded. */
export function newFilePage(
  repository: { owner: string; name: string },
  branch: string,
  file: string,
  text: string,
): Markdown {
  const at = [repository.owner, repository.name, 'new', ...branch.split('/')].map(encoded).join('/');
  const named = `/${at}?filename=${encoded(file)}`;
  const filled = `${named}&value=${encoded(text)}`;
  return md`${(filled.length > MAX_ADDRESS ? named : filled) as Markdown}`;
}

/** As in any address, and without what would end a link in Markdown. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*_~]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** One line of outside text for the inside of an HTML element, where Markdown is not read. */
export function html(text: string, { max = 200 }: EscapeOptions = {}): Markdown {
  const line = oneLine(text, max);
  const pieces = readPieces(line).map(({ kind, text }) =>
    kind === 'code' ? `<code>${escapeHtml(text)}</code>` : escapeHtml(text),
  );
  return isolate(line, pieces.join(''));
}

/** One line of outside text for places that show text as it is, such as a check's title or an annotation. */
export function oneLine(text: string, max: number): string {
  const collapsed = cut(text, max).replace(/\s+/gu, ' ').trim();
  return cut(visible(collapsed), max);
}

/** What hides, disturbs the order of the text around it, or has no look of its own. U+2800 is a Braille pattern without dots. */
const UNSEEN =
  /[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800]|[\p{Zs}--\u0020]/v;

/** The same with emoji, in which some of it has its place. Slow, so only for text that needs it. */
const EMOJI_OR_UNSEEN = new RegExp(`(?<emoji>\\p{RGI_Emoji})|${UNSEEN.source}`, 'gv');

function visible(text: string): string {
  const wellFormed = text.toWellFormed();
  const seen = UNSEEN.test(wellFormed)
    ? wellFormed.replace(EMOJI_OR_UNSEEN, (found, emoji) => emoji ?? `⟨U+${hex(found)}⟩`)
    : wellFormed;
  return (
    seen
      // Letters carry up to four marks in living scripts; more of them paint over the lines around.
      .replace(/(\p{M}{4})\p{M}+/gu, '$1…')
      .replace(/^\p{M}/u, '◌$&')
      // Our markers are HTML comments, and some readers look for them without parsing Markdown.
      .replaceAll('<!--', '‹!--')
      .replaceAll('-->', '--›')
  );
}

function hex(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}

interface Piece {
  kind: 'text' | 'code';
  text: string;
}

/** What GitHub makes something of: see https://docs.github.com/get-started/writing-on-github, "autolinked references". */
const ACTIVE = /[@$]|#\d|\bGH-\d|:\/\/|www\.|:[\w+-]+:|(?<![\p{L}\p{N}])[0-9a-f]{7,64}(?![\p{L}\p{N}])/iu;

function readPieces(line: string): Piece[] {
  const pieces: Piece[] = [];
  // Odd parts stood between single backticks.
  for (const [index, part] of line.split(/(?<!`)`([^`]+)`(?!`)/u).entries()) {
    if (index % 2 === 1) push(pieces, 'code', part);
    else for (const word of part.split(/(?<= )|(?= )/u)) pushWord(pieces, word);
  }
  // Our own colon may follow, and make an emoji of it.
  const last = pieces.at(-1);
  const open = last?.kind === 'text' ? /:[\w+-]+$/.exec(last.text) : null;
  if (last && open) {
    last.text = last.text.slice(0, open.index);
    push(pieces, 'code', open[0]);
  }
  return pieces.filter(({ text }) => text !== '');
}

/** A path reads better as code, and this one is surely a path. */
const PATH = /^[("'[{]*[\w.-]*\/\S*\.\w+[)"'\]}.,;:!?]*$/;

function pushWord(pieces: Piece[], word: string): void {
  if (!ACTIVE.test(word) && !PATH.test(word)) {
    push(pieces, 'text', word);
    return;
  }
  // Brackets and full stops around the word stay outside of the code.
  const end = word.replace(/[)"'\]}.,;:!?]+$/u, '').length;
  const start = word.slice(0, end).search(/[^("'[{]/u);
  push(pieces, 'text', word.slice(0, start));
  push(pieces, 'code', word.slice(start, end));
  push(pieces, 'text', word.slice(end));
}

/** Two code spans side by side would run into one another, so they become one. */
function push(pieces: Piece[], kind: Piece['kind'], text: string): void {
  if (text === '') return;
  const last = pieces.at(-1);
  if (last?.kind === kind) last.text += text;
  else pieces.push({ kind, text });
}

function escapeText(text: string): string {
  return text.replace(/[\\`*_[\]<>&|~]/g, '\\$&');
}

/** What would begin a heading, a list, a table's rule or an underline, at the start of a line only. */
function escapeStart(markdown: string): string {
  return markdown.replace(/^[-+=#:]/, '\\$&').replace(/^(\d{1,9})([.)])/, '$1\\$2');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** The fence is longer than any run of backticks inside, so nothing inside can close it. */
function span(text: string, cell: boolean): string {
  const spaces = text.replace(/^ | $|(?<= ) /g, '␣') || '""';
  const runs = spaces.match(/`+/g) ?? [];
  const fence = '`'.repeat(Math.max(0, ...runs.map((run) => run.length)) + 1);
  const padding = /^`|`$/.test(spaces) ? ' ' : '';
  const inner = cell ? spaces.replace(/\\(?=\\*\|)/g, '⧵').replaceAll('|', '\\|') : spaces;
  return `${fence}${padding}${inner}${padding}${fence}`;
}

/** Hebrew, Arabic and their kin, which would pull the words around them into their own direction. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Such text keeps to itself between LRI and PDI; it cannot close them, its own marks having been made visible. */
function isolate(text: string, markdown: string): Markdown {
  return (RIGHT_TO_LEFT.test(text) ? `\u2066${markdown}\u2069` : markdown) as Markdown;
}

function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  // No code point takes more than two units: what lies beyond need not be looked at.
  const points = [...text.slice(0, 2 * max + 2)];
  return points.length <= max ? text : `${wholeBefore(text, points.slice(0, max - 1).join('').length)}…`;
}

function cutMiddle(text: string, max: number): string {
  if (text.length <= max) return text;
  const tail = Math.floor((max - 1) * 0.6);
  const head = max - 1 - tail;
  const first = [...text.slice(0, 2 * head)].slice(0, head).join('');
  const last = [...text.slice(-2 * tail)].slice(-tail).join('');
  return `${wholeBefore(text, first.length)}…${wholeFrom(text, text.length - last.length)}`;
}

const LETTERS = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** No emoji takes more units; a letter that does bears marks without end, and may be cut. */
const LONGEST_EMOJI = 40;

/** The text before a place without the half of an emoji: the other half would be what nobody sees. */
function wholeBefore(text: string, at: number): string {
  const start = letterAt(text, at)?.start ?? at;
  return text.slice(0, start);
}

/** The text from a place on, likewise. */
function wholeFrom(text: string, at: number): string {
  const letter = letterAt(text, at);
  return text.slice(letter && letter.start < at ? letter.end : at);
}

/** Where the letter that covers a place begins and ends; `null` where that is not to be told from nearby. */
function letterAt(text: string, at: number): { start: number; end: number } | null {
  const from = Math.max(0, at - LONGEST_EMOJI);
  const near = text.slice(from, at + LONGEST_EMOJI);
  const found = LETTERS.segment(near).containing(at - from);
  if (!found || (found.index === 0 && from > 0)) return null;
  return { start: from + found.index, end: from + found.index + found.segment.length };
}

/** A commit as people write it: the first seven digits of its id, as code. */
export function commit(sha: string): Markdown {
  return code(sha.slice(0, 7));
}

/** A moment in UTC, to the minute, from ISO 8601. */
export function moment(at: string): Markdown {
  const found = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})/.exec(at);
  return found ? (`${found[1]} ${found[2]} UTC` as Markdown) : plain(at, { max: 40 });
}

/** A person's name as people write it; in code it notifies nobody. */
export function person(login: string): Markdown {
  return md`${code(`@${login}`, { max: 60 })}`;
}
