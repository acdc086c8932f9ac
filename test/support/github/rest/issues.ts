/** Pull requests addressed as issues, which `emulate` refuses: assignees, locks, timelines, and the issue itself. */
import { findIssue, findPull, findRepo, need, requestScope } from '../emulator.ts';
import { issueJson } from '../format.ts';
import { json } from '../responses.ts';
import { type Ask, type RepoAsk, type Route, repoRoute, route } from '../routing.ts';

/** Routes of pull requests addressed as issues. */
export const issueRoutes: Route[] = [
  route('GET', '/search/issues', search),
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

/** `emulate` finds them, but shows pull requests as such, where GitHub shows the issues that they also are. */
async function search(ask: Ask): Promise<Response> {
  const answer = await ask.forward();
  if (!answer.ok) return answer;
  const { items, ...found } = (await answer.json()) as { items: { html_url: string; number: number }[] };
  const { emulator } = ask;
  const shown = items.map((item) => {
    const [owner = '', name = ''] = item.html_url.replace(`${emulator.url}/`, '').split('/');
    const repo = need(findRepo(emulator, owner, name), 'a repository');
    return { ...issueJson(emulator, repo, need(findIssue(emulator, repo, item.number), 'an issue')), score: 1 };
  });
  const link = answer.headers.get('link');
  return json(200, { ...found, items: shown, search_type: 'lexical' }, link ? { link } : {});
}

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
  const isAssigning = method === 'POST';
  return isAboutIssue
    ? json(isAssigning ? 201 : answer.status, { ...issueJson(emulator, repo, issue), closed_by: null })
    : answer;
}
