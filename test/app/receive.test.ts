import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http';
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createReceiver, type Received, type ReceivedDelivery } from '../../src/app/receive.ts';

const SECRET = 'a-secret-for-signed-webhooks';
const MEGABYTE = 1024 * 1024;

let server: Server;
let port: number;
let received: ReceivedDelivery[];
let counted: [Received, string | null][];
let accept: (delivery: ReceivedDelivery) => Promise<boolean>;

beforeEach(async () => {
  received = [];
  counted = [];
  accept = async (delivery) => received.push(delivery) > 0;
  const quiet = () => {};
  const receive = createReceiver({
    path: '/hooks',
    secret: SECRET,
    accept: (delivery) => accept(delivery),
    onReceived: (...one) => counted.push(one),
    log: { info: quiet, warn: quiet, error: quiet },
  });
  server = createServer(async (incoming, response) => {
    if (!(await receive(incoming, response))) response.writeHead(418).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as { port: number }).port;
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
});

function sign(body: string, secret = SECRET): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

async function post(body: string, headers: Record<string, string> = {}, path = '/hooks'): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-delivery': randomUUID(),
      'x-github-event': 'pull_request',
      'x-hub-signature-256': sign(body),
      ...headers,
    },
  });
}

describe('a delivery', () => {
  it('is accepted with its id, its event and what it says, and answered when that is done', async () => {
    const id = randomUUID();
    const response = await post('{"action":"opened","é":"🦄"}', { 'x-github-delivery': id });
    expect(response.status).toBe(202);
    expect(received).toEqual([{ id, name: 'pull_request', payload: { action: 'opened', é: '🦄' } }]);
    expect(counted).toEqual([['accepted', 'pull_request']]);
  });

  it('whose sender hangs up half way is a refused one, for nobody has signed it', async () => {
    const half = connect(port, '127.0.0.1');
    half.on('error', () => {});
    half.write(
      `POST /hooks HTTP/1.1\r\nhost: x\r\nx-github-delivery: 1\r\nx-github-event: pull_request\r\nx-hub-signature-256: ${sign('')}\r\ncontent-length: 9\r\n\r\n{`,
    );
    await once(half, 'connect');
    await once(server, 'request');
    half.destroy();
    await vi.waitFor(() => expect(counted).toEqual([['refused', 'pull_request']]));
  });

  it('that is known already is answered as well', async () => {
    accept = async () => false;
    expect((await post('{}')).status).toBe(202);
    expect(counted).toEqual([['repeated', 'pull_request']]);
  });

  it('that cannot be stored is answered by 500, so that GitHub notes it as failed', async () => {
    accept = async () => {
      throw new Error('disk full: /secret/path');
    };
    const response = await post('{}');
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret');
    expect(counted).toEqual([['failed', 'pull_request']]);
  });

  it.each<[string, number, Record<string, string>]>([
    ['a signature of another secret', 401, { 'x-hub-signature-256': sign('{}', 'other') }],
    ['a signature of another body', 401, { 'x-hub-signature-256': sign('{ }') }],
    ['half a signature', 401, { 'x-hub-signature-256': sign('{}').slice(0, 39) }],
    ['only the old signature', 401, { 'x-hub-signature-256': '', 'x-hub-signature': sign('{}') }],
    ['no id', 400, { 'x-github-delivery': '' }],
    ['an id that is none', 400, { 'x-github-delivery': 'a b; DROP TABLE' }],
    ['no event', 400, { 'x-github-event': '' }],
  ])('with %s is refused', async (_, status, headers) => {
    expect((await post('{}', headers)).status).toBe(status);
    expect(received).toEqual([]);
    expect(counted.map(([what]) => what)).toEqual(['refused']);
  });

  it('that is not JSON is refused', async () => {
    expect((await post('payload=%7B%7D')).status).toBe(400);
    expect(received).toEqual([]);
  });

  it('is taken by nobody who only looks like GitHub', async () => {
    const signature = fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-f]{64}$/));
    await fc.assert(
      fc.asyncProperty(signature, async (text) => {
        const header = `sha256=${text.replace(/[^\x21-\x7e]/g, '')}`;
        expect((await post('{}', { 'x-hub-signature-256': header })).status).toBe(401);
      }),
      { numRuns: 50 },
    );
    expect(received).toEqual([]);
  });
});

describe('a request', () => {
  it('for another path is left to others', async () => {
    expect((await post('{}', {}, '/hooks/elsewhere')).status).toBe(418);
    expect((await post('{}', {}, '/hooks?a=1')).status).toBe(202);
  });

  it('by another method is refused', async () => {
    expect((await fetch(`http://127.0.0.1:${port}/hooks`)).status).toBe(405);
  });
});

describe('a body of more than 25 MB', () => {
  const headers = {
    'x-github-delivery': randomUUID(),
    'x-github-event': 'push',
    'x-hub-signature-256': `sha256=${'0'.repeat(64)}`,
  };

  it('is refused by its announced length, before any of it is read', async () => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const lines = Object.entries({ host: 'x', 'content-length': String(26 * MEGABYTE), ...headers });
    socket.write(`POST /hooks HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 413 /);
    await once(socket, 'close');
  });

  it('is refused while it comes, where its length was not announced', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sending = request({
        port,
        host: '127.0.0.1',
        path: '/hooks',
        method: 'POST',
        headers: headers as IncomingHttpHeaders,
      });
      sending.once('response', (response) => resolve(response.statusCode));
      // The other end hangs up while we are still talking.
      sending.on('error', reject);
      const chunk = Buffer.alloc(MEGABYTE);
      let sent = 0;
      const more = () => {
        while (sent < 40 && !sending.destroyed) {
          sent++;
          if (!sending.write(chunk)) return void sending.once('drain', more);
        }
      };
      more();
    });
    expect(status).toBe(413);
    expect(received).toEqual([]);
  });

  it('is one of more than GitHub sends: 25 MB are taken', async () => {
    const body = JSON.stringify({ padding: 'x'.repeat(25 * MEGABYTE - 20) });
    expect((await post(body)).status).toBe(202);
    expect(received).toHaveLength(1);
  });
});
