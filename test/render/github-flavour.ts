import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';

type Root = ReturnType<typeof fromMarkdown>;
type Node = Root | Root['children'][number];

/** Markdown as GitHub reads it: tables, task lists, strikethrough, footnotes and autolinks included. */
export function parse(markdown: string): Root {
  return fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
}

/**
 * The layout and nothing else: headings by depth, lists by their boxes, tables by rows and columns, HTML by its tags.
 * What stands in a line is `…`, since a name may well be shown as code.
 */
export function layoutOf(markdown: string): string[] {
  const lines: string[] = [];
  const walk = (node: Node, depth: number): void => {
    const indent = '  '.repeat(depth);
    switch (node.type) {
      case 'html':
        // An element's text may differ; markers name commits, items and digests, which tests compare by themselves.
        lines.push(`${indent}${node.value.replace(/(?<=<summary>).*(?=<\/summary>)/, '…')}`);
        return;
      case 'paragraph':
        lines.push(
          `${indent}paragraph ${node.children
            .filter((child) => child.type === 'html')
            .map(textIn)
            .join(' ')}`,
        );
        return;
      case 'heading':
        lines.push(`${indent}heading ${node.depth}`);
        return;
      case 'listItem':
        lines.push(`${indent}item ${node.checked ?? '-'}`);
        break;
      case 'tableRow':
        lines.push(`${indent}row of ${node.children.length}`);
        return;
      default:
        lines.push(`${indent}${node.type}`);
    }
    if ('children' in node) for (const child of node.children) walk(child, depth + 1);
  };
  walk(parse(markdown), 0);
  return lines;
}

function textIn(node: Node): string {
  return 'value' in node ? node.value : '';
}

/** All nodes of the tree, the root first. */
export function nodesOf(markdown: string): Node[] {
  const collect = (node: Node): Node[] => [node, ...('children' in node ? node.children.flatMap(collect) : [])];
  return collect(parse(markdown));
}

/** What GitHub looks for in the text once Markdown is read, code left out. */
const ACTIVE: readonly RegExp[] = [
  /(?<![\p{L}\p{N}_`/])@[a-z0-9]/iu,
  /#\d/,
  /\bGH-\d/i,
  /(?<![\p{L}\p{N}])[0-9a-f]{7,64}(?![\p{L}\p{N}])/iu,
  /www\.|:\/\//i,
  /[\w.+-]+@[\w-]+\.\w/,
  /:[\w+-]+:/,
  /\$/,
  /\u034f/,
  // Nothing hidden, and nothing that turns the direction but our own isolates.
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200c\u200e-\u200f\u2028-\u202e\u2060-\u2065\u2067\u2068\u206a-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\u{e0000}-\u{e007f}]/u,
];

/** Everything in a text that GitHub would turn into something its author chose: must be empty. */
export function surprisesIn(markdown: string): string[] {
  const surprises: string[] = [];
  if (!markdown.isWellFormed()) surprises.push('a lone surrogate');
  for (const node of nodesOf(markdown)) {
    if (
      /^(link|image|linkReference|imageReference|definition|footnote|delete|break|blockquote|code|thematic)/.test(
        node.type,
      )
    ) {
      surprises.push(node.type);
    }
    if (node.type === 'html') surprises.push(...surprisesInHtml(node.value));
    if (node.type === 'text') surprises.push(...surprisesInText(node.value));
  }
  const isolates = [...markdown.matchAll(/[\u2066\u2069]/g)].map(String).join('');
  if (!/^(\u2066\u2069)*$/.test(isolates)) surprises.push('an open isolate');
  return surprises;
}

function surprisesInText(withEmoji: string): string[] {
  // Some emoji are joined by what must not stand anywhere else.
  const text = withEmoji.replace(/\p{RGI_Emoji}/gv, '');
  return ACTIVE.filter((pattern) => pattern.test(text)).map(
    (pattern) => `${pattern} in ${JSON.stringify(text.slice(0, 200))}`,
  );
}

const MARKER = /^<!-- composure(:(head|item|record|digest) [^<>]+)? -->$/;
const TEXT_OF_SUMMARY = /^<details><summary>((?:[^<>]|<code>[^<>]*<\/code>)*)<\/summary>$/;

function surprisesInHtml(html: string): string[] {
  const surprises: string[] = [];
  for (const line of html.split('\n')) {
    // Our own: a line set small, and a break in an item.
    if (MARKER.test(line) || ['</details>', '<sub>', '</sub>', '<br>'].includes(line)) continue;
    const summary = TEXT_OF_SUMMARY.exec(line)?.[1];
    if (summary === undefined) surprises.push(`HTML ${line}`);
    else surprises.push(...surprisesInText(summary.replace(/<code>[^<>]*<\/code>/g, ' ').replace(/&#39;/g, "'")));
  }
  return surprises;
}

/** Our own markers as anyone finds them who does not parse Markdown. */
export function markersIn(text: string): string[] {
  return [...text.matchAll(/<!--.*?-->/gs)].map(([marker]) => marker);
}
