import { createRequire } from 'node:module';
import type { XMLParser } from 'fast-xml-parser';
import { recordOf } from './declared-package.ts';

/** The parser calls itself for every level. */
const MAX_DEPTH = 100;

const load = createRequire(import.meta.url);

let parser: XMLParser | undefined;

/** Read when the first such manifest comes: a server at rest need not hold it. */
function library(): typeof import('fast-xml-parser') {
  return load('fast-xml-parser');
}

/** Text and attributes as they stand: no entity is expanded, no number made, so that nothing grows or changes. */
function createParser(): XMLParser {
  return new (library().XMLParser)({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    parseTagValue: false,
    parseAttributeValue: false,
    processEntities: false,
    trimValues: true,
  });
}

/** The document as a tree of records, or why it is none. Never throws. */
export function readXml(
  text: string,
): { ok: true; root: Record<string, unknown> } | { ok: false; line: number | null } {
  const document = text.replace(/^\uFEFF/, '');
  if (depthOf(document) > MAX_DEPTH) return { ok: false, line: null };
  try {
    const valid = library().XMLValidator.validate(document);
    if (valid !== true) return { ok: false, line: valid.err.line };
    parser ??= createParser();
    return { ok: true, root: recordOf(parser.parse(document)) };
  } catch {
    return { ok: false, line: null };
  }
}

/** Reckoned high: a comment counts as it stands. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [tag] of text.matchAll(/<\/?[A-Za-z][^<>]{0,10000}>/g)) {
    if (tag.startsWith('</')) depth--;
    else if (!tag.endsWith('/>')) deepest = Math.max(deepest, ++depth);
  }
  return deepest;
}

/** The children under a path of tags, wherever one or several stand. */
export function childrenAt(node: unknown, ...path: readonly string[]): Record<string, unknown>[] {
  let nodes: unknown[] = [node];
  for (const tag of path) nodes = nodes.flatMap((one) => listOf(recordOf(one)[tag]));
  return nodes.map(recordOf);
}

/** The text of a child tag, or of an attribute (`@Version`); `null` where there is none. */
export function textAt(node: Record<string, unknown>, name: string): string | null {
  const [value] = listOf(node[name]);
  if (typeof value === 'string') return value;
  const inner = recordOf(value)['#text'];
  return typeof inner === 'string' ? inner : null;
}

function listOf(value: unknown): unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}
