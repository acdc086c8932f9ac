import type { LookUpRequest, RequestOf } from '../gather.ts';
import type { EvidenceEntry, PackageAnswer } from '../model/evidence.ts';
import { defaultNpmRegistry } from './ask-npm.ts';
import { createDepsDev, DEPS_DEV_ORIGIN } from './deps-dev.ts';
import { createNpmRegistry, type NpmRegistryOptions } from './npm.ts';
import { createOsv, OSV_ORIGIN } from './osv.ts';
import type { PackageRegistry, Timing } from './types.ts';

/** Where a look-up goes: to an address, to the service's own (`null`), or nowhere. */
export type LookUp = { url: string | null } | 'off';

/** What the operator decides about look-ups. */
export interface PackageSourceOptions extends Omit<NpmRegistryOptions, 'registry'> {
  registry: LookUp;
  /** Who is asked for reports on malicious packages; nobody unless said. */
  osv?: LookUp;
  /** Who is asked for a second opinion and for other ecosystems; nobody unless said. */
  depsDev?: LookUp;
}

/**
 * Where package evidence comes from. Make one for the life of the process: what it remembers serves every evaluation.
 * It answers every request and never rejects. Where look-ups are `off`, npm's answers are `unavailable`, because whether
 * a package exists must be known; of the services beside it, they are `off`.
 */
export function createPackageSource(
  options: PackageSourceOptions,
): (requests: readonly LookUpRequest[]) => Promise<EvidenceEntry[]> {
  const { registry, osv: osvAt = 'off', depsDev: depsDevAt = 'off', clock, sleep } = options;
  const npm = registry === 'off' ? createSilence(options) : createNpmRegistry({ ...options, registry: registry.url });
  const osv = osvAt === 'off' ? null : createOsv({ origin: osvAt.url ?? OSV_ORIGIN, clock, sleep });
  const depsDev =
    depsDevAt === 'off' ? null : createDepsDev({ origin: depsDevAt.url ?? DEPS_DEV_ORIGIN, clock, sleep });
  const off = () => ({ source: 'off', askedAt: clock().toISOString(), state: 'off' as const });

  async function askPackages(requests: readonly RequestOf<'package'>[]): Promise<EvidenceEntry[]> {
    const inFull = new Set(requests.filter((request) => request.inFull).map(({ name }) => name));
    const answers = await npm.lookUp(
      requests.map(({ name }) => name),
      inFull,
    );
    return requests.map((request, index) => [request, answers[index]!]);
  }

  async function askAdvisories(requests: readonly RequestOf<'advisories'>[]): Promise<EvidenceEntry[]> {
    const answers = osv ? await osv.advisories(requests) : requests.map(off);
    return requests.map((request, index) => [request, answers[index]!]);
  }

  async function askIndex(request: RequestOf<'listing' | 'release'>): Promise<EvidenceEntry> {
    const { ecosystem, name } = request;
    if (request.kind === 'listing') return [request, depsDev ? await depsDev.listing(ecosystem, name) : off()];
    return [request, depsDev ? await depsDev.release(ecosystem, name, request.version) : off()];
  }

  return async (requests) => {
    const packages = requests.filter((request) => request.kind === 'package');
    const advisories = requests.filter((request) => request.kind === 'advisories');
    const indexed = requests.filter((request) => request.kind === 'listing' || request.kind === 'release');
    const answers = await Promise.all([
      packages.length > 0 ? askPackages(packages) : [],
      advisories.length > 0 ? askAdvisories(advisories) : [],
      Promise.all(indexed.map(askIndex)),
    ]);
    return answers.flat();
  };
}

/**
 * The registries that a repository may name without its names becoming private: the one we ask, and npm's own, for which
 * it stands. None where look-ups are off.
 */
export function publicRegistries(registry: LookUp): string[] {
  if (registry === 'off') return [];
  return registry.url === null ? [defaultNpmRegistry()] : [defaultNpmRegistry(), registry.url];
}

/**
 * Where a service beside the registry is asked. Where the operator set another registry in npm's place, its names may be
 * of that registry alone: then nobody else hears of them, unless the operator names the service as well.
 */
export function besideRegistry(registry: LookUp, service: LookUp | undefined): LookUp {
  if (service !== undefined) return service;
  return registry !== 'off' && registry.url === null ? { url: null } : 'off';
}

function createSilence({ clock }: Timing): PackageRegistry {
  const silence = { state: 'unavailable', cause: 'look-ups are switched off', status: null, retryAt: null } as const;
  return {
    lookUp: async (names) =>
      names.map((): PackageAnswer => ({ registry: 'off', askedAt: clock().toISOString(), ...silence })),
  };
}
