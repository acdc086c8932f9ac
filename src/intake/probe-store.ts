import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Client } from 'pg';
import type { StoreLocation } from './open-store.ts';

/** Whether a store can be used, in a sentence that names no password. */
export interface StoreProbe {
  ok: boolean;
  detail: string;
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
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    return { ok: true, detail: `PostgreSQL ${rows[0]?.server_version ?? ''} answers`.trim() };
  } catch (error) {
    // Class and code only: the message may repeat the address.
    const code = (error as { code?: unknown }).code;
    return { ok: false, detail: `PostgreSQL cannot be used${typeof code === 'string' ? ` (${code})` : ''}` };
  } finally {
    await client?.end().catch(() => {});
  }
}

async function probeFile(path: string): Promise<StoreProbe> {
  const file = await stat(path).catch(() => null);
  if (file && !file.isFile()) return { ok: false, detail: `${path} is not a file` };
  // A folder that is not there yet is made by the app, beside the nearest that is.
  let place = file ? path : dirname(path);
  while (!(await stat(place).catch(() => null)) && dirname(place) !== place) place = dirname(place);
  if (!file && !(await stat(place)).isDirectory()) return { ok: false, detail: `${place} is not a folder` };
  try {
    await access(place, constants.R_OK | constants.W_OK);
    return { ok: true, detail: file ? `${path} is there and can be written` : `${path} can be made` };
  } catch {
    return { ok: false, detail: `${place} cannot be written by this user` };
  }
}
