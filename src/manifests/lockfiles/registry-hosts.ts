import constants from 'lockfile-lint-api/src/common/constants.js';

/** Hosts from which npm and Yarn fetch unless they are told otherwise; both serve the same public packages. */
const DEFAULT_HOSTS: ReadonlySet<string> = new Set([constants.REGISTRY.npm, constants.REGISTRY.yarn]);

/** Whether an address is that of the public registry, under any of its names. */
export function isPublicHost(host: string, publicRegistries: readonly string[]): boolean {
  return DEFAULT_HOSTS.has(host) || publicRegistries.some((registry) => hostOf(registry) === host);
}

/** The host of an address, with its port; `null` where it has none. */
export function hostOf(address: string): string | null {
  const host = URL.parse(address)?.host;
  return host === undefined || host === '' ? null : host;
}
