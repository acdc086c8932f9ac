import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { complaintOf, type Environment, GitNotFound, runGit } from './git.ts';

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

/** A sentence for people, where what they asked for cannot be done. */
export interface Refusal {
  ok: false;
  message: string;
}

const STATE = ['--is-bare-repository', '--is-shallow-repository', '--show-object-format'];
const ABSOLUTE = '--path-format=absolute';
const PLACES = [['--git-common-dir'], ['--git-path', 'objects'], ['--git-path', 'shallow']];

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
    const all = await ask(...STATE, ABSOLUTE, ...PLACES.flat());
    if (all.status !== 0) return refuse(explainNotFound(cwd, all.stderr));
    const [bare, shallow, objectFormat = 'sha1', ...lines] = all.text.split(/\r?\n/);
    // Where a path has newlines of its own nobody can tell which line is whose; then each is asked for alone.
    const paths =
      lines.length === PLACES.length
        ? lines
        : (await Promise.all(PLACES.map((place) => ask(ABSOLUTE, ...place)))).map(({ text }) => text);
    const [common = '', objects = '', shallowFile = ''] = paths;
    const repository = {
      ...{ cwd, environment, objectFormat, ...namesOf(common) },
      ...{ bare: bare === 'true', shallow: shallow === 'true' },
      ...{ objects, shallowFile },
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

/** A refusal with its sentence. */
export function refuse(message: string): Refusal {
  return { ok: false, message };
}
