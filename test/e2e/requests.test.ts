import { afterAll, beforeAll, expect, it } from 'vitest';
import { Scene } from '../support/scene.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
  await scene.prepare({ 'src/a.ts': 'export {};\n' });
});
afterAll(() => scene.harness.stop());

it('costs four requests with a warm cache, on opening and after a push', async () => {
  await scene.open('bob', { branch: 'warm', files: { 'src/warm.ts': 'export {};\n' } });
  scene.harness.takeCalls();
  const pull = await scene.open('bob', { branch: 'plain', files: { 'src/b.ts': 'export {};\n' } });
  expect(asked()).toEqual(['GET files', 'POST check-runs', 'POST comments', 'POST graphql']);
  await scene.push('bob', pull, { 'src/b.ts': 'export const b = 1;\n' });
  expect(asked()).toEqual(['GET files', 'PATCH comment', 'POST check-runs', 'POST graphql']);
});

it('reads again what a push to the base changed', async () => {
  await scene.push('alice', { branch: 'main' }, { 'src/.gitattributes': '*.ts linguist-generated\n' });
  const pull = await scene.open('bob', { branch: 'fresh', files: { 'src/c.ts': 'export {};\n' } });
  expect((await scene.check(pull))?.text).toContain('generated');
});

function asked(): string[] {
  return scene.harness
    .takeCalls()
    .map(({ method, path }) => `${method} ${/\/comments\/\d+$/.test(path) ? 'comment' : path.split('/').at(-1)}`)
    .sort();
}
