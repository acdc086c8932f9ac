/** Commit statuses, the older sister of check runs. */
import { type CommitStatus, inRepo, nextId, timestamp } from '../emulator.ts';
import { commitJson, type Json, repositoryJson, userJson } from '../format.ts';
import { findCommit, resolveCommit } from '../git/objects.ts';
import { announce } from '../model/announce.ts';
import { moveQueue } from '../model/merge-queue.ts';
import { mergeWhenReady } from '../model/merging.ts';
import { invalid, json, notFound, page, pageOf, problem } from '../responses.ts';
import { type RepoAsk, type Route, repoRoute } from '../routing.ts';

const STATES = new Set<unknown>(['error', 'failure', 'pending', 'success']);

/** Routes of commit statuses. */
export const statusRoutes: Route[] = [
  repoRoute('POST', '/statuses/:sha', createStatus),
  repoRoute('GET', '/commits/:ref*/statuses', (ask) => {
    const { emulator, repo, params, url } = ask;
    const sha = resolveCommit(emulator, repo, params.ref ?? '');
    if (!sha) return notFound();
    const newestFirst = statusesOf(ask, sha).toReversed();
    return page(url, newestFirst, (items) => items.map((status) => fullStatusJson(ask, status)));
  }),
  repoRoute('GET', '/commits/:ref*/status', combine),
];

function createStatus(ask: RepoAsk): Response {
  const { emulator, repo, params, body, actor } = ask;
  const commit = findCommit(emulator, repo, params.sha ?? '');
  if (!commit) return problem(422, `No commit found for SHA: ${params.sha}`);
  if (!STATES.has(body.state)) return invalid('Status', 'state');
  const status: CommitStatus = {
    id: nextId(emulator),
    repo_id: repo.id,
    sha: commit.sha,
    state: body.state as CommitStatus['state'],
    context: String(body.context ?? 'default'),
    description: (body.description as string) ?? null,
    target_url: (body.target_url as string) ?? null,
    creator_id: actor.id,
    created_at: timestamp(),
  };
  emulator.state.statuses.push(status);
  announce(emulator, {
    event: 'status',
    repo,
    sender: actor,
    details: {
      id: status.id,
      sha: status.sha,
      name: repo.full_name,
      target_url: status.target_url,
      avatar_url: null,
      context: status.context,
      description: status.description,
      state: status.state,
      commit: commitJson(emulator, repo, commit),
      branches: inRepo(emulator.tables.branches, repo)
        .filter((branch) => branch.sha === commit.sha)
        .map(({ name, sha, protected: isProtected }) => ({
          name,
          commit: { sha, url: `${emulator.url}/repos/${repo.full_name}/commits/${sha}` },
          protected: isProtected,
        })),
      created_at: status.created_at,
      updated_at: status.created_at,
    },
  });
  moveQueue(emulator);
  mergeWhenReady(emulator);
  return json(201, fullStatusJson(ask, status));
}

/** All contexts of a commit in one: it fails if any does, and waits where any waits or none is there. */
function combine(ask: RepoAsk): Response {
  const { emulator, repo, params, url } = ask;
  const sha = resolveCommit(emulator, repo, params.ref ?? '');
  if (!sha) return notFound();
  const latest = new Map(statusesOf(ask, sha).map((status) => [status.context, status]));
  const statuses = [...latest.values()];
  const states = statuses.map((status) => status.state);
  const fails = states.includes('failure') || states.includes('error');
  const waits = states.length === 0 || states.includes('pending');
  const { items, links } = pageOf(url, statuses);
  const api = `${emulator.url}/repos/${repo.full_name}/commits/${sha}`;
  return json(
    200,
    {
      state: fails ? 'failure' : waits ? 'pending' : 'success',
      statuses: items.map((status) => statusJson(ask, status)),
      sha,
      total_count: statuses.length,
      repository: repositoryJson(emulator, repo),
      commit_url: api,
      url: `${api}/status`,
    },
    links ? { link: links } : {},
  );
}

function statusesOf({ emulator, repo }: RepoAsk, sha: string): CommitStatus[] {
  return emulator.state.statuses.filter((status) => status.repo_id === repo.id && status.sha === sha);
}

function statusJson({ emulator, repo }: RepoAsk, status: CommitStatus): Json {
  const { id, state, description, target_url, context, created_at } = status;
  return {
    id,
    node_id: `SC_${id}`,
    url: `${emulator.url}/repos/${repo.full_name}/statuses/${status.sha}`,
    avatar_url: null,
    state,
    description,
    target_url,
    context,
    created_at,
    updated_at: created_at,
  };
}

function fullStatusJson(ask: RepoAsk, status: CommitStatus): Json {
  return { ...statusJson(ask, status), creator: userJson(ask.emulator, status.creator_id) };
}
