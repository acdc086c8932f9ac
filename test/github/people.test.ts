import { beforeEach, describe, expect, it } from 'vitest';
import { People } from '../../src/github/people.ts';
import { nockGitHub } from '../support/nock-github.ts';

const github = nockGitHub();
const WIDGETS = { owner: 'acme', repo: 'widgets' };
const MINUTE = 60_000;
const PERMISSION = 'GET /repos/acme/widgets/collaborators/carol/permission';
const MEMBERSHIP = 'GET /orgs/acme/teams/security/memberships/carol';

let now = 0;
let people: People;
beforeEach(() => {
  now = Date.parse('2026-11-20T12:00:00Z');
  people = new People(() => now);
});

function permission(role: string, etag: string) {
  return { body: { permission: role, role_name: role, user: null }, headers: { etag } };
}

function etagsSent(): (string | undefined)[] {
  return github.calls.map(({ headers }) => headers['if-none-match']);
}

const ask = () => people.permissionOf(github.client, WIDGETS, 'carol');

describe('what somebody may do in a repository', () => {
  it('is asked once in five minutes, then by its ETag, and 304 keeps the answer for five more', async () => {
    github.rest(PERMISSION, permission('write', '"one"'));
    expect(await ask()).toBe('write');
    now += 5 * MINUTE - 1;
    expect(await ask()).toBe('write');
    expect(etagsSent()).toEqual([undefined]);

    now += 1;
    github.rest(PERMISSION, { status: 304, headers: { etag: '"one"' } });
    expect(await ask()).toBe('write');
    now += 5 * MINUTE - 1;
    expect(await ask()).toBe('write');
    expect(etagsSent()).toEqual([undefined, '"one"']);
  });

  it('is another as soon as GitHub says so, and is asked by the new ETag from then on', async () => {
    github.rest(PERMISSION, permission('write', '"one"'));
    await ask();
    now += 6 * MINUTE;
    github.rest(PERMISSION, permission('read', '"two"'));
    expect(await ask()).toBe('read');
    now += 6 * MINUTE;
    github.rest(PERMISSION, { status: 304 });
    expect(await ask()).toBe('read');
    expect(etagsSent()).toEqual([undefined, '"one"', '"two"']);
  });

  it.each([
    [
      'a role of its own making counts as what it is built on',
      { permission: 'write', role_name: 'release-captain' },
      'write',
    ],
    ['maintain is more than the old word says', { permission: 'write', role_name: 'maintain' }, 'maintain'],
    ['triage is less', { permission: 'read', role_name: 'triage' }, 'triage'],
    ['a word nobody knows is nothing', { permission: 'archmage', role_name: 'archmage' }, 'none'],
  ])('%s', async (_, body, role) => {
    github.rest(PERMISSION, { body: { ...body, user: null } });
    expect(await ask()).toBe(role);
  });

  it('is nothing for an account that GitHub does not know; and what GitHub does not say is not guessed', async () => {
    github.rest(PERMISSION, { status: 404, body: { message: 'Not Found' } });
    expect(await ask()).toBe('none');
    github.rest(PERMISSION, { status: 502, body: { message: 'Bad Gateway' } });
    await expect(ask()).rejects.toMatchObject({ status: 502 });
  });
});

describe('whether somebody belongs to a team', () => {
  const belongs = () => people.membershipOf(github.client, '@acme/security', 'carol');
  const answer = (state: string, etag: string) => ({
    body: { url: 'https://api.github.com/x', role: 'member', state },
    headers: { etag },
  });

  it('is asked by its ETag after five minutes', async () => {
    github.rest(MEMBERSHIP, answer('active', '"one"'));
    expect(await belongs()).toEqual({ state: 'member' });
    now += 6 * MINUTE;
    github.rest(MEMBERSHIP, { status: 304 });
    expect(await belongs()).toEqual({ state: 'member' });
    expect(await belongs()).toEqual({ state: 'member' });
    expect(etagsSent()).toEqual([undefined, '"one"']);
  });

  it('is not while an invitation is open, nor outside, and unknown is neither', async () => {
    github.rest(MEMBERSHIP, answer('pending', '"one"'));
    expect(await belongs()).toEqual({ state: 'outside' });
    now += 6 * MINUTE;
    github.rest(MEMBERSHIP, { status: 404, body: { message: 'Not Found' } });
    expect(await belongs()).toEqual({ state: 'outside' });
    github.rest(MEMBERSHIP, { status: 500, body: { message: 'Oops' } });
    expect(await belongs()).toMatchObject({ state: 'unavailable' });
  });
});
