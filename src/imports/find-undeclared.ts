import { foldersUpFrom, pathIn } from '../manifests/folders.ts';
import { LOCKFILE_NAMES } from '../manifests/lockfiles/read-lockfile.ts';
import { findSurroundings, type Reading, type Surroundings, surroundingRequests } from '../manifests/surroundings.ts';
import type { DependencyChanges, ImportedPackage } from '../model/dependency.ts';
import type { EvidenceRequest } from '../model/evidence.ts';
import { folderOf } from '../model/package-files.ts';
import type { ChangedFile } from '../model/pull-request.ts';
import { type Aliases, isAliased, noAliases } from './aliases.ts';
import { isBundlerConfig, readBundlerAliases, readPackageAliases } from './bundler-aliases.ts';
import { isCompilerConfig, readCompilerPaths } from './compiler-paths.ts';
import { type Declarations, declarationsAbove } from './declarations.ts';
import { reasonToLeave, saysGenerated } from './left-alone.ts';
import { likelyPackages } from './likely-imports.ts';
import { isBroughtAlong, readSpecifier, typesPackageOf } from './package-name.ts';
import { type ImportMention, readImports } from './read-imports.ts';
import { isSource } from './scripts-in.ts';

/** What the source files of a change have to say. */
export type ImportChanges = Pick<DependencyChanges, 'imports' | 'passedOver' | 'missing' | 'filesRead'>;

/** Files read at most: a change that brings in unknown names in more of them is not judged by one more. */
const MAX_FILES = 400;

/**
 * The files still wanted to say which imports nothing declares. First the folders of files that seem to import something,
 * with the manifests in them; only for what those do not declare the sources themselves, with everything that could give
 * a name another meaning as far as it is known by then, and then the rest of that.
 */
export function importFiles(reading: Reading): EvidenceRequest[] {
  const step = nextStep(reading);
  return step.state === 'wanting' ? step.wanted : [];
}

/** The packages that changed source files newly import and that nothing which counts declares. Never throws. */
export function findUndeclaredImports(reading: Reading): ImportChanges {
  const step = nextStep(reading);
  const { suspects, missing } = step;
  const found: ImportedPackage[] = [];
  const passedOver: DependencyChanges['passedOver'][number][] = [];
  for (const suspect of suspects) {
    const { aliases } = step.aliases.get(folderOf(suspect.file.path)) ?? { aliases: noAliases() };
    for (const { mentions, name } of suspect.fresh) {
      const { path } = suspect.file;
      const read = mentions.map((mention) => ({ mention, reason: otherMeaning(mention.specifier, aliases, reading) }));
      const meant = read.filter(({ reason }) => reason === null).map(({ mention }) => mention);
      const reason = meant.length === 0 ? read[0]!.reason : ownReason(name, step.surroundings);
      if (reason !== null) passedOver.push({ path, line: mentions[0]!.line, name, reason });
      else found.push(packageOf(name, gravest(meant), suspect, aliases, step.surroundings!, reading));
    }
  }
  return { imports: found, passedOver, missing, filesRead: suspects.length };
}

/** A changed source file that imports what the manifests above it do not declare. */
interface Suspect {
  file: ChangedFile;
  declarations: Declarations;
  /** One for each package that the file did not import before. */
  fresh: readonly { name: string; mentions: readonly ImportMention[] }[];
  partial: boolean;
}

type Step = {
  suspects: readonly Suspect[];
  missing: DependencyChanges['missing'];
  surroundings: Surroundings | null;
  /** By folder. */
  aliases: ReadonlyMap<string, Meanings>;
} & ({ state: 'wanting'; wanted: EvidenceRequest[] } | { state: 'done' });

function nextStep(reading: Reading): Step {
  const nothing = { suspects: [], missing: [], surroundings: null, aliases: new Map() };
  const files = importingFiles(reading);
  const folders = new Set(files.flatMap((file) => foldersUpFrom(folderOf(file.path))));
  const first = [...folders].flatMap((path): EvidenceRequest[] => [
    { kind: 'folder', path, side: 'head' },
    { kind: 'file', path: pathIn(path, 'package.json'), side: 'head' },
  ]);
  if (files.length > 0) first.push({ kind: 'file', path: '.gitattributes', side: 'base' });
  const missingNow = (requests: readonly EvidenceRequest[]) => requests.filter((one) => !reading.evidence.has(one));
  const listings = missingNow(first);
  if (listings.length > 0) return { ...nothing, state: 'wanting', wanted: listings };

  const doubtful = files.filter((file) => isDoubtful(file, reading));
  const read = doubtful.slice(0, MAX_FILES);
  const sources = missingNow(read.flatMap(sidesOf));
  if (sources.length > 0) {
    // What else may give a name another meaning comes along: most of what is in doubt stays so.
    const around = new Set(read.map(({ path }) => folderOf(path)));
    const meanings = [...around].flatMap((folder) => aliasesIn(folder, reading).wanted);
    const wanted = [...sources, ...missingNow([...surroundingRequests(around, reading), ...meanings])];
    return { ...nothing, state: 'wanting', wanted: distinct(wanted) };
  }

  const missing: DependencyChanges['missing'][number][] = [];
  if (doubtful.length > read.length) {
    const cause = `${doubtful.length} files import what is not declared, and ${read.length} are read`;
    missing.push({ path: doubtful[read.length]!.path, what: 'the imports of every changed file', cause });
  }
  for (const { path } of read) {
    const head = reading.evidence.file(path, 'head');
    if (head.state === 'unavailable') missing.push({ path, what: `the imports of ${path}`, cause: head.cause });
  }
  // From here on, more evidence changes nothing about what a file imports.
  const suspects = read
    .map((file) => reading.once(`suspect\0${file.path}`, () => suspectOf(file, reading)))
    .filter((one) => one !== null);
  if (suspects.length === 0) return { ...nothing, missing, state: 'done' };

  const places = suspects.map(({ file }) => folderOf(file.path));
  const surroundings = findSurroundings(new Set(places), reading);
  const aliases = new Map<string, Meanings>();
  for (const folder of places) if (!aliases.has(folder)) aliases.set(folder, aliasesIn(folder, reading));
  const meanings = [...aliases.values()].flatMap((one) => one.wanted);
  const wanted = distinct(missingNow([...surroundings.wanted, ...meanings]));
  const known = { suspects, missing, surroundings, aliases };
  return wanted.length > 0 ? { ...known, state: 'wanting', wanted } : { ...known, state: 'done' };
}

/** Changed sources whose added lines seem to import a package, or whose lines could not be read. */
function importingFiles({ pullRequest, evidence }: Reading): ChangedFile[] {
  return pullRequest.files.filter((file) => {
    if (file.status === 'removed' || !isSource(file.path) || file.patch === 'binary') return false;
    if (reasonToLeave(file.path, evidence) !== null) return false;
    return likelyPackages(file)?.size !== 0;
  });
}

function isDoubtful(file: ChangedFile, reading: Reading): boolean {
  const folder = folderOf(file.path);
  const declarations = reading.once(`declarations\0${folder}`, () => declarationsAbove(folder, reading.evidence));
  // Where no folder has a manifest, nothing can be declared, and nobody installs from npm.
  if (declarations.nearest === null || reasonToLeave(file.path, reading.evidence) !== null) return false;
  const likely = likelyPackages(file);
  return likely === null || [...likely].some((name) => !declarations.values.has(name));
}

function sidesOf({ path, previousPath, status }: ChangedFile): EvidenceRequest[] {
  const before = status === 'renamed' ? previousPath : status === 'added' || status === 'copied' ? undefined : path;
  const requests: EvidenceRequest[] = [{ kind: 'file', path, side: 'head' }];
  if (before !== undefined) requests.push({ kind: 'file', path: before, side: 'merge-base' });
  return requests;
}

function suspectOf(file: ChangedFile, { evidence }: Reading): Suspect | null {
  const { path } = file;
  const head = evidence.file(path, 'head');
  if (head.state !== 'found' || saysGenerated(head.text)) return null;
  const [, old] = sidesOf(file);
  const before = old?.kind === 'file' ? evidence.file(old.path, 'merge-base') : null;
  const known = new Set(before?.state === 'found' ? namesIn(path, before.text) : []);
  const now = readImports(path, head.text);
  const declarations = declarationsAbove(folderOf(path), evidence);
  const ambient = new Set(now.ambient);
  const fresh = new Map<string, ImportMention[]>();
  for (const mention of now.imports) {
    const reading = readSpecifier(mention.specifier);
    if (!('name' in reading) || known.has(reading.name) || ambient.has(mention.specifier)) continue;
    if (isDeclared(reading.name, mention, declarations)) continue;
    fresh.set(reading.name, [...(fresh.get(reading.name) ?? []), mention]);
  }
  if (fresh.size === 0) return null;
  return {
    file,
    declarations,
    fresh: [...fresh].map(([name, mentions]) => ({ name, mentions })),
    partial: now.partial,
  };
}

function namesIn(path: string, text: string): string[] {
  return readImports(path, text).imports.flatMap(({ specifier }) => {
    const reading = readSpecifier(specifier);
    return 'name' in reading ? [reading.name] : [];
  });
}

function isDeclared(name: string, { onlyTypes }: ImportMention, { values, own, engines }: Declarations): boolean {
  if (values.has(name) || own.has(name) || isBroughtAlong(name, values)) return true;
  if (name === 'vscode' && engines.has('vscode')) return true;
  return onlyTypes && values.has(typesPackageOf(name));
}

/** What a specifier means instead of a package; `null` where it can only mean one. */
function otherMeaning(specifier: string, aliases: Aliases, reading: Reading): string | null {
  if (isAliased(specifier, aliases)) return 'an alias of this repository';
  if (isInFolder(specifier, aliases, reading)) return 'a folder or file that the compiler finds by its name';
  return null;
}

function ownReason(name: string, surroundings: Surroundings | null): string | null {
  if (!surroundings) return 'not yet known';
  return surroundings.own.names.has(name) ? 'a package of this repository' : null;
}

/** The mention that speaks for all: one that runs before one that is only for types, one that must work before one that may fail. */
function gravest(mentions: readonly ImportMention[]): ImportMention {
  const weight = ({ onlyTypes, doubt }: ImportMention) => (onlyTypes ? 2 : 0) + (doubt === null ? 0 : 1);
  return mentions.toSorted((one, other) => weight(one) - weight(other))[0]!;
}

function packageOf(
  name: string,
  { specifier, line, onlyTypes, doubt }: ImportMention,
  { file, declarations, partial }: Suspect,
  aliases: Aliases,
  surroundings: Surroundings,
  reading: Reading,
): ImportedPackage {
  const folder = folderOf(file.path);
  return {
    path: file.path,
    line,
    specifier,
    name,
    onlyTypes,
    partial,
    manifest: declarations.nearest,
    lockedIn: lockfileWith(name, folder, reading),
    doubt: doubt ?? aliases.doubt,
    target: surroundings.targetOf({ kind: 'registry', name, want: { type: 'range', value: '*' } }, folder),
  };
}

/** What gives names another meaning in a folder: compiler, bundlers, manifests. */
interface Meanings {
  aliases: Aliases;
  wanted: readonly EvidenceRequest[];
}

function aliasesIn(start: string, { evidence }: Reading): Meanings {
  const aliases = noAliases();
  const compilers: string[] = [];
  const wanted: EvidenceRequest[] = [];
  for (const folder of foldersUpFrom(start)) {
    const listing = evidence.folder(folder, 'head');
    if (listing.state !== 'found') continue;
    for (const { name, kind } of listing.entries) {
      if (kind !== 'file') continue;
      const path = pathIn(folder, name);
      if (isCompilerConfig(name)) compilers.push(path);
      if (name === 'package.json') {
        const answer = evidence.file(path, 'head');
        if (answer.state === 'found') readPackageAliases(path, answer.text, aliases);
      }
      if (!isBundlerConfig(name)) continue;
      const request: EvidenceRequest = { kind: 'file', path, side: 'head' };
      if (!evidence.has(request)) wanted.push(request);
      const answer = evidence.file(path, 'head');
      if (answer.state === 'found') readBundlerAliases(path, answer.text, aliases);
    }
  }
  wanted.push(...readCompilerPaths(compilers, evidence, aliases));
  for (const path of aliases.folders) {
    const request: EvidenceRequest = { kind: 'folder', path, side: 'head' };
    if (!evidence.has(request)) wanted.push(request);
  }
  return { aliases, wanted };
}

/** Whether the first segment of a specifier stands in a folder that is searched before packages are. */
function isInFolder(specifier: string, { folders }: Aliases, { evidence }: Reading): boolean {
  const [first = ''] = specifier.split('/');
  return [...folders].some((path) => {
    const listing = evidence.folder(path, 'head');
    if (listing.state !== 'found') return false;
    return listing.entries.some(
      ({ name }) => name === first || name.replace(/(?:\.d)?\.[cm]?[jt]sx?$|\.json$/, '') === first,
    );
  });
}

/** The lockfile that installs a package all the same; `null` where none does. */
function lockfileWith(name: string, folder: string, { evidence, readLockfile }: Reading): string | null {
  for (const above of foldersUpFrom(folder)) {
    for (const file of LOCKFILE_NAMES) {
      const path = pathIn(above, file);
      for (const side of ['head', 'base'] as const) {
        if (!evidence.has({ kind: 'file', path, side })) continue;
        const answer = evidence.file(path, side);
        const result = answer.state === 'found' ? readLockfile(path, answer.text) : null;
        if (result?.ok && result.lockfile.packages.some((one) => one.installedAs === name && one.source !== 'local'))
          return path;
      }
    }
  }
  return null;
}

function distinct(requests: readonly EvidenceRequest[]): EvidenceRequest[] {
  return [...new Map(requests.map((request) => [JSON.stringify(request), request])).values()];
}
