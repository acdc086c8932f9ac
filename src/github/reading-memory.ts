import { LRUCache } from 'lru-cache';
import type { RepositoryName } from './client.ts';
import type { ListedFiles } from './list-files.ts';

/** What a listing of files belongs to. Where any of it differs, the listing is another. */
export interface ListingKey {
  head: string;
  base: string;
  files: number;
  additions: number;
  deletions: number;
}

/** Changed lines kept in memory over all pull requests: some 100 bytes each. */
const MAX_LINES = 500_000;

/** A listing without a line still takes room. */
const LINES_PER_FILE = 5;

/** Pull requests whose comment is remembered, and whose siblings are; a name each. */
const MAX_COMMENTS = 10_000;

/**
 * What need not be asked of GitHub again while a pull request's head stays: its files, and which comment is ours. Only
 * ever a saving: what it does not know is read, and a listing is given out only for exactly the head it was made for.
 */
export class ReadingMemory {
  readonly #listings = new Map<string, { key: string; listing: ListedFiles; lines: number }>();
  readonly #comments = new Map<string, string>();
  readonly #siblings = new LRUCache<string, readonly number[]>({ max: MAX_COMMENTS });
  #lines = 0;

  /** The files of a pull request as they were listed for exactly this state of it; `null` where they were not. */
  findFiles(name: RepositoryName, number: number, key: ListingKey): ListedFiles | null {
    const at = placeOf(name, number);
    const known = this.#listings.get(at);
    if (known?.key !== textOf(key)) return null;
    // Used last, forgotten last.
    this.#listings.delete(at);
    this.#listings.set(at, known);
    return known.listing;
  }

  /** Whether any listing of this pull request is known, so that it is worth asking for its state first. */
  hasFiles(name: RepositoryName, number: number): boolean {
    return this.#listings.has(placeOf(name, number));
  }

  keepFiles(name: RepositoryName, number: number, key: ListingKey, listing: ListedFiles): void {
    const at = placeOf(name, number);
    this.#forget(at);
    const lines = listing.files.reduce((sum, file) => sum + file.additions + file.deletions + LINES_PER_FILE, 0);
    if (lines > MAX_LINES) return;
    this.#listings.set(at, { key: textOf(key), listing, lines });
    this.#lines += lines;
    for (const oldest of this.#listings.keys()) {
      if (this.#lines <= MAX_LINES) break;
      this.#forget(oldest);
    }
  }

  /** GraphQL's id of our comment, where we have seen it before. It may have been deleted since. */
  findComment(name: RepositoryName, number: number): string | null {
    return this.#comments.get(placeOf(name, number)) ?? null;
  }

  keepComment(name: RepositoryName, number: number, nodeId: string | null): void {
    const at = placeOf(name, number);
    this.#comments.delete(at);
    if (nodeId === null) return;
    this.#comments.set(at, nodeId);
    const [oldest] = this.#comments.keys();
    if (this.#comments.size > MAX_COMMENTS && oldest !== undefined) this.#comments.delete(oldest);
  }

  /**
   * Those that shared the head of this pull request at the last look and do not any more: their checks may still speak
   * of it. `siblings` are those that do now.
   */
  partedFrom(name: RepositoryName, number: number, siblings: readonly number[]): number[] {
    const at = placeOf(name, number);
    const before = this.#siblings.get(at) ?? [];
    if (siblings.length > 0) this.#siblings.set(at, siblings);
    else this.#siblings.delete(at);
    return before.filter((one) => !siblings.includes(one));
  }

  #forget(at: string): void {
    this.#lines -= this.#listings.get(at)?.lines ?? 0;
    this.#listings.delete(at);
  }
}

function placeOf({ owner, repo }: RepositoryName, number: number): string {
  return `${owner}/${repo}#${number}`.toLowerCase();
}

function textOf({ head, base, files, additions, deletions }: ListingKey): string {
  return [head, base, files, additions, deletions].join(' ');
}
