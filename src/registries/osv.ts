import { z } from 'zod';
import type {
  AdvisoriesAnswer,
  Ecosystem,
  Heard,
  MaliciousReport,
  Unavailable,
  VersionRange,
} from '../model/package-facts.ts';
import { createJsonService, type JsonServiceOptions } from './json-service.ts';
import { createMemory } from './remember.ts';

/** The collection of reports on malicious packages. */
export interface Osv {
  /** In the order of the packages. Never rejects. Every name given leaves this machine; no version does. */
  advisories(packages: readonly PackageName[]): Promise<AdvisoriesAnswer[]>;
}

/** A package wherever it is. */
interface PackageName {
  ecosystem: Ecosystem;
  name: string;
}

/** Where it is unless the operator says otherwise. */
export const OSV_ORIGIN = 'https://api.osv.dev';

/** Its words for the ecosystems. */
const ECOSYSTEMS: Readonly<Record<Ecosystem, string>> = {
  npm: 'npm',
  pypi: 'PyPI',
  cargo: 'crates.io',
  golang: 'Go',
  gem: 'RubyGems',
  maven: 'Maven',
  nuget: 'NuGet',
  composer: 'Packagist',
};

/** Its own limit for one batch. */
const BATCH = 1000;

/** A package of that many pages of advisories is not read further: more likely, the answers go in a circle. */
const MAX_PAGES = 20;

/** A malicious version is reported within hours, so what we know must not be older than minutes. */
const LIFE_MS = 10 * 60_000;
const MAX_REMEMBERED = 20_000;

const batchReply = z.object({
  results: z.array(
    z.object({
      vulns: z.array(z.object({ id: z.string() })).default([]),
      next_page_token: z.string().optional(),
    }),
  ),
});

const report = z.object({
  id: z.string(),
  summary: z.string().default(''),
  withdrawn: z.string().optional(),
  affected: z
    .array(
      z.object({
        package: z.object({ name: z.string(), ecosystem: z.string() }).optional(),
        versions: z.array(z.string()).default([]),
        ranges: z
          .array(
            z.object({
              type: z.string(),
              events: z.array(
                z.object({
                  introduced: z.string().optional(),
                  fixed: z.string().optional(),
                  last_affected: z.string().optional(),
                }),
              ),
            }),
          )
          .default([]),
      }),
    )
    .default([]),
});

type Affected = z.output<typeof report>['affected'][number];

/**
 * Asks OSV which packages are reported as malicious: all names in one request, then each report that begins with `MAL-`
 * by its own name. Answers are remembered for ten minutes.
 */
export function createOsv(options: JsonServiceOptions): Osv {
  const ask = createJsonService(options);
  const { origin, clock } = options;
  const lifeMs = (answer: { state: string }) => (answer.state === 'known' ? LIFE_MS : 0);
  const answers = createMemory<AdvisoriesAnswer>({ clock, size: MAX_REMEMBERED, lifeMs });
  const reports = createMemory<Report>({ clock, size: MAX_REMEMBERED, lifeMs });

  async function advisories(packages: readonly PackageName[]): Promise<AdvisoriesAnswer[]> {
    const keyOf = ({ ecosystem, name }: PackageName) => `${ecosystem}\0${name}`;
    const wanted = new Map(packages.map((one) => [keyOf(one), one]));
    const unknown = [...wanted].filter(([key]) => answers.standing(key) === undefined).map(([, one]) => one);
    const found = findIds(unknown);
    return Promise.all(
      packages.map((one) =>
        answers.recall(keyOf(one), async () => conclude(one, (await found).get(one.name + one.ecosystem))),
      ),
    );
  }

  /** Name and ecosystem to the ids of its malicious reports, or why they are not known. */
  async function findIds(packages: readonly PackageName[]): Promise<Map<string, string[] | Unavailable>> {
    const found = new Map<string, string[] | Unavailable>();
    let open = packages.map((one) => ({ one, token: undefined as string | undefined }));
    for (let page = 0; open.length > 0; page++) {
      const batch = open.slice(0, BATCH);
      const rest = open.slice(BATCH);
      const reply = page < MAX_PAGES + packages.length / BATCH ? await askBatch(batch) : TOO_MANY_PAGES;
      if ('state' in reply) {
        for (const { one } of open) found.set(one.name + one.ecosystem, reply);
        return found;
      }
      const more: typeof open = [];
      for (const [index, { one }] of batch.entries()) {
        const { vulns, next_page_token: token } = reply[index]!;
        const known = found.get(one.name + one.ecosystem);
        const ids = vulns.map(({ id }) => id).filter((id) => id.startsWith('MAL-'));
        found.set(one.name + one.ecosystem, [...(Array.isArray(known) ? known : []), ...ids]);
        if (token !== undefined) more.push({ one, token });
      }
      open = [...more, ...rest];
    }
    return found;
  }

  async function askBatch(batch: readonly { one: PackageName; token: string | undefined }[]) {
    const queries = batch.map(({ one: { ecosystem, name }, token }) => ({
      package: { name, ecosystem: ECOSYSTEMS[ecosystem] },
      ...(token !== undefined && { page_token: token }),
    }));
    const reply = await ask('/v1/querybatch', { queries });
    if (reply.kind === 'unavailable') return unavailable(reply.cause, reply.retryAt);
    if (reply.kind === 'not-found') return unavailable('it answered 404');
    const parsed = batchReply.safeParse(reply.body);
    // Answers belong to questions by their place alone.
    if (!parsed.success || parsed.data.results.length !== batch.length) return unavailable(NOT_UNDERSTOOD);
    return parsed.data.results;
  }

  async function conclude(one: PackageName, ids: string[] | Unavailable | undefined): Promise<AdvisoriesAnswer> {
    if (ids === undefined) return { ...heard(), ...unavailable('it was not asked for') };
    if (!Array.isArray(ids)) return { ...heard(), ...ids };
    const read = await Promise.all([...new Set(ids)].map((id) => reports.recall(id, () => readReport(id))));
    const unread = read.find((each) => each.state === 'unavailable');
    if (unread) return { ...heard(), ...unread };
    const malicious = read.flatMap((each) => (each.state === 'known' ? maliciousIn(each, one) : []));
    return { ...heard(), state: 'known', malicious };
  }

  async function readReport(id: string): Promise<Report> {
    const reply = await ask(`/v1/vulns/${encodeURIComponent(id)}`);
    if (reply.kind === 'unavailable') return unavailable(reply.cause, reply.retryAt);
    const parsed = reply.kind === 'json' ? report.safeParse(reply.body) : null;
    return parsed?.success ? { state: 'known', report: parsed.data } : unavailable(NOT_UNDERSTOOD);
  }

  function heard(): Heard {
    return { source: origin, askedAt: clock().toISOString() };
  }

  return { advisories };
}

type Report = { state: 'known'; report: z.output<typeof report> } | Unavailable;

const NOT_UNDERSTOOD = 'its answer was not understood';

function unavailable(cause: string, retryAt: string | null = null): Unavailable {
  return { state: 'unavailable', cause, retryAt };
}

const TOO_MANY_PAGES = unavailable('its answer had too many pages');

/** What the report says about this package; nothing where it was withdrawn. */
function maliciousIn(
  { report: one }: Extract<Report, { state: 'known' }>,
  { ecosystem, name }: PackageName,
): MaliciousReport[] {
  if (one.withdrawn !== undefined) return [];
  const affected = one.affected.filter(
    ({ package: about }) => !about || (about.name === name && about.ecosystem === ECOSYSTEMS[ecosystem]),
  );
  return [{ id: one.id, summary: one.summary, affects: affectsOf(affected) }];
}

function affectsOf(affected: readonly Affected[]): MaliciousReport['affects'] {
  const versions = affected.flatMap((one) => one.versions);
  const ranges = affected
    .flatMap((one) => one.ranges)
    .filter(({ type }) => type !== 'GIT')
    .flatMap(({ events }) => rangesOf(events));
  // A report that names neither versions nor ranges is about the package.
  const isEvery = versions.length === 0 && ranges.length === 0;
  const fromTheFirst = ranges.some(
    ({ introduced, fixed, lastAffected }) => introduced === '0' && fixed === null && lastAffected === null,
  );
  return isEvery || fromTheFirst ? 'every version' : { versions, ranges };
}

/** Events come in order: each `introduced` begins a range that the next other event ends. */
function rangesOf(events: Affected['ranges'][number]['events']): VersionRange[] {
  const ranges: VersionRange[] = [];
  for (const { introduced, fixed, last_affected: lastAffected } of events) {
    const open = ranges.at(-1);
    if (introduced !== undefined) ranges.push({ introduced, fixed: null, lastAffected: null });
    else if (open && fixed !== undefined) open.fixed = fixed;
    else if (open && lastAffected !== undefined) open.lastAffected = lastAffected;
  }
  return ranges;
}
