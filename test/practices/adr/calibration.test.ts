import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Evidence } from '../../../src/model/evidence.ts';
import { effectOf, lookBack, type PastDecision, proposeThresholds } from '../../../src/practices/adr/calibration.ts';
import { options } from '../../../src/practices/adr/options.ts';
import { changedFile, pullRequest } from '../../support/pull-request.ts';

const past = (points: number, alone: PastDecision['alone'] = [], hasRecord = false) => ({ points, alone, hasRecord });
const many = (count: number, one: PastDecision) => Array.from({ length: count }, () => one);

describe('looking back', () => {
  test('what blocks alone stands apart from the points of the rest, and a record is no evidence', () => {
    const files = [
      changedFile('migrations/1.sql', null, 'CREATE TABLE a (id INT);\n'),
      changedFile('src/a.ts', 'a();\n', 'const lock = new Mutex();\n'),
      changedFile('docs/adr/0001-a.md', null, '# We will CREATE TABLE a\n'),
    ];
    expect(lookBack(pullRequest({ files }), options.parse({}), new Evidence())).toEqual({
      alone: ['database-table'],
      points: 1.8,
      hasRecord: true,
    });
  });
});

describe('what is proposed', () => {
  test('thresholds that let all but the asked share pass, among changes without a record', () => {
    const changes = [...many(90, past(1)), ...many(6, past(4.2)), ...many(4, past(9)), ...many(50, past(9, [], true))];
    expect(proposeThresholds(changes, 0.04)).toEqual({
      ...{ blockAt: 4.5, nudgeAt: 1.5, demoted: [] },
      withRecord: { changes: 50, demanded: 50, told: 50 },
      withoutRecord: { changes: 100, demanded: 4, told: 10 },
    });
  });

  test('a trigger that asks all the time is demoted, the most frequent first, and nudges still', () => {
    const changes = [
      ...many(80, past(0)),
      ...many(15, past(0, ['database-table'])),
      ...many(3, past(0, ['ci-permissions'])),
    ];
    const { demoted, withoutRecord } = proposeThresholds(changes, 0.04);
    expect(demoted).toEqual(['database-table']);
    expect(withoutRecord).toMatchObject({ demanded: 3, told: 18 });
  });

  test('what the repository declared itself stays', () => {
    expect(proposeThresholds(many(10, past(0, ['configured'])), 0.04).demoted).toEqual([]);
  });

  test('of nothing, nothing is concluded but the lowest thresholds', () => {
    expect(proposeThresholds([], 0.04)).toMatchObject({ blockAt: 3, nudgeAt: 1.5, demoted: [] });
  });

  test('never asks more often than it was allowed, and never less than it would at a lower rate', () => {
    const one = fc.record({
      points: fc.integer({ min: 0, max: 24 }).map((half) => half / 2),
      alone: fc.subarray(['database-table', 'new-package', 'ci-permissions'] as const),
      hasRecord: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 60 }), fc.constantFrom(0.04, 0.1, 0.3), (changes, rate) => {
        const { withoutRecord, blockAt, nudgeAt, demoted } = proposeThresholds(changes, rate);
        expect(withoutRecord.demanded).toBeLessThanOrEqual(rate * withoutRecord.changes);
        expect(withoutRecord.told).toBeGreaterThanOrEqual(withoutRecord.demanded);
        expect(nudgeAt).toBeLessThanOrEqual(blockAt);
        expect(effectOf(changes, { blockAt, nudgeAt, demoted }).withoutRecord).toEqual(withoutRecord);
      }),
    );
  });
});
