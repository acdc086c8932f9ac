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
  config?: string;
  format: 'text' | 'json';
}

/** Variables as a process has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

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

const UNITS = { ms: 1, s: 1_000, m: 60_000 };

/** Options first, then the environment. A setting that cannot be understood is a sentence, never a default. */
export function readLookUps(
  { offline = false, registry }: Pick<CheckOptions, 'offline' | 'registry'>,
  environment: Environment,
): { ok: true; lookUps: LookUps } | { ok: false; message: string } {
  const { COMPOSURE_CONFIRM_AFTER: confirmAfter = '', COMPOSURE_NPM_REGISTRY: ours = '' } = environment;
  const duration = /^(\d{1,6})(ms|s|m)?$/.exec(confirmAfter || `${CONFIRM_AFTER_MS}ms`);
  if (!duration) {
    return { ok: false, message: 'COMPOSURE_CONFIRM_AFTER must be a duration such as “2s”, “500ms” or “1m”.' };
  }
  const confirmAfterMs = Number(duration[1]) * UNITS[(duration[2] ?? 's') as keyof typeof UNITS];
  const off = offline || (registry === undefined && ours === 'off');
  const address = registry ?? (ours === '' || ours === 'off' ? null : ours);
  if (address !== null && !isHttpUrl(address)) {
    const name = registry === undefined ? 'COMPOSURE_NPM_REGISTRY' : '--registry';
    return { ok: false, message: `${name} must be a URL that begins with http:// or https://.` };
  }
  const services = [environment.COMPOSURE_OSV_URL, environment.COMPOSURE_DEPSDEV_URL] as const;
  const names = ['COMPOSURE_OSV_URL', 'COMPOSURE_DEPSDEV_URL'];
  const wrong = names.find((_, index) => !isService(services[index]));
  if (wrong) return { ok: false, message: `${wrong} must be “off” or a URL that begins with http:// or https://.` };
  const [osv, depsDev] = services.map((service) =>
    off ? 'off' : besideRegistry({ url: address }, readService(service)),
  ) as [LookUp, LookUp];
  return { ok: true, lookUps: { registry: address, offline: off, osv, depsDev, confirmAfterMs } };
}

function isService(value = ''): boolean {
  return value === '' || value === 'off' || isHttpUrl(value);
}

/** `undefined` where nobody has said. */
function readService(value = ''): LookUp | undefined {
  if (value === '') return undefined;
  return value === 'off' ? 'off' : { url: value };
}

function isHttpUrl(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text);
}
