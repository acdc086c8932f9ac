import type { DependencyChanges } from '../../model/dependency.ts';
import { compileGlob } from '../../model/globs.ts';

/** Without the files that the configuration leaves out. */
export function judgedOf(changes: DependencyChanges, exclude: readonly string[]): DependencyChanges {
  const isJudged = ({ path }: { path: string }) => !isExcluded(path, exclude);
  return {
    changes: changes.changes.filter(isJudged),
    faults: changes.faults.filter(isJudged),
    imports: changes.imports.filter(isJudged),
    commands: changes.commands.filter(isJudged),
    locked: changes.locked.filter(isJudged),
    passedOver: changes.passedOver.filter(isJudged),
    filesRead: changes.filesRead,
    unreadable: changes.unreadable.filter(isJudged),
    missing: changes.missing.filter(isJudged),
    ...(changes.others && { others: changes.others }),
  };
}

/** Whether the configuration leaves a file out. */
export function isExcluded(path: string, exclude: readonly string[]): boolean {
  return exclude.some((glob) => compileGlob(glob).match(path));
}
