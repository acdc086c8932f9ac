/** Comments on issues and pull requests, found. */
import { type Emulator, inRepo } from '../emulator.ts';
import type { CommentRow, RepoRow } from '../tables.ts';

/** The comments of one issue or pull request, the oldest first. */
export function commentsOf(emulator: Emulator, repo: RepoRow, number: number): CommentRow[] {
  return issueComments(emulator, repo).filter((comment) => comment.issue_number === number);
}

/** All comments on issues and pull requests of a repository, the oldest first. */
export function issueComments(emulator: Emulator, repo: RepoRow): CommentRow[] {
  return inRepo(emulator.tables.comments, repo)
    .filter((comment) => comment.comment_type === 'issue')
    .sort((a, b) => a.id - b.id);
}
