import type { EvidenceSources } from '../gather.ts';
import type { EvidenceEntry } from '../model/evidence.ts';
import type { GitHubClient, RepositoryName } from './client.ts';
import type { People } from './people.ts';

/** Answers what practices must know of people. */
export function peopleSource(
  client: GitHubClient,
  name: RepositoryName,
  people: People,
): NonNullable<EvidenceSources['people']> {
  return (requests) =>
    Promise.all(
      requests.map(async (request): Promise<EvidenceEntry> => {
        if (request.kind === 'writers') return [request, await people.writersOf(client, name)];
        return [request, await people.membershipOf(client, request.team, request.login)];
      }),
    );
}
