import { type Block, blocksOf, sectionsOf } from './blocks.ts';
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

const SPEC_FIELDS = ['dependencies', 'devDependencies', 'optionalDependencies'] as const;

/** Sections that grow with the tree, and are read a block at a time. */
const LARGE = /^(?:packages|snapshots|importers):[ \t]*$/;

interface Growing extends Wishes {
  packages: Map<string, LockedPackage>;
  wants: Map<string, Map<string, string>>;
}

/**
 * `pnpm-lock.yaml` of every version. A file may hold several documents: pnpm 11 puts what its own configuration needs
 * before what the project needs. All of them are installed, so all are read.
 */
export function readPnpmLock(text: string): LockfileResult {
  const found: Growing = { ...createWishes(), packages: new Map(), wants: new Map() };
  for (const section of sectionsOf(text.replaceAll('\r\n', '\n'))) {
    const fault = readSection(section, found);
    if (fault) return fault;
  }
  const { packages, wants, asked, askedElsewhere, aliases } = found;
  return {
    ok: true,
    lockfile: {
      packages: [...packages.values()],
      wants,
      answers: null,
      tellsPrograms: false,
      asked,
      askedElsewhere,
      aliases,
    },
  };
}

type Fault = { ok: false; line: number | null; cause: string };

function readSection(section: Block, found: Growing): Fault | null {
  const titleEnd = section.text.indexOf('\n');
  const title = titleEnd === -1 ? section.text : section.text.slice(0, titleEnd);
  const isLarge = LARGE.test(title);
  const blocks = isLarge ? blocksOf(section.text.slice(title.length + 1), 2, section.line + 1) : [section];
  for (const block of blocks) {
    const parsed = parseBlock(isLarge ? { text: `${title}\n${block.text}`, line: block.line - 1 } : block);
    if (!parsed.ok) return parsed;
    readEntries(parsed.entries, found);
  }
  return null;
}

function parseBlock({ text, line }: Block): { ok: true; entries: Record<string, unknown> } | Fault {
  try {
    // Every scalar comes back as text, which is what versions are; as a part of the block, which would stay in memory
    // for as long as one name in it does. So each is copied.
    const entries = JSON.parse(JSON.stringify(parseSyml(text)));
    return { ok: true, entries: entries as Record<string, unknown> };
  } catch (error) {
    const { mark } = error as { mark?: { line: number } };
    return { ok: false, line: mark ? line + mark.line : null, cause: 'it is not valid YAML' };
  }
}

function readEntries(entries: Record<string, unknown>, found: Growing): void {
  for (const [folder, importer] of Object.entries(recordOf(entries.importers))) {
    readImporter(folder === '.' ? '' : folder, recordOf(importer), found);
  }
  if (entries.specifiers !== undefined) readImporter('', { specifiers: entries.specifiers }, found);
  for (const field of SPEC_FIELDS) {
    if (entries[field] !== undefined) readImporter('', { [field]: entries[field] }, found);
  }
  for (const [key, value] of Object.entries(recordOf(entries.packages))) {
    const entry = recordOf(value);
    noteResolutions(entry, found);
    found.packages.set(key, lockedPackage(key, entry));
  }
  for (const value of Object.values(recordOf(entries.snapshots))) noteResolutions(recordOf(value), found);
}

/** From version 6 on `name: { specifier, version }`; before, `specifiers` beside `dependencies`. */
function readImporter(folder: string, importer: Record<string, unknown>, found: Growing): void {
  const wants = found.wants.get(folder) ?? new Map<string, string>();
  found.wants.set(folder, wants);
  const want = (name: string, spec: unknown) => {
    if (typeof spec !== 'string') return;
    wants.set(name, spec);
    found.note({ [name]: spec });
  };
  for (const [name, spec] of Object.entries(recordOf(importer.specifiers))) want(name, spec);
  for (const field of SPEC_FIELDS) {
    for (const [name, value] of Object.entries(recordOf(importer[field]))) want(name, recordOf(value).specifier);
  }
}

/** Of packages the lockfile keeps not what they ask for but what they get: `name: 1.0.0(peer@2.0.0)`, `alias: real@1.0.0`. */
function noteResolutions(entry: Record<string, unknown>, found: Growing): void {
  for (const field of ['dependencies', 'optionalDependencies']) {
    for (const [name, resolved] of Object.entries(recordOf(entry[field]))) {
      found.asked.add(name);
      if (typeof resolved !== 'string') continue;
      const real = idOf(resolved);
      if (real.name !== '') found.asked.add(real.name);
      if (sourceOf(resolved) !== 'registry' || /^[\w.-]+\.[a-z]+\//.test(resolved)) found.askedElsewhere.add(name);
    }
  }
}

function lockedPackage(key: string, entry: Record<string, unknown>): LockedPackage {
  const resolution = recordOf(entry.resolution);
  const id = idOf(key);
  const name = textOf(entry.name) ?? id.name;
  const tarball = textOf(resolution.tarball);
  const repository = textOf(resolution.repo);
  const folder = textOf(resolution.directory);
  const source = repository !== null ? 'git' : folder !== null ? 'local' : sourceOf(tarball ?? withoutName(key));
  return {
    key,
    installedAs: name,
    name,
    version: textOf(entry.version) ?? (source === 'registry' ? id.version : null),
    source,
    resolved: repository === null ? tarball : `${repository}#${textOf(resolution.commit) ?? ''}`,
    integrity: textOf(resolution.integrity),
    development: entry.dev === undefined ? null : entry.dev === 'true',
    license: null,
    programs: [],
  };
}

/** `/name/1.0.0_peer`, `/@scope/name@1.0.0(peer)`, `name@1.0.0(peer)`, `host/name/1.0.0`; the name is `''` where there is none. */
function idOf(key: string): { name: string; version: string | null } {
  const plain = key.replace(/\(.*$/s, '').replace(/^\//, '');
  const named = /^((?:@[^/@]+\/)?[^/@]+)@(.+)$/.exec(plain);
  if (named) return { name: named[1]!, version: named[2]! };
  const old = /^(?:[\w-]+(?:\.[\w-]+)+(?::\d+)?\/)?((?:@[^/]+\/)?[^/]+)\/(\d[^/_]*)(?:_.*)?$/.exec(plain);
  return old ? { name: old[1]!, version: old[2]! } : { name: '', version: null };
}

/** `name@https://…` → `https://…`: where a key names the place, the place decides. */
function withoutName(key: string): string {
  return /^\/?(?:@[^/@]+\/)?[^/@]+@(.+)$/.exec(key)?.[1] ?? key.replace(/^\//, '');
}
