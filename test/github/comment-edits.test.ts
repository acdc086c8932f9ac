import { describe, expect, it } from 'vitest';
import { readCommentEdits } from '../../src/github/comment-edits.ts';
import { nockGitHub } from '../support/nock-github.ts';
import { bot, page, user } from './snapshot.ts';

type Node = Record<string, unknown>;
const github = nockGitHub();

/** GitHub lists the newest edit first. */
function serve(nodes: readonly (Node | null)[], next: string | null = null, after: string | null = null): void {
  const comment = { __typename: 'IssueComment', userContentEdits: page(nodes, next) };
  github.graphql('ComposureCommentEdits', { data: { node: comment } }, { id: 'IC_31', after });
}

function edit(second: number, overrides: Node = {}): Node {
  const editedAt = `2026-11-20T10:00:${String(second).padStart(2, '0')}Z`;
  return { editedAt, deletedAt: null, diff: `text ${second}`, editor: user('bob', 22), ...overrides };
}

async function bodies(): Promise<string[]> {
  return (await readCommentEdits(github.client, 'IC_31')).map(({ body }) => body);
}

describe('readCommentEdits', () => {
  it('tells the states oldest first, and whose they are', async () => {
    serve([edit(3), edit(2, { editor: null }), edit(1, { editor: bot('composure', 99) })]);
    expect(await readCommentEdits(github.client, 'IC_31')).toEqual([
      {
        editor: { id: 99, login: 'composure[bot]', kind: 'bot', association: 'NONE' },
        at: '2026-11-20T10:00:01Z',
        body: 'text 1',
      },
      { editor: null, at: '2026-11-20T10:00:02Z', body: 'text 2' },
      {
        editor: { id: 22, login: 'bob', kind: 'user', association: 'NONE' },
        at: '2026-11-20T10:00:03Z',
        body: 'text 3',
      },
    ]);
  });

  it('takes no mannequin for a person', async () => {
    serve([edit(1, { editor: { __typename: 'Mannequin', login: 'imported' } })]);
    const [first] = await readCommentEdits(github.client, 'IC_31');
    expect(first?.editor).toMatchObject({ kind: 'unknown', id: null });
  });

  it("keeps GitHub's order among edits of the same second", async () => {
    serve([edit(1, { diff: 'c' }), edit(1, { diff: 'b' }), edit(1, { diff: 'a' })]);
    expect(await bodies()).toEqual(['a', 'b', 'c']);
  });

  it('reads on while there are more', async () => {
    serve([edit(3)], 'e1');
    serve([edit(2)], 'e2', 'e1');
    serve([edit(1)], null, 'e2');
    expect(await bodies()).toEqual(['text 1', 'text 2', 'text 3']);
  });

  it('stops after 500, with the newest', async () => {
    const fifty = Array.from({ length: 50 }, () => edit(1));
    for (let at = 0; at < 10; at++) serve(fifty, `e${at + 1}`, at === 0 ? null : `e${at}`);
    expect(await bodies()).toHaveLength(500);
  });

  // Otherwise what an unknown hand ticked would look like the work of whoever edited next.
  it.each([
    ['deleted', edit(2, { deletedAt: '2026-11-20T11:00:00Z', diff: null })],
    ['deleted, and shown all the same', edit(2, { deletedAt: '2026-11-20T11:00:00Z' })],
    ['without its text', edit(2, { diff: null })],
    ['not ours to see', null],
  ])('begins after an edit that is %s, and asks for nothing older', async (_, gap) => {
    serve([edit(4), edit(3), gap, edit(1)], 'e1');
    expect(await bodies()).toEqual(['text 3', 'text 4']);
  });

  it.each([
    ['the comment is gone', null],
    ['it is no comment', { __typename: 'PullRequest' }],
    ['it was never edited', { __typename: 'IssueComment', userContentEdits: null }],
  ])('knows of none when %s', async (_, node) => {
    github.graphql('ComposureCommentEdits', { data: { node } });
    expect(await bodies()).toEqual([]);
  });

  it('lets a failure be known', async () => {
    github.graphql('ComposureCommentEdits', { errors: [{ message: 'Something went wrong' }] });
    await expect(bodies()).rejects.toThrow('Something went wrong');
  });
});
