import type { GitHubClient } from './client.ts';
import type { AppIdentity } from './read.ts';

/** Asks GitHub who we are. The client must be authorised as the App itself. */
export async function readIdentity(client: GitHubClient): Promise<AppIdentity> {
  const { data } = await client.request('GET /app');
  // Without the slug we would not know our own comment again, and write another each time.
  if (!data?.slug) throw new Error('GitHub did not say which App these credentials belong to');
  return { appId: data.id, slug: data.slug };
}

/** The login our writes carry in REST and in events. */
export function botLoginOf({ slug }: AppIdentity): string {
  return `${slug}[bot]`;
}
