import { z } from 'zod';

/** One request to a service that answers in JSON. */
export interface JsonQuestion {
  /** Absolute. */
  url: string;
  /** Sent as JSON by POST; without one, the request is a GET. */
  body?: unknown;
  /** For the whole answer. */
  timeoutMs: number;
}

/** What came back, before anybody draws a conclusion from it. */
export type JsonReply =
  | { kind: 'json'; body: unknown }
  | { kind: 'not-found' }
  | { kind: 'no-answer'; status: number | null; cause: string; retryAfter: string | null };

/** OSV's own limit for an answer. */
const MAX_BYTES = 32 * 1024 * 1024;

const systemError = z.object({ cause: z.object({ code: z.string().regex(/^[A-Z][A-Z_]+$/) }) });

/** Asks once, without credentials and without following a redirect. Never rejects. */
export async function askJson({ url, body, timeoutMs }: JsonQuestion): Promise<JsonReply> {
  try {
    const response = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        accept: 'application/json',
        'user-agent': 'composure',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      if (response.status === 404) return { kind: 'not-found' };
      return noAnswer(`it answered ${response.status}`, response.status, response.headers.get('retry-after'));
    }
    return await readJson(response);
  } catch (error) {
    const { name } = error as Error;
    if (name === 'TimeoutError' || name === 'AbortError')
      return noAnswer(`it did not answer within ${timeoutMs / 1000} s`);
    const known = systemError.safeParse(error);
    return noAnswer(`it could not be reached, or broke off${known.success ? ` (${known.data.cause.code})` : ''}`);
  }
}

async function readJson(response: Response): Promise<JsonReply> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) return noAnswer(`its answer was larger than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  try {
    return { kind: 'json', body: JSON.parse(Buffer.concat(chunks).toString('utf8')) };
  } catch {
    return noAnswer('its answer was not JSON', 200);
  }
}

function noAnswer(cause: string, status: number | null = null, retryAfter: string | null = null): JsonReply {
  return { kind: 'no-answer', status, cause, retryAfter };
}
