import { createHmac } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import { type AttestationRecord, type RecordRefusal, readRecord, writeRecord } from '../../src/render/record.ts';

const SCOPE = 'acme/widgets#7';
const record: AttestationRecord = {
  scope: SCOPE,
  items: {
    'every-change/tests': { by: { id: 5, login: 'bob' }, at: '2026-11-20T09:30:00Z', commit: 'f'.repeat(40) },
    'concurrency/races': { by: { id: null, login: 'zoë' }, at: '2026-11-20T09:31:00Z', commit: null },
  },
};
const written = writeRecord(record, ['key one']);

function signed(payload: unknown, version = 'v1'): string {
  const text = Buffer.from(JSON.stringify(payload)).toString('base64');
  const signature = createHmac('sha256', 'key one').update(`composure:record v1\n${text}`).digest('base64');
  return `<!-- composure:record ${version} ${text} ${signature} -->`;
}

/** The same record with another login in it, the signature left as it was. */
function tampered(): string {
  return written.replace(/v1 (\S+)/, (_, payload: string) => {
    const text = Buffer.from(payload, 'base64').toString().replace('bob', 'eve');
    return `v1 ${Buffer.from(text).toString('base64')}`;
  });
}

describe('readRecord', () => {
  it('reads what was written, from the middle of a comment', () => {
    expect(readRecord(`text\r\n\r\n${written}\r\n`, SCOPE, ['key one'])).toEqual({ ok: true, record });
  });

  it('believes every key it is given, and signs with the first', () => {
    expect(readRecord(written, SCOPE, ['key two', 'key one'])).toMatchObject({ ok: true });
    expect(readRecord(writeRecord(record, ['key two', 'key one']), SCOPE, ['key one'])).toMatchObject({ ok: false });
  });

  it('is the same text whatever the order of the items', () => {
    const items = Object.fromEntries(Object.entries(record.items).toReversed());
    expect(writeRecord({ scope: SCOPE, items }, ['key one'])).toBe(written);
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
    ['another version', signed(record, 'v2'), 'malformed'],
    ['more words', written.replace(' -->', ' more -->'), 'malformed'],
    ['one of another pull request', writeRecord({ ...record, scope: 'acme/widgets#8' }, ['key one']), 'elsewhere'],
    ['signed, and not a record', signed({ scope: SCOPE, items: { a: { by: 'bob' } } }), 'malformed'],
    ['signed, and not ours to understand', signed({ ...record, more: true }), 'malformed'],
  ])('refuses %s', (_, body, reason) => {
    expect(readRecord(body, SCOPE, ['key one'])).toEqual({ ok: false, reason });
  });

  it('is not slow on a comment full of beginnings', () => {
    const started = performance.now();
    expect(readRecord('<!-- composure:record '.repeat(3_000), SCOPE, ['key one'])).toMatchObject({ reason: 'absent' });
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
