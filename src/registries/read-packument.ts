import { z } from 'zod';
import type { PackageHistory } from '../model/package-facts.ts';

const LIFECYCLE = ['preinstall', 'install', 'postinstall'] as const;

const version = z.object({
  hasInstallScript: z.boolean().optional().catch(undefined),
  gypfile: z.boolean().optional().catch(undefined),
  scripts: z.record(z.string(), z.unknown()).optional().catch(undefined),
  dist: z.object({ attestations: z.unknown().optional() }).optional().catch(undefined),
  license: z.unknown().optional(),
  licenses: z.unknown().optional(),
  repository: z.unknown().optional(),
});

const times = z.object({ time: z.record(z.string(), z.unknown()).default({}) });

/** True where installing this version runs code of it. The abbreviated form says so itself; the full one has the scripts. */
export function hasInstallScript(one: unknown): boolean {
  const parsed = version.safeParse(one);
  if (!parsed.success) return false;
  const { hasInstallScript: says, gypfile, scripts = {} } = parsed.data;
  return says === true || gypfile === true || LIFECYCLE.some((name) => typeof scripts[name] === 'string');
}

/** True where the registry holds a signed statement of where this version was built. */
export function hasProvenance(one: unknown): boolean {
  const parsed = version.safeParse(one);
  return parsed.success && parsed.data.dist?.attestations !== undefined && parsed.data.dist.attestations !== null;
}

/** Dates, licences and origin, from the full form. */
export function historyIn(document: unknown, versions: Readonly<Record<string, unknown>>): PackageHistory {
  const parsed = times.safeParse(document);
  const dates = Object.entries(parsed.success ? parsed.data.time : {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && Number.isFinite(Date.parse(entry[1])),
  );
  const read = Object.entries(versions).map(([name, one]) => [name, version.safeParse(one).data] as const);
  return {
    createdAt: dates.find(([key]) => key === 'created')?.[1] ?? null,
    publishedAt: Object.fromEntries(dates.filter(([key]) => key !== 'created' && key !== 'modified')),
    licenses: Object.fromEntries(read.map(([name, one]) => [name, licenseOf(one?.license, one?.licenses)])),
    repository: addressOf(read.at(-1)?.[1]?.repository),
  };
}

/** Of the legacy list, its author meant "any of these", as npm's documentation used to say. */
function licenseOf(license: unknown, licenses: unknown): string {
  if (Array.isArray(license)) return licenseOf(undefined, license);
  const single = nameOf(license);
  if (single !== '' || !Array.isArray(licenses)) return single !== '' ? single : nameOf(licenses);
  const names = licenses.map(nameOf).filter((name) => name !== '');
  return names.length > 1 ? `(${names.join(' OR ')})` : (names[0] ?? '');
}

/** `"MIT"`, or `{ "type": "MIT", "url": "…" }` as people used to write. */
function nameOf(license: unknown): string {
  if (typeof license === 'string') return license.trim();
  const { type, name } = (license ?? {}) as { type?: unknown; name?: unknown };
  if (typeof type === 'string') return type.trim();
  return typeof name === 'string' ? name.trim() : '';
}

function addressOf(repository: unknown): string | null {
  const address = typeof repository === 'string' ? repository : (repository as { url?: unknown } | undefined)?.url;
  return typeof address === 'string' && address !== '' ? address : null;
}
