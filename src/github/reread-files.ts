import { type StructuredPatchHunk, structuredPatch } from 'diff';
import { Evidence } from '../model/evidence.ts';
import { isLockfile } from '../model/package-files.ts';
import type { ChangedFile, Hunk, PullRequest } from '../model/pull-request.ts';
import type { GitHubClient, RepositoryName } from './client.ts';
import type { CommitMemory } from './commit-memory.ts';
import { repositoryEvidence } from './repository-evidence.ts';

/** How many files are read from both sides; a change with more of them is too large whatever is in them. */
const MAX_REREAD = 50;

/** How many lines may differ before the search for the shortest diff is given up. It grows with their square. */
const MAX_EDITS = 4_000;

/**
 * Reads the files whose patch GitHub left out or cut short from both sides, and compares them itself. What cannot be had
 * in this way either stays `missing`. Lockfiles are left as they are: nobody reads them. Costs nothing for a pull request
 * whose files are complete.
 *
 * @throws when GitHub refuses us or asks us to wait
 */
export async function rereadFiles(
  client: GitHubClient,
  name: RepositoryName,
  pullRequest: PullRequest,
  memory?: CommitMemory,
): Promise<PullRequest> {
  const wanted = pullRequest.files
    .filter((file) => file.patch === 'missing' && !isLockfile(file.path))
    .slice(0, MAX_REREAD);
  if (wanted.length === 0) return pullRequest;
  const requests = wanted.flatMap((file) => [...oldSide(file), ...newSide(file)]);
  const evidence = new Evidence(await repositoryEvidence(client, name, pullRequest, memory)(requests));
  const reread = new Map(wanted.map((file) => [file, diffSides(file, evidence)]));
  const files = pullRequest.files.map((file) => reread.get(file) ?? file);
  const filesComplete = addsUp(pullRequest) && files.every((file) => file.patch !== 'missing');
  return { ...pullRequest, files, filesComplete };
}

function oldSide(file: ChangedFile) {
  if (file.status === 'added') return [];
  return [{ kind: 'file', path: file.previousPath ?? file.path, side: 'merge-base' } as const];
}

function newSide(file: ChangedFile) {
  return file.status === 'removed' ? [] : [{ kind: 'file', path: file.path, side: 'head' } as const];
}

/** The file with a diff of our own; `null` where a side could not be read. */
function diffSides(file: ChangedFile, evidence: Evidence): ChangedFile | null {
  const [before, after] = [oldSide(file), newSide(file)].map(([request]) => {
    if (!request) return '';
    const answer = evidence.file(request.path, request.side);
    return answer.state === 'found' ? answer.text : null;
  });
  if (before === null || after === null || before === undefined || after === undefined) return null;
  const hunks = diffTexts(before, after);
  return { ...file, patch: 'text', hunks, additions: countLines(hunks, '+'), deletions: countLines(hunks, '-') };
}

/**
 * Whether GitHub counted everything, by its own figures: a patch it leaves out is counted, and a file it did not get to
 * has zeros. Ours need not agree with them to the line, since two diffs of the same change may differ.
 */
function addsUp({ files, totals }: PullRequest): boolean {
  const sum = (of: 'additions' | 'deletions') => files.reduce((total, file) => total + file[of], 0);
  return (
    files.length === totals.files && sum('additions') === totals.additions && sum('deletions') === totals.deletions
  );
}

/** The hunks between two texts. Where the texts differ too much for the shortest diff, one that is right and longer. */
export function diffTexts(before: string, after: string): Hunk[] {
  if (before === after) return [];
  if (before !== '' && after !== '') {
    const patch = structuredPatch('a', 'b', before, after, '', '', { context: 3, maxEditLength: MAX_EDITS });
    if (patch) return patch.hunks.map(toHunk);
  }
  return [replaceMiddle(toLines(before), toLines(after))];
}

function toHunk({ oldStart, oldLines, newStart, newLines, lines }: StructuredPatchHunk): Hunk {
  return { oldStart, oldLines, newStart, newLines, lines };
}

/** All that is not alike at the top and at the bottom, taken out and put in whole. */
function replaceMiddle(before: readonly string[], after: readonly string[]): Hunk {
  let top = 0;
  while (top < before.length && top < after.length && before[top] === after[top]) top++;
  let bottom = 0;
  while (bottom < Math.min(before.length, after.length) - top && before.at(-1 - bottom) === after.at(-1 - bottom)) {
    bottom++;
  }
  const removed = before.slice(top, before.length - bottom);
  const added = after.slice(top, after.length - bottom);
  return {
    oldStart: top + 1,
    oldLines: removed.length,
    newStart: top + 1,
    newLines: added.length,
    lines: [...removed.map((line) => `-${line}`), ...added.map((line) => `+${line}`)],
  };
}

function toLines(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function countLines(hunks: readonly Hunk[], mark: string): number {
  return hunks.reduce((sum, { lines }) => sum + lines.filter((line) => line.startsWith(mark)).length, 0);
}
