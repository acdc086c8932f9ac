import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONFIG_PATH } from '../../src/config/config.ts';
import { configJsonSchema } from '../../src/config/json-schema.ts';
import { presetConfig } from '../../src/config/presets.ts';
import { resolveConfig } from '../../src/config/resolve.ts';
import type { Practice } from '../../src/practices/define-practice.ts';
import { practices } from '../../src/practices/index.ts';
import { samplePractices } from './sample-practices.ts';

/** Whether each accepts a document. JSON is YAML, so the same text is put to both. */
function judges(catalogue: readonly Practice[]) {
  const ajv = new Ajv({ strict: true, allowUnionTypes: true });
  addFormats.default(ajv);
  const validate = ajv.compile(configJsonSchema(catalogue));
  return {
    schema: (document: unknown) => validate(document),
    resolve: (document: unknown) => {
      const text = JSON.stringify(document);
      return resolveConfig([{ source: 'repository', path: CONFIG_PATH, text }], catalogue).ok;
    },
  };
}

describe('schema/composure.schema.json', () => {
  it('is what the practices say: run `npm run schema:generate`', () => {
    const committed = readFileSync(new URL('../../schema/composure.schema.json', import.meta.url), 'utf8');
    expect(JSON.parse(committed)).toEqual(configJsonSchema(practices));
    expect(committed).toBe(`${JSON.stringify(configJsonSchema(practices), null, 2)}\n`);
  });

  it('describes every key and gives it the default of the standard preset', () => {
    const standard = presetConfig('standard', practices);
    const { properties } = configJsonSchema(practices) as { properties: Record<string, Described> };
    for (const { id, summary, options } of practices) {
      expect(properties[id]?.description).toBe(summary);
      const keys = Object.keys(properties[id]?.properties ?? {});
      expect(keys.sort()).toEqual(['mode', ...Object.keys(options.shape)].sort());
      for (const key of keys) {
        const property = properties[id]?.properties?.[key];
        expect(property?.description, `${id}.${key}`).toBeTruthy();
        const { mode, options: values } = standard.practices[id]!;
        if (!property?.properties) expect(property?.default).toEqual({ mode, ...values }[key]);
      }
    }
  });
});

/** A JSON Schema, as far as this test looks. */
interface Described {
  description?: string;
  default?: unknown;
  properties?: Record<string, Described>;
}

describe('the schema and the check agree', () => {
  const sample = judges(samplePractices);

  it.each<[accepted: boolean, document: unknown]>([
    [true, {}],
    [true, { preset: 'strict' }],
    [true, { length: {} }],
    [true, { length: { mode: 'off', 'max-lines': 3, exclude: ['a'], weights: { tests: 1 }, classes: {} } }],
    [true, { length: { classes: { vendored: true } } }],
    [true, { records: { registries: { '@a': 'b' }, triggers: [{ paths: ['a'], because: 'b' }], template: false } }],
    [true, { records: { template: { file: 'x' } } }],
    [false, []],
    [false, 'length'],
    [false, { preset: 'odd' }],
    [false, { preset: null }],
    [false, { other: {} }],
    [false, { length: null }],
    [false, { length: 'off' }],
    [false, { length: { mode: false } }],
    [false, { length: { 'max-lines': '3' } }],
    [false, { length: { 'max-lines': 1.5 } }],
    [false, { length: { 'max-lines': 0 } }],
    [false, { length: { exclude: [''] } }],
    [false, { length: { weights: { tests: 2 } } }],
    [false, { length: { weights: { other: 1 } } }],
    [false, { length: { classes: { other: true } } }],
    [false, { records: { registries: { a: 'b' } } }],
    [false, { records: { triggers: [{ paths: [], because: 'b' }] } }],
    [false, { records: { triggers: [{ paths: ['a'] }] } }],
    [false, { records: { template: true } }],
    [false, { records: { template: {} } }],
  ])('%s: %j', (accepted, document) => {
    expect({ schema: sample.schema(document), resolve: sample.resolve(document) }).toEqual({
      schema: accepted,
      resolve: accepted,
    });
  });

  const value = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.constantFrom<unknown>(0, 1, 0.5, 100, -1, 1e300, '', 'a', '@a', 'block', 'off', true, false, null),
    },
    fc.constantFrom<unknown>([], ['a'], [''], [1], {}, { file: 'a' }, { '@a': 'a' }, { a: 'a' }, { tests: 0.5 }),
    fc.constantFrom<unknown>({ vendored: true }, [{ paths: ['a'], because: 'b' }], [{ paths: [] }], 'anyone', 'strict'),
    fc.jsonValue({ maxDepth: 2 }),
  );

  /** Documents whose keys mostly exist, and whose values mostly do not fit. */
  function documents(catalogue: readonly Practice[]) {
    const settings = catalogue.map(({ id, options }) => {
      const keys = ['mode', ...Object.keys(options.shape), 'other'];
      // `warn-lines` stands under a rule across fields, which no JSON Schema can say.
      const known = keys.filter((key) => key !== 'warn-lines');
      return fc
        .dictionary(fc.constantFrom(...known), value, { maxKeys: 2 })
        .map((values): Record<string, unknown> => ({ [id]: values }));
    });
    return fc
      .array(fc.oneof(...settings, fc.constant({ preset: 'advisory' })), { maxLength: 2 })
      .map((parts): Record<string, unknown> => Object.assign({}, ...parts))
      .filter((document) => !JSON.stringify(document).includes('__proto__'));
  }

  it('on documents made at random', () => {
    const seen = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(documents(samplePractices), (document) => {
        const accepted = sample.schema(document);
        expect(sample.resolve(document)).toBe(accepted);
        seen[accepted ? 'accepted' : 'refused']++;
      }),
      { numRuns: 1500 },
    );
    expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(50);
  });

  it('on the catalogue: what the schema refuses, the check refuses', () => {
    const catalogue = judges(practices);
    let refused = 0;
    fc.assert(
      fc.property(documents(practices), (document) => {
        if (catalogue.schema(document)) return;
        refused++;
        expect(catalogue.resolve(document)).toBe(false);
      }),
      { numRuns: 1000 },
    );
    expect(refused).toBeGreaterThan(50);
    for (const preset of ['advisory', 'standard', 'strict'] as const) {
      const { practices: policies } = presetConfig(preset, practices);
      const written = Object.entries(policies).map(([id, { mode, options }]) => [id, { mode, ...options }]);
      expect(catalogue.schema(Object.fromEntries(written)), preset).toBe(true);
    }
  });
});
