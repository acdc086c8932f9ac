import type { Evidence, EvidenceRequest } from '../../../model/evidence.ts';
import { compileGlob } from '../../../model/globs.ts';
import type { ChangedFile } from '../../../model/pull-request.ts';
import type { Missing } from '../../../model/review.ts';
import { TRIGGERS, type TriggerName } from './catalogue.ts';
import { findDeclared } from './declared.ts';
import { findDependencySignals, manifestNeeds } from './dependencies.ts';
import { type ChangedSource, readChanges } from './lines.ts';
import { findSemantic } from './semantics.ts';
import type { Signal } from './signal.ts';
import { type Boundary, findStructure, structureNeeds } from './structure.ts';

/** `block` demands a record; `nudge` only says that one may be worth writing. */
export type Tier = 'block' | 'nudge';

/** Why a change asks for a decision record: one contribution to its score. */
export type Trigger = {
  trigger: TriggerName;
  tier: Tier;
  /** Points it adds. */
  score: number;
  path: string;
  /** At head, from 1; `null` where no line is there to point to. */
  line: number | null;
  because: string;
};

/** What triggers, and what was seen and stayed below every threshold. */
export interface Triggered {
  triggers: Trigger[];
  /** Contributions of a change that asks for nothing; empty where there are triggers. */
  signals: Omit<Trigger, 'tier'>[];
  /** All points together. */
  score: number;
  /** What could not be read; it may hold more. */
  missing: Missing[];
}

/** How the repository wants its triggers, from its configuration. */
export interface TriggerPolicy {
  configured: readonly { paths: readonly string[]; because: string; tier: Tier }[];
  boundaries: readonly Boundary[];
  /** Tiers that differ from what the weights say. */
  tiers: Readonly<Partial<Record<TriggerName, Tier | 'off'>>>;
  /** Points from which a change demands a record, and from which it is told of one. */
  blockAt: number;
  nudgeAt: number;
}

/** The evidence that finding triggers takes beyond the patches. */
export function triggerNeeds(files: readonly ChangedFile[], isProse: (path: string) => boolean): EvidenceRequest[] {
  const code = files.filter((file) => !isProse(file.path));
  return [...manifestNeeds(code), ...structureNeeds(code)];
}

/**
 * What in the change asks for a record. Prose never does, decision records least of all; nor do titles, the size of the
 * change, or a part of a folder's name.
 */
export function findTriggers(
  files: readonly ChangedFile[],
  evidence: Evidence,
  policy: TriggerPolicy,
  isRecord: (path: string) => boolean,
): Triggered {
  const candidates = files.filter((file) => !isRecord(file.path));
  const changes = readChanges(candidates.filter((file) => !isProse(file.path) && !isMerelyMoved(file)));
  const dependencies = findDependencySignals(
    changes.map(({ file }) => file),
    evidence,
  );
  const structure = findStructure(changes, evidence, policy.boundaries);
  const configured = findConfigured(candidates, policy);
  const signals = [
    ...changes.flatMap((change: ChangedSource) => findDeclared(change)),
    ...dependencies.signals,
    ...structure.signals,
    ...findSemantic(changes),
  ];
  const weighed = weigh(signals, policy);
  const missing = [...dependencies.missing, ...structure.missing];
  const all = [...configured, ...weighed];
  const score = round(sum(all));
  const blocking = round(sum(all.filter(({ tier }) => tier !== 'nudge')));
  const asks =
    blocking >= policy.blockAt ? 'block' : score >= policy.nudgeAt || all.some(({ tier }) => tier) ? 'nudge' : null;
  if (asks === null) return { triggers: [], signals: all.map(({ tier, ...one }) => one), score, missing };
  const additive = sum(all.filter((one) => one.tier === null)) >= policy.blockAt ? 'block' : 'nudge';
  const triggers = all.map(
    (one): Trigger => ({
      ...one,
      tier: one.tier ?? (asks === 'block' && one.score < policy.blockAt ? joined(additive, all) : asks),
    }),
  );
  return { triggers: triggers.sort(heavierFirst), signals: [], score, missing };
}

/** Beside a trigger that is enough alone, the lighter ones only block where they would do so without it. */
function joined(additive: Tier, all: readonly Weighed[]): Tier {
  return all.some(({ tier }) => tier === 'block') ? additive : 'block';
}

/** A contribution; `tier` is `null` where only the sum decides. */
type Weighed = Omit<Trigger, 'tier'> & { tier: Tier | null };

/** How much the number of places adds: said often, it is meant. Never more than twice, so that size alone decides nothing. */
function strengthOf(places: number, trigger: TriggerName): number {
  // One new type is an ordinary day.
  if (trigger === 'new-type') return places < 3 ? 0.5 : places < 8 ? 1 : 1.5;
  return places < 3 ? 1 : places < 8 ? 1.5 : 2;
}

function weigh(signals: readonly Signal[], { tiers, blockAt, nudgeAt }: TriggerPolicy): Weighed[] {
  const byTrigger = Map.groupBy(signals, (signal) => signal.trigger);
  return [...byTrigger].flatMap(([trigger, places]): Weighed[] => {
    const { weight } = TRIGGERS[trigger];
    const tier = tiers[trigger];
    if (tier === 'off') return [];
    if (tier === 'block' || (tier === undefined && weight >= TRIGGERS.configured.weight)) {
      // Each place is enough alone, so each is named.
      return onePerPath(places).map((place) => ({ ...place, tier: 'block', score: blockAt }));
    }
    const [first] = places as [Signal, ...Signal[]];
    const paths = new Set(places.map(({ path }) => path)).size;
    const because =
      paths > 1 ? `${first.because}; and in ${paths - 1} more ${paths === 2 ? 'file' : 'files'}` : first.because;
    if (tier === 'nudge')
      return [{ ...first, because, tier, score: Math.max(nudgeAt, weight * strengthOf(places.length, trigger)) }];
    if (weight === 0) return [];
    return [{ ...first, because, tier: null, score: round(weight * strengthOf(places.length, trigger)) }];
  });
}

function onePerPath(places: readonly Signal[]): Signal[] {
  return [...new Map(places.toReversed().map((place) => [place.path, place])).values()].toReversed();
}

function findConfigured(
  files: readonly ChangedFile[],
  { configured, tiers, blockAt, nudgeAt }: TriggerPolicy,
): Weighed[] {
  if (tiers.configured === 'off') return [];
  const rules = configured.map(({ paths, ...rule }) => ({
    ...rule,
    globs: paths.map((glob) => compileGlob(glob)),
  }));
  return files.flatMap((file): Weighed[] => {
    const places = file.previousPath === undefined ? [file.path] : [file.path, file.previousPath];
    const rule = rules.find(({ globs }) => globs.some((glob) => places.some((path) => glob.match(path))));
    if (!rule) return [];
    const score = rule.tier === 'block' ? blockAt : nudgeAt;
    return [
      {
        trigger: 'configured',
        tier: rule.tier,
        score,
        path: file.path,
        line: firstChangedLine(file),
        because: rule.because,
      },
    ];
  });
}

/** Pages that people read. What they say decides nothing, and a decision record is one of them. */
export function isProse(path: string): boolean {
  return (
    /\.(?:md|mdx|rst|adoc|asciidoc|markdown|txt|png|svg|jpe?g|gif|puml|drawio)$/i.test(path) &&
    !/(?:^|\/)requirements[^/]*\.txt$|(?:^|\/)requirements\/[^/]+\.txt$|CMakeLists\.txt$/i.test(path)
  );
}

function isMerelyMoved(file: ChangedFile): boolean {
  return file.patch === 'text' && file.hunks.length === 0 && (file.status === 'renamed' || file.status === 'copied');
}

/** Where the change begins, at head; `null` where the file is gone or its text is not known. */
function firstChangedLine({ status, hunks }: ChangedFile): number | null {
  const [hunk] = hunks;
  if (status === 'removed' || !hunk) return null;
  const before = hunk.lines.findIndex((line) => !line.startsWith(' '));
  return Math.max(1, hunk.newStart + Math.max(0, before));
}

function heavierFirst(a: Trigger, b: Trigger): number {
  return Number(b.tier === 'block') - Number(a.tier === 'block') || b.score - a.score;
}

function sum(all: readonly { score: number }[]): number {
  return all.reduce((total, { score }) => total + score, 0);
}

function round(points: number): number {
  return Math.round(points * 100) / 100;
}
