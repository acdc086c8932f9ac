import { createHmac } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { describe, expect, it, test } from 'vitest';
import type { Tick } from '../../src/model/pull-request.ts';
import {
  type CommentRecord,
  type RecordPlace,
  type RecordRefusal,
  readRecord,
  writeRecord,
} from '../../src/render/record.ts';

const SCOPE = 'acme/widgets#7';
const AT: RecordPlace = { scope: SCOPE, comment: 31, first: false };

const tick: Tick = {
  item: 'every-change/tests',
  by: { id: 5, login: 'bob', kind: 'user', association: 'NONE' },
  permission: 'write',
  at: '2026-11-20T09:30:00Z',
  commit: 'f'.repeat(40),
  content: 'content',
  command: null,
};
const record: CommentRecord = {
  scope: SCOPE,
  comment: 31,
  seen: 'seen',
  head: 'f'.repeat(40),
  items: {
    'every-change/tests': { content: 'content', tick, undone: null },
    'concurrency/races': {
      content: 'other',
      tick: null,
      undone: { ...tick, item: 'concurrency/races', evidence: 'read it', refused: 'the author cannot' },
    },
  },
  waivers: [
    {
      ...{ verb: 'waive', practice: 'size', by: tick.by, permission: 'maintain', at: tick.at, commit: tick.commit },
      ...{ reason: 'Generated.', until: null, command: 'c5.0' },
    },
  ],
  handled: { c5: tick.at },
  refusals: [],
};
const written = writeRecord(record, ['key one']);

function signed(payload: unknown, version = 'v2'): string {
  const text = deflateRawSync(JSON.stringify(payload)).toString('base64');
  const signature = createHmac('sha256', 'key one').update(`composure:record v2\n${text}`).digest('base64');
  return `<!-- composure:record ${version} ${text} ${signature} -->`;
}

/** The same record with another login in it, the signature left as it was. */
function tampered(): string {
  return written.replace(/v2 (\S+)/, (_, payload: string) => {
    const text = inflateRawSync(Buffer.from(payload, 'base64')).toString().replace('bob', 'eve');
    return `v2 ${deflateRawSync(text).toString('base64')}`;
  });
}

describe('readRecord', () => {
  it('reads what was written, from the middle of a comment', () => {
    expect(readRecord(`text\r\n\r\n${written}\r\n`, AT, ['key one'])).toEqual({ ok: true, record });
  });

  it('believes every key it is given, and signs with the first', () => {
    expect(readRecord(written, AT, ['key two', 'key one'])).toMatchObject({ ok: true });
    expect(readRecord(writeRecord(record, ['key two', 'key one']), AT, ['key one'])).toMatchObject({ ok: false });
  });

  it('is the same text whatever the order of the items', () => {
    const items = Object.fromEntries(Object.entries(record.items).toReversed());
    expect(writeRecord({ ...record, items }, ['key one'])).toBe(written);
  });

  it('holds no double dash inside, which would end the comment for some readers', () => {
    expect(written.slice(4, -3)).not.toContain('--');
  });

  test.each<[name: string, body: string, reason: RecordRefusal]>([
    ['none', 'text', 'absent'],
    ['two', `${written}\n${written}`, 'several'],
    ['a signed one and a made-up one', `<!--composure:record x-->\n${written}`, 'several'],
    ['an edited one', tampered(), 'forged'],
    ['one with another signature', written.replace(/\S+ -->$/, `${'A'.repeat(43)}= -->`), 'forged'],
    ['one without a signature', written.replace(/ \S+ -->$/, ' -->'), 'malformed'],
    ['an empty signature', written.replace(/\S+ -->$/, '= -->'), 'forged'],
    ['one signed by a stranger', writeRecord(record, ['another key']), 'forged'],
    ['another version', signed(record, 'v1'), 'malformed'],
    ['more words', written.replace(' -->', ' more -->'), 'malformed'],
    ['one of another comment', writeRecord({ ...record, comment: 32 }, ['key one']), 'elsewhere'],
    ['one that knows no comment', writeRecord({ ...record, comment: null }, ['key one']), 'elsewhere'],
    ['one of another pull request', writeRecord({ ...record, scope: 'acme/widgets#8' }, ['key one']), 'elsewhere'],
    ['signed, and not a record', signed({ ...record, items: { a: { by: 'bob' } } }), 'malformed'],
    ['signed, and not ours to understand', signed({ ...record, more: true }), 'malformed'],
  ])('refuses %s', (_, body, reason) => {
    expect(readRecord(body, AT, ['key one'])).toEqual({ ok: false, reason });
  });

  it('need not know its comment in the text the comment was made with', () => {
    const first = writeRecord({ ...record, comment: null }, ['key one']);
    expect(readRecord(first, { ...AT, first: true }, ['key one'])).toMatchObject({ ok: true });
  });

  it('takes nothing that unfolds without end', () => {
    expect(readRecord(signed({ ...record, head: 'x'.repeat(2_000_000) }), AT, ['key one'])).toMatchObject({
      reason: 'malformed',
    });
  });

  it('is not slow on a comment full of beginnings', () => {
    const started = performance.now();
    expect(readRecord('<!-- composure:record '.repeat(3_000), AT, ['key one'])).toMatchObject({ reason: 'absent' });
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
