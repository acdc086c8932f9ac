import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Json } from '../model/review.ts';
import { EMPTY, type Markdown } from './markdown.ts';
import type { SigningKeys } from './record.ts';

/** What each practice left for itself, by its id. */
export type PracticeMemory = Readonly<Record<string, Json>>;

// What a practice kept is its own JSON, signed by us: checked again, a name such as `__proto__` would be lost.
const kept = z.strictObject({ scope: z.string(), practices: z.record(z.string(), z.unknown()) });

/** More than this is no memory but a file; what is left out is merely forgotten. */
const MAX_BYTES = 12_000;

/**
 * The memory as an HTML comment beside the record of attestations: signed, and good for one pull request only. Nothing
 * is written where there is nothing to keep. In another format than the record, because what a practice forgets costs
 * a warning, and what the record forgets costs people their work.
 */
export function writeMemory(memory: PracticeMemory, scope: string, keys: SigningKeys): Markdown {
  const practices = Object.fromEntries(Object.entries(memory).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  if (Object.keys(practices).length === 0) return EMPTY;
  const payload = Buffer.from(JSON.stringify({ scope, practices })).toString('base64');
  if (payload.length > MAX_BYTES) return EMPTY;
  return `<!-- composure:memory v1 ${payload} ${sign(payload, keys[0]).toString('base64')} -->` as Markdown;
}

/** Reads what was kept for `scope`; nothing where it is not there, not ours, or made for another pull request. */
export function readMemory(body: string, scope: string, keys: SigningKeys): PracticeMemory {
  const found = [...body.matchAll(/<!-- composure:memory v1 ([A-Za-z0-9+/=]+) ([A-Za-z0-9+/=]+) -->/g)];
  const [, payload = '', signature = ''] = found.length === 1 ? found[0]! : [];
  // Signature first: nothing a stranger wrote is parsed.
  if (payload === '' || !keys.some((key) => isSigned(payload, signature, key))) return {};
  try {
    const memory = kept.parse(JSON.parse(Buffer.from(payload, 'base64').toString()));
    return memory.scope === scope ? (memory.practices as PracticeMemory) : {};
  } catch {
    return {};
  }
}

function isSigned(payload: string, signature: string, key: string | Uint8Array): boolean {
  const [given, expected] = [Buffer.from(signature, 'base64'), sign(payload, key)];
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** The prefix keeps a signature made for this purpose from serving another. */
function sign(payload: string, key: string | Uint8Array): Buffer {
  return createHmac('sha256', key).update(`composure:memory v1\n${payload}`).digest();
}
