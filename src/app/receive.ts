import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from './context.ts';
import type { WebhookEvent } from './events.ts';

/** GitHub sends nothing bigger: “payloads are capped at 25 MB”. */
const MAX_BODY_BYTES = 25 * 1024 * 1024;

/** So much may be under way at once, for every body is in memory until its signature is known. */
const MAX_BYTES_UNDER_WAY = 200 * 1024 * 1024;

/** GitHub gives up after ten seconds; a sender that is slower is not GitHub. */
const MAX_RECEIVE_MS = 10_000;

/** How long a refused sender has to read the answer. */
const HANG_UP_MS = 1_000;

/** What became of a request, for the log and for counting. */
export type Received = 'accepted' | 'repeated' | 'refused' | 'failed';

/** A delivery with a right signature. */
export interface ReceivedDelivery extends WebhookEvent {
  /** GitHub's id of it, the same when it is delivered again. */
  id: string;
}

/** What receiving needs from its surroundings. */
export interface ReceiveOptions {
  path: string;
  secret: string;
  /** Makes the delivery durable; false where it was known before. What it throws is answered by 500. */
  accept(delivery: ReceivedDelivery): Promise<boolean>;
  /** Told of every request to the path, with the event where it is known. */
  onReceived?(received: Received, event: string | null): void;
  log: Log;
}

/** An answer other than 2xx, and why. */
class Refusal extends Error {
  override name = 'Refusal';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Where GitHub's webhooks arrive: signature checked, one transaction, answered. Never evaluates. Anything that goes wrong
 * is an answer that GitHub notes as failed, and that our reconciler finds there. Resolves to whether the request was ours.
 */
export function createReceiver(options: ReceiveOptions) {
  const { path, accept, onReceived, log } = options;
  // Made once: node would make one of these from a buffer for each signature, which takes longer than the signature.
  const key = createSecretKey(options.secret, 'utf8');
  let bytesUnderWay = 0;

  async function readDelivery(request: IncomingMessage): Promise<ReceivedDelivery> {
    const headers = readHeaders(request);
    const announced = Number(request.headers['content-length'] ?? 0);
    if (announced > MAX_BODY_BYTES) throw new Refusal(413, 'the body is larger than 25 MB');
    const chunks: Buffer[] = [];
    let size = 0;
    // The signature is computed as the body comes, so that a large one is not walked again at the end.
    const hmac = createHmac('sha256', key);
    try {
      await readChunks(request, (chunk) => {
        size += chunk.length;
        bytesUnderWay += chunk.length;
        if (size > MAX_BODY_BYTES) throw new Refusal(413, 'the body is larger than 25 MB');
        if (bytesUnderWay > MAX_BYTES_UNDER_WAY) throw new Refusal(503, 'too much is arriving at once');
        hmac.update(chunk);
        chunks.push(chunk);
      });
      if (!isSame(hmac.digest(), headers.signature)) throw new Refusal(401, 'the signature is wrong');
      return { id: headers.id, name: headers.name, payload: parse(Buffer.concat(chunks)) };
    } finally {
      bytesUnderWay -= size;
    }
  }

  return async function receive(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    if (request.url?.split('?', 1)[0] !== path) return false;
    const event = request.headers['x-github-event']?.toString() ?? null;
    try {
      if (request.method !== 'POST') throw new Refusal(405, 'deliveries are posted');
      const delivery = await readDelivery(request);
      const isNew = await accept(delivery);
      onReceived?.(isNew ? 'accepted' : 'repeated', event);
      answer(response, 202, isNew ? 'accepted' : 'known already');
    } catch (error) {
      const refused = error instanceof Refusal;
      onReceived?.(refused ? 'refused' : 'failed', event);
      const facts = { delivery: request.headers['x-github-delivery'], event };
      if (refused) log.warn({ ...facts, status: error.status }, `refused a delivery: ${error.message}`);
      else log.error({ ...facts, err: error }, 'could not accept a delivery; it will be asked for again');
      if (!request.complete) hangUpAfter(response, request);
      answer(response, refused ? error.status : 500, refused ? error.message : 'the delivery could not be stored');
    }
    return true;
  };
}

/**
 * Gives each piece of the body to `take`, and stops reading at the first that it throws at. By events, because leaving a
 * loop over a request closes the connection before the answer is out.
 */
function readChunks(request: IncomingMessage, take: (chunk: Buffer) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (error: unknown) => {
      clearTimeout(timer);
      request.off('data', onData).pause();
      reject(error);
    };
    const onData = (chunk: Buffer) => {
      try {
        take(chunk);
      } catch (error) {
        stop(error);
      }
    };
    const timer = setTimeout(() => stop(new Refusal(408, 'the body did not come in time')), MAX_RECEIVE_MS);
    request.on('data', onData);
    request.once('end', () => {
      clearTimeout(timer);
      resolve();
    });
    // No fault of ours, and whoever it was has signed nothing yet.
    const hungUp = () => stop(new Refusal(400, 'the sender hung up'));
    request.once('error', hungUp);
    request.once('close', hungUp);
  });
}

/**
 * Ends the connection a moment after the answer. What still comes is thrown away meanwhile, since a sender in the middle
 * of its body would otherwise see the connection break and no answer (as it would with `connection: close`).
 */
function hangUpAfter(response: ServerResponse, request: IncomingMessage): void {
  response.once('finish', () => {
    request.resume();
    const timer = setTimeout(() => request.destroy(), HANG_UP_MS);
    request.once('close', () => clearTimeout(timer));
  });
}

function readHeaders({ headers }: IncomingMessage): { id: string; name: string; signature: Buffer } {
  const id = headers['x-github-delivery']?.toString() ?? '';
  const name = headers['x-github-event']?.toString() ?? '';
  if (!/^[\w-]{1,100}$/.test(id) || !/^\w{1,100}$/.test(name)) throw new Refusal(400, 'this is no webhook of GitHub');
  const signature = /^sha256=([0-9a-f]{64})$/.exec(headers['x-hub-signature-256']?.toString() ?? '')?.[1];
  if (!signature) throw new Refusal(401, 'the signature is missing or malformed');
  return { id, name, signature: Buffer.from(signature, 'hex') };
}

/** In the same time wherever they differ, so that nobody finds a right signature byte by byte. */
function isSame(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new Refusal(400, 'the body is not JSON; set the content type of the webhook to application/json');
  }
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}
