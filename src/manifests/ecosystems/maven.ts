import { type DeclaredPackage, type EcosystemResult, lineFinder, MAX_PACKAGES, recordOf } from './declared-package.ts';
import { childrenAt, readXml, textAt } from './xml.ts';

/** Reads `pom.xml`: dependencies, managed ones, those of profiles, and plugins. Never throws. */
export function readPom(text: string): EcosystemResult {
  const xml = readXml(text);
  if (!xml.ok) return { ok: false, line: xml.line, cause: 'it is not valid XML' };
  const [project] = childrenAt(xml.root, 'project');
  if (!project) return { ok: false, line: 1, cause: 'it holds no project' };
  const findLine = lineFinder(text);
  const properties = propertiesOf(project);
  const holders = [project, ...childrenAt(project, 'profiles', 'profile')];
  const entries = holders.flatMap((holder) => [
    ...childrenAt(holder, 'dependencies', 'dependency'),
    ...childrenAt(holder, 'dependencyManagement', 'dependencies', 'dependency'),
    ...childrenAt(holder, 'build', 'plugins', 'plugin'),
    ...childrenAt(holder, 'build', 'pluginManagement', 'plugins', 'plugin'),
  ]);
  const packages = entries.flatMap((entry) => readEntry(entry, properties, findLine)).slice(0, MAX_PACKAGES);
  const group = properties.get('project.groupId') ?? null;
  const artifact = textAt(project, 'artifactId');
  return {
    ok: true,
    packages,
    own: group !== null && artifact !== null ? [`${group}:${artifact}`] : [],
    ownPrefixes: group === null ? [] : ownPrefixes(group),
    namesRegistry: holders.some((holder) =>
      ['repositories', 'pluginRepositories'].some((tag) => Object.keys(recordOf(holder[tag])).length > 0),
    ),
  };
}

function readEntry(
  entry: Record<string, unknown>,
  properties: ReadonlyMap<string, string>,
  findLine: ReturnType<typeof lineFinder>,
): DeclaredPackage[] {
  // Plugins without a group are Maven's own.
  const group = resolve(textAt(entry, 'groupId') ?? 'org.apache.maven.plugins', properties);
  const artifact = resolve(textAt(entry, 'artifactId') ?? '', properties);
  if (group === null || artifact === null || artifact === '') return [];
  const spec = textAt(entry, 'version') ?? '';
  const resolved = resolve(spec, properties);
  const version = resolved !== null && /^[^[(,\s]+$/.test(resolved) ? resolved : null;
  const isLocal = textAt(entry, 'scope') === 'system';
  const line = findLine((one) => one.includes(`<artifactId>${artifact}</artifactId>`));
  return [{ name: `${group}:${artifact}`, spec, version, line, elsewhere: isLocal ? 'a file of the system' : null }];
}

function propertiesOf(project: Record<string, unknown>): Map<string, string> {
  const [own] = childrenAt(project, 'properties');
  const [parent] = childrenAt(project, 'parent');
  const properties = new Map<string, string>();
  for (const name of Object.keys(own ?? {})) {
    const value = textAt(own!, name);
    if (value !== null) properties.set(name, value);
  }
  for (const name of ['groupId', 'version']) {
    const value = textAt(project, name) ?? (parent ? textAt(parent, name) : null);
    if (value !== null) properties.set(`project.${name}`, value);
  }
  return properties;
}

/** `${…}` filled in from the same file; `null` where it leaves something open. */
function resolve(text: string, properties: ReadonlyMap<string, string>): string | null {
  const filled = text.replace(/\$\{([^}]*)\}/g, (whole, name: string) => properties.get(name) ?? whole);
  return filled.includes('${') ? null : filled;
}

/** `com.acme.widgets` belongs to whoever has `com.acme`. */
function ownPrefixes(group: string): string[] {
  const owner = group.split('.').slice(0, 2).join('.');
  return [`${group}:`, `${owner}:`, `${owner}.`];
}
