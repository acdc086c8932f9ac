import type { Evidence, EvidenceRequest } from '../../model/evidence.ts';
import { baseName } from '../../model/package-files.ts';
import type { PullRequest } from '../../model/pull-request.ts';
import type { Missing } from '../../model/review.ts';
import { changedRecords, knownRecords, logHomes, textAtHead } from './mentions.ts';
import type { Options } from './options.ts';
import { homeOf, homesFor, nextNumber, numberOf } from './record/homes.ts';
import { isTarget, targetOf } from './record/links.ts';
import { type DecisionRecord, parseRecord } from './record/parse.ts';

/** Newest first, this many records are read for what they govern; a log that is longer has had its day. */
const MAX_RECORDS = 120;

/** A record of the decision log. */
export interface LoggedRecord {
  path: string;
  text: string;
  record: DecisionRecord;
}

/** The folders that may hold the log. */
export function folderNeeds(pullRequest: PullRequest, options: Options): EvidenceRequest[] {
  return logHomes(pullRequest, options).map((path) => ({ kind: 'folder', path, side: 'base' }));
}

/** The records themselves, once the folders are known. */
export function logNeeds(pullRequest: PullRequest, options: Options, evidence: Evidence): EvidenceRequest[] {
  return newest(knownRecords(pullRequest, options, evidence)).map((path) => ({ kind: 'file', path, side: 'base' }));
}

function newest(paths: readonly string[]): string[] {
  return paths.toSorted((a, b) => (numberOf(b) ?? 0) - (numberOf(a) ?? 0)).slice(0, MAX_RECORDS);
}

/** The decision log at the base. */
export function readLog(
  pullRequest: PullRequest,
  options: Options,
  evidence: Evidence,
): { records: LoggedRecord[]; missing: Missing[] } {
  const records: LoggedRecord[] = [];
  const missing: Missing[] = [];
  for (const path of newest(knownRecords(pullRequest, options, evidence))) {
    const answer = evidence.file(path, 'base');
    if (answer.state === 'unavailable') missing.push({ what: `the record ${path}`, cause: answer.cause });
    if (answer.state === 'found') records.push({ path, text: answer.text, record: parseRecord(answer.text) });
  }
  return { records, missing };
}

/** A number that two records would have. */
export interface Collision {
  path: string;
  /** The other record's path. */
  other: string;
  /** The open pull request that brings the other one; `null` where it is on the base already. */
  pullRequest: number | null;
  /** The next number that nobody has. */
  next: string;
}

/** New records of the change with a number in their name, by the folder they stand in. */
export function newNumbered(
  pullRequest: PullRequest,
  options: Options,
): { path: string; home: string; number: number }[] {
  const homes = homesFor(options.directory);
  return changedRecords(pullRequest, options).flatMap(({ path, status, previousPath }) => {
    const isNew =
      status === 'added' ||
      status === 'copied' ||
      (status === 'renamed' && numberOf(previousPath ?? '') !== numberOf(path));
    const number = numberOf(path);
    const home = homeOf(path, homes);
    return isNew && number !== null && home !== null ? [{ path, home, number }] : [];
  });
}

/** Only a change that brings a numbered record asks what others bring. */
export function collisionNeeds(pullRequest: PullRequest, options: Options): EvidenceRequest[] {
  const homes = new Set(newNumbered(pullRequest, options).map(({ home }) => home));
  return [...homes].slice(0, 1).map((under) => ({ kind: 'open-pull-requests', under }));
}

/** Numbers of new records that the base, another open pull request or the change itself gives to another record. */
export function findCollisions(
  pullRequest: PullRequest,
  options: Options,
  evidence: Evidence,
): { collisions: Collision[]; missing: Missing[] } {
  const missing: Missing[] = [];
  const fresh = newNumbered(pullRequest, options);
  const gone = new Set(
    pullRequest.files.flatMap(({ path, previousPath, status }) =>
      status === 'removed' ? [path] : (previousPath ?? []),
    ),
  );
  const collisions = fresh.flatMap(({ path, home, number }, index): Collision[] => {
    const folder = evidence.folder(home, 'base');
    if (folder.state === 'unavailable')
      missing.push({ what: `the folder ${home}, for numbers already taken`, cause: folder.cause });
    const names = folder.state === 'found' ? folder.entries.map(({ name }) => `${home}/${name}`) : [];
    const others = evidence.openPullRequests(fresh[0]?.home ?? home);
    if (others.state === 'unavailable')
      missing.push({ what: 'the records that other open pull requests add', cause: others.cause });
    const elsewhere =
      others.state === 'found'
        ? others.pullRequests.flatMap((one) => one.added.map((added) => ({ number: one.number, path: added })))
        : [];
    const next = `${nextNumber([...names, ...elsewhere.map((one) => one.path), ...fresh.map((one) => one.path)])}`;
    const isSame = (other: string) => other !== path && numberOf(other) === number && homeOf(other, [home]) === home;
    const here = [...names.filter((name) => !gone.has(name)), ...fresh.slice(0, index).map((one) => one.path)].filter(
      isSame,
    );
    const open = elsewhere.filter(
      (one) => one.number !== pullRequest.number && numberOf(one.path) === number && homeOf(one.path, [home]) === home,
    );
    return [
      ...here.slice(0, 1).map((other) => ({ path, other, pullRequest: null, next })),
      ...open.slice(0, 3).map((other) => ({ path, other: other.path, pullRequest: other.number, next })),
    ];
  });
  return { collisions, missing: missing.slice(0, 2) };
}

/** A link between records that leads nowhere, or that the other side does not confirm. */
export interface BrokenLink {
  path: string;
  line: number;
  cause: string;
}

/** Checks what new and edited records say of others: the other one must be there, and must say so, too. */
export function findBrokenLinks(pullRequest: PullRequest, options: Options, evidence: Evidence): BrokenLink[] {
  const changed = new Set(changedRecords(pullRequest, options).map(({ path }) => path));
  if (changed.size === 0) return [];
  const atHead = recordsAtHead(pullRequest, options, evidence);
  return [...atHead]
    .filter(([path]) => changed.has(path))
    .flatMap(([path, record]) => brokenLinksOf(path, record, atHead));
}

/** What is wrong with the links of one record, given the whole log. `null` is a record whose text is not known. */
export function brokenLinksOf(
  path: string,
  record: DecisionRecord,
  log: ReadonlyMap<string, DecisionRecord | null>,
): BrokenLink[] {
  return record.links.flatMap(({ kind, number, name, line }): BrokenLink[] => {
    const said = name ?? `number ${number}`;
    const words = kind === 'supersedes' ? 'supersedes' : 'is superseded by';
    const target = targetOf({ number, name }, path, log.keys());
    if (target === undefined)
      return [{ path, line, cause: `says that it ${words} ${said}, and there is no such record` }];
    const other = log.get(target);
    if (!other) return [];
    const back = kind === 'supersedes' ? 'superseded-by' : 'supersedes';
    const confirmed = other.links.some((link) => link.kind === back && isTarget(link, path));
    if (confirmed && (kind === 'superseded-by' || other.status === 'superseded')) return [];
    // A decision that is only proposed has not taken the other one's place yet.
    if (kind === 'supersedes' && (record.status === 'proposed' || record.status === 'draft')) return [];
    const cause =
      kind === 'supersedes'
        ? `says that it supersedes ${baseName(target)}, whose status does not say "Superseded by ${numberOf(path) ?? baseName(path)}"`
        : `says that it is superseded by ${baseName(target)}, which does not say that it supersedes this one`;
    return [{ path, line, cause }];
  });
}

function recordsAtHead(pullRequest: PullRequest, options: Options, evidence: Evidence): Map<string, DecisionRecord> {
  const log = new Map(readLog(pullRequest, options, evidence).records.map(({ path, record }) => [path, record]));
  for (const file of changedRecords(pullRequest, options)) {
    if (file.status === 'removed') log.delete(file.path);
    if (file.previousPath !== undefined) log.delete(file.previousPath);
    const text = textAtHead(file, evidence);
    if (text !== null) log.set(file.path, parseRecord(text));
  }
  return log;
}
