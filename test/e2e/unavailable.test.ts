import { afterEach, expect, it, vi } from 'vitest';
import { Scene } from '../support/scene.ts';

let scene: Scene;

afterEach(() => scene.harness.stop());

const manifest = (dependencies: Record<string, string>) =>
  `${JSON.stringify({ name: 'widgets', dependencies }, null, 2)}\n`;

it('a registry that fails accuses nobody, and blocks until it answers', async () => {
  scene = await Scene.open({ packages: { zod: { versions: ['4.6.7'] } } });
  scene.harness.registry.set('zod', { status: 503 });
  await scene.prepare({ 'package.json': manifest({}) });
  const on = await scene.open('bob', { branch: 'zod', files: { 'package.json': manifest({ zod: '^4.0.0' }) } });
  const unread = await scene.check(on);
  expect(unread).toMatchObject({ conclusion: 'action_required' });
  expect(unread?.summary).toMatch(/not known yet/i);
  expect(unread?.text).toContain('503');
  expect(unread?.annotations).toEqual([]);

  scene.harness.registry.set('zod', { versions: ['4.6.7'] });
  await scene
    .as('bob')
    .rest.issues.createComment({ ...scene.where, issue_number: on.number, body: '/composure recheck' });
  await scene.settle();
  const known = await scene.check(on);
  expect(known?.summary).not.toMatch(/not known yet/i);
});

it('a name not found once is asked for again by itself before it is called absent', async () => {
  scene = await Scene.open({ settings: { confirmAfterMs: 200 } });
  await scene.prepare({ 'package.json': manifest({}) });
  const on = await scene.open('bob', {
    branch: 'made',
    files: { 'package.json': manifest({ 'widget-name-padder': '^2.0.0' }) },
  });
  expect(await scene.check(on)).toMatchObject({ conclusion: 'action_required' });
  await vi.waitFor(
    async () => {
      await scene.settle();
      const seen = await scene.check(on);
      expect(seen).toMatchObject({ conclusion: 'failure' });
      expect(seen?.text).toContain('twice');
    },
    { timeout: 10_000, interval: 100 },
  );
});
