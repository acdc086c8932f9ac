import semver from 'semver';
import type { DeclaredDependency } from './declared-dependency.ts';
import { type JsonObject, objectAt, textAt } from './json-tree.ts';

/** Yarn from version 2 on is published under another name than Yarn 1. */
const MODERN_YARN = '@yarnpkg/cli-dist';

/** The package managers that a manifest asks for: `packageManager`, and `devEngines.packageManager`. */
export function declaredTools(root: JsonObject): DeclaredDependency[] {
  const tools: DeclaredDependency[] = [];
  const field = 'packageManager';
  const line = root.properties.get(field)?.line;
  const written = textAt(root, field);
  if (written !== null && line !== undefined) tools.push({ field, ...toolIn(written), line });

  const holder = objectAt(root, 'devEngines');
  for (const tool of engineEntries(holder)) {
    const name = textAt(tool, 'name');
    const version = textAt(tool, 'version');
    const place = tool.properties.get('name')?.line;
    if (name === null || version === null || place === undefined) continue;
    tools.push({ field: 'devEngines.packageManager', ...named(name, version), line: place });
  }
  return tools;
}

/** `pnpm@9.1.0+sha512.…`: the checksum is no part of the version that is published. */
function toolIn(written: string): Pick<DeclaredDependency, 'key' | 'name' | 'spec'> {
  const at = written.indexOf('@', 1);
  if (at === -1) return named(written, '*');
  return named(written.slice(0, at), written.slice(at + 1));
}

function named(name: string, version: string): Pick<DeclaredDependency, 'key' | 'name' | 'spec'> {
  const plain = /^https?:/i.test(version) ? version : version.replace(/\+.*$/, '');
  if (name !== 'yarn') return { key: name, name, spec: plain };
  const lowest = semver.validRange(plain) === null ? null : semver.minVersion(plain);
  return lowest !== null && lowest.major >= 2
    ? { key: name, name: MODERN_YARN, spec: plain }
    : { key: name, name, spec: plain };
}

function engineEntries(holder: JsonObject | null): JsonObject[] {
  const value = holder?.properties.get('packageManager')?.value;
  if (value?.type === 'object') return [value.object];
  if (value?.type !== 'array') return [];
  return value.items.flatMap((item) => (item.type === 'object' ? [item.object] : []));
}
