import { createHmac, createPrivateKey } from 'node:crypto';
import type { StoreLocation } from '../intake/open-store.ts';
import { besideRegistry, type LookUp } from '../registries/index.ts';
import type { SigningKeys } from '../render/record.ts';
import { type Environment, readDatabaseUrl, readDurationMs, readHttpUrl, readLookUp } from './read-setting.ts';

export type { Environment } from './read-setting.ts';

/** Everything an operator can set, checked. */
export interface Settings {
  appId: number;
  privateKey: string;
  webhookSecret: string;
  host: string;
  port: number;
  /** The API root; `null` for github.com's own. */
  githubApiUrl: string | null;
  /** Whether writes keep to GitHub's published limits. */
  githubBudget: 'github' | 'unlimited';
  /** Where work is kept until it is done. */
  database: StoreLocation;
  debounceMs: number;
  confirmAfterMs: number;
  npmRegistry: LookUp;
  /** Reports on malicious packages. */
  osv: LookUp;
  /** An index of packages of every ecosystem. */
  depsDev: LookUp;
  signingKeys: SigningKeys;
  logLevel: string;
  logFormat: 'json' | 'pretty';
  production: boolean;
}

/** What the environment amounts to: settings; nothing at all yet; or what is wrong, one sentence each. */
export type SettingsResult =
  | { state: 'ready'; settings: Settings; remarks: string[] }
  | { state: 'set-up' }
  | { state: 'wrong'; problems: string[] };

/** Probot's default, known to everybody. */
const KNOWN_SECRET = 'development';

/** Below this length a secret can be guessed offline from one delivery. */
const SHORT_SECRET = 16;

/** Below this length a key for records can be guessed offline from one comment. */
const SHORT_KEY = 32;

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/**
 * Reads the operator's settings. `privateKey` is what was found under `PRIVATE_KEY` or at `PRIVATE_KEY_PATH`, since
 * looking for a file is the entry point's to do.
 */
export function readSettings(env: Environment, privateKey: string | null): SettingsResult {
  const production = env.NODE_ENV === 'production';
  const credentials = [env.APP_ID, env.WEBHOOK_SECRET, env.PRIVATE_KEY, env.PRIVATE_KEY_PATH];
  if (credentials.every((value) => !value) && privateKey === null && !production) return { state: 'set-up' };

  const problems: string[] = [];
  const remarks: string[] = [];
  const keys = readSigningKeys(env, problems);
  const npmRegistry = readService(env, 'COMPOSURE_NPM_REGISTRY', problems) ?? { url: null };
  const settings: Settings = {
    appId: readAppId(env, problems),
    privateKey: readPrivateKey(privateKey, problems),
    webhookSecret: readSecret(env, production, problems, remarks),
    host: env.HOST || 'localhost',
    port: readPort(env, problems),
    githubApiUrl: readApiUrl(env, problems),
    githubBudget: readBudget(env, problems),
    database: readDatabase(env, problems),
    debounceMs: readWhole(env, 'COMPOSURE_DEBOUNCE_MS', 2_000, problems),
    confirmAfterMs: readDuration(env, 'COMPOSURE_CONFIRM_AFTER', 30_000, problems),
    npmRegistry,
    osv: besideRegistry(npmRegistry, readService(env, 'COMPOSURE_OSV_URL', problems)),
    depsDev: besideRegistry(npmRegistry, readService(env, 'COMPOSURE_DEPSDEV_URL', problems)),
    signingKeys: ['unset'],
    logLevel: readLogLevel(env, problems),
    logFormat: env.LOG_FORMAT === 'json' || (!env.LOG_FORMAT && production) ? 'json' : 'pretty',
    production,
  };
  if (problems.length > 0) return { state: 'wrong', problems };
  settings.signingKeys = signingKeysFrom(keys, settings.privateKey);
  return { state: 'ready', settings, remarks };
}

function readAppId(env: Environment, problems: string[]): number {
  const value = env.APP_ID ?? '';
  if (/^[1-9]\d{0,15}$/.test(value)) return Number(value);
  problems.push(
    value === ''
      ? "APP_ID is missing: set it to the number on the App's settings page, under “About”."
      : 'APP_ID is not a number: set it to the “App ID” (not the client ID) on the App’s settings page.',
  );
  return 0;
}

function readPrivateKey(privateKey: string | null, problems: string[]): string {
  if (privateKey === null) {
    problems.push(
      "PRIVATE_KEY is missing: set it to the text of the .pem file that the App's settings page generates, or PRIVATE_KEY_PATH to where that file lies.",
    );
    return '';
  }
  if (isRsaKey(privateKey)) return privateKey;
  problems.push(
    'PRIVATE_KEY (or the file at PRIVATE_KEY_PATH) is not an RSA private key in PEM format: use the whole .pem file, from “-----BEGIN” to “-----END”.',
  );
  return '';
}

/** GitHub makes no other keys, and accepts nothing signed by another. */
function isRsaKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}

function readSecret(env: Environment, production: boolean, problems: string[], remarks: string[]): string {
  const secret = env.WEBHOOK_SECRET ?? '';
  if (secret === '') {
    problems.push('WEBHOOK_SECRET is missing: set it to the webhook secret of the App, or anybody could send events.');
  } else if (secret === KNOWN_SECRET && production) {
    problems.push(
      `WEBHOOK_SECRET is “${KNOWN_SECRET}”, Probot's well-known default: set a random one here and on the App's settings page.`,
    );
  } else if (secret.length < SHORT_SECRET && production) {
    problems.push(
      `WEBHOOK_SECRET has fewer than ${SHORT_SECRET} characters, so it could be guessed: set a long random one here and on the App's settings page.`,
    );
  } else if (secret.length < SHORT_SECRET) {
    remarks.push(`WEBHOOK_SECRET is shorter than ${SHORT_SECRET} characters: a longer random one is harder to guess.`);
  }
  return secret;
}

function readPort(env: Environment, problems: string[]): number {
  const value = env.PORT || '3000';
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
  if (port <= 65_535) return port;
  problems.push('PORT must be a number from 0 to 65535.');
  return 0;
}

/** `GITHUB_API_URL` wins over `GHE_HOST`, as it does in GitHub's own tools. */
function readApiUrl(env: Environment, problems: string[]): string | null {
  if (env.GITHUB_API_URL) return readUrl(env, 'GITHUB_API_URL', problems);
  if (!env.GHE_HOST) return null;
  const protocol = env.GHE_PROTOCOL || 'https';
  if (protocol !== 'https' && protocol !== 'http') {
    problems.push('GHE_PROTOCOL must be “https” or “http”.');
    return null;
  }
  const url = readHttpUrl(`${protocol}://${env.GHE_HOST}/api/v3`);
  if (url !== null && !/[/?#@]/.test(env.GHE_HOST)) return url;
  problems.push('GHE_HOST must be a host name, such as “github.example.com”, without protocol or path.');
  return null;
}

function readBudget(env: Environment, problems: string[]): Settings['githubBudget'] {
  const value = env.COMPOSURE_GITHUB_BUDGET || 'github';
  if (value === 'github' || value === 'unlimited') return value;
  problems.push('COMPOSURE_GITHUB_BUDGET must be “github” (keep to its published limits) or “unlimited”.');
  return 'github';
}

function readDatabase(env: Environment, problems: string[]): StoreLocation {
  const location = readDatabaseUrl(env.DATABASE_URL);
  if (location) return location;
  // The value is not repeated: it may hold a password.
  problems.push(
    'DATABASE_URL must be “sqlite:” and a path, such as “sqlite:./data/composure.db”, or begin with “postgres://”.',
  );
  return { kind: 'memory' };
}

function readLogLevel(env: Environment, problems: string[]): string {
  const value = env.LOG_LEVEL || 'info';
  if (LOG_LEVELS.includes(value)) return value;
  problems.push(`LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}.`);
  return 'info';
}

/** `undefined` where the operator has not said. */
function readService(env: Environment, name: string, problems: string[]): LookUp | undefined {
  const lookUp = readLookUp(env[name]);
  if (lookUp !== null) return lookUp;
  problems.push(`${name} must be a URL that begins with http:// or https:// or “off”.`);
  return undefined;
}

function readUrl(env: Environment, name: string, problems: string[]): string | null {
  const url = readHttpUrl(env[name] ?? '');
  if (url === null) problems.push(`${name} must be a URL that begins with http:// or https://.`);
  return url;
}

function readWhole(env: Environment, name: string, standard: number, problems: string[]): number {
  const value = env[name] ?? '';
  if (value === '') return standard;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  problems.push(`${name} must be a whole number of milliseconds.`);
  return standard;
}

function readDuration(env: Environment, name: string, standard: number, problems: string[]): number {
  if (!env[name]) return standard;
  const milliseconds = readDurationMs(env[name]);
  if (milliseconds === null) problems.push(`${name} must be a duration such as “30s”, “500ms” or “2m”.`);
  return milliseconds ?? standard;
}

function readSigningKeys(env: Environment, problems: string[]): string[] {
  const keys = (env.COMPOSURE_SIGNING_KEYS ?? '')
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '');
  // What they sign stands in public comments, so a weak one can be guessed without asking us.
  if (keys.some((key) => key.length < SHORT_KEY)) {
    problems.push(
      `COMPOSURE_SIGNING_KEYS holds a key of fewer than ${SHORT_KEY} characters: use long random ones, or leave it unset.`,
    );
  }
  return keys;
}

/** The operator's own keys, or one that follows from the App's private key, so that nothing more need be kept. */
export function signingKeysFrom([first, ...others]: readonly string[], privateKey: string): SigningKeys {
  if (first !== undefined) return [first, ...others];
  return [createHmac('sha256', privateKey).update('composure:signing-key v1').digest()];
}
