/** Git on the emulator's objects: refs, history, files of a tree, merges. The objects and their SHAs are real. */
import { createHash } from 'node:crypto';
import { merge as mergeLines } from 'node-diff3';
import { type Emulator, inRepo, timestamp } from '../emulator.ts';
import type { BlobRow, CommitRow, RepoRow, Row, Table, TreeEntry, TreeRow } from '../tables.ts';

/** No commit: before a branch is made, after it is deleted. */
export const ZERO_SHA = '0'.repeat(40);

// -- objects ------------------------------------------------------------------------------------------------------

type ObjectRow = Row & { repo_id: number; sha: string };

function findObject<R extends ObjectRow>(table: Table<R>, repo: { id: number }, sha: string): R | undefined {
  return table.findBy('sha', sha).find((row) => row.repo_id === repo.id);
}

/** A commit by its whole SHA. */
export function findCommit(emulator: Emulator, repo: { id: number }, sha: string): CommitRow | undefined {
  return findObject(emulator.tables.commits, repo, sha);
}

/** A tree by its SHA. */
export function findTree(emulator: Emulator, repo: { id: number }, sha: string): TreeRow | undefined {
  return findObject(emulator.tables.trees, repo, sha);
}

/** A blob by its SHA. */
export function findBlob(emulator: Emulator, repo: { id: number }, sha: string): BlobRow | undefined {
  return findObject(emulator.tables.blobs, repo, sha);
}

/** The content of a blob. */
export function bytesOf(blob: BlobRow): Buffer {
  return Buffer.from(blob.content, blob.encoding === 'base64' ? 'base64' : 'utf8');
}

/** The text of a blob, `undefined` where git takes it for binary: a NUL byte in the first 8,000. */
export function textOf(blob: BlobRow): string | undefined {
  if (blob.encoding === 'utf-8') return blob.content.slice(0, 8000).includes('\0') ? undefined : blob.content;
  const bytes = bytesOf(blob);
  return bytes.subarray(0, 8000).includes(0) ? undefined : bytes.toString('utf8');
}

/** Gives `to` every object that `from` has: on GitHub the repositories of a fork network share one object store. */
export function shareObjects(emulator: Emulator, from: RepoRow, to: RepoRow): void {
  const { commits, trees, blobs } = emulator.tables;
  for (const table of [commits, trees, blobs] as unknown as Table<ObjectRow>[]) {
    for (const row of inRepo(table, from)) {
      if (findObject(table, to, row.sha)) continue;
      const { id: _, created_at: __, updated_at: ___, ...object } = row;
      table.insert({ ...object, repo_id: to.id });
    }
  }
}

/** Writes a blob, or finds the one of that content. */
export function writeBlob(emulator: Emulator, repo: RepoRow, content: Buffer): string {
  const sha = objectSha('blob', content);
  if (!findBlob(emulator, repo, sha)) {
    const text = content.toString('utf8');
    const isText = !text.includes('\0') && Buffer.from(text).equals(content);
    emulator.tables.blobs.insert({
      repo_id: repo.id,
      sha,
      node_id: `B_${sha}`,
      content: isText ? text : content.toString('base64'),
      encoding: isText ? 'utf-8' : 'base64',
      size: content.length,
    });
  }
  return sha;
}

/** Writes the tree that holds exactly these files, by path. */
export function writeTree(emulator: Emulator, repo: RepoRow, files: Map<string, TreeEntry>): string {
  const entries: TreeEntry[] = [];
  const folders = new Map<string, Map<string, TreeEntry>>();
  for (const [path, entry] of files) {
    const slash = path.indexOf('/');
    if (slash === -1) {
      entries.push({ ...entry, path });
      continue;
    }
    const folder = path.slice(0, slash);
    if (!folders.has(folder)) folders.set(folder, new Map());
    folders.get(folder)?.set(path.slice(slash + 1), entry);
  }
  for (const [path, within] of folders) {
    entries.push({ path, mode: '040000', type: 'tree', sha: writeTree(emulator, repo, within) });
  }
  const sha = objectSha('tree', treeContent(entries));
  if (!findTree(emulator, repo, sha)) {
    entries.sort((a, b) => (a.path < b.path ? -1 : 1));
    emulator.tables.trees.insert({ repo_id: repo.id, sha, node_id: `T_${sha}`, tree: entries, truncated: false });
  }
  return sha;
}

interface Identity {
  name: string;
  email: string;
}

/** Writes a commit of this moment. */
export function writeCommit(
  emulator: Emulator,
  repo: RepoRow,
  commit: { tree: string; parents: string[]; message: string; author: Identity; committer: Identity },
): string {
  const date = timestamp();
  const seconds = Math.floor(Date.parse(date) / 1000);
  const line = (role: string, who: Identity) => `${role} ${who.name} <${who.email}> ${seconds} +0000`;
  const message = commit.message.endsWith('\n') ? commit.message : `${commit.message}\n`;
  const content = [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    line('author', commit.author),
    line('committer', commit.committer),
    '',
    message,
  ].join('\n');
  const sha = objectSha('commit', Buffer.from(content));
  if (!findCommit(emulator, repo, sha)) {
    emulator.tables.commits.insert({
      repo_id: repo.id,
      sha,
      node_id: `C_${sha}`,
      tree_sha: commit.tree,
      parent_shas: commit.parents,
      message: commit.message,
      author_name: commit.author.name,
      author_email: commit.author.email,
      author_date: date,
      committer_name: commit.committer.name,
      committer_email: commit.committer.email,
      committer_date: date,
      user_id: null,
    });
  }
  return sha;
}

function objectSha(type: string, content: Buffer): string {
  return createHash('sha1').update(`${type} ${content.length}\0`).update(content).digest('hex');
}

/** Git sorts a folder as if its name ended with a slash. */
function treeContent(entries: TreeEntry[]): Buffer {
  const key = (entry: TreeEntry) => Buffer.from(entry.type === 'tree' ? `${entry.path}/` : entry.path);
  return Buffer.concat(
    [...entries]
      .sort((a, b) => Buffer.compare(key(a), key(b)))
      .flatMap((entry) => [
        Buffer.from(`${entry.mode.replace(/^0+/, '')} ${entry.path}\0`),
        Buffer.from(entry.sha, 'hex'),
      ]),
  );
}

// -- refs ---------------------------------------------------------------------------------------------------------

/** The tip of a branch. */
export function tipOf(emulator: Emulator, repo: { id: number }, branch: string): string | undefined {
  return findRef(emulator, repo, `refs/heads/${branch}`);
}

/** What a full ref points to. */
export function findRef(emulator: Emulator, repo: { id: number }, ref: string): string | undefined {
  return inRepo(emulator.tables.refs, repo).find((row) => row.ref === ref)?.sha;
}

/** The commit that a branch, a ref (with or without `refs/`), a SHA or the start of one, or `HEAD` names. */
export function resolveCommit(emulator: Emulator, repo: RepoRow, name: string): string | undefined {
  const ref = name === 'HEAD' || name === '' ? repo.default_branch : name;
  for (const candidate of [ref, `refs/${ref}`, `refs/heads/${ref}`, `refs/tags/${ref}`]) {
    const sha = findRef(emulator, repo, candidate);
    if (sha) return sha;
  }
  if (findCommit(emulator, repo, ref)) return ref;
  if (!/^[0-9a-f]{7,39}$/.test(ref)) return undefined;
  return inRepo(emulator.tables.commits, repo).find((commit) => commit.sha.startsWith(ref))?.sha;
}

/** Makes a ref point to a commit, be it new or not. Tells nobody. */
export function writeRef(emulator: Emulator, repo: RepoRow, ref: string, sha: string): void {
  const { refs, branches } = emulator.tables;
  const existing = inRepo(refs, repo).find((row) => row.ref === ref);
  if (existing) refs.update(existing.id, { sha });
  else refs.insert({ repo_id: repo.id, ref, sha, node_id: `REF_${ref}` });

  const name = branchIn(ref);
  if (!name) return;
  const branch = inRepo(branches, repo).find((row) => row.name === name);
  if (branch) branches.update(branch.id, { sha });
  else branches.insert({ repo_id: repo.id, name, sha, protected: false });
}

/** Removes a ref. Tells nobody. */
export function deleteRef(emulator: Emulator, repo: RepoRow, ref: string): void {
  const { refs, branches } = emulator.tables;
  for (const row of inRepo(refs, repo)) if (row.ref === ref) refs.delete(row.id);
  for (const row of inRepo(branches, repo)) if (row.name === branchIn(ref)) branches.delete(row.id);
}

/** The branch that a full ref names. */
export function branchIn(ref: string): string | undefined {
  return ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : undefined;
}

// -- history ------------------------------------------------------------------------------------------------------

/** A commit and everything it is built on. */
export function ancestorsOf(emulator: Emulator, repo: { id: number }, sha: string): Set<string> {
  const seen = new Set<string>();
  const queue = [sha];
  for (let next = queue.pop(); next; next = queue.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    queue.push(...(findCommit(emulator, repo, next)?.parent_shas ?? []));
  }
  return seen;
}

/** The commits that `head` has and `base` has not, the oldest first. */
export function commitsBetween(emulator: Emulator, repo: { id: number }, base: string, head: string): CommitRow[] {
  const known = ancestorsOf(emulator, repo, base);
  const commits: CommitRow[] = [];
  const visit = (sha: string) => {
    if (known.has(sha)) return;
    known.add(sha);
    const commit = findCommit(emulator, repo, sha);
    if (!commit) return;
    for (const parent of commit.parent_shas) visit(parent);
    commits.push(commit);
  };
  visit(head);
  return commits;
}

/**
 * The best common ancestor, as `git merge-base` finds it: one that is not itself an ancestor of another.
 * Where histories cross there may be several; the newest is taken.
 */
export function mergeBase(emulator: Emulator, repo: { id: number }, a: string, b: string): string | undefined {
  const ofA = ancestorsOf(emulator, repo, a);
  const candidates: string[] = [];
  const seen = new Set<string>();
  const queue = [b];
  for (let next = queue.shift(); next; next = queue.shift()) {
    if (seen.has(next)) continue;
    seen.add(next);
    // What lies behind a common ancestor is common too, and worse.
    if (ofA.has(next)) candidates.push(next);
    else queue.push(...(findCommit(emulator, repo, next)?.parent_shas ?? []));
  }
  const best = candidates.filter(
    (candidate) =>
      !candidates.some((other) => other !== candidate && ancestorsOf(emulator, repo, other).has(candidate)),
  );
  const date = (sha: string) => Date.parse(findCommit(emulator, repo, sha)?.committer_date ?? '') || 0;
  return best.sort((x, y) => date(y) - date(x))[0];
}

// -- files --------------------------------------------------------------------------------------------------------

/** Every file of a tree by its full path; submodules count as files. */
export function filesOf(emulator: Emulator, repo: { id: number }, tree: string): Map<string, TreeEntry> {
  const key = `${repo.id}:${tree}`;
  const known = emulator.state.files.get(key);
  if (known) return known;
  const files = new Map<string, TreeEntry>();
  const walk = (sha: string, folder: string) => {
    for (const entry of findTree(emulator, repo, sha)?.tree ?? []) {
      if (entry.type === 'tree') walk(entry.sha, `${folder}${entry.path}/`);
      else files.set(folder + entry.path, entry);
    }
  };
  walk(tree, '');
  emulator.state.files.set(key, files);
  return files;
}

/** The files of a commit by path, none for a commit that is not there. */
export function filesAt(emulator: Emulator, repo: { id: number }, sha: string | undefined): Map<string, TreeEntry> {
  const commit = sha === undefined ? undefined : findCommit(emulator, repo, sha);
  return commit ? filesOf(emulator, repo, commit.tree_sha) : new Map();
}

/** The text of a file, `undefined` where it is binary or a submodule; that of no file is empty. */
export function textAt(emulator: Emulator, repo: { id: number }, entry: TreeEntry | undefined): string | undefined {
  if (!entry) return '';
  if (entry.type === 'commit') return `Subproject commit ${entry.sha}\n`;
  const blob = findBlob(emulator, repo, entry.sha);
  return blob && textOf(blob);
}

// -- merging ------------------------------------------------------------------------------------------------------

/** What comes of merging `theirs` into `ours`: a tree, or the paths that conflict. */
export type Merge = { tree: string } | { conflicts: string[] };

/** A three-way merge, line by line where both sides changed a file. */
export function mergeCommits(emulator: Emulator, repo: RepoRow, ours: string, theirs: string): Merge {
  const key = `${repo.id}:${ours}+${theirs}`;
  const merge = emulator.state.merges.get(key) ?? mergeAnew(emulator, repo, ours, theirs);
  emulator.state.merges.set(key, merge);
  return merge;
}

function mergeAnew(emulator: Emulator, repo: RepoRow, ours: string, theirs: string): Merge {
  const base = mergeBase(emulator, repo, ours, theirs);
  if (!base) return { conflicts: ['(unrelated histories)'] };
  const [before, mine, others] = [base, ours, theirs].map((sha) => filesAt(emulator, repo, sha)) as [
    Map<string, TreeEntry>,
    Map<string, TreeEntry>,
    Map<string, TreeEntry>,
  ];
  const merged = new Map(mine);
  const conflicts: string[] = [];
  for (const path of new Set([...before.keys(), ...others.keys()])) {
    const [old, my, their] = [before.get(path), mine.get(path), others.get(path)];
    if (same(old, their) || same(my, their)) continue;
    if (same(old, my)) {
      if (their) merged.set(path, their);
      else merged.delete(path);
      continue;
    }
    const text = old && my && their ? mergeTexts(emulator, repo, [my, old, their]) : undefined;
    if (text === undefined || !my) conflicts.push(path);
    else merged.set(path, { ...my, sha: writeBlob(emulator, repo, Buffer.from(text)), size: Buffer.byteLength(text) });
  }
  return conflicts.length > 0 ? { conflicts } : { tree: writeTree(emulator, repo, merged) };
}

function same(a: TreeEntry | undefined, b: TreeEntry | undefined): boolean {
  return a?.sha === b?.sha && a?.mode === b?.mode;
}

function mergeTexts(emulator: Emulator, repo: RepoRow, entries: TreeEntry[]): string | undefined {
  const texts = entries.map((entry) => textAt(emulator, repo, entry));
  if (texts.some((text) => text === undefined)) return undefined;
  const [mine, base, theirs] = texts.map((text) => (text as string).split('\n')) as [string[], string[], string[]];
  const { conflict, result } = mergeLines(mine, base, theirs);
  return conflict ? undefined : result.join('\n');
}
