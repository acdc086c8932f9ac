import type { Evidence } from '../model/evidence.ts';
import type { PullRequest } from '../model/pull-request.ts';
import type { Facts, Finding, Missing } from '../model/review.ts';
import { coverageOf } from './adr/coverage.ts';
import { type Asked, aboutCitations, aboutPeople, aboutTheLog, governingFinding, outOfScope } from './adr/findings.ts';
import { findGoverning, type Governing } from './adr/governing.ts';
import { type Suggestion, suggestRecord } from './adr/help.ts';
import { authorshipNeeds } from './adr/human.ts';
import { collisionNeeds, folderNeeds, logNeeds, readLog } from './adr/log.ts';
import {
  changedRecordNeeds,
  changedRecords,
  citationsOf,
  citedNeeds,
  type Mention,
  readChanged,
  readCited,
} from './adr/mentions.ts';
import { messages } from './adr/messages.ts';
import { judgeMigrationsTogether, migrationFolders } from './adr/migrations-together.ts';
import { type Options, options, triggerPolicy } from './adr/options.ts';
import { homeOf, homesFor, numberOf } from './adr/record/homes.ts';
import { contributionsOf, decisionsOf } from './adr/tables.ts';
import { findTriggers, isProse, type Trigger, triggerNeeds } from './adr/triggers/find-triggers.ts';
import { definePractice } from './define-practice.ts';

/** How many more files a message names. */
const NAMED_FILES = 3;

export const adr = definePractice({
  id: 'adr',
  title: 'Decision records',
  summary: 'A change of the architecture carries the record of why it was decided so.',
  options,
  presets: {
    advisory: { mode: 'warn' },
    standard: { mode: 'block' },
    // Sharper than what the figures of `standard` allow (ADR-0084).
    strict: { mode: 'block', tiers: { 'database-column-lost': 'block' } },
  },
  judgesDependencyBots: false,
  messages,

  needs(pullRequest, options, evidence) {
    if (pullRequest.files.length === 0) return [];
    const changed = changedRecords(pullRequest, options);
    const wantsLog = options['show-governing'] || changed.length > 0;
    const wantsFolders =
      wantsLog || citationsOf(pullRequest, options).length > 0 || mayDemand(pullRequest, options, evidence);
    return [
      ...triggerNeeds(pullRequest.files, evidence, (path) => isProse(path) || isRecord(path, options)),
      ...changedRecordNeeds(pullRequest, options),
      ...collisionNeeds(pullRequest, options),
      ...(wantsFolders ? folderNeeds(pullRequest, options) : []),
      ...(wantsLog ? logNeeds(pullRequest, options, evidence) : []),
      ...citedNeeds(pullRequest, options, evidence),
      ...(changed.length > 0 && options['agent-records'] !== 'anyone' ? authorshipNeeds(pullRequest) : []),
    ];
  },

  evaluate(asked) {
    const { pullRequest, evidence, options } = asked;
    const triggered = findTriggers(pullRequest.files, evidence, triggerPolicy(options), (path) =>
      isRecord(path, options),
    );
    const { triggers, signals, score } = triggered;
    const unlisted = missingFiles(pullRequest);
    const changed = readChanged(pullRequest, options, evidence);
    const log = aboutTheLog(asked);
    const governing = options['show-governing']
      ? findGoverning(pullRequest, readLog(pullRequest, options, evidence).records, (path) => isRecord(path, options))
      : [];
    const demands = triggers.filter(({ tier }) => tier === 'block');
    const cited =
      triggers.length > 0 ? readCited(pullRequest, options, evidence) : { records: [], unknown: [], missing: [] };
    const records = [...changed.records, ...cited.records];
    const coverage = coverageOf(
      triggers,
      records.filter(({ shortcoming }) => shortcoming === null),
    );
    const facts = { triggers, score, signals, records: records.map(toFact), governing: governing.map(toGoverningFact) };
    const always = {
      facts,
      ...(triggers.length + signals.length > 0 && { details: contributionsOf(triggered, options) }),
      ...(governing.length > 0 && { context: decisionsOf(governing) }),
    };
    const findings = [...log.findings, ...governing.map((one) => governingFinding(one, asked))];
    if (demands.length === 0) {
      const missing = [...unlisted, ...triggered.missing, ...log.missing];
      if (triggers.length > 0 && coverage.uncovered.length > 0) findings.push(nudge(triggers, asked));
      return { ...always, summary: quietSummary(triggers, missing, log.findings), findings, missing };
    }

    const open = demands.filter((trigger) => coverage.uncovered.includes(trigger));
    findings.push(...aboutCitations(cited, open.length === 0, asked));
    if (open.length === 0) {
      const names = [...new Set(coverage.used.map(({ path }) => path))].join(', ');
      const human = aboutPeople(coverage.used, asked);
      return {
        ...always,
        summary: `What touches the architecture is decided in ${names}.`,
        findings: [...findings, ...human.findings],
        items: human.items,
        missing: log.missing,
      };
    }
    const [first] = open as [Trigger];
    // A record may be among what was not read: then nothing is known to be wrong yet.
    const missing = [...unlisted, ...changed.missing, ...cited.missing];
    if (missing.length > 0) {
      const summary = `${first.path} touches ${first.because}; whether a decision record covers it is not known yet.`;
      return {
        ...always,
        summary,
        missing: [...missing, ...log.missing],
        findings: findings.filter(({ level }) => level !== 'error'),
      };
    }
    for (const { path, flaws, shortcoming, via } of changed.records) {
      if (via === 'removed') continue;
      for (const { code, line, cause, example } of flaws)
        findings.push(asked.finding(code, { path, cause, example }, { path, line }));
      if (flaws.length === 0 && shortcoming) {
        const example = 'a decision that holds, in a record of its own';
        findings.push(
          asked.finding('record-incomplete', { path, cause: `cannot carry it: ${shortcoming}`, example }, { path }),
        );
      }
    }
    const begun = changed.records.filter(({ via, flaws }) => via !== 'removed' && flaws.length > 0);
    const unfinished = coverageOf(open, begun).used[0]?.path ?? null;
    findings.push(...outOfScope(coverage, first, asked), recordMissing(open, unfinished, asked));
    return {
      ...always,
      summary: `${first.path} touches ${first.because} ${unfinished ? `while ${unfinished} is unfinished` : 'without a decision record'}.`,
      findings,
      missing: log.missing,
    };
  },

  together: {
    needs: (pullRequest) => migrationFolders(pullRequest).map((path) => ({ kind: 'folder', path, side: 'base' })),
    evaluate: judgeMigrationsTogether,
  },
});

function isRecord(path: string, { directory }: Options): boolean {
  return isProse(path) && homeOf(path, homesFor(directory)) !== null;
}

/** True where a record may be suggested, as far as what is known now can tell. */
function mayDemand(pullRequest: PullRequest, options: Options, evidence: Evidence): boolean {
  return (
    findTriggers(pullRequest.files, evidence, triggerPolicy(options), (path) => isRecord(path, options)).triggers
      .length > 0
  );
}

function toFact({ path, via, status, shortcoming }: Mention): Facts {
  return { path, via, number: numberOf(path), status, satisfies: shortcoming === null };
}

function toGoverningFact({ path, title, status, by, files, successor }: Governing): Facts {
  return { path, title, status, by, files: files.slice(0, 20), successor };
}

function quietSummary(triggers: readonly Trigger[], missing: readonly Missing[], log: readonly Finding[]): string {
  if (log.some(({ level }) => level === 'error')) return 'The decision log would not hold together.';
  if (missing.length > 0) return 'Not all that may touch the architecture could be read.';
  const [first] = triggers;
  return first ? `${first.path} may touch the architecture: ${first.because}.` : 'Nothing architectural was touched.';
}

function nudge(triggers: readonly Trigger[], asked: Asked): Finding {
  const [first] = triggers as [Trigger];
  return asked.finding('nudge', about(triggers, suggest(triggers, asked)), placeOf(first));
}

/** Where a record was begun, that one is to be finished: nobody needs a second. */
function recordMissing(open: readonly Trigger[], unfinished: string | null, asked: Asked): Finding {
  const [first] = open as [Trigger];
  const suggestion = unfinished === null ? suggest(open, asked) : { path: unfinished, link: null };
  const place = { ...placeOf(first), ...(suggestion.link && { link: suggestion.link }) };
  return asked.finding('record-missing', { ...about(open, suggestion), unfinished }, place);
}

function suggest(triggers: readonly Trigger[], { pullRequest, options, evidence }: Asked): Suggestion {
  return suggestRecord(pullRequest, options, evidence, triggers);
}

function about(triggers: readonly Trigger[], { path: suggestion }: Suggestion): Facts {
  const [first] = triggers as [Trigger];
  const others = [...new Set(triggers.map(({ path }) => path))].filter((path) => path !== first.path);
  return {
    path: first.path,
    because: first.because,
    trigger: first.trigger,
    others: others.slice(0, NAMED_FILES),
    othersCount: others.length,
    suggestion,
  };
}

function placeOf({ path, line }: Trigger) {
  return { path, ...(line !== null && { line }) };
}

/** A path that speaks for itself, or a record, may be among the files that were not listed. */
function missingFiles({ files, totals, filesComplete }: PullRequest): Missing[] {
  const unlisted = totals.files - files.length;
  if (filesComplete || unlisted <= 0) return [];
  return [
    { what: `${unlisted} of ${totals.files} changed files`, cause: 'they are not in the list of files that was given' },
  ];
}
