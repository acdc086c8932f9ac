import { describe, expect, it } from 'vitest';
import { findFailedDeliveries, redeliver } from '../../src/github/deliveries.ts';
import { nockGitHub } from '../support/nock-github.ts';

const SINCE = Date.parse('2026-11-20T11:00:00Z');
const LIST = 'GET /app/hook/deliveries?per_page=100&status=failure';
const github = nockGitHub();

let id = 100;
/** An attempt as GitHub lists it. */
function attempt(guid: string, at: string, status = 'Invalid HTTP Response: 503') {
  return { id: id--, guid, delivered_at: `2026-11-20T${at}Z`, status };
}

describe('findFailedDeliveries', () => {
  it('reads every page down to the time it was asked for, each delivery once by its newest attempt, oldest first', async () => {
    const newest = attempt('b', '11:50:00', 'failed to connect to host');
    const other = attempt('a', '11:40:00.5', 'timed out');
    github.rest(LIST, {
      body: [newest, other],
      headers: {
        link: '<https://api.github.com/app/hook/deliveries?per_page=100&cursor=v1_2>; rel="next"',
        date: 'Fri, 20 Nov 2026 12:00:00 GMT',
      },
    });
    const oldest = attempt('c', '11:00:00');
    github.rest(`${LIST}&cursor=v1_2`, {
      body: [attempt('b', '11:30:00'), oldest, attempt('d', '10:59:59.999')],
      headers: { link: '<https://api.github.com/app/hook/deliveries?cursor=v1_3>; rel="next"', date: 'later' },
    });
    expect(await findFailedDeliveries(github.client, SINCE)).toEqual({
      failed: [oldest, other, newest].map(({ id, guid, delivered_at: deliveredAt }) => ({ id, guid, deliveredAt })),
      askedAt: Date.parse('2026-11-20T12:00:00Z'),
    });
  });

  it('leaves out what has not failed, where a server lists everything', async () => {
    github.rest(LIST, { body: [attempt('a', '11:40:00', 'OK'), attempt('b', '11:39:00', 'pending')] });
    expect(await findFailedDeliveries(github.client, SINCE)).toEqual({ failed: [], askedAt: null });
  });

  it('fails where a page cannot be had, so that none is taken for all', async () => {
    const link = '<https://api.github.com/app/hook/deliveries?per_page=100&cursor=v1_2>; rel="next"';
    github.rest(LIST, { body: [attempt('a', '11:40:00')], headers: { link } });
    github.rest(`${LIST}&cursor=v1_2`, { status: 502, body: {} });
    await expect(findFailedDeliveries(github.client, SINCE)).rejects.toMatchObject({ status: 502 });
  });
});

describe('redeliver', () => {
  const one = { id: 7, guid: 'a', deliveredAt: '2026-11-20T11:40:00Z' };
  const ASK = 'POST /app/hook/deliveries/7/attempts';

  it.each([
    [202, true],
    [404, false],
    [422, false],
  ])('says after %i whether GitHub still can: %s', async (status, can) => {
    github.rest(ASK, { status, body: {} });
    expect(await redeliver(github.client, one)).toBe(can);
  });

  it.each([403, 429, 500])('throws after %i, which says nothing of the delivery', async (status) => {
    github.rest(ASK, { status, body: {} });
    await expect(redeliver(github.client, one)).rejects.toMatchObject({ status });
  });
});
