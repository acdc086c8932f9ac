import { type GitHubClient, isNotFound, type RepositoryName, statusOf } from './client.ts';

/** Open pull requests into a branch, by number. */
export async function findOpenInto(
  client: GitHubClient,
  { owner, repo }: RepositoryName,
  branch: string,
): Promise<number[]> {
  return listOpen(client, { owner, repo }, { base: branch });
}

/** Open pull requests whose head is this commit, forks included, by number. */
export async function findOpenAtHead(
  client: GitHubClient,
  { owner, repo }: RepositoryName,
  sha: string,
): Promise<number[]> {
  try {
    const { data } = await client.request('GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls', {
      owner,
      repo,
      commit_sha: sha,
      per_page: 100,
    });
    return data.filter((one) => one.state === 'open' && one.head.sha === sha).map((one) => one.number);
  } catch (error) {
    // GitHub says 422 of a commit that it does not know.
    if (isNotFound(error) || statusOf(error) === 422) return [];
    throw error;
  }
}

/** Every open pull request of every repository that the installation reaches. */
export async function findOpenInInstallation(
  client: GitHubClient,
): Promise<{ owner: string; repo: string; number: number }[]> {
  const found: { owner: string; repo: string; number: number }[] = [];
  for (let page = 1; ; page++) {
    const { data } = await client.request('GET /installation/repositories', { per_page: 100, page });
    for (const repository of data.repositories) {
      if (repository.archived || repository.disabled) continue;
      const name = { owner: repository.owner.login, repo: repository.name };
      const numbers = await listOpen(client, name, {});
      found.push(...numbers.map((number) => ({ ...name, number })));
    }
    if (data.repositories.length < 100) return found;
  }
}

async function listOpen(
  client: GitHubClient,
  { owner, repo }: RepositoryName,
  filter: { base?: string },
): Promise<number[]> {
  const numbers: number[] = [];
  try {
    for (let page = 1; ; page++) {
      const { data } = await client.request('GET /repos/{owner}/{repo}/pulls', {
        owner,
        repo,
        state: 'open',
        per_page: 100,
        page,
        ...filter,
      });
      numbers.push(...data.map((one) => one.number));
      if (data.length < 100) return numbers;
    }
  } catch (error) {
    // Deleted, or taken from us, since we heard of it.
    if (isNotFound(error)) return numbers;
    throw error;
  }
}
