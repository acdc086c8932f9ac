import { Octokit } from '@octokit/rest';
import { describe, expect, it } from 'vitest';
import { fenced, Superseded } from '../../src/app/fence.ts';

/** A client whose requests go nowhere and are remembered. */
function clientWith(isCurrent: boolean) {
  const sent: string[] = [];
  const octokit = new Octokit({
    baseUrl: 'http://127.0.0.1:9',
    request: {
      fetch: async (url: string, { method }: { method: string }) => {
        sent.push(`${method} ${new URL(url).pathname}`);
        return new Response('{"data":{}}', { headers: { 'content-type': 'application/json' } });
      },
    },
  });
  return { sent, client: fenced(octokit, async () => isCurrent) };
}

const AT = { owner: 'acme', repo: 'widgets' };

describe('a fenced client', () => {
  it('writes while the work is current', async () => {
    const { sent, client } = clientWith(true);
    await client.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
      ...AT,
      issue_number: 1,
      body: '',
    });
    expect(sent).toEqual(['POST /repos/acme/widgets/issues/1/comments']);
  });

  it('writes nothing when it is not, and says so', async () => {
    const { sent, client } = clientWith(false);
    const comment = { ...AT, issue_number: 1, body: '' };
    await expect(client.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', comment)).rejects.toThrow(
      Superseded,
    );
    await expect(client.request({ method: 'PATCH', url: '/repos/acme/widgets/check-runs/1' })).rejects.toThrow(
      Superseded,
    );
    expect(sent).toEqual([]);
  });

  it('reads all the same', async () => {
    const { sent, client } = clientWith(false);
    await client.request('GET /repos/{owner}/{repo}', AT);
    await client.request({ url: '/app' });
    await client.graphql('query { viewer { login } }');
    expect(sent).toEqual(['GET /repos/acme/widgets', 'GET /app', 'POST /graphql']);
  });
});
