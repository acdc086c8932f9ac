import type { Node } from 'oxc-parser';

/** A call by name. For `this.db.users.find()`: path `db.users.find`, method `find`, receiver `users`. */
export interface Callee {
  /** Without `this` and without what cannot be named. */
  path: string;
  /** The last name; `null` where a function is called by its own name. */
  method: string | null;
  /** The name before the last. */
  receiver: string | null;
  /** The function's own name; `null` for a method. */
  name: string | null;
}

/** What is called, or made by `new`. */
export function calleeOf(node: Extract<Node, { type: 'CallExpression' | 'NewExpression' }>): Callee {
  const names = namesOf(node.callee);
  const path = names.join('.');
  if (names.length === 0) return { path, method: null, receiver: null, name: null };
  const isMember = bare(node.callee).type === 'MemberExpression';
  return {
    path,
    method: isMember ? names.at(-1)! : null,
    receiver: isMember ? (names.at(-2) ?? null) : null,
    name: isMember ? null : names.at(-1)!,
  };
}

/** The names of a chain, outermost last: `a.b().c` → a, b, c. */
export function namesOf(node: Node): string[] {
  const names: string[] = [];
  let at: Node = bare(node);
  for (;;) {
    if (at.type === 'Identifier') names.unshift(at.name);
    if (at.type === 'MemberExpression') {
      const key = nameOfKey(at.property);
      if (key !== null) names.unshift(key);
      at = bare(at.object);
    } else if (at.type === 'CallExpression' || at.type === 'NewExpression') {
      at = bare(at.callee);
    } else if (at.type === 'TaggedTemplateExpression') {
      at = bare(at.tag);
    } else {
      return names;
    }
  }
}

function bare(node: Node): Node {
  let at = node;
  for (;;) {
    switch (at.type) {
      case 'ParenthesizedExpression':
      case 'TSNonNullExpression':
      case 'TSAsExpression':
      case 'AwaitExpression':
        at = at.type === 'AwaitExpression' ? at.argument : at.expression;
        continue;
      case 'ChainExpression':
        at = at.expression;
        continue;
      default:
        return at;
    }
  }
}

/** A key or a name; `null` where it is worked out. */
export function nameOfKey(node: Node): string | null {
  if (node.type === 'Identifier' || node.type === 'PrivateIdentifier') return node.name;
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value;
  return null;
}

/** The text of a string, or of a template as far as it is written there; `null` for anything else. */
export function textOf(node: Node | null | undefined): string | null {
  if (!node) return null;
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : null;
  if (node.type === 'TemplateLiteral') return node.quasis.map((part) => part.value.raw).join('…');
  return null;
}
