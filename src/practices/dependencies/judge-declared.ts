import type { DependencyChange } from '../../model/dependency.ts';
import { judgeSighting } from './judge-sighting.ts';
import type { Asked, Verdict } from './verdict.ts';

/** Judges a dependency that a manifest, or what stands in for one, declares. */
export function judgeDeclared(change: DependencyChange, question: Asked): Verdict {
  const { ecosystem, name, spec, previousSpec, field, catalog } = change;
  const facts = {
    ecosystem,
    name,
    declaredAs: name,
    spec,
    previousSpec,
    field,
    ...(catalog && { catalog: { path: catalog.path, line: catalog.line } }),
  };
  // Where an installation goes on without it, a version that is not there stops nobody. A name that nobody has taken
  // is as dangerous there as anywhere: whoever registers it is installed.
  const levels = change.optional || field === 'peerDependencies' ? { version: 'warning' as const } : {};
  return judgeSighting(change, { absent: 'package-absent', facts, wantsVersion: true, levels }, question);
}
