import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Config } from '../src/config/config.ts';
import { type EvidenceSources, gatherEvidence } from '../src/gather.ts';
import { NO_DEPENDENCY_CHANGES } from '../src/model/dependency.ts';
import type { EvidenceRequest } from '../src/model/evidence.ts';
import type { Mode } from '../src/model/review.ts';
import { definePractice, type Practice } from '../src/practices/define-practice.ts';
import { pullRequest } from './support/pull-request.ts';

const file = (path: string): EvidenceRequest => ({ kind: 'file', path, side: 'base' });

/** A practice that is nothing but its needs. */
function practice(id: string, needs: Parameters<typeof definePractice>[0]['needs']): Practice {
  return definePractice({
    id,
    title: id,
    summary: '',
    options: z.strictObject({ limit: z.int().default(1).describe('A limit.') }),
    presets: { advisory: { mode: 'warn' }, standard: { mode: 'block' }, strict: { mode: 'block' } },
    judgesDependencyBots: false,
    messages: {},
    ...(needs && { needs: (change, _, evidence) => needs(change, {}, evidence) }),
    evaluate: () => ({ summary: '', facts: {} }),
  });
}

const policy = (modes: Record<string, Mode>): Config => ({
  preset: 'standard',
  practices: Object.fromEntries(Object.entries(modes).map(([id, mode]) => [id, { mode, options: { limit: 1 } }])),
});

/** Sources that have everything, and remember what they were asked, a list a call. */
function sources(overrides: Partial<EvidenceSources> = {}) {
  const calls: EvidenceRequest[][] = [];
  const all: EvidenceSources = {
    async repository(requests) {
      calls.push([...requests]);
      return requests.map((request) =>
        request.kind === 'file' ? [request, { state: 'found', text: request.path }] : [request, { state: 'absent' }],
      );
    },
    async packages(requests) {
      calls.push([...requests]);
      const answer = {
        state: 'unavailable' as const,
        cause: 'off',
        status: null,
        retryAt: null,
        registry: '',
        askedAt: '',
      };
      return requests.flatMap((request) => (request.kind === 'package' ? [[request, answer]] : []));
    },
    async dependencyChanges(requests) {
      calls.push([...requests]);
      return requests.map((request) => [request, NO_DEPENDENCY_CHANGES]);
    },
    async checklists(requests) {
      calls.push([...requests]);
      return requests.map((request) => [request, { lists: [], problems: [] }]);
    },
    ...overrides,
  };
  return { ...all, calls };
}

describe('evidence', () => {
  test('is fetched once, however many ask for it', async () => {
    const asked = sources();
    const both = [practice('one', () => [file('a'), file('b')]), practice('two', () => [file('b'), file('b')])];
    const evidence = await gatherEvidence(pullRequest(), policy({ one: 'block', two: 'warn' }), both, asked);
    expect(asked.calls).toEqual([[file('a'), file('b')]]);
    expect(evidence.file('b', 'base')).toEqual({ state: 'found', text: 'b' });
  });

  test('is not asked for by a practice that is off or has no policy', async () => {
    const asked = sources();
    const both = [practice('one', () => [file('a')]), practice('two', () => [file('b')])];
    await gatherEvidence(pullRequest(), policy({ one: 'off' }), both, asked);
    expect(asked.calls).toEqual([]);
  });

  test('is not asked for by a practice that needs none', async () => {
    const asked = sources();
    await gatherEvidence(pullRequest(), policy({ one: 'block' }), [practice('one', undefined)], asked);
    expect(asked.calls).toEqual([]);
  });

  test('may lead to more, a round at a time, and what is had is not asked again', async () => {
    const asked = sources();
    const chain = practice('one', (_, __, evidence) => {
      const [first, second] = [file('a'), file('b')];
      return evidence.has(first) ? [first, second] : [first];
    });
    await gatherEvidence(pullRequest(), policy({ one: 'block' }), [chain], asked);
    expect(asked.calls).toEqual([[file('a')], [file('b')]]);
  });

  test('of every kind goes to its own source, all in one round', async () => {
    const asked = sources();
    const requests: EvidenceRequest[] = [
      file('a'),
      { kind: 'folder', path: 'docs', side: 'head' },
      { kind: 'package', ecosystem: 'npm', name: 'left-pad' },
      { kind: 'dependency-changes' },
      { kind: 'checklists' },
    ];
    const evidence = await gatherEvidence(
      pullRequest(),
      policy({ one: 'block' }),
      [practice('one', () => requests)],
      asked,
    );
    expect(asked.calls).toEqual([requests.slice(0, 2), [requests[2]], [requests[3]], [requests[4]]]);
    expect(requests.every((request) => evidence.has(request))).toBe(true);
  });

  test('that no source answers is a fault, not an absence', async () => {
    const silent = sources({ repository: async () => [] });
    const gathering = gatherEvidence(
      pullRequest(),
      policy({ one: 'block' }),
      [practice('one', () => [file('a')])],
      silent,
    );
    await expect(gathering).rejects.toThrow(/No source answered.*"path":"a"/);
  });

  test('without end is a fault of the practice', async () => {
    let round = 0;
    const endless = practice('one', () => [file(`a${round++}`)]);
    const gathering = gatherEvidence(pullRequest(), policy({ one: 'block' }), [endless], sources());
    await expect(gathering).rejects.toThrow(/still ask for more evidence/);
  });

  test('that nobody asked for reads as unavailable', async () => {
    const evidence = await gatherEvidence(pullRequest(), policy({}), [], sources());
    expect(evidence.file('a', 'base').state).toBe('unavailable');
    expect(evidence.folder('a', 'base').state).toBe('unavailable');
    expect(evidence.checklists().missing).toHaveLength(1);
    expect(evidence.package('npm', 'a')).toBeUndefined();
    expect(evidence.dependencyChanges()).toBeUndefined();
  });
});
