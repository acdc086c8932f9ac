import type { Octokit } from '@octokit/rest';

/** GitHub itself ends a request after ten seconds, so whoever still waits then waits for a connection that is dead. */
export const PATIENCE_MS = 30_000;

/** No answer in time. Octokit gives errors of the network this status, too, and no response. */
class NoAnswer extends Error {
  override name = 'NoAnswer';
  readonly status = 500;
}

/**
 * Makes each request of an Octokit fail that has had no whole answer after so long; the runtime by itself would wait for
 * five minutes, holding a place all the while. The Octokit is changed, and returned.
 */
export function giveUpAfter<Client extends Pick<Octokit, 'hook'>>(octokit: Client, patienceMs: number): Client {
  octokit.hook.wrap('request', async (send, request) => {
    const giveUp = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        giveUp.abort();
        reject(new NoAnswer(`GitHub did not answer within ${patienceMs / 1_000} s`));
      }, patienceMs);
    });
    // In place: the hooks below this one are bound to this very object, whatever they are handed.
    request.request = { ...request.request, signal: giveUp.signal };
    try {
      // Raced as well: what is asked for on the way, such as a token, does not hear the signal.
      return await Promise.race([send(request), late]);
    } finally {
      clearTimeout(timer);
    }
  });
  return octokit;
}
