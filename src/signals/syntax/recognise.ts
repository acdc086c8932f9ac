import { type Node, visitorKeys } from 'oxc-parser';
import type { SignalName } from '../../model/signal.ts';
import type { Seen } from '../seen.ts';
import { calleeOf } from './names.ts';
import type { ParsedFragment } from './parse-fragment.ts';
import { recogniseCall } from './recognise-call.ts';
import { recogniseDeclaration } from './recognise-declaration.ts';
import { ITERATION_METHODS } from './vocabulary.ts';

/** What stands around a node. */
export interface Surroundings {
  path: string;
  /** Variables that all functions of the file share. */
  shared: ReadonlySet<string>;
  /** Whether this is done once for each element of something. */
  inLoop: boolean;
  /** Whether the function around it waits for others while it runs. */
  inAsync: boolean;
  /** Whether the result is waited for, or handed to the caller. */
  isAwaited: boolean;
  /** Whether it is an element's attribute: what people see, and nothing is sent to. */
  inMarkup: boolean;
  parent: Node | null;
}

/** Notes a signal at a node. */
export type Note = (signal: SignalName, at: Node, because: string) => void;

/** Everything that a syntax tree tells of its change. */
export function recognise(
  { program, lineAt }: ParsedFragment,
  about: { path: string; shared: ReadonlySet<string> },
): Seen[] {
  const seen: Seen[] = [];
  const note: Note = (signal, at, because) => {
    seen.push({ signal, line: lineAt(at.start), because });
  };
  visit(program, { ...about, inLoop: false, inAsync: false, isAwaited: false, inMarkup: false, parent: null }, note);
  return seen;
}

/** The tree is no deeper than `cutForParser` lets a piece be. */
function visit(node: Node, around: Surroundings, note: Note): void {
  recogniseCall(node, around, note);
  recogniseDeclaration(node, around, note);
  for (const key of visitorKeys[node.type] ?? []) {
    const child = (node as unknown as Readonly<Record<string, unknown>>)[key];
    const children = Array.isArray(child) ? child : [child];
    for (const one of children) {
      if (isNode(one)) visit(one, within(node, key, one, around), note);
    }
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** What stands around a child: loops end at functions, but for those that are called for each element. */
function within(node: Node, key: string, child: Node, around: Surroundings): Surroundings {
  const next: Surroundings = {
    ...around,
    parent: node,
    inMarkup: around.inMarkup || node.type === 'JSXAttribute',
    isAwaited: node.type === 'AwaitExpression' || (around.isAwaited && isPassedOn(node, key)),
  };
  switch (child.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return { ...next, inAsync: child.async, inLoop: isCalledForEach(node, key, around) };
  }
  switch (node.type) {
    case 'ForOfStatement':
    case 'ForInStatement':
      // `for await` takes turns with its source; what it reads from is asked for once.
      return key === 'body' ? { ...next, inLoop: true } : next;
    case 'ForStatement':
    case 'WhileStatement':
    case 'DoWhileStatement':
      return key === 'init' ? next : { ...next, inLoop: true };
  }
  return next;
}

/** `await x.catch(…)` waits for `x`, too. */
function isPassedOn(node: Node, key: string): boolean {
  return (
    (node.type === 'MemberExpression' && key === 'object') ||
    (node.type === 'CallExpression' && key === 'callee') ||
    node.type === 'ParenthesizedExpression' ||
    node.type === 'TSAsExpression' ||
    node.type === 'TSNonNullExpression'
  );
}

function isCalledForEach(node: Node, key: string, around: Surroundings): boolean {
  if (node.type !== 'CallExpression' || key !== 'arguments') return false;
  const { method } = calleeOf(node);
  if (method !== null && ITERATION_METHODS.has(method)) return true;
  // A function that is passed to a call within a loop is called within it.
  return around.inLoop;
}
