/** Comments on issues and pull requests with their history, and reactions. */
import { hasRole } from '../access.ts';
import { type Emulator, findIssue, findPull, need, nextId, timestamp } from '../emulator.ts';
import { issueCommentJson, issueJson, type Json, userJson } from '../format.ts';
import { announce } from '../model/announce.ts';
import { commentsOf, issueComments } from '../model/comments.ts';
import { withEdit } from '../model/edit-history.ts';
import { invalid, json, notFound, page, problem } from '../responses.ts';
import { type Answer, type RepoAsk, type Route, repoRoute } from '../routing.ts';
import type { CommentRow, IssueRow } from '../tables.ts';

/** Characters; one more and GitHub answers 422. */
const BODY_AT_MOST = 65_536;

const REACTIONS = new Set<unknown>(['+1', '-1', 'laugh', 'confused', 'heart', 'hooray', 'rocket', 'eyes']);

/** Routes of comments and reactions. */
export const commentRoutes: Route[] = [
  repoRoute('GET', '/issues/:number/comments', listComments),
  repoRoute('POST', '/issues/:number/comments', createComment),
  repoRoute('GET', '/issues/comments', ({ emulator, repo, url }) =>
    pageOfComments(emulator, repo, url, issueComments(emulator, repo)),
  ),
  repoRoute('GET', '/issues/comments/:id', (ask) =>
    withComment(ask, (comment) => json(200, issueCommentJson(ask.emulator, ask.repo, comment))),
  ),
  repoRoute('PATCH', '/issues/comments/:id', (ask) => withComment(ask, (comment) => updateComment(ask, comment))),
  repoRoute('DELETE', '/issues/comments/:id', (ask) => withComment(ask, (comment) => deleteComment(ask, comment))),
  ...reactionRoutes('/issues/comments/:id/reactions', 'comment'),
  ...reactionRoutes('/issues/:id/reactions', 'issue'),
  ...reactionRoutes('/pulls/comments/:id/reactions', 'review comment'),
];

function listComments({ emulator, repo, params, url }: RepoAsk): Response {
  const issue = findIssue(emulator, repo, params.number ?? '');
  if (!issue) return notFound();
  return pageOfComments(emulator, repo, url, commentsOf(emulator, repo, issue.number));
}

function pageOfComments(emulator: Emulator, repo: RepoAsk['repo'], url: URL, comments: CommentRow[]): Response {
  const since = url.searchParams.get('since');
  const wanted = comments.filter((comment) => since === null || Date.parse(comment.updated_at) >= Date.parse(since));
  return page(url, wanted, (items) => items.map((comment) => issueCommentJson(emulator, repo, comment)));
}

function createComment(ask: RepoAsk): Response {
  const { emulator, repo, params, body, actor, caller } = ask;
  const issue = findIssue(emulator, repo, params.number ?? '');
  if (!issue) return notFound();
  const wrong = findFault(body.body);
  if (wrong) return wrong;
  const { comments } = emulator.tables;
  const { id } = comments.insert({
    node_id: '',
    repo_id: repo.id,
    comment_type: 'issue',
    issue_number: issue.number,
    pull_number: null,
    commit_sha: null,
    body: String(body.body),
    user_id: actor.id,
    in_reply_to_id: null,
    path: null,
    position: null,
    line: null,
    side: null,
    subject_type: null,
    review_id: null,
    app_id: caller.kind === 'installation' ? caller.app.app_id : null,
  });
  const comment = need(comments.update(id, { node_id: `IC_${id}` }), 'a comment');
  const counted = need(emulator.tables.issues.update(issue.id, { comments: issue.comments + 1 }), 'an issue');
  touchPull(emulator, repo, issue.number);
  tell(ask, 'created', { comment, issue: counted });
  return json(201, issueCommentJson(emulator, repo, comment));
}

function updateComment(ask: RepoAsk, comment: CommentRow): Response {
  const { emulator, repo, body, actor } = ask;
  const wrong = findFault(body.body) ?? refuseStrangers(ask, comment);
  if (wrong) return wrong;
  const text = String(body.body);
  if (text === comment.body) return json(200, issueCommentJson(emulator, repo, comment));
  const edited = need(
    emulator.tables.comments.update(comment.id, { body: text, edits: withEdit(comment, text, actor.id) }),
    'a comment',
  );
  touchPull(emulator, repo, comment.issue_number ?? 0);
  tell(ask, 'edited', { comment: edited, details: { changes: { body: { from: comment.body } } } });
  return json(200, issueCommentJson(emulator, repo, edited));
}

function deleteComment(ask: RepoAsk, comment: CommentRow): Response {
  const { emulator, repo } = ask;
  const wrong = refuseStrangers(ask, comment);
  if (wrong) return wrong;
  emulator.tables.comments.delete(comment.id);
  const issue = findIssue(emulator, repo, comment.issue_number ?? 0);
  if (issue) emulator.tables.issues.update(issue.id, { comments: issue.comments - 1 });
  tell(ask, 'deleted', { comment });
  return json(204);
}

/** Others' comments are for those with write access to change; with less, one has one's own. */
function refuseStrangers({ emulator, repo, caller, actor }: RepoAsk, comment: CommentRow): Response | undefined {
  if (comment.user_id === actor.id || caller.kind === 'installation') return undefined;
  return hasRole(emulator, actor, repo, 'write') ? undefined : problem(403, 'Must have admin rights to Repository.');
}

function findFault(body: unknown): Response | undefined {
  if (typeof body !== 'string' || body.trim() === '') return invalid('IssueComment', 'body', 'missing_field');
  if (body.length <= BODY_AT_MOST) return undefined;
  return problem(422, 'Validation Failed', [
    {
      resource: 'IssueComment',
      code: 'unprocessable',
      field: 'data',
      message: `Body is too long (maximum is ${BODY_AT_MOST} characters)`,
    },
  ]);
}

function tell(
  { emulator, repo, actor }: RepoAsk,
  action: string,
  about: { comment: CommentRow; issue?: IssueRow; details?: Json },
): void {
  const { comment, details } = about;
  const issue = about.issue ?? need(findIssue(emulator, repo, comment.issue_number ?? 0), 'an issue');
  announce(emulator, {
    event: 'issue_comment',
    action,
    repo,
    sender: actor,
    details: {
      ...details,
      issue: issueJson(emulator, repo, issue),
      comment: issueCommentJson(emulator, repo, comment),
    },
  });
}

/** A comment counts as a change of its pull request. */
function touchPull(emulator: Emulator, repo: RepoAsk['repo'], number: number): void {
  const pull = findPull(emulator, repo, number);
  if (pull) emulator.tables.pullRequests.update(pull.id, {});
}

function withComment(ask: RepoAsk, handle: (comment: CommentRow) => Answer): Answer {
  const comment = ask.emulator.tables.comments.get(Number(ask.params.id));
  const isHere = comment?.repo_id === ask.repo.id && comment.comment_type === 'issue';
  return comment && isHere ? handle(comment) : notFound();
}

// -- reactions ----------------------------------------------------------------------------------------------------

function reactionRoutes(path: string, kind: string): Route[] {
  const subjectOf = (ask: RepoAsk) => `${kind} ${ask.params.id}`;
  return [
    repoRoute('POST', path, (ask) => react(ask, subjectOf(ask))),
    repoRoute('GET', path, ({ emulator, url, params, ...ask }) => {
      const content = url.searchParams.get('content');
      const subject = subjectOf({ emulator, url, params, ...ask });
      const reactions = emulator.state.reactions.filter(
        (reaction) => reaction.subject === subject && (content === null || reaction.content === content),
      );
      return page(url, reactions, (items) => items.map((reaction) => reactionJson(emulator, reaction)));
    }),
    repoRoute('DELETE', `${path}/:reaction`, ({ emulator, params }) => {
      const { state } = emulator;
      state.reactions = state.reactions.filter((reaction) => reaction.id !== Number(params.reaction));
      return json(204);
    }),
  ];
}

/** The same reaction twice is the same reaction, answered with 200 instead of 201. */
function react(ask: RepoAsk, subject: string): Response {
  const { emulator, repo, params, body, actor } = ask;
  const { comments } = emulator.tables;
  const exists = subject.startsWith('issue ')
    ? findIssue(emulator, repo, params.id ?? '')
    : comments.get(Number(params.id))?.repo_id === repo.id;
  if (!exists) return notFound();
  if (!REACTIONS.has(body.content)) return invalid('Reaction', 'content');
  const existing = emulator.state.reactions.find(
    (each) => each.subject === subject && each.user_id === actor.id && each.content === body.content,
  );
  if (existing) return json(200, reactionJson(emulator, existing));
  const reaction = {
    id: nextId(emulator),
    subject,
    user_id: actor.id,
    content: String(body.content),
    created_at: timestamp(),
  };
  emulator.state.reactions.push(reaction);
  return json(201, reactionJson(emulator, reaction));
}

function reactionJson(emulator: Emulator, reaction: Emulator['state']['reactions'][number]): Json {
  const { id, user_id, content, created_at } = reaction;
  return { id, node_id: `REA_${id}`, user: userJson(emulator, user_id), content, created_at };
}
