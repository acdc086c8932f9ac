import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TickFact } from '../model/tick-fact.ts';
import { createBatch } from './batch.ts';
import { SQLITE_MIGRATIONS } from './migrations/sqlite.ts';
import { LONGEST_HOLD_MS, type Mark, StoreUnavailable, type WorkStore } from './store.ts';
import { type Work, workKey } from './work.ts';

/** GitHub Enterprise Server delivers again for seven days, github.com for three. */
const REMEMBERED_DAYS = 8;
const OUTDATED = `received_at < (unixepoch() - ${REMEMBERED_DAYS} * 86400) * 1000`;

type Row = Record<string, unknown>;

/**
 * Work in a file, for one process. What is asked for in one turn of the event loop is written in one transaction, and
 * so waits for the disk once.
 */
export function openSqliteStore(path: string): WorkStore {
  makeFolder(path);
  const lock = lockOut(path);
  const database = openDatabase(path, lock);
  const sql = prepare(database);
  const listeners = new Set<() => void>();
  // Whoever held work is gone, for we have the lock: it is free at once.
  database.exec('UPDATE work SET held_until = 0 WHERE token IS NOT NULL; DELETE FROM leader;');
  // Numbers only have to differ from those that are in the table or in the hands of this process.
  let count = Number(sql.highest.get()?.highest ?? 0);
  const write = createBatch((run) => inTransaction(database, run));

  function markAll(marks: readonly Mark[]): void {
    for (const { work, dueAt, delivery = null } of marks) {
      const { installation } = work;
      sql.addTurn.run({ installation });
      const row = { key: workKey(work), installation, work: JSON.stringify(work), dueAt, delivery };
      sql.mark.run({ ...row, sequence: ++count });
    }
  }

  function wake(): void {
    for (const listener of listeners) listener();
  }

  async function writeAndWake<T>(run: () => T): Promise<T> {
    const result = await write(run);
    wake();
    return result;
  }

  return {
    accept(deliveryId, marks) {
      const record = () => {
        if (sql.addDelivery.run({ id: deliveryId }).changes === 0) return false;
        markAll(marks.map((mark) => ({ ...mark, delivery: deliveryId })));
        for (const { work, fact } of marks) {
          if (fact) sql.addFact.run({ key: workKey(work), delivery: deliveryId, fact: JSON.stringify(fact) });
        }
        return true;
      };
      return marks.length > 0 ? writeAndWake(record) : write(record);
    },

    async readFacts(key) {
      return sql.readFacts.all({ key }).map(({ delivery, fact }) => ({
        deliveryId: String(delivery),
        fact: JSON.parse(String(fact)) as TickFact,
      }));
    },

    forgetFacts: (key, deliveryIds) =>
      write(() => {
        for (const delivery of deliveryIds) sql.forgetFact.run({ key, delivery });
      }),

    async accepted(deliveryIds) {
      return new Set(deliveryIds.filter((id) => sql.findDelivery.get({ id }) !== undefined));
    },

    mark: (marks) => writeAndWake(() => markAll(marks)),

    claim: ({ now, leaseMs, except = [] }) =>
      write(() => {
        const found = sql.findFree.get({ now, except: JSON.stringify(except) });
        if (!found) return null;
        const token = ++count;
        const row = sql.take.get({ key: String(found.key), token, until: now + leaseMs }) as Row;
        sql.serve.run({ installation: Number(row.installation), served: token });
        return {
          key: String(row.key),
          work: JSON.parse(String(row.work)) as Work,
          sequence: Number(row.sequence),
          token,
          failures: Number(row.failures),
          rechecks: Number(row.rechecks),
          delivery: row.delivery === null ? null : String(row.delivery),
        };
      }),

    heartbeat: (claims, { now, leaseMs }) =>
      write(() => {
        const ours = claims.filter(({ token, key }) => sql.keep.run({ key, token, until: now + leaseMs }).changes > 0);
        return new Set(ours.map(({ token }) => token));
      }),

    async isCurrent({ key, token, sequence }) {
      return sql.isCurrent.get({ key, token, sequence }) !== undefined;
    },

    finish: ({ key, token, work }, outcome) =>
      writeAndWake(() => {
        switch (outcome?.state) {
          case 'held-off':
            if (sql.release.run({ key, token, dueAt: outcome.until }).changes === 0) return;
            sql.holdOff.run({ installation: work.installation, until: outcome.until });
            return;
          case 'again':
            sql.again.run({ key, token, dueAt: outcome.dueAt, because: outcome.because, sequence: ++count });
            return;
          case 'dead':
            sql.done.run({ key, token, dead: 1 });
            return;
          default:
            if (sql.remove.run({ key, token }).changes === 0) sql.done.run({ key, token, dead: 0 });
        }
      }),

    async nextDueAt({ except = [] } = {}) {
      const next = sql.nextFree.get({ except: JSON.stringify(except) })?.next ?? null;
      return next === null ? null : Number(next);
    },

    revive: (installation, dueAt) =>
      writeAndWake(() => Number(sql.revive.run({ installation, dueAt, sequence: ++count }).changes)),

    lead: (name, holder, { now, leaseMs }) =>
      write(() => sql.lead.run({ name, holder, now, until: now + leaseMs }).changes > 0),

    stepDown: (name, holder) => write(() => void sql.stepDown.run({ name, holder })),

    async readCursor(name) {
      const found = sql.readCursor.get({ name });
      return found ? String(found.value) : null;
    },

    writeCursor: (name, value) => write(() => void sql.writeCursor.run({ name, value })),

    async stats(now) {
      const row = sql.stats.get({ now }) as Row;
      return {
        waiting: Number(row.waiting),
        due: Number(row.due),
        oldestDueAt: row.oldest === null ? null : Number(row.oldest),
        claimed: Number(row.claimed),
        dead: Number(row.dead),
      };
    },

    prune: (now) =>
      writeAndWake(() => {
        sql.prune.run();
        sql.pruneFacts.run();
        sql.pruneHolds.run({ latest: now + LONGEST_HOLD_MS });
      }),

    onMark(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    async close() {
      listeners.clear();
      await write(() => {});
      database.close();
      lock.close();
    },
  };
}

/** SQLite's code for “somebody else has it”. */
const BUSY = 5;

/**
 * Keeps every other process from this database, for as long as the process lives and not a moment longer: the lock is
 * one of the operating system's. It stands on a file beside the database, so that backups can read along.
 */
function lockOut(path: string): DatabaseSync {
  const lock = openFile(`${path}.lock`, path);
  try {
    lock.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    if ((error as { errcode?: number }).errcode !== BUSY) throw unusable(path, error);
    throw new StoreUnavailable(
      `The database ${path} is in use by another process. A SQLite database serves one process: stop the other one, give this one a DATABASE_URL of its own, or use PostgreSQL (postgres://…) for several.`,
      { cause: error },
    );
  }
}

/** Opens it and brings its schema up to date; where that cannot be, lets go of it. */
function openDatabase(path: string, lock: DatabaseSync): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = openFile(path, path);
    // FULL: an acknowledged delivery survives the power going, not only the process.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000');
    migrate(database, path);
    return database;
  } catch (error) {
    database?.close();
    lock.close();
    throw error instanceof StoreUnavailable ? error : unusable(path, error);
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    throw unusable(path, error);
  }
}

function openFile(file: string, path: string): DatabaseSync {
  try {
    return new DatabaseSync(file);
  } catch (error) {
    throw unusable(path, error);
  }
}

function unusable(path: string, error: unknown): StoreUnavailable {
  const cause = error instanceof Error ? error.message : String(error);
  return new StoreUnavailable(
    `The database ${path} cannot be used (${cause}). DATABASE_URL must name a SQLite file, or a new one in a folder in which the user that runs Composure may write.`,
    { cause: error },
  );
}

function migrate(database: DatabaseSync, path: string): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.user_version);
  if (version > SQLITE_MIGRATIONS.length) {
    throw new StoreUnavailable(
      `The database ${path} was made by a newer Composure (its schema is ${version}, this one knows ${SQLITE_MIGRATIONS.length}). Install that version again, or start with another DATABASE_URL.`,
    );
  }
  for (const [index, migration] of SQLITE_MIGRATIONS.entries()) {
    if (index < version) continue;
    // Both in one transaction: a step is taken wholly or not at all.
    inTransaction(database, () => database.exec(`${migration}; PRAGMA user_version = ${index + 1}`));
  }
}

function inTransaction<T>(database: DatabaseSync, run: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = run();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function prepare(database: DatabaseSync) {
  const statement = (text: string) => database.prepare(text);
  return {
    highest: statement('SELECT max(max(sequence), coalesce(max(token), 0)) AS highest FROM work'),
    addDelivery: statement('INSERT INTO delivery (id) VALUES (:id) ON CONFLICT DO NOTHING'),
    findDelivery: statement('SELECT 1 FROM delivery WHERE id = :id'),
    addFact: statement(
      'INSERT INTO tick_fact (key, delivery, fact) VALUES (:key, :delivery, :fact) ON CONFLICT DO NOTHING',
    ),
    readFacts: statement('SELECT delivery, fact FROM tick_fact WHERE key = :key ORDER BY rowid'),
    forgetFact: statement('DELETE FROM tick_fact WHERE key = :key AND delivery = :delivery'),
    addTurn: statement('INSERT INTO turn (installation) VALUES (:installation) ON CONFLICT DO NOTHING'),
    mark: statement(`
      INSERT INTO work (key, installation, work, due_at, sequence, delivery)
      VALUES (:key, :installation, :work, :dueAt, :sequence, :delivery)
      ON CONFLICT (key) DO UPDATE SET
        work = excluded.work,
        delivery = coalesce(excluded.delivery, delivery),
        sequence = excluded.sequence,
        due_at = min(coalesce(due_at, excluded.due_at), excluded.due_at),
        failures = CASE WHEN dead THEN 0 ELSE failures END,
        rechecks = 0,
        dead = 0`),
    findFree: statement(`
      SELECT (SELECT key FROM work WHERE installation = turn.installation AND free_at <= :now ORDER BY free_at LIMIT 1) AS key
      FROM turn
      WHERE held_off_until <= :now AND key IS NOT NULL AND installation NOT IN (SELECT value FROM json_each(:except))
      ORDER BY served LIMIT 1`),
    // That its hand vanished counts as a failure: work that kills its worker must not do so for ever.
    take: statement(`
      UPDATE work SET failures = failures + (token IS NOT NULL), token = :token, held_until = :until, due_at = NULL
      WHERE key = :key
      RETURNING key, installation, work, sequence, failures, rechecks, delivery`),
    serve: statement('UPDATE turn SET served = :served WHERE installation = :installation'),
    keep: statement('UPDATE work SET held_until = :until WHERE key = :key AND token = :token'),
    isCurrent: statement('SELECT 1 FROM work WHERE key = :key AND token = :token AND sequence = :sequence'),
    remove: statement('DELETE FROM work WHERE key = :key AND token = :token AND due_at IS NULL'),
    done: statement(`
      UPDATE work SET token = NULL, failures = 0, rechecks = 0, dead = :dead AND due_at IS NULL
      WHERE key = :key AND token = :token`),
    again: statement(`
      UPDATE work SET token = NULL, sequence = :sequence, due_at = min(coalesce(due_at, :dueAt), :dueAt),
        failures = CASE :because WHEN 'failed' THEN failures + 1 ELSE 0 END,
        rechecks = CASE :because WHEN 'missing' THEN rechecks + 1 ELSE 0 END
      WHERE key = :key AND token = :token`),
    release: statement(`
      UPDATE work SET token = NULL, due_at = min(coalesce(due_at, :dueAt), :dueAt) WHERE key = :key AND token = :token`),
    holdOff: statement(
      'UPDATE turn SET held_off_until = max(held_off_until, :until) WHERE installation = :installation',
    ),
    nextFree: statement(`
      SELECT min(max(free_at, held_off_until)) AS next FROM work JOIN turn USING (installation)
      WHERE free_at IS NOT NULL AND installation NOT IN (SELECT value FROM json_each(:except))`),
    revive: statement(`
      UPDATE work SET dead = 0, failures = 0, due_at = :dueAt, sequence = :sequence
      WHERE dead AND installation = :installation`),
    lead: statement(`
      INSERT INTO leader (name, holder, until) VALUES (:name, :holder, :until)
      ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
      WHERE holder = excluded.holder OR until <= :now`),
    stepDown: statement('DELETE FROM leader WHERE name = :name AND holder = :holder'),
    readCursor: statement('SELECT value FROM cursor WHERE name = :name'),
    writeCursor: statement(`
      INSERT INTO cursor (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value`),
    stats: statement(`
      SELECT
        count(*) FILTER (WHERE token IS NULL AND due_at IS NOT NULL) AS waiting,
        count(*) FILTER (WHERE token IS NULL AND due_at <= :now) AS due,
        min(due_at) FILTER (WHERE token IS NULL AND due_at <= :now) AS oldest,
        count(token) AS claimed,
        count(*) FILTER (WHERE dead) AS dead
      FROM work`),
    prune: statement(`DELETE FROM delivery WHERE ${OUTDATED}`),
    pruneFacts: statement(`DELETE FROM tick_fact WHERE ${OUTDATED}`),
    pruneHolds: statement('UPDATE turn SET held_off_until = 0 WHERE held_off_until > :latest'),
  };
}
