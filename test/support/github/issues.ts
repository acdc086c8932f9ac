/** Pull requests addressed as issues, which `emulate` refuses: assignees, locks, timelines, and the issue itself. */
import { findIssue, findPull, need, requestScope } from './emulator.ts';
import { issueJson } from './format.ts';
import { json } from './responses.ts';
import { type RepoAsk, type Route, repoRoute } from './routing.ts';

export const issueRoutes: Route[] = [
  repoRoute('GET', '/issues/:number', (ask) => {
    const issue = findIssue(ask.emulator, ask.repo, ask.params.number ?? '');
    const isPull = issue !== undefined && findPull(ask.emulator, ask.repo, issue.number) !== undefined;
    return issue && isPull
      ? json(200, { ...issueJson(ask.emulator, ask.repo, issue), closed_by: null })
      : ask.forward();
  }),
  ...[
    ['PATCH', ''],
    ['POST', '/assignees'],
    ['DELETE', '/assignees'],
    ['PUT', '/lock'],
    ['DELETE', '/lock'],
    ['GET', '/timeline'],
    ['GET', '/events'],
  ].map(([method, path]) => repoRoute(method as string, `/issues/:number${path}`, asIssue)),
];

/** Lets `emulate` handle a pull request as the issue it also is, then brings the pull request in line. */
async function asIssue(ask: RepoAsk): Promise<Response> {
  const { emulator, repo, params, method } = ask;
  const pull = findPull(emulator, repo, params.number ?? '');
  if (!pull) return ask.forward();
  const scope = need(requestScope.getStore(), 'the request');
  const answer = await requestScope.run({ ...scope, pullRequestsAreIssues: true }, () => ask.forward());
  const issue = need(findIssue(emulator, repo, pull.number), 'the issue of a pull request');
  if (method !== 'GET') {
    const { title, body, state, closed_at, label_ids, assignee_ids, milestone_id, locked } = issue;
    emulator.tables.pullRequests.update(pull.id, {
      title,
      body,
      state: pull.merged ? 'closed' : state,
      closed_at,
      label_ids,
      assignee_ids,
      milestone_id,
      locked,
    });
  }
  const isAboutIssue = answer.ok && answer.status !== 204 && method !== 'GET';
  return isAboutIssue ? json(answer.status, { ...issueJson(emulator, repo, issue), closed_by: null }) : answer;
}
