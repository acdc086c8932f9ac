/** Delivers webhooks to the Apps that subscribed to them, signed as GitHub signs, and keeps a record of each delivery. */
import { createHmac, randomUUID } from 'node:crypto';
import { type Emulator, findApp, nextId, timestamp } from './emulator.ts';
import type { Json } from './format.ts';
import type { AppRow, InstallationRow, RepoRow } from './tables.ts';

/** One attempt to deliver a webhook, in the form of GitHub's `hook-delivery`. */
export interface Delivery {
  id: number;
  /** The same for a redelivery. */
  guid: string;
  delivered_at: string;
  redelivery: boolean;
  /** Seconds. */
  duration: number;
  /** `OK`, `pending` while it is under way, or what went wrong; `dropped` where a test lost it. */
  status: string;
  /** 0 while it is under way, 502 where nobody answered. */
  status_code: number;
  event: string;
  action: string | null;
  installation_id: number | null;
  repository_id: number | null;
  url: string;
  app_id: number;
  request: { headers: Record<string, string>; payload: Json };
  response: { headers: Record<string, string>; payload: string | null };
}

/** How deliveries go wrong, for tests to choose. */
export interface WebhookOptions {
  /** Whether a delivery is lost; GitHub lists a lost one as failed, and it can be redelivered. */
  drop?: ((delivery: Delivery) => boolean) | undefined;
  /** How many more times each webhook arrives. */
  duplicate: number;
  /** How long each webhook takes to set out. */
  delayMs: number | (() => number);
}

/** GitHub waits so long for an answer. */
const TIMEOUT_MS = 10_000;

/** So many deliveries are kept. */
const KEPT = 5000;

/** Events that every App gets, subscribed or not. */
const ALWAYS = new Set(['installation', 'installation_repositories', 'github_app_authorization']);

/** Actions on checks that only the App hears that made the check. */
const FOR_THE_MAKER = new Set(['requested', 'rerequested', 'requested_action']);

/** What happened, with the whole payload but for `installation`, which differs from App to App. */
export interface Occurrence {
  event: string;
  action: string | undefined;
  payload: Json;
  /** Where it happened; an installation only hears of its own repositories. */
  repo: RepoRow | undefined;
}

/** Delivers to every App that is installed where it happened and subscribed to it. */
export function deliverToApps(emulator: Emulator, occurrence: Occurrence): void {
  for (const installation of emulator.tables.appInstallations.all()) {
    const app = findApp(emulator, installation.app_id);
    if (!app?.webhook_url || !hears(app, installation, occurrence)) continue;
    const payload = {
      // The events about an installation carry it in full themselves.
      installation: { id: installation.installation_id, node_id: `I_${installation.installation_id}` },
      ...occurrence.payload,
    };
    const delivery = record(emulator, app, { ...occurrence, payload, guid: randomUUID(), redelivery: false });
    if (emulator.webhookOptions.drop?.(delivery)) {
      Object.assign(delivery, { status: 'dropped', status_code: 503 });
      continue;
    }
    for (let copies = 0; copies <= emulator.webhookOptions.duplicate; copies += 1) {
      void emulator.work.track(send(emulator, delivery));
    }
  }
}

/** Delivers the same payload under the same GUID again. */
export function redeliver(emulator: Emulator, app: AppRow, delivery: Delivery): void {
  const { event, action, guid } = delivery;
  const { payload } = delivery.request;
  const again = record(emulator, app, { event, action: action ?? undefined, payload, guid, redelivery: true });
  void emulator.work.track(send(emulator, again));
}

function hears(app: AppRow, installation: InstallationRow, { event, action, payload, repo }: Occurrence): boolean {
  if (installation.suspended_at) return false;
  if (!ALWAYS.has(event) && !installation.events.includes(event)) return false;
  if (repo && !isInstalledOn(installation, repo)) return false;
  if (event !== 'check_run' && event !== 'check_suite') return true;
  if (!FOR_THE_MAKER.has(action ?? '')) return true;
  const maker = (payload[event] as { app?: { id: number } } | undefined)?.app?.id;
  return maker === undefined || maker === app.app_id;
}

/** Whether an installation covers a repository. */
export function isInstalledOn(installation: InstallationRow, repo: RepoRow): boolean {
  if (installation.account_id !== repo.owner_id || installation.account_type !== repo.owner_type) return false;
  return installation.repository_selection === 'all' || installation.repository_ids.includes(repo.id);
}

interface Outgoing {
  event: string;
  action: string | undefined;
  payload: Json;
  guid: string;
  redelivery: boolean;
}

function record(emulator: Emulator, app: AppRow, outgoing: Outgoing): Delivery {
  const { event, action, payload, guid, redelivery } = outgoing;
  const delivery: Delivery = {
    id: nextId(emulator),
    guid,
    delivered_at: timestamp(),
    redelivery,
    duration: 0,
    status: 'pending',
    status_code: 0,
    event,
    action: action ?? null,
    installation_id: (payload.installation as { id: number } | undefined)?.id ?? null,
    repository_id: (payload.repository as { id: number } | undefined)?.id ?? null,
    url: app.webhook_url ?? '',
    app_id: app.app_id,
    // The payload is copied: what happens next must not change what was sent.
    request: { headers: headersOf(app, event, guid, payload), payload: structuredClone(payload) },
    response: { headers: {}, payload: null },
  };
  emulator.deliveries.push(delivery);
  if (emulator.deliveries.length > KEPT) emulator.deliveries.shift();
  return delivery;
}

function headersOf(app: AppRow, event: string, guid: string, payload: Json): Record<string, string> {
  const body = JSON.stringify(payload);
  const sign = (algorithm: string) =>
    `${algorithm}=${createHmac(algorithm, app.webhook_secret ?? '')
      .update(body)
      .digest('hex')}`;
  return {
    accept: '*/*',
    'content-type': 'application/json',
    'user-agent': 'GitHub-Hookshot/emulated',
    'x-github-delivery': guid,
    'x-github-event': event,
    'x-github-hook-id': String(900_000 + app.app_id),
    'x-github-hook-installation-target-id': String(app.app_id),
    'x-github-hook-installation-target-type': 'integration',
    ...(app.webhook_secret ? { 'x-hub-signature': sign('sha1'), 'x-hub-signature-256': sign('sha256') } : {}),
  };
}

async function send(emulator: Emulator, delivery: Delivery): Promise<void> {
  const { delayMs: delay } = emulator.webhookOptions;
  const delayMs = typeof delay === 'function' ? delay() : delay;
  if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
  const start = performance.now();
  try {
    const response = await fetch(delivery.url, {
      method: 'POST',
      headers: delivery.request.headers,
      body: JSON.stringify(delivery.request.payload),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    delivery.response = { headers: Object.fromEntries(response.headers), payload: await response.text() };
    delivery.status_code = response.status;
    delivery.status = response.ok ? 'OK' : `Invalid HTTP Response: ${response.status}`;
  } catch (error) {
    delivery.status_code = 502;
    delivery.status = (error as Error).name === 'TimeoutError' ? 'timed out' : 'failed to connect to host';
  }
  delivery.duration = (performance.now() - start) / 1000;
}
