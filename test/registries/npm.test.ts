import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createNpmRegistry, type NpmRegistryOptions } from '../../src/registries/npm.ts';
import { type Behaviour, createRegistry, type Registry } from '../support/registry/index.ts';

let registry: Registry;
let time: number;
let slept: number[];

beforeEach(async () => {
  registry = await createRegistry({ packages: { left: { versions: ['1.0.0', '1.1.0'] } } });
  time = Date.parse('2026-11-20T12:00:00Z');
  slept = [];
});

afterEach(() => registry.close());

/** A clock that stands still but for `sleep` and the test. */
function npm(overrides: Partial<NpmRegistryOptions> = {}) {
  return createNpmRegistry({
    registry: registry.url,
    confirmAfterMs: 30_000,
    waitForConfirmation: true,
    clock: () => new Date(time),
    sleep: async (ms) => {
      slept.push(ms);
      time += ms;
    },
    timeoutMs: 400,
    ...overrides,
  });
}

const asked = () => registry.requests.map(({ name }) => name);

describe('one answer', () => {
  const cases: [what: string, behaviour: Behaviour, expected: object][] = [
    [
      'a package',
      { versions: ['1.0.0', '2.0.0'] },
      { state: 'exists', versions: ['1.0.0', '2.0.0'], tags: { latest: '2.0.0' } },
    ],
    [
      'tags and deprecation',
      { versions: ['1.0.0'], tags: { latest: '1.0.0', next: '1.0.0' }, deprecated: { '1.0.0': 'use right' } },
      { state: 'exists', tags: { latest: '1.0.0', next: '1.0.0' }, deprecated: { '1.0.0': 'use right' } },
    ],
    ['a placeholder', 'placeholder', { state: 'placeholder' }],
    [
      'an unpublished one',
      { unpublishedAt: '2024-05-06T07:08:09.000Z' },
      { state: 'unpublished', at: '2024-05-06T07:08:09.000Z' },
    ],
    ['one without versions', { versions: [] }, { state: 'unpublished', at: null }],
    ['404', 'not-found', { state: 'absent', status: 404 }],
    ['401', { status: 401 }, { state: 'private', status: 401 }],
    ['403', { status: 403 }, { state: 'private', status: 403 }],
    ['400', { status: 400 }, { state: 'unavailable', status: 400, cause: 'it answered 400' }],
    ['402', { status: 402 }, { state: 'unavailable', status: 402 }],
    ['408', { status: 408 }, { state: 'unavailable', status: 408 }],
    ['410', { status: 410 }, { state: 'unavailable', status: 410 }],
    ['429', { status: 429 }, { state: 'unavailable', status: 429 }],
    ['451', { status: 451 }, { state: 'unavailable', status: 451 }],
    ['500', { status: 500 }, { state: 'unavailable', status: 500 }],
    ['503', { status: 503 }, { state: 'unavailable', status: 503 }],
    ['204', { status: 204 }, { state: 'unavailable', status: 204 }],
    ['a body that breaks off', 'truncated', { state: 'unavailable', status: null }],
    ['a body that is no JSON', 'malformed', { state: 'unavailable', cause: 'its answer was not JSON' }],
    [
      'a body that is no package',
      'not-a-package',
      { state: 'unavailable', cause: 'its answer did not describe that package' },
    ],
    ['silence', 'silent', { state: 'unavailable', cause: 'it did not answer within 0.4 s' }],
    [
      'a redirect within the registry',
      { redirectTo: '/left' },
      { state: 'unavailable', cause: 'its answer did not describe that package' },
    ],
  ];

  test.each(cases)('%s', async (_what, behaviour, expected) => {
    registry.set('thing', behaviour);
    const [answer] = await npm().lookUp(['thing']);
    expect(answer).toMatchObject({ registry: registry.url, ...expected });
  });

  test('a refused connection', async () => {
    const closed = await createRegistry({});
    await closed.close();
    const [answer] = await npm({ registry: closed.url }).lookUp(['thing']);
    expect(answer).toMatchObject({
      state: 'unavailable',
      cause: 'it could not be reached, or broke off (ECONNREFUSED)',
    });
  });

  test('the names keep their order, scoped ones are escaped, and nothing of this machine is sent along', async () => {
    registry.set('@acme/open', { versions: ['3.0.0'] });
    const answers = await npm().lookUp(['left', '@acme/open']);
    expect(answers.map((answer) => answer.state === 'exists' && answer.versions.at(-1))).toEqual(['1.1.0', '3.0.0']);
    expect(registry.requests.map(({ path }) => path).sort()).toEqual(['/@acme%2fopen', '/left']);
    for (const { headers, accept } of registry.requests) {
      expect(accept).toMatch(/^application\/vnd\.npm\.install-v1\+json/);
      expect(headers['user-agent']).toBe('composure');
      expect(headers).not.toHaveProperty('authorization');
      expect(Object.keys(headers).filter((name) => name.startsWith('npm-'))).toEqual([]);
    }
  });

  test('a redirect to another host is not followed', async () => {
    const other = await createRegistry({ packages: { thing: { versions: ['1.0.0'] } } });
    registry.set('thing', { redirectTo: `${other.url}thing` });
    const [answer] = await npm().lookUp(['thing']);
    expect(answer).toMatchObject({ state: 'unavailable', cause: 'it sent us on to another host, which we do not ask' });
    expect(other.requests).toEqual([]);
    await other.close();
  });

  test.each([
    '',
    '.',
    '..',
    '../left',
    '@a/../left',
    'a b',
    'left?x',
    '%2e%2e',
    'node_modules',
  ])('a name that could lead elsewhere is not sent: %j', async (name) => {
    const [answer] = await npm().lookUp([name]);
    expect(answer).toMatchObject({ state: 'unavailable' });
    expect(registry.requests).toEqual([]);
  });
});

describe('absent', () => {
  test('takes two answers, apart, the second in full and past all caches, and the canaries', async () => {
    const [answer] = await npm().lookUp(['nowhere']);
    expect(answer).toEqual({
      registry: registry.url,
      askedAt: '2026-11-20T12:00:30.000Z',
      state: 'absent',
      status: 404,
      answers: [
        { at: '2026-11-20T12:00:00.000Z', status: 404 },
        { at: '2026-11-20T12:00:30.000Z', status: 404 },
      ],
    });
    expect(slept).toEqual([30_000]);
    expect(asked()).toEqual(['nowhere', 'nowhere', 'semver', '@octokit/rest']);
    const [first, second] = registry.requests;
    expect(first!.headers).not.toHaveProperty('cache-control');
    expect(second!.headers).toMatchObject({ 'cache-control': 'no-cache', accept: 'application/json' });
  });

  test('all names wait together', async () => {
    await npm().lookUp(['nowhere', 'neverwas', 'left', 'notyet']);
    expect(slept).toEqual([30_000]);
  });

  test('a name that is there the second time exists', async () => {
    registry.set('thing', 'not-found', { versions: ['1.0.0'] });
    expect(await npm().lookUp(['thing'])).toMatchObject([{ state: 'exists', versions: ['1.0.0'] }]);
  });

  test('a fault the second time proves nothing', async () => {
    registry.set('thing', 'not-found', { status: 503 });
    expect(await npm().lookUp(['thing'])).toMatchObject([{ state: 'unavailable', status: 503 }]);
  });

  test.each(['semver', '@octokit/rest'])('is not believed while %s is not found either', async (canary) => {
    registry.set(canary, 'not-found');
    const one = npm();
    expect(await one.lookUp(['nowhere'])).toMatchObject([
      { state: 'unavailable', cause: `it does not find "${canary}" either, which is certainly there` },
    ]);
    registry.set(canary, { versions: ['1.0.0'] });
    expect(await one.lookUp(['nowhere'])).toMatchObject([{ state: 'absent' }]);
  });

  test('where the operator names other canaries, those are asked', async () => {
    await npm({ canaries: ['left'] }).lookUp(['nowhere']);
    expect(asked()).toEqual(['nowhere', 'nowhere', 'left']);
  });

  test('without waiting, the first answer is "confirming" and a later look-up settles it', async () => {
    const app = npm({ waitForConfirmation: false });
    const confirming = { state: 'confirming', status: 404, retryAt: '2026-11-20T12:00:30.000Z' };
    expect(await app.lookUp(['nowhere'])).toMatchObject([confirming]);
    time += 29_999;
    expect(await app.lookUp(['nowhere'])).toMatchObject([confirming]);
    expect(asked()).toEqual(['nowhere']);
    time += 1;
    expect(await app.lookUp(['nowhere'])).toMatchObject([{ state: 'absent', status: 404 }]);
    expect(slept).toEqual([]);
  });

  test('with nothing between the two, it is settled at once', async () => {
    const app = npm({ waitForConfirmation: false, confirmAfterMs: 0 });
    expect(await app.lookUp(['nowhere'])).toMatchObject([{ state: 'absent' }]);
  });

  test('is remembered for ten minutes, then asked once more with the same evidence', async () => {
    const one = npm();
    const [first] = await one.lookUp(['nowhere']);
    time += 9 * 60_000;
    expect(await one.lookUp(['nowhere'])).toEqual([first]);
    expect(asked()).toHaveLength(4);
    time += 2 * 60_000;
    const [later] = await one.lookUp(['nowhere']);
    expect(later).toMatchObject({ state: 'absent', answers: first?.state === 'absent' ? first.answers : [] });
    registry.set('nowhere', { versions: ['1.0.0'] });
    time += 11 * 60_000;
    expect(await one.lookUp(['nowhere'])).toMatchObject([{ state: 'exists' }]);
  });
});

describe('sparing the registry', () => {
  test('a package is asked for once in five minutes, then by its ETag', async () => {
    const one = npm();
    const [first] = await one.lookUp(['left']);
    await one.lookUp(['left', 'left']);
    expect(asked()).toEqual(['left']);
    time += 6 * 60_000;
    expect(await one.lookUp(['left'])).toEqual([{ ...first, askedAt: '2026-11-20T12:06:00.000Z' }]);
    expect(registry.requests.map(({ status }) => status)).toEqual([200, 304]);
  });

  test('the same name at the same time is one request', async () => {
    const one = npm();
    await Promise.all([one.lookUp(['left', 'left']), one.lookUp(['left'])]);
    expect(asked()).toEqual(['left']);
  });

  test('no more than eight at once', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `package-${index}`);
    for (const name of names) registry.set(name, { versions: ['1.0.0'], slowMs: 20 });
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, registry.requests.filter(({ status }) => status === null).length);
    }, 1);
    const answers = await npm().lookUp(names);
    clearInterval(watch);
    expect(answers.every(({ state }) => state === 'exists')).toBe(true);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(8);
  });

  test('past the budget nothing is asked, and what is remembered costs nothing', async () => {
    const one = npm({ budget: 2 });
    for (const name of ['a', 'b', 'c']) registry.set(name, { versions: ['1.0.0'] });
    const states = async () => (await one.lookUp(['a', 'b', 'c'])).map(({ state }) => state);
    expect(await states()).toEqual(['exists', 'exists', 'unavailable']);
    expect(asked().sort()).toEqual(['a', 'b']);
    expect(await states()).toEqual(['exists', 'exists', 'exists']);
  });

  test.each([
    ['seconds', '90', '2026-11-20T12:01:30.000Z'],
    ['a date', 'Fri, 20 Nov 2026 12:02:00 GMT', '2026-11-20T12:02:00.000Z'],
  ])('Retry-After in %s holds for every name', async (_form, retryAfter, retryAt) => {
    registry.set('thing', { status: 429, retryAfter });
    const one = npm();
    expect(await one.lookUp(['thing'])).toMatchObject([{ state: 'unavailable', status: 429, retryAt }]);
    expect(await one.lookUp(['left'])).toMatchObject([{ state: 'unavailable', status: 429, retryAt }]);
    expect(asked()).toEqual(['thing']);
    time = Date.parse(retryAt);
    expect(await one.lookUp(['left'])).toMatchObject([{ state: 'exists' }]);
  });

  test.each([
    'soon',
    '-1',
    '1e400',
    '99999999999999999999',
  ])('a Retry-After that says nothing: %j', async (retryAfter) => {
    registry.set('thing', { status: 503, retryAfter });
    expect(await npm().lookUp(['thing'])).toMatchObject([{ state: 'unavailable', status: 503, retryAt: null }]);
  });

  test('asked within the last second of a pause, it still says when it ends', async () => {
    time += 700;
    registry.set('thing', { status: 429, retryAfter: '3' });
    const one = npm();
    await one.lookUp(['thing']);
    time += 2_900;
    const [answer] = await one.lookUp(['left']);
    expect(answer).toMatchObject({ state: 'unavailable', retryAt: '2026-11-20T12:00:04.000Z' });
  });

  test('a stumble is tried once more', async () => {
    registry.set('thing', { status: 502 }, { versions: ['1.0.0'] });
    expect(await npm().lookUp(['thing'])).toMatchObject([{ state: 'exists' }]);
    expect(slept).toEqual([500]);
  });

  test('after eight failures in a row it is left alone for half a minute', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `package-${index}`);
    for (const name of names) registry.set(name, { status: 500 });
    const one = npm();
    const answers = await one.lookUp(names);
    expect(answers.every(({ state }) => state === 'unavailable')).toBe(true);
    expect(registry.requests.length).toBeLessThanOrEqual(16);
    time += 31_000;
    expect(await one.lookUp(['left'])).toMatchObject([{ state: 'exists' }]);
  });
});

describe('in full', () => {
  test('come dates, licences, scripts, provenance and origin', async () => {
    registry.set('thing', {
      versions: ['1.0.0', '1.1.0', '2.0.0'],
      created: '2026-11-01T00:00:00.000Z',
      times: { '2.0.0': '2026-11-20T00:00:00.000Z', '0.9.0': '2026-11-01T00:00:00.000Z' },
      licenses: { '1.0.0': { type: 'MIT' }, '1.1.0': [{ type: 'MIT' }, { type: 'Apache-2.0' }], '2.0.0': undefined },
      scripted: ['2.0.0'],
      attested: ['1.1.0'],
      repository: 'git+https://github.com/acme/thing.git',
    });
    const [answer] = await npm().lookUp(['thing'], new Set(['thing']));
    expect(answer).toMatchObject({
      withInstallScript: ['2.0.0'],
      withProvenance: ['1.1.0'],
      history: {
        createdAt: '2026-11-01T00:00:00.000Z',
        publishedAt: { '2.0.0': '2026-11-20T00:00:00.000Z', '0.9.0': '2026-11-01T00:00:00.000Z' },
        licenses: { '1.0.0': 'MIT', '1.1.0': '(MIT OR Apache-2.0)', '2.0.0': '' },
        repository: 'git+https://github.com/acme/thing.git',
      },
    });
    expect(registry.requests.map(({ accept }) => accept)).toEqual(['application/json']);
  });

  test('scripts and provenance come in the short form, too', async () => {
    registry.set('thing', { versions: ['1.0.0', '1.1.0'], scripted: ['1.1.0'], attested: ['1.0.0'] });
    const [answer] = await npm().lookUp(['thing']);
    expect(answer).toMatchObject({ withInstallScript: ['1.1.0'], withProvenance: ['1.0.0'] });
    expect(answer).not.toHaveProperty('history');
  });

  test('serves for both forms, and is asked again by its own ETag', async () => {
    const one = npm();
    await one.lookUp(['left'], new Set(['left']));
    await one.lookUp(['left']);
    expect(asked()).toEqual(['left']);
    time += 6 * 60_000;
    expect(await one.lookUp(['left'])).toMatchObject([{ history: { createdAt: '2020-01-01T00:00:00.000Z' } }]);
    expect(registry.requests.map(({ status }) => status)).toEqual([200, 304]);
  });

  test('is asked for where only the short form is known', async () => {
    const one = npm();
    await one.lookUp(['left']);
    expect(await one.lookUp(['left'], new Set(['left']))).toMatchObject([{ history: {} }]);
    expect(registry.requests.map(({ status }) => status)).toEqual([200, 200]);
  });

  test('too large, the short form has to do', async () => {
    registry.set('thing', { versions: ['1.0.0'], padding: 25 * 1024 * 1024 });
    const [answer] = await npm({ timeoutMs: 5_000 }).lookUp(['thing'], new Set(['thing']));
    expect(answer).toMatchObject({ state: 'exists', versions: ['1.0.0'] });
    expect(answer).not.toHaveProperty('history');
  });
});
