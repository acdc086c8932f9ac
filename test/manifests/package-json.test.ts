import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPackageJson } from '../../src/manifests/package-json.ts';

function dependenciesOf(text: string): string[] {
  const result = readPackageJson(text);
  if (!result.ok) throw new Error(result.cause);
  return result.manifest.dependencies.map(({ field, name, spec, line }) => `${line} ${field} ${name}@${spec}`);
}

describe('readPackageJson', () => {
  const readable: [what: string, text: string, expected: string[]][] = [
    ['an empty object', '{}', []],
    ['no dependencies', '{"name":"a","scripts":{"dependencies":"x"}}', []],
    [
      'every field, with its lines',
      '{\n "dependencies": {\n  "a": "^1",\n  "b": "2"\n },\n "devDependencies": {"c": "3"},\n "peerDependencies": {\n"d": "4"},\n "optionalDependencies": {"e": "5"}}',
      [
        '3 dependencies a@^1',
        '4 dependencies b@2',
        '6 devDependencies c@3',
        '8 peerDependencies d@4',
        '9 optionalDependencies e@5',
      ],
    ],
    ['Windows line ends', '{\r\n"dependencies":{\r\n"a":"1"}}', ['3 dependencies a@1']],
    ['a byte order mark', '\uFEFF{"dependencies":{"a":"1"}}', ['1 dependencies a@1']],
    ['a doubled name: the last counts', '{"dependencies":{"a":"1",\n"a":"2"}}', ['2 dependencies a@2']],
    [
      'a doubled field: the last counts',
      '{"dependencies":{"a":"1"},\n"dependencies":{"b":"2"}}',
      ['2 dependencies b@2'],
    ],
    [
      'optional wins over plain',
      '{"dependencies":{"a":"1"},"optionalDependencies":{"a":"2"}}',
      ['1 optionalDependencies a@2'],
    ],
    [
      'a spec that is no string',
      '{"dependencies":{"a":1,"b":null,"c":{}}}',
      ['1 dependencies a@null', '1 dependencies b@null', '1 dependencies c@null'],
    ],
    ['an old way to say "none"', '{"dependencies":[],"devDependencies":null}', []],
    [
      'names of the prototype',
      '{"dependencies":{"__proto__":"1","constructor":"2"}}',
      ['1 dependencies __proto__@1', '1 dependencies constructor@2'],
    ],
    ['escapes', '{"dependencies":{"\\u0061":"\\u0031"}}', ['1 dependencies a@1']],
  ];

  test.each(readable)('%s', (_what, text, expected) => {
    expect(dependenciesOf(text)).toEqual(expected);
  });

  const unreadable: [what: string, text: string, line: number, cause: RegExp][] = [
    ['nothing', '', 1, /not valid JSON/],
    ['a list', '[]', 1, /JSON object/],
    ['a text', '"a"', 1, /JSON object/],
    [
      'conflict markers',
      '{\n"dependencies": {\n<<<<<<< HEAD\n"a":"1"\n=======\n"a":"2"\n>>>>>>> x\n}}',
      3,
      /not valid JSON/,
    ],
    ['a trailing comma', '{\n"dependencies":{\n"a":"1",\n}}', 4, /not valid JSON/],
    ['a comment', '{\n// yes\n}', 2, /not valid JSON/],
    ['a missing end', '{\n"a":1\n', 3, /not valid JSON/],
    ['two documents', '{}\n{}', 2, /not valid JSON/],
    ['a field that is a list', '{\n"dependencies":["a"]}', 2, /"dependencies" is not an object/],
    ['a field that is a text', '{"devDependencies":"a"}', 1, /"devDependencies" is not an object/],
    ['nesting without end', `{"a":${'['.repeat(100_000)}`, 1, /deeper/],
  ];

  test.each(unreadable)('%s is no manifest', (_what, text, line, cause) => {
    const result = readPackageJson(text);
    expect(result).toMatchObject({ ok: false, line });
    expect(!result.ok && result.cause).toMatch(cause);
  });

  test('name, privacy, address and workspaces', () => {
    const text =
      '{"name":"@acme/app","private":true,"publishConfig":{"registry":"https://npm.acme.example"},"workspaces":{"packages":["packages/*",1]}}';
    expect(readPackageJson(text)).toMatchObject({
      ok: true,
      manifest: {
        name: '@acme/app',
        private: true,
        publishRegistry: 'https://npm.acme.example',
        workspaces: ['packages/*'],
        dependencies: [],
      },
    });
  });

  test('whatever npm can parse is read alike, and no text makes it throw', () => {
    const spec = fc.oneof(fc.string(), fc.constantFrom('^1', '*', 'workspace:*'));
    const name = fc.string({ minLength: 1, unit: 'grapheme' });
    fc.assert(
      fc.property(fc.dictionary(name, spec), (dependencies) => {
        const result = readPackageJson(JSON.stringify({ dependencies }, null, 2));
        const read = result.ok ? result.manifest.dependencies.map((one) => [one.name, one.spec]) : null;
        expect(read && Object.fromEntries(read)).toEqual({ ...dependencies });
      }),
    );
    const token = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      ':',
      ',',
      '"dependencies"',
      '"a"',
      'null',
      '\\',
      '\n',
      '1e9',
      '//',
      '/*',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(token, { maxLength: 60 }).map((tokens) => tokens.join('')),
    );
    fc.assert(
      fc.property(text, (anything) => {
        const result = readPackageJson(anything);
        let parsed: unknown;
        try {
          parsed = JSON.parse(anything);
        } catch {
          parsed = undefined;
        }
        // Never readable where npm finds it broken.
        if (parsed === undefined) expect(result.ok).toBe(false);
      }),
      { numRuns: 3000 },
    );
  });
});
