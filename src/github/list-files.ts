import type { ChangedFile, FileStatus, PullRequest } from '../model/pull-request.ts';
import { parseHunks } from '../parse-hunks.ts';
import { type GitHubClient, isNotFound, type RepositoryName } from './client.ts';

/** GitHub's own page size and end: no pull request lists more than 3,000 files. */
const FILES_PER_PAGE = 100;
const MAX_FILES = 3000;

/** How many pages are read at once; GitHub asks for fewer than 100 requests at a time. */
const PAGES_AT_ONCE = 10;

/**
 * Past about 20,000 lines of diff in one answer GitHub reports zeros. A page of ten holds so much less that it rarely
 * does; where it still does, the file is asked for alone.
 */
const SMALLER_PAGES = [10, 1];

/** How many smaller pages are read for one pull request; what is left then stays unknown. */
const MAX_SMALLER_PAGES = 120;

/** Git's id of a file with nothing in it. */
const EMPTY_BLOB = 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391';

/** What GitHub says of one file, as far as we read it. */
interface FileEntry {
  sha: string | null;
  filename: string;
  status: FileStatus | 'unchanged';
  additions: number;
  deletions: number;
  changes: number;
  contents_url: string;
  patch?: string;
  previous_filename?: string;
}

/** The first hundred, as GitHub gave them. */
export type FirstPage = FileEntry[];

/** The files of a pull request as far as GitHub lists them. */
export interface ListedFiles {
  files: ChangedFile[];
  /** The head commits the entries belong to, as far as they tell: more than one when somebody pushed between pages. */
  heads: string[];
}

/**
 * Lists the files of a pull request in two steps, so that the first page can be on its way before anybody knows how
 * many there are.
 */
export const listChangedFiles = {
  /** The first hundred; `gone` when there is no such pull request. */
  async firstPage(client: GitHubClient, name: RepositoryName, number: number): Promise<FileEntry[] | 'gone'> {
    try {
      return await readPage(client, name, number, 1);
    } catch (error) {
      if (isNotFound(error)) return 'gone';
      throw error;
    }
  },

  /** All of them, in the order of their paths. */
  async rest(
    client: GitHubClient,
    name: RepositoryName,
    number: number,
    firstPage: FileEntry[],
    totals: PullRequest['totals'],
  ): Promise<ListedFiles> {
    const pageCount = Math.ceil(Math.min(totals.files, MAX_FILES) / FILES_PER_PAGE);
    const entries = [...firstPage];
    for (let from = 2; from <= pageCount; from += PAGES_AT_ONCE) {
      const numbers = Array.from({ length: Math.min(PAGES_AT_ONCE, pageCount - from + 1) }, (_, index) => from + index);
      const pages = await Promise.all(numbers.map((page) => readPage(client, name, number, page)));
      entries.push(...pages.flat());
    }
    if (!addsUp(entries, totals)) {
      const read = (page: number, perPage: number) => readPage(client, name, number, page, perPage);
      await rereadZeros(entries, read);
    }
    return { files: entries.map(changedFileOf).sort(byPath), heads: headsOf(entries) };
  },
};

function addsUp(entries: readonly FileEntry[], { additions, deletions }: PullRequest['totals']): boolean {
  const sum = (of: 'additions' | 'deletions') => entries.reduce((total, entry) => total + entry[of], 0);
  return sum('additions') === additions && sum('deletions') === deletions;
}

/** No lines and no patch: a binary file, or one that GitHub did not count in so long an answer. */
function mayBeUncounted(entry: FileEntry): boolean {
  const countable = ['added', 'removed', 'modified', 'renamed'].includes(entry.status) && entry.sha !== EMPTY_BLOB;
  return countable && entry.patch === undefined && entry.additions + entry.deletions === 0;
}

/** Asks again, on ever smaller pages, for the entries that may be zero only because their page was too long. */
async function rereadZeros(
  entries: FileEntry[],
  read: (page: number, perPage: number) => Promise<FileEntry[]>,
): Promise<void> {
  let left = MAX_SMALLER_PAGES;
  for (const perPage of SMALLER_PAGES) {
    const places = entries.flatMap((entry, index) => (mayBeUncounted(entry) ? [index] : []));
    const pages = [...new Set(places.map((index) => Math.floor(index / perPage) + 1))].slice(0, left);
    left -= pages.length;
    for (let from = 0; from < pages.length; from += PAGES_AT_ONCE) {
      const batch = pages.slice(from, from + PAGES_AT_ONCE);
      const found = await Promise.all(batch.map((page) => read(page, perPage)));
      for (const entry of found.flat()) {
        // By name: somebody may have pushed, and then nothing stands where it stood.
        const index = entries.findIndex((one) => one.filename === entry.filename);
        if (index >= 0 && mayBeUncounted(entries[index]!)) entries[index] = entry;
      }
    }
  }
}

async function readPage(
  client: GitHubClient,
  { owner, repo }: RepositoryName,
  number: number,
  page: number,
  perPage = FILES_PER_PAGE,
) {
  const { data } = await client.request('GET /repos/{owner}/{repo}/pulls/{pull_number}/files', {
    owner,
    repo,
    pull_number: number,
    per_page: perPage,
    page,
  });
  return data as FileEntry[];
}

/** Git orders paths by their bytes; so do we, wherever they come from. */
function byPath(one: ChangedFile, other: ChangedFile): number {
  return Buffer.compare(Buffer.from(one.path), Buffer.from(other.path));
}

function changedFileOf(entry: FileEntry): ChangedFile {
  const { patch, hunks } = readPatch(entry);
  return {
    path: entry.filename,
    ...(entry.previous_filename === undefined ? {} : { previousPath: entry.previous_filename }),
    status: entry.status === 'unchanged' ? 'changed' : entry.status,
    additions: entry.additions,
    deletions: entry.deletions,
    blob: entry.status === 'removed' ? null : entry.sha,
    patch,
    hunks,
  };
}

/**
 * GitHub leaves `patch` out for binary files, for pure renames and mode changes, for empty files, and for files that
 * are too large. Past about 20,000 lines of diff in one answer it also reports counts of zero, unmarked: the sums over
 * all files tell (see `filesComplete`).
 */
function readPatch(entry: FileEntry): Pick<ChangedFile, 'patch' | 'hunks'> {
  if (entry.patch !== undefined) {
    const hunks = parseHunks(entry.patch);
    return hunks && countsAgree(hunks, entry) ? { patch: 'text', hunks } : { patch: 'missing', hunks: [] };
  }
  if (entry.additions + entry.deletions > 0) return { patch: 'missing', hunks: [] };
  const withoutLines = ['renamed', 'copied', 'changed'].includes(entry.status) || entry.sha === EMPTY_BLOB;
  return { patch: withoutLines ? 'text' : 'binary', hunks: [] };
}

function countsAgree(hunks: ChangedFile['hunks'], entry: FileEntry): boolean {
  let additions = 0;
  let deletions = 0;
  for (const { lines } of hunks) {
    for (const line of lines) {
      if (line.startsWith('+')) additions++;
      else if (line.startsWith('-')) deletions++;
    }
  }
  return additions === entry.additions && deletions === entry.deletions;
}

function headsOf(entries: readonly FileEntry[]): string[] {
  // A removed file's address names the base instead.
  const present = entries.filter((entry) => entry.status !== 'removed');
  return [...new Set(present.flatMap((entry) => /[?&]ref=([0-9a-f]{40})$/.exec(entry.contents_url)?.[1] ?? []))];
}
