import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

/**
 * Yarn's own reader of its format, which YAML's simple forms are, too. Read when the first such lockfile comes: it brings
 * three grammars, which a server at rest need not hold.
 *
 * @throws with the place in `location` or `mark`
 */
export function parseSyml(text: string): unknown {
  const parsers = load('@yarnpkg/parsers') as typeof import('@yarnpkg/parsers');
  return parsers.parseSyml(text);
}
