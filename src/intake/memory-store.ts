import type { Mark, WorkStore } from './store.ts';
import { type Work, workKey } from './work.ts';

/** How many delivery ids are remembered; GitHub's own record of deliveries goes back three days. */
const REMEMBERED_DELIVERIES = 20_000;

interface Entry {
  work: Work;
  dueAt: number | null;
  sequence: number;
  /** The sequence under which somebody holds it. */
  claimedAs: number | null;
  failures: number;
  rechecks: number;
}

/** Work in memory: for one process, forgotten when it ends. */
export function createMemoryStore(): WorkStore {
  const entries = new Map<string, Entry>();
  const deliveries = new Set<string>();
  const listeners = new Set<() => void>();
  // One for all keys, so that a key forgotten and marked again cannot repeat a number.
  let sequence = 0;

  function markAll(marks: readonly Mark[]): void {
    for (const { work, dueAt } of marks) {
      const key = workKey(work);
      const entry = entries.get(key) ?? { work, dueAt: null, sequence: 0, claimedAs: null, failures: 0, rechecks: 0 };
      entry.work = work;
      entry.sequence = ++sequence;
      entry.dueAt = entry.dueAt === null ? dueAt : Math.min(entry.dueAt, dueAt);
      entries.set(key, entry);
    }
    if (marks.length > 0) for (const listener of listeners) listener();
  }

  function remember(deliveryId: string): void {
    deliveries.add(deliveryId);
    if (deliveries.size <= REMEMBERED_DELIVERIES) return;
    const [oldest] = deliveries;
    if (oldest !== undefined) deliveries.delete(oldest);
  }

  return {
    async accept(deliveryId, marks) {
      if (deliveries.has(deliveryId)) return false;
      remember(deliveryId);
      markAll(marks);
      return true;
    },

    async mark(marks) {
      markAll(marks);
    },

    async claim(now) {
      let chosen: [string, Entry] | undefined;
      for (const [key, entry] of entries) {
        if (entry.claimedAs !== null || entry.dueAt === null || entry.dueAt > now) continue;
        if (!chosen || entry.dueAt < (chosen[1].dueAt ?? 0)) chosen = [key, entry];
      }
      if (!chosen) return null;
      const [key, entry] = chosen;
      entry.claimedAs = entry.sequence;
      entry.dueAt = null;
      const { work, sequence, failures, rechecks } = entry;
      return { key, work, sequence, failures, rechecks };
    },

    async isCurrent(claim) {
      return entries.get(claim.key)?.sequence === claim.sequence;
    },

    async finish(claim, again) {
      const entry = entries.get(claim.key);
      if (!entry || entry.claimedAs !== claim.sequence) return;
      entry.claimedAs = null;
      entry.failures = again?.failed ? entry.failures + 1 : 0;
      entry.rechecks = again && !again.failed ? entry.rechecks + 1 : 0;
      if (again) {
        entry.sequence = ++sequence;
        entry.dueAt = entry.dueAt === null ? again.dueAt : Math.min(entry.dueAt, again.dueAt);
      }
      if (entry.dueAt === null) entries.delete(claim.key);
      for (const listener of listeners) listener();
    },

    async nextDueAt() {
      let next: number | null = null;
      for (const entry of entries.values()) {
        if (entry.claimedAs !== null || entry.dueAt === null) continue;
        next = next === null ? entry.dueAt : Math.min(next, entry.dueAt);
      }
      return next;
    },

    async stats(now) {
      const waiting = [...entries.values()].filter(({ claimedAs, dueAt }) => claimedAs === null && dueAt !== null);
      const due = waiting.flatMap(({ dueAt }) => (dueAt !== null && dueAt <= now ? [dueAt] : []));
      return {
        waiting: waiting.length,
        due: due.length,
        oldestDueAt: due.length === 0 ? null : due.reduce((one, other) => Math.min(one, other)),
        claimed: [...entries.values()].filter(({ claimedAs }) => claimedAs !== null).length,
        dead: 0,
      };
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
