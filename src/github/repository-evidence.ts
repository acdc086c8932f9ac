import type { RequestOf } from '../gather.ts';
import type { EvidenceEntry, FileAnswer, FolderAnswer } from '../model/evidence.ts';
import type { ChangedFile, PullRequest } from '../model/pull-request.ts';
import type { GitHubClient, RepositoryName } from './client.ts';
import { CommitMemory } from './commit-memory.ts';
import { fileAnswerOf } from './read.ts';
import { type ObjectSource, readKnownObjects } from './read-known-objects.ts';
import { type ObjectAnswer, type ObjectWanted, outageOf } from './read-objects.ts';
import { takeBack } from './rebuild-text.ts';

type FileRequest = RequestOf<'file'>;
type FolderRequest = RequestOf<'folder'>;

/** Where the answers come from. */
interface Source extends ObjectSource {
  /** The base's tip, where the change began there; the merge base is that commit then. */
  startsAtTip: boolean;
  /** True for a path at which, and under which, the change does nothing. */
  isUntouched(path: string): boolean;
  /** The commit the change began at; asked of GitHub once, and only where the patches cannot tell. */
  mergeBase(): Promise<string>;
}

/**
 * Answers requests for files and folders with as few requests as GitHub allows: what commits hold never changes, so that
 * `memory` answers for what was read before, and all that is left of a round comes in one query. The merge base costs
 * nothing: it is the tip of the base, or what it held of a changed file is the head's text with the patch taken back.
 *
 * @throws when GitHub refuses us or asks us to wait; what it fails to serve is `unavailable`
 */
export function repositoryEvidence(
  client: GitHubClient,
  name: RepositoryName,
  pullRequest: PullRequest,
  memory: CommitMemory = new CommitMemory(),
) {
  let mergeBase: Promise<string> | undefined;
  let touched: ReturnType<typeof touchedPlaces> | undefined;
  const source: Source = {
    client,
    name,
    pullRequest,
    memory,
    startsAtTip: pullRequest.commits.some(({ parents }) => parents.includes(pullRequest.base.sha)),
    isUntouched(path) {
      touched ??= touchedPlaces(pullRequest.files);
      return !touched.isTouched(path);
    },
    mergeBase() {
      mergeBase ??= findMergeBase(source);
      return mergeBase;
    },
  };
  return async function answer(requests: readonly (FileRequest | FolderRequest)[]): Promise<EvidenceEntry[]> {
    const wanted = new Map<string, ObjectWanted>();
    for (const request of requests) {
      const object = objectFor(request, source);
      if (object) wanted.set(object.expression, object);
    }
    const objects = await readKnownObjects(source, [...wanted.values()]);
    const answers = requests.map(async (request): Promise<EvidenceEntry> => {
      const object = objectFor(request, source);
      const found = object ? (objects.get(object.expression) ?? null) : null;
      const elsewhere = request.side === 'merge-base' && !source.startsAtTip;
      if (request.kind === 'folder') {
        return [request, elsewhere ? folderAnswer(await readThere(source, request)) : folderAnswer(found)];
      }
      if (!elsewhere) return [request, fileAnswer(found)];
      if (mayHaveChangedUnseen(pullRequest, request.path)) return [request, await fileThere(source, request)];
      return [request, await atMergeBase(source, request, fileAnswer(found))];
    });
    return Promise.all(answers);
  };
}

/** The object at GitHub that a request is about; `null` where none is to be asked for in the first query. */
function objectFor(request: FileRequest | FolderRequest, source: Source): ObjectWanted | null {
  const { pullRequest, startsAtTip } = source;
  const { base, head } = pullRequest;
  if (request.side === 'base') return objectAt(base.sha, request);
  if (request.side === 'head') {
    // What the change leaves alone is what the base has, which most pull requests ask for again and again.
    const isBases = startsAtTip && listsAll(pullRequest) && source.isUntouched(request.path);
    return objectAt(isBases ? base.sha : head.sha, request);
  }
  if (startsAtTip) return objectAt(base.sha, request);
  if (request.kind === 'folder' || mayHaveChangedUnseen(pullRequest, request.path)) return null;
  const change = changeAtMergeBase(pullRequest, request.path);
  // Nothing to ask for: a removed file has no text at head, and what only the head has was not there.
  if (change?.status === 'removed') return null;
  if (!change && pullRequest.files.some((file) => file.path === request.path)) return null;
  return objectAt(head.sha, { kind: 'file', path: change?.path ?? request.path });
}

function objectAt(
  commit: string,
  { kind, path }: Pick<FileRequest | FolderRequest, 'kind' | 'path'>,
): ObjectWanted | null {
  if (!isRepositoryPath(path) && !(kind === 'folder' && path === '')) return null;
  return { expression: `${commit}:${path}`, commit, path };
}

/** GitHub lists 3,000 files at most. */
function listsAll({ files, totals }: PullRequest): boolean {
  return files.length >= totals.files;
}

/** Of a path that GitHub did not list, nobody knows whether the change touches it, where it did not list all. */
function mayHaveChangedUnseen(pullRequest: PullRequest, path: string): boolean {
  return !listsAll(pullRequest) && !pullRequest.files.some((file) => file.path === path || file.previousPath === path);
}

/** Where the change does something: its files on both sides, the folders they stand in, and whatever stands under them. */
function touchedPlaces(files: readonly ChangedFile[]) {
  const paths = new Set(files.flatMap(({ path, previousPath }) => (previousPath ? [path, previousPath] : [path])));
  const folders = new Set([...paths].flatMap(foldersOf));
  return {
    isTouched: (path: string) =>
      paths.has(path) || folders.has(path) || foldersOf(path).some((folder) => paths.has(folder)),
  };
}

/** All folders above a path, the repository itself first: `''`, `src`, `src/app`. */
function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return ['', ...parts.map((_, index) => parts.slice(0, index + 1).join('/'))];
}

/** The changed file whose old side had this path. */
function changeAtMergeBase({ files }: PullRequest, path: string): ChangedFile | undefined {
  return files.find((file) =>
    file.status === 'renamed'
      ? file.previousPath === path
      : file.path === path && file.status !== 'added' && file.status !== 'copied',
  );
}

/** `../x`, `/x` and `a//b` mean something to git that they do not mean to us. */
function isRepositoryPath(path: string): boolean {
  return (
    path !== '' && !path.includes('\0') && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
  );
}

function fileAnswer(object: ObjectAnswer): FileAnswer {
  if (!object) return { state: 'absent' };
  if ('failed' in object) return { state: 'unavailable', cause: object.failed };
  if (object.__typename !== 'Blob') return { state: 'absent' };
  return fileAnswerOf({ object });
}

function folderAnswer(object: ObjectAnswer): FolderAnswer {
  if (!object) return { state: 'absent' };
  if ('failed' in object) return { state: 'unavailable', cause: object.failed };
  if (object.__typename !== 'Tree') return { state: 'absent' };
  const kindOf = (type: string) => (type === 'blob' ? 'file' : type === 'tree' ? 'folder' : 'other');
  return { state: 'found', entries: (object.entries ?? []).map(({ name, type }) => ({ name, kind: kindOf(type) })) };
}

async function atMergeBase(source: Source, request: FileRequest, atHead: FileAnswer): Promise<FileAnswer> {
  const file = changeAtMergeBase(source.pullRequest, request.path);
  if (!file) return atHead;
  const head = file.status === 'removed' ? '' : atHead.state === 'found' ? atHead.text : null;
  if (head !== null && file.patch === 'text') {
    const before = takeBack(head, file);
    if (before !== null) return { state: 'found', text: before };
  }
  return atHead.state === 'unavailable' ? atHead : fileThere(source, request);
}

async function fileThere(source: Source, request: FileRequest): Promise<FileAnswer> {
  return fileAnswer(await readThere(source, request));
}

/** An object at the merge base itself. */
async function readThere(source: Source, request: Pick<FileRequest | FolderRequest, 'kind' | 'path'>) {
  try {
    const object = objectAt(await source.mergeBase(), request);
    const objects = await readKnownObjects(source, object ? [object] : []);
    return (object && objects.get(object.expression)) ?? null;
  } catch (error) {
    return { failed: outageOf(error) };
  }
}

async function findMergeBase({ client, name, pullRequest, memory }: ObjectSource): Promise<string> {
  const basehead = `${pullRequest.base.sha}...${pullRequest.head.sha}`;
  const known = memory.find(name, 'mergeBase', basehead);
  if (known !== undefined) return known;
  const { data } = await client.request('GET /repos/{owner}/{repo}/compare/{basehead}', {
    ...name,
    basehead,
    per_page: 1,
  });
  memory.keep(name, 'mergeBase', basehead, data.merge_base_commit.sha);
  return data.merge_base_commit.sha;
}
