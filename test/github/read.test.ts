import { describe, expect, it } from 'vitest';
import { type ReadResult, readPullRequest } from '../../src/github/read.ts';
import { nockGitHub } from '../support/nock-github.ts';
import {
  BASE,
  blob,
  bot,
  commentNode,
  commitNode,
  fileEntry,
  filesPage,
  HEAD,
  headCommit,
  IDENTITY,
  oneLineAdded,
  page,
  pullRequestNode,
  reviewNode,
  snapshot,
  user,
  WIDGETS,
} from './snapshot.ts';

const AT = '2026-11-20T12:00:00.000Z';
const OURS = '<!-- composure -->\nhello';
const github = nockGitHub();

type Node = Record<string, unknown>;

function read(): Promise<ReadResult> {
  return readPullRequest(github.client, WIDGETS, 7, IDENTITY, AT);
}

/** Reads a pull request that GitHub describes so. */
async function reading(node: Node, files: readonly Node[] = [], beside: Node = {}) {
  github.graphql('ComposureSnapshot', snapshot(pullRequestNode(node), beside));
  github.rest(filesPage(), { body: files });
  const result = await read();
  if (result.state !== 'read') throw new Error(`it was ${result.state}`);
  return result.reading;
}

/** Reads a pull request of these files and whatever totals they add up to. */
function readingFiles(files: readonly Node[], totals: Node = {}) {
  const sum = (key: string) => files.reduce((total, file) => total + Number(file[key]), 0);
  const node = { changedFiles: files.length, additions: sum('additions'), deletions: sum('deletions'), ...totals };
  return reading(node, files);
}

describe('an ordinary pull request', () => {
  it('costs one query and one page of files', async () => {
    await reading({});
    expect(github.takeRoutes().toSorted()).toEqual([
      'GET /repos/acme/widgets/pulls/7/files?page=1&per_page=100',
      'graphql ComposureSnapshot',
    ]);
  });

  it('is plain data', async () => {
    const { pullRequest, layers, comment, check, siblings } = await reading(
      {
        title: 'Add a lamp',
        body: 'Because it is dark.',
        changedFiles: 1,
        additions: 1,
        labels: { nodes: [{ name: 'area/lamps' }, { name: 'risky' }] },
        commits: page([commitNode({ message: 'Add a lamp\n\nReviewed-by: Carol <carol@example.com>' })]),
        reviews: page([reviewNode()]),
      },
      [oneLineAdded('src/lamp.ts')],
    );
    expect(pullRequest).toEqual({
      repository: { owner: 'acme', name: 'widgets', private: false, defaultBranch: 'main' },
      number: 7,
      title: 'Add a lamp',
      body: 'Because it is dark.',
      author: { id: 21, login: 'alice', kind: 'user', association: 'CONTRIBUTOR' },
      labels: ['area/lamps', 'risky'],
      draft: false,
      state: 'open',
      base: { branch: 'main', sha: BASE },
      head: { branch: 'feature', sha: HEAD, fromFork: false },
      commits: [
        {
          sha: 'c'.repeat(40),
          message: 'Add a lamp\n\nReviewed-by: Carol <carol@example.com>',
          trailers: [{ key: 'Reviewed-by', value: 'Carol <carol@example.com>' }],
          author: { name: 'Alice', email: 'alice@example.com', login: 'alice' },
          committer: { name: 'Alice', email: 'alice@example.com', login: 'alice' },
          parents: [BASE],
        },
      ],
      commitsComplete: true,
      files: [
        {
          path: 'src/lamp.ts',
          status: 'modified',
          additions: 1,
          deletions: 0,
          blob: 'd'.repeat(40),
          patch: 'text',
          hunks: [{ oldStart: 1, oldLines: 1, newStart: 1, newLines: 2, lines: [' one', '+two'] }],
        },
      ],
      totals: { files: 1, additions: 1, deletions: 0 },
      filesComplete: true,
      reviews: [
        {
          id: 11,
          author: { id: 22, login: 'bob', kind: 'user', association: 'MEMBER' },
          mayWrite: true,
          state: 'approved',
          commit: HEAD,
          submittedAt: '2026-11-20T10:00:00Z',
          body: '',
        },
      ],
      ticks: [],
      waivers: [],
      evaluatedAt: AT,
    });
    expect({ layers, comment, check, siblings }).toEqual({ layers: [], comment: null, check: null, siblings: [] });
  });
});

describe('what a pull request is', () => {
  const cases: { name: string; node: Node; is: object }[] = [
    { name: 'a draft', node: { isDraft: true }, is: { draft: true } },
    { name: 'closed', node: { state: 'CLOSED' }, is: { state: 'closed' } },
    { name: 'merged', node: { state: 'MERGED' }, is: { state: 'merged' } },
    {
      name: 'by an account that is gone',
      node: { author: null },
      is: { author: { id: null, login: 'ghost', kind: 'unknown', association: 'CONTRIBUTOR' } },
    },
    {
      name: 'by a bot, with the login that REST shows',
      node: { author: bot('renovate', 29_139_614) },
      is: { author: { id: 29_139_614, login: 'renovate[bot]', kind: 'bot', association: 'CONTRIBUTOR' } },
    },
    {
      name: 'by neither',
      node: { author: { __typename: 'Mannequin', login: 'imported' } },
      is: { author: { id: null, login: 'imported', kind: 'unknown', association: 'CONTRIBUTOR' } },
    },
    {
      name: 'from a fork',
      node: { isCrossRepository: true },
      is: { head: { branch: 'feature', sha: HEAD, fromFork: true } },
    },
    {
      name: 'from a fork that is known by name',
      node: {
        isCrossRepository: true,
        headRepository: { name: 'shop', owner: { __typename: 'User', login: 'mallory' } },
      },
      is: { head: { branch: 'feature', sha: HEAD, fromFork: true, fork: { owner: 'mallory', name: 'shop' } } },
    },
    {
      name: 'from a branch of its own repository',
      node: { headRepository: { name: 'shop', owner: { __typename: 'Organization', login: 'acme' } } },
      is: { head: { branch: 'feature', sha: HEAD, fromFork: false } },
    },
    { name: 'without a body', node: { body: '' }, is: { body: '' } },
    {
      name: 'into a branch that was deleted, by the tip that GitHub remembers',
      node: { baseRef: null },
      is: { base: { branch: 'main', sha: 'b'.repeat(40) } },
    },
    {
      name: 'with a commit of nobody',
      node: { commits: page([commitNode({ author: null, committer: { name: null, email: null, user: null } })]) },
      is: {
        commits: [
          expect.objectContaining({
            author: { name: '', email: '', login: null },
            committer: { name: '', email: '', login: null },
          }),
        ],
      },
    },
    {
      name: 'with a review of nobody, on a commit that is gone',
      node: { reviews: page([reviewNode({ author: null, commit: null, fullDatabaseId: null, state: 'DISMISSED' })]) },
      is: {
        reviews: [
          expect.objectContaining({
            id: 0,
            author: { id: null, login: 'ghost', kind: 'unknown', association: 'MEMBER' },
            commit: null,
            state: 'dismissed',
          }),
        ],
      },
    },
    {
      name: 'with a review whose number has more than 32 bits',
      node: { reviews: page([reviewNode({ fullDatabaseId: '9007199254740000' })]) },
      is: { reviews: [expect.objectContaining({ id: 9_007_199_254_740_000 })] },
    },
  ];
  it.each(cases)('$name', async ({ node, is }) => {
    const { pullRequest } = await reading(node);
    expect(pullRequest).toMatchObject(is);
  });

  it('keeps hostile text as it is', async () => {
    const hostile = '@everyone --> </details> ``` | \u202E '.repeat(250);
    const { pullRequest } = await reading({ title: hostile, body: hostile, headRefName: hostile });
    expect([pullRequest.title, pullRequest.body, pullRequest.head.branch]).toEqual([hostile, hostile, hostile]);
  });
});

describe('lists of several pages', () => {
  const numbered = (count: number, from = 0) => Array.from({ length: count }, (_, index) => from + index);
  const more = (nodes: readonly unknown[], next: string | null = null) => ({
    data: { repository: { pullRequest: { page: page(nodes, next) } } },
  });
  const commits = (numbers: readonly number[]) => numbers.map((at) => commitNode({ oid: `${at}` }));
  const reviews = (numbers: readonly number[]) => numbers.map((at) => reviewNode({ fullDatabaseId: `${at}` }));

  it('reads all commits, in order', async () => {
    github.graphql('ComposureMore', more(commits(numbered(100, 100)), 'c2'), { number: 7, after: 'c1' });
    github.graphql('ComposureMore', more(commits(numbered(40, 200))), { after: 'c2' });
    const { pullRequest } = await reading({ commits: { ...page(commits(numbered(100)), 'c1'), totalCount: 240 } });
    expect(pullRequest.commits.map(({ sha }) => sha)).toEqual(numbered(240).map(String));
    expect(pullRequest.commitsComplete).toBe(true);
  });

  it('says so when GitHub lists fewer commits than there are', async () => {
    const { pullRequest } = await reading({ commits: { ...page(commits(numbered(100))), totalCount: 251 } });
    expect(pullRequest.commitsComplete).toBe(false);
  });

  it('says so when one of the commits may not be seen', async () => {
    const { pullRequest } = await reading({ commits: { ...page([null, ...commits([1])]), totalCount: 2 } });
    expect(pullRequest.commits).toHaveLength(1);
    expect(pullRequest.commitsComplete).toBe(false);
  });

  it('stops at the 250 commits that GitHub lists at most', async () => {
    github.graphql('ComposureMore', more(commits(numbered(100, 100)), 'c2'), { after: 'c1' });
    github.graphql('ComposureMore', more(commits(numbered(100, 200)), 'c3'), { after: 'c2' });
    const { pullRequest } = await reading({ commits: { ...page(commits(numbered(100)), 'c1'), totalCount: 400 } });
    expect(pullRequest.commitsComplete).toBe(false);
  });

  it('reads all reviews', async () => {
    github.graphql('ComposureMore', more(reviews(numbered(3, 101))), { after: 'r1' });
    const { pullRequest } = await reading({ reviews: page(reviews(numbered(100, 1)), 'r1') });
    expect(pullRequest.reviews.map(({ id }) => id)).toEqual(numbered(103, 1));
  });

  it('finds our comment beyond the first page', async () => {
    github.graphql('ComposureMore', more([commentNode()], 'm2'), { after: 'm1' });
    github.graphql(
      'ComposureMore',
      more([commentNode({ fullDatabaseId: '99', id: 'IC_99', body: OURS, author: bot('composure') })], 'm3'),
      {
        after: 'm2',
      },
    );
    // A command may stand in any of them.
    github.graphql('ComposureMore', more([commentNode({ body: '/composure recheck' })]), { after: 'm3' });
    const { comment, spoken } = await reading({ comments: page([commentNode()], 'm1') });
    expect(comment).toMatchObject({ id: 99, nodeId: 'IC_99', body: OURS, editedAt: null, versions: 1 });
    expect(spoken.map(({ body }) => body)).toEqual(['/composure recheck']);
  });
});

describe('our comment', () => {
  const cases: { name: string; comments: Node[]; found: number | null }[] = [
    { name: 'none', comments: [], found: null },
    { name: 'by marker and author', comments: [commentNode({ body: OURS, author: bot('composure') })], found: 31 },
    { name: "not somebody else's with our marker", comments: [commentNode({ body: OURS })], found: null },
    {
      name: 'not that of a person who took our name',
      comments: [commentNode({ body: OURS, author: user('composure') })],
      found: null,
    },
    { name: "not another bot's", comments: [commentNode({ body: OURS, author: bot('discomposure') })], found: null },
    { name: 'not one of a ghost', comments: [commentNode({ body: OURS, author: null })], found: null },
    {
      name: 'not one of ours that says something else',
      comments: [commentNode({ body: `Quoted: ${OURS}`, author: bot('composure') })],
      found: null,
    },
    {
      name: 'past one that only looks like it',
      comments: [
        commentNode({ body: OURS, fullDatabaseId: '1' }),
        commentNode({ body: OURS, fullDatabaseId: '5000000000', author: bot('composure') }),
      ],
      found: 5_000_000_000,
    },
  ];
  it.each(cases)('$name', async ({ comments, found }) => {
    const { comment } = await reading({ comments: page(comments) });
    expect(comment?.id ?? null).toBe(found);
  });
});

describe('our check', () => {
  const run = (overrides: Node = {}) => ({
    databaseId: 5,
    name: 'Composure',
    status: 'COMPLETED',
    conclusion: 'FAILURE',
    externalId: '7',
    text: 'words',
    ...overrides,
  });

  it('is the newest of several', async () => {
    const runs = [
      run(),
      run({ databaseId: 9, status: 'IN_PROGRESS', conclusion: null, text: null }),
      run({ databaseId: 8 }),
    ];
    const { check } = await reading({ headCommit: headCommit({ runs }) });
    expect(check).toEqual({ id: 9, status: 'in_progress', conclusion: null, text: '', completedAt: null });
  });

  it('is asked for by our App and our name', async () => {
    await reading({});
    const asked = github.calls.find(({ route }) => route === 'graphql ComposureSnapshot');
    expect(asked?.body).toMatchObject({ appId: 1234, check: 'Composure' });
  });

  it.each([
    ['none', []],
    ['only one of another name', [run({ name: 'Composure (fast)' })]],
  ])('%s', async (_, runs) => {
    const { check } = await reading({ headCommit: headCommit({ runs }) });
    expect(check).toBeNull();
  });

  it('is not that of another commit, when somebody pushes as we read', async () => {
    const { check } = await reading({ headCommit: headCommit({ runs: [run()], oid: '0'.repeat(40) }) });
    expect(check).toBeNull();
  });
});

describe('siblings', () => {
  const pull = (number: number, overrides: Node = {}) => ({
    number,
    state: 'OPEN',
    headRefOid: HEAD,
    baseRepository: { nameWithOwner: 'Acme/Widgets' },
    ...overrides,
  });

  it('are the other open pull requests of this repository with this very head', async () => {
    const { siblings } = await reading({
      headCommit: headCommit({
        pulls: [
          pull(12),
          pull(7),
          pull(3),
          pull(4, { state: 'MERGED' }),
          pull(5, { headRefOid: '0'.repeat(40) }),
          pull(6, { baseRepository: { nameWithOwner: 'mallory/widgets' } }),
          pull(8, { baseRepository: null }),
        ],
      }),
    });
    expect(siblings).toEqual([3, 12]);
  });
});

describe('configuration and attributes at the tip of the base', () => {
  const at = (configuration: Node | null, attributes: Node | null = null) => ({
    baseRef: { target: { __typename: 'Commit', oid: BASE, configuration, attributes } },
  });
  const organisation = (configuration: Node | null) => ({
    organisation: { defaultBranchRef: { target: { __typename: 'Commit', oid: '1'.repeat(40), configuration } } },
  });

  it('gives the layers weakest first', async () => {
    const { layers } = await reading(at(blob('preset: strict')), [], organisation(blob('preset: advisory')));
    expect(layers).toEqual([
      { source: 'organisation', path: '.github/composure.yml', text: 'preset: advisory' },
      { source: 'repository', path: '.github/composure.yml', text: 'preset: strict' },
    ]);
  });

  it.each([
    ['a folder of that name', { object: { __typename: 'Tree' } }, []],
    ['an empty file', blob(''), ['']],
    ['binary: broken, not absent', blob(null, { isBinary: true }), ['\0']],
    ['cut short: broken, not absent', blob('pre', { isTruncated: true }), ['\0']],
  ])('%s', async (_, node, texts) => {
    const { layers } = await reading(at(node));
    expect(layers.map(({ text }) => text)).toEqual(texts);
  });

  it("takes the organisation's file once in its own `.github` repository, so that it can be mended there", async () => {
    const repository = {
      name: '.github',
      isPrivate: false,
      owner: { __typename: 'Organization', login: 'acme' },
      defaultBranchRef: { name: 'main' },
      pullRequest: pullRequestNode(at(blob('preset: strict'))),
    };
    const { layers } = await reading({}, [], { repository, ...organisation(blob('preset: strict')) });
    expect(layers.map(({ source }) => source)).toEqual(['repository']);
  });

  it.each([
    ['there', blob('* text=auto'), { state: 'found', text: '* text=auto' }],
    ['absent', null, { state: 'absent' }],
    [
      'cut short',
      blob('*', { isTruncated: true }),
      { state: 'unavailable', cause: 'GitHub cut it short because of its size' },
    ],
  ])('brings the attributes along: %s', async (_, node, answer) => {
    const { evidence } = await reading(at(null, node));
    expect(evidence).toEqual([[{ kind: 'file', path: '.gitattributes', side: 'base' }, answer]]);
  });
});

const FILES = 'GET /repos/acme/widgets/pulls/7/files';

describe('files', () => {
  const missing = { patch: 'missing', hunks: [] };
  const cases: { name: string; entry: Node; file: object; complete: boolean }[] = [
    {
      name: 'a renamed file',
      entry: fileEntry('b.ts', { status: 'renamed', previous_filename: 'a.ts' }),
      file: { path: 'b.ts', previousPath: 'a.ts', status: 'renamed', patch: 'text', hunks: [] },
      complete: true,
    },
    {
      name: 'a removed file, whose blob is not at head',
      entry: fileEntry('a.ts', { status: 'removed', deletions: 1, patch: '@@ -1 +0,0 @@\n-one' }),
      file: { status: 'removed', blob: null, patch: 'text' },
      complete: true,
    },
    {
      name: 'a changed mode',
      entry: fileEntry('run.sh', { status: 'changed' }),
      file: { status: 'changed', patch: 'text', hunks: [] },
      complete: true,
    },
    {
      name: 'an empty file',
      entry: fileEntry('empty', { status: 'added', sha: 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391' }),
      file: { patch: 'text', hunks: [] },
      complete: true,
    },
    {
      name: 'a binary file',
      entry: fileEntry('logo.png', { status: 'added' }),
      file: { patch: 'binary' },
      complete: true,
    },
    {
      name: 'a file whose patch is too large',
      entry: fileEntry('big', { additions: 9 }),
      file: missing,
      complete: false,
    },
    {
      name: 'a patch that breaks off within a hunk',
      entry: oneLineAdded('a.ts', { additions: 2, patch: '@@ -1,2 +1,4 @@\n one\n+two\n+thr' }),
      file: missing,
      complete: false,
    },
    {
      name: 'a patch that breaks off between hunks',
      entry: oneLineAdded('a.ts', { additions: 2 }),
      file: missing,
      complete: false,
    },
    { name: 'a patch that is none', entry: oneLineAdded('a.ts', { patch: 'two' }), file: missing, complete: false },
  ];
  it.each(cases)('$name', async ({ entry, file, complete }) => {
    const { pullRequest } = await readingFiles([entry]);
    expect(pullRequest.files).toMatchObject([file]);
    expect(pullRequest.filesComplete).toBe(complete);
  });

  it.each([
    ['fewer files than GitHub counts', { changedFiles: 2 }],
    ['fewer lines added', { additions: 2 }],
    ['fewer lines deleted', { deletions: 1 }],
  ])('is not complete with %s', async (_, totals) => {
    const { pullRequest } = await readingFiles([oneLineAdded('a.ts')], totals);
    expect(pullRequest.filesComplete).toBe(false);
  });

  it('is not complete when GitHub gives zeros for what it did not count', async () => {
    github.rest(`${FILES}?page=1&per_page=10`, { body: [oneLineAdded('a.ts'), fileEntry('b.ts')] });
    github.rest(`${FILES}?page=2&per_page=1`, { body: [fileEntry('b.ts')] });
    const { pullRequest } = await readingFiles([oneLineAdded('a.ts'), fileEntry('b.ts')], { additions: 20_001 });
    expect(pullRequest.filesComplete).toBe(false);
    expect(pullRequest.totals.additions).toBe(20_001);
  });

  it('takes from a smaller page what a longer one did not count', async () => {
    github.rest(`${FILES}?page=1&per_page=10`, { body: [oneLineAdded('a.ts'), oneLineAdded('b.ts')] });
    const { pullRequest } = await readingFiles([oneLineAdded('a.ts'), fileEntry('b.ts')], { additions: 2 });
    expect(pullRequest.filesComplete).toBe(true);
    expect(pullRequest.files.map(({ additions }) => additions)).toEqual([1, 1]);
  });

  it('puts them in the order of their bytes', async () => {
    const names = ['b', 'a/b', 'a.b', 'Z', 'é', '\u{1F600}', '\uFFFD'];
    const { pullRequest } = await readingFiles(names.map((name) => fileEntry(name)));
    expect(pullRequest.files.map(({ path }) => path)).toEqual(['Z', 'a.b', 'a/b', 'b', 'é', '\uFFFD', '\u{1F600}']);
  });
});

describe('somebody pushes while we read', () => {
  const elsewhere = (filename: string) =>
    `https://api.github.com/repos/acme/widgets/contents/${filename}?ref=${'0'.repeat(40)}`;

  it.each([
    ['the first entry tells', [oneLineAdded('a.ts', { contents_url: elsewhere('a.ts') })]],
    ['a later one tells', [oneLineAdded('a.ts'), oneLineAdded('b.ts', { contents_url: elsewhere('b.ts') })]],
  ])('has moved: %s', async (_, files) => {
    github.graphql('ComposureSnapshot', snapshot(pullRequestNode({ changedFiles: files.length })));
    github.rest(filesPage(), { body: files });
    expect(await read()).toEqual({ state: 'moved' });
  });

  it('goes by files that are at head, and not by a name that looks like an address', async () => {
    const { pullRequest } = await readingFiles([
      fileEntry('gone.ts', { status: 'removed', contents_url: elsewhere('gone.ts') }),
      fileEntry('a', {
        contents_url: `https://api.github.com/repos/acme/widgets/contents/a?ref=${'0'.repeat(40)}&ref=${HEAD}`,
      }),
    ]);
    expect(pullRequest.files).toHaveLength(2);
  });
});

describe('what GitHub does not show', () => {
  const notFound = (...path: string[]) => ({ type: 'NOT_FOUND', path, message: 'Could not resolve' });

  it('takes a missing `.github` repository for an ordinary case', async () => {
    github.graphql('ComposureSnapshot', { ...snapshot(pullRequestNode()), errors: [notFound('organisation')] });
    github.rest(filesPage(), { body: [] });
    expect(await read()).toMatchObject({ state: 'read', reading: { layers: [] } });
  });

  it('knows that a pull request is gone', async () => {
    github.graphql('ComposureSnapshot', {
      ...snapshot(null),
      errors: [notFound('organisation'), notFound('repository', 'pullRequest')],
    });
    github.rest(filesPage(), { status: 404, body: { message: 'Not Found' } });
    expect(await read()).toEqual({ state: 'gone' });
  });

  it('knows that a repository is gone', async () => {
    github.graphql('ComposureSnapshot', {
      data: { repository: null, organisation: null, rateLimit: null },
      errors: [notFound('repository'), notFound('organisation')],
    });
    github.rest(filesPage(), { status: 404, body: { message: 'Not Found' } });
    expect(await read()).toEqual({ state: 'gone' });
  });

  it.each([
    ['not allowed', { type: 'FORBIDDEN', path: ['organisation'], message: 'Resource not accessible by integration' }],
    ['a part of the pull request', notFound('repository', 'pullRequest', 'baseRef', 'target', 'configuration')],
    ['a time-out', { message: 'Something went wrong while executing your query. This may be the result of a timeout' }],
    ['a rate limit', { type: 'RATE_LIMITED', message: 'API rate limit exceeded' }],
  ])('throws what is no such case: %s', async (_, error) => {
    github.graphql('ComposureSnapshot', { ...snapshot(pullRequestNode()), errors: [notFound('organisation'), error] });
    github.rest(filesPage(), { body: [] });
    await expect(read()).rejects.toThrow(error.message);
  });

  it.each([401, 403, 500, 502])('throws what REST answers: %i', async (status) => {
    github.graphql('ComposureSnapshot', snapshot(pullRequestNode()));
    github.rest(filesPage(), { status, body: { message: 'No' } });
    await expect(read()).rejects.toMatchObject({ status });
  });

  it('throws when an answer is not of the shape we know', async () => {
    github.graphql('ComposureSnapshot', { body: { data: { repository: { name: 'widgets' } } } });
    github.rest(filesPage(), { body: [] });
    await expect(read()).rejects.toThrow('isPrivate');
  });
});
