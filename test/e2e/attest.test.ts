import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Login } from '../support/github/seed.ts';
import { type OnScene, Scene } from '../support/scene.ts';

const LIST = '.github/composure/checklists/pools.md';
const CONFIG = `adr: { mode: off }
dependencies: { mode: off }
checklists: { exclude-lists: [always, code, tests] }
`;

/** A list of two items about one folder. */
function list(front: string, wording = 'The pool is drained before it is closed.'): string {
  return `---
title: Pools
applies-to: ["pool/**"]
${front}
---

- ${wording} <!-- id: drained -->
- Nobody waits for a connection for ever. <!-- id: bounded -->
`;
}

let scene: Scene;
const settings: NonNullable<NonNullable<Parameters<typeof Scene.open>[0]>['settings']> = {};

beforeEach(async () => {
  settings.signingKeys = ['the first key, 32 letters or more'];
  scene = await Scene.open({ settings });
});
afterEach(() => scene.harness.stop());

async function open(files: Record<string, string>): Promise<OnScene> {
  await scene.prepare({ 'README.md': '# Widgets\n', '.github/composure.yml': CONFIG, ...files });
  return scene.open('bob', { branch: 'pool', files: { 'pool/a.txt': 'size = 4\n' } });
}

async function say(who: Login, on: OnScene, body: string): Promise<void> {
  await scene.as(who).rest.issues.createComment({ ...scene.where, issue_number: on.number, body });
  await scene.settle();
}

async function boxes(on: OnScene): Promise<string> {
  const found = (await scene.comment(on))?.body.matchAll(/^- \[( |x)\].*composure:item pools\/(\S+) -->$/gm) ?? [];
  return [...found]
    .map(([, mark, item]) => `${item}${mark === 'x' ? ' ✓' : ''}`)
    .toSorted()
    .join(', ');
}

describe('those who cannot edit the comment answer by command', () => {
  beforeEach(() => scene.as('alice').rest.teams.create({ org: 'acme', name: 'security', privacy: 'closed' }));

  async function mayOnlyRead(who: Login): Promise<void> {
    await scene.as('alice').rest.repos.addCollaborator({ ...scene.where, username: who, permission: 'pull' });
  }

  it.each<[name: string, front: string, files: Record<string, string>]>([
    ['of a team that the list names', 'attest-by: ["@acme/security"]', {}],
    ['of a team that owns the code', 'attest-by: [codeowners]', { '.github/CODEOWNERS': 'pool/ @acme/security\n' }],
    ['who own the code', 'attest-by: [codeowners]', { '.github/CODEOWNERS': 'pool/ @carol\n' }],
  ])('%s', async (name, front, files) => {
    const on = await open({ [LIST]: list(front), ...files });
    await mayOnlyRead('carol');
    const asking = '/composure attest drained read the code of the pool';
    if (name.includes('team')) {
      await say('carol', on, asking);
      expect(await boxes(on)).toBe('bounded, drained');
      expect((await scene.comment(on))?.body).toContain('it takes write access, or being named by the list');
    }
    const membership = { org: 'acme', team_slug: 'security', username: 'carol' };
    await scene.as('alice').rest.teams.addOrUpdateMembershipForUserInOrg(membership);
    // What GitHub said of her is remembered for five minutes; an app that starts anew asks.
    await scene.harness.restart();
    await say('carol', on, asking);
    expect(await boxes(on)).toBe('bounded, drained ✓');
    expect((await scene.comment(on))?.body).toMatch(/`@carol`, [^<]*: read the code of the pool <!--/);
    // And nobody else who may only read.
    await say('mallory', on, '/composure attest bounded me too');
    expect(await boxes(on)).toBe('bounded, drained ✓');
  });
});

describe('a list that changes', () => {
  it('keeps its answers when it is worded otherwise, and asks again when it counts up', async () => {
    const on = await open({ [LIST]: list('version: 1') });
    await scene.tick('carol', on);
    expect(await scene.check(on)).toMatchObject({ conclusion: 'success' });
    const worded = 'Before the pool is closed it is drained.';
    await scene.push('alice', { branch: 'main' }, { [LIST]: list('version: 1', worded) });
    expect((await scene.comment(on))?.body).toContain(worded);
    expect(await scene.check(on)).toMatchObject({ conclusion: 'success' });
    await scene.push('alice', { branch: 'main' }, { [LIST]: list('version: 2', worded) });
    expect(await boxes(on)).toBe('bounded, drained');
    expect((await scene.comment(on))?.body).toContain(
      're-check: the list "Pools" changed to version 2 since `@carol` ticked',
    );
    expect(await scene.check(on)).toMatchObject({ conclusion: 'action_required' });
    await scene.tick('carol', on);
    expect(await scene.check(on)).toMatchObject({ conclusion: 'success' });
  });

  it('asks for words where it says so, and for `n/a` only where that is allowed', async () => {
    const config = CONFIG.replace('checklists: {', 'checklists: { not-applicable: [pools/bounded],');
    const on = await open({ [LIST]: list('evidence: required'), '.github/composure.yml': config });
    await scene.tick('carol', on);
    expect(await boxes(on)).toBe('bounded, drained');
    await say('carol', on, '/composure attest bounded n/a: it has no waiting\n/composure attest drained n/a: nor this');
    expect(await boxes(on)).toBe('bounded ✓, drained');
    expect((await scene.comment(on))?.body).toContain('n/a: it has no waiting');
    await say('carol', on, '/composure attest drained ran it under load');
    expect(await boxes(on)).toBe('bounded ✓, drained ✓');
  });
});

describe('signing keys', () => {
  const old = 'the first key, 32 letters or more';
  const fresh = 'another key, and 32 letters as well';

  async function startWith(...keys: [string, ...string[]]): Promise<void> {
    settings.signingKeys = keys;
    await scene.harness.restart();
  }

  it('are changed without losing a tick: the first signs, all verify', async () => {
    const on = await open({ [LIST]: list('') });
    await scene.tick('carol', on, 1);
    await startWith(fresh, old);
    await scene.tick('carol', on, 1);
    expect(await boxes(on)).toBe('bounded ✓, drained ✓');
    await startWith(fresh);
    scene.harness.takeCalls();
    await say('bob', on, '/composure recheck');
    expect(await boxes(on)).toBe('bounded ✓, drained ✓');
  });

  it('that nobody knows any more leave the history to tell who ticked', async () => {
    const on = await open({ [LIST]: list('') });
    await scene.tick('carol', on, 1);
    await startWith(fresh);
    await say('bob', on, '/composure recheck');
    expect((await boxes(on)).match(/✓/g)).toHaveLength(1);
    await scene.push('bob', on, { 'pool/a.txt': 'size = 5\n' });
    expect(await boxes(on)).toBe('bounded, drained');
    expect((await scene.comment(on))?.body).toContain('changed since `@carol` ticked');
  });
});
