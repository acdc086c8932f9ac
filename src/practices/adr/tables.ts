import type { Details } from '../../model/review.ts';
import type { Governing } from './governing.ts';
import type { Options } from './options.ts';
import type { Triggered } from './triggers/find-triggers.ts';

/** Every contribution, also where they do not add up to anything: whoever sets thresholds must see what stays below. */
export function contributionsOf(triggered: Triggered, options: Options): Details {
  return {
    title: sumOf(triggered, options),
    columns: [
      { title: 'File', kind: 'code' },
      { title: 'Touches', kind: 'text' },
      { title: 'Trigger', kind: 'text' },
      { title: 'Points', kind: 'number' },
    ],
    rows: [...triggered.triggers, ...triggered.signals].map(({ path, because, trigger, score }) => [
      ...[path, because, trigger],
      score,
    ]),
  };
}

function sumOf({ triggers, score }: Triggered, { 'block-at': blockAt, 'nudge-at': nudgeAt }: Options): string {
  if (triggers.some(({ tier }) => tier === 'block')) {
    return `What asks for a decision record: ${score} points; ${blockAt} demand one`;
  }
  return triggers.length > 0
    ? `What may touch the architecture: ${score} points; ${blockAt} demand a record`
    : `What was seen of the architecture: ${score} points, too few to ask; ${nudgeAt} nudge`;
}

/** The decisions about what changes, and which of them no longer hold. */
export function decisionsOf(governing: readonly Governing[]): Details {
  const past = governing.filter(({ status }) => status !== 'accepted').length;
  return {
    title: `Decisions that govern what this changes${past === 0 ? '' : `, ${past} no longer in force`}`,
    columns: [
      { title: 'Record', kind: 'code' },
      { title: 'Decision', kind: 'text' },
      { title: 'Status', kind: 'text' },
      { title: 'About', kind: 'code' },
    ],
    rows: governing.map(({ path, title, status, by, successor }) => [
      path,
      title,
      successor ? `${status}, see ${successor}` : (status ?? ''),
      by,
    ]),
  };
}
