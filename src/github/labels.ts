import type { LabelWish } from '../model/review.ts';
import { type GitHubClient, isNotFound, type RepositoryName } from './client.ts';
import type { AppIdentity } from './read.ts';

/** How many pages of a pull request's history are read to see who put a label on. */
const MAX_EVENT_PAGES = 10;

/** What is to be done about labels. */
export interface LabelChange {
  add: string[];
  /** Labels of ours that are not wanted any more, and may be taken off if it was us who put them on. */
  stale: string[];
}

/** Compares the labels that are there with those that are wished for. Names differ by more than case on GitHub. */
export function planLabels(present: readonly string[], wishes: readonly LabelWish[]): LabelChange {
  const there = new Set(present.map((label) => label.toLowerCase()));
  const wanted = wishes.flatMap((wish) => wish.wanted);
  const keep = new Set(wanted.map((label) => label.toLowerCase()));
  const owned = new Set(wishes.flatMap((wish) => wish.owned).map((label) => label.toLowerCase()));
  return {
    add: wanted.filter((label) => !there.has(label.toLowerCase())),
    stale: present.filter((label) => owned.has(label.toLowerCase()) && !keep.has(label.toLowerCase())),
  };
}

/**
 * Puts the wanted labels on and takes our own stale ones off. A label of the same name that somebody else put on is
 * theirs and stays. Asks and writes nothing where the labels are as they should be.
 */
export async function publishLabels(
  client: GitHubClient,
  name: RepositoryName,
  number: number,
  identity: AppIdentity,
  { add, stale }: LabelChange,
): Promise<void> {
  const at = { ...name, issue_number: number };
  if (add.length > 0) {
    await client.request('POST /repos/{owner}/{repo}/issues/{issue_number}/labels', { ...at, labels: add });
  }
  if (stale.length === 0) return;
  const ours = await findOurs(client, at, identity);
  for (const label of stale.filter((one) => ours.has(one.toLowerCase()))) {
    try {
      await client.request('DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}', { ...at, name: label });
    } catch (error) {
      // Somebody was quicker.
      if (!isNotFound(error)) throw error;
    }
  }
}

/** The labels that our App was the last to put on, in lower case. */
async function findOurs(
  client: GitHubClient,
  at: RepositoryName & { issue_number: number },
  { slug }: AppIdentity,
): Promise<Set<string>> {
  const lastBy = new Map<string, string | undefined>();
  for (let page = 1; page <= MAX_EVENT_PAGES; page++) {
    const { data } = await client.request('GET /repos/{owner}/{repo}/issues/{issue_number}/events', {
      ...at,
      per_page: 100,
      page,
    });
    for (const event of data) {
      if (event.event === 'labeled' && 'label' in event) {
        lastBy.set(String(event.label.name).toLowerCase(), event.actor?.login);
      }
    }
    if (data.length < 100) break;
  }
  return new Set([...lastBy].filter(([, login]) => login === `${slug}[bot]`).map(([label]) => label));
}
