/** Names that a compiler or a bundler turns into something else than a package. */
export interface Aliases {
  exact: Set<string>;
  /** A specifier that begins so is no package. */
  prefixes: Set<string>;
  /** Folders in which a first segment is looked for before packages are. */
  folders: Set<string>;
  /** Why there may be more than we can read, as the end of "… because …"; `null` where we read all. */
  doubt: string | null;
}

/** None. */
export function noAliases(): Aliases {
  return { exact: new Set(), prefixes: new Set(), folders: new Set(), doubt: null };
}

/** Whether a specifier is turned into something else. */
export function isAliased(specifier: string, { exact, prefixes }: Aliases): boolean {
  return exact.has(specifier) || [...prefixes].some((prefix) => specifier.startsWith(prefix));
}

/**
 * Takes down a pattern of `tsconfig.json`, an import map or a bundler: `@app/*`, `@app/`, `@app`. A bundler's alias also
 * stands for what is below it.
 */
export function addPattern(aliases: Aliases, pattern: string, below: boolean): void {
  const star = pattern.indexOf('*');
  if (star > 0) aliases.prefixes.add(pattern.slice(0, star));
  else if (star === -1 && pattern.endsWith('/')) aliases.prefixes.add(pattern);
  else if (star === -1 && pattern.endsWith('$')) aliases.exact.add(pattern.slice(0, -1));
  else if (star === -1 && pattern !== '') {
    aliases.exact.add(pattern);
    if (below) aliases.prefixes.add(`${pattern}/`);
  }
}

/**
 * Takes down a regular expression by what every match must begin with. It is never run: it is the author's text. One that
 * begins with anything at all may match every name.
 */
export function addExpression(aliases: Aliases, source: string, where: string): void {
  const literal = /^\^((?:[\w@~/-]|\\[/.@$-])*)/.exec(source)?.[1]?.replace(/\\/g, '') ?? '';
  // What is optional does not have to be there: `^lib/?` also matches `lib`.
  const rest = source.slice(1 + (/^\^((?:[\w@~/-]|\\[/.@$-])*)/.exec(source)?.[1]?.length ?? 0));
  const certain = /^[?*{]/.test(rest) ? literal.slice(0, -1) : literal;
  if (certain === '') {
    // `\.css$` and the like are about files.
    if (!/\\\.[\w()|?:[\]]+\)?\$$/.test(source))
      aliases.doubt ??= `${where} maps names by an expression that may match it`;
    return;
  }
  if (rest === '$') aliases.exact.add(certain);
  else {
    aliases.prefixes.add(certain);
    aliases.exact.add(certain.replace(/\/$/, ''));
  }
}
