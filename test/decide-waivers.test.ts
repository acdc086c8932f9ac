import { describe, expect, test } from 'vitest';
import type { Config } from '../src/config/config.ts';
import { decideWaivers, waiversNeed, withWaiver } from '../src/decide-waivers.ts';
import { Evidence } from '../src/model/evidence.ts';
import type { PullRequest, WaiverRequest } from '../src/model/pull-request.ts';
import type { WaiverDecision } from '../src/model/review.ts';
import { practice } from './render/sample.ts';
import { account, pullRequest } from './support/pull-request.ts';

const HEAD = pullRequest().head.sha;
const ask = (login: string, overrides: Partial<WaiverRequest> = {}): WaiverRequest => ({
  ...{ verb: 'waive', practice: 'size', by: account(login), permission: 'maintain', at: '2026-11-20T10:00:00Z' },
  ...{ commit: HEAD, reason: 'An outage.', until: null, command: `${login}.0` },
  ...overrides,
});
const config = (waivers?: Config['waivers']): Config => ({
  preset: 'standard',
  practices: {},
  ...(waivers && { waivers }),
});
const practices = [{ id: 'size' }];
const member = new Evidence([[{ kind: 'membership', login: 'dan', team: '@acme/leads' }, { state: 'member' }]]);
const leads = config({ by: ['@acme/leads'], 'bound-to': 'commit' });

describe('decideWaivers', () => {
  test.each<[name: string, request: WaiverRequest, config: Config, state: WaiverDecision['state']]>([
    ['a maintainer', ask('bob'), config(), 'granted'],
    ['an admin', ask('bob', { permission: 'admin' }), config(), 'granted'],
    ['a writer', ask('bob', { permission: 'write' }), config(), 'refused'],
    ['the author, whatever they are', ask('alice', { permission: 'admin' }), config(), 'refused'],
    ['the author, named', ask('alice'), config({ by: ['@alice'], 'bound-to': 'commit' }), 'refused'],
    ['a bot', ask('helper[bot]', { permission: 'admin' }), config(), 'refused'],
    ['a person by name', ask('Bob', { permission: 'read' }), config({ by: ['@bob'], 'bound-to': 'commit' }), 'granted'],
    ['a member of the team', ask('dan', { permission: 'read' }), leads, 'granted'],
    ['somebody of whom nothing is known', ask('eve', { permission: 'read' }), leads, 'refused'],
    ['a maintainer where only a team may', ask('bob'), leads, 'refused'],
    ['no such practice', ask('bob', { practice: 'sise' }), config(), 'unknown'],
  ])('%s', (_, request, policy, state) => {
    const change = pullRequest({ waivers: [request] });
    expect(decideWaivers(change, member, policy, practices)).toEqual([{ request, state }]);
  });

  test('the last word of somebody who may speak holds', () => {
    const waivers = [ask('bob'), ask('bob', { verb: 'unwaive' }), ask('eve', { permission: 'read' })];
    const states = decideWaivers(pullRequest({ waivers }), member, config(), practices).map(({ state }) => state);
    expect(states).toEqual(['withdrawn', 'granted', 'refused']);
  });

  test('asks only for those whose role is not enough', () => {
    const waivers = [ask('bob'), ask('dan', { permission: 'read' })];
    const both = config({ by: ['maintainers', '@acme/leads'], 'bound-to': 'commit' });
    expect(waiversNeed(pullRequest({ waivers }), both)).toEqual([
      { kind: 'membership', login: 'dan', team: '@acme/leads' },
    ]);
  });
});

describe('withWaiver', () => {
  const blocked = practice('size', 'Size', { outcome: 'violation' });
  const inForce = (request: WaiverRequest, change: Partial<PullRequest> = {}, policy = config()) =>
    withWaiver(blocked, [{ request, state: 'granted' }], pullRequest(change), policy).waiver !== undefined;

  test.each<[name: string, inForce: boolean, expected: boolean]>([
    ['on its commit', inForce(ask('bob')), true],
    ['not on another', inForce(ask('bob', { commit: 'e'.repeat(40) })), false],
    ['not where its commit is unknown', inForce(ask('bob', { commit: null })), false],
    [
      'on another where it holds for the pull request',
      inForce(ask('bob', { commit: 'e'.repeat(40) }), {}, config({ by: ['maintainers'], 'bound-to': 'pull-request' })),
      true,
    ],
    ['until its end', inForce(ask('bob', { until: '2026-11-20T12:00:01Z' })), true],
    ['not after it', inForce(ask('bob', { until: '2026-11-20T12:00:00Z' })), false],
    ['not for another practice', inForce(ask('bob', { practice: 'adr' })), false],
    ['not when taken back', inForce(ask('bob', { verb: 'unwaive' })), false],
  ])('%s', (_, actual, expected) => {
    expect(actual).toBe(expected);
  });

  test('says nothing where nothing blocks', () => {
    const passing = practice('size', 'Size');
    expect(withWaiver(passing, [{ request: ask('bob'), state: 'granted' }], pullRequest(), config())).toBe(passing);
  });
});
