import { LRUCache } from 'lru-cache';
import { Minimatch, type MinimatchOptions } from 'minimatch';

/** How globs of files are read, unless somebody says otherwise: a name that begins with a dot is a name like any other. */
const FILES: MinimatchOptions = { dot: true, nocomment: true, nonegate: true };

/** Globs kept compiled, some kilobytes each. */
const MAX_COMPILED = 1_000;

/** By options and glob: compiling takes longer than matching, and every pull request is matched with the same few. */
const compiled = new LRUCache<string, Minimatch>({ max: MAX_COMPILED });

/**
 * A compiled glob, shared with whoever compiles the same one. For what a base branch or we ourselves say; a glob that a
 * pull request brings along is compiled by whoever meets it, so that nobody pushes the others out.
 */
export function compileGlob(glob: string, options: MinimatchOptions = FILES): Minimatch {
  const key = `${JSON.stringify(options)} ${glob}`;
  const known = compiled.get(key);
  if (known) return known;
  const made = new Minimatch(glob, options);
  compiled.set(key, made);
  return made;
}
