import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readBuiltInChecklists } from '../checklists-folder.ts';
import { CONFIG_PATH, type ConfigLayer } from '../config/config.ts';
import type { EvidenceSources } from '../gather.ts';
import { checklistSource } from '../gather-checklists.ts';
import { dependencySource } from '../gather-dependencies.ts';
import { type LocalSnapshot, readLocalPullRequest } from '../git/read.ts';
import type { PullRequest } from '../model/pull-request.ts';
import { blocks, type Missing, type Review } from '../model/review.ts';
import type { Practice } from '../practices/define-practice.ts';
import { createPackageSource, publicRegistries } from '../registries/index.ts';
import { oneLine } from '../render/escape.ts';
import { renderJson } from '../render/json.ts';
import { renderTerminal, type TerminalOptions } from '../render/terminal.ts';
import { reviewPullRequest } from '../review.ts';
import { type CheckOptions, type Environment, type LookUps, readLookUps } from './settings.ts';

/** What the command is run in; only the entry point knows it. */
export interface Surroundings {
  environment: Environment;
  clock(): Date;
  sleep(ms: number): Promise<void>;
  terminal: TerminalOptions;
  practices: readonly Practice[];
}

/** What there is to print, and how to end. */
export interface CheckResult {
  /** 0: no violation blocks. 1: one does. 2: there is nothing to judge, or nothing to judge it by. */
  exitCode: 0 | 1 | 2;
  /** For standard output: the review, or nothing. */
  output: string;
  /** For standard error, a line each. */
  remarks: string[];
}

/** `composure check`: reviews a local branch as the pull request it would be. */
export async function check(options: CheckOptions, surroundings: Surroundings): Promise<CheckResult> {
  const { environment, clock } = surroundings;
  const settings = readLookUps(options, environment);
  if (!settings.ok) return wrongUse(settings.message);
  const files = await readNamedFiles(options);
  if (!files.ok) return wrongUse(files.message);

  const snapshot = await readLocalPullRequest({
    ...options,
    prBody: files.prBody,
    evaluatedAt: clock().toISOString(),
    environment,
  });
  if (!snapshot.ok) return wrongUse(snapshot.message);
  try {
    return await reviewSnapshot(snapshot, options, files.config, settings.lookUps, surroundings);
  } finally {
    await snapshot.close();
  }
}

async function reviewSnapshot(
  snapshot: LocalSnapshot,
  options: CheckOptions,
  config: ConfigLayer | undefined,
  lookUps: LookUps,
  surroundings: Surroundings,
): Promise<CheckResult> {
  const { pullRequest, repository, commitPaths } = snapshot;
  const review = await reviewPullRequest({
    pullRequest,
    layers: config === undefined ? await readLayers(repository) : [config],
    practices: surroundings.practices,
    sources: { ...sourcesFor(pullRequest, repository, lookUps, surroundings), commitPaths },
  });

  // Without --base, the change is taken from where it left the default branch.
  const base = options.base === undefined ? snapshot.mergeBase : pullRequest.base.sha;
  const commits = { base, head: pullRequest.head.sha };
  const output =
    options.format === 'json'
      ? renderJson(review, commits)
      : renderTerminal(review, pullRequest, surroundings.terminal);
  return { exitCode: exitCodeOf(review, options.strict), output, remarks: remarksOn(review, options.format) };
}

function wrongUse(message: string): CheckResult {
  return { exitCode: 2, output: '', remarks: [oneLine(message, 2_000)] };
}

interface NamedFiles {
  ok: true;
  prBody?: string;
  config?: ConfigLayer;
}

/** The files named on the command line, from where the command is run: they are the caller's, not the repository's. */
async function readNamedFiles({ prBody, config }: CheckOptions): Promise<NamedFiles | { ok: false; message: string }> {
  const files: NamedFiles = { ok: true };
  try {
    if (prBody !== undefined) files.prBody = await readFile(resolve(prBody), 'utf8');
    if (config !== undefined) {
      files.config = { source: 'repository', path: config, text: await readFile(resolve(config), 'utf8') };
    }
    return files;
  } catch (error) {
    // The system's own sentence names the file: "ENOENT: no such file or directory, open '…'".
    return { ok: false, message: `A file named on the command line cannot be read: ${(error as Error).message}` };
  }
}

/** The configuration at the tip of the base: no change decides by what it is judged. */
async function readLayers(repository: EvidenceSources['repository']): Promise<ConfigLayer[]> {
  const [entry] = await repository([{ kind: 'file', path: CONFIG_PATH, side: 'base' }]);
  const answer = entry?.[1];
  if (!answer || !('state' in answer) || answer.state === 'absent') return [];
  // Binary or out of reach: not a policy, and the reader of the configuration says so.
  const text = answer.state === 'found' && 'text' in answer ? answer.text : '\0';
  return [{ source: 'repository', path: CONFIG_PATH, text }];
}

function sourcesFor(
  pullRequest: PullRequest,
  repository: EvidenceSources['repository'],
  { registry, offline, osv, depsDev, confirmAfterMs }: LookUps,
  { clock, sleep }: Surroundings,
): EvidenceSources {
  // Whether a name is private does not depend on being able to ask for it.
  const policy = { publicRegistries: publicRegistries({ url: registry }) };
  return {
    repository,
    packages: createPackageSource({
      registry: offline ? 'off' : { url: registry },
      ...{ osv, depsDev, confirmAfterMs, waitForConfirmation: true, clock, sleep },
    }),
    dependencyChanges: dependencySource(pullRequest, repository, policy),
    checklists: checklistSource({ pullRequest, repository, builtIn: readBuiltInChecklists() }),
  };
}

function exitCodeOf({ problems, proposed, missing, practices }: Review, strict = false): CheckResult['exitCode'] {
  if (problems.length + proposed.length > 0) return 2;
  if (strict && missing.length > 0) return 1;
  const failing = strict ? ['violation', 'undetermined'] : ['violation'];
  return practices.some((practice) => blocks(practice) && failing.includes(practice.outcome)) ? 1 : 0;
}

/** How many unread things one remark names. */
const NAMED_MISSING = 3;

/** What a script that reads only the data, or only the exit code, would not tell the person behind it. */
function remarksOn(review: Review, format: CheckOptions['format']): string[] {
  const unseen = format === 'text' ? [] : [...review.problems, ...review.proposed];
  const broken = unseen.map(({ path, line, column, message }) => `${path}:${line}:${column}: ${message}`);
  const unread = review.missing.length > 0 ? [`could not read ${listOf(review.missing)}`] : [];
  const undetermined = review.practices
    .filter((practice) => practice.outcome === 'undetermined')
    .map(({ id, missing }) => `${id} is undetermined; could not read ${listOf(missing)}`);
  return [...broken, ...unread, ...undetermined].map((remark) => oneLine(remark, 2_000));
}

function listOf(missing: readonly Missing[]): string {
  const named = missing.slice(0, NAMED_MISSING).map(({ what, cause }) => `${what} (${cause})`);
  const more = missing.length - named.length;
  return named.join(', ') + (more > 0 ? ` and ${more} more` : '');
}
