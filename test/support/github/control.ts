/** The emulator's own controls over HTTP, below `/_lab`, for programs that do not run in its process. */
import { type Emulator, findRepo, findUser } from './emulator.ts';
import type { GitHub } from './index.ts';
import { json, notFound } from './responses.ts';
import { pressButton } from './rest/checks.ts';
import type { Fault } from './transport.ts';
import type { WebhookOptions } from './webhooks.ts';

/** Answers a request below `/_lab`; `undefined` for every other request. */
export async function control(github: GitHub, emulator: Emulator, request: Request): Promise<Response | undefined> {
  const { pathname } = new URL(request.url);
  if (!pathname.startsWith('/_lab/')) return undefined;
  const text = await request.text();
  const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
  switch (`${request.method} ${pathname}`) {
    case 'GET /_lab/idle':
      await github.idle();
      return json(200, { idle: true });
    case 'GET /_lab/calls':
      return json(200, github.calls);
    case 'GET /_lab/deliveries':
      return json(200, github.deliveries);
    case 'POST /_lab/reset':
      github.reset();
      return json(200, {});
    case 'POST /_lab/faults':
      github.faults.push({ ...body, path: new RegExp(String(body.path)) } as Fault);
      return json(201, {});
    case 'POST /_lab/webhook-options':
      Object.assign(github.webhookOptions, body satisfies Partial<WebhookOptions>);
      return json(200, github.webhookOptions);
    case 'POST /_lab/webhook-url':
      github.setWebhookUrl(String(body.url));
      return json(200, {});
    case 'POST /_lab/requested-action':
      return requestAction(emulator, body);
    default:
      return notFound();
  }
}

function requestAction(emulator: Emulator, body: Record<string, unknown>): Response {
  const [owner = '', name = ''] = String(body.repo).split('/');
  const repo = findRepo(emulator, owner, name);
  const run = emulator.tables.checkRuns.get(Number(body.check_run_id));
  const sender = findUser(emulator, String(body.login));
  if (!repo || !run || !sender) return notFound();
  pressButton(emulator, { repo, run, identifier: String(body.identifier), sender });
  return json(202, {});
}
