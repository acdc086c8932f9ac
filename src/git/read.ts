import type { EvidenceSources } from '../gather.ts';
import type { Account, Commit, PullRequest } from '../model/pull-request.ts';
import { readChangedFiles } from './changed-files.ts';
import { readCommitPaths, readCommits } from './commits.ts';
import { repositorySource } from './evidence.ts';
import type { Environment } from './git.ts';
import {
  complaintOf,
  findCommit,
  findDefaultBranch,
  findFullName,
  findRepository,
  type LocalRepository,
  type Refusal,
  refuse,
  withObjects,
} from './repository.ts';

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
}

/**
 * Reads a local branch as the pull request it would be on GitHub: from commits only, never from the working tree.
 * Nothing of the repository is run or obeyed; see `runGit` and `withObjects`. What cannot be reviewed is a sentence.
 */
export async function readLocalPullRequest(request: LocalPullRequest): Promise<LocalSnapshot | Refusal> {
  const found = await findRepository(request.cwd, request.environment ?? {});
  if (!found.ok) return found;
  const { repository } = found;
  const [base, head] = await Promise.all([findBase(repository, request.base), findHead(repository, request.head)]);
  if (!base.ok) return base;
  if (!head.ok) return head;

  return withObjects(repository, async (git) => {
    const common = await git(['merge-base', base.sha, head.sha]);
    const mergeBase = common.stdout.toString().trim();
    if (common.status !== 0) return refuse(explainUnrelated(repository, base, head, common.stderr));
    const [changed, log] = await Promise.all([
      readChangedFiles(git, mergeBase, head.sha),
      readCommits(git, base.sha, head.sha),
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
      base: { branch: base.branch, sha: base.sha },
      head: { branch: head.branch, sha: head.sha, fromFork: false },
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
    const sides = { base: base.sha, 'merge-base': mergeBase, head: head.sha };
    return {
      ok: true,
      ...{ pullRequest, mergeBase },
      repository: repositorySource(repository, sides),
      commitPaths: () => withObjects(repository, (objects) => readCommitPaths(objects, base.sha, head.sha)),
    };
  });
}

type Tip = { ok: true; branch: string; sha: string };

async function findBase(repository: LocalRepository, asked: string | undefined): Promise<Tip | Refusal> {
  const name = asked ?? (await findDefaultBranch(repository));
  if (name === null) {
    return refuse(
      'Cannot tell which branch this change goes into: there is no origin/HEAD, and no main, master or trunk. Name it with --base.',
    );
  }
  return findTip(repository, name);
}

function findHead(repository: LocalRepository, asked = 'HEAD'): Promise<Tip | Refusal> {
  return findTip(repository, asked);
}

async function findTip(repository: LocalRepository, name: string): Promise<Tip | Refusal> {
  const [sha, fullName] = await Promise.all([findCommit(repository, name), findFullName(repository, name)]);
  if (sha) return { ok: true, branch: shortName(fullName ?? name), sha };
  const hint = repository.shallow ? ' The clone is shallow: fetch that commit first.' : '';
  return refuse(`There is no commit called ${JSON.stringify(name)} in this repository.${hint}`);
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
