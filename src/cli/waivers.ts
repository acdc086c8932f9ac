import { signingKeysFrom } from '../app/settings.ts';
import { describeGitHubError, type GitHubClient } from '../github/client.ts';
import { listWaivers } from '../github/list-waivers.ts';
import type { SigningKeys } from '../render/record.ts';
import { renderWaivers, type WaiverFormat } from '../render/waivers.ts';
import type { CheckResult } from './check.ts';
import type { Environment } from './settings.ts';

/** What `composure waivers` was asked, as the options stand on the command line. */
export interface WaiversOptions {
  app: string;
  format: WaiverFormat;
}

/** What the command is run in; only the entry point knows it. */
export interface WaiversSurroundings {
  environment: Environment;
  /** A client for this token. */
  clientFor(token: string): GitHubClient;
}

/** `composure waivers`: the exceptions on record, read from the comments they stand in. */
export async function waivers(
  repository: string,
  { app, format }: WaiversOptions,
  { environment, clientFor }: WaiversSurroundings,
): Promise<CheckResult> {
  const [, owner, repo] = /^([\w.-]{1,100})\/([\w.-]{1,100})$/.exec(repository) ?? [];
  if (!owner || !repo) return refuse('Name the repository as owner/name.');
  const token = environment.GITHUB_TOKEN;
  if (!token) return refuse('GITHUB_TOKEN is missing: set it to a token that may read the repository.');
  try {
    const found = await listWaivers(clientFor(token), { owner, repo }, app, keysFrom(environment));
    if (!found) return refuse(`There is no repository ${repository} that this token may read.`);
    return { exitCode: 0, output: renderWaivers(repository, found, format), remarks: [] };
  } catch (error) {
    return refuse(`${describeGitHubError(error)}.`);
  }
}

function refuse(message: string): CheckResult {
  return { exitCode: 2, output: '', remarks: [message] };
}

/** As the App derives them; `null` where there is nothing to verify with. */
function keysFrom({ COMPOSURE_SIGNING_KEYS = '', PRIVATE_KEY = '' }: Environment): SigningKeys | null {
  const keys = COMPOSURE_SIGNING_KEYS.split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '');
  return keys.length === 0 && PRIVATE_KEY === '' ? null : signingKeysFrom(keys, PRIVATE_KEY.replaceAll('\\n', '\n'));
}
