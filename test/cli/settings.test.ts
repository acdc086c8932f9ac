import { describe, expect, it } from 'vitest';
import { type LookUps, readLookUps } from '../../src/cli/settings.ts';
import { wantsColour } from '../../src/cli.ts';

type Given = Parameters<typeof readLookUps>;

describe('readLookUps', () => {
  const ask = { url: null };
  const standard: LookUps = { registry: null, offline: false, osv: ask, depsDev: ask, confirmAfterMs: 2_000 };
  const nobodyElse = { osv: 'off', depsDev: 'off' } as const;
  const cases: [name: string, options: Given[0], environment: Given[1], lookUps: Partial<LookUps>][] = [
    ['nothing said', {}, {}, {}],
    [
      'an address in the environment',
      {},
      { COMPOSURE_NPM_REGISTRY: 'http://a.test' },
      { registry: 'http://a.test', ...nobodyElse },
    ],
    [
      'an option wins',
      { registry: 'http://b.test' },
      { COMPOSURE_NPM_REGISTRY: 'http://a.test' },
      { registry: 'http://b.test', ...nobodyElse },
    ],
    ['off in the environment', {}, { COMPOSURE_NPM_REGISTRY: 'off' }, { offline: true, ...nobodyElse }],
    [
      'an option wins over off',
      { registry: 'http://b.test' },
      { COMPOSURE_NPM_REGISTRY: 'off' },
      { registry: 'http://b.test', ...nobodyElse },
    ],
    [
      'offline keeps what is public',
      { offline: true },
      { COMPOSURE_NPM_REGISTRY: 'http://a.test' },
      { registry: 'http://a.test', offline: true, ...nobodyElse },
    ],
    [
      'services named beside another registry',
      { registry: 'http://b.test' },
      { COMPOSURE_OSV_URL: 'http://o.test', COMPOSURE_DEPSDEV_URL: 'http://d.test' },
      { registry: 'http://b.test', osv: { url: 'http://o.test' }, depsDev: { url: 'http://d.test' } },
    ],
    ['services off', {}, { COMPOSURE_OSV_URL: 'off', COMPOSURE_DEPSDEV_URL: 'off' }, nobodyElse],
    ['offline is offline', { offline: true }, { COMPOSURE_OSV_URL: 'http://o.test' }, { offline: true, ...nobodyElse }],
    ['seconds', {}, { COMPOSURE_CONFIRM_AFTER: '30s' }, { confirmAfterMs: 30_000 }],
    ['a plain number of seconds', {}, { COMPOSURE_CONFIRM_AFTER: '5' }, { confirmAfterMs: 5_000 }],
    ['milliseconds', {}, { COMPOSURE_CONFIRM_AFTER: '250ms' }, { confirmAfterMs: 250 }],
    ['minutes', {}, { COMPOSURE_CONFIRM_AFTER: '2m' }, { confirmAfterMs: 120_000 }],
    ['none', {}, { COMPOSURE_CONFIRM_AFTER: '0s' }, { confirmAfterMs: 0 }],
  ];
  it.each(cases)('%s', (_name, options, environment, lookUps) => {
    expect(readLookUps(options, environment)).toEqual({ ok: true, lookUps: { ...standard, ...lookUps } });
  });

  const wrong: [options: Given[0], environment: Given[1], name: string][] = [
    [{ registry: 'registry.test' }, {}, '--registry'],
    [{ registry: 'file:///etc' }, {}, '--registry'],
    [{ registry: 'http://' }, {}, '--registry'],
    [{}, { COMPOSURE_NPM_REGISTRY: 'on' }, 'COMPOSURE_NPM_REGISTRY'],
    [{}, { COMPOSURE_CONFIRM_AFTER: 'soon' }, 'COMPOSURE_CONFIRM_AFTER'],
    [{}, { COMPOSURE_CONFIRM_AFTER: '-1s' }, 'COMPOSURE_CONFIRM_AFTER'],
  ];
  it.each(wrong)('%j %j is told of, by name', (options, environment, name) => {
    expect(readLookUps(options, environment)).toEqual({
      ok: false,
      message: expect.stringContaining(`${name} must be`),
    });
  });
});

describe('wantsColour', () => {
  const cases: [environment: Parameters<typeof wantsColour>[0], terminal: boolean | undefined, colour: boolean][] = [
    [{}, true, true],
    [{}, undefined, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ FORCE_COLOR: '1' }, undefined, true],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, undefined, true],
    [{ FORCE_COLOR: '0' }, true, false],
  ];
  it.each(cases)('%j in a terminal: %s', (environment, terminal, colour) => {
    expect(wantsColour(environment, terminal)).toBe(colour);
  });
});
