import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { devNull } from 'node:os';

/** Variables of the caller's environment, as `process.env` holds them; see `INHERITED` for the few that are used. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What one run of git left behind. */
export interface GitOutput {
  /** Exit status; `null` when a signal ended it. */
  status: number | null;
  stdout: Buffer;
  /** The first lines of what it complained about. */
  stderr: string;
  /** True when it had more to say than `maxBytes`, and was stopped. */
  truncated: boolean;
}

/** How git is run. */
export interface GitRun {
  cwd: string;
  environment: Environment;
  /** Added to the variables we set. */
  variables?: Readonly<Record<string, string>>;
  input?: string;
  /** Of standard output; the rest is not read. */
  maxBytes?: number;
}

/** Git could not be started at all. `cause` is the system's error. */
export class GitNotFound extends Error {
  override name = 'GitNotFound';
}

/** More than any change people review, less than one JavaScript string can hold. */
const MAX_BYTES = 400 * 1024 * 1024;

/** What people need of a complaint; a hostile repository could make it endless. */
export const MAX_COMPLAINT = 4_000;

/** Taken from the caller: where to find git, what `~` means, and what Windows cannot start a process without. */
const INHERITED = [
  'PATH',
  'Path',
  'HOME',
  'USERPROFILE',
  'SystemRoot',
  'SYSTEMROOT',
  'PATHEXT',
  'TEMP',
  'TMP',
  'TMPDIR',
];

/**
 * Nothing that the caller's shell, the machine or the repository says may change an answer or run a program:
 * no system or user configuration, no transport (a partial clone would fetch what is missing, and `ext::` runs
 * commands), no replaced objects, no prompt, no pager, no lock, paths taken literally, messages in English.
 * Every other `GIT_*` of the caller is dropped: inside a hook, `GIT_DIR` would point somewhere else.
 */
const VARIABLES = {
  LC_ALL: 'C',
  // Git dies on a `~` in a repository's configuration when it knows no home; the caller's takes its place.
  HOME: devNull,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: devNull,
  GIT_ATTR_NOSYSTEM: '1',
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_NO_LAZY_FETCH: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_LITERAL_PATHSPECS: '1',
  GIT_PAGER: 'cat',
};

/**
 * The same for what only configuration can say. `safe.directory` is the guard against configuration that runs things
 * in a folder of somebody else's; as none of it is obeyed here, a checkout owned by another user may be read.
 */
const OPTIONS = [
  ...['--no-pager', '--literal-pathspecs', '--no-replace-objects'],
  ...['core.fsmonitor=false', `core.hooksPath=${devNull}`, `core.attributesFile=${devNull}`].flatMap(asOption),
  ...['protocol.allow=never', 'safe.directory=*', 'safe.bareRepository=all'].flatMap(asOption),
  ...['core.quotepath=off', 'diff.external=', 'core.pager=cat'].flatMap(asOption),
];

function asOption(setting: string): string[] {
  return ['-c', setting];
}

/** Starts git as `runGit` does, for whoever talks with it; see there. */
export function startGit(args: readonly string[], run: GitRun): ChildProcessWithoutNullStreams {
  const inherited = INHERITED.flatMap((name) => (run.environment[name] ? [[name, run.environment[name]]] : []));
  return spawn('git', [...OPTIONS, ...args], {
    cwd: run.cwd,
    env: { ...VARIABLES, ...Object.fromEntries(inherited), ...run.variables },
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
}

/**
 * Runs git, never through a shell, with nothing of the world around it; see `VARIABLES` and `OPTIONS`.
 * A status other than 0 is an answer. Throws `GitNotFound` when there is no git.
 */
export function runGit(args: readonly string[], run: GitRun): Promise<GitOutput> {
  const { maxBytes = MAX_BYTES } = run;
  return new Promise((resolve, reject) => {
    const child = startGit(args, run);
    const chunks: Buffer[] = [];
    let length = 0;
    let stderr = '';
    let truncated = false;
    child.stdout.on('data', (chunk: Buffer) => {
      if (truncated) return;
      const room = maxBytes - length;
      chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
      length += Math.min(chunk.length, room);
      if (chunk.length <= room) return;
      truncated = true;
      child.kill();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (stderr.length < MAX_COMPLAINT) stderr = (stderr + text).slice(0, MAX_COMPLAINT);
    });
    child.on('error', (cause) => reject(new GitNotFound('git could not be started', { cause })));
    child.on('close', (status) => resolve({ status, stdout: Buffer.concat(chunks), stderr: stderr.trim(), truncated }));
    // Git may end before it has read everything; its status says so, and a broken pipe adds nothing.
    child.stdin.on('error', () => {});
    child.stdin.end(run.input ?? '');
  });
}

/**
 * Runs git in the same way and hands its output over as it comes, however much it is. Whoever stops listening stops git.
 * Throws with git's complaint when it ends with another status than 0.
 */
export async function* streamGit(args: readonly string[], run: GitRun): AsyncGenerator<Buffer> {
  const child = startGit(args, run);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (stderr.length < MAX_COMPLAINT) stderr = (stderr + text).slice(0, MAX_COMPLAINT);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', (cause) => reject(new GitNotFound('git could not be started', { cause })));
    child.on('close', resolve);
  });
  // Awaited below; until then a failure to start must not end the process.
  ended.catch(() => {});
  child.stdin.on('error', () => {});
  child.stdin.end(run.input ?? '');
  let whole = false;
  try {
    for await (const chunk of child.stdout) yield chunk as Buffer;
    const status = await ended;
    whole = true;
    if (status !== 0) throw new GitFailed(stderr.trim());
  } finally {
    if (!whole) child.kill();
  }
}

/** Git ended with a complaint, which is the message. */
export class GitFailed extends Error {
  override name = 'GitFailed';
}

/** The first line that git complained with, without its own prefix. */
export function complaintOf(stderr: string): string {
  const first = stderr.split('\n').find((text) => text.trim() !== '') ?? 'it gave no reason';
  return first.replace(/^(fatal|error): /, '');
}
