import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WEBHOOK_PATH } from '../../src/app.ts';
import { createTimeline, prepareReplica } from '../../test/support/chaos/replica.ts';
import { createGitHub } from '../../test/support/github/index.ts';
import { as, openPullRequest, push } from '../../test/support/github/people.ts';
import { APP, seed } from '../../test/support/github/seed.ts';
import { createSender, pushWebhook } from './webhooks.ts';

const EVENTS = 30;
const AT = { installation: APP.installationId, owner: 'acme', repo: 'widgets' } as const;

/**
 * The peers' test of loss: thirty events about thirty pull requests are accepted, the process is killed at once, and
 * another is started. How many have their verdict. GitHub refuses the second one its list of installations, so that it
 * does not sweep: what answers is what was accepted.
 */
export async function measureKilled(): Promise<{ accepted: number; answered: number }> {
  const github = await createGitHub({ seed: seed(), rateLimit: 1_000_000 });
  const folder = mkdtempSync(join(tmpdir(), 'composure-bench-'));
  const env = {
    APP_ID: String(APP.id),
    PRIVATE_KEY: APP.privateKey,
    WEBHOOK_SECRET: APP.webhookSecret,
    HOST: '127.0.0.1',
    PORT: '0',
    GITHUB_API_URL: github.url,
    COMPOSURE_GITHUB_BUDGET: 'unlimited',
    COMPOSURE_NPM_REGISTRY: 'off',
    COMPOSURE_DEBOUNCE_MS: '1000',
    DATABASE_URL: `sqlite:${join(folder, 'work.db')}`,
  };
  const sender = createSender(EVENTS);
  const timeline = createTimeline();
  const first = await prepareReplica(env, timeline);
  const second = await prepareReplica(env, timeline);
  try {
    const url = `${await first.start()}${WEBHOOK_PATH}`;
    await first.idle();
    // Without its list of installations a process does not sweep.
    github.faults.push({ path: /\/app\/installations$/, method: 'GET', status: 503 });
    const alice = as(github, 'alice');
    const heads: string[] = [];
    const where = { owner: AT.owner, repo: AT.repo };
    github.webhookOptions.drop = () => true;
    for (let index = 1; index <= EVENTS; index++) {
      const head = `branch-${index}`;
      await push(alice, { ...where, branch: head, files: { [`src/${index}.ts`]: `export const n = ${index};\n` } });
      heads.push((await openPullRequest(alice, { ...where, head })).head.sha);
    }
    const statuses = await Promise.all(
      heads.map((_, index) => sender.send(url, pushWebhook({ ...AT, number: index + 1 }))),
    );
    await first.kill();
    await second.start();
    while ((await second.stats()).waiting + (await second.stats()).claimed > 0) await second.idle();
    let answered = 0;
    for (const ref of heads) {
      const { data } = await alice.rest.checks.listForRef({ ...where, ref, check_name: 'Composure' });
      if (data.check_runs.some(({ status }) => status === 'completed')) answered++;
    }
    return { accepted: statuses.filter((status) => status < 300).length, answered };
  } finally {
    sender.close();
    await second.kill();
    await github.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
