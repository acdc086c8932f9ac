import type { Evidence, EvidenceRequest } from '../../../model/evidence.ts';
import { compileGlob } from '../../../model/globs.ts';
import type { ChangedFile } from '../../../model/pull-request.ts';
import type { Missing } from '../../../model/review.ts';
import type { TriggerName } from './catalogue.ts';
import { ciPowerNeeds, findCiPowers, readCiPowers } from './ci-powers.ts';
import { findDeclared } from './declared.ts';
import { findDependencySignals, manifestNeeds } from './dependencies.ts';
import { readChanges } from './lines.ts';
import { findSemantic, readSemantics } from './semantics.ts';
import { type Boundary, findStructure, parseModules, readStructure, structureNeeds } from './structure.ts';
import { round, type Weighed, weigh } from './weigh.ts';

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
export function triggerNeeds(
  files: readonly ChangedFile[],
  evidence: Evidence,
  isProse: (path: string) => boolean,
): EvidenceRequest[] {
  const code = files.filter((file) => !isProse(file.path));
  return [...manifestNeeds(code), ...structureNeeds(code), ...ciPowerNeeds(code, evidence)];
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
  const code = candidates.filter((file) => !isProse(file.path) && !isMerelyMoved(file));
  const modules = parseModules(code, evidence);
  const read = Array.from(readChanges(code), (change) => ({
    declared: findDeclared(change),
    structure: readStructure(change, modules),
    powers: readCiPowers(change),
    semantics: readSemantics(change),
  }));
  const dependencies = findDependencySignals(code, evidence);
  const structure = findStructure(
    read.map((one) => one.structure),
    modules,
    evidence,
    policy.boundaries,
  );
  const ci = findCiPowers(
    read.flatMap((one) => one.powers),
    evidence,
  );
  const configured = findConfigured(candidates, policy);
  const signals = [
    ...read.flatMap((one) => one.declared),
    ...dependencies.signals,
    ...structure.signals,
    ...ci.signals,
    ...findSemantic(read.map((one) => one.semantics)),
  ];
  const weighed = weigh(signals, policy);
  const missing = [...dependencies.missing, ...structure.missing, ...ci.missing];
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
