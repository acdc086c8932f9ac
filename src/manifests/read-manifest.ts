import { baseName } from '../model/package-files.ts';
import type { Catalogs, DeclaredDependency } from './declared-dependency.ts';
import { readPackageJson } from './package-json.ts';
import { readPnpmWorkspace } from './pnpm-workspace.ts';
import { faultOfYaml } from './yaml.ts';

/** What any file that declares dependencies says. */
export interface Manifest {
  dependencies: readonly DeclaredDependency[];
  catalogs: Catalogs;
  /** Names that stand twice in one field, of which the last counts. */
  doubled: readonly { field: string; name: string; line: number }[];
  /** Names that are to be bundled and that no dependency field declares. */
  bundledUndeclared: readonly { field: string; name: string; line: number }[];
}

/** A manifest, or why it is none and at which line. */
export type ManifestResult = { ok: true; manifest: Manifest } | { ok: false; line: number | null; cause: string };

/** The files in which npm's world declares what is installed. */
export const MANIFEST_NAMES: readonly string[] = ['package.json', 'pnpm-workspace.yaml', '.yarnrc.yml'];

/** Reads a manifest by the name of its file. Never throws. */
export function readManifest(path: string, text: string): ManifestResult {
  if (baseName(path) === 'package.json') return readPackageJson(text);
  const settings = readPnpmWorkspace(text);
  if (settings) return { ok: true, manifest: { ...settings, doubled: [], bundledUndeclared: [] } };
  return { ok: false, ...(faultOfYaml(text) ?? { line: null, cause: 'it is not valid YAML' }) };
}
