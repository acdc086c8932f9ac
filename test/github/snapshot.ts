import type { GraphqlReply } from '../support/nock-github.ts';

/** Names that the tests of this folder share. */
export const WIDGETS = { owner: 'acme', repo: 'widgets' };
export const IDENTITY = { appId: 1234, slug: 'composure' };
export const HEAD = 'f'.repeat(40);
export const BASE = 'a'.repeat(40);

type Node = Record<string, unknown>;

/** A page of a GraphQL list; `next` is the cursor behind which there is more. */
export function page(nodes: readonly unknown[], next: string | null = null): Node {
  return { pageInfo: { hasNextPage: next !== null, endCursor: next }, nodes };
}

/** A person as GraphQL shows one. */
export function user(login: string, databaseId = 1): Node {
  return { __typename: 'User', login, databaseId };
}

/** A bot as GraphQL shows one: without `[bot]`. */
export function bot(login: string, databaseId = 2): Node {
  return { __typename: 'Bot', login, databaseId };
}

/** A commit in a list of a pull request. */
export function commitNode(overrides: Node = {}): Node {
  const alice = { name: 'Alice', email: 'alice@example.com', user: { login: 'alice' } };
  return {
    commit: {
      oid: 'c'.repeat(40),
      message: 'Change',
      author: alice,
      committer: alice,
      parents: { nodes: [{ oid: BASE }] },
      ...overrides,
    },
  };
}

/** A review in a list of a pull request. */
export function reviewNode(overrides: Node = {}): Node {
  return {
    fullDatabaseId: '11',
    state: 'APPROVED',
    submittedAt: '2026-11-20T10:00:00Z',
    body: '',
    authorAssociation: 'MEMBER',
    authorCanPushToRepository: true,
    author: user('bob', 22),
    commit: { oid: HEAD },
    ...UNTOUCHED,
    id: 'PRR_11',
    ...overrides,
  };
}

/** A text that nobody edited and nobody reacted to. */
const UNTOUCHED = { lastEditedAt: null, editor: null, reactionGroups: [] };

/** A comment in a list of a pull request. */
export function commentNode(overrides: Node = {}): Node {
  return {
    fullDatabaseId: '31',
    id: 'IC_31',
    body: 'Hello',
    createdAt: '2026-11-20T10:00:00Z',
    authorAssociation: 'MEMBER',
    author: user('bob', 22),
    ...UNTOUCHED,
    ...overrides,
  };
}

/** A file's text. */
export function blob(text: string | null, overrides: Node = {}): Node {
  return { object: { __typename: 'Blob', text, isBinary: false, isTruncated: false, ...overrides } };
}

/** The newest commit with what stands on it. */
export function headCommit({
  runs = [],
  pulls = [],
  oid = HEAD,
}: {
  runs?: Node[];
  pulls?: Node[];
  oid?: string;
} = {}) {
  return {
    nodes: [
      {
        commit: {
          oid,
          associatedPullRequests: { nodes: pulls },
          checkSuites: { nodes: runs.length > 0 ? [{ checkRuns: { nodes: runs } }] : [] },
        },
      },
    ],
  };
}

/** An open pull request by alice without anything in it; a test states what matters. */
export function pullRequestNode(overrides: Node = {}): Node {
  const commits = (overrides.commits ?? page([commitNode()])) as Node;
  return {
    title: 'Change something',
    body: '',
    state: 'OPEN',
    isDraft: false,
    additions: 0,
    deletions: 0,
    changedFiles: 0,
    authorAssociation: 'CONTRIBUTOR',
    isCrossRepository: false,
    headRepository: null,
    author: user('alice', 21),
    baseRefName: 'main',
    baseRefOid: 'b'.repeat(40),
    headRefName: 'feature',
    headRefOid: HEAD,
    baseRef: { target: { __typename: 'Commit', oid: BASE, configuration: null, attributes: null } },
    labels: { nodes: [] },
    headCommit: headCommit(),
    reviews: page([]),
    comments: page([]),
    ...overrides,
    commits: { totalCount: (commits.nodes as unknown[]).length, ...commits },
  };
}

/** What the snapshot's query is answered with. */
export function snapshot(pullRequest: Node | null, overrides: Node = {}): GraphqlReply {
  return {
    data: {
      repository: {
        name: 'widgets',
        isPrivate: false,
        owner: { __typename: 'Organization', login: 'acme' },
        defaultBranchRef: { name: 'main' },
        pullRequest,
      },
      organisation: null,
      rateLimit: { cost: 1, remaining: 4999 },
      ...overrides,
    },
  };
}

/** One file in GitHub's list of changed files. */
export function fileEntry(filename: string, overrides: Node = {}): Node {
  return {
    sha: 'd'.repeat(40),
    filename,
    status: 'modified',
    additions: 0,
    deletions: 0,
    changes: 0,
    contents_url: `https://api.github.com/repos/acme/widgets/contents/${encodeURIComponent(filename)}?ref=${HEAD}`,
    ...overrides,
  };
}

/** A file with one line added by the patch. */
export function oneLineAdded(filename: string, overrides: Node = {}): Node {
  return fileEntry(filename, { additions: 1, changes: 1, patch: '@@ -1 +1,2 @@\n one\n+two', ...overrides });
}

/** The route of a page of changed files of pull request 7. */
export function filesPage(number = 1): string {
  return `GET /repos/acme/widgets/pulls/7/files?per_page=100&page=${number}`;
}
