import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Fragment } from '../../../src/signals/added-text.ts';
import { parseFragment } from '../../../src/signals/syntax/parse-fragment.ts';
import { cutForParser } from '../../../src/signals/syntax/pieces.ts';

const fragmentOf = (text: string, from = 1): Fragment =>
  text.split('\n').map((line, index) => ({ number: from + index, text: line, added: true }));

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: these are sources.
describe('a piece of a script is parsed wherever it begins and ends', () => {
  test.each([
    ['a whole file', "import a from 'a';\nexport const b = a;"],
    ['the middle of a function', 'const a = await b();\nreturn a;'],
    ['the end of a function, and what follows', '  return a;\n}\n\nexport const b = 1;'],
    ['the end of a method, and another', '    return a;\n  }\n\n  async b() {\n    await c();'],
    ['members of an object', '  a: 1,\n  b: 2,'],
    ['the end of an object', '  a: 1,\n  b,\n};'],
    ['members of an interface', '  a?: string;\n  b(): void;'],
    ['fields of a class', '  @Column()\n  private readonly a: string;'],
    ['a private field', '    return this.#a.get(b);\n  }'],
    ['arguments', '  a,\n  async () => {\n    await b();\n  },\n);'],
    ['an else', '} else {\n  await a();\n}'],
    ['a catch', '} catch (error) {\n  await a(error);\n}'],
    ['a case', "case 'a':\n  return b;"],
    ['a chain', '  .then((a) => b(a))\n  .catch(c);'],
    ['what is not closed', 'for (const a of b) {\n  if (a) {\n    await c(a, {'],
    ['a template with code', 'const a = `x ${b(`y ${c}`)} } (`;\nd('],
    ['a regular expression with brackets', 'const a = /[(]{/.test(b);\nc({'],
    ['elements', 'const a = (\n  <p className="b">{c}</p>\n);'],
  ])('%s', (_, text) => {
    expect(parseFragment(fragmentOf(text), 'tsx')).not.toBeNull();
  });

  test.each([
    ['no code at all', 'this is not } code ('],
    ['a template that does not end', 'const a = `text'],
  ])('but not %s', (_, text) => {
    expect(parseFragment(fragmentOf(text), 'ts')).toBeNull();
  });

  test('lines keep their numbers, whatever was put around them', () => {
    const parsed = parseFragment(fragmentOf('    return a;\n  }\n\n  b() {\n    target();', 40), 'ts')!;
    const at: number[] = [];
    JSON.stringify(parsed.program, (_, value) => {
      if (value?.type === 'Identifier' && value.name === 'target') at.push(parsed.lineAt(value.start));
      return value;
    });
    expect(at).toEqual([44]);
  });
});
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: these are sources.

describe('what is cut for the parser', () => {
  const line = fc.constantFrom('', 'a();', '  b({', '  });', '}', 'function c() {', '(((((', '    d: [1, 2, 3],');

  test('is every added line once, in pieces that cannot nest too deeply', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 400 }), fc.integer({ min: 1, max: 60 }), (lines, times) => {
        const text = lines.map((one) => one.replace('(((((', '('.repeat(times))).join('\n');
        const { small, large } = cutForParser(fragmentOf(text));
        const numbers = [...small, ...large].flat().map(({ number }) => number);
        expect(new Set(numbers).size).toBe(numbers.length);
        for (const piece of small) expect(piece.join('').match(/[([{]/g)?.length ?? 0).toBeLessThanOrEqual(1_000);
        const found = new Set(numbers);
        for (const { number, text: one } of fragmentOf(text)) if (one.trim() !== '') expect(found).toContain(number);
      }),
      { numRuns: 60 },
    );
  });

  test('a long class is cut into its methods', () => {
    const methods = Array.from(
      { length: 60 },
      (_, index) => `  m${index}() {\n${'    a(b, c({ d: 1 }));\n'.repeat(10)}  }\n`,
    );
    const { small, large } = cutForParser(fragmentOf(`class A {\n${methods.join('\n')}}`));
    expect(small.length).toBeGreaterThan(3);
    expect(large).toEqual([]);
    expect(small.filter((piece) => parseFragment(piece, 'ts') === null)).toEqual([]);
  });
});
