import type { CommandedPackage } from '../../model/dependency.ts';
import { judgeSighting } from './judge-sighting.ts';
import type { Asked, Sighting, Verdict } from './verdict.ts';

/** The package of a command as a sighting. */
export function sightingOfCommand({ path, line, name, written, target }: CommandedPackage): Sighting {
  return { ecosystem: 'npm', path, line, field: 'command', name, spec: written, target };
}

/** Judges a package that a command in an added line would have somebody install or run. */
export function judgeCommand(commanded: CommandedPackage, question: Asked): Verdict {
  const { name, command, written, doubt } = commanded;
  const facts = { ecosystem: 'npm', name, command, spec: written, doubt };
  const levels = doubt === null ? {} : { absent: 'warning' as const };
  const rules = { absent: 'command-absent' as const, facts, wantsVersion: true, levels };
  return judgeSighting(sightingOfCommand(commanded), rules, question);
}
