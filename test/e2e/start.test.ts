import { createHmac, randomUUID } from 'node:crypto';
import { expect, it, vi } from 'vitest';
import { composure } from '../cli/package-folder.ts';
import { createGitHub } from '../support/github/index.ts';
import { as, openPullRequest, push } from '../support/github/people.ts';
import { APP, seed } from '../support/github/seed.ts';
import { temporaryFolder } from '../support/local-repository.ts';

const WHERE = { owner: 'acme', repo: 'widgets' };

it('runs as a process of its own, answers a signed event, and ends with 0 when it is told to stop', async () => {
  const github = await createGitHub({ seed: seed() });
  try {
    const alice = as(github, 'alice');
    await push(alice, { ...WHERE, branch: 'small', files: { 'src/a.ts': 'export {};\n' } });
    // Somebody else who may answer: where only the author could, Composure warns instead of waiting for ever.
    await alice.rest.repos.addCollaborator({ ...WHERE, username: 'bob', permission: 'push' });
    const pull = await openPullRequest(alice, { ...WHERE, head: 'small' });
    const checks = async () => {
      const { data } = await alice.rest.checks.listForRef({ ...WHERE, ref: pull.head.sha, check_name: 'Composure' });
      return data.check_runs.filter((run) => run.status === 'completed');
    };
    let told = false;
    let answered = 0;
    const ended = await composure(['start'], {
      env: {
        APP_ID: String(APP.id),
        PRIVATE_KEY: APP.privateKey,
        WEBHOOK_SECRET: APP.webhookSecret,
        GITHUB_API_URL: github.url,
        COMPOSURE_GITHUB_BUDGET: 'unlimited',
        COMPOSURE_DEBOUNCE_MS: '0',
        COMPOSURE_NPM_REGISTRY: 'off',
        DATABASE_URL: `sqlite:${temporaryFolder('data')}/composure.db`,
        HOST: '127.0.0.1',
        PORT: '0',
        LOG_FORMAT: 'json',
      },
      onOutput(stdout, pid) {
        const url = /Composure listens on (http:\S+\/api\/github\/webhooks)/.exec(stdout)?.[1];
        if (url === undefined || told) return;
        told = true;
        void deliver(url, pull.number)
          .then(async (status) => {
            answered = status;
            await vi.waitFor(async () => expect((await checks()).length).toBe(1), { timeout: 20_000, interval: 50 });
          })
          .finally(() => process.kill(pid, 'SIGTERM'))
          .catch(() => {});
      },
    });
    expect(answered).toBeOneOf([200, 202]);
    expect({ code: ended.code, signal: ended.signal }).toEqual({ code: 0, signal: null });
    expect(await checks()).toMatchObject([{ status: 'completed', conclusion: 'action_required' }]);
  } finally {
    await github.close();
  }
}, 60_000);

it('names what is wrong and ends with 1 where a setting is missing', async () => {
  const ended = await composure(['start'], { env: { APP_ID: '12345', NODE_ENV: 'production' } });
  expect(ended.code).toBe(1);
  expect(ended.stderr).toContain('PRIVATE_KEY');
  expect(ended.stderr).toContain('WEBHOOK_SECRET');
  expect(ended.stderr).not.toContain('APP_ID');
});

async function deliver(url: string, number: number): Promise<number> {
  const body = JSON.stringify({
    action: 'opened',
    number,
    pull_request: { number, head: { sha: 'f'.repeat(40) } },
    repository: { name: WHERE.repo, owner: { login: WHERE.owner } },
    installation: { id: APP.installationId },
    sender: { login: 'alice', type: 'User' },
  });
  const signature = createHmac('sha256', APP.webhookSecret).update(body).digest('hex');
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'pull_request',
      'x-github-delivery': randomUUID(),
      'x-hub-signature-256': `sha256=${signature}`,
    },
    body,
  });
  return response.status;
}
