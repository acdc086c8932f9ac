import { createMemoryStore } from './memory-store.ts';
import { openSqliteStore } from './sqlite-store.ts';
import type { WorkStore } from './store.ts';

/** Where work is kept, by what `DATABASE_URL` says. */
export type StoreLocation =
  | { kind: 'sqlite'; path: string }
  | { kind: 'postgres'; url: string }
  /** Forgotten with the process: for tests and the demonstration. */
  | { kind: 'memory' };

/**
 * Opens the store, made and brought up to date where need be. Throws `StoreUnavailable` where it cannot be used. `onError`
 * hears of what broke in the background.
 */
export async function openStore(location: StoreLocation, onError: (error: Error) => void): Promise<WorkStore> {
  switch (location.kind) {
    case 'sqlite':
      return openSqliteStore(location.path);
    case 'postgres': {
      // Loaded only where it is used: most installations never do.
      const { openPostgresStore } = await import('./postgres-store.ts');
      return openPostgresStore(location.url, onError);
    }
    case 'memory':
      return createMemoryStore();
  }
}
