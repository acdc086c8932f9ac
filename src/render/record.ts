import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import type { Tick, WaiverRequest } from '../model/pull-request.ts';
import type { ItemMemory } from '../model/review.ts';
import { REPOSITORY_ROLES } from '../model/rights.ts';
import type { Markdown } from './markdown.ts';

const account = z
  .strictObject({ id: z.number().int().nullable(), login: z.string(), kind: z.enum(['user', 'bot', 'unknown']) })
  .transform((known) => ({ ...known, association: 'NONE' }));

const person = { by: account, permission: z.enum(REPOSITORY_ROLES), at: z.string(), commit: z.string().nullable() };

const tick = z.strictObject({
  item: z.string(),
  ...person,
  content: z.string().nullable(),
  command: z.string().nullable(),
  evidence: z.string().exactOptional(),
  notApplicable: z.string().exactOptional(),
  refused: z.string().exactOptional(),
}) satisfies z.ZodType<Tick>;

const waiver = z.strictObject({
  verb: z.literal('waive'),
  practice: z.string(),
  ...person,
  reason: z.string(),
  until: z.string().nullable(),
  command: z.string(),
}) satisfies z.ZodType<WaiverRequest & { verb: 'waive' }>;

const memory = z.strictObject({
  content: z.string(),
  tick: tick.nullable(),
  undone: tick.nullable(),
}) satisfies z.ZodType<ItemMemory>;

const commentRecord = z.strictObject({
  scope: z.string(),
  comment: z.number().int().nullable(),
  seen: z.string().nullable(),
  versions: z.number().int().nonnegative().exactOptional(),
  head: z.string(),
  items: z.record(z.string(), memory),
  waivers: z.array(waiver),
  handled: z.record(z.string(), z.string()),
  refusals: z.array(z.string()),
});

/** What our comment remembers, so that the next evaluation starts from it and GitHub stays the only memory. */
export interface CommentRecord {
  /** The one place where this record is valid: `owner/repo#7`. */
  scope: string;
  /** The id of the comment it stands in; `null` in its first version, when it had none yet. */
  comment: number | null;
  /** `nameVersion` of the text that was known when this was written: what was edited between the two was not seen. */
  seen: string | null;
  /**
   * How many versions the comment had when this was written, with which an edit that nobody told us of is missed at
   * once; 0 where it was made, left out where the number was not known.
   */
  versions?: number;
  /** The head commit that the comment shows. */
  head: string;
  /** Every item that the comment shows, by its full id. */
  items: Readonly<Record<string, ItemMemory>>;
  /** Exceptions granted and not taken back, whether they are in force now or not. */
  waivers: readonly (WaiverRequest & { verb: 'waive' })[];
  /** Commands that were answered: the id of comment or review → the time of the text that was answered. */
  handled: Readonly<Record<string, string>>;
  /** What was refused on this head commit, in plain text, for the check to say. */
  refusals: readonly string[];
}

/** Secrets for signing. The first signs; all verify, so that a key can be changed without losing what it signed. */
export type SigningKeys = readonly [string | Uint8Array, ...(string | Uint8Array)[]];

/**
 * Why there is no record to go by: none there; more than one; not of our making, or another version's; signed by no key
 * of ours or changed since; made for another pull request or for another comment.
 */
export type RecordRefusal = 'absent' | 'several' | 'malformed' | 'forged' | 'elsewhere';

/** What `readRecord` found. */
export type RecordResult = { ok: true; record: CommentRecord } | { ok: false; reason: RecordRefusal };

/** Where a record is looked for: the pull request, and the comment it stands in. */
export interface RecordPlace {
  scope: string;
  /** GitHub's number of the comment. */
  comment: number;
  /** True for the text a comment was made with: only then may its record not know the comment's number yet. */
  first: boolean;
}

/**
 * The record as an HTML comment: invisible to readers, and worthless when copied elsewhere or edited. Ordinary base64,
 * since the other alphabet has `-` in it, and `--` ends a comment for some readers of HTML.
 */
export function writeRecord(record: CommentRecord, keys: SigningKeys): Markdown {
  const payload = deflateRawSync(JSON.stringify(canonical(record))).toString('base64');
  return `<!-- composure:record v2 ${payload} ${sign(payload, keys[0]).toString('base64')} -->` as Markdown;
}

/** Reads the record that is valid at a place from a comment's body, or says why it does not count. */
export function readRecord(body: string, place: RecordPlace, keys: SigningKeys): RecordResult {
  const found = findRecord(body);
  if (!found.ok) return found;
  // Signature first: nothing a stranger wrote is parsed.
  if (!isSigned(found.payload, found.signature, keys)) return { ok: false, reason: 'forged' };
  const record = parsePayload(found.payload);
  if (!record) return { ok: false, reason: 'malformed' };
  const here = record.comment === place.comment || (record.comment === null && place.first);
  if (record.scope !== place.scope || !here) return { ok: false, reason: 'elsewhere' };
  return { ok: true, record };
}

/**
 * What a version of our comment says it showed, whoever signed it. Only for a version that GitHub's history says we
 * wrote, and only to learn what was on show then: no answer is believed for standing here.
 */
export function readShown(body: string): Pick<CommentRecord, 'head' | 'items' | 'seen' | 'waivers'> | null {
  const found = findRecord(body);
  return found.ok ? (parsePayload(found.payload) ?? null) : null;
}

/**
 * A short name for one version of a comment: its text, line ends apart, which GitHub's editor changes, and when it was
 * written, since the same text may come back.
 */
export function nameVersion(body: string, at: string): string {
  return `${nameText(body)} ${at}`;
}

/** A short name for a text, line ends apart: 16 letters. */
export function nameText(body: string): string {
  return createHash('sha256').update(normalized(body)).digest('base64url').slice(0, 16);
}

/** Whether two texts are the same but for line ends, and spaces around them. */
export function isSameText(one: string, other: string): boolean {
  return normalized(one) === normalized(other);
}

function normalized(body: string): string {
  return body.replaceAll('\r\n', '\n').trim();
}

type Found = { ok: true; payload: string; signature: string } | { ok: false; reason: RecordRefusal };

function findRecord(body: string): Found {
  const found = [...body.matchAll(/<!--\s*composure:record\b(?<rest>[^<]*?)-->/g)];
  if (found.length === 0) return { ok: false, reason: 'absent' };
  if (found.length > 1) return { ok: false, reason: 'several' };
  const [version, payload, signature, ...more] = (found[0]?.groups?.rest ?? '').trim().split(/\s+/);
  if (version !== 'v2' || !payload || !signature || more.length > 0) return { ok: false, reason: 'malformed' };
  return { ok: true, payload, signature };
}

/** A comment holds 64 KiB; what unfolds to more than this was not made by us. */
const MAX_UNFOLDED = 1024 * 1024;

function parsePayload(payload: string): CommentRecord | undefined {
  try {
    const text = inflateRawSync(Buffer.from(payload, 'base64'), { maxOutputLength: MAX_UNFOLDED }).toString();
    return commentRecord.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The same record is the same text, in whatever order it was put together. */
function canonical(record: CommentRecord): object {
  const { scope, comment, seen, versions, head, items, waivers, handled, refusals } = record;
  return {
    ...{ scope, comment, seen },
    ...(versions !== undefined && { versions }),
    head,
    items: Object.fromEntries(
      sorted(items).map(([id, { content, tick, undone }]) => [
        id,
        { content, tick: tick && canonicalTick(tick), undone: undone && canonicalTick(undone) },
      ]),
    ),
    waivers: waivers.map((one) => {
      const { verb, practice, by, permission, at, commit, reason, until, command } = one;
      return { verb, practice, by: canonicalAccount(by), permission, at, commit, reason, until, command };
    }),
    handled: Object.fromEntries(sorted(handled)),
    refusals,
  };
}

function canonicalTick({ item, by, permission, at, commit, content, command, ...rest }: Tick): object {
  const { evidence, notApplicable, refused } = rest;
  return {
    ...{ item, by: canonicalAccount(by), permission, at, commit, content, command },
    ...(evidence !== undefined && { evidence }),
    ...(notApplicable !== undefined && { notApplicable }),
    ...(refused !== undefined && { refused }),
  };
}

function canonicalAccount({ id, login, kind }: Tick['by']): object {
  return { id, login, kind };
}

function sorted<Value>(values: Readonly<Record<string, Value>>): [string, Value][] {
  return Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1));
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
  return createHmac('sha256', key).update(`composure:record v2\n${payload}`).digest();
}
