import { describe, expect, it } from 'vitest';
import { findOpenAtHead, findOpenInInstallation, findOpenInto } from '../../src/github/find-pull-requests.ts';
import { nockGitHub } from '../support/nock-github.ts';
import { HEAD, WIDGETS } from './snapshot.ts';

const github = nockGitHub();

function numbered(count: number, from = 1): { number: number }[] {
  return Array.from({ length: count }, (_, index) => ({ number: from + index }));
}

describe('findOpenInto', () => {
  const route = (page: number, base: string) =>
    `GET /repos/acme/widgets/pulls?state=open&per_page=100&page=${page}&base=${base}`;

  it('reads every page', async () => {
    github.rest(route(1, 'main'), { body: numbered(100) });
    github.rest(route(2, 'main'), { body: numbered(100, 101) });
    github.rest(route(3, 'main'), { body: numbered(7, 201) });
    expect(await findOpenInto(github.client, WIDGETS, 'main')).toEqual(numbered(207).map(({ number }) => number));
  });

  it('asks for the very branch, whatever its name looks like', async () => {
    github.rest(route(1, 'a%26state%3Dall%23%3F%2F%C3%BC'), { body: [] });
    expect(await findOpenInto(github.client, WIDGETS, 'a&state=all#?/ü')).toEqual([]);
  });

  it('finds none in a repository that is gone', async () => {
    github.rest(route(1, 'main'), { status: 404, body: { message: 'Not Found' } });
    expect(await findOpenInto(github.client, WIDGETS, 'main')).toEqual([]);
  });

  it('lets a failure be known', async () => {
    github.rest(route(1, 'main'), { status: 503, body: { message: 'Down' } });
    await expect(findOpenInto(github.client, WIDGETS, 'main')).rejects.toMatchObject({ status: 503 });
  });
});

describe('findOpenAtHead', () => {
  const route = `GET /repos/acme/widgets/commits/${HEAD}/pulls?per_page=100`;

  it('finds those that are open and have this very head', async () => {
    github.rest(route, {
      body: [
        { number: 1, state: 'open', head: { sha: HEAD } },
        { number: 2, state: 'closed', head: { sha: HEAD } },
        { number: 3, state: 'open', head: { sha: '0'.repeat(40) } },
        { number: 4, state: 'open', head: { sha: HEAD } },
      ],
    });
    expect(await findOpenAtHead(github.client, WIDGETS, HEAD)).toEqual([1, 4]);
  });

  it.each([404, 422])('finds none for a commit that GitHub does not know: %i', async (status) => {
    github.rest(route, { status, body: { message: 'No commit found' } });
    expect(await findOpenAtHead(github.client, WIDGETS, HEAD)).toEqual([]);
  });

  it('lets a failure be known', async () => {
    github.rest(route, { status: 403, body: { message: 'API rate limit exceeded' } });
    await expect(findOpenAtHead(github.client, WIDGETS, HEAD)).rejects.toMatchObject({ status: 403 });
  });
});

describe('findOpenInInstallation', () => {
  const repositories = (page: number) => `GET /installation/repositories?per_page=100&page=${page}`;
  const pulls = (name: string) => `GET /repos/acme/${name}/pulls?state=open&per_page=100&page=1`;
  const repository = (name: string, overrides = {}) => ({
    name,
    owner: { login: 'acme' },
    archived: false,
    disabled: false,
    ...overrides,
  });

  it('goes through every repository that can still change', async () => {
    github.rest(repositories(1), {
      body: {
        repositories: [
          repository('widgets'),
          repository('old', { archived: true }),
          repository('blocked', { disabled: true }),
          repository('deleted-since'),
          repository('gadgets'),
        ],
      },
    });
    github.rest(pulls('widgets'), { body: numbered(2) });
    github.rest(pulls('deleted-since'), { status: 404, body: { message: 'Not Found' } });
    github.rest(pulls('gadgets'), { body: numbered(1, 9) });
    expect(await findOpenInInstallation(github.client)).toEqual([
      { owner: 'acme', repo: 'widgets', number: 1 },
      { owner: 'acme', repo: 'widgets', number: 2 },
      { owner: 'acme', repo: 'gadgets', number: 9 },
    ]);
  });

  it('reads every page of repositories', async () => {
    const archived = Array.from({ length: 100 }, (_, index) => repository(`old-${index}`, { archived: true }));
    github.rest(repositories(1), { body: { repositories: archived } });
    github.rest(repositories(2), { body: { repositories: [repository('widgets')] } });
    github.rest(pulls('widgets'), { body: numbered(1) });
    expect(await findOpenInInstallation(github.client)).toEqual([{ owner: 'acme', repo: 'widgets', number: 1 }]);
  });
});
