import type { ChangedFile } from '../model/pull-request.ts';
import { COMPARE_OPTIONS, splitPatches, toChangedFiles } from './changed-files.ts';
import { parseEntries } from './entries.ts';
import { GitFailed } from './git.ts';
import type { ReadObjects, StreamObjects } from './objects.ts';

/** One commit of the main line, as the pull request it once was. */
export interface HistoryCommit {
  sha: string;
  /** Who it says wrote it; nobody has checked. */
  author: { name: string; email: string };
  subject: string;
  /** The whole message. Hostile text. */
  message: string;
  files: ChangedFile[];
}

/** Which commits are meant. */
export interface HistoryRange {
  /** The id of the newest commit. */
  tip: string;
  /** A date as `git log --since` takes it; the whole history when it is left out. */
  since?: string | undefined;
  /** At most so many, the newest. */
  atMost?: number | undefined;
}

/**
 * Begins each commit in the output. No other line begins like it: those of a patch, of counts and of names begin with
 * ` `, `+`, `-`, `\`, `@`, `:`, a digit, `diff`, `index` and other words of git's own, and what people wrote with a blank.
 */
const BEGIN = 'commit ';
const NEXT = Buffer.from(`\n${BEGIN}`);

/** Of one commit. What lies behind it is counted and not looked into: nobody has reviewed it line by line. */
const MAX_COMMIT_BYTES = 8 * 1024 * 1024;

/** How many commits a range has. */
export async function countHistory(git: ReadObjects, range: HistoryRange): Promise<number> {
  const { status, stdout } = await git(['rev-list', '--count', ...selection(range), range.tip, '--']);
  return status === 0 ? Number(stdout.toString()) : 0;
}

/**
 * Reads the main line, newest first: each commit against its first parent, so that a merge stands for the branch that it
 * brought in. One `git log` whose output is taken apart as it comes; no more than one commit is held at a time.
 *
 * Git ends at the first content that a partial clone lacks. Its commit is told to `onUnreadable` and passed over.
 */
export async function* readHistory(
  stream: StreamObjects,
  range: HistoryRange,
  onUnreadable: () => void = () => {},
): AsyncGenerator<HistoryCommit> {
  const atMost = range.atMost ?? Number.POSITIVE_INFINITY;
  let done = 0;
  // After a failure one by one, until a commit can be read again: where all contents lack, each costs one git and not two.
  let alone = false;
  while (done < atMost) {
    const before = done;
    try {
      for await (const commit of readRun(stream, range, done, alone ? 1 : atMost - done)) {
        yield commit;
        done++;
      }
      if (!alone || done === before) return;
      alone = false;
    } catch (error) {
      if (!(error instanceof GitFailed) || !LACKING.test(error.message)) throw error;
      if (alone) {
        onUnreadable();
        done++;
      }
      alone = true;
    }
  }
}

/** Git's words for the content of a file that is not here. What lacks a tree or a commit cannot be walked at all. */
const LACKING = /unable to read [0-9a-f]{40,64}\b/;

/** One `git log` over the range, without the newest so many of it. */
async function* readRun(
  stream: StreamObjects,
  range: HistoryRange,
  skip: number,
  atMost: number,
): AsyncGenerator<HistoryCommit> {
  // Every line of the message is indented, so that none can pass for one of git's own.
  const format = `--format=${BEGIN}%H%n %an%n %ae%n %s%n%w(0,1,1)%B`;
  const output = ['--raw', '--numstat', '--patch', '--unified=3', '--full-index', '--no-show-signature'];
  const chosen = [...selection({ ...range, atMost: Number.isFinite(atMost) ? atMost : undefined }), `--skip=${skip}`];
  const args = ['log', '-m', ...chosen, ...COMPARE_OPTIONS, ...output, '--encoding=UTF-8', format];
  for await (const { bytes, cut } of splitCommits(stream([...args, range.tip, '--']))) yield parseCommit(bytes, cut);
}

/** A commit without parent is where a repository begins, and no pull request. */
function selection({ since, atMost }: HistoryRange): string[] {
  return [
    ...['--first-parent', '--min-parents=1'],
    ...(since === undefined ? [] : [`--since=${since}`]),
    ...(atMost === undefined ? [] : [`--max-count=${atMost}`]),
  ];
}

async function* splitCommits(chunks: AsyncIterable<Buffer>): AsyncGenerator<{ bytes: Buffer; cut: boolean }> {
  let parts: Buffer[] = [];
  let length = 0;
  let cut = false;
  // The end of what came before, since a beginning may lie across two chunks.
  let tail = Buffer.alloc(0);
  const keep = (bytes: Buffer) => {
    if (length + bytes.length > MAX_COMMIT_BYTES) cut = true;
    if (cut) return;
    parts.push(bytes);
    length += bytes.length;
  };
  const take = () => {
    const commit = { bytes: Buffer.concat(parts), cut };
    parts = [];
    length = 0;
    cut = false;
    return commit;
  };
  for await (const chunk of chunks) {
    let rest = Buffer.concat([tail, chunk]);
    for (let at = rest.indexOf(NEXT); at !== -1; at = rest.indexOf(NEXT)) {
      keep(rest.subarray(0, at + 1));
      yield take();
      rest = rest.subarray(at + 1);
    }
    const safe = Math.max(0, rest.length - NEXT.length);
    keep(rest.subarray(0, safe));
    tail = rest.subarray(safe);
  }
  keep(tail);
  if (length > 0) yield take();
}

const PATCHES = Buffer.from('\ndiff --git ');

function parseCommit(bytes: Buffer, cut: boolean): HistoryCommit {
  const start = bytes.indexOf(PATCHES);
  const head = bytes.toString('utf8', 0, start === -1 ? undefined : start).split('\n');
  const [first = '', name = '', email = '', subject = '', ...list] = head;
  const entries = parseEntries(list);
  const patches = start === -1 ? [] : splitPatches(bytes.subarray(start + 1));
  if (cut) patches.pop();
  return {
    sha: first.slice(BEGIN.length),
    author: { name: name.slice(1), email: email.slice(1) },
    subject: subject.slice(1),
    message: readMessage(list),
    files: toChangedFiles(entries, patches, cut),
  };
}

/** The indented lines, which stand before all others. */
function readMessage(lines: readonly string[]): string {
  const end = lines.findIndex((line) => line !== '' && !line.startsWith(' '));
  const message = end === -1 ? lines : lines.slice(0, end);
  return message
    .map((line) => line.slice(1))
    .join('\n')
    .trimEnd();
}
