import { createHash } from 'node:crypto';
import type { RenderedCheck } from '../render/check-run.ts';
import { type GitHubClient, isNotFound, type RepositoryName } from './client.ts';
import { CHECK_NAME, type OwnCheck, type OwnComment } from './read.ts';

/** GitHub takes no more annotations than these in one request; further ones are added by updates. */
const ANNOTATIONS_PER_REQUEST = 50;

const UPDATE_RUN = 'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}';

/** What a write did. */
export type Written = 'created' | 'updated' | 'unchanged';

/**
 * Puts the check on a commit. Nothing is written where the newest run already says the same: it carries a digest of
 * what it was made from.
 */
export async function publishCheck(
  client: GitHubClient,
  name: RepositoryName,
  target: { headSha: string; externalId: string; existing: OwnCheck | null },
  content: RenderedCheck,
): Promise<Written> {
  const { existing } = target;
  const marks = { content: digestOf(content), annotations: digestOf(content.annotations) };
  const seen = existing ? readMarks(existing.text) : null;
  if (
    existing?.status === 'completed' &&
    existing.conclusion === content.conclusion &&
    seen?.content === marks.content
  ) {
    return 'unchanged';
  }
  const batches = inBatches(content.annotations);
  const run = {
    ...name,
    name: CHECK_NAME,
    external_id: target.externalId,
    status: 'completed' as const,
    conclusion: content.conclusion,
  };
  const plain = { title: content.title, summary: content.summary, text: content.text };
  const marked = { ...plain, text: `${content.text}\n${writeMarks(marks)}` };

  // Annotations can be added to a run and never taken away: where they differ, a new run replaces the old one.
  if (existing?.status === 'completed' && seen?.annotations === marks.annotations) {
    await client.request(UPDATE_RUN, { ...run, check_run_id: existing.id, output: marked });
    return 'updated';
  }
  // The marks go with the last batch, so that a run cut off half way is not taken for a finished one.
  const [first = [], ...others] = batches;
  const output = { ...(others.length === 0 ? marked : plain), annotations: first };
  let id: number | bigint | undefined = existing?.id;
  if (id !== undefined && existing?.status !== 'completed') {
    await client.request(UPDATE_RUN, { ...run, check_run_id: id, output });
  } else {
    const { data } = await client.request('POST /repos/{owner}/{repo}/check-runs', {
      ...run,
      head_sha: target.headSha,
      output,
    });
    id = data.id;
  }
  for (const [index, annotations] of others.entries()) {
    const last = index === others.length - 1;
    await client.request(UPDATE_RUN, {
      ...name,
      check_run_id: id,
      output: { ...(last ? marked : plain), annotations },
    });
  }
  return existing ? 'updated' : 'created';
}

/** Says that an answer is on its way; only for one that takes long. */
export async function publishInProgress(
  client: GitHubClient,
  name: RepositoryName,
  target: { headSha: string; externalId: string },
  output: { title: string; summary: string },
): Promise<OwnCheck> {
  const { data } = await client.request('POST /repos/{owner}/{repo}/check-runs', {
    ...name,
    name: CHECK_NAME,
    head_sha: target.headSha,
    external_id: target.externalId,
    status: 'in_progress',
    output,
  });
  return { id: Number(data.id), status: 'in_progress', conclusion: null, text: '' };
}

/**
 * Makes our comment, or edits it in place; nothing is written where it already reads so. GraphQL's id of a comment that
 * was made, else `null`.
 */
export async function publishComment(
  client: GitHubClient,
  name: RepositoryName,
  number: number,
  existing: OwnComment | null,
  body: string,
): Promise<string | null> {
  if (existing && sameText(existing.body, body)) return null;
  if (existing) {
    try {
      await client.request('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', {
        ...name,
        comment_id: existing.id,
        body,
      });
      return null;
    } catch (error) {
      // Somebody deleted it since we looked.
      if (!isNotFound(error)) throw error;
    }
  }
  const { data } = await client.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
    ...name,
    issue_number: number,
    body,
  });
  return data.node_id;
}

/** GitHub's web editor turns line ends into CRLF and trims; neither is a change. */
export function sameText(one: string, other: string): boolean {
  return one.replaceAll('\r\n', '\n').trim() === other.replaceAll('\r\n', '\n').trim();
}

function inBatches(annotations: RenderedCheck['annotations']): RenderedCheck['annotations'][] {
  const batches: RenderedCheck['annotations'][] = [];
  for (let from = 0; from < annotations.length; from += ANNOTATIONS_PER_REQUEST) {
    batches.push(annotations.slice(from, from + ANNOTATIONS_PER_REQUEST));
  }
  return batches;
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32);
}

interface Marks {
  content: string;
  annotations: string;
}

function writeMarks(marks: Marks): string {
  return `<!-- composure:digest ${marks.content} ${marks.annotations} -->`;
}

function readMarks(text: string): Marks | null {
  const found = /<!-- composure:digest ([0-9a-f]{32}) ([0-9a-f]{32}) -->\s*$/.exec(text);
  return found?.[1] && found[2] ? { content: found[1], annotations: found[2] } : null;
}
