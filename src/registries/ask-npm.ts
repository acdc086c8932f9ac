import { type Agent as HttpAgent, globalAgent as httpGlobalAgent } from 'node:http';
import { globalAgent as httpsGlobalAgent } from 'node:https';
import type npmFetch from 'npm-registry-fetch';
import npmDefaults from 'npm-registry-fetch/lib/default-opts.js';
import { z } from 'zod';
import type { PackageHistory } from '../model/package-facts.ts';
import { hasInstallScript, hasProvenance, historyIn } from './read-packument.ts';

/** One request to a registry that speaks npm's protocol. */
export interface NpmQuestion {
  /** Address of the registry. */
  registry: string;
  /** A valid package name. */
  name: string;
  /** Abbreviated is a fraction of the size; only the full form knows dates, descriptions and unpublished packages. */
  form: 'abbreviated' | 'full';
  /** Asks every cache on the way to look again. */
  fresh: boolean;
  /** From an earlier answer in the same form; `null` to be sent the document whatever it is. */
  etag: string | null;
  timeoutMs: number;
}

/** What came back, before anybody draws a conclusion from it. */
export type NpmReply =
  | { kind: 'document'; status: number; etag: string | null; document: NpmDocument }
  /** 304: what the ETag was given for still stands. */
  | { kind: 'unchanged' }
  | { kind: 'unpublished'; at: string | null }
  | { kind: 'not-found'; status: number }
  | { kind: 'refused'; status: number }
  | { kind: 'no-answer'; status: number | null; cause: string; retryAfter: string | null }
  /** There, and larger than we read. */
  | { kind: 'too-large'; cause: string };

/** The fields we read of a packument. */
export interface NpmDocument {
  /** Dist-tag to version. */
  tags: Record<string, string>;
  /** Version to the message that deprecates it, `null` for one that is not deprecated. */
  versions: Record<string, string | null>;
  /** Versions with a script that runs at installation. */
  withInstallScript: string[];
  /** Versions with a statement of where they were built. */
  withProvenance: string[];
  description: string | null;
  /** `null` in the abbreviated form. */
  history: PackageHistory | null;
}

const ABBREVIATED = 'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8';

/** The largest packuments are some tens of megabytes in full, and a tenth of that abbreviated. */
const MAX_BYTES = { abbreviated: 96 * 1024 * 1024, full: 24 * 1024 * 1024 };

const packument = z.object({
  name: z.string().optional(),
  'dist-tags': z.record(z.string(), z.string()).default({}),
  versions: z.record(z.string(), z.looseObject({ deprecated: z.unknown().optional() })).default({}),
  description: z.unknown().optional(),
});

/** The registry that npm itself asks where nobody has said otherwise. */
export function defaultNpmRegistry(): string {
  return npmDefaults.registry;
}

/**
 * Asks once, without credentials, without npm's configuration files, without retries and without following a redirect to
 * another host. Never rejects.
 */
export async function askNpm(question: NpmQuestion): Promise<NpmReply> {
  const { registry, name, form, fresh, etag, timeoutMs } = question;
  const root = registry.replace(/\/*$/, '/');
  const url = `${root}${encodeURIComponent(name).replace('%40', '@').replace('%2F', '%2f')}`;
  try {
    // With its cache and its agents some megabytes of memory: read once a change names a package.
    const { default: fetchFromNpm } = await import('npm-registry-fetch');
    const response = await fetchFromNpm(url, {
      registry: root,
      method: 'GET',
      headers: {
        accept: form === 'full' ? 'application/json' : ABBREVIATED,
        ...(fresh ? { 'cache-control': 'no-cache' } : {}),
        ...(etag === null ? {} : { 'if-none-match': etag }),
      },
      userAgent: 'composure',
      // An empty set: nothing may be read from this machine's npm settings.
      forceAuth: {},
      retry: { retries: 0 },
      timeout: timeoutMs,
      // The whole answer, not only its beginning, must be here in time.
      signal: AbortSignal.timeout(timeoutMs),
      agent: agentFor(new URL(root)),
      strictSSL: true,
    } as unknown as npmFetch.Options);
    if (response.status === 304) return { kind: 'unchanged' };
    if (response.status !== 200) return noAnswer(`it answered ${response.status}`, response.status);
    const text = await readText(response.body, MAX_BYTES[form]);
    return readDocument(name, form, response.headers.get('etag'), text);
  } catch (error) {
    return readError(error, timeoutMs);
  }
}

function readDocument(name: string, form: NpmQuestion['form'], etag: string | null, text: string): NpmReply {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return noAnswer('its answer was not JSON', 200);
  }
  const unpublished = unpublishedIn(json);
  if (unpublished) return unpublished;
  const parsed = packument.safeParse(json);
  if (!parsed.success || (parsed.data.name !== undefined && parsed.data.name !== name)) {
    return noAnswer('its answer did not describe that package', 200);
  }
  const { 'dist-tags': tags, versions, description } = parsed.data;
  const entries = Object.entries(versions);
  const named = (has: (version: unknown) => boolean) =>
    entries.filter(([, one]) => has(one)).map(([version]) => version);
  const document: NpmDocument = {
    tags,
    versions: Object.fromEntries(entries.map(([version, one]) => [version, messageOf(one.deprecated)])),
    withInstallScript: named(hasInstallScript),
    withProvenance: named(hasProvenance),
    description: typeof description === 'string' ? description : null,
    history: form === 'full' ? historyIn(json, versions) : null,
  };
  return { kind: 'document', status: 200, etag, document };
}

/** `deprecated` is a message; in old documents also `true`, or `false` and `''` for "no longer". */
function messageOf(deprecated: unknown): string | null {
  if (typeof deprecated === 'string') return deprecated === '' ? null : deprecated;
  return deprecated === true ? 'deprecated' : null;
}

/** npm keeps of an unpublished package its name and the date, and answers with 200 or 404. */
function unpublishedIn(body: unknown): NpmReply | null {
  const parsed = z
    .object({ time: z.object({ unpublished: z.object({ time: z.string().optional().catch(undefined) }) }) })
    .safeParse(body);
  return parsed.success ? { kind: 'unpublished', at: parsed.data.time.unpublished.time ?? null } : null;
}

/** What npm-registry-fetch throws: an HTTP error with its status, or an error of the network with its code. */
function readError(error: unknown, timeoutMs: number): NpmReply {
  const { statusCode, headers, body, code, type, name, cause } = error as {
    statusCode?: number;
    headers?: Record<string, string[]>;
    body?: unknown;
    code?: string;
    type?: string;
    name?: string;
    cause?: unknown;
  };
  if (error instanceof TooLarge) return { kind: 'too-large', cause: error.message };
  if (error instanceof OffHost) return noAnswer(error.message, null);
  if (statusCode === undefined) {
    const isLate = type === 'request-timeout' || type === 'body-timeout' || /^(Abort|Timeout)Error$/.test(name ?? '');
    if (isLate) return noAnswer(`it did not answer within ${timeoutMs / 1000} s`, null);
    const reason = code ?? (cause as { code?: string } | undefined)?.code;
    const known = typeof reason === 'string' && /^[A-Z][A-Z_]+$/.test(reason) ? ` (${reason})` : '';
    return noAnswer(`it could not be reached, or broke off${known}`, null);
  }
  if (statusCode === 404) return unpublishedIn(body) ?? { kind: 'not-found', status: 404 };
  if (statusCode === 401 || statusCode === 403) return { kind: 'refused', status: statusCode };
  return noAnswer(`it answered ${statusCode}`, statusCode, headers?.['retry-after']?.[0] ?? null);
}

function noAnswer(cause: string, status: number | null, retryAfter: string | null = null): NpmReply {
  return { kind: 'no-answer', status, cause, retryAfter };
}

async function readText(body: NodeJS.ReadableStream | null, maxBytes: number): Promise<string> {
  if (body === null) return '';
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > maxBytes) throw new TooLarge(`its answer was larger than ${maxBytes} bytes`);
    chunks.push(buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

class TooLarge extends Error {}

class OffHost extends Error {}

/**
 * npm-registry-fetch follows redirects and has no option against it, but asks this for the agent of every hop: so a hop
 * that leaves the registry ends here, before a name is sent anywhere else. Within it, Node's own agent serves, which keeps
 * connections alive and can be told of a proxy.
 */
function agentFor(registry: URL): (hop: URL) => HttpAgent {
  return (hop) => {
    if (hop.host !== registry.host || hop.protocol !== registry.protocol) {
      throw new OffHost('it sent us on to another host, which we do not ask');
    }
    return hop.protocol === 'https:' ? httpsGlobalAgent : httpGlobalAgent;
  };
}
