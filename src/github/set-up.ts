import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { GitHubClient } from './client.ts';

/** What registering an App brings: what `npm start` needs from then on. */
export interface Credentials {
  APP_ID: string;
  PRIVATE_KEY: string;
  WEBHOOK_SECRET: string;
}

/** What the set-up page needs from its surroundings. */
export interface SetUpOptions {
  /** `app.yml`, parsed. */
  manifest: Readonly<Record<string, unknown>>;
  /** Where people reach GitHub in a browser: `https://github.com`, without a slash at the end. */
  githubUrl: string;
  /** A client without credentials: the conversion of a manifest needs none. */
  client: GitHubClient;
  webhookPath: string;
  save(credentials: Credentials): Promise<void>;
}

const conversion = z.object({
  id: z.int(),
  pem: z.string(),
  webhook_secret: z.string().nullable(),
  html_url: z.string(),
});

/**
 * The pages that register the App on GitHub, for `http.createServer`: `/` shows what will be registered and leads to
 * GitHub, which comes back to `/setup` with a code that is turned into credentials. Probot's own set-up page would
 * register its root as the webhook's address and fetch a proxy from the network; this one does neither.
 */
export function createSetUp({ manifest, githubUrl, client, webhookPath, save }: SetUpOptions) {
  // Ties GitHub's answer to the page that asked, so that nobody can plant an App of theirs. Good for one answer.
  let state = newState();
  let registered = false;

  return async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = URL.parse(request.url ?? '/', 'http://localhost');
    if (!url) return send(response, 400, page('Not possible', '<p>This is no address.</p>'));
    if (request.method !== 'GET')
      return send(response, 405, page('Not possible', '<p>Open this page in a browser.</p>'));
    if (registered)
      return send(response, 409, page('Registered already', '<p>Restart with <code>npm start</code>.</p>'));
    if (url.pathname === '/' || url.pathname === '/probot') {
      const origin = originOf(request);
      if (!origin) return send(response, 400, page('Not possible', '<p>The request names no host.</p>'));
      return send(response, 200, startPage(origin, manifestFor(manifest, origin, webhookPath), state));
    }
    if (url.pathname === '/setup') return finish(url, response);
    send(response, 404, page('Not here', '<p><a href="/">Set up Composure</a></p>'));
  };

  function startPage(origin: string, filled: object, secretState: string): string {
    const action = `${githubUrl}/settings/apps/new?state=${secretState}`;
    return page(
      'Set up Composure',
      `<p>Composure has no credentials yet. This registers a GitHub App for you, with the permissions of <code>app.yml</code>
and events sent to <code>${escapeHtml(origin + webhookPath)}</code>.</p>
<form action="${escapeHtml(action)}" method="post" id="register">
  <input type="hidden" name="manifest" value="${escapeHtml(JSON.stringify(filled))}">
  <p><label>Organisation (leave empty for your own account) <input id="organisation" pattern="[A-Za-z0-9-]*" autocomplete="off"></label></p>
  <p><button>Register on GitHub</button></p>
</form>
<script>
  document.getElementById('register').addEventListener('submit', (event) => {
    const name = document.getElementById('organisation').value;
    if (name) event.target.action = ${JSON.stringify(githubUrl)} + '/organizations/' + encodeURIComponent(name) + '/settings/apps/new?state=${secretState}';
  });
</script>
<p>If GitHub cannot reach this address, the App receives no events: open this page under the address it will have.</p>`,
    );
  }

  async function finish(url: URL, response: ServerResponse): Promise<void> {
    const code = url.searchParams.get('code') ?? '';
    if (!/^[A-Za-z0-9]+$/.test(code) || url.searchParams.get('state') !== state) {
      return send(
        response,
        400,
        page('Start again', '<p>This answer does not belong to this set-up. <a href="/">Start again.</a></p>'),
      );
    }
    state = newState();
    const app = await convert(code);
    if (!app) {
      return send(
        response,
        502,
        page(
          'GitHub refused',
          '<p>GitHub did not turn the code into credentials; it is valid for an hour and once. <a href="/">Start again.</a></p>',
        ),
      );
    }
    const settings = escapeHtml(app.html_url);
    const secret = app.webhook_secret ?? randomBytes(32).toString('hex');
    try {
      await save({ APP_ID: String(app.id), PRIVATE_KEY: app.pem, WEBHOOK_SECRET: secret });
    } catch {
      return send(
        response,
        500,
        page(
          'Not saved',
          `<p>GitHub registered the App, and its credentials could not be written to <code>.env</code>. GitHub gives them out once: make the file writable, delete <a href="${settings}">the App</a> and <a href="/">start again</a>.</p>`,
        ),
      );
    }
    registered = true;
    const unknownSecret =
      app.webhook_secret === null
        ? `<p>GitHub made no webhook secret: enter the one from <code>.env</code> on <a href="${settings}">the App's page</a>, or no event will be believed.</p>`
        : '';
    send(
      response,
      200,
      page(
        'Registered',
        `<p>The credentials are in <code>.env</code>. Restart with <code>npm start</code>, then <a href="${settings}/installations/new">install the App</a>.</p>${unknownSecret}`,
      ),
    );
  }

  async function convert(code: string) {
    try {
      const { data } = await client.request('POST /app-manifests/{code}/conversions', { code });
      return conversion.parse(data);
    } catch {
      return null;
    }
  }
}

function newState(): string {
  return randomBytes(16).toString('hex');
}

/** The manifest as GitHub takes it, with the addresses of this deployment. */
export function manifestFor(manifest: Readonly<Record<string, unknown>>, origin: string, webhookPath: string): object {
  return {
    ...manifest,
    url: origin,
    hook_attributes: { url: `${origin}${webhookPath}`, active: true },
    redirect_url: `${origin}/setup`,
  };
}

/** The address under which the browser reached us, through a proxy or not. */
function originOf({ headers, socket }: IncomingMessage): string | null {
  const host = first(headers['x-forwarded-host']) ?? headers.host;
  const protocol = first(headers['x-forwarded-proto']) ?? ('encrypted' in socket ? 'https' : 'http');
  if (!host || !/^[A-Za-z0-9.:[\]-]+$/.test(host) || !/^https?$/.test(protocol)) return null;
  return `${protocol}://${host}`;
}

function first(header: string | string[] | undefined): string | undefined {
  return (Array.isArray(header) ? header[0] : header)?.split(',')[0]?.trim();
}

function send(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'x-frame-options': 'DENY' }).end(html);
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${title} · Composure</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem}code{background:#8882;padding:.1em .3em;border-radius:.3em}input,button{font:inherit;padding:.3em .6em}</style>
<h1>${title}</h1>
${body}
</html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
