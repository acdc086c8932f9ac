import type { EvidenceSources } from '../gather.ts';
import type { EvidenceEntry, FileAnswer, FolderAnswer, Side } from '../model/evidence.ts';
import { complaintOf, type LocalRepository, type ReadObjects, withObjects } from './repository.ts';

type Request = Parameters<EvidenceSources['repository']>[0][number];

/** What stands at a path: only a blob that is neither link nor submodule counts as a file. */
interface TreeEntry {
  kind: 'file' | 'folder' | 'other';
  id: string;
}

/** A file that people are to read is smaller; a larger one would cost more memory than its answer is worth. */
const MAX_FILE_BYTES = 20 * 1024 * 1024;

/** A folder request without a path means the whole repository. */
const ROOT = '';

/** Git looks as far for a NUL when it decides what is binary. */
const BINARY_PROBE_BYTES = 8_000;

/** Of one argument list; the systems' limits begin at 128 kB. */
const MAX_ARGUMENT_BYTES = 60_000;

/** Answers for the files and folders of one repository, at the three commits that a review knows. */
export function repositorySource(
  repository: LocalRepository,
  commits: Readonly<Record<Side, string>>,
): EvidenceSources['repository'] {
  return (requests) =>
    withObjects(repository, async (git) => {
      const places = await findPlaces(git, commits, requests);
      const objects = await readContents(git, places);
      return requests.map((request) => toEntry(request, places, objects));
    });
}

type Places = Map<string, TreeEntry | { unavailable: string }>;

/** The objects wanted: content, or the reason why there is none. */
type Contents = Map<string, Buffer | { unavailable: string }>;

/** Looks every path up in its tree: one call for each side, more only where the paths would not fit. */
async function findPlaces(
  git: ReadObjects,
  commits: Readonly<Record<Side, string>>,
  requests: readonly Request[],
): Promise<Places> {
  const places: Places = new Map();
  const sides = Object.groupBy(requests, (request) => request.side);
  await Promise.all(
    Object.entries(sides).map(async ([side, wanted]) => {
      const paths = new Set(wanted.map(pathOf).filter((path) => path !== null));
      if (paths.delete(ROOT)) places.set(keyOf(side, ROOT), await findRoot(git, commits[side as Side]));
      for (const batch of inBatches([...paths])) {
        // With -t a folder is listed even where another path leads through it.
        const { status, stdout, stderr } = await git(['ls-tree', '-t', '-z', commits[side as Side], '--', ...batch]);
        if (status !== 0) {
          for (const path of batch) places.set(keyOf(side, path), { unavailable: complaintOf(stderr) });
          continue;
        }
        for (const line of stdout.toString('utf8').split('\0').slice(0, -1)) {
          const tab = line.indexOf('\t');
          const [mode = '', , id = ''] = line.slice(0, tab).split(' ');
          const path = line.slice(tab + 1);
          if (paths.has(path)) places.set(keyOf(side, path), { kind: kindOf(mode), id });
        }
      }
    }),
  );
  return places;
}

/** The one folder that stands in no tree. */
async function findRoot(git: ReadObjects, commit: string): Promise<TreeEntry | { unavailable: string }> {
  const { status, stdout, stderr } = await git(['rev-parse', '--verify', '--end-of-options', `${commit}^{tree}`]);
  if (status !== 0) return { unavailable: complaintOf(stderr) };
  return { kind: 'folder', id: stdout.toString().trim() };
}

function keyOf(side: string, path: string): string {
  return `${side}\0${path}`;
}

/** The path as trees know it; `null` for one that can be in no tree, or that means something else to git. */
function pathOf(request: Request): string | null {
  if (request.kind === 'folder' && request.path === ROOT) return ROOT;
  const path = request.kind === 'folder' ? request.path.replace(/\/$/, '') : request.path;
  if (path.startsWith(':') || path.includes('\0')) return null;
  const parts = path.split('/');
  return parts.some((part) => part === '' || part === '.' || part === '..') ? null : path;
}

function* inBatches(paths: readonly string[]): Generator<string[]> {
  let batch: string[] = [];
  let bytes = 0;
  for (const path of paths) {
    const size = Buffer.byteLength(path) + 1;
    if (batch.length > 0 && bytes + size > MAX_ARGUMENT_BYTES) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(path);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

function kindOf(mode: string): TreeEntry['kind'] {
  if (mode === '040000') return 'folder';
  return mode.startsWith('100') ? 'file' : 'other';
}

/** Reads every object by its id, so that no path ever reaches git's line-based input. */
async function readContents(git: ReadObjects, places: Places): Promise<Contents> {
  const contents: Contents = new Map();
  const ids = new Set(
    [...places.values()].flatMap((place) => ('id' in place && place.kind !== 'other' ? [place.id] : [])),
  );
  if (ids.size === 0) return contents;

  const listed = await git(['cat-file', '--batch-check'], { input: [...ids, ''].join('\n') });
  const small: string[] = [];
  for (const line of listed.stdout.toString('utf8').split('\n')) {
    const [id = '', type, size] = line.split(' ');
    if (type === 'missing') contents.set(id, { unavailable: 'this clone does not hold its content' });
    else if (Number(size) > MAX_FILE_BYTES)
      contents.set(id, { unavailable: `it has ${size} bytes, more than is read` });
    else if (id !== '') small.push(id);
  }
  if (small.length === 0) return contents;

  const { stdout } = await git(['cat-file', '--batch'], { input: [...small, ''].join('\n') });
  let at = 0;
  while (at < stdout.length) {
    const end = stdout.indexOf('\n', at);
    const [id = '', , size] = stdout.toString('utf8', at, end).split(' ');
    const start = end + 1;
    at = start + Number(size) + 1;
    if (at <= stdout.length) contents.set(id, stdout.subarray(start, at - 1));
  }
  return contents;
}

function toEntry(request: Request, places: Places, contents: Contents): EvidenceEntry {
  if (request.kind === 'file') return [request, fileAnswer(request, places, contents)];
  return [request, folderAnswer(request, places, contents)];
}

type Found =
  | { state: 'found'; content: Buffer; id: string }
  | { state: 'absent' }
  | { state: 'unavailable'; cause: string };

function find(request: Request, places: Places, contents: Contents): Found {
  const path = pathOf(request);
  const place = path === null ? undefined : places.get(keyOf(request.side, path));
  if (!place) return { state: 'absent' };
  if ('unavailable' in place) return { state: 'unavailable', cause: place.unavailable };
  if (place.kind !== request.kind) return { state: 'absent' };
  const content = contents.get(place.id) ?? { unavailable: 'git did not hand it over' };
  if ('unavailable' in content) return { state: 'unavailable', cause: content.unavailable };
  return { state: 'found', content, id: place.id };
}

function fileAnswer(request: Request, places: Places, contents: Contents): FileAnswer {
  const found = find(request, places, contents);
  if (found.state !== 'found') return found;
  if (found.content.subarray(0, BINARY_PROBE_BYTES).includes(0)) return { state: 'binary' };
  return { state: 'found', text: found.content.toString('utf8') };
}

function folderAnswer(request: Request, places: Places, contents: Contents): FolderAnswer {
  const found = find(request, places, contents);
  if (found.state !== 'found') return found;
  return { state: 'found', entries: parseTree(found.content, found.id.length / 2) };
}

/** A tree object: for each child its mode, a space, its name, a NUL, and its id in bytes. */
function parseTree(tree: Buffer, idBytes: number): { name: string; kind: TreeEntry['kind'] }[] {
  const entries: { name: string; kind: TreeEntry['kind'] }[] = [];
  let at = 0;
  while (at < tree.length) {
    const space = tree.indexOf(' ', at);
    const end = tree.indexOf(0, space);
    const mode = tree.toString('latin1', at, space).padStart(6, '0');
    entries.push({ name: tree.toString('utf8', space + 1, end), kind: kindOf(mode) });
    at = end + 1 + idBytes;
  }
  return entries;
}
