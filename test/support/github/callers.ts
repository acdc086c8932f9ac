/** Who is calling: nobody, a person, an App by its JSON web token, or an App's installation. */
import { createPublicKey, verify } from 'node:crypto';
import type { InstallationGrant } from './emulate.ts';
import { type Emulator, findApp, findUser, need } from './emulator.ts';
import type { AppRow, UserRow } from './tables.ts';

/** Who is calling, and what we know of them. */
export type Caller =
  | { kind: 'anonymous' }
  | { kind: 'user'; user: UserRow }
  | { kind: 'app'; app: AppRow }
  | { kind: 'installation'; app: AppRow; grant: InstallationGrant; suspended: boolean };

/** The caller behind an `Authorization` header, `undefined` where the credentials are bad. */
export function identify(emulator: Emulator, authorization: string | null): Caller | undefined {
  const token = tokenIn(authorization);
  if (token === '') return { kind: 'anonymous' };
  if (token.startsWith('eyJ')) {
    const app = verifyJwt(emulator, token);
    return app && { kind: 'app', app };
  }
  const grant = emulator.tokens.get(token);
  // Tokens that the emulator uses to ask itself are of no use outside.
  if (!grant || token.startsWith(INTERNAL)) return undefined;
  if (!grant.installation) {
    const user = findUser(emulator, grant.login);
    return user && { kind: 'user', user };
  }
  const { appId, installationId } = grant.installation;
  const app = findApp(emulator, appId);
  const installation = emulator.tables.appInstallations.findOneBy('installation_id', installationId);
  if (!app || !installation) return undefined;
  return { kind: 'installation', app, grant: grant.installation, suspended: installation.suspended_at !== null };
}

/** The token of an `Authorization` header. */
export function tokenIn(authorization: string | null): string {
  return (authorization ?? '').replace(/^(bearer|token)\s+/i, '').trim();
}

/** Starts the tokens with which the emulator asks `emulate` on its own behalf. */
export const INTERNAL = 'internal-';

/** How the caller is named in the call log and in rate limits: `installation`, `jwt`, a login, or `anonymous`. */
export function nameOf(caller: Caller | undefined): string {
  switch (caller?.kind) {
    case 'installation':
      return 'installation';
    case 'app':
      return 'jwt';
    case 'user':
      return caller.user.login;
    default:
      return 'anonymous';
  }
}

/** The account under which the caller acts; an App acts as its bot. */
export function actorOf(emulator: Emulator, caller: Caller): UserRow | undefined {
  switch (caller.kind) {
    case 'user':
      return caller.user;
    case 'app':
    case 'installation':
      return botOf(emulator, caller.app);
    default:
      return undefined;
  }
}

/** The bot account of an App, `slug[bot]`. */
export function botOf(emulator: Emulator, app: AppRow): UserRow {
  const login = `${app.slug}[bot]`;
  return need(findUser(emulator, login), `the account ${login}`);
}

/** The App that signed a JSON web token, if the signature is right and the token is of this moment. */
function verifyJwt(emulator: Emulator, token: string): AppRow | undefined {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const claims = parseClaims(payload);
  const app = claims && findApp(emulator, Number(claims.iss));
  if (!app) return undefined;
  const signed = Buffer.from(`${header}.${payload}`);
  const key = createPublicKey(app.private_key);
  if (!verify('RSA-SHA256', signed, key, Buffer.from(signature, 'base64url'))) return undefined;
  return claims.exp > Date.now() / 1000 ? app : undefined;
}

function parseClaims(payload: string): { iss: string | number; exp: number } | undefined {
  try {
    return JSON.parse(Buffer.from(payload, 'base64url').toString()) as { iss: string | number; exp: number };
  } catch {
    return undefined;
  }
}
