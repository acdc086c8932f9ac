import type { Comment, Node } from 'oxc-parser';
import { lineFinder } from '../manifests/json-tree.ts';
import { importsBeforeFault, type ParsedSource, parseSource, visitTree } from './parse-source.ts';
import { type Script, scriptsIn } from './scripts-in.ts';

/** One import as a source file has it. */
export interface ImportMention {
  /** Hostile text. */
  specifier: string;
  /** From 1. */
  line: number;
  /** Gone once types are erased. */
  onlyTypes: boolean;
  /** Why it may be none, or may do without the package: the end of "… because …"; `null` where neither is so. */
  doubt: string | null;
}

const CAUGHT = 'the code goes on where it cannot be loaded';
const STOOD_IN = 'the test brings a stand-in for it';
const GUESSED = 'the file does not parse as a whole, so it may stand in a text';

/** What a source file imports. */
export interface SourceImports {
  imports: readonly ImportMention[];
  /** Modules that the file itself declares to exist (`declare module 'name'`). */
  ambient: readonly string[];
  /** True where the file does not parse and what could be made out was taken. */
  partial: boolean;
}

/** Longer sources are bundles: parsing them takes long and says nothing. */
const MAX_SOURCE_LENGTH = 2_000_000;

/** Reads the imports of a source file, by its syntax tree where it has one. Never throws. */
export function readImports(path: string, text: string): SourceImports {
  const imports: ImportMention[] = [];
  const ambient: string[] = [];
  let partial = false;
  for (const script of text.length > MAX_SOURCE_LENGTH ? [] : scriptsIn(path, text)) {
    const read = readScript(script);
    imports.push(...read.imports);
    ambient.push(...read.ambient);
    partial ||= read.partial;
  }
  return { imports, ambient, partial };
}

function readScript(script: Script): SourceImports {
  for (const dialect of script.dialects) {
    const parsed = parseSource(script.text, dialect);
    if (parsed) return { ...fromTree(parsed, script), partial: false };
  }
  return { imports: withoutTree(script), ambient: [], partial: true };
}

/** Calls whose first argument is a module: `vi.mock('name')`, `jest.requireActual('name')`. */
const MOCKS = /^(?:vi|vitest|jest)$/;
const MOCKING =
  /^(?:mock|doMock|unmock|dontMock|setMock|importActual|importMock|requireActual|requireMock|unstable_mockModule)$/;

/** Of those, what a stand-in can be handed to. */
const STANDS_IN = /^(?:mock|doMock)$/;

function fromTree({ program, comments }: ParsedSource, { text, linesBefore }: Script): Omit<SourceImports, 'partial'> {
  const imports: ImportMention[] = [];
  const ambient: string[] = [];
  const lineAt = lineFinder(text);
  const tries: { start: number; end: number }[] = [];
  const requires = new Set(['require']);
  let requireIsLocal = false;
  const add = (source: Node | null | undefined, onlyTypes = false, standIn = false): void => {
    const specifier = textOf(source);
    if (specifier === null || !source) return;
    const caught = tries.some(({ start, end }) => source.start >= start && source.end <= end);
    const doubt = caught ? CAUGHT : standIn ? STOOD_IN : null;
    imports.push({ specifier, line: linesBefore + lineAt(source.start), onlyTypes, doubt });
  };

  visitTree(program, {
    TryStatement: ({ handler, block }) => {
      if (handler) tries.push(block);
    },
    ImportDeclaration: (node) => {
      const erased =
        node.specifiers.length > 0 &&
        node.specifiers.every((one) => one.type === 'ImportSpecifier' && one.importKind === 'type');
      add(node.source, node.importKind === 'type' || erased);
    },
    ExportNamedDeclaration: (node) => {
      const erased = node.specifiers.length > 0 && node.specifiers.every((one) => one.exportKind === 'type');
      add(node.source, node.exportKind === 'type' || erased);
    },
    ExportAllDeclaration: (node) => add(node.source, node.exportKind === 'type'),
    ImportExpression: (node) => add(node.source),
    TSImportType: (node) => add(node.source, true),
    TSImportEqualsDeclaration: (node) => {
      if (node.moduleReference.type === 'TSExternalModuleReference') {
        add(node.moduleReference.expression, node.importKind === 'type');
      }
    },
    TSModuleDeclaration: (node) => {
      const name = textOf(node.id);
      if (name !== null) ambient.push(name);
    },
    // `const require = createRequire(…)` makes more of the same; a parameter of that name is a bundler's.
    VariableDeclarator: (node) => {
      if (node.id.type !== 'Identifier' || node.init?.type !== 'CallExpression') return;
      if (nameOf(node.init.callee) === 'createRequire') requires.add(node.id.name);
    },
    FunctionExpression: ({ params }) => {
      if (params.some((one) => nameOf(one) === 'require')) requireIsLocal = true;
    },
    FunctionDeclaration: ({ params }) => {
      if (params.some((one) => nameOf(one) === 'require')) requireIsLocal = true;
    },
    CallExpression: (node) => {
      const [argument] = node.arguments;
      if (!argument) return;
      const { callee } = node;
      if (callee.type === 'Identifier') {
        if (requires.has(callee.name) && !requireIsLocal) add(argument);
        return;
      }
      if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return;
      const property = callee.property.name;
      const owner = nameOf(callee.object);
      if (property === 'resolve' && (owner === 'require' || callee.object.type === 'MetaProperty')) add(argument);
      else if (owner !== null && MOCKS.test(owner) && MOCKING.test(property) && !isVirtual(node.arguments[2]))
        // Vitest, unlike Jest, looks for no package where a factory makes one up.
        add(argument, false, owner !== 'jest' && STANDS_IN.test(property) && isFunction(node.arguments[1]));
    },
  });

  for (const comment of comments) {
    for (const specifier of typesInComment(comment)) {
      imports.push({ specifier, line: linesBefore + lineAt(comment.start), onlyTypes: true, doubt: null });
    }
  }
  return { imports, ambient };
}

/** `/// <reference types="name" />`, and `import('name')` in a JSDoc comment. */
function typesInComment({ type, value }: Comment): string[] {
  if (type === 'Line') {
    const name = /^\/\s*<reference\s+types\s*=\s*["']([^"']+)["']/.exec(value)?.[1];
    return name === undefined ? [] : [name];
  }
  if (!value.startsWith('*')) return [];
  return [...value.matchAll(/\{[^{}]*?\bimport\(\s*["']([^"'\n]+)["']\s*\)/g)].map((match) => match[1]!);
}

/** `jest.mock('name', factory, { virtual: true })` says itself that there is no such module. */
function isVirtual(node: Node | undefined): boolean {
  if (node?.type !== 'ObjectExpression') return false;
  return node.properties.some((one) => one.type === 'Property' && nameOf(one.key) === 'virtual');
}

function isFunction(node: Node | undefined): boolean {
  return node?.type === 'ArrowFunctionExpression' || node?.type === 'FunctionExpression';
}

function nameOf(node: Node | null | undefined): string | null {
  return node?.type === 'Identifier' ? node.name : null;
}

/** A string, or a template without anything to fill in. */
function textOf(node: Node | null | undefined): string | null {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0]?.value.cooked ?? null;
  return null;
}

/** Comments blanked, so that lines stay. One pass: an open comment ends with the text. */
function withoutComments(text: string): string {
  const pieces: string[] = [];
  let kept = 0;
  for (let at = text.indexOf('/*'); at !== -1; at = text.indexOf('/*', kept)) {
    const close = text.indexOf('*/', at + 2);
    const end = close === -1 ? text.length : close + 2;
    pieces.push(text.slice(kept, at), text.slice(at, end).replace(/[^\n]/g, ' '));
    kept = end;
  }
  pieces.push(text.slice(kept));
  return pieces.join('').replace(/^[ \t]*\/\/[^\n]*/gm, (comment) => ' '.repeat(comment.length));
}

/**
 * What can be made out where there is no tree: statements at the start of a line, and calls. Strings and comments may
 * look like either, so only what the parser saw before it gave up is certain.
 */
function withoutTree({ text, linesBefore, dialects }: Script): ImportMention[] {
  const lineAt = lineFinder(text);
  const code = withoutComments(text);
  const certain = importsBeforeFault(text, dialects[0]!);
  const statement = /^[ \t]*(?:import|export)\b(?:\s*type\b)?[^'"`;=()]{0,4000}?\bfrom\s*(['"])([^'"\n]+)\1/gm;
  const bare = /^[ \t]*import\s*(['"])([^'"\n]+)\1/gm;
  const call = /\b(?:require|import)\s*\(\s*(['"])([^'"\n]+)\1\s*\)/g;
  return [statement, bare, call].flatMap((pattern) =>
    [...code.matchAll(pattern)].map((match) => {
      const onlyTypes = /^\s*(?:import|export)\s+type\b/.test(match[0]);
      const line = linesBefore + lineAt(match.index + match[0].length - 1);
      return { specifier: match[2]!, line, onlyTypes, doubt: certain.has(match[2]!) ? null : GUESSED };
    }),
  );
}
