import { outcomeOf } from '../../../src/evaluate.ts';
import { gatherEvidence } from '../../../src/gather.ts';
import { dependencySource } from '../../../src/gather-dependencies.ts';
import type { PullRequest } from '../../../src/model/pull-request.ts';
import type { Facts } from '../../../src/model/review.ts';
import { dependencies } from '../../../src/practices/dependencies.ts';
import { createPackageSource } from '../../../src/registries/index.ts';
import { fakeRepository, PUBLIC_REGISTRY, type Tree } from '../../manifests/fake-repository.ts';
import { createDepsDevServer, type IndexedVersion, namesAskedOfIndex } from '../../support/registry/deps-dev.ts';
import { type Behaviour, createRegistry } from '../../support/registry/index.ts';
import { createOsvServer, namesAskedOf, type OsvReport } from '../../support/registry/osv.ts';

/** When everything happens. */
export const NOW = '2026-11-20T12:00:00.000Z';

/** So many hours before that. */
export function hoursAgo(hours: number): string {
  return new Date(Date.parse(NOW) - hours * 3_600_000).toISOString();
}

/** So many days before that. */
export function daysAgo(days: number): string {
  return hoursAgo(24 * days);
}

/** A change with all that is known of its packages. */
export interface Visit {
  before?: Tree;
  changed: Tree;
  options?: object;
  packages?: Readonly<Record<string, Behaviour>>;
  reports?: readonly OsvReport[];
  /** By `system/name`. */
  indexed?: Readonly<Record<string, Readonly<Record<string, IndexedVersion>>>>;
  overrides?: Partial<PullRequest>;
  /** Statuses with which services answer everything. */
  osvFails?: number;
  depsDevFails?: number;
  /** Looks a second time, with the same sources: what that costs is `warm`. */
  twice?: boolean;
}

/** A registry, OSV and deps.dev of our own for one review, with everything they were asked. */
export async function visit(given: Visit) {
  const { before = {}, changed, options = {}, packages = {}, reports = [], indexed = {}, overrides = {} } = given;
  const [registry, osv, depsDev] = await Promise.all([
    createRegistry({ packages }),
    createOsvServer(reports),
    createDepsDevServer(indexed),
  ]);
  if (given.osvFails) osv.fail(given.osvFails);
  if (given.depsDevFails) depsDev.fail(given.depsDevFails);
  try {
    const { pullRequest, repository } = fakeRepository(before, changed, {
      overrides: { evaluatedAt: NOW, ...overrides },
    });
    const parsed = dependencies.options.parse(options);
    const policy = { mode: 'block' as const, options: parsed };
    const config = { preset: 'standard' as const, practices: { [dependencies.id]: policy } };
    const sources = {
      repository,
      checklists: async () => [],
      packages: createPackageSource({
        registry: { url: registry.url },
        osv: { url: osv.url },
        depsDev: { url: depsDev.url },
        confirmAfterMs: 2000,
        waitForConfirmation: true,
        clock: () => new Date(NOW),
        sleep: async () => {},
      }),
      dependencyChanges: dependencySource(pullRequest, repository, { publicRegistries: [PUBLIC_REGISTRY] }),
    };
    let atOnce = 0;
    const watch = setInterval(() => {
      atOnce = Math.max(atOnce, registry.requests.filter(({ status }) => status === null).length);
    }, 1);
    const evidence = await gatherEvidence(pullRequest, config, [dependencies], sources);
    clearInterval(watch);
    const [npmCold, osvCold, depsDevCold] = [registry, osv, depsDev].map(({ requests }) => requests.length);
    if (given.twice) await gatherEvidence(pullRequest, config, [dependencies], sources);
    const judgement = dependencies.evaluate(pullRequest, parsed, evidence);
    const findings = judgement.findings ?? [];
    return {
      judgement,
      findings,
      outcome: outcomeOf(judgement),
      codes: findings.map(({ code, level }) => (level === 'error' ? code : `${code} (${level})`)),
      warm: {
        npm: registry.requests.length - npmCold!,
        osv: osv.requests.length - osvCold!,
        depsDev: depsDev.requests.length - depsDevCold!,
      },
      /** The most requests that the registry had under way at one moment. */
      atOnce,
      /** `GET /path` of everything that left. */
      requests: {
        npm: registry.requests.map(({ method, path }) => `${method} ${path}`),
        osv: osv.requests.map(({ method, path }) => `${method} ${path}`),
        depsDev: depsDev.requests.map(({ method, path }) => `${method} ${path}`),
      },
      asked: {
        npm: unique(registry.requests.map(({ name }) => name)),
        osv: unique(namesAskedOf(osv)),
        depsDev: unique(namesAskedOfIndex(depsDev)),
      },
    };
  } finally {
    await Promise.all([registry.close(), osv.close(), depsDev.close()]);
  }
}

/** A `package.json` with these dependencies. */
export function manifest(dependencies: Readonly<Record<string, string>>, more: object = {}): Tree {
  return { 'package.json': { name: 'widgets', private: true, dependencies, ...more } };
}

/** What a finding says beside where and how it was looked up. */
export function said(facts: Facts | undefined, ...names: string[]): unknown[] {
  return names.map((name) => facts?.[name]);
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
