import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Octokit } from '@octokit/rest';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeGitHubError } from '../../src/github/client.ts';
import { giveUpAfter } from '../../src/github/patience.ts';

let server: Server;
let answer: (response: ServerResponse) => void;
let hungUp: Promise<unknown>;

beforeEach(async () => {
  server = createServer((request, response) => {
    hungUp = once(request.socket, 'close');
    answer(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function client(patienceMs: number): Octokit {
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return giveUpAfter(new Octokit({ baseUrl, log: { debug() {}, info() {}, warn() {}, error() {} } }), patienceMs);
}

it.each<[string, (response: ServerResponse) => void]>([
  ['never answers', () => {}],
  ['never comes to the end of its answer', (response) => response.writeHead(200).write('{')],
])('a server that %s is given up, and its connection with it', async (_, how) => {
  answer = how;
  const error = await client(50)
    .request('GET /app')
    .catch((caught: unknown) => caught);
  expect(error).toMatchObject({ status: 500, message: 'GitHub did not answer within 0.05 s' });
  expect(describeGitHubError(error)).toBe('GitHub could not be reached');
  await hungUp;
});

it('one that answers in time is heard, whatever it says', async () => {
  answer = (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":7}');
  const octokit = client(60_000);
  expect((await octokit.request('GET /app')).data).toEqual({ id: 7 });
  answer = (response) => response.writeHead(404).end();
  await expect(octokit.request('GET /app')).rejects.toMatchObject({ status: 404 });
});
