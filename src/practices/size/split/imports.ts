import { dirname, join } from 'node:path/posix';
import { anyOf } from '../../../model/any-of.ts';
import type { ChangedFile } from '../../../model/pull-request.ts';

/** That one changed file needs another to be there first. */
export interface Need {
  user: ChangedFile;
  needed: ChangedFile;
}

/**
 * What lines name other files of the same repository by, in the common languages. Each has the name in its first group.
 * Only what the change itself shows is read, so a plan is a good guess and never a proof.
 */
const IMPORTS: readonly RegExp[] = [
  // import x from './a'; export * from './a'; import './a'; import('./a'); require('./a'); require_relative 'a'
  /\b(?:from|import|require|require_relative|require_once|include|include_once|load)\s*\(?\s*["']([^"'\s]+)["']/,
  // @import 'a'; @use "a"; #include "a.h"; import ( "example.com/a" )
  /^\s*(?:@import|@use|@forward|#\s*include|import)\s+(?:[\w.]+\s+)?["']([^"'\s]+)["']/,
  /^\s*(?:[\w.]+\s+)?"([\w.-]+(?:\/[\w.-]+)+)"\s*$/,
  // from a.b import c; import a.b; import a.b.C;  use App\Models\Order;  use crate::db::table;  using A.B;
  /^\s*from\s+([\w.]+)\s+import\b/,
  /^\s*(?:import|using|use|pub\s+use)\s+(?:static\s+)?([\w]+(?:(?:\.|::|\\)[\w]+)+)/,
  // mod table;
  /^\s*(?:pub\s+)?mod\s+(\w+)\s*;/,
];

/** Whether any of them finds a name on this line. */
const mayImport = anyOf(IMPORTS);

/** Lines longer than any import, and minified code in which everything stands on one. */
const LONG = 400;

/** Which changed files need which others, by the imports on the lines of the change. No file needs itself. */
export function findNeeds(files: readonly ChangedFile[]): Need[] {
  const index = new ModuleIndex(files);
  const needs: Need[] = [];
  const known = new Set<string>();
  for (const file of files) {
    for (const { lines } of file.hunks) {
      for (const line of lines) {
        if (line.length > LONG) continue;
        const name = importedBy(line.slice(1));
        if (name === null) continue;
        const target = index.find(file, name);
        if (!target || target === file) continue;
        const need = line.startsWith('-') ? needToLetGo(file, target) : { user: file, needed: target };
        if (!need) continue;
        const key = `${need.user.path}\0${need.needed.path}`;
        if (known.has(key)) continue;
        known.add(key);
        needs.push(need);
      }
    }
  }
  return needs;
}

/** A file can only go once nobody imports it any more: its removal needs the change that lets go of it. */
function needToLetGo(file: ChangedFile, target: ChangedFile): Need | null {
  return target.status === 'removed' && file.status !== 'removed' ? { user: target, needed: file } : null;
}

function importedBy(line: string): string | null {
  if (!mayImport(line)) return null;
  for (const pattern of IMPORTS) {
    const found = pattern.exec(line)?.[1];
    if (found) return found;
  }
  return null;
}

/** Finds a changed file by what an import calls it. */
class ModuleIndex {
  readonly #byModule = new Map<string, ChangedFile>();
  /** By every ending of the module's path, down to its last part; `null` where several share it. */
  readonly #byEnding = new Map<string, ChangedFile | null>();
  /** By every ending of the folder, for languages that import folders: the first file of it. */
  readonly #byFolder = new Map<string, ChangedFile>();

  constructor(files: readonly ChangedFile[]) {
    for (const file of files) {
      const name = moduleOf(file.path);
      if (!this.#byModule.has(name)) this.#byModule.set(name, file);
      const parts = name.split('/');
      for (let from = Math.max(0, parts.length - MOST_PARTS); from < parts.length; from++) {
        const ending = parts.slice(from).join('/');
        this.#byEnding.set(ending, this.#byEnding.has(ending) ? null : file);
      }
      if (!FOLDERS_ARE_MODULES.test(file.path)) continue;
      const folders = dirname(file.path).split('/');
      for (let from = Math.max(0, folders.length - MOST_PARTS); from < folders.length; from++) {
        const ending = folders.slice(from).join('/');
        if (!this.#byFolder.has(ending)) this.#byFolder.set(ending, file);
      }
    }
  }

  find(from: ChangedFile, name: string): ChangedFile | null {
    if (name.startsWith('.') && name.includes('/')) {
      return this.#byModule.get(moduleOf(join(dirname(from.path), name))) ?? null;
    }
    const parts = partsOf(name);
    // `crate::db::table`, `@/db/table`, `example.com/shop/db`: what stands in front is not part of the path.
    for (let start = 0; start < parts.length; start++) {
      const ending = moduleOf(parts.slice(start).join('/'));
      if (!ending.includes('/')) break;
      const file = this.#byEnding.get(ending) ?? this.#byFolder.get(ending);
      if (file) return file;
    }
    const beside = this.#byModule.get(moduleOf(join(dirname(from.path), parts.at(-1) ?? '')));
    return beside ?? null;
  }
}

/** A path is known by its last parts. */
const MOST_PARTS = 6;

/** Languages in which an import names a folder. */
const FOLDERS_ARE_MODULES = /\.(?:go|java|kt|cs)$/;

/** `src/db/table.ts` and `src/db/table/index.ts` are both `src/db/table`. */
function moduleOf(path: string): string {
  return path
    .replace(/\.(?:d\.)?\w{1,6}$/, '')
    .replace(/(?<=\/)(?:index|mod|__init__)$/, '')
    .replace(/\/$/, '');
}

function partsOf(name: string): string[] {
  const path = /[/]/.test(name) ? name : name.replaceAll('::', '/').replaceAll('\\', '/').replaceAll('.', '/');
  return path.split('/').filter((part) => part !== '' && part !== '.' && part !== '@' && part !== '~');
}
