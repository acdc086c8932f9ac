import { LRUCache } from 'lru-cache';
import type { RepositoryName } from './client.ts';

/** Letters kept in memory, over all repositories. */
const MAX_LETTERS = 32 * 1024 * 1024;

/** What is kept beside its letters: key, object and list; about as much as these. */
const LETTERS_PER_ENTRY = 200;

/** A file or folder of a commit, as far as it was read. */
export interface CommitObject {
  /** `Blob` for a file, `Tree` for a folder; a submodule is a `Commit`. */
  __typename: string;
  text?: string | null | undefined;
  isBinary?: boolean | null | undefined;
  isTruncated?: boolean | undefined;
  entries?: readonly { name: string; type: string }[] | null | undefined;
}

/** Each kind of knowledge with what it is kept under and what it is. */
interface Known {
  /** What stands at `<commit>:<path>`; `null` where nothing does. */
  object: CommitObject | null;
  /** The text of a file, by the id git gives to it. */
  text: string;
  /** The commit a change began at, by `<base>...<head>`. */
  mergeBase: string;
  /** The paths a commit touches, by its id. */
  paths: readonly string[];
}

/**
 * What commits hold, remembered for all pull requests: it is named by the commit or by its own content, so that what was
 * true once stays true. Bounded; what was used longest ago goes first. Lost with the process, and no harm done.
 */
export class CommitMemory {
  readonly #known: LRUCache<string, { value: Known[keyof Known]; letters: number }>;

  constructor(maxLetters = MAX_LETTERS) {
    this.#known = new LRUCache({ maxSize: maxLetters, sizeCalculation: ({ letters }) => letters });
  }

  /** `undefined` where it is not known. Repositories share nothing: who may read the one may not read the other. */
  find<Kind extends keyof Known>(repository: RepositoryName, kind: Kind, name: string): Known[Kind] | undefined {
    return this.#known.get(keyOf(repository, kind, name))?.value as Known[Kind] | undefined;
  }

  keep<Kind extends keyof Known>(repository: RepositoryName, kind: Kind, name: string, value: Known[Kind]): void {
    const key = keyOf(repository, kind, name);
    this.#known.set(key, { value, letters: LETTERS_PER_ENTRY + key.length + lettersOf(value) });
  }
}

function keyOf({ owner, repo }: RepositoryName, kind: string, name: string): string {
  // A path may hold anything but this.
  return `${owner}/${repo}`.toLowerCase().concat('\0', kind, '\0', name);
}

function lettersOf(value: Known[keyof Known]): number {
  if (value === null) return 0;
  if (typeof value === 'string') return value.length;
  if ('__typename' in value) {
    return (value.text?.length ?? 0) + (value.entries ?? []).reduce((sum, { name }) => sum + name.length + 60, 0);
  }
  return value.reduce((sum, path) => sum + path.length + 20, 0);
}
