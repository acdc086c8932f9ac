import type { Octokit } from '@octokit/rest';
import { expect, it } from 'vitest';
import { readBodies } from '../../src/github/read-bodies.ts';
import { answeringServer } from '../support/answering-server.ts';

const server = answeringServer();

/** What a request comes to: data, or what is thrown. */
async function outcomeOf(octokit: Octokit): Promise<object> {
  try {
    const { status, data } = await octokit.request('GET /app');
    return { status, data };
  } catch (error) {
    const { message, status, response } = error as Error & { status?: number; response?: { data: unknown } };
    return { message, status, refused: response?.data };
  }
}

const JSON_UTF8 = 'application/json; charset=utf-8';

it.each<[string, number, Record<string, string>, string]>([
  ['JSON', 200, { 'content-type': JSON_UTF8 }, '{"id":9007199254740991,"name":"ü","none":null,"list":[1.5,true]}'],
  ['JSON of another kind', 200, { 'content-type': 'application/scim+json' }, '{"id":1}'],
  ['JSON that breaks off', 200, { 'content-type': JSON_UTF8 }, '{"id":'],
  ['JSON of nothing', 200, { 'content-type': JSON_UTF8 }, ''],
  ['the raw content of a file', 200, { 'content-type': 'application/vnd.github.raw; charset=utf-8' }, 'const a = 1;\n'],
  ['bytes', 200, { 'content-type': 'application/octet-stream' }, 'ab'],
  ['bytes that say how they are spelt', 200, { 'content-type': 'application/octet-stream; charset=utf-8' }, 'ab'],
  ['text', 200, { 'content-type': 'text/plain' }, 'hello'],
  ['no type', 200, {}, '{"id":1}'],
  ['nothing', 204, {}, ''],
  ['a refusal', 404, { 'content-type': JSON_UTF8 }, '{"message":"Not Found"}'],
  ['what did not change', 304, {}, ''],
])('reads %s as Octokit does', async (_, status, headers, body) => {
  server.answer((response) => response.writeHead(status, headers).end(body));
  const read = await outcomeOf(readBodies(server.client()));
  expect(read).toEqual(await outcomeOf(server.client()));
});

it('reads an answer to GraphQL', async () => {
  server.answer((response) =>
    response.writeHead(200, { 'content-type': JSON_UTF8 }).end('{"data":{"viewer":{"login":"a"}}}'),
  );
  expect(await readBodies(server.client()).graphql('{ viewer { login } }')).toEqual({ viewer: { login: 'a' } });
});

it('takes a body that breaks off for no answer, where Octokit takes it for an empty one', async () => {
  server.answer((response) => {
    response.writeHead(200, { 'content-type': JSON_UTF8, 'content-length': '100' }).write('{"id":1}');
    setImmediate(() => response.destroy());
  });
  await expect(readBodies(server.client()).request('GET /app')).rejects.toThrow('terminated');
});
