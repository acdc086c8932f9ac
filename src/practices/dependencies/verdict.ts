import type { DependencyTarget } from '../../model/dependency.ts';
import type { Facts, Finding } from '../../model/review.ts';
import type { Place, Question } from '../define-practice.ts';
import type { Code } from './messages.ts';
import type { Options } from './options.ts';

/** A question as this practice's parts are asked it. */
export type Asked = Question<Options, Code>;

/** One place that names a package: a manifest, a source file, a command. */
export interface Sighting {
  ecosystem: 'npm';
  path: string;
  line: number | null;
  /** The manifest's field, `import` or `command`. */
  field: string;
  /** As it stands there. */
  name: string;
  spec: string;
  target: DependencyTarget;
}

/** What became of one sighting: looked up, left alone for a reason, or still open for a cause. */
export type Verdict = { sighting: Sighting; findings: readonly Finding[] } & (
  | { state: 'checked'; looked: Facts }
  | { state: 'skipped'; reason: string }
  | { state: 'unverified'; name: string; cause: string; retryAt: string | null }
);

/** What the facts of a finding say where no registry had to be asked. */
export const NOT_ASKED = { registry: null, askedAt: null, answer: 'not asked' } as const;

/** Where to point to. */
export function placeOf({ path, line }: { path: string; line: number | null }): Place {
  return { path, line: line ?? undefined };
}
