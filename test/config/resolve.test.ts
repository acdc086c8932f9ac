import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { CONFIG_PATH, type ConfigLayer } from '../../src/config/config.ts';
import { presetConfig } from '../../src/config/presets.ts';
import { resolveConfig } from '../../src/config/resolve.ts';
import type { Problem } from '../../src/model/review.ts';
import { practices } from '../../src/practices/index.ts';
import { samplePractices } from './sample-practices.ts';

const repository = (text: string): ConfigLayer => ({ source: 'repository', path: CONFIG_PATH, text });
const organisation = (text: string): ConfigLayer => ({ source: 'organisation', path: CONFIG_PATH, text });

function configOf(...layers: ConfigLayer[]) {
  const result = resolveConfig(layers, samplePractices);
  if (!result.ok) throw new Error(`Refused: ${JSON.stringify(result.problems)}`);
  return result.config;
}

function problemsOf(...layers: ConfigLayer[]): Problem[] {
  const result = resolveConfig(layers, samplePractices);
  return result.ok ? [] : result.problems;
}

describe('layers', () => {
  it('is the standard preset where nobody says anything', () => {
    const standard = presetConfig('standard', samplePractices);
    expect(standard.practices.length).toEqual({
      mode: 'block',
      options: {
        'max-lines': 400,
        'warn-lines': 0,
        exclude: [],
        weights: { tests: 0.5, docs: 0.25 },
        classes: { generated: false, vendored: false },
      },
    });
    for (const text of ['', '\n', '# only a comment\n', '---\n', '\uFEFF', '{}', 'null']) {
      expect(configOf(repository(text)), JSON.stringify(text)).toEqual(standard);
    }
    expect(configOf()).toEqual(standard);
  });

  it.each<[name: string, organisation: string, repository: string, preset: string, maxLines: number]>([
    ['nothing', '', '', 'standard', 400],
    ["the organisation's preset", 'preset: strict', '', 'strict', 200],
    ["the repository's preset over the organisation's", 'preset: strict', 'preset: advisory', 'advisory', 800],
    ["the organisation's value over the preset", 'length: { max-lines: 190 }', 'preset: strict', 'strict', 190],
    ["the repository's value over both", 'length: { max-lines: 90 }', 'length: { max-lines: 50 }', 'standard', 50],
  ])('resolves %s', (_name, below, above, preset, maxLines) => {
    const config = configOf(organisation(below), repository(above));
    expect([config.preset, config.practices.length?.options['max-lines']]).toEqual([preset, maxLines]);
  });

  it('merges maps by key, and replaces lists and single values', () => {
    const config = configOf(
      organisation(`
length: { exclude: [a, b], weights: { tests: 0.1 }, classes: { vendored: true } }
records: { registries: { "@acme": one, "@beta": two }, template: { file: a.md } }
`),
      repository(`
length: { exclude: [c], weights: { docs: 0.9 } }
records: { registries: { "@beta": three }, template: false, mode: off }
`),
    );
    expect(config.practices.length?.options).toMatchObject({
      exclude: ['c'],
      weights: { tests: 0.1, docs: 0.9 },
      classes: { generated: false, vendored: true },
    });
    expect(config.practices.records).toMatchObject({
      mode: 'off',
      options: { registries: { '@acme': 'one', '@beta': 'three' }, template: false },
    });
  });

  it('reads YAML 1.2, where `off` is a word', () => {
    expect(configOf(repository('length:\n  mode: off\n')).practices.length?.mode).toBe('off');
  });
});

describe('problems', () => {
  it.each<[name: string, text: string, place: string, ...words: string[]]>([
    // Keys
    [
      'a key nearly right',
      'length:\n  max-line: 3',
      '2:3',
      'Unknown key `max-line` in `length`. Did you mean `max-lines`?',
    ],
    ['a key in another case', 'length:\n  maxLines: 3', '2:3', 'Did you mean `max-lines`?'],
    ['a practice nearly right', '\nlenght: {}', '2:1', 'Unknown key `lenght`. Did you mean `length`?'],
    [
      'a key like no other',
      'length: { colour: red }',
      '1:11',
      'Unknown key `colour` in `length`. Allowed here: `mode`, `max-lines`',
    ],
    ['a key at the wrong level', 'max-lines: 3', '1:1', 'It belongs below `length`, indented.'],
    [
      'a nested key',
      'length: { weights: { test: 1 } }',
      '1:22',
      'Unknown key `test` in `length.weights`. Did you mean `tests`?',
    ],
    ['a key of a closed record', 'length: { classes: { generate: true } }', '1:22', 'Did you mean `generated`?'],
    [
      'a key of an open record',
      'records: { registries: { acme: x } }',
      '1:26',
      'The key `acme` in `records.registries` must begin with `@`',
    ],
    [
      'a key within a list',
      'records:\n  triggers:\n    - paths: [a]\n      because: b\n      why: c',
      '5:7',
      'Unknown key `why` in `records.triggers`',
    ],
    ['a key of Object', 'toString: 1', '1:1', 'Unknown key `toString`'],
    ['a constructor', 'length: { constructor: 1 }', '1:11', 'Unknown key `constructor` in `length`'],
    ['a number as key', '1: 2', '1:1', 'Unknown key `1`'],
    ['no space before the map', 'length:{mode: off}', '1:1', 'Unknown key'],
    // Values
    [
      'an enum nearly right',
      'records:\n  attest-by: reviewer',
      '2:14',
      'must be `reviewers` or `anyone`, not the text `"reviewer"`. Did you mean `reviewers`?',
    ],
    [
      'a mode that is not',
      'length: { mode: false }',
      '1:17',
      '`mode` in `length` must be `block`, `warn` or `off`, not `false`.',
    ],
    [
      'a preset nearly right',
      'preset: strickt',
      '1:9',
      'must be `advisory`, `standard` or `strict`',
      'Did you mean `strict`?',
    ],
    ['a number in quotes', 'length: { max-lines: "400" }', '1:22', 'must be a number', 'Remove the quotes.'],
    [
      'text for a number',
      'length: { max-lines: many }',
      '1:22',
      'must be a number, not the text `"many"`.',
      'For example: `max-lines: 400`',
    ],
    ['a fraction', 'length: { max-lines: 1.5 }', '1:22', 'must be a whole number, not `1.5`'],
    ['infinity', 'length: { max-lines: .inf }', '1:22', 'must be a'],
    ['too small', 'length: { max-lines: 0 }', '1:22', 'must be at least 1, not `0`.'],
    ['too big', 'length: { weights: { tests: 2 } }', '1:29', '`tests` in `length.weights` must be at most 1'],
    ['text for a list', 'length:\n  exclude: "**"', '2:12', 'must be a list'],
    [
      'a number in a list of texts',
      'length: { exclude: [a, 2] }',
      '1:24',
      'Entry 2 of `exclude` in `length` must be text, not `2`. Put quotes around it.',
    ],
    [
      'an empty list',
      'records: { triggers: [{ paths: [], because: x }] }',
      '1:32',
      'must not be empty',
      'at least one entry',
    ],
    ['an empty text', "length: { exclude: [''] }", '1:21', 'must not be empty'],
    [
      'a field left out',
      'records:\n  triggers:\n    - paths: [a]',
      '3:7',
      '`because` in `records.triggers` is missing: write text.',
    ],
    ['neither of two', 'records: { template: 3 }', '1:22', 'must be `false` or settings'],
    [
      'one of two, and wrong within',
      'records: { template: { fil: x, file: y } }',
      '1:24',
      'Unknown key `fil` in `records.template`. Did you mean `file`?',
    ],
    [
      'nothing',
      'length:\n  max-lines:\n',
      '2:3',
      '`max-lines` in `length` is empty. Write a number, or remove the line.',
    ],
    ['a practice without settings', 'length:\n', '1:1', '`length` is empty.'],
    ['a practice as a word', 'length: off', '1:9', '`length` must be settings'],
    ['a list at the top', '- length', '1:1', 'The file must be settings'],
    ['text at the top', 'length:3', '1:1', 'After each colon stands a space.'],
    // Across fields
    [
      'a clash with a default',
      'length:\n  exclude: [a]\n  warn-lines: 401',
      '3:15',
      '`warn-lines` in `length`: it must not lie above `max-lines`.',
    ],
    [
      'a clash with the preset',
      'preset: strict\nlength:\n  max-lines: 50',
      '2:1',
      'it must not lie above `max-lines`.',
    ],
    // YAML
    ['a glob without quotes', 'length:\n  exclude: [**/*.snap]', '2:13', 'alias', 'put quotes around it'],
    ['a negation without quotes', 'length:\n  exclude: [!gen/**]', '2:13', 'tag', 'put quotes around it'],
    [
      'a scope without quotes',
      'records: { registries: { @acme: x } }',
      '1:26',
      'cannot begin with this character',
      'quotes',
    ],
    ['an anchor', 'length: &x { mode: off }', '1:12', 'anchor'],
    ['a tag', 'length: !!map { mode: off }', '1:15', 'tag'],
    ['a merge key', 'length:\n  <<: { mode: off }', '2:3', 'Merge keys'],
    ['an alias as key', 'a: 1\n*x : 2', '2:1', 'alias'],
    [
      'a key twice',
      'length: { mode: off }\nrecords: { mode: off }\nlength: { mode: warn }',
      '3:1',
      '`length` stands here a second time',
    ],
    ['a key twice, once in quotes', 'length: {}\n"length": {}', '2:1', 'a second time'],
    ['a prototype', '__proto__: { preset: strict }', '1:1', '`__proto__` cannot be a key'],
    ['a prototype further down', 'length: { weights: { "__proto__": 1 } }', '1:22', '`__proto__` cannot be a key'],
    ['no key', ': x', '1:1', 'A key is missing'],
    ['a list as key', '? [a]\n: b', '1:3', 'A key must be plain text'],
    ['a tab', 'length:\n\tmode: off', '2:1', 'tab'],
    ['two documents', 'preset: strict\n---\npreset: advisory', '2:1', 'second document'],
    ['an old YAML', '%YAML 1.1\n---\npreset: strict', '1:1', 'Remove this one'],
    ['a directive', '%FOO bar\n---\npreset: strict', '1:1', 'Remove this one'],
    ['a bracket left open', 'length: { mode: off', '1:20', 'bracket'],
    ['a quote left open', 'preset: "strict', '1:16', 'quote'],
    ['a line without a colon', 'length:\n  mode off\n  max-lines: 3', '2:3', 'Write `key: value`'],
    ['a NUL', 'length:\n  mode: o\0ff', '2:10', 'not a text'],
    ['text that turns around', 'preset: strict # \u202e', '1:18', 'U+202E'],
    [
      'a conflict marker',
      '<<<<<<< HEAD\npreset: strict\n=======\npreset: advisory\n>>>>>>> x\n',
      '1:1',
      'Write `key: value`',
    ],
  ])('says where and what: %s', (_name, text, place, ...words) => {
    const problems = problemsOf(repository(text));
    expect(problems[0]).toMatchObject({ path: CONFIG_PATH, source: 'repository' });
    expect(`${problems[0]?.line}:${problems[0]?.column} ${problems[0]?.message}`).toMatch(new RegExp(`^${place} `));
    for (const word of words) expect(problems[0]?.message).toContain(word);
  });

  it('says all of them, in the order of the file', () => {
    const problems = problemsOf(
      repository(`records:
  attest-by: nobody
  enabled: maybe
length:
  b: 1
  max-lines: -4
  a: 2
preset: odd
`),
    );
    expect(problems.map(({ line }) => line)).toEqual([2, 3, 5, 6, 7, 8]);
  });

  it("judges every layer, and says which is the organisation's", () => {
    const problems = problemsOf(organisation('\npreset: odd'), repository('lenght: {}'));
    expect(problems.map(({ source, line, message }) => [source, line, message.includes('organisation')])).toEqual([
      ['organisation', 2, true],
      ['repository', 1, false],
    ]);
  });

  it('puts what only the merge gets wrong into the strongest file that has a part in it', () => {
    const low = organisation('length: { max-lines: 10 }');
    expect(problemsOf(low, repository('# none'))).toEqual([]);
    expect(problemsOf(low, repository('\nlength: { warn-lines: 20 }'))).toMatchObject([
      { source: 'repository', line: 2, column: 23 },
    ]);
    const high = organisation('length: { warn-lines: 300 }');
    expect(problemsOf(high, repository('\nlength: { max-lines: 20 }'))).toMatchObject([
      { source: 'organisation', line: 1, column: 23 },
    ]);
    expect(problemsOf(organisation('length: { max-lines: 20 }'), repository('preset: strict'))).toMatchObject([
      { source: 'organisation', line: 1, column: 1 },
    ]);
  });

  it('counts what it does not show', () => {
    const problems = problemsOf(repository(Array.from({ length: 80 }, (_, index) => `k${index}: 1\n`).join('')));
    expect(problems).toHaveLength(51);
    expect(problems.at(-1)).toMatchObject({ line: 50 });
    expect(problems.at(-1)?.message).toContain('30 more problems');
  });
});

describe('hostile files', () => {
  const many = (text: string, times: number) => text.repeat(times);
  const aliases = `a: &a [x]\n${Array.from({ length: 30 }, (_, n) => `b${n}: &b${n} [*a, *b${n - 1}, *b${n - 1}]`).join('\n')}`;

  it.each<[name: string, text: string]>([
    ['larger than is read', many('# filler\n', 40_000)],
    ['brackets', many('[', 200_000)],
    ['braces', many('{a: ', 60_000)],
    ['brackets, closed', `length: ${many('[', 400)}${many(']', 400)}`],
    ['indicators', many('- ', 120_000)],
    ['questions', many('? ', 120_000)],
    ['anchors', many('&a ', 80_000)],
    ['aliases upon aliases', aliases],
    ['an alias of itself', 'length: &a { exclude: [*a] }'],
    ['keys', Array.from({ length: 40_000 }, (_, index) => `k${index}:`).join('\n')],
    ['one long key', `${many('k', 250_000)}: 1`],
    ['the same key', many('a: 1\n', 50_000)],
    ['directives', many('%a\n', 80_000)],
    ['broken quotes', many('"\n: ]', 50_000)],
    ['documents', many('---\n', 60_000)],
  ])('refuses, in bearable time and words: %s', (_name, text) => {
    const started = performance.now();
    const problems = problemsOf(repository(text));
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.length).toBeLessThanOrEqual(51);
    for (const { message } of problems) expect(message.length).toBeLessThan(800);
  });

  /** Strings that look enough like a configuration to get past the first line of the reader. */
  const nearlyYaml = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          'length',
          'records',
          'preset',
          'mode',
          'max-lines',
          'weights',
          'triggers',
          'exclude',
          'template',
        ),
        fc.constantFrom(
          ': ',
          ':',
          '\n',
          '\n  ',
          '\n    ',
          '- ',
          '{',
          '}',
          '[',
          ']',
          ', ',
          '"',
          "'",
          '|',
          '>',
          '#',
          '*a',
          '&a ',
        ),
        fc.constantFrom(
          '!',
          '!!set ',
          '<<',
          '? ',
          '%',
          '---\n',
          '...\n',
          '@',
          '`',
          '\t',
          '\r\n',
          '\r',
          '\0',
          '\uFEFF',
          '\u2028',
        ),
        fc.constantFrom(
          'off',
          'strict',
          '1',
          '-1',
          '1e999',
          '.nan',
          'null',
          '~',
          'true',
          '0x1f',
          '__proto__',
          '𝔘',
          '\ud800',
        ),
        fc.string({ maxLength: 4 }),
      ),
      { maxLength: 30 },
    )
    .map((parts) => parts.join(''));

  it.each([
    ['small practices', samplePractices],
    ['the catalogue', practices],
  ])('gives a policy or a problem with a place in the text, whatever the text: %s', (_name, catalogue) => {
    const seen = { policies: 0, problems: 0 };
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), nearlyYaml), (text) => {
        const result = resolveConfig([repository(text)], catalogue);
        if (result.ok) {
          seen.policies++;
          expect(Object.keys(result.config.practices)).toEqual(catalogue.map(({ id }) => id));
          return;
        }
        seen.problems++;
        expect(result.problems.length).toBeGreaterThan(0);
        const lines = text.split('\n');
        for (const { line, column, message } of result.problems) {
          expect(message).not.toBe('');
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(lines.length);
          expect(column).toBeGreaterThanOrEqual(1);
          expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1);
        }
      }),
      { numRuns: 1500 },
    );
    expect(Math.min(seen.policies, seen.problems)).toBeGreaterThan(5);
  });
});

describe('every policy can be written down', () => {
  const text = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
    .map((one) => one.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?'));
  const policy = fc.record({
    preset: fc.constantFrom('advisory', 'standard', 'strict'),
    practices: fc.record({
      length: fc.record({
        mode: fc.constantFrom('block', 'warn', 'off'),
        options: fc.record({
          'max-lines': fc.integer({ min: 100, max: 10_000 }),
          'warn-lines': fc.integer({ min: 0, max: 100 }),
          exclude: fc.array(text),
          weights: fc.record({ tests: fc.float({ min: 0, max: 1, noNaN: true }), docs: fc.constantFrom(0, 0.5, 1) }),
          classes: fc.record({ generated: fc.boolean(), vendored: fc.boolean() }),
        }),
      }),
      records: fc.record({
        mode: fc.constantFrom('block', 'warn', 'off'),
        options: fc.record({
          'attest-by': fc.constantFrom('reviewers', 'anyone'),
          registries: fc.dictionary(
            text.map((name) => `@${name}`),
            text,
          ),
          triggers: fc.array(fc.record({ paths: fc.array(text, { minLength: 1 }), because: text })),
          enabled: fc.boolean(),
          template: fc.oneof(fc.constant(false), fc.record({ file: text })),
          directory: text,
        }),
      }),
    }),
  });

  it('and is read back as it was, in whatever layer it stands', () => {
    fc.assert(
      fc.property(policy, fc.boolean(), (wanted, inOrganisation) => {
        const written = Object.entries(wanted.practices).map(([id, { mode, options }]) => [id, { mode, ...options }]);
        const file = stringify(
          { preset: wanted.preset, ...Object.fromEntries(written) },
          { aliasDuplicateObjects: false },
        );
        expect(configOf(inOrganisation ? organisation(file) : repository(file))).toEqual(
          JSON.parse(JSON.stringify(wanted)),
        );
      }),
      { numRuns: 300 },
    );
  });

  it.each(['advisory', 'standard', 'strict'] as const)('%s, from the catalogue', (preset) => {
    const config = presetConfig(preset, practices);
    const written = Object.entries(config.practices).map(([id, { mode, options }]) => [id, { mode, ...options }]);
    // Over another preset, so that every value must come from the file.
    const file = stringify({ preset: 'advisory', ...Object.fromEntries(written) }, { aliasDuplicateObjects: false });
    expect(resolveConfig([repository(file)], practices)).toEqual({
      ok: true,
      config: { ...config, preset: 'advisory' },
    });
    expect(resolveConfig([repository(`preset: ${preset}`)], practices)).toEqual({ ok: true, config });
  });
});

describe('the catalogue', () => {
  it.each(practices.map((practice) => [practice.id, practice] as const))('%s can be configured', (_id, practice) => {
    const defaults = practice.options.parse({});
    expect(Object.keys(practice.options.shape), 'these two keys are the frame’s').not.toContain('mode');
    expect(practice.id).not.toBe('preset');
    // Layers are merged before they are parsed, so a value must mean itself: no transforms.
    expect(practice.options.parse(defaults)).toEqual(defaults);
    expect(Object.keys(defaults).sort(), 'every option has a default').toEqual(
      Object.keys(practice.options.shape).sort(),
    );
  });
});
