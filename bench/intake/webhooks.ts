import { createHmac, randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { APP } from '../../test/support/github/seed.ts';

/** GitHub's payloads are of this size, most of it the repository and the people; ours are filled up. */
export const PAYLOAD_BYTES = 24 * 1024;

/** A webhook ready to be sent any number of times, each under an id of its own. */
export interface Webhook {
  event: string;
  body: Buffer;
  signature: string;
}

/** A push to a pull request, signed as GitHub signs. */
export function pushWebhook(at: { installation: number; owner: string; repo: string; number: number }): Webhook {
  const payload = {
    action: 'synchronize',
    installation: { id: at.installation },
    repository: { name: at.repo, owner: { login: at.owner }, default_branch: 'main' },
    pull_request: { number: at.number, head: { sha: 'a'.repeat(40) } },
    sender: { login: 'bob' },
    padding: '',
  };
  payload.padding = 'x'.repeat(Math.max(0, PAYLOAD_BYTES - JSON.stringify(payload).length));
  const body = Buffer.from(JSON.stringify(payload));
  const signature = `sha256=${createHmac('sha256', APP.webhookSecret).update(body).digest('hex')}`;
  return { event: 'pull_request', body, signature };
}

/** Sends webhooks over connections that stay open, as GitHub does. */
export function createSender(connections: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return {
    /** The status of the answer. */
    send(url: string, { event, body, signature }: Webhook): Promise<number> {
      return new Promise((resolve, reject) => {
        const sending = request(
          url,
          {
            agent,
            method: 'POST',
            headers: {
              'content-type': 'application/json',
              'content-length': body.length,
              'x-github-delivery': randomUUID(),
              'x-github-event': event,
              'x-hub-signature-256': signature,
            },
          },
          (response) => {
            response.resume();
            response.once('end', () => resolve(response.statusCode ?? 0));
          },
        );
        sending.once('error', reject);
        sending.end(body);
      });
    },
    close: () => agent.destroy(),
  };
}

/** The value below which this share of all lies; milliseconds with one decimal. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 10) / 10;
}
