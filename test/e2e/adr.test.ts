import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Call } from '../support/github/index.ts';
import { validateGraphql, validateRequest } from '../support/github/openapi.ts';
import { Scene } from '../support/scene.ts';

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
  await scene.prepare(BASE);
  scene.harness.takeCalls();
});

function check(call: Call): void {
  if (call.as !== 'installation' && call.as !== 'jwt') return;
  const problems =
    call.path === '/graphql'
      ? validateGraphql((call.body as { query: string }).query)
      : validateRequest(call.method, `${call.path}${call.query ? `?${call.query}` : ''}`, call.body);
  invalid.push(...problems.map((problem) => `${call.method} ${call.path}: ${problem}`));
}

function record(number: number, title: string, status: string, affects = ''): string {
  return `# ${number}. ${title}

Date: 2026-11-20
${affects}
## Status

${status}

## Context

Owners of widgets are asked for by every page, and today each page reads a file of its own.

## Decision

We will keep owners in one table of the main database, next to the widgets.

## Alternatives

Files, as today, which nobody can change at run time; a service of its own, which two people cannot run.

## Consequences

Pages read from one place. Whoever changes an owner changes it everywhere, at once.
`;
}

const BASE = {
  'README.md': '# Widgets\n',
  '.github/composure.yml': 'checklists: { mode: "off" }\n',
  'docs/adr/0001-keep-owners.md': record(
    1,
    'Keep owners in a table',
    'Accepted',
    '\nAffects: migrations/**, src/owners/**\n',
  ),
  'docs/adr/0002-send-mail.md': record(2, 'Send mail ourselves', 'Rejected'),
  'docs/adr/0003-log-everything.md': record(3, 'Log everything', 'Accepted', '\nAffects: src/log/**\n'),
  'docs/adr/0004-old-owners.md': record(
    4,
    'Old owners',
    'Superseded by [1](0001-keep-owners.md)',
    '\nAffects: src/old/**\n',
  ),
};

/** Markdown as a person reads it: without what keeps paths and stars from being taken for marks. */
function readable(text = ''): string {
  return text.replaceAll('`', '').replace(/\\(?=[^\w\s])/g, '');
}

const MIGRATION = { 'migrations/0002_owners.sql': 'CREATE TABLE owners (id INT PRIMARY KEY);\n' };

describe('a pull request that adds a migration', () => {
  it('is blocked, stays so with the suggested record as it came, and opens when that is filled in', async () => {
    await scene.requireCheck();
    const on = await scene.open('bob', { branch: 'owners', files: MIGRATION, title: 'Owners' });
    const first = await scene.check(on);
    expect(first).toMatchObject({ conclusion: 'failure' });
    expect(first?.annotations).toContainEqual(expect.objectContaining({ path: 'migrations/0002_owners.sql', line: 1 }));
    const body = (await scene.comment(on))?.body ?? '';
    const link = /\]\((\/acme\/widgets\/new\/owners\?filename=[^)]+)\)/.exec(body)?.[1];
    const page = new URL(link ?? '', 'https://example.com');
    expect(page.searchParams.get('filename')).toBe('docs/adr/0005-owners.md');
    const skeleton = page.searchParams.get('value') ?? '';
    expect(skeleton).toContain('migrations/0002_owners.sql: the database schema');
    expect(body).toContain('Decisions that govern what this changes');
    expect(body).toContain('docs/adr/0001-keep-owners.md');

    await scene.push('bob', on, { 'docs/adr/0005-owners.md': skeleton });
    const second = await scene.check(on);
    expect(second).toMatchObject({ conclusion: 'failure' });
    const lines =
      second?.annotations.filter(({ path }) => path === 'docs/adr/0005-owners.md').map(({ line }) => line) ?? [];
    const headings = lines.map((line) => skeleton.split('\n')[line - 1]);
    expect(headings).toEqual(['## Context', '## Decision', '## Alternatives', '## Consequences']);
    expect(await scene.merge('bob', on)).toBe('refused');

    await scene.push('bob', on, { 'docs/adr/0005-owners.md': record(5, 'Owners', 'Proposed') });
    expect(await scene.check(on)).toMatchObject({ conclusion: 'success' });
    expect(await scene.merge('bob', on)).toBe('merged');
  });

  it.each([
    ['an accepted record about it', 'As decided in ADR-0001.', 'success', 'decided in docs/adr/0001-keep-owners.md'],
    ['an accepted record, by its path', 'See docs/adr/0001-keep-owners.md.', 'success', 'docs/adr/0001-keep-owners.md'],
    ['a rejected record', 'As discussed in ADR-0002.', 'failure', 'Only a decision that was accepted can carry'],
    [
      'an accepted record about something else',
      'As decided in ADR-0003.',
      'failure',
      'says what it affects (src/log/**)',
    ],
    ['a record that is not there', 'As decided in ADR-0099.', 'failure', 'has no such record'],
  ])('that cites %s', async (_, body, conclusion, said) => {
    const on = await scene.open('bob', { branch: 'owners', files: MIGRATION, body });
    const seen = await scene.check(on);
    expect(seen).toMatchObject({ conclusion });
    expect(readable(seen?.text)).toContain(said);
  });

  it('opens when the citation is added', async () => {
    const on = await scene.open('bob', { branch: 'owners', files: MIGRATION });
    expect(await scene.check(on)).toMatchObject({ conclusion: 'failure' });
    await scene.as('bob').rest.pulls.update({ ...scene.where, pull_number: on.number, body: 'As decided in ADR-1.' });
    await scene.settle();
    expect(await scene.check(on)).toMatchObject({ conclusion: 'success' });
  });
});

describe('a pull request from a fork', () => {
  it("leads to a new file on the author's own fork and branch, with name and skeleton filled in", async () => {
    const on = await scene.openFromFork('mallory', { branch: 'fix/owners', files: MIGRATION, title: 'Owners' });
    expect(await scene.check(on)).toMatchObject({ conclusion: 'failure' });
    const body = (await scene.comment(on))?.body ?? '';
    const links = [...body.matchAll(/\]\((\/[^)]*\/new\/[^)]+)\)/g)].map(([, link = '']) => link);
    const pages = links.map((link) => new URL(link, 'https://example.com'));
    expect(pages.map(({ pathname }) => pathname)).toEqual(['/mallory/widgets/new/fix/owners']);
    expect(pages[0]?.searchParams.get('filename')).toBe('docs/adr/0005-owners.md');
    expect(pages[0]?.searchParams.get('value')).toContain('migrations/0002_owners.sql: the database schema');
  });
});

describe('two open pull requests with the same number', () => {
  it('are both told, with the next free number', async () => {
    const one = await scene.open('bob', {
      branch: 'one',
      files: { 'docs/adr/0005-one.md': record(5, 'One', 'Proposed') },
    });
    expect(await scene.check(one)).toMatchObject({ conclusion: 'success' });
    const two = await scene.open('carol', {
      branch: 'two',
      files: { 'docs/adr/0005-two.md': record(5, 'Two', 'Proposed') },
    });
    for (const [on, other, own] of [
      [one, two, 'one'],
      [two, one, 'two'],
    ] as const) {
      const seen = await scene.check(on);
      expect(seen).toMatchObject({ conclusion: 'failure' });
      const said = seen?.annotations.find(({ path }) => path === `docs/adr/0005-${own}.md`);
      expect(said?.message).toContain(`open pull request ${other.number}`);
      expect(said?.message).toContain('0006');
    }
  });

  it('is asked with one request, and only by a change that adds a record', async () => {
    await scene.open('bob', { branch: 'plain', files: MIGRATION });
    const asked = () =>
      scene.harness.takeCalls().filter(({ body }) => JSON.stringify(body ?? '').includes('ComposureOpenPullRequests'));
    expect(asked()).toHaveLength(0);
    await scene.open('bob', {
      branch: 'one',
      files: { 'docs/adr/0005-one.md': record(5, 'One', 'Proposed'), 'docs/adr/0006-b.md': record(6, 'B', 'Proposed') },
    });
    expect(asked()).toHaveLength(1);
  });
});

describe('a record that an agent wrote', () => {
  const byAgent = 'Keep owners\n\nCo-Authored-By: Claude <noreply@anthropic.com>';
  const files = { ...MIGRATION, 'docs/adr/0005-owners.md': record(5, 'Owners', 'Proposed') };

  async function opened() {
    const on = await scene.open('bob', { branch: 'agent', files, title: byAgent });
    const seen = await scene.check(on);
    expect(seen).toMatchObject({ conclusion: 'failure' });
    expect(seen?.annotations.map(({ path }) => path)).toContain('docs/adr/0005-owners.md');
    return on;
  }

  it('waits for a person: a tick of its author does nothing, one of a reviewer opens', async () => {
    const on = await opened();
    await scene.tick('bob', on);
    expect(await scene.check(on)).toMatchObject({ conclusion: 'failure' });
    await scene.tick('carol', on);
    expect(await scene.check(on)).toMatchObject({ conclusion: 'success' });
    expect((await scene.comment(on))?.body).toContain('@carol');
  });

  it('opens by a command, and asks again when its words change', async () => {
    const on = await opened();
    const body = '/composure attest decision-record/0005-owners I was there when we decided.';
    await scene.as('carol').rest.issues.createComment({ ...scene.where, issue_number: on.number, body });
    await scene.settle();
    expect(await scene.check(on)).toMatchObject({ conclusion: 'success' });
    const other = record(5, 'Owners', 'Proposed').replace('two people', 'three people');
    await scene.push('bob', on, { 'docs/adr/0005-owners.md': other }, byAgent);
    expect(await scene.check(on)).toMatchObject({ conclusion: 'failure' });
  });

  it('opens where it names who decided', async () => {
    const on = await opened();
    const named = record(5, 'Owners', 'Proposed', '\nDeciders: Ada Lovelace\n');
    await scene.push('bob', on, { 'docs/adr/0005-owners.md': named }, byAgent);
    expect(await scene.check(on)).toMatchObject({ conclusion: 'success' });
  });
});

describe('two queued pull requests with the same number', () => {
  it('are found on the group', async () => {
    await scene.requireCheck();
    // Both pass while numbers are only warned of.
    const config = BASE['.github/composure.yml'];
    await scene.push('alice', { branch: 'main' }, { '.github/composure.yml': `${config}adr: { mode: warn }\n` });
    const agreed = await scene.open('bob', {
      branch: 'first',
      files: { 'docs/adr/0005-first.md': record(5, 'First', 'Proposed') },
    });
    const late = await scene.open('carol', {
      branch: 'second',
      files: { 'docs/adr/0005-second.md': record(5, 'Second', 'Proposed') },
    });
    for (const on of [agreed, late]) expect(await scene.check(on)).toMatchObject({ conclusion: 'success' });
    await scene.push('alice', { branch: 'main' }, { '.github/composure.yml': config });
    const { github } = scene.harness;
    // Nobody answers for the first group, so that it is still ahead in the queue.
    github.webhookOptions.drop = ({ event }) => event === 'merge_group';
    await enqueue(agreed);
    github.webhookOptions.drop = undefined;
    await enqueue(late);
    const groups = github.deliveries.filter(
      ({ event, action }) => event === 'merge_group' && action === 'checks_requested',
    );
    const { head_sha: headSha } = groups.at(-1)?.request.payload.merge_group as { head_sha: string };
    const check = await scene.checkOn(headSha);
    expect(check).toMatchObject({ conclusion: 'failure' });
    for (const said of ['0005-first.md', '0005-second.md', '0006']) expect(check?.text).toContain(said);
  });

  async function enqueue({ number }: { number: number }): Promise<void> {
    const { data } = await scene.as('bob').rest.pulls.get({ ...scene.where, pull_number: number });
    const mutation = 'mutation($id: ID!) { enqueuePullRequest(input: { pullRequestId: $id }) { clientMutationId } }';
    await scene.as('carol').graphql(mutation, { id: data.node_id });
    await scene.settle();
  }
});

describe('decisions where they matter', () => {
  it('warns where the governing decision was superseded, and names its successor', async () => {
    const on = await scene.open('bob', { branch: 'old', files: { 'src/old/a.ts': 'export const a = 1;\n' } });
    const seen = await scene.check(on);
    expect(seen).toMatchObject({ conclusion: 'success' });
    expect(seen?.text).toContain('docs/adr/0004-old-owners.md');
    expect(seen?.text).toContain('docs/adr/0001-keep-owners.md');
  });

  it('refuses to have an accepted record rewritten, and lets it be amended', async () => {
    const before = BASE['docs/adr/0001-keep-owners.md'];
    const rewritten = before.replace('one table', 'two tables');
    const on = await scene.open('bob', { branch: 'rewrite', files: { 'docs/adr/0001-keep-owners.md': rewritten } });
    expect(await scene.check(on)).toMatchObject({ conclusion: 'failure' });
    await scene.push('bob', on, {
      'docs/adr/0001-keep-owners.md': `${before}\n## Amendment 2026-11-20\n\nFormer owners stay.\n`,
    });
    expect(await scene.check(on)).toMatchObject({ conclusion: 'success' });
  });
});
