import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';
import type { GitHubClient } from './client.ts';
import { giveUpAfter, PATIENCE_MS } from './patience.ts';

/** Clients for looking at an App from outside of it, without the app running. */
export interface AppClients {
  /** Authorised as the App itself. */
  app: GitHubClient;
  forInstallation(installation: number): GitHubClient;
}

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** `baseUrl` is the API's root; `null` for github.com's own. */
export function createAppClients(credentials: {
  appId: number;
  privateKey: string;
  baseUrl: string | null;
}): AppClients {
  const { appId, privateKey, baseUrl } = credentials;
  const make = (installationId?: number) =>
    giveUpAfter(
      new Octokit({
        authStrategy: createAppAuth,
        auth: { appId, privateKey, ...(installationId === undefined ? {} : { installationId }) },
        log: quiet,
        ...(baseUrl === null ? {} : { baseUrl }),
      }),
      PATIENCE_MS,
    );
  return { app: make(), forInstallation: make };
}
