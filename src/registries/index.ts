import type { EvidenceEntry, EvidenceRequest, PackageAnswer } from '../model/evidence.ts';
import { defaultNpmRegistry } from './ask-npm.ts';
import { createNpmRegistry, type NpmRegistryOptions } from './npm.ts';
import type { PackageRegistry, Timing } from './types.ts';

/** A request for what a registry says about one name. */
type PackageRequest = Extract<EvidenceRequest, { kind: 'package' }>;

/** Where a look-up goes: to an address, to the ecosystem's own registry (`null`), or nowhere. */
export type LookUp = { url: string | null } | 'off';

/** What the operator decides about look-ups. */
export interface PackageSourceOptions extends Omit<NpmRegistryOptions, 'registry'> {
  registry: LookUp;
}

/**
 * Where package evidence comes from. Make one for the life of the process: what it remembers serves every evaluation.
 * It answers every request and never rejects. Where look-ups are `off`, every answer is `unavailable`.
 */
export function createPackageSource(
  options: PackageSourceOptions,
): (requests: readonly PackageRequest[]) => Promise<EvidenceEntry[]> {
  const { registry, ...rest } = options;
  const npm = registry === 'off' ? createSilence(options) : createNpmRegistry({ ...rest, registry: registry.url });
  return async (requests) => {
    const answers = await npm.lookUp(requests.map(({ name }) => name));
    return requests.map((request, index) => [request, answers[index]!]);
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

function createSilence({ clock }: Timing): PackageRegistry {
  const silence = { state: 'unavailable', cause: 'look-ups are switched off', status: null, retryAt: null } as const;
  return {
    lookUp: async (names) =>
      names.map((): PackageAnswer => ({ registry: 'off', askedAt: clock().toISOString(), ...silence })),
  };
}
