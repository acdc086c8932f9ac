import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createDepsDev } from '../../src/registries/deps-dev.ts';
import { createDepsDevServer } from '../support/registry/deps-dev.ts';
import { createJsonServer, type JsonServer } from '../support/registry/json-server.ts';

let server: JsonServer;
let time: number;

beforeEach(async () => {
  time = Date.parse('2026-11-20T12:00:00Z');
  server = await createDepsDevServer({
    'npm/@scope/name': {
      '1.0.0': { publishedAt: '2020-01-01T00:00:00Z', licenses: ['MIT'] },
      '1.1.0': { isDefault: true, licenses: ['MIT', 'GPL-3.0-only'] },
    },
    'maven/com.acme:thing': { '1.0': {} },
    'go/github.com/acme/thing': { 'v1.0.0': {} },
    'nuget/newtonsoft.json': { '13.0.1': {} },
  });
});

afterEach(() => server.close());

const client = (origin = server.url) => createDepsDev({ origin, clock: () => new Date(time), sleep: async () => {} });

describe('a listing', () => {
  test('has the versions with their dates, and the one people get', async () => {
    expect(await client().listing('npm', '@scope/name')).toEqual({
      source: server.url,
      askedAt: '2026-11-20T12:00:00.000Z',
      state: 'listed',
      versions: { '1.0.0': '2020-01-01T00:00:00Z', '1.1.0': null },
      newest: '1.1.0',
    });
    expect(server.requests[0]!.path).toBe('/v3/systems/npm/packages/%40scope%2Fname');
  });

  test.each([
    ['maven', 'com.acme:thing'],
    ['golang', 'github.com/acme/thing'],
    ['nuget', 'Newtonsoft.Json'],
  ] as const)('of %s: %s', async (ecosystem, name) => {
    expect(await client().listing(ecosystem, name)).toMatchObject({ state: 'listed' });
  });

  test('that is not there is "unlisted", remembered for ten minutes only', async () => {
    const one = client();
    expect(await one.listing('pypi', 'nowhere')).toMatchObject({ state: 'unlisted' });
    await one.listing('pypi', 'nowhere');
    expect(server.requests).toHaveLength(1);
    time += 11 * 60_000;
    await one.listing('pypi', 'nowhere');
    expect(server.requests).toHaveLength(2);
  });

  test('of an ecosystem it does not know is asked of nobody', async () => {
    expect(await client().listing('composer', 'acme/thing')).toMatchObject({ state: 'off' });
    expect(server.requests).toEqual([]);
  });

  test.each(['', '.', '..'])('of a name that could lead elsewhere is asked of nobody: %j', async (name) => {
    expect(await client().listing('npm', name)).toMatchObject({ state: 'off' });
    expect(server.requests).toEqual([]);
  });
});

describe('a release', () => {
  test('has its date and all its licences', async () => {
    expect(await client().release('npm', '@scope/name', '1.1.0')).toMatchObject({
      state: 'listed',
      publishedAt: null,
      licenses: ['MIT', 'GPL-3.0-only'],
      deprecated: false,
      advisories: [],
    });
  });

  test('that is not there is "unlisted"', async () => {
    expect(await client().release('npm', '@scope/name', '9.9.9')).toMatchObject({ state: 'unlisted' });
  });
});

describe('unavailable is not unlisted', () => {
  test.each([401, 403, 429, 500, 503])('%d', async (status) => {
    server.fail(status);
    const one = client();
    expect(await one.listing('npm', '@scope/name')).toMatchObject({
      state: 'unavailable',
      cause: `it answered ${status}`,
    });
    expect(await one.release('npm', '@scope/name', '1.0.0')).toMatchObject({ state: 'unavailable' });
    server.fail(null);
    expect(await one.listing('npm', '@scope/name')).toMatchObject({ state: 'listed' });
  });

  test('an answer that is none', async () => {
    const odd = await createJsonServer(() => ({ versions: 'many' }));
    expect(await client(odd.url).listing('npm', 'a')).toMatchObject({ state: 'unavailable' });
    await odd.close();
  });

  test('nobody there', async () => {
    const gone = await createJsonServer(() => ({}));
    await gone.close();
    expect(await client(gone.url).listing('npm', 'a')).toMatchObject({
      state: 'unavailable',
      cause: 'it could not be reached, or broke off (ECONNREFUSED)',
    });
  });
});
