import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { CONFIG_PATH } from '../config/config.ts';
import { resolveConfig } from '../config/resolve.ts';
import { options as adrOptions, type Options } from '../practices/adr/options.ts';
import { homeOf, homesFor, isForeignRecord, isRecordPath, numberOf } from '../practices/adr/record/homes.ts';
import type { RecordFile } from '../practices/adr/record/log-checks.ts';
import { adr as decisionRecords } from '../practices/adr.ts';
import type { Practice } from '../practices/define-practice.ts';

/** A decision log in the working tree: unlike a review, this is for what is being written. */
export interface DecisionLog {
  /** Its folder. Like every path here from the top of the checkout, with slashes. */
  home: string;
  files: RecordFile[];
  /** Records in a markup that is not read here, by their paths. */
  foreign: string[];
}

/** The logs of a checkout, as seen from one of its folders. */
export interface DecisionLogs {
  /** The top of the checkout. */
  top: string;
  options: Options;
  /** Of the folder and everything below it; where there is none, the one that governs it from above. Never empty. */
  within: DecisionLog[];
  /** The rest of the checkout's; links may lead there. */
  elsewhere: DecisionLog[];
  /** The one a new record belongs to: of the folder itself, or of the nearest above it. */
  nearest: DecisionLog;
}

/** Finds the logs; or says what is wrong with the configuration, which is read from the working tree as well. */
export async function readDecisionLogs(cwd: string, practices: readonly Practice[]): Promise<DecisionLogs | string> {
  const from = resolve(cwd);
  const top = await topOf(from);
  const options = await readOptions(top, practices);
  if (typeof options === 'string') return options;
  const homes = homesFor(options.directory);
  const nearest = await readLog(top, await nearestHome(top, from, homes), homes);
  const all = (await homesIn(top, '', homes)).toSorted(outermostFirst);
  const folder = fromTop(top, from);
  const below = all.filter((home) => folder === '' || home === folder || home.startsWith(`${folder}/`));
  const asked = below.length > 0 ? below : [nearest.home];
  const logs = await Promise.all(all.map((home) => readLog(top, home, homes)));
  const within = logs.filter(({ home }) => asked.includes(home));
  const elsewhere = logs.filter(({ home }) => !asked.includes(home));
  return { top, options, nearest, within: within.length > 0 ? within : [nearest], elsewhere };
}

/** The folder that holds `.git`, or a file of that name in a worktree; outside of any checkout the folder itself. */
async function topOf(from: string): Promise<string> {
  for (const folder of upwards(from)) {
    if (await stat(join(folder, '.git')).catch(() => null)) return folder;
  }
  return from;
}

function upwards(from: string): string[] {
  const above = dirname(from);
  return above === from ? [from] : [from, ...upwards(above)];
}

/** The options in the working tree's configuration: whoever writes a record has the new rules before the base does. */
async function readOptions(top: string, practices: readonly Practice[]): Promise<Options | string> {
  const text = await readFile(join(top, CONFIG_PATH), 'utf8').catch(() => null);
  const layers = text === null ? [] : [{ source: 'repository' as const, path: CONFIG_PATH, text }];
  const resolved = resolveConfig(layers, practices);
  if (!resolved.ok) {
    const [problem] = resolved.problems;
    return problem
      ? `${problem.path}:${problem.line}:${problem.column}: ${problem.message}`
      : 'The configuration is broken.';
  }
  return adrOptions.parse(resolved.config.practices[decisionRecords.id]?.options ?? {});
}

async function nearestHome(top: string, from: string, homes: readonly string[]): Promise<string> {
  for (const folder of upwards(from).filter((one) => one === top || one.startsWith(top + sep))) {
    for (const home of homes) {
      const path = fromTop(top, join(folder, home));
      if (await stat(join(top, path)).catch(() => null)) return path;
    }
  }
  return homes[0] ?? '';
}

/** What nobody wrote here, or no person reads. */
function isSkipped(name: string): boolean {
  return name === 'node_modules' || name === 'vendor' || name === 'third_party' || name.startsWith('.');
}

/** The folders of records in a folder of the checkout and below it, itself included. */
async function homesIn(top: string, folder: string, homes: readonly string[]): Promise<string[]> {
  const entries = await readdir(join(top, folder), { withFileTypes: true }).catch(() => []);
  const under = folder === '' ? '' : `${folder}/`;
  const isHome =
    homeOf(`${under}x`, homes) === folder &&
    entries.some(({ name }) => isRecordPath(under + name, homes) || isForeignRecord(under + name, homes));
  const folders = entries.filter((entry) => entry.isDirectory() && !isSkipped(entry.name));
  const below = await Promise.all(folders.map(({ name }) => homesIn(top, under + name, homes)));
  return [...(isHome ? [folder] : []), ...below.flat()];
}

function outermostFirst(a: string, b: string): number {
  return a.split('/').length - b.split('/').length || (a < b ? -1 : 1);
}

async function readLog(top: string, home: string, homes: readonly string[]): Promise<DecisionLog> {
  const names = await readdir(join(top, home)).catch(() => []);
  const paths = names.map((name) => `${home}/${name}`).toSorted(byNumber);
  const files = paths
    .filter((path) => isRecordPath(path, homes))
    .map(async (path) => ({ path, text: await readFile(join(top, path), 'utf8') }));
  return { home, files: await Promise.all(files), foreign: paths.filter((path) => isForeignRecord(path, homes)) };
}

function byNumber(a: string, b: string): number {
  return (numberOf(a) ?? Number.MAX_SAFE_INTEGER) - (numberOf(b) ?? Number.MAX_SAFE_INTEGER) || (a < b ? -1 : 1);
}

function fromTop(top: string, path: string): string {
  return relative(top, path).split(sep).join('/');
}
