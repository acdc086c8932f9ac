import { Pool, type PoolConfig, type QueryResultRow } from 'pg';
import type { TickFact } from '../model/tick-fact.ts';
import { createAsyncBatch } from './batch.ts';
import { POSTGRES_MIGRATIONS } from './migrations/postgres.ts';
import { listen } from './postgres-listener.ts';
import { STATEMENTS } from './postgres-statements.ts';
import { type Claim, LONGEST_HOLD_MS, type Mark, type Outcome, StoreUnavailable, type WorkStore } from './store.ts';
import { type Work, workKey } from './work.ts';

/** Connections of one replica, beside the one that listens. */
const CONNECTIONS = 10;

/** How long a connection, or a place among them, is waited for: less than GitHub waits for its answer. */
const CONNECT_TIMEOUT_MS = 8_000;

/** No statement of ours takes long; one that does is stuck, and its caller better off knowing. */
const STATEMENT_TIMEOUT_MS = 10_000;

/** Migrations take this lock, so that replicas which start together do them once. Any number no one else uses. */
const MIGRATION_LOCK = 7_241_902_113;

/** PostgreSQL found two transactions waiting for each other and gave up this one, which may simply be tried again. */
const DEADLOCK = '40P01';

/** What PostgreSQL says of values that it cannot take: its classes 22 and 23. */
function isDataError(error: unknown): boolean {
  return /^2[23]/.test(String((error as { code?: unknown }).code));
}

interface Arrival {
  deliveryId: string;
  marks: readonly Mark[];
}

/**
 * Work in PostgreSQL, for any number of processes. Deliveries that arrive together are written in one transaction.
 * `onError` hears of connections that broke while nobody used them.
 */
export async function openPostgresStore(url: string, onError: (error: Error) => void): Promise<WorkStore> {
  const config: PoolConfig = {
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'composure',
  };
  const pool = new Pool({ ...config, statement_timeout: STATEMENT_TIMEOUT_MS });
  pool.on('error', onError);
  await migrate(pool).catch(async (error: unknown) => {
    await pool.end();
    throw error;
  });
  const listeners = new Set<() => void>();
  const wake = () => {
    for (const listener of listeners) listener();
  };
  const listener = listen(config, wake);

  async function query<Row extends QueryResultRow>(name: keyof typeof STATEMENTS, values: unknown[] = []) {
    const statement = { name, text: STATEMENTS[name], values };
    try {
      return await pool.query<Row>(statement);
    } catch (error) {
      if ((error as { code?: string }).code !== DEADLOCK) throw error;
      return pool.query<Row>(statement);
    }
  }

  /** Tells ourselves at once, and the others without waiting for them: who does not hear it finds it a little later. */
  function tell(): void {
    wake();
    tellOthers();
  }

  let telling: Promise<unknown> | null = null;
  let tellAgain = false;

  /** One at a time, whatever was marked meanwhile: PostgreSQL lets only one transaction with a notice end at once. */
  function tellOthers(): void {
    tellAgain = telling !== null;
    telling ??= query('notify')
      .catch(onError)
      .finally(() => {
        telling = null;
        if (tellAgain) tellOthers();
      });
  }

  const acceptTogether = createAsyncBatch(async (arrivals: readonly Arrival[]) => {
    const deliveries = arrivals.map(({ deliveryId, marks }) => ({
      ...{ id: deliveryId, marks: rowsOf(marks), facts: factsOf(marks) },
    }));
    const { rows } = await query<{ id: string; marks: string }>('accept', [JSON.stringify(deliveries)]);
    if (rows.some(({ marks }) => Number(marks) > 0)) tell();
    const fresh = new Set(rows.map(({ id }) => id));
    // Of two deliveries under one id in the same batch, the first was new.
    return arrivals.map(({ deliveryId }) => fresh.delete(deliveryId));
  }, isDataError);

  return {
    accept: (deliveryId, marks) => acceptTogether({ deliveryId, marks }),

    async readFacts(key) {
      const { rows } = await query<{ delivery: string; fact: TickFact }>('readFacts', [key]);
      return rows.map(({ delivery, fact }) => ({ deliveryId: delivery, fact }));
    },

    async forgetFacts(key, deliveryIds) {
      if (deliveryIds.length > 0) await query('forgetFacts', [key, deliveryIds]);
    },

    async accepted(deliveryIds) {
      const { rows } = await query<{ id: string }>('accepted', [deliveryIds]);
      return new Set(rows.map(({ id }) => id));
    },

    async mark(marks) {
      if (marks.length === 0) return;
      await query('mark', [JSON.stringify(rowsOf(marks))]);
      tell();
    },

    async claim({ now, leaseMs, except = [] }) {
      const { rows } = await query<ClaimRow>('claim', [now, leaseMs, except]);
      return rows[0] ? claimOf(rows[0]) : null;
    },

    async heartbeat(claims, { leaseMs }) {
      const values = [claims.map(({ key }) => key), claims.map(({ token }) => token), leaseMs];
      const { rows } = await query<{ token: string }>('heartbeat', values);
      return new Set(rows.map(({ token }) => Number(token)));
    },

    async isCurrent({ key, token, sequence }) {
      return (await query('isCurrent', [key, token, sequence])).rowCount === 1;
    },

    async finish(claim, outcome) {
      await finish(claim, outcome);
      // Another replica may have left this key alone because we held it.
      if (outcome !== undefined) tell();
      else wake();
    },

    async nextDueAt({ except = [] } = {}) {
      const { rows } = await query<{ next: string | null }>('nextDueAt', [except]);
      return numberOrNull(rows[0]?.next);
    },

    async revive(installation, dueAt) {
      const { rowCount } = await query('revive', [installation, dueAt]);
      if (rowCount) tell();
      return rowCount ?? 0;
    },

    async lead(name, holder, { leaseMs }) {
      return (await query('lead', [name, holder, leaseMs])).rowCount === 1;
    },

    async stepDown(name, holder) {
      await query('stepDown', [name, holder]);
    },

    async readCursor(name) {
      const { rows } = await query<{ value: string }>('readCursor', [name]);
      return rows[0]?.value ?? null;
    },

    async writeCursor(name, value) {
      await query('writeCursor', [name, value]);
    },

    async stats(now) {
      const { rows } = await query<Record<'waiting' | 'due' | 'oldest' | 'claimed' | 'dead', string | null>>('stats', [
        now,
      ]);
      const [row] = rows;
      return {
        waiting: Number(row?.waiting),
        due: Number(row?.due),
        oldestDueAt: numberOrNull(row?.oldest),
        claimed: Number(row?.claimed),
        dead: Number(row?.dead),
      };
    },

    async prune(now) {
      await query('prune');
      await query('pruneFacts');
      const { rowCount } = await query('pruneHolds', [now + LONGEST_HOLD_MS]);
      if (rowCount) tell();
    },

    onMark(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    async close() {
      listeners.clear();
      await listener.close();
      await telling;
      await pool.end();
    },
  };

  async function finish({ key, token }: Claim, outcome: Outcome | undefined): Promise<void> {
    switch (outcome?.state) {
      case 'held-off':
        await query('heldOff', [key, token, outcome.until]);
        return;
      case 'again':
        await query('again', [key, token, outcome.dueAt, outcome.because]);
        return;
      case 'dead':
        await query('done', [key, token, true]);
        return;
      default: {
        const { rowCount } = await query('remove', [key, token]);
        // It was marked meanwhile, so it stays.
        if (rowCount === 0) await query('done', [key, token, false]);
      }
    }
  }
}

/** Brings the schema up to date. Only one process at a time does so, and the others then find it done. */
async function migrate(pool: Pool): Promise<void> {
  const client = await pool.connect().catch((error: unknown) => {
    throw new StoreUnavailable(
      `The PostgreSQL server that DATABASE_URL names could not be used: ${error instanceof Error ? error.message : String(error)}.`,
      { cause: error },
    );
  });
  try {
    await client.query('BEGIN');
    // Given back with the end of the transaction, whatever becomes of us.
    await client.query('SELECT set_config($1, $2, true), pg_advisory_xact_lock($3)', [
      'statement_timeout',
      '0',
      MIGRATION_LOCK,
    ]);
    await client.query(`
      CREATE SCHEMA IF NOT EXISTS composure;
      CREATE TABLE IF NOT EXISTS composure.schema_version (version integer NOT NULL)`);
    const { rows } = await client.query<{ version: number }>('SELECT version FROM composure.schema_version');
    const version = rows[0]?.version ?? 0;
    if (version > POSTGRES_MIGRATIONS.length) {
      throw new StoreUnavailable(
        `The PostgreSQL database that DATABASE_URL names was made by a newer Composure (its schema is ${version}, this one knows ${POSTGRES_MIGRATIONS.length}). Install that version again, or start with another database.`,
      );
    }
    for (const migration of POSTGRES_MIGRATIONS.slice(version)) await client.query(migration);
    await client.query('DELETE FROM composure.schema_version');
    await client.query('INSERT INTO composure.schema_version VALUES ($1)', [POSTGRES_MIGRATIONS.length]);
    await client.query('COMMIT');
    client.release();
  } catch (error) {
    // Ends the transaction with the connection.
    client.release(true);
    if (error instanceof StoreUnavailable) throw error;
    const cause = error instanceof Error ? error.message : String(error);
    throw new StoreUnavailable(
      `The PostgreSQL database that DATABASE_URL names could not be made ready (${cause}). Its user must be allowed to create the schema “composure” there, and to change what is in it.`,
      { cause: error },
    );
  }
}

/** Each key once, due when the earliest says. */
function rowsOf(marks: readonly Mark[]) {
  const rows = new Map<
    string,
    { key: string; installation: number; work: Work; dueAt: number; delivery: string | null }
  >();
  for (const { work, dueAt, delivery = null } of marks) {
    const key = workKey(work);
    const known = rows.get(key);
    const earliest = Math.min(dueAt, known?.dueAt ?? dueAt);
    const { installation } = work;
    rows.set(key, { key, installation, work, dueAt: earliest, delivery: delivery ?? known?.delivery ?? null });
  }
  return [...rows.values()];
}

function factsOf(marks: readonly Mark[]): { key: string; fact: TickFact }[] {
  return marks.flatMap(({ work, fact }) => (fact ? [{ key: workKey(work), fact }] : []));
}

/** A claim as PostgreSQL gives it: its 64-bit numbers come as text. */
interface ClaimRow {
  key: string;
  work: Work;
  sequence: string;
  token: string;
  failures: number;
  rechecks: number;
  delivery: string | null;
}

function claimOf({ sequence, token, ...row }: ClaimRow): Claim {
  return { ...row, sequence: Number(sequence), token: Number(token) };
}

function numberOrNull(value: string | null | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}
