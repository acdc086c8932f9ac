import { type Block, blocksOf } from './blocks.ts';
import { type ClassicEntry, readClassicEntries } from './classic-yarn.ts';
import {
  createWishes,
  type LockedPackage,
  type LockfileResult,
  recordOf,
  sourceOf,
  textOf,
  type Wishes,
} from './lockfile.ts';
import { parseSyml } from './syml.ts';

/** By this line Yarn's parser, too, tells its first format from YAML. */
const CLASSIC = /^(?:#.*\r?\n)*?#\s+yarn\s+lockfile\s+v1\r?\n/i;

interface Growing extends Wishes {
  packages: LockedPackage[];
  answers: Map<string, string | null>;
  wants: Map<string, Map<string, string>>;
}

type Fault = Extract<LockfileResult, { ok: false }>;

const NOT_YARNS = 'it is not what Yarn writes';

/** `yarn.lock`, of Yarn 1 and of Yarn 2 and later. Never throws. */
export function readYarnLock(text: string): LockfileResult {
  const isClassic = CLASSIC.test(text);
  const found: Growing = { ...createWishes(), packages: [], answers: new Map(), wants: new Map() };
  const body = text.replaceAll('\r\n', '\n');
  const fault = isClassic ? readClassicLock(body, found) : readModernLock(body, found);
  if (fault) return fault;
  const { packages, answers, wants, asked, askedElsewhere, aliases } = found;
  return {
    ok: true,
    lockfile: {
      packages,
      answers,
      wants: isClassic ? null : wants,
      tellsPrograms: !isClassic,
      asked: isClassic ? null : asked,
      askedElsewhere,
      aliases,
    },
  };
}

function readClassicLock(text: string, found: Growing): Fault | null {
  for (const entry of readClassicEntries(text)) {
    if ('unreadableLine' in entry) return { ok: false, line: entry.unreadableLine, cause: NOT_YARNS };
    takeClassic(entry, found);
  }
  return null;
}

function readModernLock(text: string, found: Growing): Fault | null {
  for (const block of blocksOf(text, 0)) {
    const parsed = parseBlock(block);
    if (!parsed.ok) return parsed;
    for (const [key, entry] of Object.entries(parsed.entries)) {
      if (key !== '__metadata') readModern(key, recordOf(entry), found);
    }
  }
  return null;
}

function parseBlock({ text, line }: Block): { ok: true; entries: Record<string, unknown> } | Fault {
  try {
    return { ok: true, entries: parseSyml(text) as Record<string, unknown> };
  } catch (error) {
    const { location, mark } = error as { location?: { start: { line: number } }; mark?: { line: number } };
    const within = location ? location.start.line - 1 : mark?.line;
    return { ok: false, line: within === undefined ? null : line + within, cause: NOT_YARNS };
  }
}

/** `name@^1, name@^2`, with the address and checksum of what answers them. */
function takeClassic(entry: ClassicEntry, found: Growing): void {
  const { descriptors, version, resolved } = entry;
  found.note(entry.dependencies);
  found.note(entry.optionalDependencies);
  for (const descriptor of descriptors) {
    found.answers.set(descriptor, version);
    const { name, range } = splitDescriptor(descriptor);
    // In this format only the keys say what manifests ask for.
    found.note({ [name]: range });
  }
  const { name: installedAs, range } = splitDescriptor(descriptors[0]!);
  const aliased = /^npm:((?:@[^/@]+\/)?[^/@]+)(?:@|$)/.exec(range)?.[1];
  found.packages.push({
    key: descriptors.join(', '),
    installedAs,
    name: aliased ?? installedAs,
    version,
    source: resolved === null ? 'local' : sourceOf(resolved),
    resolved,
    integrity: entry.integrity ?? checksumInAddress(resolved),
    development: null,
    license: null,
    programs: [],
  });
}

/** `https://…/name-1.0.0.tgz#<sha1>`. */
function checksumInAddress(resolved: string | null): string | null {
  const hex = /#([0-9a-f]{40})$/.exec(resolved ?? '')?.[1];
  return hex === undefined || !/\.tgz#/.test(resolved ?? '') ? null : `sha1-${hex}`;
}

/** `"name@npm:^1, name@npm:^2"`, with a `resolution` and, for packages of the workspace, what they ask for. */
function readModern(key: string, entry: Record<string, unknown>, found: Growing): void {
  const version = textOf(entry.version);
  const descriptors = key.split(/, (?=(?:@[^/@,]+\/)?[^/@,]+@)/);
  for (const descriptor of descriptors) found.answers.set(descriptor, version);
  found.note(entry.dependencies);
  const specs = recordOf(entry.dependencies);
  for (const [name, spec] of Object.entries(specs)) {
    // Plain ranges stand there as `npm:^1`, which is no alias.
    if (typeof spec === 'string' && found.aliases.get(name)?.has(spec.slice('npm:'.length))) found.aliases.delete(name);
  }
  const { name: installedAs } = splitDescriptor(descriptors[0] ?? key);
  const resolution = splitDescriptor(textOf(entry.resolution) ?? '');
  const folder = /^workspace:(.*)$/.exec(resolution.range)?.[1];
  if (folder !== undefined) {
    const wants = Object.entries(specs).filter((spec): spec is [string, string] => typeof spec[1] === 'string');
    found.wants.set(folder === '.' ? '' : folder, new Map(wants));
  }
  const archive = /::.*?__archiveUrl=([^&]+)/.exec(resolution.range)?.[1];
  const reference = resolution.range.replace(/::.*$/s, '');
  const fromRegistry = /^npm:/.test(reference);
  found.packages.push({
    key,
    installedAs,
    name: resolution.name || installedAs,
    version,
    source: fromRegistry ? 'registry' : /^(?:patch|virtual):/.test(reference) ? 'local' : sourceOf(reference),
    resolved: fromRegistry ? (archive === undefined ? null : decoded(archive)) : reference,
    integrity: textOf(entry.checksum),
    development: null,
    license: null,
    programs: Object.keys(recordOf(entry.bin)),
  });
}

function splitDescriptor(descriptor: string): { name: string; range: string } {
  const at = descriptor.indexOf('@', 1);
  return at === -1
    ? { name: descriptor, range: '' }
    : { name: descriptor.slice(0, at), range: descriptor.slice(at + 1) };
}

function decoded(address: string): string {
  try {
    return decodeURIComponent(address);
  } catch {
    return address;
  }
}
