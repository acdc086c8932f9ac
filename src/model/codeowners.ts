import { Minimatch } from 'minimatch';

/** Where GitHub looks for the file, in this order. */
export const CODEOWNERS_PATHS = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'] as const;

/** GitHub reads no larger one. */
const MAX_LENGTH = 3 * 1024 * 1024;

/** One line: the files it is about, and who owns them (`@login`, `@organisation/team`; addresses are left out). */
export interface OwnersRule {
  globs: readonly Minimatch[];
  owners: readonly string[];
}

/** The rules of a CODEOWNERS file, in its order. Lines that GitHub would skip are skipped. */
export function readCodeOwners(text: string): OwnersRule[] {
  if (text.length > MAX_LENGTH) return [];
  return text.split(/\r?\n/).flatMap((line) => {
    const [pattern = '', ...words] = line
      .trim()
      .replace(/\\#/g, '\0')
      .replace(/(^|\s)#.*$/, '')
      .split(/\s+/);
    // GitHub knows neither negation nor ranges here.
    if (pattern === '' || pattern.length > 1_000 || /^!|[[\]]/.test(pattern)) return [];
    return [{ globs: globsOf(pattern.replaceAll('\0', '#')), owners: words.filter((word) => word.startsWith('@')) }];
  });
}

/** Who owns a file: the last rule that matches decides, even where it names nobody. */
export function ownersOf(path: string, rules: readonly OwnersRule[]): readonly string[] {
  return rules.findLast(({ globs }) => globs.some((glob) => glob.match(path)))?.owners ?? [];
}

/** As in .gitignore: a slash at the start or inside ties the pattern to the root; a folder stands for all in it. */
function globsOf(pattern: string): Minimatch[] {
  const anchored = pattern.replace(/\/$/, '').includes('/');
  const bare = pattern.replace(/^\//, '').replace(/\/$/, '');
  const from = anchored ? bare : `**/${bare}`;
  // `docs/*` owns the files in docs and not those further down.
  const itself = pattern.endsWith('/') ? [] : [from];
  const below = /(?:^|\/)\*$/.test(bare) && bare !== '*' ? [] : [`${from}/**`];
  return [...itself, ...below].map(
    (glob) => new Minimatch(glob, { dot: true, nobrace: true, noext: true, nonegate: true, nocomment: true }),
  );
}
