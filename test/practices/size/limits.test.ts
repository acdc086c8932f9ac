import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluate } from '../../../src/evaluate.ts';
import { Evidence } from '../../../src/model/evidence.ts';
import type { PullRequest, SubmittedReview } from '../../../src/model/pull-request.ts';
import type { Outcome } from '../../../src/model/review.ts';
import { limitsFor } from '../../../src/practices/size/limits.ts';
import type { Options } from '../../../src/practices/size/options.ts';
import { size } from '../../../src/practices/size.ts';
import { account, addedLines, commit, pullRequest } from '../../support/pull-request.ts';

function judge(change: PullRequest, options: object) {
  const policy = { mode: 'block' as const, options: size.options.parse(options) };
  const config = { preset: 'standard' as const, practices: { size: policy } };
  const [outcome] = evaluate(change, new Evidence(), config, [size]).practices;
  return { ...outcome!, said: outcome!.findings.map(({ code, level }) => `${level} ${code}`) };
}

const of = (lines: number, more: Partial<PullRequest> = {}) =>
  pullRequest({ files: [addedLines('src/a.ts', lines)], ...more });

const ladder = { 'warn-at': 200, 'extra-approvals-at': 400, 'block-at': 800 };

describe('the ladder', () => {
  test.each<[string, number, object, string[], Outcome]>([
    ['below every step', 200, ladder, [], 'pass'],
    ['above the first', 201, ladder, ['warning too-many-lines'], 'pass'],
    ['above the second', 401, ladder, ['warning too-many-lines', 'notice approvals-missing'], 'waiting'],
    ['above the last', 801, ladder, ['error too-many-lines', 'notice approvals-missing'], 'violation'],
    ['max-lines is the last step', 401, {}, ['error too-many-lines'], 'violation'],
    ['block-at goes over max-lines', 401, { 'max-lines': 300, 'block-at': 500 }, [], 'pass'],
    ['no step of warning by default', 399, {}, [], 'pass'],
  ])('%s', (_, lines, options, said, outcome) => {
    const result = judge(of(lines), options);
    expect(result.said).toEqual(said);
    expect(result.outcome).toBe(outcome);
  });

  test('its steps are among the facts, where there are any', () => {
    expect(judge(of(401), ladder).facts).toMatchObject({
      warnAt: 200,
      extraApprovalsAt: 400,
      extraApprovals: 2,
      maxLines: 800,
    });
    expect(judge(of(401), {}).facts).not.toHaveProperty('warnAt');
  });
});

const HEAD = 'f'.repeat(40);
const EARLIER = 'e'.repeat(40);
let reviewIds = 0;

function reviewBy(
  login: string,
  state: SubmittedReview['state'] = 'approved',
  more: Partial<SubmittedReview> = {},
): SubmittedReview {
  return {
    id: reviewIds++,
    author: account(login),
    mayWrite: true,
    state,
    commit: HEAD,
    submittedAt: '2026-11-20T10:00:00Z',
    body: '',
    ...more,
  };
}

describe('extra approvals', () => {
  const two = [reviewBy('bob'), reviewBy('carol')];
  const writer = { name: 'Writer', email: 'writer@example.com', login: 'Writer' };
  const commits = [commit(), commit({ author: writer, committer: writer })];
  test.each<[string, SubmittedReview[], number]>([
    ['two people', two, 2],
    ['the same person twice', [reviewBy('bob'), reviewBy('bob')], 1],
    ['the author', [reviewBy('bob'), reviewBy('alice')], 1],
    ['a bot', [reviewBy('bob'), reviewBy('reviewer[bot]')], 1],
    ['a member who may only read', [reviewBy('bob'), reviewBy('eve', 'approved', { mayWrite: false })], 1],
    [
      'somebody of whom GitHub tells no association and who may write',
      [reviewBy('bob'), reviewBy('dan', 'approved', { author: account('dan', { association: 'NONE' }) })],
      2,
    ],
    ['somebody who wrote a commit', [reviewBy('bob'), reviewBy('writer')], 1],
    ['an account of an agent', [reviewBy('bob'), reviewBy('cursoragent')], 1],
    ['an approval of an earlier head', [reviewBy('bob'), reviewBy('carol', 'approved', { commit: EARLIER })], 2],
    ['changed their mind', [...two, reviewBy('carol', 'changes-requested')], 1],
    ['changed it back', [...two, reviewBy('carol', 'changes-requested'), reviewBy('carol')], 2],
    ['a remark takes nothing back', [...two, reviewBy('carol', 'commented')], 2],
    ['dismissed', [...two, reviewBy('bob', 'dismissed')], 1],
    [
      'an account that is gone',
      [reviewBy('bob'), reviewBy('ghost', 'approved', { author: account('ghost', { kind: 'unknown', id: null }) })],
      1,
    ],
  ])('%s', (_, reviews, given) => {
    const result = judge(of(401, { reviews, commits }), ladder);
    expect(result.facts.approvers).toHaveLength(given);
    expect(result.outcome).toBe(given >= 2 ? 'pass' : 'waiting');
  });

  test('of the present head alone, where only fresh ones count', () => {
    const reviews = [reviewBy('bob'), reviewBy('carol', 'approved', { commit: EARLIER })];
    const options = { ...ladder, 'fresh-approvals': true };
    const result = judge(of(401, { reviews }), options);
    expect(result.facts.approvers).toEqual(['bob']);
    expect(result.findings.at(-1)!.message).toContain('in a review of the present head');
  });

  test('says who can give one, and never how to get around it', () => {
    const [, finding] = judge(of(401), { ...ladder, 'extra-approvals': 1 }).findings;
    expect(finding!.message).toMatch(/1 approval and has 0\. People with write access who wrote none of its commits/);
    expect(finding!.message).not.toMatch(/waive/i);
  });
});

describe('rules', () => {
  const trailer = { key: 'Co-authored-by', value: 'Claude <noreply@anthropic.com>' };
  test.each<[string, object, Partial<PullRequest>, number]>([
    ['by label, whatever its case', { labels: ['Big-OK'] }, { labels: ['big-ok'] }, 900],
    ['by another label', { labels: ['big-ok'] }, { labels: ['big'] }, 400],
    ['by base branch', { base: ['release/**'] }, { base: { branch: 'release/1/x', sha: 'a'.repeat(40) } }, 900],
    ['by another base branch', { base: ['release/*'] }, {}, 400],
    ['by kind of author', { author: ['bot'] }, { author: account('renovate[bot]') }, 900],
    ['by another kind', { author: ['bot'] }, {}, 400],
    ['by login, brackets and all', { logins: ['renovate[bot]'] }, { author: account('renovate[bot]') }, 900],
    [
      'by trailer',
      { trailers: ['co-authored-by: claude*'] },
      { commits: [commit(), commit({ trailers: [trailer] })] },
      900,
    ],
    ['by another trailer', { trailers: ['Assisted-by: *'] }, { commits: [commit({ trailers: [trailer] })] }, 400],
    ['all that is named must hold', { labels: ['a'], author: ['bot'] }, { labels: ['a'] }, 400],
    ['nothing named holds always', {}, {}, 900],
  ])('%s', (_, when, change, maxLines) => {
    expect(judge(of(10, change), { rules: [{ when, 'max-lines': 900 }] }).facts.maxLines).toBe(maxLines);
  });

  test('the later goes over the earlier, step by step', () => {
    const rules = [
      { when: {}, 'max-lines': 900, 'warn-at': 50 },
      { when: { labels: ['x'] }, 'max-lines': 700, 'warn-at': null },
    ];
    expect(judge(of(10), { rules }).facts).toMatchObject({ maxLines: 900, warnAt: 50 });
    const labelled = judge(of(10, { labels: ['x'] }), { rules }).facts;
    expect(labelled).toMatchObject({ maxLines: 700 });
    expect(labelled).not.toHaveProperty('warnAt');
  });

  test('max-lines of a rule goes over block-at of the options', () => {
    const options = { 'block-at': 500, rules: [{ when: {}, 'max-lines': 900 }] };
    expect(judge(of(600), options).outcome).toBe('pass');
  });
});

describe('rules by provenance', () => {
  const rule = {
    when: { provenance: ['declared', 'detected'] },
    'max-lines': 150,
    'max-files': 10,
    'extra-approvals-at': 50,
    'extra-approvals': 1,
  };
  const byAgent: Partial<PullRequest> = { head: { branch: 'claude/tables', sha: HEAD, fromFork: false } };
  const stricter = { maxLines: 150, maxFiles: 10, extraApprovalsAt: 50, extraApprovals: 1 };

  test.each<[string, Partial<PullRequest>, boolean]>([
    ['a branch of an agent', byAgent, true],
    ['its author says so', { body: 'AI-assisted: yes' }, true],
    ['its author says no and a mark says yes', { ...byAgent, body: 'AI-assisted: no' }, true],
    ['its author says no', { body: 'AI-assisted: no' }, false],
    ['nobody says anything', {}, false],
  ])('hold where it was made with AI: %s', (_, change, holds) => {
    const { facts } = judge(of(10, change), { 'extra-approvals': 1, rules: [rule] });
    if (holds) expect(facts).toMatchObject(stricter);
    else expect(facts).toMatchObject({ maxLines: 400, maxFiles: 25 });
    expect('provenance' in facts).toBe(holds);
  });

  test('tell a declaration from a mark', () => {
    const rules = [{ when: { provenance: ['detected'] }, 'max-lines': 150 }];
    expect(judge(of(10, byAgent), { rules }).facts.maxLines).toBe(150);
    expect(judge(of(10, { ...byAgent, body: 'AI-assisted: yes' }), { rules }).facts.maxLines).toBe(400);
  });

  test('say why a stricter limit holds, without blame', () => {
    const { findings } = judge(of(160, byAgent), { rules: [rule] });
    expect(findings[0]!.message).toContain(
      'the limit is 150. This repository asks for more care with changes made with AI (seen by the branch ' +
        '`claude/tables`), so a stricter step holds here.',
    );
    const [declared] = judge(of(160, { body: 'AI-assisted: yes' }), { rules: [rule] }).findings;
    expect(declared!.message).toContain('(its author says so)');
  });

  test('leave the limit to its other name where a later rule takes one away', () => {
    const rules = [{ when: { provenance: ['detected'] } }, { when: {}, 'block-at': null }];
    expect(judge(of(10, byAgent), { 'max-lines': 400, 'block-at': 401, rules }).facts.maxLines).toBe(400);
  });

  const step = fc.option(fc.integer({ min: 1, max: 1_000 }));
  const steps = fc.record(
    {
      'max-lines': fc.integer({ min: 1, max: 1_000 }),
      'max-files': fc.integer({ min: 1, max: 100 }),
      'warn-at': step,
      'block-at': step,
      'extra-approvals-at': step,
      'extra-approvals': fc.integer({ min: 1, max: 20 }),
    },
    { requiredKeys: [] },
  );
  const anyRule = fc
    .tuple(steps, fc.constantFrom({}, { provenance: ['detected'] }, { labels: ['x'] }))
    .map(([above, when]) => ({ ...above, when }));

  test('never make anything easier, whatever the configuration says', () => {
    fc.assert(
      fc.property(steps, fc.array(anyRule, { maxLength: 5 }), (own, rules) => {
        const parsed = size.options.parse({ ...own, rules });
        const usual = limitsFor(parsed as Options, of(1, { labels: ['x'] }));
        const assisted = limitsFor(parsed as Options, of(1, { labels: ['x'], ...byAgent }));
        expect(assisted.maxLines).toBeLessThanOrEqual(usual.maxLines);
        expect(assisted.maxFiles).toBeLessThanOrEqual(usual.maxFiles);
        expect(assisted.warnAt ?? Infinity).toBeLessThanOrEqual(usual.warnAt ?? Infinity);
        expect(assisted.extraApprovalsAt ?? Infinity).toBeLessThanOrEqual(usual.extraApprovalsAt ?? Infinity);
        expect(assisted.extraApprovals).toBeGreaterThanOrEqual(usual.extraApprovals);
      }),
    );
  });
});

describe('limits on paths', () => {
  const limit = { paths: ['migrations/**'], 'max-lines': 50, 'max-files': 1, because: 'each one runs on live data' };
  const judgeFiles = (...files: PullRequest['files']) => judge(pullRequest({ files }), { 'path-limits': [limit] });

  test('hold for those paths, and say which and why', () => {
    const { findings, outcome } = judgeFiles(addedLines('migrations/1.sql', 51), addedLines('src/a.ts', 200));
    expect(outcome).toBe('violation');
    expect(findings.map(({ code }) => code)).toEqual(['too-many-lines']);
    expect(findings[0]!.message).toContain('in migrations/** (each one runs on live data)');
    expect(findings[0]!.facts).toMatchObject({ effort: 51, maxLines: 50, files: 1 });
  });

  test('count files too, and let the others be', () => {
    expect(judgeFiles(addedLines('migrations/1.sql', 1), addedLines('migrations/2.sql', 1)).said).toEqual([
      'error too-many-files',
    ]);
    expect(judgeFiles(addedLines('migrations/1.sql', 50), addedLines('src/a.ts', 300)).outcome).toBe('pass');
  });
});

describe('labels', () => {
  const enabled = { labels: { enabled: true } };
  test.each([
    [10, 'size/XS'],
    [11, 'size/S'],
    [200, 'size/M'],
    [400, 'size/L'],
    [1_000, 'size/XL'],
    [1_001, 'size/XXL'],
  ])('of an effort of %i is %s', (lines, label) => {
    expect(judge(of(lines), enabled).labels?.wanted).toEqual([label]);
  });

  test('are none by default, nor where not all was read', () => {
    expect(judge(of(10), {}).labels).toBeUndefined();
    expect(
      judge(of(10, { filesComplete: false, totals: { files: 9, additions: 0, deletions: 0 } }), enabled).labels,
    ).toBeUndefined();
  });

  test('take their names and steps from the options', () => {
    const labels = { enabled: true, prefix: 'effort: ', xs: 5 };
    expect(judge(of(10), { labels }).labels).toEqual({
      owned: ['XS', 'S', 'M', 'L', 'XL', 'XXL'].map((step) => `effort: ${step}`),
      wanted: ['effort: S'],
    });
  });
});

describe('what was found too large', () => {
  test('comes with a plan in words, as data and as commands', () => {
    const files = ['a', 'b', 'c'].map((folder) => addedLines(`src/${folder}/x.ts`, 300));
    const { findings, facts, recipe } = judge(pullRequest({ files }), {});
    expect(findings[0]!.message).toContain('It falls into 3 parts');
    expect(facts.split).toMatchObject({ state: 'found', parts: [{ effort: 300 }, { effort: 300 }, { effort: 300 }] });
    expect(recipe!.lines.at(-1)).toBe(`git diff --exit-code ${HEAD}`);
  });

  test('says so where there is no sensible plan', () => {
    const { findings, recipe } = judge(of(900), {});
    expect(findings[0]!.message).toContain('No sensible split was found');
    expect(recipe).toBeUndefined();
  });

  test('comes without one where that is switched off', () => {
    expect(judge(of(900), { 'split-plan': false }).facts).not.toHaveProperty('split');
  });
});

describe('headers that the change does not show', () => {
  const middle = { ...addedLines('src/gen.ts', 500), status: 'modified' as const };
  const hunks = middle.hunks.map((hunk) => ({ ...hunk, newStart: 80, oldStart: 80 }));
  const change = pullRequest({ files: [{ ...middle, hunks }] });
  const parsed = size.options.parse({});

  test('are asked for once the change is too large, at the base, and decide', () => {
    const evidence = new Evidence();
    for (const request of size.needs(change, parsed, evidence)) {
      if (request.kind === 'file') evidence.add(request, { state: 'absent' });
    }
    const header = { kind: 'file', path: 'src/gen.ts', side: 'base' } as const;
    expect(size.needs(change, parsed, evidence)).toContainEqual(header);
    evidence.add(header, { state: 'found', text: '// @generated by a tool\n' });
    expect(size.evaluate(change, parsed, evidence).facts.effort).toBe(0);
  });

  test('are not asked for by an ordinary change', () => {
    const small = pullRequest({ files: [{ ...addedLines('src/gen.ts', 60), status: 'modified', hunks }] });
    const evidence = new Evidence();
    const first = size.needs(small, parsed, evidence);
    for (const request of first) if (request.kind === 'file') evidence.add(request, { state: 'absent' });
    expect(size.needs(small, parsed, evidence)).toEqual(first);
  });
});
