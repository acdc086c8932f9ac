import { z } from 'zod';

/** How many comments are read with the snapshot; ours is among the first, for it is made when the pull request opens. */
export const COMMENTS_PER_PAGE = 40;

const ACTOR = /* GraphQL */ `__typename login ... on User { databaseId } ... on Bot { databaseId }`;

const COMMIT = /* GraphQL */ `commit {
  oid message
  author { name email user { login } }
  committer { name email user { login } }
  parents(first: 10) { nodes { oid } }
}`;

const REVIEW = /* GraphQL */ `fullDatabaseId state submittedAt body authorAssociation author { ${ACTOR} } commit { oid }`;

const COMMENT = /* GraphQL */ `fullDatabaseId id body author { __typename login }`;

const TEXT = /* GraphQL */ `object { ... on Blob { text isBinary isTruncated } }`;

/**
 * Everything about a pull request except its files' patches, which GraphQL does not have: one request. The
 * configuration comes from the tip of the base branch, so that a pull request cannot loosen its own gate.
 */
export const SNAPSHOT_QUERY = /* GraphQL */ `
  query ComposureSnapshot($owner: String!, $repo: String!, $number: Int!, $appId: Int!, $check: String!, $config: String!) {
    repository(owner: $owner, name: $repo) {
      name
      isPrivate
      owner { login }
      defaultBranchRef { name }
      pullRequest(number: $number) {
        title body state isDraft additions deletions changedFiles authorAssociation isCrossRepository
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
                    nodes { databaseId name status conclusion externalId text }
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
    organisation: repository(owner: $owner, name: ".github") {
      defaultBranchRef { target { oid ... on Commit { configuration: file(path: $config) { ${TEXT} } } } }
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

const reviewNode = z.object({
  fullDatabaseId: bigId.nullable(),
  state: z.enum(['APPROVED', 'CHANGES_REQUESTED', 'COMMENTED', 'DISMISSED', 'PENDING']),
  submittedAt: z.string().nullable(),
  body: z.string(),
  authorAssociation: z.string(),
  author: actor,
  commit: z.object({ oid: z.string() }).nullable(),
});
export type ReviewNode = z.infer<typeof reviewNode>;

const commentNode = z.object({
  fullDatabaseId: bigId,
  id: z.string(),
  body: z.string(),
  author: z.object({ __typename: z.string(), login: z.string() }).nullable(),
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
      defaultBranchRef: z.object({ name: z.string() }).nullable(),
      pullRequest: pullRequestNode.nullable(),
    })
    .nullable(),
  organisation: z
    .object({
      defaultBranchRef: z.object({ target: z.object({ oid: z.string(), configuration: file }).nullable() }).nullable(),
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
