import { afterAll, beforeAll, expect, it } from 'vitest';
import { Scene } from '../support/scene.ts';

const manifest = (dependencies: Record<string, string>) => `${JSON.stringify({ name: 'widgets', dependencies })}\n`;

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open({ packages: { zod: { versions: ['4.6.7'] }, semver: { versions: ['7.7.3'] } } });
  await scene.prepare({ 'src/a.ts': 'export {};\n', 'package.json': manifest({}) });
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

it('costs no more where a dependency is added', async () => {
  await scene.open('bob', { branch: 'warm-2', files: { 'package.json': manifest({ zod: '^4.0.0' }) } });
  scene.harness.takeCalls();
  const files = { 'package.json': manifest({ semver: '^7.0.0' }) };
  const pull = await scene.open('bob', { branch: 'dependency', files });
  expect(asked()).toEqual(['GET files', 'POST check-runs', 'POST comments', 'POST graphql']);
  await scene.push('bob', pull, { 'src/b.ts': 'export {};\n' });
  expect(asked()).toEqual(['GET files', 'PATCH comment', 'POST check-runs', 'POST graphql']);
  await scene.push('bob', pull, { 'package.json': manifest({ semver: '^7.0.0', zod: '^4.0.0' }) });
  expect(asked()).toEqual(['GET files', 'PATCH comment', 'POST check-runs', 'POST graphql']);
});

it('costs three requests after a tick, and one more for somebody whose rights are not known', async () => {
  const pull = await scene.open('bob', { branch: 'ticked', files: { 'src/t.ts': 'export {};\n' } });
  scene.harness.takeCalls();
  await scene.tick('carol', pull, 1);
  const [permission, ...others] = asked();
  expect(permission).toBe('GET permission');
  expect(others).toEqual(['PATCH check-run', 'PATCH comment', 'POST graphql']);
  await scene.tick('carol', pull, 1);
  expect(asked()).toEqual(['PATCH check-run', 'PATCH comment', 'POST graphql']);
});

it('costs one request where nothing changed, also for a change that is too large', async () => {
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`src/l${index}.ts`, 'export {};\n']));
  const pull = await scene.open('bob', { branch: 'large', files: many });
  scene.harness.takeCalls();
  // Which files a commit touches is asked of each new commit, for the plan to split it.
  await scene.push('bob', pull, { 'src/l1.ts': 'export const l = 1;\n' });
  expect(asked()).toEqual(['GET commit', 'GET files', 'PATCH comment', 'POST check-runs', 'POST graphql']);
  await scene.as('bob').rest.pulls.update({ ...scene.where, pull_number: pull.number, body: 'Other words.' });
  await scene.settle();
  expect(asked()).toEqual(['POST graphql']);
});

it('costs one request more for each further hundred files, 34 for 3,000', async () => {
  const many = Object.fromEntries(
    Array.from({ length: 3_000 }, (_, index) => [`src/many/f${index}.ts`, `export const v = ${index};\n`]),
  );
  await scene.open('bob', { branch: 'many', files: many });
  const calls = asked();
  expect(calls.filter((call) => call === 'GET files')).toHaveLength(30);
  expect(calls.length).toBeLessThanOrEqual(34);
});

it('reads again what a push to the base changed', async () => {
  await scene.push('alice', { branch: 'main' }, { 'src/.gitattributes': '*.ts linguist-generated\n' });
  const pull = await scene.open('bob', { branch: 'fresh', files: { 'src/c.ts': 'export {};\n' } });
  expect((await scene.check(pull))?.text).toContain('generated');
});

/** What the app asked of GitHub since the last look, in alphabetical order. */
function asked(): string[] {
  return scene.harness
    .takeCalls()
    .map(({ method, path }) => {
      const [last, before] = path.split('/').reverse() as [string, string];
      if (before === 'comments') return `${method} comment`;
      if (before === 'commits') return `${method} commit`;
      return `${method} ${before === 'check-runs' ? 'check-run' : last}`;
    })
    .sort();
}
