import type { Node } from 'oxc-parser';
import { IDLE_HOST } from '../patterns.ts';
import { nameOfKey, namesOf, textOf } from './names.ts';
import type { Note, Surroundings } from './recognise.ts';
import { isProse } from './recognise-call.ts';
import {
  ENTITY_DECORATORS,
  PACKAGES,
  PERSONAL_FIELDS,
  PROMPT_NAMES,
  REQUEST_HANDLERS,
  ROUTE_DECORATORS,
} from './vocabulary.ts';

const PACKAGE_REASONS = {
  'external-api': 'a package that speaks to other services',
  authentication: 'a package for signing in',
  cryptography: 'a package for cryptography',
  prompt: 'a package that speaks to language models',
} as const;

/** What is declared: imports, exports, fields, decorators and texts. */
export function recogniseDeclaration(node: Node, around: Surroundings, note: Note): void {
  switch (node.type) {
    case 'ImportDeclaration':
      if (node.importKind === 'type') return;
      for (const { names, signal } of PACKAGES) {
        if (names.test(node.source.value)) note(signal, node, PACKAGE_REASONS[signal]);
      }
      return;
    case 'Decorator':
      recogniseDecorator(node, note);
      return;
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
    case 'ExportDefaultDeclaration':
      recogniseExport(node, around.path, note);
      return;
    case 'VariableDeclarator':
      recogniseText(nameOfKey(node.id), node.init, node, note);
      return;
    case 'Property':
      if (around.parent?.type !== 'ObjectExpression') return;
      recogniseField(nameOfKey(node.key), node, note);
      recogniseText(nameOfKey(node.key), node.value, node, note);
      recogniseMessage(node, around.parent, note);
      return;
    case 'TSPropertySignature':
      recogniseField(nameOfKey(node.key), node, note);
      return;
    case 'PropertyDefinition':
      recogniseField(nameOfKey(node.key), node, note);
      recogniseText(nameOfKey(node.key), node.value, node, note);
      return;
  }
}

function recogniseDecorator(node: Extract<Node, { type: 'Decorator' }>, note: Note): void {
  const name = namesOf(node.expression).at(-1) ?? '';
  if (ENTITY_DECORATORS.has(name)) note('data-model', node, 'a stored entity or its columns');
  if (ROUTE_DECORATORS.has(name)) note('public-api', node, 'an address that others call');
  if (/^(?:UseGuards|Roles|RequirePermissions?|Authorized|Public)$/.test(name)) {
    note('authentication', node, 'who may do this');
  }
}

type Export = Extract<Node, { type: 'ExportNamedDeclaration' | 'ExportAllDeclaration' | 'ExportDefaultDeclaration' }>;

/** The module that a package shows to others. */
const ENTRY =
  /(?:^|\/)(?:packages|libs|plugins)\/(?:@?[\w.-]+\/)+?src\/(?:index|mod|main)\.[cm]?[jt]s$|^(?:src\/)?(?:index|mod)\.[cm]?[jt]s$/;
/** Frameworks that make an address of each such file; those of pages are for the product's own front end. */
const ADDRESS_FILE =
  /(?:^|\/)(?:app\/(?:.*\/)?route\.[jt]sx?|pages\/api\/.+\.[jt]sx?|api\/(?:.*\/)?route\.[jt]sx?|routes?\/(?:admin[./])?api[./][\w.$-]*(?:\/route)?\.[jt]sx?)$/;

function recogniseExport(node: Export, path: string, note: Note): void {
  if (ENTRY.test(path)) note('public-api', node, 'something that a package offers to others');
  if (!ADDRESS_FILE.test(path) || node.type !== 'ExportNamedDeclaration' || !node.declaration) return;
  const { declaration } = node;
  const names =
    declaration.type === 'FunctionDeclaration'
      ? [declaration.id?.name]
      : declaration.type === 'VariableDeclaration'
        ? declaration.declarations.map(({ id }) => nameOfKey(id))
        : [];
  const isApi = /(?:^|\/)routes?\/(?:admin[./])?api[./]/.test(path);
  if (names.some((name) => REQUEST_HANDLERS.has(name ?? '') || (isApi && (name === 'loader' || name === 'action')))) {
    note('public-api', node, 'an address that others call');
  }
}

function recogniseField(name: string | null, node: Node, note: Note): void {
  if (name === null) return;
  if (PERSONAL_FIELDS.test(name)) note('personal-data', node, 'a field that holds personal data');
  if (/^authorization$/i.test(name)) note('authentication', node, 'credentials that are sent along');
}

/** Prompts and addresses, by the name of what holds them. */
function recogniseText(name: string | null, value: Node | null, node: Node, note: Note): void {
  const text = textOf(value);
  if (text === null) return;
  if ((name !== null && PROMPT_NAMES.test(name) && isProse(text)) || /^\s*You are an? \w/.test(text)) {
    note('prompt', node, 'the text of a prompt');
  }
  const host = /^(?:https?|wss?):\/\/([^/:…]+)/.exec(text)?.[1];
  if (host && !IDLE_HOST.test(host) && isAddress(name, text, host))
    note('external-api', node, 'the address of another service');
}

/** Whether requests are sent there, rather than readers. */
function isAddress(name: string | null, text: string, host: string): boolean {
  if (name !== null && /doc|link|help|guide|href|homepage|website|readme/i.test(name)) return false;
  if (/^api\.|\.api\.|^graph\.|^hooks\./.test(host) || /\/(?:api|graphql|v\d+|oauth2?)(?:\/|$)/.test(text)) return true;
  return (
    name !== null &&
    /^(?:\w*(?:api|base|endpoint|server|host)_?(?:url|uri|host|origin)?|\w*(?:API|BASE|ENDPOINT|SERVER|HOST)_?(?:URL|URI|HOST|ORIGIN)?|\w*(?:Api|Base|Endpoint|Server)(?:Url|Uri|URL|URI|Host)?)$/.test(
      name,
    )
  );
}

type Property = Extract<Node, { type: 'Property' }>;

/** `{ role: 'system', content: … }`. */
function recogniseMessage(node: Property, message: Extract<Node, { type: 'ObjectExpression' }>, note: Note): void {
  const holds = (one: (typeof message.properties)[number]) =>
    one.type === 'Property' && nameOfKey(one.key) === 'content';
  if (nameOfKey(node.key) !== 'role' || !message.properties.some(holds)) return;
  const role = textOf(node.value);
  if (role === 'system' || role === 'developer') note('prompt', node, 'a message to a language model');
}
