import type { Call } from '../test/support/github/index.ts';
import { as, openPullRequest, push } from '../test/support/github/people.ts';
import { startHarness } from '../test/support/harness.ts';

const WHERE = { owner: 'acme', repo: 'widgets' } as const;

/**
 * What one pull request costs in requests to GitHub, tokens left out, with what the process remembers warm: an ordinary
 * one, one that adds a dependency, one that is too large, and one of 3,000 files. The first pull request after a start
 * stands apart.
 */
export async function measureRequests() {
  const harness = await startHarness({ packages: { zod: { versions: ['4.6.7'] }, semver: { versions: ['7.7.3'] } } });
  try {
    const alice = as(harness.github, 'alice');
    const bob = as(harness.github, 'bob');
    const carol = as(harness.github, 'carol');
    /** What the app asks while this is done and everything it sets off. */
    const costOf = async (act: () => Promise<unknown>) => {
      await harness.settle();
      harness.takeCalls();
      await act();
      await harness.settle();
      return count(harness.takeCalls());
    };
    const open = async (branch: string, files: Record<string, string>) => {
      await push(bob, { ...WHERE, branch, files });
      return openPullRequest(bob, { ...WHERE, head: branch, title: branch });
    };
    const change = (branch: string, files: Record<string, string>) => push(bob, { ...WHERE, branch, files });
    const tick = async (number: number) => {
      const { data: comments } = await bob.rest.issues.listComments({ ...WHERE, issue_number: number });
      const comment = comments.find((one) => one.user?.type === 'Bot');
      if (!comment?.body) throw new Error('No comment to tick');
      const body = comment.body.replace('- [ ]', '- [x]');
      await carol.rest.issues.updateComment({ ...WHERE, comment_id: comment.id, body });
    };

    await push(alice, {
      ...WHERE,
      branch: 'main',
      files: { 'src/a.ts': 'export const a = 1;\n', 'package.json': manifest({}) },
    });
    for (const username of ['bob', 'carol']) {
      await alice.rest.repos.addCollaborator({ ...WHERE, username, permission: 'push' });
    }
    const firstAfterStart = await costOf(() => open('first', { 'package.json': manifest({ zod: '^4.0.0' }) }));

    // Reads what no pull request has asked of the tip of this base yet; the next one finds it.
    await costOf(() => open('second', sources(10)));
    const opened = await costOf(() => open('plain', sources(12)));
    const pushed = await costOf(() => change('plain', { 'src/part1.ts': 'export const part = 100;\n' }));
    const withDependency = { ...sources(10), 'package.json': manifest({ semver: '^7.0.0' }) };
    const openedWithDependency = await costOf(() => open('dependency', withDependency));
    const pushedWithDependency = await costOf(() =>
      change('dependency', { 'package.json': manifest({ semver: '^7.0.0', zod: '^4.0.0' }) }),
    );
    const tooLarge = await costOf(() => open('large', sources(40)));
    const tooLargePushed = await costOf(() => change('large', { 'src/part1.ts': 'export const part = 100;\n' }));

    const { data: pulls } = await bob.rest.pulls.list({ ...WHERE, head: 'acme:plain' });
    const number = pulls[0]?.number ?? 0;
    const tickedByStranger = await costOf(() => tick(number));
    const ticked = await costOf(() => tick(number));
    const nothingChanged = await costOf(() => bob.rest.pulls.update({ ...WHERE, pull_number: number, body: 'Words.' }));

    const lines = (index: number) =>
      Array.from({ length: 50 }, (_, line) => `export const v${line} = ${index};\n`).join('');
    const many = Array.from({ length: 3_000 }, (_, index) => [`src/many/f${index}.ts`, lines(index)] as const);
    await push(bob, { ...WHERE, branch: 'many', files: Object.fromEntries(many) });
    const threeThousandFiles = await costOf(() => openPullRequest(bob, { ...WHERE, head: 'many', title: 'Many' }));
    return {
      opened,
      pushed,
      openedWithDependency,
      pushedWithDependency,
      tooLarge,
      tooLargePushed,
      tickedByStranger,
      ticked,
      nothingChanged,
      firstAfterStart,
      threeThousandFiles,
    };
  } finally {
    await harness.stop();
  }
}

function manifest(dependencies: Record<string, string>): string {
  return `${JSON.stringify({ name: 'widgets', dependencies })}\n`;
}

function sources(count: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`src/part${index}.ts`, `export const part = ${index};\n`]),
  );
}

function count(calls: readonly Call[]) {
  const writes = calls.filter((call) => call.method !== 'GET' && call.path !== '/graphql').length;
  return { requests: calls.length, reads: calls.length - writes, writes };
}
