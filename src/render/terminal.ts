import { styleText } from 'node:util';
import type { PullRequest } from '../model/pull-request.ts';
import type { Finding, Missing, PracticeOutcome, Problem, Recipe, Review } from '../model/review.ts';
import { oneLine } from './escape.ts';
import { openItems, type Standing, standingOf } from './standing.ts';
import { count, listing } from './wording.ts';

/** Where the text will be read. */
export interface TerminalOptions {
  /** Columns; text is wrapped to them, within what people like to read. */
  width: number;
  colour: boolean;
}

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

/** How a practice stands, as a sign before its name. Shapes differ, so nothing is said by colour alone. */
const MARKS: Readonly<Record<keyof Standing, { mark: string; style: Style }>> = {
  forAuthor: { mark: '✗', style: 'red' },
  forReviewer: { mark: '○', style: 'cyan' },
  unread: { mark: '?', style: 'yellow' },
  waived: { mark: '~', style: 'magenta' },
  warning: { mark: '!', style: 'yellow' },
  passing: { mark: '✓', style: 'green' },
  resting: { mark: '-', style: 'dim' },
};

const MIN_WIDTH = 40;
const MAX_WIDTH = 100;

/** What is shown of one practice; the JSON has everything. */
const MAX_FINDINGS = 20;
const MAX_ITEMS = 20;
const MAX_MISSING = 10;

/** A review for the author's terminal: what stands in the way, where, and who does what next. */
export function renderTerminal(review: Review, pullRequest: PullRequest, options: TerminalOptions): string {
  const width = Math.min(Math.max(options.width, MIN_WIDTH), MAX_WIDTH);
  // The caller has looked at the stream; here there is none to look at.
  const paint: Paint = (style, text) => (options.colour ? styleText(style, text, { validateStream: false }) : text);
  const standing = standingOf(review);
  const practices = review.practices.map((practice) =>
    practiceLines(practice, groupOf(standing, practice), width, paint),
  );
  const sections = [
    [...wrap(titleOf(review, standing), width).map((line) => paint('bold', line)), changeOf(pullRequest, width, paint)],
    ...[...review.problems, ...review.proposed].map((problem) => problemLines(problem, width, paint)),
    ...together(practices),
    ...[review.missing.flatMap((missing) => missingLines(missing, width, ''))].filter((lines) => lines.length > 0),
    ...review.notes.map((note) => wrap(oneLine(note, 2_000), width)),
    ...nextSteps(review, standing).map((step) => wrap(step, width, '  ', '')),
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** Practices of one line stand close together; a longer one has air around it. */
function together(practices: readonly string[][]): string[][] {
  const sections: string[][] = [];
  let close = false;
  for (const lines of practices) {
    const short = lines.length === 1;
    if (short && close) sections.at(-1)?.push(...lines);
    else sections.push([...lines]);
    close = short;
  }
  return sections;
}

function titleOf(review: Review, standing: Standing): string {
  if (review.problems.length > 0) return 'The configuration is broken, so nothing was judged.';
  if (review.proposed.length > 0) return 'This change breaks the configuration.';
  const { forAuthor, forReviewer, unread } = standing;
  if (forAuthor.length > 0) return `This change is not ready: ${titles(forAuthor)}.`;
  if (unread.length > 0) return `Not everything could be read: ${titles(unread)}.`;
  if (review.missing.length > 0) return 'Not everything could be read.';
  if (forReviewer.length > 0)
    return `Nothing is left for the author to do; a reviewer decides: ${titles(forReviewer)}.`;
  if (review.conclusion === 'neutral') return 'No practice applies to this change.';
  return 'Nothing keeps this change from being merged.';
}

function changeOf({ base, head, commits, totals }: PullRequest, width: number, paint: Paint): string {
  const branches = `${oneLine(head.branch, 40)} into ${oneLine(base.branch, 40)}`;
  const size = `${count(totals.files, 'file')}, +${totals.additions} -${totals.deletions}`;
  return paint('dim', oneLine(`${branches}: ${count(commits.length, 'commit')}, ${size}`, width));
}

function problemLines({ path, line, column, message }: Problem, width: number, paint: Paint): string[] {
  const place = `${paint('red', '✗')} ${placeText(path, line)}:${column}`;
  return [place, ...wrap(oneLine(message, 2_000), width, '    ')];
}

function missingLines({ what, cause }: Missing, width: number, indent: string): string[] {
  return wrap(`could not be read: ${oneLine(what, 200)} (${oneLine(cause, 200)})`, width, indent);
}

function practiceLines(practice: PracticeOutcome, group: keyof Standing, width: number, paint: Paint): string[] {
  const { mark, style } = MARKS[group];
  const name = `${practice.title}:`;
  const [first = '', ...rest] = wrap(`${name} ${oneLine(practice.summary, 400)}`, width, '  ', '');
  if (group === 'resting')
    return [first, ...rest].map((line, index) => paint('dim', index === 0 ? `${mark} ${line}` : line));
  const title = first.startsWith(name) ? paint('bold', name) + first.slice(name.length) : first;
  const lines = [`${paint(style, mark)} ${title}`, ...rest];
  // Some practices also say as a finding what they ask as a question; the question is enough.
  const asked = new Set<unknown>(practice.items.map((item) => item.id));
  const findings = practice.findings.filter(({ level, facts }) => level === 'error' || !asked.has(facts.item));
  lines.push(...limited(findings, MAX_FINDINGS, 'finding', (finding) => findingLines(finding, width, paint)));
  lines.push(...practice.missing.slice(0, MAX_MISSING).flatMap((missing) => missingLines(missing, width, '    ')));
  lines.push(...moreThan(practice.missing.length, MAX_MISSING, 'thing', ''));
  const open = practice.items.filter((item) => item.state === 'open');
  lines.push(
    ...limited(open, MAX_ITEMS, 'question', ({ title }) => wrap(oneLine(title, 400), width, '        ', '    [ ] ')),
  );
  if (practice.recipe) lines.push(...recipeLines(practice.recipe, paint));
  if (practice.waiver) {
    const { by, reason, until } = practice.waiver;
    const end = until === null ? '' : `, until ${oneLine(until, 40)}`;
    lines.push(...wrap(`waived by ${oneLine(by, 60)}${end}: ${oneLine(reason, 400)}`, width, '    '));
  }
  return lines;
}

/** Not wrapped: a command is copied whole. One that would steer the terminal is left to the JSON. */
function recipeLines({ title, lines }: Recipe, paint: Paint): string[] {
  if (lines.some((line) => line !== oneLine(line, line.length + 1)))
    return [`    ${oneLine(title, 200)}: in --format json`];
  return [`    ${oneLine(title, 200)}:`, ...lines.map((line) => `      ${paint('dim', line)}`)];
}

function limited<Part>(parts: readonly Part[], max: number, noun: string, show: (part: Part) => string[]): string[] {
  return [...parts.slice(0, max).flatMap(show), ...moreThan(parts.length, max, noun)];
}

function moreThan(length: number, max: number, noun: string, elsewhere = '; --format json has them all'): string[] {
  return length > max ? [`    and ${count(length - max, `more ${noun}`)}${elsewhere}`] : [];
}

const LEVELS: Readonly<Record<Finding['level'], Style>> = { error: 'red', warning: 'yellow', notice: 'dim' };

function findingLines({ level, path, line, message }: Finding, width: number, paint: Paint): string[] {
  const place =
    path === undefined ? [] : [`    ${paint(LEVELS[level], level)} ${paint('underline', placeText(path, line))}`];
  return [...place, ...wrap(oneLine(message, 2_000), width, place.length > 0 ? '      ' : '    ')];
}

function nextSteps(review: Review, { forAuthor, forReviewer, unread }: Standing): string[] {
  const steps: string[] = [];
  if (review.problems.length + review.proposed.length > 0) steps.push('mend the configuration at the places above');
  if (forAuthor.length > 0) steps.push(`change what is marked ${MARKS.forAuthor.mark}, commit, and run this again`);
  if (unread.length + review.missing.length > 0) steps.push(`run this again when what could not be read can be`);
  if (forReviewer.length > 0) {
    const open = openItems(forReviewer);
    const what = open > 0 ? count(open, 'question') : count(forReviewer.length, 'decision');
    steps.push(`${what} (${MARKS.forReviewer.mark}) for a reviewer, to be answered on the pull request`);
  }
  return steps.length > 0 ? [`Next: ${steps.join('; ')}.`] : [];
}

function groupOf(standing: Standing, practice: PracticeOutcome): keyof Standing {
  const groups = Object.keys(standing) as (keyof Standing)[];
  return groups.find((group) => standing[group].includes(practice)) ?? 'resting';
}

function titles(practices: readonly PracticeOutcome[]): string {
  return listing(practices.map((practice) => practice.title));
}

/** `src/a.ts:12`, which terminals make a link of. A name that would break the line is quoted. */
function placeText(path: string, line: number | undefined): string {
  const whole = /\p{Cc}/u.test(path) ? JSON.stringify(path) : path;
  // The end of a long path says most.
  const short = whole.length > 160 ? `${whole.slice(0, 50)}…${whole.slice(-109)}` : whole;
  return line === undefined ? oneLine(short, 500) : `${oneLine(short, 500)}:${line}`;
}

/** Breaks a line at its spaces, the first piece after `first` and the others after `indent`; a word wider than a line is cut. */
function wrap(text: string, width: number, indent = '', first = indent): string[] {
  const room = width - indent.length;
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const word of text.split(' ').flatMap((word) => pieces(word, room))) {
    const columns = columnsOf(word);
    if (line !== '' && used + 1 + columns > room) {
      lines.push(line);
      line = '';
      used = 0;
    }
    used += columns + (line === '' ? 0 : 1);
    line = line === '' ? word : `${line} ${word}`;
  }
  if (line !== '') lines.push(line);
  return lines.map((text, index) => (index === 0 ? first : indent) + text);
}

function pieces(word: string, room: number): string[] {
  if (columnsOf(word) <= room) return [word];
  const parts: string[] = [];
  let part = '';
  for (const { segment } of graphemes.segment(word)) {
    if (columnsOf(part + segment) > room) {
      parts.push(part);
      part = '';
    }
    part += segment;
  }
  return [...parts, part];
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Letters that take two columns: East Asian ones and emoji. */
const WIDE =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;

function columnsOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let columns = 0;
  for (const { segment } of graphemes.segment(text)) columns += WIDE.test(segment) ? 2 : 1;
  return columns;
}
