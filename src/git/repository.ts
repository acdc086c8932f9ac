import { cp, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { type Environment, GitNotFound, type GitOutput, runGit, streamGit } from './git.ts';

/** A repository on this machine, found from any folder of it: a checkout, a worktree, a bare one. */
export interface LocalRepository {
  /** The folder git was asked in. */
  cwd: string;
  environment: Environment;
  /** The names of its folder, as an owner and a name on GitHub would stand. */
  owner: string;
  name: string;
  bare: boolean;
  /** True when its history is cut off somewhere. */
  shallow: boolean;
  /** Absolute paths of its object store and of the file that lists where a shallow history ends. */
  objects: string;
  shallowFile: string;
  objectFormat: string;
}

/** Runs git on the objects of a repository and on nothing else of it. */
export type ReadObjects = (
  args: readonly string[],
  options?: { input?: string; maxBytes?: number },
) => Promise<GitOutput>;

/** The same, with the output as it comes: see `streamGit`. */
export type StreamObjects = (args: readonly string[]) => AsyncGenerator<Buffer>;

/** A sentence for people, where what they asked for cannot be done. */
export interface Refusal {
  ok: false;
  message: string;
}

/** Finds the repository a folder belongs to. */
export async function findRepository(
  folder: string,
  environment: Environment,
): Promise<{ ok: true; repository: LocalRepository } | Refusal> {
  const cwd = resolve(folder);
  const there = await stat(cwd).catch(() => null);
  if (!there?.isDirectory()) return refuse(`There is no folder ${cwd}.`);

  const ask = async (...args: string[]) => {
    const { status, stdout, stderr } = await runGit(['rev-parse', ...args], { cwd, environment });
    // One trailing newline is git's; any other belongs to the path.
    return { status, text: stdout.toString().replace(/\r?\n$/, ''), stderr };
  };
  try {
    const state = await ask('--is-bare-repository', '--is-shallow-repository', '--show-object-format');
    if (state.status !== 0) return refuse(explainNotFound(cwd, state.stderr));
    const [bare, shallow, objectFormat = 'sha1'] = state.text.split('\n');
    const [common, objects, shallowFile] = await Promise.all([
      ask('--path-format=absolute', '--git-common-dir'),
      ask('--path-format=absolute', '--git-path', 'objects'),
      ask('--path-format=absolute', '--git-path', 'shallow'),
    ]);
    const failed = [common, objects, shallowFile].find((answer) => answer.status !== 0);
    if (failed) return refuse(explainNotFound(cwd, failed.stderr));
    const repository = {
      ...{ cwd, environment, objectFormat, ...namesOf(common.text) },
      ...{ bare: bare === 'true', shallow: shallow === 'true' },
      ...{ objects: objects.text, shallowFile: shallowFile.text },
    };
    return { ok: true, repository };
  } catch (error) {
    if (!(error instanceof GitNotFound)) throw error;
    return refuse('git could not be started. Install it, or put it on the PATH.');
  }
}

function explainNotFound(cwd: string, stderr: string): string {
  if (/not a git repository/i.test(stderr)) return `${cwd} is not inside a git repository.`;
  return `git cannot read the repository at ${cwd}: ${complaintOf(stderr)}`;
}

/** `/code/acme/widgets/.git` and `/code/acme/widgets.git` are both acme's widgets. */
function namesOf(commonFolder: string): { owner: string; name: string } {
  const folder = basename(commonFolder) === '.git' ? dirname(commonFolder) : commonFolder;
  return { owner: basename(dirname(folder)) || 'local', name: basename(folder).replace(/\.git$/, '') || 'repository' };
}

/** The commit a name means, asked where the names are known. `null` when it means none. */
export async function findCommit(repository: LocalRepository, name: string): Promise<string | null> {
  if (name === '' || name.startsWith('-') || name.includes('\0')) return null;
  return line(repository, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);
}

/** The full name behind a short one: `refs/heads/main` for `main`; `null` for a bare id, a tag of nothing, a lone HEAD. */
export async function findFullName(repository: LocalRepository, name: string): Promise<string | null> {
  if (name === 'HEAD') return line(repository, ['symbolic-ref', '--quiet', 'HEAD']);
  if (name === '' || name.startsWith('-') || name.includes('\0')) return null;
  const full = await line(repository, [
    'rev-parse',
    '--verify',
    '--quiet',
    '--symbolic-full-name',
    '--end-of-options',
    name,
  ]);
  return full === '' ? null : full;
}

/** What `origin` calls its default branch, as a full name; a bare repository has its own. `null` when nobody says. */
export async function findDefaultBranch(repository: LocalRepository): Promise<string | null> {
  const asked = ['refs/remotes/origin/HEAD', ...(repository.bare ? ['HEAD'] : [])];
  for (const name of asked) {
    const target = await line(repository, ['symbolic-ref', '--quiet', name]);
    if (target && (await findCommit(repository, target))) return target;
  }
  for (const branch of ['main', 'master', 'trunk']) {
    for (const name of [`refs/remotes/origin/${branch}`, `refs/heads/${branch}`]) {
      if (await findCommit(repository, name)) return name;
    }
  }
  return null;
}

async function line({ cwd, environment }: LocalRepository, args: readonly string[]): Promise<string | null> {
  const { status, stdout } = await runGit(args, { cwd, environment });
  return status === 0 ? stdout.toString().trimEnd() : null;
}

/**
 * Lends out the repository's objects through a git folder of our own, which is removed afterwards. Git therefore
 * meets none of the repository's configuration, attributes, hooks, grafts or remotes: no diff driver or text
 * conversion to run, nothing that hides a file from the diff, no server to ask for what a partial clone lacks.
 */
export async function withObjects<Result>(
  repository: LocalRepository,
  use: (git: ReadObjects, stream: StreamObjects) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'composure-git-'));
  try {
    await Promise.all([
      mkdir(join(folder, 'refs')),
      mkdir(join(folder, 'objects')),
      writeFile(join(folder, 'HEAD'), 'ref: refs/heads/none\n'),
      writeFile(join(folder, 'config'), configFor(repository.objectFormat)),
      repository.shallow ? cp(repository.shallowFile, join(folder, 'shallow')) : null,
    ]);
    const variables = { GIT_DIR: folder, GIT_OBJECT_DIRECTORY: repository.objects };
    const { environment } = repository;
    const run = { cwd: folder, environment, variables };
    return await use(
      (args, options = {}) => runGit(args, { ...run, ...options }),
      (args) => streamGit(args, run),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function configFor(objectFormat: string): string {
  const plain = objectFormat === 'sha1';
  const extension = plain ? '' : `[extensions]\n\tobjectFormat = ${objectFormat.replace(/[^a-z0-9]/g, '')}\n`;
  return `[core]\n\trepositoryFormatVersion = ${plain ? 0 : 1}\n\tbare = true\n${extension}`;
}

/** The first line that git complained with, without its own prefix. */
export function complaintOf(stderr: string): string {
  const first = stderr.split('\n').find((text) => text.trim() !== '') ?? 'it gave no reason';
  return first.replace(/^(fatal|error): /, '');
}

/** A refusal with its sentence. */
export function refuse(message: string): Refusal {
  return { ok: false, message };
}
