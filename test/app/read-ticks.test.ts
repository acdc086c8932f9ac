import { describe, expect, it } from 'vitest';
import { readTicks, recordFor } from '../../src/app/read-ticks.ts';
import type { OwnComment } from '../../src/github/read.ts';
import type { Tick } from '../../src/model/pull-request.ts';
import { box, headMarker } from '../../src/render/boxes.ts';
import { md } from '../../src/render/markdown.ts';
import { type AttestationRecord, type SigningKeys, writeRecord } from '../../src/render/record.ts';
import { bot, page, user } from '../github/snapshot.ts';
import { nockGitHub } from '../support/nock-github.ts';
import { context } from './context.ts';

const SCOPE = 'acme/widgets#7';
const HEAD = 'f'.repeat(40);
const KEYS: SigningKeys = ['a key', 'an older key'];
const BOB = { id: 22, login: 'bob' };
const BOBS = { by: BOB, at: '2026-11-20T09:00:00Z', commit: 'e'.repeat(40) };
const github = nockGitHub();

/** Our comment with these boxes, ticked or not, and a record of who ticked what. */
function body(
  boxes: Readonly<Record<string, boolean>>,
  items: AttestationRecord['items'] | null = null,
  keys = KEYS,
  scope = SCOPE,
) {
  const lines = Object.entries(boxes).map(([item, ticked]) => box(item, ticked, md`words`));
  const record = items ? [writeRecord({ scope, items }, keys)] : [];
  return ['<!-- composure -->', headMarker(HEAD), '', ...lines, '', ...record].join('\n');
}

function comment(text: string): OwnComment {
  return { id: 31, nodeId: 'IC_31', body: text };
}

async function read(found: OwnComment | null, keys = KEYS) {
  const { log } = context(github);
  const identity = { appId: 1234, slug: 'composure' };
  const ticks = await readTicks(github.client, found, { scope: SCOPE, identity, signingKeys: keys, log });
  return { ticks, log };
}

/** The history of the comment, newest first, as GitHub gives it. */
function serveEdits(...newestFirst: [editor: object, text: string][]): void {
  const nodes = newestFirst.map(([editor, diff], at) => ({
    editedAt: `2026-11-20T10:00:${59 - at}Z`,
    deletedAt: null,
    diff,
    editor,
  }));
  const node = { __typename: 'IssueComment', userContentEdits: page(nodes) };
  github.graphql('ComposureCommentEdits', { data: { node } }, { id: 'IC_31' });
}

function bobs(item: string): Tick {
  return { item, by: { ...BOB, kind: 'user', association: 'NONE' }, at: BOBS.at, commit: BOBS.commit };
}

function carols(item: string): Tick {
  return {
    item,
    by: { id: 23, login: 'carol', kind: 'user', association: 'NONE' },
    at: '2026-11-20T10:00:59Z',
    commit: HEAD,
  };
}

describe('readTicks', () => {
  const free: { name: string; found: OwnComment | null; ticks: Tick[] }[] = [
    { name: 'no comment', found: null, ticks: [] },
    { name: 'no boxes', found: comment('<!-- composure -->'), ticks: [] },
    { name: 'no box ticked', found: comment(body({ 'a/1': false }, { 'a/1': BOBS })), ticks: [] },
    {
      name: 'what we recorded',
      found: comment(body({ 'a/1': true, 'a/2': false }, { 'a/1': BOBS })),
      ticks: [bobs('a/1')],
    },
    {
      name: 'what we recorded under an older key',
      found: comment(body({ 'a/1': true }, { 'a/1': BOBS }, ['an older key'])),
      ticks: [bobs('a/1')],
    },
    {
      name: 'what we recorded, and not what was unticked since',
      found: comment(body({ 'a/1': true, 'a/2': false }, { 'a/1': BOBS, 'a/2': BOBS })),
      ticks: [bobs('a/1')],
    },
  ];
  it.each(free)('costs nothing: $name', async ({ found, ticks }) => {
    expect((await read(found)).ticks).toEqual(ticks);
    expect(github.takeRoutes()).toEqual([]);
  });

  it('credits what was ticked since from the history', async () => {
    const before = body({ 'a/1': false });
    const after = body({ 'a/1': true });
    serveEdits([user('carol', 23), after], [bot('composure'), before]);
    expect((await read(comment(after))).ticks).toEqual([carols('a/1')]);
  });

  it('believes the record first, and the history for the rest', async () => {
    const items = { 'a/1': BOBS };
    const before = body({ 'a/1': true, 'a/2': false }, items);
    const after = body({ 'a/1': true, 'a/2': true }, items);
    serveEdits([user('carol', 23), after], [bot('composure'), before]);
    expect((await read(comment(after))).ticks).toEqual([bobs('a/1'), carols('a/2')]);
  });

  it('credits nothing twice', async () => {
    const before = body({ 'a/1': false, 'a/2': false });
    const after = body({ 'a/1': true, 'a/2': true }, { 'a/1': BOBS });
    serveEdits([user('carol', 23), after], [bot('composure'), before]);
    expect((await read(comment(after))).ticks).toEqual([bobs('a/1'), carols('a/2')]);
  });

  it('credits nobody where the history does not tell', async () => {
    serveEdits([bot('composure'), body({ 'a/1': true })]);
    expect((await read(comment(body({ 'a/1': true })))).ticks).toEqual([]);
  });

  it('credits nothing that is not ticked any more', async () => {
    const before = body({ 'a/1': false, 'a/2': false });
    const between = body({ 'a/1': true, 'a/2': true });
    const after = body({ 'a/1': true, 'a/2': false });
    // The history is newer than the comment that we read.
    serveEdits([user('carol', 23), between], [bot('composure'), before]);
    expect((await read(comment(after))).ticks).toEqual([carols('a/1')]);
  });

  it.each([
    ['signed by a stranger', body({ 'a/1': true }, { 'a/1': BOBS }, ["a stranger's key"]), 'forged'],
    ['made for another pull request', body({ 'a/1': true }, { 'a/1': BOBS }, KEYS, 'acme/widgets#8'), 'elsewhere'],
    [
      'pasted twice',
      body({ 'a/1': true }, { 'a/1': BOBS }) + writeRecord({ scope: SCOPE, items: {} }, KEYS),
      'several',
    ],
    ['damaged', `${body({ 'a/1': true })}<!-- composure:record v1 x -->`, 'malformed'],
  ])('does not believe a record %s, and says so', async (_, text, reason) => {
    serveEdits([bot('composure'), text]);
    const { ticks, log } = await read(comment(text));
    expect(ticks).toEqual([]);
    expect(log.warn).toHaveBeenCalledWith({ scope: SCOPE, reason }, expect.any(String));
  });

  it('says nothing of a comment without a record, which is where all begin', async () => {
    serveEdits();
    const { log } = await read(comment(body({ 'a/1': true })));
    expect(log.warn).not.toHaveBeenCalled();
  });

  it.each(['__proto__', 'constructor', 'toString'])('takes no item for a part of JavaScript: %s', async (item) => {
    serveEdits();
    expect((await read(comment(body({ [item]: true }, {})))).ticks).toEqual([]);
  });
});

describe('recordFor', () => {
  it('keeps what counts, and who by', () => {
    expect(recordFor(SCOPE, [bobs('a/1'), carols('a/2')], new Set(['a/1', 'a/3']))).toEqual({
      scope: SCOPE,
      items: { 'a/1': BOBS },
    });
  });

  it('is read back as it was', async () => {
    const record = recordFor(SCOPE, [bobs('a/1')], new Set(['a/1']));
    expect((await read(comment(body({ 'a/1': true }, record.items)))).ticks).toEqual([bobs('a/1')]);
  });
});
