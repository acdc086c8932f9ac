import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { Scene } from '../support/scene.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await Scene.open({ packages: { zod: { versions: ['4.6.7'] } } });
});

afterAll(() => scene.harness.stop());

const manifest = (dependencies: Record<string, string>) =>
  `${JSON.stringify({ name: 'widgets', private: true, dependencies }, null, 2)}\n`;

beforeEach(async () => {
  await scene.settle();
  scene.harness.github.reset();
  await scene.prepare({
    'package.json': manifest({ zod: '^4.0.0' }),
    '.github/composure.yml': 'checklists: { mode: "off" }\ndependencies: { private: ["@acme/*"] }\n',
  });
});

const openWith = (name: string, branch: string) =>
  scene.open('bob', { branch, files: { 'package.json': manifest({ zod: '^4.0.0', [name]: '^1.0.0' }) } });

test('an invented package is blocked at its line, with the name that may be meant', async () => {
  const on = await openWith('expresss', 'invented');
  const check = await scene.check(on);
  expect(check).toMatchObject({ conclusion: 'failure', annotations: [{ path: 'package.json', line: 6 }] });
  expect(check?.annotations[0]?.message).toContain('Did you mean "express" or "expresso"?');
});

test('a private one is silent, and asked of nobody', async () => {
  const on = await openWith('@acme/secret', 'private');
  expect(await scene.check(on)).toMatchObject({ conclusion: 'success', annotations: [] });
  expect(await scene.comment(on)).toBeNull();
  expect(scene.harness.registry.requests.map(({ name }) => name)).not.toContain('@acme/secret');
});

test('an outage waits, says so, and resolves by itself', async () => {
  const { registry } = scene.harness;
  registry.set('late-thing', { status: 503, retryAfter: '2' }, { versions: ['1.0.0'] });
  const on = await openWith('late-thing', 'outage');
  const waiting = await scene.check(on);
  expect(waiting).toMatchObject({ conclusion: 'action_required' });
  expect(waiting?.text).toMatch(/after 1, 5 and 30 minutes and then every hour/);
  expect(waiting?.text).toMatch(/Next at \d{4}-\d\d-\d\d \d\d:\d\d UTC\./);
  await vi.waitFor(async () => expect(await scene.check(on)).toMatchObject({ conclusion: 'success' }), {
    timeout: 15_000,
    interval: 200,
  });
});

test('a name that was absent and is there later is told, though the app forgot everything', async () => {
  const { registry } = scene.harness;
  const on = await openWith('taken-meanwhile', 'taken');
  expect(await scene.check(on)).toMatchObject({ conclusion: 'failure' });
  expect((await scene.comment(on))?.body).toMatch(/<!-- composure:memory v1 /);

  const soon = new Date(Date.now() + 60_000).toISOString();
  registry.set('taken-meanwhile', { versions: ['1.0.0'], created: soon });
  await scene.harness.restart();
  await scene.push('bob', on, { 'notes.md': 'Nothing to do with it.\n' });
  const check = await scene.check(on);
  expect(check).toMatchObject({ conclusion: 'success', title: 'Nothing blocks; with warnings: dependencies' });
  expect(check?.text).toContain('did not exist when this pull request named it');

  // Told at every later look, and not by a memory of the process.
  await scene.harness.restart();
  await scene.push('bob', on, { 'notes.md': 'Still nothing.\n' });
  expect((await scene.check(on))?.text).toContain('did not exist when this pull request named it');
});
