import { afterEach, describe, expect, test } from 'vitest';
import { createOsv } from '../../src/registries/osv.ts';
import { createJsonServer, type JsonServer } from '../support/registry/json-server.ts';
import { createOsvServer, malware, namesAskedOf, type OsvReport } from '../support/registry/osv.ts';

const servers: JsonServer[] = [];
let time = Date.parse('2026-11-20T12:00:00Z');

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function osv(reports: readonly OsvReport[], pageSize?: number) {
  const server = await createOsvServer(reports, pageSize);
  servers.push(server);
  return { server, ...clientOf(server) };
}

function clientOf(server: JsonServer) {
  const client = createOsv({ origin: `${server.url}/`, clock: () => new Date(time), sleep: async () => {} });
  const ask = (...names: string[]) => client.advisories(names.map((name) => ({ ecosystem: 'npm' as const, name })));
  return { client, ask };
}

const of = (name: string, more: Omit<OsvReport['affected'][number], 'package'>) => [
  { package: { name, ecosystem: 'npm' }, ...more },
];

describe('reports', () => {
  const cases: [what: string, report: OsvReport, malicious: unknown[]][] = [
    ['of the whole package', malware('MAL-2026-1', 'evil'), [{ id: 'MAL-2026-1', affects: 'every version' }]],
    [
      'of single versions',
      { id: 'MAL-2026-2', affected: of('evil', { versions: ['1.0.1'] }) },
      [{ affects: { versions: ['1.0.1'], ranges: [] } }],
    ],
    [
      'of a range',
      {
        id: 'MAL-2026-3',
        affected: of('evil', { ranges: [{ type: 'SEMVER', events: [{ introduced: '1.0.0' }, { fixed: '1.2.0' }] }] }),
      },
      [{ affects: { versions: [], ranges: [{ introduced: '1.0.0', fixed: '1.2.0', lastAffected: null }] } }],
    ],
    ['without versions or ranges', { id: 'MAL-2026-4', affected: of('evil', {}) }, [{ affects: 'every version' }]],
    ['withdrawn', { ...malware('MAL-2026-5', 'evil'), withdrawn: '2026-02-01T00:00:00Z' }, []],
    ['of a vulnerability', { ...malware('GHSA-xxxx', 'evil') }, []],
  ];

  test.each(cases)('%s', async (_what, report, malicious) => {
    const { ask } = await osv([report]);
    expect(await ask('evil')).toMatchObject([{ state: 'known', malicious }]);
  });

  test('about another package of the same report are not this one’s', async () => {
    const both = { ...malware('MAL-1', 'evil'), affected: [...of('evil', { versions: ['1.0.0'] }), ...of('twin', {})] };
    const { ask } = await osv([both]);
    expect(await ask('evil')).toMatchObject([{ malicious: [{ affects: { versions: ['1.0.0'] } }] }]);
  });
});

describe('asking', () => {
  test('takes one request for all names, then one for each report, and none again within ten minutes', async () => {
    const { server, ask } = await osv([malware('MAL-1', 'evil')]);
    const names = Array.from({ length: 50 }, (_, index) => `good-${index}`);
    const answers = await ask(...names, 'evil', 'evil');
    expect(answers.map((one) => one.state === 'known' && one.malicious.length)).toEqual([...names.map(() => 0), 1, 1]);
    expect(server.requests.map(({ path }) => path)).toEqual(['/v1/querybatch', '/v1/vulns/MAL-1']);
    expect(namesAskedOf(server)).toHaveLength(51);
    await ask(...names, 'evil');
    expect(server.requests).toHaveLength(2);
    time += 11 * 60_000;
    await ask('evil');
    expect(server.requests).toHaveLength(4);
  });

  test('names no version, and each ecosystem by its own word', async () => {
    const { server, client } = await osv([]);
    await client.advisories([
      { ecosystem: 'pypi', name: 'a' },
      { ecosystem: 'cargo', name: 'a' },
      { ecosystem: 'composer', name: 'v/a' },
    ]);
    expect(server.requests[0]!.body).toEqual({
      queries: [
        { package: { name: 'a', ecosystem: 'PyPI' } },
        { package: { name: 'a', ecosystem: 'crates.io' } },
        { package: { name: 'v/a', ecosystem: 'Packagist' } },
      ],
    });
  });

  test('reads every page', async () => {
    const reports = Array.from({ length: 7 }, (_, index) => malware(`MAL-${index}`, 'evil'));
    const { ask } = await osv(reports, 2);
    const [answer] = await ask('evil');
    expect(answer?.state === 'known' && answer.malicious.map(({ id }) => id).sort()).toEqual(
      reports.map(({ id }) => id),
    );
  });

  test('does not follow pages for ever', async () => {
    const endless = await createJsonServer(() => ({ results: [{ next_page_token: 'again' }] }));
    servers.push(endless);
    expect(await clientOf(endless).ask('evil')).toMatchObject([
      { state: 'unavailable', cause: 'its answer had too many pages' },
    ]);
    expect(endless.requests.length).toBeLessThan(30);
  });
});

describe('unavailable', () => {
  test.each([429, 500, 503, 403])('%d is not "nothing known"', async (status) => {
    const { server, ask } = await osv([malware('MAL-1', 'evil')]);
    server.fail(status);
    expect(await ask('evil')).toMatchObject([{ state: 'unavailable', cause: `it answered ${status}` }]);
    server.fail(null);
    expect(await ask('evil')).toMatchObject([{ state: 'known', malicious: [{ id: 'MAL-1' }] }]);
  });

  test('a Retry-After is kept to', async () => {
    const { server, ask } = await osv([]);
    server.fail(429, '60');
    const retryAt = new Date(time + 60_000).toISOString();
    expect(await ask('a')).toMatchObject([{ state: 'unavailable', retryAt }]);
    server.fail(null);
    expect(await ask('b')).toMatchObject([{ state: 'unavailable' }]);
    expect(server.requests).toHaveLength(1);
    time += 60_000;
    expect(await ask('b')).toMatchObject([{ state: 'known' }]);
  });

  test.each<[what: string, body: unknown]>([
    ['too few results', { results: [] }],
    ['something else', ['no']],
    ['no JSON', '<html>'],
  ])('%s', async (_what, body) => {
    const server = await createJsonServer(() => body);
    servers.push(server);
    expect(await clientOf(server).ask('evil')).toMatchObject([{ state: 'unavailable' }]);
  });

  test('a report that cannot be read leaves the package unknown', async () => {
    const server = await createJsonServer(({ method }) =>
      method === 'POST' ? { results: [{ vulns: [{ id: 'MAL-1' }] }] } : undefined,
    );
    servers.push(server);
    expect(await clientOf(server).ask('evil')).toMatchObject([{ state: 'unavailable' }]);
  });
});
