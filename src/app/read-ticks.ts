import type { GitHubClient } from '../github/client.ts';
import { readCommentEdits } from '../github/comment-edits.ts';
import { botLoginOf } from '../github/identity.ts';
import type { AppIdentity, OwnComment } from '../github/read.ts';
import type { Tick } from '../model/pull-request.ts';
import { readBoxes } from '../render/boxes.ts';
import { type AttestationRecord, readRecord, type SigningKeys } from '../render/record.ts';
import { attributeTicks } from '../render/ticks.ts';
import type { Log } from './context.ts';

/**
 * Who ticked which box of our comment. What we recorded and signed before is believed; a box ticked since is credited
 * from GitHub's own history of the comment, and to nobody where that does not tell.
 */
export async function readTicks(
  client: GitHubClient,
  comment: OwnComment | null,
  { scope, identity, signingKeys, log }: { scope: string; identity: AppIdentity; signingKeys: SigningKeys; log: Log },
): Promise<Tick[]> {
  if (!comment) return [];
  const ticked = [...readBoxes(comment.body)].filter(([, isTicked]) => isTicked).map(([item]) => item);
  if (ticked.length === 0) return [];
  const recorded = recordOf(comment.body, scope, signingKeys, log);
  const known = ticked.flatMap((item) => tickFromRecord(recorded, item));
  if (known.length === ticked.length) return known;

  const edits = await readCommentEdits(client, comment.nodeId);
  const { ticks } = attributeTicks({ edits, self: botLoginOf(identity) });
  return [
    ...known,
    ...ticks.filter((tick) => !known.some((one) => one.item === tick.item) && ticked.includes(tick.item)),
  ];
}

function recordOf(body: string, scope: string, keys: SigningKeys, log: Log): AttestationRecord['items'] {
  const result = readRecord(body, scope, keys);
  if (result.ok) return result.record.items;
  if (result.reason !== 'absent')
    log.warn({ scope, reason: result.reason }, 'a record of attestations was not believed');
  return {};
}

function tickFromRecord(items: AttestationRecord['items'], item: string): Tick[] {
  const found = Object.hasOwn(items, item) ? items[item] : undefined;
  if (!found) return [];
  const by = { ...found.by, kind: 'user' as const, association: 'NONE' };
  return [{ item, by, at: found.at, commit: found.commit }];
}

/** The record of what counts now: the ticks whose items the review took as attested. */
export function recordFor(scope: string, ticks: readonly Tick[], attested: ReadonlySet<string>): AttestationRecord {
  const items = ticks
    .filter((tick) => attested.has(tick.item))
    .map((tick) => [tick.item, { by: { id: tick.by.id, login: tick.by.login }, at: tick.at, commit: tick.commit }]);
  return { scope, items: Object.fromEntries(items) };
}
