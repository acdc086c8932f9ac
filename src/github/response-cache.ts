import { LRUCache } from 'lru-cache';

/** A request as the cache tells it from others. */
interface CachedRequest {
  method: string;
  /** Octokit's template, before its parameters are filled in. */
  url: string;
  headers: Record<string, string | number | undefined>;
  [parameter: string]: unknown;
}

interface CachedResponse {
  status: number;
  headers: Record<string, string | number | undefined>;
  data: unknown;
}

/** What is known of a request's answer before it is asked. */
type Known =
  /** It cannot have changed: it was read at a commit. */
  | { state: 'final'; response: CachedResponse }
  /** It may have changed; asked with this tag, GitHub answers 304 where it did not, which its limits do not count. */
  | { state: 'revalidate'; etag: string; response: CachedResponse };

/** Answers of the REST API, kept for when the same is asked again. One for the process; installations share nothing. */
export interface ResponseCache {
  entryFor(installation: number | null, request: CachedRequest): Known | null;
  keep(installation: number | null, request: CachedRequest, response: CachedResponse): void;
}

/** What is asked again and again and seldom changes. Anything else would only push these out. */
const KEPT = [
  /^\/repos\/\{owner\}\/\{repo\}\/contents\/\{path\}$/,
  /^\/repos\/\{owner\}\/\{repo\}\/collaborators\/\{username\}\/permission$/,
  /^\/orgs\/\{org\}\/teams\/\{team_slug\}(?:\/.*)?$/,
  /^\/orgs\/\{org\}\/members(?:hips)?\/\{username\}$/,
];

const COMMIT = /^[0-9a-f]{40}$/;

/** Beside the data itself: key, headers and what the runtime needs; bytes. */
const ENTRY_OVERHEAD_BYTES = 1_000;

/** Keeps at most so many bytes, those longest unused forgotten first. */
export function createResponseCache({ maxBytes }: { maxBytes: number }): ResponseCache {
  const entries = new LRUCache<string, CachedResponse>({ maxSize: maxBytes, sizeCalculation: sizeOf });

  return {
    entryFor(installation, request) {
      if (!isKept(request)) return null;
      const response = entries.get(keyOf(installation, request));
      if (!response) return null;
      if (isFinal(request)) return { state: 'final', response };
      const { etag } = response.headers;
      return typeof etag === 'string' ? { state: 'revalidate', etag, response } : null;
    },
    keep(installation, request, response) {
      if (!isKept(request) || response.status !== 200) return;
      if (isFinal(request) || typeof response.headers.etag === 'string') {
        entries.set(keyOf(installation, request), response);
      }
    },
  };
}

function isKept({ method, url }: CachedRequest): boolean {
  return method === 'GET' && KEPT.some((pattern) => pattern.test(pathOf(url)));
}

/** Octokit puts the API's root before the template in some of its ways to be called. */
function pathOf(url: string): string {
  return url.replace(/^https?:\/\/[^/]+(?:\/api\/v3)?/, '');
}

function isFinal({ url, ref }: CachedRequest): boolean {
  return url.includes('/contents/') && typeof ref === 'string' && COMMIT.test(ref);
}

/** Everything that the answer depends on: who asks, what for, and in which form. */
function keyOf(installation: number | null, { method, url, headers, ...rest }: CachedRequest): string {
  const parameters = Object.entries(rest)
    .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([installation, method, url, headers.accept, rest.mediaType ?? null, parameters]);
}

function sizeOf({ data }: CachedResponse, key: string): number {
  const bytes =
    data instanceof ArrayBuffer ? data.byteLength : 2 * (typeof data === 'string' ? data : JSON.stringify(data)).length;
  return bytes + key.length + ENTRY_OVERHEAD_BYTES;
}
