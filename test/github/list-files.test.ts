import { Octokit } from '@octokit/rest';
import { describe, expect, it } from 'vitest';
import { clientForInstallation } from '../../src/github/client-for-installation.ts';
import { createLimiter } from '../../src/github/limiter.ts';
import { listChangedFiles } from '../../src/github/list-files.ts';
import { readPullRequest } from '../../src/github/read.ts';
import { createResponseCache } from '../../src/github/response-cache.ts';
import { nockGitHub } from '../support/nock-github.ts';
import { fileEntry, filesPage, IDENTITY, oneLineAdded, pullRequestNode, snapshot, WIDGETS } from './snapshot.ts';

const github = nockGitHub();

/** Serves so many files in pages of a hundred, and tells how many pages were asked for at once at most. */
function servePages(total: number): { mostAtOnce(): number } {
  let underWay = 0;
  let most = 0;
  for (let page = 1; page <= Math.ceil(total / 100); page++) {
    const names = Array.from({ length: Math.min(100, total - (page - 1) * 100) }, (_, at) =>
      nameOf((page - 1) * 100 + at),
    );
    github.rest(filesPage(page), async () => {
      most = Math.max(most, ++underWay);
      // Later pages first, so that only their numbers can put them in order.
      for (let turn = 0; turn < 40 - page; turn++) await new Promise(setImmediate);
      underWay--;
      return { body: names.map((name) => fileEntry(name)) };
    });
  }
  return { mostAtOnce: () => most };
}

function nameOf(index: number): string {
  return `src/${String(index).padStart(5, '0')}.ts`;
}

async function list(total: number, client = github.client) {
  const first = await listChangedFiles.firstPage(client, WIDGETS, 7);
  if (first === 'gone') throw new Error('gone');
  // The entries count no lines, so the totals agree with them.
  return listChangedFiles.rest(client, WIDGETS, 7, first, { files: total, additions: 0, deletions: 0 });
}

/** As the app's own, which keeps to GitHub's limits. */
function limitedClient() {
  return clientForInstallation(new Octokit({ auth: 'x' }), {
    installation: 1,
    limiter: createLimiter({ budget: 'github', now: Date.now }),
    cache: createResponseCache({ maxBytes: 1_000_000 }),
    onRequest() {},
    now: Date.now,
  });
}

describe('listChangedFiles', () => {
  it.each([0, 1, 100])('needs one page for %i files', async (total) => {
    servePages(Math.max(total, 1));
    await list(total);
    expect(github.takeRoutes()).toHaveLength(1);
  });

  it('needs two for 101', async () => {
    servePages(101);
    const { files } = await list(101);
    expect(files.map(({ path }) => path)).toEqual(Array.from({ length: 101 }, (_, index) => nameOf(index)));
  });

  it('reads 3,000 files in 30 pages, as many at once as the client lets through', async () => {
    const { mostAtOnce } = servePages(3000);
    const { files } = await list(3000, limitedClient());
    expect(files.map(({ path }) => path)).toEqual(Array.from({ length: 3000 }, (_, index) => nameOf(index)));
    expect(github.takeRoutes()).toHaveLength(30);
    expect(mostAtOnce()).toBe(20);
  });

  it('asks for no more than GitHub lists, and the snapshot says so', async () => {
    servePages(3000);
    github.graphql('ComposureSnapshot', snapshot(pullRequestNode({ changedFiles: 3001 })));
    const result = await readPullRequest(github.client, WIDGETS, 7, IDENTITY, '2026-11-20T12:00:00Z');
    expect(result).toMatchObject({
      state: 'read',
      reading: { pullRequest: { filesComplete: false, totals: { files: 3001 } } },
    });
  });

  it('reads at most 120 smaller pages of what GitHub did not count, and knows that some is left', async () => {
    servePages(3000);
    for (let page = 1; page <= 120; page++) {
      const body = Array.from({ length: 10 }, (_, at) => oneLineAdded(nameOf((page - 1) * 10 + at)));
      github.rest(`GET /repos/acme/widgets/pulls/7/files?per_page=10&page=${page}`, { body });
    }
    github.graphql(
      'ComposureSnapshot',
      snapshot(pullRequestNode({ changedFiles: 3000, additions: 600_000, deletions: 0 })),
    );
    const result = await readPullRequest(github.client, WIDGETS, 7, IDENTITY, '2026-11-20T12:00:00Z');
    if (result.state !== 'read') throw new Error(result.state);
    expect(github.takeRoutes()).toHaveLength(1 + 30 + 120);
    expect(result.reading.pullRequest.filesComplete).toBe(false);
    expect(result.reading.pullRequest.files.filter(({ additions }) => additions === 1)).toHaveLength(1_200);
  });

  it('knows a pull request that is gone', async () => {
    github.rest(filesPage(), { status: 404, body: { message: 'Not Found' } });
    expect(await listChangedFiles.firstPage(github.client, WIDGETS, 7)).toBe('gone');
  });

  it('lets a failure of any page be known', async () => {
    github.rest(filesPage(1), { body: [fileEntry('a.ts')] });
    github.rest(filesPage(2), { status: 502, body: { message: 'Bad gateway' } });
    await expect(list(101)).rejects.toMatchObject({ status: 502 });
  });
});
