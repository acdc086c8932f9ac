import { inByteOrder } from '../model/byte-order.ts';
import type { ChangedFile, FileStatus, PullRequest } from '../model/pull-request.ts';
import { parseHunks } from '../parse-hunks.ts';
import { type GitHubClient, isNotFound, type RepositoryName } from './client.ts';

/** GitHub's own page size and end: no pull request lists more than 3,000 files. */
const FILES_PER_PAGE = 100;
const MAX_FILES = 3000;

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

/**
 * One file of a page, read as soon as the page is here: of GitHub's entry nothing else is kept, so that three thousand of
 * them need not be in memory together, and one page is read while the next are on their way.
 */
interface ListedFile {
  file: ChangedFile;
  /** No lines and no patch: a binary file, or one that GitHub did not count in so long an answer. */
  mayBeUncounted: boolean;
  /** The commit its address names; `null` for a removed file, whose address names the base. */
  head: string | null;
}

/** The first hundred. */
export type FirstPage = ListedFile[];

/** The files of a pull request as far as GitHub lists them. */
export interface ListedFiles {
  files: ChangedFile[];
  /** The head commits the entries belong to, as far as they tell: more than one when somebody pushed between pages. */
  heads: string[];
}

/**
 * Lists the files of a pull request in two steps, so that the first page can be on its way before anybody knows how
 * many there are. How many pages are read at once is for the client's own limiter to say.
 */
export const listChangedFiles = {
  /** The first hundred; `gone` when there is no such pull request. */
  async firstPage(client: GitHubClient, name: RepositoryName, number: number): Promise<FirstPage | 'gone'> {
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
    firstPage: FirstPage,
    totals: PullRequest['totals'],
  ): Promise<ListedFiles> {
    const pageCount = Math.ceil(Math.min(totals.files, MAX_FILES) / FILES_PER_PAGE);
    const others = Array.from({ length: Math.max(0, pageCount - 1) }, (_, index) => index + 2);
    const pages = await Promise.all(others.map((page) => readPage(client, name, number, page)));
    const listed = [...firstPage, ...pages.flat()];
    if (!addsUp(listed, totals)) {
      await rereadZeros(listed, (page, perPage) => readPage(client, name, number, page, perPage));
    }
    return { files: inByteOrder(listed.map(({ file }) => file)), heads: headsOf(listed) };
  },
};

function addsUp(listed: readonly ListedFile[], { additions, deletions }: PullRequest['totals']): boolean {
  const sum = (of: 'additions' | 'deletions') => listed.reduce((total, { file }) => total + file[of], 0);
  return sum('additions') === additions && sum('deletions') === deletions;
}

/** Asks again, on ever smaller pages, for the files that may be zero only because their page was too long. */
async function rereadZeros(
  listed: ListedFile[],
  read: (page: number, perPage: number) => Promise<ListedFile[]>,
): Promise<void> {
  let left = MAX_SMALLER_PAGES;
  for (const perPage of SMALLER_PAGES) {
    const places = listed.flatMap(({ mayBeUncounted }, index) => (mayBeUncounted ? [index] : []));
    const pages = [...new Set(places.map((index) => Math.floor(index / perPage) + 1))].slice(0, left);
    left -= pages.length;
    const found = await Promise.all(pages.map((page) => read(page, perPage)));
    for (const again of found.flat()) {
      // By name: somebody may have pushed, and then nothing stands where it stood.
      const index = listed.findIndex(({ file }) => file.path === again.file.path);
      if (index >= 0 && listed[index]!.mayBeUncounted) listed[index] = again;
    }
  }
}

async function readPage(
  client: GitHubClient,
  { owner, repo }: RepositoryName,
  number: number,
  page: number,
  perPage = FILES_PER_PAGE,
): Promise<ListedFile[]> {
  const { data } = await client.request('GET /repos/{owner}/{repo}/pulls/{pull_number}/files', {
    owner,
    repo,
    pull_number: number,
    per_page: perPage,
    page,
  });
  return (data as FileEntry[]).map(readEntry);
}

function readEntry(entry: FileEntry): ListedFile {
  const countable = ['added', 'removed', 'modified', 'renamed'].includes(entry.status) && entry.sha !== EMPTY_BLOB;
  return {
    file: changedFileOf(entry),
    mayBeUncounted: countable && entry.patch === undefined && entry.additions + entry.deletions === 0,
    head: entry.status === 'removed' ? null : (/[?&]ref=([0-9a-f]{40})$/.exec(entry.contents_url)?.[1] ?? null),
  };
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

function headsOf(listed: readonly ListedFile[]): string[] {
  return [...new Set(listed.flatMap(({ head }) => head ?? []))];
}
