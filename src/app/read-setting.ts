import type { StoreLocation } from '../intake/open-store.ts';
import type { LookUp } from '../registries/index.ts';

/** Variables as a process has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

const UNITS = { ms: 1, s: 1_000, m: 60_000 };

/** Milliseconds from `250ms`, `30s`, `2m`; a plain number is seconds. `null` where it is no duration. */
export function readDurationMs(text: string): number | null {
  const found = /^(\d{1,6})(ms|s|m)?$/.exec(text);
  return found ? Number(found[1]) * UNITS[(found[2] ?? 's') as keyof typeof UNITS] : null;
}

/** An address without its last slashes; `null` where it is none that we could ask. */
export function readHttpUrl(text: string): string | null {
  // `http:` alone and `http://` are no addresses, whatever the parser makes of them.
  return /^https?:\/\/[^/]/i.test(text) && URL.canParse(text) ? text.replace(/\/+$/, '') : null;
}

/** `undefined` where nobody has said anything, `null` where it is neither `off` nor an address. */
export function readLookUp(text = ''): LookUp | null | undefined {
  if (text === '') return undefined;
  if (text === 'off') return 'off';
  const url = readHttpUrl(text);
  return url === null ? null : { url };
}

const DEFAULT_DATABASE = 'sqlite:./data/composure.db';

/** Where work is kept, the default where nobody has said; `null` where it cannot be understood. */
export function readDatabaseUrl(text = ''): StoreLocation | null {
  const value = text || DEFAULT_DATABASE;
  if (value === 'memory:') return { kind: 'memory' };
  const path = /^sqlite:(?:\/\/(?=\/))?((?!\/\/)[^?#]+)$/.exec(value)?.[1];
  if (path) return { kind: 'sqlite', path };
  return /^postgres(?:ql)?:\/\/./.test(value) ? { kind: 'postgres', url: value } : null;
}
