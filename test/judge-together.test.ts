import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { judgeTogether, needsTogether } from '../src/judge-together.ts';
import { Evidence } from '../src/model/evidence.ts';
import type { Conclusion, Level, Mode, Outcome, Review } from '../src/model/review.ts';
import { definePractice } from '../src/practices/define-practice.ts';
import { pullRequest } from './support/pull-request.ts';

const folder = { kind: 'folder', path: 'a', side: 'base' } as const;

function practice(found: { level?: Level; missing?: boolean } | null) {
  const missing = found?.missing ? [{ what: 'a', cause: 'b' }] : [];
  return definePractice({
    id: 'x',
    title: 'X',
    summary: '',
    options: z.strictObject({ limit: z.int().default(1).describe('A limit.') }),
    presets: { advisory: { mode: 'warn' }, standard: { mode: 'block' }, strict: { mode: 'block' } },
    judgesDependencyBots: false,
    messages: { taken: { level: found?.level ?? 'error', text: () => 'taken' } },
    evaluate: () => ({ summary: 'Alone.', facts: {} }),
    together: {
      needs: () => [folder],
      evaluate: ({ finding }) =>
        found && { summary: 'Together.', findings: found.level ? [finding('taken', {})] : [], missing },
    },
  });
}

function review(mode: Mode, outcome: Outcome, conclusion: Conclusion, waived = false): Review {
  const waiver = waived ? { waiver: { by: 'a', at: '', reason: '', until: null } } : {};
  const one = {
    id: 'x',
    title: 'X',
    mode,
    outcome,
    summary: 'Alone.',
    facts: {},
    findings: [],
    missing: [],
    items: [],
  };
  return { conclusion, problems: [], proposed: [], notes: [], missing: [], practices: [{ ...one, ...waiver }] };
}

describe('together with others', () => {
  test.each<[string, Parameters<typeof practice>[0], Review, Outcome, Conclusion]>([
    ['nothing more is found', null, review('block', 'pass', 'success'), 'pass', 'success'],
    ['an error blocks', { level: 'error' }, review('block', 'pass', 'success'), 'violation', 'failure'],
    ['an error in warn mode does not', { level: 'error' }, review('warn', 'pass', 'success'), 'violation', 'success'],
    ['a waiver holds', { level: 'error' }, review('block', 'pass', 'success', true), 'violation', 'success'],
    [
      'a warning changes no outcome',
      { level: 'warning' },
      review('block', 'waiting', 'action_required'),
      'waiting',
      'action_required',
    ],
    [
      'what cannot be read is not known',
      { missing: true },
      review('block', 'pass', 'success'),
      'undetermined',
      'action_required',
    ],
    ['what failed before fails still', null, review('block', 'pass', 'failure'), 'pass', 'failure'],
    [
      'a broken configuration stays broken',
      { level: 'warning' },
      review('block', 'pass', 'failure'),
      'pass',
      'failure',
    ],
    [
      'a practice that is off is not asked',
      { level: 'error' },
      review('off', 'skipped', 'neutral'),
      'skipped',
      'neutral',
    ],
  ])('%s', (_, found, alone, outcome, conclusion) => {
    const together = judgeTogether({ pullRequest: pullRequest(), review: alone }, [], new Evidence(), [
      practice(found),
    ]);
    expect(together.practices[0]?.outcome).toBe(outcome);
    expect(together.conclusion).toBe(conclusion);
  });

  test('only practices that judge are asked what they need', () => {
    const asked = (one: Review) => needsTogether({ pullRequest: pullRequest(), review: one }, [practice(null)]);
    expect(asked(review('block', 'pass', 'success'))).toEqual([folder]);
    expect(asked(review('off', 'skipped', 'neutral'))).toEqual([]);
    expect(asked(review('block', 'skipped', 'neutral'))).toEqual([]);
  });
});
