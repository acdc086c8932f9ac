/** Repositories, their commits, branches and forks: where `emulate` does not answer as GitHub does. */
import { actorOf } from '../callers.ts';
import { type Emulator, findRepo, inRepo, need, ownerOf } from '../emulator.ts';
import { commitJson, fullRepositoryJson } from '../format.ts';
import { asOneResponse, changedFiles, compare } from '../git/diff.ts';
import {
  ancestorsOf,
  branchIn,
  deleteRef,
  findCommit,
  findRef,
  resolveCommit,
  shareObjects,
  tipOf,
  writeRef,
  ZERO_SHA,
} from '../git/objects.ts';
import { announce } from '../model/announce.ts';
import { commitMerge } from '../model/merging.ts';
import { announcePush } from '../model/pushes.ts';
import { requiredChecks } from '../model/rules.ts';
import { json, notFound, pageOf, problem } from '../responses.ts';
import { type RepoAsk, type Route, repoRoute, route } from '../routing.ts';
import type { CommitRow, RepoRow } from '../tables.ts';
import { diffResponse, wantsDiff } from './pulls.ts';

/** A comparison lists so many files, and only on its first page. */
const COMPARED_FILES_AT_MOST = 300;

/** An answer about one commit lists so many files; the rest are on further pages. */
const COMMIT_FILES_AT_FIRST = 300;

/** Routes of repositories and what is in them. */
export const repositoryRoutes: Route[] = [
  repoRoute('GET', '', ({ emulator, repo, caller }) =>
    json(200, fullRepositoryJson(emulator, repo, caller.kind === 'user' ? actorOf(emulator, caller) : undefined)),
  ),
  route('GET', '/repositories/:id', (ask) => {
    const repo = ask.emulator.tables.repos.get(Number(ask.params.id));
    const mayRead = repo && !repo.private;
    return mayRead ? json(200, fullRepositoryJson(ask.emulator, repo, undefined)) : notFound();
  }),
  repoRoute('GET', '/contents/:path*', async (ask) => withoutLargeContent(asRaw(ask, await ask.forward()))),
  repoRoute('GET', '/readme', async (ask) => asRaw(ask, await ask.forward())),
  repoRoute('GET', '/commits', listCommits),
  repoRoute('GET', '/compare/:basehead*', compareCommits),
  repoRoute('GET', '/commits/:ref*', readCommit),
  repoRoute('GET', '/branches/:branch*', readBranch),
  repoRoute('DELETE', '/git/refs/:ref*', removeRef),
  repoRoute('POST', '/merges', mergeBranch),
  repoRoute('POST', '/forks', fork),
  repoRoute('GET', '/codeowners/errors', () => json(200, { errors: [] })),
  repoRoute('POST', '/dispatches', ({ emulator, repo, actor, body }) => {
    announce(emulator, {
      event: 'repository_dispatch',
      action: String(body.event_type),
      repo,
      sender: actor,
      details: { branch: repo.default_branch, client_payload: body.client_payload ?? {} },
    });
    return json(204);
  }),
];

/** `emulate` sends a raw file as a stream of bytes, which Octokit does not take for text; GitHub names its own type. */
function asRaw({ headers }: RepoAsk, answer: Response): Response {
  const isRaw = answer.ok && /vnd\.github(\.v3)?\.raw/.test(headers.get('accept') ?? '');
  const isFile = !/json/.test(answer.headers.get('content-type') ?? '');
  if (!isRaw || !isFile) return answer;
  return new Response(answer.body, { headers: { 'content-type': 'application/vnd.github.raw+json; charset=utf-8' } });
}

/** A file beyond this is shown without its content, unless it is asked for raw. */
const CONTENT_BYTES_AT_MOST = 1_000_000;

async function withoutLargeContent(answer: Response): Promise<Response> {
  if (!answer.ok || !answer.headers.get('content-type')?.startsWith('application/json')) return answer;
  const body = (await answer.json()) as { size?: number; type?: string };
  const isLarge = body.type === 'file' && (body.size ?? 0) > CONTENT_BYTES_AT_MOST;
  return json(200, isLarge ? { ...body, content: '', encoding: 'none' } : body);
}

// -- commits ------------------------------------------------------------------------------------------------------

async function listCommits(ask: RepoAsk): Promise<Response> {
  const { emulator, repo } = ask;
  // What `emulate` filters by is right; how it shows a commit is not.
  const answer = await ask.forward();
  if (!answer.ok) return answer;
  const listed = (await answer.json()) as { sha: string }[];
  const commits = listed.map(({ sha }) => need(findCommit(emulator, repo, sha), `the commit ${sha}`));
  const link = answer.headers.get('link');
  return json(
    200,
    commits.map((commit) => commitJson(emulator, repo, commit)),
    link ? { link } : {},
  );
}

function readCommit(ask: RepoAsk): Response {
  const { emulator, repo, params, url } = ask;
  const commit = findNamed(emulator, repo, params.ref ?? '');
  if (!commit) return problem(422, `No commit found for SHA: ${params.ref}`);
  const files = changedFiles(emulator, repo, commit.parent_shas[0], commit.sha);
  if (wantsDiff(ask.headers)) return diffResponse(files);
  const additions = files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
  const { items, links } =
    url.searchParams.has('per_page') || url.searchParams.has('page')
      ? pageOf(url, files)
      : { items: files.slice(0, COMMIT_FILES_AT_FIRST), links: undefined };
  return json(
    200,
    {
      ...commitJson(emulator, repo, commit),
      stats: { total: additions + deletions, additions, deletions },
      files: asOneResponse(items),
    },
    links ? { link: links } : {},
  );
}

function findNamed(emulator: Emulator, repo: RepoRow, name: string): CommitRow | undefined {
  const sha = resolveCommit(emulator, repo, name);
  return sha ? findCommit(emulator, repo, sha) : undefined;
}

function compareCommits(ask: RepoAsk): Response {
  const { emulator, repo, params, url } = ask;
  const [baseName = '', headName = ''] = (params.basehead ?? '').split('...');
  const base = findNamed(emulator, repo, baseName);
  const head = findComparedHead(emulator, repo, headName);
  if (!base || !head) return notFound();
  const { mergeBase, files, commits } = compare(emulator, repo, base.sha, head.sha);
  if (!mergeBase) return problem(404, `No common ancestor between ${baseName} and ${headName}.`);
  if (wantsDiff(ask.headers)) return diffResponse(files);
  const behind = compare(emulator, repo, head.sha, base.sha).commits.length;
  const isFirstPage = (url.searchParams.get('page') ?? '1') === '1';
  const { items, links } =
    url.searchParams.has('page') || url.searchParams.has('per_page')
      ? pageOf(url, commits)
      : { items: commits.slice(0, 250), links: undefined };
  const show = (commit: CommitRow) => commitJson(emulator, repo, commit);
  const api = `${emulator.url}/repos/${repo.full_name}/compare`;
  const site = `${emulator.url}/${repo.full_name}/compare`;
  return json(
    200,
    {
      url: `${api}/${params.basehead}`,
      html_url: `${site}/${params.basehead}`,
      permalink_url: `${site}/${ownerOf(repo)}:${base.sha.slice(0, 7)}...${ownerOf(repo)}:${head.sha.slice(0, 7)}`,
      diff_url: `${site}/${params.basehead}.diff`,
      patch_url: `${site}/${params.basehead}.patch`,
      base_commit: show(base),
      merge_base_commit: show(need(findCommit(emulator, repo, mergeBase), 'a merge base')),
      status: statusOf(commits.length, behind),
      ahead_by: commits.length,
      behind_by: behind,
      total_commits: commits.length,
      commits: items.map(show),
      files: isFirstPage ? asOneResponse(files.slice(0, COMPARED_FILES_AT_MOST)) : [],
    },
    links ? { link: links } : {},
  );
}

/** The head may be in a fork: `login:branch`. */
function findComparedHead(emulator: Emulator, repo: RepoRow, name: string): CommitRow | undefined {
  const [, owner, branch] = /^([^:]+):(.+)$/.exec(name) ?? [];
  const head = owner && branch ? (findRepo(emulator, owner, repo.name) ?? repo) : repo;
  const commit = findNamed(emulator, head, branch ?? name);
  if (commit && head.id !== repo.id) shareObjects(emulator, head, repo);
  return commit;
}

function statusOf(ahead: number, behind: number): string {
  if (ahead > 0 && behind > 0) return 'diverged';
  if (ahead > 0) return 'ahead';
  return behind > 0 ? 'behind' : 'identical';
}

// -- branches and refs --------------------------------------------------------------------------------------------

function readBranch(ask: RepoAsk): Response {
  const { emulator, repo, params } = ask;
  const name = params.branch ?? '';
  const row = inRepo(emulator.tables.branches, repo).find((branch) => branch.name === name);
  const commit = row && findCommit(emulator, repo, row.sha);
  if (!row || !commit) return problem(404, 'Branch not found');
  const api = `${emulator.url}/repos/${repo.full_name}/branches/${name}`;
  const checks = requiredChecks(emulator, repo, name);
  return json(200, {
    name,
    commit: commitJson(emulator, repo, commit),
    _links: { self: api, html: `${emulator.url}/${repo.full_name}/tree/${name}` },
    protected: row.protected || checks.length > 0,
    protection: {
      enabled: row.protected,
      required_status_checks: {
        enforcement_level: checks.length > 0 ? 'everyone' : 'off',
        contexts: checks.map((check) => check.context),
        checks: checks.map((check) => ({ context: check.context, app_id: check.appId })),
      },
    },
    protection_url: `${api}/protection`,
  });
}

/** `emulate` deletes a ref without a word. */
async function removeRef(ask: RepoAsk): Promise<Response> {
  const { emulator, repo, params, actor } = ask;
  const ref = `refs/${params.ref}`;
  const before = findRef(emulator, repo, ref);
  const answer = await ask.forward();
  if (!answer.ok || !before) return answer;
  deleteRef(emulator, repo, ref);
  const branch = branchIn(ref);
  const details = {
    ref: branch ?? ref.replace('refs/tags/', ''),
    ref_type: branch === undefined ? 'tag' : 'branch',
    pusher_type: 'user',
  };
  announce(emulator, { event: 'delete', repo, sender: actor, details });
  announcePush(emulator, repo, { ref, before, after: ZERO_SHA, sender: actor });
  return answer;
}

function mergeBranch(ask: RepoAsk): Response {
  const { emulator, repo, body, actor } = ask;
  const base = String(body.base);
  const head = String(body.head);
  const ours = tipOf(emulator, repo, base);
  const theirs = resolveCommit(emulator, repo, head);
  if (!ours || !theirs) return problem(404, ours ? 'Head does not exist' : 'Base does not exist');
  if (ancestorsOf(emulator, repo, ours).has(theirs)) return json(204);
  const merged = commitMerge(emulator, repo, {
    ours,
    theirs,
    parents: [ours, theirs],
    message: (body.commit_message as string) ?? `Merge ${head} into ${base}`,
    author: actor,
  });
  if ('conflicts' in merged) return problem(409, 'Merge conflict');
  writeRef(emulator, repo, `refs/heads/${base}`, merged.sha);
  announcePush(emulator, repo, { ref: `refs/heads/${base}`, before: ours, after: merged.sha, sender: actor });
  return json(201, commitJson(emulator, repo, need(findCommit(emulator, repo, merged.sha), 'a merge commit')));
}

// -- forks --------------------------------------------------------------------------------------------------------

/** `emulate` gives a fork commits of its own; GitHub gives it the same ones. */
async function fork(ask: RepoAsk): Promise<Response> {
  const { emulator, repo } = ask;
  const answer = await ask.forward();
  if (!answer.ok) return answer;
  const { id } = (await answer.json()) as { id: number };
  const copy = need(emulator.tables.repos.get(id), 'a fork');
  const { commits, trees, blobs, refs, branches } = emulator.tables;
  for (const table of [commits, trees, blobs, refs, branches]) {
    for (const row of table.all()) if (row.repo_id === copy.id) table.delete(row.id);
  }
  shareObjects(emulator, repo, copy);
  for (const row of inRepo(refs, repo)) {
    if (row.ref.startsWith('refs/heads/')) writeRef(emulator, copy, row.ref, row.sha);
  }
  return json(202, fullRepositoryJson(emulator, copy, ask.actor));
}
