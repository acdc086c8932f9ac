import { parse as parseToml } from 'smol-toml';
import { type DeclaredPackage, type EcosystemResult, lineFinder, MAX_PACKAGES, recordOf } from './declared-package.ts';

const FIELDS = ['dependencies', 'dev-dependencies', 'build-dependencies'];

/** Reads `Cargo.toml`, workspaces and targets included. Never throws. */
export function readCargo(text: string): EcosystemResult {
  let root: Record<string, unknown>;
  try {
    root = recordOf(parseToml(text));
  } catch (error) {
    const { line } = error as { line?: number };
    return { ok: false, line: line ?? null, cause: 'it is not valid TOML' };
  }
  const findLine = lineFinder(text);
  const targets = Object.values(recordOf(root.target)).map(recordOf);
  const tables = [root, recordOf(root.workspace), ...targets].flatMap((holder) => FIELDS.map((field) => holder[field]));
  const packages = tables
    .flatMap((table) => Object.entries(recordOf(table)).flatMap(([key, value]) => readEntry(key, value, findLine)))
    .slice(0, MAX_PACKAGES);
  const own = recordOf(root.package).name;
  return { ok: true, packages, own: typeof own === 'string' ? [own] : [], ownPrefixes: [], namesRegistry: false };
}

function readEntry(key: string, value: unknown, findLine: ReturnType<typeof lineFinder>): DeclaredPackage[] {
  const fields = recordOf(value);
  const spec = typeof value === 'string' ? value : typeof fields.version === 'string' ? fields.version : '';
  const name = typeof fields.package === 'string' ? fields.package : key;
  const line = findLine((text) => {
    const start = text.trimStart().replace(/^["']/, '');
    return start.startsWith(key) || (start.startsWith('[') && start.includes(`.${key}]`));
  });
  const exact = /^=\s*(\d+\.\d+\.\d+\S*)$/.exec(spec.trim());
  return [{ name, spec, version: exact?.[1] ?? null, line, elsewhere: whereElse(fields) }];
}

function whereElse(fields: Record<string, unknown>): string | null {
  if (fields.workspace === true) return 'of a version that the workspace sets';
  if (fields.path !== undefined) return 'a package of this repository (path)';
  if (fields.git !== undefined) return 'a git repository';
  return fields.registry !== undefined || fields['registry-index'] !== undefined ? 'of another registry' : null;
}
