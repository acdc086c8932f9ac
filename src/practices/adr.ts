import { z } from 'zod';
import type { Evidence, EvidenceRequest } from '../model/evidence.ts';
import { baseName } from '../model/package-files.ts';
import type { ChangedFile, PullRequest } from '../model/pull-request.ts';
import type { Facts, Finding, Missing } from '../model/review.ts';
import { type Citation, findCitations } from './adr/citations.ts';
import { isEnded, isIn, isRecordPath, nextNumber, numberOf, type RecordStatus, readRecord } from './adr/record.ts';
import { findTriggers, type Trigger } from './adr/triggers.ts';
import { definePractice } from './define-practice.ts';

const options = z.strictObject({
  directory: z
    .string()
    .regex(/^(?![./])[^\\]*[^/\\]$/, 'A folder of the repository, such as docs/adr, without a slash at either end.')
    .default('docs/adr')
    .describe('The folder of the decision records.'),
  triggers: z
    .array(
      z.strictObject({
        paths: z
          .array(z.string().min(1).max(500).describe('A glob.'))
          .min(1)
          .describe('Globs of files that must not change without a record.'),
        because: z.string().min(1).max(200).describe('What these files decide: "the data model".'),
      }),
    )
    .default([])
    .describe('Paths that demand a record here, beyond the built-in ones.'),
});

type Options = z.output<typeof options>;

/** A record of fewer words of its own decides nothing that anybody could follow later. */
const MIN_WORDS = 30;

/** How many more files a message names. */
const NAMED_FILES = 3;

export const adr = definePractice({
  id: 'adr',
  title: 'Decision records',
  summary: 'A change of the architecture carries the record of why it was decided so.',
  options,
  presets: { advisory: { mode: 'warn' }, standard: { mode: 'block' }, strict: { mode: 'block' } },
  judgesDependencyBots: false,
  messages: {
    'record-missing': {
      level: 'error',
      text: (facts) =>
        `${facts.path} touches ${facts.because}, and no decision record comes with the change.${sayOthers(facts)} ` +
        'The code will show how it works; only a record keeps why it was decided so, for those who change it next. ' +
        `The author can add ${facts.suggestion}: a title, "Status: proposed", and what the context was, what was ` +
        'decided, which alternatives were weighed and what follows. Where an accepted record covers this already, the ' +
        'author can name it in the description of the pull request, by its number (ADR-0012) or its path.',
    },
    'record-incomplete': {
      level: 'error',
      text: (facts) =>
        `${facts.path} does not record a decision yet: ${facts.cause}. The author can complete it with the context, ` +
        'the decision, the alternatives that were weighed and the consequences; a few sentences of each are enough.',
    },
    'citation-unknown': {
      level: 'error',
      text: (facts) =>
        `The description refers to ${facts.citation}, and the base branch has no such record in ${facts.directory}. ` +
        'A reference that leads nowhere explains nothing. The author can correct the number or the path, or add the record.',
    },
    'citation-not-accepted': {
      level: 'error',
      text: (facts) =>
        `The description refers to ${facts.path}, which ${facts.cause}. Only a decision that was accepted can carry a ` +
        'change. The author can name an accepted record, or add one that records this decision.',
    },
  },

  needs(pullRequest, options, evidence) {
    if (triggersOf(pullRequest, options).length === 0) return [];
    const changed = changedRecords(pullRequest, options);
    const unread = changed.filter(isTextElsewhere).map((file) => fileAt(file.path, 'head'));
    const citations = findCitations(pullRequest.body, options.directory, pullRequest.repository);
    const isSatisfied = changed.some(
      (file) => !isTextElsewhere(file) && shortcomingOf(file.path, textOf(file)) === null,
    );
    if (isSatisfied && citations.length === 0) return unread;
    const cited = citations.flatMap((citation) => pathsOf(citation, options, evidence));
    return [...unread, folderOf(options), ...cited.map((path) => fileAt(path, 'base'))];
  },

  evaluate({ pullRequest, evidence, options, finding }) {
    const triggers = triggersOf(pullRequest, options);
    const unlisted = missingFiles(pullRequest);
    const changed = readChanged(pullRequest, options, evidence);
    if (triggers.length === 0) {
      const records = changed.records.map(toFact);
      const summary =
        unlisted.length > 0 ? 'Not all files of the change are known.' : 'Nothing architectural was touched.';
      return { summary, facts: { triggers: [], records }, missing: unlisted };
    }

    const cited = readCited(pullRequest, options, evidence);
    const records = [...changed.records, ...cited.records];
    const satisfying = records.filter((record) => record.shortcoming === null);
    const facts = { triggers, records: records.map(toFact) };
    const details = {
      title: 'What asks for a decision record',
      columns: [
        { title: 'File', kind: 'code' as const },
        { title: 'Touches', kind: 'text' as const },
        { title: 'Trigger', kind: 'text' as const },
      ],
      rows: triggers.map(({ path, because, trigger }) => [path, because, trigger]),
    };
    const citationLevel = satisfying.length > 0 ? ('warning' as const) : ('error' as const);
    const findings: Finding[] = [
      ...cited.unknown.map(({ said }) => {
        return finding('citation-unknown', { citation: said, directory: options.directory }, { level: citationLevel });
      }),
      ...cited.records.flatMap(({ path, shortcoming }) => {
        return shortcoming
          ? [finding('citation-not-accepted', { path, cause: shortcoming }, { level: citationLevel })]
          : [];
      }),
    ];
    if (satisfying.length > 0) {
      const names = [...new Set(satisfying.map((record) => record.path))].join(', ');
      return { summary: `What touches the architecture is decided in ${names}.`, facts, findings, details };
    }

    const first = triggers[0]!;
    // A record may be among what was not read: then nothing is known to be wrong yet.
    const missing = [...unlisted, ...changed.missing, ...cited.missing];
    if (missing.length > 0) {
      const summary = `${first.path} touches ${first.because}; whether a decision record covers it is not known yet.`;
      return { summary, facts, missing, details };
    }
    for (const { path, via, shortcoming } of changed.records) {
      if (via !== 'removed') findings.push(finding('record-incomplete', { path, cause: shortcoming }, { path }));
    }
    const others = [...new Set(triggers.map((trigger) => trigger.path))].filter((path) => path !== first.path);
    const about = {
      path: first.path,
      because: first.because,
      trigger: first.trigger,
      others: others.slice(0, NAMED_FILES),
      othersCount: others.length,
      suggestion: suggestPath(pullRequest, options, evidence),
    };
    const place = { path: first.path, ...(first.line !== null && { line: first.line }) };
    findings.push(finding('record-missing', about, place));
    return { summary: `${first.path} touches ${first.because} without a decision record.`, facts, findings, details };
  },
});

/** A record that came up: changed by the pull request, or cited by it. */
interface Mention {
  path: string;
  via: 'added' | 'amended' | 'removed' | 'cited';
  status: RecordStatus | null;
  /** Why it cannot carry the change, as the end of a sentence; `null` where it can. */
  shortcoming: string | null;
}

function toFact({ path, via, status, shortcoming }: Mention): Facts {
  return { path, via, number: numberOf(path), status, satisfies: shortcoming === null };
}

function triggersOf(pullRequest: PullRequest, { directory, triggers }: Options): Trigger[] {
  return findTriggers(pullRequest.files, triggers, (path) => isIn(path, directory));
}

function changedRecords(pullRequest: PullRequest, { directory }: Options): ChangedFile[] {
  return pullRequest.files.filter(
    (file) => isRecordPath(file.path, directory) && (['added', 'removed'].includes(file.status) || isEdited(file)),
  );
}

/** True where something was written: a new place or a new mode alone amends nothing. */
function isEdited({ patch, hunks }: ChangedFile): boolean {
  if (patch === 'missing') return true;
  return hunks.some((hunk) => hunk.lines.some((line) => line.startsWith('+') && /[\p{L}\p{N}]/u.test(line)));
}

/** A new file stands whole in its hunks; of any other, or one whose patch is missing, the text must be fetched. */
function isTextElsewhere(file: ChangedFile): boolean {
  return file.status !== 'removed' && !(file.status === 'added' && file.patch === 'text');
}

function textOf({ hunks }: ChangedFile): string {
  const lines = hunks.flatMap((hunk) => hunk.lines).filter((line) => line.startsWith('+'));
  return lines.map((line) => line.slice(1)).join('\n');
}

function readChanged(
  pullRequest: PullRequest,
  options: Options,
  evidence: Evidence,
): { records: Mention[]; missing: Missing[] } {
  const records: Mention[] = [];
  const missing: Missing[] = [];
  for (const file of changedRecords(pullRequest, options)) {
    const { path } = file;
    if (file.status === 'removed') {
      records.push({ path, via: 'removed', status: null, shortcoming: 'is removed by this pull request' });
      continue;
    }
    const via = file.status === 'added' || file.status === 'copied' ? 'added' : 'amended';
    const answer = isTextElsewhere(file)
      ? evidence.file(path, 'head')
      : { state: 'found' as const, text: textOf(file) };
    if (answer.state === 'unavailable') missing.push({ what: `the record ${path}`, cause: answer.cause });
    if (answer.state !== 'found') continue;
    const { status } = readRecord(answer.text);
    records.push({ path, via, status, shortcoming: shortcomingOf(path, answer.text) });
  }
  return { records, missing };
}

/** What keeps a record that the change brings along from carrying it; `null` where nothing does. */
function shortcomingOf(path: string, text: string): string | null {
  const { status, words } = readRecord(text);
  if (numberOf(path) === null && status === null) return 'it has neither a number in its name nor a status';
  if (isEnded(status)) return `its status is ${status}`;
  if (words < MIN_WORDS) return `it has ${words} words of its own, and ${MIN_WORDS} are the least`;
  return null;
}

function readCited(
  pullRequest: PullRequest,
  options: Options,
  evidence: Evidence,
): { records: Mention[]; unknown: Citation[]; missing: Missing[] } {
  const records: Mention[] = [];
  const unknown: Citation[] = [];
  const missing: Missing[] = [];
  const changed = new Map(changedRecords(pullRequest, options).map((file) => [file.path, file]));
  const broughtAlong = [...changed.values()].filter((file) => file.status !== 'removed').map((file) => file.path);
  for (const citation of findCitations(pullRequest.body, options.directory, pullRequest.repository)) {
    // Naming the record that the change itself brings is no citation of an older one.
    if (broughtAlong.some((path) => isCitedBy(citation, path))) continue;
    const folder = evidence.folder(options.directory, 'base');
    if (citation.kind === 'number' && folder.state === 'unavailable') {
      missing.push({ what: `the folder ${options.directory}, for ${citation.said}`, cause: folder.cause });
      continue;
    }
    const paths = pathsOf(citation, options, evidence);
    const found: Mention[] = [];
    const unread: Missing[] = [];
    for (const path of paths) {
      const answer = evidence.file(path, 'base');
      if (answer.state === 'unavailable') unread.push({ what: `the record ${path}`, cause: answer.cause });
      if (answer.state !== 'found') continue;
      const { status } = readRecord(answer.text);
      const removed = changed.get(path)?.status === 'removed';
      const shortcoming = removed ? 'is removed by this pull request' : shortcomingOfStatus(status);
      found.push({ path, via: 'cited', status, shortcoming });
    }
    const best = found.find((record) => record.shortcoming === null) ?? found[0];
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

/** Where the cited record may stand in the base; nothing while the folder is not known, and nothing where it has none. */
function pathsOf(citation: Citation, { directory }: Options, evidence: Evidence): string[] {
  if (citation.kind === 'path') return [citation.path];
  const folder = evidence.folder(directory, 'base');
  if (folder.state !== 'found') return [];
  const paths = folder.entries.filter((entry) => entry.kind === 'file').map((entry) => `${directory}/${entry.name}`);
  return paths.filter((path) => isRecordPath(path, directory) && isCitedBy(citation, path));
}

/** The next free number and a name made of the title, as a path to add: `docs/adr/0013-use-postgres.md`. */
function suggestPath(pullRequest: PullRequest, { directory }: Options, evidence: Evidence): string {
  const folder = evidence.folder(directory, 'base');
  const added = pullRequest.files.filter((file) => isIn(file.path, directory)).map((file) => baseName(file.path));
  const taken = folder.state === 'found' ? folder.entries.map((entry) => entry.name) : [];
  const number = folder.state === 'unavailable' ? 'NNNN' : nextNumber([...taken, ...added]);
  return `${directory}/${number}-${slugOf(pullRequest.title)}.md`;
}

function slugOf(title: string): string {
  const letters = title.slice(0, 200).normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const words = letters.split(/[^a-z0-9]+/).filter((word) => word !== '');
  let slug = '';
  for (const word of words) {
    if (slug.length + word.length > 50) break;
    slug += slug === '' ? word : `-${word}`;
  }
  return slug === '' ? 'decision' : slug;
}

function fileAt(path: string, side: 'base' | 'head'): EvidenceRequest {
  return { kind: 'file', path, side };
}

function folderOf({ directory }: Options): EvidenceRequest {
  return { kind: 'folder', path: directory, side: 'base' };
}

/** A path that speaks for itself, or a record, may be among the files that were not listed. */
function missingFiles({ files, totals, filesComplete }: PullRequest): Missing[] {
  const unlisted = totals.files - files.length;
  if (filesComplete || unlisted <= 0) return [];
  return [
    { what: `${unlisted} of ${totals.files} changed files`, cause: 'they are not in the list of files that was given' },
  ];
}

function sayOthers({ others, othersCount }: Facts): string {
  const named = others as readonly string[];
  if (named.length === 0) return '';
  const rest = Number(othersCount) - named.length;
  return ` The same record can cover ${named.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}.`;
}
