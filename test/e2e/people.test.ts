import { Octokit } from '@octokit/rest';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { waivers } from '../../src/cli/waivers.ts';
import { ACTS, type Act, RIGHTS, type Role } from '../../src/model/rights.ts';
import type { Call } from '../support/github/index.ts';
import { validateGraphql, validateRequest } from '../support/github/openapi.ts';
import { APP, HELPER, type Login, TOKENS } from '../support/github/seed.ts';
import { type Actor, type OnScene, Scene } from '../support/scene.ts';

let scene: Scene;
/** Requests of the app that GitHub's own description does not allow. */
const invalid: string[] = [];

beforeAll(async () => {
  scene = await Scene.open({ onCall: check });
});

afterAll(async () => {
  await scene.harness.stop();
  expect(invalid).toEqual([]);
});

beforeEach(async () => {
  await scene.settle();
  scene.harness.github.reset();
});

function check(call: Call): void {
  if (call.as !== 'installation') return;
  const query = call.query ? `?${call.query}` : '';
  const problems =
    call.path === '/graphql'
      ? validateGraphql((call.body as { query: string }).query)
      : validateRequest(call.method, `${call.path}${query}`, call.body);
  invalid.push(...problems.map((problem) => `${call.method} ${call.path}: ${problem}`));
}

/** Three items about two files, and nothing else that asks for anything. */
const CONFIG = `size: { max-lines: 100 }
adr: { mode: off }
dependencies: { mode: off }
checklists: { exclude-lists: [always, code] }
`;
const MIGRATION = 'CREATE TABLE owners (id INT PRIMARY KEY);\n';
const FILES = {
  'db/migrations/2.sql': MIGRATION,
  'test/owners.test.ts': "test('owners', () => expect(owners()).toEqual([]));\n",
};
const ITEMS = ['data/existing-data', 'data/way-back', 'tests/not-weakened'];

async function begin(): Promise<void> {
  await scene.prepare({ 'README.md': '# Widgets\n', '.github/composure.yml': CONFIG });
  scene.harness.takeCalls();
}

function open(extra: Record<string, string> = {}): Promise<OnScene> {
  return scene.open('bob', { branch: 'owners', files: { ...FILES, ...extra } });
}

/** Each item of our comment with whether it is ticked. */
async function boxes(on: OnScene): Promise<Record<string, boolean>> {
  const body = (await scene.comment(on))?.body ?? '';
  const found = body.matchAll(/^- \[( |x)\].*composure:item (\S+) -->$/gm);
  return Object.fromEntries([...found].map(([, mark, item]) => [item, mark === 'x']));
}

async function say(who: Actor, on: OnScene, body: string, way: 'comment' | 'review' = 'comment') {
  const { rest } = scene.as(who);
  const asked =
    way === 'comment'
      ? await rest.issues.createComment({ ...scene.where, issue_number: on.number, body })
      : await rest.pulls.createReview({ ...scene.where, pull_number: on.number, body, event: 'COMMENT' });
  await scene.settle();
  return asked.data.node_id;
}

/** What we answered to a comment or review. */
async function reactionTo(nodeId: string): Promise<string[]> {
  const { node } = await scene
    .as('alice')
    .graphql<{ node: { reactions: { nodes: { content: string }[] } } }>(
      'query($id: ID!) { node(id: $id) { ... on Reactable { reactions(first: 10) { nodes { content } } } } }',
      { id: nodeId },
    );
  return node.reactions.nodes.map(({ content }) => content);
}

describe('a tick', () => {
  it('counts, is undone, is asked for again, and survives a rebase: the gate follows', async () => {
    await begin();
    await scene.requireCheck();
    const on = await open();
    expect(await boxes(on)).toEqual(Object.fromEntries(ITEMS.map((item) => [item, false])));

    await scene.tick('carol', on, 2);
    await scene.tick('bob', on);
    expect(Object.values(await boxes(on)).filter(Boolean)).toHaveLength(2);
    expect((await scene.comment(on))?.body).toMatch(/`@bob` does not count: the author/);
    expect(await scene.check(on)).toMatchObject({ conclusion: 'action_required' });
    expect(await scene.merge('carol', on)).toBe('refused');

    await scene.tick('carol', on);
    expect(await boxes(on)).toEqual(Object.fromEntries(ITEMS.map((item) => [item, true])));
    expect(await scene.check(on)).toMatchObject({ conclusion: 'success' });

    // One file of two changes: one item of three is asked again.
    await scene.push('bob', on, { 'test/owners.test.ts': "test('owners', () => expect(owners()).toBeTruthy());\n" });
    expect(await boxes(on)).toEqual({
      ...Object.fromEntries(ITEMS.map((item) => [item, true])),
      'tests/not-weakened': false,
    });
    const body = (await scene.comment(on))?.body ?? '';
    expect(body).toContain('re-check: `test/owners.test.ts` changed since `@carol` ticked');
    expect(await scene.check(on)).toMatchObject({ conclusion: 'action_required' });
    expect(await scene.merge('carol', on)).toBe('refused');

    await scene.tick('carol', on);
    expect(await scene.check(on)).toMatchObject({ conclusion: 'success' });

    // A rebase onto a base that moved: the same lines elsewhere.
    await scene.push('alice', { branch: 'main' }, { 'src/other.ts': 'export {};\n' });
    await rebase(on);
    expect(await boxes(on)).toEqual(Object.fromEntries(ITEMS.map((item) => [item, true])));
    expect(await scene.check(on)).toMatchObject({ conclusion: 'success' });
    expect(await scene.merge('carol', on)).toBe('merged');
  });

  it('is not lost when two people tick on top of the same text', async () => {
    await begin();
    const on = await open();
    const comment = await scene.comment(on);
    const tickOnly = (who: Login, item: string) =>
      scene.as(who).rest.issues.updateComment({
        ...scene.where,
        comment_id: comment?.id ?? 0,
        body: comment?.body.replace(new RegExp(`- \\[ \\](?=.*item ${item} -->)`), '- [x]') ?? '',
      });
    await Promise.all([tickOnly('carol', 'data/existing-data'), tickOnly('alice', 'tests/not-weakened')]);
    await scene.settle();
    expect(await boxes(on)).toEqual({
      'data/existing-data': true,
      'data/way-back': false,
      'tests/not-weakened': true,
    });
  });
});

describe('what a tick costs', () => {
  let shared: Scene;

  // In a house of its own, where nobody is known yet.
  beforeAll(async () => {
    shared = scene;
    scene = await Scene.open({ onCall: check });
  });
  afterAll(async () => {
    await scene.harness.stop();
    scene = shared;
  });

  it('is 4 requests, 3 where the person is known, one write of each kind, and no file is listed again', async () => {
    await begin();
    const on = await open();
    scene.harness.takeCalls();
    await scene.tick('carol', on, 1);
    const first = scene.harness.takeCalls();
    await scene.tick('carol', on, 1);
    const second = scene.harness.takeCalls();
    expect(first.map(nameOf).toSorted()).toEqual([
      'GET /repos/acme/widgets/collaborators/carol/permission',
      `PATCH /repos/acme/widgets/check-runs/…`,
      `PATCH /repos/acme/widgets/issues/comments/…`,
      'POST /graphql ComposureSnapshot',
    ]);
    expect(second.map(nameOf)).toHaveLength(3);
    // The events told all of it: nobody was asked for the comment's history.
    expect(JSON.stringify([...first, ...second].map(({ body }) => body))).not.toMatch(/userContentEdits ?\(/);
    expect(Object.values(await boxes(on)).filter(Boolean)).toHaveLength(2);
  });

  it('is one more where its event never came: the history of the comment tells of it', async () => {
    await begin();
    const on = await open();
    const { webhookOptions } = scene.harness.github;
    webhookOptions.drop = ({ event }) => event === 'issue_comment';
    await scene.tick('carol', on, 1);
    webhookOptions.drop = undefined;
    scene.harness.takeCalls();
    await say('bob', on, '/composure recheck');
    const asked = scene.harness.takeCalls().map(nameOf);
    expect(asked).toContain('POST /graphql ComposureCommentEdits');
    expect(Object.values(await boxes(on)).filter(Boolean)).toHaveLength(1);
    // What was repaired is settled: the next tick is an ordinary one.
    await scene.tick('carol', on, 1);
    expect(scene.harness.takeCalls().map(nameOf)).toHaveLength(3);
  });
});

describe('forgery', () => {
  let shared: Scene;
  /** What the app logged as a warning. */
  const warned: string[] = [];

  beforeAll(async () => {
    shared = scene;
    const log = pino({ level: 'warn' }, { write: (line: string) => void warned.push(JSON.parse(line).msg) });
    scene = await Scene.open({ onCall: check, log });
  });
  afterAll(async () => {
    await scene.harness.stop();
    scene = shared;
  });
  beforeEach(() => {
    warned.length = 0;
  });

  const NOTHING = 'an edit of our comment counts for nothing';

  async function rewrite(who: Login, on: OnScene, make: (body: string) => string): Promise<void> {
    const comment = await scene.comment(on);
    const body = make(comment?.body ?? '');
    await scene.as(who).rest.issues.updateComment({ ...scene.where, comment_id: comment?.id ?? 0, body });
    await scene.settle();
  }

  async function expectNothing(on: OnScene, logged: string): Promise<void> {
    expect(Object.values(await boxes(on))).toEqual([false, false, false]);
    expect(await scene.check(on)).toMatchObject({ conclusion: 'action_required' });
    expect(warned).toContain(logged);
  }

  it.each<[name: string, forge: (body: string) => string]>([
    ['a signature copied from another pull request', (body) => body],
    ['an edited record', (body) => body.replace(/record v2 \S/, 'record v2 Z')],
    ['zero-width characters', (body) => body.replaceAll('- [x] ', '- [x] \u200b')],
    ['nested lists', (body) => body.replace(/^- \[x\]/gm, '- x\n  - [x]')],
  ])('with %s changes nothing', async (_, forge) => {
    await begin();
    const on = await open();
    const other = await scene.open('bob', { branch: 'other', files: { 'db/migrations/3.sql': MIGRATION } });
    await scene.tick('carol', other);
    const signed = (await scene.comment(other))?.body ?? '';
    expect(signed).toContain('- [x]');
    await rewrite('bob', on, () => forge(signed));
    await expectNothing(on, NOTHING);
  });

  it('with zero-width characters in the boxes of our own text changes nothing', async () => {
    await begin();
    const on = await open();
    await rewrite('carol', on, (body) => body.replaceAll('- [ ] ', '- [x] \u200b'));
    await expectNothing(on, NOTHING);
  });

  it('with a signature copied from another comment changes nothing', async () => {
    await begin();
    const on = await open();
    await scene.tick('carol', on);
    const first = await scene.comment(on);
    await scene.as('alice').rest.issues.deleteComment({ ...scene.where, comment_id: first?.id ?? 0 });
    await scene.settle();
    // Deleted, it is made anew, and asks again: what it recorded is gone with it.
    await say('bob', on, '/composure recheck');
    await expectNothing(on, 'our comment was deleted, and what it recorded with it');
    await rewrite('bob', on, () => first?.body ?? '');
    await expectNothing(on, NOTHING);
  });

  it('with a signature copied from another commit changes nothing', async () => {
    await begin();
    const on = await open();
    await scene.tick('carol', on);
    const signed = (await scene.comment(on))?.body ?? '';
    await scene.push('bob', on, {
      'db/migrations/2.sql': `${MIGRATION}DROP TABLE pets;\n`,
      'test/owners.test.ts': "test('owners', () => {});\n",
    });
    expect(Object.values(await boxes(on))).toEqual([false, false, false]);
    await rewrite('bob', on, () => signed);
    await expectNothing(on, NOTHING);
  });

  it('with a second comment by somebody else, our marker and all, changes nothing', async () => {
    await begin();
    const on = await open();
    const body = (await scene.comment(on))?.body.replaceAll('- [ ]', '- [x]') ?? '';
    await say('bob', on, body);
    await say('bob', on, '/composure recheck');
    await expectNothing(on, 'a comment that only looks like ours counts for nothing');
  });

  it("of somebody else's words: an edited comment speaks for nobody", async () => {
    await begin();
    const on = await open();
    const { data } = await scene
      .as('carol')
      .rest.issues.createComment({ ...scene.where, issue_number: on.number, body: 'Looks fine.' });
    await scene
      .as('bob')
      .rest.issues.updateComment({ ...scene.where, comment_id: data.id, body: '/composure attest way-back' });
    await scene.settle();
    expect(Object.values(await boxes(on))).toEqual([false, false, false]);
  });
});

describe('a waiver', () => {
  const long = { 'src/long.ts': 'export {};\n'.repeat(300) };
  const list = (environment: Record<string, string>, format: 'text' | 'json' | 'csv' = 'json') =>
    waivers(
      'acme/widgets',
      { app: APP.slug, format },
      {
        environment: { GITHUB_TOKEN: TOKENS.alice, ...environment },
        clientFor: (auth) => new Octokit({ auth, baseUrl: scene.harness.github.url }),
      },
    );

  it('opens the gate for this commit, is listed with its signature, and ends with a push', async () => {
    await begin();
    const on = await open(long);
    await scene.tick('carol', on);
    expect(await scene.check(on)).toMatchObject({ conclusion: 'failure' });
    await say('alice', on, '/composure waive size Outage 4711; the rest follows until 2099-12-31');
    const seen = await scene.check(on);
    expect(seen).toMatchObject({ conclusion: 'success' });
    expect(seen?.text).toMatch(
      /Waived by `@alice`, \d{4}-\d{2}-\d{2} \d{2}:\d{2} UTC, until 2100-01-01 00:00 UTC: Outage 4711/,
    );

    const { output } = await list({ PRIVATE_KEY: APP.privateKey });
    expect(JSON.parse(output)).toMatchObject({
      waivers: [{ pullRequest: on.number, practice: 'size', by: 'alice', onHead: true, trust: 'signed' }],
    });
    expect(JSON.parse((await list({})).output).waivers).toMatchObject([{ trust: 'unverified' }]);
    const stranger = await list({ COMPOSURE_SIGNING_KEYS: 'x'.repeat(40) }, 'text');
    expect(stranger.output).toMatch(/^No waivers/);
    expect((await list({ PRIVATE_KEY: APP.privateKey }, 'csv')).output.split('\r\n')[1]).toMatch(/^1,size,alice,/);

    await scene.push('bob', on, { 'src/longer.ts': 'export {};\n' });
    expect(await scene.check(on)).toMatchObject({ conclusion: 'failure' });
    expect(JSON.parse((await list({})).output).waivers).toMatchObject([{ onHead: false }]);
  });

  it('ends by itself at the time it names, without anybody doing anything', async () => {
    const shared = scene;
    const realNow = Date.now;
    let later = 0;
    // The app asks this clock from its start; GitHub's own stays as it is.
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => realNow() + later);
    scene = await Scene.open({ onCall: check });
    try {
      await begin();
      const on = await open(long);
      await scene.tick('carol', on);
      await say('alice', on, '/composure waive size An outage; the rest follows for 2h');
      expect(await scene.check(on)).toMatchObject({ conclusion: 'success' });
      const { deliveries } = scene.harness.github;
      const before = deliveries.length;
      later = 119 * 60_000;
      await scene.settle();
      expect(await scene.check(on)).toMatchObject({ conclusion: 'success' });
      expect(deliveries).toHaveLength(before);
      later = 121 * 60_000;
      await scene.settle();
      expect(await scene.check(on)).toMatchObject({ conclusion: 'failure' });
      expect((await scene.check(on))?.text).not.toContain('Waived by');
      expect((await scene.comment(on))?.body).not.toContain('Waived by');
    } finally {
      clock.mockRestore();
      await scene.harness.stop();
      scene = shared;
    }
  });

  it('is taken back by whoever may give one', async () => {
    await begin();
    const on = await open(long);
    await scene.tick('carol', on);
    await say('alice', on, '/composure waive size An outage.');
    await say('bob', on, '/composure unwaive size');
    expect(await scene.check(on)).toMatchObject({ conclusion: 'success' });
    await say('alice', on, '/composure unwaive size');
    expect(await scene.check(on)).toMatchObject({ conclusion: 'failure' });
  });

  it('can hold for the whole pull request, by whom the configuration names', async () => {
    await begin();
    const waiving = `${CONFIG}waivers: { by: ["@carol"], bound-to: pull-request }\n`;
    await scene.push('alice', { branch: 'main' }, { '.github/composure.yml': waiving });
    const on = await open(long);
    await scene.tick('carol', on);
    await say('alice', on, '/composure waive size Not hers to give here.');
    expect(await scene.check(on)).toMatchObject({ conclusion: 'failure' });
    await say('carol', on, '/composure waive size Generated by the vendor.');
    await scene.push('bob', on, { 'src/longer.ts': 'export {};\n' });
    expect(await scene.check(on)).toMatchObject({ conclusion: 'success' });
  });
});

/** Somebody in each role, and how they come by it. */
const CAST: Record<Role, { who: Actor; permission?: string }> = {
  owner: { who: 'alice' },
  maintainer: { who: 'carol', permission: 'maintain' },
  writer: { who: 'carol', permission: 'push' },
  triager: { who: 'carol', permission: 'triage' },
  reader: { who: 'carol', permission: 'pull' },
  outsider: { who: 'mallory' },
  author: { who: 'bob' },
  bot: { who: HELPER.login },
};

/** Of those who may waive where they are named, the configuration names two without being asked. */
const NAMED_BY_DEFAULT: ReadonlySet<Role> = new Set(['owner', 'maintainer']);

function may(role: Role, act: Act): boolean {
  const right = RIGHTS[role][act];
  return right === 'yes' || (right === 'named' && act === 'waive' && NAMED_BY_DEFAULT.has(role));
}

describe.each(Object.entries(CAST))('%s', (name, { who, permission }) => {
  const role = name as Role;
  let shared: Scene;

  // What GitHub said of Carol is remembered for a while, as it should be: each role has a house of its own.
  beforeAll(async () => {
    shared = scene;
    scene = await Scene.open({ onCall: check, helper: role === 'bot' });
  });
  afterAll(async () => {
    await scene.harness.stop();
    scene = shared;
  });

  async function onStage(): Promise<OnScene> {
    await begin();
    if (permission) {
      await scene.as('alice').rest.repos.addCollaborator({ ...scene.where, username: who, permission });
    }
    return open({ 'src/long.ts': 'export {};\n'.repeat(300) });
  }

  it('by box', async () => {
    const on = await onStage();
    await scene.tick(who, on).catch((error: { status?: number }) => expect(error.status).toBe(403));
    expect(Object.values(await boxes(on))).toEqual(ITEMS.map(() => may(role, 'attest')));
    // It could edit the comment, and did; that its ticks count for nothing is our doing, not GitHub's.
    const undone = (await scene.comment(on))?.body.includes('only people can vouch for a change');
    expect(undone).toBe(role === 'bot');
  });

  it.each(['comment', 'review'] as const)('by %s', async (way) => {
    const on = await onStage();
    const said: Record<Act, string> = {
      attest: await say(who, on, '/composure attest way-back read the roll-back script', way),
      waive: await say(who, on, '/composure waive size An outage; the rest follows. for 3d', way),
      recheck: await say(who, on, 'Once more, please:\n/composure recheck', way),
    };
    expect((await boxes(on))['data/way-back']).toBe(may(role, 'attest'));
    const waived = /Waived by/.test((await scene.check(on))?.text ?? '');
    expect(waived).toBe(may(role, 'waive'));
    for (const act of ACTS) {
      expect({ act, reactions: await reactionTo(said[act]) }).toEqual({
        act,
        reactions: [may(role, act) ? 'THUMBS_UP' : 'THUMBS_DOWN'],
      });
    }
    const refused = (await scene.check(on))?.summary.includes('it is not theirs to give') ?? false;
    expect(refused).toBe(!may(role, 'waive'));
  });
});

/** The branch's commit anew, on top of `main` as it is now. */
async function rebase(on: OnScene): Promise<void> {
  const { rest } = scene.as('bob');
  const [{ data: main }, { data: head }] = await Promise.all([
    rest.git.getRef({ ...scene.where, ref: 'heads/main' }),
    rest.git.getRef({ ...scene.where, ref: `heads/${on.branch}` }),
  ]);
  const files = await Promise.all(
    Object.keys(FILES).map(async (path) => {
      const { data } = await rest.repos.getContent({ ...scene.where, path, ref: head.object.sha });
      return { path, mode: '100644' as const, type: 'blob' as const, sha: (data as { sha: string }).sha };
    }),
  );
  const { data: base } = await rest.git.getCommit({ ...scene.where, commit_sha: main.object.sha });
  const { data: tree } = await rest.git.createTree({ ...scene.where, base_tree: base.tree.sha, tree: files });
  const { data: commit } = await rest.git.createCommit({
    ...scene.where,
    message: 'Owners, rebased',
    tree: tree.sha,
    parents: [main.object.sha],
  });
  await rest.git.updateRef({ ...scene.where, ref: `heads/${on.branch}`, sha: commit.sha, force: true });
  await scene.settle();
}

function nameOf(call: Call): string {
  const query = call.path === '/graphql' ? (/query (\w+)/.exec((call.body as { query: string }).query)?.[1] ?? '') : '';
  return `${call.method} ${call.path.replace(/\d+$/, '…')} ${query}`.trim();
}
