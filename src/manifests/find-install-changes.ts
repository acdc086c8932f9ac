import type { DependencyFault } from '../model/dependency.ts';
import type { Evidence } from '../model/evidence.ts';
import type { PullRequest } from '../model/pull-request.ts';
import { type ChangedManifest, changedFilesNamed } from './changed-manifests.ts';
import { readYaml } from './yaml.ts';

/** Scripts of a package's own that run wherever somebody installs in its folder. */
const HOOKS = ['preinstall', 'install', 'postinstall', 'preprepare', 'prepare', 'postprepare'];

/** Where package managers are told whose scripts may run: the path of keys, and the file. */
const PERMISSIONS: readonly { file: string; keys: readonly string[] }[] = [
  { file: 'package.json', keys: ['allowScripts'] },
  { file: 'package.json', keys: ['trustedDependencies'] },
  { file: 'package.json', keys: ['pnpm', 'onlyBuiltDependencies'] },
  { file: 'package.json', keys: ['pnpm', 'allowBuilds'] },
  { file: 'package.json', keys: ['dependenciesMeta'] },
  { file: 'pnpm-workspace.yaml', keys: ['onlyBuiltDependencies'] },
  { file: 'pnpm-workspace.yaml', keys: ['allowBuilds'] },
];

const MAX_SHOWN = 300;

/**
 * What the change lets run at installation: scripts of dependencies that it newly allows, and scripts of the
 * repository's own. Reads what was gathered for the manifests; what is not there was not changed.
 */
export function findInstallChanges(pullRequest: PullRequest, evidence: Evidence): DependencyFault[] {
  return changedFilesNamed(pullRequest, ['package.json', 'pnpm-workspace.yaml']).flatMap((changed) => {
    const { path, removed } = changed;
    const text = removed ? null : textOf(evidence.file(path, 'head'));
    if (text === null) return [];
    const now = documentOf(path, text);
    const before = documentBefore(changed, evidence);
    const lineOf = (written: string) => lineIn(text, written);
    return [...allowedIn(path, before, now, lineOf), ...hooksIn(path, before, now, lineOf)];
  });
}

type Document = Record<string, unknown>;

function allowedIn(
  path: string,
  before: Document,
  now: Document,
  lineOf: (written: string) => number | null,
): DependencyFault[] {
  return PERMISSIONS.filter(({ file }) => path.endsWith(file)).flatMap(({ keys }) => {
    const known = allowedNames(valueAt(before, keys));
    const field = keys.join('.');
    return [...allowedNames(valueAt(now, keys))]
      .filter((name) => !known.has(name))
      .map((name): DependencyFault => {
        return { kind: 'script-allowed', path, line: lineOf(name), name, facts: { file: path, field } };
      });
  });
}

/** A list of names, or names with `true`; Yarn has `{ "name": { "built": true } }`. */
function allowedNames(value: unknown): Set<string> {
  if (Array.isArray(value)) return new Set(value.filter((one): one is string => typeof one === 'string'));
  const isAllowed = (one: unknown) => one === true || recordOf(one).built === true;
  return new Set(
    Object.entries(recordOf(value))
      .filter(([, one]) => isAllowed(one))
      .map(([name]) => name),
  );
}

function hooksIn(
  path: string,
  before: Document,
  now: Document,
  lineOf: (written: string) => number | null,
): DependencyFault[] {
  const [was, is] = [recordOf(before.scripts), recordOf(now.scripts)];
  return HOOKS.filter((script) => was[script] !== is[script]).map((script) => {
    const command = is[script];
    const shown = typeof command === 'string' ? command.slice(0, MAX_SHOWN) : null;
    const facts = { file: path, script, command: shown };
    return { kind: 'install-hook-changed', path, line: shown === null ? null : lineOf(script), name: null, facts };
  });
}

function documentBefore({ previousPath }: ChangedManifest, evidence: Evidence): Document {
  const text = previousPath === null ? null : textOf(evidence.file(previousPath, 'merge-base'));
  return text === null ? {} : documentOf(previousPath!, text);
}

/** Empty where it cannot be understood: that is a finding of its own. */
function documentOf(path: string, text: string): Document {
  try {
    return recordOf(path.endsWith('.json') ? JSON.parse(text.replace(/^\uFEFF/, '')) : readYaml(text));
  } catch {
    return {};
  }
}

function valueAt(document: Document, keys: readonly string[]): unknown {
  return keys.reduce<unknown>((value, key) => recordOf(value)[key], document);
}

function textOf(answer: ReturnType<Evidence['file']>): string | null {
  return answer.state === 'found' ? answer.text : null;
}

/** The last line that names it: permissions stand below the dependencies. */
function lineIn(text: string, written: string): number | null {
  const at = text.split('\n').findLastIndex((line) => line.includes(written));
  return at < 0 ? null : at + 1;
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
