import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Call } from '../support/github/index.ts';
import { validateGraphql, validateRequest } from '../support/github/openapi.ts';
import { type OnScene, Scene } from '../support/scene.ts';

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
});

function check(call: Call): void {
  if (call.as !== 'installation' && call.as !== 'jwt') return;
  const query = call.query ? `?${call.query}` : '';
  const problems =
    call.path === '/graphql'
      ? validateGraphql((call.body as { query: string }).query)
      : validateRequest(call.method, `${call.path}${query}`, call.body);
  invalid.push(...problems.map((problem) => `${call.method} ${call.path}: ${problem}`));
}

const code = (count: number, name = 'value') =>
  Array.from({ length: count }, (_, index) => `export const ${name}${index} = compute(${index});\n`).join('');

const only = (size: string) => `checklists: { mode: "off" }\nadr: { mode: "off" }\nsize: { mode: block, ${size} }\n`;

async function prepare(size: string, files: Record<string, string> = {}): Promise<void> {
  await scene.prepare({ 'README.md': '# Widgets\n', '.github/composure.yml': only(size), ...files });
}

async function labelsOf({ number }: OnScene): Promise<string[]> {
  const { data } = await scene.as('alice').rest.issues.listLabelsOnIssue({ ...scene.where, issue_number: number });
  return data.map((label) => label.name).sort();
}

describe('a change that needs more eyes', () => {
  it('waits for approvals of the present head where only fresh ones count, and says so in the comment', async () => {
    await prepare('extra-approvals-at: 100, extra-approvals: 1, fresh-approvals: true');
    const on = await scene.open('bob', { branch: 'large', files: { 'src/a.ts': code(150) } });
    expect(await scene.check(on)).toMatchObject({ conclusion: 'action_required' });
    expect((await scene.comment(on))?.body).toContain('it waits for 1 approval and has 0');

    await scene.as('carol').rest.pulls.createReview({ ...scene.where, pull_number: on.number, event: 'APPROVE' });
    await scene.settle();
    expect(await scene.check(on)).toMatchObject({ conclusion: 'success' });

    await scene.push('bob', on, { 'src/b.ts': code(10, 'more') });
    expect(await scene.check(on)).toMatchObject({ conclusion: 'action_required' });
  });

  it('counts those who may write, members who may only read not among them, and lets approvals stand', async () => {
    await prepare('extra-approvals-at: 100, extra-approvals: 1');
    const on = await scene.open('bob', { branch: 'large', files: { 'src/a.ts': code(150) } });
    const approve = async (who: 'alice' | 'carol' | 'mallory') => {
      await scene.as(who).rest.pulls.createReview({ ...scene.where, pull_number: on.number, event: 'APPROVE' });
      await scene.settle();
      return (await scene.check(on))?.conclusion;
    };
    expect(await approve('mallory')).toBe('action_required');
    await scene.as('alice').rest.repos.removeCollaborator({ ...scene.where, username: 'carol' });
    expect(await approve('carol')).toBe('action_required');
    expect(await approve('alice')).toBe('success');

    await scene.push('bob', on, { 'src/c.ts': code(10, 'again') });
    expect((await scene.check(on))?.conclusion).toBe('success');
  });
});

describe('a change that is too large', () => {
  it('shows receipt and plan in check and comment, folded', async () => {
    await prepare('max-lines: 100');
    const files = {
      'src/a/one.ts': code(90, 'one'),
      'src/b/two.ts': code(90, 'two'),
      'src/c/three.ts': code(90, 'three'),
    };
    const on = await scene.open('bob', { branch: 'wide', files });
    const { text, conclusion } = (await scene.check(on))!;
    expect(conclusion).toBe('failure');
    const { body } = (await scene.comment(on))!;
    for (const shown of [text, body]) {
      expect(shown).toContain('<summary>Commands that make 3 pull requests of this one</summary>');
      expect(shown).toContain('```sh\ngit fetch origin\ngit switch --create wide-1 "$(git merge-base ');
      expect(shown).toContain('<summary>Files by the effort they ask for (3)</summary>');
    }
  });
});

describe('labels', () => {
  it('follow the size, and leave those of others', async () => {
    await prepare('labels: { enabled: true }');
    const on = await scene.open('bob', { branch: 'growing', files: { 'src/a.ts': code(30) } });
    expect(await labelsOf(on)).toEqual(['size/S']);

    const at = { ...scene.where, issue_number: on.number };
    await scene.as('carol').rest.issues.addLabels({ ...at, labels: ['bug', 'size/XL'] });
    await scene.settle();
    await scene.push('bob', on, { 'src/b.ts': code(300, 'more') });
    expect(await labelsOf(on)).toEqual(['bug', 'size/L', 'size/XL']);

    scene.harness.takeCalls();
    await scene.as('bob').rest.pulls.update({ ...scene.where, pull_number: on.number, body: 'Other words.' });
    await scene.settle();
    expect(scene.harness.takeCalls().filter((call) => call.path.endsWith('/labels'))).toEqual([]);
  });
});

describe('what GitHub cuts short', () => {
  it('is read from its contents where a patch is too long', async () => {
    await prepare('max-lines: 100');
    const remarks = Array.from({ length: 25_000 }, (_, index) => `// Remark ${index}\n`).join('');
    const on = await scene.open('bob', { branch: 'long', files: { 'src/big.ts': remarks } });
    const { conclusion, text } = (await scene.check(on))!;
    expect(text).not.toContain('could not be measured whole');
    // Comments weigh half, and only who has read them knows that they are comments.
    expect(text).toContain('An effort of 12,500 of at most 100 lines');
    expect(conclusion).toBe('failure');
  });

  it('is asked for on smaller pages where a long answer lost its counts', async () => {
    await prepare('max-lines: 100000');
    const files = Object.fromEntries(
      Array.from({ length: 5 }, (_, index) => [`src/f${index}.ts`, code(7_000, `f${index}_`)]),
    );
    const on = await scene.open('bob', { branch: 'long', files });
    const { conclusion, text } = (await scene.check(on))!;
    expect(text).toContain('An effort of 35,000 of at most 100,000 lines');
    expect(conclusion).toBe('success');
  });
});
