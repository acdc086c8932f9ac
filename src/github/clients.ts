import type { Octokit } from '@octokit/rest';
import { LRUCache } from 'lru-cache';
import { type ClientOptions, clientForInstallation } from './client-for-installation.ts';
import { type Budget, createLimiter } from './limiter.ts';
import { createResponseCache } from './response-cache.ts';

/** The clients of one process. */
export interface Clients<Client> {
  /** One for each installation, with a budget of its own. */
  forInstallation(installation: number): Promise<Client>;
  /** As the App itself, whose questions GitHub does not count. */
  forApp(): Promise<Client>;
}

/** Where clients come from, and what they keep to. */
export interface ClientsOptions<Client> extends Pick<ClientOptions, 'onRequest' | 'now'> {
  /** An Octokit that is authorised for an installation, or without one as the App. A new one for each installation. */
  authorise(installation?: number): Promise<Client>;
  budget: Budget;
}

/** Answers of the REST API kept for all installations together; bytes. */
const RESPONSE_CACHE_BYTES = 16 * 1024 * 1024;

/** Installations whose client and budget are remembered; the one longest unused is made anew. */
const MAX_CLIENTS = 1_000;

/** Makes a client once for each installation: an event's own client shares one budget among all of them. */
export function createClients<Client extends Pick<Octokit, 'request' | 'graphql' | 'hook'>>(
  options: ClientsOptions<Client>,
): Clients<Client> {
  const { authorise, budget, onRequest, now } = options;
  const cache = createResponseCache({ maxBytes: RESPONSE_CACHE_BYTES });
  const clients = new LRUCache<number, Promise<Client>>({ max: MAX_CLIENTS });

  async function make(installation: number | null): Promise<Client> {
    const octokit = await authorise(installation ?? undefined);
    const limiter = createLimiter({ budget, now });
    return clientForInstallation(octokit, { installation, limiter, cache, onRequest, now });
  }

  let app: Promise<Client> | undefined;
  return {
    forInstallation(installation) {
      const client = clients.get(installation) ?? make(installation);
      clients.set(installation, client);
      return client.catch((error) => {
        clients.delete(installation);
        throw error;
      });
    },
    forApp() {
      app ??= make(null);
      return app.catch((error) => {
        app = undefined;
        throw error;
      });
    },
  };
}
