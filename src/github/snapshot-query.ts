import { z } from 'zod';
import { CHECKLISTS_FOLDER } from '../gather-checklists.ts';

/** How many comments are read with the snapshot. All are read: anyone of them may hold a command. */
export const COMMENTS_PER_PAGE = 100;

const ACTOR = /* GraphQL */ `__typename login ... on User { databaseId } ... on Bot { databaseId }`;

const COMMIT = /* GraphQL */ `commit {
  oid message
  author { name email user { login } }
  committer { name email user { login } }
  parents(first: 10) { nodes { oid } }
}`;

/** Who wrote the text as it stands, and whether we have answered it. */
const WRITTEN = /* GraphQL */ `id lastEditedAt editor { __typename login } reactionGroups { viewerHasReacted }`;

const REVIEW = /* GraphQL */ `fullDatabaseId state submittedAt body authorAssociation authorCanPushToRepository author { ${ACTOR} } commit { oid } ${WRITTEN}`;

const COMMENT = /* GraphQL */ `fullDatabaseId body createdAt authorAssociation author { ${ACTOR} } ${WRITTEN}`;

/** The history of a text, newest first. */
export const EDITS = (page: string) => /* GraphQL */ `userContentEdits(${page}) {
  totalCount
  pageInfo { hasNextPage endCursor }
  nodes { editedAt deletedAt diff editor { ${ACTOR} } }
}`;

const TEXT = /* GraphQL */ `object { ... on Blob { text isBinary isTruncated } }`;

/** The lists of a default branch. By expression, which is sure to lead to folders, too. */
const LISTS = /* GraphQL */ `lists: object(expression: "HEAD:${CHECKLISTS_FOLDER}") {
  ... on Tree { entries { name type ${TEXT} } }
}`;

/**
 * Everything about a pull request except its files' patches, which GraphQL does not have: one request. The
 * configuration comes from the tip of the base branch, so that a pull request cannot loosen its own gate.
 */
export const SNAPSHOT_QUERY = /* GraphQL */ `
  query ComposureSnapshot(
    $owner: String!, $repo: String!, $number: Int!, $appId: Int!, $check: String!, $config: String!
    $ownComment: ID!, $knowsComment: Boolean!
  ) {
    repository(owner: $owner, name: $repo) {
      name
      isPrivate
      owner { login }
      defaultBranchRef { name target { oid } }
      ${LISTS}
      pullRequest(number: $number) {
        title body state isDraft additions deletions changedFiles authorAssociation isCrossRepository
        headRepository { name owner { login } }
        author { ${ACTOR} }
        baseRefName baseRefOid headRefName headRefOid
        baseRef {
          target {
            oid
            ... on Commit {
              configuration: file(path: $config) { ${TEXT} }
              attributes: file(path: ".gitattributes") { ${TEXT} }
            }
          }
        }
        labels(first: 100) { nodes { name } }
        commits(first: 100) { totalCount pageInfo { hasNextPage endCursor } nodes { ${COMMIT} } }
        headCommit: commits(last: 1) {
          nodes {
            commit {
              oid
              associatedPullRequests(first: 20) { nodes { number state headRefOid baseRepository { nameWithOwner } } }
              checkSuites(first: 10, filterBy: { appId: $appId, checkName: $check }) {
                nodes {
                  checkRuns(first: 10, filterBy: { appId: $appId, checkName: $check, checkType: LATEST }) {
                    nodes { databaseId name status conclusion externalId text completedAt }
                  }
                }
              }
            }
          }
        }
        reviews(first: 100) { pageInfo { hasNextPage endCursor } nodes { ${REVIEW} } }
        comments(first: ${COMMENTS_PER_PAGE}) { pageInfo { hasNextPage endCursor } nodes { ${COMMENT} } }
      }
    }
    ownComment: node(id: $ownComment) @include(if: $knowsComment) {
      ... on IssueComment { userContentEdits { totalCount } }
    }
    organisation: repository(owner: $owner, name: ".github") {
      defaultBranchRef { target { oid ... on Commit { configuration: file(path: $config) { ${TEXT} } } } }
      ${LISTS}
    }
    rateLimit { cost remaining }
  }
`;

/** The next page of one of the snapshot's lists. */
export const MORE_COMMITS_QUERY = pageQuery('commits', COMMIT);
export const MORE_REVIEWS_QUERY = pageQuery('reviews', REVIEW);
export const MORE_COMMENTS_QUERY = pageQuery('comments', COMMENT);

function pageQuery(field: string, node: string): string {
  return /* GraphQL */ `
    query ComposureMore($owner: String!, $repo: String!, $number: Int!, $after: String!) {
      repository(owner: $owner, name: $repo) {
        pullRequest(number: $number) {
          page: ${field}(first: 100, after: $after) { pageInfo { hasNextPage endCursor } nodes { ${node} } }
        }
      }
    }
  `;
}

/** Whoever acted; `null` for an account that is gone. */
export const actor = z.object({ __typename: z.string(), login: z.string(), databaseId: z.int().nullish() }).nullable();
export type ActorNode = z.infer<typeof actor>;

/** A page of a text's edits, newest first. GitHub keeps the whole text of each, until somebody deletes it. */
export const editsPage = z.object({
  totalCount: z.int(),
  pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
  nodes: z.array(
    z
      .object({ editedAt: z.string(), deletedAt: z.string().nullable(), diff: z.string().nullable(), editor: actor })
      .nullable(),
  ),
});
export type EditsPage = z.infer<typeof editsPage>;

const signature = z
  .object({
    name: z.string().nullable(),
    email: z.string().nullable(),
    user: z.object({ login: z.string() }).nullish(),
  })
  .nullable();

const commitNode = z.object({
  commit: z.object({
    oid: z.string(),
    message: z.string(),
    author: signature,
    committer: signature,
    parents: z.object({ nodes: z.array(z.object({ oid: z.string() })) }),
  }),
});
export type CommitNode = z.infer<typeof commitNode>;

// BigInt in GraphQL: a string on github.com, and beyond 32 bits, which is why databaseId is not asked for.
const bigId = z.union([z.string(), z.number()]).transform(Number);

const written = {
  id: z.string(),
  lastEditedAt: z.string().nullable(),
  editor: z.object({ __typename: z.string(), login: z.string() }).nullable(),
  reactionGroups: z.array(z.object({ viewerHasReacted: z.boolean() })).nullish(),
};

const reviewNode = z.object({
  ...written,
  fullDatabaseId: bigId.nullable(),
  state: z.enum(['APPROVED', 'CHANGES_REQUESTED', 'COMMENTED', 'DISMISSED', 'PENDING']),
  submittedAt: z.string().nullable(),
  body: z.string(),
  authorAssociation: z.string(),
  authorCanPushToRepository: z.boolean(),
  author: actor,
  commit: z.object({ oid: z.string() }).nullable(),
});
export type ReviewNode = z.infer<typeof reviewNode>;

const commentNode = z.object({
  ...written,
  fullDatabaseId: bigId,
  body: z.string(),
  createdAt: z.string(),
  authorAssociation: z.string(),
  author: actor,
});
export type CommentNode = z.infer<typeof commentNode>;

const pageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() });

function connection<Node extends z.ZodType>(node: Node) {
  // GitHub leaves null where a node may not be seen.
  return z.object({
    pageInfo,
    nodes: z.array(node.nullable()).transform((nodes) => nodes.filter((one) => one !== null)),
  });
}

const file = z
  .object({
    object: z
      .object({
        text: z.string().nullish(),
        isBinary: z.boolean().nullish(),
        isTruncated: z.boolean().optional(),
      })
      .nullable(),
  })
  .nullish();
export type FileNode = z.infer<typeof file>;

/** A folder with the texts of its files; `null` where there is none. */
const folder = z
  .object({ entries: z.array(z.object({ name: z.string(), type: z.string() }).and(file.unwrap().unwrap())).nullish() })
  .nullish();
export type FolderNode = z.infer<typeof folder>;

const pullRequestNode = z.object({
  title: z.string(),
  body: z.string().nullable(),
  state: z.enum(['OPEN', 'CLOSED', 'MERGED']),
  isDraft: z.boolean(),
  additions: z.int(),
  deletions: z.int(),
  changedFiles: z.int(),
  authorAssociation: z.string(),
  isCrossRepository: z.boolean(),
  // Gone where the fork was deleted, or is private.
  headRepository: z.object({ name: z.string(), owner: z.object({ login: z.string() }) }).nullable(),
  author: actor,
  baseRefName: z.string(),
  baseRefOid: z.string(),
  headRefName: z.string(),
  headRefOid: z.string(),
  baseRef: z
    .object({ target: z.object({ oid: z.string(), configuration: file, attributes: file }).nullable() })
    .nullable(),
  labels: z.object({ nodes: z.array(z.object({ name: z.string() })) }).nullable(),
  commits: connection(commitNode).and(z.object({ totalCount: z.int() })),
  headCommit: z.object({
    nodes: z.array(
      z.object({
        commit: z.object({
          oid: z.string(),
          associatedPullRequests: z
            .object({
              nodes: z.array(
                z
                  .object({
                    number: z.int(),
                    state: z.string(),
                    headRefOid: z.string(),
                    baseRepository: z.object({ nameWithOwner: z.string() }).nullable(),
                  })
                  .nullable(),
              ),
            })
            .nullable(),
          checkSuites: z
            .object({
              nodes: z.array(
                z
                  .object({
                    checkRuns: z
                      .object({
                        nodes: z.array(
                          z
                            .object({
                              databaseId: z.int().nullable(),
                              name: z.string(),
                              status: z.string(),
                              conclusion: z.string().nullable(),
                              externalId: z.string().nullable(),
                              text: z.string().nullable(),
                              completedAt: z.string().nullish(),
                            })
                            .nullable(),
                        ),
                      })
                      .nullable(),
                  })
                  .nullable(),
              ),
            })
            .nullable(),
        }),
      }),
    ),
  }),
  reviews: connection(reviewNode),
  comments: connection(commentNode),
});
export type PullRequestNode = z.infer<typeof pullRequestNode>;

/** The answer to `SNAPSHOT_QUERY`, as far as we read it. */
export const snapshotAnswer = z.object({
  repository: z
    .object({
      name: z.string(),
      isPrivate: z.boolean(),
      owner: z.object({ login: z.string() }),
      defaultBranchRef: z.object({ name: z.string(), target: z.object({ oid: z.string() }).nullish() }).nullable(),
      lists: folder,
      pullRequest: pullRequestNode.nullable(),
    })
    .nullable(),
  ownComment: z.object({ userContentEdits: z.object({ totalCount: z.int() }).nullish() }).nullish(),
  organisation: z
    .object({
      defaultBranchRef: z.object({ target: z.object({ oid: z.string(), configuration: file }).nullable() }).nullable(),
      lists: folder,
    })
    .nullish(),
});
export type SnapshotAnswer = z.infer<typeof snapshotAnswer>;

function pageAnswer<Node extends z.ZodType>(node: Node) {
  return z.object({ repository: z.object({ pullRequest: z.object({ page: connection(node) }) }) });
}
export const moreCommits = pageAnswer(commitNode);
export const moreReviews = pageAnswer(reviewNode);
export const moreComments = pageAnswer(commentNode);
