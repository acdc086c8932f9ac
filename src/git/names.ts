import { runGit } from './git.ts';
import type { LocalRepository } from './repository.ts';

/** What a name stands for. */
export interface NamedCommit {
  sha: string;
  /** `refs/heads/main` for `main`; `null` for a bare id, for what is no name of its own, and for an ambiguous one. */
  fullName: string | null;
}

/** Git repeats an option that it does not know: a mark between the answers to what stands around it. */
const NEXT = '--composure-next';

/** The commits that names mean, in their order; or the first name that means none. */
export type FoundCommits = { ok: true; commits: NamedCommit[] } | { ok: false; unknown: string };

/** Finds the commits that names mean, where the names are known. */
export async function findCommits(
  where: Pick<LocalRepository, 'cwd' | 'environment'>,
  names: readonly string[],
): Promise<FoundCommits> {
  const { stdout } = await runGit(['rev-parse', ...questionsFor(names)], where);
  const [, ...answers] = splitAnswers(stdout.toString('utf8'));
  return readAnswers(names, answers);
}

/** What to ask `rev-parse` for names, behind whatever else it is asked. */
export function questionsFor(names: readonly string[]): string[] {
  if (names.length === 0 || !names.every(isFit)) return [];
  const questions = [...names.map((name) => `${name}^{commit}`), '--symbolic-full-name', ...names];
  // The ids first: there git stops at a name that means nothing. With `--`, none is taken for the name of a file.
  return [NEXT, ...questions.flatMap((question) => [question, NEXT]), '--'];
}

/** What it said to the rest, and then to each question as far as it came. */
export function splitAnswers(output: string): string[] {
  return output.split(`${NEXT}\n`);
}

/** What the answers to `questionsFor` say of the names. */
export function readAnswers(names: readonly string[], answers: readonly string[]): FoundCommits {
  const unfit = names.find((name) => !isFit(name));
  if (unfit !== undefined) return { ok: false, unknown: unfit };
  const commits: NamedCommit[] = [];
  for (const [index, name] of names.entries()) {
    const sha = /^([0-9a-f]{40}|[0-9a-f]{64})\n$/.exec(answers[index] ?? '')?.[1];
    if (sha === undefined) return { ok: false, unknown: name };
    const fullName = /^(.+)\n$/.exec(answers[names.length + 1 + index] ?? '')?.[1];
    commits.push({ sha, fullName: fullName ?? null });
  }
  return { ok: true, commits };
}

/** A name that begins like an option would be one; one with a newline could break the answer apart. */
function isFit(name: string): boolean {
  return name !== '' && !name.startsWith('-') && !/[\0\n]/.test(name);
}

/**
 * What may be the default branch, as full names, the likeliest first: what `origin` calls so, what a bare repository
 * has as its own, and what is usual. A branch of origin comes before ours of the same name, which may lag behind.
 */
export async function listDefaultBranches(repository: LocalRepository): Promise<string[]> {
  const [branches, own] = await Promise.all([listBranches(repository), repository.bare ? findOwn(repository) : null]);
  const ofOrigin = branches.get(ORIGIN_HEAD);
  return [...(ofOrigin ? [ofOrigin] : []), ...(own ? [own] : []), ...USUAL.filter((name) => branches.has(name))];
}

const ORIGIN_HEAD = 'refs/remotes/origin/HEAD';

const USUAL = ['main', 'master', 'trunk'].flatMap((name) => [`refs/remotes/origin/${name}`, `refs/heads/${name}`]);

/** Those that are there, with what they point to where they are symbolic. */
async function listBranches(repository: LocalRepository): Promise<Map<string, string>> {
  const args = ['for-each-ref', '--format=%(refname) %(symref)', ORIGIN_HEAD, ...USUAL];
  const { stdout } = await runGit(args, repository);
  const lines = stdout.toString('utf8').split('\n').slice(0, -1);
  return new Map(lines.map((line) => line.split(' ') as [string, string]));
}

async function findOwn(repository: LocalRepository): Promise<string | null> {
  const { status, stdout } = await runGit(['symbolic-ref', '--quiet', 'HEAD'], repository);
  return status === 0 ? stdout.toString('utf8').trimEnd() : null;
}
