import { minimatch } from 'minimatch';

/** What the configuration says about names that must not leave. */
export interface PrivacyOptions {
  /** Globs of names; a scope alone stands for all its names. */
  private: readonly string[];
  /** Scope to the address of its registry. */
  registries: Readonly<Record<string, string>>;
}

/** Why a name is not looked up, as the end of "… because it is …"; `null` where the configuration has nothing against it. */
export function privacyOf(name: string, options: PrivacyOptions): string | null {
  const glob = options.private.find((pattern) => matchesName(name, pattern));
  if (glob !== undefined) return `private by the configuration (${glob})`;
  const scope = Object.keys(options.registries).find((one) => name.startsWith(`${one}/`));
  return scope === undefined ? null : `of a scope that the configuration maps to another registry (${scope})`;
}

function matchesName(name: string, pattern: string): boolean {
  const glob = /^@[^/]+$/.test(pattern) ? `${pattern}/*` : pattern;
  // No pattern in a list of names is a comment or a negation.
  return minimatch(name, glob, { dot: true, nocomment: true, nonegate: true });
}
