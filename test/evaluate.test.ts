import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { conclude, evaluate, outcomeOf } from '../src/evaluate.ts';
import { Evidence } from '../src/model/evidence.ts';
import {
  blocks,
  type Conclusion,
  type Level,
  type Mode,
  type Outcome,
  type PracticeOutcome,
} from '../src/model/review.ts';
import { definePractice, type Judgement, type Practice } from '../src/practices/define-practice.ts';
import { account, addedLines, pullRequest } from './support/pull-request.ts';

function practice(
  id: string,
  judgement: Partial<Judgement>,
  overrides: { judgesDependencyBots?: boolean } = {},
): Practice {
  return definePractice({
    id,
    title: id.toUpperCase(),
    summary: '',
    options: z.strictObject({ limit: z.int().default(1).describe('A limit.') }),
    presets: { advisory: { mode: 'warn' }, standard: { mode: 'block' }, strict: { mode: 'block' } },
    judgesDependencyBots: false,
    messages: {},
    evaluate: () => ({ summary: 'Judged.', facts: {}, ...judgement }),
    ...overrides,
  });
}

const finding = (level: Level) => ({ code: 'x', level, message: 'x', facts: {} });
const missing = [{ what: 'a file', cause: 'GitHub answered 502' }];

describe('the outcome of a judgement', () => {
  test.each<[string, Partial<Judgement>, Outcome]>([
    ['nothing amiss', {}, 'pass'],
    ['warnings and notices', { findings: [finding('warning'), finding('notice')] }, 'pass'],
    ['an error', { findings: [finding('notice'), finding('error')] }, 'violation'],
    ['facts missing', { missing }, 'undetermined'],
    [
      'an error beside missing facts: what was seen is already wrong',
      { findings: [finding('error')], missing },
      'violation',
    ],
    ['somebody to wait for', { waiting: true }, 'waiting'],
    ['somebody to wait for, and facts missing', { waiting: true, missing }, 'undetermined'],
    ['somebody to wait for, and an error', { waiting: true, findings: [finding('error')] }, 'violation'],
    ['nothing to say', { skipped: true }, 'skipped'],
  ])('%s', (_, judgement, outcome) => {
    expect(outcomeOf({ summary: '', facts: {}, ...judgement })).toBe(outcome);
  });
});

const outcome = (mode: Mode, what: Outcome, waived = false): PracticeOutcome => ({
  id: 'x',
  title: 'X',
  mode,
  outcome: what,
  summary: '',
  facts: {},
  findings: [],
  missing: [],
  items: [],
  ...(waived && { waiver: { by: 'bob', at: '2026-11-20T12:00:00Z', reason: 'x', until: null } }),
});

describe('the conclusion', () => {
  test.each<[string, PracticeOutcome[], Conclusion]>([
    ['nothing at all', [], 'neutral'],
    ['everything off or skipped', [outcome('off', 'skipped'), outcome('block', 'skipped')], 'neutral'],
    ['one that passed among the skipped', [outcome('off', 'skipped'), outcome('warn', 'pass')], 'success'],
    ['all passed', [outcome('block', 'pass')], 'success'],
    ['a violation', [outcome('block', 'violation'), outcome('block', 'pass')], 'failure'],
    ['a violation where only a warning was asked for', [outcome('warn', 'violation')], 'success'],
    ['waiting', [outcome('block', 'waiting'), outcome('block', 'pass')], 'action_required'],
    ['waiting in warn mode', [outcome('warn', 'waiting')], 'success'],
    ['not known', [outcome('block', 'undetermined')], 'action_required'],
    ['not known in warn mode', [outcome('warn', 'undetermined')], 'success'],
    ['a violation before waiting', [outcome('block', 'waiting'), outcome('block', 'violation')], 'failure'],
    ['a violation that was waived', [outcome('block', 'violation', true)], 'success'],
    [
      'a waived violation, and somebody to wait for',
      [outcome('block', 'violation', true), outcome('block', 'waiting')],
      'action_required',
    ],
  ])('%s', (_, outcomes, conclusion) => expect(conclude(outcomes)).toBe(conclusion));

  const any = fc
    .tuple(
      fc.constantFrom<Mode>('block', 'warn', 'off'),
      fc.constantFrom<Outcome>('pass', 'violation', 'waiting', 'undetermined', 'skipped'),
      fc.boolean(),
    )
    .map(([mode, what, waived]) => outcome(mode, what, waived));

  test('lets nothing merge that blocks, stops nothing that does not, and knows no order', () => {
    fc.assert(
      fc.property(fc.array(any, { maxLength: 6 }), (outcomes) => {
        const conclusion = conclude(outcomes);
        expect(conclusion === 'failure' || conclusion === 'action_required').toBe(outcomes.some(blocks));
        expect(conclude(outcomes.toReversed())).toBe(conclusion);
      }),
    );
  });
});

describe('evaluate', () => {
  const judged = (practices: Practice[], modes: Record<string, Mode>, change = pullRequest()) => {
    const policies = Object.entries(modes).map(([id, mode]) => [id, { mode, options: { limit: 3 } }]);
    return evaluate(change, new Evidence(), { preset: 'standard', practices: Object.fromEntries(policies) }, practices);
  };

  test('keeps the order of the list, and says nothing of the configuration', () => {
    const review = judged([practice('two', {}), practice('one', {})], { one: 'block', two: 'warn' });
    expect(review.practices.map(({ id, title, mode }) => [id, title, mode])).toEqual([
      ['two', 'TWO', 'warn'],
      ['one', 'ONE', 'block'],
    ]);
    expect(review).toMatchObject({ conclusion: 'success', problems: [], notes: [] });
  });

  test('fills in what a judgement leaves out', () => {
    expect(judged([practice('one', {})], { one: 'block' }).practices[0]).toEqual({
      ...outcome('block', 'pass'),
      id: 'one',
      title: 'ONE',
      summary: 'Judged.',
    });
  });

  test.each<[string, Record<string, Mode>]>([
    ['off', { one: 'off' }],
    ['not in the policy', {}],
  ])('asks no practice that is %s', (_, modes) => {
    const never = { ...practice('one', {}), evaluate: () => expect.unreachable() };
    expect(judged([never], modes).practices[0]).toMatchObject({ mode: 'off', outcome: 'skipped' });
  });

  describe('of a dependency bot', () => {
    const dependabot = account('dependabot[bot]', { id: 49_699_333 });
    const update = pullRequest({
      author: dependabot,
      files: [addedLines('package.json', 1), addedLines('package-lock.json', 90)],
    });
    const both = [
      practice('one', { findings: [finding('error')] }),
      practice('two', {}, { judgesDependencyBots: true }),
    ];

    test('asks only the practices that want to judge one', () => {
      expect(judged(both, { one: 'block', two: 'block' }, update).practices.map((one) => one.outcome)).toEqual([
        'skipped',
        'pass',
      ]);
    });

    test.each([
      ['changes anything else', { ...update, files: [...update.files, addedLines('src/a.ts', 1)] }],
      ['is not known whole', { ...update, filesComplete: false }],
      ['comes from somebody who took the name', { ...update, author: account('dependabot[bot]', { id: 1 }) }],
      ['comes from a person of that number', { ...update, author: account('x', { id: 49_699_333 }) }],
    ])('asks all of them where the change %s', (_, change) => {
      expect(judged(both, { one: 'block', two: 'block' }, change).practices[0]!.outcome).toBe('violation');
    });
  });
});
