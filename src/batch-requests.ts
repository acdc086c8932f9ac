import DataLoader from 'dataloader';
import type { EvidenceSources } from './gather.ts';
import { type EvidenceEntry, keyOfRequest } from './model/evidence.ts';

type RepositoryRequest = Parameters<EvidenceSources['repository']>[0][number];

/**
 * The same source, asked once for what several ask at the same moment, and never twice for the same thing: practices,
 * manifests and attributes want their files in one round, and each query counts against GitHub's budget. For one
 * evaluation; what it remembers belongs to one head. `known` came along with the snapshot and is not asked for.
 */
export function batchRequests(
  source: EvidenceSources['repository'],
  known: readonly EvidenceEntry[] = [],
): EvidenceSources['repository'] {
  const loader = new DataLoader<RepositoryRequest, EvidenceEntry, string>(
    async (requests) => {
      const entries = await source(requests);
      const byKey = new Map(entries.map((entry) => [keyOfRequest(entry[0]), entry]));
      return requests.map((request) => byKey.get(keyOfRequest(request)) ?? new Error('The source left a request out'));
    },
    { cacheKeyFn: keyOfRequest },
  );
  for (const entry of known) {
    const [request] = entry;
    if (request.kind === 'file' || request.kind === 'folder') loader.prime(request, entry);
  }
  return (requests) => Promise.all(requests.map((request) => loader.load(request)));
}
