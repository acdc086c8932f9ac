import { afterAll, beforeAll, expect, it } from 'vitest';
import { type OnScene, Scene } from '../support/scene.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await Scene.open();
  await scene.prepare({ 'db/migrations/0001_begin.sql': 'ALTER TABLE a ADD COLUMN b int;\n' });
  await scene.requireCheck();
});

afterAll(() => scene.harness.stop());

/** A pull request that its reviewers have agreed to. */
async function agreed(branch: string, path: string): Promise<OnScene> {
  const on = await scene.open('bob', { branch, files: { [path]: `ALTER TABLE a ADD COLUMN ${branch} int;\n` } });
  await scene.tick('carol', on);
  expect(await scene.check(on)).toMatchObject({ conclusion: 'success' });
  return on;
}

async function enqueue({ number }: OnScene): Promise<void> {
  const { data } = await scene.as('bob').rest.pulls.get({ ...scene.where, pull_number: number });
  const mutation = 'mutation($id: ID!) { enqueuePullRequest(input: { pullRequestId: $id }) { clientMutationId } }';
  await scene.as('carol').graphql(mutation, { id: data.node_id });
  await scene.settle();
}

/** Our check on the newest group that GitHub asked about. */
async function groupCheck() {
  const asked = scene.harness.github.deliveries.filter(
    ({ event, action }) => event === 'merge_group' && action === 'checks_requested',
  );
  const { head_sha: headSha } = asked.at(-1)?.request.payload.merge_group as { head_sha: string };
  return scene.checkOn(headSha);
}

it('two pull requests, each right by itself, whose migrations have one number do not both go in', async () => {
  const one = await agreed('one', 'db/migrations/0002_one.sql');
  const two = await agreed('two', 'db/migrations/0002_two.sql');
  const { github } = scene.harness;
  // Nobody answers for the first group, so that it is still ahead in the queue.
  github.webhookOptions.drop = ({ event }) => event === 'merge_group';
  await enqueue(one);
  github.webhookOptions.drop = undefined;
  await enqueue(two);
  const check = await groupCheck();
  expect(check).toMatchObject({ status: 'completed', conclusion: 'failure', externalId: String(two.number) });
  expect(check?.title).toContain(`#${two.number}`);
  for (const named of ['0002_one.sql', '0002_two.sql', `#${one.number}`]) expect(check?.text).toContain(named);
  // The first is asked for again, and goes in.
  await scene.harness.app.reconcile();
  await scene.settle();
  const { data } = await scene.as('bob').rest.pulls.get({ ...scene.where, pull_number: one.number });
  expect(data.merged).toBe(true);
});

it('one whose number was taken while it waited is told so on its group', async () => {
  const late = await agreed('late', 'db/migrations/0001_late.sql');
  await enqueue(late);
  const check = await groupCheck();
  expect(check).toMatchObject({ conclusion: 'failure' });
  expect(check?.text).toContain('0001_begin.sql');
});

it('a group of which nobody was told is found after the next start, and goes in', async () => {
  const lost = await agreed('lost', 'db/migrations/0010_lost.sql');
  const { github } = scene.harness;
  github.webhookOptions.drop = ({ event }) => event === 'merge_group';
  await enqueue(lost);
  github.webhookOptions.drop = undefined;
  // So long ago that GitHub has forgotten it could not deliver, and with a database that knows nothing.
  github.deliveries.length = 0;
  await scene.harness.restart();
  await scene.settle();
  const { data } = await scene.as('bob').rest.pulls.get({ ...scene.where, pull_number: lost.number });
  expect(data.merged).toBe(true);
});
