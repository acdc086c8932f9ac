import { describe, expect, it, test } from 'vitest';
import { box } from '../../src/render/boxes.ts';
import { type BoxAct, type CommentVersion, type Reader, replayHistory } from '../../src/render/history.ts';
import { md } from '../../src/render/markdown.ts';
import { type CommentRecord, nameVersion, type SigningKeys, writeRecord } from '../../src/render/record.ts';
import { account } from '../support/pull-request.ts';

const SELF = 'composure[bot]';
const KEYS: SigningKeys = ['key'];
const READER: Reader = { self: SELF, scope: 'acme/widgets#7', comment: 31, keys: KEYS };
const OLD = '1'.repeat(40);
const NEW = '2'.repeat(40);

/** A history in the making: ours and other people's versions, a minute apart. */
class Story {
  readonly versions: CommentVersion[] = [];
  #minute = 0;

  /** We write: boxes as named (`a` ticked, `-a` open), for a head, on top of what we had seen. */
  ours(items: string, { head = OLD, seen = this.seen, keys = KEYS, ...overrides }: OursOptions = {}): this {
    const record: CommentRecord = {
      ...{ scope: READER.scope, comment: this.versions.length === 0 ? null : READER.comment, head },
      seen,
      items: Object.fromEntries(
        idsOf(items).map(({ id }) => [id, { content: `${id} at ${head}`, tick: null, undone: null }]),
      ),
      ...{ waivers: [], handled: {}, refusals: [] },
      ...overrides,
    };
    const boxes = idsOf(items).map(({ id, ticked }) => box(id, ticked, md`Words`));
    return this.write(SELF, ['<!-- composure -->', '', ...boxes, '', writeRecord(record, keys)].join('\n'));
  }

  /** Somebody ticks (`a`) or opens (`-a`) boxes of the text as it stands, or of another. */
  edits(who: string | null, items: string, { on = this.body ?? '', after = 60 }: { on?: string; after?: number } = {}) {
    const body = idsOf(items).reduce(
      (text, { id, ticked }) =>
        text.replace(new RegExp(`^- \\[[ x]\\](.*:item ${id} -->)$`, 'm'), `- [${ticked ? 'x' : ' '}]$1`),
      on,
    );
    return this.write(who, body, after);
  }

  write(who: string | null, body: string | null, afterSeconds = 60): this {
    this.#minute += afterSeconds;
    const at = new Date(Date.UTC(2026, 10, 20, 10) + this.#minute * 1_000).toISOString().replace('.000Z', 'Z');
    this.versions.push({ editor: who === null ? null : account(who), at, body });
    return this;
  }

  /** The name of the newest version. */
  get seen(): string | null {
    const last = this.versions.at(-1);
    return last?.body ? nameVersion(last.body, last.at) : null;
  }

  get body(): string | null {
    return this.versions.at(-1)?.body ?? null;
  }

  replay(fromTheStart = true, reader = READER) {
    return replayHistory({ versions: this.versions, fromTheStart }, reader);
  }

  /** `a by bob`, `-a`: in order. */
  acts(reader = READER): string[] {
    return this.replay(true, reader).acts.map(toWords);
  }
}

interface OursOptions extends Partial<Omit<CommentRecord, 'seen'>> {
  seen?: string | null;
  keys?: SigningKeys;
}

function idsOf(items: string): { id: string; ticked: boolean }[] {
  return items
    .split(' ')
    .filter((item) => item !== '')
    .map((item) => ({ id: `list/${item.replace('-', '')}`, ticked: !item.startsWith('-') }));
}

function toWords(act: BoxAct): string {
  const item = act.item.replace('list/', '');
  return act.kind === 'untick' ? `-${item}` : `${item} by ${act.by.login}`;
}

const opened = () => new Story().ours('-a -b -c');

describe('who ticked what', () => {
  test.each<[name: string, story: Story, acts: string[]]>([
    ['nobody', opened(), []],
    ['one', opened().edits('bob', 'a'), ['a by bob']],
    ['two, one after the other', opened().edits('bob', 'a').edits('carol', 'b'), ['a by bob', 'b by carol']],
    ['several at once', opened().edits('bob', 'a b'), ['a by bob', 'b by bob']],
    ['ticked and taken back', opened().edits('bob', 'a').edits('bob', '-a'), ['a by bob', '-a']],
    ['taken back within seconds', opened().edits('bob', 'a').edits('bob', '-a', { after: 1 }), ['a by bob', '-a']],
    [
      'moved to another box within seconds',
      opened().edits('bob', 'a').edits('bob', '-a', { after: 1 }).edits('bob', 'b', { after: 1 }),
      ['a by bob', '-a', 'b by bob'],
    ],
    ['by a bot', opened().edits('helper[bot]', 'a'), ['a by helper[bot]']],
    ['by an account that is gone', opened().edits(null, 'a').edits('bob', 'b'), ['b by bob']],
    ['what we had seen is in our record', opened().edits('bob', 'a').ours('a -b -c'), []],
    ['and what came after it is not', opened().edits('bob', 'a').ours('a -b -c').edits('bob', 'b'), ['b by bob']],
    ['by our own writing alone: nobody', opened().ours('a -b -c'), []],
    ['in a text we never wrote', new Story().write('bob', opened().body), []],
  ])('%s', (_, story, acts) => {
    expect(story.acts()).toEqual(acts);
  });

  it('knows what they were shown', () => {
    const [act] = opened().ours('-a -b', { head: NEW }).edits('bob', 'a').replay().acts;
    expect(act).toMatchObject({ commit: NEW, content: `list/a at ${NEW}` });
  });
});

describe('no tick is lost', () => {
  it('that we wrote over without having seen it', () => {
    const story = opened();
    const { seen } = story;
    story.edits('bob', 'a').ours('-a -b -c', { seen });
    expect(story.acts()).toEqual(['a by bob']);
    // Not even when others go on.
    expect(story.edits('carol', 'b').acts()).toEqual(['a by bob', 'b by carol']);
    // Nor when the comment came to read once more as we had seen it.
    const again = opened().edits('bob', 'a');
    const then = again.seen;
    again.edits('carol', '-a').edits('bob', 'a').ours('a -b -c', { seen: then });
    expect(again.acts()).toEqual(['-a', 'a by bob']);
    // Until a writing of ours knows of it.
    expect(story.ours('a b -c').acts()).toEqual([]);
  });

  it('made on top of a text that we had just replaced', () => {
    const story = opened();
    const { body } = story;
    story.ours('-a -b -c', { head: NEW }).edits('bob', 'a', { on: body ?? '' });
    expect(story.replay().acts).toMatchObject([{ kind: 'tick', item: 'list/a', commit: OLD }]);
  });

  it('of two that were made at the same moment', () => {
    const story = opened();
    const { body } = story;
    story.edits('bob', 'a').edits('carol', 'b', { on: body ?? '', after: 1 });
    expect(story.acts()).toEqual(['a by bob', 'b by carol']);
    expect(story.edits('dave', 'c').acts()).toEqual(['a by bob', 'b by carol', 'c by dave']);
  });

  it('and somebody who takes back what another ticked is heard', () => {
    const story = opened();
    const { body } = story;
    expect(
      story
        .edits('bob', 'a')
        .edits('carol', 'b', { on: body ?? '', after: 60 })
        .acts(),
    ).toEqual(['a by bob', '-a', 'b by carol']);
  });

  it('where our key was lost: the history tells all of it again', () => {
    const story = opened().edits('bob', 'a').ours('a -b -c').edits('alice', 'b').ours('a -b -c').edits('carol', 'c');
    const { record, acts, refusal } = story.replay(true, { ...READER, keys: ['another key'] });
    expect({ record, refusal }).toEqual({ record: null, refusal: 'forged' });
    // What we opened again stays open.
    expect(acts.map(toWords)).toEqual(['a by bob', 'c by carol']);
  });
});

describe('forgery fails', () => {
  const elsewhere = new Story().ours('-a -b -c', { scope: 'acme/widgets#8' });
  const older = opened().edits('bob', 'a').ours('a -b -c');

  test.each<[name: string, story: Story, acts: string[]]>([
    [
      'a text with a box that we never showed',
      opened().write('eve', `${opened().body}\n- [x] x <!-- composure:item list/z -->`),
      [],
    ],
    ['zero widths', opened().write('eve', opened().body?.replace('- [ ] Words', '- [x] Wo\u200brds') ?? ''), []],
    ['a nested box', opened().write('eve', opened().body?.replace('- [ ]', '  - [x]') ?? ''), []],
    [
      'other words for the same item',
      opened().write('eve', opened().body?.replace('- [ ] Words', '- [x] Else') ?? ''),
      [],
    ],
    [
      'a box ticked by others in such a text',
      opened()
        .write('eve', opened().body?.replace('Words', 'W') ?? '')
        .edits('bob', 'a'),
      [],
    ],
    ['no record', opened().write('eve', '<!-- composure -->\n- [x] Words <!-- composure:item list/a -->'), []],
    ['a record of another pull request', opened().write('eve', elsewhere.body?.replaceAll('[ ]', '[x]') ?? ''), []],
    [
      'our own older text, brought back: its ticks are not new',
      older.ours('-a -b -c').write('eve', older.versions[2]?.body ?? ''),
      [],
    ],
  ])('%s', (_, story, acts) => {
    expect(story.acts()).toEqual(acts);
  });

  it('brings an older text back with one more tick: that tick is whose edit it is', () => {
    const story = opened().edits('bob', 'a').ours('a -b -c').edits('bob', '-a');
    story.ours('-a -b -c').write('eve', story.versions[2]?.body ?? '');
    expect(story.acts()).toEqual(['a by eve']);
  });

  it('is told for the log', () => {
    expect(opened().write('eve', 'gone').replay().strange).toMatchObject([
      { by: 'eve', what: 'changed more than boxes' },
    ]);
    const older = opened().edits('bob', 'a').ours('a -b -c').ours('-a -b -c', { head: NEW });
    expect(older.write('eve', older.versions[2]?.body ?? '').replay().strange).toMatchObject([
      { by: 'eve', what: 'brought back an older text' },
    ]);
  });

  it("deletes an edit from the history: what it ticked is nobody's, not the next one's", () => {
    const story = opened().edits('alice', 'a').edits('bob', 'b');
    story.versions[1] = { ...story.versions[1]!, body: null };
    expect(story.acts().filter((act) => act.includes('by'))).toEqual([]);
  });

  it('believes a record in our own writing only', () => {
    const story = opened();
    const forged = new Story().ours('-a', { comment: 31, seen: null, keys: ['eve'] }).body ?? '';
    expect(story.write('eve', forged).replay().record).toMatchObject({ comment: null });
  });
});

describe('a part of the history', () => {
  it('tells what was done since our newest writing', () => {
    const story = opened().edits('bob', 'a').ours('a -b -c').edits('carol', 'b').ours('a b -c').edits('dave', 'c');
    const recent = { versions: story.versions.slice(2), fromTheStart: false };
    expect(replayHistory(recent, READER)).toMatchObject({ acts: [{ item: 'list/c' }] });
  });
});
