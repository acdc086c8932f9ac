import { createScanner, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';

/** JSON with the place of everything in it, or why it is none and at which line. */
export type JsonTreeResult = { ok: true; root: JsonObject } | { ok: false; line: number | null; cause: string };

/** Which JSON: npm's own files are strict, `tsconfig.json` and `bun.lock` have comments and trailing commas. */
export type JsonDialect = 'strict' | 'with-comments';

/** An object of a JSON text: its properties with their lines. */
export interface JsonObject {
  /** By key, in the order in which they stand; of a doubled key the last. */
  properties: ReadonlyMap<string, JsonProperty>;
  /** Keys that stand more than once, each with the line of the one that counts. */
  doubled: readonly { key: string; line: number }[];
}

/** One property. */
export interface JsonProperty {
  value: JsonValue;
  /** Lines of key and value, from 1. */
  line: number;
  valueLine: number;
}

/** A value of a JSON text, objects and arrays still with their places. */
export type JsonValue =
  | { type: 'object'; object: JsonObject }
  | { type: 'array'; items: readonly JsonValue[] }
  | { type: 'string'; text: string }
  | { type: 'other'; value: number | boolean | null };

/** The parser calls itself for every level, so hostile nesting would exhaust the stack; no manifest comes near this. */
const MAX_DEPTH = 100;

/** Parses JSON whose root is an object. Never throws. */
export function readJsonTree(text: string, dialect: JsonDialect): JsonTreeResult {
  // npm, too, forgives a byte order mark.
  const json = text.startsWith('\uFEFF') ? ` ${text.slice(1)}` : text;
  const lineAt = lineFinder(json);
  const tooDeep = offsetOfDepth(json, MAX_DEPTH);
  if (tooDeep !== null) return { ok: false, line: lineAt(tooDeep), cause: `it nests deeper than ${MAX_DEPTH} levels` };

  const errors: ParseError[] = [];
  const isStrict = dialect === 'strict';
  const root = parseTree(json, errors, { disallowComments: isStrict, allowTrailingComma: !isStrict });
  const error = errors[0];
  if (error) return { ok: false, line: lineAt(error.offset), cause: `it is not valid JSON: ${describe(error)}` };
  if (root?.type !== 'object') return { ok: false, line: 1, cause: 'it does not hold a JSON object' };
  return { ok: true, root: objectOf(root, lineAt) };
}

/** The object under a key; `null` where there is none. */
export function objectAt(object: JsonObject | null, key: string): JsonObject | null {
  const value = object?.properties.get(key)?.value;
  return value?.type === 'object' ? value.object : null;
}

/** The text under a key; `null` where there is none. */
export function textAt(object: JsonObject | null, key: string): string | null {
  const value = object?.properties.get(key)?.value;
  return value?.type === 'string' ? value.text : null;
}

/** The texts of the array under a key; empty where there is none. */
export function textsAt(object: JsonObject | null, key: string): string[] {
  const value = object?.properties.get(key)?.value;
  if (value?.type !== 'array') return [];
  return value.items.flatMap((item) => (item.type === 'string' ? [item.text] : []));
}

function objectOf(node: Node, lineAt: (offset: number) => number): JsonObject {
  const properties = new Map<string, JsonProperty>();
  const doubled: { key: string; line: number }[] = [];
  for (const property of node.children ?? []) {
    const [key, value] = property.children ?? [];
    if (!key || !value) continue;
    const name = key.value as string;
    const line = lineAt(key.offset);
    if (properties.has(name)) doubled.push({ key: name, line });
    properties.set(name, { value: jsonValueOf(value, lineAt), line, valueLine: lineAt(value.offset) });
  }
  return { properties, doubled };
}

function jsonValueOf(node: Node, lineAt: (offset: number) => number): JsonValue {
  if (node.type === 'object') return { type: 'object', object: objectOf(node, lineAt) };
  if (node.type === 'array') {
    return { type: 'array', items: (node.children ?? []).map((item) => jsonValueOf(item, lineAt)) };
  }
  if (node.type === 'string') return { type: 'string', text: node.value as string };
  return { type: 'other', value: node.value as number | boolean | null };
}

/** `PropertyNameExpected` → `property name expected`. */
function describe(error: ParseError): string {
  return printParseErrorCode(error.error)
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toLowerCase();
}

/** The scanner's tokens that matter here; its own enum is a `const` one, which does not exist at run time. */
const OPENING: ReadonlySet<number> = new Set([1, 3]);
const CLOSING: ReadonlySet<number> = new Set([2, 4]);
const END_OF_TEXT = 17;

/** Where the text first nests deeper than `depth`; `null` where it never does. */
function offsetOfDepth(text: string, depth: number): number | null {
  const scanner = createScanner(text, true);
  let level = 0;
  for (let token: number = scanner.scan(); token !== END_OF_TEXT; token = scanner.scan()) {
    if (OPENING.has(token)) level++;
    if (CLOSING.has(token)) level--;
    if (level > depth) return scanner.getTokenOffset();
  }
  return null;
}

/** Answers for an offset its line, from 1. */
export function lineFinder(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}
