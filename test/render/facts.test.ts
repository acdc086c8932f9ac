import { describe, expect, it } from 'vitest';
import type { TickFact } from '../../src/model/tick-fact.ts';
import { box } from '../../src/render/boxes.ts';
import { replayFacts, type StandingComment } from '../../src/render/facts.ts';
import { md } from '../../src/render/markdown.ts';
import { type CommentRecord, nameText, writeRecord } from '../../src/render/record.ts';
import { account } from '../support/pull-request.ts';

const READER = { self: 'composure[bot]', scope: 'acme/widgets#7', comment: 31, keys: ['key'] as const };
const HEAD = '1'.repeat(40);
const ITEMS = ['list/a', 'list/b'];

/** Our text with these items ticked; its record says how many versions there were before it. */
function ours(ticked: string, record: Partial<CommentRecord> = {}): string {
  const full: CommentRecord = {
    ...{ scope: READER.scope, comment: READER.comment, seen: null, versions: 4, head: HEAD },
    items: Object.fromEntries(ITEMS.map((id) => [id, { content: `about ${id}`, tick: null, undone: null }])),
    ...{ waivers: [], handled: {}, refusals: [] },
    ...record,
  };
  const boxes = ITEMS.map((id) => box(id, ticked.includes(id.slice(-1)), md`Words`));
  return ['<!-- composure -->', '', ...boxes, '', writeRecord(full, ['key'])].join('\n');
}

/** What the event tells of an edit that leaves these items ticked. */
function fact(who: string, from: string, to: string, second: number, overrides: Partial<TickFact> = {}): TickFact {
  const boxes = ITEMS.map((item) => ({ item, from: from.includes(item.slice(-1)), to: to.includes(item.slice(-1)) }));
  return {
    ...{ comment: 31, by: account(who), at: `2026-11-20T12:00:0${second}Z`, receivedAt: '2026-11-20T12:01:00.000Z' },
    ...{ head: HEAD, boxes: boxes.filter((one) => one.from !== one.to) },
    ...{ before: nameText(ours(from)), after: nameText(ours(to)) },
    ...overrides,
  };
}

function standing(ticked: string, by: string, versions: number | null, body = ours(ticked)): StandingComment {
  return { body, writtenBy: by, writtenAt: '2026-11-20T12:00:05Z', versions };
}

function acts(comment: StandingComment, facts: readonly TickFact[]): string[] | null {
  const replay = replayFacts(comment, facts, READER);
  if (!replay) return null;
  return replay.acts.map((act) => (act.kind === 'tick' ? `${act.item} by ${act.by.login}` : `-${act.item}`));
}

describe('events explain a comment', () => {
  it('that stands as we wrote it', () => {
    expect(acts(standing('', READER.self, 5), [])).toEqual([]);
  });

  it('that somebody ticked, with what they were shown', () => {
    const replay = replayFacts(standing('a', 'bob', 6), [fact('bob', '', 'a', 1)], READER);
    expect(replay?.acts).toEqual([
      {
        kind: 'tick',
        item: 'list/a',
        by: account('bob'),
        at: '2026-11-20T12:00:01Z',
        commit: HEAD,
        content: 'about list/a',
      },
    ]);
    expect(replay?.writings).toMatchObject([{ head: HEAD, at: '2026-11-20T12:00:01Z' }]);
  });

  it('that two people ticked, in whatever order we heard of it', () => {
    const facts = [fact('carol', 'a', 'ab', 2), fact('bob', '', 'a', 1)];
    expect(acts(standing('ab', 'carol', 7), facts)).toEqual(['list/a by bob', 'list/b by carol']);
  });

  it('that somebody ticked and opened again', () => {
    const facts = [fact('bob', '', 'a', 1), fact('bob', 'a', '', 2)];
    expect(acts(standing('', 'bob', 7), facts)).toEqual(['list/a by bob', '-list/a']);
  });

  it('that was ticked as we first made it, when its record did not know its number', () => {
    const [from, to] = ['', 'a'].map((ticked) => ours(ticked, { comment: null, versions: 0 })) as [string, string];
    const told = fact('bob', '', 'a', 1, { before: nameText(from), after: nameText(to) });
    expect(acts(standing('a', 'bob', 2, to), [told])).toEqual(['list/a by bob']);
  });

  it('whatever other comments they tell of', () => {
    const facts = [fact('bob', '', 'a', 1), fact('eve', '', 'ab', 2, { comment: 32 })];
    expect(acts(standing('a', 'bob', 6), facts)).toEqual(['list/a by bob']);
  });
});

describe('the history has to be read', () => {
  const bob = fact('bob', '', 'a', 1);
  const carol = fact('carol', 'a', 'ab', 2);
  it.each<[name: string, comment: StandingComment, facts: TickFact[]]>([
    ['where nobody counted the versions', standing('a', 'bob', null), [bob]],
    ['where an event is missing', standing('a', 'bob', 6), []],
    ['where one of two is missing', standing('ab', 'carol', 7), [carol]],
    ['where an edit in between was not one of boxes', standing('a', 'bob', 7), [bob]],
    ['where one is left over from before our writing', standing('', READER.self, 5), [bob]],
    ['where the newest edit is not that of the newest event', standing('ab', 'carol', 7), [bob, bob]],
    ['where the text is not what the event left', standing('b', 'bob', 6), [bob]],
    ['where somebody else wrote the text that stands', standing('a', 'mallory', 6), [bob]],
    ['where the text is not the one that we are said to have written', standing('', 'mallory', 5), []],
    [
      'where a second hand opens what the first had ticked',
      standing('b', 'carol', 7),
      [bob, fact('carol', 'a', 'b', 2)],
    ],
    [
      'where the record does not say how many there were',
      standing('', READER.self, 5, ours('').replace(/v2 \S/, 'v2 Z')),
      [],
    ],
    [
      'where the record is of another pull request',
      standing('', READER.self, 5, ours('', { scope: 'acme/widgets#8' })),
      [],
    ],
    ['where the record is of another comment', standing('', READER.self, 5, ours('', { comment: 30 })), []],
    ['where an old text of ours was brought back', standing('', READER.self, 5, ours('', { versions: 2 })), []],
  ])('%s', (_, comment, facts) => {
    expect(acts(comment, facts)).toBeNull();
  });
});
