/** Reviews. Line comments of a review are kept, but `emulate` keeps and tells of single ones itself. */
import { type Emulator, inRepo, need, timestamp, toSeconds } from '../emulator.ts';
import { type Json, reviewJson, simplePullRequestJson } from '../format.ts';
import { announce } from '../model/announce.ts';
import { json, notFound, page, problem } from '../responses.ts';
import { type PullAsk, pullRoute, type Route } from '../routing.ts';
import type { ReviewRow } from '../tables.ts';

const STATES: Record<string, ReviewRow['state']> = {
  APPROVE: 'APPROVED',
  REQUEST_CHANGES: 'CHANGES_REQUESTED',
  COMMENT: 'COMMENTED',
};

/** Routes of reviews. */
export const reviewRoutes: Route[] = [
  pullRoute('GET', '/reviews', ({ emulator, repo, pull, url }) => {
    const reviews = inRepo(emulator.tables.reviews, repo).filter((review) => review.pull_number === pull.number);
    return page(url, reviews, (items) => items.map((review) => reviewJson(emulator, repo, review)));
  }),
  pullRoute('POST', '/reviews', createReview),
  pullRoute('GET', '/reviews/:id', (ask) => {
    const review = findReview(ask);
    return review ? json(200, reviewJson(ask.emulator, ask.repo, review)) : notFound();
  }),
  pullRoute('POST', '/reviews/:id/events', submitReview),
  pullRoute('PUT', '/reviews/:id/dismissals', dismissReview),
];

function createReview(ask: PullAsk): Response {
  const { emulator, repo, pull, actor, body } = ask;
  const wrong = findFault(ask, body.event);
  if (wrong) return wrong;
  const { reviews, pullRequests } = emulator.tables;
  const { id } = reviews.insert({
    node_id: '',
    repo_id: repo.id,
    pull_number: pull.number,
    user_id: actor.id,
    body: (body.body as string) ?? null,
    state: 'PENDING',
    commit_id: (body.commit_id as string) ?? pull.head_sha,
    submitted_at: null,
  });
  reviews.update(id, { node_id: `PRR_${id}` });
  const comments = (body.comments as Json[]) ?? [];
  for (const comment of comments) insertLineComment(ask, id, comment);
  // Whoever has reviewed is no longer asked to.
  pullRequests.update(pull.id, {
    requested_reviewer_ids: pull.requested_reviewer_ids.filter((reviewer) => reviewer !== actor.id),
    review_comments: pull.review_comments + comments.length,
  });
  if (typeof body.event === 'string') submit(ask, id, body.event);
  return json(200, reviewJson(emulator, repo, need(reviews.get(id), 'a review')));
}

function submitReview(ask: PullAsk): Response {
  const review = findReview(ask);
  if (!review) return notFound();
  if (review.state !== 'PENDING') return problem(422, 'Can not submit a review that is not pending.');
  const wrong = findFault(ask, ask.body.event);
  if (wrong) return wrong;
  submit(ask, review.id, String(ask.body.event));
  return json(200, reviewJson(ask.emulator, ask.repo, need(findReview(ask), 'a review')));
}

function findFault({ pull, actor, body }: PullAsk, event: unknown): Response | undefined {
  if (event === undefined) return undefined;
  if (typeof event !== 'string' || !STATES[event])
    return problem(422, 'Unprocessable Entity', ['Variable event is invalid']);
  if (event !== 'COMMENT' && actor.id === pull.user_id) {
    const what = event === 'APPROVE' ? 'approve' : 'request changes on';
    return problem(422, 'Unprocessable Entity', [`Can not ${what} your own pull request`]);
  }
  const isEmpty = !body.body && !(body.comments as unknown[] | undefined)?.length;
  if (event !== 'APPROVE' && isEmpty) return problem(422, 'Unprocessable Entity', ['Review body can not be empty']);
  return undefined;
}

function submit({ emulator, repo, pull, actor, body }: PullAsk, reviewId: number, event: string): void {
  const review = need(
    emulator.tables.reviews.update(reviewId, {
      state: STATES[event] as ReviewRow['state'],
      submitted_at: timestamp(),
      ...(typeof body.body === 'string' ? { body: body.body } : {}),
    }),
    'a review',
  );
  announce(emulator, {
    event: 'pull_request_review',
    action: 'submitted',
    repo,
    sender: actor,
    details: {
      review: reviewEventJson(emulator, repo, review),
      pull_request: simplePullRequestJson(emulator, need(emulator.tables.pullRequests.get(pull.id), 'a pull request')),
    },
  });
}

function dismissReview(ask: PullAsk): Response {
  const { emulator, repo, pull, actor, body } = ask;
  const review = findReview(ask);
  if (!review) return notFound();
  if (typeof body.message !== 'string') return problem(422, 'Invalid request.\n\n"message" wasn\'t supplied.');
  if (review.state !== 'APPROVED' && review.state !== 'CHANGES_REQUESTED') {
    return problem(422, 'Can not dismiss a commented pull request review');
  }
  const dismissed = need(emulator.tables.reviews.update(review.id, { state: 'DISMISSED' }), 'a review');
  announce(emulator, {
    event: 'pull_request_review',
    action: 'dismissed',
    repo,
    sender: actor,
    details: {
      review: reviewEventJson(emulator, repo, dismissed),
      pull_request: simplePullRequestJson(emulator, pull),
    },
  });
  return json(200, reviewJson(emulator, repo, dismissed));
}

/** In webhooks the state is in lower case, and an empty text is `null`. */
function reviewEventJson(emulator: Emulator, repo: PullAsk['repo'], review: ReviewRow): Json {
  return {
    ...reviewJson(emulator, repo, review),
    body: review.body || null,
    state: review.state.toLowerCase(),
    submitted_at: review.submitted_at,
    updated_at: toSeconds(review.updated_at),
  };
}

function findReview({ emulator, repo, pull, params }: PullAsk): ReviewRow | undefined {
  const review = emulator.tables.reviews.get(Number(params.id));
  return review?.repo_id === repo.id && review.pull_number === pull.number ? review : undefined;
}

function insertLineComment({ emulator, repo, pull, actor, body }: PullAsk, reviewId: number, comment: Json): void {
  const { id } = emulator.tables.comments.insert({
    node_id: '',
    repo_id: repo.id,
    comment_type: 'review',
    issue_number: null,
    pull_number: pull.number,
    commit_sha: (body.commit_id as string) ?? pull.head_sha,
    body: String(comment.body),
    user_id: actor.id,
    in_reply_to_id: null,
    path: String(comment.path),
    position: (comment.position as number) ?? null,
    line: (comment.line as number) ?? null,
    side: (comment.side as string) ?? 'RIGHT',
    subject_type: 'line',
    review_id: reviewId,
  });
  emulator.tables.comments.update(id, { node_id: `PRRC_${id}` });
}
