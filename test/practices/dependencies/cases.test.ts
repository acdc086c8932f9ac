import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { outcomeOf } from '../../../src/evaluate.ts';
import { gatherEvidence } from '../../../src/gather.ts';
import { dependencySource } from '../../../src/gather-dependencies.ts';
import { dependencies } from '../../../src/practices/dependencies.ts';
import { createPackageSource } from '../../../src/registries/index.ts';
import { fakeRepository, PUBLIC_REGISTRY } from '../../manifests/fake-repository.ts';
import { createRegistry, type Registry } from '../../support/registry/index.ts';
import { CASES, type Case, PACKAGES } from './cases.ts';

describe('the cases of the specification', () => {
  let registry: Registry;

  beforeAll(async () => {
    registry = await createRegistry({ packages: PACKAGES });
  });

  afterAll(() => registry.close());

  async function review({ before, changed, options = {} }: Case) {
    const { pullRequest, repository } = fakeRepository(before, changed);
    const parsed = dependencies.options.parse(options);
    const config = {
      preset: 'standard' as const,
      practices: { [dependencies.id]: { mode: 'block' as const, options: parsed } },
    };
    const evidence = await gatherEvidence(pullRequest, config, [dependencies], {
      repository,
      checklists: async () => [],
      packages: createPackageSource({
        registry: { url: registry.url },
        confirmAfterMs: 2000,
        waitForConfirmation: true,
        clock: () => new Date('2026-11-20T12:00:00Z'),
        sleep: async () => {},
      }),
      dependencyChanges: dependencySource(pullRequest, repository, { publicRegistries: [PUBLIC_REGISTRY] }),
    });
    return dependencies.evaluate(pullRequest, parsed, evidence);
  }

  test.each(CASES.map((one) => [one.what, one] as const))('%s', async (_what, one) => {
    const from = registry.requests.length;
    const judgement = await review(one);
    const findings = judgement.findings ?? [];
    expect(findings.map(({ code }) => code).sort()).toEqual([...one.codes].sort());
    expect((judgement.missing ?? []).length > 0).toBe(one.open ?? false);
    if (one.open) expect(outcomeOf(judgement)).toBe('undetermined');
    for (const { facts, message } of findings) {
      expect(facts).toMatchObject({ ecosystem: 'npm', answer: expect.any(String) });
      expect(facts).toHaveProperty('name');
      expect(message).not.toMatch(/undefined|\[object/);
    }
    const asked = registry.requests.slice(from).map(({ name }) => name);
    expect(asked.filter((name) => name.includes('secret'))).toEqual([]);
  });

  test('and the tables beside them expect every code there is', () => {
    const tables = readdirSync(import.meta.dirname)
      .map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'))
      .join('\n');
    const missing = Object.keys(dependencies.messages).filter(
      (code) => !new RegExp(`'${code}(?: \\((?:warning|notice)\\))?'`).test(tables),
    );
    expect(missing).toEqual([]);
  });

  test('are many', () => {
    expect(CASES.length).toBeGreaterThanOrEqual(300);
  });
});
