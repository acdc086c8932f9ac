import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Scene } from '../support/scene.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await Scene.open();
});

afterAll(() => scene.harness.stop());

const FOLDER = '.github/composure/checklists';
const listOf = (front: string, item: string) => `---\n${front}\n---\n\n- ${item}\n`;

const BASE = {
  'README.md': '# Widgets\n',
  // A new table wants a decision record, too, which is not what this is about.
  '.github/composure.yml': 'adr: { mode: off }\n',
  'src/widgets.ts': 'export const widgets = 1;\n',
  [`${FOLDER}/db.md`]: listOf('title: Our tables\nwhen: data-model', 'The data team saw it. <!-- id: data-team -->'),
};

beforeEach(async () => {
  await scene.settle();
  scene.harness.github.reset();
  await scene.prepare(BASE);
  scene.harness.takeCalls();
});

const table = {
  'src/users.ts': "import { pgTable, text } from 'pg';\n\nexport const users = pgTable('users', { id: text() });\n",
};

describe('lists of a repository', () => {
  it('are asked where an added line calls for them, and lead to that line', async () => {
    const on = await scene.open('bob', { branch: 'table', files: table });
    const body = (await scene.comment(on))?.body ?? '';
    expect(body).toContain('The data team saw it.');
    expect(body).toMatch(/\[`src\/users\.ts:3`\]\(\/acme\/widgets\/pull\/\d+\/files#diff-[0-9a-f]{64}R3\)/);
    const other = await scene.open('bob', { branch: 'other', files: { 'src/b.ts': 'export const b = 2;\n' } });
    expect((await scene.comment(other))?.body).not.toContain('The data team saw it.');
  });

  it('cost no request', async () => {
    await scene.open('bob', { branch: 'table', files: table });
    const calls = scene.harness.takeCalls();
    const objects = calls.flatMap((call) => Object.values((call.body as { variables?: object })?.variables ?? {}));
    expect(objects.filter((object) => String(object).includes(`:${FOLDER}`))).toEqual([]);
  });

  it('are in force as the base has them, and their mistakes are shown on the lines of the change', async () => {
    const broken = {
      [`${FOLDER}/db.md`]: listOf('title: Our tables\nwhen: data-modle', 'It is nothing. <!-- id: data-team -->'),
    };
    const on = await scene.open('bob', { branch: 'broken', files: { ...table, ...broken } });
    expect((await scene.comment(on))?.body).toContain('The data team saw it.');
    const check = await scene.check(on);
    expect(check?.conclusion).toBe('failure');
    expect(check?.annotations).toMatchObject([
      { path: `${FOLDER}/db.md`, line: 3, level: 'failure', title: 'Checklists: list-invalid' },
    ]);
    expect(check?.annotations[0]?.message).toContain('data-model');
  });
});

describe('a list that comes later', () => {
  it('is asked of open pull requests', async () => {
    const on = await scene.open('bob', { branch: 'plain', files: { 'src/b.ts': 'export const b = 2;\n' } });
    const late = listOf('title: Late', 'Somebody came late. <!-- id: late -->');
    await scene.push('alice', { branch: 'main' }, { [`${FOLDER}/late.md`]: late });
    expect((await scene.comment(on))?.body).toContain('Somebody came late.');
  });
});

describe('lists of the organisation', () => {
  it('stand below the repository’s and above the built-in ones', async () => {
    const own = new Scene(scene.harness, { owner: 'acme', repo: '.github' });
    await own.prepare({
      [`${FOLDER}/db.md`]: listOf('title: Their tables', 'The lawyers saw it. <!-- id: lawyers -->'),
      [`${FOLDER}/always.md`]: listOf('title: Every change\nreplace: true', 'Somebody tried it. <!-- id: tried -->'),
    });
    const on = await scene.open('bob', { branch: 'table', files: table });
    const body = (await scene.comment(on))?.body ?? '';
    expect(body).toContain('The data team saw it.');
    expect(body).toContain('The lawyers saw it.');
    expect(body).toContain('Somebody tried it.');
    expect(body).not.toContain('Their tables');
    expect(body).not.toContain('documentation, comments and examples');
  });
});

describe('AI assistance', () => {
  it('is seen by the branch, whatever is declared, and adds questions', async () => {
    const files = { 'src/b.ts': 'export const b = 2;\n' };
    const plain = await scene.open('bob', { branch: 'plain', files });
    const marked = await scene.open('bob', { branch: 'codex/marked', files, body: 'AI-assisted: no' });
    const boxes = async (on: typeof plain) => ((await scene.comment(on))?.body ?? '').match(/^- \[ \].*/gm)?.length;
    expect(await boxes(marked)).toBe((await boxes(plain))! + 2);
  });
});
