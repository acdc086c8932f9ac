import type { Commit } from '../model/pull-request.ts';
import { readTrailers } from '../model/trailers.ts';
import type { ReadObjects } from './repository.ts';

/** One field a line, the message last: names and addresses in a commit cannot hold a newline. */
const FORMAT = '%H%n%P%n%an%n%ae%n%cn%n%ce%n%B';

/** The commits that `after` has and `before` lacks, oldest first, parents before their children. */
export async function readCommits(
  git: ReadObjects,
  before: string,
  after: string,
): Promise<{ ok: true; commits: Commit[] } | { ok: false; stderr: string }> {
  const range = [after, `^${before}`];
  const args = ['log', '-z', '--reverse', '--topo-order', '--no-color', '--no-show-signature', '--encoding=UTF-8'];
  const { status, stdout, stderr } = await git([...args, `--format=tformat:${FORMAT}`, ...range, '--']);
  if (status !== 0) return { ok: false, stderr };
  const records = stdout.toString('utf8').split('\0').slice(0, -1);
  return { ok: true, commits: records.map(toCommit) };
}

function toCommit(record: string): Commit {
  const [sha = '', parents = '', name = '', email = '', committerName = '', committerEmail = '', ...rest] =
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
