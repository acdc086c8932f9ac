import { isBuiltin } from 'node:module';
import validateName from 'validate-npm-package-name';

/** The package that an import specifier names, or why it names none. */
export type SpecifierReading = { name: string } | { reason: string };

/** Prefixes of modules that a framework or a runtime makes up, and that no registry holds. */
const VIRTUAL = [
  '$app/',
  '$env/',
  '$lib',
  '$service-worker',
  '$houdini',
  'meteor/',
  'k6/',
  '@theme/',
  '@theme-original/',
  '@theme-init/',
  '@site/',
  '@generated/',
];

/** Whole names of that kind. */
const VIRTUAL_NAMES = new Set([
  'k6',
  'bun',
  'deno',
  'virtual.css',
  'uno.css',
  'windi.css',
  '@env',
  '@theme',
  '__STATIC_CONTENT_MANIFEST',
]);

/** Reads an import specifier, loaders, queries and all. Hostile text in, a name by npm's rules out. */
export function readSpecifier(written: string): SpecifierReading {
  // `!!raw-loader!name`: what stands last is loaded, the rest are loaders of the bundler.
  const loaded = written.slice(written.lastIndexOf('!') + 1);
  const [specifier = ''] = loaded.split('?');
  if (specifier === '' || specifier.includes('\0')) return { reason: 'made up by a bundler' };
  if (/^\.{1,2}(?:$|[\\/])|^[\\/]|^[a-z]:[\\/]/i.test(specifier)) return { reason: 'a path' };
  if (/^(?:~|@\/)/.test(specifier)) return { reason: 'an alias by custom' };
  if (specifier.startsWith('#')) return { reason: 'an import of the package itself' };
  const ofDeno = /^npm:(?!npm:)\/?(.+)$/i.exec(specifier)?.[1];
  if (ofDeno !== undefined) return readSpecifier(ofDeno.replace(/(?<=.)@[^/]*/, ''));
  if (/^[a-z][a-z0-9+.-]*:/i.test(specifier)) return { reason: 'of a protocol that no registry answers' };
  if (isBuiltin(specifier)) return { reason: 'a built-in module' };
  if (VIRTUAL_NAMES.has(specifier) || VIRTUAL.some((prefix) => specifier.startsWith(prefix))) {
    return { reason: 'made up by a framework' };
  }
  const [first = '', second] = specifier.split('#')[0]!.split('/');
  const name = first.startsWith('@') ? `${first}/${second ?? ''}` : first;
  if (!validateName(name).validForOldPackages) return { reason: 'no name a package can have, so an alias' };
  return { name };
}

/** Packages that a framework brings with itself, by what the imports begin with. */
const BROUGHT_ALONG: readonly { prefix: string; by: readonly string[] }[] = [
  { prefix: '@docusaurus/', by: ['@docusaurus/core'] },
  { prefix: '@ember/', by: ['ember-source'] },
  { prefix: '@wordpress/', by: ['@wordpress/scripts', '@wordpress/dependency-extraction-webpack-plugin'] },
  { prefix: 'vscode', by: ['@types/vscode', 'vscode'] },
  { prefix: 'vue', by: ['nuxt', 'nuxt3'] },
  { prefix: 'vue-router', by: ['nuxt', 'nuxt3'] },
  { prefix: 'h3', by: ['nuxt', 'nitropack'] },
];

/** Whether a declared framework brings a package along by its own design. */
export function isBroughtAlong(name: string, declared: ReadonlySet<string>): boolean {
  return BROUGHT_ALONG.some(({ prefix, by }) => {
    const matches = prefix.endsWith('/') ? name.startsWith(prefix) : name === prefix;
    return matches && by.some((one) => declared.has(one));
  });
}

/** The package that types a package which has none of its own: `@scope/name` → `@types/scope__name`. */
export function typesPackageOf(name: string): string {
  return `@types/${name.startsWith('@') ? name.slice(1).replace('/', '__') : name}`;
}
