import { parseSyml } from '@yarnpkg/parsers';
import { type Block, blocksOf } from './blocks.ts';
import {
  createWishes,
  type LockedPackage,
  type LockfileResult,
  recordOf,
  sourceOf,
  textOf,
  type Wishes,
} from './lockfile.ts';

/** By this line Yarn's parser, too, tells its first format from YAML. */
const CLASSIC = /^(?:#.*\r?\n)*?#\s+yarn\s+lockfile\s+v1\r?\n/i;

interface Growing extends Wishes {
  packages: LockedPackage[];
  answers: Map<string, string | null>;
  wants: Map<string, Map<string, string>>;
}

/** `yarn.lock`, of Yarn 1 and of Yarn 2 and later. Never throws. */
export function readYarnLock(text: string): LockfileResult {
  const header = CLASSIC.exec(text)?.[0] ?? '';
  const found: Growing = { ...createWishes(), packages: [], answers: new Map(), wants: new Map() };
  const body = text.replaceAll('\r\n', '\n');
  for (const block of blocksOf(body, 0)) {
    const parsed = parseBlock(block, block.line === 1 ? '' : header);
    if (!parsed.ok) return parsed;
    for (const [value, keys] of keysByEntry(parsed.entries)) {
      if (keys[0] === '__metadata') continue;
      if (header !== '') readClassic(keys, recordOf(value), found);
      else readModern(keys[0]!, recordOf(value), found);
    }
  }
  const { packages, answers, wants, asked, askedElsewhere, aliases } = found;
  const isClassic = header !== '';
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

function parseBlock(
  { text, line }: Block,
  header: string,
): { ok: true; entries: Record<string, unknown> } | { ok: false; line: number | null; cause: string } {
  try {
    return { ok: true, entries: parseSyml(`${header}${text}`) as Record<string, unknown> };
  } catch (error) {
    const { location, mark } = error as { location?: { start: { line: number } }; mark?: { line: number } };
    const within = location ? location.start.line - 1 : mark?.line;
    const before = header === '' ? 0 : header.split('\n').length - 1;
    return {
      ok: false,
      line: within === undefined ? null : line + within - before,
      cause: 'it is not what Yarn writes',
    };
  }
}

/** Yarn's parser hands an entry that answers several specs over once for each; it is the same object every time. */
function keysByEntry(entries: Record<string, unknown>): Map<unknown, string[]> {
  const byEntry = new Map<unknown, string[]>();
  for (const [key, entry] of Object.entries(entries)) {
    const keys = byEntry.get(entry);
    if (keys) keys.push(key);
    else byEntry.set(entry, [key]);
  }
  return byEntry;
}

/** `name@^1, name@^2`, with the address and checksum of what answers them. */
function readClassic(descriptors: readonly string[], entry: Record<string, unknown>, found: Growing): void {
  const version = textOf(entry.version);
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
  const resolved = textOf(entry.resolved);
  found.packages.push({
    key: descriptors.join(', '),
    installedAs,
    name: aliased ?? installedAs,
    version,
    source: resolved === null ? 'local' : sourceOf(resolved),
    resolved,
    integrity: textOf(entry.integrity) ?? checksumInAddress(resolved),
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
