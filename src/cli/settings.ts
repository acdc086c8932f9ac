import { type Environment, readDurationMs, readHttpUrl, readLookUp } from '../app/read-setting.ts';

export type { Environment } from '../app/read-setting.ts';

import { besideRegistry, type LookUp } from '../registries/index.ts';

/** What `composure check` was asked, as the options stand on the command line. */
export interface CheckOptions {
  base?: string;
  head?: string;
  cwd: string;
  config?: string;
  format: 'text' | 'json';
  offline?: boolean;
  registry?: string;
  prBody?: string;
  author?: string;
  strict?: boolean;
}

/** What `composure calibrate` was asked. */
export interface CalibrateOptions {
  cwd: string;
  ref?: string;
  since?: string;
  commits?: string;
  percentile: string;
  /** Of 100 past changes without a decision record, how many may be asked for one. */
  alarmRate: string;
  config?: string;
  format: 'text' | 'json';
}

/** How packages are looked up. */
export interface LookUps {
  /** The registry's address; `null` for npm's own. */
  registry: string | null;
  offline: boolean;
  /** Reports on malicious packages. */
  osv: LookUp;
  /** An index of packages of every ecosystem. */
  depsDev: LookUp;
  confirmAfterMs: number;
}

/** Somebody waits for the answer, and a registry that has only just learned of a package knows it by then. */
const CONFIRM_AFTER_MS = 2_000;

/** Options first, then the environment. A setting that cannot be understood is a sentence, never a default. */
export function readLookUps(
  { offline = false, registry }: Pick<CheckOptions, 'offline' | 'registry'>,
  environment: Environment,
): { ok: true; lookUps: LookUps } | { ok: false; message: string } {
  const { COMPOSURE_CONFIRM_AFTER: confirmAfter = '', COMPOSURE_NPM_REGISTRY: ours = '' } = environment;
  const confirmAfterMs = confirmAfter === '' ? CONFIRM_AFTER_MS : readDurationMs(confirmAfter);
  if (confirmAfterMs === null) {
    return { ok: false, message: 'COMPOSURE_CONFIRM_AFTER must be a duration such as “2s”, “500ms” or “1m”.' };
  }
  const off = offline || (registry === undefined && ours === 'off');
  const said = registry ?? (ours === 'off' ? '' : ours);
  const address = said === '' && registry === undefined ? null : readHttpUrl(said);
  if (address === null && (said !== '' || registry !== undefined)) {
    const name = registry === undefined ? 'COMPOSURE_NPM_REGISTRY' : '--registry';
    return { ok: false, message: `${name} must be a URL that begins with http:// or https://.` };
  }
  const services = [readLookUp(environment.COMPOSURE_OSV_URL), readLookUp(environment.COMPOSURE_DEPSDEV_URL)] as const;
  const wrong = services.indexOf(null);
  if (wrong >= 0) {
    const name = ['COMPOSURE_OSV_URL', 'COMPOSURE_DEPSDEV_URL'][wrong];
    return { ok: false, message: `${name} must be “off” or a URL that begins with http:// or https://.` };
  }
  const [osv, depsDev] = services.map((service) =>
    off ? 'off' : besideRegistry({ url: address }, service ?? undefined),
  ) as [LookUp, LookUp];
  return { ok: true, lookUps: { registry: address, offline: off, osv, depsDev, confirmAfterMs } };
}
