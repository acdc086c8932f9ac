import { posix } from 'node:path';
import { folderOf } from '../../../model/package-files.ts';
import type { Language } from './places.ts';

/** Folders that hold source and mean nothing themselves. */
const ROOTS: ReadonlySet<string> = new Set([
  'src',
  'main',
  'java',
  'kotlin',
  'scala',
  'lib',
  'app',
  'apps',
  'pkg',
  'internal',
  'packages',
  'modules',
  'source',
  'sources',
  'services',
  'libs',
  'projects',
  'backend',
  'frontend',
  'server',
  'client',
]);

/** `com.acme.orders` begins with whose it is. */
const DOMAINS: ReadonlySet<string> = new Set([
  'com',
  'org',
  'net',
  'io',
  'dev',
  'fr',
  'de',
  'uk',
  'eu',
  'gov',
  'edu',
  'co',
]);

/**
 * The module a source file belongs to: the first folder that means something, with everything above it.
 * `src/orders/api/list.ts` is in `src/orders`; a file at the top of the source is in no module.
 */
export function moduleOf(path: string): string | null {
  const folders = folderOf(path)
    .split('/')
    .filter((part) => part !== '');
  let at = 0;
  for (const [index, folder] of folders.entries()) if (index < 6 && ROOTS.has(folder.toLowerCase())) at = index + 1;
  if (DOMAINS.has(folders[at] ?? '')) at += 2;
  return at < folders.length ? folders.slice(0, at + 1).join('/') : null;
}

/** What a line looks like that imports something, by language; one of the groups is the specifier. */
const IMPORTS: Partial<Record<Language, RegExp>> = {
  java: /^\s*import\s+(?:static\s+)?([\w.]+)/,
  csharp: /^\s*(?:global\s+)?using\s+(?:static\s+)?([\w.]+)\s*;/,
  python: /^\s*(?:from\s+(\.*[\w.]*)\s+import\b|import\s+([\w.]+))/,
  go: /^\s*(?:import\s+)?(?:[\w.]+\s+)?"([\w./-]+\/[\w./-]+)"\s*$/,
  rust: /^\s*(?:pub\s+)?use\s+((?:crate|super)[\w:]*)/,
  script: /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\(\s*)['"]([^'"]+)['"]/,
};

/** What is longer is no line that a person wrote. */
const MAX_LINE = 300;

/** The specifier on a line of code, told without a syntax tree; `null` where the line imports nothing. */
export function importOn(text: string, language: Language): string | null {
  const match = IMPORTS[language]?.exec(text.slice(0, MAX_LINE));
  return match?.[1] || match?.[2] || null;
}

/** Where in the repository a specifier leads, as a path; `null` where it leads out of it, or nobody can tell. */
export function resolveImport(from: string, specifier: string, language: Language): string | null {
  switch (language) {
    case 'script':
      return /^\.{1,2}(?:\/|$)/.test(specifier) ? within(posix.join(folderOf(from), specifier)) : null;
    case 'java':
    case 'csharp':
      return besides(from, specifier.split('.'));
    case 'python': {
      const dots = /^\.*/.exec(specifier)?.[0].length ?? 0;
      const rest = specifier.slice(dots).split('.').join('/');
      if (dots > 0) return within(posix.join(folderOf(from), '../'.repeat(dots - 1), rest, 'x'));
      return besides(from, [...specifier.split('.'), 'x']);
    }
    case 'go':
      // `host/owner/repository/folder`: the folder, and any file in it.
      return specifier.split('/').length > 3 && /^[\w-]+\.[\w.-]+\//.test(specifier) ? goPath(from, specifier) : null;
    case 'rust': {
      const source = /^(.*?\bsrc)\//.exec(from)?.[1];
      return source && specifier.startsWith('crate::') ? `${source}/${specifier.slice(7).split('::').join('/')}` : null;
    }
    default:
      return null;
  }
}

function within(path: string): string | null {
  return path.startsWith('..') || path.startsWith('/') ? null : path;
}

/** A dotted name that begins like the file's own path does leads into the same source. */
function besides(from: string, parts: readonly string[]): string | null {
  const folders = folderOf(from).split('/');
  const [first = '', second = ''] = parts;
  const at = folders.findIndex(
    (folder, index) => folder === first && (!DOMAINS.has(first) || folders[index + 1] === second),
  );
  return at < 0 || parts.length < 2 ? null : [...folders.slice(0, at), ...parts].join('/');
}

function goPath(from: string, specifier: string): string | null {
  const inside = specifier.split('/').slice(3);
  const top = folderOf(from).split('/')[0];
  return ['src', 'pkg', 'internal', 'cmd', 'lib', top].includes(inside[0]) ? [...inside, 'x'].join('/') : null;
}
