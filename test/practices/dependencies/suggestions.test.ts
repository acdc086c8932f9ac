import { describe, expect, test } from 'vitest';
import { nearestNames } from '../../../src/practices/dependencies/popular-names.ts';
import { manifest, visit } from './neighbourhood.ts';

describe('the nearest real names', () => {
  test.each([
    ['lodahs', ['lodash']],
    ['expresss', ['express', 'expresso']],
    ['crossenv', ['cross-env']],
    ['react-dom-js', ['react-dom']],
    ['@typess/node', ['@types/node']],
    ['widget-name-padder', []],
    ['x'.repeat(300), []],
    ['', []],
  ])('to %j', (name, nearest) => {
    expect(nearestNames(name)).toEqual(nearest);
  });
});

const thing = { thing: { versions: ['1.0.0', '1.4.0', '2.1.0'] } };

describe('a finding helps', () => {
  test('with the names that are there', async () => {
    const { findings } = await visit({ before: manifest({}), changed: manifest({ lodahs: '^4' }) });
    expect(findings).toMatchObject([
      { code: 'package-absent', facts: { suggestions: ['lodash'], askedAt: expect.any(String) } },
    ]);
    expect(findings[0]?.message).toMatch(/Did you mean "lodash"\?$/);
  });

  test('but names none where none is near', async () => {
    const { findings } = await visit({ before: manifest({}), changed: manifest({ 'widget-name-padder': '^4' }) });
    expect(findings[0]?.facts).not.toHaveProperty('suggestions');
  });

  test.each([
    ['^9', '"thing": "^2.1.0"'],
    ['~9.1', '"thing": "~2.1.0"'],
    ['9.9.9', '"thing": "2.1.0"'],
    ['>=9 <10', '"thing": "^2.1.0"'],
  ])('with the line as it could stand: %s', async (spec, text) => {
    const { findings } = await visit({ before: manifest({}), changed: manifest({ thing: spec }), packages: thing });
    expect(findings).toMatchObject([
      { code: 'version-unsatisfiable', facts: { fix: { line: findings[0]?.line, text } } },
    ]);
    expect(findings[0]?.message).toContain(`The line could stand as: ${text}`);
  });

  test.each([
    ['a tag', 'nxt'],
    ['an alias', 'npm:thing@^9'],
  ])('but not where that is no certain thing: %s', async (_what, spec) => {
    const { findings } = await visit({ before: manifest({}), changed: manifest({ thing: spec }), packages: thing });
    expect(findings).toHaveLength(1);
    expect(findings[0]?.facts).not.toHaveProperty('fix');
  });

  test('nor where the line holds it twice', async () => {
    const text = '{ "dependencies": { "thing": "^9", "thing-two": "^9" } }';
    const { findings } = await visit({
      before: { 'package.json': '{}' },
      changed: { 'package.json': text },
      packages: { ...thing, 'thing-two': { versions: ['1.0.0'] } },
    });
    expect(findings.map(({ facts }) => facts.fix)).toEqual([undefined, undefined]);
  });
});
