import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Markdown } from './markdown.ts';

const attestation = z.strictObject({
  by: z.strictObject({ id: z.number().int().nullable(), login: z.string() }),
  at: z.string(),
  commit: z.string().nullable(),
});

const attestationRecord = z.strictObject({
  scope: z.string(),
  items: z.record(z.string(), attestation),
});

/** One reviewer's answer: who, when (ISO 8601, UTC), and the head commit it was given on. */
export type Attestation = z.infer<typeof attestation>;

/** Who answered which item of one pull request, as it is kept in our comment. */
export interface AttestationRecord {
  /** The one place where this record is valid: `owner/repo#7`. */
  scope: string;
  items: Readonly<Record<string, Attestation>>;
}

/** Secrets for signing. The first signs; all verify, so that a key can be changed without losing what it signed. */
export type SigningKeys = readonly [string | Uint8Array, ...(string | Uint8Array)[]];

/**
 * Why there is no record to go by: none there; more than one; not of our making, or a newer version's; signed by no key
 * of ours or changed since; made for another pull request.
 */
export type RecordRefusal = 'absent' | 'several' | 'malformed' | 'forged' | 'elsewhere';

/** What `readRecord` found. */
export type RecordResult = { ok: true; record: AttestationRecord } | { ok: false; reason: RecordRefusal };

/**
 * The record as an HTML comment: invisible to readers, and worthless when copied to another pull request or edited.
 * Ordinary base64, since the other alphabet has `-` in it, and `--` ends a comment for some readers of HTML.
 */
export function writeRecord(record: AttestationRecord, keys: SigningKeys): Markdown {
  const items = Object.fromEntries(Object.entries(record.items).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  const payload = Buffer.from(JSON.stringify({ scope: record.scope, items })).toString('base64');
  return `<!-- composure:record v1 ${payload} ${sign(payload, keys[0]).toString('base64')} -->` as Markdown;
}

/** Reads the record of `scope` from a comment's body, or says why it does not count. */
export function readRecord(body: string, scope: string, keys: SigningKeys): RecordResult {
  const found = [...body.matchAll(/<!--\s*composure:record\b(?<rest>[^<]*?)-->/g)];
  if (found.length === 0) return { ok: false, reason: 'absent' };
  if (found.length > 1) return { ok: false, reason: 'several' };
  const [version, payload, signature, ...more] = (found[0]?.groups?.rest ?? '').trim().split(/\s+/);
  if (version !== 'v1' || !payload || !signature || more.length > 0) return { ok: false, reason: 'malformed' };
  // Signature first: nothing a stranger wrote is parsed.
  if (!isSigned(payload, signature, keys)) return { ok: false, reason: 'forged' };
  const record = parsePayload(payload);
  if (!record) return { ok: false, reason: 'malformed' };
  if (record.scope !== scope) return { ok: false, reason: 'elsewhere' };
  return { ok: true, record };
}

function parsePayload(payload: string): AttestationRecord | undefined {
  try {
    return attestationRecord.parse(JSON.parse(Buffer.from(payload, 'base64').toString()));
  } catch {
    return undefined;
  }
}

function isSigned(payload: string, signature: string, keys: SigningKeys): boolean {
  const given = Buffer.from(signature, 'base64');
  let valid = false;
  // Every key is tried, so that the time taken does not tell which one fits.
  for (const key of keys) {
    const expected = sign(payload, key);
    if (given.length === expected.length && timingSafeEqual(given, expected)) valid = true;
  }
  return valid;
}

/** The prefix keeps a signature made for this purpose from serving another. */
function sign(payload: string, key: string | Uint8Array): Buffer {
  return createHmac('sha256', key).update(`composure:record v1\n${payload}`).digest();
}
