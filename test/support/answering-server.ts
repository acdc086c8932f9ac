import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Octokit } from '@octokit/rest';
import { afterEach, beforeEach } from 'vitest';

/** A server for the tests of one file that answers each request as it was last told: what an interceptor cannot do to a body. */
export interface AnsweringServer {
  answer(how: (response: ServerResponse) => void): void;
  /** A quiet Octokit that asks it. */
  client(): Octokit;
  /** Resolves when the connection of the last request is closed. */
  hungUp(): Promise<unknown>;
}

/** Starts one before each test, on loopback, and ends it afterwards. */
export function answeringServer(): AnsweringServer {
  let server: Server;
  let respond: (response: ServerResponse) => void;
  let hungUp: Promise<unknown>;

  beforeEach(async () => {
    server = createServer((request, response) => {
      hungUp = once(request.socket, 'close');
      respond(response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  return {
    answer(how) {
      respond = how;
    },
    client() {
      const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      return new Octokit({ baseUrl, log: { debug() {}, info() {}, warn() {}, error() {} } });
    },
    hungUp: () => hungUp,
  };
}
