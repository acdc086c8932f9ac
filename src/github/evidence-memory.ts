import type { EvidenceSources } from '../gather.ts';
import { type EvidenceEntry, keyOfRequest } from '../model/evidence.ts';
import type { PullRequest } from '../model/pull-request.ts';

type RepositorySource = EvidenceSources['repository'];
type RepositoryRequest = Parameters<RepositorySource>[0][number];

/** Letters of answers kept in memory, over all repositories. */
const MAX_LETTERS = 32 * 1024 * 1024;

/** An answer without text still takes room. */
const LETTERS_PER_ANSWER = 200;

/**
 * What stood in a repository at a commit, remembered: a commit's files never change, so an answer that names its commit
 * is good for ever. What could not be had is never remembered.
 */
export class EvidenceMemory {
  readonly #answers = new Map<string, { entry: EvidenceEntry; letters: number }>();
  #letters = 0;

  /** The same source, asked only for what is not known yet of this pull request's commits. */
  before(source: RepositorySource, pullRequest: PullRequest): RepositorySource {
    return async (requests) => {
      const known = requests.map((request) => this.#find(keyAt(request, pullRequest)));
      const unknown = requests.filter((_, index) => known[index] === undefined);
      const answered = unknown.length > 0 ? await source(unknown) : [];
      for (const entry of answered) this.#keep(entry, pullRequest);
      return [...known.filter((entry) => entry !== undefined), ...answered];
    };
  }

  #find(key: string): EvidenceEntry | undefined {
    const known = this.#answers.get(key);
    if (!known) return undefined;
    // Used last, forgotten last.
    this.#answers.delete(key);
    this.#answers.set(key, known);
    return known.entry;
  }

  #keep(entry: EvidenceEntry, pullRequest: PullRequest): void {
    const [request, answer] = entry;
    if (request.kind !== 'file' && request.kind !== 'folder') return;
    if ('state' in answer && answer.state === 'unavailable') return;
    const key = keyAt(request, pullRequest);
    const letters = LETTERS_PER_ANSWER + ('text' in answer && typeof answer.text === 'string' ? answer.text.length : 0);
    this.#forget(key);
    this.#answers.set(key, { entry, letters });
    this.#letters += letters;
    for (const oldest of this.#answers.keys()) {
      if (this.#letters <= MAX_LETTERS) break;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    this.#letters -= this.#answers.get(key)?.letters ?? 0;
    this.#answers.delete(key);
  }
}

/** Which commits an answer belongs to: the merge base follows from the two tips. */
function keyAt(request: RepositoryRequest, { repository, base, head }: PullRequest): string {
  const at = { base: base.sha, head: head.sha, 'merge-base': `${base.sha}...${head.sha}` }[request.side];
  const name = `${repository.owner}/${repository.name}`.toLowerCase();
  return `${name}\0${at}\0${keyOfRequest(request)}`;
}
