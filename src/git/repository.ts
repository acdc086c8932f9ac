import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { complaintOf, type Environment, GitNotFound, runGit } from './git.ts';
import { type FoundCommits, findCommits, questionsFor, readAnswers, splitAnswers } from './names.ts';

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

/** Finds the repository a folder belongs to, and what names mean in it: one run of git for both. */
export async function findRepository(
  folder: string,
  environment: Environment,
  names: readonly string[] = [],
): Promise<{ ok: true; repository: LocalRepository; found: FoundCommits } | Refusal> {
  const cwd = resolve(folder);
  const there = await stat(cwd).catch(() => null);
  if (!there?.isDirectory()) return refuse(`There is no folder ${cwd}.`);

  const askPath = async (place: readonly string[]) => {
    const { stdout } = await runGit(['rev-parse', ABSOLUTE, ...place], { cwd, environment });
    return withoutNewline(stdout.toString());
  };
  try {
    const questions = [...STATE, ABSOLUTE, ...PLACES.flat(), ...questionsFor(names)];
    const { status, stdout, stderr } = await runGit(['rev-parse', ...questions], { cwd, environment });
    const [about = '', ...ofNames] = splitAnswers(stdout.toString());
    // Git also fails of a name that means nothing, but then it has said all that comes before.
    if (status !== 0 && ofNames.length === 0) return refuse(explainNotFound(cwd, stderr));
    const [bare, shallow, objectFormat = 'sha1', ...lines] = withoutNewline(about).split(/\r?\n/);
    // Where a path has newlines of its own nobody can tell which line is whose; then each is asked for alone.
    const isPlain = lines.length === PLACES.length;
    const found = isPlain ? readAnswers(names, ofNames) : await findCommits({ cwd, environment }, names);
    const [common = '', objects = '', shallowFile = ''] = isPlain ? lines : await Promise.all(PLACES.map(askPath));
    const repository = {
      ...{ cwd, environment, objectFormat, ...namesOf(common) },
      ...{ bare: bare === 'true', shallow: shallow === 'true' },
      ...{ objects, shallowFile },
    };
    return { ok: true, repository, found };
  } catch (error) {
    if (!(error instanceof GitNotFound)) throw error;
    return refuse('git could not be started. Install it, or put it on the PATH.');
  }
}

/** One trailing newline is git's; any other belongs to the path. */
function withoutNewline(text: string): string {
  return text.replace(/\r?\n$/, '');
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
