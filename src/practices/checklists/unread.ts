import type { ChecklistDefinition, ChecklistProblem } from '../../model/checklist.ts';
import type { PullRequest } from '../../model/pull-request.ts';
import type { Missing } from '../../model/review.ts';
import { readsSignalsOf } from '../../signals/find-signals.ts';
import { type Choice, mayAskMore } from './choose-items.ts';

/** Lists that cannot be read: nobody knows what they would ask. */
export function missingLists(problems: readonly ChecklistProblem[]): Missing[] {
  return [...Map.groupBy(problems, (problem) => problem.path)].map(([path, [first]]) => ({
    what: `the checklist ${path}`,
    cause: `line ${first!.line}: ${first!.message}`,
  }));
}

/** Files that are not listed, and lines that were not given, where lists that are not asked may be about them. */
export function missingFiles(
  lists: readonly ChecklistDefinition[],
  choice: Choice,
  { files, totals, filesComplete }: PullRequest,
): Missing[] {
  if (filesComplete || !mayAskMore(lists, choice)) return [];
  const unlisted = totals.files - files.length;
  const unread = files.filter((file) => file.patch === 'missing' && readsSignalsOf(file.path));
  const waitsForLines = lists.some(({ when }) => when?.some((condition) => condition.kind === 'signal'));
  return [
    ...(unlisted > 0
      ? [
          {
            what: `${unlisted} of ${totals.files} changed files`,
            cause: 'they are not in the list of files that was given, and other checklists may apply to them',
          },
        ]
      : []),
    ...(unread.length > 0 && waitsForLines
      ? [
          {
            what: `the lines of ${unread[0]!.path}${unread.length > 1 ? ` and ${unread.length - 1} more` : ''}`,
            cause: 'they were not given, and other checklists may apply to them',
          },
        ]
      : []),
  ];
}

/** Whoever wrote a commit that is not listed would pass for a reviewer. */
export function missingCommits({ commitsComplete, commits }: PullRequest): Missing[] {
  if (commitsComplete) return [];
  const cause = `only ${commits.length} were listed, and whoever wrote one of them may not vouch; the author can squash them`;
  return [{ what: 'some of the commits', cause }];
}
