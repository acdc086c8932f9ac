import type { Account, PullRequest, SubmittedReview } from '../../model/pull-request.ts';

/** What GitHub calls people who may write; an owner's or member's exact permission is not in the snapshot. */
const MAY_WRITE: ReadonlySet<string> = new Set(['OWNER', 'MEMBER', 'COLLABORATOR']);

/** A remark or a draft takes nothing back; these three do. */
const OPINIONS: ReadonlySet<SubmittedReview['state']> = new Set(['approved', 'changes-requested', 'dismissed']);

/**
 * The logins of those whose last word on this change is an approval of its present head: people with write access, as
 * far as the snapshot tells, the author apart. An approval of an earlier head does not speak for what came after it.
 */
export function approversOf({ reviews, author, head }: PullRequest): string[] {
  const last = new Map<string, SubmittedReview>();
  for (const review of reviews) {
    if (OPINIONS.has(review.state)) last.set(keyOf(review.author), review);
  }
  return [...last.values()]
    .filter((review) => review.state === 'approved' && review.commit === head.sha)
    .filter((review) => review.author.kind === 'user' && MAY_WRITE.has(review.author.association))
    .filter((review) => keyOf(review.author) !== keyOf(author))
    .map((review) => review.author.login);
}

/** By number where there is one: a login can be given away. */
function keyOf({ id, login }: Account): string {
  return id === null ? login.toLowerCase() : String(id);
}
