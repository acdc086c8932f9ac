/**
 * The emulator held to GitHub's behaviour: what the contract tests beside this file share.
 *
 * Every answer and every webhook on the way is also held to GitHub's own description of its API, so a test fails on
 * answers it never looks at. Tests whose names begin with "deviates" pin what is known to be different.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Octokit } from '@octokit/rest';
import { Probot, ProbotOctokit } from 'probot';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { type Call, createGitHub, type Delivery, type GitHub } from './index.ts';
import { validateResponse, validateWebhook } from './openapi.ts';
import { as, type FileChange, openPullRequest, push } from './people.ts';
import { APP, type Login, seed, TOKENS } from './seed.ts';

/** The repository that tests work on, public. */
export const WIDGETS = { owner: 'acme', repo: 'widgets' };
/** A private one. */
export const SECRET = { owner: 'acme', repo: 'secret' };
/** The organisation's own. */
export const ORG_SETTINGS = { owner: 'acme', repo: '.github' };

/** Everything the emulator can tell of, so that all of it is held to the description. */
const MANIFEST = `
name: Composure
default_permissions: { checks: write, pull_requests: write, issues: write, statuses: write, contents: read, members: read, merge_queues: read, metadata: read }
default_events: [check_run, check_suite, create, delete, issue_comment, issues, merge_group, pull_request,
  pull_request_review, pull_request_review_comment, push, status]
`;

/** Where GitHub's description is known to be stricter than the emulator, by the route or webhook and the complaint. */
const KNOWN_COMPLAINTS: { about: RegExp; complaint: RegExp }[] = [
  // Its list of the events an App may subscribe to is older than some of the events.
  { about: /^webhook check_suite/, complaint: /\/app\/events/ },
  // It asks of the account to be a user and an enterprise at once, in this one place.
  { about: /^GET \/app\/installations 200/, complaint: /\/account / },
];

/** The emulator of this file's tests, back at the seed before each. */
export let github: GitHub;
/** Our side, which only authenticates here. */
export let probot: Probot;
/** Where webhooks arrive. */
export let receiver: Server;
/** Webhooks as they arrived. */
export const received: { headers: Record<string, unknown>; body: string }[] = [];
/** What was found wrong during a test; it fails if anything is left here. */
export const complaints: string[] = [];

/** Owns the organisation. */
export const alice = () => as(github, 'alice');
/** Member of the organisation; may push where a test lets him. */
export const bob = () => as(github, 'bob');
/** Member of the organisation, who may read. */
export const carol = () => as(github, 'carol');
/** Stranger. */
export const mallory = () => as(github, 'mallory');
/** The App as itself. */
export const app = () => probot.auth() as unknown as Promise<Octokit>;
/** The App as its installation. */
export const bot = () => probot.auth(APP.installationId) as unknown as Promise<Octokit>;

/** Starts the emulator for the tests of a file. */
export function holdToContract(): void {
  beforeAll(async () => {
    receiver = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
        response.end('ok');
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    github = await createGitHub({ seed: seed({ manifest: MANIFEST }), onCall: holdToDescription });
    github.setWebhookUrl(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hooks`);
    probot = probotAt(github);
  });

  afterAll(async () => {
    await github.close();
    receiver.closeAllConnections();
    receiver.close();
  });

  beforeEach(async () => {
    await github.idle();
    github.reset();
    received.length = 0;
  });

  afterEach(async () => {
    await github.idle();
    for (const { event, action, request } of github.deliveries) {
      complain(`webhook ${event} ${action ?? ''}`, validateWebhook(event, action ?? undefined, request.payload));
    }
    expect(complaints.splice(0)).toEqual([]);
  });
}

/** Our side of an emulator, with neither throttling nor retries. */
export function probotAt(at: GitHub): Probot {
  return new Probot({
    appId: APP.id,
    privateKey: APP.privateKey,
    secret: APP.webhookSecret,
    baseUrl: at.url,
    logLevel: 'silent' as 'fatal',
    // Probot reads throttle options from a function only.
    Octokit: ProbotOctokit.defaults((options: Record<string, unknown>) => ({
      ...options,
      throttle: { enabled: false },
      retry: { enabled: false },
    })),
  });
}

/** Statuses that GitHub answers everywhere without listing them with each route. */
const UNLISTED = new Set([304, 400, 401, 403, 404, 405, 406, 409, 422, 500, 502, 503]);

function holdToDescription(call: Call): void {
  if (call.path.startsWith('/graphql') || call.status === 304) return;
  const isText = typeof call.response === 'string' && call.response !== ''; // a diff, or a raw file
  if (isText || UNLISTED.has(call.status)) return;
  const found = validateResponse(call.method, call.path, call.status, call.response);
  complain(`${call.method} ${call.path} ${call.status}`, found);
}

function complain(about: string, found: string[]): void {
  for (const complaint of found) {
    const isKnown = KNOWN_COMPLAINTS.some((known) => known.about.test(about) && known.complaint.test(complaint));
    if (!isKnown) complaints.push(`${about}: ${complaint}`);
  }
}

// -- scenes -------------------------------------------------------------------------------------------------------

/** Bob may push; main has a few files. */
export async function withFiles(): Promise<string> {
  await alice().rest.repos.addCollaborator({ ...WIDGETS, username: 'bob', permission: 'push' });
  return push(alice(), {
    ...WIDGETS,
    branch: 'main',
    files: {
      'src/a.ts': 'line1\nline2\nline3\n',
      'src/old.ts': rows(20),
      'src/gone.ts': 'bye\n',
      '.github/composure.yml': 'preset: standard\n',
    },
  });
}

/** A pull request of Bob's with a changed, an added, a removed and a renamed file. */
export async function withPullRequest(extra: { draft?: boolean } = {}) {
  await withFiles();
  const head = await push(bob(), {
    ...WIDGETS,
    branch: 'feature',
    message: 'A feature',
    files: {
      'src/a.ts': 'line1\nline2 changed\nline3\nline4\n',
      'src/new.ts': 'export {};\n',
      'src/gone.ts': null,
      'src/old.ts': null,
      'src/renamed.ts': rows(20),
    },
  });
  const pull = await openPullRequest(bob(), { ...WIDGETS, head: 'feature', title: 'Feature', body: 'Why', ...extra });
  await github.idle();
  return { pull, head, number: pull.number };
}

/** That many different lines. */
export function rows(count: number, word = 'row'): string {
  return Array.from({ length: count }, (_, at) => `${word} ${at}\n`).join('');
}

/** One more commit of Bob's. */
export function changeOnFeature(files: Record<string, FileChange>): Promise<string> {
  return push(bob(), { ...WIDGETS, branch: 'feature', files });
}

/** The webhooks that an action sets off, by `event.action`. */
export async function webhooksOf(
  action: () => Promise<unknown>,
): Promise<{ names: string[]; find(name: string): Payload }> {
  await github.idle();
  const before = github.deliveries.length;
  await action();
  await github.idle();
  const deliveries = github.deliveries.slice(before);
  return {
    names: deliveries.map(nameOf),
    find(name) {
      const delivery = deliveries.find((each) => nameOf(each) === name);
      if (!delivery) throw new Error(`no ${name} among ${deliveries.map(nameOf).join(', ') || 'none'}`);
      return delivery.request.payload as Payload;
    },
  };
}

/** `event.action`. */
export function nameOf({ event, action }: Delivery): string {
  return [event, action].filter(Boolean).join('.');
}

/** A payload as tests read it. */
// biome-ignore lint/suspicious/noExplicitAny: payloads have as many shapes as there are events
export type Payload = Record<string, any>;

/** The status of an answer, be it a refusal. */
export async function statusOf(request: Promise<{ status: number }>): Promise<number> {
  return request.then(
    ({ status }) => status,
    (error: { status: number }) => error.status,
  );
}

/** A request without Octokit. */
export async function raw(at: string, init: RequestInit & { login?: Login } = {}): Promise<Response> {
  const { login, ...rest } = init;
  const authorization = login ? { authorization: `token ${TOKENS[login]}` } : {};
  return fetch(github.url + at, { ...rest, headers: { ...authorization, ...rest.headers } });
}

/** Makes our check required on main, from our App alone, as an organisation's ruleset does. */
export async function requireOurCheck(options: { strict?: boolean } = {}): Promise<void> {
  await alice().request('POST /orgs/{org}/rulesets', {
    org: 'acme',
    name: 'Composure',
    target: 'branch',
    enforcement: 'active',
    conditions: {
      ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] },
      repository_name: { include: ['~ALL'], exclude: [] },
    },
    rules: [
      {
        type: 'required_status_checks',
        parameters: {
          strict_required_status_checks_policy: options.strict ?? false,
          required_status_checks: [{ context: 'Composure', integration_id: APP.id }],
        },
      },
    ] as never,
  });
}

type Conclusion = 'success' | 'failure' | 'neutral' | 'skipped' | 'action_required' | 'cancelled' | 'timed_out';

/** A completed run of ours. */
export async function conclude(sha: string, conclusion: Conclusion, name = 'Composure') {
  const { data } = await (await bot()).rest.checks.create({
    ...WIDGETS,
    name,
    head_sha: sha,
    status: 'completed',
    conclusion,
    output: { title: conclusion, summary: 'A summary' },
  });
  return data;
}

/** Alice presses the button. */
export const mergeNow = (number: number) => alice().rest.pulls.merge({ ...WIDGETS, pull_number: number });
