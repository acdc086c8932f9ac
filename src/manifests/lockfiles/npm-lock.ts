import {
  createWishes,
  type LockedPackage,
  type LockfileResult,
  recordOf,
  sourceOf,
  textOf,
  type Wishes,
} from './lockfile.ts';
import { parseJson } from './parse-json.ts';

const SPEC_FIELDS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const;

/** `package-lock.json` and `npm-shrinkwrap.json`, versions 1 to 3. Never throws. */
export function readNpmLock(text: string): LockfileResult {
  const parsed = parseJson(text);
  if (!parsed.ok) return parsed;
  const root = recordOf(parsed.value);
  const wishes = createWishes();
  // Version 2 says everything twice; npm 7 and later read `packages`.
  if (root.packages !== undefined) return fromPackages(recordOf(root.packages), wishes);
  const packages = fromDependencies(recordOf(root.dependencies), wishes);
  return {
    ok: true,
    lockfile: { packages, wants: null, answers: null, tellsPrograms: false, ...wishes, asked: null },
  };
}

function fromPackages(entries: Record<string, unknown>, wishes: Wishes): LockfileResult {
  const packages: LockedPackage[] = [];
  const wants = new Map<string, Map<string, string>>();
  for (const [key, value] of Object.entries(entries)) {
    const entry = recordOf(value);
    for (const field of SPEC_FIELDS) wishes.note(entry[field]);
    const inModules = key.lastIndexOf('node_modules/');
    if (inModules === -1) {
      wants.set(key, wantsOf(entry));
      continue;
    }
    const installedAs = key.slice(inModules + 'node_modules/'.length);
    const resolved = textOf(entry.resolved);
    const isLocal = entry.link === true;
    packages.push({
      key,
      installedAs,
      name: textOf(entry.name) ?? installedAs,
      version: textOf(entry.version),
      source: isLocal ? 'local' : resolved === null ? 'registry' : sourceOf(resolved),
      resolved: isLocal ? null : resolved,
      integrity: textOf(entry.integrity),
      development: entry.dev === true || entry.devOptional === true,
      license: textOf(entry.license),
      programs: Object.keys(recordOf(entry.bin)),
    });
  }
  return { ok: true, lockfile: { packages, wants, answers: null, tellsPrograms: true, ...wishes } };
}

function wantsOf(entry: Record<string, unknown>): Map<string, string> {
  const wants = new Map<string, string>();
  for (const field of SPEC_FIELDS) {
    for (const [name, spec] of Object.entries(recordOf(entry[field]))) {
      if (typeof spec === 'string') wants.set(name, spec);
    }
  }
  return wants;
}

/** Version 1 nests packages in packages, however deep: no function calls itself for that. */
function fromDependencies(entries: Record<string, unknown>, wishes: Wishes): LockedPackage[] {
  const packages: LockedPackage[] = [];
  const levels: { path: string; entries: Record<string, unknown> }[] = [{ path: '', entries }];
  for (let level = levels.pop(); level; level = levels.pop()) {
    for (const [installedAs, value] of Object.entries(level.entries)) {
      const entry = recordOf(value);
      wishes.note(entry.requires);
      const written = textOf(entry.version);
      const [, aliased, ofAlias] = /^npm:((?:@[^/@]+\/)?[^/@]+)@(.*)$/.exec(written ?? '') ?? [];
      if (aliased !== undefined) wishes.note({ [installedAs]: written });
      const version = ofAlias ?? written;
      // For what comes from elsewhere, the version is the address.
      const address = version !== null && /[:/]/.test(version) ? version : textOf(entry.resolved);
      const key = `${level.path}${installedAs}`;
      packages.push({
        key,
        installedAs,
        name: aliased ?? installedAs,
        version: version !== null && /[:/]/.test(version) ? null : version,
        source: address === null ? 'registry' : sourceOf(address),
        resolved: address,
        integrity: textOf(entry.integrity),
        development: entry.dev === true,
        license: null,
        programs: [],
      });
      if (version !== null && /[:/]/.test(version)) wishes.askedElsewhere.add(installedAs);
      const below = recordOf(entry.dependencies);
      if (Object.keys(below).length > 0 && key.length < MAX_PATH) levels.push({ path: `${key}>`, entries: below });
    }
  }
  return packages;
}

/** Deeper than any real tree: names along the way are kept, so an endless nesting would cost the square of its depth. */
const MAX_PATH = 4000;
