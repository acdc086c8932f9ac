import validateName from 'validate-npm-package-name';
import type { PackageAnswer } from '../model/evidence.ts';
import { askNpm, defaultNpmRegistry, type NpmDocument, type NpmQuestion, type NpmReply } from './ask-npm.ts';
import { createLimit } from './limit.ts';
import { readRetryAfter, writeRetryAfter } from './retry-after.ts';
import type { PackageRegistry, Timing } from './types.ts';

/** How npm's registry, or one that speaks its protocol, is to be asked. */
export interface NpmRegistryOptions extends Timing {
  /** Its address; `null` for npm's own. */
  registry: string | null;
  /** How long after the first "no such package" the second is asked for. */
  confirmAfterMs: number;
  /**
   * True: `lookUp` waits so long itself and settles the matter. False: it answers `confirming`, and whoever asks again
   * after `retryAt` gets the second answer.
   */
  waitForConfirmation: boolean;
  /** Names that are certainly there, one without a scope and one with. Unless all answer, no "no such package" is believed. */
  canaries?: readonly string[];
  /** For one request, its answer included. */
  timeoutMs?: number;
  /** Requests under way at once. */
  concurrency?: number;
  /** Names asked for in one `lookUp`; what is remembered costs nothing, the rest is `unavailable` until the next one. */
  budget?: number;
}

const CANARIES = ['semver', '@octokit/rest'];
const TIMEOUT_MS = 10_000;
const CONCURRENCY = 8;
const BUDGET = 200;

/** The public registry's own caches keep a document as long. */
const POSITIVE_LIFE_MS = 5 * 60_000;
const NEGATIVE_LIFE_MS = 10 * 60_000;
const CANARY_LIFE_MS = 60_000;

/** Before the one more try that a fault of the network or of the server gets. */
const RETRY_PAUSE_MS = 500;

/** So many failures in a row, and we leave the registry alone for a while. */
const FAILURES_BEFORE_PAUSE = 8;
const PAUSE_MS = 30_000;

/** Names remembered; the ones longest unused are forgotten first. */
const MAX_REMEMBERED = 2000;

/** npm's stand-ins for names that were taken down are versions such as `0.0.1-security` and `0.0.1-security.0`. */
const PLACEHOLDER_VERSION = /-security(\.\d+)?$/;

type Form = NpmQuestion['form'];

/** What is remembered of a name between look-ups. */
interface Remembered {
  answer: PackageAnswer | null;
  /** How the answer was asked for; in full serves for both. */
  form: Form;
  /** Until when `answer` is given without asking, in milliseconds. */
  freshUntil: number;
  etag: string | null;
  /** "No such package", as first heard and as confirmed: at most two, kept while the name stays absent. */
  misses: readonly { at: string; status: number }[];
}

const NOTHING: Remembered = { answer: null, form: 'abbreviated', freshUntil: 0, etag: null, misses: [] };

/**
 * npm's registry. A name counts as absent only after two answers "no such package" with `confirmAfterMs` between them,
 * the second past all caches and while the canaries answer; every other failure is `unavailable`. Answers are remembered,
 * a name is never asked for twice at once, and a `Retry-After` holds for every name.
 */
export function createNpmRegistry(options: NpmRegistryOptions): PackageRegistry {
  const { confirmAfterMs, waitForConfirmation, clock, sleep } = options;
  const { canaries = CANARIES, timeoutMs = TIMEOUT_MS, concurrency = CONCURRENCY, budget = BUDGET } = options;
  const registry = options.registry ?? defaultNpmRegistry();

  const limit = createLimit(concurrency);
  const remembered = new Map<string, Remembered>();
  const underWay = new Map<string, Promise<PackageAnswer>>();
  let paused = { until: 0, cause: '', status: null as number | null };
  let failuresInARow = 0;
  let canariesSeenAt = Number.NEGATIVE_INFINITY;
  let canaryCheck: Promise<string | null> | null = null;

  async function lookUp(names: readonly string[], inFull: ReadonlySet<string> = new Set()): Promise<PackageAnswer[]> {
    let asked = 0;
    const formOf = (name: string): Form => (inFull.has(name) ? 'full' : 'abbreviated');
    const first = await Promise.all(
      names.map(async (name) => {
        const form = formOf(name);
        return standingAnswer(name, form) ?? (++asked > budget ? overBudget() : answerOnce(name, form, false));
      }),
    );
    const waits = waitForConfirmation || confirmAfterMs <= 0;
    if (!waits || !first.some((answer) => answer.state === 'confirming')) return first;
    await sleep(confirmAfterMs);
    return Promise.all(
      first.map((answer, index) => {
        const name = names[index]!;
        return answer.state === 'confirming' ? answerOnce(name, formOf(name), true) : answer;
      }),
    );
  }

  /** Two callers that want the same name at the same time share one answer. */
  function answerOnce(name: string, form: Form, waited: boolean): Promise<PackageAnswer> {
    const key = `${form} ${name}`;
    const already = underWay.get(key) ?? underWay.get(`full ${name}`);
    if (already) return already;
    const answer = answerFor(name, form, waited).finally(() => underWay.delete(key));
    underWay.set(key, answer);
    return answer;
  }

  async function answerFor(name: string, form: Form, waited: boolean): Promise<PackageAnswer> {
    if (!validateName(name).validForOldPackages) return unavailable('that is not a name it can be asked for');
    const standing = waited ? null : standingAnswer(name, form);
    if (standing) return standing;
    const known = recall(name);
    const confirms = known.misses.length > 0;
    // An ETag is good for the form it came with.
    const asks = confirms || known.form === 'full' ? 'full' : form;
    const etag = confirms || known.form !== asks ? null : known.etag;
    const reply = await ask(name, { form: asks, fresh: confirms, etag });
    if (reply.kind !== 'too-large' || asks === 'abbreviated') return conclude(name, known, asks, reply);
    // Dates and licences are then for others to say; whether it exists is not.
    return conclude(name, known, 'abbreviated', await ask(name, { form: 'abbreviated', fresh: confirms, etag: null }));
  }

  /** What is still true of a name without asking; `null` where it must be asked for. */
  function standingAnswer(name: string, form: Form): PackageAnswer | null {
    const { answer, form: had, freshUntil, misses } = recall(name);
    const isEnough = had === 'full' || form === 'abbreviated' || answer?.state !== 'exists';
    if (answer && isEnough && now() < freshUntil) return answer;
    const [miss] = misses;
    if (!miss || misses.length > 1) return null;
    const retryAt = Date.parse(miss.at) + confirmAfterMs;
    return now() < retryAt ? confirming(miss.status, retryAt) : null;
  }

  async function conclude(name: string, known: Remembered, form: Form, reply: NpmReply): Promise<PackageAnswer> {
    switch (reply.kind) {
      case 'document':
        return keep(name, answerOf(reply.document), POSITIVE_LIFE_MS, reply.etag, form);
      case 'unchanged':
        if (!known.answer) return unavailable('it answered 304 to a question without a condition', 304);
        return keep(name, { ...known.answer, askedAt: askedAt() }, POSITIVE_LIFE_MS, known.etag, known.form);
      case 'unpublished':
        return keep(name, { ...heard(), state: 'unpublished', at: reply.at }, NEGATIVE_LIFE_MS);
      case 'refused':
        return { ...heard(), state: 'private', status: reply.status };
      case 'not-found':
        return concludeMiss(name, known, reply.status);
      case 'too-large':
        return unavailable(reply.cause);
      case 'no-answer':
        return unavailable(reply.cause, reply.status, readRetryAfter(reply.retryAfter, clock()));
    }
  }

  async function concludeMiss(name: string, known: Remembered, status: number): Promise<PackageAnswer> {
    const misses = [...known.misses, { at: askedAt(), status }].slice(0, 2);
    remember(name, { ...NOTHING, misses });
    if (misses.length < 2) return confirming(status, now() + confirmAfterMs);
    const sick = await findSickness();
    if (sick !== null) return unavailable(sick);
    const answer: PackageAnswer = { ...heard(), state: 'absent', status, answers: misses };
    remember(name, { ...NOTHING, answer, freshUntil: now() + NEGATIVE_LIFE_MS, misses });
    return answer;
  }

  /** Why "no such package" cannot be believed just now; `null` when it can. npm once answered 404 to every scoped name for hours. */
  function findSickness(): Promise<string | null> {
    if (now() - canariesSeenAt < CANARY_LIFE_MS) return Promise.resolve(null);
    canaryCheck ??= checkCanaries().finally(() => {
      canaryCheck = null;
    });
    return canaryCheck;
  }

  async function checkCanaries(): Promise<string | null> {
    const replies = await Promise.all(
      canaries.map((name) => ask(name, { form: 'abbreviated', fresh: true, etag: null })),
    );
    const silent = canaries.find((_, index) => replies[index]!.kind !== 'document');
    if (silent !== undefined) return `it does not find "${silent}" either, which is certainly there`;
    canariesSeenAt = now();
    return null;
  }

  async function ask(
    name: string,
    how: { form: 'abbreviated' | 'full'; fresh: boolean; etag: string | null },
  ): Promise<NpmReply> {
    return limit(async () => {
      for (let attempt = 1; ; attempt++) {
        if (now() < paused.until) return pausedReply();
        const reply = await askNpm({ registry, name, timeoutMs, ...how });
        heed(reply);
        if (attempt === 2 || !isWorthRetrying(reply)) return reply;
        await sleep(RETRY_PAUSE_MS);
      }
    });
  }

  /** Learns from an answer when the whole registry had better be left alone. */
  function heed(reply: NpmReply): void {
    if (reply.kind !== 'no-answer') {
      failuresInARow = 0;
      return;
    }
    const { cause, status } = reply;
    const retryAt = readRetryAfter(reply.retryAfter, clock());
    if (status === null || status === 408 || status === 429 || status >= 500) failuresInARow++;
    if (retryAt !== null) paused = { until: Date.parse(retryAt), cause, status };
    else if (failuresInARow >= FAILURES_BEFORE_PAUSE) paused = { until: now() + PAUSE_MS, cause, status };
  }

  function pausedReply(): NpmReply {
    return { kind: 'no-answer', ...paused, retryAfter: writeRetryAfter(paused.until) };
  }

  function answerOf(document: NpmDocument): PackageAnswer {
    const { tags, description, withInstallScript, withProvenance, history } = document;
    const versions = Object.keys(document.versions);
    if (versions.length === 0) return { ...heard(), state: 'unpublished', at: null };
    const isPlaceholder = PLACEHOLDER_VERSION.test(tags.latest ?? '') || description === 'security holding package';
    if (isPlaceholder) return { ...heard(), state: 'placeholder' };
    const deprecated = Object.entries(document.versions).filter(
      (entry): entry is [string, string] => entry[1] !== null,
    );
    return {
      ...heard(),
      state: 'exists',
      versions,
      tags,
      deprecated: Object.fromEntries(deprecated),
      ...(withInstallScript.length > 0 && { withInstallScript }),
      ...(withProvenance.length > 0 && { withProvenance }),
      ...(history && { history }),
    };
  }

  function keep(
    name: string,
    answer: PackageAnswer,
    lifeMs: number,
    etag: string | null = null,
    form: Form = 'abbreviated',
  ): PackageAnswer {
    remember(name, { answer, form, freshUntil: now() + lifeMs, etag, misses: [] });
    return answer;
  }

  function recall(name: string): Remembered {
    const known = remembered.get(name);
    if (!known) return NOTHING;
    remember(name, known);
    return known;
  }

  function remember(name: string, known: Remembered): void {
    remembered.delete(name);
    remembered.set(name, known);
    if (remembered.size > MAX_REMEMBERED) remembered.delete(remembered.keys().next().value!);
  }

  function confirming(status: number, retryAt: number): PackageAnswer {
    return { ...heard(), state: 'confirming', status, retryAt: new Date(retryAt).toISOString() };
  }

  function unavailable(cause: string, status: number | null = null, retryAt: string | null = null): PackageAnswer {
    return { ...heard(), state: 'unavailable', cause, status, retryAt };
  }

  function overBudget(): PackageAnswer {
    return unavailable(`it is asked for at most ${budget} names at once; this one waits for the next time`);
  }

  function heard(): { registry: string; askedAt: string } {
    return { registry, askedAt: askedAt() };
  }

  function askedAt(): string {
    return clock().toISOString();
  }

  function now(): number {
    return clock().getTime();
  }

  return { lookUp };
}

/** A dropped connection or a stumbling server may do better at once; one that says how busy it is will not. */
function isWorthRetrying(reply: NpmReply): boolean {
  if (reply.kind !== 'no-answer' || reply.retryAfter !== null) return false;
  return reply.status === null || reply.status === 408 || reply.status >= 500;
}
