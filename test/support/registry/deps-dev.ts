import { createJsonServer, type JsonServer } from './json-server.ts';

/** A version as deps.dev knows it. */
export interface IndexedVersion {
  publishedAt?: string;
  licenses?: readonly string[];
  isDefault?: boolean;
  advisories?: readonly string[];
}

/** deps.dev's protocol, version 3. Packages by `system/name`, each with its versions. */
export function createDepsDevServer(
  packages: Readonly<Record<string, Readonly<Record<string, IndexedVersion>>>>,
): Promise<JsonServer> {
  return createJsonServer(({ path }) => {
    const found = /^\/v3\/systems\/([a-z]+)\/packages\/([^/]+)(?:\/versions\/([^/]+))?$/.exec(path);
    if (!found) return undefined;
    const [system, name, version] = found
      .slice(1)
      .map((part) => (part === undefined ? undefined : decodeURIComponent(part)));
    const versions = packages[`${system}/${name}`];
    const keyOf = (one: string) => ({ system: system?.toUpperCase(), name, version: one });
    if (version !== undefined) {
      const one = versions?.[version];
      return (
        one && {
          versionKey: keyOf(version),
          licenses: one.licenses ?? [],
          publishedAt: one.publishedAt,
          isDeprecated: false,
          advisoryKeys: (one.advisories ?? []).map((id) => ({ id })),
        }
      );
    }
    if (!versions) return undefined;
    const listed = Object.entries(versions).map(([one, { publishedAt, isDefault = false }]) => ({
      versionKey: keyOf(one),
      publishedAt,
      isDefault,
    }));
    return { packageKey: { system, name }, versions: listed };
  });
}

/** Every name that the server was asked about. */
export function namesAskedOfIndex({ requests }: JsonServer): string[] {
  return requests.map(({ path }) => decodeURIComponent(/\/packages\/([^/]+)/.exec(path)?.[1] ?? ''));
}
