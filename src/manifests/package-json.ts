import { createScanner, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';

/** What we read of a `package.json`. */
export interface PackageJson {
  /** The package's own name; `null` where it has none. */
  name: string | null;
  /** True where npm would refuse to publish it. */
  private: boolean;
  /** `publishConfig.registry`; `null` where it is not set. */
  publishRegistry: string | null;
  /** Globs of the folders whose packages belong to this workspace; empty where there is no workspace. */
  workspaces: readonly string[];
  dependencies: readonly DeclaredDependency[];
}

/** One entry of a dependency field. */
export interface DeclaredDependency {
  field: DependencyField;
  /** Hostile text. */
  name: string;
  /** As written; `null` where it is no string at all. Hostile text. */
  spec: string | null;
  /** Line of the name, from 1. */
  line: number;
}

/** A manifest, or why it is none and at which line. */
export type PackageJsonResult = { ok: true; manifest: PackageJson } | { ok: false; line: number | null; cause: string };

/** The fields that make a package manager install something, in the order npm's documentation has them. */
const DEPENDENCY_FIELDS = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'] as const;

/** A dependency field of `package.json`. */
export type DependencyField = (typeof DEPENDENCY_FIELDS)[number];

/** The parser calls itself for every level, so hostile nesting would exhaust the stack; no manifest comes near this. */
const MAX_DEPTH = 100;

/** Reads the text of a `package.json` as npm does: strict JSON, of a doubled key the last one. Never throws. */
export function readPackageJson(text: string): PackageJsonResult {
  // npm, too, forgives a byte order mark.
  const json = text.startsWith('\uFEFF') ? ` ${text.slice(1)}` : text;
  const lineAt = lineFinder(json);
  const tooDeep = offsetOfDepth(json, MAX_DEPTH);
  if (tooDeep !== null) return { ok: false, line: lineAt(tooDeep), cause: `it nests deeper than ${MAX_DEPTH} levels` };

  const errors: ParseError[] = [];
  const root = parseTree(json, errors, { disallowComments: true, allowTrailingComma: false });
  const error = errors[0];
  if (error) return { ok: false, line: lineAt(error.offset), cause: `it is not valid JSON: ${describe(error)}` };
  if (root?.type !== 'object') return { ok: false, line: 1, cause: 'it does not hold a JSON object' };

  const properties = propertiesOf(root);
  const dependencies: DeclaredDependency[] = [];
  for (const field of DEPENDENCY_FIELDS) {
    const value = properties.get(field)?.value;
    if (!value || value.type === 'null' || isEmptyArray(value)) continue;
    if (value.type !== 'object') return { ok: false, line: lineAt(value.offset), cause: `"${field}" is not an object` };
    for (const [name, entry] of propertiesOf(value)) {
      const spec = entry.value?.type === 'string' ? (entry.value.value as string) : null;
      dependencies.push({ field, name, spec, line: lineAt(entry.key.offset) });
    }
  }
  return {
    ok: true,
    manifest: {
      name: stringOf(properties.get('name')?.value),
      private: properties.get('private')?.value?.value === true,
      publishRegistry: stringOf(childOf(properties.get('publishConfig')?.value, 'registry')),
      workspaces: workspacesOf(properties.get('workspaces')?.value),
      dependencies: withoutOverruled(dependencies),
    },
  };
}

/** A name in both `dependencies` and `optionalDependencies` is an optional one: so says npm. */
function withoutOverruled(dependencies: readonly DeclaredDependency[]): DeclaredDependency[] {
  const optional = new Set(dependencies.filter((one) => one.field === 'optionalDependencies').map((one) => one.name));
  return dependencies.filter((one) => one.field !== 'dependencies' || !optional.has(one.name));
}

/** `["packages/*"]`, or `{ "packages": ["packages/*"] }` as Yarn and Bun also write it. */
function workspacesOf(value: Node | undefined): string[] {
  const list = value?.type === 'object' ? childOf(value, 'packages') : value;
  if (list?.type !== 'array') return [];
  return (list.children ?? []).map(stringOf).filter((glob) => glob !== null);
}

interface Property {
  key: Node;
  value: Node | undefined;
}

/** By key, in the order in which they stand; of a doubled key the last. */
function propertiesOf(object: Node): Map<string, Property> {
  const properties = new Map<string, Property>();
  for (const property of object.children ?? []) {
    const [key, value] = property.children ?? [];
    if (key) properties.set(key.value as string, { key, value });
  }
  return properties;
}

function childOf(node: Node | undefined, key: string): Node | undefined {
  return node?.type === 'object' ? propertiesOf(node).get(key)?.value : undefined;
}

function stringOf(node: Node | undefined): string | null {
  return node?.type === 'string' ? (node.value as string) : null;
}

/** Old tools wrote `[]` for "none". */
function isEmptyArray(node: Node): boolean {
  return node.type === 'array' && (node.children ?? []).length === 0;
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
function lineFinder(text: string): (offset: number) => number {
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
