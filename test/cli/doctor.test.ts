import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { WEBHOOK_PATH } from '../../src/app.ts';
import type { DoctorFinding } from '../../src/cli/doctor/finding.ts';
import { judgeApp, judgeClock, judgeDeliveries, judgeRepository, judgeWebhook } from '../../src/cli/doctor/judge.ts';
import { doctor } from '../../src/cli/doctor.ts';
import { insideOf } from '../support/github/index.ts';
import { APP } from '../support/github/seed.ts';
import { Scene } from '../support/scene.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
  await scene.prepare({ 'src/a.ts': 'export {};\n' });
});
afterAll(() => scene.harness.stop());

function examineAs(format: 'text' | 'json', environment: Record<string, string>, clock: () => Date) {
  const { github, registry } = scene.harness;
  return doctor(
    { format },
    {
      environment: {
        APP_ID: String(APP.id),
        WEBHOOK_SECRET: APP.webhookSecret,
        GITHUB_API_URL: github.url,
        COMPOSURE_NPM_REGISTRY: registry.url,
        DATABASE_URL: 'sqlite:/tmp/composure-doctor/never-made.db',
        ...environment,
      },
      privateKey: APP.privateKey,
      webhookPath: WEBHOOK_PATH,
      clock,
      sleep: async () => {},
    },
  );
}

async function examine(environment: Record<string, string> = {}, clock = () => new Date()) {
  const { exitCode, output } = await examineAs('json', environment, clock);
  const { findings } = JSON.parse(output) as { findings: DoctorFinding[] };
  return { exitCode, findings, of: (subject: string) => findings.find((finding) => finding.subject === subject) };
}

describe('against a GitHub', () => {
  it('finds nothing broken where nothing is, and says what should be better', async () => {
    const { exitCode, findings, of } = await examine();
    expect(findings.filter(({ level }) => level === 'problem')).toEqual([]);
    expect(exitCode).toBe(0);
    expect(of('webhook URL')).toMatchObject({ level: 'warning', cure: expect.stringContaining('https') });
    expect(of('ruleset acme/widgets')).toMatchObject({
      level: 'warning',
      cure: expect.stringContaining(String(APP.id)),
    });
    for (const subject of [
      'settings',
      'GitHub',
      'clock',
      'permissions',
      'events',
      'webhook secret',
      'deliveries',
      'installation acme',
      'store',
      'npm registry',
      'OSV',
      'deps.dev',
    ]) {
      expect(of(subject), subject).toMatchObject({ level: 'ok', cure: null });
    }
  });

  it('sees the ruleset that requires our check from us', async () => {
    await scene.requireCheck();
    expect((await examine()).of('ruleset acme/widgets')).toMatchObject({ level: 'ok' });
  });

  it('knows a wrong secret by the deliveries it spoils', async () => {
    const asApp = await appClient();
    await asApp('PATCH', '/app/hook/config', { secret: 'another secret' });
    await scene.open('bob', { branch: 'spoiled', files: { 'src/b.ts': 'export {};\n' } });
    const { exitCode, of } = await examine();
    expect(exitCode).toBe(1);
    expect(of('deliveries')).toMatchObject({ level: 'problem', cure: expect.stringContaining('WEBHOOK_SECRET') });
    await asApp('PATCH', '/app/hook/config', { secret: APP.webhookSecret });
  });

  it('says which setting is missing before it asks anybody', async () => {
    const { exitCode, findings } = await examine({ APP_ID: 'composure' });
    expect(exitCode).toBe(1);
    expect(findings[0]).toMatchObject({
      subject: 'settings',
      level: 'problem',
      seen: expect.stringContaining('APP_ID'),
    });
  });

  it.each([
    ['GitHub', { GITHUB_API_URL: 'http://127.0.0.1:9' }, 'problem'],
    ['store', { DATABASE_URL: 'postgres://me:hunter2@127.0.0.1:9/db' }, 'problem'],
    ['store', { DATABASE_URL: 'sqlite:./package.json/composure.db' }, 'problem'],
    ['store', { DATABASE_URL: 'memory:' }, 'warning'],
    ['npm registry', { COMPOSURE_NPM_REGISTRY: 'http://127.0.0.1:9' }, 'warning'],
    ['OSV', { COMPOSURE_OSV_URL: 'http://127.0.0.1:9' }, 'warning'],
    ['deps.dev', { COMPOSURE_DEPSDEV_URL: 'http://127.0.0.1:9' }, 'warning'],
    ['GitHub', { APP_ID: '4321' }, 'problem'],
  ])('sees that the %s is not there: %o', async (subject, environment, level) => {
    const { findings, of } = await examine(environment);
    expect(of(subject)).toMatchObject({ level, cure: expect.any(String) });
    expect(JSON.stringify(findings)).not.toContain('hunter2');
  });
});

describe('what GitHub has of the App', () => {
  const rows = () => {
    const { apps, appInstallations } = insideOf(scene.harness.github).tables;
    const [app] = apps.all();
    const [installation] = appInstallations.all();
    if (!app || !installation) throw new Error('no App');
    return { app, installation };
  };
  type Rows = ReturnType<typeof rows>;
  const without = (permissions: Record<string, string>, name: string) =>
    Object.fromEntries(Object.entries(permissions).filter(([one]) => one !== name));

  it.each<[string, string, (rows: Rows) => object, (rows: Rows) => object, string, RegExp]>([
    [
      'a permission less',
      'permissions',
      ({ app }) => app,
      ({ app }) => ({ permissions: without(app.permissions, 'checks') }),
      'problem',
      /checks: write/,
    ],
    [
      'an event less',
      'events',
      ({ app }) => app,
      ({ app }) => ({ events: app.events.filter((event) => event !== 'merge_group') }),
      'problem',
      /merge_group/,
    ],
    ['no address for events', 'webhook URL', ({ app }) => app, () => ({ webhook_url: null }), 'problem', /no address/],
    [
      'another path',
      'webhook URL',
      ({ app }) => app,
      () => ({ webhook_url: 'https://a.example/' }),
      'problem',
      /listens at/,
    ],
    ['no secret', 'webhook secret', ({ app }) => app, () => ({ webhook_secret: null }), 'problem', /None is set/],
    [
      'an organisation that has not agreed',
      'installation acme',
      ({ installation }) => installation,
      ({ installation }) => ({ permissions: without(installation.permissions, 'members') }),
      'problem',
      /members: read/,
    ],
    [
      'an organisation that has suspended it',
      'installation acme',
      ({ installation }) => installation,
      () => ({ suspended_at: '2026-11-20T12:00:00Z' }),
      'warning',
      /suspended/,
    ],
    [
      'an organisation that hears less than the App asks for',
      'installation acme',
      ({ installation }) => installation,
      ({ installation }) => ({ events: installation.events.filter((event) => event !== 'merge_group') }),
      'problem',
      /nothing is heard from there of merge_group/i,
    ],
  ])('%s is seen, with a cure', async (_, subject, pick, change, level, words) => {
    const row = pick(rows());
    const before = { ...row };
    Object.assign(row, change(rows()));
    try {
      const finding = (await examine()).of(subject);
      expect(finding).toMatchObject({ level, seen: expect.stringMatching(words), cure: expect.stringMatching(/\w/) });
    } finally {
      Object.assign(row, before);
    }
  });

  it('a clock that is off is seen against GitHub’s', async () => {
    const { exitCode, of } = await examine({}, () => new Date(Date.now() + 90_000));
    expect(exitCode).toBe(1);
    expect(of('clock')).toMatchObject({ level: 'problem', cure: expect.stringContaining('NTP') });
  });

  it('a clock so far off that GitHub refuses our key is named, before the key is blamed', async () => {
    const { github } = scene.harness;
    github.faults.push({ path: /^\/app$/, method: 'GET', as: 'jwt', times: 1, status: 401 });
    const { findings } = await examine({}, () => new Date(Date.now() - 3_600_000));
    expect(findings.map(({ subject }) => subject).slice(1, 3)).toEqual(['clock', 'GitHub']);
    github.faults.push({ path: /^\/app$/, method: 'GET', as: 'jwt', times: 1, status: 401 });
    expect((await examine()).of('clock')).toBeUndefined();
  });

  it('an attempt that is still under way is none that failed', async () => {
    const before = (await examine()).of('deliveries');
    const { deliveries } = insideOf(scene.harness.github);
    const underWay = {
      ...deliveries.at(-1)!,
      status: 'pending',
      status_code: 0,
      delivered_at: new Date().toISOString(),
    };
    deliveries.push(underWay);
    try {
      expect((await examine()).of('deliveries')).toEqual(before);
    } finally {
      deliveries.pop();
    }
  });

  it('is told to people in lines that count right', async () => {
    const { output } = await examineAs('text', {}, () => new Date(Date.now() + 90_000));
    expect(output).toMatch(/^✗ clock: .*ahead of GitHub\.\n {4}→ /m);
    expect(output).toMatch(/\n2 problems, 1 warning, \d+ in order\n$/);
  });
});

describe('judging', () => {
  const manifest = { default_permissions: { checks: 'write', contents: 'read' }, default_events: ['push'] };

  test.each([
    ['exactly that', { checks: 'write', contents: 'read' }, ['push'], ['ok', 'ok']],
    ['a weaker permission', { checks: 'read', contents: 'read' }, ['push'], ['problem', 'ok']],
    ['a missing permission and event', { checks: 'write' }, [], ['problem', 'problem']],
    ['more than is used', { checks: 'write', contents: 'write' }, ['push'], ['warning', 'ok']],
  ])('an App with %s', (_, permissions, events, levels) => {
    const app = { id: 1, slug: 'a', permissions, events, date: null };
    expect(judgeApp(app, manifest).map(({ level }) => level)).toEqual(levels);
  });

  const at = '2026-11-20T12:00:00Z';
  test.each([
    ['none', [], 'warning', /Open a pull request/],
    ['all arrived', [200, 202], 'ok', /arrived/],
    ['refused before, right now', [200, 401], 'warning', /newest arrived/],
    ['a wrong secret', [401, 200], 'problem', /signature was refused \(401\).*WEBHOOK_SECRET/],
    ['a form instead of JSON', [400], 'problem', /could not read it \(400\).*“Content type” to application\/json/],
    ['a proxy that caps bodies', [413], 'problem', /too large.*25 MB.*client_max_body_size/],
    ['a redirect', [301], 'problem', /sent elsewhere.*“Webhook URL”/],
    ['a firewall', [403], 'problem', /before the app refused.*\/meta/],
    ['another service at that address', [404], 'problem', /something else answers.*lead to the app/],
    ['a store that fails', [500], 'problem', /could not store it.*its log and the store/],
    ['nobody', [0, 200], 'problem', /nobody answered\. GitHub does not reach/],
    ['a proxy without an app', [502], 'problem', /not reached.*what the proxy before it says/],
  ])('deliveries: %s', (_, codes, level, words) => {
    const finding = judgeDeliveries(codes.map((statusCode) => ({ event: 'push', at, statusCode })));
    expect(finding.level).toBe(level);
    expect(`${finding.seen} ${finding.cure}`).toMatch(words);
  });

  test.each([
    ['https://a.example/api/github/webhooks', true, 'ok'],
    ['http://a.example/api/github/webhooks', true, 'warning'],
    ['https://a.example/api/github/webhooks', false, 'warning'],
    ['https://a.example/', true, 'problem'],
    [null, true, 'problem'],
  ])('a webhook that goes to %s, certificate verified: %s', (url, verifiesTls, level) => {
    const [finding] = judgeWebhook({ url, verifiesTls, contentType: 'json', hasSecret: true }, '/api/github/webhooks');
    expect(finding?.level).toBe(level);
  });

  test.each([
    [
      { url: 'https://a.example/', contentType: 'json' },
      /“Webhook URL” to https:\/\/a\.example\/api\/github\/webhooks /,
    ],
    [{ url: null, contentType: 'json' }, /“Webhook URL” to the address.*with \/api\/github\/webhooks at its end/],
    [{ url: 'https://a.example/api/github/webhooks', contentType: 'form' }, /“Content type” to application\/json/],
  ])('what is wrong with a webhook is said with what to enter where: %j', (webhook, words) => {
    const findings = judgeWebhook({ verifiesTls: true, hasSecret: true, ...webhook }, '/api/github/webhooks');
    expect(findings.map(({ cure }) => cure).join('\n')).toMatch(words);
  });

  test.each<[string, { context: string; integrationId: number | null }[], string, RegExp]>([
    ['none', [{ context: 'build', integrationId: 3 }], 'warning', /No ruleset makes main wait.*Settings → Rules/],
    ['ours', [{ context: 'Composure', integrationId: 7 }], 'ok', /waits for our check/],
    [
      'ours, from anybody',
      [{ context: 'Composure', integrationId: null }],
      'warning',
      /from anybody.*integration_id 7/,
    ],
    [
      'that of another App',
      [{ context: 'Composure', integrationId: 3 }],
      'problem',
      /another App.*“Expected” for ever.*7/,
    ],
    [
      'one of nobody',
      [{ context: 'composure', integrationId: 7 }],
      'problem',
      /called composure.*spelt.*Composure from/,
    ],
    [
      'ours, and one of nobody',
      [
        { context: 'Composure', integrationId: 7 },
        { context: 'COMPOSURE', integrationId: null },
      ],
      'problem',
      /called COMPOSURE/,
    ],
  ])('a ruleset that requires %s', (_, required, level, words) => {
    const repository = { fullName: 'a/b', branch: 'main', required, queueWaitsMinutes: null };
    const [rule] = judgeRepository(repository, 'Composure', 7);
    expect(rule?.level).toBe(level);
    expect(`${rule?.seen} ${rule?.cure}`).toMatch(words);
  });

  test.each([
    [null, 1],
    [60, 1],
    [10, 1],
    [5, 2],
  ])('a merge queue that waits for %s minutes', (queueWaitsMinutes, findings) => {
    const repository = { fullName: 'a/b', branch: 'main', required: [], queueWaitsMinutes };
    const [, queue, ...others] = judgeRepository(repository, 'Composure', 7);
    expect(others).toEqual([]);
    expect(queue === undefined ? 1 : 2).toBe(findings);
    if (queue) expect(queue).toMatchObject({ subject: 'merge queue a/b', level: 'warning' });
  });

  test.each([
    [0, 'ok'],
    [-29, 'ok'],
    [45, 'problem'],
    [-45, 'problem'],
  ])('a clock %d s off', (seconds, level) => {
    expect(judgeClock(at, Date.parse(at) + seconds * 1_000).level).toBe(level);
  });
});

/** A client that signs as the App, for what only its owner may change. */
async function appClient() {
  const { createAppAuth } = await import('@octokit/auth-app');
  const { token } = await createAppAuth({ appId: APP.id, privateKey: APP.privateKey })({ type: 'app' });
  return (method: string, path: string, body: object) =>
    fetch(`${scene.harness.github.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
}
