import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

let ranks: ReadonlyMap<string, number> | undefined;

/**
 * Names of npm packages that people really use, each with its rank, the most used first: bundled with us, so that nobody
 * is asked for them. Some megabytes, and so read only once a change names a package.
 */
export function popularPackages(): ReadonlyMap<string, number> {
  if (ranks) return ranks;
  const { npmHighImpact } = load('npm-high-impact') as typeof import('npm-high-impact');
  ranks = new Map(npmHighImpact.map((name, rank) => [name, rank]));
  return ranks;
}
