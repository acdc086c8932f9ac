import { z } from 'zod';
import type { ListedWaiver } from '../model/listed-waiver.ts';
import type { WaiverRequest } from '../model/pull-request.ts';
import { readRecord, readShown, type SigningKeys } from '../render/record.ts';
import type { GitHubClient, RepositoryName } from './client.ts';
import { COMMENT_MARKER } from './read.ts';

const QUERY = /* GraphQL */ `
  query ComposureWaivers($owner: String!, $repo: String!, $after: String) {
    repository(owner: $owner, name: $repo) {
      pullRequests(first: 50, after: $after, states: [OPEN], orderBy: { field: CREATED_AT, direction: ASC }) {
        pageInfo { hasNextPage endCursor }
        nodes {
          number headRefOid
          comments(first: 50) {
            nodes { fullDatabaseId body lastEditedAt author { __typename login } editor { __typename login } }
          }
        }
      }
    }
  }
`;

const actor = z.object({ __typename: z.string(), login: z.string() }).nullable();

const answer = z.object({
  repository: z
    .object({
      pullRequests: z.object({
        pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
        nodes: z.array(
          z.object({
            number: z.int(),
            headRefOid: z.string(),
            comments: z.object({
              nodes: z.array(
                z.object({
                  fullDatabaseId: z.union([z.string(), z.number()]).transform(Number),
                  body: z.string(),
                  lastEditedAt: z.string().nullable(),
                  author: actor,
                  editor: actor,
                }),
              ),
            }),
          }),
        ),
      }),
    })
    .nullable(),
});
type Page = NonNullable<z.infer<typeof answer>['repository']>['pullRequests'];
type CommentNode = Page['nodes'][number]['comments']['nodes'][number];

/**
 * The exceptions on the open pull requests of a repository, oldest pull request first: one request for each fifty.
 * `null` where there is no such repository for us to see. Without keys only texts that GitHub says our App wrote last
 * are believed.
 *
 * @param slug the App's name on GitHub
 */
export async function listWaivers(
  client: GitHubClient,
  { owner, repo }: RepositoryName,
  slug: string,
  keys: SigningKeys | null,
): Promise<ListedWaiver[] | null> {
  const found: ListedWaiver[] = [];
  let after: string | null = null;
  do {
    const { repository } = answer.parse(await client.graphql(QUERY, { owner, repo, after }));
    if (!repository) return null;
    const { nodes, pageInfo }: Page = repository.pullRequests;
    for (const { number, headRefOid, comments } of nodes) {
      const own = comments.nodes.find((comment) => isOurs(comment, slug));
      if (!own) continue;
      const scope = `${owner}/${repo}#${number}`.toLowerCase();
      for (const waiver of waiversIn(own, scope, slug, keys)) {
        const trust = keys ? ('signed' as const) : ('unverified' as const);
        found.push({ number, waiver, onHead: waiver.commit === headRefOid, trust });
      }
    }
    after = pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null;
  } while (after !== null);
  return found;
}

function isOurs({ author, body }: CommentNode, slug: string): boolean {
  return author?.__typename === 'Bot' && author.login === slug && body.startsWith(COMMENT_MARKER);
}

function waiversIn(
  comment: CommentNode,
  scope: string,
  slug: string,
  keys: SigningKeys | null,
): readonly WaiverRequest[] {
  const { body, lastEditedAt, editor, fullDatabaseId } = comment;
  if (keys) {
    const place = { scope, comment: fullDatabaseId, first: lastEditedAt === null };
    const result = readRecord(body, place, keys);
    return result.ok ? result.record.waivers : [];
  }
  const written = lastEditedAt === null || (editor?.__typename === 'Bot' && editor.login === slug);
  return written ? (readShown(body)?.waivers ?? []) : [];
}
