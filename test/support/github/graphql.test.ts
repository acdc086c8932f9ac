/** GraphQL: what the App asks in one query, and how GitHub says no. */
import type { Octokit } from '@octokit/rest';
import { describe, expect, it } from 'vitest';
import {
  alice,
  bob,
  bot,
  carol,
  changeOnFeature,
  conclude,
  github,
  holdToContract,
  mallory,
  mergeNow,
  raw,
  requireOurCheck,
  rows,
  statusOf,
  WIDGETS,
  withFiles,
  withPullRequest,
} from './contract.ts';
import { createGitHub } from './index.ts';
import { validateGraphql } from './openapi.ts';
import { as, openPullRequest, push } from './people.ts';
import { APP, seed, type TOKENS } from './seed.ts';

holdToContract();

const PEOPLE = `
fragment Who on Actor { __typename login ... on User { databaseId } ... on Bot { databaseId } }
fragment Version on UserContentEdit { editedAt deletedAt diff editor { ...Who } }
`;

/** Everything that an evaluation reads, in one go. */
const EVERYTHING = `
query Everything($owner: String!, $name: String!, $number: Int!, $appId: Int!, $checkName: String!, $config: String!) {
  rateLimit { cost nodeCount limit remaining used resetAt }
  repository(owner: $owner, name: $name) {
    id nameWithOwner isPrivate viewerPermission
    defaultBranchRef { name target { oid } }
    pullRequest(number: $number) {
      id databaseId fullDatabaseId number title body state isDraft merged url createdAt updatedAt lastEditedAt
      author { ...Who } authorAssociation editor { ...Who }
      labels(first: 100) { totalCount nodes { name } }
      baseRefName baseRefOid headRefName headRefOid headRepository { nameWithOwner } isCrossRepository
      additions deletions changedFiles mergeStateStatus reviewDecision
      commits(first: 100) {
        totalCount
        pageInfo { hasNextPage endCursor }
        nodes {
          commit {
            oid message authoredDate committedDate committedViaWeb
            author { name email user { login databaseId } }
            committer { name email user { login databaseId } }
            authors(first: 10) { nodes { name email user { login databaseId } } }
            parents(first: 5) { totalCount nodes { oid } }
            tree { oid }
          }
        }
      }
      head: commits(last: 1) {
        nodes {
          commit {
            associatedPullRequests(first: 10) { nodes { number state headRefOid baseRefName } }
            checkSuites(first: 5, filterBy: { appId: $appId, checkName: $checkName }) {
              nodes {
                app { databaseId slug }
                checkRuns(last: 5, filterBy: { checkName: $checkName, appId: $appId }) {
                  totalCount
                  nodes {
                    databaseId name status conclusion externalId title summary text startedAt completedAt
                    annotations(first: 50) { totalCount }
                  }
                }
              }
            }
          }
        }
      }
      comments(first: 100) {
        totalCount
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        nodes {
          databaseId id body createdAt updatedAt lastEditedAt author { ...Who } authorAssociation viewerDidAuthor
          editor { ...Who }
          userContentEdits(first: 20) { totalCount nodes { ...Version } }
        }
      }
      reviews(first: 100) {
        totalCount
        pageInfo { hasNextPage }
        nodes { databaseId author { ...Who } authorAssociation state submittedAt body commit { oid } }
      }
      latestOpinionatedReviews(first: 100) { nodes { author { ...Who } state } }
      files(first: 100) { totalCount pageInfo { hasNextPage } nodes { path additions deletions changeType } }
    }
    config: object(expression: $config) { __typename oid ... on Blob { byteSize isBinary isTruncated text } }
    mergeQueue(branch: "main") { entries(first: 10) { totalCount } }
  }
  organisation: repository(owner: $owner, name: ".github") {
    config: object(expression: "HEAD:.github/composure.yml") { oid ... on Blob { text } }
  }
}
${PEOPLE}`;

// biome-ignore lint/suspicious/noExplicitAny: answers have the shape of the question
type Data = Record<string, any>;

const ask = (octokit: Octokit, query: string, variables: object = {}) =>
  octokit.graphql(query, { ...variables }) as Promise<Data>;

/** What is answered to a query that goes wrong: data and errors as they came. */
async function answerTo(query: string, login: keyof typeof TOKENS = 'alice'): Promise<Data> {
  const response = await raw('/graphql', { method: 'POST', login, body: JSON.stringify({ query }) });
  expect(response.status).toBe(200);
  return (await response.json()) as Data;
}

const onWidgets = (fields: string) => `{ repository(owner: "acme", name: "widgets") { ${fields} } }`;

function everything(octokit: Octokit, number: number): Promise<Data> {
  return ask(octokit, EVERYTHING, {
    owner: 'acme',
    name: 'widgets',
    number,
    appId: APP.id,
    checkName: 'Composure',
    config: 'main:.github/composure.yml',
  });
}

describe('one query for everything', () => {
  it('is valid in the schema of GitHub', () => {
    expect(validateGraphql(EVERYTHING)).toEqual([]);
  });

  it('answers all of it', async () => {
    const { number, head } = await withPullRequest();
    const octokit = await bot();
    await push(alice(), {
      owner: 'acme',
      repo: '.github',
      branch: 'main',
      files: { '.github/composure.yml': 'preset: strict\n' },
    });
    await octokit.rest.issues.addLabels({ ...WIDGETS, issue_number: number, labels: ['bug'] });
    const run = await conclude(head, 'failure');
    const { data: comment } = await octokit.rest.issues.createComment({
      ...WIDGETS,
      issue_number: number,
      body: 'one',
    });
    await carol().rest.pulls.createReview({ ...WIDGETS, pull_number: number, event: 'APPROVE', body: 'Good' });
    const { repository, organisation, rateLimit } = await everything(octokit, number);

    expect(repository).toMatchObject({
      nameWithOwner: 'acme/widgets',
      isPrivate: false,
      defaultBranchRef: { name: 'main', target: { oid: expect.stringMatching(/^[0-9a-f]{40}$/) } },
      config: { __typename: 'Blob', byteSize: 17, isBinary: false, isTruncated: false, text: 'preset: standard\n' },
      mergeQueue: null,
    });
    expect(organisation.config.text).toBe('preset: strict\n');
    expect(repository.pullRequest).toMatchObject({
      number,
      title: 'Feature',
      body: 'Why',
      state: 'OPEN',
      isDraft: false,
      merged: false,
      lastEditedAt: null,
      author: { __typename: 'User', login: 'bob', databaseId: expect.any(Number) },
      authorAssociation: 'MEMBER',
      labels: { totalCount: 1, nodes: [{ name: 'bug' }] },
      baseRefName: 'main',
      headRefName: 'feature',
      headRefOid: head,
      headRepository: { nameWithOwner: 'acme/widgets' },
      isCrossRepository: false,
      additions: 3,
      deletions: 2,
      changedFiles: 4,
      mergeStateStatus: 'CLEAN',
      reviewDecision: null,
      commits: {
        totalCount: 1,
        pageInfo: { hasNextPage: false },
        nodes: [
          {
            commit: {
              oid: head,
              message: 'A feature',
              committedViaWeb: false,
              author: { name: 'Bob', email: 'bob@example.com', user: { login: 'bob' } },
              authors: { nodes: [{ user: { login: 'bob' } }] },
              parents: { totalCount: 1, nodes: [{ oid: repository.defaultBranchRef.target.oid }] },
            },
          },
        ],
      },
      head: {
        nodes: [
          {
            commit: {
              associatedPullRequests: { nodes: [{ number, state: 'OPEN', headRefOid: head, baseRefName: 'main' }] },
              checkSuites: {
                nodes: [
                  {
                    app: { databaseId: APP.id, slug: 'composure' },
                    checkRuns: {
                      totalCount: 1,
                      nodes: [{ databaseId: run.id, status: 'COMPLETED', conclusion: 'FAILURE', title: 'failure' }],
                    },
                  },
                ],
              },
            },
          },
        ],
      },
      comments: {
        totalCount: 1,
        nodes: [
          {
            databaseId: comment.id,
            body: 'one',
            author: { __typename: 'Bot', login: 'composure', databaseId: comment.user?.id },
            viewerDidAuthor: true,
            editor: null,
            lastEditedAt: null,
            userContentEdits: { totalCount: 0, nodes: [] },
          },
        ],
      },
      reviews: {
        totalCount: 1,
        nodes: [{ author: { login: 'carol' }, state: 'APPROVED', body: 'Good', commit: { oid: head } }],
      },
      latestOpinionatedReviews: { nodes: [{ author: { login: 'carol' }, state: 'APPROVED' }] },
      files: {
        totalCount: 4,
        nodes: [
          { path: 'src/a.ts', additions: 2, deletions: 1, changeType: 'MODIFIED' },
          { path: 'src/gone.ts', changeType: 'DELETED' },
          { path: 'src/new.ts', changeType: 'ADDED' },
          { path: 'src/renamed.ts', changeType: 'RENAMED' },
        ],
      },
    });
    expect(rateLimit).toMatchObject({ cost: expect.any(Number), limit: 5000 });
  });

  it('costs few points, which are taken off', async () => {
    const { number } = await withPullRequest();
    const octokit = await bot();
    const { rateLimit } = await everything(octokit, number);
    const again = await everything(octokit, number);
    expect(rateLimit.cost).toBeLessThanOrEqual(5);
    expect(again.rateLimit.used - rateLimit.used).toBe(rateLimit.cost);
  });
});

describe('edits of comments', () => {
  const HISTORY = `query($number: Int!) {
    repository(owner: "acme", name: "widgets") { pullRequest(number: $number) { comments(first: 10) { nodes {
      body lastEditedAt editor { ...Who } userContentEdits(first: 10) { totalCount nodes { ...Version } }
    } } } }
  } ${PEOPLE}`;

  it('are all kept, the newest first, the original last, each with the whole text', async () => {
    const { number } = await withPullRequest();
    const octokit = await bot();
    const { data } = await octokit.rest.issues.createComment({ ...WIDGETS, issue_number: number, body: '- [ ] a' });
    const at = { ...WIDGETS, comment_id: data.id };
    await alice().rest.issues.updateComment({ ...at, body: '- [x] a' });
    await octokit.rest.issues.updateComment({ ...at, body: '- [x] a by alice' });
    const [comment] = (await ask(octokit, HISTORY, { number })).repository.pullRequest.comments.nodes;
    expect(comment).toMatchObject({
      body: '- [x] a by alice',
      editor: { __typename: 'Bot', login: 'composure' },
      userContentEdits: {
        totalCount: 3,
        nodes: [
          { diff: '- [x] a by alice', editor: { __typename: 'Bot', login: 'composure' } },
          { diff: '- [x] a', editor: { __typename: 'User', login: 'alice' }, deletedAt: null },
          { diff: '- [ ] a', editor: { __typename: 'Bot', login: 'composure' } },
        ],
      },
    });
    expect(comment.lastEditedAt).toBe(comment.userContentEdits.nodes[0].editedAt);
  });

  it('are kept of descriptions, too', async () => {
    const { number } = await withPullRequest();
    await alice().rest.pulls.update({ ...WIDGETS, pull_number: number, body: 'Because' });
    const query = onWidgets(
      `pullRequest(number: ${number}) { editor { login } userContentEdits(last: 5) { nodes { diff } } }`,
    );
    expect((await ask(bob(), query)).repository.pullRequest).toMatchObject({
      editor: { login: 'alice' },
      userContentEdits: { nodes: [{ diff: 'Because' }, { diff: 'Why' }] },
    });
  });
});

describe('lists', () => {
  it('are read in pages, forwards and backwards', async () => {
    const { number } = await withPullRequest();
    for (const body of ['1', '2', '3', '4', '5']) {
      await bob().rest.issues.createComment({ ...WIDGETS, issue_number: number, body });
    }
    const read = async (args: string) => {
      const fields = `comments(${args}) { totalCount nodes { body } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }`;
      const { comments } = (await ask(bob(), onWidgets(`pullRequest(number: ${number}) { ${fields} }`))).repository
        .pullRequest;
      return { ...comments.pageInfo, bodies: comments.nodes.map((node: Data) => node.body).join('') };
    };
    const first = await read('first: 2');
    expect(first).toMatchObject({ bodies: '12', hasNextPage: true, hasPreviousPage: false });
    const second = await read(`first: 2, after: "${first.endCursor}"`);
    expect(second).toMatchObject({ bodies: '34', hasNextPage: true, hasPreviousPage: true });
    expect(await read(`first: 2, after: "${second.endCursor}"`)).toMatchObject({ bodies: '5', hasNextPage: false });
    const last = await read('last: 2');
    expect(last).toMatchObject({ bodies: '45', hasNextPage: false, hasPreviousPage: true });
    expect(await read(`last: 2, before: "${last.startCursor}"`)).toMatchObject({ bodies: '23', hasNextPage: true });
  });

  it('are filtered and sorted: pull requests', async () => {
    const { number, head } = await withPullRequest();
    await bob().rest.git.createRef({ ...WIDGETS, ref: 'refs/heads/twin', sha: head });
    const twin = await openPullRequest(bob(), { ...WIDGETS, head: 'twin' });
    await bob().rest.pulls.update({ ...WIDGETS, pull_number: number, state: 'closed' });
    const numbers = async (args: string) =>
      (
        await ask(bob(), onWidgets(`pullRequests(first: 10${args}) { nodes { number } }`))
      ).repository.pullRequests.nodes.map((node: Data) => node.number);
    expect(await numbers('')).toEqual([number, twin.number]);
    expect(await numbers(', states: OPEN')).toEqual([twin.number]);
    expect(await numbers(', headRefName: "feature"')).toEqual([number]);
    expect(await numbers(', baseRefName: "other"')).toEqual([]);
    expect(await numbers(', orderBy: { field: CREATED_AT, direction: DESC }')).toEqual([twin.number, number]);
    expect(await numbers(', orderBy: { field: UPDATED_AT, direction: DESC }')).toEqual([number, twin.number]);
  });

  it('show every pull request that shares a head', async () => {
    const { number, head } = await withPullRequest();
    await bob().rest.git.createRef({ ...WIDGETS, ref: 'refs/heads/twin', sha: head });
    const twin = await openPullRequest(bob(), { ...WIDGETS, head: 'twin' });
    const query = onWidgets(
      `object(oid: "${head}") { ... on Commit { associatedPullRequests(first: 10) { nodes { number } } } }`,
    );
    const { nodes } = (await ask(bob(), query)).repository.object.associatedPullRequests;
    expect(nodes.map((node: Data) => node.number)).toEqual([number, twin.number]);
  });

  it('show co-authors, and merges by GitHub', async () => {
    const { number } = await withPullRequest();
    await push(bob(), {
      ...WIDGETS,
      branch: 'feature',
      files: { 'more.txt': 'more\n' },
      message: 'With help\n\nCo-authored-by: Carol <carol@example.com>\nCo-authored-by: A Robot <robot@example.com>',
    });
    await push(alice(), { ...WIDGETS, branch: 'main', files: { 'later.txt': 'later\n' } });
    await bob().rest.pulls.updateBranch({ ...WIDGETS, pull_number: number });
    const query = onWidgets(`pullRequest(number: ${number}) { commits(last: 2) { nodes { commit {
      messageHeadline committedViaWeb parents(first: 2) { totalCount }
      authors(first: 5) { nodes { name user { login } } } committer { email user { login } }
    } } } }`);
    const { nodes } = (await ask(bob(), query)).repository.pullRequest.commits;
    expect(nodes.map((node: Data) => node.commit)).toMatchObject([
      {
        messageHeadline: 'With help',
        committedViaWeb: false,
        authors: {
          nodes: [
            { name: 'Bob', user: { login: 'bob' } },
            { name: 'Carol', user: { login: 'carol' } },
            { name: 'A Robot', user: null },
          ],
        },
      },
      {
        messageHeadline: "Merge branch 'main' into feature",
        committedViaWeb: true,
        parents: { totalCount: 2 },
        committer: { email: 'noreply@github.com', user: { login: 'web-flow' } },
      },
    ]);
  });

  it('show reviews as they stand and as they were', async () => {
    const { number } = await withPullRequest();
    const at = { ...WIDGETS, pull_number: number };
    await carol().rest.pulls.createReview({ ...at, event: 'REQUEST_CHANGES', body: 'No' });
    await carol().rest.pulls.createReview({ ...at, event: 'APPROVE' });
    await carol().rest.pulls.createReview({ ...at, event: 'COMMENT', body: 'And thanks' });
    const query = onWidgets(`pullRequest(number: ${number}) {
      reviews(first: 10) { nodes { state } }
      approvals: reviews(first: 10, states: [APPROVED]) { totalCount }
      latestReviews(first: 10) { nodes { state } }
      latestOpinionatedReviews(first: 10) { nodes { state } }
      ofWriters: latestOpinionatedReviews(first: 10, writersOnly: true) { totalCount }
    }`);
    expect((await ask(bob(), query)).repository.pullRequest).toEqual({
      reviews: { nodes: [{ state: 'CHANGES_REQUESTED' }, { state: 'APPROVED' }, { state: 'COMMENTED' }] },
      approvals: { totalCount: 1 },
      latestReviews: { nodes: [{ state: 'COMMENTED' }] },
      latestOpinionatedReviews: { nodes: [{ state: 'APPROVED' }] },
      ofWriters: { totalCount: 0 },
    });
  });

  it('show runs by name, App and age', async () => {
    const { head } = await withPullRequest();
    await conclude(head, 'failure');
    await conclude(head, 'success');
    await conclude(head, 'success', 'Another');
    const query = onWidgets(`object(oid: "${head}") { ... on Commit {
      statusCheckRollup { state }
      checkSuites(first: 5) { nodes { conclusion
        latest: checkRuns(first: 10) { nodes { name conclusion } }
        all: checkRuns(first: 10, filterBy: { checkType: ALL }) { totalCount }
        ours: checkRuns(first: 10, filterBy: { checkName: "Composure", appId: ${APP.id} }) { nodes { conclusion } }
      } }
      others: checkSuites(first: 5, filterBy: { appId: 1 }) { totalCount }
    } }`);
    const { object } = (await ask(bob(), query)).repository;
    expect(object).toMatchObject({
      statusCheckRollup: { state: 'SUCCESS' },
      checkSuites: {
        nodes: [
          {
            conclusion: 'SUCCESS',
            latest: { nodes: [{ name: 'Another' }, { name: 'Composure', conclusion: 'SUCCESS' }] },
            all: { totalCount: 3 },
            ours: { nodes: [{ conclusion: 'SUCCESS' }] },
          },
        ],
      },
      others: { totalCount: 0 },
    });
  });

  it('show annotations and external ids', async () => {
    const { head } = await withPullRequest();
    await (await bot()).rest.checks.create({
      ...WIDGETS,
      name: 'Composure',
      head_sha: head,
      external_id: '1',
      output: {
        title: 'T',
        summary: 'S',
        annotations: [{ path: 'src/a.ts', start_line: 1, end_line: 2, annotation_level: 'warning', message: 'M' }],
      },
    });
    const query =
      onWidgets(`object(oid: "${head}") { ... on Commit { checkSuites(first: 1) { nodes { checkRuns(first: 1) { nodes {
      externalId annotations(first: 5) { totalCount nodes { path message annotationLevel location { start { line } end { line } } } }
    } } } } } }`);
    const [run] = (await ask(bob(), query)).repository.object.checkSuites.nodes[0].checkRuns.nodes;
    expect(run).toEqual({
      externalId: '1',
      annotations: {
        totalCount: 1,
        nodes: [
          {
            path: 'src/a.ts',
            message: 'M',
            annotationLevel: 'WARNING',
            location: { start: { line: 1 }, end: { line: 2 } },
          },
        ],
      },
    });
  });
});

describe('objects and refs', () => {
  it('are found by branch, commit and path', async () => {
    const { head } = await withPullRequest();
    const kinds = Object.entries({
      branch: 'feature',
      commit: head,
      file: 'feature:src/new.ts',
      fileAtCommit: `${head}:src/new.ts`,
      fileAtHead: 'HEAD:.github/composure.yml',
      folder: 'feature:src',
      folderWithSlash: 'feature:src/',
      root: 'feature:',
      missingPath: 'feature:nope',
      missingBranch: 'nowhere:src/new.ts',
      goneFile: 'feature:src/gone.ts',
    });
    const query = onWidgets(
      kinds.map(([alias, at]) => `${alias}: object(expression: "${at}") { __typename }`).join(' '),
    );
    const { data, errors } = await answerTo(query);
    expect(errors).toBeUndefined();
    expect(data.repository).toEqual({
      branch: { __typename: 'Commit' },
      commit: { __typename: 'Commit' },
      file: { __typename: 'Blob' },
      fileAtCommit: { __typename: 'Blob' },
      fileAtHead: { __typename: 'Blob' },
      folder: { __typename: 'Tree' },
      folderWithSlash: { __typename: 'Tree' },
      root: { __typename: 'Tree' },
      missingPath: null,
      missingBranch: null,
      goneFile: null,
    });
  });

  it('show folders within folders, with full paths and modes', async () => {
    await withFiles();
    await push(alice(), {
      ...WIDGETS,
      branch: 'main',
      files: {
        'docs/adr/0001.md': '# One\n',
        'docs/run.sh': { content: 'x\n', mode: '100755' },
        'docs/logo.png': new Uint8Array([0, 1]),
      },
    });
    const query =
      onWidgets(`object(expression: "HEAD:docs") { __typename oid ... on Tree { entries { name path type mode oid object {
      ... on Blob { oid text byteSize isBinary isTruncated } ... on Tree { entries { name path } }
    } } } }`);
    const { entries } = (await ask(bob(), query)).repository.object;
    expect(entries).toMatchObject([
      {
        name: 'adr',
        path: 'docs/adr',
        type: 'tree',
        mode: 0o40000,
        object: { entries: [{ path: 'docs/adr/0001.md' }] },
      },
      { name: 'logo.png', type: 'blob', object: { isBinary: true, text: null, byteSize: 2 } },
      { name: 'run.sh', type: 'blob', mode: 0o100755, object: { text: 'x\n', isBinary: false } },
    ]);
  });

  it('cut long texts off at 512,000 bytes, and say so', async () => {
    await withFiles();
    const text = rows(60_000);
    await push(alice(), { ...WIDGETS, branch: 'main', files: { 'long.txt': text } });
    const query = onWidgets('object(expression: "HEAD:long.txt") { ... on Blob { text byteSize isTruncated } }');
    const { object } = (await ask(bob(), query)).repository;
    expect(object).toMatchObject({ byteSize: text.length, isTruncated: true });
    expect(object.text).toBe(text.slice(0, 512_000));
  });

  it('show refs with their targets and pull requests', async () => {
    const { head, number } = await withPullRequest();
    const query = onWidgets(`
      full: ref(qualifiedName: "refs/heads/feature") { name prefix target { oid } associatedPullRequests(first: 5, states: OPEN) { nodes { number } } }
      short: ref(qualifiedName: "feature") { name }
      none: ref(qualifiedName: "refs/heads/none") { name }
    `);
    expect((await ask(bob(), query)).repository).toEqual({
      full: {
        name: 'feature',
        prefix: 'refs/heads/',
        target: { oid: head },
        associatedPullRequests: { nodes: [{ number }] },
      },
      short: { name: 'feature' },
      none: null,
    });
  });
});

describe('what else is asked', () => {
  it('shows the merge queue', async () => {
    const { pull, head, number } = await withPullRequest();
    await requireOurCheck();
    await conclude(head, 'success');
    await ask(
      alice(),
      'mutation($id: ID!) { enqueuePullRequest(input: { pullRequestId: $id }) { clientMutationId } }',
      { id: pull.node_id },
    );
    const query = onWidgets(`mergeQueue(branch: "main") { entries(first: 10) { nodes {
      position state headCommit { oid } baseCommit { oid } enqueuer { login } pullRequest { number headRefOid state }
    } } } pullRequest(number: ${number}) { isInMergeQueue }`);
    const { mergeQueue, pullRequest } = (await ask(await bot(), query)).repository;
    expect(pullRequest.isInMergeQueue).toBe(true);
    expect(mergeQueue.entries.nodes).toMatchObject([
      {
        position: 1,
        state: 'AWAITING_CHECKS',
        enqueuer: { login: 'alice' },
        pullRequest: { number, headRefOid: head, state: 'OPEN' },
      },
    ]);
    await conclude(mergeQueue.entries.nodes[0].headCommit.oid, 'success');
    expect((await ask(await bot(), query)).repository.mergeQueue).toBeNull();
  });

  it('shows a pull request from a fork, and where it stands once merged', async () => {
    await withFiles();
    await mallory().rest.repos.createFork(WIDGETS);
    await push(mallory(), { owner: 'mallory', repo: 'widgets', branch: 'idea', files: { 'idea.md': 'An idea\n' } });
    const { number } = await openPullRequest(mallory(), { ...WIDGETS, head: 'mallory:idea' });
    const query = onWidgets(`pullRequest(number: ${number}) {
      state merged mergeCommit { oid } isCrossRepository headRepository { nameWithOwner } headRepositoryOwner { login }
      authorAssociation author { login } files(first: 5) { nodes { path } }
    }`);
    const open = (await ask(await bot(), query)).repository.pullRequest;
    expect(open).toMatchObject({
      state: 'OPEN',
      isCrossRepository: true,
      headRepository: { nameWithOwner: 'mallory/widgets' },
      authorAssociation: 'NONE',
      files: { nodes: [{ path: 'idea.md' }] },
    });
    await mergeNow(number);
    expect((await ask(await bot(), query)).repository.pullRequest).toMatchObject({
      state: 'MERGED',
      merged: true,
      mergeCommit: { oid: expect.any(String) },
      files: { nodes: [{ path: 'idea.md' }] },
    });
  });

  it('shows collaborators, teams and who is asking', async () => {
    await withFiles();
    await alice().rest.teams.create({ org: 'acme', name: 'core' });
    await alice().rest.teams.addOrUpdateMembershipForUserInOrg({ org: 'acme', team_slug: 'core', username: 'carol' });
    const query = `{
      viewer { login }
      repository(owner: "acme", name: "widgets") { collaborators(first: 10) { edges { permission node { login } } } }
      organization(login: "acme") { team(slug: "core") { slug members(first: 10) { nodes { login databaseId } } } }
    }`;
    expect(await ask(await bot(), query)).toMatchObject({
      viewer: { login: 'composure[bot]' },
      repository: {
        collaborators: {
          edges: [
            { permission: 'ADMIN', node: { login: 'alice' } },
            { permission: 'WRITE', node: { login: 'bob' } },
          ],
        },
      },
      organization: { team: { members: { nodes: [{ login: 'carol' }] } } },
    });
  });
});

describe('trouble', () => {
  it('gives null and NOT_FOUND for a repository that is not there, and the rest as asked', async () => {
    const { data, errors } = await answerTo(
      '{ here: repository(owner: "acme", name: "widgets") { name } gone: repository(owner: "acme", name: "gone") { name } }',
    );
    expect(data).toEqual({ here: { name: 'widgets' }, gone: null });
    expect(errors).toMatchObject([
      {
        type: 'NOT_FOUND',
        path: ['gone'],
        message: "Could not resolve to a Repository with the name 'acme/gone'.",
      },
    ]);
  });

  it('gives the same for one that the caller may not see', async () => {
    const secret = '{ repository(owner: "acme", name: "secret") { name } }';
    expect((await answerTo(secret, 'bob')).data.repository).toEqual({ name: 'secret' });
    expect(await answerTo(secret, 'mallory')).toMatchObject({
      data: { repository: null },
      errors: [{ type: 'NOT_FOUND' }],
    });
    await mallory().rest.repos.createFork(WIDGETS);
    const foreign = ask(await bot(), '{ repository(owner: "mallory", name: "widgets") { name } }');
    await expect(foreign).rejects.toMatchObject({ errors: [{ type: 'NOT_FOUND' }] });
  });

  it('gives null and NOT_FOUND for a pull request that is not there', async () => {
    expect(await answerTo(onWidgets('pullRequest(number: 99) { title }'))).toMatchObject({
      data: { repository: { pullRequest: null } },
      errors: [{ type: 'NOT_FOUND', path: ['repository', 'pullRequest'] }],
    });
  });

  it('refuses an installation what it was not granted', async () => {
    const { number } = await withPullRequest();
    const poor = await createGitHub({
      seed: seed({ manifest: 'default_permissions: { metadata: read, pull_requests: read }\ndefault_events: []' }),
    });
    try {
      const { probotAt } = await import('./contract.ts');
      await as(poor, 'alice').rest.repos.addCollaborator({ ...WIDGETS, username: 'bob', permission: 'push' });
      await push(as(poor, 'bob'), { ...WIDGETS, branch: 'feature', files: { a: 'a' } });
      await openPullRequest(as(poor, 'bob'), { ...WIDGETS, head: 'feature' });
      const octokit = (await probotAt(poor).auth(APP.installationId)) as unknown as Octokit;
      const typeOf = (fields: string) =>
        ask(octokit, onWidgets(fields)).then(
          () => 'granted',
          (error: { errors: { type: string }[] }) => error.errors[0]?.type,
        );
      expect(await typeOf(`pullRequest(number: ${number}) { title comments(first: 1) { totalCount } }`)).toBe(
        'granted',
      );
      expect(await typeOf('object(expression: "HEAD:README.md") { oid }')).toBe('FORBIDDEN');
      expect(await typeOf('mergeQueue { entries(first: 1) { totalCount } }')).toBe('FORBIDDEN');
    } finally {
      await poor.close();
    }
  });

  it.each([
    ['a field that GitHub does not have', '{ viewer { logon } }', undefined],
    ['a page without a size', onWidgets('pullRequests { nodes { number } }'), 'MISSING_PAGINATION_BOUNDARIES'],
    ['a page of more than 100', onWidgets('pullRequests(first: 101) { nodes { number } }'), 'EXCESSIVE_PAGINATION'],
    [
      'half a million nodes',
      onWidgets(
        'pullRequests(first: 100) { nodes { commits(first: 100) { nodes { commit { parents(first: 51) { nodes { oid } } } } } } }',
      ),
      'MAX_NODE_LIMIT_EXCEEDED',
    ],
  ])('refuses %s before it looks at anything', async (_, query, type) => {
    const answer = await answerTo(query);
    expect(answer).not.toHaveProperty('data');
    expect(answer.errors[0]?.type).toBe(type);
  });

  it('counts without a page', async () => {
    await withPullRequest();
    expect((await answerTo(onWidgets('pullRequests { totalCount }'))).data.repository.pullRequests.totalCount).toBe(1);
  });

  it('says so where it does not know a field, instead of null', async () => {
    const { data, errors } = await answerTo(onWidgets('homepageUrl name'));
    expect(data).toEqual({ repository: { homepageUrl: null, name: 'widgets' } });
    expect(errors).toMatchObject([
      { type: 'NOT_EMULATED', message: 'The emulator does not know Repository.homepageUrl.' },
    ]);
  });

  it('answers nobody without a token', async () => {
    const response = await raw('/graphql', { method: 'POST', body: '{"query":"{ viewer { login } }"}' });
    expect(response.status).toBe(401);
  });

  it('lets only those change a pull request who may', async () => {
    const { pull } = await withPullRequest();
    const mutation =
      'mutation($id: ID!) { convertPullRequestToDraft(input: { pullRequestId: $id }) { clientMutationId } }';
    await expect(ask(mallory(), mutation, { id: pull.node_id })).rejects.toMatchObject({
      errors: [{ type: 'FORBIDDEN' }],
    });
    expect((await alice().rest.pulls.get({ ...WIDGETS, pull_number: pull.number })).data.draft).toBe(false);
    await changeOnFeature({ 'more.txt': 'more\n' });
    expect(await statusOf(mergeNow(pull.number))).toBe(200);
    expect(github.calls.some((call) => call.path === '/graphql')).toBe(true);
  });
});
