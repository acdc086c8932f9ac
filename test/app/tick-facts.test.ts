import { describe, expect, it } from 'vitest';
import { tickFactOf } from '../../src/app/tick-facts.ts';
import { nameText } from '../../src/render/record.ts';

const HERE = { botLogin: 'composure[bot]', now: Date.parse('2026-11-20T12:00:01Z') };
const OPEN = '<!-- composure -->\n\n- [ ] One <!-- composure:item list/a -->\n- [x] Two <!-- composure:item list/b -->';
const TICKED = OPEN.replace('[ ]', '[x]');

function event(overrides: { body?: string; from?: string; user?: object; sender?: object } = {}): unknown {
  const { body = TICKED, from = OPEN, user = {}, sender = {} } = overrides;
  return {
    comment: {
      id: 31,
      body,
      updated_at: '2026-11-20T12:00:00Z',
      user: { login: 'composure[bot]', type: 'Bot', ...user },
    },
    changes: { body: { from } },
    sender: { id: 5, login: 'carol', type: 'User', ...sender },
  };
}

it('who ticked which box, when, on which text', () => {
  expect(tickFactOf(event(), HERE)).toEqual({
    comment: 31,
    by: { id: 5, login: 'carol', kind: 'user', association: 'NONE' },
    at: '2026-11-20T12:00:00Z',
    receivedAt: '2026-11-20T12:00:01.000Z',
    head: null,
    boxes: [{ item: 'list/a', from: false, to: true }],
    before: nameText(OPEN),
    after: nameText(TICKED),
  });
});

it("GitHub's own line ends are no change", () => {
  const fact = tickFactOf(event({ body: TICKED.replaceAll('\n', '\r\n') }), HERE);
  expect(fact).toMatchObject({ boxes: [{ item: 'list/a' }], after: nameText(TICKED) });
});

it('a box that is opened, and what kind of account did it', () => {
  const fact = tickFactOf(event({ from: TICKED, body: OPEN, sender: { login: 'eve[bot]', type: 'Bot' } }), HERE);
  expect(fact).toMatchObject({ by: { kind: 'bot' }, boxes: [{ item: 'list/a', from: true, to: false }] });
  expect(tickFactOf(event({ sender: { type: 'Mannequin' } }), HERE)).toMatchObject({ by: { kind: 'unknown' } });
});

it('before we know who we are, any bot with our marker may be us: the comment’s number decides later', () => {
  expect(tickFactOf(event(), { ...HERE, botLogin: null })).not.toBeNull();
});

describe('tells nothing', () => {
  const nul = OPEN.replace('list/a', 'list%00a');
  it.each<[name: string, payload: unknown]>([
    ['of a text that was changed as well', event({ body: TICKED.replace('One', 'Other') })],
    ['of a text that changed in nothing', event({ body: OPEN })],
    ["of somebody else's comment with our marker", event({ user: { login: 'eve', type: 'User' } })],
    ['of a person who took our name', event({ user: { type: 'User' } })],
    ["of another bot's comment", event({ user: { login: 'other[bot]' } })],
    ['of a comment without our marker', event({ body: `x${TICKED}`, from: `x${OPEN}` })],
    ['of a box whose name PostgreSQL cannot hold', event({ from: nul, body: nul.replace('[ ]', '[x]') })],
    ['of an event that does not say what was there before', { ...(event() as object), changes: {} }],
    ['of nothing at all', null],
  ])('%s', (_, payload) => {
    expect(tickFactOf(payload, HERE)).toBeNull();
  });
});
