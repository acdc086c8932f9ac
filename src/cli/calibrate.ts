import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { CONFIG_PATH, type ConfigLayer } from '../config/config.ts';
import { resolveConfig } from '../config/resolve.ts';
import { repositorySource } from '../git/evidence.ts';
import { complaintOf, GitFailed } from '../git/git.ts';
import { countHistory, type HistoryCommit, readHistory } from '../git/history.ts';
import { findCommits, listDefaultBranches, type NamedCommit } from '../git/names.ts';
import { type Objects, withObjects } from '../git/objects.ts';
import { findRepository } from '../git/repository.ts';
import { Evidence } from '../model/evidence.ts';
import { isLockfile, isManifest } from '../model/package-files.ts';
import type { Commit, PullRequest } from '../model/pull-request.ts';
import { readTrailers } from '../model/trailers.ts';
import { options as adrOptions } from '../practices/adr/options.ts';
import { adr } from '../practices/adr.ts';
import type { Practice } from '../practices/define-practice.ts';
import { distributionOf, type PastChange, proposeLimits } from '../practices/size/calibration.ts';
import { limitsFor } from '../practices/size/limits.ts';
import { measure } from '../practices/size/measure.ts';
import { options as sizeOptions } from '../practices/size/options.ts';
import { size } from '../practices/size.ts';
import { isAssisted, provenanceOf } from '../provenance/provenance.ts';
import { oneLine } from '../render/escape.ts';
import { calibrateDecisions } from './calibrate-decisions.ts';
import { type Calibration, calibrationText } from './calibration-text.ts';
import type { CheckResult } from './check.ts';
import type { CalibrateOptions, Environment } from './settings.ts';

/** What the command is run in; only the entry point knows it. */
interface CalibrationSurroundings {
  environment: Environment;
  clock(): Date;
  practices: readonly Practice[];
  terminal: { width: number };
  /** Told of every step; absent where nobody looks. */
  progress?: ((done: number, total: number) => void) | undefined;
}

/** How many of the largest changes are named. */
const LARGEST = 5;

/** `composure calibrate`: how large the changes of a repository were, and what limits would have done to them. */
export async function calibrate(
  options: CalibrateOptions,
  surroundings: CalibrationSurroundings,
): Promise<CheckResult> {
  const percentile = Number(options.percentile);
  if (!(percentile > 0 && percentile <= 100)) return wrongUse('--percentile must be a number above 0, up to 100.');
  const alarmRate = Number(options.alarmRate);
  if (!(alarmRate > 0 && alarmRate <= 100)) return wrongUse('--alarm-rate must be a number above 0, up to 100.');
  const atMost = options.commits === undefined ? undefined : Number(options.commits);
  if (atMost !== undefined && !(Number.isInteger(atMost) && atMost > 0)) {
    return wrongUse('--commits must be a whole number above 0.');
  }
  // A history is read once and forgotten commit by commit: a young heap that grows with it only takes memory, 150 MB
  // for prettier's last 5,000 commits, and saves no time.
  setFlagsFromString('--semi-space-growth-factor=1');
  const found = await findRepository(options.cwd, surroundings.environment);
  if (!found.ok) return wrongUse(found.message);
  const { repository } = found;
  const ref = options.ref ?? (await listDefaultBranches(repository))[0] ?? 'HEAD';
  const named = await findCommits(repository, [ref]);
  if (!named.ok) return wrongUse(`There is no commit called ${JSON.stringify(ref)} in this repository.`);
  const [{ sha: tip }] = named.commits as [NamedCommit];

  const policy = await withObjects(repository, (objects) => readPolicy(objects, tip, options, surroundings.practices));
  if (!policy.ok) return wrongUse(policy.message);
  try {
    const calibration = await withObjects(repository, async (objects): Promise<Calibration> => {
      const { git, stream } = objects;
      const range = { tip, since: options.since, atMost };
      const total = await countHistory(git, range);
      const evidence = await readAttributesAt(objects, tip);
      const started = surroundings.clock().getTime();
      const past: PastChange[] = [];
      let largest: Calibration['largest'] = [];
      let byBots = 0;
      let unreadable = 0;
      let done = 0;
      const passedOver = () => {
        unreadable++;
        surroundings.progress?.(done + unreadable, total);
      };
      for await (const commit of readHistory(stream, range, passedOver)) {
        if (isDependencyBots(commit)) byBots++;
        else if (commit.files.length > 0) {
          const change = changeOf(commit);
          const { effort, opened: files } = measure(change, policy.options, evidence);
          const { sha, subject } = commit;
          past.push({ effort, files, assisted: isAssisted(provenanceOf(change)) });
          // Only of these the words are kept: each is a piece of the text of its whole commit, and holds on to it.
          largest = [...largest, { sha, subject, effort, files }].sort((a, b) => b.effort - a.effort).slice(0, LARGEST);
        }
        done++;
        surroundings.progress?.(done + unreadable, total);
      }
      const { maxLines, maxFiles } = limitsFor(policy.options, NOBODYS);
      return {
        tip,
        since: options.since ?? null,
        leftOut: { byDependencyBots: byBots, empty: done - byBots - past.length, unreadable },
        seconds: (surroundings.clock().getTime() - started) / 1_000,
        inForce: { maxLines, maxFiles },
        ...distributionOf(past, { maxLines, maxFiles }),
        proposal: { percentile, ...proposeLimits(past, percentile) },
        largest,
        decisions: await calibrateDecisions(objects, range, policy.adr, alarmRate, changeOf),
      };
    });
    const output =
      options.format === 'json'
        ? `${JSON.stringify({ version: 1, ...calibration }, null, 2)}\n`
        : calibrationText(calibration, surroundings.terminal.width);
    return { exitCode: 0, output, remarks: [] };
  } catch (error) {
    if (!(error instanceof GitFailed)) throw error;
    return wrongUse(
      `git cannot read this history: ${complaintOf(error.message)}. In a shallow or partial clone, fetch what is missing first.`,
    );
  }
}

function wrongUse(message: string): CheckResult {
  return { exitCode: 2, output: '', remarks: [oneLine(message, 2_000)] };
}

/** The options in force at the tip: what is asked is what today's measure would have said of the past. */
async function readPolicy(objects: Objects, tip: string, { config }: CalibrateOptions, practices: readonly Practice[]) {
  const layers: ConfigLayer[] = [];
  if (config !== undefined) {
    try {
      layers.push({ source: 'repository', path: config, text: await readFile(resolve(config), 'utf8') });
    } catch (error) {
      return {
        ok: false as const,
        message: `A file named on the command line cannot be read: ${(error as Error).message}`,
      };
    }
  } else {
    const source = repositorySource(objects, { base: tip, 'merge-base': tip, head: tip });
    const [entry] = await source([{ kind: 'file', path: CONFIG_PATH, side: 'base' }]);
    const answer = entry?.[1];
    if (answer && 'text' in answer) layers.push({ source: 'repository', path: CONFIG_PATH, text: answer.text });
  }
  const resolved = resolveConfig(layers, practices);
  if (!resolved.ok) {
    const [{ path, line, column, message } = { path: CONFIG_PATH, line: 1, column: 1, message: '' }] =
      resolved.problems;
    return { ok: false as const, message: `${path}:${line}:${column}: ${message}` };
  }
  const policy = resolved.config.practices[size.id];
  const gate = resolved.config.practices[adr.id];
  return {
    ok: true as const,
    options: sizeOptions.parse(policy?.options ?? {}),
    adr: adrOptions.parse(gate?.options ?? {}),
  };
}

/**
 * The attributes at the tip, for every commit: limits are made for the changes to come, and the marks of today say what
 * of them will be generated.
 */
async function readAttributesAt(objects: Objects, tip: string): Promise<Evidence> {
  const { stdout } = await objects.git(['ls-tree', '-r', '-z', '--name-only', tip]);
  const paths = stdout
    .toString('utf8')
    .split('\0')
    .filter((path) => /(?:^|\/)\.gitattributes$/.test(path));
  if (paths.length === 0) return new Evidence();
  const source = repositorySource(objects, { base: tip, 'merge-base': tip, head: tip });
  return new Evidence(await source(paths.map((path) => ({ kind: 'file' as const, path, side: 'base' as const }))));
}

/** In a history there are only names; nobody gains a pass here by calling themselves a bot. */
function isDependencyBots({ author, files }: HistoryCommit): boolean {
  return (
    /^(?:renovate|dependabot)\b/i.test(author.name) && files.every(({ path }) => isManifest(path) || isLockfile(path))
  );
}

const NOBODYS: PullRequest = {
  repository: { owner: '', name: '', private: true, defaultBranch: '' },
  number: null,
  title: '',
  body: '',
  author: { id: null, login: '', kind: 'unknown', association: 'NONE' },
  labels: [],
  draft: false,
  state: 'merged',
  base: { branch: '', sha: '' },
  head: { branch: '', sha: '', fromFork: false },
  commits: [],
  commitsComplete: true,
  files: [],
  totals: { files: 0, additions: 0, deletions: 0 },
  filesComplete: true,
  reviews: [],
  ticks: [],
  waivers: [],
  evaluatedAt: '1970-01-01T00:00:00Z',
};

/** A commit of the main line as the pull request it once was, as far as the history tells. */
function changeOf({ sha, author, message, files }: HistoryCommit): PullRequest {
  const by = { ...author, login: null };
  const commit: Commit = { sha, message, trailers: readTrailers(message), author: by, committer: by, parents: [] };
  return { ...NOBODYS, body: message, commits: [commit], files };
}
