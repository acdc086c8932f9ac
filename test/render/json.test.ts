import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { renderJson } from '../../src/render/json.ts';
import { HOSTILE, hostileText } from './hostile.ts';
import { CHECKLISTS, DEPENDENCIES, finding, practice, review, SIZE } from './sample.ts';

const commits = { base: 'a'.repeat(40), head: 'f'.repeat(40) };

/** The shape that scripts rely on; strict, so that nothing gets into it unseen. */
const shape = z.strictObject({
  version: z.literal(1),
  conclusion: z.enum(['success', 'failure', 'action_required', 'neutral']),
  base: z.string().regex(/^[0-9a-f]{40}$/),
  head: z.string().regex(/^[0-9a-f]{40}$/),
  problems: z.array(
    z.strictObject({ message: z.string(), path: z.string(), line: z.int().min(1), column: z.int().min(1) }),
  ),
  practices: z.array(
    z.strictObject({
      id: z.string(),
      mode: z.enum(['block', 'warn', 'off']),
      outcome: z.enum(['pass', 'violation', 'waiting', 'undetermined', 'skipped']),
      summary: z.string(),
      waiver: z
        .strictObject({ by: z.string(), at: z.string(), reason: z.string(), until: z.string().nullable() })
        .optional(),
      facts: z.record(z.string(), z.json()),
      findings: z.array(
        z.strictObject({
          code: z.string(),
          level: z.enum(['error', 'warning', 'notice']),
          message: z.string(),
          path: z.string().optional(),
          line: z.int().min(1).optional(),
          facts: z.record(z.string(), z.json()),
        }),
      ),
    }),
  ),
});

describe('renderJson', () => {
  it('writes the shape that the design promises', () => {
    const text = renderJson(review('failure', [SIZE, CHECKLISTS, DEPENDENCIES]), commits);
    const json = shape.parse(JSON.parse(text));
    expect(json).toMatchObject({ version: 1, conclusion: 'failure', ...commits, problems: [] });
    expect(json.practices.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['size', 'violation'],
      ['checklists', 'waiting'],
      ['dependencies', 'violation'],
    ]);
    expect(json.practices[2]?.findings).toMatchObject([{ code: 'package-absent', path: 'package.json', line: 3 }]);
    expect(text.endsWith('}\n')).toBe(true);
  });

  it('writes the problems of the configuration, without whose file it is', () => {
    const problem = { message: 'Unknown key', path: '.github/composure.yml', line: 3, column: 5 };
    const broken = { ...review('failure', []), problems: [{ ...problem, source: 'repository' as const }] };
    expect(shape.parse(JSON.parse(renderJson(broken, commits)))).toMatchObject({ problems: [problem], practices: [] });
  });

  it('has a waiver only where one is in force', () => {
    const waiver = { by: 'bob', at: '2026-11-20T12:00:00Z', reason: 'hotfix', until: null };
    const waived = { ...SIZE, waiver };
    const json = shape.parse(JSON.parse(renderJson(review('success', [waived, DEPENDENCIES]), commits)));
    expect(json.practices[0]?.waiver).toEqual(waiver);
    expect(json.practices[1]).not.toHaveProperty('waiver');
  });

  it.each(HOSTILE)('keeps %s as data, and prints nothing that a terminal obeys', (_name, text) => {
    expectFaithful(text);
  });

  it('keeps any text as data', () => {
    fc.assert(fc.property(hostileText, expectFaithful));
  });
});

function expectFaithful(text: string): void {
  const facts = { text };
  const outcome = practice('size', 'Size', {
    summary: text,
    facts,
    findings: [finding({ message: text, path: text, facts })],
  });
  const output = renderJson(review('failure', [outcome]), commits);
  expect(output).not.toMatch(/[\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u007f-\u009f]|(?!\n)[\u0000-\u001f]/u);
  const [read] = shape.parse(JSON.parse(output)).practices;
  expect(read).toMatchObject({ summary: text, facts, findings: [{ message: text, path: text, facts }] });
}
