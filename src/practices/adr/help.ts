import type { Evidence } from '../../model/evidence.ts';
import type { PullRequest } from '../../model/pull-request.ts';
import type { Link } from '../../model/review.ts';
import { readLog } from './log.ts';
import { knownRecords } from './mentions.ts';
import type { Options } from './options.ts';
import { homeOf, homesFor, nextNumber, slugOf } from './record/homes.ts';
import { layoutOf, writeSkeleton } from './record/skeleton.ts';
import type { Trigger } from './triggers/find-triggers.ts';

/** A page's address must stay below what servers take, about 8 kB; what triggers is told in full elsewhere. */
const MAX_REASONS = 8;

/** The record to add: its path, and GitHub's page for a new file with everything filled in that is known already. */
export interface Suggestion {
  path: string;
  /** `null` where the branch is another repository's whose name is not known. */
  link: Link | null;
}

/** Suggests the record that would carry the change: next number, a name made of the title, the log's own layout. */
export function suggestRecord(
  pullRequest: PullRequest,
  options: Options,
  evidence: Evidence,
  triggers: readonly Trigger[],
): Suggestion {
  const homes = homesFor(options.directory);
  const home = homes.find((one) => evidence.folder(one, 'base').state === 'found') ?? homes[0] ?? options.directory;
  const folder = evidence.folder(home, 'base');
  const added = pullRequest.files.filter((file) => homeOf(file.path, homes) === home).map((file) => file.path);
  const taken = knownRecords(pullRequest, options, evidence).filter((path) => homeOf(path, homes) === home);
  const sequential = folder.state === 'unavailable' ? 'NNNN' : nextNumber([...taken, ...added]);
  const number =
    options.numbering === 'pull-request' && pullRequest.number !== null
      ? String(pullRequest.number).padStart(4, '0')
      : sequential;
  const path = `${home}/${number}-${slugOf(pullRequest.title)}.md`;
  const { head } = pullRequest;
  const repository = head.fromFork ? head.fork : pullRequest.repository;
  if (!repository || pullRequest.number === null || sequential === 'NNNN') return { path, link: null };
  const text = writeSkeleton({
    title: pullRequest.title,
    number,
    date: pullRequest.evaluatedAt.slice(0, 10),
    layout: layoutOf(
      readLog(pullRequest, options, evidence)
        .records.slice(0, 10)
        .map((logged) => logged.text),
    ),
    reasons: reasonsOf(triggers),
  });
  const { owner, name } = repository;
  return {
    path,
    link: { kind: 'new-file', title: 'Start the record', repository: { owner, name }, branch: head.branch, path, text },
  };
}

/** What the record should speak of, and what to weigh: one line a trigger. */
function reasonsOf(triggers: readonly Trigger[]): string[] {
  const lines = triggers
    .slice(0, MAX_REASONS)
    .map(({ path, because, trigger }) => `${path.slice(-120)}: ${because.slice(0, 120)}${alternativeTo(trigger)}`);
  const more = triggers.length - lines.length;
  return more > 0 ? [...lines, `and ${more} more`] : lines;
}

/** What somebody would want to have weighed; nothing where that depends on the case. */
function alternativeTo(trigger: string): string {
  if (trigger.startsWith('database-')) return ' (weigh: what exists already, another shape, how to go back)';
  if (trigger.startsWith('dependency-'))
    return ' (weigh: the standard library, what is there already, another package)';
  if (trigger.startsWith('interface-') || trigger === 'endpoint')
    return ' (weigh: how callers move over, a version beside the old one)';
  if (trigger.startsWith('infrastructure-'))
    return ' (weigh: who operates it, what it costs, what happens when it is gone)';
  if (trigger.startsWith('concurrency')) return ' (weigh: doing it in order, another lock, what a race would cost)';
  return '';
}
