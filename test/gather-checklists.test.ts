import { describe, expect, test } from 'vitest';
import { CHECKLISTS_FOLDER, checklistSource, gatherChecklists, isChecklistPath } from '../src/gather-checklists.ts';
import type { ChecklistsAnswer, EvidenceEntry, FileAnswer } from '../src/model/evidence.ts';
import type { PullRequest } from '../src/model/pull-request.ts';
import { addedLines, changedFile, pullRequest } from './support/pull-request.ts';

const text = (title: string, id = 'one') => `---\ntitle: ${title}\n---\n- ${title}. <!-- id: ${id} -->\n`;
const inFolder = (name: string) => `${CHECKLISTS_FOLDER}/${name}`;
const found = (of: string): FileAnswer => ({ state: 'found', text: of });

const BUILT_IN: ChecklistsAnswer = {
  lists: [
    { id: 'code', title: 'Code', path: 'checklists/code.md', appliesTo: [], items: [{ id: 'one', title: 'One.' }] },
  ],
  problems: [],
};

/** A repository with files at the base and at head, which says what it was asked. */
function repositoryOf(
  base: Record<string, FileAnswer>,
  head: Record<string, FileAnswer> = {},
  folder?: EvidenceEntry[1],
) {
  const asked: string[] = [];
  const source = async (requests: readonly EvidenceEntry[0][]): Promise<EvidenceEntry[]> =>
    requests.map((request) => {
      if (request.kind !== 'file' && request.kind !== 'folder') throw new Error('not of the repository');
      asked.push(`${request.side}:${request.path}`);
      if (request.kind === 'file') {
        return [request, (request.side === 'base' ? base : head)[request.path] ?? { state: 'absent' }];
      }
      const entries = Object.keys(base).map((path) => ({
        name: path.slice(CHECKLISTS_FOLDER.length + 1),
        kind: 'file' as const,
      }));
      return [request, (folder ?? (entries.length > 0 ? { state: 'found', entries } : { state: 'absent' })) as never];
    });
  return { source, asked };
}

async function gather(
  repository: ReturnType<typeof repositoryOf>,
  { files = [addedLines('src/a.ts', 1)], ...rest }: Partial<PullRequest> & { organisation?: never } = {},
  organisation?: { path: string; answer: FileAnswer }[],
) {
  return gatherChecklists({
    pullRequest: pullRequest({ files, ...rest }),
    repository: repository.source,
    builtIn: BUILT_IN,
    ...(organisation && { organisation }),
  });
}

describe('the lists in force', () => {
  test('are the built-in ones where a repository has none, and one question tells', async () => {
    const repository = repositoryOf({});
    const answer = await gather(repository);
    expect(answer).toEqual({ lists: BUILT_IN.lists, problems: [], missing: [], proposed: [] });
    expect(repository.asked).toEqual([`base:${CHECKLISTS_FOLDER}`]);
  });

  test('are those of three layers, merged by id', async () => {
    const repository = repositoryOf({
      [inFolder('code.md')]: found(text('Ours', 'two')),
      [inFolder('db.md')]: found(text('Db')),
    });
    const answer = await gather(repository, {}, [
      { path: inFolder('code.md'), answer: found(text('Theirs', 'three')) },
      { path: inFolder('legal.md'), answer: found(text('Legal')) },
    ]);
    expect(answer.lists.map(({ id, title, items }) => [id, title, items.map((item) => item.id)])).toEqual([
      ['code', 'Ours', ['one', 'three', 'two']],
      ['legal', 'Legal', ['one']],
      ['db', 'Db', ['one']],
    ]);
  });

  test('come from Markdown files only', async () => {
    const repository = repositoryOf({ [inFolder('notes.txt')]: found('x'), [inFolder('a.md')]: found(text('A')) });
    await gather(repository);
    expect(repository.asked).toEqual([`base:${CHECKLISTS_FOLDER}`, `base:${inFolder('a.md')}`]);
  });
});

describe('what cannot be read is said', () => {
  test('a broken list, by whose it is', async () => {
    const answer = await gather(repositoryOf({ [inFolder('a.md')]: found('no list') }), {}, [
      { path: inFolder('b.md'), answer: { state: 'binary' } },
    ]);
    expect(answer.problems.map(({ path, source }) => [path, source])).toEqual(
      expect.arrayContaining([
        [inFolder('a.md'), undefined],
        [inFolder('b.md'), 'organisation'],
      ]),
    );
    expect(answer.lists).toEqual(BUILT_IN.lists);
  });

  test.each<[string, EvidenceEntry[1] | undefined, Record<string, FileAnswer>, string]>([
    ['the folder', { state: 'unavailable', cause: 'an outage' }, {}, `the folder ${CHECKLISTS_FOLDER}`],
    [
      'a file',
      undefined,
      { [inFolder('a.md')]: { state: 'unavailable', cause: 'an outage' } },
      `checklist ${inFolder('a.md')}`,
    ],
  ])('%s', async (_, folder, base, what) => {
    expect((await gather(repositoryOf(base, {}, folder))).missing).toEqual([{ what, cause: 'an outage' }]);
  });
});

describe('a list that the change edits', () => {
  const edited = changedFile(inFolder('a.md'), text('A'), 'broken\n');

  test('stays in force as the base has it, and is looked at as head has it', async () => {
    const base = { [inFolder('a.md')]: found(text('A')) };
    const answer = await gather(repositoryOf(base, { [inFolder('a.md')]: found('broken\n') }), { files: [edited] });
    expect(answer.lists.map(({ id }) => id)).toEqual(['code', 'a']);
    expect(answer.proposed).toEqual([
      { path: inFolder('a.md'), problems: expect.arrayContaining([expect.objectContaining({ line: 1 })]) },
    ]);
  });

  test('is not there any more where it is removed, which is no mistake', async () => {
    const removed = changedFile(inFolder('a.md'), text('A'), null);
    const answer = await gather(repositoryOf({ [inFolder('a.md')]: found(text('A')) }), { files: [removed] });
    expect(answer.proposed).toEqual([{ path: inFolder('a.md'), problems: [] }]);
  });
});

test('the source answers every request with the same', async () => {
  const source = checklistSource({
    pullRequest: pullRequest(),
    repository: repositoryOf({}).source,
    builtIn: BUILT_IN,
  });
  expect(await source([{ kind: 'checklists' }])).toMatchObject([[{ kind: 'checklists' }, { lists: BUILT_IN.lists }]]);
});

test.each<[string, boolean]>([
  [inFolder('a.md'), true],
  [inFolder('a.txt'), false],
  [inFolder('deep/a.md'), false],
  ['checklists/a.md', false],
])('%s is a place of lists: %s', (path, is) => {
  expect(isChecklistPath(path)).toBe(is);
});
