import type { Octokit } from '@octokit/rest';

/** All that this folder needs of Octokit: one request, REST or GraphQL, authorised for one installation. */
export type GitHubClient = Pick<Octokit, 'request' | 'graphql'>;

/** A repository by the names its API paths take. */
export interface RepositoryName {
  owner: string;
  repo: string;
}

/** GitHub said that what we asked about is not there, or not for us to see. */
export function isNotFound(error: unknown): boolean {
  return statusOf(error) === 404;
}

/** The HTTP status an Octokit error carries. */
export function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('status' in error)) return undefined;
  return typeof error.status === 'number' ? error.status : undefined;
}

/** The headers of the answer that an Octokit error carries, REST or GraphQL, by lower-case name. */
export function headersOf(error: unknown): Readonly<Record<string, string | undefined>> {
  const { headers } = objectOf(objectOf(error).response);
  return objectOf(headers ?? objectOf(error).headers) as Record<string, string | undefined>;
}

/** GitHub's own clock when it answered, in milliseconds since 1970; `null` where it did not say. */
export function readClock({ date }: { date?: string | undefined }): number | null {
  const time = Date.parse(date ?? '');
  return Number.isNaN(time) ? null : time;
}

/** What went wrong by GraphQL's account, which comes in the body of a 200; empty for REST. */
export function graphqlErrorsOf(error: unknown): readonly { type?: string; path?: unknown; message?: string }[] {
  // Octokit's own error has them at the top, that of its throttling plugin one step down.
  const errors = objectOf(error).errors ?? objectOf(objectOf(error).data).errors;
  return Array.isArray(errors) ? errors.map(objectOf) : [];
}

/** GitHub asks us to come back later, and would refuse anything meanwhile. */
export function isRateLimit(error: unknown): boolean {
  const status = statusOf(error);
  if (status === 429) return true;
  if (status === 403) {
    const headers = headersOf(error);
    const message = error instanceof Error ? error.message : '';
    return (
      headers['retry-after'] !== undefined || headers['x-ratelimit-remaining'] === '0' || /rate limit/i.test(message)
    );
  }
  return graphqlErrorsOf(error).some(
    ({ type, message }) => type === 'RATE_LIMITED' || /rate limit/i.test(message ?? ''),
  );
}

/** One line that tells an operator what GitHub answered, without headers or tokens. */
export function describeGitHubError(error: unknown): string {
  const status = statusOf(error);
  // Octokit gives an error of the network the status 500, and no response.
  if (status !== undefined && objectOf(error).response !== undefined) return `GitHub answered ${status}`;
  const [first] = graphqlErrorsOf(error);
  if (first) return `GitHub could not answer the query${first.type ? ` (${first.type})` : ''}`;
  return 'GitHub could not be reached';
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
