import { structuredPatch } from 'diff';
import type { Account, ChangedFile, Commit, PullRequest } from '../../src/model/pull-request.ts';

/** A person; the id follows from the login, so that the same login is the same person. */
export function account(login: string, overrides: Partial<Account> = {}): Account {
  const id = [...login].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 1_000_003, 7);
  return { id, login, kind: login.endsWith('[bot]') ? 'bot' : 'user', association: 'MEMBER', ...overrides };
}

/** A commit by `alice`. */
export function commit(overrides: Partial<Commit> = {}): Commit {
  const alice = { name: 'Alice', email: 'alice@example.com', login: 'alice' };
  return {
    sha: 'c'.repeat(40),
    message: 'Change',
    trailers: [],
    author: alice,
    committer: alice,
    parents: [],
    ...overrides,
  };
}

/** A changed file made from what it was and what it is; `null` on a side means it is not there. */
export function changedFile(
  path: string,
  before: string | null,
  after: string | null,
  overrides: Partial<ChangedFile> = {},
): ChangedFile {
  const { hunks } = structuredPatch(path, path, before ?? '', after ?? '', '', '', { context: 3 });
  const lines = hunks.flatMap((hunk) => hunk.lines);
  return {
    path,
    status: before === null ? 'added' : after === null ? 'removed' : 'modified',
    additions: lines.filter((line) => line.startsWith('+')).length,
    deletions: lines.filter((line) => line.startsWith('-')).length,
    blob: after === null ? null : 'b'.repeat(40),
    patch: 'text',
    hunks,
    ...overrides,
  };
}

/** A new file of so many numbered lines. */
export function addedLines(path: string, count: number): ChangedFile {
  return changedFile(path, null, Array.from({ length: count }, (_, index) => `line ${index + 1};\n`).join(''));
}

/** An ordinary open pull request by `alice`, complete, with nothing in it; a test states what matters. */
export function pullRequest(overrides: Partial<PullRequest> = {}): PullRequest {
  const files = overrides.files ?? [];
  return {
    repository: { owner: 'acme', name: 'widgets', private: false, defaultBranch: 'main' },
    number: 7,
    title: 'Change something',
    body: '',
    author: account('alice'),
    labels: [],
    draft: false,
    state: 'open',
    base: { branch: 'main', sha: 'a'.repeat(40) },
    head: { branch: 'feature', sha: 'f'.repeat(40), fromFork: false },
    commits: [commit()],
    commitsComplete: true,
    files,
    totals: {
      files: files.length,
      additions: files.reduce((sum, file) => sum + file.additions, 0),
      deletions: files.reduce((sum, file) => sum + file.deletions, 0),
    },
    filesComplete: true,
    reviews: [],
    ticks: [],
    waivers: [],
    evaluatedAt: '2026-11-20T12:00:00Z',
    ...overrides,
  };
}
