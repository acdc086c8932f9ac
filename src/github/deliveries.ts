import { type GitHubClient, readClock, statusOf } from './client.ts';

/** An attempt to deliver a webhook that GitHub counts as failed. */
export interface FailedDelivery {
  /** Of this attempt. */
  id: number;
  /** Of the delivery: the same for every attempt, and the `X-GitHub-Delivery` that we record. */
  guid: string;
  /** ISO 8601, UTC. */
  deliveredAt: string;
}

/** Failed deliveries, and when that was so. */
export interface FailedDeliveries {
  /** Each delivery once, by its newest failed attempt; oldest first. */
  failed: FailedDelivery[];
  /** GitHub's own clock when it was asked, in milliseconds since 1970; `null` where it did not say. */
  askedAt: number | null;
}

/**
 * The deliveries of the App that failed since then (milliseconds since 1970, by GitHub's clock). The client must be
 * authorised as the App itself. GitHub keeps its list for three days, Enterprise Server for seven.
 */
export async function findFailedDeliveries(client: GitHubClient, since: number): Promise<FailedDeliveries> {
  const newest = new Map<string, FailedDelivery>();
  let askedAt: number | null = null;
  let cursor: string | undefined;
  do {
    const { data, headers } = await client.request('GET /app/hook/deliveries', {
      per_page: 100,
      status: 'failure',
      ...(cursor === undefined ? {} : { cursor }),
    });
    // Of the first page: what fails while the others are read is the next round's.
    askedAt ??= readClock(headers);
    for (const { id, guid, delivered_at: deliveredAt, status } of data) {
      // A server that does not know the filter lists everything, and one still under way has not failed.
      if (isBefore(deliveredAt, since) || status === 'OK' || status === 'pending') continue;
      if (!newest.has(guid)) newest.set(guid, { id: Number(id), guid, deliveredAt });
    }
    // The newest come first, so that what is older than asked for ends the list.
    const last = data.at(-1);
    cursor = last && !isBefore(last.delivered_at, since) ? nextCursor(headers.link) : undefined;
  } while (cursor !== undefined);
  return { failed: [...newest.values()].reverse(), askedAt };
}

/** Asks GitHub to deliver once more. False where it no longer can: it has forgotten the delivery. */
export async function redeliver(client: GitHubClient, { id }: FailedDelivery): Promise<boolean> {
  try {
    await client.request('POST /app/hook/deliveries/{delivery_id}/attempts', { delivery_id: id });
    return true;
  } catch (error) {
    if ([400, 404, 410, 422].includes(statusOf(error) ?? 0)) return false;
    throw error;
  }
}

/** Where the App is installed and not suspended. The client must be authorised as the App itself. */
export async function findInstallations(client: GitHubClient): Promise<{ installation: number; owner: string }[]> {
  const found: { installation: number; owner: string }[] = [];
  for (let page = 1; ; page++) {
    const { data } = await client.request('GET /app/installations', { per_page: 100, page });
    for (const { id, account, suspended_at: suspended } of data) {
      // An enterprise has no repositories of its own, and no login.
      const owner = account && 'login' in account ? account.login : null;
      if (!suspended && owner !== null) found.push({ installation: id, owner });
    }
    if (data.length < 100) return found;
  }
}

function nextCursor(link: string | undefined): string | undefined {
  const next = /<([^>]+)>;\s*rel="next"/.exec(link ?? '')?.[1];
  return (next && new URL(next).searchParams.get('cursor')) || undefined;
}

function isBefore(date: string, time: number): boolean {
  return Date.parse(date) < time;
}
