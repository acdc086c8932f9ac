import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Environment, readSettings } from '../../src/app/settings.ts';

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

const read = (environment: Environment) =>
  readSettings({ APP_ID: '1', WEBHOOK_SECRET: 'a-long-enough-secret', ...environment }, privateKey);

describe('whom the app asks about packages', () => {
  const own = { url: null };
  test.each<[what: string, environment: Environment, npm: unknown, osv: unknown, depsDev: unknown]>([
    ['nothing said', {}, own, own, own],
    ['services off', { COMPOSURE_OSV_URL: 'off', COMPOSURE_DEPSDEV_URL: 'off' }, own, 'off', 'off'],
    ['another OSV', { COMPOSURE_OSV_URL: 'http://o.test/' }, own, { url: 'http://o.test' }, own],
    [
      'another registry: nobody else hears of its names',
      { COMPOSURE_NPM_REGISTRY: 'http://r.test' },
      { url: 'http://r.test' },
      'off',
      'off',
    ],
    [
      'another registry, and a service named as well',
      { COMPOSURE_NPM_REGISTRY: 'http://r.test', COMPOSURE_DEPSDEV_URL: 'http://d.test' },
      { url: 'http://r.test' },
      'off',
      { url: 'http://d.test' },
    ],
    ['no registry', { COMPOSURE_NPM_REGISTRY: 'off' }, 'off', 'off', 'off'],
  ])('%s', (_what, environment, npmRegistry, osv, depsDev) => {
    expect(read(environment)).toMatchObject({ state: 'ready', settings: { npmRegistry, osv, depsDev } });
  });

  test.each(['COMPOSURE_OSV_URL', 'COMPOSURE_DEPSDEV_URL'])('%s must be an address', (name) => {
    const problems = [`${name} must be a URL that begins with http:// or https:// or “off”.`];
    expect(read({ [name]: 'osv' })).toEqual({ state: 'wrong', problems });
  });
});
