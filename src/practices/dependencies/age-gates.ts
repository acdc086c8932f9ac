import ini from 'ini';
import { minimatch } from 'minimatch';
import { parse as parseYaml } from 'yaml';
import type { Evidence, EvidenceRequest } from '../../model/evidence.ts';
import { isLockfile, isManifest } from '../../model/package-files.ts';
import type { PullRequest } from '../../model/pull-request.ts';

/** How old a version must be before the repository's own package manager installs it. */
export interface AgeGate {
  /** In hours. */
  hours: number;
  /** Names, or globs of names, for which the gate is open. */
  exclude: readonly string[];
  /** The file that says so. */
  file: string;
}

/** Files at the root of the base branch in which package managers are told of an age, and of scripts. */
const SETTINGS_FILES: readonly EvidenceRequest[] = ['.npmrc', 'pnpm-workspace.yaml', '.yarnrc.yml', 'package.json'].map(
  (path) => ({ kind: 'file', path, side: 'base' }),
);

/** Those files, where a manifest or a lockfile changed: in one round with the manifests themselves, they cost nothing more. */
export function settingsRequests({ files }: PullRequest): readonly EvidenceRequest[] {
  return files.some(({ path }) => isManifest(path) || isLockfile(path)) ? SETTINGS_FILES : [];
}

/** The repository's own gate, by the settings of the base branch; `null` where it has none. Of several, the longest. */
export function readAgeGate(evidence: Evidence): AgeGate | null {
  const gates = [
    npmGate(textOf('.npmrc', evidence)),
    pnpmGate(textOf('pnpm-workspace.yaml', evidence)),
    yarnGate(textOf('.yarnrc.yml', evidence)),
  ];
  return gates.filter((gate) => gate !== null).toSorted((one, other) => other.hours - one.hours)[0] ?? null;
}

/** Whether the gate lets a name through whatever its age. */
export function isLetThrough(name: string, gate: AgeGate): boolean {
  return gate.exclude.some((glob) => minimatch(name, glob, { nocomment: true, nonegate: true }));
}

/**
 * Whether the repository's package manager runs no script of a dependency unless it is told to: npm from 12 on, pnpm
 * from 10 on, Bun. `false` where nothing says which one it is.
 */
export function blocksScripts(evidence: Evidence): boolean {
  const text = textOf('package.json', evidence);
  if (text === null) return false;
  const manager = managerOf(text);
  if (!manager) return false;
  return (
    (manager.name === 'npm' && manager.major >= 12) ||
    (manager.name === 'pnpm' && manager.major >= 10) ||
    manager.name === 'bun'
  );
}

function managerOf(text: string): { name: string; major: number } | null {
  try {
    const { packageManager } = JSON.parse(text) as { packageManager?: unknown };
    const found = typeof packageManager === 'string' ? /^([a-z]+)@(\d+)\./.exec(packageManager) : null;
    return found ? { name: found[1]!, major: Number(found[2]) } : null;
  } catch {
    return null;
  }
}

/** `min-release-age` in days. */
function npmGate(text: string | null): AgeGate | null {
  if (text === null) return null;
  const settings = ini.parse(text) as Record<string, unknown>;
  const days = Number(settings['min-release-age']);
  const exclude = listOf(settings['min-release-age-exclude']);
  return days > 0 ? { hours: days * 24, exclude, file: '.npmrc' } : null;
}

/** `minimumReleaseAge` in minutes. */
function pnpmGate(text: string | null): AgeGate | null {
  const settings = readYaml(text);
  const minutes = Number(settings.minimumReleaseAge);
  return minutes > 0
    ? { hours: minutes / 60, exclude: listOf(settings.minimumReleaseAgeExclude), file: 'pnpm-workspace.yaml' }
    : null;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1 / 3_600_000, s: 1 / 3600, m: 1 / 60, h: 1, d: 24, w: 168 };

/** `npmMinimalAgeGate` in minutes, or with a unit: `3d`. */
function yarnGate(text: string | null): AgeGate | null {
  const settings = readYaml(text);
  const found = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)?$/.exec(String(settings.npmMinimalAgeGate ?? '').trim());
  const hours = found ? Number(found[1]) * UNITS[found[2] ?? 'm']! : 0;
  return hours > 0 ? { hours, exclude: listOf(settings.npmPreapprovedPackages), file: '.yarnrc.yml' } : null;
}

function textOf(path: string, evidence: Evidence): string | null {
  const answer = evidence.file(path, 'base');
  return answer.state === 'found' ? answer.text : null;
}

/** Keys are text, and are not held against one another: both would let a long file cost more than its length. */
const YAML_OPTIONS = { maxAliasCount: 100, stringKeys: true, uniqueKeys: false, logLevel: 'error' } as const;

function readYaml(text: string | null): Record<string, unknown> {
  if (text === null) return {};
  try {
    const value: unknown = parseYaml(text, YAML_OPTIONS);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function listOf(value: unknown): string[] {
  const list = Array.isArray(value) ? value : typeof value === 'string' ? value.split(/[\s,]+/) : [];
  return list.filter((one): one is string => typeof one === 'string' && one !== '');
}
