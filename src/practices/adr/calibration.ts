import type { Evidence, EvidenceRequest } from '../../model/evidence.ts';
import type { PullRequest } from '../../model/pull-request.ts';
import { changedRecords } from './mentions.ts';
import { type Options, triggerPolicy } from './options.ts';
import { homeOf, homesFor } from './record/homes.ts';
import { TRIGGERS, type TriggerName } from './triggers/catalogue.ts';
import { findTriggers, isProse, triggerNeeds } from './triggers/find-triggers.ts';

/** What the gate would have seen in a change of the past. */
export interface PastDecision {
  /** Triggers that demand a record alone, each once. */
  alone: readonly TriggerName[];
  /** The points of everything else together. */
  points: number;
  /** Whether a decision record came, or was amended, with it. */
  hasRecord: boolean;
}

/** A share of past changes: how many there are, how many got a demand, and how many a demand or a nudge. */
export interface Asked {
  changes: number;
  demanded: number;
  told: number;
}

/** Thresholds and tiers, with what they would have done. */
export interface Thresholds {
  blockAt: number;
  nudgeAt: number;
  /** Triggers that block alone and would only nudge. */
  demoted: readonly TriggerName[];
  withRecord: Asked;
  withoutRecord: Asked;
}

/** So high that only what blocks by itself reaches it. */
const OUT_OF_REACH = 1e6;

/** Between two thresholds, in points: finer steps would follow chance. */
const STEP = 0.5;
const LOWEST_BLOCK = 3;
const LOWEST_NUDGE = 1.5;
const HIGHEST = 30;

/** The evidence that looking at a past change takes. */
export function pastDecisionNeeds(pullRequest: PullRequest, options: Options, evidence: Evidence): EvidenceRequest[] {
  return triggerNeeds(pullRequest.files, evidence, (path) => isProse(path) || isRecord(path, options));
}

/** Looks at a past change with today's triggers; records in it count as none. */
export function lookBack(pullRequest: PullRequest, options: Options, evidence: Evidence): PastDecision {
  const policy = { ...triggerPolicy(options), blockAt: OUT_OF_REACH };
  const { triggers, signals } = findTriggers(pullRequest.files, evidence, policy, (path) => isRecord(path, options));
  const seen = [...triggers, ...signals];
  const alone = seen.filter(({ score }) => score >= OUT_OF_REACH).map(({ trigger }) => trigger);
  const points = seen.reduce((sum, { score }) => sum + (score >= OUT_OF_REACH ? 0 : score), 0);
  return { alone: [...new Set(alone)], points, hasRecord: changedRecords(pullRequest, options).length > 0 };
}

function isRecord(path: string, { directory }: Options): boolean {
  return homeOf(path, homesFor(directory)) !== null && isProse(path);
}

/** What these thresholds would have done to the past. */
export function effectOf(
  past: readonly PastDecision[],
  { blockAt, nudgeAt, demoted }: Pick<Thresholds, 'blockAt' | 'nudgeAt' | 'demoted'>,
): Thresholds {
  const asked = (changes: readonly PastDecision[]): Asked => ({
    changes: changes.length,
    demanded: changes.filter((one) => isDemanded(one, blockAt, demoted)).length,
    told: changes.filter(
      (one) => isDemanded(one, blockAt, demoted) || one.alone.length > 0 || totalOf(one, demoted) >= nudgeAt,
    ).length,
  });
  const [withRecord, withoutRecord] = [true, false].map((has) =>
    asked(past.filter(({ hasRecord }) => hasRecord === has)),
  );
  return { blockAt, nudgeAt, demoted, withRecord: withRecord as Asked, withoutRecord: withoutRecord as Asked };
}

/**
 * Proposes the lowest thresholds at which no more than this share (0 to 1) of the changes without a record would have got
 * a demand, and two and a half times as many anything at all. Where single triggers alone ask more often, the most
 * frequent ones are demoted first: no threshold holds them.
 */
export function proposeThresholds(past: readonly PastDecision[], alarmRate: number): Thresholds {
  const without = past.filter(({ hasRecord }) => !hasRecord);
  const atMost = Math.floor(alarmRate * without.length);
  const demoted: TriggerName[] = [];
  const stopped = () => without.filter((one) => isDemanded(one, OUT_OF_REACH, demoted));
  for (let left = stopped(); left.length > atMost; left = stopped()) {
    const next = mostFrequent(left.flatMap(({ alone }) => alone.filter((name) => !demoted.includes(name))));
    // What the repository itself declared is not ours to weaken.
    if (next === null) break;
    demoted.push(next);
  }
  const blockAt = lowest(LOWEST_BLOCK, (at) => without.filter((one) => isDemanded(one, at, demoted)).length <= atMost);
  const told = (at: number) => effectOf(past, { blockAt, nudgeAt: at, demoted }).withoutRecord.told;
  const nudgeAt = lowest(LOWEST_NUDGE, (at) => at >= blockAt || told(at) <= Math.floor(atMost * 2.5));
  return effectOf(past, { blockAt, nudgeAt: Math.min(nudgeAt, blockAt), demoted });
}

function lowest(from: number, holds: (at: number) => boolean): number {
  let at = from;
  while (at < HIGHEST && !holds(at)) at += STEP;
  return at;
}

function isDemanded(one: PastDecision, blockAt: number, demoted: readonly TriggerName[]): boolean {
  return one.alone.some((name) => !demoted.includes(name)) || one.points >= blockAt;
}

function totalOf({ alone, points }: PastDecision, demoted: readonly TriggerName[]): number {
  return points + alone.filter((name) => demoted.includes(name)).length * TRIGGERS.configured.weight;
}

const DECLARED: ReadonlySet<TriggerName> = new Set<TriggerName>(['configured', 'boundary-crossed']);

function mostFrequent(names: readonly TriggerName[]): TriggerName | null {
  const counts = [...Map.groupBy(names, (name) => name)].filter(([name]) => !DECLARED.has(name));
  return counts.toSorted(([a, one], [b, other]) => other.length - one.length || (a < b ? -1 : 1))[0]?.[0] ?? null;
}
