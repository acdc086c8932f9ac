import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import nock from 'nock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Credentials, createSetUp } from '../../src/github/set-up.ts';
import { nockGitHub } from '../support/nock-github.ts';

const CONVERSION = {
  id: 1234,
  pem: '-----BEGIN RSA PRIVATE KEY-----\nx\n-----END RSA PRIVATE KEY-----\n',
  webhook_secret: 'secret-of-the-app',
  html_url: 'https://github.com/apps/composure-of-acme',
};
const github = nockGitHub();
let server: Server;
let saved: Credentials[];
let save: (credentials: Credentials) => Promise<void>;

beforeEach(async () => {
  nock.enableNetConnect('127.0.0.1');
  saved = [];
  save = async (credentials) => void saved.push(credentials);
  const handle = createSetUp({
    manifest: { name: 'Composure', public: false, default_permissions: { checks: 'write' } },
    githubUrl: 'https://github.com',
    client: github.client,
    webhookPath: '/api/github/webhooks',
    save: (credentials) => save(credentials),
  });
  server = createServer((incoming, response) => void handle(incoming, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(() => new Promise<unknown>((resolve) => server.close(resolve)));

/** One request over a socket of our own, so that its path and headers can be as bad as anybody's. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const { port } = server.address() as AddressInfo;
  return new Promise<{ status: number; html: string; headers: NodeJS.Dict<string | string[]> }>((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      let html = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        html += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, html, headers: response.headers }));
    });
    sent.on('error', reject).end();
  });
}

function plainHtml(html: string): string {
  return html.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
}

function manifestIn(html: string): Record<string, unknown> {
  return JSON.parse(plainHtml(/name="manifest" value="([^"]*)"/.exec(html)?.[1] ?? ''));
}

async function stateOf(headers: Record<string, string> = {}): Promise<string> {
  const { html } = await ask('/', headers);
  const state = /new\?state=([0-9a-f]+)/.exec(plainHtml(html))?.[1];
  expect(state).toMatch(/^[0-9a-f]{32}$/);
  return state ?? '';
}

function convert(code: string, body: unknown = CONVERSION, status = 201): void {
  github.rest(`POST /app-manifests/${code}/conversions`, { status, body });
}

describe('the first page', () => {
  it.each(['/', '/probot', '/?x=1'])('leads to GitHub with the manifest of this deployment: %s', async (path) => {
    const { status, html, headers } = await ask(path, { host: 'gate.example.com' });
    expect(status).toBe(200);
    expect(headers['x-frame-options']).toBe('DENY');
    expect(manifestIn(html)).toEqual({
      name: 'Composure',
      public: false,
      default_permissions: { checks: 'write' },
      url: 'http://gate.example.com',
      hook_attributes: { url: 'http://gate.example.com/api/github/webhooks', active: true },
      redirect_url: 'http://gate.example.com/setup',
    });
    expect(plainHtml(html)).toContain('action="https://github.com/settings/apps/new?state=');
  });

  it('knows the address that people use, behind a proxy', async () => {
    const proxied = { 'x-forwarded-host': 'gate.example.com, inner', 'x-forwarded-proto': 'https,http' };
    const { html } = await ask('/', proxied);
    expect(manifestIn(html).url).toBe('https://gate.example.com');
  });

  it.each<Record<string, string>>([
    { host: '"><script>alert(1)</script>' },
    { host: 'a.example.com/path' },
    { host: 'user@evil.example.com' },
    { 'x-forwarded-host': "x' onload='x" },
    { 'x-forwarded-proto': 'javascript' },
  ])('refuses %j', async (headers) => {
    const { status, html } = await ask('/', headers);
    expect(status).toBe(400);
    expect(html).not.toMatch(/alert|onload|javascript|evil/);
  });

  it.each([
    ['GET', '/elsewhere', 404],
    ['GET', '//', 400],
    ['GET', '/%00', 404],
    ['POST', '/', 405],
    ['HEAD', '/', 405],
    ['DELETE', '/setup', 405],
  ])('%s %s is answered %i', async (method, path, status) => {
    expect((await ask(path, {}, method)).status).toBe(status);
  });
});

describe('when GitHub comes back', () => {
  it('saves the credentials', async () => {
    const state = await stateOf();
    convert('c0de');
    const { status, html } = await ask(`/setup?code=c0de&state=${state}`);
    expect(status).toBe(200);
    expect(html).toContain('href="https://github.com/apps/composure-of-acme/installations/new"');
    expect(saved).toEqual([{ APP_ID: '1234', PRIVATE_KEY: CONVERSION.pem, WEBHOOK_SECRET: 'secret-of-the-app' }]);
  });

  it('shows no credentials', async () => {
    const state = await stateOf();
    convert('c0de');
    const { html } = await ask(`/setup?code=c0de&state=${state}`);
    expect(html).not.toContain('secret-of-the-app');
    expect(html).not.toContain('PRIVATE KEY');
  });

  it('makes a secret where GitHub made none, and says what to do with it', async () => {
    const state = await stateOf();
    convert('c0de', { ...CONVERSION, webhook_secret: null });
    const { html } = await ask(`/setup?code=c0de&state=${state}`);
    expect(saved[0]?.WEBHOOK_SECRET).toMatch(/^[0-9a-f]{64}$/);
    expect(html).toContain('webhook secret');
  });

  it.each([
    ['no state', 'code=c0de'],
    ['a wrong state', `code=c0de&state=${'0'.repeat(32)}`],
    ['an empty state', 'code=c0de&state='],
  ])('believes nobody with %s', async (_, query) => {
    await stateOf();
    expect((await ask(`/setup?${query}`)).status).toBe(400);
    expect(saved).toEqual([]);
  });

  it.each(['', '..%2Fx', 'a%2Fb', '%3Cscript%3E', 'a%0Ab'])('believes no code like %j', async (code) => {
    const state = await stateOf();
    const { status, html } = await ask(`/setup?code=${code}&state=${state}`);
    expect(status).toBe(400);
    expect(html).not.toContain('<script>');
  });

  it('takes one answer, even when it comes twice at once', async () => {
    const state = await stateOf();
    const converting = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<void>();
    github.rest('POST /app-manifests/c0de/conversions', async () => {
      converting.resolve();
      await answered.promise;
      return { status: 201, body: CONVERSION };
    });
    const first = ask(`/setup?code=c0de&state=${state}`);
    await converting.promise;
    const second = await ask(`/setup?code=c0de&state=${state}`);
    answered.resolve();
    expect([(await first).status, second.status]).toEqual([200, 400]);
    expect(saved).toHaveLength(1);
  });

  it('registers one App and no second', async () => {
    const state = await stateOf();
    convert('c0de');
    await ask(`/setup?code=c0de&state=${state}`);
    for (const path of [`/setup?code=c0de&state=${state}`, `/setup?code=other&state=${state}`, '/']) {
      expect((await ask(path)).status).toBe(409);
    }
    expect(saved).toHaveLength(1);
  });

  it.each([
    ['refuses the code', 404, { message: 'Not Found' }],
    ['fails', 502, { message: 'Down' }],
    ['answers something else', 201, { id: 'x' }],
  ])('lets people start again when GitHub %s', async (_, status, body) => {
    const state = await stateOf();
    convert('c0de', body, status);
    expect((await ask(`/setup?code=c0de&state=${state}`)).status).toBe(502);
    expect(saved).toEqual([]);
    const next = await stateOf();
    expect(next).not.toBe(state);
    convert('n3w');
    expect((await ask(`/setup?code=n3w&state=${next}`)).status).toBe(200);
  });

  it('says so when the credentials could not be saved, since GitHub gives them out once', async () => {
    save = async () => {
      throw new Error('EACCES');
    };
    const state = await stateOf();
    convert('c0de');
    const { status, html } = await ask(`/setup?code=c0de&state=${state}`);
    expect(status).toBe(500);
    expect(html).toContain('Not saved');
    expect(html).toContain(CONVERSION.html_url);
    expect((await ask('/')).status).toBe(200);
  });

  it('escapes what GitHub says', async () => {
    const state = await stateOf();
    convert('c0de', { ...CONVERSION, html_url: 'https://x/"><script>' });
    const { html } = await ask(`/setup?code=c0de&state=${state}`);
    expect(html).not.toContain('"><script>');
  });
});
