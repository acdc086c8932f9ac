import {
  createWishes,
  type LockedPackage,
  type LockfileResult,
  recordOf,
  sourceOf,
  textOf,
  type Wishes,
} from './lockfile.ts';
import { readJsonEntries } from './parse-json.ts';

const SPEC_FIELDS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const;

/** `bun.lock`: JSON with trailing commas, each package a tuple. */
export function readBunLock(text: string): LockfileResult {
  const wishes = createWishes();
  const wants = new Map<string, Map<string, string>>();
  const packages: LockedPackage[] = [];
  const fault = readJsonEntries(text, ({ section, key, value }) => {
    if (section === 'workspaces') wants.set(key, wantsOf(value, wishes));
    const locked = section === 'packages' ? packageOf(key, value, wishes) : null;
    if (locked) packages.push(locked);
  });
  return fault ?? { ok: true, lockfile: { packages, wants, answers: null, tellsPrograms: true, ...wishes } };
}

function wantsOf(workspace: unknown, wishes: Wishes): Map<string, string> {
  const specs = new Map<string, string>();
  for (const field of SPEC_FIELDS) {
    const entries = recordOf(recordOf(workspace)[field]);
    wishes.note(entries);
    for (const [name, spec] of Object.entries(entries)) if (typeof spec === 'string') specs.set(name, spec);
  }
  return specs;
}

function packageOf(key: string, tuple: unknown, wishes: Wishes): LockedPackage | null {
  const [id, ...rest] = Array.isArray(tuple) ? (tuple as unknown[]) : [];
  const written = textOf(id);
  if (written === null) return null;
  const facts = recordOf(rest.find((one) => typeof one === 'object'));
  for (const field of SPEC_FIELDS) wishes.note(facts[field]);
  return lockedPackage(key, written, rest, facts);
}

/** `["name@1.0.0", "<registry>", { … }, "<checksum>"]`; for what comes from elsewhere, the address stands behind the `@`. */
function lockedPackage(
  key: string,
  written: string,
  rest: readonly unknown[],
  facts: Record<string, unknown>,
): LockedPackage {
  const at = written.indexOf('@', 1);
  const name = at === -1 ? written : written.slice(0, at);
  const wanted = at === -1 ? '' : written.slice(at + 1);
  const source = sourceOf(wanted);
  const texts = rest.filter((one) => typeof one === 'string');
  const bin = facts.bin;
  return {
    key,
    installedAs: installedAs(key),
    name,
    version: source === 'registry' ? wanted || null : null,
    source,
    resolved: source === 'registry' ? textOf(texts[0]?.startsWith('http') ? texts[0] : '') : wanted,
    integrity: textOf(texts.findLast((one) => /^(?:sha\d+|md5)-/.test(one))),
    development: null,
    license: null,
    programs: typeof bin === 'string' ? [name.slice(name.lastIndexOf('/') + 1)] : Object.keys(recordOf(bin)),
  };
}

/** `parent/@scope/name` → `@scope/name`. */
function installedAs(key: string): string {
  const parts = key.split('/');
  const scope = parts.at(-2) ?? '';
  return scope.startsWith('@') ? `${scope}/${parts.at(-1)}` : (parts.at(-1) ?? key);
}
