import ini from 'ini';
import { parse as parseToml } from 'smol-toml';
import { readYaml } from './yaml.ts';

/** What one configuration file of a package manager says about registries. Values stay as written: nothing is expanded. */
export interface RegistryMap {
  /** Where unscoped names go; `null` where the file leaves the package manager's default. */
  default: string | null;
  /** Scope, with its `@`, to where its names go. */
  scopes: ReadonlyMap<string, string>;
  /** A key that no one can read without the environment maps some scope we cannot name. */
  someScope: boolean;
  /** Registries, as `//host/path`, that the file signs in to; `''` for "the default one". Tokens are never kept. */
  signsInTo: ReadonlySet<string>;
}

/** A file's map, or why it cannot be read. */
export type RegistryMapResult = { ok: true; map: RegistryMap } | { ok: false; cause: string };

/** The files in which package managers are told about registries, by name, each with its reader. */
export const REGISTRY_FILES: Readonly<Record<string, (text: string) => RegistryMapResult>> = {
  '.npmrc': readNpmrc,
  '.yarnrc.yml': readYarnrc,
  '.yarnrc': readClassicYarnrc,
  'bunfig.toml': readBunfig,
  'pnpm-workspace.yaml': readPnpmSettings,
};

/** `registry=…`, `@scope:registry=…`, `//host/:_authToken=…` (npm, pnpm, Bun). */
function readNpmrc(text: string): RegistryMapResult {
  const map = emptyMap();
  for (const [key, value] of Object.entries(ini.parse(text) as Record<string, unknown>)) {
    if (key === 'registry') map.default = stringOf(value);
    else if (key.endsWith(':registry')) mapScope(map, key.slice(0, -':registry'.length), value);
    else if (/^(\/\/.*:)?_(auth|authToken|password)$/.test(key)) map.signsInTo.add(key.replace(/:?_[a-z]+$/i, ''));
  }
  return { ok: true, map };
}

/** `registry "https://…"`, `"@scope:registry" "https://…"` (Yarn 1). */
function readClassicYarnrc(text: string): RegistryMapResult {
  const map = emptyMap();
  for (const line of text.split('\n')) {
    const [, key, value] = /^\s*"?([^\s"#]+)"?\s+"?([^\s"]+)"?\s*$/.exec(line) ?? [];
    if (key === 'registry' && value !== undefined) map.default = value;
    else if (key?.endsWith(':registry')) mapScope(map, key.slice(0, -':registry'.length), value);
  }
  return { ok: true, map };
}

/** `npmRegistryServer`, `npmScopes`, `npmAuthToken`, `npmRegistries` (Yarn 2 on). */
function readYarnrc(text: string): RegistryMapResult {
  const settings = parseWith(readYaml, text);
  if (!settings) return { ok: false, cause: 'it is not valid YAML' };
  const map = emptyMap();
  map.default = stringOf(settings.npmRegistryServer);
  if (signsIn(settings)) map.signsInTo.add('');
  for (const [host, registry] of Object.entries(recordOf(settings.npmRegistries))) {
    if (signsIn(recordOf(registry))) map.signsInTo.add(host);
  }
  for (const [scope, value] of Object.entries(recordOf(settings.npmScopes))) {
    const { npmRegistryServer } = recordOf(value);
    if (npmRegistryServer !== undefined) mapScope(map, scope, npmRegistryServer);
    if (signsIn(recordOf(value))) map.signsInTo.add(stringOf(npmRegistryServer) ?? '');
  }
  return { ok: true, map };
}

/** `[install] registry`, `[install.scopes]` (Bun). */
function readBunfig(text: string): RegistryMapResult {
  const settings = parseWith(parseToml, text);
  if (!settings) return { ok: false, cause: 'it is not valid TOML' };
  const map = emptyMap();
  const { registry, scopes } = recordOf(settings.install);
  map.default = stringOf(registry) ?? stringOf(recordOf(registry).url);
  if (recordOf(registry).token !== undefined) map.signsInTo.add('');
  for (const [scope, value] of Object.entries(recordOf(scopes))) {
    const url = stringOf(value) ?? stringOf(recordOf(value).url);
    if (url !== null) mapScope(map, scope, url);
    if (recordOf(value).token !== undefined) map.signsInTo.add(url ?? '');
  }
  return { ok: true, map };
}

/** `registry`, `registries` (pnpm keeps its settings beside its workspace). */
function readPnpmSettings(text: string): RegistryMapResult {
  const settings = parseWith(readYaml, text);
  if (!settings) return { ok: false, cause: 'it is not valid YAML' };
  const map = emptyMap();
  map.default = stringOf(settings.registry);
  for (const [scope, url] of Object.entries(recordOf(settings.registries))) {
    if (scope === 'default') map.default = stringOf(url);
    else mapScope(map, scope, url);
  }
  return { ok: true, map };
}

interface GrowingMap extends RegistryMap {
  scopes: Map<string, string>;
  signsInTo: Set<string>;
}

function emptyMap(): GrowingMap {
  return { default: null, scopes: new Map(), someScope: false, signsInTo: new Set() };
}

function mapScope(map: GrowingMap, scope: string, url: unknown): void {
  if (scope.includes('${')) map.someScope = true;
  else map.scopes.set(scope.startsWith('@') ? scope : `@${scope}`, typeof url === 'string' ? url : '');
}

function signsIn(settings: Record<string, unknown>): boolean {
  return settings.npmAuthToken !== undefined || settings.npmAuthIdent !== undefined;
}

/** `null` where the text is not of that format; an empty document is an empty record. */
function parseWith(parse: (text: string) => unknown, text: string): Record<string, unknown> | null {
  try {
    return recordOf(parse(text));
  } catch {
    return null;
  }
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function stringOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
