import type { Expression, Node, VisitorObject } from 'oxc-parser';
import { type JsonObject, type JsonValue, objectAt, readJsonTree } from '../manifests/json-tree.ts';
import { type Aliases, addExpression, addPattern } from './aliases.ts';
import { parseSource, visitTree } from './parse-source.ts';

/** Files in which bundlers, test runners and frameworks are told what names stand for. */
const CONFIGS =
  /^(?:(?:vite|vitest|webpack|rspack|rsbuild|rollup|rolldown|babel|metro|jest|next|nuxt|astro|svelte|vue|farm|electron\.vite|tsup|esbuild|snowpack|craco|remix|quasar|ember-cli-build|umi|modern)(?:[.-][\w.-]+)?\.[cm]?[jt]s|\.umirc\.[jt]s|\.babelrc(?:\.json|\.[cm]?js)?|babel\.config\.json|jest\.config\.json|deno\.jsonc?|import[_-]map\.json|importmap\.json)$/;

/** Whether a file may give names another meaning. */
export function isBundlerConfig(name: string): boolean {
  return CONFIGS.test(name);
}

/** Keys whose object or list says what names stand for. */
const ALIAS_KEYS = new Set([
  'alias',
  'aliases',
  'moduleNameMapper',
  'externals',
  'external',
  'fallback',
  'extraNodeModules',
  'paths',
]);

/** Takes down what a configuration says about names. It is read as text and never run. */
export function readBundlerAliases(path: string, text: string, aliases: Aliases): void {
  if (/\.jsonc?$|\.babelrc$/.test(path)) {
    readJsonAliases(path, text, aliases);
    return;
  }
  const program = programOf(text);
  const constants = new Map<string, Expression>();
  const handlers: VisitorObject = {
    VariableDeclarator: (node) => {
      if (node.id.type === 'Identifier' && node.init) constants.set(node.id.name, node.init);
    },
    Property: (node) => {
      const key = keyOf(node.key);
      if (node.computed || key === null || !ALIAS_KEYS.has(key)) return;
      takeDown(node.value, constants, path, aliases, key);
    },
  };
  if (program) visitTree(program, handlers);
  else aliases.doubt ??= `${path}, which may name it, could not be understood`;
}

/** `alias` in `package.json`'s own fields: `jest.moduleNameMapper`, `alias`, `browser`, `babel`. */
export function readPackageAliases(path: string, text: string, aliases: Aliases): void {
  const tree = readJsonTree(text, 'strict');
  if (!tree.ok) return;
  for (const key of ['browser', 'alias', '_moduleAliases']) addKeys(objectAt(tree.root, key), aliases);
  for (const key of ['jest', 'babel']) walkJson(objectAt(tree.root, key), path, aliases);
}

function readJsonAliases(path: string, text: string, aliases: Aliases): void {
  const tree = readJsonTree(text, 'with-comments');
  if (!tree.ok) {
    aliases.doubt ??= `${path}, which may name it, could not be understood`;
    return;
  }
  // An import map: `{ "imports": { "name": "…", "prefix/": "…" } }`.
  addKeys(objectAt(tree.root, 'imports'), aliases);
  walkJson(tree.root, path, aliases);
}

function addKeys(object: JsonObject | null, aliases: Aliases): void {
  for (const key of object?.properties.keys() ?? []) addPattern(aliases, key, false);
}

function walkJson(object: JsonObject | null, path: string, aliases: Aliases): void {
  for (const [key, { value }] of object?.properties ?? []) {
    if (value.type === 'object' && ALIAS_KEYS.has(key)) {
      for (const name of value.object.properties.keys()) {
        if (key === 'moduleNameMapper') addExpression(aliases, name, path);
        else addPattern(aliases, name, true);
      }
    }
    for (const below of objectsIn(value)) walkJson(below, path, aliases);
  }
}

function objectsIn(value: JsonValue): JsonObject[] {
  if (value.type === 'object') return [value.object];
  return value.type === 'array' ? value.items.flatMap(objectsIn) : [];
}

function programOf(text: string) {
  return (parseSource(text, 'tsx') ?? parseSource(text, 'ts'))?.program ?? null;
}

/** Constants that stand for constants are followed so far. */
const MAX_DEPTH = 8;

type Constants = ReadonlyMap<string, Expression>;

function takeDown(node: Node, constants: Constants, path: string, aliases: Aliases, key: string, depth = 0): void {
  const unreadable = () => {
    aliases.doubt ??= `${path} gives names another meaning in a way that cannot be read`;
  };
  if (depth > MAX_DEPTH) {
    unreadable();
    return;
  }
  switch (node.type) {
    case 'ObjectExpression':
      for (const property of node.properties) {
        if (property.type === 'SpreadElement') takeDown(property.argument, constants, path, aliases, key, depth + 1);
        else {
          const name = property.computed ? null : keyOf(property.key);
          if (name === null) unreadable();
          else if (key === 'moduleNameMapper') addExpression(aliases, name, path);
          else addPattern(aliases, name, true);
        }
      }
      return;
    case 'ArrayExpression':
      for (const element of node.elements) if (element) takeEntry(element, constants, path, aliases, key, depth);
      return;
    case 'Identifier': {
      const value = constants.get(node.name);
      if (value) takeDown(value, constants, path, aliases, key, depth + 1);
      else unreadable();
      return;
    }
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'ParenthesizedExpression':
      takeDown(node.expression, constants, path, aliases, key, depth + 1);
      return;
    case 'Literal':
      if (typeof node.value === 'string') addPattern(aliases, node.value, true);
      return;
    default:
      // `external: (id) => …` names what is left out of a bundle, not what a name stands for.
      if (key !== 'external' && key !== 'externals') unreadable();
  }
}

/** `{ find: 'name', replacement: … }`, `{ find: /^name/, … }`, `'name'`. */
function takeEntry(node: Node, constants: Constants, path: string, aliases: Aliases, key: string, depth: number): void {
  if (node.type !== 'ObjectExpression') {
    if (key !== 'external' && key !== 'externals') takeDown(node, constants, path, aliases, key, depth + 1);
    return;
  }
  const find = node.properties.find((one) => one.type === 'Property' && keyOf(one.key) === 'find');
  if (find?.type !== 'Property') {
    takeDown(node, constants, path, aliases, key, depth + 1);
    return;
  }
  const { value } = find;
  if (value.type === 'Literal' && 'regex' in value && value.regex) addExpression(aliases, value.regex.pattern, path);
  else takeDown(value, constants, path, aliases, key, depth + 1);
}

function keyOf(node: Node): string | null {
  if (node.type === 'Identifier') return node.name;
  return node.type === 'Literal' && typeof node.value === 'string' ? node.value : null;
}
