/**
 * What `emulate` is made to see while it handles a request that it would wrongly refuse.
 *
 * Our own checks come first (`transport.ts`), so whoever gets as far as `emulate` may do what is asked for.
 */
import { hasRole } from './access.ts';
import { type Emulator, requestScope } from './emulator.ts';
import type { CollaboratorRow, IssueRow, RepoRow, UserRow } from './tables.ts';

/** Puts on both disguises. */
export function disguise(emulator: Emulator): void {
  letPullRequestsPassAsIssues(emulator);
  letTeamsPush(emulator);
}

/** `emulate` refuses pull requests that are addressed as issues. */
function letPullRequestsPassAsIssues({ tables: { issues } }: Emulator): void {
  const get = issues.get.bind(issues);
  const all = issues.all.bind(issues);
  const findBy = issues.findBy.bind(issues);
  const isOn = () => requestScope.getStore()?.pullRequestsAreIssues === true;
  const asIssue = (issue: IssueRow) => ({ ...issue, is_pull_request: false });
  issues.all = () => (isOn() ? all().map(asIssue) : all());
  issues.findBy = (field, value) => (isOn() ? findBy(field, value).map(asIssue) : findBy(field, value));
  issues.get = (id) => {
    const issue = get(id);
    return issue && isOn() ? asIssue(issue) : issue;
  };
}

/** `emulate` does not know what a team may do in one repository, so its members look like collaborators. */
function letTeamsPush(emulator: Emulator): void {
  const { collaborators, repos } = emulator.tables;
  const findBy = collaborators.findBy.bind(collaborators);
  collaborators.findBy = (field, value) => {
    const found = findBy(field, value);
    const scope = requestScope.getStore();
    const repo = field === 'repo_id' ? repos.get(Number(value)) : undefined;
    if (scope?.forwarding !== true || scope.caller.kind !== 'user' || !repo) return found;
    const { user } = scope.caller;
    // The question for the role comes back here, and must then find what is really there.
    const extra = requestScope.run({ ...scope, forwarding: false }, () => asCollaborator(emulator, user, repo, found));
    return extra ? [...found, extra] : found;
  };
}

function asCollaborator(
  emulator: Emulator,
  user: UserRow,
  repo: RepoRow,
  known: CollaboratorRow[],
): CollaboratorRow | undefined {
  if (known.some((row) => row.user_id === user.id) || !hasRole(emulator, user, repo, 'write')) return undefined;
  return { id: -1, created_at: '', updated_at: '', repo_id: repo.id, user_id: user.id, permission: 'push' };
}
