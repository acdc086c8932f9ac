import type { Distribution, LimitEffect } from '../practices/size/calibration.ts';
import { oneLine } from '../render/escape.ts';
import { type DecisionCalibration, decisionsText } from './calibrate-decisions.ts';

/** What `composure calibrate` found. */
export interface Calibration extends Distribution {
  tip: string;
  since: string | null;
  /** Commits that are in no figure: dependency bots', those without a file, and those whose contents a partial clone lacks. */
  leftOut: { byDependencyBots: number; empty: number; unreadable: number };
  seconds: number;
  inForce: { maxLines: number; maxFiles: number };
  proposal: { percentile: number; maxLines: number; maxFiles: number; passed: number };
  /** What the decision gate would have asked. */
  decisions: DecisionCalibration;
  largest: readonly { sha: string; subject: string; effort: number; files: number }[];
}

/** Columns beside the bars of the histogram: the range, the number, the share. */
const BESIDE_BARS = 36;
const MAX_BAR = 60;

/** A calibration for a person at a terminal. */
export function calibrationText(calibration: Calibration, width: number): string {
  const { changes, tip, since, leftOut, seconds, inForce } = calibration;
  const read = changes + leftOut.byDependencyBots + leftOut.empty;
  const lacking =
    leftOut.unreadable === 0
      ? ''
      : `\n${number(leftOut.unreadable)} more could not be read: this clone lacks some of their contents. Fetch them for whole figures.`;
  const perSecond = seconds > 0 ? `, ${number(read / seconds)} a second` : '';
  const title = `${number(changes)} changes up to ${tip.slice(0, 9)}${since === null ? '' : ` since ${oneLine(since, 40)}`}`;
  const apart = `${number(read)} commits read${perSecond}; left out: ${number(leftOut.byDependencyBots)} of dependency bots, ${number(leftOut.empty)} without a file.${lacking}`;
  if (changes === 0) return `${title}\n${apart}\n`;
  return `${[
    `${title}\n${apart}`,
    `How large they were: the effort of reading them, in lines of new source code\n${histogram(calibration, width)}`,
    percentiles(calibration),
    ...provenance(calibration),
    effects('max-lines', inForce.maxLines, calibration.blockedByLines, changes),
    effects('max-files', inForce.maxFiles, calibration.blockedByFiles, changes),
    `The largest\n${calibration.largest.map((one) => `  ${one.sha.slice(0, 9)}  ${number(one.effort).padStart(10)}  ${oneLine(one.subject, Math.max(20, width - 26))}`).join('\n')}`,
    propose(calibration),
    decisionsText(calibration.decisions),
  ].join('\n\n')}\n`;
}

function propose({ proposal, changes }: Calibration): string {
  const { percentile, maxLines, maxFiles, passed } = proposal;
  return (
    `To let ${number(percentile)} of 100 such changes pass, in .github/composure.yml:\n\n` +
    `  size: { max-lines: ${maxLines}, max-files: ${maxFiles} }\n\n` +
    `Both limits together would have let ${number(passed)} of these ${number(changes)} pass (${share(passed, changes)}).`
  );
}

/** Nothing where no mark was seen: most histories have none, and it would say nothing. */
function provenance({ byProvenance }: Calibration): string[] {
  if (byProvenance.length === 0) return [];
  const head = `  ${''.padEnd(12)}${['changes', 'median', '90th', 'blocked now'].map((title) => title.padStart(12)).join('')}`;
  const rows = byProvenance.map(({ assisted, changes, effort, blocked }) => {
    const cells = [number(changes), number(effort['50'] ?? 0), number(effort['90'] ?? 0), number(blocked)];
    const title = assisted ? 'marks seen' : 'none seen';
    const of = changes === 0 ? '' : share(blocked, changes).padStart(8);
    return `  ${title.padEnd(12)}${cells.map((cell) => cell.padStart(12)).join('')}${of}`;
  });
  return [`Effort by marks of AI in the messages of the main line\n${[head, ...rows].join('\n')}`];
}

function histogram({ histogram, changes }: Calibration, width: number): string {
  const most = Math.max(...histogram.map((bar) => bar.changes));
  const room = Math.max(10, Math.min(MAX_BAR, width - BESIDE_BARS));
  return histogram
    .map(({ above, upTo, changes: own }) => {
      const range = upTo === 0 ? '0' : upTo === null ? `above ${number(above)}` : `up to ${number(upTo)}`;
      // The smallest bar that stands for something is seen.
      const bar = '█'.repeat(own === 0 ? 0 : Math.max(1, Math.round((own / most) * room)));
      return `  ${range.padStart(12)} ${number(own).padStart(8)} ${share(own, changes).padStart(7)}  ${bar}`.trimEnd();
    })
    .join('\n');
}

function percentiles({ effort, files }: Calibration): string {
  const columns = Object.keys(effort);
  const row = (title: string, values: Readonly<Record<string, number>>) =>
    `  ${title.padEnd(12)}${columns.map((at) => number(values[at] ?? 0).padStart(10)).join('')}`;
  const head = `  ${'percentile'.padEnd(12)}${columns.map((at) => at.padStart(10)).join('')}`;
  return [head, row('effort', effort), row('files', files)].join('\n');
}

function effects(option: string, inForce: number, list: readonly LimitEffect[], changes: number): string {
  const rows = list.map(({ limit, blocked }) => {
    const now = limit === inForce ? '  <- now' : '';
    return `  ${number(limit).padStart(12)} ${number(blocked).padStart(8)} ${share(blocked, changes).padStart(7)}${now}`;
  });
  return `What each limit would have blocked\n  ${option.padStart(12)} ${'changes'.padStart(8)}\n${rows.join('\n')}`;
}

function share(part: number, whole: number): string {
  return `${((part / whole) * 100).toFixed(1)} %`;
}

function number(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 100 ? 2 : 0 });
}
