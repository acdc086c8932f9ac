import { type Claim, type KeptFact, LONGEST_HOLD_MS, type Mark, type Outcome, type WorkStore } from './store.ts';
import { type Work, workKey } from './work.ts';

/** How many delivery ids are remembered; GitHub's own record of deliveries goes back three days. */
const REMEMBERED_DELIVERIES = 20_000;

interface Entry {
  work: Work;
  dueAt: number | null;
  sequence: number;
  /** Who holds it, and until when. */
  held: { token: number; until: number } | null;
  failures: number;
  rechecks: number;
  dead: boolean;
  delivery: string | null;
}

/** Work in memory: for one process, forgotten when it ends. For tests, and a model of what the others must do. */
export function createMemoryStore(): WorkStore {
  const entries = new Map<string, Entry>();
  const deliveries = new Set<string>();
  const facts = new Map<string, KeptFact[]>();
  const listeners = new Set<() => void>();
  const cursors = new Map<string, string>();
  const leaders = new Map<string, { holder: string; until: number }>();
  /** By installation: when its turn last came, in the order of turns, and until when it is left alone. */
  const turns = new Map<number, { served: number; heldOffUntil: number }>();
  // One for everything that is counted, so that a key forgotten and marked again cannot repeat a number.
  let count = 0;

  function markAll(marks: readonly Mark[]): void {
    for (const { work, dueAt, delivery = null } of marks) {
      const key = workKey(work);
      const entry = entries.get(key) ?? newEntry(work);
      entry.delivery = delivery ?? entry.delivery;
      if (entry.dead) Object.assign(entry, { dead: false, failures: 0 });
      Object.assign(entry, { work, sequence: ++count, dueAt: earlier(entry.dueAt, dueAt), rechecks: 0 });
      entries.set(key, entry);
    }
    if (marks.length > 0) wake();
  }

  function wake(): void {
    for (const listener of listeners) listener();
  }

  function remember(deliveryId: string): void {
    deliveries.add(deliveryId);
    if (deliveries.size <= REMEMBERED_DELIVERIES) return;
    const [oldest] = deliveries;
    if (oldest !== undefined) deliveries.delete(oldest);
  }

  function turnOf(installation: number) {
    return turns.get(installation) ?? { served: 0, heldOffUntil: 0 };
  }

  /** When an entry can be taken. */
  function freeAt({ work, dueAt, held }: Entry): number | null {
    // Somebody holds it: should they vanish, it is free when their lease ends, marked or not.
    const at = held ? held.until : dueAt;
    return at === null ? null : Math.max(at, turnOf(work.installation).heldOffUntil);
  }

  function findHeld({ key, token }: Claim): Entry | null {
    const entry = entries.get(key);
    return entry?.held?.token === token ? entry : null;
  }

  function handBack(entry: Entry, outcome: Outcome | undefined): void {
    const remarked = entry.dueAt !== null;
    entry.held = null;
    const because = outcome?.state === 'again' ? outcome.because : null;
    if (outcome?.state === 'held-off') {
      const turn = turnOf(entry.work.installation);
      turns.set(entry.work.installation, { ...turn, heldOffUntil: Math.max(turn.heldOffUntil, outcome.until) });
      entry.dueAt = earlier(entry.dueAt, outcome.until);
      return;
    }
    entry.failures = because === 'failed' ? entry.failures + 1 : 0;
    entry.rechecks = because === 'missing' ? entry.rechecks + 1 : 0;
    if (outcome?.state === 'again') {
      entry.sequence = ++count;
      entry.dueAt = earlier(entry.dueAt, outcome.dueAt);
    }
    entry.dead = outcome?.state === 'dead' && !remarked;
  }

  return {
    async accept(deliveryId, marks) {
      if (deliveries.has(deliveryId)) return false;
      remember(deliveryId);
      for (const { work, fact } of marks) {
        if (fact) facts.set(workKey(work), [...(facts.get(workKey(work)) ?? []), { deliveryId, fact }]);
      }
      markAll(marks.map((mark) => ({ ...mark, delivery: deliveryId })));
      return true;
    },

    async readFacts(key) {
      return facts.get(key) ?? [];
    },

    async forgetFacts(key, deliveryIds) {
      const kept = (facts.get(key) ?? []).filter(({ deliveryId }) => !deliveryIds.includes(deliveryId));
      if (kept.length > 0) facts.set(key, kept);
      else facts.delete(key);
    },

    async accepted(deliveryIds) {
      return new Set(deliveryIds.filter((id) => deliveries.has(id)));
    },

    async mark(marks) {
      markAll(marks);
    },

    async claim({ now, leaseMs, except = [] }) {
      const free = [...entries].filter(([, entry]) => {
        const at = freeAt(entry);
        return at !== null && at <= now && !except.includes(entry.work.installation);
      });
      const [chosen] = free.sort(
        ([, one], [, other]) =>
          turnOf(one.work.installation).served - turnOf(other.work.installation).served ||
          (freeAt(one) ?? 0) - (freeAt(other) ?? 0),
      );
      if (!chosen) return null;
      const [key, entry] = chosen;
      const token = ++count;
      turns.set(entry.work.installation, { ...turnOf(entry.work.installation), served: token });
      if (entry.held) entry.failures++;
      Object.assign(entry, { held: { token, until: now + leaseMs }, dueAt: null });
      const { work, sequence, failures, rechecks, delivery } = entry;
      return { key, work, sequence, token, failures, rechecks, delivery };
    },

    async heartbeat(claims, { now, leaseMs }) {
      const ours = claims.flatMap((claim) => findHeld(claim)?.held ?? []);
      for (const held of ours) held.until = now + leaseMs;
      return new Set(ours.map(({ token }) => token));
    },

    async isCurrent(claim) {
      return findHeld(claim)?.sequence === claim.sequence;
    },

    async finish(claim, outcome) {
      const entry = findHeld(claim);
      if (!entry) return;
      handBack(entry, outcome);
      if (entry.dueAt === null && !entry.dead) entries.delete(claim.key);
      wake();
    },

    async nextDueAt({ except = [] } = {}) {
      let next: number | null = null;
      for (const entry of entries.values()) {
        if (!except.includes(entry.work.installation)) next = earlier(next, freeAt(entry));
      }
      return next;
    },

    async revive(installation, dueAt) {
      const dead = [...entries.values()].filter((entry) => entry.dead && entry.work.installation === installation);
      markAll(dead.map(({ work }) => ({ work, dueAt })));
      return dead.length;
    },

    async lead(name, holder, { now, leaseMs }) {
      const leader = leaders.get(name);
      if (leader && leader.holder !== holder && leader.until > now) return false;
      leaders.set(name, { holder, until: now + leaseMs });
      return true;
    },

    async stepDown(name, holder) {
      if (leaders.get(name)?.holder === holder) leaders.delete(name);
    },

    async readCursor(name) {
      return cursors.get(name) ?? null;
    },

    async writeCursor(name, value) {
      cursors.set(name, value);
    },

    async stats(now) {
      const all = [...entries.values()];
      const waiting = all.flatMap(({ held, dueAt }) => (held || dueAt === null ? [] : [dueAt]));
      const due = waiting.filter((dueAt) => dueAt <= now);
      return {
        waiting: waiting.length,
        due: due.length,
        oldestDueAt: due.length === 0 ? null : Math.min(...due),
        claimed: all.filter(({ held }) => held !== null).length,
        dead: all.filter(({ dead }) => dead).length,
      };
    },

    async prune(now) {
      // The number of remembered deliveries is bounded as it is.
      for (const [installation, turn] of turns) {
        if (turn.heldOffUntil > now + LONGEST_HOLD_MS) turns.set(installation, { ...turn, heldOffUntil: 0 });
      }
      wake();
    },

    onMark(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    async close() {
      entries.clear();
      listeners.clear();
    },
  };
}

function newEntry(work: Work): Entry {
  return { work, dueAt: null, sequence: 0, held: null, failures: 0, rechecks: 0, dead: false, delivery: null };
}

function earlier(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}
