import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Environment, readSettings } from '../../src/app/settings.ts';

const pem = { type: 'pkcs8', format: 'pem' } as const;
const RSA = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
const KEY = RSA.export(pem).toString();
const GOOD = { APP_ID: '1234', WEBHOOK_SECRET: 'a long and random secret' };

function ready(env: Environment = {}) {
  const result = readSettings({ ...GOOD, ...env }, KEY);
  if (result.state !== 'ready') throw new Error(JSON.stringify(result));
  return result;
}

function problems(env: Environment, key: string | null = KEY): string[] {
  const result = readSettings({ ...GOOD, ...env }, key);
  return result.state === 'wrong' ? result.problems : [];
}

describe('without credentials', () => {
  it.each([
    {},
    { NODE_ENV: 'development', PORT: '4000' },
    { APP_ID: '', WEBHOOK_SECRET: '' },
  ])('%j is for the set-up', (env) => {
    expect(readSettings(env, null)).toEqual({ state: 'set-up' });
  });

  it('does not start in production, and names each', () => {
    const result = readSettings({ NODE_ENV: 'production' }, null);
    expect(result.state === 'wrong' && result.problems.map((problem) => problem.split(' ')[0])).toEqual([
      'APP_ID',
      'PRIVATE_KEY',
      'WEBHOOK_SECRET',
    ]);
  });

  it.each<[Environment, string | null, string[]]>([
    [{ APP_ID: '1' }, null, ['PRIVATE_KEY', 'WEBHOOK_SECRET']],
    [{ WEBHOOK_SECRET: GOOD.WEBHOOK_SECRET }, null, ['APP_ID', 'PRIVATE_KEY']],
    [{}, KEY, ['APP_ID', 'WEBHOOK_SECRET']],
    [{ PRIVATE_KEY_PATH: 'nowhere.pem' }, null, ['APP_ID', 'PRIVATE_KEY', 'WEBHOOK_SECRET']],
  ])('is no set-up where some are there: %j', (env, key, named) => {
    const result = readSettings(env, key);
    expect(result.state === 'wrong' && result.problems.map((problem) => problem.split(' ')[0])).toEqual(named);
  });
});

describe('with credentials', () => {
  it('has defaults for the rest', () => {
    const { settings, remarks } = ready();
    expect(settings).toEqual({
      appId: 1234,
      privateKey: KEY,
      webhookSecret: GOOD.WEBHOOK_SECRET,
      host: 'localhost',
      port: 3000,
      githubApiUrl: null,
      githubBudget: 'github',
      database: { kind: 'sqlite', path: './data/composure.db' },
      debounceMs: 2_000,
      confirmAfterMs: 30_000,
      npmRegistry: { url: null },
      osv: { url: null },
      depsDev: { url: null },
      signingKeys: [expect.any(Uint8Array)],
      logLevel: 'info',
      logFormat: 'pretty',
      production: false,
    });
    expect(remarks).toEqual([]);
  });

  const values: [name: string, env: Environment, settings: object][] = [
    ['a port', { PORT: '0' }, { port: 0 }],
    ['a host', { HOST: '0.0.0.0' }, { host: '0.0.0.0' }],
    [
      'an API root, without its slash',
      { GITHUB_API_URL: 'http://127.0.0.1:4000/' },
      { githubApiUrl: 'http://127.0.0.1:4000' },
    ],
    ['a GitHub of its own', { GHE_HOST: 'github.example.com' }, { githubApiUrl: 'https://github.example.com/api/v3' }],
    [
      'one without TLS',
      { GHE_HOST: 'github.example.com:8080', GHE_PROTOCOL: 'http' },
      { githubApiUrl: 'http://github.example.com:8080/api/v3' },
    ],
    [
      'an API root before a GitHub of its own',
      { GITHUB_API_URL: 'https://api.example.com', GHE_HOST: 'github.example.com' },
      { githubApiUrl: 'https://api.example.com' },
    ],
    [
      'an API root, whatever GHE_HOST says',
      { GITHUB_API_URL: 'https://a.example', GHE_HOST: '//' },
      { githubApiUrl: 'https://a.example' },
    ],
    ['no budget', { COMPOSURE_GITHUB_BUDGET: 'unlimited' }, { githubBudget: 'unlimited' }],
    ['no debounce', { COMPOSURE_DEBOUNCE_MS: '0' }, { debounceMs: 0 }],
    ['seconds', { COMPOSURE_CONFIRM_AFTER: '45' }, { confirmAfterMs: 45_000 }],
    ['seconds by name', { COMPOSURE_CONFIRM_AFTER: '0s' }, { confirmAfterMs: 0 }],
    ['milliseconds', { COMPOSURE_CONFIRM_AFTER: '250ms' }, { confirmAfterMs: 250 }],
    ['minutes', { COMPOSURE_CONFIRM_AFTER: '2m' }, { confirmAfterMs: 120_000 }],
    [
      'a registry',
      { COMPOSURE_NPM_REGISTRY: 'https://npm.example.com/' },
      { npmRegistry: { url: 'https://npm.example.com' } },
    ],
    ['no registry', { COMPOSURE_NPM_REGISTRY: 'off' }, { npmRegistry: 'off' }],
    ['a level', { LOG_LEVEL: 'debug' }, { logLevel: 'debug' }],
    ['a format', { LOG_FORMAT: 'json' }, { logFormat: 'json' }],
    ['production', { NODE_ENV: 'production' }, { production: true, logFormat: 'json' }],
    ['production for people', { NODE_ENV: 'production', LOG_FORMAT: 'pretty' }, { logFormat: 'pretty' }],
    [
      'keys',
      { COMPOSURE_SIGNING_KEYS: `${'a'.repeat(32)}, ${'b'.repeat(32)},` },
      { signingKeys: ['a'.repeat(32), 'b'.repeat(32)] },
    ],
    [
      'nothing said',
      { PORT: '', HOST: '', GHE_HOST: '', LOG_LEVEL: '', COMPOSURE_DEBOUNCE_MS: '' },
      { port: 3000, debounceMs: 2_000 },
    ],
  ];
  it.each(values)('takes %s', (_, env, settings) => {
    expect(ready(env).settings).toMatchObject(settings);
  });

  it('signs with what follows from the private key, and from nothing else', () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export(pem).toString();
    const result = readSettings(GOOD, other);
    expect(ready().settings.signingKeys).toEqual(ready({ PORT: '1' }).settings.signingKeys);
    expect(result.state === 'ready' && result.settings.signingKeys).not.toEqual(ready().settings.signingKeys);
    expect(Buffer.from(ready().settings.signingKeys[0]).toString('latin1')).not.toContain(KEY.slice(40, 60));
  });

  it('takes the key that GitHub hands out, in PKCS#1', () => {
    const pkcs1 = RSA.export({ type: 'pkcs1', format: 'pem' }).toString();
    expect(readSettings(GOOD, pkcs1).state).toBe('ready');
  });
});

describe('what is wrong', () => {
  const wrong: [name: string, env: Environment][] = [
    ['APP_ID', { APP_ID: '' }],
    ['APP_ID', { APP_ID: 'Iv1.8a61f9b3a7aba766' }],
    ['APP_ID', { APP_ID: '0' }],
    ['APP_ID', { APP_ID: '-1' }],
    ['APP_ID', { APP_ID: '12 ' }],
    ['WEBHOOK_SECRET', { WEBHOOK_SECRET: '' }],
    ['WEBHOOK_SECRET', { WEBHOOK_SECRET: 'development', NODE_ENV: 'production' }],
    ['WEBHOOK_SECRET', { WEBHOOK_SECRET: 'short', NODE_ENV: 'production' }],
    ['PORT', { PORT: '65536' }],
    ['PORT', { PORT: 'http' }],
    ['PORT', { PORT: '-1' }],
    ['GITHUB_API_URL', { GITHUB_API_URL: 'api.github.com' }],
    ['GITHUB_API_URL', { GITHUB_API_URL: 'file:///etc/passwd' }],
    ['GHE_HOST', { GHE_HOST: 'https://github.example.com' }],
    ['GHE_HOST', { GHE_HOST: 'github.example.com/api' }],
    ['GHE_HOST', { GHE_HOST: 'user@github.example.com' }],
    ['GHE_PROTOCOL', { GHE_HOST: 'github.example.com', GHE_PROTOCOL: 'ftp' }],
    ['COMPOSURE_GITHUB_BUDGET', { COMPOSURE_GITHUB_BUDGET: 'none' }],
    ['COMPOSURE_DEBOUNCE_MS', { COMPOSURE_DEBOUNCE_MS: '2s' }],
    ['COMPOSURE_DEBOUNCE_MS', { COMPOSURE_DEBOUNCE_MS: '-1' }],
    ['COMPOSURE_CONFIRM_AFTER', { COMPOSURE_CONFIRM_AFTER: 'soon' }],
    ['COMPOSURE_CONFIRM_AFTER', { COMPOSURE_CONFIRM_AFTER: '1h' }],
    ['COMPOSURE_NPM_REGISTRY', { COMPOSURE_NPM_REGISTRY: 'npm.example.com' }],
    ['COMPOSURE_SIGNING_KEYS', { COMPOSURE_SIGNING_KEYS: 'secret' }],
    ['COMPOSURE_SIGNING_KEYS', { COMPOSURE_SIGNING_KEYS: `${'a'.repeat(32)},short` }],
    ['LOG_LEVEL', { LOG_LEVEL: 'loud' }],
  ];
  it.each(wrong)('%s names itself in one sentence: %j', (name, env) => {
    const said = problems(env);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(new RegExp(`^${name} .+\\.$`));
    // One line, and no secret in it.
    expect(said[0]).not.toMatch(/\n|short|Iv1|passwd/);
  });

  it.each([
    ['no key', 'unreadable'],
    ['a public key', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n'],
    ['half a key', KEY.slice(0, 300)],
    ['a key of another kind', generateKeyPairSync('ed25519').privateKey.export(pem).toString()],
    ['nothing', ''],
  ])('PRIVATE_KEY names itself: %s', (_, key) => {
    const said = problems({}, key);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^PRIVATE_KEY .+\.$/);
  });

  it('is said all at once', () => {
    expect(problems({ APP_ID: 'x', PORT: 'x', LOG_LEVEL: 'x' })).toHaveLength(3);
  });

  it.each(['development', 'short'])('is only remarked outside production: the secret %j', (secret) => {
    const { remarks } = ready({ WEBHOOK_SECRET: secret });
    expect(remarks).toHaveLength(1);
    expect(remarks[0]).toContain('WEBHOOK_SECRET');
  });
});
