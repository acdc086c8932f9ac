import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

/** How the registry answers for one name. */
export type Behaviour =
  /** A package; `tags` default to `latest` on the last version. */
  | {
      versions: readonly string[];
      tags?: Readonly<Record<string, string>>;
      /** Version to the message that deprecates it. */
      deprecated?: Readonly<Record<string, string>>;
      description?: string;
      /** When the name was first published; long ago unless said. */
      created?: string;
      /** Version to when it was published; as `created` unless said. Also of versions that are no longer there. */
      times?: Readonly<Record<string, string>>;
      /** Version to its `license` field, of whatever shape; `MIT` unless said, `undefined` for none. */
      licenses?: Readonly<Record<string, unknown>>;
      /** Versions with a script at installation. */
      scripted?: readonly string[];
      /** Versions with a statement of where they were built. */
      attested?: readonly string[];
      /** Where the source is; `null` for nowhere. */
      repository?: string | null;
      /** So many bytes of padding make the full document large. */
      padding?: number;
      /** Before it is answered. */
      slowMs?: number;
    }
  /** The registry's stand-in for a name that was taken down. */
  | 'placeholder'
  /** Nothing is left of it: 404, in full with the date, as npm has it. */
  | { unpublishedAt: string }
  | 'not-found'
  /** Any status, such as 401, 403, 429, 451, 503; `retryAfter` is sent as it is. */
  | { status: number; retryAfter?: string; body?: string }
  /** To another address; a path stays on this registry. */
  | { redirectTo: string }
  /** Breaks off in the middle of the body. */
  | 'truncated'
  /** 200 with a body that is not JSON. */
  | 'malformed'
  /** 200 with JSON that is no package. */
  | 'not-a-package'
  /** Never answers. */
  | 'silent';

/** One request as it arrived. */
export interface RegistryRequest {
  method: string;
  /** The package that was asked for, decoded. */
  name: string;
  path: string;
  accept: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** What it was answered with; `null` while, or when, it was not. */
  status: number | null;
}

/** A registry of our own: npm's protocol on loopback. */
export interface Registry {
  url: string;
  /** Every request since the start, in the order of their arrival. */
  requests: readonly RegistryRequest[];
  /** From now on `name` is answered so; of several, each serves one request and the last the rest. */
  set(name: string, ...behaviours: [Behaviour, ...Behaviour[]]): void;
  close(): Promise<void>;
}

const CANARIES: Readonly<Record<string, Behaviour>> = {
  semver: { versions: ['7.8.6'] },
  '@octokit/rest': { versions: ['22.0.1'] },
};

/** Starts a registry that has these packages and the canaries. A name it does not know is `not-found`. */
export async function createRegistry(options: { packages?: Readonly<Record<string, Behaviour>> }): Promise<Registry> {
  const behaviours = new Map<string, Behaviour[]>();
  for (const [name, behaviour] of Object.entries({ ...CANARIES, ...options.packages })) {
    behaviours.set(name, [behaviour]);
  }
  const requests: RegistryRequest[] = [];

  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    const entry: RegistryRequest = {
      method: request.method ?? '',
      name: decode(path.slice(1)),
      path,
      accept: request.headers.accept ?? '',
      headers: request.headers,
      status: null,
    };
    requests.push(entry);
    response.on('finish', () => {
      entry.status = response.statusCode;
    });
    const queue = behaviours.get(entry.name) ?? ['not-found'];
    const behaviour = (queue.length > 1 ? queue.shift() : queue[0]) ?? 'not-found';
    answer(entry, behaviour, request, response).catch((error) => response.destroy(error));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}/`,
    requests,
    set: (name, ...list) => void behaviours.set(name, list),
    close: () =>
      new Promise((closed, failed) => {
        server.close((error) => (error ? failed(error) : closed()));
        server.closeAllConnections();
      }),
  };
}

async function answer(
  { name, accept }: RegistryRequest,
  behaviour: Behaviour,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const isFull = !accept.includes('application/vnd.npm.install-v1+json');
  if (behaviour === 'silent') return;
  if (behaviour === 'not-found') return json(response, 404, { error: 'Not found' });
  if (behaviour === 'malformed') return send(response, 200, '<!doctype html><title>Welcome</title>');
  if (behaviour === 'not-a-package') return json(response, 200, ['nothing']);
  if (behaviour === 'truncated') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 10_000 });
    response.write('{"name":');
    await sleep(10);
    response.destroy();
    return;
  }
  if (behaviour === 'placeholder') {
    return packument(request, response, name, isFull, {
      versions: ['0.0.1-security'],
      description: 'security holding package',
    });
  }
  if ('unpublishedAt' in behaviour) {
    const time = { unpublished: { time: behaviour.unpublishedAt, versions: ['1.0.0'] } };
    return json(response, 404, isFull ? { _id: name, name, time } : { error: 'Not found' });
  }
  if ('redirectTo' in behaviour) {
    response.writeHead(302, { location: behaviour.redirectTo });
    response.end();
    return;
  }
  if ('status' in behaviour) {
    if (behaviour.retryAfter !== undefined) response.setHeader('retry-after', behaviour.retryAfter);
    return send(response, behaviour.status, behaviour.body ?? '{}');
  }
  if (behaviour.slowMs !== undefined) await sleep(behaviour.slowMs);
  return packument(request, response, name, isFull, behaviour);
}

function packument(
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
  isFull: boolean,
  behaviour: Extract<Behaviour, { versions: readonly string[] }>,
): void {
  const { versions, tags, deprecated = {}, description, licenses = {}, scripted = [], attested = [] } = behaviour;
  const { created = '2020-01-01T00:00:00.000Z', times = {}, padding = 0 } = behaviour;
  const { repository = `git+https://github.com/somebody/${name.split('/').at(-1)}.git` } = behaviour;
  const newest = versions.at(-1);
  const entries = versions.map((version) => {
    const message = deprecated[version];
    const tarball = `http://${request.headers.host}/${name}/-/${name.split('/').at(-1)}-${version}.tgz`;
    const attestations = { url: `http://${request.headers.host}/-/npm/v1/attestations/${name}@${version}` };
    const entry = {
      name,
      version,
      dist: { tarball, ...(attested.includes(version) && { attestations }) },
      ...(message !== undefined && { deprecated: message }),
    };
    const runs = scripted.includes(version);
    if (!isFull) return [version, { ...entry, ...(runs && { hasInstallScript: true }) }] as const;
    const license = Object.hasOwn(licenses, version) ? licenses[version] : 'MIT';
    const more = { license, ...(repository !== null && { repository: { type: 'git', url: repository } }) };
    return [version, { ...entry, ...more, ...(runs && { scripts: { postinstall: 'node build.js' } }) }] as const;
  });
  const common = {
    name,
    'dist-tags': tags ?? (newest === undefined ? {} : { latest: newest }),
    versions: Object.fromEntries(entries),
  };
  const dates = Object.fromEntries(versions.map((version) => [version, created]));
  const time = { created, modified: created, ...dates, ...times };
  const readme = ' '.repeat(padding);
  const document = isFull ? { _id: name, ...common, time, description, readme } : { ...common, modified: created };
  const text = JSON.stringify(document);
  const etag = `"${createHash('sha256').update(text).digest('hex').slice(0, 32)}"`;
  response.setHeader('etag', etag);
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304);
    response.end();
    return;
  }
  response.setHeader('content-type', isFull ? 'application/json' : 'application/vnd.npm.install-v1+json');
  const gzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  if (gzip) response.setHeader('content-encoding', 'gzip');
  response.end(gzip ? gzipSync(text) : text);
}

function json(response: ServerResponse, status: number, body: unknown): void {
  send(response, status, JSON.stringify(body));
}

function send(response: ServerResponse, status: number, body: string): void {
  response.statusCode = status;
  if (!response.hasHeader('content-type')) response.setHeader('content-type', 'application/json');
  response.end(body);
}

/** A path that is not well escaped stands for itself. */
function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
