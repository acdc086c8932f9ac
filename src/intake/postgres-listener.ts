import { Client, type ClientConfig } from 'pg';
import { CHANNEL } from './postgres-statements.ts';

/** Wait before listening again after the connection broke. */
const RECONNECT_MS = 1_000;

/** Hears what other replicas mark. */
export interface Listener {
  close(): Promise<void>;
}

/**
 * Calls `onWork` when any replica has marked something, over a connection of its own that is made anew whenever it
 * breaks. What is said meanwhile is not heard: whoever relies on it looks from time to time, and once after each break.
 */
export function listen(config: ClientConfig, onWork: () => void): Listener {
  let client: Client | null = null;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  async function connect(): Promise<void> {
    const mine = new Client(config);
    client = mine;
    mine.on('notification', onWork);
    // After an error the connection also ends, which is where it is made anew.
    mine.on('error', () => {});
    mine.once('end', reconnectLater);
    try {
      await mine.connect();
      await mine.query(`LISTEN ${CHANNEL}`);
      onWork();
    } catch {
      await mine.end().catch(() => {});
      reconnectLater();
    }
  }

  function reconnectLater(): void {
    clearTimeout(timer);
    if (!closed) timer = setTimeout(() => void connect(), RECONNECT_MS);
  }

  void connect();
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await client?.end().catch(() => {});
    },
  };
}
