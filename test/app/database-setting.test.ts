import { describe, expect, it } from 'vitest';
import { readSettings } from '../../src/app/settings.ts';
import { APP } from '../support/github/seed.ts';

function read(url: string | undefined) {
  const env = { APP_ID: '1', WEBHOOK_SECRET: 'a-long-enough-secret', DATABASE_URL: url };
  const result = readSettings(env, APP.privateKey);
  return result.state === 'ready' ? result.settings.database : result;
}

describe('DATABASE_URL', () => {
  it.each([
    [undefined, { kind: 'sqlite', path: './data/composure.db' }],
    ['', { kind: 'sqlite', path: './data/composure.db' }],
    ['sqlite:work.db', { kind: 'sqlite', path: 'work.db' }],
    ['sqlite:/var/lib/composure/work.db', { kind: 'sqlite', path: '/var/lib/composure/work.db' }],
    ['sqlite:///var/lib/composure/work.db', { kind: 'sqlite', path: '/var/lib/composure/work.db' }],
    ['postgres://u:p@db:5432/composure', { kind: 'postgres', url: 'postgres://u:p@db:5432/composure' }],
    ['postgresql://db/composure', { kind: 'postgres', url: 'postgresql://db/composure' }],
  ])('%s is understood', (url, location) => {
    expect(read(url)).toEqual(location);
  });

  it.each([
    'mysql://u:geheim@db/x',
    'sqlite:',
    'sqlite://relative.db',
    'postgres://',
    'work.db',
  ])('%s is refused, without repeating it', (url) => {
    const result = read(url);
    expect(result).toMatchObject({ state: 'wrong', problems: [expect.stringMatching(/^DATABASE_URL must be/)] });
    expect(JSON.stringify(result)).not.toContain('geheim');
  });
});
