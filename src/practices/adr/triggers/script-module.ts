import { parseSync } from 'oxc-parser';
import { baseName } from '../../../model/package-files.ts';

/** What a TypeScript or JavaScript module takes in and gives out. */
export interface ScriptModule {
  /** Specifiers as written, types included. */
  imports: ReadonlySet<string>;
  /** Exported name → its declaration up to the body, blanks evened out: what callers can see of it. */
  exports: ReadonlyMap<string, string>;
}

/** A file larger than this is no code that a person wrote. */
const MAX_LENGTH = 400_000;

/** Only as much of a syntax tree as is read here; the parser's own types describe every node there is. */
interface Node {
  type: string;
  start: number;
  end: number;
  body?: Node | Node[] | null;
  declaration?: Node | null;
  declarations?: Node[];
  init?: Node | null;
}

/** Parses a module; `null` where it cannot be understood, or is too large to be worth it. Never throws. */
export function readScriptModule(path: string, text: string): ScriptModule | null {
  if (text.length > MAX_LENGTH || /\.(?:vue|svelte)$/i.test(path)) return null;
  const name = baseName(path).replace(/[^\w.-]/g, '_');
  let parsed: ReturnType<typeof parseSync>;
  try {
    // Flow and JSX live in plain `.js`, so that ending is read as the most permissive dialect.
    parsed = parseSync(name, text, { lang: languageOf(name) });
  } catch {
    return null;
  }
  if (parsed.errors.length > 0 && parsed.program.body.length === 0) return null;
  const { module } = parsed;
  const imports = new Set(module.staticImports.map((one) => one.moduleRequest.value));
  for (const { moduleRequest } of module.dynamicImports) {
    const literal = /^['"`]([^'"`$]+)['"`]$/.exec(text.slice(moduleRequest.start, moduleRequest.end))?.[1];
    if (literal) imports.add(literal);
  }
  const exports = new Map<string, string>();
  const statements = new Map((parsed.program.body as unknown as Node[]).map((node) => [node.start, node]));
  for (const statement of module.staticExports) {
    const node = statements.get(statement.start);
    for (const entry of statement.entries) {
      if (entry.moduleRequest) imports.add(entry.moduleRequest.value);
      const exported = entry.exportName.name ?? (entry.exportName.kind === 'Default' ? 'default' : null);
      if (exported !== null) exports.set(exported, node ? signatureOf(node, text) : '');
    }
  }
  for (const match of text.matchAll(/\brequire\(\s*['"]([^'"\n]{1,300})['"]\s*\)/g)) imports.add(match[1] ?? '');
  return { imports, exports };
}

function languageOf(name: string): 'ts' | 'tsx' {
  return /\.[cm]?ts$/.test(name) ? 'ts' : 'tsx';
}

/** The text of a declaration without the body of a function or class; a type's members are its signature. */
function signatureOf(statement: Node, text: string): string {
  const declaration = statement.declaration ?? null;
  if (!declaration) return '';
  const end = bodyStart(declaration) ?? statement.end;
  return text
    .slice(statement.start, Math.min(end, statement.start + 4_000))
    .replace(/\s+/g, ' ')
    .trim();
}

function bodyStart(declaration: Node): number | null {
  if (declaration.type === 'VariableDeclaration') {
    const init = declaration.declarations?.[0]?.init;
    if (!init) return null;
    // Of a value only its name and type are seen from outside.
    return /^(?:ArrowFunction|Function)Expression$/.test(init.type) ? startOf(init.body) : init.start;
  }
  return /^(?:Function|Class)/.test(declaration.type) || /^ArrowFunction/.test(declaration.type)
    ? startOf(declaration.body)
    : null;
}

function startOf(body: Node['body']): number | null {
  return body && !Array.isArray(body) ? body.start : null;
}
