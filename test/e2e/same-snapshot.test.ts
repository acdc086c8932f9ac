import { Octokit } from '@octokit/rest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPullRequest } from '../../src/github/read.ts';
import { repositoryEvidence } from '../../src/github/repository-evidence.ts';
import type { EvidenceEntry, EvidenceRequest } from '../../src/model/evidence.ts';
import type { PullRequest } from '../../src/model/pull-request.ts';
import { importGit } from '../support/github/import-git.ts';
import { createGitHub, type GitHub } from '../support/github/index.ts';
import { as } from '../support/github/people.ts';
import { APP, seed } from '../support/github/seed.ts';
import { createRepository, readLocally, type Step } from '../support/local-repository.ts';

/** The same change, once in a local repository and once on GitHub: what both doors let in must be the same. */
const CASES: readonly { name: string; steps: readonly Step[] }[] = [
  {
    name: 'edited, added and removed files',
    steps: [
      { files: { 'src/a.ts': lines('a', 30), 'src/b.ts': lines('b', 5), 'README.md': '# Hello\n' } },
      {
        on: 'feature',
        message: 'Change things\n\nAt length.\n\nReviewed-by: Carol <carol@example.com>\nTicket: 42\n',
        files: {
          'src/a.ts': lines('a', 30).replace('a 7', 'seven').replace('a 25\n', ''),
          'src/c.ts': lines('c', 3),
          'src/b.ts': null,
        },
      },
    ],
  },
  {
    name: 'a base that went on',
    steps: [
      { files: { 'src/a.ts': lines('a', 9), 'package.json': '{"dependencies":{"a":"1"}}\n' } },
      { on: 'feature', files: { 'package.json': '{"dependencies":{"a":"1","b":"2"}}\n' } },
      { on: 'main', files: { 'src/a.ts': lines('other', 9), 'package.json': '{"dependencies":{"a":"3"}}\n' } },
      { on: 'feature', message: 'Second', files: { 'src/z.ts': 'last\n' } },
    ],
  },
  {
    name: 'exact renames',
    steps: [
      { files: { 'old/name.ts': lines('kept', 20), 'src/a.ts': 'a\n' } },
      { on: 'feature', files: { 'old/name.ts': null, 'new/name.ts': lines('kept', 20) } },
    ],
  },
  {
    name: 'ends of files and of lines',
    steps: [
      { files: { 'no-newline.txt': 'one\ntwo', 'crlf.txt': 'one\r\ntwo\r\n', 'empties.txt': 'full\n' } },
      {
        on: 'feature',
        files: {
          'no-newline.txt': 'one\ntwo\nthree',
          'crlf.txt': 'one\r\nTWO\r\n',
          'empties.txt': '',
          'born-empty.txt': '',
        },
      },
    ],
  },
  {
    name: 'binary files',
    steps: [
      { files: { 'logo.png': new Uint8Array([137, 80, 78, 71, 0, 1, 2]), 'a.txt': 'a\n' } },
      {
        on: 'feature',
        files: { 'logo.png': new Uint8Array([137, 80, 78, 71, 0, 9]), 'new.bin': new Uint8Array([0, 1]) },
      },
    ],
  },
  {
    name: 'names nobody would choose',
    steps: [
      { files: { 'a.txt': 'a\n' } },
      {
        on: 'feature',
        files: {
          'with space.txt': '1\n',
          'ümläut "quoted".txt': '2\n',
          'emoji 🎻/deep/er.txt': '3\n',
          '-dash.txt': '4\n',
        },
      },
    ],
  },
];

let github: GitHub;
beforeAll(async () => {
  github = await createGitHub({ seed: seed() });
});
afterAll(() => github.close());

describe.each(CASES)('$name', ({ steps }) => {
  let local: PullRequest;
  let remote: PullRequest;
  let ask: (requests: EvidenceRequest[]) => Promise<[EvidenceEntry[], EvidenceEntry[]]>;

  beforeAll(async () => {
    github.reset();
    const repository = createRepository(steps);
    const read = await readLocally({ cwd: repository.path, base: 'main', head: 'feature', evaluatedAt: WHEN });
    local = read.pullRequest;

    await importGit(github, 'acme/widgets', repository.path, {
      branches: { main: 'main', feature: 'feature' },
      depth: 50,
    });
    const where = { owner: 'acme', repo: 'widgets' };
    const { data } = await as(github, 'alice').rest.pulls.create({
      ...where,
      head: 'feature',
      base: 'main',
      title: 'T',
    });
    const client = await installationClient();
    const result = await readPullRequest(client, where, data.number, { appId: APP.id, slug: APP.slug }, WHEN);
    if (result.state !== 'read') throw new Error(result.state);
    remote = result.reading.pullRequest;
    const answer = repositoryEvidence(client, where, remote);
    ask = async (requests) => {
      const files = requests.filter((one) => one.kind === 'file' || one.kind === 'folder');
      return [await read.repository(files), await answer(files)];
    };
  });

  it('has the same files, hunk by hunk', () => {
    expect(remote.files).toEqual(local.files);
    expect(remote.totals).toEqual(local.totals);
    expect(remote.filesComplete).toBe(local.filesComplete);
    expect(remote.files.length).toBeGreaterThan(0);
  });

  it('has the same commits', () => {
    const bare = (one: PullRequest) =>
      one.commits.map(({ author, committer, ...rest }) => ({
        ...rest,
        author: { ...author, login: null },
        committer: { ...committer, login: null },
      }));
    expect(bare(remote)).toEqual(bare(local));
    expect(remote.head.sha).toBe(local.head.sha);
    expect(remote.base).toEqual(local.base);
  });

  it('gives the same evidence at every side', async () => {
    const paths = [
      ...new Set(local.files.flatMap((file) => [file.path, file.previousPath ?? file.path])),
      'README.md',
      'not/there.txt',
    ];
    const requests: EvidenceRequest[] = (['base', 'merge-base', 'head'] as const).flatMap((side) => [
      ...paths.map((path) => ({ kind: 'file' as const, path, side })),
    ]);
    const folders: EvidenceRequest[] = ['src', '', 'nowhere'].map((path) => ({ kind: 'folder', path, side: 'head' }));
    const [fromGit, fromGitHub] = await ask([...requests, ...folders]);
    const sorted = (entries: EvidenceEntry[]) => entries.map((entry) => JSON.stringify(entry)).sort();
    expect(sorted(fromGitHub)).toEqual(sorted(fromGit));
  });
});

const WHEN = '2026-11-20T12:00:00.000Z';

function lines(word: string, count: number): string {
  return Array.from({ length: count }, (_, index) => `${word} ${index + 1}\n`).join('');
}

async function installationClient(): Promise<Octokit> {
  const { createAppAuth } = await import('@octokit/auth-app');
  const auth = { appId: APP.id, privateKey: APP.privateKey, installationId: APP.installationId };
  return new Octokit({ authStrategy: createAppAuth, auth, baseUrl: github.url });
}
