import type { GitHubClient } from './client.ts';

const ADD_REACTION = /* GraphQL */ `
  mutation ComposureReact($subject: ID!, $content: ReactionContent!) {
    addReaction(input: { subjectId: $subject, content: $content }) { clientMutationId }
  }
`;

/** Reacts to a comment or a review; doing so twice is doing so once. */
export async function react(
  client: GitHubClient,
  nodeId: string,
  content: 'THUMBS_UP' | 'THUMBS_DOWN' | 'CONFUSED',
): Promise<void> {
  await client.graphql(ADD_REACTION, { subject: nodeId, content });
}
