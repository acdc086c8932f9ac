import { type DeclaredPackage, type EcosystemResult, lineFinder, MAX_PACKAGES } from './declared-package.ts';
import { childrenAt, readXml, textAt } from './xml.ts';

const TAGS = ['PackageReference', 'PackageVersion', 'GlobalPackageReference'];

/** Reads a project file of .NET, or the central list of its versions. Never throws. */
export function readProject(text: string): EcosystemResult {
  const xml = readXml(text);
  if (!xml.ok) return { ok: false, line: xml.line, cause: 'it is not valid XML' };
  const findLine = lineFinder(text);
  const groups = childrenAt(xml.root, 'Project', 'ItemGroup');
  const packages = groups
    .flatMap((group) => TAGS.flatMap((tag) => childrenAt(group, tag)))
    .flatMap((entry): DeclaredPackage[] => {
      const written = textAt(entry, '@Include') ?? textAt(entry, '@Update');
      if (written === null || written === '' || written.includes('$(')) return [];
      const spec = textAt(entry, '@Version') ?? textAt(entry, 'Version') ?? textAt(entry, '@VersionOverride') ?? '';
      const line = findLine((one) => one.includes(`"${written}"`));
      // A bare version is the least one wanted; only brackets ask for that one and no other.
      const exact = /^\[\s*([^\s,[\]()]+)\s*\]$/.exec(spec.trim());
      return [{ name: written, spec, version: exact?.[1] ?? null, line, elsewhere: null }];
    })
    .slice(0, MAX_PACKAGES);
  const namesRegistry = childrenAt(xml.root, 'Project', 'PropertyGroup').some((group) =>
    ['RestoreSources', 'RestoreAdditionalProjectSources'].some((tag) => textAt(group, tag) !== null),
  );
  return { ok: true, packages, own: [], ownPrefixes: [], namesRegistry };
}
