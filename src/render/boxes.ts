import { type Markdown, md } from './markdown.ts';

/** A box in our comment, ticked or not, with the marker that tells which item it belongs to. */
export function box(item: string, ticked: boolean, words: Markdown): Markdown {
  return md`- [${ticked ? md`x` : md` `}] ${words} ${itemMarker(item)}`;
}

/** `--` would end an HTML comment for some readers, and other signs could close or split the marker. */
function itemMarker(item: string): Markdown {
  const safe = encodeURIComponent(item.toWellFormed())
    .replaceAll('%2F', '/')
    .replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/-(?=-|$)/g, '%2D');
  return `<!-- composure:item ${safe} -->` as Markdown;
}

/** Only the last marker of a line is ours: what stands before it may quote anything. */
const BOX = /^(?<indent> {0,3})[-*+] +\[(?<mark>[ xX])\] .*<!-- composure:item (?<item>[^\s<>]+) -->[ \t]*$/;

/**
 * The boxes of our comment as people and GitHub's own buttons leave them: item → ticked. Boxes in code, in quotes, in
 * HTML or below another item do not count. Where an item appears twice, it is ticked only if every box of it is.
 */
export function readBoxes(body: string): Map<string, boolean> {
  const boxes = new Map<string, boolean>();
  for (const line of topLevelLines(body)) {
    const found = BOX.exec(line)?.groups;
    const item = found?.item === undefined ? undefined : decodeItem(found.item);
    if (item === undefined) continue;
    boxes.set(item, (boxes.get(item) ?? true) && found?.mark !== ' ');
  }
  return boxes;
}

function decodeItem(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/**
 * The lines that stand at the top of the document. Stricter than Markdown where the two could differ: a line that
 * might be inside something else is left out, and a box left out is a box not ticked.
 */
export function* topLevelLines(body: string): Generator<string> {
  let fence = '';
  let html: RegExp | null = null;
  // Where the content of the list item above begins: a line indented as far belongs to it.
  let content = Number.POSITIVE_INFINITY;
  let afterBlank = true;
  for (const line of body.split(/\r\n|\r|\n/)) {
    if (fence !== '') {
      if (closesFence(line, fence)) fence = '';
      continue;
    }
    if (html) {
      if (html.test(line)) html = null;
      continue;
    }
    fence = /^[ \t]*(?:[-*+][ \t]+|\d+[.)][ \t]+|>[ \t]?)*(`{3,}(?=[^`]*$)|~{3,})/.exec(line)?.[1] ?? '';
    if (fence !== '') continue;
    html = htmlThatStarts(line);
    if (html) continue;
    const indent = /^ */.exec(line)?.[0].length ?? 0;
    if (line.trim() === '') {
      afterBlank = true;
      continue;
    }
    if (indent >= content || line.startsWith('\t')) continue;
    const marker = /^ *(?:[-*+]|\d{1,9}[.)]) +/.exec(line)?.[0];
    // Without a blank line before it, a plain line still belongs to the item above.
    if (marker !== undefined || afterBlank) content = marker?.length ?? Number.POSITIVE_INFINITY;
    afterBlank = false;
    yield line;
  }
}

function closesFence(line: string, fence: string): boolean {
  const closing = /^[ \t]*(`+|~+)[ \t]*$/.exec(line)?.[1] ?? '';
  return closing.startsWith(fence);
}

/** What ends the HTML block that this line opens and does not close; `null` where it opens none. */
function htmlThatStarts(line: string): RegExp | null {
  const start = /^ {0,3}(<.*)$/.exec(line)?.[1];
  if (start === undefined) return null;
  if (start.startsWith('<!--')) return start.includes('-->') ? null : /-->/;
  const raw = /^<(pre|script|style|textarea)\b/i.exec(start)?.[1];
  if (raw) {
    const end = new RegExp(`</${raw}>`, 'i');
    return end.test(start) ? null : end;
  }
  return /^<[a-z/!?]/i.test(start) ? /^\s*$/ : null;
}

/**
 * A comment's text with every box of an item open and line ends as we write them. Two versions of our comment with the
 * same skeleton differ in their ticks and in nothing else.
 */
export function skeletonOf(body: string): string {
  return body
    .split(/\r\n|\r|\n/)
    .map((line) => (BOX.test(line) ? line.replace(/\[[ xX]\]/, '[ ]') : line).trimEnd())
    .join('\n')
    .trim();
}
