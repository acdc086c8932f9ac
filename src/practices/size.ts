import type { Evidence, EvidenceRequest } from '../model/evidence.ts';
import type { PullRequest } from '../model/pull-request.ts';
import type { Facts, Finding, Json, Missing } from '../model/review.ts';
import type { Provenance } from '../provenance/provenance.ts';
import { definePractice } from './define-practice.ts';
import { approversOf } from './size/approvals.ts';
import { labelFor } from './size/labels.ts';
import { type Limits, limitsFor } from './size/limits.ts';
import {
  attributesIn,
  attributesWanted,
  headersWanted,
  type Measurement,
  mayWantHeaders,
  measure,
  type WeighedFile,
} from './size/measure.ts';
import { type Options, options } from './size/options.ts';
import { measurePathLimits } from './size/path-limits.ts';
import { type ReceiptLine, sayDiscounts, sumDiscounts } from './size/receipt.ts';
import { planSplit, type SplitPlan } from './size/split/plan.ts';
import { recipeFor, saySplit } from './size/split/recipe.ts';
import { count, counted, sayDiscounted, sayLargest } from './size/wording.ts';

/** How many files a message names. */
const NAMED_FILES = 3;

/** How many unread files are listed one by one. */
const LISTED_MISSING = 10;

export const size = definePractice({
  id: 'size',
  title: 'Size',
  summary: 'A pull request is small enough for a person to read it with care.',
  options,
  presets: {
    advisory: { mode: 'warn' },
    standard: { mode: 'block', 'max-lines': 400, 'max-files': 25 },
    strict: { mode: 'block', 'max-lines': 250, 'max-files': 15, 'fresh-approvals': true },
  },
  judgesDependencyBots: false,
  messages: {
    'too-many-lines': {
      level: 'error',
      text: (facts) =>
        `${sayEffort(facts)}${sayAssisted(facts)}${WHY_LINES}${sayLargest(facts.largest)}${sayWayOut(facts)}`,
    },
    'too-many-files': {
      level: 'error',
      text: (facts) =>
        `This change asks a reviewer to open ${count(facts.files)} files${sayWhere(facts)}; the limit is ` +
        `${count(facts.maxFiles)}. ${sayAssisted(facts)}Nobody holds that many places in mind at once. ` +
        `${facts.split === null ? '' : sayLargest(facts.largest)}${sayWayOut(facts)}`,
    },
    'approvals-missing': {
      // Not the author's violation: it is somebody else's turn.
      level: 'notice',
      text: (facts) =>
        `Reading this change takes an effort of ${count(facts.effort)} lines. Above ${count(facts.extraApprovalsAt)} ` +
        'one pair of eyes is too few, so it waits for ' +
        `${counted(Number(facts.wanted), 'approval')} and has ${count(facts.given)}. ${sayAssisted(facts)}People with ` +
        'write access who wrote none of its commits can give one, in a review' +
        (facts.fresh
          ? ' of the present head: what was approved before the last push is not what would be merged.'
          : '; it stands until it is taken back or dismissed.'),
    },
    incomplete: {
      level: 'warning',
      text: (facts) =>
        `The size of this change could not be measured whole. Not read: ${facts.unread}. ` +
        `What was read makes an effort of ${count(facts.effort)} lines in ${count(facts.files)} files, and what was not ` +
        'seen is never taken for small. Composure reads it again by itself; if that does not help, the author can ' +
        'split the change, because a small pull request can always be read whole.',
    },
  },

  needs(pullRequest, options, evidence) {
    const attributes = attributesWanted(pullRequest, options);
    // Headers are a question of the second round: only what is too large so far is worth it.
    if (attributes.some((request) => !evidence.has(request)) || !mayWantMore(pullRequest, options)) return attributes;
    const measurement = measure(pullRequest, options, evidence);
    if (!exceeds(measurement, limitsFor(options, pullRequest))) return attributes;
    return [...attributes, ...headersWanted(measurement), ...hintsWanted(pullRequest, options)];
  },

  evaluate({ pullRequest, evidence, options, finding }) {
    const measurement = measure(pullRequest, options, evidence);
    const limits = limitsFor(options, pullRequest);
    const { maxLines, maxFiles } = limits;
    const { effort, opened: files, surely } = measurement;
    const receipt = measurement.files.map((one) => one.line);
    const missing = missingFrom(pullRequest, measurement, limits);
    const paths = measurePathLimits(measurement.files, options['path-limits']);
    const tooLarge = exceeds({ effort: surely.effort, opened: surely.opened }, limits);
    const split =
      tooLarge && options['split-plan']
        ? planSplit(pullRequest, measurement.files, limits, {
            moves: measurement.moves,
            touchedBy: touchedBy(pullRequest, evidence),
          })
        : null;
    const assisted = limits.provenance && { provenance: provenanceFacts(limits.provenance) };
    const shown = {
      ...{ effort, maxLines, files, maxFiles, largest: named(measurement.files), split: saySplit(split) },
      ...assisted,
    };

    const findings: Finding[] = [];
    if (surely.effort > maxLines) findings.push(finding('too-many-lines', shown));
    else if (limits.warnAt !== null && effort > limits.warnAt) {
      const step = { ...shown, warnAt: limits.warnAt };
      findings.push(finding('too-many-lines', step, { level: 'warning' }));
    }
    // Said once: what mends the lines mends the files as well.
    const said = findings.some(({ level }) => level === 'error') ? { ...shown, split: null } : shown;
    if (surely.opened > maxFiles) findings.push(finding('too-many-files', said));
    for (const one of paths) {
      const facts = { ...one.facts, largest: named(one.files) };
      if (one.overLines) findings.push(finding('too-many-lines', facts));
      if (one.overFiles) findings.push(finding('too-many-files', facts));
    }
    const { extraApprovalsAt, extraApprovals } = limits;
    const fresh = options['fresh-approvals'];
    const approvers = approversOf(pullRequest, { fresh });
    const waiting = extraApprovalsAt !== null && effort > extraApprovalsAt && approvers.length < extraApprovals;
    if (waiting) {
      const given = approvers.length;
      findings.push(
        finding('approvals-missing', {
          ...{ effort, extraApprovalsAt, wanted: extraApprovals, given, approvers, fresh },
          ...assisted,
        }),
      );
    }
    if (missing.length > 0) {
      const unread = missing.map(({ what, cause }) => `${what} (${cause})`).join('; ');
      findings.push(finding('incomplete', { unread, effort, files }));
    }

    return {
      summary: summarize(measurement, limits, receipt, missing.length > 0),
      facts: {
        ...{ effort, maxLines, maxFiles, files },
        additions: pullRequest.files.reduce((sum, file) => sum + file.additions, 0),
        deletions: pullRequest.files.reduce((sum, file) => sum + file.deletions, 0),
        ...ladderFacts(limits, approvers),
        ...assisted,
        discounted: sumDiscounts(receipt),
        ...(split && { split: splitFacts(split) }),
        receipt,
      },
      details: receiptTable(receipt),
      ...(split && { recipe: recipeFor(split) }),
      findings,
      missing,
      waiting,
      // What was not read whole has no known size.
      labels: missing.length === 0 ? labelFor(effort, options.labels) : undefined,
    };
  },
});

/** Whether the second round could ask for anything, told without measuring. */
function mayWantMore(pullRequest: PullRequest, options: Options): boolean {
  return mayWantHeaders(pullRequest, options) || hintsWanted(pullRequest, options).length > 0;
}

/** One commit says nothing about how to split; the plan of a change that passes is never made. */
function hintsWanted({ commits }: PullRequest, options: Options): EvidenceRequest[] {
  return options['split-plan'] && commits.length > 1 ? [{ kind: 'commit-paths' }] : [];
}

/** For each path the commits that touch it, by their place in the pull request. */
function touchedBy({ commits }: PullRequest, evidence: Evidence): Map<string, number[]> {
  const answer = evidence.commitPaths();
  const touched = new Map<string, number[]>();
  if (answer.state === 'unavailable') return touched;
  for (const [index, { sha }] of commits.entries()) {
    for (const path of answer.paths[sha] ?? []) {
      const list = touched.get(path);
      if (list) list.push(index);
      else touched.set(path, [index]);
    }
  }
  return touched;
}

function exceeds({ effort, opened }: Pick<Measurement, 'effort' | 'opened'>, { maxLines, maxFiles }: Limits): boolean {
  return effort > maxLines || opened > maxFiles;
}

function summarize({ effort, opened }: Measurement, limits: Limits, receipt: ReceiptLine[], unread: boolean): string {
  const unknown = unread ? ', and some of it could not be read' : '';
  return (
    `An effort of ${count(effort)} of at most ${count(limits.maxLines)} lines, ` +
    `in ${count(opened)} of at most ${count(limits.maxFiles)} files${unknown}.${sayDiscounted(receipt)}`
  );
}

/** The steps that are set; those that are not say nothing. */
function ladderFacts({ warnAt, extraApprovalsAt, extraApprovals }: Limits, approvers: string[]): Facts {
  return {
    ...(warnAt !== null && { warnAt }),
    ...(extraApprovalsAt !== null && { extraApprovalsAt, extraApprovals, approvers }),
  };
}

/** Why the steps are stricter than those of other changes. */
function provenanceFacts({ result, marks }: Provenance): Json {
  return { result, marks: marks.map(({ agent, what }) => ({ agent, what })) };
}

function splitFacts(split: SplitPlan): Json {
  if (split.state === 'none') return { state: 'none', because: split.because };
  const parts = split.parts.map(({ title, files, effort, paths, branch }) => ({ title, files, effort, branch, paths }));
  return { state: 'found', parts, commands: split.commands };
}

/** The receipt for people. Every number in it is one of those that are added up, so the column adds up as well. */
function receiptTable(receipt: readonly ReceiptLine[]) {
  return {
    title: 'Files by the effort they ask for',
    columns: [
      { title: 'File', kind: 'code' as const },
      { title: 'Class', kind: 'text' as const },
      { title: 'Weight', kind: 'number' as const },
      { title: 'Lines', kind: 'number' as const },
      { title: 'Effort', kind: 'number' as const },
      { title: 'Counted for less', kind: 'text' as const },
    ],
    rows: receipt.map((line) => [line.path, line.class, line.weight, line.lines, line.effort, sayDiscounts(line)]),
  };
}

/** The files that make the number. */
function named(files: readonly WeighedFile[]): { path: string; class: string; effort: number }[] {
  return files
    .filter(({ line }) => line.effort > 0)
    .slice(0, NAMED_FILES)
    .map(({ line }) => ({ path: line.path, class: line.class, effort: line.effort }));
}

/** What could not be read and could change the verdict. */
function missingFrom(pullRequest: PullRequest, measurement: Measurement, { maxLines, maxFiles }: Limits): Missing[] {
  const { effort, opened, surely, unavailable, unread } = measurement;
  const inDoubt = (effort > maxLines && surely.effort <= maxLines) || (opened > maxFiles && surely.opened <= maxFiles);
  return [
    ...missingFiles(pullRequest),
    ...missingPatches(unread.map(({ path }) => path)),
    ...(inDoubt ? missingAttributes(unavailable) : []),
  ];
}

/** Files that the source counts and does not list. */
function missingFiles({ files, totals, filesComplete }: PullRequest): Missing[] {
  if (filesComplete) return [];
  if (files.length < totals.files) {
    const what = `${count(totals.files - files.length)} of ${count(totals.files)} changed files`;
    return [{ what, cause: 'they are not in the list of files that was given' }];
  }
  // A patch that is missing explains the gap, and is listed by name where it matters.
  if (files.some((file) => file.patch === 'missing')) return [];
  return [
    { what: 'some of the changed lines', cause: 'the files do not add up to what the pull request says of itself' },
  ];
}

function missingPatches(paths: readonly string[]): Missing[] {
  const cause = 'its text was too large or came back malformed';
  const listed = paths.slice(0, LISTED_MISSING).map((path) => ({ what: `the changes of ${path}`, cause }));
  const rest = paths.length - listed.length;
  return rest > 0 ? [...listed, { what: `the changes of ${count(rest)} more files`, cause }] : listed;
}

function missingAttributes(unavailable: ReadonlyMap<string, string>): Missing[] {
  return [...unavailable].slice(0, LISTED_MISSING).map(([folder, cause]) => ({
    what: `${attributesIn(folder).path}, which may say that files are generated`,
    cause,
  }));
}

const WHY_LINES = 'The longer a change, the fewer of its defects a reviewer finds. ';

function sayEffort(facts: Facts): string {
  const effort = `Reading this change${sayWhere(facts)} takes an effort of ${count(facts.effort)} lines; `;
  if (facts.warnAt === undefined) return `${effort}the limit is ${count(facts.maxLines)}. `;
  return `${effort}from ${count(facts.warnAt)} on it is worth a thought, and the limit is ${count(facts.maxLines)}. `;
}

/** Why a stricter step holds, where one does for changes made with AI. */
function sayAssisted({ provenance }: Facts): string {
  const { result, marks } = (provenance ?? {}) as Partial<Provenance>;
  if (!result) return '';
  const [mark] = marks ?? [];
  const because = result === 'declared' || !mark ? 'its author says so' : `seen by ${mark.what}`;
  return `This repository asks for more care with changes made with AI (${because}), so a stricter step holds here. `;
}

/** Where the limit holds for some paths only, which and why. */
function sayWhere({ paths, because }: Facts): string {
  if (!Array.isArray(paths)) return '';
  return ` in ${paths.join(', ')}${because ? ` (${because})` : ''}`;
}

function sayWayOut({ split }: Facts): string {
  if (split === null) return 'The way to fewer lines leads to fewer files as well.';
  return typeof split === 'string' && split !== ''
    ? `Its author can open the gate by splitting it. ${split}`
    : HOW_TO_SPLIT;
}

const HOW_TO_SPLIT =
  'Its author can open the gate by splitting it into pull requests that each stand on the one before: renames, moves ' +
  'and generated code first, then what prepares the ground, then the new behaviour with its tests.';
