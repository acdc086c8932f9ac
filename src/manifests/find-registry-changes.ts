import type { DependencyFault } from '../model/dependency.ts';
import type { Evidence, EvidenceRequest } from '../model/evidence.ts';
import { baseName } from '../model/package-files.ts';
import type { PullRequest } from '../model/pull-request.ts';
import { bothSidesOf, type ChangedManifest, changedFilesNamed } from './changed-manifests.ts';
import { REGISTRY_FILES, type RegistryMap } from './registry-map.ts';
import { readYaml } from './yaml.ts';

/** Files of code that pnpm runs before it installs anything. */
const HOOKS = ['.pnpmfile.cjs', '.pnpmfile.mjs', 'pnpmfile.js'];

const NAMES = [...Object.keys(REGISTRY_FILES), ...HOOKS];

/** Both sides of every changed file that tells package managers where to fetch from. */
export function registryChangeRequests(pullRequest: PullRequest): EvidenceRequest[] {
  return changedFilesNamed(pullRequest, Object.keys(REGISTRY_FILES)).flatMap(bothSidesOf);
}

/** Whether the change touches a file that tells package managers where to fetch from. */
export function changedRegistryFiles(pullRequest: PullRequest): ChangedManifest[] {
  return changedFilesNamed(pullRequest, NAMES);
}

/** What the change does to where packages come from. It is judged, itself, by the settings of the base branch. */
export function findRegistryChanges(pullRequest: PullRequest, evidence: Evidence): DependencyFault[] {
  return changedRegistryFiles(pullRequest).flatMap((changed): DependencyFault[] => {
    const { path } = changed;
    const isHook = HOOKS.includes(baseName(path));
    const what = isHook
      ? ['the code in it runs at every installation and can replace any package']
      : differences(changed, evidence);
    if (what.length === 0) return [];
    const line = changed.removed ? null : lineOfChange(path, pullRequest);
    return [{ kind: 'registry-config-changed', path, line, name: null, facts: { file: path, what: what.join('; ') } }];
  });
}

function differences(changed: ChangedManifest, evidence: Evidence): string[] {
  const { path, previousPath, removed } = changed;
  const before = previousPath === null ? null : mapOf(path, evidence.file(previousPath, 'merge-base'));
  const after = removed ? null : mapOf(path, evidence.file(path, 'head'));
  const [old, now] = [before ?? EMPTY, after ?? EMPTY];
  const found: string[] = [];
  if (old.map.default !== now.map.default) {
    found.push(`unscoped packages come from ${shown(now.map.default)} instead of ${shown(old.map.default)}`);
  }
  for (const scope of new Set([...old.map.scopes.keys(), ...now.map.scopes.keys()])) {
    const [was, is] = [old.map.scopes.get(scope) ?? null, now.map.scopes.get(scope) ?? null];
    if (was !== is) found.push(`${scope} comes from ${shown(is)} instead of ${shown(was)}`);
  }
  if (now.map.someScope && !old.map.someScope) found.push('a scope is mapped whose name is set outside of the file');
  for (const registry of now.map.signsInTo) {
    if (!old.map.signsInTo.has(registry)) found.push(`a token is sent to ${registry || 'the default registry'}`);
  }
  for (const plugin of now.plugins) if (!old.plugins.has(plugin)) found.push(`the plugin ${plugin} is loaded`);
  return found;
}

interface Settings {
  map: RegistryMap;
  /** Yarn's plugins, and its own program: code that runs at every installation. */
  plugins: ReadonlySet<string>;
}

const EMPTY: Settings = {
  map: { default: null, scopes: new Map(), someScope: false, signsInTo: new Set() },
  plugins: new Set(),
};

function mapOf(path: string, answer: ReturnType<Evidence['file']>): Settings | null {
  if (answer.state !== 'found') return null;
  const name = baseName(path);
  const result = REGISTRY_FILES[name]?.(answer.text);
  if (!result?.ok) return null;
  return { map: result.map, plugins: name === '.yarnrc.yml' ? pluginsIn(answer.text) : new Set() };
}

function pluginsIn(text: string): Set<string> {
  try {
    const { plugins, yarnPath } = (readYaml(text) ?? {}) as { plugins?: unknown; yarnPath?: unknown };
    const listed = Array.isArray(plugins) ? plugins : [];
    const paths = listed.map((one) => (typeof one === 'string' ? one : (one as { path?: unknown } | null)?.path));
    return new Set([...paths, yarnPath].filter((one) => typeof one === 'string'));
  } catch {
    return new Set();
  }
}

function shown(registry: string | null): string {
  return registry === null ? 'the default registry' : registry === '' ? 'an address set elsewhere' : registry;
}

function lineOfChange(path: string, { files }: PullRequest): number | null {
  const [hunk] = files.find((file) => file.path === path)?.hunks ?? [];
  if (!hunk) return null;
  const before = hunk.lines.findIndex((line) => !line.startsWith(' '));
  return hunk.newStart + Math.max(0, before);
}
