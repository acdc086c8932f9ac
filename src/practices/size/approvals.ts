import type { PullRequest, SubmittedReview } from '../../model/pull-request.ts';
import { roleOf } from '../../model/rights.ts';
import { isAgent } from '../../provenance/agents.ts';

/** A remark or a draft takes nothing back; these three do. */
const OPINIONS: ReadonlySet<SubmittedReview['state']> = new Set(['approved', 'changes-requested', 'dismissed']);

/**
 * The logins of those whose last word on this change is an approval that counts, by the one table of rights: people with
 * write access, but not the author, nor who wrote one of the commits, nor an agent's own account. As on GitHub an
 * approval stands after a push until somebody, or the branch's rule on stale approvals, dismisses it; `fresh` lets only
 * those of the present head count.
 */
export function approversOf(pullRequest: PullRequest, { fresh }: { fresh: boolean }): string[] {
  const last = new Map<string, SubmittedReview>();
  for (const review of pullRequest.reviews) {
    const { id, login } = review.author;
    // By number where there is one: a login can be given away.
    if (OPINIONS.has(review.state)) last.set(id === null ? login.toLowerCase() : String(id), review);
  }
  return [...last.values()]
    .filter(({ state, commit }) => state === 'approved' && (!fresh || commit === pullRequest.head.sha))
    .filter(({ author, mayWrite }) => roleOf(author, mayWrite ? 'write' : 'read', pullRequest) === 'writer')
    .filter(({ author }) => !isAgent(author))
    .map(({ author }) => author.login);
}
