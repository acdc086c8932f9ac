import { constants } from 'node:fs';
import { access, open, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Client } from 'pg';
import { POSTGRES_MIGRATIONS } from './migrations/postgres.ts';
import { SQLITE_MIGRATIONS } from './migrations/sqlite.ts';
import type { StoreLocation } from './open-store.ts';

/** Whether a store can be used, in a sentence that names no password. */
export interface StoreProbe {
  ok: boolean;
  detail: string;
  /** What would mend just this, where it is known. */
  cure?: string;
}

const CONNECT_TIMEOUT_MS = 5_000;

/** Looks whether a store can be used. Makes nothing, and may be asked while the app runs. */
export async function probeStore(location: StoreLocation): Promise<StoreProbe> {
  switch (location.kind) {
    case 'postgres':
      return probePostgres(location.url);
    case 'sqlite':
      return probeFile(resolve(location.path));
    case 'memory':
      return { ok: true, detail: 'work is forgotten with the process' };
  }
}

async function probePostgres(url: string): Promise<StoreProbe> {
  let client: Client | undefined;
  try {
    client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
    // Broken connections are reported by the query, too.
    client.on('error', () => {});
    await client.connect();
    const { rows } = await client.query<PostgresState>(POSTGRES_STATE);
    const { server = '', made = false, may_make: mayMake = false } = rows[0] ?? {};
    if (!made && !mayMake) {
      const detail = `PostgreSQL ${server} answers, but this user may not create the schema “composure” there`;
      return {
        ok: false,
        detail,
        cure: 'Who owns the database says: GRANT CREATE ON DATABASE … TO … (its name, this user).',
      };
    }
    const known = made ? (await client.query<{ version: number }>(POSTGRES_SCHEMA)).rows[0]?.version : 0;
    return newerSchema(known ?? 0, POSTGRES_MIGRATIONS) ?? { ok: true, detail: `PostgreSQL ${server} answers` };
  } catch (error) {
    // Class and code only: the message may repeat the address.
    const code = (error as { code?: unknown }).code;
    return { ok: false, detail: `PostgreSQL cannot be used${typeof code === 'string' ? ` (${code})` : ''}` };
  } finally {
    await client?.end().catch(() => {});
  }
}

const POSTGRES_STATE = `
  SELECT current_setting('server_version') AS server,
    to_regclass('composure.schema_version') IS NOT NULL AS made,
    has_database_privilege(current_database(), 'CREATE') AS may_make`;

interface PostgresState {
  server: string;
  made: boolean;
  may_make: boolean;
}

const POSTGRES_SCHEMA = 'SELECT version FROM composure.schema_version';

function newerSchema(version: number, migrations: readonly string[]): StoreProbe | null {
  if (version <= migrations.length) return null;
  const detail = `it was made by a newer Composure (its schema is ${version}, this one knows ${migrations.length})`;
  return { ok: false, detail, cure: 'Start the newer version again, or restore a backup from before it.' };
}

/** How every SQLite file begins, and where in its header our version stands: 4 bytes, the highest first. */
const SQLITE_MAGIC = 'SQLite format 3\0';
const SQLITE_VERSION_AT = 60;
const SQLITE_HEADER_BYTES = 100;

/** By the header alone: opening it would make files beside it. An empty one is a database yet to be made. */
async function probeHeader(path: string): Promise<StoreProbe | null> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SQLITE_HEADER_BYTES), 0, SQLITE_HEADER_BYTES, 0);
    if (bytesRead === 0) return null;
    if (!buffer.toString('latin1').startsWith(SQLITE_MAGIC))
      return { ok: false, detail: `${path} is no SQLite database` };
    return newerSchema(buffer.readUInt32BE(SQLITE_VERSION_AT), SQLITE_MIGRATIONS);
  } finally {
    await file.close();
  }
}

async function probeFile(path: string): Promise<StoreProbe> {
  const file = await stat(path).catch(() => null);
  if (file && !file.isFile()) return { ok: false, detail: `${path} is not a file` };
  // A folder that is not there yet is made by the app, beside the nearest that is.
  let place = file ? path : dirname(path);
  while (!(await stat(place).catch(() => null)) && dirname(place) !== place) place = dirname(place);
  if (!file && !(await stat(place)).isDirectory()) return { ok: false, detail: `${place} is not a folder` };
  // SQLite makes files beside its own.
  for (const one of file ? [path, dirname(path)] : [place]) {
    if (await mayWrite(one)) continue;
    const cure = `Let the user that runs Composure write ${dirname(path)} and what is in it.`;
    return { ok: false, detail: `${one} cannot be written by this user`, cure };
  }
  if (!file) return { ok: true, detail: `${path} can be made` };
  return (await probeHeader(path)) ?? { ok: true, detail: `${path} is there and can be written` };
}

async function mayWrite(path: string): Promise<boolean> {
  return access(path, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
}
