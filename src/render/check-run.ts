import type { PullRequest } from '../model/pull-request.ts';
import type { Conclusion, Finding, Item, Missing, Outcome, PracticeOutcome, Problem, Review } from '../model/review.ts';
import { blocks } from '../model/review.ts';
import { moment, oneLine, plain } from './escape.ts';
import { bytesOf, fitParts, LIMITS, listPart, type Part } from './fit.ts';
import {
  attestationOf,
  detailsForms,
  findingText,
  missingText,
  placeOf,
  problemText,
  recipeForms,
  waiverLine,
} from './fragments.ts';
import { headline, headlineText } from './headline.ts';
import { EMPTY, join, type Markdown, md } from './markdown.ts';
import { openItems } from './standing.ts';
import { count, listing } from './wording.ts';

/** One remark on a line of the change, as the checks API takes it. Plain text: GitHub marks nothing up here. */
export interface Annotation {
  /** At head, exactly as in the change. */
  path: string;
  start_line: number;
  end_line: number;
  annotation_level: 'failure' | 'warning' | 'notice';
  title: string;
  message: string;
}

/** A completed check, whole: the publisher sends it in as many requests as GitHub wants. */
export interface RenderedCheck {
  conclusion: Conclusion;
  /** One line of plain text for the merge box. */
  title: string;
  summary: string;
  text: string;
  /** At most 200, gravest first; the summary says how many there would have been. */
  annotations: Annotation[];
}

/** What a check is rendered from. */
export interface CheckInput {
  review: Review;
  pullRequest: PullRequest;
  /** When missing facts are asked for again; ISO 8601, left out where that is not known. */
  againAt?: string;
}

/** A check for one pull request. */
export function renderCheck(input: CheckInput): RenderedCheck {
  const { review } = input;
  return seal({
    conclusion: review.conclusion,
    title: headlineText(review),
    summaryParts: summaryParts(input),
    textParts: textParts(input, H2),
    annotations: annotationsOf(input),
  });
}

/** Failure before action_required before success before neutral. */
const GRAVEST_FIRST: readonly Conclusion[] = ['failure', 'action_required', 'success', 'neutral'];

/**
 * One check for several pull requests with the same head, since a check belongs to a commit: the worst conclusion
 * stands and says whose it is.
 */
export function renderSharedCheck(inputs: readonly CheckInput[]): RenderedCheck {
  const sorted = inputs.toSorted((a, b) => numberOf(a) - numberOf(b));
  const worst = sorted.toSorted((a, b) => gravity(a) - gravity(b))[0];
  if (!worst) throw new RangeError('A check needs a pull request');
  if (sorted.length === 1) return renderCheck(worst);
  const numbers = listing(sorted.map((input) => md`#${numberOf(input)}`));
  const explanation = md`This commit is the head of ${count(sorted.length, 'pull request')}: ${numbers}. A check belongs to a commit, so the gravest conclusion stands, that of #${numberOf(worst)}.`;
  return seal({
    conclusion: worst.review.conclusion,
    title: `#${numberOf(worst)}: ${headlineText(worst.review)}`,
    summaryParts: [frame(explanation), ...sorted.flatMap((input) => [heading(input), ...summaryParts(input)])],
    textParts: sorted.flatMap((input) => [heading(input), ...textParts(input, H3)]),
    annotations: sorted.flatMap(annotationsOf),
  });
}

/** The check of a merge group: there is nobody to wait for in a queue, so it is success or failure. */
export function renderGroupCheck(inputs: readonly CheckInput[]): RenderedCheck {
  const sorted = inputs.toSorted((a, b) => numberOf(a) - numberOf(b));
  const blocked = sorted.filter(({ review }) => gravity({ review }) < GRAVEST_FIRST.indexOf('success'));
  const [first] = blocked;
  const rest = blocked.length > 1 ? ` (and ${blocked.length - 1} more)` : '';
  return seal({
    conclusion: first ? 'failure' : 'success',
    title: first ? `#${numberOf(first)}: ${headlineText(first.review)}${rest}` : 'The merge group may go in',
    summaryParts: sorted.flatMap((input) => [heading(input), ...summaryParts(input)]),
    textParts: sorted.flatMap((input) => [heading(input), ...textParts(input, H3)]),
    // They would sit on lines of the group's commit, where nobody looks.
    annotations: [],
  });
}

/** The check of a merge group that could not be read in time: never let in unjudged, never left without an answer. */
export function renderUnreadGroup(cause: string): RenderedCheck {
  const words = md`Composure tried for about five minutes to judge this merge group and could not: ${plain(cause, { max: 300 })}. A group that nobody has judged does not go in, and a queue that hears nothing stands still, so the answer is no for now. Whoever may merge can put the pull requests into the queue again; their own checks are not touched.`;
  return seal({
    conclusion: 'failure',
    title: 'The merge group could not be judged; it can be queued again',
    summaryParts: [frame(words)],
    textParts: [],
    annotations: [],
  });
}

/** What an unfinished check says, where the answer takes longer than a moment. */
export function renderInProgress(): Pick<RenderedCheck, 'title' | 'summary'> {
  return {
    title: 'Reading the change',
    summary: 'Composure is reading this change. The verdict appears here by itself; nobody has to wait beside it.',
  };
}

interface Draft {
  conclusion: Conclusion;
  title: string;
  summaryParts: Part[];
  textParts: Part[];
  annotations: Annotation[];
}

/** Fits everything into GitHub's limits. */
function seal({ conclusion, title, summaryParts, textParts, annotations }: Draft): RenderedCheck {
  const sorted = annotations.toSorted(
    (a, b) => LEVELS.indexOf(a.annotation_level) - LEVELS.indexOf(b.annotation_level),
  );
  const left = sorted.length - LIMITS.annotations;
  const more =
    left > 0 ? md`${count(left, 'more remark')} on lines than the ${LIMITS.annotations} shown beside the code.` : EMPTY;
  const check = {
    conclusion,
    title: fitLine(title, LIMITS.titleBytes),
    summary: fitParts(
      [...summaryParts, { name: md`the count`, worth: WORTH.frame, forms: [more] }],
      LIMITS.checkTextBytes,
    ),
    annotations: sorted.slice(0, LIMITS.annotations).map(fitAnnotation),
  };
  return { ...check, text: fitParts(textParts, LIMITS.checkTextBytes - PUBLISHER_BYTES) };
}

/** Room for the mark by which the publisher knows its own text again. */
const PUBLISHER_BYTES = 200;

/** What gets shorter first when a check is too long. */
const WORTH = { details: 1, item: 2, notice: 3, finding: 4, frame: 5 } as const;
const MAX_DETAIL_ROWS = 100;
const MAX_FINDINGS = 200;

function frame(words: Markdown): Part {
  return { name: md`the frame`, worth: WORTH.frame, forms: [words] };
}

function heading({ pullRequest }: CheckInput): Part {
  return frame(md`## Pull request #${pullRequest.number ?? 0}`);
}

function numberOf({ pullRequest }: CheckInput): number {
  return pullRequest.number ?? 0;
}

function gravity({ review }: Pick<CheckInput, 'review'>): number {
  return GRAVEST_FIRST.indexOf(review.conclusion);
}

function summaryParts({ review }: CheckInput): Part[] {
  const overview = [
    md`| Practice | Outcome | |\n| --- | --- | --- |`,
    ...review.practices.map((practice) => {
      const title = plain(practice.title, { max: 60, cell: true });
      return md`| ${title} | ${outcomeWords(practice)} | ${plain(practice.summary, { max: 300, cell: true })} |`;
    }),
  ];
  return [
    frame(headline(review)),
    problemsPart(review.problems),
    problemsPart(review.proposed),
    listPart({ name: md`what could not be read`, worth: WORTH.finding }, review.missing, MAX_FINDINGS, missingRow),
    ...review.notes.map((note) => ({ name: md`a note`, worth: WORTH.notice, forms: [plain(note), EMPTY] })),
    frame(review.practices.length > 0 ? join(overview, '\n') : EMPTY),
  ];
}

function problemsPart(problems: readonly Problem[]): Part {
  return listPart(
    { name: md`mistakes in the configuration`, worth: WORTH.finding },
    problems,
    MAX_FINDINGS,
    (problem) => md`- ${problemText(problem)}`,
  );
}

const H2 = md`##`;
const H3 = md`###`;

function textParts(input: CheckInput, hashes: Markdown): Part[] {
  const { review } = input;
  return review.practices
    .filter((practice) => practice.mode !== 'off')
    .toSorted((a, b) => Number(blocks(b)) - Number(blocks(a)))
    .flatMap((practice) => sectionParts(practice, hashes, input));
}

function sectionParts(practice: PracticeOutcome, hashes: Markdown, { pullRequest, againAt }: CheckInput): Part[] {
  const title = plain(practice.title, { max: 60 });
  const { findings, missing, items, waiver } = practice;
  const errors = findings.filter((finding) => finding.level === 'error');
  // What is said of a question is said by its own row.
  const asked = new Set<unknown>(items.map((item) => item.id));
  const lesser = findings.filter((finding) => finding.level !== 'error' && !asked.has(finding.facts.item));
  return [
    frame(md`${hashes} ${title}: ${outcomeWords(practice)}`),
    frame(plain(practice.summary)),
    frame(waiver ? waiverLine(waiver) : EMPTY),
    listPart({ name: md`what ${title} found`, worth: WORTH.finding }, errors, MAX_FINDINGS, findingRow),
    listPart({ name: md`what ${title} could not read`, worth: WORTH.finding }, missing, MAX_FINDINGS, missingRow),
    frame(
      missing.length > 0
        ? md`Composure reads this again by itself: when the source said so, at the latest after 1, 5 and 30 minutes and then every hour while this pull request is open.${againAt === undefined ? EMPTY : md` Next at ${moment(againAt)}.`} Nobody has to act for it.`
        : EMPTY,
    ),
    listPart({ name: md`lesser findings of ${title}`, worth: WORTH.notice }, lesser, MAX_FINDINGS, findingRow),
    listPart({ name: md`questions of ${title}`, worth: WORTH.item }, items, MAX_FINDINGS, (item) =>
      itemRow(item, pullRequest),
    ),
    { name: md`commands for ${title}`, worth: WORTH.details, forms: recipeForms(practice) },
    { name: md`figures of ${title}`, worth: WORTH.details, forms: detailsForms(practice, MAX_DETAIL_ROWS) },
  ];
}

function findingRow(finding: Finding): Markdown {
  return md`- ${findingText(finding)}`;
}

function missingRow(missing: Missing): Markdown {
  return md`- ${missingText(missing)}`;
}

/** Without a box: in a check nobody could tick it. */
function itemRow(item: Item, pullRequest: PullRequest): Markdown {
  const note = item.note === undefined ? EMPTY : md`: ${plain(item.note, { max: 300 })}`;
  const state = item.state === 'attested' ? attestationOf(item) : md`open`;
  const optional = item.optional ? md` (optional)` : EMPTY;
  return md`- ${plain(item.title, { max: 300 })}${optional}${placeOf(item, pullRequest)} — ${state}${note}`;
}

const OUTCOMES: Readonly<Record<Outcome, Markdown>> = {
  pass: md`pass`,
  violation: md`change needed`,
  waiting: md`reviewer needed`,
  undetermined: md`not known yet`,
  skipped: md`not asked`,
};

/** The outcome in words, with what keeps it from blocking. */
function outcomeWords(practice: PracticeOutcome): Markdown {
  if (practice.mode === 'off') return md`off`;
  const words = OUTCOMES[practice.outcome];
  const open = openItems([practice]);
  const detail = practice.outcome === 'waiting' && open > 0 ? md` (${open} open)` : EMPTY;
  if (practice.outcome === 'pass' || practice.outcome === 'skipped') return words;
  if (practice.waiver) return md`waived`;
  return practice.mode === 'warn' ? md`would block: ${words}${detail}` : md`${words}${detail}`;
}

const LEVELS: readonly Annotation['annotation_level'][] = ['failure', 'warning', 'notice'];
const ANNOTATION_LEVELS = { error: 'failure', warning: 'warning', notice: 'notice' } as const;

function annotationsOf({ review, pullRequest }: CheckInput): Annotation[] {
  const changed = new Set(pullRequest.files.filter((file) => file.status !== 'removed').map((file) => file.path));
  // A mistake on the base branch, or in the organisation's file, has no line in this change.
  const problems = [...review.problems, ...review.proposed];
  const own = problems.filter((problem) => problem.source === 'repository' && changed.has(problem.path));
  return [
    ...own.map(({ message, path, line }) => annotate(path, line, 'failure', 'Composure: configuration', message)),
    ...review.practices.flatMap((practice) =>
      practice.findings.flatMap((finding) => annotationOf(practice, finding, changed)),
    ),
  ];
}

function annotationOf(practice: PracticeOutcome, finding: Finding, changed: ReadonlySet<string>): Annotation[] {
  const { path, line, level } = finding;
  if (path === undefined || line === undefined || !changed.has(path)) return [];
  // A red mark on a line says "this blocks"; what only warns must not wear it.
  const mark = level === 'error' && !blocks(practice) ? 'warning' : ANNOTATION_LEVELS[level];
  return [annotate(path, line, mark, `${practice.title}: ${finding.code}`, finding.message)];
}

function annotate(path: string, line: number, level: Annotation['annotation_level'], title: string, message: string) {
  return { path, start_line: line, end_line: line, annotation_level: level, title, message };
}

function fitAnnotation(annotation: Annotation): Annotation {
  return {
    ...annotation,
    title: fitLine(annotation.title, LIMITS.annotationTitleBytes),
    message: fitLine(annotation.message, LIMITS.annotationMessageBytes),
  };
}

/** One line of plain text within so many bytes. */
function fitLine(text: string, maxBytes: number): string {
  let max = Math.min(maxBytes, 2_000);
  let line = oneLine(text, max);
  while (bytesOf(line) > maxBytes) {
    max = Math.floor(max * 0.8);
    line = oneLine(text, max);
  }
  return line;
}
