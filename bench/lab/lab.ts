import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import manifest from '../../package.json' with { type: 'json' };
import { type Call, createGitHub, type GitHub } from '../../test/support/github/index.ts';
import { as, openPullRequest, push } from '../../test/support/github/people.ts';
import { APP, seed } from '../../test/support/github/seed.ts';
import { MANIFEST } from '../../test/support/harness.ts';

/** The repository in which everything is measured. */
export const WHERE = { owner: 'acme', repo: 'widgets' } as const;

/** Those of `npm start`, which are those of the image as well. */
export const NODE_FLAGS: readonly string[] = manifest.scripts.start.split(' ').filter((part) => part.startsWith('--'));

/** A check that was finished, and when GitHub had answered; milliseconds of `performance.now()`. */
export interface FinishedCheck {
  number: number;
  at: number;
}

/** An emulated GitHub in this process and the app in one of its own, as an operator starts it. */
export interface Lab {
  github: GitHub;
  /** The app's address. */
  url: string;
  /** Opens pull requests of which the app hears nothing. Each changes two files by some forty lines. */
  openQuietly(count: number): Promise<{ number: number; head: string }[]>;
  /** Delivers a signed event about a pull request; resolves to the answer's status. */
  deliver(number: number, head: string): Promise<number>;
  /** Resolves when the check of this pull request is next finished. */
  nextCheck(number: number): Promise<FinishedCheck>;
  /** Resident memory of the app, now and at its highest; megabytes. */
  memory(): Promise<{ nowMb: number; peakMb: number }>;
  /** The sum of all series of this metric whose labels contain `labels`. */
  metric(name: string, labels?: string): Promise<number>;
  /** Resolves when the app has nothing due and nothing in hand. */
  drained(): Promise<void>;
  close(): Promise<void>;
}

/** Starts both. `environment` adds to the app's settings, or overrides them; `flags` are those of Node. */
export async function startLab(
  environment: Record<string, string> = {},
  flags: readonly string[] = NODE_FLAGS,
): Promise<Lab> {
  const waiting = new Map<number, (check: FinishedCheck) => void>();
  const github = await createGitHub({
    seed: seed({ manifest: MANIFEST }),
    rateLimit: 10_000_000,
    onCall(call) {
      const number = finishedBy(call);
      if (number === null) return;
      waiting.get(number)?.({ number, at: performance.now() });
      waiting.delete(number);
    },
  });
  // Pull requests are told of by us, to the millisecond; all other events go out as they do in life.
  const told = new Set(['pull_request', 'push', 'check_suite']);
  github.webhookOptions.drop = ({ event }) => told.has(event);
  const { child, url } = await startApp(github.url, environment, flags);
  github.setWebhookUrl(url);
  const origin = new URL(url).origin;

  const alice = as(github, 'alice');
  await push(alice, {
    ...WHERE,
    branch: 'main',
    files: {
      'src/a.ts': 'export const a = 1;\n',
      'package.json': '{}\n',
      '.gitattributes': '*.snap linguist-generated\n',
    },
  });
  let opened = 0;

  async function readMetrics(): Promise<string> {
    return (await fetch(`${origin}/metrics`)).text();
  }

  async function metric(name: string, labels = ''): Promise<number> {
    let sum = 0;
    for (const line of (await readMetrics()).split('\n')) {
      if (!line.startsWith(`${name}{`) && !line.startsWith(`${name} `)) continue;
      if (line.includes(labels)) sum += Number(line.slice(line.lastIndexOf(' ') + 1));
    }
    return sum;
  }

  return {
    github,
    url,
    metric,
    async openQuietly(count) {
      const made: { number: number; head: string }[] = [];
      for (let index = 0; index < count; index++) {
        const branch = `topic-${++opened}`;
        const text = Array.from({ length: 20 }, (_, line) => `export const v${line} = ${opened};\n`).join('');
        await push(alice, { ...WHERE, branch, files: { [`src/${branch}.ts`]: text, [`src/${branch}.test.ts`]: text } });
        const { number, head } = await openPullRequest(alice, { ...WHERE, head: branch, title: `Change ${opened}` });
        made.push({ number, head: head.sha });
      }
      return made;
    },
    deliver: (number, head) => deliver(url, number, head),
    nextCheck: (number) => new Promise((resolve) => waiting.set(number, resolve)),
    async memory() {
      const { readFile } = await import('node:fs/promises');
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
      const of = (field: string) => Math.round(Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) / 1024);
      return { nowMb: of('VmRSS'), peakMb: of('VmHWM') };
    },
    async drained() {
      for (;;) {
        await github.idle();
        const left =
          (await metric('composure_queue_depth', 'state="due"')) +
          (await metric('composure_queue_depth', 'state="waiting"')) +
          (await metric('composure_queue_depth', 'state="claimed"'));
        if (left === 0) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async close() {
      child.kill('SIGTERM');
      await new Promise((resolve) => (child.exitCode === null ? child.once('exit', resolve) : resolve(null)));
      await github.close();
    },
  };
}

/** The number of the pull request whose check this call finished. */
function finishedBy({ method, path, status, body }: Call): number | null {
  if ((method !== 'POST' && method !== 'PATCH') || !path.includes('/check-runs') || status >= 300) return null;
  const { status: state, external_id: number } = body as { status?: string; external_id?: string };
  return state === 'completed' ? Number(number) : null;
}

async function startApp(githubUrl: string, environment: Record<string, string>, flags: readonly string[]) {
  const launcher = fileURLToPath(new URL('../../bin/composure.js', import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [...flags, launcher, 'start'], {
    env: {
      PATH: process.env.PATH,
      APP_ID: String(APP.id),
      PRIVATE_KEY: APP.privateKey,
      WEBHOOK_SECRET: APP.webhookSecret,
      GITHUB_API_URL: githubUrl,
      HOST: '127.0.0.1',
      PORT: '0',
      LOG_FORMAT: 'json',
      LOG_LEVEL: 'info',
      DATABASE_URL: 'memory:',
      COMPOSURE_GITHUB_BUDGET: 'unlimited',
      COMPOSURE_DEBOUNCE_MS: '0',
      COMPOSURE_NPM_REGISTRY: 'off',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    let seen = '';
    child.stdout?.on('data', (chunk) => {
      const line = String(chunk);
      // Read on, and forget: the log must never fill the pipe.
      if (seen.length < 20_000) seen += line;
      const found = /Composure listens on (http:\/\/[^"\s]+)/.exec(seen)?.[1];
      if (found) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`The app ended with ${code} before it listened:\n${seen}`)));
  });
  return { child, url };
}

async function deliver(url: string, number: number, head: string): Promise<number> {
  const body = JSON.stringify({
    action: 'synchronize',
    number,
    pull_request: { number, head: { sha: head } },
    repository: { name: WHERE.repo, owner: { login: WHERE.owner } },
    installation: { id: APP.installationId },
    sender: { login: 'alice', type: 'User' },
  });
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'pull_request',
      'x-github-delivery': randomUUID(),
      'x-hub-signature-256': `sha256=${createHmac('sha256', APP.webhookSecret).update(body).digest('hex')}`,
    },
    body,
  });
  await response.arrayBuffer();
  return response.status;
}
