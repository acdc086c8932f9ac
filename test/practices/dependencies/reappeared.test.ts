import { describe, expect, test } from 'vitest';
import { daysAgo, hoursAgo, manifest, NOW, type Visit, visit } from './neighbourhood.ts';

const change = { before: manifest({}), changed: manifest({ 'invented-thing': '^1' }) };

/** As the practice left it an hour ago, where the name was absent. */
const remembering = (absent: Record<string, string>) => ({ overrides: { memory: { dependencies: { absent } } } });

const published = (created: string): Visit['packages'] => ({
  'invented-thing': { versions: ['1.0.0'], created, times: { '1.0.0': created } },
});

describe('a name that was absent', () => {
  test('is remembered from the first answer on', async () => {
    const { codes, judgement } = await visit(change);
    expect(codes).toEqual(['package-absent']);
    expect(judgement.memory).toEqual({ absent: { 'invented-thing': NOW } });
  });

  test('and is there now is told, as a warning', async () => {
    const memory = remembering({ 'invented-thing': hoursAgo(1) });
    const { codes, findings, judgement } = await visit({ ...change, ...memory, packages: published(hoursAgo(0.5)) });
    expect(codes[0]).toBe('package-reappeared (warning)');
    expect(findings[0]).toMatchObject({
      path: 'package.json',
      facts: { name: 'invented-thing', absentAt: hoursAgo(1), createdAt: hoursAgo(0.5) },
    });
    // It is told again at every later look.
    expect(judgement.memory).toEqual({ absent: { 'invented-thing': hoursAgo(1) } });
  });

  test('blocks where the configuration says so', async () => {
    const memory = remembering({ 'invented-thing': hoursAgo(1) });
    const { outcome } = await visit({
      ...change,
      ...memory,
      packages: published(hoursAgo(0.5)),
      options: { errors: ['package-reappeared'] },
    });
    expect(outcome).toBe('violation');
  });

  test('and had been there all along is the registry’s mistake', async () => {
    const memory = remembering({ 'invented-thing': hoursAgo(1) });
    expect((await visit({ ...change, ...memory, packages: published(daysAgo(400)) })).codes).toEqual([]);
  });

  test('and is absent still keeps the time of the first look', async () => {
    const { judgement } = await visit({ ...change, ...remembering({ 'invented-thing': daysAgo(2) }) });
    expect(judgement.memory).toEqual({ absent: { 'invented-thing': daysAgo(2) } });
  });

  test('and is no longer named is kept all the same: it may come back', async () => {
    const memory = remembering({ 'invented-thing': daysAgo(2) });
    const { codes, judgement } = await visit({
      before: manifest({}),
      changed: manifest({ 'file-thing': 'file:package.json' }),
      ...memory,
    });
    expect(codes).not.toContain('package-reappeared (warning)');
    expect(judgement.memory).toEqual({ absent: { 'invented-thing': daysAgo(2) } });
  });
});

test.each([
  null,
  [],
  { absent: 'x' },
  { absent: { a: 'yesterday' } },
  { absent: { a: 5 } },
])('a memory that is none, %j, is as good as none', async (dependencies) => {
  const { codes } = await visit({ ...change, overrides: { memory: { dependencies } } });
  expect(codes).toEqual(['package-absent']);
});
