import type { Evidence, EvidenceRequest } from '../model/evidence.ts';
import { folderOf } from '../model/package-files.ts';
import type { PullRequest } from '../model/pull-request.ts';
import { type ChangedManifest, changedManifests } from './changed-manifests.ts';
import { foldersUpFrom, pathIn } from './folders.ts';
import { type PackageJson, readPackageJson } from './package-json.ts';
import { readPnpmWorkspace } from './pnpm-workspace.ts';
import { isSameRegistry } from './registry-address.ts';
import { walkWorkspace } from './walk-workspace.ts';

/** What is known of the packages that live in the repository itself: their names are nobody else's business. */
export interface OwnPackages {
  /** Name to the manifest that bears it. */
  names: ReadonlyMap<string, string>;
  /** Name to the version it has at head; `null` where it has none. */
  versions: ReadonlyMap<string, string | null>;
  /** Scopes under which the repository has packages and, before this change, published none of them publicly. */
  privateScopes: ReadonlySet<string>;
  /** All scopes of the repository's own packages. */
  scopes: ReadonlySet<string>;
  /** Last parts of the folders that the workspace reaches: often a package's name without its scope. */
  folderNames: ReadonlySet<string>;
  /** False when the workspace is larger than we list: then `scopes` and `folderNames` must do. */
  complete: boolean;
  /** Why some of them could not be read; `null` when all were. */
  cause: string | null;
  /** What is still to be fetched before the answer is whole. */
  wanted: readonly EvidenceRequest[];
}

/** Sibling manifests read at most. */
const MAX_PACKAGES = 1000;

/**
 * The manifests of workspace roots: those of the given folders and of every folder above them. And what lies beside each
 * folder, for `packages/*` is how most workspaces reach their packages: asked for at once, it saves a round.
 */
export function workspaceRootRequests(folders: Iterable<string>): EvidenceRequest[] {
  const all = [...folders];
  const requests: EvidenceRequest[] = [{ kind: 'file', path: 'lerna.json', side: 'head' }];
  for (const beside of new Set(all.map(folderOf))) {
    if (beside !== '') requests.push({ kind: 'folder', path: beside, side: 'head' });
  }
  for (const root of possibleRoots(all)) {
    requests.push({ kind: 'file', path: pathIn(root, 'package.json'), side: 'head' });
    requests.push({ kind: 'file', path: pathIn(root, 'pnpm-workspace.yaml'), side: 'head' });
  }
  return requests;
}

/** Reads the repository's own packages around some folders, as far as the evidence goes, and says what is still wanted. */
export function findOwnPackages(
  folders: Iterable<string>,
  pullRequest: PullRequest,
  evidence: Evidence,
  publicRegistries: readonly string[],
): OwnPackages {
  const changed = new Map(changedManifests(pullRequest).map((manifest) => [manifest.path, manifest]));
  const paths = new Set<string>(changed.keys());
  const folderNames = new Set<string>();
  const wanted: EvidenceRequest[] = [];
  let complete = true;
  let cause: string | null = null;

  for (const root of possibleRoots(folders)) {
    paths.add(pathIn(root, 'package.json'));
    const globs = workspaceGlobs(root, evidence);
    const walk = walkWorkspace(root, globs.found, evidence);
    wanted.push(...walk.wanted);
    complete &&= walk.complete;
    cause ??= globs.cause ?? walk.cause;
    for (const folder of walk.folders) {
      folderNames.add(folder.slice(folder.lastIndexOf('/') + 1));
      if (paths.size < MAX_PACKAGES) paths.add(pathIn(folder, 'package.json'));
      else complete = false;
    }
  }

  const names = new Map<string, string>();
  const versions = new Map<string, string | null>();
  const scopes = new Set<string>();
  const publicScopes = new Set<string>();
  const knownBefore = new Set<string>();
  for (const path of paths) {
    const manifest = changed.get(path);
    const request: EvidenceRequest = { kind: 'file', path, side: 'head' };
    if (!manifest?.removed && !evidence.has(request)) {
      wanted.push(request);
      continue;
    }
    const answer = manifest?.removed ? null : evidence.file(path, 'head');
    if (answer?.state === 'unavailable') cause ??= `${path} could not be read: ${answer.cause}`;
    const now = answer?.state === 'found' ? parsed(answer.text) : null;
    const before = manifest ? manifestBefore(manifest, evidence) : now;
    if (now?.name != null) versions.set(now.name, now.version);
    for (const one of [now, before]) {
      if (one?.name == null) continue;
      names.set(one.name, path);
      const scope = scopeOf(one.name);
      if (scope) scopes.add(scope);
    }
    const scope = before?.name ? scopeOf(before.name) : null;
    if (!before || !scope) continue;
    knownBefore.add(scope);
    // A change must not make its own names private, so only how a package stood before it counts.
    const { publishRegistry } = before;
    const goesPublic = publishRegistry === null || publicRegistries.some((one) => isSameRegistry(one, publishRegistry));
    if (!before.private && goesPublic) publicScopes.add(scope);
  }
  const privateScopes = new Set([...knownBefore].filter((scope) => !publicScopes.has(scope)));
  return {
    names,
    versions,
    privateScopes,
    scopes,
    folderNames,
    complete: complete && wanted.length === 0,
    cause,
    wanted,
  };
}

/** `@scope` of a scoped name; `null` for any other. */
export function scopeOf(name: string): string | null {
  return name.startsWith('@') && name.includes('/') ? name.slice(0, name.indexOf('/')) : null;
}

function manifestBefore(manifest: ChangedManifest, evidence: Evidence): PackageJson | null {
  if (manifest.previousPath === null) return null;
  const answer = evidence.file(manifest.previousPath, 'merge-base');
  return answer.state === 'found' ? parsed(answer.text) : null;
}

function possibleRoots(folders: Iterable<string>): Set<string> {
  return new Set([...folders].flatMap(foldersUpFrom));
}

/** What the files of one folder say that its workspace consists of, and why one of them could not be read. */
function workspaceGlobs(root: string, evidence: Evidence): { found: string[]; cause: string | null } {
  const found: string[] = [];
  let cause: string | null = null;
  const readers: [name: string, read: (text: string) => readonly string[] | null][] = [
    ['package.json', (text) => parsed(text)?.workspaces ?? []],
    ['pnpm-workspace.yaml', (text) => readPnpmWorkspace(text)?.packages ?? null],
    ['lerna.json', lernaPackages],
  ];
  for (const [name, read] of readers) {
    if (name === 'lerna.json' && root !== '') continue;
    const path = pathIn(root, name);
    const answer = evidence.file(path, 'head');
    if (answer.state === 'unavailable') cause ??= `${path} could not be read: ${answer.cause}`;
    if (answer.state !== 'found') continue;
    const globs = read(answer.text);
    if (globs) found.push(...globs);
    else cause ??= `${path} could not be read: it is not valid YAML`;
  }
  return { found, cause };
}

/** Old monorepos name their packages in `lerna.json` alone, and depend on each other by plain ranges. */
function lernaPackages(text: string): string[] {
  try {
    const { packages } = JSON.parse(text) as { packages?: unknown };
    return Array.isArray(packages) ? packages.filter((glob) => typeof glob === 'string') : [];
  } catch {
    return [];
  }
}

function parsed(text: string): PackageJson | null {
  const result = readPackageJson(text);
  return result.ok ? result.manifest : null;
}
