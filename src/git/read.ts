import type { EvidenceSources } from '../gather.ts';
import type { Account, Commit, PullRequest } from '../model/pull-request.ts';
import { readChangedFiles } from './changed-files.ts';
import { readCommitPaths, readCommits } from './commits.ts';
import { repositorySource } from './evidence.ts';
import { complaintOf, type Environment } from './git.ts';
import { type FoundCommits, findCommits, listDefaultBranches, type NamedCommit } from './names.ts';
import { type LentObjects, lendObjects, type ReadObjects } from './objects.ts';
import { findRepository, type LocalRepository, type Refusal, refuse } from './repository.ts';

/** What to review, and where. */
export interface LocalPullRequest {
  /** Any folder of a checkout or worktree, or a bare repository. */
  cwd: string;
  /** A branch, tag or commit; the default branch when it is left out. The diff runs from the merge base with it. */
  base?: string;
  /** `HEAD` when it is left out. */
  head?: string;
  /** What the pull request would say. */
  prBody?: string;
  /** Who would open it; the author of the last commit when it is left out. */
  author?: string;
  /** ISO 8601, UTC. */
  evaluatedAt: string;
  /** Where to find git: `process.env` at an entry point; the system's own PATH when it is left out. */
  environment?: Environment;
}

/** A snapshot, and a source for the files and folders around it. */
export interface LocalSnapshot {
  ok: true;
  pullRequest: PullRequest;
  mergeBase: string;
  repository: EvidenceSources['repository'];
  commitPaths: NonNullable<EvidenceSources['commitPaths']>;
  /** Ends the git that answers the sources, and removes what it needed. To be called when nothing more will be asked. */
  close(): Promise<void>;
}

/**
 * Reads a local branch as the pull request it would be on GitHub: from commits only, never from the working tree.
 * Nothing of the repository is run or obeyed; see `runGit` and `lendObjects`. What cannot be reviewed is a sentence.
 */
export async function readLocalPullRequest(request: LocalPullRequest): Promise<LocalSnapshot | Refusal> {
  const { cwd, base, head = 'HEAD', environment = {} } = request;
  const named = base === undefined ? [] : [base, head];
  const answer = await findRepository(cwd, environment, named);
  if (!answer.ok) return answer;
  const { repository, found } = answer;
  const tips = base === undefined ? await guessTips(repository, head) : toTips([base, head], found, repository);
  if (!tips.ok) return tips;
  const objects = await lendObjects(repository);
  try {
    const snapshot = await readBetween(objects, repository, tips, request);
    if (!snapshot.ok) await objects.close();
    return snapshot;
  } catch (error) {
    await objects.close();
    throw error;
  }
}

interface Tip {
  branch: string;
  sha: string;
}

interface Tips {
  ok: true;
  base: Tip;
  head: Tip;
}

async function readBetween(
  objects: LentObjects,
  repository: LocalRepository,
  { base, head }: Tips,
  request: LocalPullRequest,
): Promise<LocalSnapshot | Refusal> {
  const { git } = objects;
  const log = await readCommits(git, base.sha, head.sha);
  const common = log.ok && log.buildsOn ? { ok: true as const, sha: base.sha } : await findMergeBase(git, base, head);
  if (!common.ok) return refuse(explainUnrelated(repository, base, head, common.stderr));
  // Git for the evidence is started while another compares: the configuration at the base is always asked for.
  const [changed] = await Promise.all([
    readChangedFiles(git, common.sha, head.sha),
    objects.trees.rootChildren(base.sha),
  ]);
  if (!changed.ok) return refuse(explainUnreadable(changed.stderr));
  if (!log.ok) return refuse(explainUnreadable(log.stderr));
  const { files, totals } = changed;
  const { commits } = log;
  const pullRequest: PullRequest = {
    repository: { owner: repository.owner, name: repository.name, private: true, defaultBranch: base.branch },
    number: null,
    title: titleOf(commits, head.branch),
    body: request.prBody ?? '',
    author: authorOf(request.author ?? commits.at(-1)?.author.name ?? ''),
    labels: [],
    draft: false,
    state: 'open',
    base,
    head: { ...head, fromFork: false },
    commits,
    commitsComplete: true,
    files,
    totals,
    filesComplete: files.every((file) => file.patch !== 'missing'),
    reviews: [],
    ticks: [],
    waivers: [],
    evaluatedAt: request.evaluatedAt,
  };
  return {
    ok: true,
    ...{ pullRequest, mergeBase: common.sha },
    repository: repositorySource(objects, { base: base.sha, 'merge-base': common.sha, head: head.sha }),
    commitPaths: () => readCommitPaths(git, base.sha, head.sha),
    close: () => objects.close(),
  };
}

async function findMergeBase(
  git: ReadObjects,
  base: Tip,
  head: Tip,
): Promise<{ ok: true; sha: string } | { ok: false; stderr: string }> {
  const { status, stdout, stderr } = await git(['merge-base', base.sha, head.sha]);
  return status === 0 ? { ok: true, sha: stdout.toString().trim() } : { ok: false, stderr };
}

/** The head, and the first of what may be the default branch that is there. */
async function guessTips(repository: LocalRepository, head: string): Promise<Tips | Refusal> {
  for (const base of await listDefaultBranches(repository)) {
    const found = await findCommits(repository, [base, head]);
    if (found.ok || found.unknown === head) return toTips([base, head], found, repository);
  }
  return refuse(
    'Cannot tell which branch this change goes into: there is no origin/HEAD, and no main, master or trunk. Name it with --base.',
  );
}

function toTips([base, head]: [string, string], found: FoundCommits, repository: LocalRepository): Tips | Refusal {
  if (!found.ok) return refuse(explainUnknown(repository, found.unknown));
  const [ours, theirs] = found.commits as [NamedCommit, NamedCommit];
  return { ok: true, base: toTip(base, ours), head: toTip(head, theirs) };
}

function toTip(name: string, { sha, fullName }: NamedCommit): Tip {
  return { branch: shortName(fullName ?? name), sha };
}

function explainUnknown(repository: LocalRepository, name: string): string {
  const hint = repository.shallow ? ' The clone is shallow: fetch that commit first.' : '';
  return `There is no commit called ${JSON.stringify(name)} in this repository.${hint}`;
}

/** The name a branch has on GitHub: `main` for `refs/heads/main` and for `refs/remotes/origin/main`. */
function shortName(fullName: string): string {
  return fullName.replace(/^refs\/(heads|tags|remotes\/[^/]+)\//, '');
}

function explainUnrelated(repository: LocalRepository, base: Tip, head: Tip, stderr: string): string {
  if (stderr !== '') return explainUnreadable(stderr);
  const why = repository.shallow
    ? ' The clone is shallow: fetch more history (git fetch --unshallow) and try again.'
    : ' They share no history, so there is no change to review between them.';
  return `${base.branch} and ${head.branch} have no commit in common here.${why}`;
}

function explainUnreadable(stderr: string): string {
  return `git cannot read this change: ${complaintOf(stderr)}. In a shallow or partial clone, fetch what is missing first.`;
}

/** What GitHub would propose: the subject of the only commit, or else the branch. */
function titleOf(commits: readonly Commit[], branch: string): string {
  const [only, ...others] = commits;
  return only && others.length === 0 ? (only.message.split('\n')[0] ?? '') : branch;
}

function authorOf(login: string): Account {
  return { id: null, login, kind: 'unknown', association: 'NONE' };
}
