import type { DependencyChanges } from '../../model/dependency.ts';
import type { Finding } from '../../model/review.ts';
import { type Asked, NOT_ASKED, placeOf } from './verdict.ts';

/** What is wrong on its face, in manifests, lockfiles and settings. */
export function judgeFaults({ unreadable, faults }: DependencyChanges, question: Asked): Finding[] {
  const facts = { ecosystem: 'npm', ...NOT_ASKED };
  const findings = unreadable.map(({ path, line, cause }) =>
    question.finding('manifest-unreadable', { ...facts, name: null, manifest: path, cause }, placeOf({ path, line })),
  );
  for (const fault of faults) {
    // A wrong version of a sibling is a version that cannot be had, whoever holds the package.
    const code = fault.kind === 'workspace-version' ? 'version-unsatisfiable' : fault.kind;
    const place = { ...placeOf(fault), level: fault.level };
    findings.push(question.finding(code, { ...facts, name: fault.name, ...fault.facts }, place));
  }
  return findings;
}
