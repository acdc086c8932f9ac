/** What people do on GitHub: sign in, push commits, open pull requests. */
import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';
import { APP, HELPER, type Login, TOKENS } from './seed.ts';

/** A file of a commit: its text, its bytes, either with a mode, or `null` to delete it. */
export type FileChange = string | Uint8Array | null | { content: string | Uint8Array; mode: FileMode };

/** The modes git knows for files: plain, executable, symbolic link. */
export type FileMode = '100644' | '100755' | '120000';

interface Repository {
  owner: string;
  repo: string;
}

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** An Octokit that acts as that person, and says nothing on the console. */
export function as(github: { url: string }, login: Login): Octokit {
  return new Octokit({ auth: TOKENS[login], baseUrl: github.url, log: quiet });
}

/** An Octokit that acts as the bot of the other App. */
export function asHelper(github: { url: string }): Octokit {
  const auth = { appId: HELPER.id, privateKey: APP.privateKey, installationId: HELPER.installationId };
  return new Octokit({ authStrategy: createAppAuth, auth, baseUrl: github.url, log: quiet });
}

/**
 * One commit of any number of files through the git data API, on top of `branch`, which is made from `from`
 * (a branch or a commit; the default branch if absent) when it does not exist yet. Answers with the commit's SHA.
 */
export async function push(
  octokit: Octokit,
  commit: Repository & {
    branch: string;
    files: Record<string, FileChange>;
    message?: string;
    from?: string;
    author?: { name: string; email: string; date?: string };
  },
): Promise<string> {
  const { owner, repo, branch, files, message = 'Change files', author } = commit;
  const tip = await findTip(octokit, { owner, repo, branch });
  const parent = tip ?? (await resolveStart(octokit, { owner, repo, from: commit.from }));
  const { data: parentCommit } = await octokit.rest.git.getCommit({ owner, repo, commit_sha: parent });
  const tree = await Promise.all(
    Object.entries(files).map(async ([path, change]) => ({
      path,
      type: 'blob' as const,
      ...(await treeEntry(octokit, { owner, repo }, change)),
    })),
  );
  const { data: newTree } = await octokit.rest.git.createTree({
    owner,
    repo,
    base_tree: parentCommit.tree.sha,
    tree,
  });
  const { data: created } = await octokit.rest.git.createCommit({
    owner,
    repo,
    message,
    tree: newTree.sha,
    parents: [parent],
    ...(author ? { author } : {}),
  });
  if (tip) await octokit.rest.git.updateRef({ owner, repo, ref: `heads/${branch}`, sha: created.sha });
  else await octokit.rest.git.createRef({ owner, repo, ref: `refs/heads/${branch}`, sha: created.sha });
  return created.sha;
}

/** Opens a pull request into `base` (`main` if absent). For one from a fork, `head` is `login:branch`. */
export async function openPullRequest(
  octokit: Octokit,
  pullRequest: Repository & { head: string; base?: string; title?: string; body?: string; draft?: boolean },
) {
  const { base = 'main', title = 'A change', ...rest } = pullRequest;
  const { data } = await octokit.rest.pulls.create({ base, title, ...rest });
  return data;
}

async function findTip(octokit: Octokit, at: Repository & { branch: string }): Promise<string | undefined> {
  const { owner, repo, branch } = at;
  try {
    const { data } = await octokit.rest.git.getRef({ owner, repo, ref: `heads/${branch}` });
    return data.object.sha;
  } catch (error) {
    if ((error as { status?: number }).status === 404) return undefined;
    throw error;
  }
}

async function resolveStart(octokit: Octokit, at: Repository & { from: string | undefined }): Promise<string> {
  const { owner, repo } = at;
  if (at.from && /^[0-9a-f]{40}$/.test(at.from)) return at.from;
  const branch = at.from ?? (await octokit.rest.repos.get({ owner, repo })).data.default_branch;
  const { data } = await octokit.rest.git.getRef({ owner, repo, ref: `heads/${branch}` });
  return data.object.sha;
}

async function treeEntry(octokit: Octokit, at: Repository, change: FileChange) {
  if (change === null) return { mode: '100644' as const, sha: null };
  const { content, mode } =
    typeof change === 'string' || change instanceof Uint8Array ? { content: change, mode: '100644' as const } : change;
  // A tree takes text inline; bytes need a blob of their own.
  if (typeof content === 'string') return { mode, content };
  const { data } = await octokit.rest.git.createBlob({
    ...at,
    content: Buffer.from(content).toString('base64'),
    encoding: 'base64',
  });
  return { mode, sha: data.sha };
}
