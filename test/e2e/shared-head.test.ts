import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPullRequest, push } from '../support/github/people.ts';
import { Scene } from '../support/scene.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
  await scene.prepare({ 'src/a.ts': 'export {};\n' });
});
afterAll(() => scene.harness.stop());

it('a check stops speaking of a pull request that was pushed away from the head they shared', async () => {
  const one = await scene.open('bob', { branch: 'one', files: { 'src/b.ts': 'export {};\n' }, title: 'The first' });
  const { data } = await scene.as('bob').rest.pulls.get({ ...scene.where, pull_number: one.number });
  await scene.as('bob').rest.git.createRef({ ...scene.where, ref: 'refs/heads/two', sha: data.head.sha });
  const { number } = await openPullRequest(scene.as('bob'), { ...scene.where, head: 'two', title: 'The second' });
  await scene.settle();
  expect((await scene.check(one))?.text).toContain(`#${number}`);

  await push(scene.as('bob'), { ...scene.where, branch: 'two', files: { 'src/c.ts': 'export {};\n' } });
  await scene.settle();
  const check = await scene.check(one);
  expect(check?.text).not.toContain(`#${number}`);
  expect(check?.summary).not.toContain(`#${number}`);
  expect((await scene.check({ number, branch: 'two' }))?.text).not.toContain(`#${one.number}`);
});
