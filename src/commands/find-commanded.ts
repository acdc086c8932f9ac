import { foldersUpFrom, pathIn } from '../manifests/folders.ts';
import { readLocalSource } from '../manifests/local-source.ts';
import { LOCKFILE_NAMES } from '../manifests/lockfiles/read-lockfile.ts';
import { readNpmSpec } from '../manifests/npm-spec.ts';
import { readPackageJson } from '../manifests/package-json.ts';
import { findSurroundings, type Reading, type Surroundings } from '../manifests/surroundings.ts';
import type { CommandedPackage, DependencyChanges } from '../model/dependency.ts';
import type { EvidenceRequest } from '../model/evidence.ts';
import { baseName, folderOf } from '../model/package-files.ts';
import { addedLines, holdsCommands, isHistory, stretchesOf } from './command-lines.ts';
import { type CommandMention, mayHoldCommand, readCommands } from './read-commands.ts';

/** What the commands of a change have to say. */
export type CommandChanges = Pick<DependencyChanges, 'commands' | 'passedOver' | 'missing' | 'filesRead'>;

/** Commands judged at most; more of them is a list of packages, and a reader of it would be asked for each. */
const MAX_COMMANDS = 500;

/** The files still wanted to say which of the commanded packages may be asked for, and which are there already. */
export function commandFiles(reading: Reading): EvidenceRequest[] {
  const places = new Set(sightings(reading).found.map(({ path }) => folderOf(path)));
  if (places.size === 0) return [];
  return findSurroundings(places, reading).wanted.filter((request) => !reading.evidence.has(request));
}

/** The packages that commands in added lines install or run. Never throws. */
export function findCommandedPackages(reading: Reading): CommandChanges {
  const { found, passedOver, missing } = sightings(reading);
  const filesRead = new Set(found.map(({ path }) => path)).size;
  if (found.length === 0) return { commands: [], passedOver, missing, filesRead };
  const surroundings = findSurroundings(new Set(found.map(({ path }) => folderOf(path))), reading);
  const commands: CommandedPackage[] = [];
  const passed = [...passedOver];
  for (const sighting of found) {
    const { path, line, name, mention } = sighting;
    const reason = mention.runs ? programReason(name, folderOf(path), reading, surroundings) : null;
    if (reason?.certain) {
      passed.push({ path, line, name, reason: reason.text });
      continue;
    }
    const spec = readNpmSpec(name, sighting.range);
    if (spec.kind === 'catalog') continue;
    const target = surroundings.targetOf(spec, folderOf(path));
    const { command, written } = mention;
    commands.push({ path, line, command, written, name, doubt: reason?.text ?? null, target });
  }
  return { commands, passedOver: passed, missing, filesRead };
}

interface CommandSighting {
  path: string;
  line: number;
  name: string;
  range: string;
  mention: CommandMention;
}

/** Every command in an added line, without those that name no package of a registry. */
function sightings({
  pullRequest,
}: Reading): Pick<CommandChanges, 'passedOver' | 'missing'> & { found: CommandSighting[] } {
  const found = new Map<string, CommandSighting>();
  const passedOver: DependencyChanges['passedOver'][number][] = [];
  const missing: DependencyChanges['missing'][number][] = [];
  for (const file of pullRequest.files) {
    const { path } = file;
    if (file.status === 'removed' || !holdsCommands(path) || isHistory(path)) continue;
    if (file.patch === 'missing' && baseName(path) !== 'package.json') {
      missing.push({ path, what: `the commands in ${path}`, cause: 'its patch could not be read' });
    }
    for (const { line, text } of addedLines(file)) {
      if (!mayHoldCommand(text)) continue;
      for (const { mention, prose } of mentionsIn(path, text)) {
        const read = prose && !looksLikeName(mention.written) ? null : readArgument(mention);
        if (read === null) continue;
        if ('reason' in read) passedOver.push({ path, line, name: mention.written, reason: read.reason });
        else if (found.size < MAX_COMMANDS) {
          const key = `${path}\0${mention.runs}\0${read.name}\0${read.range}`;
          if (!found.has(key)) found.set(key, { path, line, mention, ...read });
        }
      }
    }
  }
  return { found: [...found.values()], passedOver, missing };
}

function mentionsIn(path: string, text: string): { mention: CommandMention; prose: boolean }[] {
  return stretchesOf(path, text).flatMap(({ text: stretch, prose }) =>
    readCommands(stretch).map((mention) => ({ mention, prose })),
  );
}

/** In the middle of a sentence, a word is a package only where no other word looks like that. */
function looksLikeName(written: string): boolean {
  return /^@[a-z0-9]|[a-z0-9]-[a-z0-9]|[a-z]@(?:latest|next|[\^~]?\d)/.test(written);
}

/** Words that stand for a name in documents, and names that nobody would look for. */
const STANDS_FOR =
  /^@?(?:your|my|the|some|any|our|org|scope|user(?:name)?|package|pkg|pkgs|packages|name|module|dep|dependency|dependencies|library|lib|plugin|foo|bar|baz|xxx+)(?:$|[-_/.])|^(?:example|placeholder)$|[-/](?:name|package-name|pkg-name)$|^@[^/]*(?:your|example|placeholder)[^/]*\//i;

/** `name@range` as a command has it; a reason where it names no package, `null` where it is no argument at all. */
function readArgument({ written, runs }: CommandMention): { name: string; range: string } | { reason: string } | null {
  if (/[<>{}$%=*…]|\.{3}/.test(written))
    return /^[a-z@]/i.test(written) ? { reason: 'filled in when it is run' } : null;
  if (!/^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*(?:@.+)?$/i.test(written)) {
    return readLocalSource('name', written) === null ? null : { reason: 'a path, a repository or an address' };
  }
  const at = written.indexOf('@', 1);
  const name = at === -1 ? written : written.slice(0, at);
  const range = at === -1 ? '' : written.slice(at + 1);
  if (/\.(?:tgz|tar\.gz|[cm]?[jt]sx?|json|md|sh)$/.test(name) && at === -1) return { reason: 'a file' };
  if (STANDS_FOR.test(name)) return { reason: 'a word that stands for a name' };
  // Capitals and single letters are prose: "npx Works", "npm i a".
  if (!runs && /^[A-Z]/.test(name)) return null;
  if (readLocalSource(name, range) !== null) return { reason: 'a path, a repository or an address' };
  return { name, range };
}

/** Why a program may be there without any download: what is installed is run first. */
function programReason(
  name: string,
  folder: string,
  { evidence, readLockfile }: Reading,
  { own }: Surroundings,
): { certain: boolean; text: string } | null {
  let mayBring = false;
  let allKnown = false;
  for (const above of foldersUpFrom(folder)) {
    const manifest = evidence.file(pathIn(above, 'package.json'), 'head');
    const read = manifest.state === 'found' ? readPackageJson(manifest.text) : null;
    if (read?.ok) {
      if (read.manifest.programs.includes(name)) return { certain: true, text: 'a program of this repository' };
      if (read.manifest.dependencies.some((one) => one.name === name))
        return { certain: true, text: 'a declared dependency' };
      mayBring ||= read.manifest.dependencies.length > 0;
    }
    for (const file of LOCKFILE_NAMES) {
      for (const side of ['head', 'base'] as const) {
        const request = { kind: 'file', path: pathIn(above, file), side } as const;
        const answer = evidence.has(request) ? evidence.file(request.path, side) : null;
        const result = answer?.state === 'found' ? readLockfile(request.path, answer.text) : null;
        if (!result?.ok) continue;
        allKnown ||= result.lockfile.tellsPrograms;
        if (result.lockfile.packages.some((one) => one.programs.includes(name))) {
          return { certain: true, text: `a program of a package in ${request.path}` };
        }
      }
    }
  }
  if (own.names.has(name)) return { certain: true, text: 'a package of this repository' };
  return mayBring && !allKnown
    ? { certain: false, text: 'a package that is installed may bring a program of that name' }
    : null;
}
