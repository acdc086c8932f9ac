import { repositorySource } from '../git/evidence.ts';
import { type HistoryCommit, type HistoryRange, readHistory } from '../git/history.ts';
import type { Objects } from '../git/objects.ts';
import { Evidence } from '../model/evidence.ts';
import type { PullRequest } from '../model/pull-request.ts';
import {
  effectOf,
  lookBack,
  type PastDecision,
  pastDecisionNeeds,
  proposeThresholds,
  type Thresholds,
} from '../practices/adr/calibration.ts';
import type { Options } from '../practices/adr/options.ts';

/** Changes whose manifests and modules are read at both ends. */
const MAX_CHANGES = 500;

/** Folders may lead to files; nothing leads further. */
const ROUNDS = 2;

/** What the decision gate would have asked of the past, as it is set and as it could be. */
export interface DecisionCalibration {
  /** The newest ones only. */
  changes: number;
  alarmRate: number;
  inForce: Thresholds;
  proposal: Thresholds;
}

/** Replays the decision gate over the newest changes of the main line. */
export async function calibrateDecisions(
  objects: Objects,
  range: HistoryRange,
  options: Options,
  alarmRate: number,
  changeOf: (commit: HistoryCommit) => PullRequest,
): Promise<DecisionCalibration> {
  const past: PastDecision[] = [];
  const atMost = Math.min(range.atMost ?? MAX_CHANGES, MAX_CHANGES);
  for await (const commit of readHistory(objects.stream, { ...range, atMost })) {
    const { sha } = commit;
    if (commit.files.length === 0) continue;
    const pullRequest = changeOf(commit);
    // The first parent is what the change went into.
    const source = repositorySource(objects, { base: `${sha}^1`, 'merge-base': `${sha}^1`, head: sha });
    const evidence = new Evidence();
    for (let round = 0; round < ROUNDS; round++) {
      const wanted = pastDecisionNeeds(pullRequest, options, evidence).filter((request) => !evidence.has(request));
      if (wanted.length === 0) break;
      const answers = await source(wanted as Parameters<typeof source>[0]);
      for (const [request, answer] of answers) evidence.add(request, answer);
    }
    past.push(lookBack(pullRequest, options, evidence));
  }
  const inForce = { blockAt: options['block-at'], nudgeAt: options['nudge-at'], demoted: [] };
  return {
    changes: past.length,
    alarmRate,
    inForce: effectOf(past, inForce),
    proposal: proposeThresholds(past, alarmRate / 100),
  };
}

/** The same for a person at a terminal; empty where there is nothing to say. */
export function decisionsText({ changes, alarmRate, inForce, proposal }: DecisionCalibration): string {
  if (changes === 0) return '';
  const row = (title: string, { withRecord, withoutRecord }: Thresholds) =>
    `  ${title.padEnd(12)}${[withoutRecord, withRecord]
      .map(({ changes: all, demanded, told }) => `${`${demanded} / ${told} of ${all}`.padStart(22)}`)
      .join('')}`;
  const tiers = proposal.demoted.map((name) => `${name}: nudge`).join(', ');
  return [
    `Decision records: demands / demands and nudges, of the newest ${changes} changes`,
    `  ${''.padEnd(12)}${'without a record'.padStart(22)}${'with one'.padStart(22)}`,
    row('now', inForce),
    row('proposed', proposal),
    `\nTo have no more than ${alarmRate} of 100 changes without a record asked for one, in .github/composure.yml:\n`,
    `  adr: { block-at: ${proposal.blockAt}, nudge-at: ${proposal.nudgeAt}${tiers === '' ? '' : `, tiers: { ${tiers} }`} }`,
  ].join('\n');
}
