import { type CommandChanges, commandFiles, findCommandedPackages } from './commands/index.ts';
import type { EvidenceSources } from './gather.ts';
import { findUndeclaredImports, type ImportChanges, importFiles } from './imports/index.ts';
import { ecosystemFiles, findEcosystemChanges } from './manifests/ecosystems/index.ts';
import {
  findDependencyChanges,
  findInstallChanges,
  manifestFiles,
  type Reading,
  type RegistryPolicy,
  readLockfile,
} from './manifests/index.ts';
import type { DependencyChanges } from './model/dependency.ts';
import { Evidence, keyOfRequest } from './model/evidence.ts';
import type { PullRequest } from './model/pull-request.ts';

/** One round for manifests and settings, then one for each level of folders that a workspace's globs go down. */
const MAX_ROUNDS = 40;

/** The source of `dependency-changes` for one pull request, read from its repository only when somebody asks. */
export function dependencySource(
  pullRequest: PullRequest,
  repository: EvidenceSources['repository'],
  policy: RegistryPolicy,
): EvidenceSources['dependencyChanges'] {
  return async (requests) => {
    const changes = await gatherDependencyChanges(pullRequest, repository, policy);
    return requests.map((request) => [request, changes]);
  };
}

/**
 * Reads from the repository whatever it takes to say what the change does to dependencies. Where a workspace goes deeper
 * than we follow, what is left unread is reckoned with, not guessed.
 */
export async function gatherDependencyChanges(
  pullRequest: PullRequest,
  repository: EvidenceSources['repository'],
  policy: RegistryPolicy,
): Promise<DependencyChanges> {
  const evidence = new Evidence();
  const reading: Reading = { pullRequest, evidence, policy, readLockfile: rememberingLockfiles(), once: remembering() };
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const wanted = filesWanted(reading);
    if (wanted.length === 0) break;
    for (const [request, answer] of await repository(wanted)) evidence.add(request, answer);
    const unanswered = wanted.find((request) => !evidence.has(request));
    if (unanswered) throw new Error(`The repository did not answer for ${JSON.stringify(unanswered)}`);
  }
  const changes = together(
    findDependencyChanges(reading),
    findUndeclaredImports(reading),
    findCommandedPackages(reading),
  );
  const others = findEcosystemChanges(pullRequest, evidence);
  const faults = [...changes.faults, ...findInstallChanges(pullRequest, evidence)];
  return { ...changes, faults, ...(others.filesRead > 0 && { others }) };
}

/** What every reader wants in this round, each file once. */
function filesWanted(reading: Reading) {
  const others = ecosystemFiles(reading.pullRequest).filter((request) => !reading.evidence.has(request));
  const wanted = [...manifestFiles(reading), ...importFiles(reading), ...commandFiles(reading), ...others];
  const files = wanted.filter((request) => request.kind === 'file' || request.kind === 'folder');
  return [...new Map(files.map((request) => [keyOfRequest(request), request])).values()];
}

function together(declared: DependencyChanges, imported: ImportChanges, commanded: CommandChanges): DependencyChanges {
  return {
    ...declared,
    imports: imported.imports,
    commands: commanded.commands,
    passedOver: [...imported.passedOver, ...commanded.passedOver],
    filesRead: declared.filesRead + imported.filesRead + commanded.filesRead,
    missing: [...declared.missing, ...imported.missing, ...commanded.missing],
  };
}

/** A lockfile is looked at for several reasons, and is the largest file of most repositories: each text is parsed once. */
function rememberingLockfiles(): Reading['readLockfile'] {
  const read = new Map<string, ReturnType<typeof readLockfile>>();
  return (path, text) => {
    const known = read.get(text);
    if (known) return known;
    const result = readLockfile(path, text);
    read.set(text, result);
    return result;
  };
}

function remembering(): Reading['once'] {
  const made = new Map<string, unknown>();
  return <T>(key: string, make: () => T): T => {
    if (!made.has(key)) made.set(key, make());
    return made.get(key) as T;
  };
}
