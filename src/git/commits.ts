import type { CommitPathsAnswer } from '../model/evidence.ts';
import type { Commit } from '../model/pull-request.ts';
import { readTrailers } from '../model/trailers.ts';
import { complaintOf } from './git.ts';
import type { ReadObjects } from './objects.ts';

/** One field a line, the message last: names and addresses in a commit cannot hold a newline. */
const FORMAT = '%m%n%H%n%P%n%an%n%ae%n%cn%n%ce%n%B';

/** The commits of a branch, and where it left the other. */
export interface BranchCommits {
  ok: true;
  /** Oldest first, parents before their children. */
  commits: Commit[];
  /** True where `after` builds on `before`, which is then their merge base. */
  buildsOn: boolean;
}

/** The commits that `after` has and `before` lacks. */
export async function readCommits(
  git: ReadObjects,
  before: string,
  after: string,
): Promise<BranchCommits | { ok: false; stderr: string }> {
  const range = [after, `^${before}`];
  const order = ['--boundary', '--reverse', '--topo-order'];
  const args = ['log', '-z', ...order, '--no-color', '--no-show-signature', '--encoding=UTF-8'];
  const { status, stdout, stderr } = await git([...args, `--format=tformat:${FORMAT}`, ...range, '--']);
  if (status !== 0) return { ok: false, stderr };
  const records = stdout.toString('utf8').split('\0').slice(0, -1);
  const commits = records.filter((record) => !record.startsWith(BOUNDARY)).map(toCommit);
  // On the boundary lie the parents that `before` has: were it not among the ancestors of `after`, it would be nobody's.
  const buildsOn = before === after || records.some((record) => record.startsWith(`${BOUNDARY}${before}\n`));
  return { ok: true, commits, buildsOn };
}

/** Marks a commit that is not of the branch, and has a child that is. */
const BOUNDARY = '-\n';

function toCommit(record: string): Commit {
  const [, sha = '', parents = '', name = '', email = '', committerName = '', committerEmail = '', ...rest] =
    record.split('\n');
  // GitHub hands messages over without the newline that ends them.
  const message = rest.join('\n').replace(/\n+$/, '');
  return {
    sha,
    message,
    trailers: readTrailers(message),
    author: { name, email, login: null },
    committer: { name: committerName, email: committerEmail, login: null },
    parents: parents === '' ? [] : parents.split(' '),
  };
}

/** Which paths each commit that `after` has and `before` lacks touches, against its first parent; merges are left out. */
export async function readCommitPaths(git: ReadObjects, before: string, after: string): Promise<CommitPathsAnswer> {
  const args = ['log', '-z', '--no-merges', '--name-only', '--no-renames', '--no-color', '--no-show-signature'];
  const { status, stdout, stderr } = await git([...args, '--format=tformat:%x00%H', after, `^${before}`, '--']);
  if (status !== 0) return { state: 'unavailable', cause: complaintOf(stderr) };
  // A commit begins with an empty field; its paths follow the id, the first of them after a newline.
  const paths: Record<string, string[]> = {};
  let own: string[] | null = null;
  for (const field of stdout.toString('utf8').split('\0')) {
    const text = field.replace(/^\n/, '');
    if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text) && !field.startsWith('\n')) {
      own = [];
      paths[text] = own;
    } else if (text !== '') own?.push(text);
  }
  return { state: 'found', paths };
}
