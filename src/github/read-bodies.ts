import type { Octokit } from '@octokit/rest';

/** What Octokit says of a media type's parameters is left out: GitHub's JSON is UTF-8. */
const JSON_TYPE = /^application\/(?:scim\+)?json\b/;
const TEXT_TYPE = /^text\/|^(?!application\/octet-stream).*charset=utf-8/i;

/**
 * Reads the answers of an Octokit here instead of there, and otherwise alike. Octokit calls a function for each value of
 * an answer, in case it is an integer beyond 2^53; GitHub's ids are far below, and that function was
 * the costliest one of a burst of evaluations. The Octokit is changed, and returned.
 */
export function readBodies<Client extends Pick<Octokit, 'hook'>>(octokit: Client): Client {
  octokit.hook.wrap('request', async (send, request) => {
    // In place: the hooks below this one are bound to this very object, whatever they are handed.
    request.request = { ...request.request, parseSuccessResponseBody: false };
    const response = await send(request);
    // Where nothing can follow, as after 204, Octokit leaves an empty string.
    if (response.data !== '') response.data = await readBody(response.data, response.headers['content-type'] ?? '');
    return response;
  });
  return octokit;
}

async function readBody(body: ReadableStream | null, type: string): Promise<unknown> {
  const answer = new Response(body);
  if (!JSON_TYPE.test(type) && type !== '' && !TEXT_TYPE.test(type)) return answer.arrayBuffer();
  const text = await answer.text();
  if (!JSON_TYPE.test(type)) return text;
  try {
    return JSON.parse(text);
  } catch {
    // What asked for it finds that it is not what it asked for.
    return text;
  }
}
