/** Loads a local git repository into the emulator, with the commits' real SHAs. */
import { execFileSync } from 'node:child_process';
import { type Emulator, findRepo, need } from './emulator.ts';
import { writeRef } from './git/objects.ts';
import { type GitHub, insideOf } from './index.ts';
import type { RepoRow, TreeEntry } from './tables.ts';

/** What was loaded. */
export interface Imported {
  commits: number;
  trees: number;
  blobs: number;
}

const OUTPUT_BYTES_AT_MOST = 2 ** 30;

/**
 * Replaces all content of a repository by that of the one in `dir`: `branches` maps new branch names to its revisions,
 * `depth` says how many commits back to go. Nothing is announced, so do it before anything else.
 */
export function importGit(
  github: GitHub,
  fullName: string,
  dir: string,
  { branches, depth = 50 }: { branches: Record<string, string>; depth?: number },
): Imported {
  const emulator = insideOf(github);
  const [owner = '', name = ''] = fullName.split('/');
  const repo = need(findRepo(emulator, owner, name), `the repository ${fullName}`);
  const git = (...args: string[]) => execFileSync('git', ['-C', dir, ...args], { maxBuffer: OUTPUT_BYTES_AT_MOST });
  clear(emulator, repo);

  const shas = git('rev-list', `--max-count=${depth}`, ...Object.values(branches))
    .toString()
    .trim()
    .split('\n');
  const trees = new Map<string, TreeEntry[]>();
  for (const sha of shas) readTrees(git, importCommit(emulator, repo, git, sha), trees);
  for (const [sha, tree] of trees) {
    emulator.tables.trees.insert({ repo_id: repo.id, sha, node_id: `T_${sha}`, tree, truncated: false });
  }
  const blobs = new Set([...trees.values()].flat().flatMap((entry) => (entry.type === 'blob' ? entry.sha : [])));
  importBlobs(emulator, repo, dir, [...blobs]);
  for (const [branch, revision] of Object.entries(branches)) {
    writeRef(emulator, repo, `refs/heads/${branch}`, git('rev-parse', revision).toString().trim());
  }
  return { commits: shas.length, trees: trees.size, blobs: blobs.size };
}

function clear({ tables }: Emulator, repo: RepoRow): void {
  for (const table of [tables.commits, tables.trees, tables.blobs, tables.refs, tables.branches]) {
    for (const row of table.all()) if (row.repo_id === repo.id) table.delete(row.id);
  }
}

type Git = (...args: string[]) => Buffer;

/** Answers with the SHA of the commit's tree. */
function importCommit({ tables }: Emulator, repo: RepoRow, git: Git, sha: string): string {
  const fields = ['%T', '%P', '%an', '%ae', '%aI', '%cn', '%ce', '%cI', '%B'].join('%x00');
  const [tree = '', parents = '', ...who] = git('show', '-s', `--format=${fields}`, sha).toString().split('\0');
  const [authorName = '', authorEmail = '', authored = '', committerName = '', committerEmail = '', committed = ''] =
    who;
  tables.commits.insert({
    repo_id: repo.id,
    sha,
    node_id: `C_${sha}`,
    tree_sha: tree,
    parent_shas: parents === '' ? [] : parents.split(' '),
    author_name: authorName,
    author_email: authorEmail,
    author_date: new Date(authored).toISOString(),
    committer_name: committerName,
    committer_email: committerEmail,
    committer_date: new Date(committed).toISOString(),
    message: (who[6] ?? '').trimEnd(),
    user_id: null,
  });
  return tree;
}

function readTrees(git: Git, sha: string, trees: Map<string, TreeEntry[]>): void {
  if (trees.has(sha)) return;
  const lines = git('ls-tree', '-l', '-z', sha).toString().split('\0').filter(Boolean);
  const entries = lines.map((line): TreeEntry => {
    const [about = '', path = ''] = line.split('\t');
    const [mode = '', type = '', entrySha = '', size = '-'] = about.split(/\s+/);
    return {
      path,
      mode,
      type: type as TreeEntry['type'],
      sha: entrySha,
      ...(size === '-' ? {} : { size: Number(size) }),
    };
  });
  trees.set(sha, entries);
  for (const entry of entries) if (entry.type === 'tree') readTrees(git, entry.sha, trees);
}

/** Reads all blobs in one go: `SHA blob SIZE`, a line feed, the bytes, a line feed. */
function importBlobs({ tables }: Emulator, repo: RepoRow, dir: string, shas: string[]): void {
  const output = execFileSync('git', ['-C', dir, 'cat-file', '--batch'], {
    input: `${shas.join('\n')}\n`,
    maxBuffer: OUTPUT_BYTES_AT_MOST,
  });
  for (let at = 0; at < output.length; ) {
    const lineEnd = output.indexOf('\n', at);
    const [sha = '', , size = '0'] = output.subarray(at, lineEnd).toString().split(' ');
    const bytes = output.subarray(lineEnd + 1, lineEnd + 1 + Number(size));
    at = lineEnd + 2 + Number(size);
    const text = bytes.toString('utf8');
    const isText = !text.includes('\0') && Buffer.from(text).equals(bytes);
    tables.blobs.insert({
      repo_id: repo.id,
      sha,
      node_id: `B_${sha}`,
      content: isText ? text : bytes.toString('base64'),
      encoding: isText ? 'utf-8' : 'base64',
      size: bytes.length,
    });
  }
}
