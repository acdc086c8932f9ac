import { type DeclaredPackage, type EcosystemResult, lineFinder, MAX_PACKAGES, recordOf } from './declared-package.ts';

/** Packages of the platform: PHP, its extensions and Composer itself. */
const PLATFORM = /^(?:php(?:-.*)?|hhvm|(?:ext|lib)-.*|composer(?:-(?:plugin|runtime)-api)?)$/;

/** Reads `composer.json`. Never throws. */
export function readComposer(text: string): EcosystemResult {
  let root: Record<string, unknown>;
  try {
    root = recordOf(JSON.parse(text.replace(/^\uFEFF/, '')));
  } catch {
    return { ok: false, line: null, cause: 'it is not valid JSON' };
  }
  const findLine = lineFinder(text);
  const packages = ['require', 'require-dev']
    .flatMap((field) => Object.entries(recordOf(root[field])))
    .filter(([name]) => !PLATFORM.test(name))
    .map(([name, value]): DeclaredPackage => {
      const spec = typeof value === 'string' ? value : '';
      const exact = /^=?v?(\d+(?:\.\d+){1,3})$/.exec(spec.trim());
      const line = findLine((one) => one.includes(`"${name}"`));
      return { name: name.toLowerCase(), spec, version: exact?.[1] ?? null, line, elsewhere: null };
    })
    .slice(0, MAX_PACKAGES);
  const own = typeof root.name === 'string' ? root.name.toLowerCase() : null;
  return {
    ok: true,
    packages,
    own: own === null ? [] : [own],
    // A vendor's name is theirs alone.
    ownPrefixes: own?.includes('/') ? [`${own.slice(0, own.indexOf('/'))}/`] : [],
    namesRegistry:
      Object.keys(Array.isArray(root.repositories) ? { ...root.repositories } : recordOf(root.repositories)).length > 0,
  };
}
