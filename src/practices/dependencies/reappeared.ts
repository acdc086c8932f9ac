import { z } from 'zod';
import type { Finding, Json } from '../../model/review.ts';
import { type Asked, placeOf, type Sighting } from './verdict.ts';

/** What is kept of a pull request between two looks: names that were absent, and when that was first seen. */
const memory = z.object({ absent: z.record(z.string(), z.iso.datetime()) });

/** Names kept; a pull request that invents more has other troubles. */
const MAX_KEPT = 200;

/** What is wrong with names that were absent before, and what to keep for the next look. */
export interface Reappearance {
  findings: Finding[];
  /** `null` where there is nothing to keep. */
  memory: Json | null;
}

/**
 * A name that was absent when this pull request first named it, and is there now, was registered by somebody who may
 * have read this very pull request. Judged by the present state and what the last look left, so that a look more or
 * less, or two at once, come to the same.
 */
export function judgeReappeared(sightings: readonly Sighting[], question: Asked): Reappearance {
  const { evidence, pullRequest } = question;
  const kept = readMemory(question.memory);
  const absent = new Map(Object.entries(kept));
  const findings: Finding[] = [];
  for (const sighting of sightings) {
    if (sighting.target.kind !== 'registry') continue;
    const { name } = sighting.target;
    const answer = evidence.package('npm', name);
    if (!answer) continue;
    if (answer.state === 'absent') {
      const [first] = answer.answers;
      if (!absent.has(name) && absent.size < MAX_KEPT) absent.set(name, first?.at ?? pullRequest.evaluatedAt);
      continue;
    }
    const absentAt = Object.hasOwn(kept, name) ? kept[name]! : null;
    if (absentAt === null || answer.state !== 'exists') continue;
    const createdAt = answer.history?.createdAt ?? null;
    // It was there all along: then it was the registry that did not show it.
    if (createdAt !== null && Date.parse(createdAt) < Date.parse(absentAt)) continue;
    const looked = { registry: answer.registry, askedAt: answer.askedAt, answer: answer.state };
    const facts = { ecosystem: 'npm', name, absentAt, createdAt, versions: answer.versions.slice(0, 10), ...looked };
    findings.push(question.finding('package-reappeared', facts, placeOf(sighting)));
  }
  return { findings, memory: absent.size === 0 ? null : { absent: Object.fromEntries(absent) } };
}

function readMemory(kept: Json | undefined): Record<string, string> {
  const parsed = memory.safeParse(kept);
  return parsed.success ? parsed.data.absent : {};
}
