import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { layoutOf, nodesOf } from '../render/github-flavour.ts';
import type { Call } from '../support/github/index.ts';
import { validateGraphql, validateRequest } from '../support/github/openapi.ts';
import { Scene } from '../support/scene.ts';

let scene: Scene;
/** Requests of the app that GitHub's own description does not allow. */
const invalid: string[] = [];

beforeAll(async () => {
  scene = await Scene.open({ packages: { zod: { versions: ['3.25.76', '4.6.7'] } }, onCall: check });
});

afterAll(async () => {
  await scene.harness.stop();
  expect(invalid).toEqual([]);
});

beforeEach(async () => {
  await scene.settle();
  scene.harness.github.reset();
  await scene.prepare(BASE);
  scene.harness.takeCalls();
});

function check(call: Call): void {
  if (call.as !== 'installation' && call.as !== 'jwt') return;
  const query = call.query ? `?${call.query}` : '';
  const problems =
    call.path === '/graphql'
      ? validateGraphql((call.body as { query: string }).query)
      : validateRequest(call.method, `${call.path}${query}`, call.body);
  invalid.push(...problems.map((problem) => `${call.method} ${call.path}: ${problem}`));
}

const BASE = {
  'README.md': '# Widgets\n',
  'src/widgets.ts': 'export const widgets = 1;\n',
  'package.json': '{\n  "name": "widgets",\n  "dependencies": { "zod": "^4.0.0" }\n}\n',
  'docs/adr/0001-keep-it.md':
    '# 1. Keep widgets in memory\n\n## Status\n\nAccepted\n\n## Context\n\nThere are few widgets, and they are made anew at each start.\n\n## Decision\n\nWe keep them in a map in memory.\n\n## Consequences\n\nThey are gone after a restart, which nobody minds today.\n',
};

const small = { 'src/count.ts': "import { widgets } from './widgets.ts';\nexport const count = widgets;\n" };

describe('a pull request comes in', () => {
  it('gets one check and one comment, and opens when a reviewer has ticked', async () => {
    await scene.requireCheck();
    const on = await scene.open('bob', { branch: 'small', files: small });
    expect(await scene.check(on)).toMatchObject({
      status: 'completed',
      conclusion: 'action_required',
      externalId: String(on.number),
    });
    expect((await scene.comment(on))?.body).toMatch(/^<!-- composure -->/);
    expect(await scene.merge('bob', on)).toBe('refused');

    await scene.tick('carol', on);
    expect(await scene.check(on)).toMatchObject({ conclusion: 'success' });
    expect((await scene.comment(on))?.body).toContain('carol');
    expect(await scene.merge('carol', on)).toBe('merged');
  });

  it('undoes the ticks of the author, and of nobody else', async () => {
    const on = await scene.open('bob', { branch: 'small', files: small });
    await scene.tick('carol', on, 1);
    await scene.tick('bob', on);
    const body = (await scene.comment(on))?.body ?? '';
    expect(body.match(/^- \[x\]/gm)).toHaveLength(1);
    expect(body.match(/^- \[ \]/gm)?.length).toBeGreaterThan(0);
    expect(await scene.check(on)).toMatchObject({ conclusion: 'action_required' });
  });

  it.each([
    ['an oversized change', 'size', { 'src/big.ts': 'export const line = 1;\n'.repeat(900) }],
    [
      'a package that does not exist',
      'dependencies',
      { 'package.json': BASE['package.json'].replace('"zod"', '"zodd-schema-tools": "^1.0.0", "zod"') },
    ],
    [
      'a range that nothing satisfies',
      'dependencies',
      { 'package.json': BASE['package.json'].replace('^4.0.0', '^9.0.0') },
    ],
    [
      'a migration without a record',
      'adr',
      { 'migrations/0002_owners.sql': 'CREATE TABLE owners (id INT PRIMARY KEY);\n' },
    ],
  ])('is held back for %s', async (_, practice, files) => {
    await scene.requireCheck();
    const on = await scene.open('bob', { branch: 'held', files });
    const seen = await scene.check(on);
    expect(seen).toMatchObject({ conclusion: 'failure' });
    expect(seen?.title).toContain(practice);
    await scene.tick('carol', on);
    expect(await scene.merge('carol', on)).toBe('refused');
  });

  it('writes nothing when the same state is evaluated again', async () => {
    const on = await scene.open('bob', { branch: 'small', files: { ...small, 'src/big.ts': 'x();\n'.repeat(900) } });
    scene.harness.takeCalls();
    await scene.as('alice').rest.issues.addLabels({ ...scene.where, issue_number: on.number, labels: ['later'] });
    await scene.settle();
    const calls = scene.harness.takeCalls();
    expect(calls.length).toBeGreaterThan(0);
    expect(calls.filter(isWrite)).toEqual([]);
  });

  it('costs at most 8 requests when it is opened and 5 after a push', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`src/part${index}/a.ts`, 'export {};\n']),
    );
    scene.harness.takeCalls();
    const on = await scene.open('bob', {
      branch: 'ordinary',
      files: { ...many, 'package.json': BASE['package.json'].replace('4.0.0', '4.6.0') },
    });
    const opened = scene.harness.takeCalls();
    await scene.push('bob', on, { 'src/part0/b.ts': 'export {};\n' });
    const pushed = scene.harness.takeCalls();
    expect(await scene.check(on)).toMatchObject({ conclusion: 'action_required' });
    expect(opened.length).toBeGreaterThan(2);
    expect(opened.map(nameOf)).toSatisfy((calls: string[]) => calls.length <= 8);
    expect(pushed.map(nameOf)).toSatisfy((calls: string[]) => calls.length <= 5);
  });

  it('judges 3,000 files whole', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 3_000 }, (_, index) => [`src/f${index}.ts`, 'export const a = 1;\n'.repeat(3)]),
    );
    const on = await scene.open('bob', { branch: 'many', files });
    const seen = await scene.check(on);
    expect(seen).toMatchObject({ conclusion: 'failure' });
    expect(`${seen?.summary}${seen?.text}`).toMatch(/9,?000/);
    // Whoever opens the files is told the same a few times, not three thousand.
    expect(seen?.annotations.length).toBeLessThanOrEqual(50);
  }, 60_000);
});

describe('events', () => {
  it('are refused with a wrong signature, and change nothing', async () => {
    const on = await scene.open('bob', { branch: 'small', files: small });
    const { app, github } = scene.harness;
    const delivery = github.deliveries.find((one) => one.event === 'pull_request');
    scene.harness.takeCalls();
    for (const signature of ['sha256=00', `sha256=${'0'.repeat(64)}`, '']) {
      const response = await fetch(`${app.url}/api/github/webhooks`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-github-event': 'pull_request',
          'x-github-delivery': crypto.randomUUID(),
          'x-hub-signature-256': signature,
        },
        body: JSON.stringify(delivery?.request.payload),
      });
      expect([400, 401]).toContain(response.status);
    }
    await scene.settle();
    expect(scene.harness.takeCalls()).toEqual([]);
    expect(on.number).toBeGreaterThan(0);
  });

  it('of our own writing start nothing', async () => {
    await scene.open('bob', { branch: 'small', files: small });
    const snapshots = scene.harness.takeCalls().filter((call) => nameOf(call).includes('ComposureSnapshot'));
    expect(snapshots).toHaveLength(1);
  });

  it('ask again: by the check, by the suite, by a command', async () => {
    const on = await scene.open('bob', { branch: 'small', files: small });
    const seen = await scene.check(on);
    const alice = scene.as('alice');
    const again: (() => Promise<unknown>)[] = [
      () => alice.rest.checks.rerequestRun({ ...scene.where, check_run_id: seen?.id ?? 0 }),
      () => alice.rest.issues.createComment({ ...scene.where, issue_number: on.number, body: '/composure recheck' }),
    ];
    for (const ask of again) {
      scene.harness.takeCalls();
      await ask();
      await scene.settle();
      expect(scene.harness.takeCalls().some((call) => nameOf(call).includes('ComposureSnapshot'))).toBe(true);
      expect(await scene.check(on)).toMatchObject({ status: 'completed', conclusion: 'action_required' });
    }
  });

  it('bring the comment back when somebody deletes it, with its boxes open', async () => {
    const on = await scene.open('bob', { branch: 'small', files: small });
    await scene.tick('carol', on);
    const comment = await scene.comment(on);
    await scene.as('alice').rest.issues.deleteComment({ ...scene.where, comment_id: comment?.id ?? 0 });
    await scene.settle();
    expect((await scene.comment(on))?.body).toMatch(/- \[ \]/);
    expect(await scene.check(on)).toMatchObject({ conclusion: 'action_required' });
  });

  it('leave closed pull requests as they are', async () => {
    const on = await scene.open('bob', { branch: 'small', files: small });
    await scene.as('bob').rest.pulls.update({ ...scene.where, pull_number: on.number, state: 'closed' });
    await scene.settle();
    scene.harness.takeCalls();
    await scene.as('bob').rest.pulls.update({ ...scene.where, pull_number: on.number, title: 'Another title' });
    await scene.settle();
    expect(scene.harness.takeCalls().filter(isWrite)).toEqual([]);
  });
});

describe('the comment', () => {
  it('waits until a draft is ready', async () => {
    const on = await scene.open('bob', { branch: 'draft', files: small, draft: true });
    expect(await scene.comment(on)).toBeNull();
    expect(await scene.check(on)).toMatchObject({ conclusion: 'action_required' });
    const bob = scene.as('bob');
    const { data } = await bob.rest.pulls.get({ ...scene.where, pull_number: on.number });
    await bob.graphql(
      'mutation($id: ID!) { markPullRequestReadyForReview(input: { pullRequestId: $id }) { clientMutationId } }',
      { id: data.node_id },
    );
    await scene.settle();
    expect(await scene.comment(on)).not.toBeNull();
  });

  it('of somebody else with our marker is none of ours', async () => {
    const on = await scene.open('bob', { branch: 'small', files: small });
    const forged = {
      ...scene.where,
      issue_number: on.number,
      body: (await scene.comment(on))?.body.replaceAll('- [ ]', '- [x]') ?? '',
    };
    await scene.as('mallory').rest.issues.createComment(forged);
    await scene.settle();
    expect(await scene.check(on)).toMatchObject({ conclusion: 'action_required' });
    expect((await scene.comment(on))?.body).toMatch(/- \[ \]/);
  });

  it('stays as it is in its layout whatever a pull request calls its files and itself', async () => {
    const bodyFor = async (branch: string, name: string): Promise<string> => {
      const on = await scene.open('bob', {
        branch,
        title: name,
        body: `${name}\n<!-- composure -->\n- [x] done`,
        files: { [`src/${name.replaceAll('/', '-')}.ts`]: 'x();\n'.repeat(900) },
      });
      const seen = await scene.check(on);
      expect(seen).toMatchObject({ conclusion: 'failure' });
      return `${(await scene.comment(on))?.body}\n\n${seen?.summary}\n\n${seen?.text}`;
    };
    const hostile = await bodyFor(
      'hostile',
      '@everyone --> </details> ``` | \u202e\n## <img src=x> #1 [a](https://x.example)',
    );
    const harmless = await bodyFor('harmless', 'harmless');
    const withoutDigits = (text: string) => text.replace(/[0-9a-f]{32,}|[A-Za-z0-9+/=]{40,}/g, '…');
    expect(layoutOf(withoutDigits(hostile))).toEqual(layoutOf(withoutDigits(harmless)));
    expect(hostile.match(/<!-- composure -->/g)).toHaveLength(1);
    expect(hostile).not.toContain('\u202e');
    const links = nodesOf(hostile).filter((node) => node.type === 'link' || node.type === 'image');
    expect(links).toEqual([]);
    const spoken = nodesOf(hostile).flatMap((node) => (node.type === 'text' ? [node.value] : []));
    expect(spoken.filter((text) => /@everyone/.test(text))).toEqual([]);
  });
});

describe('configuration', () => {
  const loose = 'size: { mode: off }\nchecklists: { mode: off }\n';

  it('in force is that of the base branch', async () => {
    const on = await scene.open('bob', {
      branch: 'loosen',
      files: { '.github/composure.yml': loose, 'src/big.ts': 'x();\n'.repeat(900) },
    });
    expect(await scene.check(on)).toMatchObject({ conclusion: 'failure' });
  });

  it('with a mistake is shown on its line', async () => {
    const on = await scene.open('bob', {
      branch: 'typo',
      files: { '.github/composure.yml': 'size:\n  max-line: 100\n' },
    });
    const seen = await scene.check(on);
    expect(seen).toMatchObject({ conclusion: 'failure' });
    expect(seen?.annotations).toContainEqual(
      expect.objectContaining({
        path: '.github/composure.yml',
        line: 2,
        message: expect.stringContaining('max-lines'),
      }),
    );
  });

  it('pushed to the base judges open pull requests anew', async () => {
    const on = await scene.open('bob', { branch: 'small', files: small });
    await scene.push('alice', { branch: 'main' }, { '.github/composure.yml': loose });
    expect(await scene.check(on)).toMatchObject({ conclusion: 'success' });
  });

  it('broken on the base fails every check but that of its repair', async () => {
    await scene.push('alice', { branch: 'main' }, { '.github/composure.yml': 'size: [\n' });
    const on = await scene.open('bob', { branch: 'small', files: small });
    const seen = await scene.check(on);
    expect(seen).toMatchObject({ conclusion: 'failure' });
    expect(seen?.title).toMatch(/configuration/);
    const repair = await scene.open('bob', {
      branch: 'repair',
      files: { '.github/composure.yml': 'preset: standard\n' },
    });
    expect(await scene.check(repair)).toMatchObject({ conclusion: 'action_required' });
  });

  it('of the organisation lies below', async () => {
    const organisation = new Scene(scene.harness, { owner: 'acme', repo: '.github' });
    const on = await scene.open('bob', { branch: 'small', files: small });
    await organisation.push('alice', { branch: 'main' }, { '.github/composure.yml': loose });
    expect(await scene.check(on)).toMatchObject({ conclusion: 'success' });
    await scene.push('alice', { branch: 'main' }, { '.github/composure.yml': 'checklists: { mode: block }\n' });
    expect(await scene.check(on)).toMatchObject({ conclusion: 'action_required' });
  });
});

describe('heads', () => {
  it('shared by two pull requests carry the worst conclusion', async () => {
    const alice = scene.as('alice');
    const { data: main } = await alice.rest.git.getRef({ ...scene.where, ref: 'heads/main' });
    await alice.rest.git.createRef({ ...scene.where, ref: 'refs/heads/next', sha: main.object.sha });
    const first = await scene.open('bob', { branch: 'shared', files: { 'src/big.ts': 'x();\n'.repeat(900) } });
    const { data: second } = await scene
      .as('bob')
      .rest.pulls.create({ ...scene.where, head: 'shared', base: 'next', title: 'The same' });
    await scene.settle();
    const seen = await scene.check(first);
    expect(seen).toMatchObject({ conclusion: 'failure' });
    expect(seen?.summary).toContain(`#${first.number}`);
    expect(seen?.summary).toContain(`#${second.number}`);
    await scene.as('bob').rest.pulls.update({ ...scene.where, pull_number: first.number, state: 'closed' });
    await scene.settle();
    expect((await scene.check({ ...first, number: second.number }))?.summary).not.toContain(`#${first.number}`);
  });

  it('of a merge group are answered by judging the group', async () => {
    await scene.requireCheck();
    const good = await scene.open('bob', { branch: 'good', files: small });
    await scene.tick('carol', good);
    const { data } = await scene.as('bob').rest.pulls.get({ ...scene.where, pull_number: good.number });
    await scene
      .as('carol')
      .graphql('mutation($id: ID!) { enqueuePullRequest(input: { pullRequestId: $id }) { clientMutationId } }', {
        id: data.node_id,
      });
    await scene.settle();
    const group = scene.harness.github.deliveries.find((one) => one.event === 'merge_group');
    const headSha = (group?.request.payload.merge_group as { head_sha: string }).head_sha;
    expect(await scene.checkOn(headSha)).toMatchObject({ status: 'completed', conclusion: 'success' });
  });
});

function isWrite(call: Call): boolean {
  return call.method !== 'GET' && call.path !== '/graphql';
}

function nameOf(call: Call): string {
  const query = call.path === '/graphql' ? (/query (\w+)/.exec((call.body as { query: string }).query)?.[1] ?? '') : '';
  return `${call.method} ${call.path} ${query}`.trim();
}
