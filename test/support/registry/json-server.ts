import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as it arrived. */
export interface ServiceRequest {
  method: string;
  path: string;
  /** Parsed; `null` where there was none. */
  body: unknown;
}

/** A service of our own on loopback that answers in JSON and keeps every request. */
export interface JsonServer {
  /** Its origin. */
  url: string;
  requests: readonly ServiceRequest[];
  /** From now on everything is answered with this status; `null` to be well again. */
  fail(status: number | null, retryAfter?: string): void;
  close(): Promise<void>;
}

/** `undefined` is answered with 404. */
export async function createJsonServer(answer: (request: ServiceRequest) => unknown): Promise<JsonServer> {
  const requests: ServiceRequest[] = [];
  let failing: { status: number; retryAfter: string | undefined } | null = null;
  const server = createServer(async (incoming, response) => {
    const text = await read(incoming);
    const request = {
      method: incoming.method ?? '',
      path: incoming.url ?? '/',
      body: text === '' ? null : JSON.parse(text),
    };
    requests.push(request);
    if (failing?.retryAfter !== undefined) response.setHeader('retry-after', failing.retryAfter);
    const body = failing ? {} : answer(request);
    response.statusCode = failing?.status ?? (body === undefined ? 404 : 200);
    response.setHeader('content-type', 'application/json');
    response.end(typeof body === 'string' ? body : JSON.stringify(body ?? { code: 5, message: 'not found' }));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    fail: (status, retryAfter) => {
      failing = status === null ? null : { status, retryAfter };
    },
    close: () =>
      new Promise((closed, failed) => {
        server.close((error) => (error ? failed(error) : closed()));
        server.closeAllConnections();
      }),
  };
}

async function read(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
