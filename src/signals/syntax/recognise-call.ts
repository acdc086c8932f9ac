import type { Node } from 'oxc-parser';
import { IDLE_HOST } from '../patterns.ts';
import { type Callee, calleeOf, namesOf, textOf } from './names.ts';
import type { Note, Surroundings } from './recognise.ts';
import {
  AUTHENTICATION_FUNCTIONS,
  AUTHENTICATION_OBJECTS,
  CLIENT_CONSTRUCTORS,
  CONCURRENCY_CONSTRUCTORS,
  CRYPTOGRAPHY_FUNCTIONS,
  CRYPTOGRAPHY_OWN_FUNCTIONS,
  DATABASE_NAME,
  ENTITY_MANAGER,
  LOCK_METHODS,
  MODEL_CONSTRUCTORS,
  MODEL_FUNCTIONS,
  MODEL_METHODS,
  NETWORK_FUNCTIONS,
  NETWORK_METHODS,
  NETWORK_OBJECTS,
  PROMPT_NAMES,
  QUERY_METHODS,
  ROUTE_METHODS,
  ROUTE_OBJECTS,
  SCHEMA_METHODS,
  SCHEMA_SQL,
  SHARED_QUERY_METHODS,
  TABLE_FUNCTIONS,
  TRANSACTION_METHODS,
} from './vocabulary.ts';

type Call = Extract<Node, { type: 'CallExpression' | 'NewExpression' }>;

/** What is done: calls, and assignments to what others share. */
export function recogniseCall(node: Node, around: Surroundings, note: Note): void {
  switch (node.type) {
    case 'CallExpression':
      recogniseCalled(node, calleeOf(node), around, note);
      return;
    case 'NewExpression':
      recogniseMade(node, calleeOf(node), note);
      return;
    case 'AssignmentExpression':
      recogniseAssigned(node.left, node, around, note);
      return;
    case 'UpdateExpression':
      recogniseAssigned(node.argument, node, around, note);
      return;
    case 'TaggedTemplateExpression':
      if (around.inLoop && around.isAwaited && namesOf(node.tag).at(-1) === 'sql') {
        note('loop-query', node, 'a query inside a loop');
      }
      return;
    case 'TemplateLiteral':
    case 'Literal':
      if (SCHEMA_SQL.test(textOf(node) ?? '')) note('data-model', node, 'a change of tables or columns');
      return;
  }
}

function recogniseCalled(node: Call, callee: Callee, around: Surroundings, note: Note): void {
  const at = placeOf(node);
  const { name, method, path } = callee;
  const called = name ?? method ?? '';

  if (isNetworkCall(node, callee)) {
    note('external-api', at, 'a call over HTTP');
    if (around.inLoop) note('loop-query', at, 'a network call inside a loop');
  } else if (around.inLoop && isQuery(callee, around)) {
    note('loop-query', at, 'a query inside a loop');
  }

  if (method !== null && TRANSACTION_METHODS.test(method) && mayBegin(node, around))
    note('concurrency', at, 'a transaction');
  else if (method !== null && LOCK_METHODS.test(method)) note('concurrency', at, 'a lock');
  else if (isParallel(node, path)) note('concurrency', at, 'work that runs at the same time');
  else if (/^Atomics\.|^navigator\.locks\.request$|^cluster\.fork$/.test(path))
    note('concurrency', at, 'shared memory or a lock');

  if (AUTHENTICATION_FUNCTIONS.test(called) || AUTHENTICATION_OBJECTS.has(callee.receiver ?? '')) {
    note('authentication', at, 'who somebody is, or what they may do');
  }
  if (
    CRYPTOGRAPHY_FUNCTIONS.has(called) ||
    CRYPTOGRAPHY_OWN_FUNCTIONS.test(called) ||
    /(?:^|\.)subtle\.\w+$/.test(path)
  ) {
    note('cryptography', at, 'signing, encryption or secret random numbers');
  }
  if (MODEL_FUNCTIONS.has(called) || MODEL_METHODS.some((one) => one.test(path))) {
    note('prompt', at, 'a call of a language model');
  }
  if (
    (name !== null && TABLE_FUNCTIONS.has(name)) ||
    (method !== null && SCHEMA_METHODS.has(method)) ||
    declaresModel(node, callee)
  ) {
    note('data-model', at, 'a change of tables or columns');
  }
  if (opensAddress(node, callee)) note('public-api', at, 'an address that others call');
}

function recogniseMade(node: Call, { name, method, path }: Callee, note: Note): void {
  const made = name ?? method ?? '';
  if (CONCURRENCY_CONSTRUCTORS.test(made)) note('concurrency', node, 'a worker, a lock or a queue');
  if (CLIENT_CONSTRUCTORS.test(made)) note('external-api', node, 'a new client of another service');
  if (MODEL_CONSTRUCTORS.test(made)) note('prompt', node, 'a client of a language model');
  if (path === 'mongoose.Schema' || (made === 'Schema' && node.arguments[0]?.type === 'ObjectExpression')) {
    note('data-model', node, 'the schema of what is stored');
  }
}

/** A variable that every caller shares, written by a function that others can run beside. */
function recogniseAssigned(target: Node, node: Node, { shared, inAsync }: Surroundings, note: Note): void {
  if (inAsync && target.type === 'Identifier' && shared.has(target.name)) {
    note('concurrency', node, 'a variable of the whole module, changed in an asynchronous function');
  }
  if (target.type === 'Identifier' && PROMPT_NAMES.test(target.name) && node.type === 'AssignmentExpression') {
    if (isProse(textOf(node.right))) note('prompt', node, 'the text of a prompt');
  }
}

/** In a chain over several lines, the line of the last name. */
function placeOf(node: Call): Node {
  const { callee } = node;
  return callee.type === 'MemberExpression' ? callee.property : node;
}

function isNetworkCall(node: Call, { name, method, receiver, path }: Callee): boolean {
  if (name !== null && NETWORK_FUNCTIONS.has(name)) return !isOwnAddress(node.arguments[0]);
  if (/^(?:window|globalThis|self)\.fetch$/.test(path)) return !isOwnAddress(node.arguments[0]);
  if (receiver !== null && method !== null && NETWORK_OBJECTS.has(receiver)) {
    if (method === 'create' || method === 'extend') return true;
    return NETWORK_METHODS.has(method) && !isOwnAddress(node.arguments[0]);
  }
  // `http.get('/path', handler)` is how servers, and stand-ins for them, are written.
  return path === 'http.request' || /^https\.(?:request|get)$/.test(path);
}

/** A path on the host that serves the page is no other service. */
function isOwnAddress(argument: Node | undefined): boolean {
  const text = textOf(beginningOf(argument));
  if (text === null) return false;
  if (/^\.{0,2}\/(?!\/)/.test(text)) return true;
  const host = /^https?:\/\/([^/:…]+)/.exec(text)?.[1];
  return host !== undefined && IDLE_HOST.test(host);
}

/** `'/api/search?q=' + words` is known by its first part. */
function beginningOf(node: Node | undefined): Node | undefined {
  let at = node;
  while (at?.type === 'BinaryExpression' && at.operator === '+') at = at.left;
  return at;
}

function isQuery({ method, path }: Callee, { isAwaited, parent }: Surroundings): boolean {
  if (method === null) return false;
  if (QUERY_METHODS.has(method)) return true;
  const isHandedOn = isAwaited || parent?.type === 'ReturnStatement' || parent?.type === 'ArrowFunctionExpression';
  if (!isHandedOn || !SHARED_QUERY_METHODS.test(method)) return false;
  const names = path.split('.').slice(0, -1);
  // MikroORM and TypeORM make an entity in memory with this; what asks the database is `flush` or `save`.
  if (method === 'create' && !isAwaited && names.some((name) => ENTITY_MANAGER.test(name))) return false;
  return names.some((name) => DATABASE_NAME.test(name));
}

/** A transaction is given what to do, or nothing, or is waited for; what only has its name is given something else. */
function mayBegin({ arguments: given }: Call, { isAwaited }: Surroundings): boolean {
  const isWork = (node: Node) => node.type === 'ArrowFunctionExpression' || node.type === 'FunctionExpression';
  return isAwaited || given.length === 0 || given.some(isWork);
}

/**
 * `Promise.all(items.map(async …))`, and callbacks that a timer starts again while they still wait. A few reads that are
 * waited for together share nothing, and are everywhere.
 */
function isParallel(node: Call, path: string): boolean {
  const [first] = node.arguments;
  if (/^Promise\.(?:all|allSettled|any)$/.test(path)) {
    return first?.type === 'CallExpression' && calleeOf(first).method === 'map';
  }
  if (path !== 'setInterval') return false;
  return (first?.type === 'ArrowFunctionExpression' || first?.type === 'FunctionExpression') && first.async;
}

/** `mongoose.model('User', schema)`, `sequelize.define('user', {…})`, `model.define('user', {…})`. */
function declaresModel(node: Call, { path, method }: Callee): boolean {
  const [name, shape] = node.arguments;
  if (path === 'mongoose.model') return shape !== undefined;
  if (method === 'define' && /(?:^|\.)(?:sequelize|model)\.define$/.test(path)) {
    return textOf(name) !== null && shape?.type === 'ObjectExpression';
  }
  return false;
}

function opensAddress(node: Call, { receiver, method }: Callee): boolean {
  if (receiver === null || method === null || !ROUTE_METHODS.has(method) || !ROUTE_OBJECTS.test(receiver)) return false;
  const address = textOf(node.arguments[0]);
  return address?.startsWith('/') === true && node.arguments.length > 1;
}

/** A sentence rather than a name. */
export function isProse(text: string | null): boolean {
  return text !== null && text.trim().split(/\s+/).length >= 5;
}
