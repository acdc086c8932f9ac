import type { ServerResponse } from 'node:http';
import type { Octokit } from '@octokit/rest';
import { expect, it } from 'vitest';
import { describeGitHubError } from '../../src/github/client.ts';
import { giveUpAfter } from '../../src/github/patience.ts';
import { answeringServer } from '../support/answering-server.ts';

const server = answeringServer();

function client(patienceMs: number): Octokit {
  return giveUpAfter(server.client(), patienceMs);
}

it.each<[string, (response: ServerResponse) => void]>([
  ['never answers', () => {}],
  ['never comes to the end of its answer', (response) => response.writeHead(200).write('{')],
])('a server that %s is given up, and its connection with it', async (_, how) => {
  server.answer(how);
  const error = await client(50)
    .request('GET /app')
    .catch((caught: unknown) => caught);
  expect(error).toMatchObject({ status: 500, message: 'GitHub did not answer within 0.05 s' });
  expect(describeGitHubError(error)).toBe('GitHub could not be reached');
  await server.hungUp();
});

it('one that answers in time is heard, whatever it says', async () => {
  server.answer((response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":7}'));
  const octokit = client(60_000);
  expect((await octokit.request('GET /app')).data).toEqual({ id: 7 });
  server.answer((response) => response.writeHead(404).end());
  await expect(octokit.request('GET /app')).rejects.toMatchObject({ status: 404 });
});
