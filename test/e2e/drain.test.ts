import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { composure } from '../cli/package-folder.ts';
import { createGitHub, type GitHub } from '../support/github/index.ts';
import { as, openPullRequest, push } from '../support/github/people.ts';
import { APP, seed } from '../support/github/seed.ts';
import { MANIFEST } from '../support/harness.ts';
import { temporaryFolder } from '../support/local-repository.ts';

const WHERE = { owner: 'acme', repo: 'widgets' };

let github: GitHub;
let head: string;
let database: string;

beforeEach(async () => {
  github = await createGitHub({ seed: seed({ manifest: MANIFEST }) });
  database = `sqlite:${temporaryFolder('data')}/composure.db`;
  const alice = as(github, 'alice');
  await push(alice, { ...WHERE, branch: 'small', files: { 'src/a.ts': 'export {};\n' } });
});

afterEach(() => github.close());

/** Runs the app as operators do; `act` is called once it listens. */
async function start(act: (pid: number, origin: string) => Promise<void>) {
  let acting: Promise<void> | undefined;
  const ended = await composure(['start'], {
    env: {
      APP_ID: String(APP.id),
      PRIVATE_KEY: APP.privateKey,
      WEBHOOK_SECRET: APP.webhookSecret,
      GITHUB_API_URL: github.url,
      COMPOSURE_DEBOUNCE_MS: '0',
      COMPOSURE_NPM_REGISTRY: 'off',
      DATABASE_URL: database,
      HOST: '127.0.0.1',
      PORT: '0',
      LOG_FORMAT: 'json',
    },
    onOutput(stdout, pid) {
      const url = /Composure listens on (http:\S+\/api\/github\/webhooks)/.exec(stdout)?.[1];
      if (url === undefined || acting) return;
      github.setWebhookUrl(url);
      acting = act(pid, new URL(url).origin);
      // Whatever goes wrong here, nothing is left running.
      acting.catch(() => process.kill(pid, 'SIGKILL'));
    },
  });
  await acting;
  return ended;
}

/** Opens a pull request whose reading takes so long, and resolves when it is being read. */
async function openSlowly(delayMs: number): Promise<void> {
  // After the first sweep, which would mark it once more.
  await vi.waitFor(() => expect(github.calls.some(({ path }) => path === '/installation/repositories')).toBe(true), {
    timeout: 20_000,
  });
  const fault = { path: /^\/repos\/acme\/widgets\/pulls\/\d+\/files/, as: 'installation', times: 1, delayMs };
  github.faults.push(fault);
  const pull = await openPullRequest(as(github, 'alice'), { ...WHERE, head: 'small' });
  head = pull.head.sha;
  await vi.waitFor(() => expect(github.faults).not.toContain(fault), { timeout: 20_000, interval: 10 });
}

async function checks() {
  const { data } = await as(github, 'alice').rest.checks.listForRef({ ...WHERE, ref: head, check_name: 'Composure' });
  return data.check_runs.filter(({ status }) => status === 'completed');
}

it('finishes what it has in hand when it is told to stop, and takes nothing more', async () => {
  let refused = false;
  const ended = await start(async (pid, origin) => {
    await openSlowly(2_000);
    process.kill(pid, 'SIGTERM');
    await vi.waitFor(async () => {
      refused = await fetch(`${origin}/healthz`).then(
        () => false,
        () => true,
      );
      expect(refused).toBe(true);
    });
    expect(await checks()).toEqual([]);
  });
  expect({ code: ended.code, signal: ended.signal }).toEqual({ code: 0, signal: null });
  expect(await checks()).toHaveLength(1);
}, 60_000);

it('ends within 25 seconds whatever hangs, and does the work after the next start', async () => {
  let toldAt = 0;
  const ended = await start(async (pid) => {
    await openSlowly(30_000);
    toldAt = performance.now();
    process.kill(pid, 'SIGTERM');
  });
  const seconds = (performance.now() - toldAt) / 1_000;
  expect(ended.code).toBe(1);
  expect(ended.stdout).toContain('did not finish in time');
  expect(seconds).toBeGreaterThan(20);
  expect(seconds).toBeLessThan(27);
  expect(await checks()).toEqual([]);
  const again = await start(async (pid) => {
    await vi.waitFor(async () => expect(await checks()).toHaveLength(1), { timeout: 20_000, interval: 50 });
    process.kill(pid, 'SIGTERM');
  });
  expect(again.code).toBe(0);
}, 90_000);
