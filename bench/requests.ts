import type { Call } from '../test/support/github/index.ts';
import { as, openPullRequest, push } from '../test/support/github/people.ts';
import { startHarness } from '../test/support/harness.ts';

const WHERE = { owner: 'acme', repo: 'widgets' } as const;

/**
 * What one ordinary pull request costs in requests to GitHub, tokens left out: opening it, a push, a tick, being asked
 * again with nothing changed, and a pull request of 3,000 files.
 */
export async function measureRequests(): Promise<object> {
  const harness = await startHarness({ packages: { zod: { versions: ['4.6.7'] } } });
  try {
    const alice = as(harness.github, 'alice');
    await push(alice, {
      ...WHERE,
      branch: 'main',
      files: { 'src/a.ts': 'export const a = 1;\n', 'package.json': '{}\n' },
    });
    for (const username of ['bob', 'carol']) {
      await alice.rest.repos.addCollaborator({ ...WHERE, username, permission: 'push' });
    }
    await harness.settle();
    harness.takeCalls();

    const bob = as(harness.github, 'bob');
    const files = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`src/part${index}.ts`, `export const part = ${index};\n`]),
    );
    await push(bob, {
      ...WHERE,
      branch: 'ordinary',
      files: { ...files, 'package.json': '{"dependencies":{"zod":"^4.0.0"}}\n' },
    });
    const { number } = await openPullRequest(bob, { ...WHERE, head: 'ordinary', title: 'Ordinary' });
    await harness.settle();
    const opened = harness.takeCalls();

    await push(bob, { ...WHERE, branch: 'ordinary', files: { 'src/part1.ts': 'export const part = 100;\n' } });
    await harness.settle();
    const pushed = harness.takeCalls();

    await push(bob, { ...WHERE, branch: 'plain', files: { 'src/plain.ts': 'export const plain = 1;\n' } });
    await openPullRequest(bob, { ...WHERE, head: 'plain', title: 'Without manifests' });
    await harness.settle();
    const openedPlain = harness.takeCalls();
    await push(bob, { ...WHERE, branch: 'plain', files: { 'src/plain.ts': 'export const plain = 2;\n' } });
    await harness.settle();
    const pushedPlain = harness.takeCalls();

    const { data: comments } = await bob.rest.issues.listComments({ ...WHERE, issue_number: number });
    const comment = comments.find((one) => one.user?.type === 'Bot');
    if (!comment?.body) throw new Error('No comment to tick');
    const carol = as(harness.github, 'carol');
    await carol.rest.issues.updateComment({
      ...WHERE,
      comment_id: comment.id,
      body: comment.body.replace('- [ ]', '- [x]'),
    });
    await harness.settle();
    const ticked = harness.takeCalls();

    await bob.rest.pulls.update({ ...WHERE, pull_number: number, body: 'Other words.' });
    await harness.settle();
    const repeated = harness.takeCalls();

    const many = Object.fromEntries(
      Array.from({ length: 3_000 }, (_, index) => [
        `src/many/f${index}.ts`,
        Array.from({ length: 50 }, (_, line) => `export const v${line} = ${index};\n`).join(''),
      ]),
    );
    await push(bob, { ...WHERE, branch: 'many', files: many });
    const start = performance.now();
    await openPullRequest(bob, { ...WHERE, head: 'many', title: 'Many' });
    await harness.settle();
    const milliseconds = Math.round(performance.now() - start);
    return {
      opened: count(opened),
      pushed: count(pushed),
      openedWithoutManifests: count(openedPlain),
      pushedWithoutManifests: count(pushedPlain),
      ticked: count(ticked),
      nothingChanged: count(repeated),
      threeThousandFiles: { ...count(harness.takeCalls()), millisecondsWithEmulator: milliseconds },
    };
  } finally {
    await harness.stop();
  }
}

function count(calls: readonly Call[]) {
  const writes = calls.filter((call) => call.method !== 'GET' && call.path !== '/graphql').length;
  return { requests: calls.length, reads: calls.length - writes, writes };
}
