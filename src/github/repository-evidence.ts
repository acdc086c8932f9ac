import { applyPatch, reversePatch } from 'diff';
import { z } from 'zod';
import type { RequestOf } from '../gather.ts';
import type { EvidenceEntry, FileAnswer, FolderAnswer } from '../model/evidence.ts';
import type { ChangedFile, PullRequest } from '../model/pull-request.ts';
import {
  describeGitHubError,
  type GitHubClient,
  graphqlErrorsOf,
  isNotFound,
  isRateLimit,
  type RepositoryName,
  statusOf,
} from './client.ts';
import type { ObjectCache } from './object-cache.ts';
import { CUT_SHORT, fileAnswerOf } from './read.ts';

/** How many objects one query asks for; GitHub ends queries that take longer than ten seconds. */
const OBJECTS_PER_QUERY = 60;

/** How many queries are under way at once. */
const QUERIES_AT_ONCE = 4;

type FileRequest = RequestOf<'file'>;
type FolderRequest = RequestOf<'folder'>;

/** An object of the repository, named as `git rev-parse` would: `<commit>:<path>`. */
interface ObjectWanted {
  expression: string;
  commit: string;
  path: string;
}

const objectAnswer = z
  .object({
    __typename: z.string(),
    text: z.string().nullish(),
    isBinary: z.boolean().nullish(),
    isTruncated: z.boolean().optional(),
    entries: z.array(z.object({ name: z.string(), type: z.string() })).nullish(),
  })
  .nullable();
type ObjectAnswer = z.infer<typeof objectAnswer> | { failed: string };

/** Objects at the tips of bases, which most pull requests ask for again and again. */
export type BaseObjects = ObjectCache<z.infer<typeof objectAnswer>>;

/** Where the answers come from. */
interface Source {
  client: GitHubClient;
  name: RepositoryName;
  pullRequest: PullRequest;
  /** The commit the change began at; asked of GitHub once, and only where the patches cannot tell. */
  mergeBase(): Promise<string>;
}

/**
 * Answers requests for files and folders with as few requests as GitHub allows: all objects of a round in one query.
 * The merge base costs nothing: what it held of a changed file is the head's text with the patch taken back.
 *
 * @throws when GitHub refuses us or asks us to wait; what it fails to serve is `unavailable`
 */
export function repositoryEvidence(
  client: GitHubClient,
  name: RepositoryName,
  pullRequest: PullRequest,
  baseObjects?: BaseObjects,
) {
  let mergeBase: Promise<string> | undefined;
  const source: Source = {
    client,
    name,
    pullRequest,
    mergeBase() {
      mergeBase ??= readMergeBase(client, name, pullRequest);
      return mergeBase;
    },
  };
  return async function answer(requests: readonly (FileRequest | FolderRequest)[]): Promise<EvidenceEntry[]> {
    const wanted = new Map<string, ObjectWanted>();
    for (const request of requests) {
      const object = objectFor(request, pullRequest);
      if (object) wanted.set(object.expression, object);
    }
    const objects = await readKept(source, [...wanted.values()], baseObjects);
    const answers = requests.map(async (request): Promise<EvidenceEntry> => {
      const object = objectFor(request, pullRequest);
      const found = object ? (objects.get(object.expression) ?? null) : null;
      if (request.kind === 'folder') {
        return [request, request.side === 'merge-base' ? await folderThere(source, request.path) : folderAnswer(found)];
      }
      if (request.side === 'merge-base' && mayHaveChangedUnseen(pullRequest, request.path)) {
        return [request, await fileThere(source, request.path)];
      }
      const text = await readLongText(source, object, fileAnswer(found));
      return [request, request.side === 'merge-base' ? await atMergeBase(source, request, text) : text];
    });
    return Promise.all(answers);
  };
}

/** Objects at the base's tip are asked for once, whatever pull request wants them; a failure is no answer to keep. */
async function readKept(
  { client, name, pullRequest }: Source,
  wanted: readonly ObjectWanted[],
  kept: BaseObjects | undefined,
): Promise<Map<string, ObjectAnswer>> {
  if (!kept) return readObjects(client, name, wanted);
  const repository = `${name.owner}/${name.repo}`.toLowerCase();
  const keyOf = ({ expression }: ObjectWanted) => `${repository}\0${expression}`;
  const isKept = (object: ObjectWanted) => object.commit === pullRequest.base.sha;
  const found = new Map<string, ObjectAnswer>();
  for (const object of wanted.filter(isKept)) {
    const answer = kept.get(keyOf(object));
    if (answer !== undefined) found.set(object.expression, answer);
  }
  const asked = wanted.filter(({ expression }) => !found.has(expression));
  for (const [expression, answer] of await readObjects(client, name, asked)) {
    found.set(expression, answer);
    const object = asked.find((one) => one.expression === expression);
    if (!object || !isKept(object) || (answer && 'failed' in answer)) continue;
    kept.set(keyOf(object), answer, answer?.text?.length ?? (answer?.entries?.length ?? 0) * 60);
  }
  return found;
}

/** The object at GitHub that a request is about; `null` where none is to be asked for in the first query. */
function objectFor(request: FileRequest | FolderRequest, pullRequest: PullRequest): ObjectWanted | null {
  if (request.side !== 'merge-base') {
    return objectAt(request.side === 'base' ? pullRequest.base.sha : pullRequest.head.sha, request);
  }
  if (request.kind === 'folder' || mayHaveChangedUnseen(pullRequest, request.path)) return null;
  const change = changeAtMergeBase(pullRequest, request.path);
  // Nothing to ask for: a removed file has no text at head, and what only the head has was not there.
  if (change?.status === 'removed') return null;
  if (!change && pullRequest.files.some((file) => file.path === request.path)) return null;
  return objectAt(pullRequest.head.sha, { kind: 'file', path: change?.path ?? request.path });
}

function objectAt(commit: string, { kind, path }: Pick<FileRequest | FolderRequest, 'kind' | 'path'>) {
  if (!isRepositoryPath(path) && !(kind === 'folder' && path === '')) return null;
  return { expression: `${commit}:${path}`, commit, path };
}

/** GitHub lists 3,000 files at most: of a path it did not list, nobody knows then whether the change touches it. */
function mayHaveChangedUnseen({ files, totals }: PullRequest, path: string): boolean {
  return files.length < totals.files && !files.some((file) => file.path === path || file.previousPath === path);
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

async function readObjects(
  client: GitHubClient,
  name: RepositoryName,
  wanted: readonly ObjectWanted[],
): Promise<Map<string, ObjectAnswer>> {
  const answers = new Map<string, ObjectAnswer>();
  const batches: ObjectWanted[][] = [];
  for (let from = 0; from < wanted.length; from += OBJECTS_PER_QUERY) {
    batches.push(wanted.slice(from, from + OBJECTS_PER_QUERY));
  }
  for (let from = 0; from < batches.length; from += QUERIES_AT_ONCE) {
    await Promise.all(
      batches.slice(from, from + QUERIES_AT_ONCE).map(async (batch) => {
        const found = await readBatch(client, name, batch);
        for (const [index, object] of batch.entries()) answers.set(object.expression, found[index] ?? null);
      }),
    );
  }
  return answers;
}

async function readBatch(
  client: GitHubClient,
  { owner, repo }: RepositoryName,
  batch: readonly ObjectWanted[],
): Promise<ObjectAnswer[]> {
  // Paths travel as variables: whatever a pull request names its files, it cannot change the query.
  const parameters = batch.map((_, index) => `$e${index}: String!`).join(', ');
  const fields = batch.map(
    (_, index) => `o${index}: object(expression: $e${index}) {
      __typename ... on Blob { text isBinary isTruncated } ... on Tree { entries { name type } }
    }`,
  );
  const query = `query ComposureObjects($owner: String!, $repo: String!, ${parameters}) {
    repository(owner: $owner, name: $repo) { ${fields.join('\n')} }
  }`;
  const variables = Object.fromEntries(batch.map((object, index) => [`e${index}`, object.expression]));
  try {
    const { repository } = z
      .object({ repository: z.record(z.string(), objectAnswer) })
      .parse(await client.graphql(query, { owner, repo, ...variables }));
    return batch.map((_, index) => repository[`o${index}`] ?? null);
  } catch (error) {
    const failed = outageOf(error);
    return batch.map(() => ({ failed }));
  }
}

/**
 * What to say of GitHub's failure to serve something.
 *
 * @throws the error itself where it is none of that: rate limits and refusals must reach the worker, which knows when
 *   to try again, and so must our own faults
 */
function outageOf(error: unknown): string {
  const status = statusOf(error);
  const isGitHubs = status !== undefined || graphqlErrorsOf(error).length > 0;
  if (!isGitHubs || status === 401 || status === 403 || isRateLimit(error)) throw error;
  return describeGitHubError(error);
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

/** GraphQL cuts long files short; the contents API serves them up to 100 MB. */
async function readLongText(
  { client, name }: Source,
  object: ObjectWanted | null,
  answer: FileAnswer,
): Promise<FileAnswer> {
  if (!object || answer.state !== 'unavailable' || answer.cause !== CUT_SHORT) return answer;
  try {
    const { data } = await client.request('GET /repos/{owner}/{repo}/contents/{path}', {
      ...name,
      path: object.path,
      ref: object.commit,
      mediaType: { format: 'raw' },
    });
    return rawAnswer(data);
  } catch (error) {
    if (isNotFound(error)) return { state: 'absent' };
    if (isTooLarge(error)) return { state: 'unavailable', cause: 'it is larger than GitHub serves' };
    return { state: 'unavailable', cause: outageOf(error) };
  }
}

/** Octokit decodes what GitHub calls text, and hands the rest over as bytes. */
function rawAnswer(data: unknown): FileAnswer {
  const text = typeof data === 'string' ? data : new TextDecoder().decode(data as ArrayBuffer);
  // Where git, too, looks for the sign of a binary file.
  return text.slice(0, 8000).includes('\0') ? { state: 'binary' } : { state: 'found', text };
}

/** Past 100 MB GitHub says 403, with a reason that tells it from a refusal. */
function isTooLarge(error: unknown): boolean {
  return statusOf(error) === 403 && error instanceof Error && error.message.includes('"too_large"');
}

async function atMergeBase(source: Source, { path }: FileRequest, atHead: FileAnswer): Promise<FileAnswer> {
  const file = changeAtMergeBase(source.pullRequest, path);
  if (!file) return atHead;
  const head = file.status === 'removed' ? '' : atHead.state === 'found' ? atHead.text : null;
  if (head !== null && file.patch === 'text') {
    const before = takeBack(head, file);
    if (before !== null) return { state: 'found', text: before };
  }
  return atHead.state === 'unavailable' ? atHead : fileThere(source, path);
}

/** The text before the change; `null` when the patch does not fit, which only happens when somebody pushed meanwhile. */
function takeBack(head: string, { path, hunks }: ChangedFile): string | null {
  if (hunks.length === 0) return head;
  if (head === '') return removedText(hunks);
  const patch = { oldFileName: path, newFileName: path, oldHeader: '', newHeader: '', hunks, index: undefined };
  const before = applyPatch(head, reversePatch(patch), { autoConvertLineEndings: false });
  return before === false ? null : before;
}

/** All that was removed from a file of which nothing is left; to `applyPatch`, nothing is a line without an end. */
function removedText(hunks: ChangedFile['hunks']): string {
  const lines = hunks.flatMap((hunk) => hunk.lines);
  const removed = lines.filter((line) => line.startsWith('-')).map((line) => line.slice(1));
  return removed.join('\n') + (lines.at(-1)?.startsWith('\\') ? '' : '\n');
}

async function fileThere(source: Source, path: string): Promise<FileAnswer> {
  const { object, found } = await readThere(source, { kind: 'file', path });
  return readLongText(source, object, fileAnswer(found));
}

async function folderThere(source: Source, path: string): Promise<FolderAnswer> {
  const { found } = await readThere(source, { kind: 'folder', path });
  return folderAnswer(found);
}

/** An object at the merge base itself. */
async function readThere(source: Source, request: Pick<FileRequest | FolderRequest, 'kind' | 'path'>) {
  try {
    const object = objectAt(await source.mergeBase(), request);
    const objects = await readObjects(source.client, source.name, object ? [object] : []);
    return { object, found: (object && objects.get(object.expression)) ?? null };
  } catch (error) {
    return { object: null, found: { failed: outageOf(error) } };
  }
}

async function readMergeBase(client: GitHubClient, name: RepositoryName, { base, head }: PullRequest): Promise<string> {
  const { data } = await client.request('GET /repos/{owner}/{repo}/compare/{basehead}', {
    ...name,
    basehead: `${base.sha}...${head.sha}`,
    per_page: 1,
  });
  return data.merge_base_commit.sha;
}
