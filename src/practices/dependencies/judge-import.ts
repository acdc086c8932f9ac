import type { ImportedPackage } from '../../model/dependency.ts';
import type { Finding } from '../../model/review.ts';
import { judgeSighting } from './judge-sighting.ts';
import { type Asked, NOT_ASKED, placeOf, type Sighting, type Verdict } from './verdict.ts';

/** The import of a package as a sighting. */
export function sightingOfImport({ path, line, name, specifier, target }: ImportedPackage): Sighting {
  return { ecosystem: 'npm', path, line, field: 'import', name, spec: specifier, target };
}

/**
 * Judges the import of a package that nothing declares. That it is undeclared is certain whatever the registry says;
 * whether anything of that name can be declared is the registry's to say.
 */
export function judgeImport(imported: ImportedPackage, question: Asked): Verdict {
  const { name, specifier, manifest, lockedIn, doubt, onlyTypes, partial } = imported;
  const facts = { ecosystem: 'npm', name, specifier, manifest, lockedIn, doubt, onlyTypes, partial };
  const levels = doubt === null ? {} : { absent: 'warning' as const };
  const rules = { absent: 'import-absent' as const, facts, wantsVersion: false, levels };
  const verdict = judgeSighting(sightingOfImport(imported), rules, question);
  if (verdict.findings.length > 0) return verdict;
  const looked = verdict.state === 'checked' ? verdict.looked : NOT_ASKED;
  const code = lockedIn === null ? 'import-undeclared' : 'import-phantom';
  const level = doubt === null ? undefined : ('notice' as const);
  const found: Finding = question.finding(code, { ...facts, ...looked }, { ...placeOf(imported), level });
  return { ...verdict, findings: [found] };
}
