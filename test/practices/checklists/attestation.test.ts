import { describe, expect, test } from 'vitest';
import { contentOf } from '../../../src/model/content.ts';
import { Evidence, type EvidenceEntry } from '../../../src/model/evidence.ts';
import type { Tick } from '../../../src/model/pull-request.ts';
import type { Missing } from '../../../src/model/review.ts';
import { type Asked, itemNeeds, judgeItem } from '../../../src/practices/checklists/attestation.ts';
import { account, addedLines, pullRequest } from '../../support/pull-request.ts';

const files = [addedLines('src/db/pool.ts', 3)];
const asked: Asked = {
  ...{ id: 'code/races', title: 'No race.', list: 'Code', version: 1, files },
  ...{ attestBy: [], needsEvidence: false, mayNotApply: true, required: true },
};
const tick = (login: string, overrides: Partial<Tick> = {}): Tick => ({
  ...{ item: asked.id, by: account(login), permission: 'write', at: '2026-11-20T10:00:00Z' },
  ...{ commit: 'f'.repeat(40), content: contentOf(files), command: null },
  ...overrides,
});
const reading = (login: string) => tick(login, { permission: 'read', command: 'c1.0' });
const team = (state: 'member' | 'outside'): EvidenceEntry => [
  { kind: 'membership', login: 'dan', team: '@acme/security' },
  { state },
];
const owners = (text: string): EvidenceEntry => [
  { kind: 'file', path: '.github/CODEOWNERS', side: 'base' },
  { state: 'found', text },
];

describe('judgeItem', () => {
  test.each<[name: string, asked: Partial<Asked>, tick: Tick, evidence: EvidenceEntry[], note: RegExp | null]>([
    ['write access', {}, tick('bob'), [], null],
    ['read access', {}, reading('dan'), [], /write access, or being named/],
    ['read access, named', { attestBy: ['@Dan'] }, reading('dan'), [], null],
    ['of the team', { attestBy: ['@acme/security'] }, reading('dan'), [team('member')], null],
    ['not of the team', { attestBy: ['@acme/security'] }, reading('dan'), [team('outside')], /being named/],
    ['the author, named', { attestBy: ['@alice'] }, tick('alice'), [], /the author/],
    ['an owner', { attestBy: ['codeowners'] }, reading('dan'), [owners('src/db/ @dan')], null],
    ['an owner of something else', { attestBy: ['codeowners'] }, reading('dan'), [owners('docs/ @dan')], /being named/],
    [
      'of a team that owns it',
      { attestBy: ['codeowners'] },
      reading('dan'),
      [owners('* @acme/security'), team('member')],
      null,
    ],
    ['without the words it asks for', { needsEvidence: true }, tick('bob'), [], /a word on what was looked at/],
    ['with them', { needsEvidence: true }, tick('bob', { evidence: 'ran it' }), [], null],
    ['n/a', {}, tick('bob', { notApplicable: 'no state' }), [], null],
    ['n/a where it must be looked at', { mayNotApply: false }, tick('bob', { notApplicable: 'x' }), [], /n\/a here/],
    ['refused before, whatever is true now', {}, tick('bob', { refused: 'he wrote it' }), [], /he wrote it/],
    [
      'for other lines',
      {},
      tick('bob', { content: contentOf([addedLines('src/db/pool.ts', 4)]) }),
      [],
      /^re-check: `src\/db\/pool.ts` changed since @bob ticked$/,
    ],
    [
      'for an earlier version of the list',
      { version: 2 },
      tick('bob'),
      [],
      /^re-check: the list "Code" changed to version 2 since @bob ticked$/,
    ],
    ['for this version of the list', { version: 2 }, tick('bob', { content: contentOf(files, 2) }), [], null],
    ['for lines nobody knows', {}, tick('bob', { content: null }), [], /^re-check: what it is about changed/],
  ])('%s', (_, overrides, one, evidence, note) => {
    const missing: Missing[] = [];
    const change = pullRequest({ files, ticks: [one] });
    const item = judgeItem({ ...asked, ...overrides }, change, new Evidence(evidence), missing);
    expect(item.state).toBe(note === null ? 'attested' : 'open');
    if (note) expect(item.note).toMatch(note);
    expect(missing).toEqual([]);
  });

  test('says what could not be read of a team', () => {
    const missing: Missing[] = [];
    const change = pullRequest({ files, ticks: [reading('dan')] });
    judgeItem({ ...asked, attestBy: ['@acme/security'] }, change, new Evidence(), missing);
    expect(missing).toMatchObject([{ what: 'who belongs to @acme/security' }]);
  });
});

test('asks about people only where it matters who they are', () => {
  const needs = (one: Tick, attestBy: string[]) =>
    itemNeeds({ ...asked, attestBy }, pullRequest({ files, ticks: [one] }), new Evidence()).map(({ kind }) => kind);
  expect(needs(tick('bob'), ['@acme/security'])).toEqual([]);
  expect(needs(tick('alice'), ['@acme/security'])).toEqual([]);
  expect(needs(reading('dan'), ['@acme/security'])).toEqual(['membership']);
  expect(needs(reading('dan'), ['codeowners'])).toEqual(['file', 'file', 'file']);
});
