import { Octokit } from '@octokit/rest';
import nock from 'nock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClients } from '../../src/github/clients.ts';

const API = 'http://github.test';
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

let authorised: (number | undefined)[];
let failing: boolean;

beforeEach(() => {
  nock.disableNetConnect();
  authorised = [];
  failing = false;
});

afterEach(() => {
  nock.cleanAll();
  nock.enableNetConnect();
});

function clients() {
  return createClients<Octokit>({
    async authorise(installation) {
      authorised.push(installation);
      if (failing) throw new Error('no token');
      return new Octokit({ baseUrl: API, log: quiet });
    },
    budget: 'github',
    onRequest: () => {},
    now: Date.now,
  });
}

const COMMENT = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';
const where = { owner: 'acme', repo: 'widgets', issue_number: 1, body: 'x' };

describe('clients', () => {
  it('are one for each installation, and one for the App itself', async () => {
    const { forInstallation, forApp } = clients();
    const [one, again, other, app] = await Promise.all([
      forInstallation(1),
      forInstallation(1),
      forInstallation(2),
      forApp(),
    ]);
    expect(again).toBe(one);
    expect(new Set([one, other, app]).size).toBe(3);
    expect(await forApp()).toBe(app);
    expect(authorised).toEqual([1, 2, undefined]);
  });

  it('have budgets of their own: one that has commented enough keeps no other from it', async () => {
    nock(API).post('/repos/acme/widgets/issues/1/comments').times(81).reply(201, {});
    const { forInstallation } = clients();
    const [busy, other] = [await forInstallation(1), await forInstallation(2)];
    for (let time = 0; time < 80; time++) await busy.request(COMMENT, where);
    await expect(busy.request(COMMENT, where)).rejects.toMatchObject({ name: 'BudgetSpent', ofContentAlone: true });
    expect((await other.request(COMMENT, where)).status).toBe(201);
  });

  it('have answers of their own: what one may see is not shown to another', async () => {
    const file = 'GET /repos/{owner}/{repo}/contents/{path}';
    const at = { owner: 'acme', repo: 'secret', path: 'a.txt', ref: 'a'.repeat(40) };
    nock(API).get('/repos/acme/secret/contents/a.txt').query(true).reply(200, { content: 'secret' });
    nock(API).get('/repos/acme/secret/contents/a.txt').query(true).reply(404, {});
    const { forInstallation } = clients();
    const one = await forInstallation(1);
    expect((await one.request(file, at)).status).toBe(200);
    // Of a commit, so it is not asked for again.
    expect((await one.request(file, at)).status).toBe(200);
    await expect((await forInstallation(2)).request(file, at)).rejects.toMatchObject({ status: 404 });
  });

  it('are made anew after one could not be had', async () => {
    const { forInstallation, forApp } = clients();
    failing = true;
    await expect(forInstallation(1)).rejects.toThrow('no token');
    await expect(forApp()).rejects.toThrow('no token');
    failing = false;
    await forInstallation(1);
    await forApp();
    expect(authorised).toEqual([1, undefined, 1, undefined]);
  });
});
