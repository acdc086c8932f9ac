import type { Evidence, EvidenceRequest } from '../../model/evidence.ts';
import type { ChangedFile, PullRequest } from '../../model/pull-request.ts';
import type { Missing } from '../../model/review.ts';
import { type Citation, findCitations } from './citations.ts';
import type { Options } from './options.ts';
import { checkRecord, type Flaw } from './record/check-record.ts';
import { homeOf, homesFor, isRecordPath, numberOf } from './record/homes.ts';
import { type DecisionRecord, parseRecord } from './record/parse.ts';
import { isEnded, type RecordStatus } from './record/status.ts';

/** A record that came up: changed by the pull request, or cited by it. */
export interface Mention {
  path: string;
  via: 'added' | 'amended' | 'removed' | 'cited';
  status: RecordStatus | null;
  /** `null` where it was removed. */
  record: DecisionRecord | null;
  /** What is wrong with it, line by line; only for records the change writes. */
  flaws: Flaw[];
  /** Why it cannot carry the change, as the end of a sentence; `null` where it can. */
  shortcoming: string | null;
}

/** Records that came up, and what could not be read of them. */
export interface Mentions {
  records: Mention[];
  missing: Missing[];
}

/** The files of the change that are records and were written in; a new place or mode alone amends nothing. */
export function changedRecords({ files }: PullRequest, options: Options): ChangedFile[] {
  const homes = homesFor(options.directory);
  return files.filter(
    (file) => isRecordPath(file.path, homes) && (['added', 'removed'].includes(file.status) || isEdited(file)),
  );
}

function isEdited({ patch, hunks }: ChangedFile): boolean {
  if (patch === 'missing') return true;
  return hunks.some((hunk) => hunk.lines.some((line) => /^[+-]/.test(line) && /[\p{L}\p{N}]/u.test(line)));
}

/** The texts of changed records that do not stand whole in their patch, and what an edited one said before. */
export function changedRecordNeeds(pullRequest: PullRequest, options: Options): EvidenceRequest[] {
  return changedRecords(pullRequest, options).flatMap((file): EvidenceRequest[] => {
    const needs: EvidenceRequest[] = [];
    if (isTextElsewhere(file)) needs.push({ kind: 'file', path: file.path, side: 'head' });
    if (isRevised(file)) needs.push({ kind: 'file', path: file.previousPath ?? file.path, side: 'merge-base' });
    return needs;
  });
}

/** A new file stands whole in its hunks; of any other, or one whose patch is missing, the text must be fetched. */
function isTextElsewhere(file: ChangedFile): boolean {
  return file.status !== 'removed' && !(file.status === 'added' && file.patch === 'text');
}

/** True for a record that was there before and is still. */
export function isRevised({ status }: ChangedFile): boolean {
  return status === 'modified' || status === 'renamed' || status === 'changed';
}

function textOf({ hunks }: ChangedFile): string {
  const lines = hunks.flatMap((hunk) => hunk.lines).filter((line) => line.startsWith('+'));
  return lines.map((line) => line.slice(1)).join('\n');
}

/** The text of a changed record at head; `null` where it is gone or cannot be had. */
export function textAtHead(file: ChangedFile, evidence: Evidence): string | null {
  if (file.status === 'removed') return null;
  if (!isTextElsewhere(file)) return textOf(file);
  const answer = evidence.file(file.path, 'head');
  return answer.state === 'found' ? answer.text : null;
}

/** Reads and checks the records that the change writes. */
export function readChanged(pullRequest: PullRequest, options: Options, evidence: Evidence): Mentions {
  const records: Mention[] = [];
  const missing: Missing[] = [];
  for (const file of changedRecords(pullRequest, options)) {
    const { path } = file;
    if (file.status === 'removed') {
      const shortcoming = 'is removed by this pull request';
      records.push({ path, via: 'removed', status: null, record: null, flaws: [], shortcoming });
      continue;
    }
    const text = textAtHead(file, evidence);
    if (text === null) {
      const answer = evidence.file(path, 'head');
      if (answer.state === 'unavailable') missing.push({ what: `the record ${path}`, cause: answer.cause });
      continue;
    }
    const record = parseRecord(text);
    const before = isRevised(file) ? evidence.file(file.previousPath ?? path, 'merge-base') : null;
    const wasAccepted = before?.state === 'found' && parseRecord(before.text).status === 'accepted';
    // What was accepted once is not judged by rules that came later; what may change in it is another question.
    const flaws = wasAccepted ? [] : flawsOf(path, record, options);
    const via = file.status === 'added' || file.status === 'copied' ? 'added' : 'amended';
    records.push({ path, via, status: record.status, record, flaws, shortcoming: shortcomingOf(record, flaws) });
  }
  return { records, missing };
}

function flawsOf(path: string, record: DecisionRecord, options: Options): Flaw[] {
  if (numberOf(path) === null && record.status === null) {
    const example = 'a name such as 0012-keep-orders-in-postgresql.md, and a status';
    return [{ code: 'record-incomplete', line: 1, cause: 'has neither a number in its name nor a status', example }];
  }
  return checkRecord(record, { require: options.require, minWords: options['min-words'] });
}

function shortcomingOf(record: DecisionRecord, [flaw]: readonly Flaw[]): string | null {
  if (isEnded(record.status)) return `its status is ${record.status}`;
  return flaw ? `it ${flaw.cause}` : null;
}

/** Where cited records may stand in the base; nothing while the folders are not known, and nothing where they have none. */
export function citedNeeds(pullRequest: PullRequest, options: Options, evidence: Evidence): EvidenceRequest[] {
  const paths = citationsOf(pullRequest, options).flatMap((citation) =>
    pathsOf(citation, pullRequest, options, evidence),
  );
  return [...new Set(paths)].map((path) => ({ kind: 'file', path, side: 'base' }));
}

/** The records that the description names. */
export function citationsOf(pullRequest: PullRequest, options: Options): Citation[] {
  return findCitations(pullRequest.body, homesFor(options.directory), pullRequest.repository);
}

/** Reads the records that the description names, at the base: what the pull request makes of them is another matter. */
export function readCited(
  pullRequest: PullRequest,
  options: Options,
  evidence: Evidence,
): Mentions & { unknown: Citation[] } {
  const records: Mention[] = [];
  const unknown: Citation[] = [];
  const missing: Missing[] = [];
  const changed = new Map(changedRecords(pullRequest, options).map((file) => [file.path, file]));
  const broughtAlong = [...changed.values()].filter((file) => file.status !== 'removed').map((file) => file.path);
  for (const citation of citationsOf(pullRequest, options)) {
    // Naming the record that the change itself brings is no citation of an older one.
    if (broughtAlong.some((path) => isCitedBy(citation, path))) continue;
    const homes = homesFor(options.directory);
    const unlisted = homes.flatMap((home) => {
      const folder = evidence.folder(home, 'base');
      return folder.state === 'unavailable'
        ? [{ what: `the folder ${home}, for ${citation.said}`, cause: folder.cause }]
        : [];
    });
    if (citation.kind === 'number' && unlisted[0]) {
      missing.push(unlisted[0]);
      continue;
    }
    const found: Mention[] = [];
    const unread: Missing[] = [];
    for (const path of pathsOf(citation, pullRequest, options, evidence)) {
      const answer = evidence.file(path, 'base');
      if (answer.state === 'unavailable') unread.push({ what: `the record ${path}`, cause: answer.cause });
      if (answer.state !== 'found') continue;
      const record = parseRecord(answer.text);
      const removed = changed.get(path)?.status === 'removed';
      const shortcoming = removed ? 'is removed by this pull request' : shortcomingOfStatus(record.status);
      found.push({ path, via: 'cited', status: record.status, record, flaws: [], shortcoming });
    }
    const best = found.find((mention) => mention.shortcoming === null) ?? found[0];
    if (best) records.push(best);
    else if (unread.length === 0) unknown.push(citation);
    missing.push(...unread);
  }
  return { records, unknown, missing };
}

function shortcomingOfStatus(status: RecordStatus | null): string | null {
  if (status === 'accepted') return null;
  return status === null ? 'does not say that it was accepted' : `is ${status}, not accepted`;
}

function isCitedBy(citation: Citation, path: string): boolean {
  return citation.kind === 'number' ? numberOf(path) === citation.number : citation.path === path;
}

function pathsOf(citation: Citation, pullRequest: PullRequest, options: Options, evidence: Evidence): string[] {
  if (citation.kind === 'path') return [citation.path];
  return knownRecords(pullRequest, options, evidence).filter((path) => isCitedBy(citation, path));
}

/** The folders that may hold the log: the repository's own, and those of the packages whose records change. */
export function logHomes(pullRequest: PullRequest, options: Options): string[] {
  const homes = homesFor(options.directory);
  const own = changedRecords(pullRequest, options).flatMap((file) => homeOf(file.path, homes) ?? []);
  return [...new Set([...homes, ...own])];
}

/** The records directly in these folders, at the base, as far as they were listed. */
export function knownRecords(pullRequest: PullRequest, options: Options, evidence: Evidence): string[] {
  const homes = homesFor(options.directory);
  return logHomes(pullRequest, options).flatMap((home) => {
    const folder = evidence.folder(home, 'base');
    if (folder.state !== 'found') return [];
    const names = folder.entries.filter((entry) => entry.kind === 'file').map((entry) => `${home}/${entry.name}`);
    return names.filter((path) => isRecordPath(path, homes));
  });
}
