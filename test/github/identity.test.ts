import { describe, expect, it } from 'vitest';
import { botLoginOf, readIdentity } from '../../src/github/identity.ts';
import { nockGitHub } from '../support/nock-github.ts';

const github = nockGitHub();

describe('readIdentity', () => {
  it('asks GitHub who we are', async () => {
    github.rest('GET /app', { body: { id: 1234, slug: 'composure', name: 'Composure' } });
    expect(await readIdentity(github.client)).toEqual({ appId: 1234, slug: 'composure' });
  });

  // Without it we would not find our own comment, and would write another one each time.
  it.each([
    ['no slug', { id: 1234 }],
    ['an empty one', { id: 1234, slug: '' }],
    ['nothing', 'null'],
  ])('throws when GitHub tells %s', async (_, body) => {
    github.rest('GET /app', { body, headers: { 'content-type': 'application/json' } });
    await expect(readIdentity(github.client)).rejects.toThrow('which App');
  });

  it('lets a failure be known', async () => {
    github.rest('GET /app', { status: 401, body: { message: 'A JSON web token could not be decoded' } });
    await expect(readIdentity(github.client)).rejects.toMatchObject({ status: 401 });
  });
});

describe('botLoginOf', () => {
  it('is the login that REST and events show', () => {
    expect(botLoginOf({ appId: 1, slug: 'composure' })).toBe('composure[bot]');
  });
});
