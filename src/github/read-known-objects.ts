import type { ChangedFile, PullRequest } from '../model/pull-request.ts';
import { type GitHubClient, isNotFound, type RepositoryName, statusOf } from './client.ts';
import type { CommitMemory, CommitObject } from './commit-memory.ts';
import { type ObjectAnswer, type ObjectWanted, outageOf, readObjects } from './read-objects.ts';
import { rebuildText } from './rebuild-text.ts';

/** Where objects come from, and what is known of them before anybody asks. */
export interface ObjectSource {
  client: GitHubClient;
  name: RepositoryName;
  pullRequest: PullRequest;
  memory: CommitMemory;
}

/**
 * Objects by expression, asked of GitHub only where they are neither remembered nor follow from what is: a changed file
 * at head is its text at the base with the patch laid over it, where git's own id says so. Those that are left come in
 * one query; what that cuts short comes one by one.
 *
 * @throws when GitHub refuses us or asks us to wait
 */
export async function readKnownObjects(
  source: ObjectSource,
  wanted: readonly ObjectWanted[],
): Promise<Map<string, ObjectAnswer>> {
  const { client, name } = source;
  const found = new Map<string, ObjectAnswer>();
  const unknown: ObjectWanted[] = [];
  for (const object of wanted) {
    const known = recall(source, object);
    if (known === undefined) unknown.push(object);
    else found.set(object.expression, known);
  }
  const read = await readObjects(client, name, unknown);
  const cutShort = unknown.filter(({ expression }) => isCutShort(read.get(expression)));
  for (const object of unknown) {
    if (!cutShort.includes(object)) keep(source, object, read.get(object.expression) ?? null);
  }
  // The base first: with its text and the patch, that of the head need not be fetched.
  for (const atHead of [false, true]) {
    const sides = cutShort.filter((object) => (changeAt(source, object) !== undefined) === atHead);
    await Promise.all(
      sides.map(async (object) => {
        const whole = recall(source, object) ?? (await readLong(source, object));
        keep(source, object, whole);
        read.set(object.expression, whole);
      }),
    );
  }
  for (const { expression } of unknown) found.set(expression, read.get(expression) ?? null);
  return found;
}

/** What is known of an object already; `undefined` where nothing is. */
function recall(source: ObjectSource, object: ObjectWanted): CommitObject | null | undefined {
  const { memory, name, pullRequest } = source;
  const file = changeAt(source, object);
  if (!file?.blob) return memory.find(name, 'object', object.expression);
  const known = memory.find(name, 'text', file.blob);
  if (known !== undefined) return blobOf(known);
  const before = memory.find(name, 'object', `${pullRequest.base.sha}:${file.previousPath ?? file.path}`);
  const rebuilt = rebuildText(file, before?.text ?? null);
  if (rebuilt === null) return memory.find(name, 'object', object.expression);
  memory.keep(name, 'text', file.blob, rebuilt);
  return blobOf(rebuilt);
}

function keep(source: ObjectSource, object: ObjectWanted, answer: ObjectAnswer): void {
  const { memory, name } = source;
  if (answer && 'failed' in answer) return;
  const blob = changeAt(source, object)?.blob;
  // Under its content, so that the next push, which seldom changes this very file, finds it again.
  if (blob && typeof answer?.text === 'string' && !answer.isBinary) memory.keep(name, 'text', blob, answer.text);
  else memory.keep(name, 'object', object.expression, answer);
}

/** The changed file that an object at head is. */
function changeAt({ pullRequest }: ObjectSource, { commit, path }: ObjectWanted): ChangedFile | undefined {
  if (commit !== pullRequest.head.sha) return undefined;
  return pullRequest.files.find((file) => file.path === path && file.status !== 'removed');
}

function blobOf(text: string): CommitObject {
  return { __typename: 'Blob', text, isBinary: false, isTruncated: false };
}

/** A file that GraphQL has no text of, though it is none of those that have none. */
function isCutShort(answer: ObjectAnswer | undefined): boolean {
  if (!answer || 'failed' in answer || answer.__typename !== 'Blob' || answer.isBinary) return false;
  return answer.isTruncated === true || typeof answer.text !== 'string';
}

/** GraphQL cuts long files short; the contents API serves them up to 100 MB. */
async function readLong({ client, name }: ObjectSource, { path, commit }: ObjectWanted): Promise<ObjectAnswer> {
  try {
    const { data } = await client.request('GET /repos/{owner}/{repo}/contents/{path}', {
      ...name,
      path,
      ref: commit,
      mediaType: { format: 'raw' },
    });
    return rawAnswer(data);
  } catch (error) {
    if (isNotFound(error)) return null;
    if (isTooLarge(error)) return { failed: 'it is larger than GitHub serves' };
    return { failed: outageOf(error) };
  }
}

/** Octokit decodes what GitHub calls text, and hands the rest over as bytes. */
function rawAnswer(data: unknown): CommitObject {
  const text = typeof data === 'string' ? data : new TextDecoder().decode(data as ArrayBuffer);
  // Where git, too, looks for the sign of a binary file.
  return text.slice(0, 8000).includes('\0') ? { ...blobOf(''), text: null, isBinary: true } : blobOf(text);
}

/** Past 100 MB GitHub says 403, with a reason that tells it from a refusal. */
function isTooLarge(error: unknown): boolean {
  return statusOf(error) === 403 && error instanceof Error && error.message.includes('"too_large"');
}
