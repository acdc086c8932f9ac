import { createJsonServer, type JsonServer } from './json-server.ts';

/** A report as OSV keeps it, as far as we read it. */
export interface OsvReport {
  id: string;
  summary?: string;
  withdrawn?: string;
  affected: readonly {
    package: { name: string; ecosystem: string };
    versions?: readonly string[];
    ranges?: readonly { type: string; events: readonly Record<string, string>[] }[];
  }[];
}

/** The whole of a package, as most reports have it. */
export function malware(id: string, name: string, ecosystem = 'npm'): OsvReport {
  const ranges = [{ type: 'SEMVER', events: [{ introduced: '0' }] }];
  return {
    id,
    summary: `Malicious code in ${name} (${ecosystem})`,
    affected: [{ package: { name, ecosystem }, ranges }],
  };
}

interface Query {
  package: { name: string; ecosystem: string };
  page_token?: string;
}

/** OSV's protocol: a batch answers with ids alone, `pageSize` at a time, in the order of the questions. */
export function createOsvServer(reports: readonly OsvReport[], pageSize = 1000): Promise<JsonServer> {
  return createJsonServer(({ method, path, body }) => {
    if (method === 'POST' && path === '/v1/querybatch') {
      const { queries } = body as { queries: readonly Query[] };
      return { results: queries.map((query) => pageOf(query)) };
    }
    const id = /^\/v1\/vulns\/([^/]+)$/.exec(path)?.[1];
    return id === undefined ? undefined : reports.find((one) => one.id === decodeURIComponent(id));
  });

  function pageOf({ package: { name, ecosystem }, page_token: token = '0' }: Query) {
    const about = (one: OsvReport) =>
      one.affected.some(({ package: each }) => each.name === name && each.ecosystem === ecosystem);
    const ids = reports.filter(about).map(({ id }) => ({ id, modified: '2026-01-01T00:00:00Z' }));
    const from = Number(token);
    const vulns = ids.slice(from, from + pageSize);
    return {
      ...(vulns.length > 0 && { vulns }),
      ...(from + pageSize < ids.length && { next_page_token: String(from + pageSize) }),
    };
  }
}

/** Every name that the server was asked about. */
export function namesAskedOf({ requests }: JsonServer): string[] {
  return requests.flatMap(({ body }) =>
    ((body as { queries?: readonly Query[] } | null)?.queries ?? []).map((one) => one.package.name),
  );
}
