/** Answers in GitHub's form. */
import type { Json } from './format.ts';

/** A JSON answer; 204 and 304 have no body. */
export function json(status: number, body?: unknown, headers: Record<string, string> = {}): Response {
  const text = body === undefined || status === 204 || status === 304 ? null : JSON.stringify(body);
  return new Response(text, { status, headers: { 'content-type': 'application/json; charset=utf-8', ...headers } });
}

/** A refusal. `errors` says what is wrong with which field, as GitHub's 422 does. */
export function problem(status: number, message: string, errors?: (Json | string)[]): Response {
  return json(status, {
    message,
    ...(errors ? { errors } : {}),
    documentation_url: 'https://docs.github.com/rest',
    status: String(status),
  });
}

/** The refusal of a field: `{ resource: 'PullRequest', field: 'head', code: 'invalid' }`. */
export function invalid(
  resource: string,
  field: string,
  code: 'invalid' | 'missing_field' | 'too_long' = 'invalid',
): Response {
  return problem(422, 'Validation Failed', [{ resource, field, code }]);
}

/** The refusal of a document as a whole, in words. */
export function refused(resource: string, message: string): Response {
  return problem(422, 'Validation Failed', [{ resource, code: 'custom', message }]);
}

/** Also the answer for what the caller may not know of. */
export const notFound = () => problem(404, 'Not Found');

/** The page of a list that the query asks for, 30 a page and 100 at most, with GitHub's `Link` header. */
export function page<T>(url: URL, list: T[], wrap: (items: T[]) => unknown = (items) => items): Response {
  const { items, links } = pageOf(url, list);
  return json(200, wrap(items), links ? { link: links } : {});
}

/** One page of a list, and the `Link` header to its neighbours where it has any. */
export function pageOf<T>(url: URL, list: T[]): { items: T[]; links: string | undefined } {
  const perPage = clamp(url.searchParams.get('per_page'), 30, 100);
  const current = clamp(url.searchParams.get('page'), 1, Number.MAX_SAFE_INTEGER);
  const last = Math.max(1, Math.ceil(list.length / perPage));
  const link = (number: number, rel: string) => {
    const target = new URL(url);
    target.searchParams.set('per_page', String(perPage));
    target.searchParams.set('page', String(number));
    return `<${target}>; rel="${rel}"`;
  };
  const links = [
    ...(current > 1 ? [link(current - 1, 'prev')] : []),
    ...(current < last ? [link(current + 1, 'next'), link(last, 'last')] : []),
    ...(current > 1 ? [link(1, 'first')] : []),
  ];
  return {
    items: list.slice((current - 1) * perPage, current * perPage),
    links: links.length > 0 ? links.join(', ') : undefined,
  };
}

function clamp(text: string | null, standard: number, most: number): number {
  const number = Math.floor(Number(text ?? standard));
  return Number.isFinite(number) && number >= 1 ? Math.min(number, most) : standard;
}
