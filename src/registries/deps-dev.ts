import { z } from 'zod';
import type { Ecosystem, Heard, ListingAnswer, ReleaseAnswer, Unavailable } from '../model/package-facts.ts';
import { createJsonService, type JsonServiceOptions } from './json-service.ts';
import { createMemory } from './remember.ts';

/** Google's index of public packages. What it lists exists; what it does not list may only be too new for it. */
export interface DepsDev {
  /** Never rejects. Every name given leaves this machine. */
  listing(ecosystem: Ecosystem, name: string): Promise<ListingAnswer>;
  release(ecosystem: Ecosystem, name: string, version: string): Promise<ReleaseAnswer>;
}

/** Where it is unless the operator says otherwise. */
export const DEPS_DEV_ORIGIN = 'https://api.deps.dev';

/** Its words for the ecosystems. It has none for Composer's packages. */
const SYSTEMS: Readonly<Partial<Record<Ecosystem, string>>> = {
  npm: 'npm',
  pypi: 'pypi',
  cargo: 'cargo',
  golang: 'go',
  gem: 'rubygems',
  maven: 'maven',
  nuget: 'nuget',
};

const LISTED_LIFE_MS = 60 * 60_000;
const UNLISTED_LIFE_MS = 10 * 60_000;
const MAX_REMEMBERED = 5_000;

const timestamp = z.string().optional().catch(undefined);

const listed = z.object({
  versions: z
    .array(
      z.object({
        versionKey: z.object({ version: z.string() }),
        publishedAt: timestamp,
        isDefault: z.boolean().optional().catch(undefined),
      }),
    )
    .default([]),
});

const released = z.object({
  publishedAt: timestamp,
  isDeprecated: z.boolean().optional().catch(undefined),
  licenses: z.array(z.string()).default([]),
  advisoryKeys: z
    .array(z.object({ id: z.string() }))
    .catch([])
    .default([]),
});

/** Asks deps.dev, version 3 of its API. Answers are remembered for an hour, "not listed" for ten minutes. */
export function createDepsDev(options: JsonServiceOptions): DepsDev {
  const ask = createJsonService(options);
  const { origin, clock } = options;
  const lifeMs = ({ state }: ListingAnswer | ReleaseAnswer) =>
    state === 'listed' ? LISTED_LIFE_MS : state === 'unlisted' ? UNLISTED_LIFE_MS : 0;
  const listings = createMemory<ListingAnswer>({ clock, size: MAX_REMEMBERED, lifeMs });
  const releases = createMemory<ReleaseAnswer>({ clock, size: MAX_REMEMBERED, lifeMs });

  async function findListing(ecosystem: Ecosystem, name: string): Promise<ListingAnswer> {
    const path = pathOf(ecosystem, name);
    if (path === null) return { ...heard(), state: 'off' };
    const reply = await ask(path);
    if (reply.kind === 'unavailable') return { ...heard(), ...unavailable(reply) };
    if (reply.kind === 'not-found') return { ...heard(), state: 'unlisted' };
    const parsed = listed.safeParse(reply.body);
    if (!parsed.success) return { ...heard(), ...MALFORMED };
    const { versions } = parsed.data;
    return {
      ...heard(),
      state: 'listed',
      versions: Object.fromEntries(
        versions.map(({ versionKey, publishedAt }) => [versionKey.version, publishedAt ?? null]),
      ),
      newest: versions.find(({ isDefault }) => isDefault)?.versionKey.version ?? null,
    };
  }

  async function findRelease(ecosystem: Ecosystem, name: string, version: string): Promise<ReleaseAnswer> {
    const path = pathOf(ecosystem, name);
    if (path === null) return { ...heard(), state: 'off' };
    const reply = await ask(`${path}/versions/${encodeURIComponent(version)}`);
    if (reply.kind === 'unavailable') return { ...heard(), ...unavailable(reply) };
    if (reply.kind === 'not-found') return { ...heard(), state: 'unlisted' };
    const parsed = released.safeParse(reply.body);
    if (!parsed.success) return { ...heard(), ...MALFORMED };
    const { publishedAt = null, isDeprecated: deprecated = false, licenses, advisoryKeys } = parsed.data;
    const advisories = advisoryKeys.map(({ id }) => id);
    return { ...heard(), state: 'listed', publishedAt, licenses, deprecated, advisories };
  }

  function heard(): Heard {
    return { source: origin, askedAt: clock().toISOString() };
  }

  return {
    listing: (ecosystem, name) => listings.recall(`${ecosystem}\0${name}`, () => findListing(ecosystem, name)),
    release: (ecosystem, name, version) =>
      releases.recall(`${ecosystem}\0${name}\0${version}`, () => findRelease(ecosystem, name, version)),
  };
}

const MALFORMED: Unavailable = { state: 'unavailable', cause: 'its answer was not understood', retryAt: null };

function unavailable({ cause, retryAt }: { cause: string; retryAt: string | null }): Unavailable {
  return { state: 'unavailable', cause, retryAt };
}

/** `null` where it does not know the ecosystem. A name of dots alone would be a step up in the path. */
function pathOf(ecosystem: Ecosystem, name: string): string | null {
  const system = SYSTEMS[ecosystem];
  if (system === undefined || /^\.*$/.test(name)) return null;
  // NuGet knows a name in any case, and the index in one.
  const key = ecosystem === 'nuget' ? name.toLowerCase() : name;
  return `/v3/systems/${system}/packages/${encodeURIComponent(key)}`;
}
